//! `.kssc/manifest.json`: which files are the build's.

use crate::books::Books;
use crate::disk::read_if_there;
use crate::error::DeployError;
use kss_backend::{OutputTree, check_path};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

const VERSION: u32 = 1;

/// The files of a tree that a build wrote. Says nothing of where they come from: `kssc why` evaluates again.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Manifest {
    /// By path.
    pub files: BTreeMap<String, Owned>,
}

/// A file that a build wrote.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Owned {
    /// Digest of its content, in hexadecimal.
    pub blake3: String,
    /// The backend that wrote it.
    pub owner: String,
    /// May it be run?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub executable: bool,
}

#[derive(Deserialize)]
struct Read {
    version: u32,
    #[serde(default)]
    files: BTreeMap<String, Owned>,
}

impl Manifest {
    /// What the manifest of a tree says.
    pub fn of(tree: &OutputTree) -> Manifest {
        let files: Vec<_> = tree.iter().collect();
        let files = files.par_iter().map(|file| {
            let owned = Owned {
                blake3: digest(file.content.bytes()),
                owner: file.owner.to_owned(),
                executable: file.executable,
            };
            (file.path.clone(), owned)
        });
        Manifest { files: files.collect::<Vec<_>>().into_iter().collect() }
    }

    /// The manifest of the tree at `target`; empty if it has none.
    pub fn read(target: &Path) -> Result<Manifest, DeployError> {
        let books = Books::new(target);
        let Some(bytes) = read_if_there(&books.manifest)? else { return Ok(Manifest::default()) };
        Manifest::parse(&bytes, &books)
    }

    /// What the bytes of a manifest say.
    pub(crate) fn parse(bytes: &[u8], books: &Books) -> Result<Manifest, DeployError> {
        parse(bytes).map_err(|reason| DeployError::Manifest { path: books.manifest.clone(), reason })
    }

    /// One line a file, so that a difference shows files.
    pub(crate) fn to_text(&self) -> String {
        let mut out = format!("{{\n\"version\": {VERSION},\n\"files\": {{");
        for (at, (path, owned)) in self.files.iter().enumerate() {
            out.push_str(if at == 0 { "\n" } else { ",\n" });
            out.push_str(&serde_json::Value::from(path.as_str()).to_string());
            out.push_str(": ");
            out.push_str(&entry(owned));
        }
        out.push_str("\n}\n}\n");
        out
    }
}

fn entry(owned: &Owned) -> String {
    let executable = if owned.executable { ",\"executable\":true" } else { "" };
    let owner = serde_json::Value::from(owned.owner.as_str());
    format!("{{\"blake3\":\"{}\",\"owner\":{owner}{executable}}}", owned.blake3)
}

fn parse(bytes: &[u8]) -> Result<Manifest, String> {
    let read: Read = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if read.version != VERSION {
        return Err(format!("it has version {}, and this kssc knows version {VERSION}", read.version));
    }
    // Its paths are removed and replaced: one that leads elsewhere must not get so far.
    for path in read.files.keys() {
        check_path(path).map_err(|why| format!("its path `{}` is none: {why}", path.escape_debug()))?;
    }
    Ok(Manifest { files: read.files })
}

/// Digest of a content.
pub(crate) fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_and_refuses_paths_that_lead_elsewhere() {
        let owned = |executable| Owned { blake3: digest(b"x"), owner: "helm".to_owned(), executable };
        let files = [("a/\"b\".yaml".to_owned(), owned(false)), ("run".to_owned(), owned(true))];
        // A quote is no part of a path; it stands here for what has to be escaped.
        let manifest = Manifest { files: files.clone().into_iter().collect() };
        assert!(parse(manifest.to_text().as_bytes()).unwrap_err().contains("its path"));
        let manifest = Manifest { files: files.into_iter().skip(1).collect() };
        assert_eq!(parse(manifest.to_text().as_bytes()), Ok(manifest));
        assert_eq!(parse(Manifest::default().to_text().as_bytes()), Ok(Manifest::default()));
        let outside = br#"{"version":1,"files":{"../x":{"blake3":"","owner":""}}}"#;
        assert_eq!(parse(outside).unwrap_err(), "its path `../x` is none: `..` leaves the tree");
        assert_eq!(parse(br#"{"version":9}"#).unwrap_err(), "it has version 9, and this kssc knows version 1");
    }
}
