//! What is wrong, collected once each.

use crate::explain::in_library;
use kss_diag::{Diagnostic, code};
use kss_span::{ItemKey, Origin};
use rustc_hash::FxHashSet;

/// A diagnostic of an evaluation.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// What is wrong and where.
    pub diagnostic: Diagnostic<Origin>,
    /// Of a failed check: expressions by their place, and the values that they had. Whoever has the sources writes them as
    /// `m.ip = 10.69.50.61`.
    pub values: Vec<(Origin, String)>,
}

impl From<Diagnostic<Origin>> for Report {
    fn from(diagnostic: Diagnostic<Origin>) -> Report {
        Report { diagnostic, values: Vec::new() }
    }
}

/// All reports of an evaluation.
#[derive(Default)]
pub(crate) struct Reports {
    list: Vec<Report>,
    seen: FxHashSet<(&'static str, Origin, String)>,
}

impl Reports {
    pub(crate) fn push(&mut self, report: impl Into<Report>) {
        let mut report = report.into();
        towards_project(&mut report.diagnostic);
        let d = &report.diagnostic;
        if self.seen.insert((d.code.id, d.place, d.message.clone())) {
            self.list.push(report);
        }
    }

    /// In an order that does not depend on which field was asked first.
    pub(crate) fn finish(mut self) -> Vec<Report> {
        self.list.sort_by_cached_key(sort_key);
        self.list
    }
}

/// The place to edit is in the project if any of the places is: nobody edits the library.
fn towards_project(diagnostic: &mut Diagnostic<Origin>) {
    if diagnostic.place.is_nowhere() || !in_library(diagnostic.place) {
        return;
    }
    if let Some(label) = diagnostic.labels.iter_mut().find(|l| !l.place.is_nowhere() && !in_library(l.place)) {
        std::mem::swap(&mut label.place, &mut diagnostic.place);
        std::mem::swap(&mut label.message, &mut diagnostic.label);
    }
}

fn sort_key(report: &Report) -> (ItemKey, u32, &'static str, String) {
    let d = &report.diagnostic;
    (d.place.item.key(), d.place.node, d.code.id, d.message.clone())
}

/// The code called `id`, or that of a failed check.
pub(crate) fn code_by_id(id: &str) -> &'static kss_diag::Code {
    kss_diag::ALL.iter().copied().find(|code| code.id == id).unwrap_or(&code::CHECK_FAILED)
}
