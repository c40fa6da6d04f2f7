//! Values as other languages write them.

use super::and_edit;
use crate::ctx::{Ahead, Ctx, Inp, skip_junk};
use crate::token::K;
use kss_diag::{Diagnostic, How, code};
use kss_span::TextRange;

/// What is said of `a ? b : c`.
const CHOICE: &str = "`? :` chooses nothing; a choice is written `if c then a else b`";

/// Where the value that the token before `at` ends begins, if that is a bare name behind `=`: `a = hello`.
fn bare_value(ctx: &Ctx<'_>, at: usize) -> Option<usize> {
    let first = at.checked_sub(1)?;
    let word = matches!(ctx.kind(first), kind if kind.is_word());
    let value = first.checked_sub(1).is_some_and(|b| ctx.kind(b) == K::Eq);
    (word && value).then_some(first)
}

/// Words without quotes behind `=`: `a = hello world`. Says so, and skips them.
fn unquoted(inp: &mut Inp<'_, '_>) -> bool {
    let at = inp.pos();
    let Some(first) = bare_value(inp.state(), at) else { return false };
    let mut len = 0;
    while (inp.ahead(len).is_word() || matches!(inp.ahead(len), K::Literal | K::Dot | K::Minus))
        && !inp.line_starts(len)
    {
        len += 1;
    }
    let ends = matches!(inp.ahead(len), K::Newline | K::Comma | K::End) || inp.ahead(len).is_closer();
    let because = (0..len).any(|n| matches!(inp.ahead(n), K::Because | K::Where));
    if len == 0 || !ends || because {
        return false;
    }
    let state = inp.state();
    if state.speak(at) {
        let range = state.cover((first..at + len).into());
        let text = &state.text[range.range()];
        let place = range.at(state.file);
        let error = match state.kind(at) {
            K::Literal if len == 1 => {
                let (name, value) = (state.slice(first), state.slice(at));
                let error = code::UNEXPECTED_TOKEN
                    .at(place, format!("a function is called with parentheses: `{name}({value})`"));
                error.suggest(format!("write `{name}({value})`"), place, How::Replace, format!("{name}({value})"))
            }
            _ => {
                let error = code::UNEXPECTED_TOKEN.at(place, "a text stands in quotes");
                error.suggest("put it into quotes", place, How::Replace, format!("\"{text}\""))
            }
        };
        state.errors.push(error);
    }
    skip_junk(inp, &[]);
    true
}

/// What else stands behind a value where its statement should end: says what is written here instead, or gives `error` back.
pub(in crate::grammar) fn behind_value(inp: &mut Inp<'_, '_>, error: Diagnostic) -> Diagnostic {
    let at = inp.pos();
    let (next, then) = (inp.ahead(0), inp.ahead(1));
    let mut error = error;
    match (next, then) {
        (K::Question, K::Colon) => error.help("a field that may be absent: `name : Type?`"),
        (K::If, _) => error.help("a choice is written `if c then a else b`"),
        (K::Question, _) => match ternary(inp) {
            Some((range, text)) => {
                let file = inp.state().file;
                error.message = CHOICE.into();
                error.suggest(format!("write `{text}`"), range.at(file), How::Replace, text)
            }
            None => error.help("a condition is written `if c then a else b`"),
        },
        (K::Pipe, K::Gt) => {
            error.message = "`|>` is no operator; a function is called by its name: `f(x)`".into();
            error
        }
        (K::DotDot, _) => {
            error.message = "between values `..` is no operator".into();
            error.help(
                "a range is one literal without spaces: `1..3`; texts are put together inside one text: `\"${a}${b}\"`",
            )
        }
        (K::ThinArrow, _) => error.help("`a -> b` is written `not a or b`"),
        (K::LBracket, K::RBracket) => {
            let state = inp.state();
            let ty = state.slice(at.saturating_sub(1));
            error.message = format!("the type of a list is written `[{ty}]`");
            let range = state.cover((at.saturating_sub(1)..at + 2).into());
            error.fix(format!("write `[{ty}]`"), range.at(state.file), How::Replace, format!("[{ty}]"))
        }
        (K::Lt, then) if then.is_word() && at > 0 => generic(inp, error),
        (K::Arrow, _) => {
            error.help("there are no functions without a name: `fn NAME(x: T) -> U = …`, or `[for x in xs => …]`")
        }
        (K::Colon, K::Colon) => error.help("parts of a path are separated by `.`"),
        (K::TextOpen | K::RawText, _) if at > 0 && inp.state().range(at - 1).hi == inp.state().range(at).lo => {
            let state = inp.state();
            let prefix = state.slice(at - 1);
            if matches!(prefix, "f" | "r" | "b" | "rb" | "R" | "F") {
                error.message =
                    "no letter stands before a text; `\"…\"` has holes `${name}`, and `'…'` has nothing special".into();
                let place = state.range(at - 1).at(state.file);
                return error.suggest(format!("remove `{prefix}`"), place, How::Replace, "");
            }
            error
        }
        _ => error,
    }
}

