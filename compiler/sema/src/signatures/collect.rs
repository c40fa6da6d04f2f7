//! From items to [`Signatures`], in the order in which they need each other.

use super::imports::{cycles_of_imports, imports};
use super::kinds::{kinds_and_capabilities, scope_structures};
use super::modules::{self, ModuleSig};
use super::types::{self, Pending, TypeCx};
use super::{FileSig, FnSig, Signatures, sums};
use crate::items::{Decl, FileItems};
use kss_diag::code;
use kss_ir::{FnId, RecordId, Ty};
use kss_span::{ItemId, Origin, Symbol};
use kss_syntax::ast::{self, Stmt, StmtKind};
use rustc_hash::FxHashMap;
use std::sync::Arc;

pub(super) fn collect(files: &[Arc<FileItems>]) -> Signatures {
    let mut sigs = Signatures::default();
    for file in files {
        declare(&mut sigs, file);
    }
    for file in files {
        imports(&mut sigs, file, files);
    }
    names_of_core(&mut sigs, files);
    tests_of_one_name(&mut sigs, files);
    cycles_of_imports(&mut sigs, files);
    type_heads(&mut sigs, files);
    let mut pending = Vec::new();
    type_bodies(&mut sigs, files, &mut pending);
    kinds_and_capabilities(&mut sigs, files, &mut pending);
    scope_structures(&mut sigs);
    functions(&mut sigs, files, &mut pending);
    modules::collect(&mut sigs, files, &mut pending);
    finish_pending(&mut sigs, pending);
    scope_structures(&mut sigs);
    parameters_that_are_entries(&mut sigs);
    sigs
}

fn name_of(stmt: &Stmt) -> Option<ast::Name> {
    match &stmt.kind {
        StmtKind::Type { name, .. } | StmtKind::Fn { name, .. } | StmtKind::Let { name, .. } => Some(*name),
        StmtKind::Site { name, .. } => Some(*name),
        StmtKind::Cluster { name, .. } => Some(*name),
        _ => None,
    }
}

fn declare(sigs: &mut Signatures, file: &FileItems) {
    let mut sig = FileSig::default();
    let prelude = file.path.starts_with("std/core/");
    for decl in &file.decls {
        let Some(name) = name_of(&decl.stmt) else { continue };
        if matches!(decl.stmt.kind, StmtKind::Type { .. }) {
            sigs.diags.extend(types::capitalised(decl.id, name));
        }
        if let Some(first) = sig.own.insert(name.text, decl.id) {
            let at = Origin::new(decl.id, name.id.0);
            let first = Origin::new(first, 0);
            sigs.diags.push(
                code::DECLARED_TWICE
                    .at(at, format!("`{}` is declared twice in this file", name.text))
                    .also(first, "the first"),
            );
        }
        if prelude {
            sigs.prelude.insert(name.text, decl.id);
        }
        match &decl.stmt.kind {
            StmtKind::Let { .. } => drop(sigs.lets.insert(decl.id, decl.stmt.clone())),
            StmtKind::Site { .. } => one_scope(&mut sigs.sites, &mut sigs.diags, name, decl.id, "site"),
            StmtKind::Cluster { .. } => one_scope(&mut sigs.clusters, &mut sigs.diags, name, decl.id, "cluster"),
            _ => {}
        }
    }
    sigs.files.insert(file.path, sig);
    sigs.diags.extend(file.diags.iter().cloned());
}

/// A function or value of a file would hide one that the library's core declares for all files. (Types are the file's own
/// first, as modules are.)
fn names_of_core(sigs: &mut Signatures, files: &[Arc<FileItems>]) {
    for decl in files.iter().filter(|f| !f.path.starts_with("std/core/")).flat_map(|f| &f.decls) {
        let (StmtKind::Fn { name, .. } | StmtKind::Let { name, .. }) = &decl.stmt.kind else { continue };
        if let Some(core) = sigs.prelude.get(&name.text) {
            let message = format!("`{}` would hide what the library's core declares under that name", name.text);
            let diag = code::HIDES_NAME.at(Origin::new(decl.id, name.id.0), message);
            sigs.diags.push(diag.also(Origin::new(*core, 0), "declared here").help("choose another name"));
        }
    }
}

