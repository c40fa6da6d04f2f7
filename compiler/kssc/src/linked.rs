//! The driver over the compiler's libraries.

use crate::commands::why::Target;
use crate::driver::{Build, Built, Change, Checked, Driver, Formatter, ProjectSources, Tested, Why};
use crate::failure::Failure;
use kss_backend::{Backend, Files, OutputTree};
use kss_diag::{Diagnostic, Sources};
use kss_model::Model;
use kss_project::{Database, Session};
use kss_span::{FileId, Origin, Symbol};
use std::path::{Path, PathBuf};

/// The compiler itself.
pub(crate) struct Compiler;

impl ProjectSources for Session {
    fn on_disk(&self, file: FileId) -> Option<PathBuf> {
        Session::on_disk(self, file).cloned()
    }
}

impl Compiler {
    fn open(roots: &[PathBuf], public: bool) -> Result<Session, Failure> {
        let loaded = kss_project::load(roots).map_err(|error| Failure::Project(error.to_string()))?;
        Ok(Session::new(Database::default(), loaded, public))
    }
}

/// Texts of files that values name by their path.
struct AssetTexts;

impl Files for AssetTexts {
    fn text(&self, _path: &str) -> Option<&str> {
        None
    }
}

/// All files that a model becomes, and what can't be written.
pub(crate) fn outputs(model: &Model, library: &[(&str, &str)]) -> (OutputTree, Vec<Diagnostic<Origin>>) {
    let files = AssetTexts;
    let is_package = |path: &[Symbol]| kss_project::is_package(path);
    let nixos = kss_nixos::Nixos { library, is_package: &is_package };
    let helm = kss_helm::Helm { files: &files };
    let kustomize = kss_kustomize::Kustomize { files: &files };
    let tofu = kss_tofu::Tofu { modules: kss_stdlib::TOFU_MODULES };
    let backends: [&dyn Backend; 8] = [
        &nixos,
        &helm,
        &kustomize,
        &kss_argocd::Argocd,
        &tofu,
        &kss_vars::Vars,
        &kss_vars::Files,
        &kss_vars::PushGuard,
    ];
    let mut tree = OutputTree::default();
    let mut diags = Vec::new();
    for backend in backends {
        diags.extend(backend.emit(model, &mut tree));
    }
    (tree, diags)
}

fn checked(session: Session, diagnostics: Vec<Diagnostic>) -> Checked {
    let files = session.own_files();
    Checked { diagnostics, files, sources: Box::new(session) }
}

impl Driver for Compiler {
    fn formatter(&self) -> Result<Formatter<'_>, Failure> {
        Err(Failure::Unlinked)
    }

    fn check(&self, roots: &[PathBuf], public: bool) -> Result<Checked, Failure> {
        let session = Compiler::open(roots, public)?;
        let mut found = session.check();
        for (_, outcome) in &found.outcomes {
            let (_, diags) = outputs(&outcome.model, &[]);
            found.diagnostics.extend(diags.into_iter().map(|d| found.places.locate(d)));
        }
        let diagnostics = kss_diag::arrange(found.diagnostics, &[], &session);
        Ok(checked(session, diagnostics))
    }

    fn build(&self, build: &Build) -> Result<Built, Failure> {
        let session = Compiler::open(std::slice::from_ref(&build.root), false)?;
        let mut found = session.check();
        let mut trees = Vec::new();
        let library: Vec<(&str, &str)> = kss_stdlib::NIX.to_vec();
        for (_, outcome) in &found.outcomes {
            let (tree, diags) = outputs(&outcome.model, &library);
            found.diagnostics.extend(diags.into_iter().map(|d| found.places.locate(d)));
            trees.push(tree);
        }
        let wrong = found.has_errors();
        let diagnostics = kss_diag::arrange(found.diagnostics, &[], &session);
        let checked = checked(session, diagnostics);
        let Some(tree) = trees.pop().filter(|_| !wrong) else {
            return Ok(Built { checked, changes: Vec::new(), unchanged: 0 });
        };
        let output = &build.output;
        if build.check {
            let changes = kss_deploy::check(&tree, output).map_err(deploy)?;
            let changes = changes.into_iter().map(|d| (change(d.change), PathBuf::from(d.path))).collect();
            return Ok(Built { checked, changes, unchanged: 0 });
        }
        let report = kss_deploy::write(&tree, output, &kss_deploy::Options::default()).map_err(deploy)?;
        let written = report.written.into_iter().map(|p| (Change::Changed, PathBuf::from(p)));
        let removed = report.removed.into_iter().map(|p| (Change::Removed, PathBuf::from(p)));
        Ok(Built { checked, changes: written.chain(removed).collect(), unchanged: report.unchanged })
    }

    fn why(&self, _: &Target) -> Result<Why, Failure> {
        Err(Failure::Unlinked)
    }

    fn test(&self, _: &Path, _: &str) -> Result<Tested, Failure> {
        Err(Failure::Unlinked)
    }

    fn model(&self, _: &Path, _: Option<&str>) -> Result<Result<serde_json::Value, Checked>, Failure> {
        Err(Failure::Unlinked)
    }
}

fn deploy(error: kss_deploy::DeployError) -> Failure {
    Failure::Project(error.to_string())
}

fn change(change: kss_deploy::Change) -> Change {
    match change {
        kss_deploy::Change::Missing => Change::Added,
        kss_deploy::Change::Differs | kss_deploy::Change::Interrupted => Change::Changed,
        kss_deploy::Change::Stale => Change::Removed,
    }
}
