//! The grammar. Which form a statement has follows from its first tokens (`form`); each form is a rule of its own. One rule
//! is recursive for statements, one for expressions, one for types.

mod assign;
mod declare;
mod entry;
mod expr;
mod form;
mod habits;
mod list;
mod pattern;
mod stmt;
mod text;
mod types;

use crate::ast::{Block, Expr, ExprKind, NodeId, Stmt, StmtKind, Text, Type};
use crate::ctx::{Ahead, Ctx, Ex, In, Inp, Parse, Rule, skip_junk, skip_one, when};
use crate::token::K;
use chumsky::prelude::*;

/// The rules that others are built of.
#[derive(Clone)]
struct Rules<'s> {
    stmt: Rule<'s, Stmt>,
    /// `{ … }`; fails where there is no brace.
    block: Rule<'s, Block>,
    expr: Rule<'s, Expr>,
    ty: Rule<'s, Type>,
    /// A text; fails where there is no quote.
    text: Rule<'s, Text>,
}

/// Statements up to the end of the input.
pub(crate) fn statements<'s>() -> Rule<'s, Vec<Stmt>> {
    let stmt = recursive(|stmt| {
        let stmt = stmt.boxed();
        let block = block(stmt.clone()).boxed();
        let ty = recursive(|ty| types::ty(ty.boxed(), block.clone())).boxed();
        let expr = recursive(|expr| {
            let expr = expr.boxed();
            let text = text::text(expr.clone()).boxed();
            let rules = Rules { stmt: stmt.clone(), block: block.clone(), expr, ty: ty.clone(), text };
            expr::expr(&rules)
        })
        .boxed();
        let text = text::text(expr.clone()).boxed();
        stmt::stmt(&Rules { stmt, block, expr, ty, text })
    });
    let item = stmt.then_ignore(line_end()).map_with(|stmt, e| {
        let state: &mut Ctx<'s> = e.state();
        state.done.push(state.spans.len());
        stmt
    });
    // Brackets balance, so nothing is left; if it were, the statements before it count nevertheless.
    separators().ignore_then(item.repeated().collect()).then_ignore(any().repeated()).boxed()
}

/// Statements with what separates them.
fn many<'s>(stmt: Rule<'s, Stmt>) -> impl Parse<'s, Vec<Stmt>> {
    separators().ignore_then(stmt.then_ignore(line_end()).repeated().collect())
}

fn block<'s>(stmt: Rule<'s, Stmt>) -> impl Parse<'s, Block> {
    let braced = just::<_, In<'s>, Ex<'s>>(K::LBrace).ignore_then(many(stmt)).then_ignore(just(K::RBrace));
    let too_deep = just(K::TooDeep).to(Vec::new());
    braced.or(too_deep).map_with(|stmts, e| {
        let span = e.span();
        Block { id: e.state().node(span), stmts }
    })
}

fn separators<'s>() -> impl Parse<'s, ()> {
    custom(|inp: &mut Inp<'s, '_>| {
        while matches!(inp.ahead(0), K::Newline | K::Comma) {
            inp.skip();
        }
        Ok(())
    })
}

/// What stands behind a statement: the end of its line, a comma, or the end of the block. Reads at least one token unless the
/// block ends, or the next statement begins.
fn line_end<'s>() -> impl Parse<'s, ()> {
    custom(|inp: &mut Inp<'s, '_>| {
        let mut separated = false;
        loop {
            match inp.ahead(0) {
                K::Newline | K::Comma => {
                    inp.skip();
                    separated = true;
                }
                K::End => return Ok(()),
                kind if kind.is_closer() || separated => return Ok(()),
                _ if habits::after_statement(inp) => {}
                // It is read as a statement of its own.
                K::Pipe if inp.line_starts(0) => return Ok(()),
                K::Eq if inp.line_starts(0) && inp.state().is_between() => return Ok(()),
                _ if form::begins(inp) && !spaced_dots(inp) => {
                    let at = inp.pos();
                    inp.state().expected_text(at, "a new line or `,`", ",");
                    return Ok(());
                }
                K::LBrace => {
                    // What is in the braces is worth more than what led to them.
                    unexpected(inp);
                    return Ok(());
                }
                _ => {
                    unexpected(inp);
                    skip_one(inp);
                    skip_junk(inp, &[K::LBrace]);
                }
            }
        }
    })
}

/// Two dots with a space behind them, between values: no spread.
fn spaced_dots(inp: &mut Inp<'_, '_>) -> bool {
    let at = inp.pos();
    let dots = inp.ahead(0) == K::DotDot && !inp.line_starts(0);
    let state = inp.state();
    dots && state.range(at).hi < state.range(at + 1).lo
}

