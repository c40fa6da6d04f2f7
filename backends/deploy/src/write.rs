//! Writing a tree.

use crate::apply::{finish, recover};
use crate::books::Books;
use crate::disk::{Disk, look};
use crate::error::{DeployError, Doing};
use crate::journal::Journal;
use crate::lock::Lock;
use crate::manifest::{Manifest, digest};
use crate::plan::{Plan, Trust, plan};
use kss_backend::{File, OutputTree};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// How to write.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options<'a> {
    /// A digest of everything that the tree was made from; [`crate::current`] compares it. Empty if nobody knows.
    pub inputs: &'a str,
    /// Replace foreign and edited files too, and give up an interrupted build that can't be finished. Never follows links,
    /// never removes a directory with foreign files in it.
    pub overwrite: bool,
    /// The tree is the part below this directory (`clusters/kss/`): files of ours elsewhere stay as they are.
    pub within: Option<&'a str>,
}

/// What was done.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Files that were written, in order.
    pub written: Vec<String>,
    /// Files that were removed, in order.
    pub removed: Vec<String>,
    /// How many files were as they should be.
    pub unchanged: usize,
    /// Was an interrupted build finished or undone first?
    pub recovered: bool,
}

/// Makes the directory `target` hold the tree.
pub fn write(tree: &OutputTree, target: &Path, options: &Options<'_>) -> Result<Report, DeployError> {
    write_on(&Disk::default(), tree, target, options)
}

pub(crate) fn write_on(
    disk: &Disk,
    tree: &OutputTree,
    target: &Path,
    options: &Options<'_>,
) -> Result<Report, DeployError> {
    loop {
        if is_there(target)? {
            return again(disk, tree, &target.canonicalize().doing("look at", target)?, options);
        }
        // Or another build puts its first tree in place after we looked.
        if let Some(report) = first(disk, tree, target, options)? {
            return Ok(report);
        }
    }
}

/// Is there a directory with something in it? A link to a directory is one: the user named it.
fn is_there(target: &Path) -> Result<bool, DeployError> {
    match look(target)? {
        None => Ok(false),
        Some(_) if !target.is_dir() => Err(DeployError::NotDirectory(target.to_owned())),
        Some(found) if found.is_symlink() => Ok(true),
        Some(_) => Ok(target.read_dir().doing("list", target)?.next().is_some()),
    }
}

/// Writes the tree beside its place and puts it there. `None` if somebody else did in the meantime.
fn first(disk: &Disk, tree: &OutputTree, target: &Path, options: &Options<'_>) -> Result<Option<Report>, DeployError> {
    let aside = aside(target)?;
    let books = Books::new(&aside);
    disk.create_directories(&books.local)?;
    let lock = Lock::take(&books).map_err(|error| match error {
        DeployError::Busy { pid, .. } => DeployError::Busy { target: target.to_owned(), pid },
        other => other,
    })?;
    if !lock.is_at(&books) || is_there(target)? {
        return Ok(None);
    }
    clear(disk, &books)?;
    books.open(disk)?;
    let files: Vec<&File> = tree.iter().collect();
    let directories: BTreeSet<_> = files.iter().filter_map(|file| Some(file.path.rsplit_once('/')?.0)).collect();
    directories.into_par_iter().try_for_each(|directory| disk.create_directories(&books.file(directory)))?;
    files.par_iter().try_for_each(|file| disk.write(&books.file(&file.path), file.content.bytes(), file.executable))?;
    disk.write(&books.manifest, Manifest::of(tree).to_text().as_bytes(), false)?;
    books.set_built(options.inputs, disk)?;
    if look(target)?.is_some() {
        // Empty, as was seen; on some systems a directory can't be renamed over another.
        disk.remove_if_empty(target)?;
    }
    disk.rename(&aside, target)?;
    let written = files.iter().map(|file| file.path.clone()).collect();
    Ok(Some(Report { written, ..Report::default() }))
}

