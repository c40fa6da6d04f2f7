use super::*;
use kss_backend::testing::{
    case, cluster_key, entry, key, later, line_origin, machine_key, model, node_key, origin, record, reference, scope,
    site_key, text, with,
};
use kss_backend::{Backend, OutputTree};
use kss_diag::Diagnostic;
use kss_model::{Cluster, Entry, Scope};
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, Record, ScopeKey, Secret, SecretPart, SecretRef, Value};
use serde_json::{Value as Json, json};
use std::sync::Arc;

fn emit(model: &Model) -> (OutputTree, Vec<Diagnostic<Origin>>) {
    let mut tree = OutputTree::default();
    let diagnostics = Run.emit(model, &mut tree);
    (tree, diagnostics)
}

fn tree(model: &Model) -> OutputTree {
    let (tree, diagnostics) = emit(model);
    assert_eq!(diagnostics, []);
    tree
}

fn read(tree: &OutputTree, path: &str) -> Json {
    serde_json::from_str(&text(tree, path)).unwrap()
}

/// Steps of a file, by name, in order.
fn steps(tree: &OutputTree, path: &str) -> Vec<(String, Json)> {
    let document = read(tree, path);
    assert_eq!(document["format"], 1);
    let steps = document["steps"].as_array().unwrap().iter();
    steps.map(|step| (step["id"].as_str().unwrap().to_owned(), step.clone())).collect()
}

#[track_caller]
fn needs(steps: &[(String, Json)], id: &str) -> Vec<String> {
    let (_, step) = steps.iter().find(|(name, _)| name == id).unwrap_or_else(|| panic!("no step `{id}`"));
    let needs = step["needs"].as_array().map(Vec::as_slice).unwrap_or_default();
    needs.iter().map(|need| need.as_str().unwrap().to_owned()).collect()
}

fn payload(name: &str, fields: Record) -> Value {
    Value::case(Symbol::new(name), Some(Value::record(fields, origin(1))), origin(1))
}

fn tool(args: Value) -> Value {
    payload("tool", with(&record(json!({})), &[("name", case("bao")), ("args", args)]))
}

fn list(items: Vec<Value>) -> Value {
    Value::list(items, origin(1))
}

fn step(scope: ScopeKey, name: &str, does: Value, after: Vec<Value>, fields: &[(&str, Value)]) -> Entry {
    let usual = [("does", does), ("after", Value::set(after, origin(1))), ("class", case("once"))];
    let mut fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.clone())).chain(usual).collect();
    if !fields.iter().any(|(name, _)| *name == "on") {
        fields.push(("on", case("bring-up")));
    }
    if !fields.iter().any(|(name, _)| *name == "timeout") {
        fields.push(("timeout", Value::duration(600_000, origin(1))));
    }
    fields.push(("confirm", case("never")));
    entry(scope, "step", name, with(&Record::default(), &fields))
}

/// A credential that a step makes, and the secret that it is.
fn made(scope: ScopeKey, name: &str, by: Value) -> (Entry, Value) {
    let source = payload("made", with(&record(json!({ "at": "token" })), &[("by", by)]));
    let fields = with(&record(json!({ "path": "vault", "key": name })), &[("source", source)]);
    let owner: EntryKey = key(scope, "credential", name);
    let place = Arc::new(SecretRef { owner, path: Symbol::new("vault"), key: Symbol::new(name) });
    let secret = Secret { parts: vec![SecretPart::Ref(place, Symbol::new("raw"))] };
    (entry(scope, "credential", name, fields), Value::secret(secret, origin(5)))
}

fn nothing() -> Value {
    tool(list(Vec::new()))
}

