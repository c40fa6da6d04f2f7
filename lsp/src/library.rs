//! The standard library as files, so that an editor can open them.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Where the files of this version of the library are kept: in the user's cache.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let cache = kss_project::cache_folder().unwrap_or_else(|| std::env::temp_dir().join("kssc"));
    cache.join(format!("library-{}", env!("CARGO_PKG_VERSION")))
});

/// A file of the library on disk, written if it is not there or another one; none if it can't be written.
pub(crate) fn on_disk(path: &str, text: &str) -> Option<PathBuf> {
    let file = FOLDER.join(path);
    if std::fs::read_to_string(&file).is_ok_and(|there| there == text) {
        return Some(file);
    }
    std::fs::create_dir_all(file.parent()?).ok()?;
    // Other servers may write the same file: each writes aside and moves, so nobody reads half of it.
    let aside = file.with_extension(format!("{}.part", std::process::id()));
    std::fs::write(&aside, text).ok()?;
    std::fs::rename(&aside, &file).ok()?;
    Some(file)
}

/// The name of a file of the library (`std/core/site.kss`) that lies in the cache.
pub(crate) fn name_of(file: &Path) -> Option<String> {
    let below = file.strip_prefix(&*FOLDER).ok()?;
    Some(below.to_string_lossy().replace('\\', "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_goes_there_and_back() {
        let name = format!("std/test-{}/x.kss", std::process::id());
        let file = on_disk(&name, "let x = 1\n").expect("the cache can be written");
        assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "let x = 1\n");
        assert_eq!(name_of(&file).as_deref(), Some(name.as_str()));
        std::fs::remove_dir_all(file.parent().expect("a folder")).expect("it goes");
    }
}
