//! What the deploy tree gets from the project besides its sources, and the files that make it whole in itself.

use kss_backend::OutputTree;
use kss_tests::build::{Built, build, repository};
use std::path::Path;

/// A module with a chart of the project.
const HELLO: &str = r#"module hello {
  phase = apps
  namespace hello {}
  helm hello {
    chart { name = "hello", version = "0.1.0" }
    unchecked values because "a chart of our own"
    values.greeting = "hi"
  }
}
"#;

/// The reference site, of which one cluster uses the module; with more files beside its sources.
fn project(folder: &Path, files: &[(&str, &str)]) -> Built {
    let to = folder.join("clusters");
    std::fs::create_dir_all(&to).expect("a folder");
    for entry in std::fs::read_dir(repository().join("clusters")).expect("a folder") {
        let entry = entry.expect("an entry");
        let text = std::fs::read_to_string(entry.path()).expect("text");
        let text = if entry.file_name() == "kss.kss" {
            text.replace("  use vars\n", "  use vars\n  use hello\n")
        } else {
            text
        };
        std::fs::write(to.join(entry.file_name()), text).expect("a file");
    }
    std::fs::write(to.join("hello.kss"), HELLO).expect("a file");
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    build(&to)
}

fn text(tree: &OutputTree, path: &str) -> String {
    let file = tree.get(path).unwrap_or_else(|| panic!("no `{path}`"));
    String::from_utf8_lossy(file.content.bytes()).into_owned()
}

const CHART: &str = "apiVersion: v2\nname: hello\nversion: 0.1.0\n";

#[test]
fn charts_of_the_project_are_copied() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = [
        ("clusters/charts/hello/Chart.yaml", CHART),
        ("clusters/charts/hello/templates/a.yaml", "a: {{ .Values.greeting }}\n"),
        ("clusters/charts/hello/.helmignore", "*.md\n"),
    ];
    let built = project(folder.path(), &files);
    assert_eq!(built.errors(), Vec::<String>::new());
    assert_eq!(text(&built.tree, "charts/hello/Chart.yaml"), CHART);
    assert_eq!(text(&built.tree, "charts/hello/.helmignore"), "*.md\n");
    assert_eq!(text(&built.tree, "clusters/kss/helm/hello.yaml"), "greeting: hi\n");
    assert!(text(&built.tree, "clusters/kss/argocd/apps/hello.yaml").contains("path: charts/hello\n"));
}

#[test]
fn charts_lie_beside_the_lock_as_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let built = project(folder.path(), &[("kss.lock", ""), ("charts/hello/Chart.yaml", CHART)]);
    assert_eq!(built.errors(), Vec::<String>::new());
    assert_eq!(text(&built.tree, "charts/hello/Chart.yaml"), CHART);
}

#[test]
fn a_chart_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let errors = project(folder.path(), &[]).errors();
    assert_eq!(errors.len(), 1, "{errors:?}");
    let wanted = "error[K0104]: chart `hello` of helm `hello` has no `repo`, so it is one of the project, and there is no \
                  `charts/hello/Chart.yaml`";
    assert!(errors[0].starts_with(wanted), "{}", errors[0]);
}

#[test]
fn the_flake_is_there_and_its_lock_if_the_project_locks_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let lock = "{ \"nodes\": {}, \"version\": 7 }\n";
    let digest = blake3::hash(lock.as_bytes()).to_hex();
    let locked = format!("[flake]\npath = \".kss/lock/flake.lock\"\nblake3 = \"{digest}\"\n");
    let chart = ("charts/hello/Chart.yaml", CHART);
    let built = project(folder.path(), &[("kss.lock", &locked), (".kss/lock/flake.lock", lock), chart]);
    assert_eq!(built.errors(), Vec::<String>::new());
    assert_eq!(text(&built.tree, "flake.lock"), lock);
    assert!(text(&built.tree, "flake.nix").contains("nixosConfigurations"));
    assert!(built.tree.get("nix/deploy-flake.nix").is_none());

    std::fs::write(folder.path().join(".kss/lock/flake.lock"), "{}").expect("a file");
    let errors = build(&folder.path().join("clusters")).errors();
    assert!(errors.len() == 1 && errors[0].contains("`.kss/lock/flake.lock` has the hash"), "{errors:?}");
}

