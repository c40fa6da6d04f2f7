//! Every Application finds what it names.

use crate::{text_at, tree};
use kss_tests::read::Reader;
use kss_tests::reference::{CLUSTERS, texts};
use serde_json::Value;
use std::collections::BTreeSet;

const TEST: &str = "Applications read as Argo CD reads them";

/// Namespaces that every cluster has.
const BUILT_IN: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// The objects of a cluster below one of its directories, each with the path of its file.
fn objects(cluster: &str, directory: &str) -> Option<Vec<(&'static str, Value)>> {
    let prefix = format!("clusters/{cluster}/{directory}/");
    let files = texts(|path| path.starts_with(&prefix) && path.ends_with(".yaml"));
    let read = Reader::Kubernetes.read(&files.iter().map(|(_, text)| *text).collect::<Vec<_>>(), TEST)?;
    let objects = files.into_iter().zip(read);
    Some(objects.map(|((path, _), value)| (path, value.unwrap_or_else(|error| panic!("{path}: {error}")))).collect())
}

fn of_kind<'o>(objects: &'o [(&str, Value)], kind: &str) -> impl Iterator<Item = (&'o str, &'o Value)> {
    objects.iter().filter(move |(_, object)| object["kind"] == kind).map(|(path, object)| (*path, object))
}

fn names(objects: &[(&str, Value)], kind: &str) -> BTreeSet<String> {
    of_kind(objects, kind).map(|(_, object)| text_at(object, "/metadata/name").expect("a name").to_owned()).collect()
}

#[test]
fn applications_find_what_they_name() {
    for cluster in CLUSTERS {
        let (Some(argocd), Some(kustomize)) = (objects(cluster, "argocd"), objects(cluster, "kustomize")) else {
            return;
        };
        let namespaces = names(&kustomize, "Namespace");
        let projects = names(&argocd, "AppProject");
        let wrong: Vec<String> = of_kind(&argocd, "Application")
            .flat_map(|(path, application)| {
                let found = problems(application, &namespaces, &projects);
                found.into_iter().map(move |problem| format!("{path}: {problem}"))
            })
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(of_kind(&argocd, "Application").count() > 40, "{cluster} has its Applications");
    }
}

fn problems(application: &Value, namespaces: &BTreeSet<String>, projects: &BTreeSet<String>) -> Vec<String> {
    let mut out = Vec::new();
    let spec = &application["spec"];
    let listed = spec["sources"].as_array().into_iter().flatten();
    let sources: Vec<&Value> = listed.chain(spec.get("source")).collect();
    if sources.is_empty() {
        out.push("it has no source".to_owned());
    }
    for source in &sources {
        match (text_at(source, "/path"), is_ours(source)) {
            (Some(path), true) if !is_deployable(path, source) => out.push(format!("`{path}` has no files for it")),
            (Some(path), false) if !is_exact(source) => {
                out.push(format!("`{path}` is taken from whatever is there that day"))
            }
            _ => {}
        }
        for file in source.pointer("/helm/valueFiles").and_then(Value::as_array).into_iter().flatten() {
            let file = file.as_str().unwrap_or_default();
            let path = file.strip_prefix("$values/").unwrap_or_default();
            if tree().get(path).is_none() {
                out.push(format!("there is no file `{file}`"));
            }
            if !sources.iter().any(|other| other["ref"] == "values") {
                out.push(format!("no source is called `values`, which `{file}` names"));
            }
        }
    }
    let project = text_at(spec, "/project").unwrap_or_default();
    if project != "default" && !projects.contains(project) {
        out.push(format!("there is no project `{project}`"));
    }
    let namespace = text_at(spec, "/destination/namespace").unwrap_or_default();
    if !namespaces.contains(namespace) && !BUILT_IN.contains(&namespace) {
        out.push(format!("nobody makes the namespace `{namespace}`"));
    }
    out
}

/// Is it the repository that the root Application reads?
fn is_ours(source: &Value) -> bool {
    let roots =
        CLUSTERS.map(|cluster| tree().get(&format!("clusters/{cluster}/argocd/root-app.yaml")).expect("a root"));
    let line = format!("repoURL: {}\n", text_at(source, "/repoURL").unwrap_or_default());
    roots.iter().any(|root| String::from_utf8_lossy(root.content.bytes()).contains(&line))
}

