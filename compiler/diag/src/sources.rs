//! Where renderers find the text of a place, and positions as people and tools count them.

use kss_span::{FileId, LineIndex, Span, TextRange};
use serde::Serialize;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The files that diagnostics point into.
pub trait Sources {
    /// The path that users see.
    fn path(&self, file: FileId) -> &str;
    /// The text; empty if it could not be read.
    fn text(&self, file: FileId) -> &str;
}

/// A position, from 1; columns count characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column in Unicode scalar values.
    pub column: u32,
}

/// From `start` up to, without, `end`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Range {
    /// Of the first character.
    pub start: Position,
    /// Behind the last character.
    pub end: Position,
}

/// Sources with line indices that are made when somebody first asks for a file's lines.
pub struct Places<'a> {
    sources: &'a dyn Sources,
    lines: RefCell<HashMap<FileId, Rc<LineIndex>>>,
}

impl<'a> Places<'a> {
    /// Nothing is read yet.
    pub fn new(sources: &'a dyn Sources) -> Places<'a> {
        Places { sources, lines: RefCell::default() }
    }

    /// The path of `file`.
    pub fn path(&self, file: FileId) -> &'a str {
        self.sources.path(file)
    }

    /// The text of `file`.
    pub fn text(&self, file: FileId) -> &'a str {
        self.sources.text(file)
    }

    /// Where the lines of `file` begin.
    pub fn lines(&self, file: FileId) -> Rc<LineIndex> {
        let mut lines = self.lines.borrow_mut();
        Rc::clone(lines.entry(file).or_insert_with(|| Rc::new(LineIndex::new(self.text(file)))))
    }

    /// The range inside the text and on boundaries of characters, whatever `span` says: an edit may have outrun it.
    pub fn clamp(&self, span: Span) -> TextRange {
        let text = self.text(span.file);
        let lo = floor_boundary(text, span.range.lo as usize);
        let hi = ceil_boundary(text, (span.range.hi as usize).max(lo));
        TextRange::new(lo as u32, hi as u32)
    }

    /// The position of byte `at`, which is moved into the text.
    pub fn position(&self, file: FileId, at: u32) -> Position {
        let text = self.text(file);
        let at = floor_boundary(text, at as usize) as u32;
        let found = self.lines(file).line_col(text, at);
        Position { line: found.line, column: found.column }
    }

    /// Both ends of `span`.
    pub fn range(&self, span: Span) -> Range {
        let clamped = self.clamp(span);
        Range { start: self.position(span.file, clamped.lo), end: self.position(span.file, clamped.hi) }
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Files, span};

    #[test]
    fn places_outside_the_text_end_at_its_end() {
        let files = Files(&[("a.kss", "ab\nåä")]);
        let places = Places::new(&files);
        let range = places.range(span(0, 90, 99));
        assert_eq!(range.start, Position { line: 2, column: 3 });
        assert_eq!(range.end, range.start);
    }

    #[test]
    fn a_place_inside_a_character_grows_around_it() {
        let files = Files(&[("a.kss", "åä")]);
        assert_eq!(Places::new(&files).clamp(span(0, 1, 3)), TextRange::new(0, 4));
    }
}
