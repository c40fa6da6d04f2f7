//! Which files a command is about.

use crate::failure::Failure;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Where a project lies when nobody says: `clusters` below `here` if it is there, else `here`.
pub(crate) fn default_root(here: &Path) -> PathBuf {
    let clusters = here.join("clusters");
    if clusters.is_dir() { clusters } else { here.to_owned() }
}

/// The paths that were given, which must exist, or the default one.
pub(crate) fn roots(given: Vec<PathBuf>) -> Result<Vec<PathBuf>, Failure> {
    if given.is_empty() {
        return Ok(vec![default_root(Path::new(""))]);
    }
    match given.iter().find(|path| !path.exists()) {
        Some(path) => Err(Failure::NoSuchPath { path: path.clone() }),
        None => Ok(given),
    }
}

/// [`roots`] for commands that take one path.
pub(crate) fn root(given: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let mut roots = roots(Vec::from_iter(given))?;
    Ok(roots.pop().unwrap_or_default())
}

/// All `.kss` files of `roots`, sorted, each once. A file that is named itself counts whatever it is called.
/// Hidden directories, `target` and `node_modules` are not entered, and links to directories are not followed.
pub(crate) fn sources(roots: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for root in roots {
        let before = found.len();
        // An empty path is the current directory, named so that the files below it have short names.
        if root.as_os_str().is_empty() || root.is_dir() {
            walk(root, &mut found)?;
            if found.len() == before {
                let path = if root.as_os_str().is_empty() { PathBuf::from(".") } else { root.clone() };
                return Err(Failure::NoSources { path });
            }
        } else {
            found.push(root.clone());
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn walk(directory: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let shown = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let fail = |source| Failure::Read { path: shown.to_owned(), source };
    for entry in fs::read_dir(shown).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = entry.file_name();
        let path = directory.join(&name);
        if entry.file_type().map_err(fail)?.is_dir() {
            if !is_skipped(&name) {
                walk(&path, found)?;
            }
        } else if path.extension() == Some(OsStr::new("kss")) && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

fn is_skipped(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".") || name == "target" || name == "node_modules"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::tree;

    fn names(root: &Path, files: &[PathBuf]) -> Vec<String> {
        files.iter().map(|path| path.strip_prefix(root).unwrap_or(path).display().to_string()).collect()
    }

    #[test]
    fn a_directory_is_walked_in_order() {
        let dir = tree(&[
            ("b.kss", ""),
            ("a/z.kss", ""),
            ("a/b/c.kss", ""),
            ("a/notes.md", ""),
            (".git/x.kss", ""),
            ("target/y.kss", ""),
        ]);
        let root = dir.path();
        let found = sources(&[root.to_owned(), root.join("b.kss")]).expect("readable");
        assert_eq!(names(root, &found), ["a/b/c.kss", "a/z.kss", "b.kss"]);
    }

    #[test]
    fn the_default_is_clusters() {
        let dir = tree(&[("clusters/a.kss", "")]);
        assert_eq!(default_root(dir.path()), dir.path().join("clusters"));
        assert_eq!(default_root(&dir.path().join("clusters")), dir.path().join("clusters"));
    }

    #[test]
    fn nothing_to_do_is_a_failure() {
        let dir = tree(&[("notes.md", "")]);
        assert!(matches!(sources(&[dir.path().to_owned()]), Err(Failure::NoSources { .. })));
        assert!(matches!(roots(vec![dir.path().join("no")]), Err(Failure::NoSuchPath { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn circles_of_links_are_not_followed() {
        let dir = tree(&[("a/b.kss", "")]);
        std::os::unix::fs::symlink(dir.path(), dir.path().join("a/up")).expect("a link");
        std::os::unix::fs::symlink(dir.path().join("nowhere"), dir.path().join("gone.kss")).expect("a link");
        let found = sources(&[dir.path().to_owned()]).expect("readable");
        assert_eq!(names(dir.path(), &found), ["a/b.kss"]);
    }
}