/// What runs and fails is told by the name of its test.
fn tests_of_one_name(sigs: &mut Signatures, files: &[Arc<FileItems>]) {
    let mut first: FxHashMap<Symbol, Origin> = FxHashMap::default();
    for decl in files.iter().flat_map(|f| &f.decls) {
        let StmtKind::Test { title, .. } = &decl.stmt.kind else { continue };
        let Some(name) = title.literal() else { continue };
        let at = Origin::new(decl.id, title.id.0);
        if let Some(first) = first.get(&name) {
            let diag = code::DECLARED_TWICE.at(at, format!("two tests are called \"{name}\"")).label("again");
            sigs.diags.push(diag.also(*first, "the first").help("say in the name of each what it looks at"));
        } else {
            first.insert(name, at);
        }
    }
}

fn one_scope(
    map: &mut FxHashMap<Symbol, ItemId>,
    diags: &mut Vec<crate::Diag>,
    name: ast::Name,
    item: ItemId,
    what: &str,
) {
    if let Some(first) = map.insert(name.text, item) {
        diags.push(
            code::DECLARED_TWICE
                .at(Origin::new(item, name.id.0), format!("there are two of {what} `{}`", name.text))
                .also(Origin::new(first, 0), "the first"),
        );
    }
}

/// Records and unions are known by their node before their fields are; aliases follow.
fn type_heads(sigs: &mut Signatures, files: &[Arc<FileItems>]) {
    let mut aliases = Vec::new();
    for decl in files.iter().flat_map(|f| &f.decls) {
        let StmtKind::Type { ty, refine, .. } = &decl.stmt.kind else { continue };
        let cx = TypeCx { item: decl.id, module: None };
        match types::head(cx, ty) {
            Some(head) => drop(sigs.types.insert(decl.id, refined(head, decl, refine.is_some()))),
            None => aliases.push(decl),
        }
    }
    // An alias may name a later alias: go on until nothing new is known.
    while !aliases.is_empty() {
        let before = aliases.len();
        aliases.retain(|decl| !alias(sigs, decl));
        if aliases.len() == before {
            for decl in aliases {
                let (name, ty) = match &decl.stmt.kind {
                    StmtKind::Type { name, ty, .. } => (name.text, ty),
                    _ => continue,
                };
                // Let the resolver say what is unknown; if everything is known, the aliases go in a circle.
                let before = sigs.diags.len();
                let cx = TypeCx { item: decl.id, module: None };
                sigs.types.insert(decl.id, Ty::Error);
                let mut pending = Vec::new();
                sigs.resolving(false, &mut pending, |r| r.resolve(cx, ty, name));
                if sigs.diags.len() == before {
                    let at = Origin::new(decl.id, ty.id.0);
                    sigs.diags.push(code::RECURSION.at(at, format!("type `{name}` is defined by itself")));
                }
            }
            return;
        }
    }
}

fn refined(base: Ty, decl: &Decl, refine: bool) -> Ty {
    if refine { Ty::Refined(Arc::new(base), RecordId { item: decl.id, node: decl.stmt.id.0 }) } else { base }
}

fn alias(sigs: &mut Signatures, decl: &Decl) -> bool {
    let StmtKind::Type { name, ty, refine } = &decl.stmt.kind else { return true };
    let before = sigs.diags.len();
    let mut pending = Vec::new();
    let cx = TypeCx { item: decl.id, module: None };
    let resolved = sigs.resolving(false, &mut pending, |r| r.resolve(cx, ty, name.text));
    if sigs.diags.len() > before {
        sigs.diags.truncate(before);
        return false;
    }
    sigs.types.insert(decl.id, refined(resolved, decl, refine.is_some()));
    true
}

