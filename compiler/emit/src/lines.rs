//! From lines of a text to the nodes they were written from.

use kss_span::{Origin, Symbol};
use std::fmt::Write;

/// Which line of a text came from which node. Answers `kssc why FILE:LINE` and `FILE#/pointer`.
///
/// Entries know their parent, so that a path is spelled only when somebody asks.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LineMap {
    /// In the order of the text: `line` never falls.
    entries: Vec<Entry>,
}

/// One step of a path into data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The document itself.
    Root,
    /// The value at a key.
    Key(Symbol),
    /// An element of a list (from 0), or a document of a text that holds several.
    Index(u32),
}

/// What a line was written from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineOrigin {
    /// From 1.
    pub line: u32,
    /// JSON pointer (RFC 6901) to the node; begins with the number of the document if the text holds several.
    pub pointer: String,
    /// Who wrote it.
    pub origin: Origin,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Entry {
    line: u32,
    parent: EntryId,
    step: Step,
    origin: Origin,
}

/// Number of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct EntryId(u32);

impl EntryId {
    pub(crate) const NONE: EntryId = EntryId(u32::MAX);
}

impl LineMap {
    /// What `line` (from 1) was written from: the innermost node that begins on it. `None` for a line that carries no value
    /// (a closing bracket, a separator).
    pub fn at(&self, line: u32) -> Option<LineOrigin> {
        self.all_at(line).pop()
    }

    /// Every node that begins on `line`, outermost first (`- name: x` has two).
    pub fn all_at(&self, line: u32) -> Vec<LineOrigin> {
        let start = self.entries.partition_point(|entry| entry.line < line);
        let entries = self.entries[start..].iter().take_while(|entry| entry.line == line);
        entries.map(|entry| self.origin_of(entry)).collect()
    }

    /// The node at a JSON pointer (`/cni/exclusive`; empty for the document).
    pub fn find(&self, pointer: &str) -> Option<LineOrigin> {
        self.entries.iter().find(|entry| self.pointer(entry) == pointer).map(|entry| self.origin_of(entry))
    }

    /// All of it, in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = LineOrigin> + '_ {
        self.entries.iter().map(|entry| self.origin_of(entry))
    }

    /// Each line with what it was written from, in the order of the text, without the paths: those cost more than all else.
    pub fn origins(&self) -> impl Iterator<Item = (u32, Origin)> + '_ {
        self.entries.iter().map(|entry| (entry.line, entry.origin))
    }

    /// Is there no line in it?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn origin_of(&self, entry: &Entry) -> LineOrigin {
        LineOrigin { line: entry.line, pointer: self.pointer(entry), origin: entry.origin }
    }

    fn pointer(&self, entry: &Entry) -> String {
        let mut steps = vec![entry.step];
        let mut at = entry.parent;
        while let Some(parent) = self.entries.get(at.0 as usize) {
            steps.push(parent.step);
            at = parent.parent;
        }
        steps.reverse();
        pointer(&steps)
    }

    /// Notes that the node `step` of `parent` begins on `line`.
    pub(crate) fn push(&mut self, line: u32, parent: EntryId, step: Step, origin: Origin) -> EntryId {
        self.entries.push(Entry { line, parent, step, origin });
        EntryId(self.entries.len() as u32 - 1)
    }

    /// Notes that `line` belongs to the node `id` too (a text of several lines).
    pub(crate) fn push_more(&mut self, line: u32, id: EntryId, origin: Option<Origin>) {
        if let Some(entry) = self.entries.get(id.0 as usize).copied() {
            self.entries.push(Entry { line, origin: origin.unwrap_or(entry.origin), ..entry });
        }
    }

    /// Puts entries that were noted in the order of the data into the order of the text.
    pub(crate) fn sort(&mut self) {
        let mut order: Vec<u32> = (0..self.entries.len() as u32).collect();
        order.sort_by_key(|at| self.entries[*at as usize].line);
        let mut place = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old as usize] = new as u32;
        }
        let moved = order.iter().map(|old| {
            let entry = self.entries[*old as usize];
            let parent = place.get(entry.parent.0 as usize).map_or(EntryId::NONE, |new| EntryId(*new));
            Entry { parent, ..entry }
        });
        self.entries = moved.collect();
    }
}

/// The JSON pointer of a path.
pub(crate) fn pointer(steps: &[Step]) -> String {
    let mut out = String::new();
    for step in steps {
        match step {
            Step::Root => {}
            Step::Key(key) => {
                out.push('/');
                out.push_str(&key.as_str().replace('~', "~0").replace('/', "~1"));
            }
            Step::Index(at) => {
                // Writing to a `String` can't fail.
                let _ = write!(out, "/{at}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_escape_and_survive_sorting() {
        let mut map = LineMap::default();
        let root = map.push(1, EntryId::NONE, Step::Root, Origin::NOWHERE);
        let late = map.push(3, root, Step::Key(Symbol::new("a/b")), Origin::NOWHERE);
        map.push(4, late, Step::Index(0), Origin::NOWHERE);
        map.push(2, root, Step::Key(Symbol::new("c~")), Origin::NOWHERE);
        map.sort();
        let lines: Vec<_> = map.iter().map(|line| (line.line, line.pointer)).collect();
        let expected = [(1, ""), (2, "/c~0"), (3, "/a~1b"), (4, "/a~1b/0")];
        assert_eq!(lines, expected.map(|(line, pointer)| (line, pointer.to_owned())));
        assert_eq!(map.find("/a~1b/0").map(|found| found.line), Some(4));
        assert_eq!(map.at(5), None);
    }
}
