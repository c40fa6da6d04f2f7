//! What a file declares: its items with stable ids, and its imports.

use crate::Diag;
use kss_diag::code;
use kss_span::{ItemId, Origin, Symbol};
use kss_syntax::ast::{self, Stmt, StmtKind};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The items of one file.
#[derive(Clone, PartialEq, Debug)]
pub struct FileItems {
    /// Path in the project; `std/…` for the standard library.
    pub path: Symbol,
    /// Its items in order, each with its id.
    pub decls: Vec<Decl>,
    /// Diagnostics of this step.
    pub diags: Vec<Diag>,
}

/// A top-level item.
#[derive(Clone, PartialEq, Debug)]
pub struct Decl {
    /// Stable across edits of other items.
    pub id: ItemId,
    /// Its tree.
    pub stmt: Arc<Stmt>,
}

/// A name that a file imports.
#[derive(Clone, PartialEq, Debug)]
pub struct ImportedName {
    /// Declared there.
    pub item: ItemId,
    /// Where it is imported.
    pub origin: Origin,
}

impl FileItems {
    /// Numbers the items of `file`.
    pub fn new(path: Symbol, file: &ast::File) -> FileItems {
        let mut seen: FxHashMap<String, u32> = FxHashMap::default();
        let mut diags = Vec::new();
        let mut decls = Vec::with_capacity(file.items.len());
        for stmt in &file.items {
            let mut name = item_name(stmt);
            let count = seen.entry(name.clone()).or_insert(0);
            *count += 1;
            if *count > 1 {
                name.push_str(&format!("#{count}"));
            }
            let id = ItemId::new(path, Symbol::new(&name));
            if !allowed_at_top(&stmt.kind) {
                let at = Origin::new(id, stmt.id.0);
                diags.push(
                    code::MISPLACED
                        .at(at, "this statement can't stand at the top of a file")
                        .help("here stand `import`, `site`, `overlay`, `cluster`, `module`, `type`, `fn`, `capability`, `intent`, `output`, `let` and `test`"),
                );
            }
            if path.ends_with(PRIVATE_FILE) && !allowed_in_private_file(&stmt.kind) {
                diags.push(public_in_private_file(Origin::new(id, stmt.id.0)));
            }
            decls.push(Decl { id, stmt: stmt.clone() });
        }
        FileItems { path, decls, diags }
    }

    /// The same without the bodies of sites, overlays, clusters and tests: what [`crate::Signatures`] are made of.
    pub fn outline(&self) -> FileItems {
        let decls = self.decls.iter().map(|decl| Decl { id: decl.id, stmt: without_body(&decl.stmt) });
        FileItems { path: self.path, decls: decls.collect(), diags: self.diags.clone() }
    }
}

/// A statement whose body nobody else sees, without it.
fn without_body(stmt: &Arc<Stmt>) -> Arc<Stmt> {
    let body = ast::Block { id: ast::NodeId(0), stmts: Vec::new() };
    let kind = match &stmt.kind {
        StmtKind::Site { name, .. } => StmtKind::Site { name: *name, body },
        StmtKind::Cluster { name, site, .. } => StmtKind::Cluster { name: *name, site: *site, body },
        StmtKind::Test { title, .. } => StmtKind::Test { title: title.clone(), body },
        StmtKind::Entry { head, because, .. } if overlay_of(head).is_some() => {
            StmtKind::Entry { head: head.clone(), body, because: because.clone() }
        }
        _ => return stmt.clone(),
    };
    Arc::new(Stmt { id: stmt.id, doc: stmt.doc.clone(), kind })
}

fn allowed_at_top(kind: &StmtKind) -> bool {
    match kind {
        StmtKind::Error
        | StmtKind::Import(_)
        | StmtKind::Site { .. }
        | StmtKind::Cluster { .. }
        | StmtKind::Module { .. }
        | StmtKind::Type { .. }
        | StmtKind::Fn { .. }
        | StmtKind::Capability { .. }
        | StmtKind::Kind(_)
        | StmtKind::Test { .. }
        | StmtKind::Let { .. } => true,
        StmtKind::Entry { head, .. } => overlay_of(head).is_some(),
        _ => false,
    }
}

/// How names of files end that aren't tracked.
const PRIVATE_FILE: &str = ".private.kss";

/// Whoever has only the tracked files has to have everything else.
fn allowed_in_private_file(kind: &StmtKind) -> bool {
    match kind {
        StmtKind::Error | StmtKind::Import(_) => true,
        StmtKind::Entry { head, .. } => overlay_of(head).is_some(),
        // Said to be misplaced.
        other => !allowed_at_top(other),
    }
}

fn public_in_private_file(at: Origin) -> Diag {
    let message = "a private file may hold overlays only: the public build would lack this";
    code::NOT_PRIVATE.at(at, message).label("not in the tracked files").help("write it into a tracked file")
}

/// The site of `overlay homelab { … }`.
pub(crate) fn overlay_of(head: &ast::Head) -> Option<ast::Name> {
    match head.words.as_slice() {
        [ast::Key::Bare(word), ast::Key::Bare(name)] if word.text == "overlay" && head.within.is_none() => Some(*name),
        _ => None,
    }
}

fn item_name(stmt: &Stmt) -> String {
    match &stmt.kind {
        StmtKind::Import(import) => {
            let path: Vec<&str> = import.path.iter().map(|n| n.text.as_str()).collect();
            format!("import {}", path.join("."))
        }
        StmtKind::Site { name, .. } => format!("site {}", name.text),
        StmtKind::Cluster { name, .. } => format!("cluster {}", name.text),
        StmtKind::Module { name, .. } => format!("module {}", name.text),
        StmtKind::Type { name, .. } => format!("type {}", name.text),
        StmtKind::Fn { name, .. } => format!("fn {}", name.text),
        StmtKind::Capability { name, .. } => format!("capability {}", name.text),
        StmtKind::Kind(kind) => format!("kind {}", kind.name.text),
        StmtKind::Let { name, .. } => format!("let {}", name.text),
        StmtKind::Test { title, .. } => format!("test {}", title.literal().map_or("", Symbol::as_str)),
        StmtKind::Entry { head, .. } if overlay_of(head).is_some() => {
            format!("overlay {}", overlay_of(head).map_or("", |n| n.text.as_str()))
        }
        _ => "statement".to_owned(),
    }
}
