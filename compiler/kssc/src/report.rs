//! Diagnostics on the screen, in the form that was asked for.

use crate::driver::Checked;
use crate::failure::Failure;
use crate::ui::Ui;
use clap::ValueEnum;
use kss_diag::{Places, Severity, Summary};
use std::time::Duration;

/// How diagnostics are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// One object; positions count from 1.
    Json,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif,
    /// Workflow commands that GitHub shows beside the lines.
    Github,
}

impl Checked {
    /// Is there an error among them?
    pub(crate) fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }
}

/// Prints them as the result of the command.
pub(crate) fn print(checked: &Checked, format: Format, elapsed: Duration, ui: &Ui) -> Result<(), Failure> {
    let found = &checked.diagnostics;
    let places = Places::new(&*checked.sources);
    let summary = Summary::new(found, checked.files);
    match format {
        Format::Human => {
            ui.print(&kss_diag::terminal_all(found, &places, ui.colour_out()))?;
            say_summary(summary, elapsed, ui);
            Ok(())
        }
        Format::Json => ui.print(&kss_diag::json(found, &summary, &places)),
        Format::Sarif => ui.print(&kss_diag::sarif(found, env!("CARGO_PKG_VERSION"), &places)),
        Format::Github => ui.print(&kss_diag::github(found, &places)),
    }
}

/// Prints them beside the result of the command, if there are any.
pub(crate) fn complain(checked: &Checked, elapsed: Duration, ui: &Ui) {
    if !checked.diagnostics.is_empty() {
        let places = Places::new(&*checked.sources);
        ui.complain(&kss_diag::terminal_all(&checked.diagnostics, &places, ui.colour_err()));
        say_summary(Summary::new(&checked.diagnostics, checked.files), elapsed, ui);
    }
}

fn say_summary(summary: Summary, elapsed: Duration, ui: &Ui) {
    if summary.errors + summary.warnings > 0 {
        ui.say("");
    }
    ui.say(&summary.took(elapsed).to_string());
    if summary.fixable > 0 {
        ui.say(&format!("`kssc check --fix` mends {} of them", summary.fixable));
    }
}
