use super::*;
use kss_backend::OutputTree;
use kss_backend::testing::{
    cluster_key, entry, later, line_origin, machine_key, model, node_key, origin, record, scope, secret, secret_part,
    site_key, text, tool, unpack, value, with,
};
use kss_diag::Diagnostic;
use kss_value::{Record, ScopeKey, Secret, SecretPart};
use serde_json::{Value as Json, json};
use std::process::Command;

const LIBRARY: [(&str, &str); 2] = [("nix/modules/default.nix", "{ }\n"), ("flake.nix", "{ }\n")];

fn is_package(path: &[Symbol]) -> bool {
    let path = path.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(".");
    matches!(&*path, "services.rke2.package" | "environment.systemPackages" | "services.list.*.package")
}

fn emit(model: &Model) -> (OutputTree, Vec<Diagnostic<Origin>>) {
    let mut tree = OutputTree::default();
    let diagnostics = Nixos { library: &LIBRARY, is_package: &is_package }.emit(model, &mut tree);
    (tree, diagnostics)
}

fn tree(model: &Model) -> OutputTree {
    let (tree, diagnostics) = emit(model);
    assert_eq!(diagnostics, []);
    tree
}

fn nixos(key: ScopeKey, fields: Json) -> Entry {
    entry(key, "nixos", "", record(fields))
}

/// A file below /etc.
fn etc(key: ScopeKey, name: &str, case: &str, body: Record, fields: Json) -> Entry {
    let body = Value::case(Symbol::new(case), Some(Value::record(body, origin(5))), origin(5));
    let defaults = json!({ "mode": "0644", "owner-user": "root", "reload": [] });
    let fields = with(&with(&record(fields), &[("body", body)]), &[]);
    entry(key, "etc", name, fields.iter().chain(record(defaults).iter()).cloned().collect())
}

fn machine(entries: Vec<Entry>) -> Model {
    model(Vec::new(), vec![scope(machine_key("support"), entries)], Vec::new())
}

fn support() -> ScopeKey {
    machine_key("support")
}

const SUPPORT: &str = "site/nixos/support.nix";

