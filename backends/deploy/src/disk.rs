//! Every change to the disk goes through here, so that tests can end the world between any two.

use crate::error::{DeployError, Doing};
use std::fs;
use std::io;
use std::path::Path;

/// The disk.
#[derive(Default)]
pub(crate) struct Disk {
    /// How many more changes succeed.
    #[cfg(test)]
    pub(crate) left: Option<std::sync::atomic::AtomicIsize>,
}

impl Disk {
    /// Fails where a test ends the world.
    #[cfg(test)]
    fn step(&self) -> io::Result<()> {
        let Some(left) = &self.left else { return Ok(()) };
        match left.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) {
            1.. => Ok(()),
            _ => Err(io::Error::other("the world ends")),
        }
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "tests fail here")]
    fn step(&self) -> io::Result<()> {
        Ok(())
    }

    /// Creates a directory and those above it.
    pub(crate) fn create_directories(&self, path: &Path) -> Result<(), DeployError> {
        self.step().and_then(|()| fs::create_dir_all(path)).doing("create the directory", path)
    }

    /// Writes a new file.
    pub(crate) fn write(&self, path: &Path, bytes: &[u8], executable: bool) -> Result<(), DeployError> {
        if let Err(error) = self.step() {
            // A crash may leave a part of the file.
            let _ = fs::write(path, &bytes[..bytes.len() / 2]);
            return Err(error).doing("write", path);
        }
        fs::write(path, bytes).doing("write", path)?;
        if executable { set_executable(path) } else { Ok(()) }.doing("make executable", path)
    }

    /// Moves a file or directory over another.
    pub(crate) fn rename(&self, from: &Path, to: &Path) -> Result<(), DeployError> {
        self.step().and_then(|()| fs::rename(from, to)).doing("put in place", to)
    }

    /// Removes a file, if it is there.
    pub(crate) fn remove_file(&self, path: &Path) -> Result<(), DeployError> {
        self.step().and_then(|()| if_there(fs::remove_file(path))).doing("remove", path)
    }

    /// Removes a directory with everything in it, if it is there.
    pub(crate) fn remove_tree(&self, path: &Path) -> Result<(), DeployError> {
        self.step().and_then(|()| if_there(fs::remove_dir_all(path))).doing("remove the directory", path)
    }

    /// Removes a directory, if it is there and empty.
    pub(crate) fn remove_if_empty(&self, path: &Path) -> Result<bool, DeployError> {
        match self.step().and_then(|()| fs::remove_dir(path)) {
            Ok(()) => Ok(true),
            Err(error) if is_ordinary(&error) => Ok(false),
            Err(error) => Err(error).doing("remove the directory", path),
        }
    }
}

fn is_ordinary(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::NotADirectory)
}

fn if_there(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        // The directory above became a file: it isn't there either.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(()),
        other => other,
    }
}

/// The content of a file as a build knows it; `None` if there is none.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, DeployError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if is_ordinary(&error) => Ok(None),
        Err(error) => Err(error).doing("read", path),
    }
}

/// What stands at a path; links are not followed. `None` if nothing does.
pub(crate) fn look(path: &Path) -> Result<Option<fs::Metadata>, DeployError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if is_ordinary(&error) => Ok(None),
        Err(error) => Err(error).doing("look at", path),
    }
}

#[cfg(unix)]
fn set_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = fs::metadata(path)?.permissions();
    let mode = permissions.mode();
    // Who may read it may run it; the umask decided who may read.
    permissions.set_mode(mode | (mode & 0o444) >> 2);
    fs::set_permissions(path, permissions)
}

#[cfg(not(unix))]
fn set_executable(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// May the file be run? `None` where the system has no such thing.
#[cfg(unix)]
pub(crate) fn is_executable(metadata: &fs::Metadata) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt;
    Some(metadata.permissions().mode() & 0o100 != 0)
}

/// May the file be run? `None` where the system has no such thing.
#[cfg(not(unix))]
pub(crate) fn is_executable(_metadata: &fs::Metadata) -> Option<bool> {
    None
}

/// Seconds and nanoseconds.
pub(crate) type Time = (i64, i64);

/// When the file was last changed in any way. Renaming counts, and setting the time of its content back does not help.
#[cfg(unix)]
pub(crate) fn changed(metadata: &fs::Metadata) -> Option<Time> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.ctime(), metadata.ctime_nsec()))
}

/// When the file was last changed in any way; such a time isn't known here.
#[cfg(not(unix))]
pub(crate) fn changed(_metadata: &fs::Metadata) -> Option<Time> {
    None
}

/// When the content of the file was written.
pub(crate) fn modified(metadata: &fs::Metadata) -> Option<Time> {
    let since = metadata.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some((i64::try_from(since.as_secs()).ok()?, i64::from(since.subsec_nanos())))
}

/// What tells a directory from a copy of it; empty where that isn't known.
#[cfg(unix)]
pub(crate) fn identity(directory: &Path) -> Result<String, DeployError> {
    use std::os::unix::fs::MetadataExt;
    let found = fs::metadata(directory).doing("look at", directory)?;
    Ok(format!("{}:{}", found.dev(), found.ino()))
}

/// What tells a directory from a copy of it; empty where that isn't known.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "fails elsewhere")]
pub(crate) fn identity(_directory: &Path) -> Result<String, DeployError> {
    Ok(String::new())
}
