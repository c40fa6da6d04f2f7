//! What an editor asks of a project: pure functions from a snapshot and a position to plain data. No protocol, no I/O; offsets
//! are bytes. One feature is one file with its tests below.
//!
//! ```text
//! Host ── changes ──▶ Session (salsa)          Analysis = snapshot + questions
//!   └── snapshot() ──────────────────────────▶   place → word → Target → Declaration
//! ```

mod completion;
mod declared;
mod goto;
mod host;
mod place;
mod references;
mod signature;
#[cfg(test)]
mod testing;

pub use completion::{Completion, CompletionKind, Insert};
pub use declared::Nav;
pub use host::{Cancelled, Host, cancellable};
pub use kss_sema::{DeclKind, Usage};
pub use place::{FilePosition, Place};
pub use references::{Reference, RenameError};
pub use signature::{Parameter, SignatureHelp};

use kss_diag::Sources;
use kss_project::{Database, Session, db};
use kss_span::{FileId, ItemId, LineIndex, Origin, Span, Symbol};
use std::sync::Arc;

/// A snapshot of a project, to ask. It must be gone before the next change goes through; a change cancels what runs on it.
pub struct Analysis {
    session: Session,
}

impl Analysis {
    pub(crate) fn new(session: Session) -> Analysis {
        Analysis { session }
    }

    /// The session that the snapshot is of.
    pub fn session(&self) -> &Session {
        &self.session
    }

    pub(crate) fn db(&self) -> &Database {
        self.session.db()
    }

    /// The number of the file at `path`.
    pub fn file(&self, path: &str) -> Option<FileId> {
        self.session.file(path)
    }

    /// The path of a file as messages name it.
    pub fn path(&self, file: FileId) -> &str {
        self.session.path(file)
    }

    /// The text of a file.
    pub fn text(&self, file: FileId) -> &str {
        self.session.text(file)
    }

    /// Where the lines of a file begin.
    pub fn line_index(&self, file: FileId) -> LineIndex {
        LineIndex::new(self.text(file))
    }

    pub(crate) fn parsed(&self, file: FileId) -> Option<Arc<kss_syntax::Parsed>> {
        Some(db::parse(self.db(), self.session.source(file)?).clone())
    }

    pub(crate) fn items(&self, file: FileId) -> Option<Arc<kss_sema::FileItems>> {
        Some(db::items(self.db(), self.session.source(file)?).clone())
    }

    pub(crate) fn signatures(&self) -> &Arc<kss_sema::Signatures> {
        db::signatures(self.db(), self.session.project())
    }

    pub(crate) fn index(&self, item: ItemId) -> &Arc<kss_sema::Index> {
        db::index(self.db(), self.session.project(), db::ItemKey::new(self.db(), item))
    }

    pub(crate) fn declarations(&self, item: ItemId) -> &Arc<Vec<kss_sema::Declaration>> {
        db::declarations(self.db(), self.session.project(), db::ItemKey::new(self.db(), item))
    }

    /// The file of an item.
    pub(crate) fn file_of(&self, item: ItemId) -> Option<FileId> {
        self.session.file(&item.key().file)
    }

    /// Where the nodes of an item stand.
    pub(crate) fn spans_of(&self, item: ItemId) -> Option<(FileId, Arc<[kss_span::TextRange]>)> {
        let file = self.file_of(item)?;
        let at = self.items(file)?.decls.iter().position(|d| d.id == item)?;
        Some((file, self.parsed(file)?.spans.get(at)?.clone()))
    }

    /// Where a node of an item stands.
    pub fn span(&self, origin: Origin) -> Option<Span> {
        let (file, spans) = self.spans_of(origin.item)?;
        Some(spans.get(origin.node as usize)?.at(file))
    }

    /// Names of the clusters of the project's sites.
    pub fn clusters(&self) -> Vec<Symbol> {
        let mut names: Vec<Symbol> = self.signatures().clusters.keys().copied().collect();
        names.sort();
        names
    }
}