#[test]
fn the_lock_of_another_repository_is_not_ours() {
    let folder = tempfile::tempdir().expect("a folder");
    let files =
        [("kss.lock", "no lock at all"), ("mine/.git/HEAD", ""), ("mine/clusters/a.kss", "fn one() -> Int = 1\n")];
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let clusters = folder.path().join("mine/clusters");
    assert_eq!(kss_project::find_lock(std::slice::from_ref(&clusters)), None);
    std::fs::write(folder.path().join("mine/kss.lock"), "").expect("a file");
    assert_eq!(kss_project::find_lock(&[clusters.join("a.kss")]), Some(folder.path().join("mine/kss.lock")));
}

/// All steps of the reference site, by file in order.
fn steps() -> Vec<(String, Vec<serde_json::Value>)> {
    let tree = &kss_tests::reference::reference().tree;
    let files = tree.iter().filter(|file| file.path.ends_with("/run.json"));
    let read = |file: &kss_backend::File| {
        let document: serde_json::Value = serde_json::from_slice(file.content.bytes()).expect("JSON");
        (file.path.clone(), document["steps"].as_array().expect("steps").clone())
    };
    let found: Vec<_> = files.map(read).collect();
    let paths: Vec<_> = found.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["clusters/kcs/run.json", "clusters/kss/run.json", "site/run.json"]);
    found
}

fn texts<'v>(step: &'v serde_json::Value, field: &str) -> impl Iterator<Item = &'v str> {
    step[field].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str)
}

#[test]
fn steps_name_steps_that_are_there_and_stand_behind_them() {
    let files = steps();
    let all: std::collections::BTreeSet<&str> =
        files.iter().flat_map(|(_, steps)| steps).filter_map(|step| step["id"].as_str()).collect();
    assert_eq!(all.len(), files.iter().map(|(_, steps)| steps.len()).sum::<usize>(), "each name once");
    for (path, steps) in &files {
        let place = |id: &str| steps.iter().position(|step| step["id"] == id);
        for (at, step) in steps.iter().enumerate() {
            for need in texts(step, "needs") {
                assert!(all.contains(need), "{path}: {} needs {need}, which is nowhere", step["id"]);
                assert!(place(need).is_none_or(|before| before < at), "{path}: {} stands before {need}", step["id"]);
            }
        }
    }
}

#[test]
fn steps_name_files_that_are_there() {
    let tree = &kss_tests::reference::reference().tree;
    let there =
        |path: &str| tree.get(path).is_some() || tree.iter().any(|file| file.path.starts_with(&format!("{path}/")));
    let mut count = 0;
    for (file, steps) in steps() {
        for step in &steps {
            for path in texts(step, "files") {
                assert!(there(path), "{file}: {} names {path}", step["id"]);
                count += 1;
            }
        }
    }
    assert!(count > 50, "{count} files");
}

#[test]
fn every_output_of_the_library_is_a_step_or_in_one() {
    let files = steps();
    let ids: Vec<&str> = files.iter().flat_map(|(_, steps)| steps).filter_map(|step| step["id"].as_str()).collect();
    for id in [
        "site/machine/hypervisor/domain/kss-master/start",
        "site/machine/support/prove",
        "site/machine/support/step/vault-init",
        "site/tofu/base/apply",
        "site/step/publish",
        "clusters/kcs/step/kubeconfig",
        "clusters/kcs/helm/cilium/install",
        "clusters/kcs/tofu/platform/apply",
        "clusters/kcs/hand-over",
        "clusters/kcs/phase/apps",
        "clusters/kcs/tofu/identity/apply",
    ] {
        assert!(ids.contains(&id), "{id}");
    }
    // What a run has to get right: the store of secrets before what is kept in it, the pod network before the engine.
    let order = |wanted: [&str; 2]| {
        let at = |id: &str| ids.iter().position(|other| *other == id).expect(id);
        at(wanted[0]) < at(wanted[1])
    };
    assert!(order(["site/machine/support/step/vault-init", "site/tofu/base/plan"]));
    assert!(order(["clusters/kcs/helm/cilium/install", "clusters/kcs/hand-over"]));
    assert!(order(["clusters/kcs/tofu/platform/apply", "clusters/kcs/hand-over"]));
    assert!(order(["clusters/kcs/step/broker-admin", "clusters/kcs/tofu/identity/plan"]));
}
