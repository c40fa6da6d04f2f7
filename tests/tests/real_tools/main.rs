//! The deploy tree of the reference site, read by the programs that it is written for.

mod argocd;
mod helm;
mod kustomize;
mod libvirt;
mod nix;
mod tofu;
mod vars;

use kss_backend::OutputTree;
use kss_tests::build;
use kss_tests::reference::reference;
use serde_json::Value;
use std::path::PathBuf;

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

/// A text at a path of keys of some data.
fn text_at<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str)
}

#[test]
fn the_reference_site_is_right() {
    let errors = &reference().errors;
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}
