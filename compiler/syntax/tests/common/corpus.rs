//! Texts to try the parser on.

use std::path::Path;

/// Every `.kss` file of the tests and of the repository's library and clusters.
pub fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for dir in ["tests/forms", "tests/corpus", "../../stdlib", "../../clusters"] {
        collect(&root.join(dir), &mut found);
    }
    found.sort();
    assert!(found.len() > 5);
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
