//! `test "…" { given … expect … }`

use super::{Around, Lower, expr};
use crate::signatures::entry_refs;
use kss_diag::code;
use kss_ir::{ExprKind, TestIr, TestStep, Ty, Variant};
use kss_span::Symbol;
use kss_syntax::ast::{self, Body, Expect, StmtKind};
use kss_value::ScopeKind;
use std::sync::Arc;

impl Lower<'_> {
    /// Lowers a test.
    pub(crate) fn test(&mut self, stmt: &ast::Stmt, title: &ast::Text, body: &ast::Block) -> TestIr {
        self.around = Around::Type;
        self.in_test = true;
        let mut steps = Vec::new();
        self.test_steps(&body.stmts, &mut steps);
        if !expects(&body.stmts) {
            let message = "this test expects nothing, so it could never fail";
            let report = code::MISPLACED.at(self.at(stmt.id), message);
            self.report(
                report.help("say what must come of it: `expect no error`, `expect error K0410`, `expect CONDITION`"),
            );
        }
        let title: Arc<str> = title.literal().map_or("", Symbol::as_str).into();
        TestIr { item: self.item, node: stmt.id.0, title, steps, locals: self.max_slot }
    }

    fn test_steps(&mut self, stmts: &[ast::Stmt], out: &mut Vec<TestStep>) {
        for stmt in stmts {
            self.test_step(stmt, out);
        }
    }

    fn test_step(&mut self, stmt: &ast::Stmt, out: &mut Vec<TestStep>) {
        match &stmt.kind {
            StmtKind::Error => {}
            StmtKind::Given { name, base, with } => self.given(stmt, *name, *base, with.as_ref(), out),
            StmtKind::Let { name, value, .. } => {
                let (value, ty) = self.infer(value);
                out.push(TestStep::Let { slot: self.bind(*name, ty), value });
            }
            StmtKind::For { generators, body } => self.scoped(|l| {
                let loops = l.generators(generators);
                let mut steps = Vec::new();
                match body {
                    Body::Block(block) => l.test_steps(&block.stmts, &mut steps),
                    Body::One(inner) => l.test_step(inner, &mut steps),
                }
                out.push(TestStep::For { loops, steps });
            }),
            StmtKind::Expect(expect) => self.expect(stmt, expect, out),
            _ => self.misplaced(stmt, "in a test stand `given`, `expect`, `let` and `for`"),
        }
    }

    fn given(
        &mut self,
        stmt: &ast::Stmt,
        name: Option<ast::Name>,
        base: ast::Name,
        with: Option<&ast::Block>,
        out: &mut Vec<TestStep>,
    ) {
        self.given = true;
        let (scope, kind) = if self.sigs.clusters.contains_key(&base.text) {
            (ScopeKind::Cluster, "cluster")
        } else if self.sigs.sites.contains_key(&base.text) {
            (ScopeKind::Site, "site")
        } else {
            let mut known: Vec<Symbol> = self.sigs.clusters.keys().chain(self.sigs.sites.keys()).copied().collect();
            known.sort();
            let message = format!("there is no cluster or site `{}`", base.text);
            self.unknown(&code::UNKNOWN_BASE, base.id, message, &base.text, known.iter().map(|s| s.as_str()));
            return;
        };
        let variant = with.map(|block| self.variant(scope, block));
        let shown = name.unwrap_or(base);
        // A second `given` of the same name starts anew, and one without a name is what all names mean from here on.
        let before = if name.is_none() { self.nameless_given.replace(base.text) } else { None };
        self.locals.retain(|l| l.name != shown.text && Some(l.name) != before);
        let slot = self.bind(shown, Ty::Ref(Symbol::new(kind)));
        let named = name.is_some();
        out.push(TestStep::Given { node: stmt.id.0, slot, named, base: base.text, with: variant });
    }

    fn variant(&mut self, scope: ScopeKind, block: &ast::Block) -> Variant {
        let computed = |stmt: &ast::Stmt| match &stmt.kind {
            StmtKind::Remove { target } if target.is_use => match target.head.words.first() {
                Some(ast::Key::Quoted(text)) if text.literal().is_none() => Some(text.clone()),
                _ => None,
            },
            _ => None,
        };
        let texts: Vec<ast::Text> = block.stmts.iter().filter_map(computed).collect();
        let computed_removes = texts.iter().map(|t| self.text(t).0).collect();
        let stmts = block.stmts.iter().filter(|s| computed(s).is_none()).cloned().collect();
        let rest = ast::Block { id: block.id, stmts };
        let body = self.scope_body(scope, &rest);
        Variant { body, computed_removes }
    }

    fn expect(&mut self, stmt: &ast::Stmt, expect: &Expect, out: &mut Vec<TestStep>) {
        let node = stmt.id.0;
        if !self.given && !matches!(expect, Expect::Cond(_)) {
            let report = code::UNKNOWN_BASE.at(self.at(stmt.id), "nothing is given yet, so nothing is looked at");
            self.report(report.help("write `given NAME` before it, with a cluster or a site"));
        }
        let step = match expect {
            Expect::NoError { or } => {
                or.iter().for_each(|code| self.known_code(*code));
                TestStep::NoError { node, or: or.iter().map(|n| n.text).collect() }
            }
            Expect::Error { code, at } => {
                code.iter().for_each(|code| self.known_code(*code));
                let at = at.as_ref().map(|e| self.place(e));
                TestStep::Error { node, code: code.map(|c| c.text), at }
            }
            Expect::NoOutputOf { owner } => {
                self.known_owner(owner);
                let text = Ty::Scalar(kss_value::scalar::ScalarType::Text);
                TestStep::NoOutputOf { node, owner: self.check(owner, &text) }
            }
            Expect::NoOutputWith { text } => {
                let want = Ty::Scalar(kss_value::scalar::ScalarType::Text);
                TestStep::NoOutputWith { node, text: self.check(text, &want) }
            }
            Expect::Output { head, cond } => {
                let Some(entry) = entry_refs(head).into_iter().next() else {
                    self.misplaced(stmt, "an output is named here: `expect helm NAME: condition`");
                    return;
                };
                if !self.sigs.kinds.contains_key(&entry.kind) {
                    let known: Vec<Symbol> = self.sigs.kinds.keys().copied().collect();
                    let message = format!("there is no kind `{}`", entry.kind);
                    self.unknown(&code::UNKNOWN_KIND, head.id, message, &entry.kind, known.iter().map(|s| s.as_str()));
                    return;
                }
                let outer = self.self_kind.replace(entry.kind);
                let cond = self.condition(cond);
                self.self_kind = outer;
                TestStep::Output { node, entry, cond }
            }
            Expect::Cond(cond) => TestStep::Cond { node, cond: self.condition(cond) },
        };
        out.push(step);
    }

    /// Reports the name of an owner that no module has: of it there would be no output, whatever is wrong.
    fn known_owner(&mut self, owner: &ast::Expr) {
        let ast::ExprKind::Text(text) = &owner.kind else { return };
        let Some(name) = text.literal().filter(|name| !self.sigs.modules.contains_key(name)) else { return };
        let known: Vec<Symbol> = self.sigs.modules.keys().copied().collect();
        let message = format!("there is no module `{name}`, and so no output of it");
        let at = self.at(owner.id);
        let near = kss_diag::closest(&name, known.iter().map(|s| s.as_str()));
        let report = code::UNKNOWN_MODULE.at(at, message);
        self.report(match near {
            Some(near) => {
                report.suggest(format!("write \"{near}\""), at, kss_diag::How::Replace, format!("\"{near}\""))
            }
            None => report,
        });
    }

    /// A place in a test: `node.worker-2.ip` of the last variant; lowered as a path of names.
    fn place(&mut self, e: &ast::Expr) -> kss_ir::Expr {
        let path = super::facts::path_key(e).unwrap_or_default();
        let text: Vec<&str> = path.iter().map(|s| s.as_str()).collect();
        let at = self.at(e.id);
        expr(e.id, ExprKind::Const(kss_value::Value::text(text.join("."), at)))
    }
}

/// Is anything expected, or can't it be told?
fn expects(stmts: &[ast::Stmt]) -> bool {
    stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Expect(_) | StmtKind::Error => true,
        StmtKind::For { body: Body::Block(block), .. } => expects(&block.stmts),
        StmtKind::For { body: Body::One(inner), .. } => expects(std::slice::from_ref(inner)),
        _ => false,
    })
}
