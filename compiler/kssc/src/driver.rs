//! What the commands ask of the compiler, as plain data. The compiler's libraries are connected here and nowhere else.

use crate::commands::why::Target;
use crate::failure::Failure;
use kss_diag::{Diagnostic, Sources};
use kss_span::FileId;
use std::path::{Path, PathBuf};

/// Formats a whole file, or says why its syntax does not allow it.
pub(crate) type Formatter<'a> = &'a (dyn Fn(&str) -> Result<String, Vec<Diagnostic>> + Sync);

/// The compiler.
pub(crate) trait Driver {
    /// The formatter.
    fn formatter(&self) -> Result<Formatter<'_>, Failure>;
    /// Everything that is wrong, arranged.
    fn check(&self, check: &Check<'_>) -> Result<Checked, Failure>;
    /// Writes the outputs, or with [`Build::check`] compares them, if nothing is wrong.
    fn build(&self, build: &Build) -> Result<Built, Failure>;
    /// Where a line or value of an output comes from.
    fn why(&self, target: &Target) -> Result<Why, Failure>;
    /// Runs the tests below `roots` whose name contains `filter`.
    fn test(&self, roots: &[PathBuf], filter: &str) -> Result<Tested, Failure>;
    /// The evaluated model of one cluster or of the whole site.
    fn model(&self, root: &Path, cluster: Option<&str>) -> Result<Result<serde_json::Value, Checked>, Failure>;
}

/// Sources of which some are files that may be changed.
pub(crate) trait ProjectSources: Sources {
    /// Where the file lies, if it belongs to the project; the standard library's do not.
    fn on_disk(&self, file: FileId) -> Option<PathBuf>;
}

/// What is wrong, and where to look it up.
pub(crate) struct Checked {
    /// In the order in which they are shown.
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) sources: Box<dyn ProjectSources>,
    /// How many files of the project were looked at.
    pub(crate) files: usize,
}

/// What to check.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Check<'a> {
    /// The files below these paths.
    pub(crate) roots: &'a [PathBuf],
    /// Without private overlays?
    pub(crate) public: bool,
    /// May what an earlier check found in the same files be believed?
    pub(crate) cache: bool,
}

/// What to build.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Build {
    pub(crate) root: PathBuf,
    pub(crate) output: PathBuf,
    /// This cluster alone.
    pub(crate) cluster: Option<String>,
    /// Write nothing, say what would change.
    pub(crate) check: bool,
    /// May what an earlier check found in the same files be believed?
    pub(crate) cache: bool,
}

/// What a build did or would do.
pub(crate) struct Built {
    pub(crate) checked: Checked,
    /// By path.
    pub(crate) changes: Vec<(Change, PathBuf)>,
    pub(crate) unchanged: usize,
}

/// What happens to a file of the output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Change {
    Added,
    Changed,
    Removed,
}

/// The way of a value, from the line that decided it backwards.
#[derive(serde::Serialize, Debug)]
pub(crate) struct Why {
    /// The value, as the output has it.
    pub(crate) value: String,
    pub(crate) steps: Vec<Step>,
}

/// A place that had a part in a value.
#[derive(serde::Serialize, Debug)]
pub(crate) struct Step {
    /// `tuned by istio-ambient because …`
    pub(crate) role: String,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// What the tests said.
pub(crate) struct Tested {
    /// Mistakes outside tests, and those of tests that failed.
    pub(crate) checked: Checked,
    /// Names in the order of the sources, each with whether it passed.
    pub(crate) tests: Vec<(String, bool)>,
}

#[cfg(test)]
pub(crate) mod testing {
    //! A compiler for which the words `bad` and `badd` are wrong, so that printing can be tested.

    use super::*;
    use kss_diag::{How, code};
    use kss_span::TextRange;

    pub(crate) struct Words;

    struct Texts(Vec<(PathBuf, String)>);

    impl Sources for Texts {
        fn path(&self, file: FileId) -> &str {
            self.0[file.0 as usize].0.to_str().unwrap_or_default()
        }

        fn text(&self, file: FileId) -> &str {
            &self.0[file.0 as usize].1
        }
    }

    impl ProjectSources for Texts {
        fn on_disk(&self, file: FileId) -> Option<PathBuf> {
            Some(self.0[file.0 as usize].0.clone())
        }
    }

    impl Words {
        pub(crate) fn nothing() -> Checked {
            Checked { diagnostics: Vec::new(), sources: Box::new(Texts(Vec::new())), files: 0 }
        }

        /// `badd` becomes `bad`, `bad` becomes `good`: two rounds.
        fn look(text: &str, file: FileId) -> Option<Diagnostic> {
            let lo = text.find("bad")? as u32;
            let (word, new) = if text[lo as usize..].starts_with("badd") { ("badd", "bad") } else { ("bad", "good") };
            let place = TextRange::new(lo, lo + word.len() as u32).at(file);
            let found = code::UNKNOWN_NAME.at(place, format!("no name `{word}`"));
            Some(found.fix(format!("write `{new}`"), place, How::Replace, new))
        }
    }

    impl Driver for Words {
        fn formatter(&self) -> Result<Formatter<'_>, Failure> {
            Ok(&|text| Ok(text.to_owned()))
        }

        fn check(&self, check: &Check<'_>) -> Result<Checked, Failure> {
            let paths = crate::paths::sources(check.roots)?;
            let texts: Vec<_> = paths
                .into_iter()
                .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap_or_default()))
                .collect();
            let found = texts.iter().enumerate().filter_map(|(at, (_, text))| Words::look(text, FileId(at as u32)));
            Ok(Checked { diagnostics: found.collect(), files: texts.len(), sources: Box::new(Texts(texts)) })
        }

        fn build(&self, build: &Build) -> Result<Built, Failure> {
            let roots = std::slice::from_ref(&build.root);
            let checked = self.check(&Check { roots, public: false, cache: false })?;
            Ok(Built { checked, changes: vec![(Change::Added, PathBuf::from("new"))], unchanged: 1 })
        }

        fn why(&self, _: &Target) -> Result<Why, Failure> {
            Err(Failure::Project("words come from nowhere".to_owned()))
        }

        /// A test a file, called like it.
        fn test(&self, roots: &[PathBuf], filter: &str) -> Result<Tested, Failure> {
            let paths = crate::paths::sources(roots)?;
            let names = paths.iter().map(|path| path.display().to_string()).filter(|name| name.contains(filter));
            let passed = |name: &String| std::fs::read_to_string(name).is_ok_and(|text| !text.contains("bad"));
            let tests = names.map(|name| (name.clone(), passed(&name))).collect();
            Ok(Tested { checked: Words::nothing(), tests })
        }

        fn model(&self, _: &Path, _: Option<&str>) -> Result<Result<serde_json::Value, Checked>, Failure> {
            Err(Failure::Project("words have no model".to_owned()))
        }
    }
}