/// `a ? b : c` as it is written here, with its place.
fn ternary(inp: &mut Inp<'_, '_>) -> Option<(TextRange, String)> {
    let at = inp.pos();
    let mut colon = None;
    let (mut end, mut depth) = (1, 0usize);
    loop {
        let kind = inp.ahead(end);
        let ends = kind.is_closer() || matches!(kind, K::Newline | K::Comma) || inp.line_starts(end);
        if kind == K::End || depth == 0 && ends || end > 200 {
            break;
        }
        depth += usize::from(kind.closer().is_some());
        depth -= usize::from(kind.is_closer());
        if depth == 0 && kind == K::Colon && colon.is_none() {
            colon = Some(end);
        }
        end += 1;
    }
    let colon = colon?;
    let state = inp.state();
    let begin =
        (0..at).rev().take(200).find(|i| matches!(state.kind(*i), K::Eq | K::Arrow | K::Newline | K::LBrace))? + 1;
    if state.kind(begin - 1) != K::Eq || begin >= at || colon == 1 || colon + 1 >= end {
        return None;
    }
    let slice = |from: usize, to: usize| state.text[state.cover((from..to).into()).range()].to_owned();
    let (cond, then, other) = (slice(begin, at), slice(at + 1, at + colon), slice(at + colon + 1, at + end));
    Some((state.cover((begin..at + end).into()), format!("if {cond} then {then} else {other}")))
}

/// `List<Int>`, `Map<Text, Int>`, `Option<Int>`
fn generic(inp: &mut Inp<'_, '_>, mut error: Diagnostic) -> Diagnostic {
    let at = inp.pos();
    let state = inp.state();
    let name = state.slice(at - 1);
    let mut end = at + 1;
    while !matches!(state.kind(end), K::Gt | K::Newline | K::End | K::RBrace | K::Eq) {
        end += 1;
    }
    if state.kind(end) != K::Gt || !name.starts_with(|c: char| c.is_ascii_uppercase()) || end == at + 1 {
        return error;
    }
    let inner = state.text[state.cover((at + 1..end).into()).range()].to_owned();
    let right = match name {
        "List" | "Array" | "Vec" | "Seq" => format!("[{inner}]"),
        "Set" | "HashSet" => format!("set {inner}"),
        "Option" | "Optional" | "Maybe" => format!("{inner}?"),
        "Map" | "Dict" | "HashMap" | "Record" => format!("{{{}}}", inner.replacen(',', ":", 1)),
        _ => return error,
    };
    let range = state.cover((at - 1..end + 1).into());
    error.message = format!("no type takes another in `<…>`; this one is written `{right}`");
    error.place = range.at(state.file);
    error.fix(format!("write `{right}`"), range.at(state.file), How::Replace, right)
}

/// At an operator that begins a line, behind a statement: says that the line before ended.
pub(in crate::grammar) fn operator_first(inp: &mut Inp<'_, '_>) -> bool {
    let at = inp.pos();
    let next = inp.ahead(0);
    let operator = next as u8 >= K::EqEq as u8 && next as u8 <= K::Coalesce as u8;
    let state = inp.state();
    if !operator || !state.line_starts(at) || at + state.base == 0 {
        return false;
    }
    if state.speak(at) {
        let sign = state.slice(at);
        let range = state.range(at);
        let before = state.layout.ranges[..state.base + at].iter().rev().find(|r| !r.is_empty()).copied();
        let error = code::UNEXPECTED_TOKEN
            .at(range.at(state.file), format!("no statement begins with `{sign}`: the one before ended with its line"));
        let error = match before {
            Some(before) => {
                let rest = &state.text[range.hi as usize..];
                let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
                let sign_and_blank = TextRange::new(range.lo, range.hi + blank as u32);
                let error = error.fix(
                    format!("end the line before with `{sign}`"),
                    before.at(state.file),
                    How::After,
                    format!(" {sign}"),
                );
                and_edit(error, state, sign_and_blank, How::Replace, "")
            }
            None => error,
        };
        state.errors.push(error);
    }
    true
}

