//! What the tree knows and tokens alone don't: where statements begin, and what a bracket, a colon or a minus is.

use kss_span::{Symbol, TextRange};
use kss_syntax::Parsed;
use kss_syntax::ast::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// Statements that share a column when they follow each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    /// With its prefixes.
    Field {
        layer: bool,
        private: bool,
        append: bool,
    },
    Let,
    Option {
        private: bool,
    },
    Type,
    Kind,
    Capability,
    /// Entries of one kind, and other statements that begin with one word.
    Word(Symbol),
    /// Has no column.
    Other,
}

/// Facts by place: offsets of first bytes, or (`hi`) of the byte behind.
#[derive(Default)]
pub(crate) struct Facts {
    /// First bytes of statements.
    pub(crate) stmts: FxHashMap<u32, Class>,
    /// First bytes of the arms of `match`.
    pub(crate) arms: FxHashSet<u32>,
    /// Braces around statements.
    pub(crate) blocks: FxHashSet<u32>,
    /// Braces without space inside: sets, types of maps.
    pub(crate) tight: FxHashSet<u32>,
    /// Brackets of lists.
    pub(crate) lists: FxHashSet<u32>,
    /// Behind it come the braces with the arms of a `match`.
    pub(crate) subjects: FxHashSet<u32>,
    /// Behind it come the parentheses of a call or of parameters.
    pub(crate) callees: FxHashSet<u32>,
    /// Behind it a colon has space on both sides.
    pub(crate) typed: FxHashSet<u32>,
    /// Minus signs of one operand.
    pub(crate) signs: FxHashSet<u32>,
    /// Imports, from first to last byte.
    pub(crate) imports: Vec<TextRange>,
    /// What stands between `for` and its body, or `every` and its condition: commas in it separate no statements.
    pub(crate) generators: Vec<TextRange>,
}

impl Facts {
    pub(crate) fn of(parsed: &Parsed) -> Facts {
        let mut facts = Facts::default();
        for (item, spans) in parsed.file.items.iter().zip(&parsed.spans) {
            Walk { facts: &mut facts, spans }.stmt(item);
        }
        facts.generators.sort();
        facts
    }
}

struct Walk<'a> {
    facts: &'a mut Facts,
    spans: &'a [TextRange],
}

