//! Kinds of entries and capabilities that files declare, and the kinds that the types of the scopes bring.

use super::Signatures;
use super::types::{Pending, TypeCx};
use crate::items::{Decl, FileItems};
use kss_diag::{closest, code};
use kss_ir::{CapabilitySig, Cardinality, KindSig, KindUse, Per, RecordId, Ty};
use kss_span::{ItemId, Origin, Symbol};
use kss_syntax::ast::{self, StmtKind};
use kss_value::ScopeKind;
use rustc_hash::FxHashMap;
use std::sync::Arc;

pub(super) fn kinds_and_capabilities(sigs: &mut Signatures, files: &[Arc<FileItems>], pending: &mut Pending) {
    for decl in files.iter().flat_map(|f| &f.decls) {
        match &decl.stmt.kind {
            StmtKind::Kind(kind) => declare_kind(sigs, decl, kind, pending),
            StmtKind::Capability { name, ty, count, per, fallback } => {
                let cx = TypeCx { item: decl.id, module: None };
                let ty = sigs.resolving(false, pending, |r| r.resolve(cx, ty, name.text));
                let count = match count {
                    ast::Cardinality::One => Cardinality::One,
                    ast::Cardinality::AtMostOne => Cardinality::AtMostOne,
                    ast::Cardinality::Some => Cardinality::Some,
                };
                let origin = Origin::new(decl.id, name.id.0);
                let scope = scope_word(sigs, *per, decl.id);
                let fallback = fallback.map(|f| f.text);
                let sig =
                    CapabilitySig { name: name.text, origin, doc: decl.stmt.doc.clone(), ty, count, scope, fallback };
                if let Some(first) = sigs.capabilities.get(&name.text) {
                    let diag = code::DECLARED_TWICE.at(origin, format!("capability `{}` is declared twice", name.text));
                    sigs.diags.push(diag.also(first.origin, "the first"));
                } else {
                    sigs.capabilities.insert(name.text, Arc::new(sig));
                }
            }
            _ => {}
        }
    }
}

pub(super) fn scope_word(sigs: &mut Signatures, name: ast::Name, item: ItemId) -> ScopeKind {
    Signatures::scope_kind(name.text).unwrap_or_else(|| {
        let at = Origin::new(item, name.id.0);
        let near = closest(&name.text, ["site", "machine", "cluster", "node"]).unwrap_or("cluster");
        sigs.diags.push(
            code::UNKNOWN_NAME
                .at(at, format!("`{}` is no scope", name.text))
                .help("the scopes are `site`, `machine`, `cluster` and `node`")
                .suggest(format!("write `{near}`"), at, kss_diag::How::Replace, near),
        );
        ScopeKind::Cluster
    })
}

fn declare_kind(sigs: &mut Signatures, decl: &Decl, kind: &ast::KindDecl, pending: &mut Pending) {
    let cx = TypeCx { item: decl.id, module: None };
    let name = kind.name.text;
    let ty = sigs.resolving(false, pending, |r| r.resolve(cx, &kind.ty, name));
    let origin = Origin::new(decl.id, kind.name.id.0);
    let (per, scope) = match kind.per {
        None => (Per::Scope, None),
        Some(word) => match word.text.as_str() {
            "module" => (Per::Module, None),
            "namespace" => (Per::Namespace, Some(ScopeKind::Cluster)),
            "site" => (Per::Site, None),
            _ => (Per::Scope, Some(scope_word(sigs, word, decl.id))),
        },
    };
    let lowered_by = kind.lowered_by.as_ref().and_then(|path| match path.as_slice() {
        [cap] => Some((cap.text, false)),
        [_, cap] => Some((cap.text, true)),
        _ => None,
    });
    let usage = if kind.output { KindUse::Output } else { KindUse::Intent { optional: kind.optional } };
    let nameless = kind.one;
    let kubernetes = name == "manifest";
    let sig = KindSig {
        name,
        origin,
        doc: decl.stmt.doc.clone(),
        usage,
        shared: kind.shared || nameless,
        nameless,
        ty,
        kubernetes,
        per: if kubernetes { Per::Namespace } else { per },
        scope,
        lowered_by,
    };
    if let Some(first) = sigs.kinds.get(&name) {
        let diag = code::DECLARED_TWICE.at(origin, format!("kind `{name}` is declared twice"));
        sigs.diags.push(diag.also(first.origin, "the first"));
        return;
    }
    sigs.kinds.insert(name, Arc::new(sig));
}

/// The scopes are entries as well, and so are keyed collections of a scope's type: `network` of a site.
pub(super) fn scope_structures(sigs: &mut Signatures) {
    let types = [
        ("Site", ScopeKind::Site),
        ("Machine", ScopeKind::Machine),
        ("Cluster", ScopeKind::Cluster),
        ("Node", ScopeKind::Node),
    ];
    for (name, scope) in types {
        let item = sigs.prelude.get(&Symbol::new(name)).copied();
        if let Some(Ty::Record(id)) = item.and_then(|i| sigs.types.get(&i)) {
            sigs.scope_types.insert(scope, *id);
        }
    }
    if let Some(id) = sigs.scope_types.get(&ScopeKind::Site).copied() {
        let name = Symbol::new("site");
        let origin = id.origin();
        sigs.kinds.entry(name).or_insert_with(|| structure(name, origin, None, Ty::Record(id), None));
    }
    let scopes: Vec<(ScopeKind, RecordId)> = sigs.scope_types.iter().map(|(s, r)| (*s, *r)).collect();
    for (scope, id) in scopes {
        let Some(def) = sigs.records.get(&id).cloned() else { continue };
        for field in &def.fields {
            let Ty::Map(_, value) = &field.ty else { continue };
            let is_entry = sigs.kinds.get(&field.name).is_some_and(|k| k.usage != KindUse::Structure)
                || !matches!(**value, Ty::Record(_))
                || !matches!(scope, ScopeKind::Site | ScopeKind::Cluster);
            if !is_entry {
                let new = structure(field.name, field.origin, field.doc.clone(), (**value).clone(), Some(scope));
                sigs.kinds.entry(field.name).or_insert(new);
            }
        }
    }
    let mut owners: FxHashMap<RecordId, Vec<Symbol>> = FxHashMap::default();
    for kind in sigs.kinds.values() {
        if let Ty::Record(id) = kind.ty {
            owners.entry(id).or_default().push(kind.name);
        }
    }
    sigs.kind_of_record = owners.into_iter().filter(|(_, k)| k.len() == 1).map(|(id, k)| (id, k[0])).collect();
}

fn structure(name: Symbol, origin: Origin, doc: Option<Arc<str>>, ty: Ty, scope: Option<ScopeKind>) -> Arc<KindSig> {
    Arc::new(KindSig {
        name,
        origin,
        doc,
        usage: KindUse::Structure,
        shared: false,
        nameless: false,
        ty,
        kubernetes: false,
        per: Per::Scope,
        scope,
        lowered_by: None,
    })
}
