//! Keys of free-form data that no schema lists: those that other records at a key of the same name have.

use super::request::{MARKER, Request};
use super::{CompletionKind, Offers, rank};
use kss_span::Symbol;
use kss_syntax::ast::{Block, Body, Expr, ExprKind, FieldValue, Key, ListElem, Stmt, StmtKind};
use kss_syntax::visit::{Node, walk};
use rustc_hash::FxHashMap;

/// How many are offered.
const MOST: usize = 40;

/// Offers keys that records at the same key have elsewhere; `above` are the keys before the one at the cursor.
pub(super) fn keys(request: &Request<'_>, path: &[Node<'_>], above: &[Key], written: &[Symbol], out: &mut Offers) {
    let Some(parent) = above.last().and_then(Key::literal).or_else(|| parent(path)) else { return };
    let mut counts: FxHashMap<Symbol, u32> = FxHashMap::default();
    request.trees_naming(parent, |stmt| {
        walk(stmt, &mut |node: Node<'_>| {
            if let Node::Stmt(Stmt { kind: StmtKind::Field(field), .. }) = node {
                let names: Vec<Option<Symbol>> = field.path.iter().map(Key::literal).collect();
                for pair in names.windows(2) {
                    if let [Some(first), Some(next)] = pair
                        && *first == parent
                    {
                        *counts.entry(*next).or_default() += 1;
                    }
                }
                if names.last().is_some_and(|last| *last == Some(parent)) {
                    of_value(field.value.as_ref(), &mut |name| *counts.entry(name).or_default() += 1);
                }
            }
        });
    });
    let mut found: Vec<(Symbol, u32)> = counts.into_iter().filter(|(name, _)| *name != MARKER).collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    for (at, (name, _)) in found.into_iter().take(MOST).enumerate() {
        let fit = if written.contains(&name) { 4 } else { 2 };
        let offer = out.add(name.as_str(), CompletionKind::ForeignKey, rank(fit, (at / 5) as u8));
        offer.detail(format!("as in other `{parent}`"));
        if !request.continued() {
            offer.snippet(format!("{name} = $0"));
        }
    }
}

/// The key whose record the end of `path` stands in.
fn parent(path: &[Node<'_>]) -> Option<Symbol> {
    path.iter().rev().find_map(|node| match node {
        Node::Stmt(Stmt { kind: StmtKind::Field(field), .. }) => {
            let name = field.path.last()?.literal()?;
            (!field.path.iter().any(|k| k.literal().is_some_and(|n| n == MARKER))).then_some(name)
        }
        _ => None,
    })
}

fn of_value(value: Option<&FieldValue>, note: &mut impl FnMut(Symbol)) {
    match value {
        Some(FieldValue::Block(block)) => of_block(block, note),
        Some(FieldValue::Keyed { block, .. }) => {
            for stmt in &block.stmts {
                if let StmtKind::Field(field) = &stmt.kind {
                    of_value(field.value.as_ref(), note);
                }
            }
        }
        Some(FieldValue::Expr(value) | FieldValue::KeyedExpr { value, .. }) => of_expr(value, note),
        None => {}
    }
}

fn of_expr(value: &Expr, note: &mut impl FnMut(Symbol)) {
    match &value.kind {
        ExprKind::Record(block) => of_block(block, note),
        ExprKind::List(items) => items.iter().for_each(|item| of_item(item, note)),
        _ => {}
    }
}

fn of_item(item: &ListElem, note: &mut impl FnMut(Symbol)) {
    match item {
        ListElem::Value(value) => of_expr(value, note),
        ListElem::If { then: inner, .. } | ListElem::For { each: inner, .. } => of_item(inner, note),
        ListElem::Spread(_) => {}
    }
}

fn of_block(block: &Block, note: &mut impl FnMut(Symbol)) {
    block.stmts.iter().for_each(|stmt| of_stmt(stmt, note));
}

fn of_stmt(stmt: &Stmt, note: &mut impl FnMut(Symbol)) {
    let of_body = |body: &Body, note: &mut dyn FnMut(Symbol)| match body {
        Body::Block(block) => block.stmts.iter().for_each(|s| first_key(s, note)),
        Body::One(stmt) => first_key(stmt, note),
    };
    match &stmt.kind {
        StmtKind::If { then, otherwise, .. } => {
            of_body(then, note);
            otherwise.iter().for_each(|body| of_body(body, note));
        }
        StmtKind::For { body, .. } => of_body(body, note),
        _ => first_key(stmt, note),
    }
}

fn first_key(stmt: &Stmt, note: &mut dyn FnMut(Symbol)) {
    if let StmtKind::Field(field) = &stmt.kind
        && let Some(name) = field.path.first().and_then(Key::literal)
    {
        note(name);
    }
}
