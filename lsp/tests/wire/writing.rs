//! What helps while writing: completion, hover, hints, lenses, hierarchies, why. On the reference site.

use crate::client::{Client, at, position, uri};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A copy of the reference site in a folder of its own.
fn reference() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path().canonicalize().expect("it has a path").join("clusters");
    std::fs::create_dir(&root).expect("a folder");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clusters");
    for entry in std::fs::read_dir(from).expect("the clusters are there") {
        let entry = entry.expect("a file");
        std::fs::copy(entry.path(), root.join(entry.file_name())).expect("it can be copied");
    }
    (dir, root)
}

fn opened(name: &str, capabilities: Value) -> (tempfile::TempDir, PathBuf, String, Client) {
    let (dir, root) = reference();
    let file = root.join(name);
    let text = std::fs::read_to_string(&file).expect("it can be read");
    let mut client = Client::start(&[&root], capabilities);
    client.open(&file, &text);
    (dir, file, text, client)
}

fn labels(found: &Value) -> Vec<&str> {
    found["items"].as_array().expect("a list").iter().filter_map(|i| i["label"].as_str()).collect()
}

#[test]
fn completion_in_unfinished_text() {
    let snippets = json!({ "textDocument": { "completion": { "completionItem": { "snippetSupport": true } } } });
    let (_dir, file, text, mut client) = opened("kss.kss", snippets);
    let end = text.rfind('}').expect("the cluster ends");
    let new = format!("{}  use kia\n{}", &text[..end], &text[end..]);
    client.change(&file, &new);
    let params = json!({ "textDocument": { "uri": uri(&file) }, "position": position(&new, end + "  use kia".len()) });
    let found = client.request("textDocument/completion", params);
    assert!(labels(&found).contains(&"kiali"), "{:?}", labels(&found));
    let item = found["items"].as_array().and_then(|i| i.iter().find(|i| i["label"] == "kiali").cloned());
    let item = item.expect("the module");
    assert_eq!(item["textEdit"]["range"]["start"]["character"], 6, "{item}");
    let new = format!("{text}\nlet x = join([\"a\"], ");
    client.change(&file, &new);
    let params = json!({ "textDocument": { "uri": uri(&file) }, "position": position(&new, new.len()) });
    let help = client.request("textDocument/signatureHelp", params);
    assert_eq!(help["activeParameter"], 1, "{help}");
}

#[test]
fn hover_tells_the_value_in_each_cluster() {
    let (_dir, file, text, mut client) = opened("kcs.kss", json!({}));
    let found = client.request("textDocument/hover", at(&file, &text, "use ci|lium"));
    let value = found["contents"]["value"].as_str().expect("markdown");
    assert!(value.contains("module cilium"), "{value}");
    let found = client.request("textDocument/hover", at(&file, &text, "memor|y = 10GiB"));
    let value = found["contents"]["value"].as_str().expect("markdown");
    let line = text[..text.find("memory = 10GiB").expect("it is there")].matches('\n').count() + 1;
    assert!(value.contains("10GiB") && value.contains(&format!("kcs.kss:{line})")), "{value}");
}

#[test]
fn hints_and_lenses() {
    let (_dir, file, text, mut client) = opened("kcs.kss", json!({}));
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": position(&text, text.len()) });
    let document = json!({ "uri": uri(&file) });
    let hints = client.request("textDocument/inlayHint", json!({ "textDocument": document, "range": whole }));
    let found =
        hints.as_array().expect("a list").iter().any(|h| h["label"].as_str().is_some_and(|l| l.contains("10.69.50.")));
    assert!(found, "{hints}");
    let lenses = client.request("textDocument/codeLens", json!({ "textDocument": document }));
    let lens = lenses.as_array().and_then(|l| l.first().cloned()).expect("a lens");
    let resolved = client.request("codeLens/resolve", lens);
    assert!(resolved["command"]["title"].as_str().is_some_and(|t| !t.is_empty()), "{resolved}");
}

#[test]
fn calls_and_types_have_hierarchies() {
    let (_dir, file, text, mut client) = opened("kcs.kss", json!({}));
    assert_eq!(client.offers["typeHierarchyProvider"], true);
    let items = client.request("textDocument/prepareCallHierarchy", at(&file, &text, "use ci|lium"));
    let incoming = client.request("callHierarchy/incomingCalls", json!({ "item": items[0] }));
    let names: Vec<&str> =
        incoming.as_array().expect("a list").iter().filter_map(|c| c["from"]["name"].as_str()).collect();
    assert!(names.contains(&"kcs"), "{names:?}");
    let outgoing = client.request("callHierarchy/outgoingCalls", json!({ "item": items[0] }));
    assert!(outgoing.is_array());
    let types = client.request("textDocument/prepareTypeHierarchy", at(&file, &text, "use ci|lium"));
    let above = client.request("typeHierarchy/supertypes", json!({ "item": types[0] }));
    assert!(above.as_array().is_some_and(|a| a.iter().any(|t| t["name"] == "cni")), "{above}");
    let below = client.request("typeHierarchy/subtypes", json!({ "item": types[0] }));
    assert!(below.is_array());
}

#[test]
fn from_the_source_to_the_outputs_and_back() {
    let (_dir, file, text, mut client) = opened("kcs.kss", json!({}));
    let why = client.request("kss/why", at(&file, &text, "memor|y = 10GiB"));
    assert!(why[0]["steps"][0]["location"]["uri"].is_string(), "{why}");
    let outputs = client.request("kss/outputs", at(&file, &text, "cluster k|cs"));
    let cilium =
        outputs.as_array().and_then(|o| o.iter().find(|f| f["path"] == "clusters/kcs/helm/cilium.yaml").cloned());
    let cilium = cilium.expect("the cluster writes it");
    let content = cilium["text"].as_str().expect("it is text");
    let line = content.lines().position(|l| l.contains("kubeProxyReplacement")).expect("the value is there");
    let params = json!({ "textDocument": { "uri": uri(&file) }, "path": cilium["path"], "line": line });
    let source = client.request("kss/sourceOf", params);
    assert!(source["steps"][0]["location"]["uri"].as_str().is_some_and(|u| u.ends_with(".kss")), "{source}");
    let generated = client.request("kss/generatedOf", at(&file, &text, "memor|y = 10GiB"));
    assert!(generated.is_array());
    let params = json!({ "textDocument": { "uri": uri(&file) }, "path": "clusters/none.yaml", "line": 0 });
    assert_eq!(client.request("kss/sourceOf", params), Value::Null);
}
