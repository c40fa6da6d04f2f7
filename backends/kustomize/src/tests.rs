use super::*;
use kss_backend::OutputTree;
use kss_backend::testing::{
    cluster_key, entry, line_origin, manifest, one_cluster, origin, record, reference, secret, text, tool, unpack,
    value, with,
};
use kss_diag::Diagnostic;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

struct Locked;

impl Files for Locked {
    fn text(&self, path: &str) -> Option<&str> {
        path.ends_with("install.yaml").then_some(
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: vendored\nspec:\n  ports:\n  - port: 80\n---\n\
             apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: vendored\n",
        )
    }
}

fn emit(entries: Vec<Entry>) -> (OutputTree, Vec<Diagnostic<Origin>>) {
    let mut tree = OutputTree::default();
    let diagnostics = Kustomize { files: &Locked }.emit(&one_cluster("kss", entries, Vec::new()), &mut tree);
    (tree, diagnostics)
}

fn overlay(name: &str, fields: &[(&str, Value)]) -> Entry {
    entry(cluster_key("kss"), "overlay", name, with(&record(json!({})), fields))
}

fn object(head: (&str, &str, Option<&str>), overlay: &str, fields: Json) -> Entry {
    manifest(cluster_key("kss"), head, overlay, fields)
}

fn read(tree: &OutputTree, path: &str) -> Json {
    serde_yaml::from_str(&text(tree, &format!("clusters/kss/kustomize/{path}"))).unwrap()
}

fn resources(tree: &OutputTree, overlay: &str) -> Vec<String> {
    let document = read(tree, &format!("{overlay}/kustomization.yaml"));
    document["resources"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

fn settings() -> Entry {
    let fields = json!({
        "apiVersion": "v1",
        "metadata": { "labels": { "app": "no" }, "annotations": {} },
        "data": { "a": "1e3", "text": "x\ny\n" },
    });
    object(("ConfigMap", "settings", Some("monitoring")), "demo", fields)
}

fn file(path: &str) -> Value {
    Value::file(path, origin(9))
}

#[test]
fn an_object_is_what_was_written_and_no_more() {
    let mut settings = settings();
    let implicit = [
        ("name", value(json!("settings"))),
        ("owner", value(json!({ "name": "demo" }))),
        ("kind", value(json!("ConfigMap"))),
        ("group", value(json!(""))),
        ("namespace", reference(cluster_key("kss"), "namespace", "monitoring")),
        ("cluster", reference(cluster_key("kss"), "cluster", "kss")),
        ("site", reference(cluster_key("kss"), "site", "home")),
    ];
    settings.fields = with(&settings.fields, &implicit);
    let (tree, diagnostics) = emit(vec![overlay("demo", &[]), settings]);
    assert_eq!(diagnostics, []);
    let path = "clusters/kss/kustomize/demo/configmap-settings-monitoring.yaml";
    let expected = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  namespace: monitoring\n  labels:\n    \
                    app: \"no\"\ndata:\n  a: \"1e3\"\n  text: |\n    x\n    y\n";
    assert_eq!(text(&tree, path).replace('\'', "\""), expected);
    assert_eq!(line_origin(&tree, path, 9), Some(origin(1)), "the line of `a`");
    assert_eq!(line_origin(&tree, path, 4), Some(origin(2)), "the name comes from the head");
    assert_eq!(resources(&tree, "demo"), ["configmap-settings-monitoring.yaml"]);
}

#[test]
fn an_object_may_have_a_field_called_like_a_scope() {
    let fields = json!({ "apiVersion": "demo.test/v1", "cluster": "blue", "spec": { "name": "x" } });
    let (tree, _) = emit(vec![overlay("demo", &[]), object(("Thing", "a", None), "demo", fields)]);
    let expected = json!({
        "apiVersion": "demo.test/v1", "kind": "Thing", "metadata": { "name": "a" }, "cluster": "blue", "spec": { "name": "x" },
    });
    assert_eq!(read(&tree, "demo/thing-a.yaml"), expected);
}

#[test]
fn objects_whose_names_meet_have_files_of_their_own() {
    let one = |head: (&'static str, &'static str, Option<&'static str>)| {
        object(head, "demo", json!({ "apiVersion": "rbac.authorization.k8s.io/v1" }))
    };
    let heads = [
        ("Role", "a-b", Some("c")),
        ("Role", "a", Some("b-c")),
        ("ClusterRole", "system:node", None),
        ("ClusterRole", "System:node", None),
    ];
    let entries = || std::iter::once(overlay("demo", &[])).chain(heads.map(one)).collect::<Vec<_>>();
    let (tree, diagnostics) = emit(entries());
    assert_eq!(diagnostics, []);
    let names = resources(&tree, "demo");
    let different: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(different.len(), 4, "{names:?}");
    let mut turned = entries();
    turned[1..].reverse();
    assert_eq!(emit(turned).0.iter().collect::<Vec<_>>(), tree.iter().collect::<Vec<_>>());
}

#[test]
fn overlays_without_content_are_not_there() {
    let (tree, diagnostics) = emit(vec![overlay("empty", &[])]);
    assert_eq!(diagnostics, []);
    assert!(tree.is_empty());
}

#[test]
fn what_belongs_to_no_overlay_is_not_lost_in_silence() {
    let (tree, diagnostics) = emit(vec![settings()]);
    assert!(tree.is_empty());
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0].code, &code::UNLOWERED);
    assert!(diagnostics[0].message.contains("ConfigMap settings in monitoring"), "{}", diagnostics[0].message);
}

