//! Texts.

use super::since;
use crate::ast::{Expr, ExprKind, Text, TextPart};
use crate::ctx::{Ahead, Inp, Parse, Rule, close, header};
use crate::layout::OPEN_TEXT;
use crate::text::{Piece, cook, cook_raw};
use crate::token::K;
use chumsky::error::EmptyErr;
use chumsky::prelude::*;
use kss_diag::{How, code};
use kss_span::TextRange;

/// `"…"`, `"""…"""`, `'…'`, `'''…'''`
pub(super) fn text<'s>(expr: Rule<'s, Expr>) -> impl Parse<'s, Text> {
    let hole = header(false, expr);
    custom(move |inp: &mut Inp<'s, '_>| {
        let start = inp.pos();
        match inp.ahead(0) {
            K::RawText => Ok(raw(inp)),
            K::TextOpen => {
                if let Some(text) = plain(inp) {
                    return Ok(text);
                }
                inp.skip();
                let multi = inp.state().range(start).len() == 3;
                let pieces = pieces(inp, &hole)?;
                let mut bad = Vec::new();
                let source = inp.state().text;
                let parts = cook(source, pieces, multi, &mut bad);
                bad_escapes(inp, bad);
                let parts = parts.into_iter().map(|part| match part {
                    Ok(text) => TextPart::Plain(text.into()),
                    Err(hole) => TextPart::Hole(hole),
                });
                Ok(Text { parts: parts.collect(), id: since(inp, start) })
            }
            _ => Err(EmptyErr::default()),
        }
    })
}

/// A text of one line without holes and escapes, as most are.
fn plain(inp: &mut Inp<'_, '_>) -> Option<Text> {
    let start = inp.pos();
    let (part, close) = (inp.ahead(1), inp.ahead(2));
    if part != K::TextPart || close != K::TextClose {
        return None;
    }
    let state = inp.state();
    let text = state.slice(start + 1);
    if state.range(start).len() != 1 || text.contains('\\') {
        return None;
    }
    for _ in 0..3 {
        inp.skip();
    }
    Some(Text { parts: vec![TextPart::Plain(text.into())], id: since(inp, start) })
}

fn raw(inp: &mut Inp<'_, '_>) -> Text {
    let start = inp.pos();
    inp.skip();
    let state = inp.state();
    let source = state.slice(start);
    if !source.starts_with('\'') {
        // Text without our quotes, of which the layout has spoken.
        let inner = source.trim_matches(|c: char| !c.is_ascii() || c == '`');
        return Text { parts: vec![TextPart::Plain(inner.into())], id: since(inp, start) };
    }
    if let Some(inner) = source.strip_prefix("''").filter(|s| s.len() > 2 && !s.starts_with('\'')) {
        // Of Nix, of which the layout has spoken.
        let text = cook_raw(&format!("'''{}'''", inner.trim_end_matches('\'')));
        return Text { parts: vec![TextPart::Plain(text.into())], id: since(inp, start) };
    }
    let mark = if source.starts_with("'''") { 3 } else { 1 };
    if source.len() < 2 * mark || !source.ends_with(&source[..mark]) {
        let place = state.range(start).at(state.file);
        let error = code::UNCLOSED.at(place, OPEN_TEXT);
        let quotes = source[..mark].to_owned();
        state.errors.push(error.suggest(format!("insert `{quotes}`"), place, How::After, quotes));
    }
    let text = cook_raw(source);
    let parts = if text.is_empty() { Vec::new() } else { vec![TextPart::Plain(text.into())] };
    Text { parts, id: since(inp, start) }
}

/// All up to the closing quote, which is read too.
fn pieces<'s>(inp: &mut Inp<'s, '_>, hole: &impl Parse<'s, Expr>) -> Result<Vec<Piece<Expr>>, EmptyErr> {
    let mut pieces = Vec::new();
    loop {
        let at = inp.pos();
        match inp.ahead(0) {
            K::TextPart => {
                inp.skip();
                pieces.push(Piece::Plain(inp.state().range(at)));
            }
            K::HoleOpen => {
                inp.skip();
                let value = inp.parse(hole)?;
                only_paths(inp, &value);
                close(inp, K::HoleClose, "`}`");
                pieces.push(Piece::Hole(value));
            }
            K::TextClose => {
                inp.skip();
                return Ok(pieces);
            }
            _ => return Ok(pieces),
        }
    }
}

/// Says so if a hole holds more than a path or a call.
fn only_paths(inp: &mut Inp<'_, '_>, value: &Expr) {
    if is_path(value) {
        return;
    }
    let state = inp.state();
    let place = state.place(value.id).at(state.file);
    let error = code::UNEXPECTED_TOKEN.at(place, "a hole in a text holds a path or a call");
    state.errors.push(error.help("name it with `let` first, and write the name here"));
}

fn is_path(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Missing | ExprKind::Name(_) => true,
        ExprKind::Member { base, .. } => is_path(base),
        ExprKind::Call { callee, .. } => is_path(callee),
        _ => false,
    }
}

fn bad_escapes(inp: &mut Inp<'_, '_>, bad: Vec<TextRange>) {
    for range in bad {
        let state = inp.state();
        let escape = &state.text[range.range()];
        let place = range.at(state.file);
        let error = code::BAD_LITERAL.at(place, format!("`{escape}` is no escape"));
        let error = error.help(r#"the escapes are `\"`, `\\`, `\${`, `\n`, `\t`; text in '…' has none"#);
        state.errors.push(error.suggest(format!("write `\\{escape}`"), place, How::Before, "\\"));
    }
}
