//! Diagnostics: the catalogue of codes, the plain value, and its renderers.
//!
//! A [`Diagnostic`] is generic over what a *place* is. The evaluator writes `Diagnostic<Origin>`, which stays equal when
//! text moves; whoever shows it maps origins to spans.

mod arrange;
mod assertion;
mod catalogue;
mod clean;
mod excerpt;
mod fixes;
mod github;
mod json;
mod page;
mod sarif;
mod sources;
mod suggest;
mod summary;
mod terminal;
#[cfg(test)]
mod testing;

pub use arrange::{arrange, group, sort};
pub use assertion::{PartValue, diagram};
pub use catalogue::{ALL, Code, Severity, code, find};
pub use fixes::{FixError, apply_fixes, edits_of, safe_edits};
pub use github::github;
pub use json::{json, json_value};
pub use page::{Example, Run};
pub use sarif::sarif;
pub use sources::{Places, Position, Range, Sources};
pub use suggest::{closest, did_you_mean, is_slip};
pub use summary::Summary;
pub use terminal::{terminal, terminal_all};

use kss_span::Span;
use serde::{Deserialize, Serialize};

/// One thing that is wrong (or worth saying), with everything that a reader needs to mend it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Diagnostic<P = Span> {
    /// Which rule; its id where a diagnostic is written down.
    #[serde(with = "catalogue::by_id")]
    pub code: &'static Code,
    /// Usually the code's own.
    pub severity: Severity,
    /// What is wrong, with its values: lower case, no final stop, makes sense alone.
    pub message: String,
    /// Where to edit.
    pub place: P,
    /// What is at `place`, in a few words; may be empty.
    pub label: String,
    /// The other places involved, each with its role.
    pub labels: Vec<Label<P>>,
    /// Why, and how to go on.
    pub notes: Vec<Note>,
    /// Edits that mend it.
    pub fixes: Vec<Fix<P>>,
    /// The scopes (clusters) in which it happens, if not in all that there are.
    pub scopes: Vec<String>,
}

/// Another place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Label<P = Span> {
    /// Where.
    pub place: P,
    /// Its role: "set here", "default of `rke2`".
    pub message: String,
}

/// A line below the source.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Note {
    /// Its heading.
    pub kind: NoteKind,
    /// Its text; further lines are indented below the first.
    pub text: String,
}

/// What a note is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum NoteKind {
    /// The rule that is broken.
    Rule,
    /// A fact.
    Note,
    /// How to mend it.
    Fix,
}

/// An edit, or several that belong together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fix<P = Span> {
    /// What it does: "write `memory`".
    pub title: String,
    /// All of them or none.
    pub edits: Vec<FixEdit<P>>,
    /// May `kssc check --fix` apply it without asking?
    pub safe: bool,
}

/// One replacement of text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FixEdit<P = Span> {
    /// The text in question.
    pub place: P,
    /// Where the new text goes.
    pub how: How,
    /// The new text.
    pub text: String,
}

/// Where the new text goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum How {
    /// Instead of the place.
    Replace,
    /// Before it.
    Before,
    /// Behind it.
    After,
}

impl NoteKind {
    /// Its heading: `rule`, `note`, `fix`.
    pub const fn name(self) -> &'static str {
        match self {
            NoteKind::Rule => "rule",
            NoteKind::Note => "note",
            NoteKind::Fix => "fix",
        }
    }
}

impl Note {
    /// The note on its own: a fact as it is, a rule or a way to mend it with its heading.
    pub fn standalone(&self) -> String {
        match self.kind {
            NoteKind::Note => self.text.clone(),
            NoteKind::Rule | NoteKind::Fix => format!("{}: {}", self.kind.name(), self.text),
        }
    }
}

impl Code {
    /// A diagnostic of this code at `place`.
    pub fn at<P>(&'static self, place: P, message: impl Into<String>) -> Diagnostic<P> {
        Diagnostic {
            code: self,
            severity: self.severity,
            message: message.into(),
            place,
            label: String::new(),
            labels: Vec::new(),
            notes: Vec::new(),
            fixes: Vec::new(),
            scopes: Vec::new(),
        }
    }
}

impl<P> Diagnostic<P> {
    /// Says what is at the place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Points at another place.
    #[must_use]
    pub fn also(mut self, place: P, text: impl Into<String>) -> Self {
        self.labels.push(Label { place, message: text.into() });
        self
    }

    /// Names the rule.
    #[must_use]
    pub fn rule(self, text: impl Into<String>) -> Self {
        self.with_note(NoteKind::Rule, text)
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(self, text: impl Into<String>) -> Self {
        self.with_note(NoteKind::Note, text)
    }

    /// Says how to mend it, where no edit can be written.
    #[must_use]
    pub fn help(self, text: impl Into<String>) -> Self {
        self.with_note(NoteKind::Fix, text)
    }

    fn with_note(mut self, kind: NoteKind, text: impl Into<String>) -> Self {
        self.notes.push(Note { kind, text: text.into() });
        self
    }

    /// Offers one edit that is surely right.
    #[must_use]
    pub fn fix(self, title: impl Into<String>, place: P, how: How, text: impl Into<String>) -> Self {
        self.offer(title, place, how, text, true)
    }

    /// Offers the known word `near` instead of the unknown `word` at `place`: surely, if that was a slip.
    #[must_use]
    pub fn near(self, place: P, word: &str, near: &str) -> Self {
        self.offer(format!("write `{near}`"), place, How::Replace, near, is_slip(word, near))
    }

    /// Offers one edit that a person should look at.
    #[must_use]
    pub fn suggest(self, title: impl Into<String>, place: P, how: How, text: impl Into<String>) -> Self {
        self.offer(title, place, how, text, false)
    }

    fn offer(mut self, title: impl Into<String>, place: P, how: How, text: impl Into<String>, safe: bool) -> Self {
        let edits = vec![FixEdit { place, how, text: text.into() }];
        self.fixes.push(Fix { title: title.into(), edits, safe });
        self
    }

    /// The same with other places; `None` drops a label or a fix. The main place must map.
    pub fn map_places<Q>(self, main: impl FnOnce(&P) -> Q, mut map: impl FnMut(&P) -> Option<Q>) -> Diagnostic<Q> {
        let place = main(&self.place);
        let labels = self.labels.into_iter();
        let labels = labels.filter_map(|l| Some(Label { place: map(&l.place)?, message: l.message })).collect();
        let mut fixes = Vec::new();
        for fix in self.fixes {
            let edits = fix.edits.into_iter();
            let edits = edits.map(|e| Some(FixEdit { place: map(&e.place)?, how: e.how, text: e.text }));
            if let Some(edits) = edits.collect() {
                fixes.push(Fix { title: fix.title, edits, safe: fix.safe });
            }
        }
        let Diagnostic { code, severity, message, label, notes, scopes, .. } = self;
        Diagnostic { code, severity, message, place, label, labels, notes, fixes, scopes }
    }
}
