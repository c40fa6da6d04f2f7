//! What has to change so that the disk holds a tree, and what stands in the way.

use crate::books::{Books, Built};
use crate::disk::{Time, is_executable, look, read_if_there};
use crate::error::{DeployError, Obstacle, Why};
use crate::journal::{Install, Remove};
use crate::manifest::{Manifest, digest};
use kss_backend::File;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::Path;

/// The work, each list in the order of paths.
#[derive(Default)]
pub(crate) struct Plan<'a> {
    /// Files to put in place.
    pub(crate) install: Vec<(&'a File, Install)>,
    /// Files to remove.
    pub(crate) remove: Vec<Remove>,
    /// What is not ours to touch.
    pub(crate) obstacles: Vec<Obstacle>,
    /// How many files are as they should be.
    pub(crate) unchanged: usize,
}

/// How much to believe.
#[derive(Clone, Copy, Default)]
pub(crate) struct Trust {
    /// Are files that are not as we wrote them to be replaced?
    pub(crate) overwrite: bool,
    /// Since when files that did not change are as the manifest says.
    pub(crate) since: Option<Time>,
}

/// What stands at a path.
enum Found {
    Nothing,
    /// A file and whether it may be run.
    File(String, Option<bool>),
    /// A link, or something that is neither file nor directory. Its digest is the empty text, which no file has.
    Other,
    Directory,
    /// Something that is no directory stands above it.
    Below(Obstacle),
}

struct Planner<'a> {
    books: &'a Books,
    old: &'a Manifest,
    new: &'a Manifest,
    trust: Trust,
    /// The directories that files are in, and what else stands there.
    above: FxHashMap<&'a str, Option<Obstacle>>,
}

/// What one path needs.
enum Need<'a> {
    Nothing,
    Install(&'a File, Install),
    Remove(Remove),
    Clear(Obstacle),
}

/// Compares `files`, which `new` describes, with the disk, where `old` says what is ours.
pub(crate) fn plan<'a>(
    files: &[&'a File],
    old: &Manifest,
    new: &Manifest,
    books: &Books,
    trust: Trust,
) -> Result<Plan<'a>, DeployError> {
    let stale: Vec<_> = old.files.keys().filter(|path| !new.files.contains_key(*path)).collect();
    let paths = files.iter().map(|file| &*file.path).chain(stale.iter().map(|path| path.as_str()));
    let above = directories(paths, books)?;
    let planner = Planner { books, old, new, trust, above };
    let wanted: Result<Vec<_>, _> = files.par_iter().map(|file| planner.wanted(file)).collect();
    let gone: Result<Vec<_>, _> = stale.par_iter().map(|path| planner.stale(path)).collect();
    let mut plan = Plan::default();
    for need in wanted?.into_iter().chain(gone?) {
        match need {
            Need::Nothing => plan.unchanged += 1,
            Need::Install(file, install) => plan.install.push((file, install)),
            Need::Remove(remove) => plan.remove.push(remove),
            Need::Clear(obstacle) => plan.obstacles.push(obstacle),
        }
    }
    plan.obstacles.sort();
    plan.obstacles.dedup();
    Ok(plan)
}

/// The directories above `paths`, with what stands in place of those that are none.
fn directories<'a>(
    paths: impl Iterator<Item = &'a str>,
    books: &Books,
) -> Result<FxHashMap<&'a str, Option<Obstacle>>, DeployError> {
    let mut names = FxHashSet::default();
    for path in paths {
        for (at, _) in path.rmatch_indices('/') {
            if !names.insert(&path[..at]) {
                break;
            }
        }
    }
    let names: Vec<_> = names.into_iter().collect();
    let found = names.par_iter().map(|name| Ok((*name, no_directory(name, books)?)));
    found.collect::<Result<Vec<_>, DeployError>>().map(|found| found.into_iter().collect())
}

fn no_directory(name: &str, books: &Books) -> Result<Option<Obstacle>, DeployError> {
    let obstacle = |why| Some(Obstacle { path: name.to_owned(), why });
    Ok(match look(&books.file(name))? {
        Some(found) if found.is_symlink() => obstacle(Why::Link),
        Some(found) if !found.is_dir() => obstacle(Why::File),
        _ => None,
    })
}