impl Walk<'_> {
    fn range(&self, id: NodeId) -> TextRange {
        self.spans[id.0 as usize]
    }

    fn block(&mut self, block: &Block) {
        let lo = self.range(block.id).lo;
        self.facts.blocks.insert(lo);
        block.stmts.iter().for_each(|s| self.stmt(s));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        let range = self.range(stmt.id);
        let class = class(&stmt.kind);
        self.facts.stmts.insert(range.lo, class);
        if matches!(stmt.kind, StmtKind::Import(_)) {
            self.facts.imports.push(range);
        }
        self.stmt_kind(&stmt.kind);
    }

    fn stmt_kind(&mut self, kind: &StmtKind) {
        match kind {
            StmtKind::Error | StmtKind::Import(_) | StmtKind::Needs { .. } | StmtKind::Open => {}
            StmtKind::Site { body, .. }
            | StmtKind::Cluster { body, .. }
            | StmtKind::Module { body, .. }
            | StmtKind::Provide { body, .. } => self.block(body),
            StmtKind::Type { ty, refine, .. } => {
                self.ty(ty);
                self.refine(refine);
            }
            StmtKind::Fn { name, params, result, body } => {
                self.callee(name.id);
                params.iter().for_each(|p| self.ty(&p.ty));
                result.iter().for_each(|t| self.ty(t));
                self.exprs(body);
            }
            StmtKind::Capability { name, ty, .. } => self.typed(name.id, ty),
            StmtKind::Kind(kind) => self.typed(kind.name.id, &kind.ty),
            StmtKind::Test { title, body } => {
                self.text(title);
                self.block(body);
            }
            StmtKind::Let { name, ty, value, refine } => {
                ty.iter().for_each(|t| self.typed(name.id, t));
                self.expr(value);
                self.refine(refine);
            }
            StmtKind::Option { name, ty, default, refine, .. } => {
                self.typed(name.id, ty);
                self.exprs(default);
                self.refine(refine);
            }
            StmtKind::Use { body, .. } => body.iter().for_each(|b| self.block(b)),
            StmtKind::Tune { body, .. } | StmtKind::Entry { body, .. } => self.block(body),
            StmtKind::Each { filter, body, .. } => {
                self.exprs(filter);
                self.block(body);
            }
            StmtKind::Remove { .. } | StmtKind::Ignore { .. } => {}
            StmtKind::Check { cond, message, .. } => {
                self.expr(cond);
                self.exprs(message);
            }
            StmtKind::Covered { entry, because } => {
                self.expr(entry);
                self.expr(because);
            }
            StmtKind::Unchecked { value, .. } => self.exprs(value),
            StmtKind::If { cond, then, otherwise } => {
                self.expr(cond);
                self.body(then);
                otherwise.iter().for_each(|b| self.body(b));
            }
            StmtKind::For { generators, body } => {
                self.generators(generators);
                self.body(body);
            }
            StmtKind::Match { subject, arms } => {
                self.subject(subject);
                for (pattern, body) in arms {
                    self.arm(pattern);
                    self.body(body);
                }
            }
            StmtKind::Spread(value) | StmtKind::Element(value) => self.expr(value),
            StmtKind::Given { with, .. } => with.iter().for_each(|b| self.block(b)),
            StmtKind::Expect(expect) => self.expect(expect),
            StmtKind::Field(field) => self.field(field),
        }
    }

    fn field(&mut self, field: &Field) {
        if let (Some(last), Some(ty)) = (field.path.last(), &field.ty) {
            self.typed(last.id(), ty);
        }
        match &field.value {
            Some(FieldValue::Expr(value) | FieldValue::KeyedExpr { value, .. }) => self.expr(value),
            Some(FieldValue::Block(block) | FieldValue::Keyed { block, .. }) => self.block(block),
            None => {}
        }
        self.refine(&field.refine);
    }

    fn expect(&mut self, expect: &Expect) {
        match expect {
            Expect::NoError { .. } => {}
            Expect::Error { at, .. } => self.exprs(at),
            Expect::NoOutputOf { owner: value }
            | Expect::NoOutputWith { text: value }
            | Expect::Output { cond: value, .. }
            | Expect::Cond(value) => self.expr(value),
        }
    }

    fn body(&mut self, body: &Body) {
        match body {
            Body::Block(block) => self.block(block),
            // Behind `=>` or `else`: it begins no line of its own.
            Body::One(stmt) => self.stmt_kind(&stmt.kind),
        }
    }

    fn refine(&mut self, refine: &Option<Box<Where>>) {
        if let Some(refine) = refine {
            self.expr(&refine.cond);
            self.exprs(&refine.message);
        }
    }

    fn text(&mut self, text: &Text) {
        for part in &text.parts {
            if let TextPart::Hole(hole) = part {
                self.expr(hole);
            }
        }
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) {
        exprs.into_iter().for_each(|e| self.expr(e));
    }

    fn callee(&mut self, id: NodeId) {
        let hi = self.range(id).hi;
        self.facts.callees.insert(hi);
    }

    fn subject(&mut self, subject: &Expr) {
        let hi = self.range(subject.id).hi;
        self.facts.subjects.insert(hi);
        self.expr(subject);
    }

    fn typed(&mut self, name: NodeId, ty: &Type) {
        let hi = self.range(name).hi;
        self.facts.typed.insert(hi);
        self.ty(ty);
    }

    fn expr(&mut self, expr: &Expr) {
        let range = self.range(expr.id);
        match &expr.kind {
            ExprKind::Missing | ExprKind::Literal { .. } | ExprKind::Name(_) => {}
            ExprKind::Text(text) => self.text(text),
            ExprKind::Member { base, .. } => self.expr(base),
            ExprKind::Call { callee, args } => {
                self.callee(callee.id);
                self.expr(callee);
                self.exprs(args);
            }
            ExprKind::Record(block) => {
                self.block(block);
                if is_set(block) {
                    self.facts.tight.insert(range.lo);
                }
            }
            ExprKind::Construct { body, .. } => self.block(body),
            ExprKind::List(elems) => {
                self.facts.lists.insert(range.lo);
                elems.iter().for_each(|e| self.elem(e));
            }
            ExprKind::Unary { op, operand } => {
                if *op == UnaryOp::Neg {
                    self.facts.signs.insert(range.lo);
                }
                self.expr(operand);
            }
            ExprKind::Binary { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::If { cond, then, otherwise } => self.exprs([&**cond, &**then, &**otherwise]),
            ExprKind::Match { subject, arms } => {
                self.subject(subject);
                for (pattern, value) in arms {
                    self.arm(pattern);
                    self.expr(value);
                }
            }
            ExprKind::Quantifier { generators, cond, .. } => {
                self.generators(generators);
                self.expr(cond);
            }
            ExprKind::Is { subject, test, .. } => {
                self.expr(subject);
                self.pattern(test);
            }
            ExprKind::Fail { message, at, with } => {
                self.expr(message);
                self.exprs(at.as_deref());
                self.exprs(with.as_deref());
            }
        }
    }

    fn elem(&mut self, elem: &ListElem) {
        match elem {
            ListElem::Value(value) | ListElem::Spread(value) => self.expr(value),
            ListElem::If { cond, then } => {
                self.expr(cond);
                self.elem(then);
            }
            ListElem::For { generators, each } => {
                self.generators(generators);
                self.elem(each);
            }
        }
    }

    fn generators(&mut self, generators: &[Generator]) {
        if let (Some(first), Some(last)) = (generators.first(), generators.last()) {
            let range = self.range(first.id).cover(self.range(last.id));
            self.facts.generators.push(range);
        }
        for generator in generators {
            self.expr(&generator.source);
            self.exprs(&generator.filter);
        }
    }

    fn arm(&mut self, pattern: &Pattern) {
        let lo = self.range(pattern.id).lo;
        self.facts.arms.insert(lo);
        self.pattern(pattern);
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Typed { name, ty } => self.typed(name.id, ty),
            PatternKind::Or(all) => all.iter().for_each(|p| self.pattern(p)),
            PatternKind::Literal(value) => self.expr(value),
            PatternKind::Missing | PatternKind::Any | PatternKind::Case { .. } => {}
        }
    }

    fn ty(&mut self, ty: &Type) {
        match &ty.kind {
            TypeKind::Missing | TypeKind::Name(_) | TypeKind::Ref(_) => {}
            TypeKind::List(of) | TypeKind::Set(of) | TypeKind::Later(of) | TypeKind::Optional(of) => self.ty(of),
            TypeKind::Map(key, value) => {
                let lo = self.range(ty.id).lo;
                self.facts.tight.insert(lo);
                self.ty(key);
                self.ty(value);
            }
            TypeKind::Record(block) => self.block(block),
            TypeKind::Union(all) => {
                for alternative in all {
                    match alternative {
                        Alternative::Case { payload, .. } => payload.iter().for_each(|b| self.block(b)),
                        Alternative::Type(ty) => self.ty(ty),
                    }
                }
            }
            TypeKind::Plus(a, b) => {
                self.ty(a);
                self.ty(b);
            }
        }
    }
}

