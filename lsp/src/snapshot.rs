//! What a request sees: a project as it was when the request came.

use crate::config::{Client, Config};
use crate::convert::Lines;
use crate::{library, project};
use kss_diag::Diagnostic;
use kss_ide::{Analysis, FilePosition, Nav};
use kss_span::{Edit, FileId, TextRange};
use rustc_hash::FxHashMap;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower_lsp::ls_types::{Location, LocationLink, Position, TextEdit, Uri, WorkspaceEdit};

/// What is known to be wrong in a project at one of its revisions.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The revision that it is of.
    pub revision: u64,
    /// Was that revision evaluated? If not, what an earlier one reported stands in for it.
    pub whole: bool,
    /// All of it, arranged.
    pub all: Vec<Diagnostic>,
}

/// Open documents by their path, as the client names them.
pub(crate) type OpenUris = Arc<FxHashMap<PathBuf, Uri>>;

/// A project as it was when a request came.
pub(crate) struct Snap {
    /// The project.
    pub analysis: Analysis,
    /// Its folder.
    pub folder: Arc<Path>,
    /// The file that the request is about.
    pub file: FileId,
    /// Version of that file, if it is open.
    pub version: Option<i32>,
    /// What was last known to be wrong; may be of an earlier revision.
    pub found: Arc<Found>,
    /// What the client can do.
    pub client: Arc<Client>,
    /// What it has set.
    pub config: Arc<Config>,
    /// Open documents.
    pub open: OpenUris,
}

impl Snap {
    /// The file's text, to convert positions of.
    pub(crate) fn lines(&self) -> Lines<'_> {
        self.lines_of(self.file)
    }

    /// Another file's text.
    pub(crate) fn lines_of(&self, file: FileId) -> Lines<'_> {
        Lines::new(self.analysis.text(file), self.client.encoding)
    }

    /// A position of the file.
    pub(crate) fn at(&self, position: Position) -> FilePosition {
        FilePosition { file: self.file, offset: self.lines().offset(position) }
    }

    /// The name of a file for the client.
    pub(crate) fn uri(&self, file: FileId) -> Option<Uri> {
        let path = match self.analysis.session().on_disk(file) {
            Some(path) => path.clone(),
            None => library::on_disk(self.analysis.path(file), self.analysis.text(file))?,
        };
        self.open.get(&path).cloned().or_else(|| Uri::from_file_path(&path))
    }

    /// A range of a file for the client.
    pub(crate) fn location(&self, file: FileId, range: TextRange) -> Option<Location> {
        Some(Location { uri: self.uri(file)?, range: self.lines_of(file).range(range) })
    }

    /// Declarations for the client, with where the word stands that led there.
    pub(crate) fn links(&self, from: Option<TextRange>, navs: &[Nav]) -> Vec<LocationLink> {
        let link = |nav: &Nav| {
            let lines = self.lines_of(nav.file);
            Some(LocationLink {
                origin_selection_range: from.map(|range| self.lines().range(range)),
                target_uri: self.uri(nav.file)?,
                target_range: lines.range(nav.whole.cover(nav.focus)),
                target_selection_range: lines.range(nav.focus),
            })
        };
        navs.iter().filter_map(link).collect()
    }

    /// Edits of the file.
    pub(crate) fn edits(&self, edits: &[Edit]) -> Vec<TextEdit> {
        let lines = self.lines();
        edits.iter().map(|edit| lines.edit(edit)).collect()
    }

    /// Edits of several files.
    pub(crate) fn workspace_edit(&self, edits: &[Edit]) -> WorkspaceEdit {
        let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
        for edit in edits {
            if let Some(uri) = self.uri(edit.span.file) {
                changes.entry(uri).or_default().push(self.lines_of(edit.span.file).edit(edit));
            }
        }
        WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
    }

    /// The number of the file at `path`.
    pub(crate) fn file_at(&self, path: &Path) -> Option<FileId> {
        match library::name_of(path) {
            Some(name) => self.analysis.file(&name),
            None => self.analysis.file(&project::name_of(path)),
        }
    }
}

/// The path of a document. One that is in no file yet gets a folder of its own.
pub(crate) fn path_of(uri: &Uri) -> PathBuf {
    match uri.to_file_path() {
        Some(path) if uri.scheme().as_str() == "file" => path.into_owned(),
        _ => {
            let name: String = uri.as_str().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
            Path::new("/untitled").join(&name).join(format!("{name}.kss"))
        }
    }
}
