//! A small site with one mistake in it, given to the real `kssc build`.

use kss_tests::{build::repository, program};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

/// Words of the compiler's inside that no message may have.
const INTERNAL: &[&str] =
    &["panicked", "poison", "thunk", "unify", "bottom", "Symbol", "Origin", "EntryKey", "something else", "internal"];
/// Lines that a message may have besides those of the source.
const MOST_LINES: usize = 12;

/// Edits of the site that put one mistake into it.
pub(crate) struct Mistake {
    name: &'static str,
    files: BTreeMap<String, Vec<u8>>,
}

/// The folder of these tests.
fn folder() -> PathBuf {
    repository().join("tests/tests/bad_input")
}

/// The site without a mistake: two clusters, a support machine, a hypervisor.
fn site() -> BTreeMap<String, Vec<u8>> {
    let clusters = folder().join("site/clusters");
    let names = ["homelab.kss", "kss.kss", "kcs.kss"];
    let read = |name: &str| fs::read(clusters.join(name)).expect("a file of the site");
    names.iter().map(|name| ((*name).to_owned(), read(name))).collect()
}

/// The deploy tree of the site without a mistake, built once.
pub(crate) fn good_tree() -> &'static Path {
    static BUILT: OnceLock<TempDir> = OnceLock::new();
    let dir = BUILT.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a directory for the test");
        write(dir.path(), &site());
        let output = program::run(dir.path(), &["build"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "the site of these tests has no mistake:\n{said}");
        let said = plain(&said);
        assert!(!said.contains("error[") && !said.contains("warning["), "{said}");
        dir
    });
    dir.path()
}

fn write(root: &Path, files: &BTreeMap<String, Vec<u8>>) {
    for (name, bytes) in files {
        let path = root.join("clusters").join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
}

/// Every file below `root` with its content, and when it was written.
fn tree(root: &Path) -> BTreeMap<PathBuf, (Vec<u8>, std::time::SystemTime)> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let (path, meta) = (entry.path(), entry.metadata().expect("a file"));
            if meta.is_dir() {
                open.push(path);
            } else {
                let text = fs::read(&path).expect("a file");
                found.insert(path, (text, meta.modified().expect("a time")));
            }
        }
    }
    found
}

/// A copy of a tree.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a file");
        }
    }
}

/// The site, to be edited.
pub(crate) fn mistake(name: &'static str) -> Mistake {
    Mistake { name, files: site() }
}

impl Mistake {
    /// Replaces a piece of text that occurs once in a file.
    pub(crate) fn edit(mut self, file: &str, from: &str, to: &str) -> Mistake {
        let bytes = self.files.get_mut(file).expect("a file of the site");
        let text = String::from_utf8(bytes.clone()).expect("text");
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {file}");
        *bytes = text.replacen(from, to, 1).into_bytes();
        self
    }

    /// Adds lines before the last `}` of a file.
    pub(crate) fn add(mut self, file: &str, lines: &str) -> Mistake {
        let bytes = self.files.get_mut(file).expect("a file of the site");
        let end = bytes.iter().rposition(|b| *b == b'}').expect("a block");
        bytes.splice(end..end, lines.bytes());
        self
    }

    /// Adds a file.
    pub(crate) fn file(mut self, name: &str, text: impl Into<Vec<u8>>) -> Mistake {
        self.files.insert(name.to_owned(), text.into());
        self
    }

    /// Writes the files.
    pub(crate) fn written(&self) -> TempDir {
        let dir = tempfile::tempdir().expect("a directory for the test");
        write(dir.path(), &self.files);
        dir
    }

    /// Builds over a deploy tree of the site as it was, which must stay as it is. One mistake is one message of `code`,
    /// which reads as `expected/NAME.txt` has it; `KSS_BLESS=1` writes that file.
    pub(crate) fn is_told_as(&self, code: &str) {
        let dir = self.written();
        self.is_told_in(&dir, code);
    }

