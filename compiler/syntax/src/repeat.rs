//! Mistakes that people make several times in a row, which are one with one fix.

use crate::ctx::Ctx;
use kss_diag::{FixEdit, How, code};
use kss_span::TextRange;

/// The last such mistake: if nothing else was said since, the next of its kind is added to it.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Repeated {
    /// How many errors there were.
    errors: usize,
    /// The token of the last one.
    at: usize,
    colon: bool,
}

impl Ctx<'_> {
    /// Says that a comma is missing before token `at`; those of one list are one mistake.
    pub(crate) fn missing_comma(&mut self, at: usize, what: &str) {
        let before = self.repeated;
        let range = self.range(at.saturating_sub(1));
        let same = !before.colon && before.at < at && self.same_brackets(before.at, at);
        if same && self.again(range, How::After, ",", |n| format!("insert all {n} `,`")) {
            self.speak(at);
        } else {
            self.expected_text(at, what, ",");
        }
        self.repeated = Repeated { errors: self.errors.len(), at, colon: false };
    }

    /// Says that a value stands behind `=`, not behind the colon at token `at`; those of one statement of the file are one
    /// mistake.
    pub(crate) fn value_behind_colon(&mut self, at: usize) {
        let range = self.range(at);
        let place = range.at(self.file);
        let sticks = at > 0 && self.range(at - 1).hi == range.lo;
        let text = if sticks { " =" } else { "=" };
        if !(self.repeated.colon && self.again(range, How::Replace, text, |n| format!("write `=` in all {n} places"))) {
            let error = code::UNEXPECTED_TOKEN.at(place, "behind `:` stands a type; a value stands behind `=`");
            self.errors.push(error.fix("write `=`", place, How::Replace, text));
        }
        self.repeated = Repeated { errors: self.errors.len(), at, colon: true };
    }

    /// Adds an edit to the last error, if that was of the same kind.
    fn again(&mut self, range: TextRange, how: How, text: &str, title: impl Fn(usize) -> String) -> bool {
        let place = range.at(self.file);
        let same = self.repeated.errors > 0 && self.repeated.errors == self.errors.len();
        let Some(fix) = self.errors.last_mut().and_then(|e| e.fixes.last_mut()).filter(|_| same) else { return false };
        // What is read a second time says nothing new.
        if fix.edits.last().is_none_or(|e| e.place.range < range) {
            fix.edits.push(FixEdit { place, how, text: text.into() });
            fix.title = title(fix.edits.len());
        }
        true
    }

    /// Are these two tokens directly in the same brackets?
    fn same_brackets(&self, from: usize, to: usize) -> bool {
        let mut depth = 0i32;
        for at in from..to {
            depth += i32::from(self.kind(at).closer().is_some()) - i32::from(self.kind(at).is_closer());
            if depth < 0 {
                return false;
            }
        }
        depth == 0
    }
}
