//! Is a tree current? Nothing here writes.

use crate::books::{Books, Built};
use crate::disk::{Time, is_executable, look, read_if_there};
use crate::error::DeployError;
use crate::lock::Lock;
use crate::manifest::{Manifest, Owned, digest};
use crate::plan::{Trust, plan};
use kss_backend::{File, OutputTree, RESERVED};
use rayon::prelude::*;
use std::fmt;
use std::path::Path;

/// A file that a build would touch.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Difference {
    /// From the root of the tree.
    pub path: String,
    /// What is wrong with it.
    pub change: Change,
}

/// How the disk differs from the tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Change {
    /// It is not there.
    Missing,
    /// It is something else.
    Differs,
    /// It is no longer written.
    Stale,
    /// A build was interrupted.
    Interrupted,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Change::Missing => "is missing",
            Change::Differs => "differs",
            Change::Stale => "is no longer written",
            Change::Interrupted => "belongs to an interrupted build; build again to finish it",
        })
    }
}

/// What a build would change in `target`, in the order of paths; nothing if the tree is current. Reads every file.
pub fn check(tree: &OutputTree, target: &Path) -> Result<Vec<Difference>, DeployError> {
    let books = Books::new(target);
    let _lock = Lock::look(&books)?;
    let old = Manifest::read(target)?;
    let new = Manifest::of(tree);
    let files: Vec<&File> = tree.iter().collect();
    let plan = plan(&files, &old, &new, &books, Trust::default())?;
    let difference = |path: &str, change| Difference { path: path.to_owned(), change };
    let mut out: Vec<_> = plan.remove.iter().map(|remove| difference(&remove.path, Change::Stale)).collect();
    out.extend(plan.install.iter().map(|(file, install)| {
        let change = if install.old.is_some() { Change::Differs } else { Change::Missing };
        difference(&file.path, change)
    }));
    out.extend(plan.obstacles.iter().map(|obstacle| {
        let stale = old.files.contains_key(&obstacle.path) && !new.files.contains_key(&obstacle.path);
        difference(&obstacle.path, if stale { Change::Stale } else { Change::Differs })
    }));
    if look(&books.journal)?.is_some() {
        out.push(difference(&format!("{RESERVED}/local/journal"), Change::Interrupted));
    }
    if out.is_empty() && old != new {
        out.push(difference(&format!("{RESERVED}/manifest.json"), Change::Differs));
    }
    out.sort();
    out.dedup();
    Ok(out)
}

/// Was the last build of `target` made from the same inputs, and is every file still as it was written? Then how many there are.
/// Looks at each file and reads only those that changed since. Inputs that nobody knows (the empty text) are never the same.
pub fn current(target: &Path, inputs: &str) -> Result<Option<usize>, DeployError> {
    let books = Books::new(target);
    let _lock = Lock::look(&books)?;
    let Some(Built { inputs: built, since, manifest }) = books.built()? else { return Ok(None) };
    if inputs.is_empty() || built != inputs || look(&books.journal)?.is_some() {
        return Ok(None);
    }
    let Some(bytes) = read_if_there(&books.manifest)?.filter(|bytes| digest(bytes) == manifest) else {
        return Ok(None);
    };
    let files: Vec<_> = Manifest::parse(&bytes, &books)?.files.into_iter().collect();
    let found = files.par_iter().map(|(path, owned)| is_untouched(&books.file(path), owned, since));
    let untouched = found.try_reduce(|| true, |a, b| Ok(a && b))?;
    Ok(untouched.then_some(files.len()))
}

fn is_untouched(place: &Path, owned: &Owned, since: Option<Time>) -> Result<bool, DeployError> {
    let Some(found) = look(place)? else { return Ok(false) };
    if !found.is_file() || is_executable(&found).is_some_and(|executable| executable != owned.executable) {
        return Ok(false);
    }
    if Built::untouched(since, &found) {
        return Ok(true);
    }
    Ok(read_if_there(place)?.is_some_and(|bytes| digest(&bytes) == owned.blake3))
}
