//! Walks a tree in the order of the text.

use crate::ast::{
    Alternative, Block, Body, Expect, Expr, ExprKind, FieldValue, Generator, Head, Key, ListElem, Pattern, PatternKind,
    Stmt, StmtKind, Text, TextPart, Type, TypeKind, Where,
};

/// A part of a tree.
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    /// A statement.
    Stmt(&'a Stmt),
    /// An expression.
    Expr(&'a Expr),
    /// A type.
    Type(&'a Type),
    /// A pattern.
    Pattern(&'a Pattern),
    /// `{ … }` with statements.
    Block(&'a Block),
    /// The words before an entry's block.
    Head(&'a Head),
    /// A key of a path or head.
    Key(&'a Key),
    /// An alternative of a union.
    Alternative(&'a Alternative),
    /// A generator of a loop.
    Generator(&'a Generator),
    /// `where …`
    Where(&'a Where),
}

/// Is told of each part: when it begins, and, with `leave`, when it ends.
pub trait Visitor<'a> {
    /// A part begins; `false` leaves out what is in it.
    fn enter(&mut self, node: Node<'a>) -> bool;
    /// A part ends.
    fn leave(&mut self, _node: Node<'a>) {}
}

impl<'a, F: FnMut(Node<'a>)> Visitor<'a> for F {
    fn enter(&mut self, node: Node<'a>) -> bool {
        self(node);
        true
    }
}

/// Walks a statement and all in it.
pub fn walk<'a>(stmt: &'a Stmt, visitor: &mut dyn Visitor<'a>) {
    Walk(visitor).stmt(stmt);
}

struct Walk<'v, 'a>(&'v mut dyn Visitor<'a>);

impl<'a> Walk<'_, 'a> {
    fn node(&mut self, node: Node<'a>, inside: impl FnOnce(&mut Self)) {
        // Trees are as deep as texts are nested.
        if self.0.enter(node) {
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || inside(self));
        }
        self.0.leave(node);
    }

    fn stmts(&mut self, stmts: &'a [Stmt]) {
        stmts.iter().for_each(|s| self.stmt(s));
    }

    fn block(&mut self, block: &'a Block) {
        self.node(Node::Block(block), |w| w.stmts(&block.stmts));
    }

    fn body(&mut self, body: &'a Body) {
        match body {
            Body::Block(block) => self.block(block),
            Body::One(stmt) => self.stmt(stmt),
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        self.node(Node::Stmt(stmt), |w| w.stmt_inside(&stmt.kind));
    }

    fn stmt_inside(&mut self, kind: &'a StmtKind) {
        match kind {
            StmtKind::Error | StmtKind::Import(_) | StmtKind::Needs { .. } | StmtKind::Open => {}
            StmtKind::Ignore { because, .. } => self.text(because),
            StmtKind::Site { body, .. } | StmtKind::Cluster { body, .. } | StmtKind::Module { body, .. } => {
                self.block(body);
            }
            StmtKind::Provide { body, .. } => self.block(body),
            StmtKind::Type { ty, refine, .. } => {
                self.ty(ty);
                self.refine(refine.as_deref());
            }
            StmtKind::Fn { params, result, body, .. } => {
                params.iter().for_each(|p| self.ty(&p.ty));
                result.iter().for_each(|t| self.ty(t));
                body.iter().for_each(|b| self.expr(b));
            }
            StmtKind::Capability { ty, .. } => self.ty(ty),
            StmtKind::Kind(kind) => self.ty(&kind.ty),
            StmtKind::Test { title, body } => {
                self.text(title);
                self.block(body);
            }
            StmtKind::Let { ty, value, refine, .. } => {
                ty.iter().for_each(|t| self.ty(t));
                self.expr(value);
                self.refine(refine.as_deref());
            }
            StmtKind::Option { ty, default, refine, .. } => {
                self.ty(ty);
                default.iter().for_each(|d| self.expr(d));
                self.refine(refine.as_deref());
            }
            StmtKind::Use { name, body } => {
                self.key(name);
                body.iter().for_each(|b| self.block(b));
            }
            StmtKind::Tune { target, body, because } | StmtKind::Entry { head: target, body, because } => {
                self.head(target);
                self.block(body);
                because.iter().for_each(|b| self.text(b));
            }
            StmtKind::Each { filter, body, .. } => {
                filter.iter().for_each(|f| self.expr(f));
                self.block(body);
            }
            StmtKind::Remove { target } => {
                self.head(&target.head);
                target.path.iter().for_each(|k| self.key(k));
            }
            StmtKind::Check { cond, message, .. } => {
                self.expr(cond);
                message.iter().for_each(|m| self.expr(m));
            }
            StmtKind::Covered { entry, because } => {
                self.expr(entry);
                self.expr(because);
            }
            StmtKind::Unchecked { path, value, because } => {
                path.iter().for_each(|k| self.key(k));
                value.iter().for_each(|v| self.expr(v));
                self.text(because);
            }
            StmtKind::If { cond, then, otherwise } => {
                self.expr(cond);
                self.body(then);
                otherwise.iter().for_each(|b| self.body(b));
            }
            StmtKind::For { generators, body } => {
                generators.iter().for_each(|g| self.generator(g));
                self.body(body);
            }
            StmtKind::Match { subject, arms } => {
                self.expr(subject);
                for (pattern, body) in arms {
                    self.pattern(pattern);
                    self.body(body);
                }
            }
            StmtKind::Spread(value) | StmtKind::Element(value) => self.expr(value),
            StmtKind::Given { with, .. } => with.iter().for_each(|b| self.block(b)),
            StmtKind::Expect(expect) => self.expect(expect),
            StmtKind::Field(field) => {
                field.path.iter().for_each(|k| self.key(k));
                field.ty.iter().for_each(|t| self.ty(t));
                match &field.value {
                    Some(FieldValue::Expr(value) | FieldValue::KeyedExpr { value, .. }) => self.expr(value),
                    Some(FieldValue::Block(block) | FieldValue::Keyed { block, .. }) => self.block(block),
                    None => {}
                }
                self.refine(field.refine.as_deref());
                field.because.iter().for_each(|b| self.text(b));
            }
        }
    }

    fn expect(&mut self, expect: &'a Expect) {
        match expect {
            Expect::NoError { .. } => {}
            Expect::Error { at, .. } => at.iter().for_each(|e| self.expr(e)),
            Expect::NoOutputOf { owner: e } | Expect::NoOutputWith { text: e } | Expect::Cond(e) => self.expr(e),
            Expect::Output { head, cond } => {
                self.head(head);
                self.expr(cond);
            }
        }
    }

    fn head(&mut self, head: &'a Head) {
        self.node(Node::Head(head), |w| {
            head.words.iter().for_each(|k| w.key(k));
            head.within.iter().for_each(|k| w.key(k));
        });
    }

    fn key(&mut self, key: &'a Key) {
        self.node(Node::Key(key), |w| {
            if let Key::Quoted(text) = key {
                w.text(text);
            }
        });
    }

    fn refine(&mut self, refine: Option<&'a Where>) {
        let Some(refine) = refine else { return };
        self.node(Node::Where(refine), |w| {
            w.expr(&refine.cond);
            refine.message.iter().for_each(|m| w.expr(m));
        });
    }

    fn text(&mut self, text: &'a Text) {
        for part in &text.parts {
            if let TextPart::Hole(hole) = part {
                self.expr(hole);
            }
        }
    }

    fn generator(&mut self, generator: &'a Generator) {
        self.node(Node::Generator(generator), |w| {
            w.expr(&generator.source);
            generator.filter.iter().for_each(|f| w.expr(f));
        });
    }

    fn pattern(&mut self, pattern: &'a Pattern) {
        self.node(Node::Pattern(pattern), |w| match &pattern.kind {
            PatternKind::Typed { ty, .. } => w.ty(ty),
            PatternKind::Or(list) => list.iter().for_each(|p| w.pattern(p)),
            PatternKind::Literal(value) => w.expr(value),
            PatternKind::Missing | PatternKind::Any | PatternKind::Case { .. } => {}
        });
    }

    fn ty(&mut self, ty: &'a Type) {
        self.node(Node::Type(ty), |w| match &ty.kind {
            TypeKind::Missing | TypeKind::Name(_) | TypeKind::Ref(_) => {}
            TypeKind::List(t) | TypeKind::Set(t) | TypeKind::Later(t) | TypeKind::Optional(t) => w.ty(t),
            TypeKind::Map(a, b) | TypeKind::Plus(a, b) => {
                w.ty(a);
                w.ty(b);
            }
            TypeKind::Record(block) => w.block(block),
            TypeKind::Union(alternatives) => {
                for alternative in alternatives {
                    w.node(Node::Alternative(alternative), |w| match alternative {
                        Alternative::Case { payload, .. } => payload.iter().for_each(|b| w.block(b)),
                        Alternative::Type(ty) => w.ty(ty),
                    });
                }
            }
        });
    }

    fn expr(&mut self, expr: &'a Expr) {
        self.node(Node::Expr(expr), |w| w.expr_inside(&expr.kind));
    }

    fn expr_inside(&mut self, kind: &'a ExprKind) {
        match kind {
            ExprKind::Missing | ExprKind::Literal { .. } | ExprKind::Name(_) => {}
            ExprKind::Text(text) => self.text(text),
            ExprKind::Member { base, key, .. } => {
                self.expr(base);
                self.key(key);
            }
            ExprKind::Call { callee, args } => {
                self.expr(callee);
                args.iter().for_each(|a| self.expr(a));
            }
            ExprKind::Record(block) | ExprKind::Construct { body: block, .. } => self.block(block),
            ExprKind::List(items) => items.iter().for_each(|i| self.elem(i)),
            ExprKind::Unary { operand, .. } => self.expr(operand),
            ExprKind::Binary { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::If { cond, then, otherwise } => {
                self.expr(cond);
                self.expr(then);
                self.expr(otherwise);
            }
            ExprKind::Match { subject, arms } => {
                self.expr(subject);
                for (pattern, value) in arms {
                    self.pattern(pattern);
                    self.expr(value);
                }
            }
            ExprKind::Quantifier { generators, cond, .. } => {
                generators.iter().for_each(|g| self.generator(g));
                self.expr(cond);
            }
            ExprKind::Is { subject, test, .. } => {
                self.expr(subject);
                self.pattern(test);
            }
            ExprKind::Fail { message, at, with } => {
                self.expr(message);
                at.iter().for_each(|e| self.expr(e));
                with.iter().for_each(|e| self.expr(e));
            }
        }
    }

    fn elem(&mut self, elem: &'a ListElem) {
        match elem {
            ListElem::Value(value) | ListElem::Spread(value) => self.expr(value),
            ListElem::If { cond, then } => {
                self.expr(cond);
                self.elem(then);
            }
            ListElem::For { generators, each } => {
                generators.iter().for_each(|g| self.generator(g));
                self.elem(each);
            }
        }
    }
}
