//! `let … in …` and `switch … { case … }`.

use crate::ctx::{Ahead, Inp, skip_one};
use crate::token::K;
use kss_diag::{How, code};
use kss_span::TextRange;

/// What is said of `case a => …`.
const CASE: &str = "no `case` stands before a pattern";
/// How many tokens are searched for the `in` of a `let`.
const FAR: usize = 400;

/// At `let` where a value stands: says that it is a statement, and skips all up to its `in`.
pub(in crate::grammar) fn let_in(inp: &mut Inp<'_, '_>) -> bool {
    let first = 1 + usize::from(inp.ahead(1) == K::Newline);
    if inp.ahead(0) != K::Let || !inp.ahead(first).is_word() || !matches!(inp.ahead(first + 1), K::Eq | K::Colon) {
        return false;
    }
    let Some(end) = its_in(inp, first) else { return false };
    let at = inp.pos();
    let state = inp.state();
    if state.speak(at) {
        let place = state.range(at).at(state.file);
        let message = "no `let` stands in a value: it is a statement of its own, before the one that needs it";
        state.errors.push(code::UNEXPECTED_TOKEN.at(place, message));
        state.said_all(at, at + end);
    }
    (0..=end).for_each(|_| inp.skip());
    true
}

/// The `in` of a `let` whose first name is `first` behind the next token. On several lines it begins one.
fn its_in(inp: &mut Inp<'_, '_>, first: usize) -> Option<usize> {
    let (mut n, mut depth, mut pending) = (first, 0usize, 0usize);
    let mut lines = first > 1;
    while n < FAR {
        let kind = inp.ahead(n);
        match kind {
            K::End => return None,
            _ if kind.closer().is_some() => depth += 1,
            _ if kind.is_closer() => depth = depth.checked_sub(1)?,
            _ if depth > 0 => {}
            K::Newline => lines = true,
            K::For | K::Every | K::Some | K::No | K::Let if inp.ahead(n + 1).is_word() => pending += 1,
            K::In if pending > 0 => pending -= 1,
            K::In if !lines || inp.line_starts(n) => return Some(n),
            _ => {}
        }
        n += 1;
    }
    None
}

/// At `switch x { case … }`: says what is written here, and skips it.
pub(in crate::grammar) fn switch(inp: &mut Inp<'_, '_>) -> bool {
    let at = inp.pos();
    if inp.ahead(0) != K::Ident || inp.state().slice(at) != "switch" {
        return false;
    }
    let Some(brace) = (1..40).find(|n| matches!(inp.ahead(*n), K::LBrace | K::Newline | K::End)) else { return false };
    let inner = brace + 1 + usize::from(inp.ahead(brace + 1) == K::Newline);
    if inp.ahead(brace) != K::LBrace || inp.ahead(inner) != K::Ident || inp.state().slice(at + inner) != "case" {
        return false;
    }
    let state = inp.state();
    let speaks = state.speak(at);
    if speaks {
        let place = state.range(at).at(state.file);
        let message = "`switch` chooses nothing; cases are told apart by `match x { a => …, _ => … }`";
        state.errors.push(code::UNEXPECTED_TOKEN.at(place, message));
    }
    (0..brace).for_each(|_| inp.skip());
    skip_one(inp);
    let end = inp.pos();
    if speaks {
        inp.state().said_all(at, end);
    }
    true
}

/// At `{ config, pkgs, ... }: { … }`, a module of NixOS: says what is written here, and skips it.
pub(in crate::grammar) fn nix_module(inp: &mut Inp<'_, '_>) -> bool {
    if inp.ahead(0) != K::LBrace || !inp.ahead(1).is_word() || !matches!(inp.ahead(2), K::Comma | K::RBrace) {
        return false;
    }
    let Some(end) = (2..200).find(|n| !matches!(inp.ahead(*n), K::Comma | K::DotDot | K::Newline | K::Ident)) else {
        return false;
    };
    if inp.ahead(end) != K::RBrace || inp.ahead(end + 1) != K::Colon || !inp.state().is_top() {
        return false;
    }
    let at = inp.pos();
    let state = inp.state();
    let speaks = state.speak(at);
    if speaks {
        let place = state.cover((at..at + end + 2).into()).at(state.file);
        let message = "no file is a function: what is said of machines stands in `module NAME for machine { … }`";
        state.errors.push(code::UNEXPECTED_TOKEN.at(place, message));
    }
    (0..end + 2).for_each(|_| inp.skip());
    if inp.ahead(0) == K::Newline {
        inp.skip();
    }
    skip_one(inp);
    let to = inp.pos();
    if speaks {
        inp.state().said_all(at, to);
    }
    true
}

/// At `case` before a pattern: says that none stands there, and skips it.
pub(in crate::grammar) fn case(inp: &mut Inp<'_, '_>) {
    let at = inp.pos();
    let pattern = inp.ahead(1).is_word() || matches!(inp.ahead(1), K::Literal | K::TextOpen | K::RawText);
    if inp.ahead(0) != K::Ident || !pattern || inp.state().slice(at) != "case" {
        return;
    }
    let state = inp.state();
    if state.speak(at) {
        let place = state.range(at);
        let word = TextRange::new(place.lo, state.range(at + 1).lo);
        let file = state.file;
        match state.errors.last_mut().filter(|e| e.message == CASE) {
            Some(error) => super::push_edit(error, file, word, How::Replace, ""),
            None => {
                let error = code::UNEXPECTED_TOKEN.at(place.at(file), CASE);
                state.errors.push(error.fix("remove `case`", word.at(file), How::Replace, ""));
            }
        }
    }
    inp.skip();
}
