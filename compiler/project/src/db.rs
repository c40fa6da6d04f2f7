//! The database: what is derived from the texts of a project, kept between edits. All salsa attributes of the workspace are
//! here; each query is a thin call into a pure crate.
//!
//! ```text
//! text ─ parse ─ items ─┬─ outline ─ signatures ─┐
//!                       └─ decl ─────────────────┴─ lowered ─ library ─┬─ early ─┬─ cluster ─┐
//!                                                                      │         └───────────┴─ site
//! ```
//!
//! Equal results stop the wave: a comment changes `parse` and nothing behind `items`; an edit inside a body changes `lowered`
//! of that item and what evaluates it.

// The macros of salsa write public items without documentation.
#![allow(missing_docs)]

use crate::cancel::Changes;
use crate::{Assets, Shared};
use kss_ir::Program;
use kss_schema::SchemaSet;
use kss_sema::{Decl, Declaration, FileItems, Index, Lowered, Signatures};
use kss_span::{FileId, ItemId, Symbol};
use kss_syntax::Parsed;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A source file. Its number never changes.
#[salsa::input]
pub struct SourceFile {
    /// Its number in this project.
    #[returns(copy)]
    pub id: FileId,
    /// Its path, as messages name it.
    #[returns(copy)]
    pub path: Symbol,
    /// Its text; that of the editor where the file is open.
    pub text: Arc<str>,
}

/// The files of a project.
#[salsa::input]
pub struct Project {
    /// The project's own first, then the library's.
    pub files: Vec<SourceFile>,
    /// Without private overlays?
    #[returns(copy)]
    pub public: bool,
    /// Counts changes of files that are read during evaluation (`file("…")`).
    #[returns(copy)]
    pub assets: u32,
    /// What the library and the project's lock know of the outside.
    pub schemas: Shared<SchemaSet>,
    /// Ends evaluations that nobody waits for any more.
    pub changes: Changes,
    /// Where evaluations read files.
    pub door: Assets,
}

/// An item, as the key of queries.
#[salsa::interned]
pub struct ItemKey<'db> {
    /// The item.
    #[returns(copy)]
    pub item: ItemId,
}

/// A cluster or site by its name, as the key of queries.
#[salsa::interned]
pub struct ScopeName<'db> {
    /// The name.
    #[returns(copy)]
    pub name: Symbol,
}

/// The syntax tree with its places.
#[salsa::tracked(no_eq)]
pub fn parse(db: &dyn salsa::Database, file: SourceFile) -> Arc<Parsed> {
    Arc::new(kss_syntax::parse(file.id(db), file.text(db)))
}

/// The items of a file, without places.
#[salsa::tracked]
pub fn items(db: &dyn salsa::Database, file: SourceFile) -> Arc<FileItems> {
    Arc::new(FileItems::new(file.path(db), &parse(db, file).file))
}

/// The items of a file without bodies that only they see: an edit inside a cluster makes no signature again.
#[salsa::tracked]
pub fn outline(db: &dyn salsa::Database, file: SourceFile) -> Arc<FileItems> {
    Arc::new(items(db, file).outline())
}

/// Signatures of everything.
#[salsa::tracked]
pub fn signatures(db: &dyn salsa::Database, project: Project) -> Arc<Signatures> {
    let files: Vec<Arc<FileItems>> = project.files(db).iter().map(|f| outline(db, *f).clone()).collect();
    Arc::new(Signatures::new(&files))
}

/// Files by their paths. An edit leaves it as it is, so an item depends on its own file alone.
#[salsa::tracked]
pub fn by_path(db: &dyn salsa::Database, project: Project) -> FxHashMap<Symbol, SourceFile> {
    project.files(db).iter().map(|file| (file.path(db), *file)).collect()
}

/// The tree of one item.
#[salsa::tracked]
pub fn decl<'db>(db: &'db dyn salsa::Database, project: Project, key: ItemKey<'db>) -> Option<Decl> {
    let item = key.item(db);
    let file = by_path(db, project).get(&item.key().file)?;
    items(db, *file).decls.iter().find(|d| d.id == item).cloned()
}

/// One item, lowered.
#[salsa::tracked]
pub fn lowered<'db>(db: &'db dyn salsa::Database, project: Project, key: ItemKey<'db>) -> Arc<Lowered> {
    let sigs = signatures(db, project);
    match decl(db, project, key) {
        Some(decl) => Arc::new(kss_sema::lower_item(sigs, decl)),
        None => Arc::default(),
    }
}

/// What an item declares, for editors.
#[salsa::tracked]
pub fn declarations<'db>(db: &'db dyn salsa::Database, project: Project, key: ItemKey<'db>) -> Arc<Vec<Declaration>> {
    Arc::new(decl(db, project, key).as_ref().map(kss_sema::declarations).unwrap_or_default())
}

/// What the words of an item refer to and the types of its values, for editors.
#[salsa::tracked]
pub fn index<'db>(db: &'db dyn salsa::Database, project: Project, key: ItemKey<'db>) -> Arc<Index> {
    let sigs = signatures(db, project);
    match decl(db, project, key) {
        Some(decl) => Arc::new(kss_sema::index_item(sigs, decl, None)),
        None => Arc::default(),
    }
}

/// All items with their ids, in the order of files.
#[salsa::tracked]
pub fn item_ids(db: &dyn salsa::Database, project: Project) -> Vec<ItemId> {
    project.files(db).iter().flat_map(|f| items(db, *f).decls.iter().map(|d| d.id)).collect()
}

/// Bodies of sites and clusters among them: the same when a test or an import comes or goes.
#[salsa::tracked]
pub fn scope_ids(db: &dyn salsa::Database, project: Project) -> Vec<ItemId> {
    item_ids(db, project).iter().copied().filter(|item| is_scope(*item)).collect()
}

/// What is declared, put together, and what is wrong with it as a whole.
#[derive(Clone, PartialEq, Debug)]
pub struct Library {
    /// Without the bodies of sites and clusters, and without tests.
    pub program: Arc<Program>,
    /// Diagnostics of the whole.
    pub diags: Vec<kss_sema::Diag>,
}

/// Everything but the bodies of sites and clusters and the tests: what an edit of these leaves equal.
#[salsa::tracked]
pub fn library(db: &dyn salsa::Database, project: Project) -> Arc<Library> {
    let sigs = signatures(db, project);
    let items: Vec<(ItemId, Arc<Lowered>)> = item_ids(db, project)
        .iter()
        .filter(|item| !is_scope(**item) && !is_test(**item))
        .map(|item| (*item, lowered(db, project, ItemKey::new(db, *item)).clone()))
        .collect();
    let (program, diags) = kss_sema::assemble(sigs, &items);
    Arc::new(Library { program: Arc::new(program), diags })
}

/// Bodies of `site`, `overlay`, `cluster`.
pub(crate) fn is_scope(item: ItemId) -> bool {
    let name = item.key().name;
    ["site ", "cluster ", "overlay "].iter().any(|p| name.starts_with(p))
}

/// Tests.
pub(crate) fn is_test(item: ItemId) -> bool {
    item.key().name.starts_with("test ")
}

/// The library with the bodies that concern one evaluation.
pub(crate) fn with_scopes(db: &dyn salsa::Database, project: Project, wanted: impl Fn(ItemId) -> bool) -> Program {
    let mut program = (*library(db, project).program).clone();
    for item in scope_ids(db, project) {
        if wanted(*item) {
            program.scopes.extend(lowered(db, project, ItemKey::new(db, *item)).scope().cloned());
        }
    }
    program
}
