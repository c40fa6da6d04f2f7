//! From items to [`Signatures`], in the order in which they need each other.

use super::modules::{self, ModuleSig};
use super::types::{self, Pending, TypeCx};
use super::{FileSig, FnSig, Signatures, sums};
use crate::items::{Decl, FileItems, ImportedName};
use kss_diag::{closest, code};
use kss_ir::{CapabilitySig, Cardinality, FnId, KindSig, KindUse, Per, RecordId, Ty};
use kss_span::{ItemId, Origin, Symbol};
use kss_syntax::ast::{self, Stmt, StmtKind};
use kss_value::ScopeKind;
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

/// Files that an import can mean: the file itself, or all files of a folder.
fn imported_files<'a>(from: Symbol, import: &ast::Import, files: &'a [Arc<FileItems>]) -> Vec<&'a Arc<FileItems>> {
    let (path, named) = import_path(from, import);
    let exact = format!("{path}.kss");
    if let Some(file) = files.iter().find(|f| f.path == exact.as_str()) {
        return vec![file];
    }
    let _ = named;
    let folder = format!("{path}/");
    files.iter().filter(|f| f.path.strip_prefix(folder.as_str()).is_some_and(|rest| !rest.contains('/'))).collect()
}

/// The path of the file without its ending, and the name behind it, if there is one.
fn import_path(from: Symbol, import: &ast::Import) -> (String, Option<ast::Name>) {
    let mut parts: Vec<&str> = Vec::new();
    if let Some(up) = import.relative {
        let folders: Vec<&str> = from.split('/').collect();
        let keep = folders.len().saturating_sub(1 + up as usize);
        parts.extend(&folders[..keep]);
    }
    let (path, last) = match (&import.names, import.path.split_last()) {
        (None, Some((last, init))) if !init.is_empty() => (init, Some(*last)),
        _ => (import.path.as_slice(), None),
    };
    parts.extend(path.iter().map(|n| n.text.as_str()));
    (parts.join("/"), last)
}

fn imports(sigs: &mut Signatures, file: &FileItems, files: &[Arc<FileItems>]) {
    for decl in &file.decls {
        let StmtKind::Import(import) = &decl.stmt.kind else { continue };
        let targets = imported_files(file.path, import, files);
        let at = Origin::new(decl.id, decl.stmt.id.0);
        let (path, last) = import_path(file.path, import);
        let names = import.names.clone().unwrap_or_else(|| last.into_iter().collect());
        if targets.is_empty() {
            let known: Vec<&str> = files.iter().filter_map(|f| f.path.strip_suffix(".kss")).collect();
            let mut diag = code::UNKNOWN_IMPORT.at(at, format!("there is no file `{path}.kss`"));
            if let Some(near) = closest(&path, known) {
                diag = diag.help(format!("there is `{near}.kss`"));
            }
            sigs.diags.push(diag);
            missing(sigs, file.path, names.iter().map(|name| name.text));
            continue;
        }
        if names.is_empty() {
            let way = format!("write `import {0}.NAME`, or `import {0}.{{a, b}}` for several", written(import));
            sigs.diags.push(code::UNKNOWN_IMPORT.at(at, "this imports nothing: no name is said").help(way));
        }
        for name in names {
            import_name(sigs, file, decl, name, &targets);
        }
    }
}

/// The path of an import, as it is written.
fn written(import: &ast::Import) -> String {
    let start = match import.relative {
        None => String::new(),
        Some(0) => "./".to_owned(),
        Some(up) => "../".repeat(up as usize),
    };
    let path: Vec<&str> = import.path.iter().map(|name| name.text.as_str()).collect();
    start + &path.join(".")
}

fn import_name(sigs: &mut Signatures, file: &FileItems, decl: &Decl, name: ast::Name, targets: &[&Arc<FileItems>]) {
    let found = targets.iter().find_map(|f| sigs.files.get(&f.path)?.own.get(&name.text).copied());
    let at = Origin::new(decl.id, name.id.0);
    match found {
        Some(item) => {
            if let Some(sig) = sigs.files.get_mut(&file.path) {
                if let Some(own) = sig.own.get(&name.text) {
                    let message = format!("`{}` is imported, and this file declares another one", name.text);
                    let diag = code::HIDES_NAME.at(at, message).also(Origin::new(*own, 0), "declared here");
                    sigs.diags.push(diag.help("choose another name, or leave out the import"));
                    return;
                }
                sig.imports.insert(name.text, ImportedName { item, origin: at });
            }
        }
        None => {
            let known = targets.iter().filter_map(|f| sigs.files.get(&f.path)).flat_map(|f| f.own.keys());
            let mut known: Vec<&str> = known.map(|s| s.as_str()).collect();
            known.sort_unstable();
            let path = targets.first().map_or("", |f| f.path.as_str());
            let mut diag = code::UNKNOWN_IMPORT.at(at, format!("`{path}` declares no `{}`", name.text));
            if let Some(near) = closest(&name.text, known) {
                diag = diag.near(at, &name.text, near);
            }
            sigs.diags.push(diag);
            missing(sigs, file.path, [name.text]);
        }
    }
}

fn missing(sigs: &mut Signatures, file: Symbol, names: impl IntoIterator<Item = Symbol>) {
    if let Some(sig) = sigs.files.get_mut(&file) {
        sig.missing.extend(names);
    }
}

/// Files may not import each other in a circle: a reader could not say which of them comes first.
fn cycles_of_imports(sigs: &mut Signatures, files: &[Arc<FileItems>]) {
    let mut edges: FxHashMap<Symbol, Vec<(Symbol, Origin)>> = FxHashMap::default();
    for file in files {
        for decl in &file.decls {
            let StmtKind::Import(import) = &decl.stmt.kind else { continue };
            let at = Origin::new(decl.id, decl.stmt.id.0);
            let targets = imported_files(file.path, import, files);
            edges.entry(file.path).or_default().extend(targets.iter().map(|t| (t.path, at)));
        }
    }
    let mut done: Vec<Symbol> = Vec::new();
    for file in files {
        if !done.contains(&file.path) {
            walk(file.path, &edges, &mut Vec::new(), &mut done, &mut sigs.diags);
        }
    }
}

fn walk(
    file: Symbol,
    edges: &FxHashMap<Symbol, Vec<(Symbol, Origin)>>,
    stack: &mut Vec<(Symbol, Origin)>,
    done: &mut Vec<Symbol>,
    diags: &mut Vec<crate::Diag>,
) {
    for (target, at) in edges.get(&file).into_iter().flatten() {
        if let Some(start) = stack.iter().position(|(f, _)| f == target).or((*target == file).then_some(stack.len())) {
            let mut circle: Vec<(Symbol, Origin)> = stack[start.min(stack.len())..].to_vec();
            circle.push((file, *at));
            let names: Vec<String> = circle.iter().map(|(f, _)| format!("`{f}`")).collect();
            let mut diag = code::IMPORT_CYCLE
                .at(*at, format!("files import each other in a circle: {} and back", names.join(" → ")));
            for (f, o) in circle.iter().filter(|(_, o)| o != at) {
                diag = diag.also(*o, format!("`{f}` imports the next"));
            }
            diags.push(diag.help("move what both need into a third file"));
        } else if !done.contains(target) {
            stack.push((file, *at));
            walk(*target, edges, stack, done, diags);
            stack.pop();
        }
    }
    if !done.contains(&file) {
        done.push(file);
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

fn kinds_and_capabilities(sigs: &mut Signatures, files: &[Arc<FileItems>], pending: &mut Pending) {
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
fn scope_structures(sigs: &mut Signatures) {
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
