//! The text so far, for the formats that we print ourselves.

use crate::Emitted;
use crate::lines::{EntryId, LineMap, Step};
use kss_span::Origin;

/// Writes indented lines and notes which node begins on which.
pub(crate) struct Printer {
    text: String,
    line: u32,
    depth: usize,
    lines: LineMap,
}

impl Printer {
    pub(crate) fn new() -> Printer {
        Printer { text: String::new(), line: 1, depth: 0, lines: LineMap::default() }
    }

    /// Adds text without a line feed to the current line.
    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Ends the current line.
    pub(crate) fn feed(&mut self) {
        self.text.push('\n');
        self.line += 1;
    }

    /// Ends the current line and indents the next.
    pub(crate) fn newline(&mut self) {
        self.feed();
        self.indent();
    }

    /// Indents the current, empty line.
    pub(crate) fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }

    /// Lines begun from now on stand one level deeper.
    pub(crate) fn deeper(&mut self) {
        self.depth += 1;
    }

    /// Undoes [`Printer::deeper`].
    pub(crate) fn shallower(&mut self) {
        self.depth -= 1;
    }

    /// Notes that a node begins on the current line.
    pub(crate) fn node(&mut self, parent: EntryId, step: Step, origin: Origin) -> EntryId {
        self.lines.push(self.line, parent, step, origin)
    }

    /// Notes that the current line belongs to the node `id` as well.
    pub(crate) fn more(&mut self, id: EntryId, origin: Option<Origin>) {
        self.lines.push_more(self.line, id, origin);
    }

    /// The text, its last line ended.
    pub(crate) fn finish(mut self) -> Emitted {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.feed();
        }
        Emitted { text: self.text, lines: self.lines }
    }
}
