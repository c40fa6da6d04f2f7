use super::*;
use kss_backend::OutputTree;
use kss_backend::testing::{
    case, cases, cluster_key, entry, line_origin, manifest, one_cluster, origin, record, reference, text, value, with,
};
use kss_diag::Diagnostic;
use kss_model::Entry;
use kss_span::{Origin, Symbol};
use kss_value::Value;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

const REPOSITORY: &str = "ssh://git@git.test:2222/infra/home.git";

fn link(kind: &str, name: &str) -> Value {
    reference(cluster_key("kss"), kind, name)
}

fn own(kind: &str, name: &str, data: Json, fields: &[(&str, Value)]) -> Entry {
    entry(cluster_key("kss"), kind, name, with(&record(data), fields))
}

fn root() -> Entry {
    let data = json!({
        "repository": REPOSITORY, "branch": "deploy", "directory": "clusters/kss/argocd",
        "automatic": { "prune": true, "heal": true },
    });
    let projects = Value::list(vec![link("project", "bootstrap"), link("project", "platform")], origin(1));
    let seconds = |seconds: i64| Value::duration(seconds * 1000, origin(1));
    let retry = with(&record(json!({ "limit": 10 })), &[("wait", seconds(10)), ("most", seconds(300))]);
    let retry = Value::record(retry, origin(1));
    own(
        "argocd-root",
        "",
        data,
        &[("namespace", link("namespace", "argocd")), ("projects", projects), ("retry", retry)],
    )
}

fn project(name: &str) -> Entry {
    own("project", name, json!({ "text": "Some text" }), &[])
}

fn release(name: &str, phase: &str, namespace: &str, fields: &[(&str, Value)]) -> Entry {
    let chart =
        json!({ "chart": { "repo": "https://charts.test", "name": name, "version": "1.2.3" }, "release": name });
    let common =
        [("phase", case(phase)), ("namespace", link("namespace", namespace)), ("project", link("project", "platform"))];
    entry(cluster_key("kss"), "helm", name, with(&with(&record(chart), &common), fields))
}

fn overlay(name: &str, phase: &str, fields: &[(&str, Value)]) -> Entry {
    let common = [("phase", case(phase)), ("project", link("project", "bootstrap"))];
    let common = with(&record(json!({ "prune": true })), &common);
    entry(cluster_key("kss"), "overlay", name, with(&common, fields))
}

fn object(head: (&str, &str, Option<&str>), version: &str, overlay: &str) -> Entry {
    manifest(cluster_key("kss"), head, overlay, json!({ "apiVersion": version }))
}

fn emit(entries: Vec<Entry>) -> (OutputTree, Vec<Diagnostic<Origin>>) {
    let mut tree = OutputTree::default();
    let diagnostics = Argocd.emit(&one_cluster("kss", entries, Vec::new()), &mut tree);
    (tree, diagnostics)
}

/// A tree without a single diagnostic.
fn tree(entries: Vec<Entry>) -> OutputTree {
    let (tree, diagnostics) = emit(entries);
    assert_eq!(diagnostics, []);
    tree
}

fn read(tree: &OutputTree, path: &str) -> Json {
    serde_yaml::from_str(&text(tree, &format!("clusters/kss/argocd/{path}"))).unwrap()
}

fn applications(tree: &OutputTree) -> BTreeMap<String, Json> {
    let files = tree.iter().filter(|file| file.path.contains("/apps/"));
    let read = |path: &str| serde_yaml::from_str::<Json>(&text(tree, path)).unwrap();
    files.map(|file| read(&file.path)).map(|app| (app["metadata"]["name"].as_str().unwrap().to_owned(), app)).collect()
}

fn wave(application: &Json) -> i64 {
    application["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"].as_str().unwrap().parse().unwrap()
}