/// A configuration as Nix reads it; a package is `PACKAGE:name`. Nothing if Nix is not there.
fn evaluated(tree: &OutputTree, path: &str) -> Option<Json> {
    let program = tool("nix-instantiate", &["--version"], "reading configurations with Nix")?;
    let directory = tempfile::tempdir().unwrap();
    unpack(tree, directory.path()).unwrap();
    let file = directory.path().join(path);
    let package = |name: &str| format!("\"{name}\" = \"PACKAGE:{name}\";");
    let packages = ["vim", "rke2", "7zz"].map(package).concat();
    let config = "environment.etc.\"demo.yaml\".source = \"SOURCE\";";
    let expression = format!(
        "builtins.removeAttrs (import {} {{ pkgs = {{ {packages} python3Packages.requests = \"PACKAGE:requests\"; }}; \
         config = {{ {config} }}; }}) [ \"imports\" ]",
        file.display()
    );
    let arguments = ["--store", "dummy://", "--eval", "--strict", "--json", "-E", &expression];
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn a_machine_imports_the_library_and_gives_options_their_values() {
    let tree =
        tree(&machine(vec![nixos(support(), json!({ "networking": { "hostName": "support", "useDHCP": false } }))]));
    let expected = "{ ... }:\n{\n  imports = [\n    ../../nix/modules\n  ];\n  networking = {\n    hostName = \"support\";\n    \
                    useDHCP = false;\n  };\n}\n";
    assert_eq!(text(&tree, SUPPORT), expected);
    assert_eq!(line_origin(&tree, SUPPORT, 7), Some(origin(1)));
}

#[test]
fn a_node_imports_what_its_cluster_shares() {
    let shared =
        entry(cluster_key("kss"), "nixos-cluster", "", record(json!({ "kss": { "cluster": { "name": "kss" } } })));
    let node = scope(node_key("kss", "master"), vec![nixos(node_key("kss", "master"), json!({ "a": 1 }))]);
    let foreign = scope(node_key("kss", "appliance"), Vec::new());
    let cluster = Cluster { scope: scope(cluster_key("kss"), vec![shared]), nodes: vec![foreign, node] };
    let tree = tree(&model(Vec::new(), Vec::new(), vec![cluster]));
    let paths: Vec<_> = tree.iter().map(|file| file.path.as_str()).collect();
    let expected =
        ["clusters/kss/nixos/cluster.nix", "clusters/kss/nixos/master.nix", "flake.nix", "nix/modules/default.nix"];
    assert_eq!(paths, expected);
    assert_eq!(text(&tree, expected[0]), "{ ... }:\n{\n  kss.cluster.name = \"kss\";\n}\n");
    assert!(text(&tree, expected[1]).contains("    ../../../nix/modules\n    ./cluster.nix\n"));
}

#[test]
fn nix_reads_back_what_was_meant() {
    let data = json!({
        "text": "${x} ''$ \\ \"q\"", "lines": "a\n  ${b}\n", "number": -1, "float": 0.5, "set": { "a.b": { "with": true } },
        "list": [-1, "x y", { "a": [] }], "empty": {},
        "environment": { "systemPackages": ["vim", "python3Packages.requests"], "other": ["vim"] },
        "services": { "rke2": { "package": "rke2" }, "list": [{ "package": "7zz", "name": "vim" }] },
    });
    let tree = tree(&machine(vec![nixos(support(), data.clone())]));
    assert!(text(&tree, SUPPORT).starts_with("{ pkgs, ... }:\n"));
    let Some(read) = evaluated(&tree, SUPPORT) else { return };
    let mut expected = data;
    expected["environment"]["systemPackages"] = json!(["PACKAGE:vim", "PACKAGE:requests"]);
    expected["services"]["rke2"]["package"] = json!("PACKAGE:rke2");
    expected["services"]["list"][0]["package"] = json!("PACKAGE:7zz");
    assert_eq!(read, expected);
}

#[test]
fn what_is_no_package_is_an_error() {
    let (_, diagnostics) =
        emit(&machine(vec![nixos(support(), json!({ "services": { "rke2": { "package": "a b" } } }))]));
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0].message, "\"a b\" is no name of a package, which `services.rke2.package` wants");
}

#[test]
fn files_without_secrets_are_part_of_the_system() {
    let data = with(&record(json!({})), &[("data", value(json!({ "kind": "Policy", "on": "no" })))]);
    let file = etc(support(), "demo.yaml", "yaml", data, json!({ "reload": ["demo"], "owner-user": "demo" }));
    let own = nixos(
        support(),
        json!({ "environment": { "etc": { "other": { "text": "x" } } }, "systemd": { "services": {} } }),
    );
    let tree = tree(&machine(vec![own, file]));
    let Some(read) = evaluated(&tree, SUPPORT) else { return };
    let expected = json!({
        "environment": { "etc": {
            "demo.yaml": { "text": "kind: Policy\n\"on\": \"no\"\n", "mode": "0644", "user": "demo" },
            "other": { "text": "x" },
        } },
        "systemd": { "services": { "demo": { "restartTriggers": ["SOURCE"] } } },
    });
    assert_eq!(read, expected);
}

#[test]
fn files_with_secrets_are_completed_on_the_machine() {
    let parts = vec![
        SecretPart::Group([SecretPart::Plain("u:".into()), secret_part("a", "b", "raw")].into(), Symbol::new("base64")),
        SecretPart::Plain("\n".into()),
    ];
    let composed = Value::secret(Secret { parts }, origin(6));
    let env = with(&record(json!({ "USER": "minio" })), &[("PASSWORD", secret("minio", "root"))]);
    let env = with(&record(json!({})), &[("data", Value::record(env, origin(1)))]);
    let fields = json!({ "mode": "0400", "owner-user": "minio", "reload": ["minio.service"], "path": "/run/kssc/etc/minio/env" });
    let files = vec![
        etc(support(), "minio/env", "env", env, fields),
        etc(support(), "auth", "text", with(&record(json!({})), &[("text", composed)]), json!({})),
    ];
    let tree = tree(&machine(files));
    let list: Json = serde_json::from_str(&text(&tree, "site/nixos/secrets/support.json")).unwrap();
    let expected = json!({ "values": {
        "auth.0": { "text": ["u:", { "secret": { "scope": "site", "path": "a", "key": "b" } }], "as": "base64" },
        "minio/root.shell": { "secret": { "scope": "site", "path": "minio", "key": "root" }, "as": "shell" },
    } });
    assert_eq!(list, expected);
    let Some(read) = evaluated(&tree, SUPPORT) else { return };
    let expected = json!({ "kss": { "secrets": {
        "files": { "auth.0": {}, "minio/root.shell": { "units": ["minio.service"] } },
        "templates": {
            "auth": { "mode": "0644", "owner": "root", "parts": [{ "secret": "auth.0" }, "\n"] },
            "minio/env": {
                "mode": "0400", "owner": "minio", "path": "/run/kssc/etc/minio/env", "units": ["minio.service"],
                "parts": ["PASSWORD=", { "secret": "minio/root.shell" }, "\n", "USER=minio\n"],
            },
        },
    } } });
    assert_eq!(read, expected);
}

