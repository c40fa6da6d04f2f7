//! Places in source files and interned names: what every other crate counts in.

mod line_index;
mod origin;
mod symbol;

pub use line_index::{LineCol, LineIndex};
pub use origin::{ItemId, ItemKey, Origin};
pub use symbol::{Symbol, SymbolMap, natural_cmp};

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;

/// A source file, numbered by whoever loaded it. Numbers never reach an output or an order that users see.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileId(pub u32);

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "file{}", self.0)
    }
}

/// A half-open range of bytes in one file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct TextRange {
    /// First byte.
    pub lo: u32,
    /// One past the last byte.
    pub hi: u32,
}

impl TextRange {
    /// The range `lo..hi`.
    pub const fn new(lo: u32, hi: u32) -> TextRange {
        TextRange { lo, hi }
    }

    /// The empty range before byte `at`.
    pub const fn empty(at: u32) -> TextRange {
        TextRange { lo: at, hi: at }
    }

    /// Number of bytes.
    pub const fn len(self) -> u32 {
        self.hi - self.lo
    }

    /// Is there no byte in it?
    pub const fn is_empty(self) -> bool {
        self.lo == self.hi
    }

    /// The smallest range around both.
    pub fn cover(self, other: TextRange) -> TextRange {
        TextRange { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// Does byte `at` lie in it, or just behind it?
    pub fn touches(self, at: u32) -> bool {
        self.lo <= at && at <= self.hi
    }

    /// For slicing a text.
    pub fn range(self) -> Range<usize> {
        self.lo as usize..self.hi as usize
    }

    /// The place in `file`.
    pub const fn at(self, file: FileId) -> Span {
        Span { file, range: self }
    }
}

impl fmt::Debug for TextRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.lo, self.hi)
    }
}

/// A place in a file. Never part of a value that is compared between revisions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub range: TextRange,
}

/// A replacement of bytes that mends something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Replaces `span` by `text`.
    pub fn replace(span: Span, text: impl Into<String>) -> Edit {
        Edit { span, text: text.into() }
    }

    /// Inserts `text` before `span`.
    pub fn insert_before(span: Span, text: impl Into<String>) -> Edit {
        Edit { span: TextRange::empty(span.range.lo).at(span.file), text: text.into() }
    }

    /// Inserts `text` behind `span`.
    pub fn insert_after(span: Span, text: impl Into<String>) -> Edit {
        Edit { span: TextRange::empty(span.range.hi).at(span.file), text: text.into() }
    }

    /// Removes `span`.
    pub fn remove(span: Span) -> Edit {
        Edit { span, text: String::new() }
    }
}
