//! What an editor asks of a project: pure functions from a snapshot and a position to plain data. No protocol, no I/O; offsets
//! are bytes. One feature is one file with its tests below.
//!
//! ```text
//! Host ── changes ──▶ Session (salsa)          Analysis = snapshot + questions
//!   └── snapshot() ──────────────────────────▶   place → word → Target → Declaration
//! ```

mod actions;
mod calls;
mod completion;
mod declared;
mod evaluated;
#[cfg(test)]
mod everywhere;
mod extract;
mod files;
mod format;
mod goto;
mod hierarchy;
mod homes;
mod host;
mod hover;
mod inlay;
mod lens;
mod outputs;
mod place;
mod ranges;
mod references;
mod signature;
mod symbols;
#[cfg(test)]
mod testing;
mod tokens;
mod values;
mod why;

pub use actions::{Action, ActionKind};
pub use calls::Call;
pub use completion::{Completion, CompletionKind, Insert};
pub use declared::Nav;
pub use evaluated::Evaluated;
pub use host::Host;
pub use hover::Hover;
pub use inlay::{InlayConfig, InlayHint, InlayKind};
pub use kss_project::{Cancelled, cancellable};
pub use kss_sema::{DeclKind, Usage};
pub use lens::{CodeLens, Deployed, LensAction, LensConfig};
pub use outputs::{Carried, Preview, outputs};
pub use place::{FilePosition, Place};
pub use ranges::{Fold, FoldKind, Link, LinkTarget};
pub use references::{Reference, RenameError, UsageOrd};
pub use signature::SignatureHelp;
pub use symbols::DocumentSymbol;
pub use tokens::{SemanticToken, TOKEN_MODIFIERS, TOKEN_TYPES, TokenType};
pub use why::{GeneratedLine, OutputPlace, WhyAnswer, WhyError, WhyPlace};

use kss_diag::Sources;
use kss_project::{Database, Session, Watch, db};
use kss_span::{FileId, ItemId, LineIndex, Origin, Span, Symbol};
use std::sync::Arc;

/// A snapshot of a project, to ask. It must be gone before the next change goes through; a change cancels what runs on it.
pub struct Analysis {
    session: Session,
    cache: evaluated::Cache,
    watch: Watch,
}

impl Analysis {
    pub(crate) fn new(session: Session, cache: evaluated::Cache) -> Analysis {
        let watch = session.watch();
        Analysis { session, cache, watch }
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
