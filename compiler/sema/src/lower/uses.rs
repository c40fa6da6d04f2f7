//! `use NAME { … }`: modules, and the values of their options.

use super::block::Target;
use super::{Around, Lower};
use crate::index::{Cursor, Target as Meant, Usage};
use kss_diag::code;
use kss_ir::{Ctl, FieldBlocks, Statements, Ty, Use};
use kss_span::Symbol;
use kss_syntax::ast::{self, Body, StmtKind};
use kss_value::ScopeKind;

impl Lower<'_> {
    pub(super) fn use_(
        &mut self,
        stmt: &ast::Stmt,
        name: &ast::Key,
        body: Option<&ast::Block>,
        chain: &[Ctl],
        out: &mut Statements,
    ) {
        self.static_only(stmt, "use", chain);
        let Some(module) = name.literal() else {
            let at = self.at(name.id());
            self.report(code::MISPLACED.at(at, "a module is used by its name, which is not computed"));
            out.incomplete = true;
            return;
        };
        if !self.sigs.modules.contains_key(&module) {
            let known: Vec<Symbol> = self.sigs.modules.keys().copied().collect();
            let message = format!("there is no module `{module}`");
            let known = known.iter().map(|s| s.as_str());
            match self.unknown(&code::UNKNOWN_MODULE, name.id(), message, &module, known) {
                Some(meant) => self.use_module(stmt, name, meant, body, out),
                None => out.incomplete = true,
            }
            return;
        }
        self.use_module(stmt, name, module, body, out);
    }

    fn use_module(
        &mut self,
        stmt: &ast::Stmt,
        name: &ast::Key,
        module: Symbol,
        body: Option<&ast::Block>,
        out: &mut Statements,
    ) {
        let Some(sig) = self.sigs.modules.get(&module).cloned() else { return };
        self.check_use_scope(name, &sig);
        let stmts = body.map_or(&[][..], |b| b.stmts.as_slice());
        let node = body.map_or(stmt.id, |b| b.id);
        let (options, locals) = self.nested(|l| l.option_blocks(node, stmts, &sig));
        if let Some(first) = out.uses.iter().find(|u| u.module == module) {
            let first = self.at(ast::NodeId(first.node));
            let at = self.at(stmt.id);
            self.report(
                code::USED_TWICE
                    .at(at, format!("module `{module}` is used twice here"))
                    .label("again")
                    .also(first, "the first")
                    .help("put the options into one `use`; what may be several is a collection among them"),
            );
            return;
        }
        out.uses.push(Use { node: stmt.id.0, module, options: FieldBlocks { locals, ..options } });
    }

    fn check_use_scope(&mut self, name: &ast::Key, sig: &crate::ModuleSig) {
        let Around::Scope(here) = self.around else { return };
        let fits = sig.scope == here || (sig.scope == ScopeKind::Machine && here == ScopeKind::Node);
        if !fits {
            let at = self.at(name.id());
            let place = kss_span::Origin::new(sig.item, sig.node);
            let (wants, is) = (sig.scope.word(), here.word());
            self.report(
                code::WRONG_SCOPE
                    .at(at, format!("module `{}` is for a {wants}, and this is a {is}", sig.name))
                    .also(place, format!("`for {wants}`"))
                    .help(format!("use it in the body of a {wants}")),
            );
        }
    }

    /// Values for a module's options.
    pub(crate) fn option_blocks(
        &mut self,
        node: ast::NodeId,
        stmts: &[ast::Stmt],
        sig: &crate::ModuleSig,
    ) -> FieldBlocks {
        let fields: Vec<(Symbol, Ty)> = sig.options.iter().map(|(n, o)| (*n, o.ty.clone())).collect();
        for stmt in stmts {
            self.refer_options(stmt, sig);
        }
        self.blocks_of_fields(node, stmts, &fields, sig.name)
    }

    /// Options that a statement of a `use` sets.
    fn refer_options(&mut self, stmt: &ast::Stmt, sig: &crate::ModuleSig) {
        let key = match &stmt.kind {
            StmtKind::Field(field) => field.path.first(),
            StmtKind::Entry { head, .. } => head.words.first(),
            StmtKind::Remove { target } => target.head.words.first().or(target.path.first()),
            StmtKind::If { then: Body::Block(b), .. } | StmtKind::For { body: Body::Block(b), .. } => {
                b.stmts.iter().for_each(|s| self.refer_options(s, sig));
                None
            }
            _ => None,
        };
        let Some(key) = key else { return };
        let option = key.literal().and_then(|name| sig.options.get(&name));
        let target = option.map(|o| Meant::At(kss_span::Origin::new(sig.item, o.node)));
        self.refer(key.id(), Usage::Write, |_| target);
    }

    /// Statements that set fields which no declared record lists (options of a module).
    fn blocks_of_fields(
        &mut self,
        node: ast::NodeId,
        stmts: &[ast::Stmt],
        fields: &[(Symbol, Ty)],
        module: Symbol,
    ) -> FieldBlocks {
        let mut by_field: indexmap::IndexMap<Symbol, Vec<ast::Stmt>> = indexmap::IndexMap::new();
        self.group_by_field(stmts, &mut by_field);
        let is_let = |stmt: &&ast::Stmt| matches!(stmt.kind, StmtKind::Let { .. });
        let lets: Vec<ast::Stmt> = stmts.iter().filter(is_let).cloned().collect();
        let mut out = FieldBlocks::default();
        for (mut name, mut stmts) in by_field {
            if self.is_marker(name) {
                let of = Ty::Struct(fields.into());
                self.at_cursor(Cursor::Key { of, module: Some(module) });
                continue;
            }
            if !fields.iter().any(|(n, _)| *n == name) {
                let node = first_key(&stmts).unwrap_or(node);
                let known = fields.iter().map(|(n, _)| n.as_str());
                let message = format!("module `{module}` has no option `{name}`");
                let Some(meant) = self.unknown(&code::UNKNOWN_FIELD, node, message, &name, known) else { continue };
                stmts.iter_mut().for_each(|stmt| rename_first(stmt, meant));
                name = meant;
            }
            let Some((_, ty)) = fields.iter().find(|(n, _)| *n == name) else { continue };
            let target = Target::Struct(vec![(name, ty.clone())].into());
            stmts.extend(lets.iter().cloned());
            let lowered = self.field_blocks(node, &stmts, &target);
            out.fields.extend(lowered.fields);
            out.locals = out.locals.max(lowered.locals);
        }
        out
    }

    fn group_by_field(&mut self, stmts: &[ast::Stmt], out: &mut indexmap::IndexMap<Symbol, Vec<ast::Stmt>>) {
        for stmt in stmts {
            let names = written_names(stmt);
            if names.is_empty() && !matches!(stmt.kind, StmtKind::Error | StmtKind::Let { .. }) {
                self.misplaced(stmt, "here stand values of options: `name = value`");
            }
            for name in names {
                out.entry(name).or_default().push(stmt.clone());
            }
        }
    }
}

