use super::*;
use kss_backend::testing::{
    cluster_key, entry, line_origin, machine_key, model, one_cluster, origin, record, reference, scope, secret_part,
    site_key, text, tool, unpack, value, with,
};
use kss_backend::{Backend, OutputTree};
use kss_diag::Diagnostic;
use kss_model::{Entry, Model};
use kss_span::Origin;
use kss_value::{Flags, Line, Secret, SecretPart, Value};
use serde_json::{Value as Json, json};
use std::process::Command;

fn emit(backend: &dyn Backend, model: &Model) -> (OutputTree, Vec<Diagnostic<Origin>>) {
    let mut tree = OutputTree::default();
    let diagnostics = backend.emit(model, &mut tree);
    (tree, diagnostics)
}

fn tree(backend: &dyn Backend, model: &Model) -> OutputTree {
    let (tree, diagnostics) = emit(backend, model);
    assert_eq!(diagnostics, []);
    tree
}

fn facts() -> Model {
    let fields = record(json!({
        "CLUSTER_NAME": "kss", "COUNT": 3, "FLAG": true, "DOLLAR": "a $x #y 'z' \"q\"", "EMPTY": "", "ABSENT": null,
    }));
    let fields = with(&fields, &[("IP", Value::ip("10.69.50.20".parse().unwrap(), origin(8)))]);
    one_cluster("kss", vec![entry(cluster_key("kss"), "vars", "", fields)], Vec::new())
}

#[test]
fn facts_are_the_same_in_every_form() {
    let tree = tree(&Vars, &facts());
    assert_eq!(tree.len(), 3);
    let read: Json = serde_json::from_str(&text(&tree, "clusters/kss/vars.json")).unwrap();
    let expected = json!({
        "CLUSTER_NAME": "kss", "COUNT": 3, "FLAG": true, "DOLLAR": "a $x #y 'z' \"q\"", "EMPTY": "", "IP": "10.69.50.20",
    });
    assert_eq!(read, expected);
    let at = text(&tree, "clusters/kss/vars.env").lines().position(|line| line == "IP=10.69.50.20").unwrap();
    assert_eq!(line_origin(&tree, "clusters/kss/vars.env", at as u32 + 1), Some(origin(8)));

    let directory = tempfile::tempdir().unwrap();
    unpack(&tree, directory.path()).unwrap();
    let directory = directory.path().join("clusters/kss");
    let run = |program: &std::path::Path, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(&directory).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let expected = "a $x #y 'z' \"q\"||3";
    let script = ". ./vars.env; printf %s \"$DOLLAR|$EMPTY|$COUNT\"";
    assert_eq!(run("sh".as_ref(), &["-c", script]), expected);
    if let Some(make) = tool("make", &["--version"], "reading vars.mk with make") {
        let rule = "include vars.mk\nexport DOLLAR EMPTY COUNT\nall:\n\t@printf %s \"$$DOLLAR|$$EMPTY|$$COUNT\"\n";
        std::fs::write(directory.join("Makefile"), rule).unwrap();
        assert_eq!(run(&make, &["-s"]), expected);
    }
}

#[test]
fn what_is_no_variable_is_an_error() {
    let fields = record(json!({ "a b": 1, "LIST": [] }));
    let (tree, diagnostics) =
        emit(&Vars, &one_cluster("kss", vec![entry(cluster_key("kss"), "vars", "", fields)], Vec::new()));
    assert_eq!(tree.iter().map(|file| &*file.path).collect::<Vec<_>>(), ["clusters/kss/vars.json"]);
    assert!(diagnostics.len() >= 2, "{diagnostics:?}");
}

fn file(name: &str, body: Value, fields: &[(&str, Value)]) -> Entry {
    entry(site_key(), "file", name, with(&with(&record(json!({ "executable": false })), &[("body", body)]), fields))
}

fn site(entries: Vec<Entry>) -> Model {
    model(entries, Vec::new(), Vec::new())
}

