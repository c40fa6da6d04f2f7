//! The world ends after each step in turn; the next build finds the old tree or the new one, never a mixture.

use super::{differences, disk, fresh, obstacles, tracked, tree, write};
use crate::apply::recover;
use crate::books::Books;
use crate::disk::Disk;
use crate::write::write_on;
use crate::{Change, DeployError, Options, Why};
use kss_backend::OutputTree;
use std::fs;
use std::path::Path;

fn old() -> OutputTree {
    tree(&[
        ("a", "1"),
        ("b/c", "2"),
        ("b/d", "3"),
        ("e/f/g", "4"),
        ("h", "5"),
        ("run*", "6"),
        ("same", "7"),
        ("i/j", "8"),
    ])
}

/// Changes, adds, removes, and turns a file into a directory and a directory into a file.
fn new() -> OutputTree {
    tree(&[
        ("a", "changed"),
        ("b/c", "2"),
        ("h/x", "new"),
        ("run", "6"),
        ("same", "7"),
        ("e", "file"),
        ("z/y/x*", "new"),
    ])
}

const OPTIONS: Options<'_> = Options { inputs: "2", overwrite: false, within: None };

/// Builds until the world ends after `steps` steps; says whether the build got through.
fn build_for(steps: isize, tree: &OutputTree, target: &Path) -> bool {
    // One thread: which step is the last one must not depend on luck.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let disk = Disk { left: Some(steps.into()) };
    match pool.install(|| write_on(&disk, tree, target, &OPTIONS)) {
        Ok(_) => true,
        Err(DeployError::Io { source, .. }) if source.to_string() == "the world ends" => false,
        Err(error) => panic!("{error}"),
    }
}

/// For every number of steps: prepares a directory, ends the world there, and lets `then` look.
fn at_every_step(prepare: impl Fn(&Path), tree: &OutputTree, then: impl Fn(&Path, isize)) -> isize {
    for steps in 0.. {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("deploy");
        prepare(&target);
        let done = build_for(steps, tree, &target);
        then(&target, steps);
        if done {
            return steps;
        }
    }
    unreachable!("a build has an end")
}

#[test]
fn first_build_is_there_whole_or_not_at_all() {
    let whole = fresh(&new());
    let steps = at_every_step(
        |_| (),
        &new(),
        |target, steps| {
            if target.exists() {
                assert_eq!(tracked(target), whole, "after {steps} steps");
            }
            write(&new(), target).unwrap();
            assert_eq!(tracked(target), whole, "after {steps} steps and another build");
            assert_eq!(fs::read_dir(target.parent().unwrap()).unwrap().count(), 1, "nothing is left beside the tree");
        },
    );
    assert!(steps > 15, "{steps} steps are too few to have tried anything");
}

#[test]
fn nothing_of_an_interrupted_first_build_gets_into_another_tree() {
    let after = fresh(&old());
    let steps = at_every_step(
        |_| (),
        &new(),
        |target, steps| {
            write(&old(), target).unwrap();
            assert_eq!(tracked(target), after, "after {steps} steps");
        },
    );
    assert!(steps > 15, "{steps} steps are too few to have tried anything");
}

#[test]
fn an_interrupted_first_build_is_swept_away_when_the_tree_came_from_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("deploy");
    assert!(!build_for(8, &new(), &target));
    let beside = || fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(beside(), 1);
    fs::create_dir(&target).unwrap();
    fs::write(target.join("cloned"), "x").unwrap();
    write(&new(), &target).unwrap();
    assert_eq!(beside(), 1);
    assert!(target.join("cloned").exists());
}

