//! Record literals: what a block writes, statement by statement.

use super::coerce::Fit;
use super::lets::without_unread;
use super::{Lower, error_expr, expr, strip};
use crate::index::Cursor;
use kss_diag::code;
use kss_ir::{Block, Expr, ExprKind, Key, RecordId, Stmt, StmtKind, Ty};
use kss_span::Symbol;
use kss_syntax::ast::{self, Body};
use std::sync::Arc;

/// What a block is for.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Target {
    /// Free-form data.
    Data,
    /// A declared record.
    Record(RecordId),
    /// A map with keys and values of these types.
    Map(Ty, Ty),
    /// Fields that no record declares: options of a module.
    Struct(Arc<[(Symbol, Ty)]>),
    /// An entry of an open kind (`manifest`): declared fields have their types, others are data.
    Open(RecordId),
}

impl Target {
    /// The type of what is written.
    pub(crate) fn ty(&self) -> Ty {
        match self {
            Target::Data => Ty::Data,
            Target::Record(id) | Target::Open(id) => Ty::Record(*id),
            Target::Map(key, value) => Ty::Map(Arc::new(key.clone()), Arc::new(value.clone())),
            Target::Struct(fields) => Ty::Struct(fields.clone()),
        }
    }
}

impl Lower<'_> {
    /// `{ … }` for the record `id`, with its defaults.
    pub(crate) fn typed_block(&mut self, node: ast::NodeId, block: &ast::Block, id: RecordId) -> Expr {
        let block = self.block_of_record(block, id);
        expr(node, ExprKind::Typed { record: id, block })
    }

    pub(crate) fn block_of_record(&mut self, block: &ast::Block, id: RecordId) -> Block {
        let open = self.sigs.records.get(&id).is_some_and(|d| d.open);
        self.block(block, &if open { Target::Open(id) } else { Target::Record(id) })
    }

    pub(crate) fn block(&mut self, block: &ast::Block, target: &Target) -> Block {
        let stmts = self.scoped(|l| l.block_stmts(&block.stmts, target));
        Block { node: block.id.0, stmts }
    }

    pub(crate) fn block_stmts(&mut self, stmts: &[ast::Stmt], target: &Target) -> Vec<Stmt> {
        let lets = self.deeper(|l| l.local_lets(stmts));
        let mut out: Vec<Stmt> =
            lets.into_iter().map(|(node, local)| Stmt { node, kind: StmtKind::Let(local) }).collect();
        for stmt in stmts {
            self.deeper(|l| l.block_stmt(stmt, target, &mut out));
        }
        without_unread(out)
    }

    fn block_stmt(&mut self, stmt: &ast::Stmt, target: &Target, out: &mut Vec<Stmt>) {
        let node = stmt.id.0;
        let kind = match &stmt.kind {
            ast::StmtKind::Error | ast::StmtKind::Let { .. } => return,
            ast::StmtKind::Field(field) => match self.field_stmt(stmt, field, target) {
                Some(kind) => kind,
                None => return,
            },
            ast::StmtKind::Entry { head, body, because } => {
                match self.keyed_entry(stmt, head, body, because.as_ref(), target) {
                    Some(stmts) => {
                        out.extend(stmts);
                        return;
                    }
                    None => return,
                }
            }
            ast::StmtKind::If { cond, then, otherwise } => self.if_stmt(cond, then, otherwise.as_ref(), target),
            ast::StmtKind::For { generators, body } => self.scoped(|l| {
                let loops = l.generators(generators);
                StmtKind::For { loops, body: l.body(body, target) }
            }),
            ast::StmtKind::Match { subject, arms } => self.match_stmt(stmt, subject, arms, target),
            ast::StmtKind::Spread(value) => self.spread_stmt(value, target),
            ast::StmtKind::Remove { target: removed } => match self.remove_path(stmt, removed) {
                Some(kind) => kind,
                None => return,
            },
            ast::StmtKind::Unchecked { path, value, because } => {
                let keys: Vec<Key> = path.iter().map(|k| self.key(k)).collect();
                let reason: Arc<str> = because.literal().map_or("", Symbol::as_str).into();
                if let Some(value) = value {
                    let value = self.check(value, &Ty::Data);
                    let kind = StmtKind::Set { path: keys.clone(), value, layer: None, because: None };
                    out.push(Stmt { node, kind });
                }
                StmtKind::Unchecked { path: keys, because: reason }
            }
            ast::StmtKind::Element(value) if matches!(value.kind, ast::ExprKind::Fail { .. }) => {
                StmtKind::Do(self.infer(value).0)
            }
            ast::StmtKind::Element(value) if self.marked_path(value).is_some() => {
                let Some(field) = self.marked_path(value) else { return };
                self.path_type(&field, target, &mut []);
                return;
            }
            ast::StmtKind::Element(ast::Expr { kind: ast::ExprKind::Name(name), .. }) if self.is_marker(*name) => {
                let of = target.ty();
                self.at_cursor(Cursor::Key { of, module: None });
                return;
            }
            ast::StmtKind::Element(value) => {
                let message = "this is a value without a name, and a record is expected";
                self.report(
                    code::MISPLACED
                        .at(self.at(value.id), message)
                        .help("write `name = value`; a list is written in brackets"),
                );
                return;
            }
            _ => {
                let at = self.at(stmt.id);
                let diag = code::MISPLACED.at(at, "this statement can't stand in a record");
                self.report(match room_of(&stmt.kind) {
                    Some(room) => diag.help(format!("it stands in the body of {room}, beside the record")),
                    None => diag,
                });
                return;
            }
        };
        out.push(Stmt { node, kind });
    }

    fn body(&mut self, body: &Body, target: &Target) -> Block {
        match body {
            Body::Block(block) => self.block(block, target),
            Body::One(stmt) => {
                let stmts = self.scoped(|l| l.block_stmts(std::slice::from_ref(stmt), target));
                Block { node: stmt.id.0, stmts }
            }
        }
    }

    fn if_stmt(&mut self, cond: &ast::Expr, then: &Body, otherwise: Option<&Body>, target: &Target) -> StmtKind {
        let cond_ir = self.condition(cond);
        let then = self.scoped(|l| {
            l.learn(cond, true);
            l.body(then, target)
        });
        let otherwise = otherwise.map(|body| {
            self.scoped(|l| {
                l.learn(cond, false);
                l.body(body, target)
            })
        });
        StmtKind::If { cond: cond_ir, then, otherwise }
    }

    fn match_stmt(
        &mut self,
        stmt: &ast::Stmt,
        subject: &ast::Expr,
        arms: &[(ast::Pattern, Body)],
        target: &Target,
    ) -> StmtKind {
        let (subject_ir, ty) = self.infer(subject);
        let mut out = Vec::new();
        for (pattern, body) in arms {
            out.push(self.scoped(|l| {
                let p = l.pattern(pattern, &ty, true);
                l.learn_pattern(subject, &ty, pattern);
                (p, l.body(body, target))
            }));
        }
        let patterns: Vec<_> = out.iter().map(|(p, _)| p.clone()).collect();
        self.exhaustive(stmt.id, &ty, arms.iter().map(|(p, _)| p), &patterns);
        StmtKind::Match { subject: subject_ir, arms: out }
    }

    fn spread_stmt(&mut self, value: &ast::Expr, target: &Target) -> StmtKind {
        let (mut ir, ty) = self.infer(value);
        if let (Target::Map(key, _), Ty::Struct(fields)) = (target, strip(&ty)) {
            for (name, _) in fields.iter() {
                self.key_of(Key::Name(*name, value.id.0), key);
            }
        }
        let fits = match (target, strip(&ty)) {
            (_, Ty::Error | Ty::Never) => true,
            (Target::Data | Target::Open(_), found) => {
                matches!(found, Ty::Data | Ty::Map(..) | Ty::Struct(_) | Ty::Record(_)) && self.is_data(found, 0)
            }
            (Target::Map(..), found @ Ty::Map(..)) => match self.fit(found, &target.ty()) {
                Fit::Same => true,
                Fit::By(to) => {
                    ir = expr(value.id, ExprKind::Coerce { value: ir, to });
                    true
                }
                Fit::No => false,
            },
            (Target::Map(_, want), Ty::Struct(fields)) => fields.iter().all(|(_, t)| self.fit(t, want) != Fit::No),
            (Target::Map(..) | Target::Record(_), Ty::Data) => true,
            (Target::Record(id), Ty::Record(found)) => id == found,
            (Target::Record(id), Ty::Struct(fields)) => {
                let def = self.sigs.records.get(id).cloned();
                def.is_some_and(|d| {
                    fields.iter().all(|(n, t)| d.field(*n).is_some_and(|f| self.fit(t, &f.ty) != Fit::No))
                })
            }
            _ => false,
        };
        if !fits {
            let at = self.at(value.id);
            let shown = self.show(&ty);
            self.report(code::TYPE_MISMATCH.at(at, format!("a `{shown}` can't be spread here")));
            return StmtKind::Spread(error_expr(value.id));
        }
        StmtKind::Spread(ir)
    }

    /// `remove a.b` inside a record.
    fn remove_path(&mut self, stmt: &ast::Stmt, target: &ast::RemoveTarget) -> Option<StmtKind> {
        if target.is_use || target.head.words.len() > 1 {
            let at = self.at(stmt.id);
            self.report(code::MISPLACED.at(at, "entries and modules are removed in a site's or cluster's body"));
            return None;
        }
        let keys = target.head.words.iter().chain(&target.path).map(|k| self.key(k)).collect();
        Some(StmtKind::Remove { path: keys })
    }

    /// A key: bare words are literal, `"…"` may be computed.
    pub(crate) fn key(&mut self, key: &ast::Key) -> Key {
        match key {
            ast::Key::Bare(name) => Key::Name(name.text, name.id.0),
            ast::Key::Quoted(text) => match text.literal() {
                Some(name) => Key::Name(name, text.id.0),
                None => {
                    let (value, ty) = self.text(text);
                    if ty == Ty::Secret {
                        let at = self.at(text.id);
                        self.report(code::SECRET_AS_TEXT.at(at, "a name can't hold a secret"));
                    }
                    Key::Expr(value)
                }
            },
            ast::Key::Range { id, .. } => {
                let at = self.at(*id);
                self.report(code::MISPLACED.at(at, "a range of names stands in the head of an entry only"));
                Key::Name(Symbol::new(""), id.0)
            }
        }
    }
}

/// Where a statement stands that is none of a record.
fn room_of(stmt: &ast::StmtKind) -> Option<&'static str> {
    match stmt {
        ast::StmtKind::Use { .. } | ast::StmtKind::Tune { .. } | ast::StmtKind::Each { .. } => {
            Some("a site, a machine, a cluster, a node or a module")
        }
        ast::StmtKind::Option { .. }
        | ast::StmtKind::Needs { .. }
        | ast::StmtKind::Provide { .. }
        | ast::StmtKind::Ignore { .. } => Some("a module"),
        ast::StmtKind::Check { .. } => Some("a type, a site, a cluster or a module"),
        ast::StmtKind::Covered { .. } => Some("a module, a site or a cluster"),
        _ => None,
    }
}