/// A cluster with a bit of everything.
fn everything() -> Vec<Entry> {
    let installs = value(json!(["cert-manager.io"]));
    let mut in_module = own("namespace", "extra", json!({}), &[]);
    in_module.owner.module = Symbol::new("test");
    let mut elsewhere = own("namespace", "elsewhere", json!({}), &[]);
    elsewhere.owner.module = Symbol::new("other");
    vec![
        root(),
        project("bootstrap"),
        project("platform"),
        in_module,
        elsewhere,
        release("cert-manager", "operators", "cert-manager", &[("installs", installs)]),
        release("loki", "monitoring", "monitoring", &[]),
        overlay("core", "crds", &[("prune", Value::bool(false, origin(1)))]),
        object(("Namespace", "monitoring", None), "v1", "core"),
        overlay("loki", "monitoring", &[]),
        object(("ConfigMap", "dashboard", Some("monitoring")), "v1", "loki"),
        object(("ClusterIssuer", "letsencrypt", None), "cert-manager.io/v1", "loki"),
        overlay("roles", "config", &[]),
        object(("ClusterRole", "view", None), "rbac.authorization.k8s.io/v1", "roles"),
        overlay("empty", "config", &[]),
    ]
}

#[test]
fn a_release_takes_its_chart_from_there_and_its_values_from_here() {
    let app = read(&tree(everything()), "apps/loki.yaml");
    let expected = json!({
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": "loki",
            "namespace": "argocd",
            "annotations": { "argocd.argoproj.io/sync-wave": "74" },
            "finalizers": ["resources-finalizer.argocd.argoproj.io"],
        },
        "spec": {
            "project": "platform",
            "sources": [
                {
                    "repoURL": "https://charts.test", "chart": "loki", "targetRevision": "1.2.3",
                    "helm": { "releaseName": "loki", "valueFiles": ["$values/clusters/kss/helm/loki.yaml"] },
                },
                { "repoURL": REPOSITORY, "targetRevision": "deploy", "ref": "values" },
            ],
            "destination": { "server": "https://kubernetes.default.svc", "namespace": "monitoring" },
            "syncPolicy": {
                "automated": { "prune": true, "selfHeal": true },
                "syncOptions": ["CreateNamespace=false"],
                "retry": { "limit": 10, "backoff": { "duration": "10s", "maxDuration": "5m", "factor": 2 } },
            },
        },
    });
    assert_eq!(app, expected);
}

#[test]
fn an_overlay_is_a_directory_and_its_name_gives_way_to_a_release() {
    let tree = tree(everything());
    let apps = applications(&tree);
    assert_eq!(apps.keys().collect::<Vec<_>>(), ["cert-manager", "core", "loki", "loki-objects", "roles"]);
    let app = &apps["loki-objects"];
    let source = json!({ "repoURL": REPOSITORY, "targetRevision": "deploy", "path": "clusters/kss/kustomize/loki" });
    assert_eq!(app["spec"]["source"], source);
    let options = json!(["CreateNamespace=false", "SkipDryRunOnMissingResource=true"]);
    assert_eq!(app["spec"]["syncPolicy"]["syncOptions"], options, "it holds a kind that is not built in");
    assert_eq!(apps["roles"]["spec"]["syncPolicy"]["syncOptions"], json!(["CreateNamespace=false"]));
}

#[test]
fn no_application_is_called_like_the_root() {
    let entries = vec![root(), project("platform"), release("root", "apps", "a", &[])];
    assert_eq!(applications(&tree(entries)).keys().collect::<Vec<_>>(), ["root-release"]);
}

#[test]
fn what_others_stand_on_comes_first() {
    let tree = tree(everything());
    let apps = applications(&tree);
    let mut order: Vec<_> = apps.iter().map(|(name, app)| (wave(app), name.as_str())).collect();
    order.sort();
    assert_eq!(order, [(0, "core"), (22, "cert-manager"), (36, "roles"), (74, "loki"), (76, "loki-objects")]);
    assert!(wave(&read(&tree, "projects/platform.yaml")) < 0, "projects before everything");
}