/// Is it a set, or a comprehension, rather than a record?
fn is_set(block: &Block) -> bool {
    let element = |stmt: &Stmt| {
        let one = |body: &Body| matches!(body, Body::One(_));
        match &stmt.kind {
            StmtKind::Element(_) => true,
            StmtKind::For { body, .. } | StmtKind::If { then: body, .. } => one(body),
            _ => false,
        }
    };
    let spread = |stmt: &Stmt| matches!(stmt.kind, StmtKind::Spread(_));
    block.stmts.iter().any(element) && block.stmts.iter().all(|s| element(s) || spread(s))
}

fn class(kind: &StmtKind) -> Class {
    let word = |text: &str| Class::Word(Symbol::new(text));
    match kind {
        StmtKind::Field(f) => Class::Field { layer: f.layer.is_some(), private: f.private, append: f.append },
        StmtKind::Let { .. } => Class::Let,
        StmtKind::Option { private, .. } => Class::Option { private: *private },
        StmtKind::Type { .. } => Class::Type,
        StmtKind::Kind(_) => Class::Kind,
        StmtKind::Capability { .. } => Class::Capability,
        StmtKind::Use { .. } => word("use"),
        StmtKind::Each { .. } => word("each"),
        StmtKind::Provide { .. } => word("provide"),
        StmtKind::Tune { target, .. } => match target.words.as_slice() {
            [kind, _, ..] => kind.literal().map_or(Class::Other, |kind| word(&format!("tune {kind}"))),
            _ => word("tune"),
        },
        StmtKind::Entry { head, .. } => head.words[0].literal().map_or(Class::Other, Class::Word),
        _ => Class::Other,
    }
}
