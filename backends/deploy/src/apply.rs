//! Does what a journal says.

use crate::books::Books;
use crate::disk::{Disk, look, read_if_there};
use crate::error::{DeployError, Doing, Obstacle, Why};
use crate::journal::{Install, Journal};
use crate::manifest::digest;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;

/// Finishes a build whose journal stands.
pub(crate) fn finish(journal: &Journal, books: &Books, disk: &Disk) -> Result<(), DeployError> {
    books.unset_built(disk)?;
    journal.remove.par_iter().try_for_each(|remove| take(&books.file(&remove.path), disk))?;
    prune(journal, books, disk)?;
    let directories: BTreeSet<_> = journal.install.iter().filter_map(|install| parent(&install.path)).collect();
    for directory in directories {
        disk.create_directories(&books.file(directory))?;
    }
    let numbered = journal.install.par_iter().enumerate();
    numbered.try_for_each(|(number, install)| put(number, install, books, disk))?;
    if look(&books.staged_manifest())?.is_some() {
        disk.rename(&books.staged_manifest(), &books.manifest)?;
    }
    disk.remove_file(&books.journal)?;
    disk.remove_tree(&books.stage)?;
    books.set_built(&journal.inputs, disk)
}

fn take(place: &Path, disk: &Disk) -> Result<(), DeployError> {
    match look(place)? {
        // Done before the interruption, and a directory of the new tree is there already.
        Some(found) if found.is_dir() => Ok(()),
        _ => disk.remove_file(place),
    }
}

fn put(number: usize, install: &Install, books: &Books, disk: &Disk) -> Result<(), DeployError> {
    let staged = books.staged(number);
    if look(&staged)?.is_none() {
        // Done before the interruption.
        return Ok(());
    }
    let place = books.file(&install.path);
    if look(&place)?.is_some_and(|found| found.is_dir()) {
        remove_empty(&place, disk)?;
    }
    disk.rename(&staged, &place)
}

/// Removes the directories that files went from and that nothing is left in, from below.
fn prune(journal: &Journal, books: &Books, disk: &Disk) -> Result<(), DeployError> {
    let mut directories = BTreeSet::new();
    for remove in &journal.remove {
        let above = remove.path.match_indices('/').map(|(at, _)| &remove.path[..at]);
        directories.extend(above.map(|directory| (std::cmp::Reverse(directory.matches('/').count()), directory)));
    }
    for (_, directory) in directories {
        disk.remove_if_empty(&books.file(directory))?;
    }
    Ok(())
}

/// Removes a directory in which there are only directories.
fn remove_empty(directory: &Path, disk: &Disk) -> Result<(), DeployError> {
    for entry in std::fs::read_dir(directory).doing("list", directory)? {
        let entry = entry.doing("list", directory)?;
        if entry.file_type().doing("look at", &entry.path())?.is_dir() {
            remove_empty(&entry.path(), disk)?;
        }
    }
    disk.remove_if_empty(directory).map(|_| ())
}

fn parent(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(directory, _)| directory)
}

/// Brings a tree that an interrupted build left behind to the old state or the new one. Says whether there was one.
pub(crate) fn recover(books: &Books, overwrite: bool, disk: &Disk) -> Result<bool, DeployError> {
    disk.remove_file(&books.journal_aside)?;
    let journal = match Journal::read(books) {
        Err(DeployError::Interrupted { .. }) if overwrite => None,
        other => other?,
    };
    let checked = journal.map(|journal| {
        let checked = check(&journal, books);
        (journal, checked)
    });
    match checked {
        Some((journal, Ok(()))) => finish(&journal, books, disk).map(|()| true),
        Some((journal, Err(DeployError::InTheWay(_)))) if overwrite => finish(&journal, books, disk).map(|()| true),
        Some((_, Err(error))) if !overwrite => Err(error),
        // Nothing was put in place yet, or every file is written again anyway.
        _ => {
            let interrupted = look(&books.stage)?.is_some() || look(&books.journal)?.is_some();
            disk.remove_file(&books.journal)?;
            disk.remove_tree(&books.stage)?;
            Ok(interrupted)
        }
    }
}

/// Can the journal be finished? What was staged must be whole, and what it replaces as it was: time has passed.
fn check(journal: &Journal, books: &Books) -> Result<(), DeployError> {
    let interrupted = |reason: String| DeployError::Interrupted { target: books.root.clone(), reason };
    let staged = |number: usize, wanted: &str, path: &Path| match read_if_there(path)? {
        Some(bytes) if digest(&bytes) != wanted => Err(interrupted(format!("staged file {number} is torn"))),
        found => Ok(found.is_some()),
    };
    staged(journal.install.len(), &journal.manifest, &books.staged_manifest())?;
    let mut edited = Vec::new();
    for (number, install) in journal.install.iter().enumerate() {
        let old = install.old.as_ref();
        if staged(number, &install.new, &books.staged(number))?
            && here(&install.path, books)?.is_some_and(|here| Some(&here) != old && here != install.new)
        {
            edited.push(&install.path);
        }
    }
    for remove in &journal.remove {
        if here(&remove.path, books)?.is_some_and(|here| here != remove.old) {
            edited.push(&remove.path);
        }
    }
    if edited.is_empty() {
        return Ok(());
    }
    let obstacles = edited.into_iter().map(|path| Obstacle { path: path.clone(), why: Why::Edited });
    Err(DeployError::InTheWay(obstacles.collect()))
}

/// Digest of the file at a path of the tree; of anything but a file one that no file has.
fn here(path: &str, books: &Books) -> Result<Option<String>, DeployError> {
    let place = books.file(path);
    match look(&place)? {
        None => Ok(None),
        Some(found) if found.is_dir() => Ok(None),
        Some(found) if found.is_file() => Ok(read_if_there(&place)?.map(|bytes| digest(&bytes))),
        Some(_) => Ok(Some(String::new())),
    }
}
