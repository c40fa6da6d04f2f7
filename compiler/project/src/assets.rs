//! Files that are read beside the sources: what an evaluation reads (`file("…")`, `data("…")`), and what outputs are made from.

use kss_eval::FileError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The one door to files of the project and of the library, and the book of what went through it. A clone is the same door.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    found: Arc<Mutex<BTreeMap<String, Found>>>,
}

/// What was at a path.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Found {
    /// A file; the digest of its content, in hexadecimal.
    File(String),
    /// Nothing that can be read, and what the system said.
    Nothing(String),
    /// Something else each time: it was changed meanwhile.
    Changing,
}

impl Found {
    fn of(read: &Result<Arc<[u8]>, String>) -> Found {
        match read {
            Ok(bytes) => Found::File(blake3::hash(bytes).to_hex().to_string()),
            Err(reason) => Found::Nothing(reason.clone()),
        }
    }

    /// Is at `path` still what was there?
    pub fn is_at(&self, path: &str) -> bool {
        *self == Found::of(&look(path))
    }
}

impl Assets {
    /// The bytes of `path`: of the library if it begins with `std/`.
    pub(crate) fn read(&self, path: &str) -> Result<Arc<[u8]>, FileError> {
        if path.starts_with("std/") {
            let found = kss_stdlib::file(path)
                .ok_or_else(|| FileError { message: format!("the library has no file `{path}`") });
            return found.map(Into::into);
        }
        let read = look(path);
        self.note(path, Found::of(&read));
        read.map_err(|reason| FileError { message: format!("`{path}` can't be read: {reason}") })
    }

    /// As an evaluation reads it, for files that values name.
    pub fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        self.read(path).ok().map(|bytes| bytes.to_vec())
    }

    fn note(&self, path: &str, found: Found) {
        let mut all = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get_mut(path) {
            Some(known) if *known != found => *known = Found::Changing,
            Some(_) => {}
            None => drop(all.insert(path.to_owned(), found)),
        }
    }

    /// What was read of the project beside its sources since it was opened, by path.
    pub fn found(&self) -> Vec<(String, Found)> {
        let all = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(path, found)| (path.clone(), found.clone())).collect()
    }
}

/// The bytes of a file of the project, or why there are none.
fn look(path: &str) -> Result<Arc<[u8]>, String> {
    let bytes = std::fs::read(path).map(Into::into);
    bytes.map_err(|error| crate::load::reason(&error))
}

/// Two are equal if they are the same door.
impl PartialEq for Assets {
    fn eq(&self, other: &Assets) -> bool {
        Arc::ptr_eq(&self.found, &other.found)
    }
}

impl Eq for Assets {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_written_down() {
        let folder = std::env::temp_dir().join(format!("kss-assets-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let (there, gone) = (folder.join("there").display().to_string(), folder.join("gone").display().to_string());
        std::fs::write(&there, "one").expect("a file");
        let assets = Assets::default();
        assert_eq!(assets.bytes(&there).as_deref(), Some(&b"one"[..]));
        assert_eq!(assets.bytes(&gone), None);
        assert!(assets.read("std/none").is_err());
        let found = assets.found();
        let paths: Vec<&String> = found.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, [&gone, &there], "the library's can't change");
        assert!(found.iter().all(|(path, found)| found.is_at(path)), "{found:?}");

        std::fs::write(&there, "two").expect("a file");
        assert_eq!(found.iter().filter(|(path, found)| found.is_at(path)).count(), 1);
        assets.bytes(&there);
        let changing = assets.found().into_iter().find(|(path, _)| *path == there).map(|(_, found)| found);
        assert_eq!(changing, Some(Found::Changing));
        assert!(!Found::Changing.is_at(&there));
        std::fs::write(&gone, "").expect("a file");
        assert!(found.iter().all(|(path, found)| !found.is_at(path)));
        std::fs::remove_dir_all(folder).expect("it goes");
    }
}
