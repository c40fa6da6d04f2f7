//! Any number of threads writes the same bytes, and arbitrary trees follow each other.

use super::{fresh, tracked, tree, write};
use kss_backend::OutputTree;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[test]
fn threads_make_no_difference() {
    let files: Vec<_> = (0..2000).map(|n| (format!("c{}/d{}/f{n}", n % 7, n % 31), format!("text {n}\n"))).collect();
    let tree = tree(&files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>());
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fresh(&tree))
    };
    assert!(with(1) == with(8));
}

#[test]
fn builds_at_the_same_time_leave_one_tree() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("deploy");
    let trees: Vec<_> =
        (0..8).map(|n| tree(&[("same", "1"), ("differs", &n.to_string()), (&format!("own{n}"), "2")])).collect();
    let results: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = trees.iter().map(|tree| scope.spawn(|| write(tree, &target))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(results.iter().any(Result::is_ok), "one of them gets through");
    for error in results.into_iter().filter_map(Result::err) {
        assert!(matches!(error, crate::DeployError::Busy { .. }), "{error}");
    }
    let now = tracked(&target);
    assert!(trees.iter().any(|tree| fresh(tree) == now), "the tree is that of one of them: {now:?}");
}

/// Trees in which names are often files here and directories there.
fn arbitrary() -> impl Strategy<Value = OutputTree> {
    let path =
        proptest::collection::vec(proptest::sample::select(&["a", "b", "c"][..]), 1..4).prop_map(|p| p.join("/"));
    let files = proptest::collection::btree_map(path, (0..3u8, any::<bool>()), 0..8);
    files.prop_map(|files: BTreeMap<String, (u8, bool)>| {
        let apart = |path: &str| !files.keys().any(|other| other.starts_with(&format!("{path}/")));
        let kept = files.iter().filter(|(path, _)| apart(path));
        let kept: Vec<_> =
            kept.map(|(path, (n, run))| (format!("{path}{}", if *run { "*" } else { "" }), n.to_string())).collect();
        tree(&kept.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_tree_follows_any_other(trees in proptest::collection::vec(arbitrary(), 2..5)) {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("deploy");
        for tree in &trees {
            write(tree, &target).unwrap();
            prop_assert_eq!(tracked(&target), fresh(tree));
            prop_assert_eq!(crate::check(tree, &target).unwrap(), vec![]);
        }
    }
}
