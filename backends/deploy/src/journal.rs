//! What a build will do, written down before it begins.

use crate::books::Books;
use crate::disk::{Disk, read_if_there};
use crate::error::DeployError;
use serde::{Deserialize, Serialize};

/// Everything that is left to do. Doing it twice is the same as once.
#[derive(Serialize, Deserialize, PartialEq, Debug, Default)]
pub(crate) struct Journal {
    /// Files that go.
    pub(crate) remove: Vec<Remove>,
    /// Files that are put in place; the number of the staged file is that in the list.
    pub(crate) install: Vec<Install>,
    /// Digest of the staged manifest.
    pub(crate) manifest: String,
    /// Digest of the inputs.
    pub(crate) inputs: String,
}

/// A file that goes.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(crate) struct Remove {
    pub(crate) path: String,
    /// What is in it now.
    pub(crate) old: String,
}

/// A file that is put in place.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(crate) struct Install {
    pub(crate) path: String,
    /// What is there now, if there is a file.
    pub(crate) old: Option<String>,
    /// What will be there.
    pub(crate) new: String,
}

impl Journal {
    /// Writes it down: from here on the build will be finished, now or by the next one.
    pub(crate) fn write(&self, books: &Books, disk: &Disk) -> Result<(), DeployError> {
        let aside = &books.journal_aside;
        let bytes = serde_json::to_vec(self).map_err(std::io::Error::from);
        let bytes = crate::error::Doing::doing(bytes, "write", aside)?;
        disk.write(aside, &bytes, false)?;
        disk.rename(aside, &books.journal)
    }

    /// The journal of an interrupted build.
    pub(crate) fn read(books: &Books) -> Result<Option<Journal>, DeployError> {
        let Some(bytes) = read_if_there(&books.journal)? else { return Ok(None) };
        let journal: Result<Journal, _> = serde_json::from_slice(&bytes);
        let journal = journal.map_err(|error| error.to_string()).and_then(|journal| journal.check().map(|()| journal));
        let interrupted = |error| DeployError::Interrupted {
            target: books.root.clone(),
            reason: format!("`{}` is torn ({error})", books.journal.display()),
        };
        journal.map(Some).map_err(interrupted)
    }

    /// A journal touches files of the tree alone.
    fn check(&self) -> Result<(), String> {
        let removed = self.remove.iter().map(|remove| &remove.path);
        removed
            .chain(self.install.iter().map(|install| &install.path))
            .try_for_each(|path| kss_backend::check_path(path))
    }
}