#[test]
fn readers_of_a_secret_come_behind_the_step_that_makes_it() {
    let site = site_key();
    let (credential, secret) = made(site, "root", reference(site, "step", "init"));
    let reader = step(site, "a-reader", tool(list(vec![secret])), Vec::new(), &[]);
    let init = step(site, "init", nothing(), Vec::new(), &[]);
    let tree = tree(&model(vec![reader, init, credential], Vec::new(), Vec::new()));
    let steps = steps(&tree, "site/run.json");
    assert_eq!(
        steps.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(),
        ["site/step/init", "site/step/a-reader", "site/ready"]
    );
    assert_eq!(needs(&steps, "site/step/a-reader"), ["site/step/init"]);
    assert_eq!(needs(&steps, "site/ready"), ["site/step/a-reader"]);
    let secret = json!({ "secret": { "scope": "site", "path": "vault", "key": "root" } });
    let expected = json!({
        "id": "site/step/a-reader",
        "does": { "tool": { "args": [secret], "name": "bao" } },
        "needs": ["site/step/init"],
        "on": "bring-up", "class": "once", "timeout": "10m", "confirm": "never",
    });
    assert_eq!(steps[1].1, expected);
    assert_eq!(steps[0].1["makes"], json!([{ "scope": "site", "path": "vault", "key": "root", "at": "token" }]));
}

#[test]
fn readers_of_an_output_come_behind_its_environment() {
    let (site, cluster) = (site_key(), cluster_key("kss"));
    let base = entry(site, "tofu", "base", record(json!({ "call": { "vault": { "module": "vault-base" } } })));
    let args = Value::record(with(&Record::default(), &[("ca", later(site, "base", ["vault", "ca"]))]), origin(1));
    let call = Value::record(with(&Record::default(), &[("args", args)]), origin(1));
    let calls = Value::record(with(&Record::default(), &[("login", call)]), origin(1));
    let platform = entry(cluster, "tofu", "platform", with(&Record::default(), &[("call", calls)]));
    let cluster = Cluster { scope: scope(cluster, vec![platform]), nodes: Vec::new() };
    let tree = tree(&model(vec![base], Vec::new(), vec![cluster]));
    let site = steps(&tree, "site/run.json");
    assert_eq!(needs(&site, "site/tofu/base/apply"), ["site/tofu/base/plan"]);
    let files = json!(["site/tofu/base", "tofu/modules/vault-base"]);
    assert_eq!(site[0].1["files"], files);
    let steps = steps(&tree, "clusters/kss/run.json");
    assert_eq!(needs(&steps, "clusters/kss/tofu/platform/plan"), ["site/tofu/base/apply"]);
}

fn node(name: &str, role: &str) -> Scope {
    let key = node_key("kss", name);
    let mut node = scope(key, vec![entry(key, "nixos", "", record(json!({ "a": 1 })))]);
    let on = reference(site_key(), "machine", "host");
    let fields = record(json!({ "hostname": format!("kss-{name}") }));
    let ip = Value::ip("10.0.0.1".parse().unwrap(), origin(9));
    node.fields = with(&fields, &[("role", case(role)), ("on", on), ("ip", ip)]);
    node
}

fn host(domain: &str) -> Scope {
    let key = machine_key("host");
    let disk = record(json!({ "root": { "pool": "/images", "image": "nixos" } }));
    let fields = record(json!({ "nic": { "a": { "network": "lan" } }, "autostart": true }));
    let domain = entry(key, "domain", domain, with(&fields, &[("disk", Value::record(disk, origin(1)))]));
    let pool = entry(key, "volume-pool", "default", record(json!({ "path": "/images", "autostart": true })));
    let network = entry(key, "virtual-network", "lan", record(json!({})));
    scope(key, vec![domain, pool, network])
}

#[test]
fn a_node_needs_its_machine_and_the_servers_before_it() {
    let nodes = vec![node("agent", "agent"), node("s1", "server"), node("s2", "server")];
    let mut own = scope(cluster_key("kss"), Vec::new());
    let first = reference(cluster_key("kss"), "node", "s2");
    own.fields = with(&Record::default(), &[("first-server", first)]);
    let cluster = Cluster { scope: own, nodes };
    let tree = tree(&model(Vec::new(), vec![host("kss-s1")], vec![cluster]));
    let site = steps(&tree, "site/run.json");
    let machine = "site/machine/host";
    let define = needs(&site, "site/machine/host/domain/kss-s1/define");
    assert_eq!(define, [format!("{machine}/domain/kss-s1/disk/root"), format!("{machine}/network/lan")]);
    assert_eq!(needs(&site, "site/machine/host/domain/kss-s1/disk/root"), [format!("{machine}/pool/default")]);
    let steps = steps(&tree, "clusters/kss/run.json");
    let of = |node: &str, verb: &str| needs(&steps, &format!("clusters/kss/node/{node}/{verb}"));
    assert_eq!(of("s1", "reach"), ["site/machine/host/domain/kss-s1/start"]);
    assert_eq!(of("s2", "reach"), Vec::<String>::new(), "it stands on no machine of ours");
    assert_eq!(of("s2", "activate"), ["clusters/kss/node/s2/copy"], "the first server");
    assert_eq!(of("s1", "activate"), ["clusters/kss/node/s1/copy", "clusters/kss/node/s2/prove"]);
    let servers = ["clusters/kss/node/agent/copy", "clusters/kss/node/s1/prove", "clusters/kss/node/s2/prove"];
    assert_eq!(of("agent", "activate"), servers);
}

