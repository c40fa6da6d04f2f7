//! Entries by name: of modules, sites and clusters.

use super::request::{MARKER, Request};
use kss_project::db;
use kss_sema::{Decl, Signatures};
use kss_span::Symbol;
use kss_syntax::ast::{Head, StmtKind};
use kss_syntax::visit::{Node, walk};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// An entry that can be named.
pub(super) struct Known {
    pub(super) name: Symbol,
    /// How far away: 0 in the same item.
    pub(super) distance: u8,
    pub(super) doc: Option<Arc<str>>,
}

/// Entries of `kind` that `kind.name` reaches: in a module its own and those of the library's core, elsewhere all.
pub(super) fn reachable(request: &Request<'_>, kind: Symbol) -> Vec<Known> {
    let all = collect(request, kind);
    match request.module() {
        Some(_) => {
            all.into_iter().filter(|(known, core)| known.distance == 0 || *core).map(|(known, _)| known).collect()
        }
        None => all.into_iter().map(|(known, _)| known).collect(),
    }
}

/// All entries of `kind`.
pub(super) fn all(request: &Request<'_>, kind: Symbol) -> Vec<Known> {
    collect(request, kind).into_iter().map(|(known, _)| known).collect()
}

fn collect(request: &Request<'_>, kind: Symbol) -> Vec<(Known, bool)> {
    let sigs = request.sigs();
    let mut out: Vec<(Known, bool)> = Vec::new();
    let mut add = |name: Symbol, distance: u8, core: bool, doc: Option<Arc<str>>| {
        if name != MARKER {
            out.push((Known { name, distance, doc }, core));
        }
    };
    if let Some(decl) = &request.decl {
        for (name, doc) in heads(decl, kind) {
            add(name, 0, false, doc);
        }
    }
    match kind.as_str() {
        "cluster" => sigs.clusters.keys().for_each(|name| add(*name, 1, false, None)),
        "site" => sigs.sites.keys().for_each(|name| add(*name, 1, false, None)),
        // Every module has an overlay of its own name.
        "overlay" => {
            if let Some(module) = request.module() {
                add(module.name, 0, false, None);
            }
        }
        _ => {}
    }
    for module in sigs.modules.values() {
        let core = module.item.key().file.starts_with("std/core/");
        let distance = if module.item == request.item() { 0 } else { 2 };
        let entries = module.entries.iter().filter(|(e, _)| e.kind == kind);
        entries.for_each(|(e, _)| add(e.name, distance, core, None));
        if kind == "overlay" && request.module().is_none() {
            add(module.name, 3, false, module.doc.clone());
        }
    }
    for decl in scopes(request) {
        if Some(decl.id) != request.decl.as_ref().map(|d| d.id) {
            heads(&decl, kind).into_iter().for_each(|(name, doc)| add(name, 1, false, doc));
        }
    }
    out.sort_by(|(a, _), (b, _)| a.distance.cmp(&b.distance).then(kss_span::natural_cmp(&a.name, &b.name)));
    let mut seen = FxHashSet::default();
    out.retain(|(known, _)| seen.insert(known.name));
    out
}

/// Bodies of sites, overlays and clusters.
pub(super) fn scopes(request: &Request<'_>) -> Vec<Decl> {
    let (db, project) = (request.analysis.db(), request.analysis.session().project());
    let items = db::scope_ids(db, project).iter();
    items.filter_map(|item| db::decl(db, project, db::ItemKey::new(db, *item)).clone()).collect()
}

/// Entries of `kind` that an item declares.
fn heads(decl: &Decl, kind: Symbol) -> Vec<(Symbol, Option<Arc<str>>)> {
    let mut out = Vec::new();
    walk(&decl.stmt, &mut |node: Node<'_>| {
        if let Node::Stmt(stmt) = node
            && let StmtKind::Entry { head, .. } = &stmt.kind
            && is_of(head, kind)
        {
            out.extend(Signatures::entries_of(head).into_iter().map(|e| (e.name, stmt.doc.clone())));
        }
    });
    out
}

fn is_of(head: &Head, kind: Symbol) -> bool {
    head.words.first().and_then(kss_syntax::ast::Key::literal) == Some(kind)
}
