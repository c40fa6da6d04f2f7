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
