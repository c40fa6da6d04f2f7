//! Only what a build wrote is replaced or removed.

use super::{differences, disk, fresh, obstacles, overwrite, tracked, tree, write};
use crate::{Change, DeployError, Manifest, Options, Why};
use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// Runs `test` on a directory that holds the first tree.
fn with_tree(files: &[(&str, &str)], test: impl Fn(&Path)) {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("deploy");
    write(&tree(files), &target).unwrap();
    test(&target);
}

/// Nothing changes, and the obstacles are named.
fn refused(files: &[(&str, &str)], target: &Path, wanted: &[(&str, Why)]) {
    let before = disk(target);
    let found = obstacles(write(&tree(files), target));
    assert_eq!(found.iter().map(|(path, why)| (path.as_str(), *why)).collect::<Vec<_>>(), wanted);
    let ignore_lock = |mut all: std::collections::BTreeMap<String, String>| {
        all.remove(".kssc/local/lock");
        all
    };
    assert_eq!(ignore_lock(disk(target)), ignore_lock(before));
}

#[test]
fn a_change_touches_what_changed_and_nothing_else() {
    with_tree(&[("a/b", "1"), ("a/c", "2"), ("d", "3")], |target| {
        let past = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        for file in ["a/b", "a/c", "d"] {
            fs::File::options().write(true).open(target.join(file)).unwrap().set_modified(past).unwrap();
        }
        let new = tree(&[("a/b", "1"), ("a/c", "changed"), ("e/f*", "new")]);
        let report = write(&new, target).unwrap();
        assert_eq!(
            (report.written, report.removed, report.unchanged),
            (vec!["a/c".into(), "e/f".into()], vec!["d".into()], 1)
        );
        let modified = |file: &str| fs::metadata(target.join(file)).unwrap().modified().unwrap();
        assert_eq!(modified("a/b"), past);
        assert_ne!(modified("a/c"), past);
        assert_eq!(tracked(target), fresh(&new));
        let manifest = modified(".kssc/manifest.json");
        assert_eq!(write(&new, target).unwrap().unchanged, 3);
        assert_eq!(modified(".kssc/manifest.json"), manifest);
    });
}

#[test]
fn foreign_files_stay() {
    with_tree(&[("a/b", "1"), ("c/d", "2")], |target| {
        fs::write(target.join("mine"), "x").unwrap();
        fs::write(target.join("c/mine"), "y").unwrap();
        write(&tree(&[("a/b", "1")]), target).unwrap();
        assert!(target.join("mine").exists() && target.join("c/mine").exists() && !target.join("c/d").exists());

        refused(&[("a/b", "1"), ("mine", "z")], target, &[("mine", Why::Foreign)]);
        refused(&[("c", "z")], target, &[("c", Why::Directory)]);
        refused(&[("mine/x", "1"), ("mine/y", "1")], target, &[("mine", Why::File)]);
        assert_eq!(obstacles(overwrite(&tree(&[("mine/x", "1")]), target)), [("mine".to_owned(), Why::File)]);
        overwrite(&tree(&[("mine", "z")]), target).unwrap();
        assert_eq!(fs::read_to_string(target.join("mine")).unwrap(), "z");
    });
}

#[test]
fn a_foreign_file_with_the_same_content_is_taken_over() {
    with_tree(&[("a", "1")], |target| {
        fs::write(target.join("b"), "2").unwrap();
        let new = tree(&[("a", "1"), ("b", "2")]);
        assert_eq!(differences(&new, target), [(".kssc/manifest.json".to_owned(), Change::Differs)]);
        write(&new, target).unwrap();
        assert_eq!(tracked(target), fresh(&new));
    });
}

#[test]
fn edited_files_stop_the_build() {
    with_tree(&[("a", "1"), ("b", "2"), ("c", "3")], |target| {
        fs::write(target.join("a"), "by hand").unwrap();
        fs::write(target.join("b"), "by hand").unwrap();
        fs::remove_file(target.join("c")).unwrap();
        let new = [("a", "new"), ("c", "3")];
        refused(&new, target, &[("a", Why::Edited), ("b", Why::Edited)]);
        // Also when the tree is the same as before: it would not be what the manifest says.
        refused(&[("a", "1"), ("b", "by hand"), ("c", "3")], target, &[("a", Why::Edited)]);
        let seen = differences(&tree(&new), target);
        let path = |path: &str, change| (path.to_owned(), change);
        assert_eq!(seen, [path("a", Change::Differs), path("b", Change::Stale), path("c", Change::Missing)]);
        overwrite(&tree(&new), target).unwrap();
        assert_eq!(tracked(target), fresh(&tree(&new)));
    });
}

