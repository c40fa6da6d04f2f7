//! The one writer: takes changes and gives snapshots.

use crate::Analysis;
use kss_project::{Database, Loaded, Session};
use kss_span::{FileId, Symbol};
use std::path::PathBuf;
use std::sync::Arc;

/// A project that changes.
pub struct Host {
    session: Session,
    /// The last evaluation with what was made of it; a snapshot that evaluates to the same uses it again.
    cache: crate::evaluated::Cache,
}

impl Host {
    /// Begins with the files of `loaded`.
    pub fn new(loaded: Loaded) -> Host {
        Host::of(Session::new(Database::default(), loaded, false))
    }

    /// Begins with an open project.
    pub fn of(session: Session) -> Host {
        Host { session, cache: Default::default() }
    }

    /// A snapshot. It must be dropped before the next change, which waits for it (and cancels what runs on it).
    pub fn snapshot(&self) -> Analysis {
        Analysis::new(self.session.clone(), self.cache.clone())
    }

    /// Replaces the text of a file.
    pub fn set_text(&mut self, file: FileId, text: Arc<str>) {
        self.session.set_text(file, text);
    }

    /// Adds a file, or the text of one that is there.
    pub fn add_file(&mut self, path: Symbol, disk: Option<PathBuf>, text: Arc<str>) -> FileId {
        self.session.add_file(path, disk, text)
    }

    /// Takes a file out of the project.
    pub fn remove_file(&mut self, file: FileId) {
        self.session.remove_file(file);
    }

    /// A file that an evaluation may read has changed.
    pub fn assets_changed(&mut self) {
        self.session.assets_changed();
    }

    /// The session, to look things up that no change can disturb.
    pub fn session(&self) -> &Session {
        &self.session
    }
}
