//! Makes the files: from a chart's values and schema, from CRDs and JSON Schemas of kinds, from lists of NixOS options.

mod chart;
mod comments;
mod json_schema;
mod kinds;
mod manifest;
mod nix_type;
mod node;
mod options;
mod package;
mod patch;
mod values;
mod well_known;
mod write;

pub use chart::{ChartInput, chart};
pub use kinds::{KindFile, KindsInput, kinds};
pub use manifest::{ChartSource, KindsSource, Manifest, OptionsSource};
pub use options::{OptionsInput, options};
pub use package::{Files, package};

use std::fmt::Write as _;

/// What was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Imported {
    /// Where it belongs, below the folder of the lock: `charts/loki-6.55.0.txt`.
    pub path: String,
    /// The file.
    pub text: String,
    /// What its maker should look at.
    pub warnings: Vec<String>,
}

/// Where something comes from; goes into the header of its file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Provenance {
    /// `loki`
    pub name: String,
    /// `6.55.0`
    pub version: String,
    /// Of a chart: the repository that users name.
    pub repo: String,
    /// Repository, git ref and path of the sources: `grafana/loki@helm-loki-6.55.0:production/helm/loki`.
    pub source: String,
    /// Of the sources.
    pub licence: String,
}

/// A document with the name that errors and the header give it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Input<'a> {
    /// `values.yaml`
    pub name: &'a str,
    /// What is in it.
    pub text: &'a str,
}

/// Why nothing could be made.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ImportError {
    /// A document is no YAML or JSON.
    #[error("{input}: {message}")]
    Unreadable {
        /// Its name.
        input: String,
        /// What its reader says.
        message: String,
    },
    /// A document is something else than it should be.
    #[error("{input}: {expected} expected")]
    Unexpected {
        /// Its name.
        input: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A line of a patch has no meaning.
    #[error("{input}, line {line}: {message}")]
    BadPatch {
        /// Name of the patch.
        input: String,
        /// From 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}

impl Input<'_> {
    fn yaml(&self) -> Result<serde_json::Value, ImportError> {
        if self.text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Ok(serde_json::Value::Null);
        }
        serde_yaml::from_str(self.text).map_err(|error| self.unreadable(&error))
    }

    fn json(&self) -> Result<serde_json::Value, ImportError> {
        serde_json::from_str(self.text).map_err(|error| self.unreadable(&error))
    }

    fn unreadable(&self, error: &dyn std::fmt::Display) -> ImportError {
        let message = error.to_string().lines().next().unwrap_or_default().to_owned();
        ImportError::Unreadable { input: self.name.to_owned(), message }
    }

    fn unexpected(&self, expected: &'static str) -> ImportError {
        ImportError::Unexpected { input: self.name.to_owned(), expected }
    }
}

impl Provenance {
    /// The header of a file: one `# word rest` a line.
    fn header(&self, family: &str, inputs: &[&Input<'_>], further: &[String]) -> String {
        let mut text = format!("# kss-schema 1 {family}\n");
        let words = [
            ("name", &self.name),
            ("version", &self.version),
            ("repo", &self.repo),
            ("source", &self.source),
            ("licence", &self.licence),
        ];
        for (word, value) in words.into_iter().filter(|(_, value)| !value.is_empty()) {
            let _ = writeln!(text, "# {word} {}", value.replace(['\n', '\r'], " "));
        }
        for input in inputs {
            let _ = writeln!(text, "# input {} blake3:{}", input.name, blake3::hash(input.text.as_bytes()).to_hex());
        }
        for line in further {
            let _ = writeln!(text, "# {line}");
        }
        text
    }

    fn path(&self, folder: &str) -> String {
        let version = if self.version.is_empty() { String::new() } else { format!("-{}", self.version) };
        format!("{folder}/{}{version}.txt", self.name)
    }
}
