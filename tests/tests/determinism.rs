//! The same sources give the same bytes: on any number of threads, from any directory, in every process; and a build that
//! changes nothing writes nothing.

use kss_tests::program::CACHE;
use kss_tests::{build, tools};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Files below a folder by their paths in it, without what a build notes for itself.
fn files(root: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry")) {
            let path = entry.path();
            if entry.file_type().expect("a type").is_dir() {
                if !path.ends_with(".kssc/local") {
                    folders.push(path);
                }
                continue;
            }
            let changed = entry.metadata().and_then(|data| data.modified()).expect("a time");
            let inside = path.strip_prefix(root).expect("it is below").to_owned();
            found.insert(inside, (std::fs::read(&path).expect("a file"), changed));
        }
    }
    found
}

/// The bytes of a tree.
fn bytes(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    files(root).into_iter().map(|(path, (bytes, _))| (path, bytes)).collect()
}

#[track_caller]
fn assert_same(one: &BTreeMap<PathBuf, Vec<u8>>, other: &BTreeMap<PathBuf, Vec<u8>>, how: &str) {
    let paths: std::collections::BTreeSet<&PathBuf> = one.keys().chain(other.keys()).collect();
    let differ: Vec<_> = paths.into_iter().filter(|path| one.get(*path) != other.get(*path)).collect();
    assert!(differ.is_empty(), "{how}: {} of {} files differ: {differ:?}", differ.len(), one.len());
}

/// A copy of the reference site in a folder of its own.
fn project(folder: &Path) {
    let from = build::repository().join("clusters");
    let to = folder.join("clusters");
    std::fs::create_dir_all(&to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a file");
    }
}

fn kssc(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(tools::kssc());
    command.current_dir(directory).arg("build").args(arguments).env(CACHE.0, CACHE.1);
    command
}

#[test]
fn threads_and_processes_make_no_difference() {
    let folder = tempfile::tempdir().expect("a folder");
    project(folder.path());
    tools::output(&mut kssc(folder.path(), &["--output", "one"]));
    let one = bytes(&folder.path().join("one"));
    assert!(one.len() > 500, "{} files", one.len());
    // Several times: what depends on addresses differs from process to process.
    for (at, threads) in ["1", "1", "2", "7", "64"].into_iter().enumerate() {
        let name = format!("tree-{at}");
        tools::output(kssc(folder.path(), &["--output", &name]).env("RAYON_NUM_THREADS", threads));
        assert_same(&one, &bytes(&folder.path().join(&name)), &format!("{threads} threads"));
    }
}

#[test]
fn the_directory_makes_no_difference() {
    let (here, there) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    project(here.path());
    tools::output(&mut kssc(here.path(), &[]));
    let one = bytes(&here.path().join("deploy"));

    // Named from elsewhere, and from inside.
    let absolute = here.path().join("clusters");
    tools::output(&mut kssc(there.path(), &[absolute.to_str().expect("a path")]));
    assert_same(&one, &bytes(&there.path().join("deploy")), "the project named by its whole path");
    tools::output(&mut kssc(&absolute, &[".", "--output", "../inside"]));
    assert_same(&one, &bytes(&here.path().join("inside")), "the project named as `.`");

    // The project itself elsewhere.
    let moved = tempfile::tempdir().expect("a folder");
    let deeper = moved.path().join("some where/else");
    project(&deeper);
    tools::output(&mut kssc(&deeper, &[]));
    assert_same(&one, &bytes(&deeper.join("deploy")), "the project at another place");
}

#[test]
fn time_zone_and_language_make_no_difference() {
    let folder = tempfile::tempdir().expect("a folder");
    project(folder.path());
    tools::output(&mut kssc(folder.path(), &["--output", "one"]));
    let mut command = kssc(folder.path(), &["--output", "two"]);
    command
        .env_clear()
        .env("TZ", "Pacific/Kiritimati")
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("HOME", "/nowhere")
        .env("USER", "nobody");
    tools::output(&mut command);
    assert_same(&bytes(&folder.path().join("one")), &bytes(&folder.path().join("two")), "another environment");
}

#[test]
fn a_second_build_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    project(folder.path());
    tools::output(&mut kssc(folder.path(), &[]));
    let tree = folder.path().join("deploy");
    let before = files(&tree);
    let (good, _, said) = tools::run(&mut kssc(folder.path(), &[]));
    assert!(good, "{said}");
    // The manifest is a book of the build, not one of its files.
    let count = before.keys().filter(|path| !path.starts_with(".kssc")).count();
    assert!(said.contains(&format!("deploy: {count} unchanged")), "{said}");
    assert!(files(&tree) == before, "no file has another content or time");
    let (current, listed, _) = tools::run(&mut kssc(folder.path(), &["--check"]));
    assert!(current && listed.is_empty(), "{listed}");
}

#[test]
fn only_what_changed_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    project(folder.path());
    tools::output(&mut kssc(folder.path(), &[]));
    let tree = folder.path().join("deploy");
    let before = files(&tree);
    let source = folder.path().join("clusters/kss.kss");
    let text = std::fs::read_to_string(&source).expect("a file");
    assert!(text.contains("memory = 14GiB"));
    std::fs::write(&source, text.replace("memory = 14GiB", "memory = 15GiB")).expect("a file");

    let (current, listed, _) = tools::run(&mut kssc(folder.path(), &["--check"]));
    assert!(!current && listed.lines().any(|line| line == "~ clusters/kss/vars.mk"), "{listed}");
    assert!(files(&tree) == before, "looking changes nothing");
    tools::output(&mut kssc(folder.path(), &[]));
    let after = files(&tree);
    for (path, (bytes, time)) in &after {
        let (old, then) = before.get(path).unwrap_or_else(|| panic!("{path:?} is new"));
        assert_eq!(bytes == old, time == then, "{path:?} is written exactly if it has changed");
        let listed =
            listed.lines().any(|line| line.strip_prefix("~ ").is_some_and(|changed| path == Path::new(changed)));
        assert_eq!(bytes != old && !path.starts_with(".kssc"), listed, "{path:?} was foretold");
        assert!(bytes == old || !path.starts_with("clusters/kcs"), "{path:?} is of the other cluster");
    }
}

#[test]
fn what_is_written_in_memory_is_the_same() {
    let (one, two) = (on_threads(1), on_threads(6));
    assert_same(&one, &two, "1 and 6 threads");
    let built = build::reference();
    let folder = build::write(&built.tree);
    let root = folder.path().join("deploy");
    let report = kss_deploy::write(&built.tree, &root, &kss_deploy::Options::default()).expect("it is written");
    assert_eq!((report.written, report.removed, report.recovered), (Vec::new(), Vec::new(), false));
    assert_eq!(report.unchanged, built.tree.len());
}

fn on_threads(count: usize) -> BTreeMap<PathBuf, Vec<u8>> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().expect("threads");
    let built = pool.install(build::reference);
    built.tree.iter().map(|file| (PathBuf::from(&file.path), file.content.bytes().to_vec())).collect()
}