#[test]
fn what_may_not_be_pruned_survives_its_application() {
    let mut entries = everything();
    entries.push(release("database", "platform", "db", &[("sync", cases(&["no-prune", "replace"]))]));
    let apps = applications(&tree(entries));
    for name in ["core", "database"] {
        assert_eq!(apps[name]["spec"]["syncPolicy"]["automated"]["prune"], false, "{name}");
        assert_eq!(apps[name]["metadata"].get("finalizers"), None, "{name}");
    }
    let options = json!(["CreateNamespace=false", "Replace=true"]);
    assert_eq!(apps["database"]["spec"]["syncPolicy"]["syncOptions"], options);
}

#[test]
fn drift_is_ignored_where_it_was_declared() {
    let drift = value(json!([
        { "group": "", "kind": "ConfigMap", "name": null, "pointers": [], "jq": [".data"], "because": "x" },
        { "group": "apps", "kind": "DaemonSet", "name": "zt", "pointers": ["/spec/x"], "jq": [], "because": "x" },
    ]));
    let fields =
        [("drift", drift), ("sync", cases(&["server-side-apply"])), ("skip-crds", Value::bool(true, origin(1)))];
    let app = read(&tree(vec![root(), project("platform"), release("a", "apps", "a", &fields)]), "apps/a.yaml");
    let expected = json!([
        { "kind": "ConfigMap", "jqPathExpressions": [".data"] },
        { "group": "apps", "kind": "DaemonSet", "name": "zt", "jsonPointers": ["/spec/x"] },
    ]);
    assert_eq!(app["spec"]["ignoreDifferences"], expected);
    let options = json!(["CreateNamespace=false", "ServerSideApply=true", "RespectIgnoreDifferences=true"]);
    assert_eq!(app["spec"]["syncPolicy"]["syncOptions"], options);
    assert_eq!(app["spec"]["sources"][0]["helm"]["skipCrds"], true);
}

#[test]
fn every_application_is_permitted_by_its_project() {
    let tree = tree(everything());
    for (name, app) in applications(&tree) {
        let project = read(&tree, &format!("projects/{}.yaml", app["spec"]["project"].as_str().unwrap()));
        let spec = &project["spec"];
        let sources = app["spec"]["sources"].as_array().cloned().unwrap_or_else(|| vec![app["spec"]["source"].clone()]);
        for source in sources {
            assert!(spec["sourceRepos"].as_array().unwrap().contains(&source["repoURL"]), "{name}");
        }
        assert!(spec["destinations"].as_array().unwrap().contains(&app["spec"]["destination"]), "{name}");
    }
}

