//! What can go wrong on the disk.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a tree was not written.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// The system refused.
    #[error("can't {doing} `{}`", path.display())]
    Io {
        /// What was tried: "write", "read".
        doing: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Files that are not the build's to touch. Nothing was changed.
    #[error("{}", in_the_way(.0))]
    InTheWay(Vec<Obstacle>),
    /// Somebody else writes the same tree.
    #[error("another build writes `{}` right now{}; wait for it, or end it", target.display(), process(.pid))]
    Busy {
        /// The tree.
        target: PathBuf,
        /// The process that writes it, if it said so.
        pid: Option<u32>,
    },
    /// The target is no directory.
    #[error("`{}` is no directory, so no tree can be written there", .0.display())]
    NotDirectory(PathBuf),
    /// The books of the tree can't be read.
    #[error("`{}` can't be read: {reason}; bring it back from version control, or move the directory away and build again", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A build was interrupted and can't be finished.
    #[error("an earlier build of `{}` was interrupted and can't be finished: {reason}; build with `--overwrite` to write every file again", target.display())]
    Interrupted {
        /// The tree.
        target: PathBuf,
        /// What stands in the way.
        reason: String,
    },
}

/// A file that is not the build's to touch.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Obstacle {
    /// From the root of the tree.
    pub path: String,
    /// Why it may not be touched.
    pub why: Why,
}

/// Why a file may not be touched.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Why {
    /// The manifest doesn't own it.
    Foreign,
    /// Its content is not what was written.
    Edited,
    /// It is a symbolic link in place of a directory.
    Link,
    /// It is a file in place of a directory, and not one that goes.
    File,
    /// It is a directory with files that the manifest doesn't own.
    Directory,
}

impl Why {
    /// Does [`crate::Options::overwrite`] help?
    pub fn can_be_overwritten(self) -> bool {
        matches!(self, Why::Foreign | Why::Edited)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::Foreign => "was not written by a build",
            Why::Edited => "was edited after it was written",
            Why::Link => "is a symbolic link where a directory is needed",
            Why::File => "is a file that no build wrote, where a directory is needed",
            Why::Directory => "is a directory with files that no build wrote, where a file is needed",
        })
    }
}

const SHOWN: usize = 20;

fn in_the_way(obstacles: &[Obstacle]) -> String {
    let mut out = String::from("nothing was written, because it would replace what no build wrote:");
    for obstacle in obstacles.iter().take(SHOWN) {
        out.push_str(&format!("\n  `{}` {}", obstacle.path, obstacle.why));
    }
    if obstacles.len() > SHOWN {
        out.push_str(&format!("\n  and {} more", obstacles.len() - SHOWN));
    }
    let overwrite = obstacles.iter().any(|obstacle| obstacle.why.can_be_overwritten());
    let way_out = if overwrite { "move them away, or build with `--overwrite`" } else { "move them away" };
    format!("{out}\n{way_out}")
}

fn process(pid: &Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}

/// Adds what was tried to an error of the system.
pub(crate) trait Doing<T> {
    fn doing(self, doing: &'static str, path: &Path) -> Result<T, DeployError>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, doing: &'static str, path: &Path) -> Result<T, DeployError> {
        self.map_err(|source| DeployError::Io { doing, path: path.to_owned(), source })
    }
}
