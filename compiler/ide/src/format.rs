//! The formatter as edits of lines, so that cursors and marks stay where they are.

use crate::{Analysis, FilePosition};
use kss_span::{Edit, FileId, TextRange};

impl Analysis {
    /// The edits that lay a file out; none if it is laid out or can't be read.
    pub fn format(&self, file: FileId) -> Vec<Edit> {
        let text = self.text(file);
        match kss_fmt::format(text) {
            Ok(formatted) => edits(file, text, &formatted),
            Err(_) => Vec::new(),
        }
    }

    /// As [`Analysis::format`], for lines that touch `range` alone.
    pub fn format_range(&self, file: FileId, range: TextRange) -> Vec<Edit> {
        let mut edits = self.format(file);
        edits.retain(|e| e.span.range.lo <= range.hi && range.lo <= e.span.range.hi);
        edits
    }

    /// After `}` or the end of a line was typed at a position: lays out the statement that it ends.
    pub fn format_on_type(&self, at: FilePosition) -> Vec<Edit> {
        let text = self.text(at.file);
        let before = text.get(..at.offset as usize).unwrap_or("").trim_end();
        let Some(place) = self.place(FilePosition { file: at.file, offset: before.len() as u32 }) else {
            return Vec::new();
        };
        let around = place.around();
        let statement = around.iter().rev().find_map(|n| match n {
            kss_syntax::visit::Node::Stmt(s) => Some(place.range(s.id.0)),
            _ => None,
        });
        let Some(statement) = statement else { return Vec::new() };
        let mut edits = self.format_range(at.file, statement);
        // What is being typed stays: only lines that are finished move.
        edits.retain(|e| e.span.range.hi <= at.offset);
        edits
    }
}

/// Replacements of runs of lines that turn `old` into `new`: what both have in front and at the end of a run stays.
fn edits(file: FileId, old: &str, new: &str) -> Vec<Edit> {
    if old == new {
        return Vec::new();
    }
    let (a, b): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let mut out = Vec::new();
    let (mut i, mut j, mut at) = (0, 0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            at += a[i].len() as u32;
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let (di, dj) = next_common(&a[i..], &b[j..]);
        let from = at;
        at += a[i..i + di].iter().map(|l| l.len() as u32).sum::<u32>();
        out.push(Edit::replace(TextRange::new(from, at).at(file), b[j..j + dj].concat()));
        (i, j) = (i + di, j + dj);
    }
    out
}

/// How many lines of each differ before both have a line in common again.
fn next_common(a: &[&str], b: &[&str]) -> (usize, usize) {
    for sum in 1..a.len() + b.len() {
        for i in 0..=sum.min(a.len().saturating_sub(1)) {
            let j = sum - i;
            let same = |i: usize, j: usize| a.get(i).is_some_and(|l| b.get(j) == Some(l));
            // A blank line is no anchor: there are many.
            if same(i, j) && !a[i].trim().is_empty() {
                return (i, j);
            }
        }
    }
    (a.len(), b.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixture;

    fn apply(text: &str, edits: &[Edit]) -> String {
        let mut out = text.to_owned();
        for edit in edits.iter().rev() {
            out.replace_range(edit.span.range.range(), &edit.text);
        }
        out
    }

    #[test]
    fn edits_give_what_the_formatter_gives() {
        let text = "let a=1\n\n\n\nlet b = 2\nlet   c = { x=1 }\n";
        let fixture = Fixture::new(text);
        let edits = fixture.analysis().format(FileId(0));
        assert_eq!(apply(text, &edits), kss_fmt::format(text).unwrap());
        assert!(edits.len() > 1, "unchanged lines are left alone");
    }

    #[test]
    fn a_range_leaves_the_rest() {
        let text = "let a=1\nlet b = 2\nlet c=3\n";
        let fixture = Fixture::new(text);
        let edits = fixture.analysis().format_range(FileId(0), TextRange::new(0, 4));
        assert_eq!(apply(text, &edits), "let a = 1\nlet b = 2\nlet c=3\n");
    }

    #[test]
    fn a_file_with_mistakes_is_left_alone() {
        let fixture = Fixture::new("let a = = 1\n");
        assert!(fixture.analysis().format(FileId(0)).is_empty());
    }
}
