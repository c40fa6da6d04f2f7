//! Every Nix file parses, and every machine evaluates against the options that the tests know.

use crate::deployed;
use kss_tests::reference::{CLUSTERS, texts};
use kss_tests::{build, tools};
use serde_json::Value;

#[test]
fn every_file_parses() {
    let (_folder, root) = deployed();
    let files = texts(|path| path.ends_with(".nix"));
    assert!(files.len() > 10);
    // One process for all of them; it ends at the first that is wrong.
    let Some(mut command) = tools::command("nix-instantiate", "parsing Nix files") else { return };
    command.args(["--store", "dummy://", "--parse"]).args(files.iter().map(|(path, _)| root.join(path)));
    tools::output(&mut command);
}

#[test]
fn every_machine_evaluates() {
    let (_folder, root) = deployed();
    let Some(mut command) = tools::command("nix-instantiate", "evaluating machines") else { return };
    let check = build::repository().join("nix/tests/check-tree.nix");
    command.args(["--store", "dummy://", "--eval", "--strict", "--json"]).arg(check).arg("--argstr").arg("tree");
    let said = tools::output(command.arg(&root));
    let machines: serde_json::Map<String, Value> = serde_json::from_str(&said).expect("machines");
    let wrong: Vec<String> = machines
        .iter()
        .flat_map(|(machine, problems)| {
            let problems = problems.as_array().expect("a list").iter();
            problems.map(move |problem| format!("{machine}: {}", problem.as_str().unwrap_or_default()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let nodes = CLUSTERS
        .iter()
        .flat_map(|cluster| ["master", "worker-1", "worker-2", "worker-3"].map(|node| format!("{cluster}-{node}")));
    let mut wanted: Vec<String> = nodes.chain(["support".to_owned()]).collect();
    wanted.sort();
    let mut got: Vec<String> = machines.keys().cloned().collect();
    got.sort();
    assert_eq!(got, wanted, "the machines of the site");
}

/// The flake at the top of the tree, with stand-ins for its inputs: nothing is fetched here.
#[test]
fn the_flake_of_the_tree_has_every_machine() {
    let (_folder, root) = deployed();
    let Some(mut command) = tools::command("nix-instantiate", "evaluating the flake of the tree") else { return };
    let flake = format!(
        "(import {root}/flake.nix).outputs {{ self = null; nixpkgs.lib.nixosSystem = system: map toString system.modules; \
         sops-nix.nixosModules.sops = \"sops\"; }}",
        root = root.display()
    );
    command.args(["--store", "dummy://", "--eval", "--strict", "--json", "--expr", &flake]);
    let said: Value = serde_json::from_str(&tools::output(&mut command)).expect("what the flake gives");
    let machines = said["nixosConfigurations"].as_object().expect("machines");
    assert_eq!(machines.len(), 4 * CLUSTERS.len() + 1);
    let entry = root.join("clusters/kss/nixos/master.nix").display().to_string();
    assert_eq!(machines["kss-master"], serde_json::json!(["sops", entry]));
}
