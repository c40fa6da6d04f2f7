//! A module: options, needs, what it provides, and its statements.

use super::block::Target;
use super::{Around, Lower};
use crate::ModuleSig;
use crate::index::Usage;
use crate::signatures::need_path;
use kss_diag::code;
use kss_ir::{Ctl, FieldBlocks, FnId, FnIr, Ignore, ModuleIr, Need, OptionIr, Path, Provide, Statements, Ty};
use kss_span::{Symbol, SymbolMap};
use kss_syntax::ast::{self, StmtKind};
use kss_value::ScopeKind;
use std::sync::Arc;

impl<'a> Lower<'a> {
    /// Lowers module `sig`.
    pub(crate) fn module(
        &mut self,
        sig: &'a ModuleSig,
        body: &ast::Block,
        fns: &mut Vec<(FnId, Arc<FnIr>)>,
    ) -> ModuleIr {
        self.module = Some(sig);
        self.around = Around::Scope(sig.scope);
        self.facts = self.base_facts();
        self.announce_lets(&body.stmts);
        self.check_options_hide_nothing(sig);
        let mut ir = ModuleIr {
            item: self.item,
            node: sig.node,
            name: sig.name,
            doc: sig.doc.clone(),
            scope: sig.scope,
            phase: None,
            options: SymbolMap::default(),
            namespace: sig.namespace,
            needs: Vec::new(),
            provides: Vec::new(),
            ignores: Vec::new(),
            body: Statements::default(),
            reads: Default::default(),
            options_read: Default::default(),
        };
        let mut chain = Vec::new();
        for stmt in &body.stmts {
            self.module_statement(stmt, &mut chain, &mut ir, fns);
        }
        let names: Vec<Symbol> = self.lets.keys().copied().collect();
        self.finish_lets(&names, &mut ir.body);
        ir.reads = self.reads.clone();
        ir.options_read = self.options_read.clone();
        ir
    }

    fn check_options_hide_nothing(&mut self, sig: &ModuleSig) {
        for (name, option) in &sig.options {
            if let Some((place, what)) = self.hidden_of_file(*name) {
                let message = format!("option `{name}` would hide {what} of the same name");
                let diag = code::HIDES_NAME.at(self.at(ast::NodeId(option.node)), message);
                let diag = place.into_iter().fold(diag, |diag, place| diag.also(place, "declared here"));
                self.report(diag.help("choose another name"));
            }
            let need = sig.needs.iter().find(|(p, _, _)| *p == Path::Own(*name));
            if let Some((_, _, node)) = need {
                let (at, other) = (self.at(ast::NodeId(option.node)), self.at(ast::NodeId(*node)));
                let message = format!("option `{name}` would hide the capability of the same name");
                self.report(code::HIDES_NAME.at(at, message).also(other, "needed here").help("choose another name"));
            }
        }
    }

    fn module_statement(
        &mut self,
        stmt: &ast::Stmt,
        chain: &mut Vec<Ctl>,
        ir: &mut ModuleIr,
        fns: &mut Vec<(FnId, Arc<FnIr>)>,
    ) {
        match &stmt.kind {
            StmtKind::Option { private, name, ty, default, refine } => {
                let known = self.module.and_then(|m| m.options.get(&name.text)).map(|o| o.ty.clone());
                let option_ty = known.unwrap_or(Ty::Error);
                let _ = ty;
                let (value, locals) = self.framed(|l| default.as_ref().map(|d| l.check(d, &option_ty)));
                let refine = refine.as_ref().map(|r| Arc::new(self.lower_where(r, &option_ty)));
                let option = OptionIr {
                    node: stmt.id.0,
                    ty: option_ty,
                    doc: stmt.doc.clone(),
                    private: *private,
                    default: value,
                    refine,
                    locals,
                };
                ir.options.insert(name.text, option);
            }
            StmtKind::Needs { path, optional } => self.needs(stmt, path, *optional, ir),
            StmtKind::Provide { name, body } => self.provide(stmt, *name, body, ir),
            StmtKind::Ignore { path, .. } => self.ignore(stmt, path, ir),
            StmtKind::Fn { name, params, body: Some(body), .. } => {
                let Some(sig) = self.module.and_then(|m| m.fns.get(&name.text)).cloned() else { return };
                let function = self.function(name.text, params, &sig.params, &sig.result, body);
                fns.push((sig.id, Arc::new(function)));
            }
            StmtKind::Type { .. } | StmtKind::Let { .. } => {}
            StmtKind::Field(field) if is_phase(field) => self.phase(stmt, field, ir),
            StmtKind::Remove { .. } => {
                self.misplaced(stmt, "a module removes nothing that others declared; the site's or cluster's body may")
            }
            _ => self.deeper(|l| {
                let slots = (l.next_slot, l.max_slot);
                (l.next_slot, l.max_slot) = (0, 0);
                l.statement(stmt, chain, &mut ir.body);
                (l.next_slot, l.max_slot) = slots;
            }),
        }
    }