#[test]
fn texts_stay_as_they_are() {
    let lines = ["! BGP", "", " neighbor"].iter().enumerate();
    let lines = lines.map(|(at, text)| Line { text: (*text).into(), origin: origin(20 + at as u32) }).collect();
    let script = [("executable", Value::bool(true, origin(1)))];
    let files = vec![
        file("network/frr.conf", Value::lines(lines, origin(1)), &[]),
        file("run.sh", value(json!("#!/bin/sh\n\ttrue")), &script),
    ];
    let tree = tree(&Files, &site(files));
    assert_eq!(text(&tree, "site/network/frr.conf"), "! BGP\n\n neighbor\n");
    assert_eq!(line_origin(&tree, "site/network/frr.conf", 3), Some(origin(22)));
    assert_eq!(text(&tree, "site/run.sh"), "#!/bin/sh\n\ttrue");
    assert_eq!(tree.iter().map(|file| file.executable).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn files_lie_below_the_directory_of_their_scope() {
    let own = |key| scope(key, vec![entry(key, "file", "a", record(json!({ "body": "x" })))]);
    let cluster = kss_model::Cluster { scope: own(cluster_key("kss")), nodes: Vec::new() };
    let machine =
        scope(machine_key("support"), vec![entry(machine_key("support"), "file", "b", record(json!({ "body": "x" })))]);
    let tree = tree(&Files, &model(Vec::new(), vec![machine], vec![cluster]));
    assert_eq!(tree.iter().map(|file| &*file.path).collect::<Vec<_>>(), ["clusters/kss/a", "site/b"]);
}

#[test]
fn a_file_never_leaves_its_directory() {
    for name in ["../a", "/etc/passwd", "a/../../b", "a\\..\\b"] {
        let (tree, diagnostics) = emit(&Files, &site(vec![file(name, value(json!("x")), &[])]));
        assert!(tree.is_empty(), "{name}");
        assert_eq!(diagnostics.iter().map(|found| found.code.id).collect::<Vec<_>>(), ["K0807"], "{name}");
    }
}

#[test]
fn a_text_with_a_secret_stays_a_template() {
    let parts = vec![
        SecretPart::Plain("a\npassword ".into()),
        secret_part("bgp", "password", "raw"),
        SecretPart::Plain("\n".into()),
    ];
    let body = Value::secret(Secret { parts }, origin(6));
    let machine = reference(machine_key("router"), "machine", "router");
    let deliver = Value::record(with(&record(json!({ "path": "/etc/frr.conf" })), &[("machine", machine)]), origin(1));
    let tree = tree(&Files, &site(vec![file("network/frr.conf", body, &[("deliver", deliver)])]));
    assert!(tree.get("site/network/frr.conf").is_none());
    let read: Json = serde_json::from_str(&text(&tree, "site/network/frr.conf.kssc-template")).unwrap();
    let expected = json!({
        "deliver": { "machine": "router", "path": "/etc/frr.conf" },
        "parts": ["a\n", "password ", { "secret": { "scope": "site", "path": "bgp", "key": "password" } }, "\n"],
    });
    assert_eq!(read, expected);
}

#[test]
fn the_guard_knows_private_texts_and_shows_none() {
    let private = |text: &str| Value::text(text, origin(9)).with_flags(Flags::PRIVATE);
    let guard = record(json!({ "public": ["github.com"], "ignore": ["common"], "shortest": 5 }));
    let mut home = site(vec![entry(site_key(), "guard", "", guard)]);
    let fields = [
        ("domain", private("Lab.Example.org")),
        ("url", private("https://grafana.lab.example.org")),
        ("slug", private("lab-example-org")),
        ("short", private("abc")),
        ("common", private("common")),
        ("open", value(json!("public text"))),
    ];
    home.site.fields = with(&home.site.fields, &fields);
    let tree = tree(&PushGuard, &home);
    let written = text(&tree, "site/push-guard");
    let line = |text: &str| format!("{} {}", text.len(), blake3::hash(text.as_bytes()).to_hex());
    let mut expected = vec![line("lab.example.org"), line("lab-example-org")];
    expected.sort();
    expected.insert(0, "public github.com".to_owned());
    assert_eq!(written.lines().collect::<Vec<_>>(), expected);
    assert!(!written.contains("example"));
}
