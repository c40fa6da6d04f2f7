//! Diagnostics as SARIF 2.1.0, which code hosts show beside the lines.

use crate::{ALL, Code, Diagnostic, Note, Places, Range, Severity, edits_of};
use kss_span::Span;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One run of `version` of the compiler, with a line feed at the end.
pub fn sarif(diagnostics: &[Diagnostic], version: &str, places: &Places<'_>) -> String {
    let rules = rules(diagnostics);
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "kssc",
                "version": version,
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": diagnostics.iter().map(|d| result(d, &rules, places)).collect::<Vec<_>>(),
        }],
    });
    format!("{log:#}\n")
}

/// The codes that occur, in the order of the catalogue.
fn rules(diagnostics: &[Diagnostic]) -> Vec<&'static Code> {
    ALL.iter().copied().filter(|code| diagnostics.iter().any(|d| d.code == *code)).collect()
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.id,
        "name": code.name,
        "shortDescription": { "text": code.name.replace('-', " ") },
        "help": { "text": code.page, "markdown": code.page },
        "defaultConfiguration": { "level": level(code.severity) },
    })
}

fn level(severity: Severity) -> &'static str {
    severity.name()
}

fn result(d: &Diagnostic, rules: &[&Code], places: &Places<'_>) -> Value {
    let mut result = json!({
        "ruleId": d.code.id,
        "ruleIndex": rules.iter().position(|code| *code == d.code),
        "level": level(d.severity),
        "message": { "text": message(d) },
        "locations": [location(d.place, places)],
    });
    if !d.labels.is_empty() {
        result["relatedLocations"] = d
            .labels
            .iter()
            .enumerate()
            .map(|(at, label)| {
                let mut related = location(label.place, places);
                related["id"] = json!(at + 1);
                related["message"] = json!({ "text": label.message });
                related
            })
            .collect();
    }
    if !d.fixes.is_empty() {
        result["fixes"] = d.fixes.iter().map(|fix| self::fix(fix, places)).collect();
    }
    if !d.scopes.is_empty() {
        result["properties"] = json!({ "scopes": d.scopes });
    }
    result
}

fn message(d: &Diagnostic) -> String {
    let label = (!d.label.is_empty()).then(|| d.label.clone());
    let lines = std::iter::once(d.message.clone()).chain(label).chain(d.notes.iter().map(Note::standalone));
    lines.collect::<Vec<_>>().join("\n")
}

fn location(place: Span, places: &Places<'_>) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": artifact(places.path(place.file)),
        "region": region(places.range(place)),
    } })
}

fn artifact(path: &str) -> Value {
    json!({ "uri": uri(path) })
}

fn region(range: Range) -> Value {
    json!({
        "startLine": range.start.line,
        "startColumn": range.start.column,
        "endLine": range.end.line,
        "endColumn": range.end.column,
    })
}

fn fix(fix: &crate::Fix, places: &Places<'_>) -> Value {
    let mut changes: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for edit in edits_of(fix) {
        changes.entry(places.path(edit.span.file)).or_default().push(json!({
            "deletedRegion": region(places.range(edit.span)),
            "insertedContent": { "text": edit.text },
        }));
    }
    let changes = changes
        .into_iter()
        .map(|(path, replacements)| json!({ "artifactLocation": artifact(path), "replacements": replacements }));
    json!({ "description": { "text": fix.title }, "artifactChanges": changes.collect::<Vec<_>>() })
}

/// A path as a relative reference: whatever is not plain is percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' | b'+' => {
                uri.push(byte as char)
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{CLUSTERS, overlap};

    #[test]
    fn a_run_holds_rules_and_results() {
        let found = [Diagnostic { scopes: vec!["kcs".into()], ..overlap() }];
        let text = sarif(&found, "0.1.0", &Places::new(&CLUSTERS));
        let mut log: Value = serde_json::from_str(&text).expect("JSON");
        let help = log["runs"][0]["tool"]["driver"]["rules"][0]["help"].take();
        assert_eq!(help["text"], json!(crate::code::POOLS_OVERLAP.page));
        insta::assert_snapshot!("sarif", format!("{log:#}"));
    }

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("a b/ä#?:%.kss"), "a%20b/%C3%A4%23%3F%3A%25.kss");
    }
}
