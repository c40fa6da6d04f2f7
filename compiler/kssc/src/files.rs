//! Reading and replacing files of the user.

use crate::failure::Failure;
use kss_diag::{Diagnostic, Sources, code};
use kss_span::{FileId, TextRange};
use std::fs;
use std::io::Write;
use std::path::Path;

/// One file as the whole world of diagnostics: whatever file they name is this one.
pub(crate) struct Only<'a> {
    pub(crate) path: &'a str,
    pub(crate) text: &'a str,
}

impl Sources for Only<'_> {
    fn path(&self, _: FileId) -> &str {
        self.path
    }

    fn text(&self, _: FileId) -> &str {
        self.text
    }
}

/// A source that is no text.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) found: Vec<Diagnostic>,
    /// As much of it as can be shown.
    pub(crate) text: String,
}

/// The text of a source, or what is wrong with the file.
pub(crate) fn read_source(path: &Path) -> Result<String, Unreadable> {
    let bytes = fs::read(path).map_err(|error| {
        let place = TextRange::empty(0).at(FileId(0));
        let found = code::UNREADABLE.at(place, format!("`{}` can't be read: {error}", path.display()));
        Unreadable { found: vec![found], text: String::new() }
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let byte = error.as_bytes().get(at).copied().unwrap_or_default();
        let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
        let place = TextRange::new(at as u32, at as u32 + 1).at(FileId(0));
        let found = code::NOT_UTF8.at(place, format!("`{}` is not UTF-8 text", path.display()));
        let found = found.label(format!("byte {byte:#04x} is no character")).help("save the file as UTF-8");
        Unreadable { found: vec![found], text }
    })
}

/// Gives `path` new content, so that after a crash there is the old or the new one, and keeps its permissions.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let write = || {
        // A link stays one: the file that it leads to is replaced.
        let target = fs::canonicalize(path)?;
        let directory = target.parent().unwrap_or(Path::new("/"));
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(text.as_bytes())?;
        file.as_file().set_permissions(fs::metadata(&target)?.permissions())?;
        file.persist(&target)?;
        Ok(())
    };
    write().map_err(|source| Failure::Write { path: path.to_owned(), source })
}

/// Gives `path` this content whether it is there or not, with the directories above it; as [`replace`] if it is.
pub(crate) fn put(path: &Path, text: &str) -> Result<(), Failure> {
    match fs::read(path) {
        Ok(old) if old == text.as_bytes() => Ok(()),
        Ok(_) => replace(path, text),
        Err(_) => create(path, text),
    }
}

/// Writes a file that must not exist yet, with the directories above it.
pub(crate) fn create(path: &Path, text: &str) -> Result<(), Failure> {
    let write = || {
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
    };
    write().map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::Exists { path: path.to_owned() },
        _ => Failure::Write { path: path.to_owned(), source },
    })
}

#[cfg(test)]
pub(crate) mod testing {
    use std::fs;

    /// A directory with these files, removed in the end.
    pub(crate) fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a directory for the test");
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().expect("a directory")).expect("a directory for the test");
            fs::write(path, text).expect("a file for the test");
        }
        dir
    }
}

#[cfg(test)]
mod tests {
    use super::testing::tree;
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_shown_where_they_stand() {
        let dir = tree(&[]);
        let path = dir.path().join("a.kss");
        fs::write(&path, b"let a = \"\xff\"").expect("a file for the test");
        let Unreadable { found, text } = read_source(&path).expect_err("not text");
        assert_eq!((found[0].code.id, found[0].place.range.lo), ("K0108", 9));
        assert_eq!(found[0].label, "byte 0xff is no character");
        assert!(text.starts_with("let a = \""));
        let missing = read_source(&dir.path().join("no.kss")).expect_err("no file");
        assert_eq!(missing.found[0].code.id, "K0104");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_survive() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tree(&[("a.kss", "old")]);
        let (file, link) = (dir.path().join("a.kss"), dir.path().join("b.kss"));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("permissions");
        symlink(&file, &link).expect("a link");
        replace(&link, "new").expect("writable");
        assert_eq!(fs::read_to_string(&file).expect("readable"), "new");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o640);
    }
}