impl Planner<'_> {
    fn found(&self, path: &str) -> Result<Found, DeployError> {
        let above = path.match_indices('/').filter_map(|(at, _)| self.above.get(&path[..at]).cloned().flatten());
        if let Some(obstacle) = above.into_iter().next() {
            return Ok(Found::Below(obstacle));
        }
        let place = self.books.file(path);
        let Some(metadata) = look(&place)? else { return Ok(Found::Nothing) };
        if metadata.is_dir() {
            return Ok(Found::Directory);
        }
        if !metadata.is_file() {
            return Ok(Found::Other);
        }
        if let Some(owned) = self.old.files.get(path)
            && Built::untouched(self.trust.since, &metadata)
        {
            return Ok(Found::File(owned.blake3.clone(), is_executable(&metadata)));
        }
        // It may have gone in between; then it is as if it had never been there.
        let content = read_if_there(&place)?;
        Ok(content.map_or(Found::Nothing, |bytes| Found::File(digest(&bytes), is_executable(&metadata))))
    }

    fn wanted<'a>(&self, file: &'a File) -> Result<Need<'a>, DeployError> {
        let new = self.new.files.get(&file.path).map(|owned| owned.blake3.clone()).unwrap_or_default();
        let old = self.old.files.get(&file.path);
        let install = |old: Option<String>, new| Install { path: file.path.clone(), old, new };
        let clear = |why| Need::Clear(Obstacle { path: file.path.clone(), why });
        Ok(match self.found(&file.path)? {
            Found::Nothing => Need::Install(file, install(None, new)),
            Found::File(here, executable) if here == new => {
                if executable.is_none_or(|executable| executable == file.executable) {
                    Need::Nothing
                } else {
                    Need::Install(file, install(Some(here), new))
                }
            }
            Found::File(here, _) if self.trust.overwrite || old.is_some_and(|owned| owned.blake3 == here) => {
                Need::Install(file, install(Some(here), new))
            }
            Found::Other if self.trust.overwrite => Need::Install(file, install(Some(String::new()), new)),
            Found::File(..) | Found::Other => clear(if old.is_some() { Why::Edited } else { Why::Foreign }),
            Found::Directory if self.is_ours(&file.path)? => Need::Install(file, install(None, new)),
            Found::Directory => clear(Why::Directory),
            // A file of ours that goes makes room for the directory.
            Found::Below(obstacle) if self.goes(&obstacle) => Need::Install(file, install(None, new)),
            Found::Below(obstacle) => Need::Clear(obstacle),
        })
    }

    fn stale<'a>(&self, path: &str) -> Result<Need<'a>, DeployError> {
        let remove = |old| Need::Remove(Remove { path: path.to_owned(), old });
        let written = self.old.files.get(path).map(|owned| owned.blake3.as_str());
        Ok(match self.found(path)? {
            Found::File(here, _) if self.trust.overwrite || Some(&*here) == written => remove(here),
            Found::Other if self.trust.overwrite => remove(String::new()),
            Found::File(..) | Found::Other => Need::Clear(Obstacle { path: path.to_owned(), why: Why::Edited }),
            // Somebody removed it already, and may have put something else there.
            Found::Nothing | Found::Directory | Found::Below(_) => Need::Nothing,
        })
    }

    /// Is it a file of ours that the new tree doesn't have?
    fn goes(&self, obstacle: &Obstacle) -> bool {
        obstacle.why == Why::File
            && self.old.files.contains_key(&obstacle.path)
            && !self.new.files.contains_key(&obstacle.path)
    }

    /// Is there nothing in a directory but files of ours that go?
    fn is_ours(&self, directory: &str) -> Result<bool, DeployError> {
        let mut left = vec![directory.to_owned()];
        while let Some(name) = left.pop() {
            for (path, is_directory) in list(&self.books.file(&name), &name)? {
                if is_directory {
                    left.push(path);
                } else if !self.old.files.contains_key(&path) || self.new.files.contains_key(&path) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

fn list(place: &Path, name: &str) -> Result<Vec<(String, bool)>, DeployError> {
    use crate::error::Doing;
    let mut out = Vec::new();
    for entry in std::fs::read_dir(place).doing("list", place)? {
        let entry = entry.doing("list", place)?;
        let is_directory = entry.file_type().doing("look at", &entry.path())?.is_dir();
        // A name that is no text is not ours, and no path of ours has a line feed.
        let path = entry.file_name().into_string().map_or("\n".to_owned(), |file| format!("{name}/{file}"));
        out.push((path, is_directory));
    }
    Ok(out)
}