#[test]
fn a_machine_gets_the_secrets_whose_files_it_names() {
    let credential = |key: ScopeKey, source: &str| {
        let source = Value::case(Symbol::new(source), None, origin(1));
        let fields = with(&record(json!({ "path": "rke2", "key": "token" })), &[("source", source)]);
        entry(key, "credential", "token", fields)
    };
    let outputs = with(&record(json!({})), &[("ca", later(site_key(), "base", ["vault", "ca"]))]);
    let base =
        entry(site_key(), "tofu", "base", with(&record(json!({})), &[("out", Value::record(outputs, origin(1)))]));
    let shared = record(json!({ "kss": { "trust": { "caFile": "/run/secrets/vault/ca" } } }));
    let shared = entry(cluster_key("kss"), "nixos-cluster", "", shared);
    let key = node_key("kss", "master");
    let flags = json!({ "flags": ["--token-file=/run/secrets/rke2/token", "/run/secrets/unknown/x"] });
    let node = scope(key, vec![nixos(key, flags)]);
    let own = credential(cluster_key("kss"), "made");
    let cluster = Cluster { scope: scope(cluster_key("kss"), vec![own, shared]), nodes: vec![node] };
    let tree = tree(&model(vec![base, credential(site_key(), "generated")], Vec::new(), vec![cluster]));
    let list: Json = serde_json::from_str(&text(&tree, "clusters/kss/nixos/secrets/master.json")).unwrap();
    let expected = json!({ "values": {
        "rke2/token": { "secret": { "scope": "clusters/kss", "path": "rke2", "key": "token" } },
        "vault/ca": { "later": { "env": "site/base", "output": ["vault", "ca"] } },
    } });
    assert_eq!(list, expected);
    let Some(read) = evaluated(&tree, "clusters/kss/nixos/master.nix") else { return };
    assert_eq!(
        read["kss"]["secrets"]["files"],
        json!({ "rke2/token": { "later": true }, "vault/ca": { "later": true } })
    );
}

#[test]
fn a_secret_never_becomes_an_option() {
    let fields = with(&record(json!({})), &[("password", secret("a", "b"))]);
    let (tree, diagnostics) = emit(&machine(vec![entry(support(), "nixos", "", fields)]));
    assert_eq!(
        diagnostics.iter().map(|found| (found.code.id, found.place)).collect::<Vec<_>>(),
        [("K0701", origin(3))]
    );
    assert!(tree.get(SUPPORT).is_none());
}

#[test]
fn an_option_has_one_value() {
    let own = nixos(support(), json!({ "environment": { "etc": { "demo": { "text": "x" } } } }));
    let file = etc(support(), "demo", "text", record(json!({ "text": "y" })), json!({}));
    let (_, diagnostics) = emit(&machine(vec![own, file]));
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0].message, "the option `environment.etc.demo.text` in nixos of support has two values");
}

#[test]
fn files_stay_below_etc() {
    for name in ["../shadow", "/etc/shadow", ""] {
        let (_, diagnostics) =
            emit(&machine(vec![etc(support(), name, "text", record(json!({ "text": "y" })), json!({}))]));
        assert_eq!(diagnostics.iter().map(|found| found.code.id).collect::<Vec<_>>(), ["K0807"], "{name}");
    }
}
