//! What checks found, kept in the user's cache: while nothing changes, nobody evaluates the same again.

use kss_diag::Diagnostic;
use kss_project::{Found, cache_folder};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Begins every record; the number goes up whenever what follows changes its form.
const FORM: &str = "kssc record 1 ";

/// So many records are kept, the newest.
const KEPT: usize = 64;

/// What a check found.
#[derive(Serialize, Deserialize)]
pub(crate) struct Record {
    /// Digest of what was loaded.
    loaded: String,
    /// What was read on the way, by path from the working folder.
    read: Vec<(String, Found)>,
    /// Everything that is wrong, arranged.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Record {
    pub(crate) fn new(loaded: &str, read: Vec<(String, Found)>, diagnostics: &[Diagnostic]) -> Record {
        Record { loaded: loaded.to_owned(), read, diagnostics: diagnostics.to_vec() }
    }

    /// Would the same be found again?
    fn still_holds(&self, loaded: &str) -> bool {
        self.loaded == loaded && self.read.par_iter().all(|(path, found)| found.is_at(path))
    }

    /// A digest of everything that a build is made from.
    pub(crate) fn inputs(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.loaded.as_bytes());
        for (path, found) in &self.read {
            hasher.update(format!("\n{path:?} {found:?}").as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// The record of one project, seen from one folder. Whatever goes wrong with it, there is none.
pub(crate) struct Place {
    folder: PathBuf,
    file: PathBuf,
}

impl Place {
    /// Of the files below `roots`, with or without private overlays. None if there is no cache.
    pub(crate) fn of(roots: &[PathBuf], public: bool) -> Option<Place> {
        let folder = cache_folder()?.join("checks");
        // Diagnostics name files as the user does, so the words count as well as the folder that they are said in.
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).ok()?;
        let name = blake3::hash(format!("{public} {here:?} {roots:?}").as_bytes()).to_hex();
        Some(Place { file: folder.join(&name[..32]), folder })
    }

    /// What was found in the same files before.
    pub(crate) fn record(&self, loaded: &str) -> Option<Record> {
        let record = parse(&std::fs::read(&self.file).ok()?)?;
        record.still_holds(loaded).then_some(record)
    }

    /// Keeps a record for the next time.
    pub(crate) fn keep(&self, record: &Record) {
        // Without a cache everything is found again; that is no failure.
        if self.write(record).is_ok() {
            prune(&self.folder);
        }
    }

    fn write(&self, record: &Record) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let body = serde_json::to_vec(record)?;
        // Aside first: others may read or write the same record.
        let mut aside = tempfile::NamedTempFile::new_in(&self.folder)?;
        aside.write_all(format!("{FORM}{}\n", blake3::hash(&body).to_hex()).as_bytes())?;
        aside.write_all(&body)?;
        aside.persist(&self.file)?;
        Ok(())
    }
}

/// A record as it was written; none if it is torn, or of another version.
fn parse(bytes: &[u8]) -> Option<Record> {
    let end = bytes.iter().position(|b| *b == b'\n')?;
    let (head, body) = (std::str::from_utf8(&bytes[..end]).ok()?, &bytes[end + 1..]);
    let digest = head.strip_prefix(FORM)?;
    if blake3::hash(body).to_hex().as_str() != digest {
        return None;
    }
    serde_json::from_slice(body).ok()
}

/// Removes the oldest records.
fn prune(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let time = |path: &PathBuf| std::fs::metadata(path).and_then(|meta| meta.modified()).ok();
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    if files.len() > KEPT {
        files.sort_by_cached_key(|path| std::cmp::Reverse(time(path)));
        // Another process may have removed it already.
        files.iter().skip(KEPT).for_each(|path| drop(std::fs::remove_file(path)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kss_diag::code;
    use kss_span::{FileId, TextRange};

    fn place(folder: &Path) -> Place {
        Place { folder: folder.join("checks"), file: folder.join("checks/one") }
    }

    fn record() -> Record {
        let at = TextRange::new(3, 5).at(FileId(2));
        let diag =
            code::UNKNOWN_NAME.at(at, "no name `x`").label("here").also(at, "there").rule("a").note("b").help("c");
        let diag = diag.fix("write `y`", at, kss_diag::How::Before, "y");
        let read = vec![("gone".to_owned(), Found::Nothing("it is not there".to_owned()))];
        Record::new("digest", read, &[diag])
    }

    #[test]
    fn a_record_comes_back_whole() {
        let dir = tempfile::tempdir().expect("a folder");
        let place = place(dir.path());
        assert!(place.record("digest").is_none());
        place.keep(&record());
        assert_eq!(place.record("digest").expect("it was kept").diagnostics, record().diagnostics);
        assert!(place.record("another").is_none());
        assert_ne!(record().inputs(), Record { read: Vec::new(), ..record() }.inputs());

        let whole = std::fs::read(&place.file).expect("a file");
        let mut worn = whole.clone();
        worn[whole.len() / 2] ^= 1;
        let unknown = String::from_utf8_lossy(&whole).replace("K0201", "K9999").into_bytes();
        for bad in [&worn[..], &whole[..whole.len() - 1], b"", b"\n", FORM.as_bytes(), &unknown] {
            std::fs::write(&place.file, bad).expect("a file");
            assert!(place.record("digest").is_none());
        }
        place.keep(&record());
        assert!(place.record("digest").is_some());
    }

    #[test]
    fn a_code_that_is_gone_makes_no_record() {
        let body = serde_json::to_string(&record()).expect("JSON");
        assert!(serde_json::from_str::<Record>(&body).is_ok());
        let id = code::UNKNOWN_NAME.id;
        assert!(serde_json::from_str::<Record>(&body.replace(id, "K9999")).is_err());
    }

    #[test]
    fn the_newest_stay() {
        let dir = tempfile::tempdir().expect("a folder");
        let one = place(dir.path());
        std::fs::create_dir_all(&one.folder).expect("a folder");
        for number in 0..80 {
            let file = std::fs::File::create(one.folder.join(format!("old-{number}"))).expect("a file");
            let then = std::time::SystemTime::now() - std::time::Duration::from_secs(1000 + number);
            file.set_modified(then).expect("a time");
        }
        one.keep(&record());
        let left = std::fs::read_dir(&one.folder).expect("a folder").count();
        assert_eq!(left, KEPT);
        assert!(one.record("digest").is_some());
        assert!(one.folder.join("old-0").exists() && !one.folder.join("old-79").exists());
    }
}
