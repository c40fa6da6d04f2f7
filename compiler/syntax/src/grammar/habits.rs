//! What people write who come from other languages: found where the grammar meets it, said in one message, read as it was
//! meant.

use crate::ctx::{Ahead, Ctx, Inp, skip_junk};
use crate::token::K;
use kss_diag::{Diagnostic, FixEdit, How, code};
use kss_span::TextRange;

/// Adds another edit to the last fix of `error`.
pub(super) fn and_edit(mut error: Diagnostic, ctx: &Ctx<'_>, range: TextRange, how: How, text: &str) -> Diagnostic {
    if let Some(fix) = error.fixes.last_mut() {
        fix.edits.push(FixEdit { place: range.at(ctx.file), how, text: text.into() });
    }
    error
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

/// Where the value that the token before `at` ends begins, if that is a bare name behind `=`: `a = hello`.
fn bare_value(ctx: &Ctx<'_>, at: usize) -> Option<usize> {
    let first = at.checked_sub(1)?;
    let word = matches!(ctx.kind(first), kind if kind.is_word());
    let value = first.checked_sub(1).is_some_and(|b| ctx.kind(b) == K::Eq);
    (word && value).then_some(first)
}

/// Words without quotes behind `=`: `a = hello world`. Says so, and skips them.
pub(super) fn unquoted(inp: &mut Inp<'_, '_>) -> bool {
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
pub(super) fn behind_value(inp: &mut Inp<'_, '_>, error: Diagnostic) -> Diagnostic {
    let at = inp.pos();
    let (next, then) = (inp.ahead(0), inp.ahead(1));
    let mut error = error;
    match (next, then) {
        (K::Question, K::Colon) => error.help("a field that may be absent: `name : Type?`"),
        (K::If, _) => error.help("a choice is written `if c then a else b`"),
        (K::Question, _) => match ternary(inp) {
            Some((range, text)) => {
                let file = inp.state().file;
                error.message = "`? :` chooses nothing; a choice is written `if c then a else b`".into();
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
pub(super) fn operator_first(inp: &mut Inp<'_, '_>) -> bool {
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
pub(super) fn minus_goes_on(inp: &mut Inp<'_, '_>) -> bool {
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

/// What stands for the first word of a statement here.
fn words(word: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match word {
        "const" | "var" | "local" | "final" | "val" | "locals" => {
            ("a value gets a name by `let NAME = …`", Some("let"))
        }
        "def" | "func" | "function" | "fun" | "defun" => ("a function is written `fn NAME(x: T) -> U = …`", Some("fn")),
        "struct" | "class" | "interface" | "schema" | "record" | "trait" => {
            ("a type is written `type NAME { field : Type }`", Some("type"))
        }
        "enum" => ("a choice is written `type NAME = one | two`", None),
        "from" | "include" | "require" | "using" | "open" => {
            ("names of another file are taken by `import ./file.name`", None)
        }
        "export" | "public" | "pub" => ("every declaration can be imported; nothing is said for it", None),
        "return" => ("the value of a function stands behind its `=`, without `return`", None),
        "inherit" => ("a field is written whole: `a = a`; all of a record by `..record`", None),
        "assert" => ("an invariant is written `check CONDITION else \"…\"`", Some("check")),
        "package" | "namespace" | "library" => ("a file has no name of its own: it is imported by its path", None),
        "variable" | "param" | "input" => ("what the user of a module sets is written `option NAME : Type`", None),
        "while" | "loop" => ("nothing repeats but `for x in list { … }`", None),
        "foreach" => ("each element of a list: `for x in list { … }`", Some("for")),
        "unless" => ("a condition is written `if not c { … }`", None),
        "switch" => ("cases are told apart by `match x { a => …, _ => … }`", Some("match")),
        "elif" | "elseif" | "elsif" => {
            ("another condition is written `else if c { … }`, on the line of the brace before", None)
        }
        _ => return None,
    })
}

/// At a word that begins statements elsewhere: says what is written here, and takes it for that if the rest fits; else skips
/// the statement with its block.
pub(super) fn foreign_word(inp: &mut Inp<'_, '_>) -> bool {
    let at = inp.pos();
    if inp.ahead(0) != K::Ident {
        return false;
    }
    let word = inp.state().slice(at);
    let Some((hint, right)) = words(word) else { return false };
    // At the top of a file no entry stands, so the word can't be a kind.
    if !(inp.state().is_top() || never_an_entry(inp)) {
        return false;
    }
    let third = inp.ahead(2);
    let named = inp.ahead(1).is_word();
    let ours = match right {
        Some("let") if named && matches!(third, K::Eq | K::Colon) => Some(K::Let),
        Some("type") if named && matches!(third, K::Eq | K::LBrace) => Some(K::Type),
        Some("for") if named && third == K::In => Some(K::For),
        Some("check") if inp.ahead(1) != K::LBrace => Some(K::Check),
        _ => None,
    };
    let state = inp.state();
    if state.speak(at) {
        let place = state.range(at).at(state.file);
        let error = code::UNEXPECTED_TOKEN.at(place, format!("`{word}` begins no statement: {hint}"));
        state.errors.push(match right {
            Some(right) => error.suggest(format!("write `{right}`"), place, How::Replace, right),
            None => error,
        });
    }
    match ours {
        Some(kind) => state.alias = Some((at, kind)),
        None => drop(skip_junk(inp, &[])),
    }
    true
}

/// Do a word and what follows it make no entry, whatever kinds there are? An entry has a block behind its names.
fn never_an_entry(inp: &mut Inp<'_, '_>) -> bool {
    let mut n = 1;
    while n < 100 && (inp.ahead(n).is_word() || matches!(inp.ahead(n), K::RawText | K::RangeName)) {
        n += 1;
    }
    n > 1 && !matches!(inp.ahead(n), K::LBrace | K::TextOpen | K::Newline | K::End)
}

/// `import { a } from "./b"`, `import * as b from "./b"`
pub(super) fn foreign_import(inp: &mut Inp<'_, '_>) -> bool {
    if inp.ahead(0) != K::Import || !matches!(inp.ahead(1), K::LBrace | K::Star) || !inp.state().is_top() {
        return false;
    }
    let at = inp.pos();
    let from = (2..60).any(|n| inp.ahead(n) == K::Ident && inp.state().slice(at + n) == "from");
    let state = inp.state();
    if !from {
        return false;
    }
    if state.speak(at) {
        let message = "names of another file are taken by `import ./file.{a, b}`";
        let error = code::UNEXPECTED_TOKEN.at(state.range(at).at(state.file), message);
        state.errors.push(error);
    }
    skip_junk(inp, &[]);
    true
}

/// `? a` and `: b` on lines of their own.
pub(super) fn choice_first(inp: &mut Inp<'_, '_>) -> bool {
    if !matches!(inp.ahead(0), K::Question | K::Colon) || !inp.line_starts(0) {
        return false;
    }
    let colon = inp.ahead(0) == K::Colon;
    let at = inp.pos();
    let state = inp.state();
    if colon {
        // Of the file, so it was not skipped with the line before.
        let behind = state.is_top() && state.errors.last().is_some_and(|e| e.message.starts_with("`? :`"));
        if behind {
            skip_junk(inp, &[]);
        }
        return behind;
    }
    if state.speak(at) {
        let message = "`? :` chooses nothing; a choice is written `if c then a else b`";
        state.errors.push(code::UNEXPECTED_TOKEN.at(state.range(at).at(state.file), message));
    }
    skip_junk(inp, &[]);
    while inp.ahead(0) == K::Newline && matches!(inp.ahead(1), K::Question | K::Colon) {
        inp.skip();
        skip_junk(inp, &[]);
    }
    true
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

/// What else may stand where a statement should have ended: says so, and skips it.
pub(super) fn after_statement(inp: &mut Inp<'_, '_>) -> bool {
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

/// A word before the name of a `let` that says that it may change, or not.
pub(super) fn mutable(inp: &mut Inp<'_, '_>) {
    let at = inp.pos();
    let state = inp.state();
    if !matches!(state.slice(at), "mut" | "const" | "var" | "rec") || !inp.ahead(1).is_word() {
        return;
    }
    let state = inp.state();
    if state.speak(at) {
        let word = state.slice(at);
        let place = TextRange::new(state.range(at).lo, state.range(at + 1).lo).at(state.file);
        let error = code::UNEXPECTED_TOKEN
            .at(state.range(at).at(state.file), format!("no `{word}` stands before a name: a value never changes"));
        state.errors.push(error.fix(format!("remove `{word}`"), place, How::Replace, ""));
    }
    inp.skip();
}

/// `else if` written as one word behind a value or a block: takes it for `else`, with the `if` behind it.
pub(super) fn else_if(inp: &mut Inp<'_, '_>) -> bool {
    let at = inp.pos();
    let state = inp.state();
    if state.kind(at) != K::Ident || !matches!(state.slice(at), "elif" | "elseif" | "elsif" | "elsf") {
        return false;
    }
    if state.speak(at) {
        let place = state.range(at).at(state.file);
        let word = state.slice(at);
        let error = code::UNEXPECTED_TOKEN.at(place, format!("`{word}` is written `else if`"));
        state.errors.push(error.fix("write `else if`", place, How::Replace, "else if"));
    }
    true
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
    let all = &ctx.layout.line_starts;
    let mut first = ctx.base + start;
    // Only of a line that is not too long.
    while first > 0 && !all[first] && ctx.base + start - first < 64 {
        first -= 1;
    }
    let indent = ctx.text[..ctx.layout.ranges[first].lo as usize].bytes().rev().take(200).take_while(|b| *b != b'\n');
    let lo = ctx.layout.ranges[first].lo - indent.count() as u32;
    let hi = ctx.range(end.saturating_sub(1).max(start)).hi;
    let said = ctx.errors.iter().rev().take(4).any(|e| (lo..=hi).contains(&e.place.range.lo));
    let from = ctx.lost.partition_point(|at| *at < lo);
    said || ctx.lost.get(from).is_some_and(|at| *at <= hi)
}
