//! From a line of an output back to the statements that made it.

use crate::commands::why::{At, Target};
use crate::driver::{Step, Why};
use crate::failure::Failure;
use kss_backend::{Content, File, OutputTree, layout};
use kss_diag::Sources;
use kss_emit::LineOrigin;
use kss_eval::{Layer, Outcome, WhyStep};
use kss_project::{Checked, Places, Session};
use kss_span::{LineIndex, Origin, Symbol};
use kss_value::{EntryKey, ScopeKey, ScopeKind};
use std::path::Path;

/// The path of `file` in its deploy tree: below the folder that has a manifest.
pub(crate) fn path_in_tree(file: &Path) -> Option<String> {
    let full = file.canonicalize().ok()?;
    let root = full.ancestors().skip(1).find(|dir| dir.join(".kssc/manifest.json").is_file())?;
    Some(full.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/"))
}

/// Answers for one place in one file.
pub(crate) fn why(
    session: &Session,
    checked: &Checked,
    tree: &OutputTree,
    path: &str,
    target: &Target,
) -> Result<Why, Failure> {
    let file =
        tree.get(path).ok_or_else(|| Failure::Project(format!("the sources no longer write `{path}`; build again")))?;
    let line = place(file, &target.at).ok_or_else(|| nothing_there(path, &target.at))?;
    let steps = checked
        .outcomes
        .iter()
        .map(|(_, outcome)| steps(outcome, file, &line))
        .find(|s| !s.is_empty())
        .unwrap_or_default();
    let mut out = Vec::new();
    // The value itself may have been decided elsewhere: by whoever set the option that this line shows.
    let mut decided = decided(checked, file, line.origin);
    if decided.iter().all(|d| steps.iter().any(|s| s.origin == d.origin)) {
        decided.clear();
    }
    let told = steps.iter().chain(&decided).any(|s| s.won && covers(&checked.places, s.origin, line.origin));
    if !line.origin.is_nowhere() && !told {
        out.extend(step(session, &checked.places, line.origin, "written here".to_owned()));
    }
    for why in decided.iter().chain(&steps) {
        out.extend(step(session, &checked.places, why.origin, role(why)));
    }
    out.dedup_by(|b, a| a.file == b.file && a.line == b.line && a.role == b.role);
    if out.is_empty() {
        return Err(nothing_there(path, &target.at));
    }
    let value = steps.iter().find(|s| s.won).map_or_else(|| text_of(file, line.line), |s| s.value_text.clone());
    Ok(Why { value, steps: out })
}

/// The site or cluster that a file is written for.
fn scope_of<'o>(outcome: &'o Outcome, file: &File) -> Option<&'o ScopeKey> {
    let mut keys = outcome.parts.iter().map(|part| &part.scope.key);
    keys.find(|key| file.path.starts_with(&format!("{}/", layout::scope_dir(key))))
}

/// The steps of the smallest statement around `origin` that decided a value.
fn decided(checked: &Checked, file: &File, origin: Origin) -> Vec<WhyStep> {
    let places = &checked.places;
    let all = checked
        .outcomes
        .iter()
        .filter_map(|(_, outcome)| Some(outcome.decided_by(scope_of(outcome, file)?, origin.item)));
    let all = all.flatten();
    let around = all.filter_map(|steps| {
        let winner = steps.iter().find(|s| s.won && covers(places, s.origin, origin))?;
        let size = places.span(winner.origin)?.range.len();
        Some((size, steps))
    });
    around
        .min_by_key(|(size, steps)| (*size, std::cmp::Reverse(steps.len())))
        .map(|(_, steps)| steps)
        .unwrap_or_default()
}

fn covers(places: &Places, outer: Origin, inner: Origin) -> bool {
    let (Some(outer), Some(inner)) = (places.span(outer), places.span(inner)) else { return false };
    outer.file == inner.file && outer.range.lo <= inner.range.lo && inner.range.hi <= outer.range.hi
}

fn nothing_there(path: &str, at: &At) -> Failure {
    let place = match at {
        At::Line(line) => format!("line {line}"),
        At::Pointer(keys) => format!("`/{}`", keys.join("/")),
    };
    Failure::Project(format!("{place} of `{path}` comes from no source: the form of the file asks for it"))
}

fn place(file: &File, at: &At) -> Option<LineOrigin> {
    let Content::Text { lines, .. } = &file.content else { return None };
    match at {
        At::Line(line) => lines.at(*line).filter(|l| !l.origin.is_nowhere()).or_else(|| {
            // A line of the file's form (`metadata:`) leads to the entry that the file is made of.
            (!file.origin.is_nowhere()).then(|| LineOrigin { line: *line, pointer: String::new(), origin: file.origin })
        }),
        At::Pointer(keys) => {
            let pointer: String =
                keys.iter().map(|k| format!("/{}", k.replace('~', "~0").replace('/', "~1"))).collect();
            lines.find(&pointer)
        }
    }
}

fn steps(outcome: &Outcome, file: &File, line: &LineOrigin) -> Vec<WhyStep> {
    let pointer: Vec<Symbol> =
        line.pointer.split('/').skip(1).map(|seg| Symbol::new(&seg.replace("~1", "/").replace("~0", "~"))).collect();
    let Some(scope) = scope_of(outcome, file) else { return Vec::new() };
    let stem = file.path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
    let of_file = |key: &EntryKey| match key.scope.kind {
        // Options of machines have no name of their own.
        ScopeKind::Machine | ScopeKind::Node if key.name.is_empty() => layout::segment(&key.scope.name) == stem,
        _ => file.path.contains(key.name.as_str()),
    };
    outcome.why_output(scope, file.origin, &of_file, &pointer)
}

fn role(step: &WhyStep) -> String {
    let who = match step.layer {
        // A module has options, a type fields.
        Layer::Type if step.origin.item.key().name.starts_with("module ") => "default of the option".to_owned(),
        Layer::Type => "default of the type".to_owned(),
        Layer::Default => format!("default by `{}`", step.module),
        Layer::Module => format!("set by module `{}`", step.module),
        Layer::Scope => format!("set in `{}`", step.module),
        Layer::Override => format!("override in `{}`", step.module),
        Layer::Force => format!("force in `{}`", step.module),
        Layer::Overlay => "set by the private overlay".to_owned(),
    };
    let because = step.because.as_ref().map(|b| format!(" because \"{b}\"")).unwrap_or_default();
    let lost = if step.won { String::new() } else { format!(", overridden: {}", step.value_text) };
    format!("{who}{because}{lost}")
}

fn step(session: &Session, places: &Places, origin: Origin, role: String) -> Option<Step> {
    let span = places.span(origin)?;
    let text = session.text(span.file);
    let at = LineIndex::new(text).line_col(text, span.range.lo);
    Some(Step { role, file: session.path(span.file).to_owned(), line: at.line, column: at.column })
}

fn text_of(file: &File, line: u32) -> String {
    let text = String::from_utf8_lossy(file.content.bytes());
    text.lines().nth(line as usize - 1).unwrap_or_default().trim().to_owned()
}