/// Removes what a first build left beside the tree when it was interrupted and the tree came to be in another way.
fn sweep(disk: &Disk, target: &Path) -> Result<(), DeployError> {
    let Ok(aside) = aside(target) else { return Ok(()) };
    let books = Books::new(&aside);
    // Without books it isn't ours.
    if look(&books.lock)?.is_none() {
        return Ok(());
    }
    let _lock = Lock::take(&books)?;
    disk.remove_tree(&aside)
}

/// `deploy` is written to `.deploy.kssc-new`, on the same file system.
fn aside(target: &Path) -> Result<PathBuf, DeployError> {
    // An empty directory may be named `.`.
    let target =
        if look(target)?.is_some() { target.canonicalize().doing("look at", target)? } else { target.to_owned() };
    let Some(name) = target.file_name() else {
        return Err(DeployError::NotDirectory(target));
    };
    let mut aside = OsString::from(".");
    aside.push(name);
    aside.push(".kssc-new");
    Ok(target.with_file_name(aside))
}

/// Removes what an interrupted first build left, all but the lock, which we hold.
fn clear(disk: &Disk, books: &Books) -> Result<(), DeployError> {
    let ours = [&books.directory, &books.local, &books.lock];
    for directory in [&books.root, &books.directory, &books.local] {
        for entry in directory.read_dir().doing("list", directory)? {
            let path = entry.doing("list", directory)?.path();
            if ours.contains(&&path) {
                continue;
            }
            match look(&path)? {
                Some(found) if found.is_dir() => disk.remove_tree(&path)?,
                _ => disk.remove_file(&path)?,
            }
        }
    }
    Ok(())
}

/// Changes a tree that is there.
fn again(disk: &Disk, tree: &OutputTree, target: &Path, options: &Options<'_>) -> Result<Report, DeployError> {
    let books = Books::new(target);
    books.open(disk)?;
    let _lock = Lock::take(&books)?;
    sweep(disk, target)?;
    let recovered = recover(&books, options.overwrite, disk)?;
    let trust = Trust { overwrite: options.overwrite, since: books.built()?.and_then(|built| built.since) };
    let old = Manifest::read(target)?;
    let mut new = Manifest::of(tree);
    if let Some(within) = options.within {
        let elsewhere = old.files.iter().filter(|(path, _)| !path.starts_with(within));
        new.files.extend(elsewhere.map(|(path, owned)| (path.clone(), owned.clone())));
    }
    let files: Vec<&File> = tree.iter().collect();
    let plan = plan(&files, &old, &new, &books, trust)?;
    if !plan.obstacles.is_empty() {
        return Err(DeployError::InTheWay(plan.obstacles));
    }
    let report = Report {
        written: plan.install.iter().map(|(file, _)| file.path.clone()).collect(),
        removed: plan.remove.iter().map(|remove| remove.path.clone()).collect(),
        unchanged: plan.unchanged,
        recovered,
    };
    if report.written.is_empty() && report.removed.is_empty() && old == new && look(&books.manifest)?.is_some() {
        books.set_built(options.inputs, disk)?;
        return Ok(report);
    }
    finish(&stage(plan, &new, options, &books, disk)?, &books, disk)?;
    Ok(report)
}

/// Writes new content aside and the journal after it.
fn stage(
    plan: Plan<'_>,
    new: &Manifest,
    options: &Options<'_>,
    books: &Books,
    disk: &Disk,
) -> Result<Journal, DeployError> {
    disk.create_directories(&books.stage)?;
    plan.install
        .par_iter()
        .enumerate()
        .try_for_each(|(number, (file, _))| disk.write(&books.staged(number), file.content.bytes(), file.executable))?;
    let manifest = new.to_text();
    disk.write(&books.staged_manifest(), manifest.as_bytes(), false)?;
    let journal = Journal {
        remove: plan.remove,
        install: plan.install.into_iter().map(|(_, install)| install).collect(),
        manifest: digest(manifest.as_bytes()),
        inputs: options.inputs.to_owned(),
    };
    journal.write(books, disk)?;
    Ok(journal)
}