    fn phase(&mut self, stmt: &ast::Stmt, field: &ast::Field, ir: &mut ModuleIr) {
        let Some(ast::FieldValue::Expr(value)) = &field.value else {
            self.misplaced(stmt, "write `phase = NAME`");
            return;
        };
        let word = Symbol::new("phase");
        if let Some(key) = field.path.first() {
            self.refer(key.id(), Usage::Write, |_| Some(crate::index::Target::Implicit(word)));
        }
        let phase = self.sigs.prelude.get(&Symbol::new("Phase")).and_then(|i| self.sigs.types.get(i)).cloned();
        let phase = phase.unwrap_or(Ty::Error);
        let value = self.check(value, &phase);
        if let kss_ir::ExprKind::Case { name, .. } = *value.kind {
            ir.phase = Some((name, stmt.id.0));
        }
    }

    fn needs(&mut self, stmt: &ast::Stmt, path: &[ast::Name], optional: bool, ir: &mut ModuleIr) {
        let Some(need) = need_path(path) else {
            self.misplaced(stmt, "write `needs CAPABILITY`, `needs site.CAPABILITY` or `needs site.FIELD`");
            return;
        };
        let site_module = ir.scope == ScopeKind::Site;
        match &need {
            Path::Own(name) | Path::Site(name) => {
                let Some(sig) = self.sigs.capabilities.get(name).cloned() else {
                    if let Path::Site(_) = need
                        && self.entry_field_type(Symbol::new("site"), *name).is_some()
                    {
                        ir.needs.push(Need { node: stmt.id.0, path: Path::Field(vec![*name]), optional });
                        return;
                    }
                    let known: Vec<Symbol> = self.sigs.capabilities.keys().copied().collect();
                    let last = path.last().map_or(stmt.id, |n| n.id);
                    let message = format!("there is no capability `{name}`");
                    self.unknown(&code::UNKNOWN_NAME, last, message, name, known.iter().map(|s| s.as_str()));
                    return;
                };
                let own = matches!(need, Path::Own(_));
                let fits = if own {
                    sig.scope == ir.scope || (sig.scope == ScopeKind::Machine && ir.scope == ScopeKind::Node)
                } else {
                    sig.scope == ScopeKind::Site
                };
                if !fits {
                    let at = self.at(stmt.id);
                    let scope = sig.scope.word();
                    let message = format!("capability `{name}` is of the {scope}, not of the {}", ir.scope.word());
                    let mut diag = code::WRONG_SCOPE.at(at, message).also(sig.origin, format!("per {scope}"));
                    if sig.scope == ScopeKind::Site && !site_module {
                        diag = diag.help(format!("write `needs site.{name}`"));
                    }
                    self.report(diag);
                    return;
                }
            }
            Path::Field(names) => {
                let mut ty = Ty::Ref(Symbol::new("site"));
                for (name, written) in names.iter().zip(&path[1..]) {
                    let Some(next) = self.entry_field_of(super::strip(&ty), *name) else {
                        let known = self.fields_of(&ty);
                        let message = format!("`{}` has no field `{name}`", self.show(&ty));
                        self.unknown(&code::UNKNOWN_FIELD, written.id, message, name, known.iter().map(|s| s.as_str()));
                        return;
                    };
                    ty = next;
                }
                if !matches!(ty, Ty::Optional(_)) {
                    let at = self.at(stmt.id);
                    self.report(
                        code::TYPE_MISMATCH
                            .at(at, "this is always there, so nothing has to need it")
                            .help("remove the line"),
                    );
                }
            }
        }
        ir.needs.push(Need { node: stmt.id.0, path: need, optional });
    }

