//! `let`s in bodies. Where they stand in their body says nothing: they come first, each behind those that it reads.

use super::{Local, Lower, error_expr};
use crate::checks::reads::{visit, visit_block, visit_for};
use kss_diag::code;
use kss_ir::{Ctl, Expr, ExprKind, LocalLet, Stmt, StmtKind, Ty};
use kss_span::Symbol;
use kss_syntax::ast::{self, Body, FieldValue, ListElem, TextPart};
use rustc_hash::FxHashSet;

impl Lower<'_> {
    /// Lowers and binds the `let`s among the statements of a body; each is given with its node.
    pub(crate) fn local_lets(&mut self, stmts: &[ast::Stmt]) -> Vec<(u32, LocalLet)> {
        let lets: Vec<&ast::Stmt> = stmts.iter().filter(|s| matches!(s.kind, ast::StmtKind::Let { .. })).collect();
        match lets.as_slice() {
            [] => Vec::new(),
            _ => {
                let (order, circle) = order(&lets);
                let mut out: Vec<_> = order.into_iter().map(|stmt| self.local_let(stmt, false)).collect();
                self.needs_itself(&circle);
                out.extend(circle.into_iter().map(|stmt| self.local_let(stmt, true)));
                out.into_iter().flatten().collect()
            }
        }
    }

    fn local_let(&mut self, stmt: &ast::Stmt, in_circle: bool) -> Option<(u32, LocalLet)> {
        let ast::StmtKind::Let { name, ty, value, refine } = &stmt.kind else { return None };
        let (value, ty) = match ty {
            _ if in_circle => (error_expr(value.id), Ty::Error),
            Some(ty) => {
                let ty = self.resolve_type(ty, name.text);
                (self.check(value, &ty), ty)
            }
            None => self.infer(value),
        };
        self.holds_something(*name, &ty);
        let refine = refine.as_ref().map(|r| self.lower_where(r, &ty).into());
        Some((stmt.id.0, LocalLet { slot: self.bind(*name, ty), value, refine }))
    }

    /// `let a = b`, `let b = a`
    fn needs_itself(&mut self, circle: &[&ast::Stmt]) {
        let names: Vec<ast::Name> = circle.iter().filter_map(|stmt| name_of(stmt)).collect();
        let Some(first) = names.first() else { return };
        let at = self.at(first.id);
        let mut diag = code::FIELD_CYCLE.at(at, format!("the value of `{}` needs itself", first.text));
        for name in &names[1..] {
            diag = diag.also(self.at(name.id), format!("through `{}`", name.text));
        }
        self.report(diag);
    }

    /// An empty list says nothing of its elements.
    pub(crate) fn holds_something(&mut self, name: ast::Name, ty: &Ty) {
        if let Ty::List(item) | Ty::Set(item) = ty
            && **item == Ty::Never
        {
            let at = self.at(name.id);
            let diag = code::NEEDS_TYPE.at(at, format!("nothing says what `{}` holds", name.text));
            self.report(diag.help(format!("write its type: `let {} : [TYPE] = []`", name.text)));
        }
    }

    /// Lowers the `let` of a body whose variables around were `locals`.
    pub(crate) fn with_locals<T>(&mut self, locals: Vec<Local>, f: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.locals, locals);
        let result = f(self);
        self.locals = outer;
        result
    }
}

/// Those of the `let`s that the statements read, or one that they read.
pub(super) fn read_by<'s>(stmts: &[&ast::Stmt], lets: &[&'s ast::Stmt]) -> Vec<&'s ast::Stmt> {
    let mut read = Names::default();
    stmts.iter().for_each(|stmt| of_stmt(stmt, &mut read));
    loop {
        let before = read.len();
        let is_read = |stmt: &&&ast::Stmt| name_of(stmt).is_some_and(|name| read.contains(&name.text));
        let found: Vec<&ast::Stmt> = lets.iter().filter(is_read).copied().collect();
        found.iter().for_each(|stmt| of_stmt(stmt, &mut read));
        if read.len() == before {
            return found;
        }
    }
}