fn type_bodies(sigs: &mut Signatures, files: &[Arc<FileItems>], pending: &mut Pending) {
    for decl in files.iter().flat_map(|f| &f.decls) {
        let StmtKind::Type { name, ty, .. } = &decl.stmt.kind else { continue };
        let cx = TypeCx { item: decl.id, module: None };
        if types::head(cx, ty).is_some() {
            sigs.resolving(false, pending, |r| r.resolve(cx, ty, name.text));
        }
    }
}

/// Fields of `A + B`, where `A` may itself be such a sum.
fn finish_pending(sigs: &mut Signatures, mut pending: Pending) {
    while !pending.is_empty() {
        let before = pending.len();
        let waiting: Vec<RecordId> = pending.iter().map(|p| p.0).collect();
        let mut changed = Vec::new();
        pending.retain(|(id, cx, base, own)| {
            if let Ty::Record(base_id) = base
                && waiting.contains(base_id)
                && base_id != id
            {
                return true;
            }
            let def = match base {
                Ty::Record(base_id) => match sigs.records.get(base_id) {
                    Some(base) => {
                        changed.extend(sums::changed(sigs, base, own));
                        sums::plus(base, own)
                    }
                    None => (**own).clone(),
                },
                Ty::Error => (**own).clone(),
                _ => {
                    let at = Origin::new(cx.item, id.node);
                    sigs.diags.push(code::TYPE_MISMATCH.at(at, "`+` adds fields to a record type"));
                    (**own).clone()
                }
            };
            sigs.records.insert(*id, Arc::new(def));
            false
        });
        sigs.diags.extend(changed);
        if pending.len() == before {
            for (id, _, _, own) in pending {
                sigs.records.insert(id, own);
            }
            return;
        }
    }
}

fn functions(sigs: &mut Signatures, files: &[Arc<FileItems>], pending: &mut Pending) {
    for decl in files.iter().flat_map(|f| &f.decls) {
        let StmtKind::Fn { name, params, result, body } = &decl.stmt.kind else { continue };
        let cx = TypeCx { item: decl.id, module: None };
        let (params, result) = sigs.resolving(body.is_none(), pending, |r| {
            let params = r.params(cx, params);
            let result = result.as_ref().map(|ty| r.resolve(cx, ty, name.text));
            (params, result)
        });
        let result = result.unwrap_or_else(|| {
            let at = Origin::new(decl.id, name.id.0);
            sigs.diags
                .push(code::NEEDS_TYPE.at(at, format!("function `{}` needs a result type: `-> Type`", name.text)));
            Ty::Error
        });
        let id = FnId { item: decl.id, node: decl.stmt.id.0 };
        let sig = FnSig { id, name: name.text, params, result, builtin: body.is_none(), doc: decl.stmt.doc.clone() };
        sigs.fns.insert(decl.id, Arc::new(sig));
    }
}

/// A parameter whose type is the record of one kind takes an entry: `fn targets(r: Route)` is called with a `ref route`.
fn parameters_that_are_entries(sigs: &mut Signatures) {
    let kinds = sigs.kind_of_record.clone();
    let entry = |ty: &Ty| match ty {
        Ty::Record(id) => kinds.get(id).map(|k| Ty::Ref(*k)),
        _ => None,
    };
    for sig in sigs.fns.values_mut() {
        if sig.params.iter().any(|(_, t)| entry(t).is_some()) {
            let sig = Arc::make_mut(sig);
            sig.params.iter_mut().for_each(|(_, t)| *t = entry(t).unwrap_or_else(|| t.clone()));
        }
    }
    let modules: Vec<Symbol> = sigs.modules.keys().copied().collect();
    for name in modules {
        let Some(module) = sigs.modules.get_mut(&name) else { continue };
        let module: &mut ModuleSig = Arc::make_mut(module);
        for sig in module.fns.values_mut() {
            let sig = Arc::make_mut(sig);
            sig.params.iter_mut().for_each(|(_, t)| *t = entry(t).unwrap_or_else(|| t.clone()));
        }
    }
}
