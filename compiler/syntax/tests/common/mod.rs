//! What the tests of the parser share: a compact picture of a tree, corpora, files with what is expected of them.
#![allow(dead_code, unreachable_pub)]

pub mod corpus;
pub mod dump;

use std::path::{Path, PathBuf};

/// The files of a directory of tests with this extension, in order.
pub fn cases(dir: &str, ext: &str) -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(dir);
    let entries = std::fs::read_dir(&dir).unwrap().map(|e| e.unwrap().path());
    let mut files: Vec<_> = entries.filter(|p| p.extension().is_some_and(|e| e == ext)).collect();
    files.sort();
    assert!(!files.is_empty(), "no .{ext} in {}", dir.display());
    files
}

/// Compares with the file; `UPDATE=1` writes it instead.
pub fn compare(file: &Path, found: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file, found).unwrap();
        return Ok(());
    }
    let wanted = std::fs::read_to_string(file).unwrap_or_default();
    if wanted == found {
        return Ok(());
    }
    let different = wanted.lines().zip(found.lines()).position(|(a, b)| a != b);
    let line = different.unwrap_or_else(|| wanted.lines().count().min(found.lines().count()));
    let show = |text: &str| text.lines().nth(line).unwrap_or("<end>").to_owned();
    Err(format!("{}:{}\n  wanted {}\n  found  {}", file.display(), line + 1, show(&wanted), show(found)))
}
