//! Which folder is the project of a file, and its files on disk.

use std::path::{Path, PathBuf};

/// The folder whose files belong together with `file`: the nearest one with a `kss.lock` or called `clusters`; else the file's
/// own, and upward as long as there are sources beside it. Never above the workspace folder that the file is in.
pub(crate) fn folder_of(file: &Path, workspace: &[PathBuf]) -> PathBuf {
    let own = file.parent().unwrap_or(Path::new("/")).to_owned();
    let top = workspace.iter().filter(|w| file.starts_with(w)).max_by_key(|w| w.components().count());
    let within = |folder: &Path| top.is_none_or(|top| folder.starts_with(top));
    let marked = |folder: &&Path| folder.join("kss.lock").is_file() || folder.ends_with("clusters");
    if let Some(found) = own.ancestors().take_while(|f| within(f)).find(marked) {
        return found.to_owned();
    }
    let mut folder = own;
    // Outside of a workspace only the folder itself is looked at: above it may be anything.
    while let (Some(parent), Some(top)) = (folder.parent(), top) {
        if !parent.starts_with(top) || !has_sources(parent) {
            break;
        }
        folder = parent.to_owned();
    }
    folder
}

/// Projects below a workspace folder that are worth to be read before one of their files is opened.
pub(crate) fn folders_in(workspace: &Path) -> Vec<PathBuf> {
    let clusters = workspace.join("clusters");
    match () {
        () if has_sources(&clusters) => vec![clusters],
        () if workspace.join("kss.lock").is_file() || has_sources(workspace) => vec![workspace.to_owned()],
        () => Vec::new(),
    }
}

fn has_sources(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|e| e.path().extension().is_some_and(|ext| ext == "kss"))
}

/// The path of a file as the project names it.
pub(crate) fn name_of(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, "").expect("a file");
        }
        dir
    }

    #[test]
    fn a_project_is_the_marked_folder_around_a_file() {
        let dir = tree(&["clusters/a.kss", "clusters/deep/b.kss", "other/x/kss.lock", "other/x/y/c.kss"]);
        let root = dir.path().to_owned();
        let of = |file: &str| folder_of(&root.join(file), std::slice::from_ref(&root));
        assert_eq!(of("clusters/deep/b.kss"), root.join("clusters"));
        assert_eq!(of("other/x/y/c.kss"), root.join("other/x"));
    }

    #[test]
    fn without_a_mark_it_grows_with_the_sources() {
        let dir = tree(&["site.kss", "deep/b.kss", "far/off/c.kss"]);
        let root = dir.path().to_owned();
        let of = |file: &str| folder_of(&root.join(file), std::slice::from_ref(&root));
        assert_eq!(of("deep/b.kss"), root);
        assert_eq!(of("far/off/c.kss"), root.join("far/off"));
        assert_eq!(folder_of(&root.join("deep/b.kss"), &[]), root.join("deep"), "no workspace, no growth");
    }
}