/// `let`s, each behind those that it reads; then a circle of them, if there is one, with all that hangs on it.
fn order<'s>(lets: &[&'s ast::Stmt]) -> (Vec<&'s ast::Stmt>, Vec<&'s ast::Stmt>) {
    let names: Vec<Symbol> = lets.iter().map(|stmt| name_of(stmt).map_or(Symbol::new(""), |n| n.text)).collect();
    let reads: Vec<FxHashSet<Symbol>> = lets
        .iter()
        .map(|stmt| {
            let mut found = FxHashSet::default();
            if let ast::StmtKind::Let { value, .. } = &stmt.kind {
                of_expr(value, &mut found);
            }
            found
        })
        .collect();
    let mut waiting: Vec<usize> = (0..lets.len()).collect();
    let mut order = Vec::new();
    while !waiting.is_empty() {
        let ready = |at: &usize| !waiting.iter().any(|other| reads[*at].contains(&names[*other]));
        let Some(next) = waiting.iter().position(ready) else { break };
        order.push(lets[waiting.remove(next)]);
    }
    (order, circle(&waiting, &names, &reads).into_iter().map(|at| lets[at]).collect())
}

/// Of `let`s that all wait for one another: those that are on a circle first, in its order.
fn circle(waiting: &[usize], names: &[Symbol], reads: &[FxHashSet<Symbol>]) -> Vec<usize> {
    let Some(first) = waiting.first() else { return Vec::new() };
    let mut way = vec![*first];
    loop {
        let last = way[way.len() - 1];
        // Each waits for another one, so there is a next one.
        let Some(next) = waiting.iter().find(|other| reads[last].contains(&names[**other])) else { break };
        if let Some(start) = way.iter().position(|at| at == next) {
            way.drain(..start);
            break;
        }
        way.push(*next);
    }
    let rest: Vec<usize> = waiting.iter().copied().filter(|at| !way.contains(at)).collect();
    way.extend(rest);
    way
}

/// The name of a `let`.
pub(super) fn name_of(stmt: &ast::Stmt) -> Option<ast::Name> {
    match &stmt.kind {
        ast::StmtKind::Let { name, .. } => Some(*name),
        _ => None,
    }
}

/// Without the `let`s that no later statement reads: what nobody reads is not evaluated, and so in nobody's way.
pub(crate) fn without_unread(stmts: Vec<Stmt>) -> Vec<Stmt> {
    if !stmts.iter().any(|stmt| matches!(stmt.kind, StmtKind::Let(_))) {
        return stmts;
    }
    let mut read = FxHashSet::default();
    let mut out: Vec<Stmt> = Vec::with_capacity(stmts.len());
    for stmt in stmts.into_iter().rev() {
        if let StmtKind::Let(local) = &stmt.kind {
            if !read.contains(&local.slot) {
                continue;
            }
            visit(&local.value, &mut |e| note(e, &mut read));
        } else {
            let one = kss_ir::Block { node: stmt.node, stmts: vec![stmt] };
            visit_block(&one, &mut |e| note(e, &mut read));
            out.extend(one.stmts);
            continue;
        }
        out.push(stmt);
    }
    out.reverse();
    out
}

/// What is done with each expression.
type See<'a> = dyn FnMut(&Expr) + 'a;

