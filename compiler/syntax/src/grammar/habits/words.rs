//! Words that begin statements in other languages, and words before names.

use crate::ctx::{Ahead, Inp, skip_junk};
use crate::token::K;
use kss_diag::{How, code};
use kss_span::TextRange;

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
pub(in crate::grammar) fn foreign_word(inp: &mut Inp<'_, '_>) -> bool {
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

/// A word before the name of a `let` that says that it may change, or not.
pub(in crate::grammar) fn mutable(inp: &mut Inp<'_, '_>) {
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
pub(in crate::grammar) fn else_if(inp: &mut Inp<'_, '_>) -> bool {
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
