//! Which fields a type has, and of which types they are: of entries, records of capabilities, modules, scopes.

use super::{Lower, strip};
use crate::Signatures;
use crate::signatures::optional;
use kss_ir::{Alternative, Cardinality, KindSig, Per, Ty};
use kss_span::Symbol;
use kss_value::ScopeKind;
use kss_value::scalar::{MethodResult, ScalarType, method_names};
use std::sync::Arc;

impl Lower<'_> {
    /// Is `kind` a field of that scope: `site.network`, `cluster.node`, `site.service`?
    pub(super) fn lives_in(&self, kind: &KindSig, scope: ScopeKind) -> bool {
        let Some(def) = self.sigs.scope_types.get(&scope).and_then(|id| self.sigs.records.get(id)) else {
            return false;
        };
        if self.in_test && !kind.nameless && !def.fields.iter().any(|f| f.name == kind.name) {
            // `kss.site` is what is around.
            let around = Signatures::scope_kind(kind.name).is_some();
            return !around && !self.sigs.capabilities.contains_key(&kind.name);
        }
        def.field(kind.name).is_some_and(|f| matches!(f.ty, Ty::Map(..)))
    }

    /// Type of a field of an entry, a capability's record, a module.
    pub(crate) fn entry_field_of(&self, ty: &Ty, name: Symbol) -> Option<Ty> {
        match ty {
            Ty::Ref(kind) => self.entry_field_type(*kind, name),
            Ty::Capability(cap) => {
                let sig = self.sigs.capabilities.get(cap)?;
                let def = self.sigs.record_of(&sig.ty)?;
                let declared = def.field(name).map(|f| f.ty.clone()).or_else(|| def.let_(name).map(|l| l.ty.clone()));
                declared.or_else(|| (name == "owner").then_some(Ty::Module))
            }
            Ty::Record(id) => {
                let def = self.sigs.records.get(id)?;
                def.field(name).map(|f| f.ty.clone()).or_else(|| def.let_(name).map(|l| l.ty.clone()))
            }
            Ty::Module => match name.as_str() {
                "name" => Some(Ty::Scalar(ScalarType::Name)),
                "phase" => self.sigs.prelude.get(&Symbol::new("Phase")).and_then(|i| self.sigs.types.get(i)).cloned(),
                "overlay" => Some(Ty::Ref(Symbol::new("overlay"))),
                "namespace" => Some(Ty::Ref(Symbol::new("namespace"))),
                _ => None,
            },
            _ => None,
        }
    }

    pub(crate) fn entry_field_type(&self, kind: Symbol, name: Symbol) -> Option<Ty> {
        let sig = self.sigs.kinds.get(&kind)?;
        if let Some(def) = self.sigs.record_of(&sig.ty) {
            if let Some(field) = def.field(name) {
                return Some(field.ty.clone());
            }
            if let Some(let_) = def.let_(name) {
                return Some(let_.ty.clone());
            }
        }
        let scope_field = Signatures::scope_kind(kind).and_then(|scope| self.capability_of(scope, name));
        let open = self.sigs.record_of(&sig.ty).is_some_and(|d| d.open);
        scope_field.or_else(|| self.implicit_field(kind, name)).or_else(|| open.then_some(Ty::Data))
    }

    /// "Capabilities are fields of their scope."
    fn capability_of(&self, scope: ScopeKind, name: Symbol) -> Option<Ty> {
        let cap = self.sigs.capabilities.get(&name)?;
        let fits = cap.scope == scope || (cap.scope == ScopeKind::Machine && scope == ScopeKind::Node);
        fits.then(|| match cap.count {
            Cardinality::AtMostOne => optional(Ty::Capability(name)),
            _ => Ty::Capability(name),
        })
    }

    /// What every entry has: `name`, `owner`, the scopes around.
    pub(crate) fn implicit_field(&self, kind: Symbol, name: Symbol) -> Option<Ty> {
        let sig = self.sigs.kinds.get(&kind)?;
        let text = Ty::Scalar(ScalarType::Text);
        match name.as_str() {
            "name" => Some(Ty::Scalar(ScalarType::Name)),
            "owner" => Some(Ty::Module),
            "site" => Some(Ty::Ref(name)),
            // What is said of an entry is known when all is said.
            "discharged" if self.in_test => Some(optional(text)),
            "kind" | "group" | "apiVersion" if sig.kubernetes => Some(text),
            "namespace" if sig.kubernetes => Some(optional(text)),
            "namespace" if sig.per == Per::Namespace => Some(Ty::Ref(name)),
            "cluster" | "machine" | "node" => {
                let certain = match sig.scope {
                    Some(ScopeKind::Cluster) => name == "cluster",
                    Some(ScopeKind::Node) => true,
                    Some(ScopeKind::Machine) => name == "machine",
                    _ => false,
                };
                // `machine` and `cluster` of themselves make no sense, and of others they are absent where nothing is around.
                let ty = Ty::Ref(name);
                let inside = sig.scope == Some(ScopeKind::Cluster) || sig.per == Per::Namespace;
                let certain =
                    certain || (name == "cluster" && (inside || sig.scope == Some(ScopeKind::Node) || kind == "node"));
                let certain = certain
                    || (name == "cluster"
                        && matches!(sig.per, Per::Module | Per::Scope)
                        && sig.lowered_by.is_some_and(|(_, site)| !site));
                Some(if certain { ty } else { optional(ty) })
            }
            _ => None,
        }
    }

    /// Names of all fields of a type.
    pub(crate) fn fields_of(&self, ty: &Ty) -> Vec<Symbol> {
        let mut out = Vec::new();
        match strip(ty) {
            Ty::Struct(fields) => out.extend(fields.iter().map(|(n, _)| *n)),
            Ty::Scalar(scalar) => out.extend(method_names(*scalar).map(Symbol::new)),
            Ty::Secret => out.extend(["file", "public"].map(Symbol::new)),
            Ty::Module => out.extend(["name", "phase", "overlay", "namespace"].map(Symbol::new)),
            other => {
                if let Some(def) = self.sigs.record_of(other) {
                    out.extend(def.fields.iter().map(|f| f.name).chain(def.lets.iter().map(|l| l.name)));
                    out.extend(def.fns.iter().map(|f| f.name));
                }
                if let Ty::Ref(kind) = other {
                    out.extend(["name", "owner"].map(Symbol::new));
                    if let Some(scope) = Signatures::scope_kind(*kind) {
                        out.extend(self.sigs.capabilities.values().filter(|c| c.scope == scope).map(|c| c.name));
                        out.push(Symbol::new("all"));
                    }
                }
            }
        }
        out.sort();
        out
    }

    /// Types among the alternatives of a union.
    pub(crate) fn alternative_types(&self, ty: &Ty) -> Vec<Ty> {
        match strip(ty) {
            Ty::Union(id) => self.sigs.unions.get(id).map_or(Vec::new(), |union| {
                let types = union.alternatives.iter().filter_map(|a| match a {
                    Alternative::Type(ty) => Some(ty.clone()),
                    Alternative::Case { .. } => None,
                });
                types.collect()
            }),
            _ => Vec::new(),
        }
    }
}

pub(crate) fn method_result(result: MethodResult) -> Ty {
    match result {
        MethodResult::Scalar(s) => Ty::Scalar(s),
        MethodResult::Optional(s) => optional(Ty::Scalar(s)),
        MethodResult::List(s) => Ty::List(Arc::new(Ty::Scalar(s))),
    }
}
