//! What is wrong, as the protocol says it.

use crate::snapshot::Snap;
use kss_diag::{Diagnostic, Severity};
use kss_ide::Analysis;
use kss_span::FileId;
use rustc_hash::FxHashMap;
use tower_lsp::ls_types::{self as lsp, DiagnosticSeverity, DiagnosticTag, NumberOrString};

/// Everything that is wrong in a project. Without `evaluate` only what syntax and types tell.
pub(crate) fn all(analysis: &Analysis, evaluate: bool) -> Vec<Diagnostic> {
    let session = analysis.session();
    if evaluate {
        return session.check().diagnostics;
    }
    session.parse_all();
    let places = session.places();
    kss_diag::arrange(session.static_diagnostics(&places), &[], session)
}

/// What is wrong in one file.
pub(crate) fn of_file(snap: &Snap, file: FileId) -> Vec<lsp::Diagnostic> {
    snap.found.all.iter().filter(|d| d.place.file == file).map(|d| diagnostic(snap, d)).collect()
}

/// What is wrong, by file.
pub(crate) fn by_file(snap: &Snap) -> FxHashMap<FileId, Vec<lsp::Diagnostic>> {
    let mut out: FxHashMap<FileId, Vec<lsp::Diagnostic>> = FxHashMap::default();
    for d in &snap.found.all {
        out.entry(d.place.file).or_default().push(diagnostic(snap, d));
    }
    out
}

/// One diagnostic. Notes stand below the message; other places are related information.
pub(crate) fn diagnostic(snap: &Snap, d: &Diagnostic) -> lsp::Diagnostic {
    let related = d.labels.iter().filter_map(|label| {
        let location = snap.location(label.place.file, label.place.range)?;
        Some(lsp::DiagnosticRelatedInformation { location, message: label.message.clone() })
    });
    let related: Vec<_> = related.collect();
    let unused = *d.code == kss_diag::code::UNUSED_IMPORT;
    lsp::Diagnostic {
        range: snap.lines_of(d.place.file).range(d.place.range),
        severity: Some(match d.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(d.code.id.to_owned())),
        source: Some("kssc".to_owned()),
        message: message(d),
        related_information: (!related.is_empty()).then_some(related),
        tags: unused.then(|| vec![DiagnosticTag::UNNECESSARY]),
        ..lsp::Diagnostic::default()
    }
}

fn message(d: &Diagnostic) -> String {
    let mut text = d.message.clone();
    if !d.label.is_empty() {
        text.push_str(&format!("\n{}", d.label));
    }
    for note in &d.notes {
        text.push_str(&format!("\n{}: {}", note.kind.name(), note.text));
    }
    if !d.scopes.is_empty() {
        text.push_str(&format!("\nin {}", d.scopes.join(", ")));
    }
    text
}