#[test]
fn what_runs_now_and_then_is_no_part_of_the_bring_up() {
    let site = site_key();
    let demand = step(site, "backup", nothing(), Vec::new(), &[("on", case("demand"))]);
    let every = payload("every", with(&Record::default(), &[("period", Value::duration(3_600_000, origin(1)))]));
    let drift = step(site, "drift", nothing(), vec![reference(site, "step", "init")], &[("on", every)]);
    let tree =
        tree(&model(vec![demand, drift, step(site, "init", nothing(), Vec::new(), &[])], Vec::new(), Vec::new()));
    let steps = steps(&tree, "site/run.json");
    assert_eq!(needs(&steps, "site/ready"), ["site/step/init"]);
    let drift = &steps.iter().find(|(id, _)| id == "site/step/drift").unwrap().1;
    assert_eq!(drift["on"], json!({ "every": { "period": "1h" } }));
    assert_eq!(drift["needs"], json!(["site/step/init"]));
}

#[test]
fn circles_are_shown_once_and_whole() {
    let (site, cluster) = (site_key(), cluster_key("kss"));
    let after = |scope, name| vec![reference(scope, "step", name)];
    let entries = vec![
        step(site, "b", nothing(), after(cluster, "c"), &[]),
        step(site, "a", nothing(), after(site, "b"), &[]),
        step(site, "outside", nothing(), after(site, "a"), &[]),
        step(site, "self", nothing(), after(site, "self"), &[]),
    ];
    let own =
        Cluster { scope: scope(cluster, vec![step(cluster, "c", nothing(), after(site, "a"), &[])]), nodes: vec![] };
    let (_, diagnostics) = emit(&model(entries, Vec::new(), vec![own]));
    assert_eq!(diagnostics.iter().map(|found| found.code.id).collect::<Vec<_>>(), ["K0514"; 2]);
    let way = "steps wait for each other: `clusters/kss/step/c` needs `site/step/a` needs `site/step/b` needs \
               `clusters/kss/step/c`";
    assert_eq!(diagnostics[0].message, way);
    assert_eq!(diagnostics[0].labels.len(), 2, "the other steps of it");
    assert_eq!(diagnostics[1].message, "steps wait for each other: `site/step/self` needs `site/step/self`");
}

#[test]
fn a_circle_through_a_secret_names_it() {
    let site = site_key();
    let (credential, secret) = made(site, "root", reference(site, "step", "self"));
    let entries = vec![step(site, "self", tool(list(vec![secret])), Vec::new(), &[]), credential];
    let (_, diagnostics) = emit(&model(entries, Vec::new(), Vec::new()));
    assert_eq!(diagnostics.len(), 1);
    let labels: Vec<&str> = diagnostics[0].labels.iter().map(|label| label.message.as_str()).collect();
    assert_eq!(labels, ["`site/step/self` makes it, and who reads it comes behind"]);
}

