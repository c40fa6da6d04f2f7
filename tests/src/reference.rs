//! The reference site, built once for all tests of a binary.

use crate::build;
use kss_backend::OutputTree;
use kss_span::Symbol;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What tests ask of the reference site.
pub struct Reference {
    /// Its deploy tree.
    pub tree: OutputTree,
    /// What is wrong with it.
    pub errors: Vec<String>,
    /// Paths of values that the description declares `unchecked`, by the file of values.
    pub unchecked: BTreeMap<String, Vec<Vec<Symbol>>>,
}

/// The clusters of the reference site.
pub const CLUSTERS: [&str; 2] = ["kcs", "kss"];

/// The reference site.
pub fn reference() -> &'static Reference {
    static REFERENCE: OnceLock<Reference> = OnceLock::new();
    REFERENCE.get_or_init(|| {
        let built = build::reference();
        let mut unchecked = BTreeMap::new();
        for cluster in built.checked.outcomes.iter().flat_map(|(_, outcome)| &outcome.model.clusters) {
            for entry in cluster.scope.entries("helm") {
                let values = entry.unchecked.iter().filter(|path| path[0] == "values");
                let file = format!("clusters/{}/helm/{}.yaml", cluster.scope.key.name, entry.name());
                unchecked.insert(file, values.map(|path| path[1..].to_vec()).collect());
            }
        }
        Reference { errors: built.errors(), unchecked, tree: built.tree }
    })
}

/// The texts of all files of its tree whose path fits, in order.
pub fn texts(fits: impl Fn(&str) -> bool) -> Vec<(&'static str, &'static str)> {
    let files = reference().tree.iter().filter(|file| fits(&file.path));
    files.map(|file| (file.path.as_str(), std::str::from_utf8(file.content.bytes()).expect("a text"))).collect()
}
