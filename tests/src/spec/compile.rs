//! The whole compiler over texts in memory.

use crate::build::build_session;
use kss_diag::{Diagnostic, Sources};
use kss_project::{Checked, Database, Loaded, Session, SourceText, TestResult, standard_library};
use kss_span::{FileId, Symbol};
use std::path::PathBuf;
use std::sync::Mutex;

/// A project that was compiled.
pub struct Compiled {
    session: Session,
    checked: Checked,
    /// What is wrong, outputs included, in the order in which it is shown.
    pub diagnostics: Vec<Diagnostic>,
    /// The files of the deploy tree.
    pub outputs: Vec<(String, String)>,
}

/// Evaluation reads other files than sources from the folder that the process works in, of which there is one.
static FOLDER: Mutex<()> = Mutex::new(());

/// Compiles `files`.
pub fn compile(files: &[(String, String)]) -> Compiled {
    let (sources, assets): (Vec<_>, Vec<_>) = files.iter().partition(|(path, _)| path.ends_with(".kss"));
    let session = Session::new(Database::default(), loaded(&sources), false);
    if assets.is_empty() {
        return check(session);
    }
    let _one = FOLDER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let before = std::env::current_dir().expect("the process works somewhere");
    let folder = tempfile::tempdir().expect("there is room for a folder");
    for (path, text) in assets {
        std::fs::write(folder.path().join(path), text).expect("the folder can be written");
    }
    std::env::set_current_dir(folder.path()).expect("the folder is there");
    let compiled = check(session);
    std::env::set_current_dir(before).expect("the folder is still there");
    compiled
}

fn loaded(sources: &[&(String, String)]) -> Loaded {
    let own = sources.iter().map(|(path, text)| (path.as_str(), text.as_str(), Some(PathBuf::from(path))));
    let library = standard_library().into_iter().map(|(path, text)| (path, text, None));
    let files = own.chain(library).enumerate().map(|(at, (path, text, disk))| SourceText {
        id: FileId(at as u32),
        path: Symbol::new(path),
        disk,
        text: text.into(),
    });
    Loaded { files: files.collect(), ..Loaded::default() }
}

fn check(session: Session) -> Compiled {
    let (checked, tree, diagnostics) = build_session(&session);
    let texts = tree.iter().map(|f| (f.path.clone(), String::from_utf8_lossy(f.content.bytes()).into_owned()));
    Compiled { outputs: texts.collect(), session, checked, diagnostics }
}

impl Compiled {
    /// The sources that diagnostics point into.
    pub fn sources(&self) -> &dyn Sources {
        &self.session
    }

    /// Runs the tests that stand in the sources.
    pub fn tests(&self) -> Vec<TestResult> {
        self.session.test(&self.checked, "")
    }

    /// A comparison of [`crate::spec::wrap`]: whether it holds; nothing where it was not evaluated.
    pub fn holds(&self, key: &str) -> Option<bool> {
        match self.value(key)?.kind() {
            kss_value::Kind::Bool(holds) => Some(holds),
            _ => None,
        }
    }

    /// The value that a comparison would have compared.
    pub fn shown(&self, key: &str) -> Option<String> {
        let value = self.value(key)?;
        kss_value::scalar::literal(value).or_else(|| Some(format!("{:?}", value.kind())))
    }

    fn value(&self, key: &str) -> Option<&kss_value::Value> {
        let key = Symbol::new(key);
        let scopes = self.checked.outcomes.iter().flat_map(|(_, outcome)| outcome.model.scopes());
        let mut entries = scopes.flat_map(|scope| {
            ["spec-of-site", "spec-of-machine", "spec-of-cluster"].into_iter().flat_map(|kind| scope.entries(kind))
        });
        entries.find_map(|entry| entry.fields.get(key))
    }
}
