//! Puts lexer, layout and grammar together.

use crate::Parsed;
use crate::ast::File;
use crate::ctx::Ctx;
use crate::layout::OPEN_TEXT;
use crate::lex::lexemes;
use crate::token::Token;
use crate::{docs, grammar, layout};
use chumsky::Parser;
use kss_diag::{Diagnostic, code};
use kss_span::{FileId, TextRange};
use std::sync::Arc;

/// A longer file is refused.
pub const MAX_FILE: usize = 8 << 20;

/// Parses `text`. There is a tree for every text; a tree without errors (see [`Parsed::is_right`]) is the whole truth about it.
pub fn parse(file: FileId, text: &str) -> Parsed {
    if text.len() > MAX_FILE {
        let place = TextRange::empty(0).at(file);
        let message = format!("this file has {} MB; at most {} are read", text.len() >> 20, MAX_FILE >> 20);
        let error =
            code::TOO_LARGE.at(place, message).help("put large data into a JSON file, and read it with `data(…)`");
        let tokens = crate::lex::lex(text).into();
        return Parsed { file: Arc::default(), spans: Vec::new(), errors: vec![error], tokens };
    }
    let lexemes = lexemes(text);
    let mut layout = layout::layout(file, text, &lexemes);
    let mut errors = std::mem::take(&mut layout.errors);
    let mut ctx = Ctx::new(file, text, &layout);
    let rule = grammar::statements();
    let (mut items, mut spans) = (Vec::new(), Vec::new());
    for tokens in &layout.items {
        ctx.begin(tokens.clone());
        let stmts = rule.parse_with_state(&layout.kinds[tokens.clone()], &mut ctx).into_output().unwrap_or_default();
        let mut first = 0;
        for (stmt, end) in stmts.into_iter().zip(&ctx.done) {
            items.push(Arc::new(stmt));
            spans.push(Arc::from(&ctx.spans[first..*end]));
            first = *end;
        }
    }
    errors.append(&mut ctx.errors);
    if !ctx.skipped.is_empty() {
        ctx.skipped.sort();
        errors.retain(|e| {
            let next = ctx.skipped.partition_point(|s| s.lo <= e.place.range.lo);
            next.checked_sub(1).is_none_or(|i| e.place.range.lo >= ctx.skipped[i].hi)
        });
    }
    errors.sort_by_key(|e| (e.place.range.lo, e.place.range.hi));
    let mut errors = without_followers(text, errors, &layout.lost);
    if errors.is_empty() {
        // What is documented may be what is wrong.
        errors = docs::lost(file, text, &layout, &ctx.documented);
    }
    let tokens = lexemes.iter().map(|l| Token { kind: l.kind.public(l.class), len: l.len }).collect();
    Parsed { file: Arc::new(File { items }), spans, errors, tokens }
}

/// A quote too many or too few turns the text of a line inside out, and a sign that means nothing leaves a gap. What else the
/// parser says about that line follows from it.
fn without_followers(text: &str, mut errors: Vec<Diagnostic>, lost: &[u32]) -> Vec<Diagnostic> {
    let quotes = errors.iter().filter(|e| e.code == &code::UNCLOSED && e.message == OPEN_TEXT);
    let mut places: Vec<u32> = quotes.map(|e| e.place.range.lo).chain(lost.iter().copied()).collect();
    if places.is_empty() {
        return errors;
    }
    places.sort_unstable();
    let line = |at: u32| {
        let (before, behind) = text.split_at(at as usize);
        let lo = before.rfind('\n').map_or(0, |n| n + 1);
        (lo as u32, at + behind.find('\n').unwrap_or(behind.len()) as u32)
    };
    let mut lines: Vec<(u32, u32)> = Vec::new();
    for at in places {
        if lines.last().is_none_or(|(_, hi)| at > *hi) {
            lines.push(line(at));
        }
    }
    errors.retain(|e| {
        let at = e.place.range.lo;
        let found = lines.partition_point(|(lo, _)| *lo <= at).checked_sub(1);
        let inside = found.is_some_and(|i| at <= lines[i].1);
        !inside || e.code != &code::UNEXPECTED_TOKEN || lost.binary_search(&at).is_ok()
    });
    errors
}
