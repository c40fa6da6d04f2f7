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

/// Modules of the library that are called like something that a backend is for, and so are no apps.
const BACKENDS: &[&str] = &["argocd", "core", "guard", "libvirt", "namespaces", "nixos", "vars"];
/// The keys by which images are moved on are those of that program.
const PROTOCOLS: &[(&str, &str)] = &[("backends/argocd/src/application.rs", "argocd-image-updater")];

/// Lines of a source of Rust that are no comments and no tests, with their numbers.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let own = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    (1..).zip(own.lines()).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn files(folder: &std::path::Path, ending: &str, out: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, ending, out);
        } else if path.extension().is_some_and(|e| e == ending) {
            out.push(path);
        }
    }
}

#[test]
fn no_backend_knows_an_app() {
    let root = kss_tests::build::repository();
    let declared = regex::Regex::new(r"(?m)^(?:module|  helm) ([a-z0-9-]+)").expect("a pattern");
    let (mut library, mut sources) = (Vec::new(), Vec::new());
    files(&root.join("stdlib"), "kss", &mut library);
    files(&root.join("backends"), "rs", &mut sources);
    let texts: Vec<String> = library.iter().map(|path| std::fs::read_to_string(path).expect("a text")).collect();
    let apps: BTreeSet<&str> = texts
        .iter()
        .flat_map(|text| declared.captures_iter(text).filter_map(|found| Some(found.get(1)?.as_str())))
        .collect();
    assert!(apps.len() > 60, "{apps:?}");
    let word = regex::Regex::new(r"[A-Za-z][A-Za-z0-9_-]*").expect("a pattern");
    let mut found = Vec::new();
    for path in sources
        .iter()
        .filter(|path| !path.ends_with("testing.rs") && !path.iter().any(|part| part == "tests" || part == "tests.rs"))
    {
        let name = path.strip_prefix(&root).expect("it is below").display().to_string();
        let text = std::fs::read_to_string(path).expect("a text");
        for (line, code) in code(&text) {
            let words = word.find_iter(code).map(|w| w.as_str());
            let known = words.filter(|w| apps.contains(w) && !BACKENDS.contains(w) && !PROTOCOLS.contains(&(&name, w)));
            found.extend(known.map(|w| format!("{name}:{line}: {w}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