#[test]
fn messages_name_the_files_and_the_way_out() {
    with_tree(&[("a", "1")], |target| {
        fs::write(target.join("a"), "by hand").unwrap();
        let error = write(&tree(&[("a", "2")]), target).unwrap_err();
        let expected = "nothing was written, because it would replace what no build wrote:\n  \
                        `a` was edited after it was written\nmove them away, or build with `--overwrite`";
        assert_eq!(error.to_string(), expected);
    });
}

#[cfg(unix)]
#[test]
fn links_are_never_followed() {
    use std::os::unix::fs::symlink;
    with_tree(&[("a/b", "1"), ("c", "2")], |target| {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("b"), "1").unwrap();
        fs::write(outside.path().join("c"), "2").unwrap();
        fs::remove_dir_all(target.join("a")).unwrap();
        symlink(outside.path(), target.join("a")).unwrap();
        fs::remove_file(target.join("c")).unwrap();
        symlink(outside.path().join("c"), target.join("c")).unwrap();
        let new = [("a/b", "new"), ("c", "new")];
        refused(&new, target, &[("a", Why::Link), ("c", Why::Edited)]);
        // Stale files behind a link are not ours any more; a link in place of a stale file is a decision of somebody.
        refused(&[], target, &[("c", Why::Edited)]);
        assert_eq!(obstacles(overwrite(&tree(&new), target)), [("a".to_owned(), Why::Link)]);
        fs::remove_file(target.join("a")).unwrap();
        overwrite(&tree(&new), target).unwrap();
        assert_eq!(tracked(target), fresh(&tree(&new)));
        let kept = disk(outside.path());
        assert_eq!(kept.into_iter().collect::<Vec<_>>(), [("b".into(), "1".into()), ("c".into(), "2".into())]);

        fs::rename(target.join(".kssc"), outside.path().join("books")).unwrap();
        symlink(outside.path().join("books"), target.join(".kssc")).unwrap();
        assert_eq!(obstacles(write(&tree(&new), target)), [(".kssc".to_owned(), Why::Link)]);
    });
}

#[cfg(unix)]
#[test]
fn the_target_itself_may_be_a_link() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("real")).unwrap();
    std::os::unix::fs::symlink("real", dir.path().join("deploy")).unwrap();
    write(&tree(&[("a", "1")]), &dir.path().join("deploy")).unwrap();
    assert_eq!(tracked(&dir.path().join("real")), fresh(&tree(&[("a", "1")])));
    assert!(dir.path().join("deploy").is_symlink());
}

#[cfg(unix)]
#[test]
fn modes_are_part_of_the_tree() {
    with_tree(&[("a*", "1"), ("b", "2")], |target| {
        assert_eq!(disk(target)["a"], "run: 1");
        let new = tree(&[("a", "1"), ("b*", "2")]);
        assert_eq!(write(&new, target).unwrap().written, ["a", "b"]);
        assert_eq!(tracked(target), fresh(&new));
        assert_eq!(differences(&new, target), []);
    });
}

#[test]
fn a_directory_with_other_things_in_it_can_be_the_target() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(".git")).unwrap();
    fs::write(dir.path().join(".git/HEAD"), "x").unwrap();
    let new = tree(&[("a/b", "1")]);
    assert_eq!(differences(&new, dir.path()), [("a/b".to_owned(), Change::Missing)]);
    write(&new, dir.path()).unwrap();
    let mut expected = fresh(&new);
    expected.insert(".git/HEAD".to_owned(), "x".to_owned());
    assert_eq!(tracked(dir.path()), expected);
}

#[test]
fn an_empty_directory_and_a_missing_parent_are_fine() {
    let dir = tempfile::tempdir().unwrap();
    let (empty, deep) = (dir.path().join("empty"), dir.path().join("a/b/c"));
    fs::create_dir(&empty).unwrap();
    for target in [empty, deep] {
        write(&tree(&[("a", "1")]), &target).unwrap();
        assert_eq!(tracked(&target), fresh(&tree(&[("a", "1")])));
    }
    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(matches!(write(&tree(&[("a", "1")]), &file), Err(DeployError::NotDirectory(_))));
}

fn is_current(target: &Path, inputs: &str) -> bool {
    crate::current(target, inputs).unwrap().is_some()
}

#[test]
fn checking_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("deploy");
    let new = tree(&[("a", "1")]);
    assert_eq!(differences(&new, &target), [("a".to_owned(), Change::Missing)]);
    assert!(!target.exists());
    assert!(!is_current(&target, "1"));
    assert!(!target.exists());
}

