//! A crate depends only on crates of layers above it. The table is the architecture; a new arrow is an edit here.

use std::collections::{BTreeMap, BTreeSet};

/// Each crate with the crates of this workspace that it may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("kss-span", &[]),
    ("kss-stdlib", &[]),
    ("tree-sitter-kss", &[]),
    ("kss-diag", &["kss-span"]),
    ("kss-value", &["kss-span"]),
    ("kss-syntax", &["kss-span", "kss-diag"]),
    ("kss-fmt", &["kss-span", "kss-diag", "kss-syntax"]),
    ("kss-emit", &["kss-span", "kss-value"]),
    ("kss-schema", &["kss-span", "kss-diag", "kss-value"]),
    ("kss-ir", &["kss-span", "kss-value"]),
    ("kss-sema", &["kss-span", "kss-diag", "kss-syntax", "kss-value", "kss-ir"]),
    ("kss-model", &["kss-span", "kss-value"]),
    ("kss-eval", &["kss-span", "kss-diag", "kss-value", "kss-emit", "kss-schema", "kss-ir", "kss-model"]),
    (
        "kss-project",
        &[
            "kss-span",
            "kss-diag",
            "kss-syntax",
            "kss-value",
            "kss-emit",
            "kss-schema",
            "kss-ir",
            "kss-sema",
            "kss-eval",
            "kss-model",
            "kss-stdlib",
        ],
    ),
    ("kss-backend", &["kss-span", "kss-diag", "kss-value", "kss-emit", "kss-model"]),
    ("kss-nixos", &["kss-span", "kss-diag", "kss-value", "kss-emit", "kss-model", "kss-backend"]),
    ("kss-helm", &["kss-span", "kss-diag", "kss-value", "kss-emit", "kss-model", "kss-backend"]),
    ("kss-kustomize", &["kss-span", "kss-diag", "kss-value", "kss-emit", "kss-model", "kss-backend"]),
    ("kss-argocd", &["kss-span", "kss-diag", "kss-value", "kss-emit", "kss-model", "kss-backend"]),
    ("kss-tofu", &["kss-span", "kss-diag", "kss-value", "kss-emit", "kss-model", "kss-backend"]),
    ("kss-vars", &["kss-span", "kss-diag", "kss-value", "kss-emit", "kss-model", "kss-backend"]),
    ("kss-libvirt", &["kss-span", "kss-diag", "kss-value", "kss-emit", "kss-model", "kss-backend"]),
    (
        "kss-run",
        &["kss-span", "kss-diag", "kss-value", "kss-emit", "kss-model", "kss-backend", "kss-nixos", "kss-argocd"],
    ),
    ("kss-deploy", &["kss-backend"]),
    (
        "kss-outputs",
        &[
            "kss-span",
            "kss-diag",
            "kss-value",
            "kss-model",
            "kss-backend",
            "kss-nixos",
            "kss-helm",
            "kss-kustomize",
            "kss-argocd",
            "kss-tofu",
            "kss-vars",
            "kss-libvirt",
            "kss-run",
        ],
    ),
    (
        "kss-ide",
        &[
            "kss-span",
            "kss-diag",
            "kss-syntax",
            "kss-fmt",
            "kss-value",
            "kss-emit",
            "kss-schema",
            "kss-ir",
            "kss-sema",
            "kss-eval",
            "kss-model",
            "kss-project",
            "kss-stdlib",
            "kss-backend",
            "kss-outputs",
        ],
    ),
    ("kss-lsp", &["kss-span", "kss-diag", "kss-eval", "kss-project", "kss-ide"]),
];

/// The binary and the tests may use everything.
const FREE: &[&str] = &["kssc", "kss-tests"];

#[test]
fn dependencies_point_in_one_direction() {
    let metadata = cargo_metadata::MetadataCommand::new().no_deps().exec().expect("cargo knows the workspace");
    let members: BTreeSet<String> = metadata.packages.iter().map(|p| p.name.to_string()).collect();
    let allowed: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        if FREE.contains(&name) {
            continue;
        }
        let Some(allowed) = allowed.get(name) else {
            wrong.push(format!("{name} is in no layer"));
            continue;
        };
        // What only the tests of a crate use does not count.
        let normal = |d: &&cargo_metadata::Dependency| d.kind == cargo_metadata::DependencyKind::Normal;
        for dependency in package.dependencies.iter().filter(normal) {
            let used = dependency.name.as_str();
            if members.contains(used) && !allowed.contains(&used) {
                wrong.push(format!("{name} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "edges that the table of layers does not have:\n{}", wrong.join("\n"));
}

#[test]
fn salsa_is_used_in_one_crate() {
    let metadata = cargo_metadata::MetadataCommand::new().no_deps().exec().expect("cargo knows the workspace");
    let users: Vec<&str> = metadata
        .packages
        .iter()
        .filter(|p| p.dependencies.iter().any(|d| d.name == "salsa"))
        .map(|p| p.name.as_str())
        .collect();
    assert_eq!(users, ["kss-project"]);
}
