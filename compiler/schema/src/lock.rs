//! `kss.lock`: the facts of the outside world that a project uses beyond those of the library, by hash.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a `kss.lock` says.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lock {
    /// Charts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chart: Vec<Locked>,
    /// Files of Kubernetes kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Locked>,
    /// Tables of NixOS options.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Locked>,
    /// Images with the digest that their tag had.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub image: BTreeMap<String, String>,
    /// Public keys of hosts, `name` or `name:port` to `ssh-ed25519 AAAA…`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub host_key: BTreeMap<String, String>,
    /// The lock of the flake of the deploy tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flake: Option<LockedFlake>,
    /// Documents that are fetched, by URL: their hash, as `sha256-…` or `blake3-…`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub document: BTreeMap<String, String>,
}

/// A locked file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locked {
    /// Name of the chart, of the API, of the table.
    pub name: String,
    /// Its version.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Of a chart: its repository.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub repo: String,
    /// Where the file is, relative to `kss.lock`.
    pub path: String,
    /// Hash of the file.
    pub blake3: String,
}

/// The `flake.lock` that Nix wrote for the flake of the deploy tree.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedFlake {
    /// Where the file is, relative to `kss.lock`.
    pub path: String,
    /// Hash of the file.
    pub blake3: String,
}

/// Which list of the lock an entry stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum LockedKind {
    Chart,
    Kinds,
    Options,
}

/// Why a lock, or a file that it names, can't be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LockProblem {
    /// The lock itself can't be read.
    #[error(
        "`kss.lock` can't be read: {message}; mend that line, or take the file away and lock anew with `kssc lock`"
    )]
    Unreadable {
        /// What is wrong with it.
        message: String,
    },
    /// A file is not there.
    #[error("`{path}` is named by `kss.lock` and is not there; make it again with `kssc lock`, or take its entry out")]
    MissingFile {
        /// Of the file.
        path: String,
    },
    /// A file is another one than was locked.
    #[error(
        "`{path}` has the hash {found}, but `kss.lock` names {expected}; undo the change, or lock the thing anew with `kssc lock`"
    )]
    OtherHash {
        /// Of the file.
        path: String,
        /// Of the lock.
        expected: String,
        /// Of the file as it is.
        found: String,
    },
    /// A file is no schema, or one of another thing.
    #[error("`{path}` is locked as `{expected}`, but its header says `{found}`; lock it anew with `kssc lock`")]
    OtherThing {
        /// Of the file.
        path: String,
        /// What the lock says.
        expected: String,
        /// What the file says.
        found: String,
    },
}

impl Lock {
    /// Reads the text of a `kss.lock`.
    ///
    /// # Errors
    ///
    /// [`LockProblem::Unreadable`] with the line and what is wrong there.
    pub fn parse(text: &str) -> Result<Lock, LockProblem> {
        toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
            LockProblem::Unreadable { message: format!("{line}{}", error.message()) }
        })
    }

    /// Adds a file, in place of what is locked of the same name and version.
    pub fn add(&mut self, kind: LockedKind, locked: Locked) {
        let list = match kind {
            LockedKind::Chart => &mut self.chart,
            LockedKind::Kinds => &mut self.kinds,
            LockedKind::Options => &mut self.options,
        };
        let id = |locked: &Locked| (locked.name.clone(), locked.version.clone(), locked.repo.clone());
        list.retain(|other| id(other) != id(&locked));
        list.push(locked);
        list.sort_by(|a, b| {
            let by_version = || kss_span::natural_cmp(&a.version, &b.version);
            a.name.cmp(&b.name).then_with(by_version).then_with(|| a.repo.cmp(&b.repo))
        });
    }

    /// The text of the file: the same for the same content, whatever was added first.
    ///
    /// # Errors
    ///
    /// What the writer of TOML says; there is no lock that it refuses.
    pub fn write(&self) -> Result<String, toml::ser::Error> {
        Ok(format!("# Written by `kssc lock`.\n\n{}", toml::to_string(self)?))
    }

    /// The files that it names.
    pub fn files(&self) -> impl Iterator<Item = (LockedKind, &Locked)> {
        let chart = self.chart.iter().map(|l| (LockedKind::Chart, l));
        let kinds = self.kinds.iter().map(|l| (LockedKind::Kinds, l));
        chart.chain(kinds).chain(self.options.iter().map(|l| (LockedKind::Options, l)))
    }
}
