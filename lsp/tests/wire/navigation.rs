//! Where things are, and what a file looks like.

use crate::client::{Client, at, project, uri};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const SITE: &str = "import ./lib.lan\n\n## Where all begins.\nlet other = lan\nlet twice = [lan, other]\n";
const LIB: &str = "let lan = 10.69.50.0/24\n";

fn opened() -> (tempfile::TempDir, PathBuf, Client) {
    let (dir, root) = project(&[("kss.lock", "{}"), ("main.kss", SITE), ("lib.kss", LIB)]);
    let mut client = Client::start(&[&root], json!({}));
    client.open(&root.join("main.kss"), SITE);
    (dir, root.join("main.kss"), client)
}

fn lines(found: &Value) -> Vec<(String, u64, u64)> {
    let list = found.as_array().cloned().unwrap_or_default();
    let one = |v: &Value| {
        let (target, range) = match v.get("targetUri") {
            Some(target) => (target, &v["targetSelectionRange"]),
            None => (&v["uri"], &v["range"]),
        };
        let name = Path::new(target.as_str().unwrap_or("")).file_name().map(|n| n.to_string_lossy().into_owned());
        let start = &range["start"];
        (name.unwrap_or_default(), start["line"].as_u64().unwrap_or(99), start["character"].as_u64().unwrap_or(99))
    };
    list.iter().map(one).collect()
}

#[test]
fn definitions_lead_across_files() {
    let (_dir, main, mut client) = opened();
    let found = client.request("textDocument/definition", at(&main, SITE, "other = l|an"));
    assert_eq!(lines(&found), [("lib.kss".to_owned(), 0, 4)]);
    let found = client.request("textDocument/declaration", at(&main, SITE, "other = l|an"));
    assert_eq!(lines(&found), [("main.kss".to_owned(), 0, 13)]);
    assert_eq!(client.stop(), 0);
}

#[test]
fn references_highlights_and_rename_see_all_uses() {
    let (_dir, main, mut client) = opened();
    let mut params = at(&main, SITE, "other = l|an");
    params["context"] = json!({ "includeDeclaration": true });
    let found = client.request("textDocument/references", params.clone());
    assert_eq!(lines(&found).len(), 4, "{found}");
    params["context"] = json!({ "includeDeclaration": false });
    assert_eq!(lines(&client.request("textDocument/references", params)).len(), 3);
    let found = client.request("textDocument/documentHighlight", at(&main, SITE, "other = l|an"));
    assert_eq!(found.as_array().map(Vec::len), Some(3));
    let prepared = client.request("textDocument/prepareRename", at(&main, SITE, "other = l|an"));
    assert_eq!(prepared["placeholder"], "lan");
    let mut params = at(&main, SITE, "other = l|an");
    params["newName"] = json!("net");
    let edit = client.request("textDocument/rename", params);
    assert_eq!(edit["changes"].as_object().map(|c| c.len()), Some(2), "{edit}");
    let mut params = at(&main, SITE, "other = l|an");
    params["newName"] = json!("1 x");
    let error = client.refused("textDocument/rename", params);
    assert!(error["message"].as_str().is_some_and(|m| m.contains("no name")), "{error}");
}

#[test]
fn a_definition_in_the_library_is_a_file() {
    let text = "let n : Network? = none\n";
    let (_dir, root) = project(&[("a.kss", text)]);
    let file = root.join("a.kss");
    let mut client = Client::start(&[&root], json!({}));
    client.open(&file, text);
    let found = client.request("textDocument/definition", at(&file, text, "n : Net|work"));
    let target = found[0]["targetUri"].as_str().expect("a place");
    let path = Path::new(target.strip_prefix("file://").expect("a file"));
    let library = std::fs::read_to_string(path).expect("it can be read");
    assert!(library.contains("type Network"), "{target}");
    // It can be opened and asked like any other.
    client.open(path, &library);
    let symbols = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri(path) } }));
    assert!(symbols.as_array().is_some_and(|s| s.len() > 3), "{symbols}");
}

