//! Builds a project in memory, as `kssc build` does.

use kss_backend::OutputTree;
use kss_diag::{Diagnostic, Severity};
use kss_project::{Checked, Database, Loaded, Session};
use std::path::PathBuf;

/// A project that was checked, with its output tree.
pub struct Built {
    /// The open project.
    pub session: Session,
    /// What was found.
    pub checked: Checked,
    /// What would be written, if nothing is wrong.
    pub tree: OutputTree,
    /// Everything that is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// The folder of this repository.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_owned()
}

/// Builds the files below `root`.
pub fn build(root: &std::path::Path) -> Built {
    build_loaded(kss_project::load(&[root.to_owned()]).expect("the folder can be read"))
}

/// Builds files that were loaded (and perhaps changed).
pub fn build_loaded(loaded: Loaded) -> Built {
    let session = Session::new(Database::default(), loaded, false);
    let (checked, tree, diagnostics) = build_session(&session);
    Built { session, checked, tree, diagnostics }
}

/// Builds a project that is open: what was found, what would be written, everything that is wrong.
pub fn build_session(session: &Session) -> (Checked, OutputTree, Vec<Diagnostic>) {
    let mut checked = session.check();
    let mut wrong_outputs = Vec::new();
    let assets = session.assets();
    let mut tree = OutputTree::default();
    for (_, outcome) in &checked.outcomes {
        let files = kss_outputs::Texts::of(&outcome.model, &|path| assets.bytes(path));
        let context = kss_outputs::Context {
            nix: kss_stdlib::NIX,
            flake_lock: session.flake_lock(),
            carried: session.carried(),
            tofu_modules: kss_stdlib::TOFU_MODULES,
            is_package: &kss_project::is_package,
            files: &files,
            pause: &|| (),
        };
        let (found, diags) = kss_outputs::outputs(&outcome.model, &context);
        wrong_outputs.extend(diags);
        tree = found;
    }
    checked.add(wrong_outputs);
    let diagnostics = checked.diagnostics.clone();
    (checked, tree, diagnostics)
}

impl Built {
    /// Its errors, rendered.
    pub fn errors(&self) -> Vec<String> {
        let places = kss_diag::Places::new(&self.session);
        let errors = self.diagnostics.iter().filter(|d| d.severity == Severity::Error);
        errors.map(|d| kss_diag::terminal(d, &places, false)).collect()
    }
}

/// Builds the reference site, whose clusters the tests of the whole project look at.
pub fn reference() -> Built {
    build(&repository().join("clusters"))
}

/// Writes a tree to a folder of its own.
pub fn write(tree: &OutputTree) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for the tree");
    kss_deploy::write(tree, &folder.path().join("deploy"), &kss_deploy::Options::default())
        .expect("the tree is written");
    folder
}
