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
