//! What a bare word means.

use super::{Around, LetState, Lower, error_expr, expr};
use crate::Signatures;
use crate::index::Usage;
use crate::signatures::{Found, Resolver};
use kss_diag::code;
use kss_ir::{Expr, ExprKind, Path, Ty};
use kss_span::{Origin, Symbol};
use kss_syntax::ast::{self, NodeId, StmtKind};
use kss_value::ScopeKind;
use std::sync::Arc;

impl Lower<'_> {
    /// The value that `name` stands for, if it is a name here.
    pub(crate) fn name(&mut self, node: NodeId, name: Symbol) -> Option<(Expr, Ty)> {
        let found = self.find_name(node, name)?;
        self.refer(node, Usage::Read, |l| l.target_of_value(&found.0));
        Some(found)
    }

    fn find_name(&mut self, node: NodeId, name: Symbol) -> Option<(Expr, Ty)> {
        if !self.is_quiet() {
            self.used_names.insert(name);
        }
        if let Some(local) = self.locals.iter_mut().rev().find(|l| l.name == name) {
            local.used = true;
            let (slot, ty, key) = (local.slot, local.ty.clone(), local.key);
            let value = expr(node, ExprKind::Local(slot));
            let value = match key {
                true => expr(node, ExprKind::Coerce { value, to: kss_ir::Coercion::To(ty.clone()) }),
                false => value,
            };
            return Some((value, ty));
        }
        self.self_name(node, name)
            .or_else(|| self.module_name(node, name))
            .or_else(|| self.scope_word(node, name))
            .or_else(|| self.file_name(node, name))
    }

    /// A sibling, in the body of a type or of a filter.
    fn self_name(&mut self, node: NodeId, name: Symbol) -> Option<(Expr, Ty)> {
        if let Some(kind) = self.self_kind {
            let me = (expr(node, ExprKind::SelfRef), Ty::Ref(kind));
            let known = self.quietly(|l| l.entry_field_type(kind, name));
            return known.and_then(|_| self.field_of(me.0, &me.1, name, node, false));
        }
        let id = self.self_record?;
        if let Some(found) = self.self_structure(node, id, name) {
            return Some(found);
        }
        let ty = self.self_field_type(id, name)?;
        if !self.is_quiet() {
            self.self_reads.insert(name);
        }
        Some((expr(node, ExprKind::SelfField(name)), ty))
    }

    /// `node` inside `type Cluster`: the entries of the collection, not records.
    fn self_structure(&mut self, node: NodeId, id: kss_ir::RecordId, name: Symbol) -> Option<(Expr, Ty)> {
        let scope = self.sigs.scope_types.iter().find(|(_, record)| **record == id).map(|(scope, _)| *scope)?;
        let kind = self.sigs.kinds.get(&name)?;
        if kind.usage != kss_ir::KindUse::Structure || kind.scope != Some(scope) {
            return None;
        }
        let ty = Ty::Map(Arc::new(Ty::Scalar(kss_value::scalar::ScalarType::Name)), Arc::new(Ty::Ref(name)));
        let scope = expr(node, ExprKind::SelfRef);
        Some((expr(node, ExprKind::Members { scope, kind: name, all: false }), ty))
    }

    fn self_field_type(&self, id: kss_ir::RecordId, name: Symbol) -> Option<Ty> {
        let def = self.sigs.records.get(&id)?;
        let declared = def.field(name).map(|f| f.ty.clone()).or_else(|| def.let_(name).map(|l| l.ty.clone()));
        if declared.is_some() {
            return declared;
        }
        let kind = self.sigs.kind_of_record.get(&id).copied();
        match name.as_str() {
            "name" => Some(Ty::Scalar(kss_value::scalar::ScalarType::Name)),
            "namespace" if kind.is_some() => kind.and_then(|k| self.implicit_field(k, name)),
            _ => None,
        }
    }

    /// An option, `let` or capability of the module or scope around.
    fn module_name(&mut self, node: NodeId, name: Symbol) -> Option<(Expr, Ty)> {
        if let Some(module) = self.module {
            if let Some(option) = module.options.get(&name) {
                if !self.is_quiet() {
                    self.options_read.insert(name);
                }
                return Some((expr(node, ExprKind::Module(name)), option.ty.clone()));
            }
            let need = module.needs.iter().find(|(path, _, _)| *path == Path::Own(name));
            if let Some((_, optional, _)) = need {
                return Some(self.capability(node, name, module.scope == ScopeKind::Site, *optional));
            }
        }
        if self.lets.contains_key(&name) {
            // Its value would be asked for again when the site is evaluated, and the circle be told twice.
            let circle = matches!(self.lets.get(&name), Some(LetState::Busy));
            let ty = self.let_type(node, name);
            return Some((if circle { error_expr(node) } else { expr(node, ExprKind::Module(name)) }, ty));
        }
        None
    }

    pub(crate) fn capability(&self, node: NodeId, name: Symbol, site: bool, optional: bool) -> (Expr, Ty) {
        let ty = if self.sigs.capabilities.contains_key(&name) { Ty::Capability(name) } else { Ty::Error };
        let ty = if optional { Ty::Optional(Arc::new(ty)) } else { ty };
        (expr(node, ExprKind::Capability { name, site, optional }), ty)
    }

    /// Type of a `let` of the module or scope; lowers it if nobody has.
    pub(crate) fn let_type(&mut self, node: NodeId, name: Symbol) -> Ty {
        match self.lets.get(&name).cloned() {
            Some(LetState::Done(ir)) => ir.ty.clone(),
            Some(LetState::Busy) => {
                let from = self.busy_lets.iter().position(|busy| *busy == name).unwrap_or(0);
                let circle: Vec<String> = self.busy_lets[from..].iter().map(|busy| format!("`{busy}`")).collect();
                let message = format!("the value of `{name}` needs itself");
                let report = code::FIELD_CYCLE.at(self.at(node), message);
                let report = report.note(format!("{} → `{name}`", circle.join(" → ")));
                self.report(report.help("give one of them a value of its own"));
                Ty::Error
            }
            Some(LetState::Waiting(stmt, locals)) => {
                self.lets.insert(name, LetState::Busy);
                self.busy_lets.push(name);
                let quiet = std::mem::take(&mut self.quiet);
                let (kind, record) = (self.self_kind.take(), self.self_record.take());
                let facts = std::mem::take(&mut self.facts);
                self.facts = self.base_facts();
                let ir = match locals.is_empty() {
                    true => self.lower_let(&stmt),
                    false => self.with_locals(locals, |l| l.lower_let_here(&stmt)),
                };
                self.busy_lets.pop();
                self.facts = facts;
                self.quiet = quiet;
                (self.self_kind, self.self_record) = (kind, record);
                let ty = ir.as_ref().map_or(Ty::Error, |ir| ir.ty.clone());
                if let Some(ir) = ir {
                    self.lets.insert(name, LetState::Done(ir));
                }
                ty
            }
            None => Ty::Error,
        }
    }

    /// `site`, `cluster`, `machine`, `node`, `owner`
    fn scope_word(&mut self, node: NodeId, name: Symbol) -> Option<(Expr, Ty)> {
        if name == "owner" && self.around == Around::Type {
            return Some((expr(node, ExprKind::Owner), Ty::Module));
        }
        let scope = Signatures::scope_kind(name)?;
        if !self.scope_is_around(scope) {
            return None;
        }
        if self.is_being_written(scope) {
            let message = format!("`{name}` is what is being written here, so its fields aren't seen");
            self.report(code::UNKNOWN_NAME.at(self.at(node), message).help(super::unknown::NAME_IT));
            return Some((error_expr(node), Ty::Error));
        }
        let kind = match (scope, self.around) {
            (ScopeKind::Machine, Around::Scope(ScopeKind::Node)) => Symbol::new("node"),
            _ => name,
        };
        Some((expr(node, ExprKind::Scope(scope)), Ty::Ref(kind)))
    }

    /// Does the word for `scope` mean the node or machine whose own fields are lowered?
    pub(super) fn is_being_written(&self, scope: ScopeKind) -> bool {
        match (self.being_written, scope) {
            (Some(ScopeKind::Node), ScopeKind::Machine) => true,
            (being, scope) => being == Some(scope),
        }
    }

    pub(crate) fn scope_is_around(&self, scope: ScopeKind) -> bool {
        match (self.around, scope) {
            (Around::Type, _) | (_, ScopeKind::Site) => true,
            (Around::Scope(ScopeKind::Site), _) => false,
            (Around::Scope(ScopeKind::Machine), s) => s == ScopeKind::Machine,
            (Around::Scope(ScopeKind::Cluster), s) => s == ScopeKind::Cluster,
            (Around::Scope(ScopeKind::Node), _) => true,
        }
    }

    /// A `let` of the file or imported; `kss`, the program itself in tests.
    fn file_name(&mut self, node: NodeId, name: Symbol) -> Option<(Expr, Ty)> {
        if let Some(found) = self.scope_by_name(node, name) {
            return Some(found);
        }
        let item = self.sigs.lookup(self.file, name)?;
        if let Some(kind) = item.key().name.split(' ').next()
            && matches!(kind, "site" | "cluster")
            && self.around == Around::Type
        {
            return None;
        }
        let stmt = self.sigs.lets.get(&item)?.clone();
        let ty = self.file_let_type(item, &stmt);
        Some((expr(node, ExprKind::FileLet(item)), ty))
    }

    /// In a test: a cluster or site by its name.
    fn scope_by_name(&self, node: NodeId, name: Symbol) -> Option<(Expr, Ty)> {
        if !self.in_test {
            return None;
        }
        let kind = if self.sigs.clusters.contains_key(&name) {
            "cluster"
        } else if self.sigs.sites.contains_key(&name) {
            "site"
        } else {
            return None;
        };
        let kind = Symbol::new(kind);
        let entry = kss_ir::NameRef { kind, name: kss_ir::Key::Name(name, node.0), within: None, module: None };
        Some((expr(node, ExprKind::Entry(entry)), Ty::Ref(kind)))
    }

    fn file_let_type(&mut self, item: kss_span::ItemId, stmt: &ast::Stmt) -> Ty {
        if let Some(ty) = self.file_lets.get(&item) {
            return ty.clone();
        }
        // Another file's value: its type is found anew, its diagnostics belong to its own item.
        let mut other = Lower::new(self.sigs, item);
        other.file_lets = self.file_lets.clone();
        other.file_lets.insert(item, Ty::Error);
        let ty = other.lower_let(stmt).map_or(Ty::Error, |ir| ir.ty.clone());
        self.file_lets.insert(item, ty.clone());
        ty
    }

    /// All names that could stand here.
    pub(crate) fn names(&self) -> Vec<Symbol> {
        let mut out: Vec<Symbol> = self.locals.iter().map(|l| l.name).collect();
        if let Some(def) = self.self_record.and_then(|id| self.sigs.records.get(&id)) {
            out.extend(def.fields.iter().map(|f| f.name).chain(def.lets.iter().map(|l| l.name)));
        }
        if let Some(module) = self.module {
            out.extend(module.options.keys().copied());
            out.extend(module.needs.iter().filter_map(|(p, _, _)| match p {
                Path::Own(name) => Some(*name),
                _ => None,
            }));
        }
        out.extend(self.lets.keys().copied());
        out.extend(["site", "cluster", "machine", "node"].map(Symbol::new));
        let file = self.sigs.files.get(&self.file);
        let mut of_file: Vec<Symbol> =
            file.into_iter().flat_map(|f| f.own.keys().chain(f.imports.keys())).copied().collect();
        of_file.sort();
        out.extend(of_file);
        out
    }

    /// "A name that would hide another is an error."
    pub(crate) fn check_hiding(&mut self, name: ast::Name) {
        let at = self.at(name.id);
        if let Some((place, what)) = self.hidden_by(name.text) {
            let message = format!("`{}` would hide {what} of the same name", name.text);
            let mut diag = code::HIDES_NAME.at(at, message);
            if let Some(place) = place {
                diag = diag.also(place, "declared here");
            }
            self.report(diag.help("choose another name"));
        }
    }

    /// What `name` means here before it is declared, and where that stands.
    fn hidden_by(&self, name: Symbol) -> Option<(Option<Origin>, &'static str)> {
        let here = |node: u32| Some(self.at(NodeId(node)));
        if let Some(local) = self.locals.iter().rev().find(|l| l.name == name) {
            return Some((here(local.node), "a variable"));
        }
        if let Some(module) = self.module {
            if let Some(option) = module.options.get(&name) {
                return Some((here(option.node), "an option of this module"));
            }
            if let Some((_, _, node)) = module.needs.iter().find(|(path, _, _)| *path == Path::Own(name)) {
                return Some((here(*node), "a capability that this module needs"));
            }
            if let Some(function) = module.fns.get(&name) {
                return Some((here(function.id.node), "a function of this module"));
            }
        }
        match self.lets.get(&name) {
            Some(LetState::Waiting(stmt, _)) => return Some((here(stmt.id.0), "a `let`")),
            Some(LetState::Done(ir)) => return Some((here(ir.origin.node), "a `let`")),
            Some(LetState::Busy) => return Some((None, "a `let`")),
            None => {}
        }
        let record = self.self_record.and_then(|id| self.sigs.records.get(&id));
        if let Some(function) = record.and_then(|def| def.fns.iter().find(|f| f.name == name)) {
            return Some((Some(Origin::new(function.id.item, function.id.node)), "a function of this type"));
        }
        let scope = Signatures::scope_kind(name).is_some_and(|s| self.scope_is_around(s));
        // No entry is reached by its kind and name from a function or type of a file.
        let kind = self.sigs.kinds.get(&name).filter(|_| self.around != Around::Type);
        let kind = kind.map(|kind| (Some(kind.origin), "the kind of entries"));
        self.hidden_of_file(name).or_else(|| scope.then_some((None, "the scope around"))).or(kind)
    }

    /// A value or function of this file, of one that it imports from, or of the library's core.
    pub(super) fn hidden_of_file(&self, name: Symbol) -> Option<(Option<Origin>, &'static str)> {
        let item = self.sigs.lookup(self.file, name).filter(|item| *item != self.item)?;
        if let Some(stmt) = self.sigs.lets.get(&item) {
            return Some((Some(Origin::new(item, stmt.id.0)), "a `let` of the file"));
        }
        let function = self.sigs.fns.get(&item)?;
        let what = if function.builtin { "the built-in function" } else { "a function" };
        Some((Some(Origin::new(function.id.item, function.id.node)), what))
    }

    /// Lowers `let NAME : T = value where …`.
    pub(crate) fn lower_let(&mut self, stmt: &ast::Stmt) -> Option<Arc<kss_ir::LetIr>> {
        self.framed(|l| l.lower_let_here(stmt)).0
    }

    /// The same in the frame around.
    fn lower_let_here(&mut self, stmt: &ast::Stmt) -> Option<Arc<kss_ir::LetIr>> {
        let StmtKind::Let { name, ty, value, refine } = &stmt.kind else { return None };
        let (value, ty) = match ty {
            Some(ty) => {
                let ty = self.resolve_type(ty, name.text);
                (self.check(value, &ty), ty)
            }
            None => self.infer(value),
        };
        self.note_type(name.id, &ty);
        self.holds_something(*name, &ty);
        let locals = self.max_slot;
        let refine = refine.as_ref().map(|r| Arc::new(self.lower_where(r, &ty)));
        let origin = self.at(stmt.id);
        Some(Arc::new(kss_ir::LetIr { origin, ty, value, refine, locals, doc: stmt.doc.clone() }))
    }

    /// A type written inside a body (parameters of patterns, `let`s): declared records in it were registered before.
    pub(crate) fn resolve_type(&mut self, ty: &ast::Type, hint: Symbol) -> Ty {
        let cx = self.type_cx();
        let mut resolver = Resolver { sigs: self.sigs, vars: false, out: Found::default() };
        let resolved = resolver.resolve(cx, ty, hint);
        let found = resolver.out;
        if !found.records.is_empty() || !found.unions.is_empty() {
            let at = self.at(ty.id);
            self.report(
                code::NEEDS_TYPE
                    .at(at, "a record or union type has to be declared")
                    .help("write `type NAME = …` in the module or file and use its name here"),
            );
            return Ty::Error;
        }
        for diag in found.diags {
            self.report(diag);
        }
        resolved
    }
}

pub(crate) fn case_names(union: &kss_ir::UnionDef) -> Vec<Symbol> {
    let cases = union.alternatives.iter().filter_map(|a| match a {
        kss_ir::Alternative::Case { name, .. } => Some(*name),
        kss_ir::Alternative::Type(_) => None,
    });
    cases.collect()
}
