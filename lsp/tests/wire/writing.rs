//! What helps while writing: completion, hover, hints, lenses, hierarchies, why. On the reference site.

use crate::client::{Client, at, position, reference, uri};
use serde_json::{Value, json};
use std::path::PathBuf;

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

/// The methods of the server, each with the parameters that it takes beside the document.
const METHODS: &[(&str, &[&str])] = &[
    ("textDocument/definition", &["position"]),
    ("textDocument/declaration", &["position"]),
    ("textDocument/typeDefinition", &["position"]),
    ("textDocument/implementation", &["position"]),
    ("textDocument/references", &["position", "context"]),
    ("textDocument/documentHighlight", &["position"]),
    ("textDocument/prepareRename", &["position"]),
    ("textDocument/rename", &["position", "newName"]),
    ("workspace/willRenameFiles", &["files"]),
    ("textDocument/documentSymbol", &[]),
    ("workspace/symbol", &["query"]),
    ("textDocument/foldingRange", &[]),
    ("textDocument/selectionRange", &["positions"]),
    ("textDocument/documentLink", &[]),
    ("textDocument/semanticTokens/full", &[]),
    ("textDocument/semanticTokens/full/delta", &["previousResultId"]),
    ("textDocument/semanticTokens/range", &["range"]),
    ("textDocument/codeAction", &["range", "context"]),
    ("textDocument/formatting", &["options"]),
    ("textDocument/rangeFormatting", &["range", "options"]),
    ("textDocument/onTypeFormatting", &["position", "ch", "options"]),
    ("textDocument/hover", &["position"]),
    ("textDocument/completion", &["position"]),
    ("textDocument/signatureHelp", &["position"]),
    ("textDocument/inlayHint", &["range"]),
    ("textDocument/codeLens", &[]),
    ("codeLens/resolve", &["lens"]),
    ("textDocument/prepareCallHierarchy", &["position"]),
    ("callHierarchy/incomingCalls", &["call"]),
    ("callHierarchy/outgoingCalls", &["call"]),
    ("textDocument/prepareTypeHierarchy", &["position"]),
    ("typeHierarchy/supertypes", &["type"]),
    ("typeHierarchy/subtypes", &["type"]),
    ("textDocument/diagnostic", &[]),
    ("kss/why", &["position"]),
    ("kss/sourceOf", &["path", "line"]),
    ("kss/generatedOf", &["position"]),
    ("kss/outputs", &["position"]),
];

/// At a `let` of a cluster; and nothing that the server offers is left out.
#[test]
fn every_method_is_answered() {
    let (_dir, file, text, mut client) = opened("kcs.kss", json!({ "textDocument": { "diagnostic": {} } }));
    let place = at(&file, &text, "let la|n =");
    let module = at(&file, &text, "use ci|lium");
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": position(&text, text.len()) });
    let lens = client.request("textDocument/codeLens", json!({ "textDocument": { "uri": uri(&file) } }))[0].clone();
    let call = client.request("textDocument/prepareCallHierarchy", module.clone())[0].clone();
    let type_ = client.request("textDocument/prepareTypeHierarchy", module)[0].clone();
    let renamed = json!([{ "oldUri": uri(&file), "newUri": uri(&file.with_file_name("other.kss")) }]);
    for (method, fields) in METHODS {
        let mut params = json!({ "textDocument": { "uri": uri(&file) } });
        for field in *fields {
            let value = match *field {
                "position" => place["position"].clone(),
                "positions" => json!([place["position"]]),
                "context" => json!({ "includeDeclaration": true, "diagnostics": [] }),
                "newName" => json!("home-net"),
                "files" => renamed.clone(),
                "query" => json!("lan"),
                "range" => whole.clone(),
                "options" => json!({ "tabSize": 2, "insertSpaces": true }),
                "ch" => json!("}"),
                "previousResultId" => json!("1"),
                "path" => json!("clusters/kcs/vars.json"),
                "line" => json!(1),
                "lens" => {
                    params = lens.clone();
                    continue;
                }
                "call" => json!({ "item": call })["item"].take(),
                "type" => json!({ "item": type_ })["item"].take(),
                other => panic!("{other}"),
            };
            let name = if matches!(*field, "call" | "type") { "item" } else { field };
            params[name] = value;
        }
        let id = client.ask(method, params);
        let answer = client.answer(id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        let nothing = ["textDocument/implementation", "textDocument/signatureHelp"].contains(method);
        assert!(nothing || !answer["result"].is_null(), "{method}: {answer}");
    }
    // Each handler has a method above, but for those that begin and end a session.
    let source = include_str!("../../src/server/methods.rs");
    let handlers = source
        .split("impl LanguageServer for Server {")
        .nth(1)
        .and_then(|s| s.split("\n}\n").next())
        .expect("it is there");
    let requests = handlers.matches("    async fn ").count() - handlers.matches("    async fn did_").count();
    let own = include_str!("../../src/custom.rs").matches(".custom_method(").count();
    assert_eq!(requests - ["initialize", "initialized", "shutdown"].len() + own, METHODS.len());
}

#[test]
fn types_and_those_who_provide() {
    let (_dir, file, text, mut client) = opened("kcs.kss", json!({}));
    let names = |found: &Value| {
        let all = found.as_array().cloned().unwrap_or_default();
        all.iter().filter_map(|l| l["targetUri"].as_str()?.rsplit('/').next().map(str::to_owned)).collect::<Vec<_>>()
    };
    let found = client.request("textDocument/typeDefinition", at(&file, &text, "let la|n ="));
    assert_eq!(names(&found), ["site.kss"], "a network: {found}");
    let library = client.request("textDocument/definition", at(&file, &text, "use ci|lium"));
    let cilium =
        PathBuf::from(library[0]["targetUri"].as_str().and_then(|u| u.strip_prefix("file://")).expect("a file"));
    let source = std::fs::read_to_string(&cilium).expect("it can be read");
    client.open(&cilium, &source);
    let found = client.request("textDocument/implementation", at(&cilium, &source, "provide cn|i "));
    let names = names(&found);
    assert!(names.contains(&"cilium.kss".to_owned()) && names.contains(&"canal.kss".to_owned()), "{found}");
}
