mod crash;
mod ownership;
mod scale;

use crate::{Change, DeployError, Difference, Options, Report, Why};
use kss_backend::{Content, File, OutputTree};
use kss_span::Origin;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A tree of texts; a path that ends with `*` is a file that may be run.
fn tree(files: &[(&str, &str)]) -> OutputTree {
    let mut tree = OutputTree::default();
    let mut diags = Vec::new();
    for (path, text) in files {
        let content = Content::from((*text).to_owned());
        let (path, executable) = path.strip_suffix('*').map_or((*path, false), |path| (path, true));
        let file = File { path: path.to_owned(), content, executable, owner: "helm", origin: Origin::NOWHERE };
        tree.insert(file, &mut diags);
    }
    assert!(diags.is_empty(), "{diags:?}");
    tree
}

fn write(tree: &OutputTree, target: &Path) -> Result<Report, DeployError> {
    crate::write(tree, target, &Options { inputs: "1", overwrite: false, within: None })
}

fn overwrite(tree: &OutputTree, target: &Path) -> Result<Report, DeployError> {
    crate::write(tree, target, &Options { inputs: "1", overwrite: true, within: None })
}

/// Everything below a directory: the texts of files, links as `-> target`, empty directories; modes of what may be run.
fn disk(root: &Path) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    collect(root, "", &mut out);
    out
}

fn collect(root: &Path, name: &str, out: &mut BTreeMap<String, String>) {
    let mut empty = true;
    for entry in fs::read_dir(root.join(name)).unwrap() {
        empty = false;
        let entry = entry.unwrap();
        let file = entry.file_name().into_string().unwrap();
        let path = if name.is_empty() { file } else { format!("{name}/{file}") };
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            collect(root, &path, out);
        } else if kind.is_symlink() {
            out.insert(path, format!("-> {}", fs::read_link(entry.path()).unwrap().display()));
        } else {
            let run = crate::disk::is_executable(&entry.metadata().unwrap()) == Some(true);
            let text = fs::read_to_string(entry.path()).unwrap();
            out.insert(path, if run { format!("run: {text}") } else { text });
        }
    }
    if empty && !name.is_empty() {
        out.insert(format!("{name}/"), String::new());
    }
}

/// What of the tree is under version control: all but the books that are no part of it.
fn tracked(root: &Path) -> BTreeMap<String, String> {
    let mut all = disk(root);
    for name in [".kssc/local/built", ".kssc/local/lock"] {
        all.remove(name);
    }
    all
}

/// What a first build of `tree` writes.
fn fresh(tree: &OutputTree) -> BTreeMap<String, String> {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("deploy");
    write(tree, &target).unwrap();
    tracked(&target)
}

fn obstacles(result: Result<Report, DeployError>) -> Vec<(String, Why)> {
    match result {
        Err(DeployError::InTheWay(found)) => found.into_iter().map(|o| (o.path, o.why)).collect(),
        other => panic!("nothing in the way: {other:?}"),
    }
}

fn differences(tree: &OutputTree, target: &Path) -> Vec<(String, Change)> {
    let found = crate::check(tree, target).unwrap();
    found.into_iter().map(|Difference { path, change }| (path, change)).collect()
}
