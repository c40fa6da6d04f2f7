//! Files that are read during evaluation: `file("…")`, `data("…")`.

use kss_eval::FileError;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads files of the project and of the library.
#[derive(Clone, Debug)]
pub(crate) struct Assets {
    root: PathBuf,
}

impl Assets {
    /// Of a project whose paths are relative to `root`.
    pub(crate) fn new(root: &Path) -> Assets {
        Assets { root: root.to_owned() }
    }

    /// As [`Assets::read`], for files that values name.
    pub(crate) fn bytes(path: &str) -> Option<Vec<u8>> {
        Assets::new(Path::new(".")).read(path).ok().map(|bytes| bytes.to_vec())
    }

    /// The bytes of `path`: of the library if it begins with `std/`.
    pub(crate) fn read(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        if path.starts_with("std/") {
            let found = kss_stdlib::file(path)
                .ok_or_else(|| FileError { message: format!("the library has no file `{path}`") });
            return found.map(Into::into);
        }
        let bytes = std::fs::read(self.root.join(path));
        bytes
            .map(Into::into)
            .map_err(|error| FileError { message: format!("`{path}` can't be read: {}", crate::load::reason(&error)) })
    }
}
