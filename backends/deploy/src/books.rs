//! The files in `.kssc`.

use crate::disk::{Disk, look, read_if_there};
use crate::error::{DeployError, Doing, Obstacle, Why};
use kss_backend::RESERVED;
use std::path::{Path, PathBuf};

/// Where the books of a tree are.
pub(crate) struct Books {
    /// The tree.
    pub(crate) root: PathBuf,
    /// `.kssc`
    pub(crate) directory: PathBuf,
    /// Which files are ours.
    pub(crate) manifest: PathBuf,
    /// New content, before it is put in place.
    pub(crate) stage: PathBuf,
    /// What a build that has begun will do. While it stands, the build is not finished.
    pub(crate) journal: PathBuf,
    /// Held while a build runs.
    pub(crate) lock: PathBuf,
    /// Digest of the inputs of the last build. Its time is that at which every file was as it should be.
    built: PathBuf,
}

/// What of the books is no part of the tree.
const IGNORED: &str = "built\njournal\njournal.new\nlock\nstage/\n";

impl Books {
    pub(crate) fn new(root: &Path) -> Books {
        let directory = root.join(RESERVED);
        let file = |name| directory.join(name);
        Books {
            root: root.to_owned(),
            manifest: file("manifest.json"),
            stage: file("stage"),
            journal: file("journal"),
            lock: file("lock"),
            built: file("built"),
            directory,
        }
    }

    /// The path of a file of the tree.
    pub(crate) fn file(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The staged file of a number.
    pub(crate) fn staged(&self, number: usize) -> PathBuf {
        self.stage.join(number.to_string())
    }

    /// The staged manifest.
    pub(crate) fn staged_manifest(&self) -> PathBuf {
        self.stage.join("manifest.json")
    }

    /// Makes sure that the directory is there, is one, and that version control leaves out what is no part of the tree.
    pub(crate) fn open(&self, disk: &Disk) -> Result<(), DeployError> {
        if look(&self.directory)?.is_some_and(|found| found.is_symlink()) {
            let link = Obstacle { path: RESERVED.to_owned(), why: Why::Link };
            return Err(DeployError::InTheWay(vec![link]));
        }
        disk.create_directories(&self.directory)?;
        let ignore = self.directory.join(".gitignore");
        if read_if_there(&ignore)?.as_deref() == Some(IGNORED.as_bytes()) {
            return Ok(());
        }
        disk.write(&ignore, IGNORED.as_bytes(), false)
    }

    /// Notes the inputs of a build that is finished.
    pub(crate) fn set_built(&self, inputs: &str, disk: &Disk) -> Result<(), DeployError> {
        disk.write(&self.built, format!("{inputs}\n").as_bytes(), false)
    }

    /// The inputs of the last build and when it was finished, if it was.
    pub(crate) fn built(&self) -> Result<Option<(String, std::fs::Metadata)>, DeployError> {
        let Some(bytes) = read_if_there(&self.built)? else { return Ok(None) };
        let metadata = std::fs::symlink_metadata(&self.built).doing("look at", &self.built)?;
        Ok(String::from_utf8(bytes).ok().map(|text| (text.trim_end().to_owned(), metadata)))
    }

    /// Forgets the inputs of the last build, before the tree changes.
    pub(crate) fn unset_built(&self, disk: &Disk) -> Result<(), DeployError> {
        disk.remove_file(&self.built)
    }
}
