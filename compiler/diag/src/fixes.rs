//! Applying fixes.

use crate::{Diagnostic, Fix, FixEdit, How};
use kss_span::{Edit, FileId, TextRange};
use std::collections::BTreeMap;
use std::fmt;

/// Why edits were not applied; nothing was changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FixError {
    /// Two edits change the same bytes.
    Overlap(TextRange, TextRange),
    /// The edit does not fit the text: it ends behind it, ends before it starts, or cuts a character.
    OutOfText(TextRange),
}

impl fmt::Display for FixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FixError::Overlap(a, b) => {
                write!(f, "two edits change the same bytes: {}..{} and {}..{}", a.lo, a.hi, b.lo, b.hi)
            }
            FixError::OutOfText(range) => {
                write!(f, "an edit of bytes {}..{} does not fit the text", range.lo, range.hi)
            }
        }
    }
}

impl std::error::Error for FixError {}

impl From<&FixEdit> for Edit {
    fn from(edit: &FixEdit) -> Edit {
        match edit.how {
            How::Replace => Edit::replace(edit.place, &edit.text),
            How::Before => Edit::insert_before(edit.place, &edit.text),
            How::After => Edit::insert_after(edit.place, &edit.text),
        }
    }
}

/// `text` with all `edits`, which must belong to it, applied; their order does not matter, except that insertions at one
/// place follow each other as given. An edit that is given twice counts once.
pub fn apply_fixes(text: &str, edits: &[Edit]) -> Result<String, FixError> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| edit.span.range);
    sorted.dedup();
    let mut result = String::with_capacity(text.len());
    let mut done = TextRange::empty(0);
    for edit in sorted {
        let range = edit.span.range;
        let fits = range.lo <= range.hi && text.get(range.range()).is_some();
        if !fits {
            return Err(FixError::OutOfText(range));
        }
        if range.lo < done.hi {
            return Err(FixError::Overlap(done, range));
        }
        result.push_str(&text[done.hi as usize..range.lo as usize]);
        result.push_str(&edit.text);
        done = range;
    }
    result.push_str(&text[done.hi as usize..]);
    Ok(result)
}

/// The edits that `--fix` makes: of each diagnostic its first safe fix, whole or not at all. A fix that would change
/// bytes which an earlier one changes waits for the next run.
pub fn safe_edits(diagnostics: &[Diagnostic]) -> BTreeMap<FileId, Vec<Edit>> {
    let mut chosen: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
    for fix in diagnostics.iter().filter_map(|d| d.fixes.iter().find(|fix| fix.safe)) {
        let edits = edits_of(fix);
        let taken = |edit: &Edit| {
            chosen.get(&edit.span.file).is_some_and(|others| others.iter().any(|other| collide(other, edit)))
        };
        if edits.iter().any(taken) {
            continue;
        }
        for edit in edits {
            let others = chosen.entry(edit.span.file).or_default();
            if !others.contains(&edit) {
                others.push(edit);
            }
        }
    }
    chosen
}

/// The edits of a fix, with their places worked out.
pub fn edits_of(fix: &Fix) -> Vec<Edit> {
    fix.edits.iter().map(Edit::from).collect()
}

/// Would both not make sense together? The same edit twice does.
fn collide(a: &Edit, b: &Edit) -> bool {
    let (x, y) = (a.span.range, b.span.range);
    a != b && (x == y || (x.lo < y.hi && y.lo < x.hi))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code;
    use crate::testing::span;

    fn replace(lo: u32, hi: u32, text: &str) -> Edit {
        Edit::replace(span(0, lo, hi), text)
    }

    #[test]
    fn edits_apply_together() {
        let edits = [replace(7, 8, "2"), replace(0, 1, "bb"), replace(8, 8, "!"), replace(0, 1, "bb")];
        assert_eq!(apply_fixes("a = 1; 1", &edits).as_deref(), Ok("bb = 1; 2!"));
        assert_eq!(apply_fixes("a", &[]).as_deref(), Ok("a"));
    }

    #[test]
    fn edits_that_do_not_fit_change_nothing() {
        assert!(matches!(apply_fixes("abc", &[replace(0, 2, ""), replace(1, 3, "")]), Err(FixError::Overlap(..))));
        for (lo, hi) in [(2, 9), (2, 1), (9, 9)] {
            assert!(matches!(apply_fixes("abc", &[replace(lo, hi, "")]), Err(FixError::OutOfText(_))), "{lo}..{hi}");
        }
        assert!(matches!(apply_fixes("å", &[replace(0, 1, "")]), Err(FixError::OutOfText(_))));
    }

    #[test]
    fn only_safe_fixes_are_chosen_and_the_first_wins() {
        let here = span(0, 0, 3);
        let found = [
            code::UNKNOWN_NAME.at(here, "a").suggest("ask", here, How::Replace, "x").fix("do", here, How::Replace, "y"),
            code::UNKNOWN_NAME.at(here, "b").fix("do otherwise", here, How::Replace, "z"),
            code::UNKNOWN_NAME.at(here, "c").fix("add", here, How::After, "!"),
            code::UNKNOWN_NAME.at(here, "d").suggest("ask", span(1, 0, 1), How::Replace, "x"),
        ];
        let chosen = safe_edits(&found);
        assert_eq!(chosen.keys().collect::<Vec<_>>(), [&FileId(0)]);
        assert_eq!(apply_fixes("abc", &chosen[&FileId(0)]).as_deref(), Ok("y!"));
    }
}
