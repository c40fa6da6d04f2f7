//! Between the protocol's positions and byte offsets, and its types and ours.

use kss_span::{Edit, LineIndex, TextRange};
use tower_lsp::ls_types::{self as lsp, Position, PositionEncodingKind, Range, TextEdit};

/// What a column counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: what the protocol takes where nothing is agreed on.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// The one of those a client offers that costs least.
    pub(crate) fn negotiate(offered: &[PositionEncodingKind]) -> Encoding {
        let has = |kind: PositionEncodingKind| offered.contains(&kind);
        match () {
            () if has(PositionEncodingKind::UTF8) => Encoding::Utf8,
            () if has(PositionEncodingKind::UTF32) && !has(PositionEncodingKind::UTF16) => Encoding::Utf32,
            () => Encoding::Utf16,
        }
    }

    /// Its name in the protocol.
    pub(crate) fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn width(self, c: char) -> u32 {
        match self {
            Encoding::Utf8 => c.len_utf8() as u32,
            Encoding::Utf16 => c.len_utf16() as u32,
            Encoding::Utf32 => 1,
        }
    }
}

/// A text with its lines, to convert positions of.
#[derive(Clone, Debug)]
pub(crate) struct Lines<'t> {
    text: &'t str,
    index: LineIndex,
    encoding: Encoding,
}

impl<'t> Lines<'t> {
    /// Reads `text` once.
    pub(crate) fn new(text: &'t str, encoding: Encoding) -> Lines<'t> {
        Lines { text, index: LineIndex::new(text), encoding }
    }

    /// The byte at a position; behind the end of a line its end, behind the last line the end of the text.
    pub(crate) fn offset(&self, position: Position) -> u32 {
        let Some(start) = self.index.start(position.line) else { return self.text.len() as u32 };
        let end = self.index.start(position.line + 1).unwrap_or(self.text.len() as u32);
        let line = self.text.get(start as usize..end as usize).unwrap_or("").trim_end_matches(['\n', '\r']);
        let mut left = position.character;
        let mut at = start;
        for c in line.chars() {
            let width = self.encoding.width(c);
            if left < width {
                break;
            }
            left -= width;
            at += c.len_utf8() as u32;
        }
        at
    }

    /// The position of a byte.
    pub(crate) fn position(&self, at: u32) -> Position {
        let at = at.min(self.text.len() as u32);
        let line = self.index.line(at);
        let start = self.index.start(line).unwrap_or(0);
        let before = self.text.get(start as usize..at as usize).unwrap_or("");
        let character = match self.encoding {
            Encoding::Utf8 => before.len() as u32,
            other => before.chars().map(|c| other.width(c)).sum(),
        };
        Position { line, character }
    }

    /// Both ends.
    pub(crate) fn range(&self, range: TextRange) -> Range {
        Range { start: self.position(range.lo), end: self.position(range.hi) }
    }

    /// Both ends.
    pub(crate) fn text_range(&self, range: Range) -> TextRange {
        let (lo, hi) = (self.offset(range.start), self.offset(range.end));
        TextRange::new(lo.min(hi), hi.max(lo))
    }

    /// A replacement.
    pub(crate) fn edit(&self, edit: &Edit) -> TextEdit {
        TextEdit { range: self.range(edit.span.range), new_text: edit.text.clone() }
    }
}

/// Applies a change of a document to its text.
pub(crate) fn apply(text: &mut String, change: &lsp::TextDocumentContentChangeEvent, encoding: Encoding) {
    let Some(range) = change.range else {
        text.clone_from(&change.text);
        return;
    };
    let range = Lines::new(text, encoding).text_range(range);
    text.replace_range(range.range(), &change.text);
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "aä🦀b\r\nx\n";

    #[test]
    fn columns_count_what_was_agreed_on() {
        for (encoding, column) in [(Encoding::Utf8, 7), (Encoding::Utf16, 4), (Encoding::Utf32, 3)] {
            let lines = Lines::new(TEXT, encoding);
            let at = TEXT.find('b').expect("it is there") as u32;
            let position = Position { line: 0, character: column };
            assert_eq!(lines.position(at), position, "{encoding:?}");
            assert_eq!(lines.offset(position), at, "{encoding:?}");
        }
    }

    #[test]
    fn positions_behind_an_end_are_the_end() {
        let lines = Lines::new(TEXT, Encoding::Utf16);
        assert_eq!(lines.offset(Position { line: 0, character: 99 }), 8);
        assert_eq!(lines.offset(Position { line: 9, character: 0 }), TEXT.len() as u32);
        // In the middle of a character: its start.
        assert_eq!(lines.offset(Position { line: 0, character: 3 }), 3);
    }

    #[test]
    fn changes_apply_in_order() {
        let mut text = "one\ntwo\n".to_owned();
        let range = Range { start: Position { line: 1, character: 0 }, end: Position { line: 1, character: 3 } };
        let change = |range, text: &str| lsp::TextDocumentContentChangeEvent {
            range,
            range_length: None,
            text: text.to_owned(),
        };
        apply(&mut text, &change(Some(range), "ä"), Encoding::Utf16);
        assert_eq!(text, "one\nä\n");
        apply(&mut text, &change(None, "all"), Encoding::Utf16);
        assert_eq!(text, "all");
    }

    #[test]
    fn the_cheapest_encoding_wins() {
        assert_eq!(Encoding::negotiate(&[]), Encoding::Utf16);
        assert_eq!(Encoding::negotiate(&[PositionEncodingKind::UTF16, PositionEncodingKind::UTF8]), Encoding::Utf8);
        assert_eq!(Encoding::negotiate(&[PositionEncodingKind::UTF32]), Encoding::Utf32);
    }
}
