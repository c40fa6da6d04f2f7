//! The line at the end.

use crate::{Diagnostic, Severity};
use std::fmt;
use std::time::Duration;

/// How many of what; shows as `2 errors, 1 warning in 3 files (34 ms)`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Diagnostics that stop a build.
    pub errors: usize,
    /// The others.
    pub warnings: usize,
    /// Files that were looked at.
    pub files: usize,
    /// How many have a fix that `kssc check --fix` would apply.
    pub fixable: usize,
    /// How long it took, if that is to be told.
    pub elapsed: Option<Duration>,
}

impl Summary {
    /// Counts `diagnostics` of `files` files.
    pub fn new<P>(diagnostics: &[Diagnostic<P>], files: usize) -> Summary {
        let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
        Summary {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            files,
            fixable: diagnostics.iter().filter(|d| d.fixes.iter().any(|fix| fix.safe)).count(),
            elapsed: None,
        }
    }

    /// Tells the time as well.
    #[must_use]
    pub fn took(self, elapsed: Duration) -> Summary {
        Summary { elapsed: Some(elapsed), ..self }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.errors, self.warnings) {
            (0, 0) => f.write_str("no errors")?,
            (errors, 0) => f.write_str(&counted(errors, "error"))?,
            (0, warnings) => f.write_str(&counted(warnings, "warning"))?,
            (errors, warnings) => write!(f, "{}, {}", counted(errors, "error"), counted(warnings, "warning"))?,
        }
        write!(f, " in {}", counted(self.files, "file"))?;
        match self.elapsed {
            Some(time) if time < Duration::from_secs(10) => write!(f, " ({} ms)", time.as_millis()),
            Some(time) => write!(f, " ({:.1} s)", time.as_secs_f64()),
            None => Ok(()),
        }
    }
}

/// `1 file`, `2 files`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_as_people_do() {
        let summary = Summary { errors: 2, warnings: 1, files: 3, fixable: 0, elapsed: None };
        assert_eq!(summary.took(Duration::from_micros(34_900)).to_string(), "2 errors, 1 warning in 3 files (34 ms)");
        assert_eq!(Summary { errors: 0, ..summary }.to_string(), "1 warning in 3 files");
        let clean = Summary { files: 1, ..Summary::default() };
        assert_eq!(clean.took(Duration::from_millis(12_340)).to_string(), "no errors in 1 file (12.3 s)");
    }
}