#[test]
fn the_namespace_of_an_overlay_is_for_its_vendored_files() {
    let vendored = Value::list(vec![file("std/lock/install.yaml"), file("other/install.yaml")], origin(8));
    let namespace = reference(cluster_key("kss"), "namespace", "keycloak");
    let cluster_wide = object(("Thing", "all", None), "demo", json!({ "apiVersion": "demo.test/v1" }));
    let (tree, diagnostics) =
        emit(vec![overlay("demo", &[("vendored", vendored), ("namespace", namespace)]), cluster_wide]);
    assert_eq!(diagnostics, []);
    assert_eq!(read(&tree, "demo/kustomization.yaml").get("namespace"), None);
    assert_eq!(resources(&tree, "demo"), ["thing-all.yaml", "vendored"]);
    assert_eq!(read(&tree, "demo/vendored/kustomization.yaml")["namespace"], "keycloak");
    let names = resources(&tree, "demo/vendored");
    assert_eq!(names.len(), 2);
    assert_ne!(names[0], names[1], "two files of one name");
    let path = format!("clusters/kss/kustomize/demo/vendored/{}", names[0]);
    assert_eq!(tree.get(&path).map(|file| file.origin), Some(origin(9)));
}

#[test]
fn an_unknown_file_is_an_error() {
    let vendored = Value::list(vec![file("nowhere.yml")], origin(8));
    let (_, diagnostics) = emit(vec![overlay("demo", &[("vendored", vendored)])]);
    assert_eq!(
        diagnostics.iter().map(|found| (found.code.id, found.place)).collect::<Vec<_>>(),
        [("K0803", origin(9))]
    );
}

#[test]
fn a_secret_never_becomes_an_object() {
    let mut settings = settings();
    settings.fields = with(
        &settings.fields,
        &[("data", Value::record(with(&record(json!({})), &[("p", secret("a", "p"))]), origin(1)))],
    );
    let (tree, diagnostics) = emit(vec![overlay("demo", &[]), settings]);
    assert_eq!(diagnostics.iter().map(|found| found.code.id).collect::<Vec<_>>(), ["K0701"]);
    assert!(!tree.iter().any(|file| file.path.contains("configmap")));
}

#[test]
fn images_that_are_moved_on_are_listed() {
    let updates = value(json!({ "portal": "r.test/apps/portal", "setup": "r.test/apps/setup:v1" }));
    let (tree, _) = emit(vec![overlay("demo", &[("image-updates", updates)]), settings()]);
    let expected = json!([{ "name": "r.test/apps/portal" }, { "name": "r.test/apps/setup", "newTag": "v1" }]);
    assert_eq!(read(&tree, "demo/kustomization.yaml")["images"], expected);
}

#[test]
fn names_of_overlays_stay_below_their_directory() {
    let mut settings = settings();
    settings.fields = with(&settings.fields, &[("overlay", reference(cluster_key("kss"), "overlay", "../../x"))]);
    let (tree, _) = emit(vec![overlay("../../x", &[]), settings]);
    assert!(tree.iter().all(|file| file.path.starts_with("clusters/kss/kustomize/_..-..-x/")));
    assert_eq!(tree.len(), 2);
}

/// What kustomize makes of a directory.
fn build(kustomize: &Path, directory: &Path) -> Vec<Json> {
    let output = Command::new(kustomize).arg("build").arg(directory).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.split("\n---\n").map(|document| serde_yaml::from_str(document).unwrap()).collect()
}

#[test]
fn kustomize_builds_every_directory_alone() {
    let Some(kustomize) = tool("kustomize", &["version"], "building overlays with kustomize") else { return };
    let vendored = Value::list(vec![file("std/lock/install.yaml")], origin(8));
    let namespace = reference(cluster_key("kss"), "namespace", "keycloak");
    let updates = value(json!({ "portal": "r.test/apps/portal:v2" }));
    let deployment = object(
        ("Deployment", "portal", Some("apps")),
        "demo",
        json!({
            "apiVersion": "apps/v1",
            "spec": { "template": { "spec": { "containers": [{ "name": "portal", "image": "r.test/apps/portal:latest" }] } } },
        }),
    );
    let cluster_wide = object(("Thing", "all", None), "demo", json!({ "apiVersion": "demo.test/v1" }));
    let fields = [("vendored", vendored), ("namespace", namespace), ("image-updates", updates)];
    let (tree, diagnostics) = emit(vec![overlay("demo", &fields), settings(), deployment, cluster_wide]);
    assert_eq!(diagnostics, []);
    let directory = tempfile::tempdir().unwrap();
    unpack(&tree, directory.path()).unwrap();
    let root = directory.path().join("clusters/kss/kustomize/demo");
    let built = build(&kustomize, &root);
    let object = |kind: &str| built.iter().find(|object| object["kind"] == kind).unwrap();
    assert_eq!(built.len(), 5);
    assert_eq!(*object("ConfigMap"), read(&tree, "demo/configmap-settings-monitoring.yaml"));
    assert_eq!(object("Service")["metadata"]["namespace"], "keycloak");
    assert_eq!(object("Thing")["metadata"].get("namespace"), None, "a kind that kustomize doesn't know");
    assert_eq!(object("Deployment")["spec"]["template"]["spec"]["containers"][0]["image"], "r.test/apps/portal:v2");
    assert_eq!(build(&kustomize, &root.join("vendored")).len(), 2);
}