#[test]
fn a_tree_is_current_until_somebody_touches_it() {
    let files = [("a", "1"), ("b*", "2")];
    with_tree(&files, |target| {
        assert!(is_current(target, "1"));
        assert!(!is_current(target, "2"));
        let a = target.join("a");
        let before = fs::metadata(&a).unwrap().modified().unwrap();
        fs::write(&a, "9").unwrap();
        fs::File::options().write(true).open(&a).unwrap().set_modified(before).unwrap();
        assert!(!is_current(target, "1"), "an edit of the same size that sets the time back is seen");
        fs::write(&a, "1").unwrap();
        assert!(is_current(target, "1"), "the content counts");
        fs::remove_file(&a).unwrap();
        assert!(!is_current(target, "1"));
        write(&tree(&files), target).unwrap();
        assert!(is_current(target, "1"));
        fs::write(&a, "9").unwrap();
        fs::File::options().write(true).open(&a).unwrap().set_modified(before).unwrap();
        refused(&[("a", "2")], target, &[("a", Why::Edited)]);
        fs::write(&a, "1").unwrap();
        crate::write(&tree(&files), target, &Options { inputs: "2", overwrite: false, within: None }).unwrap();
        assert_eq!(crate::current(target, "2").unwrap(), Some(2));

        let manifest = target.join(".kssc/manifest.json");
        let text = fs::read_to_string(&manifest).unwrap();
        let without: Vec<&str> = text.lines().filter(|line| !line.starts_with("\"a\"")).collect();
        fs::write(&manifest, without.join("\n")).unwrap();
        assert!(!is_current(target, "2"), "a file that the manifest lost is not forgotten");
        fs::write(&manifest, text).unwrap();
        assert!(is_current(target, "2"));
        crate::write(&tree(&files), target, &Options::default()).unwrap();
        assert!(!is_current(target, ""), "inputs that nobody knows are never the same");
    });
}

#[cfg(unix)]
#[test]
fn an_edit_is_seen_in_a_copy_too() {
    with_tree(&[("a", "1")], |target| {
        fs::write(target.join("a"), "9").unwrap();
        let copy = target.with_file_name("copy");
        // The stamp last: it is newer than every file.
        let run = |arguments: &[&str]| std::process::Command::new("cp").args(arguments).status().unwrap().success();
        let path = |path: std::path::PathBuf| path.into_os_string().into_string().unwrap();
        assert!(run(&["-r", &path(target.to_owned()), &path(copy.clone())]));
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert!(run(&[&path(target.join(".kssc/local/built")), &path(copy.join(".kssc/local/built"))]));
        assert!(!is_current(&copy, "1"));
        refused(&[("a", "2")], &copy, &[("a", Why::Edited)]);
    });
}

#[test]
fn a_second_build_waits_its_turn() {
    with_tree(&[("a", "1")], |target| {
        let books = crate::books::Books::new(target);
        let lock = crate::lock::Lock::take(&books).unwrap();
        let error = write(&tree(&[("a", "2")]), target).unwrap_err();
        let expected = format!(
            "another build writes `{}` right now (process {}); wait for it, or end it",
            target.canonicalize().unwrap().display(),
            std::process::id()
        );
        assert_eq!(error.to_string(), expected);
        assert!(matches!(crate::check(&tree(&[]), target), Err(DeployError::Busy { .. })));
        drop(lock);
        write(&tree(&[("a", "2")]), target).unwrap();
    });
}

#[test]
fn the_manifest_says_what_is_there() {
    with_tree(&[("a", "1"), ("b/c*", "2")], |target| {
        let manifest = Manifest::read(target).unwrap();
        assert_eq!(manifest, Manifest::of(&tree(&[("a", "1"), ("b/c*", "2")])));
        fs::write(target.join(".kssc/manifest.json"), "{").unwrap();
        assert!(matches!(write(&tree(&[]), target), Err(DeployError::Manifest { .. })));
    });
}

#[test]
fn a_part_of_the_tree_leaves_the_rest_as_it_is() {
    let dir = tempfile::tempdir().expect("a folder");
    let target = dir.path().join("deploy");
    let all = [("clusters/a/x", "1"), ("clusters/b/x", "1"), ("site/y", "1")];
    super::write(&tree(&all), &target).expect("the first build");
    let options = Options { within: Some("clusters/a/"), ..Options::default() };
    let report = crate::write(&tree(&[("clusters/a/z", "2")]), &target, &options).expect("a part");
    assert_eq!(report.written, ["clusters/a/z"]);
    assert_eq!(report.removed, ["clusters/a/x"]);
    let owned: Vec<String> = crate::Manifest::read(&target).expect("a manifest").files.into_keys().collect();
    assert_eq!(owned, ["clusters/a/z", "clusters/b/x", "site/y"]);
    assert!(target.join("clusters/b/x").is_file() && target.join("site/y").is_file());
}
