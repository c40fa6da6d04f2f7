//! Modules that the reference site leaves out: a site that uses them is right as well, and what they write builds.

use kss_tests::build::{Built, build, repository, write};
use kss_tests::tools;
use std::collections::BTreeSet;
use std::path::Path;

/// What each cluster uses besides.
const KSS: &str = r#"
  use kube-vip              { ip = lan.host(99) }
  use modsecurity-alerts
  use keycloak-realm-import
  use sbom-upload           { image = "registry.example.org/tools:1" }
"#;
const KCS: &str = r#"
  credential reader { source = supplied { ask = "token of a user that may only read" } }
  use coraza-waf
  use tetragon-alerts
  use open-webui-gitlab { token = credential.reader }
  use open-webui-terminal
"#;

/// The reference site, in which the clusters use more. `kcs` no longer removes what comes with its mesh.
fn project(folder: &Path) -> Built {
    let to = folder.join("clusters");
    std::fs::create_dir_all(&to).expect("a folder");
    for entry in std::fs::read_dir(repository().join("clusters")).expect("a folder") {
        let entry = entry.expect("an entry");
        let text = std::fs::read_to_string(entry.path()).expect("text");
        let more = match entry.file_name().to_str() {
            Some("kss.kss") => KSS,
            Some("kcs.kss") => KCS,
            _ => "",
        };
        let text = text.replace("  remove use kiali\n", "").replace("\n  use vars\n", &format!("\n  use vars{more}"));
        std::fs::write(to.join(entry.file_name()), text).expect("a file");
    }
    build(&to)
}

/// Names of the modules in use anywhere.
fn used(built: &Built) -> BTreeSet<String> {
    let outcomes = built.checked.outcomes.iter();
    let scopes = outcomes.flat_map(|(_, outcome)| outcome.model.scopes().map(|scope| scope.modules.clone()));
    scopes.flatten().map(|name| name.to_string()).collect()
}

/// Names of all modules of the library.
fn all() -> BTreeSet<String> {
    let lines = kss_project::standard_library().into_iter().flat_map(|(_, text)| text.lines());
    let names = lines.filter_map(|line| line.strip_prefix("module ")?.split([' ', '{']).next());
    names.map(str::to_owned).collect()
}

#[test]
fn every_module_is_used_somewhere_and_what_it_writes_builds() {
    let folder = tempfile::tempdir().expect("a folder");
    let built = project(folder.path());
    assert_eq!(built.errors(), Vec::<String>::new());
    let unused: Vec<String> = all().difference(&used(&built)).cloned().collect();
    assert!(unused.is_empty(), "no site of the tests uses {}", unused.join(", "));

    let (reference, tree) = (&kss_tests::reference::reference().tree, &built.tree);
    let new = |path: &str| reference.get(path).is_none();
    let overlays: Vec<&str> = tree
        .iter()
        .filter(|file| new(&file.path))
        .filter_map(|file| file.path.strip_suffix("/kustomization.yaml"))
        .collect();
    assert!(overlays.len() >= 4, "{overlays:?}");
    let deployed = write(tree);
    let root = deployed.path().join("deploy");
    for overlay in overlays {
        let Some(mut command) = tools::command("kustomize", "overlays of modules that the reference leaves out") else {
            return;
        };
        tools::output(command.arg("build").arg(root.join(overlay)));
    }
}
