//! Texts to try the parser on.

use std::path::Path;

/// Every `.kss` file of the tests and of the repository's library and clusters; also those in the directory `CORPUS`, if the
/// environment names one.
pub fn files() -> Vec<(String, String)> {
    let mut found = real_files();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms"), &mut found);
    assert!(found.len() > 5);
    found
}

/// As [`files`], without those that were written to have every form.
pub fn real_files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for dir in ["tests/corpus", "../../stdlib", "../../clusters"] {
        collect(&root.join(dir), &mut found);
    }
    if let Some(dir) = std::env::var_os("CORPUS") {
        collect(Path::new(&dir), &mut found);
    }
    found.sort();
    found
}

fn collect(dir: &Path, found: &mut Vec<(String, String)>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for path in entries.map(|e| e.unwrap().path()) {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "kss") {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}
