//! Stratum two: writing an entry of kind B below a loop over kind A is an edge A → B. A circle of such edges has no order in
//! which the entries could come to exist.

use super::reads::visit;
use crate::Diag;
use kss_diag::code;
use kss_ir::{Ctl, Expr, ExprKind, ModuleIr, Program};
use kss_span::{Origin, Symbol};
use rustc_hash::{FxHashMap, FxHashSet};

/// Why entries of a kind depend on those of another.
struct Edge {
    to: Symbol,
    module: Symbol,
    at: Origin,
}

pub(super) fn cycles(program: &Program, out: &mut Vec<Diag>) {
    let mut edges: FxHashMap<Symbol, Vec<Edge>> = FxHashMap::default();
    for module in program.modules.values() {
        edges_of(module, &mut edges);
    }
    let mut done: FxHashSet<Symbol> = FxHashSet::default();
    let mut names: Vec<Symbol> = edges.keys().copied().collect();
    names.sort();
    for name in names {
        let mut path = Vec::new();
        if !done.contains(&name) && !walk(name, name, &edges, &mut path, &mut FxHashSet::default()).is_empty() {
            done.extend(path.iter().map(|(from, _): &(Symbol, &Edge)| *from));
            out.push(report(&path));
        }
    }
}

fn edges_of(module: &ModuleIr, edges: &mut FxHashMap<Symbol, Vec<Edge>>) {
    for head in &module.body.heads {
        let mut kinds = Vec::new();
        for ctl in &head.chain {
            match ctl {
                Ctl::For(each) => {
                    looped(module, &each.source, &mut kinds, 0);
                    each.filter.iter().for_each(|f| looped(module, f, &mut kinds, 0));
                }
                Ctl::If { cond, .. } => looped(module, cond, &mut kinds, 0),
                Ctl::Match { subject, .. } => looped(module, subject, &mut kinds, 0),
                Ctl::Let(local) => looped(module, &local.value, &mut kinds, 0),
            }
        }
        for kind in kinds {
            let at = Origin::new(module.item, head.node);
            edges.entry(kind).or_default().push(Edge { to: head.kind, module: module.name, at });
        }
    }
}

/// Kinds whose members decide about something, also through `let`s of the module.
fn looped(module: &ModuleIr, expr: &Expr, out: &mut Vec<Symbol>, depth: u32) {
    visit(expr, &mut |e| match &*e.kind {
        ExprKind::Members { kind, all: true, .. } if !out.contains(kind) => out.push(*kind),
        ExprKind::Module(name) if depth < 8 => {
            if let Some(value) = module.body.lets.get(name) {
                let mut inner = Vec::new();
                looped(module, &value.value, &mut inner, depth + 1);
                inner.into_iter().for_each(|k| {
                    if !out.contains(&k) {
                        out.push(k);
                    }
                });
            }
        }
        _ => {}
    });
}

fn walk<'e>(
    start: Symbol,
    at: Symbol,
    edges: &'e FxHashMap<Symbol, Vec<Edge>>,
    path: &mut Vec<(Symbol, &'e Edge)>,
    seen: &mut FxHashSet<Symbol>,
) -> Vec<Symbol> {
    for edge in edges.get(&at).into_iter().flatten() {
        path.push((at, edge));
        if edge.to == start {
            return vec![start];
        }
        if seen.insert(edge.to) {
            let found = walk(start, edge.to, edges, path, seen);
            if !found.is_empty() {
                return found;
            }
        }
        path.pop();
    }
    Vec::new()
}

fn report(path: &[(Symbol, &Edge)]) -> Diag {
    let names: Vec<String> = path.iter().map(|(from, _)| format!("`{from}`")).collect();
    let first = path[0].1;
    let message = if path.len() == 1 {
        format!("whether a `{}` exists depends on the entries of its own kind", path[0].0)
    } else {
        format!("which entries exist goes in a circle: {} → `{}`", names.join(" → "), path[0].0)
    };
    let mut diag = code::KIND_CYCLE
        .at(first.at, message)
        .label(format!("`{}` writes `{}` for each `{}`", first.module, first.to, path[0].0));
    for (from, edge) in &path[1..] {
        diag = diag.also(edge.at, format!("`{}` writes `{}` for each `{from}`", edge.module, edge.to));
    }
    diag.help("a lowerer writes outputs and never adds to the kind that it reads")
}
