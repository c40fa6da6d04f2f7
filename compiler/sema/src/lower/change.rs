//! Statements that change what somebody else declared: `tune`, `each`, `remove`.

use super::{Around, Lower};
use crate::Signatures;
use crate::signatures::entry_refs;
use kss_diag::code;
use kss_ir::{
    Body as IrBody, Ctl, Each, EntryRef, FieldBlocks, KindUse, Remove, RemoveTarget, Statements, Tune, TuneTarget,
};
use kss_span::Symbol;
use kss_syntax::ast;
use kss_value::ScopeKind;
use std::sync::Arc;

impl Lower<'_> {
    pub(crate) fn remove(&mut self, stmt: &ast::Stmt, target: &ast::RemoveTarget, out: &mut Statements) {
        let node = stmt.id.0;
        if target.is_use {
            let Some(module) = target.head.words.first().and_then(ast::Key::literal) else { return };
            if !self.sigs.modules.contains_key(&module) {
                let known: Vec<Symbol> = self.sigs.modules.keys().copied().collect();
                let at = target.head.words[0].id();
                self.unknown(
                    &code::UNKNOWN_MODULE,
                    at,
                    format!("there is no module `{module}`"),
                    &module,
                    known.iter().map(|s| s.as_str()),
                );
                return;
            }
            out.removes.push(Remove { node, target: RemoveTarget::Use(module) });
            return;
        }
        let path: Vec<Symbol> = target.path.iter().filter_map(ast::Key::literal).collect();
        match entry_refs(&target.head).into_iter().next() {
            Some(entry) if self.sigs.kinds.contains_key(&entry.kind) => {
                if self.known_entry(&target.head, &entry, true) {
                    out.removes.push(Remove { node, target: RemoveTarget::Entry { entry, path } });
                }
            }
            _ => {
                let at = self.at(stmt.id);
                self.report(
                    code::REMOVES_NOTHING
                        .at(at, "this names nothing that can be removed")
                        .help("write `remove use MODULE`, `remove KIND NAME` or `remove KIND NAME path.of.field`"),
                );
            }
        }
    }

    /// A name that no module and no body ever writes is a mistake, whether it is in use or not.
    fn known_entry(&mut self, head: &ast::Head, entry: &EntryRef, remove: bool) -> bool {
        let writes = |m: &&Arc<crate::ModuleSig>| m.kinds.contains(&entry.kind);
        let modules: Vec<_> = self.sigs.modules.values().filter(writes).cloned().collect();
        let known: Vec<Symbol> = modules
            .iter()
            .flat_map(|m| m.entries.iter())
            .filter(|(e, _)| e.kind == entry.kind)
            .map(|(e, _)| e.name)
            .collect();
        if modules.iter().any(|m| m.computed.contains(&entry.kind)) {
            return true;
        }
        let structural = self.sigs.kinds.get(&entry.kind).is_some_and(|k| k.usage == KindUse::Structure);
        let implicit = entry.kind == "overlay" && self.sigs.modules.contains_key(&entry.name);
        if structural || implicit || known.contains(&entry.name) || self.own_entries(entry) {
            return true;
        }
        let what = if remove { "removed" } else { "tuned" };
        let code = if remove { &code::REMOVES_NOTHING } else { &code::TUNES_NOTHING };
        let message = format!("there is no `{} {}` that could be {what}", entry.kind, entry.name);
        let node = head.words.last().map_or(head.id, ast::Key::id);
        self.unknown(code, node, message, &entry.name, known.iter().map(|s| s.as_str()));
        false
    }

    fn own_entries(&self, entry: &EntryRef) -> bool {
        self.body_entries.iter().any(|e| e.kind == entry.kind && e.name == entry.name)
    }

    pub(crate) fn tune(
        &mut self,
        stmt: &ast::Stmt,
        head: &ast::Head,
        body: &ast::Block,
        because: Option<&ast::Text>,
        chain: &[Ctl],
        out: &mut Statements,
    ) {
        self.static_only(stmt, "tune", chain);
        let because: Option<Arc<str>> = because.map(|b| b.literal().map_or("", Symbol::as_str).into());
        let push = |out: &mut Statements, target, fields, statements| {
            let because = because.clone();
            out.tunes.push(Arc::new(Tune { node: stmt.id.0, target, fields, statements, because }));
        };
        if let [only] = head.words.as_slice() {
            let Some(module) = only.literal() else { return };
            if let Some(kind) = self.sigs.kinds.get(&module).filter(|k| k.nameless).cloned() {
                let target = self.target_of(&kind.ty);
                let (fields, locals) = self.nested(|l| l.field_blocks(body.id, &body.stmts, &target));
                let entry = EntryRef { kind: module, name: Symbol::new(""), kubernetes: None, within: None };
                push(out, TuneTarget::Entry(entry), FieldBlocks { locals, ..fields }, None);
                return;
            }
            let Some(sig) = self.sigs.modules.get(&module).cloned() else {
                let known: Vec<Symbol> = self.sigs.modules.keys().copied().collect();
                self.unknown(
                    &code::TUNES_NOTHING,
                    only.id(),
                    format!("there is no module `{module}`"),
                    &module,
                    known.iter().map(|s| s.as_str()),
                );
                return;
            };
            let (fields, locals) = self.nested(|l| l.option_blocks(body.id, &body.stmts, &sig));
            push(out, TuneTarget::Module(module), FieldBlocks { locals, ..fields }, None);
            return;
        }
        let Some(kind) = head.words.first().and_then(ast::Key::literal) else { return };
        let Some(sig) = self.sigs.kinds.get(&kind).cloned() else {
            let known: Vec<Symbol> = self.sigs.kinds.keys().copied().collect();
            self.unknown(
                &code::UNKNOWN_KIND,
                head.words[0].id(),
                format!("there is no kind `{kind}`"),
                &kind,
                known.iter().map(|s| s.as_str()),
            );
            return;
        };
        if !self.in_reach(head.words[0].id(), &sig, "tune") {
            return;
        }
        let body = match Signatures::scope_kind(kind) {
            Some(scope) => self.scope_body(scope, body),
            None => {
                let target = self.target_of(&sig.ty);
                let (fields, locals) = self.nested(|l| l.field_blocks(body.id, &body.stmts, &target));
                IrBody { fields: FieldBlocks { locals, ..fields }, statements: None }
            }
        };
        let IrBody { fields, statements } = body;
        match entry_refs(head).into_iter().next() {
            Some(entry) => {
                if self.known_entry(head, &entry, false) {
                    push(out, TuneTarget::Entry(entry), fields, statements);
                }
            }
            None => {
                let (kubernetes, name) = match head.words.as_slice() {
                    [_, kubernetes, name] => (Some(self.key(kubernetes)), self.key(name)),
                    [_, name] => (None, self.key(name)),
                    _ => return,
                };
                let within = head.within.as_ref().map(|k| self.key(k));
                push(out, TuneTarget::Computed { kind, kubernetes, name, within }, fields, statements);
            }
        }
    }

    /// Does the statement reach what it would change? Modules of the site see their clusters when these are finished; `each`
    /// goes through what is in the scope that it stands in, or inside of it.
    fn in_reach(&mut self, node: ast::NodeId, sig: &kss_ir::KindSig, word: &str) -> bool {
        let Around::Scope(here) = self.around else { return true };
        // A node is a machine.
        let lives = if sig.name == "machine" && here != ScopeKind::Site { Some(ScopeKind::Node) } else { sig.scope };
        let Some(lives) = lives else { return true };
        let depth = |scope| match scope {
            ScopeKind::Site => 0,
            ScopeKind::Cluster => 1,
            ScopeKind::Machine | ScopeKind::Node => 2,
        };
        let of_cluster = sig.name == "cluster" || matches!(lives, ScopeKind::Cluster | ScopeKind::Node);
        let kind = sig.name;
        let (message, help) = match self.module {
            Some(_) if here == ScopeKind::Site && of_cluster => (
                format!(
                    "`{word} {kind}` in a module of the site reaches no cluster: the site sees them when they are finished"
                ),
                format!("write it in the body of the site, or `{word} {kind}` in a module for clusters"),
            ),
            _ if word == "each"
                && (depth(here) > depth(lives)
                    || depth(here) == depth(lives) && Signatures::scope_kind(kind) == Some(here)) =>
            {
                let (around, here) = (lives.word(), here.word());
                let message = format!(
                    "`each {kind}` in a {here} would go through what is around it: a {kind} is declared in a {around}"
                );
                (message, format!("write it in the body of the {around}"))
            }
            _ => return true,
        };
        let at = self.at(node);
        self.report(code::WRONG_SCOPE.at(at, message).help(help));
        false
    }

    /// Which modules are in use is known without a value.
    fn no_use_below_where(&mut self, body: &ast::Block) {
        for stmt in body.stmts.iter().filter(|stmt| matches!(stmt.kind, ast::StmtKind::Use { .. })) {
            let at = self.at(stmt.id);
            let message = "`use` can't stand below `where`: which modules are in use is known without a value";
            self.report(code::MISPLACED.at(at, message).help("write `use` in the bodies of those that are meant"));
        }
    }

    pub(crate) fn each(
        &mut self,
        stmt: &ast::Stmt,
        kind: ast::Name,
        filter: Option<&ast::Expr>,
        body: &ast::Block,
        chain: &[Ctl],
        out: &mut Statements,
    ) {
        self.static_only(stmt, "each", chain);
        if filter.is_some() {
            self.no_use_below_where(body);
        }
        let Some(sig) = self.sigs.kinds.get(&kind.text).cloned() else {
            let known: Vec<Symbol> = self.sigs.kinds.keys().copied().collect();
            self.unknown(
                &code::UNKNOWN_KIND,
                kind.id,
                format!("there is no kind `{}`", kind.text),
                &kind.text,
                known.iter().map(|s| s.as_str()),
            );
            return;
        };
        if !self.in_reach(kind.id, &sig, "each") {
            return;
        }
        let (filter_ir, locals) = self.nested(|l| {
            let outer = l.self_kind.replace(kind.text);
            let ir = filter.map(|f| l.condition(f));
            l.self_kind = outer;
            ir
        });
        let scope = Signatures::scope_kind(kind.text);
        let body = match scope {
            Some(scope) => self.each_body(scope, body),
            None => {
                let target = self.target_of(&sig.ty);
                let (fields, locals) = self.nested(|l| l.field_blocks(body.id, &body.stmts, &target));
                IrBody { fields: FieldBlocks { locals, ..fields }, statements: None }
            }
        };
        out.eaches.push(Arc::new(Each { node: stmt.id.0, kind: kind.text, filter: filter_ir, body, locals }));
    }
}
