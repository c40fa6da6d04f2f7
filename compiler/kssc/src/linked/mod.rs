//! The driver over the compiler's libraries.

mod model;
mod records;
mod run;
mod why;

use self::run::{Run, checked, has_errors, load};
use crate::commands::why::Target;
use crate::driver::{Build, Built, Change, Check, Checked, Driver, Formatter, Tested, Why};
use crate::failure::Failure;
use kss_backend::OutputTree;
use kss_project::{Database, Session};
use std::path::{Path, PathBuf};

/// The compiler itself.
pub(crate) struct Compiler;

impl Compiler {
    fn open(roots: &[PathBuf], public: bool) -> Result<Session, Failure> {
        Ok(Session::new(Database::default(), load(roots)?, public))
    }
}

impl Driver for Compiler {
    fn formatter(&self) -> Result<Formatter<'_>, Failure> {
        Ok(&kss_fmt::format)
    }

    fn check(&self, check: &Check<'_>) -> Result<Checked, Failure> {
        let run = Run::new(check.roots, check.public, check.cache)?;
        Ok(match run.known() {
            Some(record) => run.told(record.diagnostics),
            None => {
                let found = run.evaluate();
                std::mem::forget(found.trees);
                found.checked
            }
        })
    }

    fn build(&self, build: &Build) -> Result<Built, Failure> {
        let run = Run::new(std::slice::from_ref(&build.root), false, build.cache)?;
        if let Some(record) = run.known() {
            let unchanged = match has_errors(&record.diagnostics) {
                true => Some(0),
                // A comparison reads every file, and whether one cluster is current nobody knows.
                false if build.check || build.cluster.is_some() => None,
                false => kss_deploy::current(&build.output, &record.inputs()).map_err(deploy)?,
            };
            if let Some(unchanged) = unchanged {
                return Ok(Built { checked: run.told(record.diagnostics), changes: Vec::new(), unchanged });
            }
        }
        let found = run.evaluate();
        write(build, found)
    }

    fn why(&self, target: &Target) -> Result<Why, Failure> {
        let path = why::path_in_tree(&target.file).ok_or_else(|| {
            Failure::Project(format!(
                "`{}` is in no deploy tree: no folder above it has `.kssc/manifest.json`",
                target.file.display()
            ))
        })?;
        let root = crate::paths::root(None)?;
        let host = kss_ide::Host::of(Compiler::open(&[root], false)?);
        why::why(&host.snapshot(), &path, target)
    }

    fn test(&self, roots: &[PathBuf], filter: &str) -> Result<Tested, Failure> {
        let session = Compiler::open(roots, false)?;
        let found = session.check();
        if found.has_errors() {
            return Ok(Tested { checked: checked(session, found.diagnostics), tests: Vec::new() });
        }
        let results = session.test(&found, filter);
        let tests = results.iter().map(|t| (t.title.to_string(), t.diagnostics.is_empty())).collect();
        let wrong = results.into_iter().flat_map(|t| t.diagnostics).collect();
        let diagnostics = kss_diag::arrange(wrong, &[], &session);
        Ok(Tested { checked: checked(session, diagnostics), tests })
    }

    fn model(&self, root: &Path, cluster: Option<&str>) -> Result<Result<serde_json::Value, Checked>, Failure> {
        let session = Compiler::open(&[root.to_owned()], false)?;
        let found = session.check();
        if found.has_errors() {
            return Ok(Err(checked(session, found.diagnostics)));
        }
        let json = found.outcomes.iter().find_map(|(_, outcome)| model::model(&outcome.model, cluster));
        json.map(Ok).ok_or_else(|| match cluster {
            Some(name) => Failure::Project(format!("there is no cluster `{name}`")),
            None => Failure::Project("there is no site in these files".to_owned()),
        })
    }
}

/// Writes what was evaluated, or compares it with what is there.
fn write(build: &Build, found: run::Evaluated) -> Result<Built, Failure> {
    let run::Evaluated { checked, mut trees, inputs } = found;
    let wrong = checked.has_errors();
    if !wrong && trees.len() != 1 {
        return Err(Failure::Project(match trees.len() {
            0 => "there is no site in these files: a project has one `site NAME { … }`".to_owned(),
            _ => "there are several sites in these files: name the folder of one".to_owned(),
        }));
    }
    let Some(tree) = trees.pop().filter(|_| !wrong) else {
        return Ok(Built { checked, changes: Vec::new(), unchanged: 0 });
    };
    let output = &build.output;
    let within = build.cluster.as_ref().map(|name| format!("clusters/{name}/"));
    let tree = match &within {
        Some(within) => below(tree, within)?,
        None => tree,
    };
    if build.check {
        let changes = kss_deploy::check(&tree, output).map_err(deploy)?;
        let concerns = |path: &str| within.as_ref().is_none_or(|within| path.starts_with(within.as_str()));
        let changes = changes.into_iter().filter(|d| concerns(&d.path));
        let changes: Vec<_> = changes.map(|d| (change(d.change), PathBuf::from(d.path))).collect();
        let touched = changes.iter().filter(|(change, _)| *change != Change::Removed).count();
        let unchanged = tree.len().saturating_sub(touched);
        return Ok(Built { checked, changes, unchanged });
    }
    let inputs = if within.is_some() { "" } else { inputs.as_str() };
    let options = kss_deploy::Options { inputs, within: within.as_deref(), overwrite: false };
    let report = kss_deploy::write(&tree, output, &options).map_err(deploy)?;
    std::mem::forget(tree);
    let written = report.written.into_iter().map(|p| (Change::Changed, PathBuf::from(p)));
    let removed = report.removed.into_iter().map(|p| (Change::Removed, PathBuf::from(p)));
    Ok(Built { checked, changes: written.chain(removed).collect(), unchanged: report.unchanged })
}

/// The part of a tree below a directory.
fn below(tree: OutputTree, directory: &str) -> Result<OutputTree, Failure> {
    let mut part = OutputTree::default();
    for file in tree.iter().filter(|file| file.path.starts_with(directory)) {
        // Every file was in a tree without complaint.
        part.insert(file.clone(), &mut Vec::new());
    }
    if part.is_empty() {
        let name = directory.trim_start_matches("clusters/").trim_end_matches('/');
        return Err(Failure::Project(format!("there is no cluster `{name}`")));
    }
    Ok(part)
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
