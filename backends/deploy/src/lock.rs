//! One build at a time.

use crate::books::Books;
use crate::error::{DeployError, Doing};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};

/// Held while a build runs; the system takes it back when the process ends, however it ends.
pub(crate) struct Lock {
    file: Locked,
}

/// A file that is locked as long as this is there. A process that is just being started has a copy of every open file, so
/// closing this one may not be enough.
pub(crate) struct Locked(File);

impl Drop for Locked {
    fn drop(&mut self) {
        // If it fails, the lock goes with the file.
        let _ = self.0.unlock();
    }
}

impl Lock {
    /// Takes the lock for a build.
    pub(crate) fn take(books: &Books) -> Result<Lock, DeployError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&books.lock).doing("open", &books.lock)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(busy(books, &mut file)),
            Err(TryLockError::Error(source)) => return Err(source).doing("lock", &books.lock),
        }
        let mut lock = Lock { file: Locked(file) };
        let file = &mut lock.file.0;
        file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).doing("write", &books.lock)?;
        Ok(lock)
    }

    /// Fails while a build runs. Writes nothing: who only looks must not change the tree.
    pub(crate) fn look(books: &Books) -> Result<Option<Locked>, DeployError> {
        let mut file = match File::open(&books.lock) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).doing("open", &books.lock),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(Some(Locked(file))),
            Err(TryLockError::WouldBlock) => Err(busy(books, &mut file)),
            Err(TryLockError::Error(source)) => Err(source).doing("lock", &books.lock),
        }
    }

    /// Is the file at the path of the lock still the one that is locked? A directory that was written aside takes its lock
    /// along when it is put in place.
    #[cfg(unix)]
    pub(crate) fn is_at(&self, books: &Books) -> bool {
        use std::os::unix::fs::MetadataExt;
        let here = std::fs::symlink_metadata(&books.lock).map(|found| (found.dev(), found.ino()));
        let held = self.file.0.metadata().map(|found| (found.dev(), found.ino()));
        matches!((here, held), (Ok(here), Ok(held)) if here == held)
    }

    /// Is there still a lock at its path? An open file can't be moved away on other systems.
    #[cfg(not(unix))]
    pub(crate) fn is_at(&self, books: &Books) -> bool {
        books.lock.exists()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Only for the message of the next one.
        let _ = self.file.0.set_len(0);
    }
}

fn busy(books: &Books, file: &mut File) -> DeployError {
    let mut text = String::new();
    let pid = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
    DeployError::Busy { target: books.root.clone(), pid }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_the_open_file_keeps_no_lock() {
        let dir = tempfile::tempdir().unwrap();
        let books = Books::new(dir.path());
        std::fs::create_dir_all(&books.local).unwrap();
        let lock = Lock::take(&books).unwrap();
        let copy = lock.file.0.try_clone().unwrap();
        assert!(matches!(Lock::take(&books), Err(DeployError::Busy { .. })));
        drop(lock);
        let looking = Lock::look(&books).unwrap().unwrap();
        let other = looking.0.try_clone().unwrap();
        assert!(matches!(Lock::take(&books), Err(DeployError::Busy { .. })));
        drop(looking);
        assert!(Lock::take(&books).is_ok());
        drop((copy, other));
    }
}
