//! The tests of the standard library, which stand beside it, over the clusters of this repository.

use kss_diag::{Places, terminal_all};
use kss_tests::build::{build_loaded, repository};

#[test]
fn the_library_s_tests_hold_for_the_clusters_of_this_repository() {
    let root = repository();
    let loaded = kss_project::load(&[root.join("clusters"), root.join("stdlib/tests")]).expect("the folders are there");
    let built = build_loaded(loaded);
    assert!(!built.checked.has_errors(), "{}", built.errors().concat());
    let results = built.session.test(&built.checked, "");
    assert!(results.len() >= 41, "{} tests", results.len());
    let places = Places::new(&built.session);
    let failed = results.iter().filter(|result| !result.diagnostics.is_empty());
    let failed: String = failed
        .map(|result| format!("test \"{}\":\n{}\n", result.title, terminal_all(&result.diagnostics, &places, false)))
        .collect();
    assert!(failed.is_empty(), "{failed}");
}

/// Tests that are wrong about the clusters of this repository, each with a part of what is said of it.
const WRONG: &str = r#"
test "an error of another place" {
  given kcs with { tune node worker-2 { override ip = 10.69.50.61 } }
  expect error K0410 at kcs.node.master.ip
}
test "an error of another field" {
  given kcs with { tune node worker-2 { override ip = 10.69.50.61 } }
  expect error K0410 at kcs.node.worker-2.memory
}
test "the site as it was" {
  given kss with { tune route grafana { override host = "g" } }
  expect every r in homelab.all.route: r.host != "g"
}
"#;

#[test]
fn a_wrong_test_fails() {
    let root = repository();
    let folder = tempfile::tempdir().expect("a folder for the tests");
    std::fs::write(folder.path().join("wrong.kss"), WRONG).expect("the folder can be written");
    let loaded = kss_project::load(&[root.join("clusters"), folder.path().to_owned()]).expect("the folders are there");
    let built = build_loaded(loaded);
    assert!(!built.checked.has_errors(), "{}", built.errors().concat());
    let results = built.session.test(&built.checked, "");
    assert_eq!(results.len(), 3);
    let passed: Vec<_> = results.iter().filter(|r| r.diagnostics.is_empty()).map(|r| &r.title).collect();
    assert!(passed.is_empty(), "{passed:?}");
}
