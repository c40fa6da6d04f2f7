//! Bodies of scopes: `site`, `machine`, `cluster`, `node`: fields of the scope's type beside statements.

use super::block::Target;
use super::{Around, Lower};
use kss_ir::{Body as IrBody, FieldBlocks, KindUse, ScopeBody, Statements, Ty};
use kss_span::{Origin, Symbol};
use kss_syntax::ast::{self, StmtKind};
use kss_value::ScopeKind;

impl Lower<'_> {
    /// A body of a scope inside the item, or of a variant of one. It sees the variables around (`it`). Its own `let`s are
    /// variables to its fields, which belong to what is around, and values of the scope to its statements.
    pub(crate) fn scope_body(&mut self, scope: ScopeKind, body: &ast::Block) -> IrBody {
        let written = Some(scope).filter(|scope| matches!(scope, ScopeKind::Machine | ScopeKind::Node));
        self.body_of(scope, body, written)
    }

    /// The body of `each`, which sees what it is written into.
    pub(crate) fn each_body(&mut self, scope: ScopeKind, body: &ast::Block) -> IrBody {
        self.body_of(scope, body, None)
    }

    fn body_of(&mut self, scope: ScopeKind, body: &ast::Block, written: Option<ScopeKind>) -> IrBody {
        let around = std::mem::replace(&mut self.around, Around::Scope(scope));
        let outer_written = self.being_written.take();
        let lets: Vec<&ast::Stmt> = body.stmts.iter().filter(|stmt| is_let(stmt)).collect();
        if !lets.is_empty() {
            // Those around are lowered before they could see these.
            let outer: Vec<Symbol> = self.lets.keys().copied().collect();
            outer.into_iter().for_each(|name| drop(self.let_type(body.id, name)));
        }
        self.being_written = written;
        let before = self.diags.len();
        let blocks = self.scope_fields(scope, body, &lets);
        self.being_written = None;
        let told: Vec<Origin> = self.diags[before..].iter().map(|diag| diag.place).collect();
        let after = self.diags.len();
        let outer = self.lets.clone();
        self.announce_lets(lets.iter().copied());
        let mut result = self.scope_statements(scope, body, blocks);
        if let Some(statements) = &mut result.statements {
            let names: Vec<Symbol> =
                lets.iter().filter_map(|stmt| super::lets::name_of(stmt)).map(|n| n.text).collect();
            self.finish_lets(&names, statements);
        }
        // What fields and statements read is lowered twice.
        let again = self.diags.split_off(after);
        self.diags.extend(again.into_iter().filter(|diag| !told.contains(&diag.place)));
        self.lets = outer;
        self.being_written = outer_written;
        self.around = around;
        result
    }

    fn scope_fields(&mut self, scope: ScopeKind, body: &ast::Block, lets: &[&ast::Stmt]) -> FieldBlocks {
        let fields: Vec<&ast::Stmt> = body.stmts.iter().filter(|stmt| self.is_field(scope, stmt)).collect();
        // The others may read what the fields may not.
        let lets = super::lets::read_by(&fields, lets);
        let fields: Vec<ast::Stmt> = fields.into_iter().chain(lets).cloned().collect();
        let target = match self.sigs.scope_types.get(&scope) {
            Some(id) => Target::Record(*id),
            None => Target::Data,
        };
        self.field_blocks(body.id, &fields, &target)
    }

    fn scope_statements(&mut self, scope: ScopeKind, body: &ast::Block, blocks: FieldBlocks) -> IrBody {
        let rest: Vec<&ast::Stmt> = body.stmts.iter().filter(|stmt| !self.is_field(scope, stmt)).collect();
        let mut statements = Statements::default();
        let mut chain = Vec::new();
        for stmt in rest {
            self.deeper(|l| l.statement(stmt, &mut chain, &mut statements));
        }
        let locals = self.max_slot.max(blocks.locals);
        IrBody { fields: FieldBlocks { locals, ..blocks }, statements: Some(Box::new(statements)) }
    }

    /// Does the statement set a field of the scope's type (rather than declare an entry, use a module …)?
    fn is_field(&self, scope: ScopeKind, stmt: &ast::Stmt) -> bool {
        let Some(def) = self.sigs.scope_types.get(&scope).and_then(|id| self.sigs.records.get(id)) else {
            return false;
        };
        let is_entry_kind = |name: Symbol| {
            self.sigs.kinds.get(&name).is_some_and(|k| {
                k.usage == KindUse::Structure || !matches!(def.field(name).map(|f| &f.ty), Some(Ty::Map(..)))
            })
        };
        match &stmt.kind {
            StmtKind::Field(field) => match field.path.first() {
                Some(ast::Key::Bare(name)) => {
                    let nameless = self.sigs.kinds.get(&name.text).is_some_and(|k| k.nameless);
                    !(nameless && def.field(name.text).is_none())
                }
                _ => true,
            },
            StmtKind::Entry { head, .. } => {
                let kind = head.words.first().and_then(ast::Key::literal);
                kind.is_some_and(|k| match def.field(k).map(|f| &f.ty) {
                    Some(Ty::Map(..)) => !self.sigs.kinds.contains_key(&k),
                    _ => !is_entry_kind(k) && !self.sigs.kinds.contains_key(&k) && def.field(k).is_some(),
                })
            }
            StmtKind::If { then, .. } => only_fields(then, |s| self.is_field(scope, s)),
            StmtKind::For { body, .. } => only_fields(body, |s| self.is_field(scope, s)),
            StmtKind::Match { arms, .. } => arms.iter().all(|(_, body)| only_fields(body, |s| self.is_field(scope, s))),
            StmtKind::Remove { target } => !target.is_use && target.head.words.len() <= 1,
            StmtKind::Spread(_) | StmtKind::Unchecked { .. } => true,
            _ => false,
        }
    }

    /// `site`, `overlay` or `cluster` at the top of a file.
    pub(crate) fn top_scope(
        &mut self,
        stmt: &ast::Stmt,
        scope: ScopeKind,
        overlay: bool,
        name: ast::Name,
        site: Option<ast::Name>,
        body: &ast::Block,
    ) -> ScopeBody {
        self.around = Around::Scope(scope);
        self.body_entries = Self::entries_of(&body.stmts);
        self.announce_lets(&body.stmts);
        let blocks = self.scope_fields(scope, body, &[]);
        let mut ir = self.scope_statements(scope, body, blocks);
        if let Some(statements) = &mut ir.statements {
            let names: Vec<Symbol> = self.lets.keys().copied().collect();
            self.finish_lets(&names, statements);
        }
        ScopeBody {
            item: self.item,
            node: name.id.0,
            kind: scope,
            overlay,
            name: name.text,
            site: site.map(|s| (s.text, s.id.0)),
            doc: stmt.doc.clone(),
            body: ir,
        }
    }

    fn entries_of(stmts: &[ast::Stmt]) -> Vec<kss_ir::EntryRef> {
        let heads = stmts.iter().filter_map(|s| match &s.kind {
            StmtKind::Entry { head, .. } => Some(crate::signatures::entry_refs(head)),
            _ => None,
        });
        heads.flatten().collect()
    }
}

fn is_let(stmt: &ast::Stmt) -> bool {
    matches!(stmt.kind, StmtKind::Let { .. })
}

fn only_fields(body: &ast::Body, is_field: impl Fn(&ast::Stmt) -> bool) -> bool {
    match body {
        ast::Body::Block(block) => {
            let mut others = block.stmts.iter().filter(|stmt| !is_let(stmt)).peekable();
            others.peek().is_some() && others.all(is_field)
        }
        ast::Body::One(stmt) => is_field(stmt),
    }
}
