//! What is wrong, as the protocol says it.

use crate::snapshot::Snap;
use kss_diag::{Diagnostic, Severity};
use kss_eval::ScopeModel;
use kss_ide::{Analysis, Evaluated};
use kss_project::{Places, Statics};
use kss_span::FileId;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use tower_lsp::ls_types::{self as lsp, DiagnosticSeverity, DiagnosticTag, NumberOrString};

/// A check in its steps, the quick ones first. Each begins when the client was told what the one before has found, so that it
/// takes no time from that.
pub(crate) enum Step {
    /// What syntax and types tell of the new text, with what the evaluation of an earlier one reported.
    Quick(Vec<Diagnostic>, Statics),
    /// The same with what the clusters report: an edit inside one evaluates that alone, while the site reads all of them.
    Clusters(Vec<Diagnostic>, Statics),
    /// Everything, with what was evaluated.
    Whole(Vec<Diagnostic>, Parts),
}

/// What is to be evaluated next.
pub(crate) enum Next {
    /// The clusters.
    Clusters(Statics),
    /// The site.
    Site(Statics),
}

/// Evaluated sites and clusters.
pub(crate) type Parts = Arc<Vec<Arc<ScopeModel>>>;

/// The quick step of a check. Without `evaluate` it is all there is.
pub(crate) fn check(analysis: &Analysis, known: &Parts, evaluate: bool) -> Step {
    let session = analysis.session();
    let statics = session.check_statically();
    if !evaluate {
        return Step::Whole(session.diagnostics(&statics, &[]), Parts::default());
    }
    Step::Quick(session.diagnostics(&statics, known), statics)
}

/// A further step, of the same text. It runs on threads that count less than those which answer.
pub(crate) fn evaluate(analysis: Analysis, known: Parts, next: Next) -> Step {
    rayon::scope(move |_| {
        let session = analysis.session();
        match next {
            Next::Clusters(statics) => {
                let parts = session.cluster_parts(&statics, &known);
                Step::Clusters(session.diagnostics(&statics, &parts), statics)
            }
            Next::Site(statics) => {
                let parts = Arc::new(session.parts(&statics));
                Step::Whole(session.diagnostics(&statics, &parts), parts)
            }
        }
    })
}

/// What can't be written of what was evaluated: found last, when there is time for it. It holds no snapshot.
pub(crate) fn of_outputs(evaluated: &Evaluated, places: &Places) -> Vec<Diagnostic> {
    evaluated.output_problems().map(|problem| places.locate(problem.clone())).collect()
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