    fn provide(&mut self, stmt: &ast::Stmt, name: ast::Name, body: &ast::Block, ir: &mut ModuleIr) {
        let Some(sig) = self.sigs.capabilities.get(&name.text).cloned() else {
            let known: Vec<Symbol> = self.sigs.capabilities.keys().copied().collect();
            let message = format!("there is no capability `{}`", name.text);
            self.unknown(&code::UNKNOWN_NAME, name.id, message, &name.text, known.iter().map(|s| s.as_str()));
            return;
        };
        let fits = sig.scope == ir.scope
            || (sig.scope == ScopeKind::Machine && ir.scope == ScopeKind::Node)
            // What a machine of the site offers to all: a registry, a vault.
            || (sig.scope == ScopeKind::Site && ir.scope == ScopeKind::Machine);
        if !fits {
            let at = self.at(stmt.id);
            let (of, here) = (sig.scope.word(), ir.scope.word());
            self.report(
                code::WRONG_SCOPE
                    .at(at, format!("capability `{}` is of the {of}, and the module is for a {here}", name.text))
                    .also(sig.origin, format!("per {of}")),
            );
        }
        let first = ir.provides.iter().find(|p| p.capability == name.text).map(|p| self.at(ast::NodeId(p.node)));
        if let Some(first) = first {
            let message = format!("module `{}` provides `{}` twice", ir.name, name.text);
            let diag = code::DECLARED_TWICE.at(self.at(name.id), message).label("again").also(first, "the first");
            self.report(diag.help("put both into one `provide`"));
            return;
        }
        let target: Target = self.target_of(&sig.ty);
        let (fields, locals) = self.framed(|l| l.field_blocks(body.id, &body.stmts, &target));
        self.missing_in_provide(&sig, body, &fields);
        let fields = FieldBlocks { locals, ..fields };
        ir.provides.push(Provide { node: name.id.0, capability: name.text, fields });
    }

    /// A capability's record is complete without evaluating.
    fn missing_in_provide(&mut self, sig: &kss_ir::CapabilitySig, body: &ast::Block, fields: &FieldBlocks) {
        let Some(def) = self.sigs.record_of(&sig.ty).cloned() else { return };
        let missing: Vec<&kss_ir::FieldSig> =
            def.fields.iter().filter(|f| !f.has_default && !fields.fields.contains_key(&f.name)).collect();
        if missing.is_empty() || fields.rest.is_some() {
            return;
        }
        let names: Vec<String> = missing.iter().map(|f| format!("`{}`", f.name)).collect();
        let at = self.at(body.id);
        let mut diag = code::MISSING_FIELD.at(at, format!("`provide {}` lacks {}", sig.name, names.join(", ")));
        for field in missing.iter().take(3) {
            diag = diag.also(field.origin, format!("`{}` has no default", field.name));
        }
        self.report(diag);
    }

    fn ignore(&mut self, stmt: &ast::Stmt, path: &[ast::Name], ir: &mut ModuleIr) {
        let [kind, field] = path else {
            self.misplaced(stmt, "write `ignore INTENT.FIELD because \"…\"`");
            return;
        };
        if !self.sigs.kinds.contains_key(&kind.text) {
            let known: Vec<Symbol> = self.sigs.kinds.keys().copied().collect();
            let message = format!("there is no intent `{}`", kind.text);
            self.unknown(&code::UNKNOWN_KIND, kind.id, message, &kind.text, known.iter().map(|s| s.as_str()));
            return;
        }
        if self.entry_field_type(kind.text, field.text).is_none() {
            let known = self.fields_of(&Ty::Ref(kind.text));
            let message = format!("`{}` has no field `{}`", kind.text, field.text);
            self.unknown(&code::UNKNOWN_FIELD, field.id, message, &field.text, known.iter().map(|s| s.as_str()));
            return;
        }
        ir.ignores.push(Ignore { node: stmt.id.0, kind: kind.text, field: field.text });
    }
}

fn is_phase(field: &ast::Field) -> bool {
    matches!(field.path.as_slice(), [ast::Key::Bare(name)] if name.text == "phase") && field.ty.is_none()
}
