//! Every overlay builds alone, and gives what its files hold.

use crate::deployed;
use kss_tests::read::{Reader, documents};
use kss_tests::reference::{CLUSTERS, texts};
use kss_tests::tools;
use rayon::prelude::*;
use serde_json::Value;
use std::path::Path;

const TEST: &str = "building overlays with kustomize";

/// Directories with a `kustomization.yaml`.
fn overlays() -> Vec<&'static str> {
    let files = texts(|path| path.ends_with("/kustomization.yaml"));
    files.into_iter().map(|(path, _)| path.trim_end_matches("/kustomization.yaml")).collect()
}

#[test]
fn every_overlay_builds_and_gives_its_objects() {
    let overlays = overlays();
    for cluster in CLUSTERS {
        let own = format!("clusters/{cluster}/kustomize/");
        let count = overlays.iter().filter(|path| path.starts_with(&own)).count();
        assert!(count > 20, "{cluster} has {count} overlays");
    }
    let (_folder, root) = deployed();
    let wrong: Vec<String> = overlays.par_iter().filter_map(|overlay| problem(&root, overlay)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with an overlay.
fn problem(root: &Path, overlay: &str) -> Option<String> {
    let mut command = tools::command("kustomize", TEST)?;
    let (good, built, said) = tools::run(command.arg("build").arg(root.join(overlay)));
    if !good {
        return Some(format!("{overlay}: {said}"));
    }
    if !said.is_empty() {
        return Some(format!("{overlay}: kustomize warns: {said}"));
    }
    let own = texts(|path| path.starts_with(&format!("{overlay}/")) && !path.ends_with("/kustomization.yaml"));
    let wanted = objects(own.iter().flat_map(|(_, text)| documents(text)).collect())?;
    let got = objects(documents(&built))?;
    // Vendored objects may get a namespace on the way; those of the description are theirs already.
    let changed = overlay.ends_with("/vendored") || own.iter().any(|(path, _)| path.contains("/vendored/"));
    let same = if changed { wanted.len() == got.len() } else { wanted == got };
    (!same).then(|| format!("{overlay}: its files hold {} objects, kustomize gives {}", wanted.len(), got.len()))
}

/// Objects in one order.
fn objects(texts: Vec<&str>) -> Option<Vec<String>> {
    let read = Reader::GoV3.read(&texts, TEST)?;
    let values = read.into_iter().map(|value| value.unwrap_or_else(|error| panic!("{error}")));
    // `serde_json` keeps the order of keys, which kustomize changes.
    let mut out: Vec<String> = values.filter(|value| !value.is_null()).map(|value| sorted(value).to_string()).collect();
    out.sort();
    Some(out)
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(String, Value)> =
                fields.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
