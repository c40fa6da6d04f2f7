//! The sources are right and the machine is not: exit code 2.

use crate::harness::{good_tree, mistake};
use kss_tests::program;
use std::fs;

/// What is printed, and nothing is wrong with the sources.
fn fails(folder: &std::path::Path, args: &[&str], said: &str) {
    let output = program::run(folder, args);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{args:?}:\n{text}");
    // Long lines are broken where it suits the terminal.
    let words = |text: &str| text.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ");
    assert!(words(&text).contains(said), "{args:?} says\n{text}");
    assert!(!text.contains("panicked"), "{text}");
}

#[test]
fn a_path_that_is_not_there() {
    let dir = mistake("none").written();
    fails(dir.path(), &["build", "nowhere"], "`nowhere`");
    assert!(!dir.path().join("deploy").exists());
}

#[test]
fn a_file_of_the_tree_that_is_not_there() {
    let dir = mistake("none").written();
    fails(dir.path(), &["why", "deploy/clusters/kss/none.yaml:1"], "which `kssc build` writes");
}

#[test]
fn a_file_where_the_tree_should_be() {
    let dir = mistake("none").written();
    fs::write(dir.path().join("deploy"), "mine\n").expect("a file");
    fails(dir.path(), &["build"], "deploy");
    assert_eq!(fs::read_to_string(dir.path().join("deploy")).expect("still there"), "mine\n");
}

#[test]
fn a_file_that_somebody_edited() {
    let dir = mistake("none").edit("kss.kss", "lan.host(30 + it)", "lan.host(40 + it)").written();
    let deploy = dir.path().join("deploy");
    crate::harness::copy(&good_tree().join("deploy"), &deploy);
    let edited = deploy.join("clusters/kss/nixos/worker-1.nix");
    fs::write(&edited, "# by hand\n").expect("a file of the tree");
    fails(dir.path(), &["build"], "worker-1.nix");
    assert_eq!(fs::read_to_string(&edited).expect("still there"), "# by hand\n");
}

#[test]
fn no_sources_at_all() {
    let dir = tempfile::tempdir().expect("a directory for the test");
    fails(dir.path(), &["build"], "there is no .kss file in `.`; `kssc init` begins a project");
}
