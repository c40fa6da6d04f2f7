//! Imports as other languages write them.

use crate::ast::Name;
use crate::ctx::{Ahead, Inp, skip_junk};
use crate::token::K;
use kss_diag::{How, code};
use kss_span::{Symbol, TextRange};

/// `import { a } from "./b"`, `import * as b from "./b"`
pub(in crate::grammar) fn foreign_import(inp: &mut Inp<'_, '_>) -> bool {
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

/// The path of an import in quotes: `"./a/b.kss"`. Says so; gives how many directories it goes up, and its parts.
pub(in crate::grammar) fn quoted_import(inp: &mut Inp<'_, '_>) -> Option<(Option<u32>, Vec<Name>)> {
    let at = inp.pos();
    let len = match (inp.ahead(0), inp.ahead(1), inp.ahead(2)) {
        (K::RawText, ..) => 1,
        (K::TextOpen, K::TextPart, K::TextClose) => 3,
        _ => return None,
    };
    let state = inp.state();
    let range = state.cover((at..at + len).into());
    let written = state.text[range.range()].trim_matches(['"', '\'']);
    let (up, rest) = match written.strip_prefix("./") {
        Some(rest) => (Some(0), rest),
        None => {
            let rest = written.trim_start_matches("../");
            let up = (written.len() - rest.len()) / 3;
            ((up > 0).then_some(up as u32), rest)
        }
    };
    let rest = rest.strip_suffix(".kss").unwrap_or(rest);
    let parts: Vec<&str> = rest.split(['/', '.']).collect();
    let fits = parts.iter().all(|part| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
    });
    if state.speak(at) {
        let place = range.at(state.file);
        let error =
            code::UNEXPECTED_TOKEN.at(place, "the path of an import stands without quotes: `import ./file.name`");
        let right =
            format!("{}{}", &written[..written.len() - written.trim_start_matches(['.', '/']).len()], parts.join("."));
        state.errors.push(match fits {
            true => error.fix(format!("write `{right}`"), place, How::Replace, right),
            false => error,
        });
    }
    (0..len).for_each(|_| inp.skip());
    let state = inp.state();
    let names = parts.iter().map(|part| Name { id: state.node((at..at + len).into()), text: Symbol::new(part) });
    Some((up, names.collect()))
}

/// At `as b` behind what is imported: says that a name stays what it is, and skips it.
pub(in crate::grammar) fn other_name(inp: &mut Inp<'_, '_>) {
    let at = inp.pos();
    if inp.ahead(0) != K::Ident || inp.state().slice(at) != "as" || !inp.ahead(1).is_word() || inp.line_starts(0) {
        return;
    }
    let state = inp.state();
    if state.speak(at) {
        let range = state.cover((at..at + 2).into());
        let error =
            code::UNEXPECTED_TOKEN.at(range.at(state.file), "an import gives no other name: it is known by its own");
        let before = at.checked_sub(1).map_or(range.lo, |b| state.range(b).hi);
        let edit = TextRange::new(before, range.hi).at(state.file);
        state.errors.push(error.suggest("remove it", edit, How::Replace, ""));
    }
    inp.skip();
    inp.skip();
}

/// At `*` behind a path: says that names are taken one by one, and skips it.
pub(in crate::grammar) fn all_names(inp: &mut Inp<'_, '_>) -> bool {
    if inp.ahead(0) != K::Star {
        return false;
    }
    let at = inp.pos();
    let state = inp.state();
    if state.speak(at) {
        let place = state.range(at).at(state.file);
        let error = code::UNEXPECTED_TOKEN.at(place, "names are taken one by one: `import ./file.{a, b}`");
        state.errors.push(error);
    }
    inp.skip();
    true
}

/// At `import` where a value stands: says where it stands, and skips it with its path.
pub(in crate::grammar) fn import_as_value(inp: &mut Inp<'_, '_>) -> bool {
    let path = matches!(inp.ahead(1), K::TextOpen | K::RawText | K::DotDot)
        || inp.ahead(1) == K::Dot && inp.ahead(2) == K::Slash;
    if inp.ahead(0) != K::Import || !path {
        return false;
    }
    let at = inp.pos();
    let state = inp.state();
    if state.speak(at) {
        let place = state.range(at).at(state.file);
        let message = "an import is no value: it stands at the top of the file, as `import ./file.name`";
        state.errors.push(code::UNEXPECTED_TOKEN.at(place, message));
    }
    skip_junk(inp, &[]);
    true
}