#[test]
fn outlines_folds_selections_links_and_colours() {
    let (_dir, main, mut client) = opened();
    let document = json!({ "textDocument": { "uri": uri(&main) } });
    let symbols = client.request("textDocument/documentSymbol", document.clone());
    let names: Vec<&str> = symbols.as_array().expect("a list").iter().filter_map(|s| s["name"].as_str()).collect();
    assert_eq!(names, ["other", "twice"]);
    let found = client.request("workspace/symbol", json!({ "query": "tw" }));
    assert!(found.as_array().expect("a list").iter().any(|s| s["name"] == "twice"), "{found}");
    let folds = client.request("textDocument/foldingRange", document.clone());
    assert!(folds.is_array());
    let mut params = at(&main, SITE, "[lan, o|ther]");
    params["positions"] = json!([params["position"].clone()]);
    let selection = client.request("textDocument/selectionRange", params);
    assert!(selection[0]["parent"]["parent"].is_object(), "{selection}");
    let links = client.request("textDocument/documentLink", document.clone());
    assert!(links[0]["target"].as_str().is_some_and(|t| t.ends_with("lib.kss")), "{links}");
    let full = client.request("textDocument/semanticTokens/full", document.clone());
    assert_eq!(full["data"].as_array().map(|d| d.len() % 5), Some(0));
    let new = SITE.replace("twice", "trice");
    client.change(&main, &new);
    let mut params = document.clone();
    params["previousResultId"] = full["resultId"].clone();
    let delta = client.request("textDocument/semanticTokens/full/delta", params);
    assert_eq!(delta["edits"], json!([]), "only a name changed, not what it is");
    let mut params = document;
    params["range"] = json!({ "start": { "line": 3, "character": 0 }, "end": { "line": 3, "character": 5 } });
    let part = client.request("textDocument/semanticTokens/range", params);
    let sizes = (part["data"].as_array().map(Vec::len), full["data"].as_array().map(Vec::len));
    assert!(sizes.0 < sizes.1 && sizes.0 > Some(0), "{sizes:?}");
}

#[test]
fn formatting_is_that_of_the_formatter() {
    let text = "let a=1\nlet b = 2\nlet c=3\n";
    let (_dir, root) = project(&[("a.kss", text)]);
    let file = root.join("a.kss");
    let mut client = Client::start(&[&root], json!({}));
    client.open(&file, text);
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let mut params = json!({ "textDocument": { "uri": uri(&file) }, "options": options });
    let edits = client.request("textDocument/formatting", params.clone());
    assert_eq!(edits.as_array().map(Vec::len), Some(2), "{edits}");
    params["range"] = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 3 } });
    let edits = client.request("textDocument/rangeFormatting", params.clone());
    assert_eq!(edits.as_array().map(Vec::len), Some(1), "{edits}");
    params["position"] = json!({ "line": 1, "character": 0 });
    params["ch"] = json!("\n");
    let edits = client.request("textDocument/onTypeFormatting", params);
    assert_eq!(edits[0]["newText"], "let a = 1\n", "{edits}");
}

#[test]
fn actions_mend_and_rewrite() {
    let text = "import ./b.y\nimport ./a.x\nlet d = lann\nlet lan = x + y\n";
    let (_dir, root) = project(&[("m.kss", text), ("a.kss", "let x = 1\n"), ("b.kss", "let y = 1\n")]);
    let file = root.join("m.kss");
    let mut client = Client::start(&[&root], json!({}));
    client.open(&file, text);
    let wrong = client.diagnostics(&file, 1);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    let params = json!({
        "textDocument": { "uri": uri(&file) },
        "range": wrong[0]["range"],
        "context": { "diagnostics": wrong },
    });
    let actions = client.request("textDocument/codeAction", params);
    let titles: Vec<&str> = actions.as_array().expect("a list").iter().filter_map(|a| a["title"].as_str()).collect();
    assert!(titles.contains(&"write `lan`") && titles.contains(&"organise imports"), "{titles:?}");
    let fix = actions.as_array().and_then(|a| a.iter().find(|a| a["title"] == "write `lan`").cloned()).expect("a fix");
    assert_eq!(fix["diagnostics"][0]["code"], wrong[0]["code"]);
    assert!(fix["edit"]["changes"][uri(&file)].is_array(), "{fix}");
}

#[test]
fn imports_follow_a_renamed_file() {
    let (_dir, main, mut client) = opened();
    let lib = main.with_file_name("lib.kss");
    let files = json!({ "files": [{ "oldUri": uri(&lib), "newUri": uri(&main.with_file_name("nets.kss")) }] });
    let edit = client.request("workspace/willRenameFiles", files);
    assert_eq!(edit["changes"][uri(&main)][0]["newText"], "./nets", "{edit}");
}
