//! What people write who come from other languages: found where the grammar meets it, said in one message, read as it was
//! meant.

mod imports;
mod scopes;
mod values;
mod words;

pub(super) use imports::{all_names, foreign_import, import_as_value, other_name, quoted_import};
pub(super) use scopes::{case, let_in, nix_module, switch};
pub(super) use values::{after_statement, behind_value, choice_first, minus_goes_on, operator_first};
pub(super) use words::{else_if, foreign_word, mutable};

use crate::ctx::{Ahead, Ctx, Inp};
use crate::token::K;
use kss_diag::{Diagnostic, FixEdit, How, code};
use kss_span::{FileId, TextRange};

/// Adds another edit to the last fix of `error`.
pub(super) fn and_edit(mut error: Diagnostic, ctx: &Ctx<'_>, range: TextRange, how: How, text: &str) -> Diagnostic {
    push_edit(&mut error, ctx.file, range, how, text);
    error
}

/// As [`and_edit`], for an error that was said already.
pub(super) fn push_edit(error: &mut Diagnostic, file: FileId, range: TextRange, how: How, text: &str) {
    if let Some(fix) = error.fixes.last_mut() {
        fix.edits.push(FixEdit { place: range.at(file), how, text: text.into() });
    }
}

/// Says that the next token is not `right`, and takes it for that. For signs between parts, where no other token may stand.
pub(super) fn instead(inp: &mut Inp<'_, '_>, kind: K, right: &str, why: &str) {
    let at = inp.pos();
    let state = inp.state();
    if state.speak(at) {
        let place = state.range(at).at(state.file);
        let error = code::UNEXPECTED_TOKEN.at(place, why);
        // A sign that sticks to the word before it needs a space.
        let sticks = at > 0 && state.range(at - 1).hi == state.range(at).lo;
        let text = if sticks { format!(" {right}") } else { right.to_owned() };
        state.errors.push(error.fix(format!("write `{right}`"), place, How::Replace, text));
    }
    state.alias = Some((at, kind));
}

/// At `=` or `:` before the brace of a block that stands without one: `node w = { … }`. Says so, and skips it.
pub(super) fn before_block(inp: &mut Inp<'_, '_>) {
    if !matches!(inp.ahead(0), K::Eq | K::Colon | K::With | K::Arrow | K::Then) || inp.ahead(1) != K::LBrace {
        return;
    }
    let at = inp.pos();
    let state = inp.state();
    let sign = state.slice(at);
    if state.speak(at) {
        let lo = if at > 0 { state.range(at - 1).hi } else { state.range(at).lo };
        let between = TextRange::new(lo, state.range(at + 1).lo).at(state.file);
        let place = state.range(at).at(state.file);
        let error = code::UNEXPECTED_TOKEN.at(place, format!("no `{sign}` stands between a head and its block"));
        state.errors.push(error.fix(format!("remove `{sign}`"), between, How::Replace, " "));
    }
    inp.skip();
}

/// Is the next token a brace with a record in it, and not the body of the statement whose header it stands in? Behind a
/// record a body follows.
pub(super) fn record_in_header(inp: &mut Inp<'_, '_>) -> Option<usize> {
    let mut end = 0;
    let mut depth = 0usize;
    loop {
        let kind = inp.ahead(end);
        match kind {
            K::End => return None,
            _ if kind.closer().is_some() => depth += 1,
            _ if kind.is_closer() => depth -= 1,
            _ => {}
        }
        end += 1;
        if depth == 0 {
            break;
        }
        if end > 500 {
            return None;
        }
    }
    let body = matches!(inp.ahead(end), K::LBrace | K::Arrow) && !inp.line_starts(end);
    body.then_some(end)
}

/// Says that a record in a header needs parentheses.
pub(super) fn say_record_in_header(inp: &mut Inp<'_, '_>, end: usize) {
    let at = inp.pos();
    let state = inp.state();
    if !state.speak(at) {
        return;
    }
    let range = state.cover((at..at + end).into());
    let place = range.at(state.file);
    let error =
        code::UNEXPECTED_TOKEN.at(place, "in a header a brace opens the body, so a record stands in parentheses");
    let error = error.fix("put it into parentheses", place, How::Before, "(");
    let error = and_edit(error, state, range, How::After, ")");
    state.errors.push(error);
}

/// At `then` before a block without an `else`: a statement, whose block needs no `then`.
pub(super) fn then_block(inp: &mut Inp<'_, '_>) -> bool {
    if inp.ahead(1) != K::LBrace {
        return false;
    }
    let (mut n, mut depth) = (1, 0usize);
    loop {
        let kind = inp.ahead(n);
        if kind == K::End || n > 500 {
            return false;
        }
        depth += usize::from(kind.closer().is_some());
        depth -= usize::from(kind.is_closer());
        n += 1;
        if depth == 0 {
            break;
        }
    }
    if inp.ahead(n) == K::Else {
        return false;
    }
    before_block(inp);
    true
}

