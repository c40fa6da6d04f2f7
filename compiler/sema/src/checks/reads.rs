//! What is read through functions and derived fields.

use crate::program::Lowered;
use kss_ir::{Elem, Expr, ExprKind, FnId, FnIr, Key, Part, Program};
use kss_span::{ItemId, Symbol};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Adds to what modules read what they read through functions and through `let`s of types.
pub(crate) fn close_reads(program: &mut Program, lowered: &[(ItemId, Arc<Lowered>)]) {
    let derived = derived_fields(program, lowered);
    let by_fn = reads_of_functions(program);
    let calls: FxHashMap<ItemId, &Vec<FnId>> = lowered.iter().map(|(item, l)| (*item, &l.calls)).collect();
    for module in program.modules.values_mut() {
        let mut reads = module.reads.clone();
        for function in calls.get(&module.item).into_iter().flat_map(|c| c.iter()) {
            reads.extend(by_fn.get(function).into_iter().flatten().copied());
        }
        let mut todo: Vec<(Symbol, Symbol)> = reads.iter().copied().collect();
        while let Some(read) = todo.pop() {
            for more in derived.get(&read).into_iter().flatten() {
                if reads.insert((read.0, *more)) {
                    todo.push((read.0, *more));
                }
            }
        }
        Arc::make_mut(module).reads = reads;
    }
}

/// (kind, `let`) → the siblings that it reads.
fn derived_fields(
    program: &Program,
    lowered: &[(ItemId, Arc<Lowered>)],
) -> FxHashMap<(Symbol, Symbol), BTreeSet<Symbol>> {
    let mut by_record: FxHashMap<kss_ir::RecordId, Vec<(Symbol, &BTreeSet<Symbol>)>> = FxHashMap::default();
    for (record, name, reads) in lowered.iter().flat_map(|(_, l)| &l.let_reads) {
        by_record.entry(*record).or_default().push((*name, reads));
    }
    let mut out = FxHashMap::default();
    for kind in program.kinds.values() {
        let kss_ir::Ty::Record(id) = kind.ty else { continue };
        for (name, reads) in by_record.get(&id).into_iter().flatten() {
            out.insert((kind.name, *name), (*reads).clone());
        }
    }
    out
}

fn reads_of_functions(program: &Program) -> FxHashMap<FnId, BTreeSet<(Symbol, Symbol)>> {
    let mut all: FxHashMap<FnId, BTreeSet<(Symbol, Symbol)>> =
        program.fns.iter().map(|(id, f)| (*id, f.reads.clone())).collect();
    let calls: Vec<(FnId, Vec<FnId>)> = program.fns.iter().map(|(id, f)| (*id, called(f))).collect();
    // Few functions, shallow calls: go round until nothing changes.
    loop {
        let mut changed = false;
        for (id, callees) in &calls {
            let more: BTreeSet<(Symbol, Symbol)> =
                callees.iter().filter_map(|c| all.get(c)).flatten().copied().collect();
            let own = all.entry(*id).or_default();
            let before = own.len();
            own.extend(more);
            changed |= own.len() > before;
        }
        if !changed {
            return all;
        }
    }
}

fn called(function: &FnIr) -> Vec<FnId> {
    let mut out = Vec::new();
    calls_of(&function.body, &mut out);
    out
}

/// Functions that an expression calls.
pub(crate) fn calls_of(expr: &Expr, out: &mut Vec<FnId>) {
    visit(expr, &mut |e| match &*e.kind {
        ExprKind::Call { function, .. } | ExprKind::CallOn { function, .. } => out.push(*function),
        _ => {}
    });
}

