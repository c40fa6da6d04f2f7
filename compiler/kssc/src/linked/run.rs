//! One check of a project: loaded, and either known from an earlier one or evaluated.

use super::records::{Place, Record};
use crate::driver::{Checked, ProjectSources};
use crate::failure::Failure;
use kss_backend::OutputTree;
use kss_diag::{Diagnostic, Severity, Sources};
use kss_ide::{Carried, outputs};
use kss_project::{Database, Loaded, Session};
use kss_span::FileId;
use std::mem::ManuallyDrop;
use std::path::PathBuf;

/// A project that was read, and nothing more.
pub(super) struct Run {
    loaded: Loaded,
    public: bool,
    /// Where its record is kept, and the digest of what was loaded. None if there is no cache.
    place: Option<(Place, String)>,
}

/// What evaluating a project gave.
pub(super) struct Evaluated {
    pub(super) checked: Checked,
    /// The files of each site.
    pub(super) trees: Vec<OutputTree>,
    /// Digest of everything that they are made from; empty if nobody knows.
    pub(super) inputs: String,
}

impl Run {
    /// Reads the project. `cache`: may what is known be believed, and what is found be kept?
    pub(super) fn new(roots: &[PathBuf], public: bool, cache: bool) -> Result<Run, Failure> {
        let loaded = load(roots)?;
        let place = if cache { Place::of(roots, public).zip(loaded.digest()) } else { None };
        Ok(Run { loaded, public, place })
    }

    /// What an earlier run found in the same files.
    pub(super) fn known(&self) -> Option<Record> {
        let (place, digest) = self.place.as_ref()?;
        place.record(digest)
    }

    /// The project with what is known of it.
    pub(super) fn told(self, diagnostics: Vec<Diagnostic>) -> Checked {
        let files = self.loaded.files.iter().filter(|file| file.disk.is_some()).count();
        Checked { diagnostics, files, sources: Box::new(Texts(ManuallyDrop::new(self.loaded))) }
    }

    /// Looks at everything, and keeps what was found.
    pub(super) fn evaluate(self) -> Evaluated {
        let session = Session::new(Database::default(), self.loaded, self.public);
        let mut found = session.check();
        let carried = Carried::of(&session);
        let mut trees = Vec::new();
        let mut wrong_outputs = Vec::new();
        for (_, outcome) in &found.outcomes {
            let (tree, diags) = outputs(&carried, &outcome.model, &|| ());
            wrong_outputs.extend(diags);
            trees.push(tree);
        }
        found.add(wrong_outputs);
        let diagnostics = kss_diag::arrange(std::mem::take(&mut found.diagnostics), &[], &session);
        std::mem::forget(found);
        let inputs = self.place.map(|(place, digest)| {
            let record = Record::new(&digest, session.assets().found(), &diagnostics);
            place.keep(&record);
            record.inputs()
        });
        Evaluated { checked: checked(session, diagnostics), trees, inputs: inputs.unwrap_or_default() }
    }
}

/// Is there something that forbids to write?
pub(super) fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}

pub(super) fn load(roots: &[PathBuf]) -> Result<Loaded, Failure> {
    kss_project::load(roots).map_err(|error| Failure::Project(error.to_string()))
}

/// Texts that stay until the program ends: giving the memory back takes longer than ending.
struct Texts(ManuallyDrop<Loaded>);

impl Sources for Texts {
    fn path(&self, file: FileId) -> &str {
        self.0.files.get(file.0 as usize).map_or("", |file| file.path.as_str())
    }

    fn text(&self, file: FileId) -> &str {
        self.0.files.get(file.0 as usize).map_or("", |file| &file.text)
    }
}

impl ProjectSources for Texts {
    fn on_disk(&self, file: FileId) -> Option<PathBuf> {
        self.0.files.get(file.0 as usize)?.disk.clone()
    }
}

/// A project that stays open until the program ends: taking a large model apart takes a tenth of a build's time.
struct Open(ManuallyDrop<Session>);

impl Sources for Open {
    fn path(&self, file: FileId) -> &str {
        self.0.path(file)
    }

    fn text(&self, file: FileId) -> &str {
        self.0.text(file)
    }
}

impl ProjectSources for Open {
    fn on_disk(&self, file: FileId) -> Option<PathBuf> {
        self.0.on_disk(file).cloned()
    }
}

/// An open project with what is wrong in it.
pub(super) fn checked(session: Session, diagnostics: Vec<Diagnostic>) -> Checked {
    let files = session.own_files();
    Checked { diagnostics, files, sources: Box::new(Open(ManuallyDrop::new(session))) }
}
