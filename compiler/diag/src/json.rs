//! Diagnostics for programs: one object.

use crate::{Diagnostic, Note, Places, Range, Summary, edits_of};
use kss_span::Span;
use serde::Serialize;

#[derive(Serialize)]
struct Report<'a> {
    diagnostics: Vec<Entry<'a>>,
    summary: Counts,
}

#[derive(Serialize)]
struct Entry<'a> {
    code: &'a str,
    name: &'a str,
    severity: &'a str,
    message: &'a str,
    file: &'a str,
    range: Range,
    labels: Vec<LabelEntry<'a>>,
    notes: Vec<String>,
    fixes: Vec<FixEntry<'a>>,
    scopes: &'a [String],
}

#[derive(Serialize)]
struct LabelEntry<'a> {
    file: &'a str,
    range: Range,
    message: &'a str,
}

#[derive(Serialize)]
struct FixEntry<'a> {
    title: &'a str,
    safe: bool,
    edits: Vec<EditEntry<'a>>,
}

#[derive(Serialize)]
struct EditEntry<'a> {
    file: &'a str,
    range: Range,
    text: String,
}

/// No time: the same sources give the same bytes.
#[derive(Serialize)]
struct Counts {
    errors: usize,
    warnings: usize,
    files: usize,
    fixable: usize,
}

/// One object with a line feed at the end:
///
/// ```text
/// {"diagnostics": [{code, name, severity, message, file, range, labels, notes, fixes, scopes}],
///  "summary": {errors, warnings, files, fixable}}
/// ```
///
/// Positions count from 1, columns in characters; `end` is behind the last character. What is said about the place itself
/// is the first of `labels`.
pub fn json(diagnostics: &[Diagnostic], summary: &Summary, places: &Places<'_>) -> String {
    let mut text = format!("{:#}", json_value(diagnostics, summary, places));
    text.push('\n');
    text
}

/// The object of [`json`].
pub fn json_value(diagnostics: &[Diagnostic], summary: &Summary, places: &Places<'_>) -> serde_json::Value {
    let Summary { errors, warnings, files, fixable, elapsed: _ } = *summary;
    let report = Report {
        diagnostics: diagnostics.iter().map(|d| entry(d, places)).collect(),
        summary: Counts { errors, warnings, files, fixable },
    };
    // Texts and numbers alone: there is nothing in it that JSON has no form for.
    serde_json::to_value(report).unwrap_or_default()
}

fn entry<'a>(d: &'a Diagnostic, places: &Places<'a>) -> Entry<'a> {
    let own = (!d.label.is_empty()).then(|| label(d.place, &d.label, places));
    Entry {
        code: d.code.id,
        name: d.code.name,
        severity: d.severity.name(),
        message: &d.message,
        file: places.path(d.place.file),
        range: places.range(d.place),
        labels: own.into_iter().chain(d.labels.iter().map(|l| label(l.place, &l.message, places))).collect(),
        notes: d.notes.iter().map(Note::standalone).collect(),
        fixes: d.fixes.iter().map(|fix| fix_entry(fix, places)).collect(),
        scopes: &d.scopes,
    }
}

fn label<'a>(place: Span, message: &'a str, places: &Places<'a>) -> LabelEntry<'a> {
    LabelEntry { file: places.path(place.file), range: places.range(place), message }
}

fn fix_entry<'a>(fix: &'a crate::Fix, places: &Places<'a>) -> FixEntry<'a> {
    let edits = edits_of(fix).into_iter();
    let edits = edits.map(|edit| EditEntry {
        file: places.path(edit.span.file),
        range: places.range(edit.span),
        text: edit.text,
    });
    FixEntry { title: &fix.title, safe: fix.safe, edits: edits.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{CLUSTERS, overlap};

    #[test]
    fn one_object_holds_everything() {
        let found = [Diagnostic { scopes: vec!["kcs".into()], ..overlap() }];
        let text = json(&found, &Summary::new(&found, 2), &Places::new(&CLUSTERS));
        insta::assert_snapshot!("json", text);
    }

    #[test]
    fn nothing_wrong_is_an_object_as_well() {
        let text = json(&[], &Summary::new::<Span>(&[], 1), &Places::new(&CLUSTERS));
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["diagnostics"], serde_json::json!([]));
        assert_eq!(value["summary"], serde_json::json!({"errors": 0, "warnings": 0, "files": 1, "fixable": 0}));
    }
}