/// Says that the next token can't stand here.
fn unexpected(inp: &mut Inp<'_, '_>) {
    let at = inp.pos();
    let Some(error) = inp.state().expected_at(at, "the end of the line") else { return };
    let error = habits::behind_value(inp, error);
    inp.state().errors.push(error);
}

/// Items between brackets, separated by commas; all but the closing bracket is read.
fn commas<'s, O: 's>(item: impl Parse<'s, O>, closer: K, what: &'static str) -> impl Parse<'s, Vec<O>> {
    // The comma behind an item, and others that have no item.
    let skip = |inp: &mut Inp<'s, '_>, mut first: bool| {
        while matches!(inp.ahead(0), K::Comma | K::Newline) {
            let at = inp.pos();
            if !first && inp.ahead(0) == K::Comma {
                inp.state().expected(at, "a value");
            }
            first &= inp.ahead(0) == K::Newline;
            inp.skip();
        }
    };
    let more = when(|inp| !inp.ahead(0).is_closer() && inp.ahead(0) != K::End);
    let one = custom(move |inp: &mut Inp<'s, '_>| {
        let start = inp.pos();
        let item = inp.parse(&item)?;
        let (at, kind) = (inp.pos(), inp.ahead(0));
        if kind == closer || matches!(kind, K::Comma | K::Newline | K::End) {
            skip(inp, true);
        } else if at > start && expr::begins(kind) {
            inp.state().missing_comma(at, what);
        } else {
            if let Some(error) = inp.state().expected_at(at, what) {
                let error = habits::behind_value(inp, error);
                inp.state().errors.push(error);
            }
            // At least one token, so that the repetition gets on.
            skip_one(inp);
            skip_junk(inp, &[K::LBrace]);
            skip(inp, true);
        }
        Ok(item)
    });
    let lead = custom(move |inp: &mut Inp<'s, '_>| {
        skip(inp, false);
        Ok(())
    });
    lead.ignore_then(more.ignore_then(one).repeated().collect())
}

/// `{ … }`; where there is none, says that `what` is missing.
fn block_of<'s>(block: &Rule<'s, Block>, what: &'static str) -> impl Parse<'s, Block> {
    let block = block.clone();
    custom(move |inp: &mut Inp<'s, '_>| match inp.ahead(0) {
        K::LBrace if !inp.line_starts(0) => inp.parse(&block),
        K::TooDeep => inp.parse(&block),
        _ => {
            habits::before_block(inp);
            habits::brace_below(inp);
            if inp.ahead(0) != K::LBrace {
                let at = inp.pos();
                inp.state().expected(at, what);
                // What stands before the brace is worth less than what is in it.
                if !brace_follows(inp) {
                    return Ok(Block { id: empty(inp), stmts: Vec::new() });
                }
                skip_junk(inp, &[K::LBrace]);
            }
            inp.parse(&block)
        }
    })
}

/// Is there a brace before the line, or what is around, ends?
fn brace_follows(inp: &mut Inp<'_, '_>) -> bool {
    let (mut n, mut depth) = (0, 0usize);
    loop {
        let kind = inp.ahead(n);
        match kind {
            K::LBrace if depth == 0 => return true,
            K::End => return false,
            _ if n > 200 => return false,
            K::Newline | K::Comma if depth == 0 => return false,
            _ if kind.is_closer() && depth == 0 => return false,
            _ => {}
        }
        depth += usize::from(kind.closer().is_some());
        depth -= usize::from(kind.is_closer());
        n += 1;
    }
}

/// A node over nothing, before the next token.
fn empty(inp: &mut Inp<'_, '_>) -> NodeId {
    let at = inp.pos();
    inp.state().node((at..at).into())
}

/// A node over the tokens from `start` to here.
fn since(inp: &mut Inp<'_, '_>, start: usize) -> NodeId {
    let at = inp.pos();
    inp.state().node((start..at).into())
}

fn no_expr(ctx: &mut Ctx<'_>, at: usize) -> Expr {
    Expr { id: ctx.node((at..at).into()), kind: ExprKind::Missing }
}

/// No value where one has to be: says so.
fn missing_expr(inp: &mut Inp<'_, '_>, what: &str) -> Expr {
    let at = inp.pos();
    let state = inp.state();
    state.expected(at, what);
    no_expr(state, at)
}

fn no_stmt(ctx: &mut Ctx<'_>, at: usize) -> Stmt {
    Stmt { id: ctx.node((at..at).into()), doc: None, kind: StmtKind::Error }
}