/// A tag with a version, or a commit: nothing that moves.
fn is_exact(source: &Value) -> bool {
    let revision = text_at(source, "/targetRevision").unwrap_or_default();
    let version = revision.strip_prefix('v').unwrap_or(revision).starts_with(|c: char| c.is_ascii_digit())
        && revision.contains('.');
    version || revision.len() == 40 && revision.chars().all(|c| c.is_ascii_hexdigit())
}

/// A kustomization, or a directory of plain files.
fn is_deployable(path: &str, source: &Value) -> bool {
    match source.get("directory") {
        Some(_) => tree().iter().any(|file| file.path.starts_with(&format!("{path}/"))),
        None => tree().get(&format!("{path}/kustomization.yaml")).is_some(),
    }
}

#[test]
fn every_release_and_overlay_is_deployed_once() {
    for cluster in CLUSTERS {
        let Some(argocd) = objects(cluster, "argocd") else { return };
        let mut named: Vec<String> = Vec::new();
        for (_, application) in of_kind(&argocd, "Application") {
            let spec = &application["spec"];
            for source in spec["sources"].as_array().into_iter().flatten().chain(spec.get("source")) {
                named.extend(text_at(source, "/path").filter(|_| is_ours(source)).map(str::to_owned));
                let files = source.pointer("/helm/valueFiles").and_then(Value::as_array).into_iter().flatten();
                named.extend(files.filter_map(|file| Some(file.as_str()?.strip_prefix("$values/")?.to_owned())));
            }
        }
        named.retain(|path| *path != format!("clusters/{cluster}/argocd"));
        named.sort();
        let (helm, overlays) = (format!("clusters/{cluster}/helm/"), format!("clusters/{cluster}/kustomize/"));
        let mut wanted: Vec<String> =
            texts(|path| path.starts_with(&helm)).into_iter().map(|(path, _)| path.to_owned()).collect();
        let overlays = texts(|path| path.starts_with(&overlays) && path.ends_with("/kustomization.yaml"));
        let overlays = overlays.into_iter().map(|(path, _)| path.trim_end_matches("/kustomization.yaml").to_owned());
        wanted.extend(overlays.filter(|path| !path.ends_with("/vendored")));
        wanted.sort();
        assert_eq!(named, wanted, "what the Applications of {cluster} name, and what is there");
    }
}

#[test]
fn every_object_has_its_namespace() {
    for cluster in CLUSTERS {
        let (Some(argocd), Some(kustomize)) = (objects(cluster, "argocd"), objects(cluster, "kustomize")) else {
            return;
        };
        let namespaces = names(&kustomize, "Namespace");
        let lost = argocd.iter().chain(&kustomize).filter_map(|(path, object)| {
            let namespace = text_at(object, "/metadata/namespace")?;
            let known = namespaces.contains(namespace) || BUILT_IN.contains(&namespace);
            (!known).then(|| format!("{path}: nobody makes the namespace `{namespace}`"))
        });
        let lost: Vec<String> = lost.collect();
        assert!(lost.is_empty(), "{}", lost.join("\n"));
    }
}

#[test]
fn bootstrap_names_files_that_are_there() {
    for cluster in CLUSTERS {
        let path = format!("clusters/{cluster}/bootstrap/bootstrap.json");
        let file = tree().get(&path).expect("a list of first steps");
        let steps: Value = serde_json::from_slice(file.content.bytes()).expect("JSON");
        let steps = steps["steps"].as_array().expect("steps");
        assert!(!steps.is_empty());
        for step in steps {
            let applied = step["apply"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let paths: Vec<String> = applied
                .map(str::to_owned)
                .chain(text_at(step, "/values").map(str::to_owned))
                .chain(text_at(step, "/path").map(|path| format!("{path}/kustomization.yaml")))
                .collect();
            assert!(!paths.is_empty(), "{step} names something");
            for path in paths {
                assert!(tree().get(&path).is_some(), "{step} names `{path}`, which is not there");
            }
        }
    }
}