/// Calls `f` on an expression and everything in it.
pub(crate) fn visit(expr: &Expr, f: &mut dyn FnMut(&Expr)) {
    f(expr);
    match &*expr.kind {
        ExprKind::Const(_)
        | ExprKind::Local(_)
        | ExprKind::SelfField(_)
        | ExprKind::SelfRef
        | ExprKind::Scope(_)
        | ExprKind::Owner
        | ExprKind::Module(_)
        | ExprKind::FileLet(_)
        | ExprKind::Capability { .. }
        | ExprKind::Error => {}
        ExprKind::Entry(name) => visit_key(&name.name, f),
        ExprKind::CapabilityAll { scope, .. } | ExprKind::Members { scope, .. } => visit(scope, f),
        ExprKind::Field { base, .. } | ExprKind::RecordLet { base, .. } => visit(base, f),
        ExprKind::Index { base, key, .. } => {
            visit(base, f);
            visit(key, f);
        }
        ExprKind::Method { base, args, .. } | ExprKind::CallOn { base, args, .. } => {
            visit(base, f);
            args.iter().for_each(|a| visit(a, f));
        }
        ExprKind::Builtin { args, .. } | ExprKind::Call { args, .. } => args.iter().for_each(|a| visit(a, f)),
        ExprKind::Text(parts) => parts.iter().for_each(|p| {
            if let Part::Hole(e) = p {
                visit(e, f);
            }
        }),
        ExprKind::Record(block) | ExprKind::Typed { block, .. } => visit_block(block, f),
        ExprKind::Case { payload, .. } => payload.iter().for_each(|(_, b)| visit_block(b, f)),
        ExprKind::List(items) | ExprKind::Set(items) => items.iter().for_each(|i| visit_elem(i, f)),
        ExprKind::Range(a, b) | ExprKind::And(a, b) | ExprKind::Or(a, b) | ExprKind::Coalesce(a, b) => {
            visit(a, f);
            visit(b, f);
        }
        ExprKind::Infix { left, right, .. } => {
            visit(left, f);
            visit(right, f);
        }
        ExprKind::Not(e) | ExprKind::Neg(e) | ExprKind::ModulesOf(e) => visit(e, f),
        ExprKind::Coerce { value, .. } => visit(value, f),
        ExprKind::If { cond, then, otherwise } => [cond, then, otherwise].into_iter().for_each(|e| visit(e, f)),
        ExprKind::Match { subject, arms } => {
            visit(subject, f);
            arms.iter().for_each(|(_, e)| visit(e, f));
        }
        ExprKind::Quantifier { loops, cond, .. } => {
            loops.iter().for_each(|l| visit_for(l, f));
            visit(cond, f);
        }
        ExprKind::Is { subject, .. } => visit(subject, f),
        ExprKind::Fail { message, at, with } => {
            visit(message, f);
            at.iter().chain(with).for_each(|e| visit(e, f));
        }
    }
}

pub(crate) fn visit_key(key: &Key, f: &mut dyn FnMut(&Expr)) {
    if let Key::Expr(e) = key {
        visit(e, f);
    }
}

pub(crate) fn visit_for(each: &kss_ir::For, f: &mut dyn FnMut(&Expr)) {
    visit(&each.source, f);
    each.filter.iter().for_each(|e| visit(e, f));
}

fn visit_elem(elem: &Elem, f: &mut dyn FnMut(&Expr)) {
    match elem {
        Elem::Value(e) | Elem::Spread(e) => visit(e, f),
        Elem::If(cond, inner) => {
            visit(cond, f);
            visit_elem(inner, f);
        }
        Elem::For(each, inner) => {
            visit_for(each, f);
            visit_elem(inner, f);
        }
    }
}

pub(crate) fn visit_block(block: &kss_ir::Block, f: &mut dyn FnMut(&Expr)) {
    use kss_ir::StmtKind as S;
    for stmt in &block.stmts {
        match &stmt.kind {
            S::Set { path, value, .. } | S::Append { path, value, .. } | S::Keyed { path, value, .. } => {
                path.iter().for_each(|k| visit_key(k, f));
                visit(value, f);
            }
            S::Remove { path } | S::Unchecked { path, .. } => path.iter().for_each(|k| visit_key(k, f)),
            S::Spread(e) | S::Do(e) => visit(e, f),
            S::Let(local) => visit(&local.value, f),
            S::If { cond, then, otherwise } => {
                visit(cond, f);
                visit_block(then, f);
                otherwise.iter().for_each(|b| visit_block(b, f));
            }
            S::For { loops, body } => {
                loops.iter().for_each(|l| visit_for(l, f));
                visit_block(body, f);
            }
            S::Match { subject, arms } => {
                visit(subject, f);
                arms.iter().for_each(|(_, b)| visit_block(b, f));
            }
            S::Element(elem) => visit_elem(elem, f),
        }
    }
}