/// A brace on the line behind its head. Says so; it is read nevertheless.
pub(super) fn brace_below(inp: &mut Inp<'_, '_>) {
    let below = inp.ahead(0) == K::Newline && inp.ahead(1) == K::LBrace && inp.line_starts(1);
    if below {
        inp.skip();
    } else if inp.ahead(0) != K::LBrace || !inp.line_starts(0) {
        return;
    }
    let at = inp.pos();
    let state = inp.state();
    if state.speak(at) && at > 0 {
        let before = (0..at).rev().map(|i| state.range(i)).find(|r| !r.is_empty()).unwrap_or_default();
        let between = TextRange::new(before.hi, state.range(at).lo);
        let blank = state.text[between.range()].trim().is_empty();
        let error = code::UNEXPECTED_TOKEN
            .at(state.range(at).at(state.file), "the brace of a block stands on the line of its head");
        let fix = "move it there";
        state.errors.push(if blank { error.fix(fix, between.at(state.file), How::Replace, " ") } else { error });
    }
}

/// At a colon behind the name of a type, before the type or its fields. Says so.
pub(super) fn before_colon(inp: &mut Inp<'_, '_>) {
    match (inp.ahead(0), inp.ahead(1)) {
        (K::Colon, K::LBrace) => before_block(inp),
        (K::Colon, next) if next.is_word() && !inp.line_starts(1) => {
            instead(inp, K::Eq, "=", "what a type is stands behind `=`");
        }
        _ => {}
    }
}

/// An argument with its name: `f(a = 1)`, `f(a: 1)`. Says so, and skips the name.
pub(super) fn named_argument(inp: &mut Inp<'_, '_>) {
    if !inp.ahead(0).is_word() || !matches!(inp.ahead(1), K::Eq | K::Colon) {
        return;
    }
    let at = inp.pos();
    let state = inp.state();
    if state.speak(at) {
        let place = state.cover((at..at + 2).into()).at(state.file);
        let lo = state.range(at).lo;
        let hi = state.range(at + 2).lo.max(state.range(at + 1).hi);
        let error = code::UNEXPECTED_TOKEN.at(place, "an argument has no name here: it is known by its place");
        let edit = TextRange::new(lo, hi).at(state.file);
        state.errors.push(error.suggest("remove the name", edit, How::Replace, ""));
    }
    inp.skip();
    inp.skip();
}

/// Takes a sign that other languages write for `=>` for that.
pub(super) fn arrow(inp: &mut Inp<'_, '_>) {
    let sign = inp.ahead(0);
    if matches!(sign, K::Colon | K::ThinArrow) && !matches!(inp.ahead(1), K::Newline | K::End) && !inp.line_starts(1) {
        let at = inp.pos();
        let written = inp.state().slice(at);
        let why = format!("`{written}` is written `=>` here");
        instead(inp, K::Arrow, "=>", &why);
    }
}

/// Is the statement at the next token on a line of which something bad was said already? Then it follows from that.
pub(super) fn follows_error(ctx: &Ctx<'_>, start: usize, end: usize) -> bool {
    if ctx.errors.is_empty() && ctx.lost.is_empty() {
        return false;
    }
    let lo = line_start(ctx, start);
    let hi = ctx.range(end.saturating_sub(1).max(start)).hi;
    let said = ctx.errors.iter().rev().take(4).any(|e| (lo..=hi).contains(&e.place.range.lo));
    said || is_lost(ctx, lo, hi)
}

/// Does the field at token `start` have its value behind a `:` that stands for something else? So it came from elsewhere.
pub(super) fn is_foreign_field(ctx: &Ctx<'_>, start: usize) -> bool {
    let sign = (start..start + 40).find(|at| matches!(ctx.kind(*at), K::Eq | K::LBrace | K::Newline | K::End));
    sign.is_some_and(|at| matches!(ctx.kind(at), K::Eq | K::LBrace) && ctx.slice(at) == ":")
}

fn is_lost(ctx: &Ctx<'_>, lo: u32, hi: u32) -> bool {
    let from = ctx.lost.partition_point(|at| *at < lo);
    ctx.lost.get(from).is_some_and(|at| *at <= hi)
}

/// Where the line of token `start` begins.
fn line_start(ctx: &Ctx<'_>, start: usize) -> u32 {
    let all = &ctx.layout.line_starts;
    let mut first = ctx.base + start;
    // Only of a line that is not too long.
    while first > 0 && !all[first] && ctx.base + start - first < 64 {
        first -= 1;
    }
    let indent = ctx.text[..ctx.layout.ranges[first].lo as usize].bytes().rev().take(200).take_while(|b| *b != b'\n');
    ctx.layout.ranges[first].lo - indent.count() as u32
}
