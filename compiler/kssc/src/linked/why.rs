//! From a line of an output back to the statements that made it.

use crate::commands::why::{At, Target};
use crate::driver::{Step, Why};
use crate::failure::Failure;
use kss_ide::{Analysis, OutputPlace, WhyError, WhyPlace};
use std::path::Path;

/// The path of `file` in its deploy tree: below the folder that has a manifest.
pub(crate) fn path_in_tree(file: &Path) -> Option<String> {
    let full = file.canonicalize().ok()?;
    let root = full.ancestors().skip(1).find(|dir| dir.join(".kssc/manifest.json").is_file())?;
    Some(full.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/"))
}

/// Answers for one place in one file.
pub(crate) fn why(analysis: &Analysis, path: &str, target: &Target) -> Result<Why, Failure> {
    let at = match &target.at {
        At::Line(line) => OutputPlace::Line(*line),
        At::Pointer(keys) => OutputPlace::Pointer(keys.clone()),
    };
    let answer = analysis.source_of(path, &at).map_err(|error| match error {
        WhyError::NoFile => Failure::Project(format!("the sources no longer write `{path}`; build again")),
        WhyError::NothingThere => nothing_there(path, &target.at),
    })?;
    let steps = answer.steps.into_iter().map(|found| step(analysis, found)).collect();
    Ok(Why { value: answer.value, steps })
}

fn nothing_there(path: &str, at: &At) -> Failure {
    let place = match at {
        At::Line(line) => format!("line {line}"),
        At::Pointer(keys) => format!("`/{}`", keys.join("/")),
    };
    Failure::Project(format!("{place} of `{path}` comes from no source: the form of the file asks for it"))
}

fn step(analysis: &Analysis, found: WhyPlace) -> Step {
    let (file, text) = (found.span.file, analysis.text(found.span.file));
    let at = analysis.line_index(file).line_col(text, found.span.range.lo);
    Step { role: found.role, file: analysis.path(file).to_owned(), line: at.line, column: at.column }
}