#[test]
fn a_project_permits_what_its_members_need_and_no_more() {
    let tree = tree(everything());
    let bootstrap = read(&tree, "projects/bootstrap.yaml");
    let namespaces = |project: &Json| {
        let rules = project["spec"]["destinations"].as_array().unwrap().iter();
        rules.map(|rule| rule["namespace"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(bootstrap["spec"]["sourceRepos"], json!([REPOSITORY]));
    assert_eq!(namespaces(&bootstrap), ["default", "monitoring"]);
    let kinds = json!([
        { "group": "", "kind": "Namespace" },
        { "group": "cert-manager.io", "kind": "ClusterIssuer" },
        { "group": "rbac.authorization.k8s.io", "kind": "ClusterRole" },
    ]);
    assert_eq!(bootstrap["spec"]["clusterResourceWhitelist"], kinds);
    let platform = read(&tree, "projects/platform.yaml");
    assert_eq!(platform["spec"]["sourceRepos"], json!(["https://charts.test", REPOSITORY]));
    assert_eq!(namespaces(&platform), ["cert-manager", "extra", "kube-system", "monitoring"]);
    assert_eq!(platform["spec"]["clusterResourceWhitelist"], json!([{ "group": "*", "kind": "*" }]));
    assert_eq!(platform["spec"]["description"], "Some text");
}

#[test]
fn a_project_may_permit_what_is_no_member() {
    let more = json!({ "text": "", "repositories": ["ssh://git.test/apps/*"], "namespaces": ["apps-*"] });
    let read = read(&tree(vec![root(), own("project", "platform", more, &[])]), "projects/platform.yaml");
    assert_eq!(read["spec"]["sourceRepos"], json!(["ssh://git.test/apps/*"]));
    assert_eq!(read["spec"]["destinations"][0]["namespace"], "apps-*");
}

#[test]
fn the_root_depends_on_nothing_that_it_brings() {
    let tree = tree(everything());
    let root = read(&tree, "root-app.yaml");
    assert_eq!(root["metadata"], json!({ "name": "root", "namespace": "argocd" }));
    assert_eq!(root["spec"]["project"], "default");
    let source = json!({
        "repoURL": REPOSITORY, "targetRevision": "deploy", "path": "clusters/kss/argocd",
        "directory": { "recurse": true, "exclude": "root-app.yaml" },
    });
    assert_eq!(root["spec"]["source"], source);
}

#[test]
fn without_an_engine_there_are_no_applications() {
    let tree = tree(everything().split_off(1));
    assert!(tree.is_empty());
}

#[test]
fn a_directory_outside_the_tree_is_an_error() {
    let mut bad = root();
    bad.fields = with(&bad.fields, &[("directory", Value::text("../x", origin(6)))]);
    let (tree, diagnostics) = emit(vec![bad]);
    assert!(tree.is_empty());
    assert_eq!(
        diagnostics.iter().map(|found| (found.code.id, found.place)).collect::<Vec<_>>(),
        [("K0807", origin(6))]
    );
}

#[test]
fn images_that_are_moved_on_are_named_for_the_updater() {
    let updates = value(json!({ "portal": "r.test:5000/apps/portal:latest", "setup": "r.test/apps/setup" }));
    let entries = vec![
        root(),
        overlay("web", "apps", &[("image-updates", updates)]),
        object(("ConfigMap", "a", Some("web")), "v1", "web"),
    ];
    let app = read(&tree(entries), "apps/web.yaml");
    let annotations = app["metadata"]["annotations"].as_object().unwrap();
    let of = |name: &str| annotations[&format!("argocd-image-updater.argoproj.io/{name}")].as_str().unwrap();
    assert_eq!(of("image-list"), "portal=r.test:5000/apps/portal,setup=r.test/apps/setup");
    assert_eq!(of("portal.kustomize.image-name"), "r.test:5000/apps/portal");
    assert_eq!(of("setup.update-strategy"), "newest-build");
    assert_eq!(of("write-back-method"), "argocd");
}

#[test]
fn oci_repositories_have_no_scheme() {
    let chart = value(json!({ "repo": "oci://ghcr.io/demo/charts", "name": "demo", "version": "1.0.0" }));
    let tree = tree(vec![root(), project("platform"), release("demo", "apps", "a", &[("chart", chart)])]);
    assert_eq!(read(&tree, "apps/demo.yaml")["spec"]["sources"][0]["repoURL"], "ghcr.io/demo/charts");
    assert_eq!(read(&tree, "projects/platform.yaml")["spec"]["sourceRepos"][0], "ghcr.io/demo/charts");
}

#[test]
fn a_chart_without_a_repository_lies_in_the_tree() {
    let chart = value(json!({ "name": "demo", "version": "1.0.0" }));
    let early = ("bootstrap", Value::bool(true, origin(1)));
    let tree = tree(vec![root(), project("platform"), release("demo", "apps", "a", &[("chart", chart), early])]);
    let source = read(&tree, "apps/demo.yaml")["spec"]["source"].clone();
    assert_eq!(source["path"], "charts/demo");
    assert_eq!(source["helm"]["valueFiles"], json!(["/clusters/kss/helm/demo.yaml"]));
    assert_eq!(source["repoURL"], read(&tree, "root-app.yaml")["spec"]["source"]["repoURL"]);
    assert_eq!(read(&tree, "projects/platform.yaml")["spec"]["sourceRepos"].as_array().map(Vec::len), Some(1));
    let list: Json = serde_json::from_str(&text(&tree, "clusters/kss/bootstrap/bootstrap.json")).unwrap();
    assert_eq!(list["steps"][0]["chart"], json!({ "name": "demo", "version": "1.0.0", "path": "charts/demo" }));
}

#[test]
fn the_bootstrap_is_in_order_and_ends_with_the_root() {
    let early = ("bootstrap", Value::bool(true, origin(1)));
    let entries = vec![
        root(),
        project("bootstrap"),
        project("platform"),
        release("argocd", "platform", "argocd", std::slice::from_ref(&early)),
        release("cilium", "network", "kube-system", std::slice::from_ref(&early)),
        release("late", "crds", "x", &[]),
        overlay("vault-auth", "crds", &[early]),
        object(("ServiceAccount", "vault-auth", Some("vault-auth")), "v1", "vault-auth"),
    ];
    let tree = tree(entries);
    let list: Json = serde_json::from_str(&text(&tree, "clusters/kss/bootstrap/bootstrap.json")).unwrap();
    let expected = json!([
        { "overlay": "vault-auth", "path": "clusters/kss/kustomize/vault-auth", "phase": "crds" },
        {
            "release": "cilium", "chart": { "name": "cilium", "repo": "https://charts.test", "version": "1.2.3" },
            "namespace": "kube-system", "values": "clusters/kss/helm/cilium.yaml", "phase": "network",
        },
        {
            "release": "argocd", "chart": { "name": "argocd", "repo": "https://charts.test", "version": "1.2.3" },
            "namespace": "argocd", "values": "clusters/kss/helm/argocd.yaml", "phase": "platform",
        },
        { "apply": ["clusters/kss/argocd/projects/bootstrap.yaml", "clusters/kss/argocd/projects/platform.yaml"] },
        { "apply": ["clusters/kss/argocd/root-app.yaml"] },
    ]);
    assert_eq!(list["steps"], expected);
    for path in ["projects/bootstrap.yaml", "projects/platform.yaml", "root-app.yaml"] {
        read(&tree, path);
    }
}

#[test]
fn lines_lead_to_the_fields_that_made_them() {
    let phase = Value::case(Symbol::new("apps"), None, origin(11));
    let tree = tree(vec![root(), project("platform"), release("a", "crds", "a", &[("phase", phase)])]);
    let path = "clusters/kss/argocd/apps/a.yaml";
    let line = text(&tree, path).lines().position(|line| line.contains("sync-wave")).unwrap() as u32 + 1;
    assert_eq!(line_origin(&tree, path, line), Some(origin(11)));
}

#[test]
fn an_upstream_is_a_source_of_its_own() {
    let upstream = || value(json!({ "repo": "https://git.test/up", "revision": "v1.2.3", "path": "config/crd" }));
    let entries = vec![
        root(),
        project("bootstrap"),
        overlay("crds", "crds", &[("upstream", upstream()), ("bootstrap", Value::bool(true, origin(1)))]),
        overlay("operator", "operators", &[("upstream", upstream())]),
        object(("ConfigMap", "settings", Some("operator")), "v1", "operator"),
    ];
    let tree = tree(entries);
    let applications = applications(&tree);
    let source = json!({ "repoURL": "https://git.test/up", "targetRevision": "v1.2.3", "path": "config/crd" });
    assert_eq!(applications["crds"]["spec"]["source"], source);
    let own = json!({ "repoURL": REPOSITORY, "targetRevision": "deploy", "path": "clusters/kss/kustomize/operator" });
    assert_eq!(applications["operator"]["spec"]["sources"], json!([source, own]));
    let project = read(&tree, "projects/bootstrap.yaml");
    assert_eq!(project["spec"]["sourceRepos"], json!(["https://git.test/up", REPOSITORY]));
    assert_eq!(project["spec"]["clusterResourceWhitelist"], json!([{ "group": "*", "kind": "*" }]));
    let bootstrap = text(&tree, "clusters/kss/bootstrap/bootstrap.json");
    let bootstrap: Json = serde_json::from_str(&bootstrap).unwrap();
    let first = json!({ "repo": "https://git.test/up", "revision": "v1.2.3", "path": "config/crd" });
    assert_eq!(bootstrap["steps"][0], json!({ "overlay": "crds", "upstream": first, "phase": "crds" }));
}