    /// [`Mistake::is_told_as`] in a folder that the test has prepared.
    pub(crate) fn is_told_in(&self, dir: &TempDir, code: &str) {
        let deploy = dir.path().join("deploy");
        copy(&good_tree().join("deploy"), &deploy);
        let before = tree(&deploy);
        let output = program::run(dir.path(), &["build"]);
        let said = plain(&String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(1), "{}: wrong sources are exit code 1:\n{said}", self.name);
        assert!(output.stdout.is_empty(), "{}: messages go to standard error", self.name);
        assert!(before == tree(&deploy), "{}: the deploy tree was touched:\n{said}", self.name);
        let fresh = program::run(dir.path(), &["build", "--output", "fresh"]);
        assert_eq!(fresh.status.code(), Some(1), "{}", self.name);
        assert!(!dir.path().join("fresh").exists(), "{}: a deploy tree was begun", self.name);
        assert_eq!(plain(&String::from_utf8_lossy(&fresh.stderr)), said, "{}: said differently", self.name);
        self.matches_expected(&said);
        judge(self.name, code, &said);
    }

    fn matches_expected(&self, said: &str) {
        let path = folder().join("expected").join(format!("{}.txt", self.name));
        if std::env::var_os("KSS_BLESS").is_some() {
            fs::write(&path, said).expect("the expected text is written");
        }
        let wanted = fs::read_to_string(&path).unwrap_or_default();
        assert!(said == wanted, "{}: said\n{said}\ninstead of\n{wanted}\n(KSS_BLESS=1 accepts it)", path.display());
    }
}

/// Without what differs from run to run (how long it took) or from one release of the library to the next: its line numbers, how
/// many of its entries are concerned, and the warning that images are not in the lock.
fn plain(said: &str) -> String {
    let image = |block: &&str| !block.starts_with("warning[K0803]: ");
    let said: Vec<&str> = said.split("\n\n").filter(image).collect();
    let summary = regex::Regex::new(r"(, \d+ warnings?)?( in \d+ files?) \([\d.]+ m?s\)").expect("a pattern");
    let said = summary.replace(&said.join("\n\n"), "$2 (… ms)").into_owned();
    let counted = regex::Regex::new(r"\d+ entries of").expect("a pattern");
    let place = regex::Regex::new(r"^\s*([├╭]─\[ std/[^:]+):\d+:\d+ \]").expect("a pattern");
    let margin = regex::Regex::new(r"^\s*(\d*)\s*([├╭│┆])").expect("a pattern");
    let mut library = false;
    let mut out = String::new();
    for line in counted.replace_all(&said, "several entries of").lines() {
        let line = margin.replace(line, |found: &regex::Captures<'_>| {
            library = match &found[2] {
                "│" | "┆" => library,
                _ => line.contains("─[ std/"),
            };
            let number = if library && !found[1].is_empty() { "…" } else { &found[1] };
            format!("{number:>4} {}", &found[2])
        });
        out.push_str(&place.replace(&line, "     $1 ]"));
        out.push('\n');
    }
    out
}

/// The rules that every message keeps.
fn judge(name: &str, code: &str, said: &str) {
    let heads: Vec<&str> =
        said.lines().filter(|line| line.starts_with("error[") || line.starts_with("warning[")).collect();
    assert_eq!(heads.len(), 1, "{name}: one mistake is one message:\n{said}");
    assert!(heads[0].starts_with(&format!("error[{code}]: ")), "{name}: {code} is expected:\n{said}");
    let message = said.split("\n\n").next().unwrap_or_default();
    // Lines of source, and the underlines below them, come on top.
    let lines = message.lines().filter(|line| !is_source(line)).count();
    assert!(lines <= MOST_LINES, "{name}: {lines} lines are too many:\n{said}");
    for word in INTERNAL {
        assert!(!said.contains(word), "{name}: `{word}` is a word of the inside:\n{said}");
    }
    assert!(!heads[0].ends_with('.'), "{name}: no final stop:\n{said}");
    assert!(message.lines().any(|line| line.contains("─[ ")), "{name}: a place is shown:\n{said}");
    let notes = ["│ fix ", "│ rule ", "│ note "].iter().any(|note| message.contains(note));
    // The reason may also be at another place, or be the second half of the message.
    let reason = notes || message.contains("├─[ ") || heads[0].contains("; ") || heads[0].contains(": expected ");
    assert!(reason, "{name}: it says why or how to mend it:\n{said}");
}

fn is_source(line: &str) -> bool {
    let line = line.trim_start();
    let source = line.starts_with(|c: char| c.is_ascii_digit() || c == '…');
    source && line.contains(" │") || line.contains("──")
}