/// First names that a statement writes.
fn written_names(stmt: &ast::Stmt) -> Vec<Symbol> {
    fn of_body(body: &Body) -> Vec<Symbol> {
        match body {
            Body::Block(block) => block.stmts.iter().flat_map(written_names).collect(),
            Body::One(stmt) => written_names(stmt),
        }
    }
    let mut names: Vec<Symbol> = match &stmt.kind {
        StmtKind::Field(field) => field.path.first().and_then(ast::Key::literal).into_iter().collect(),
        StmtKind::Entry { head, .. } => head.words.first().and_then(ast::Key::literal).into_iter().collect(),
        StmtKind::Remove { target } => {
            target.head.words.iter().chain(&target.path).next().and_then(ast::Key::literal).into_iter().collect()
        }
        StmtKind::If { then, otherwise, .. } => {
            of_body(then).into_iter().chain(otherwise.iter().flat_map(of_body)).collect()
        }
        StmtKind::For { body, .. } => of_body(body),
        StmtKind::Match { arms, .. } => arms.iter().flat_map(|(_, b)| of_body(b)).collect(),
        _ => Vec::new(),
    };
    names.dedup();
    names
}

/// Lets a statement write the field that was meant.
fn rename_first(stmt: &mut ast::Stmt, meant: Symbol) {
    let key = match &mut stmt.kind {
        StmtKind::Field(field) => field.path.first_mut(),
        StmtKind::Entry { head, .. } => head.words.first_mut(),
        _ => None,
    };
    if let Some(ast::Key::Bare(name)) = key {
        name.text = meant;
    }
}

fn first_key(stmts: &[ast::Stmt]) -> Option<ast::NodeId> {
    match &stmts.first()?.kind {
        StmtKind::Field(field) => field.path.first().map(ast::Key::id),
        StmtKind::Entry { head, .. } => head.words.first().map(ast::Key::id),
        _ => stmts.first().map(|s| s.id),
    }
}