#[test]
fn later_build_gives_the_old_tree_or_the_new_one() {
    let (before, after) = (fresh(&old()), fresh(&new()));
    let seen = std::cell::RefCell::new((0, 0));
    let steps = at_every_step(
        |target| drop(write(&old(), target).unwrap()),
        &new(),
        |target, steps| {
            let books = Books::new(target);
            recover(&books, false, &Disk::default()).unwrap();
            let now = tracked(target);
            let mut seen = seen.borrow_mut();
            if now == before {
                seen.0 += 1;
                assert_eq!(seen.1, 0, "old after it was new, {steps} steps");
                assert_eq!(differences(&old(), target), []);
            } else {
                assert_eq!(now, after, "after {steps} steps");
                assert_eq!(differences(&new(), target), []);
                seen.1 += 1;
            }
            drop(write(&new(), target).unwrap());
            assert_eq!(tracked(target), after, "after {steps} steps and another build");
        },
    );
    assert!(steps > 30, "{steps} steps are too few to have tried anything");
    let (old, new) = *seen.borrow();
    assert!(old > 5 && new > 10, "both sides of the journal were tried: {old}, {new}");
}

#[test]
fn recovery_may_be_interrupted_too() {
    let after = fresh(&new());
    for first in [12, 16, 20, 24, 28] {
        let prepare = |target: &Path| {
            write(&old(), target).unwrap();
            build_for(first, &new(), target);
        };
        at_every_step(prepare, &new(), |target, steps| {
            write(&new(), target).unwrap();
            assert_eq!(tracked(target), after, "after {first} and {steps} steps");
        });
    }
}

#[test]
fn another_tree_can_follow_an_interrupted_one() {
    let third = tree(&[("a", "third"), ("h", "file again"), ("e/f", "x")]);
    let after = fresh(&third);
    at_every_step(
        |target| drop(write(&old(), target).unwrap()),
        &new(),
        |target, steps| {
            write(&third, target).unwrap();
            assert_eq!(tracked(target), after, "after {steps} steps");
        },
    );
}

/// A tree whose build was interrupted just after the journal stood.
fn interrupted(target: &Path) {
    write(&old(), target).unwrap();
    let end = (0..200).find(|steps| {
        build_for(*steps, &new(), target);
        target.join(".kssc/local/journal").exists()
    });
    assert!(end.is_some());
}

#[test]
fn what_was_edited_after_the_interruption_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("deploy");
    interrupted(&target);
    assert!(differences(&new(), &target).contains(&(".kssc/local/journal".to_owned(), Change::Interrupted)));
    fs::write(target.join("a"), "by hand").unwrap();
    let before = disk(&target);
    assert_eq!(obstacles(write(&new(), &target)), [("a".to_owned(), Why::Edited)]);
    assert_eq!(fs::read_to_string(target.join("a")).unwrap(), "by hand");
    assert_eq!(disk(&target), before);
    super::overwrite(&new(), &target).unwrap();
    assert_eq!(tracked(&target), fresh(&new()));
}

#[test]
fn torn_books_are_said_and_can_be_given_up() {
    for (file, torn) in
        [(".kssc/local/journal", ""), (".kssc/local/stage/0", "x"), (".kssc/local/stage/manifest.json", "x")]
    {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("deploy");
        interrupted(&target);
        fs::write(target.join(file), torn).unwrap();
        let error = write(&new(), &target).unwrap_err();
        assert!(matches!(error, DeployError::Interrupted { .. }), "{file}: {error}");
        assert!(super::overwrite(&new(), &target).unwrap().recovered);
        assert_eq!(tracked(&target), fresh(&new()), "{file}");
    }
}

#[test]
fn journal_that_leads_elsewhere_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("deploy");
    write(&old(), &target).unwrap();
    fs::write(dir.path().join("x"), "mine").unwrap();
    let digest = crate::manifest::digest(b"mine");
    let journal =
        format!(r#"{{"remove":[{{"path":"../x","old":"{digest}"}}],"install":[],"manifest":"","inputs":""}}"#);
    fs::write(target.join(".kssc/local/journal"), journal).unwrap();
    assert!(matches!(write(&new(), &target), Err(DeployError::Interrupted { .. })));
    assert_eq!(fs::read_to_string(dir.path().join("x")).unwrap(), "mine");
}