#[test]
fn a_service_lives_once_its_machine_and_its_late_values_are_there() {
    let support = machine_key("support");
    let (credential, _) = made(support, "unseal", reference(support, "step", "init"));
    let path = "/run/secrets/vault/unseal";
    let health = payload("http-ok", record(json!({ "url": "https://vault" })));
    let entries = vec![
        entry(support, "nixos", "", record(json!({ "unsealFile": path }))),
        credential,
        step(support, "init", nothing(), vec![reference(site_key(), "machine", "support")], &[]),
        entry(support, "service", "vault", with(&Record::default(), &[("health", health)])),
    ];
    let user = step(site_key(), "use", nothing(), vec![reference(support, "service", "vault")], &[]);
    let tree = tree(&model(vec![user], vec![scope(support, entries)], Vec::new()));
    let steps = steps(&tree, "site/run.json");
    let machine = "site/machine/support";
    assert_eq!(needs(&steps, "site/machine/support/step/init"), [format!("{machine}/prove")]);
    let deliver = "site/machine/support/deliver/vault/unseal";
    assert_eq!(needs(&steps, deliver), [format!("{machine}/prove"), format!("{machine}/step/init")]);
    let healthy = "site/machine/support/service/vault/healthy";
    assert_eq!(needs(&steps, healthy), [deliver.to_owned(), format!("{machine}/prove")]);
    assert_eq!(needs(&steps, "site/step/use"), [healthy]);
    let (_, step) = steps.iter().find(|(id, _)| id == healthy).unwrap();
    assert_eq!(step["done"], json!([{ "http-ok": { "url": "https://vault" } }]));
}

fn release(name: &str, phase: &str, bootstrap: bool) -> Entry {
    let chart = json!({ "repo": "https://charts.test", "name": name, "version": "1.2.3" });
    let fields = record(json!({ "chart": chart, "bootstrap": bootstrap }));
    entry(cluster_key("kss"), "helm", name, with(&fields, &[("phase", case(phase))]))
}

#[test]
fn the_engine_takes_over_once_all_that_can_be_done_before_is() {
    let cluster = cluster_key("kss");
    let push = payload("push", record(json!({ "branch": "deploy" })));
    let entries = vec![
        release("cni", "network", true),
        release("engine", "platform", true),
        release("operator", "operators", false),
        release("app", "apps", false),
        entry(cluster, "argocd-root", "", record(json!({}))),
        step(cluster, "before", nothing(), Vec::new(), &[]),
        step(cluster, "behind", nothing(), vec![reference(cluster, "helm", "operator")], &[]),
        step(cluster, "early", nothing(), vec![reference(cluster, "helm", "cni")], &[]),
    ];
    let own = Cluster { scope: scope(cluster, entries), nodes: Vec::new() };
    let tree = tree(&model(vec![step(site_key(), "publish", push, Vec::new(), &[])], Vec::new(), vec![own]));
    let steps = steps(&tree, "clusters/kss/run.json");
    let of = |id: &str| needs(&steps, &format!("clusters/kss/{id}"));
    assert_eq!(of("helm/engine/install"), ["clusters/kss/helm/cni/install"]);
    let early = ["clusters/kss/helm/engine/install", "clusters/kss/step/before", "clusters/kss/step/early"];
    assert_eq!(of("hand-over"), early.iter().copied().chain(["site/step/publish"]).collect::<Vec<_>>());
    assert_eq!(of("helm/cni/healthy"), ["clusters/kss/hand-over"]);
    assert_eq!(of("helm/operator/healthy"), ["clusters/kss/phase/network"]);
    assert_eq!(of("step/behind"), ["clusters/kss/helm/operator/healthy"]);
    assert_eq!(of("step/early"), ["clusters/kss/helm/cni/install"]);
    assert_eq!(of("phase/apps"), ["clusters/kss/helm/app/healthy"]);
}

#[test]
fn lines_lead_to_what_wrote_them() {
    let site = site_key();
    let late = Value::duration(5000, origin(17));
    let tree = tree(&model(vec![step(site, "a", nothing(), Vec::new(), &[("timeout", late)])], Vec::new(), Vec::new()));
    let file = text(&tree, "site/run.json");
    let at = file.lines().position(|line| line.contains("\"timeout\": \"5s\"")).unwrap() as u32 + 1;
    assert_eq!(line_origin(&tree, "site/run.json", at), Some(origin(17)));
    assert!(tree_of_nothing().is_empty());
}

fn tree_of_nothing() -> OutputTree {
    tree(&model(Vec::new(), Vec::new(), Vec::new()))
}
