//! The deploy tree of the reference site, read by the programs that it is written for.

mod argocd;
mod helm;
mod kustomize;
mod nix;
mod tofu;
mod vars;

use kss_backend::OutputTree;
use kss_span::Symbol;
use kss_tests::build;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

/// The reference site.
struct Reference {
    tree: OutputTree,
    errors: Vec<String>,
    /// Paths of values that the description declares `unchecked`, by the file of values.
    unchecked: BTreeMap<String, Vec<Vec<Symbol>>>,
}

fn reference() -> &'static Reference {
    static REFERENCE: OnceLock<Reference> = OnceLock::new();
    REFERENCE.get_or_init(|| {
        let built = build::reference();
        let clusters = built.checked.outcomes.iter().flat_map(|(_, outcome)| &outcome.model.clusters);
        let releases = clusters
            .flat_map(|cluster| cluster.scope.entries("helm").iter().map(|entry| (cluster.scope.key.name, entry)));
        let unchecked = releases.map(|(cluster, entry)| {
            let below_values = entry.unchecked.iter().filter(|path| path[0] == "values").map(|path| path[1..].to_vec());
            (format!("clusters/{cluster}/helm/{}.yaml", entry.name()), below_values.collect())
        });
        Reference { errors: built.errors(), unchecked: unchecked.collect(), tree: built.tree }
    })
}

/// The tree of the reference site.
fn tree() -> &'static OutputTree {
    &reference().tree
}

/// The tree on the disk, as long as the folder is held.
fn deployed() -> (tempfile::TempDir, PathBuf) {
    let folder = build::write(tree());
    let root = folder.path().join("deploy");
    (folder, root)
}

/// The texts of all files whose path fits, in order.
fn texts(fits: impl Fn(&str) -> bool) -> Vec<(&'static str, &'static str)> {
    let files = tree().iter().filter(|file| fits(&file.path));
    files.map(|file| (file.path.as_str(), std::str::from_utf8(file.content.bytes()).expect("a text"))).collect()
}

/// A text at a path of keys of some data.
fn text_at<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// Clusters of the reference site.
const CLUSTERS: [&str; 2] = ["kcs", "kss"];

#[test]
fn the_reference_site_is_right() {
    let errors = &reference().errors;
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}
