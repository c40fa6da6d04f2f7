//! Counts what an open project computes again after an edit.

use crate::build::repository;
use kss_project::{Checked, Database, Loaded, Session};
use kss_span::FileId;
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

/// A project that tells what it computes.
pub struct Observed {
    /// The open project.
    pub session: Session,
    executed: Arc<Mutex<Vec<String>>>,
}

impl Observed {
    /// Opens the reference site and checks it once.
    pub fn reference() -> Observed {
        Observed::open(kss_project::load(&[repository().join("clusters")]).expect("the folder can be read"))
    }

    /// Opens a project and checks it once.
    pub fn open(loaded: Loaded) -> Observed {
        let executed = Arc::new(Mutex::new(Vec::new()));
        let seen = executed.clone();
        let database = Database::observed(move |event| {
            // The name of the query, which salsa shows in its events.
            static EXECUTE: LazyLock<Regex> =
                LazyLock::new(|| Regex::new(r"^WillExecute \{ database_key: (.*) \}$").expect("a pattern"));
            if let Some(found) = EXECUTE.captures(&format!("{:?}", event.kind)) {
                seen.lock().expect("nobody panics here").push(found[1].to_owned());
            }
        });
        let observed = Observed { session: Session::new(database, loaded, false), executed };
        observed.check();
        observed
    }

    /// Checks again; what was found, and how often each query ran for it.
    pub fn check(&self) -> (Checked, Executed) {
        self.executed.lock().expect("nobody panics here").clear();
        let checked = self.session.check();
        (checked, Executed(self.executed.lock().expect("nobody panics here").clone()))
    }

    /// The number of the file at the end of whose path this stands.
    pub fn file(&self, end: &str) -> FileId {
        use kss_diag::Sources;
        let files = (0..).map(FileId).take_while(|id| !self.session.path(*id).is_empty());
        let found: Vec<FileId> = files.filter(|id| self.session.path(*id).ends_with(end)).collect();
        assert_eq!(found.len(), 1, "files that end with `{end}`");
        found[0]
    }

    /// Replaces the first `old` in a file by `new`. However much space stands where `old` has some: files are laid out in columns.
    pub fn edit(&mut self, end: &str, old: &str, new: &str) {
        use kss_diag::Sources;
        let file = self.file(end);
        let text = self.session.text(file);
        let words: Vec<String> = old.split(' ').filter(|word| !word.is_empty()).map(regex::escape).collect();
        let pattern = Regex::new(&words.join(" +")).expect("a pattern");
        assert!(pattern.is_match(text), "`{end}` has no `{old}`");
        let text = pattern.replace(text, regex::NoExpand(new)).into_owned();
        self.session.set_text(file, text.into());
    }
}

/// Queries that ran, each with its key.
#[derive(Clone, Debug)]
pub struct Executed(Vec<String>);

impl Executed {
    /// How often each query ran.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for query in &self.0 {
            let name = query.split('(').next().unwrap_or(query).to_owned();
            *counts.entry(name).or_insert(0) += 1;
        }
        counts
    }

    /// How often `query` ran.
    pub fn of(&self, query: &str) -> usize {
        self.counts().get(query).copied().unwrap_or(0)
    }
}
