//! The files in `.kssc`.

use crate::disk::{Disk, Time, changed, identity, look, modified, read_if_there};
use crate::error::{DeployError, Obstacle, Why};
use crate::manifest::digest;
use kss_backend::RESERVED;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

/// Where the books of a tree are.
pub(crate) struct Books {
    /// The tree.
    pub(crate) root: PathBuf,
    /// `.kssc`
    pub(crate) directory: PathBuf,
    /// What of the books is no part of the tree: it is of this place and time alone.
    pub(crate) local: PathBuf,
    /// Which files are ours.
    pub(crate) manifest: PathBuf,
    /// New content, before it is put in place.
    pub(crate) stage: PathBuf,
    /// What a build that has begun will do. While it stands, the build is not finished.
    pub(crate) journal: PathBuf,
    /// The journal while it is written.
    pub(crate) journal_aside: PathBuf,
    /// Held while a build runs.
    pub(crate) lock: PathBuf,
    /// The last finished build.
    built: PathBuf,
}

/// Keeps version control from what is no part of the tree.
const IGNORED: &str = "local/\n";

impl Books {
    pub(crate) fn new(root: &Path) -> Books {
        let directory = root.join(RESERVED);
        let local = directory.join("local");
        let file = |name| local.join(name);
        Books {
            root: root.to_owned(),
            manifest: directory.join("manifest.json"),
            stage: file("stage"),
            journal: file("journal"),
            lock: file("lock"),
            built: file("built"),
            journal_aside: file("journal.new"),
            local,
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
        for (directory, path) in [(&self.directory, RESERVED.to_owned()), (&self.local, format!("{RESERVED}/local"))] {
            if look(directory)?.is_some_and(|found| found.is_symlink()) {
                return Err(DeployError::InTheWay(vec![Obstacle { path, why: Why::Link }]));
            }
        }
        disk.create_directories(&self.local)?;
        let ignore = self.directory.join(".gitignore");
        if read_if_there(&ignore)?.as_deref() == Some(IGNORED.as_bytes()) {
            return Ok(());
        }
        disk.write(&ignore, IGNORED.as_bytes(), false)
    }

    /// Notes that a build is finished: from now on every file is as the manifest says.
    pub(crate) fn set_built(&self, inputs: &str, disk: &Disk) -> Result<(), DeployError> {
        let manifest = read_if_there(&self.manifest)?.map(|bytes| digest(&bytes)).unwrap_or_default();
        disk.write(&self.built, format!("{inputs}\n{}\n{manifest}\n", identity(&self.root)?).as_bytes(), false)
    }

    /// The last build, if it was finished and none has begun since.
    pub(crate) fn built(&self) -> Result<Option<Built>, DeployError> {
        let Some(bytes) = read_if_there(&self.built)? else { return Ok(None) };
        let Ok(text) = String::from_utf8(bytes) else { return Ok(None) };
        let mut lines = text.lines();
        let inputs = lines.next().unwrap_or_default().to_owned();
        let here = identity(&self.root)?;
        let place = lines.next().unwrap_or_default();
        let same_place = !here.is_empty() && place == here;
        let since = if same_place { look(&self.built)?.and_then(|stamp| modified(&stamp)) } else { None };
        let manifest = lines.next().unwrap_or_default().to_owned();
        Ok(Some(Built { inputs, since, manifest }))
    }

    /// Forgets the last build, before the tree changes.
    pub(crate) fn unset_built(&self, disk: &Disk) -> Result<(), DeployError> {
        disk.remove_file(&self.built)
    }
}

/// The last build.
pub(crate) struct Built {
    /// Digest of its inputs.
    pub(crate) inputs: String,
    /// When every file was as the manifest says; unknown in a copy of the tree.
    pub(crate) since: Option<Time>,
    /// Digest of that manifest.
    pub(crate) manifest: String,
}

impl Built {
    /// Is a file surely as it was when the build was finished?
    pub(crate) fn untouched(since: Option<Time>, file: &Metadata) -> bool {
        // Of a file that changed at the very time of the stamp nobody knows which was first.
        changed(file).zip(since).is_some_and(|(changed, since)| changed < since)
    }
}