/// Does a line that begins with `-` go on with the one before? So if that one gives a value, rather than being an element.
pub(in crate::grammar) fn minus_goes_on(inp: &mut Inp<'_, '_>) -> bool {
    let at = inp.pos();
    if inp.ahead(0) != K::Minus || !inp.line_starts(0) {
        return false;
    }
    let state = inp.state();
    let all = &state.layout.kinds[..state.base + at];
    let mut depth = 0usize;
    // The statement before is behind one end of a line; it is not searched for long.
    for (n, kind) in all.iter().rev().take(64).enumerate() {
        match kind {
            _ if kind.is_closer() => depth += 1,
            _ if kind.closer().is_some() && depth == 0 => return false,
            _ if kind.closer().is_some() => depth -= 1,
            K::Eq if depth == 0 => return n > 1,
            K::Newline | K::Comma if depth == 0 && n > 0 => return false,
            _ => {}
        }
    }
    false
}

/// `? a` and `: b` on lines of their own.
pub(in crate::grammar) fn choice_first(inp: &mut Inp<'_, '_>) -> bool {
    if !matches!(inp.ahead(0), K::Question | K::Colon) || !inp.line_starts(0) {
        return false;
    }
    let colon = inp.ahead(0) == K::Colon;
    let at = inp.pos();
    let state = inp.state();
    if colon {
        // Of the file, so it was not skipped with the line before.
        let behind = state.is_top() && state.errors.last().is_some_and(|e| e.message == CHOICE);
        if behind {
            skip_junk(inp, &[]);
        }
        return behind;
    }
    if state.speak(at) {
        state.errors.push(code::UNEXPECTED_TOKEN.at(state.range(at).at(state.file), CHOICE));
    }
    skip_junk(inp, &[]);
    while inp.ahead(0) == K::Newline && matches!(inp.ahead(1), K::Question | K::Colon) {
        inp.skip();
        skip_junk(inp, &[]);
    }
    true
}

/// What else may stand where a statement should have ended: says so, and skips it.
pub(in crate::grammar) fn after_statement(inp: &mut Inp<'_, '_>) -> bool {
    unquoted(inp) || quote_inside(inp) || choice_behind(inp)
}

/// `"say "hello" now"`
fn quote_inside(inp: &mut Inp<'_, '_>) -> bool {
    let at = inp.pos();
    let word = inp.ahead(0).is_word();
    let state = inp.state();
    let Some(before) = at.checked_sub(1).filter(|b| state.kind(*b) == K::TextClose) else { return false };
    if !word || state.range(before).hi != state.range(at).lo || state.range(before).is_empty() {
        return false;
    }
    if state.speak(at) {
        let place = state.range(before).at(state.file);
        let error =
            code::UNEXPECTED_TOKEN.at(place, "this quote ends the text; one inside of a text is written `\\\"`");
        state.errors.push(error.suggest("write `\\\"`", place, How::Before, "\\"));
    }
    skip_junk(inp, &[]);
    true
}

/// `a if c else b`
fn choice_behind(inp: &mut Inp<'_, '_>) -> bool {
    if inp.ahead(0) != K::If {
        return false;
    }
    let at = inp.pos();
    let (mut n, mut other) = (1, None);
    loop {
        let kind = inp.ahead(n);
        if kind.is_closer() || matches!(kind, K::Newline | K::Comma | K::End) || inp.line_starts(n) {
            break;
        }
        if n > 100 || matches!(kind, K::LBrace | K::Then) {
            return false;
        }
        if kind == K::Else {
            other = Some(n);
        }
        n += 1;
    }
    let Some(other) = other.filter(|o| *o > 1 && o + 1 < n) else { return false };
    let state = inp.state();
    let begin = (0..at).rev().take(100).find(|i| matches!(state.kind(*i), K::Eq | K::Arrow | K::Newline | K::LBrace));
    if state.speak(at) {
        let message = "a choice begins with its condition: `if c then a else b`";
        let error = code::UNEXPECTED_TOKEN.at(state.range(at).at(state.file), message);
        let begin = begin.filter(|b| state.kind(*b) == K::Eq && b + 1 < at);
        let error = match begin {
            Some(begin) => {
                let slice = |from: usize, to: usize| &state.text[state.cover((from..to).into()).range()];
                let (value, cond) = (slice(begin + 1, at), slice(at + 1, at + other));
                let text = format!("if {cond} then {value} else {}", slice(at + other + 1, at + n));
                let place = state.cover((begin + 1..at + n).into()).at(state.file);
                error.suggest(format!("write `{text}`"), place, How::Replace, text)
            }
            None => error,
        };
        state.errors.push(error);
    }
    skip_junk(inp, &[]);
    true
}
