//! Puts lexer, layout and grammar together.

use crate::Parsed;
use crate::ast::File;
use crate::ctx::Ctx;
use crate::lex::lexemes;
use crate::token::Token;
use crate::{grammar, layout};
use chumsky::Parser;
use kss_diag::code;
use kss_span::{FileId, TextRange};
use std::sync::Arc;

/// A longer file is refused.
pub const MAX_FILE: usize = 8 << 20;

/// Parses `text`. There is a tree for every text; a tree without errors is the whole truth about it.
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
        let places: Arc<[TextRange]> = ctx.spans.as_slice().into();
        for stmt in stmts {
            items.push(Arc::new(stmt));
            spans.push(places.clone());
        }
    }
    errors.append(&mut ctx.errors);
    errors.sort_by_key(|e| (e.place.range.lo, e.place.range.hi));
    let tokens = lexemes.iter().map(|l| Token { kind: l.kind.public(l.class), len: l.len }).collect();
    Parsed { file: Arc::new(File { items }), spans, errors, tokens }
}