/// What stands around something, without the `let`s that it does not read; `visited` goes through all of its expressions.
pub(crate) fn needed(chain: &[Ctl], visited: &dyn Fn(&mut See<'_>)) -> Vec<Ctl> {
    let mut read = FxHashSet::default();
    visited(&mut |e| note(e, &mut read));
    let mut out = Vec::with_capacity(chain.len());
    for ctl in chain.iter().rev() {
        match ctl {
            Ctl::Let(local) if !read.contains(&local.slot) => continue,
            Ctl::Let(LocalLet { value: e, .. }) | Ctl::If { cond: e, .. } | Ctl::Match { subject: e, .. } => {
                visit(e, &mut |e| note(e, &mut read));
            }
            Ctl::For(each) => visit_for(each, &mut |e| note(e, &mut read)),
        }
        out.push(ctl.clone());
    }
    out.reverse();
    out
}

fn note(e: &Expr, read: &mut FxHashSet<u32>) {
    if let ExprKind::Local(slot) = &*e.kind {
        read.insert(*slot);
    }
}

type Names = FxHashSet<Symbol>;

/// All bare words that an expression reads as names, those of its own variables included: they can't hide others.
fn of_expr(e: &ast::Expr, out: &mut Names) {
    use ast::ExprKind as E;
    match &e.kind {
        E::Missing | E::Literal { .. } => {}
        E::Name(name) => {
            out.insert(*name);
        }
        E::Text(text) => of_text(text, out),
        E::Member { base, key, .. } => {
            of_expr(base, out);
            of_key(key, out);
        }
        E::Call { callee, args } => {
            of_expr(callee, out);
            args.iter().for_each(|arg| of_expr(arg, out));
        }
        E::Record(block) | E::Construct { body: block, .. } => block.stmts.iter().for_each(|stmt| of_stmt(stmt, out)),
        E::List(items) => items.iter().for_each(|item| of_elem(item, out)),
        E::Unary { operand, .. } => of_expr(operand, out),
        E::Binary { left, right, .. } => {
            of_expr(left, out);
            of_expr(right, out);
        }
        E::If { cond, then, otherwise } => [cond, then, otherwise].into_iter().for_each(|e| of_expr(e, out)),
        E::Match { subject, arms } => {
            of_expr(subject, out);
            arms.iter().for_each(|(_, arm)| of_expr(arm, out));
        }
        E::Quantifier { generators, cond, .. } => {
            of_generators(generators, out);
            of_expr(cond, out);
        }
        E::Is { subject, .. } => of_expr(subject, out),
        E::Fail { message, at, with } => {
            of_expr(message, out);
            at.iter().chain(with).for_each(|e| of_expr(e, out));
        }
    }
}

fn of_text(text: &ast::Text, out: &mut Names) {
    for part in &text.parts {
        if let TextPart::Hole(e) = part {
            of_expr(e, out);
        }
    }
}

fn of_key(key: &ast::Key, out: &mut Names) {
    if let ast::Key::Quoted(text) = key {
        of_text(text, out);
    }
}

fn of_generators(generators: &[ast::Generator], out: &mut Names) {
    for generator in generators {
        of_expr(&generator.source, out);
        generator.filter.iter().for_each(|e| of_expr(e, out));
    }
}

fn of_elem(item: &ListElem, out: &mut Names) {
    match item {
        ListElem::Value(e) | ListElem::Spread(e) => of_expr(e, out),
        ListElem::If { cond, then } => {
            of_expr(cond, out);
            of_elem(then, out);
        }
        ListElem::For { generators, each } => {
            of_generators(generators, out);
            of_elem(each, out);
        }
    }
}

fn of_body(body: &Body, out: &mut Names) {
    match body {
        Body::Block(block) => block.stmts.iter().for_each(|stmt| of_stmt(stmt, out)),
        Body::One(stmt) => of_stmt(stmt, out),
    }
}

/// A statement of a record literal.
fn of_stmt(stmt: &ast::Stmt, out: &mut Names) {
    use ast::StmtKind as S;
    match &stmt.kind {
        S::Field(field) => {
            field.path.iter().for_each(|key| of_key(key, out));
            match &field.value {
                Some(FieldValue::Expr(e) | FieldValue::KeyedExpr { value: e, .. }) => of_expr(e, out),
                Some(FieldValue::Block(block) | FieldValue::Keyed { block, .. }) => {
                    block.stmts.iter().for_each(|stmt| of_stmt(stmt, out));
                }
                None => {}
            }
        }
        S::Let { value: e, .. } | S::Spread(e) | S::Element(e) => of_expr(e, out),
        S::Unchecked { path, value, .. } => {
            path.iter().for_each(|key| of_key(key, out));
            value.iter().for_each(|e| of_expr(e, out));
        }
        S::Entry { head, body, .. } => {
            head.words.iter().for_each(|key| of_key(key, out));
            body.stmts.iter().for_each(|stmt| of_stmt(stmt, out));
        }
        S::Remove { target } => {
            target.head.words.iter().chain(&target.path).for_each(|key| of_key(key, out));
        }
        S::If { cond, then, otherwise } => {
            of_expr(cond, out);
            of_body(then, out);
            otherwise.iter().for_each(|body| of_body(body, out));
        }
        S::For { generators, body } => {
            of_generators(generators, out);
            of_body(body, out);
        }
        S::Match { subject, arms } => {
            of_expr(subject, out);
            arms.iter().for_each(|(_, body)| of_body(body, out));
        }
        _ => {}
    }
}
