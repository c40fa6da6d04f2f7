//! What the tests of the parser share: a compact picture of a tree, corpora, files with what is expected of them.
#![allow(dead_code, unreachable_pub)]

pub mod corpus;
pub mod dump;

use kss_diag::{Fix, How};
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

/// What a fix makes of `text`: its edits are in the text, and don't touch each other.
pub fn mended(text: &str, fix: &Fix) -> String {
    let mut edits: Vec<_> = fix.edits.iter().collect();
    edits.sort_by_key(|e| e.place.range);
    let mut out = String::new();
    let mut done = 0;
    for edit in edits {
        let (lo, hi) = match edit.how {
            How::Replace => (edit.place.range.lo, edit.place.range.hi),
            How::Before => (edit.place.range.lo, edit.place.range.lo),
            How::After => (edit.place.range.hi, edit.place.range.hi),
        };
        let kept = text.get(done..lo as usize);
        out.push_str(kept.unwrap_or_else(|| panic!("{fix:?}")));
        out.push_str(&edit.text);
        done = hi as usize;
    }
    out + text.get(done..).unwrap_or_else(|| panic!("{fix:?}"))
}
