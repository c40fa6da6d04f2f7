use super::*;
use kss_backend::OutputTree;
use kss_backend::testing::{
    case, cluster_key, entry, line_origin, one_cluster, origin, record, reference, secret, text, tool, unpack, value,
    with,
};
use kss_diag::{Diagnostic, code};
use kss_value::Value;
use serde_json::json;

fn emit(fields: &[(&str, Value)]) -> (OutputTree, Vec<Diagnostic<kss_span::Origin>>) {
    let base = record(json!({ "chart": { "repo": "https://charts.test", "name": "demo", "version": "1.0.0" } }));
    let release = entry(cluster_key("kss"), "helm", "demo", with(&base, fields));
    let mut tree = OutputTree::default();
    let diagnostics = Helm { files: &() }.emit(&one_cluster("kss", vec![release], Vec::new()), &mut tree);
    (tree, diagnostics)
}

fn tricky() -> serde_json::Value {
    json!({
        "version": "1e3", "on": "no", "mode": "0644", "time": "12:30:45", "tilde": "~", "empty": {}, "list": [],
        "nested": { "a.b/c": [1, 2.5, true, "x: y", "# no comment"], "text": "a\n  b\n\nc\n" },
        "template": "{{ .Values.x }}", "dollar": "${HOME}",
    })
}

#[test]
fn values_read_back_as_they_were() {
    let (tree, diagnostics) = emit(&[("values", value(tricky()))]);
    assert_eq!(diagnostics, []);
    let read: serde_json::Value = serde_yaml::from_str(&text(&tree, "clusters/kss/helm/demo.yaml")).unwrap();
    assert_eq!(read, tricky());
}

#[test]
fn every_line_knows_who_wrote_it() {
    let leaf = Value::text("b", origin(7));
    let values = Value::record(with(&record(json!({})), &[("a", leaf)]), origin(5));
    let (tree, _) = emit(&[("values", values)]);
    assert_eq!(text(&tree, "clusters/kss/helm/demo.yaml"), "a: b\n");
    assert_eq!(line_origin(&tree, "clusters/kss/helm/demo.yaml", 1), Some(origin(7)));
}

#[test]
fn a_release_without_values_has_an_empty_file() {
    let (tree, diagnostics) = emit(&[]);
    assert_eq!(diagnostics, []);
    assert_eq!(text(&tree, "clusters/kss/helm/demo.yaml"), "{}\n");
}

#[test]
fn what_is_no_data_is_an_error_at_its_place() {
    let namespace = reference(cluster_key("kss"), "namespace", "monitoring");
    let inner =
        with(&record(json!({ "fine": 1 })), &[("password", secret("db", "password")), ("namespace", namespace)]);
    let (tree, diagnostics) = emit(&[("values", Value::record(inner, origin(1)))]);
    assert!(tree.is_empty(), "a file with a hole is worse than none");
    let seen: Vec<_> = diagnostics.iter().map(|found| (found.code.id, found.place, &*found.notes[0].text)).collect();
    let expected = [
        (code::WRONG_KEY_TYPE.id, origin(1), "in values of helm `demo` at `/namespace`"),
        (code::SECRET_AS_TEXT.id, origin(3), "in values of helm `demo` at `/password`"),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn a_poisoned_release_is_silent() {
    let (tree, diagnostics) = emit(&[("values", Value::poison(origin(1)))]);
    assert!(tree.is_empty());
    assert_eq!(diagnostics, []);
}

#[test]
fn cases_are_their_names() {
    let values = Value::record(with(&record(json!({})), &[("type", case("ClusterIP"))]), origin(1));
    let (tree, _) = emit(&[("values", values)]);
    assert_eq!(text(&tree, "clusters/kss/helm/demo.yaml"), "type: ClusterIP\n");
}

#[test]
fn helm_reads_the_values() {
    let Some(helm) = tool("helm", &["version"], "reading values with Helm") else { return };
    let directory = tempfile::tempdir().unwrap();
    let chart = directory.path().join("chart");
    std::fs::create_dir_all(chart.join("templates")).unwrap();
    std::fs::write(chart.join("Chart.yaml"), "apiVersion: v2\nname: demo\nversion: 1.0.0\n").unwrap();
    std::fs::write(chart.join("templates/all.yaml"), "values: {{ .Values | toJson }}\n").unwrap();
    let (tree, _) = emit(&[("values", value(tricky()))]);
    unpack(&tree, directory.path()).unwrap();
    let values = directory.path().join("clusters/kss/helm/demo.yaml");
    let output = std::process::Command::new(helm).arg("template").arg(&chart).arg("-f").arg(values).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: serde_json::Value = serde_yaml::from_str(&String::from_utf8_lossy(&output.stdout)).unwrap();
    assert_eq!(read["values"], tricky());
}
