//! `a.b`: fields of entries, records, capabilities, scalars; entries of kinds; members of scopes.

use super::facts::path_key;
use super::field_types::method_result;
use super::{Lower, error_expr, expr, strip};
use crate::Signatures;
use crate::index::{Cursor, Target, Usage};
use crate::signatures::optional;
use kss_diag::code;
use kss_ir::{Cardinality, Expr, ExprKind, Key, KindSig, NameRef, Path, Ty};
use kss_span::Symbol;
use kss_syntax::ast::{self, NodeId};
use kss_value::ScopeKind;
use kss_value::scalar::{ScalarType, method_type};
use std::sync::Arc;

impl Lower<'_> {
    pub(crate) fn member(&mut self, whole: &ast::Expr, base: &ast::Expr, key: &ast::Key, opt: bool) -> (Expr, Ty) {
        if key.literal().is_some_and(|name| self.is_marker(name)) {
            self.member_at_cursor(base);
            return (error_expr(whole.id), Ty::Error);
        }
        let (value, ty) = self.member_raw(whole, base, key, opt);
        match path_key(whole).and_then(|p| self.fact(&p)) {
            Some(proven) => (value, proven),
            None => (value, ty),
        }
    }

    fn member_raw(&mut self, whole: &ast::Expr, base: &ast::Expr, key: &ast::Key, opt: bool) -> (Expr, Ty) {
        if let Some(found) = self.scope_members(whole, base, key) {
            return found;
        }
        if let Some(found) = self.kind_entry(whole, base, key) {
            return found;
        }
        if let Some(found) = self.site_capability(whole, base, key) {
            return found;
        }
        if let ast::ExprKind::Name(word) = &base.kind
            && let ast::Key::Bare(name) = key
            && !name.is_missing()
            && Signatures::scope_kind(*word).is_some_and(|scope| self.is_being_written(scope))
            && self.entry_field_type(*word, name.text).is_none()
            && let Some(around) = scope_itself(base, &Ty::Ref(*word))
        {
            self.no_sibling(*name, &Ty::Ref(*word), around);
            return (error_expr(whole.id), Ty::Error);
        }
        let (value, ty) = self.infer(base);
        match key {
            ast::Key::Bare(name) if name.is_missing() => (error_expr(whole.id), Ty::Error),
            ast::Key::Bare(name) => {
                self.refer_field(name.id, Usage::Read, &ty, name.text);
                self.refer_member(name.id, &value, name.text);
                let (value, result) = match self.field_of(value, &ty, name.text, whole.id, opt) {
                    Some(found) => found,
                    None => {
                        match scope_itself(base, &ty) {
                            Some(around) => self.no_sibling(*name, &ty, around),
                            None => self.no_field(&ty, *name),
                        }
                        (error_expr(whole.id), Ty::Error)
                    }
                };
                self.note_type(name.id, &result);
                (value, result)
            }
            ast::Key::Quoted(text) => self.index(whole, value, &ty, text, opt),
            ast::Key::Range { id, .. } => {
                (self.error(&code::UNEXPECTED_TOKEN, *id, "a range of names stands in a head only"), Ty::Error)
            }
        }
    }

    /// What could stand behind the dot.
    fn member_at_cursor(&mut self, base: &ast::Expr) {
        let cursor = match &base.kind {
            ast::ExprKind::Name(kind) if self.sigs.kinds.contains_key(kind) && !self.is_name(*kind) => {
                Cursor::Entry(*kind)
            }
            ast::ExprKind::Member { base: scope, key: ast::Key::Bare(all), .. }
                if all.text == "all" && matches!(self.quietly(|l| l.infer(scope).1), Ty::Ref(_)) =>
            {
                Cursor::Kind
            }
            _ => Cursor::Member(self.infer(base).1),
        };
        self.at_cursor(cursor);
    }

    fn index(&mut self, whole: &ast::Expr, base: Expr, ty: &Ty, key: &ast::Text, opt: bool) -> (Expr, Ty) {
        if let Some(name) = key.literal() {
            return match self.field_of(base, ty, name, whole.id, opt) {
                Some(found) => found,
                None => {
                    self.no_field(ty, ast::Name { id: key.id, text: name });
                    (error_expr(whole.id), Ty::Error)
                }
            };
        }
        let result = match strip(ty) {
            Ty::Map(_, value) => (**value).clone(),
            Ty::Data | Ty::Error => Ty::Data,
            // A record that was written without a type, as a loop sees it: a map of what its fields have in common.
            Ty::Struct(fields) if !fields.is_empty() => {
                let values = fields.iter().map(|(_, ty)| (error_expr(whole.id), ty.clone())).collect();
                self.unify(whole.id, values).1
            }
            other => {
                let shown = self.show(other);
                return (
                    self.error(&code::TYPE_MISMATCH, whole.id, format!("`{shown}` has no computed keys")),
                    Ty::Error,
                );
            }
        };
        let (key, _) = self.text(key);
        let result = if opt { optional(result) } else { result };
        (expr(whole.id, ExprKind::Index { base, key, optional: opt }), result)
    }

    /// `scope.all.kind`, `capability.all`
    fn scope_members(&mut self, whole: &ast::Expr, base: &ast::Expr, key: &ast::Key) -> Option<(Expr, Ty)> {
        let ast::ExprKind::Member { base: scope, key: ast::Key::Bare(all), .. } = &base.kind else {
            return self.capability_all(whole, base, key);
        };
        if all.text != "all" {
            return self.capability_all(whole, base, key);
        }
        let kind = key.literal()?;
        let (scope, ty) = self.infer(scope);
        let Ty::Ref(of) = strip(&ty) else { return None };
        Signatures::scope_kind(*of)?;
        if !self.sigs.kinds.contains_key(&kind) {
            let known: Vec<Symbol> = self.sigs.kinds.keys().copied().collect();
            self.unknown(
                &code::UNKNOWN_KIND,
                key.id(),
                format!("there is no kind `{kind}`"),
                &kind,
                known.iter().map(|s| s.as_str()),
            );
            return Some((error_expr(whole.id), Ty::List(Arc::new(Ty::Error))));
        }
        self.refer(key.id(), Usage::Read, |l| l.sigs.kinds.get(&kind).map(|k| Target::At(k.origin)));
        self.closed_to_clusters(whole.id, *of, kind);
        let nameless = self.sigs.kinds.get(&kind).is_some_and(|k| k.nameless);
        let item = if nameless { Ty::Data } else { Ty::Ref(kind) };
        Some((expr(whole.id, ExprKind::Members { scope, kind, all: true }), Ty::List(Arc::new(item))))
    }

    /// "A cluster module reads fields of the site, never `site.all.*`."
    fn closed_to_clusters(&mut self, node: NodeId, scope: Symbol, kind: Symbol) {
        let inside = matches!(self.around, super::Around::Scope(ScopeKind::Cluster | ScopeKind::Node));
        if scope == "site" && inside {
            let at = self.at(node);
            self.report(
                code::REACHES_DOWN
                    .at(at, format!("what a cluster says may not depend on `site.all.{kind}`, which other clusters write"))
                    .help(format!("read a field of `site`, or move this into a module `for site`; `cluster.all.{kind}` is this cluster's own")),
            );
        }
    }

    /// `ingress.all`, `c.ingress.all`
    fn capability_all(&mut self, whole: &ast::Expr, base: &ast::Expr, key: &ast::Key) -> Option<(Expr, Ty)> {
        if key.literal()? != "all" {
            return None;
        }
        let (scope, name) = match &base.kind {
            ast::ExprKind::Member { base: scope, key: ast::Key::Bare(name), .. } => (self.infer(scope).0, name.text),
            ast::ExprKind::Name(name) => {
                let scope = self.module.map_or(ScopeKind::Cluster, |m| m.scope);
                (expr(base.id, ExprKind::Scope(scope)), *name)
            }
            _ => return None,
        };
        let sig = self.sigs.capabilities.get(&name)?;
        if sig.count != Cardinality::Some {
            return None;
        }
        let ty = Ty::List(Arc::new(Ty::Capability(name)));
        Some((expr(whole.id, ExprKind::CapabilityAll { scope, name }), ty))
    }

    /// `route.grafana`, `credential."join-${c.name}"`
    fn kind_entry(&mut self, whole: &ast::Expr, base: &ast::Expr, key: &ast::Key) -> Option<(Expr, Ty)> {
        let ast::ExprKind::Name(kind) = &base.kind else { return None };
        if self.is_name(*kind) {
            return None;
        }
        let sig = self.sigs.kinds.get(kind)?.clone();
        if !self.is_quiet() {
            self.used_names.insert(*kind);
        }
        let key = match key {
            ast::Key::Bare(name) => Key::Name(name.text, name.id.0),
            ast::Key::Quoted(text) => match text.literal() {
                Some(name) => Key::Name(name, text.id.0),
                None => Key::Expr(self.text(text).0),
            },
            ast::Key::Range { .. } => return None,
        };
        let module = self.entry_module(&sig, &key);
        let word = match &key {
            Key::Name(_, node) => Some(NodeId(*node)),
            Key::Expr(_) => None,
        };
        let entry = expr(whole.id, ExprKind::Entry(NameRef { kind: *kind, name: key, within: None, module }));
        self.refer(base.id, Usage::Read, |l| l.sigs.kinds.get(kind).map(|k| Target::At(k.origin)));
        if let Some(word) = word {
            self.refer(word, Usage::Read, |l| l.target_of_value(&entry));
        }
        if kind == "credential" {
            let value = ExprKind::Builtin { name: Symbol::new("credential"), args: vec![entry] };
            return Some((expr(whole.id, value), Ty::Secret));
        }
        Some((entry, Ty::Ref(*kind)))
    }

    fn is_name(&mut self, name: Symbol) -> bool {
        self.quietly(|l| l.name(NodeId(0), name)).is_some()
    }

    /// Whose entry it is: literal names of a module's own entries are checked here.
    fn entry_module(&mut self, sig: &KindSig, key: &Key) -> Option<Symbol> {
        let module = self.module?;
        let Key::Name(name, node) = key else { return Some(module.name) };
        let writes = |m: &crate::ModuleSig| m.entries.iter().any(|(e, _)| e.kind == sig.name && e.name == *name);
        if writes(module) || (sig.name == "overlay" && *name == module.name) {
            return Some(module.name);
        }
        let others = self.sigs.modules.values().filter(|m| m.item.key().file.starts_with("std/core/"));
        if let Some(core) = others.into_iter().find(|m| writes(m) || (sig.name == "overlay" && m.name == *name)) {
            return Some(core.name);
        }
        let own: Vec<Symbol> = module.entries.iter().filter(|(e, _)| e.kind == sig.name).map(|(e, _)| e.name).collect();
        let message = format!("module `{}` declares no `{} {name}`", module.name, sig.name);
        self.unknown(&code::UNKNOWN_ENTRY, NodeId(*node), message, name, own.iter().map(|s| s.as_str()));
        Some(module.name)
    }

    /// `site.vault`, where the module needs it.
    fn site_capability(&mut self, whole: &ast::Expr, base: &ast::Expr, key: &ast::Key) -> Option<(Expr, Ty)> {
        let ast::ExprKind::Name(site) = &base.kind else { return None };
        let name = key.literal()?;
        if site != "site" || !self.sigs.capabilities.contains_key(&name) {
            return None;
        }
        let module = self.module?;
        let need = module
            .needs
            .iter()
            .find(|(p, _, _)| *p == Path::Site(name) || (module.scope == ScopeKind::Site && *p == Path::Own(name)));
        match need {
            Some((_, optional, _)) => {
                let found = self.capability(whole.id, name, true, *optional);
                self.refer(base.id, Usage::Read, |_| Some(Target::Scope(ScopeKind::Site)));
                self.refer(key.id(), Usage::Read, |l| l.target_of_value(&found.0));
                Some(found)
            }
            None => {
                let at = self.at(whole.id);
                self.report(
                    code::UNKNOWN_NAME
                        .at(at, format!("module `{}` reads `site.{name}` and does not need it", module.name))
                        .help(format!("write `needs site.{name}` or `needs site.{name}?` in the module")),
                );
                Some((error_expr(whole.id), Ty::Error))
            }
        }
    }

    /// The field `name` of a value of type `ty`.
    pub(crate) fn field_of(
        &mut self,
        base: Expr,
        ty: &Ty,
        name: Symbol,
        node: NodeId,
        opt: bool,
    ) -> Option<(Expr, Ty)> {
        if let Ty::Optional(inner) = ty {
            if !opt {
                self.not_narrowed(node, ty, name);
                return Some((error_expr(node), Ty::Error));
            }
            let (value, result) = self.field_of(base, inner, name, node, true)?;
            return Some((value, optional(result)));
        }
        let field = |base, optional| expr(node, ExprKind::Field { base, name, optional });
        match ty {
            Ty::Error => Some((error_expr(node), Ty::Error)),
            Ty::Refined(inner, _) => self.field_of(base, inner, name, node, opt),
            Ty::Data => Some((field(base, opt), if opt { optional(Ty::Data) } else { Ty::Data })),
            Ty::Map(_, value) => {
                let result = (**value).clone();
                Some((field(base, opt), if opt { optional(result) } else { result }))
            }
            Ty::Struct(fields) => {
                let found = fields.iter().find(|(n, _)| *n == name)?;
                Some((field(base, opt), found.1.clone()))
            }
            Ty::Ref(kind) if self.in_test && name == "modules" && matches!(kind.as_str(), "cluster" | "site") => {
                let names = Ty::List(Arc::new(Ty::Scalar(ScalarType::Name)));
                Some((expr(node, ExprKind::ModulesOf(base)), names))
            }
            Ty::Ref(kind) => self.entry_field(base, *kind, name, node, opt),
            Ty::Capability(_) | Ty::Module => {
                let result = self.entry_field_of(ty, name)?;
                Some((field(base, opt), result))
            }
            Ty::Record(id) => self.record_field(base, *id, name, node, opt),
            Ty::Scalar(scalar) if opt => {
                let (_, result) = method(base.clone(), *scalar, name, node)?;
                Some((field(base, true), result))
            }
            Ty::Scalar(scalar) => method(base, *scalar, name, node),
            Ty::Secret if matches!(name.as_str(), "file" | "public") => {
                let call = ExprKind::Builtin {
                    name: Symbol::new(if name == "file" { "secret-file" } else { "secret-public" }),
                    args: vec![base],
                };
                // The public half is absent until the lock pins it.
                let result =
                    if name == "file" { Ty::Scalar(ScalarType::Path) } else { optional(Ty::Scalar(ScalarType::Text)) };
                Some((expr(node, call), result))
            }
            Ty::Later(_) if name == "file" => {
                let call = ExprKind::Builtin { name: Symbol::new("later-file"), args: vec![base] };
                Some((expr(node, call), Ty::Scalar(ScalarType::Path)))
            }
            _ => None,
        }
    }

    fn record_field(
        &mut self,
        base: Expr,
        id: kss_ir::RecordId,
        name: Symbol,
        node: NodeId,
        opt: bool,
    ) -> Option<(Expr, Ty)> {
        let def = self.sigs.records.get(&id)?.clone();
        if let Some(field) = def.field(name) {
            return Some((expr(node, ExprKind::Field { base, name, optional: opt }), field.ty.clone()));
        }
        if let Some(let_) = def.let_(name) {
            let kind = match self.sigs.kind_of_record.get(&id) {
                Some(_) => ExprKind::Field { base, name, optional: opt },
                None => ExprKind::RecordLet { base, record: id, name },
            };
            return Some((expr(node, kind), let_.ty.clone()));
        }
        if name == "name" {
            return Some((expr(node, ExprKind::Field { base, name, optional: opt }), Ty::Scalar(ScalarType::Name)));
        }
        def.open.then(|| (expr(node, ExprKind::Field { base, name, optional: opt }), Ty::Data))
    }

    fn entry_field(&mut self, base: Expr, kind: Symbol, name: Symbol, node: NodeId, opt: bool) -> Option<(Expr, Ty)> {
        if let Some(scope) = Signatures::scope_kind(kind)
            && let Some(sig) = self.sigs.kinds.get(&name).cloned()
            && self.lives_in(&sig, scope)
        {
            let ty = Ty::Map(Arc::new(Ty::Scalar(ScalarType::Name)), Arc::new(Ty::Ref(name)));
            return Some((expr(node, ExprKind::Members { scope: base, kind: name, all: false }), ty));
        }
        let ty = self.entry_field_type(kind, name)?;
        if !self.is_quiet() {
            self.reads.insert((kind, name));
        }
        Some((expr(node, ExprKind::Field { base, name, optional: opt }), ty))
    }

    fn not_narrowed(&mut self, node: NodeId, ty: &Ty, name: Symbol) {
        let at = self.at(node);
        let shown = self.show(ty);
        self.report(
            code::NOT_NARROWED
                .at(at, format!("this may be `none` (its type is `{shown}`), so `.{name}` may not be there"))
                .help("write `?.`, give another value with `?? …`, or put it below `if … is present`"),
        );
    }

    fn no_field(&mut self, ty: &Ty, name: ast::Name) {
        let shown = self.show(ty);
        if let Some(params) = self.params_of(ty, name.text) {
            let (at, text) = (self.at(name.id), name.text);
            let diag = code::UNKNOWN_FIELD
                .at(at, format!("`{text}` of a `{shown}` is a function, and functions are no values"));
            self.report(diag.help(format!("call it: `.{text}({})`", params.join(", "))));
            return;
        }
        let known = self.fields_of(ty);
        let message = match strip(ty) {
            Ty::Union(_) => {
                format!("`{shown}` has no field `{}`: look at its cases with `match` or `is` first", name.text)
            }
            _ => format!("`{shown}` has no field `{}`", name.text),
        };
        self.unknown(&code::UNKNOWN_FIELD, name.id, message, &name.text, known.iter().map(|s| s.as_str()));
    }

    /// What the function `name` of a type takes.
    fn params_of(&self, ty: &Ty, name: Symbol) -> Option<Vec<String>> {
        if let Ty::Scalar(scalar) = strip(ty) {
            let sig = method_type(*scalar, &name)?;
            return Some(sig.params.iter().map(|param| format!("{param:?}")).collect());
        }
        let function = self.sigs.record_of(strip(ty))?.fns.iter().find(|f| f.name == name)?;
        Some(function.params.iter().map(|(name, _)| name.to_string()).collect())
    }

    /// `node.worker-1` in the body of a node, where `node` is that node.
    fn no_sibling(&mut self, name: ast::Name, ty: &Ty, around: &str) {
        let Ty::Ref(kind) = ty else { return };
        let known = self.fields_of(ty);
        let at = self.at(name.id);
        let text = name.text;
        let diag = code::UNKNOWN_FIELD.at(at, format!("`{kind}` is the {kind} itself here, and has no field `{text}`"));
        self.report(match kss_diag::closest(&text, known.iter().map(|s| s.as_str())) {
            Some(near) => diag.suggest(format!("write `{kind}.{near}`"), at, kss_diag::How::Replace, near),
            None => diag.help(format!("another {kind} is `{around}.{kind}.{text}`")),
        });
    }
}

fn method(base: Expr, of: ScalarType, name: Symbol, node: NodeId) -> Option<(Expr, Ty)> {
    let sig = method_type(of, &name)?;
    if !sig.params.is_empty() {
        return None;
    }
    Some((expr(node, ExprKind::Method { base, name, args: Vec::new() }), method_result(sig.result)))
}

/// What is around a scope that an expression names by its word.
fn scope_itself(base: &ast::Expr, ty: &Ty) -> Option<&'static str> {
    match (&base.kind, ty) {
        (ast::ExprKind::Name(word), Ty::Ref(kind)) if word == kind => match Signatures::scope_kind(*kind)? {
            ScopeKind::Site => None,
            ScopeKind::Machine | ScopeKind::Cluster => Some("site"),
            ScopeKind::Node => Some("cluster"),
        },
        _ => None,
    }
}
