//! How the server behaves: order, cancellation, diagnostics, ends.

use crate::client::{Client, at, position, project, reference, uri};
use serde_json::{Value, json};

#[test]
fn an_end_without_shutdown_is_a_failure() {
    let client = Client::start(&[], json!({}));
    assert_eq!(client.stop(), 0);
    let client = Client::start(&[], json!({}));
    assert_eq!(client.hang_up(), 1);
}

#[test]
fn nothing_is_answered_before_initialize() {
    let mut client = Client::silent(&[]);
    let error = client.refused(
        "textDocument/hover",
        json!({
            "textDocument": { "uri": "file:///a.kss" }, "position": { "line": 0, "character": 0 },
        }),
    );
    assert_eq!(error["code"], -32002);
}

#[test]
fn diagnostics_come_and_go_with_the_text() {
    let (_dir, root) = project(&[("a.kss", "let x = 1\n")]);
    let file = root.join("a.kss");
    let mut client = Client::start(&[&root], json!({}));
    client.open(&file, "let x = y\n");
    let wrong = client.diagnostics(&file, 1);
    assert_eq!(wrong.len(), 1);
    assert_eq!((&wrong[0]["severity"], &wrong[0]["source"]), (&json!(1), &json!("kssc")));
    let version = client.change(&file, "let x = 2\n");
    assert!(client.diagnostics(&file, version).is_empty());
}

#[test]
fn what_is_wrong_in_another_file_is_told_there() {
    let (_dir, root) = project(&[("kss.lock", "{}"), ("a.kss", "let x = 1\n"), ("b.kss", "import ./a.x\nlet y = x\n")]);
    let mut client = Client::start(&[&root], json!({}));
    client.open(&root.join("a.kss"), "let z = 1\n");
    let other = uri(&root.join("b.kss"));
    let found = client.wait("what is wrong in b.kss", |m| {
        let list = m["params"]["diagnostics"].as_array()?;
        (m["params"]["uri"] == other.as_str() && !list.is_empty()).then(|| list.clone())
    });
    assert!(found[0]["message"].as_str().is_some_and(|t| t.contains('x')), "{found:?}");
    // Unsaved text counts until the document is closed.
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri(&root.join("a.kss")) } }));
    let mut seen = 0;
    client.wait("that b.kss is fine again", |m| {
        let about = m["params"]["uri"] == other.as_str();
        seen += usize::from(about);
        (about && seen > 1 && m["params"]["diagnostics"] == json!([])).then_some(())
    });
}

#[test]
fn a_client_may_ask_for_diagnostics_itself() {
    let (_dir, root) = project(&[("a.kss", "let x = y\n")]);
    let file = root.join("a.kss");
    let mut client = Client::start(&[&root], json!({ "textDocument": { "diagnostic": {} } }));
    client.open(&file, "let x = y\n");
    let report = client.request("textDocument/diagnostic", json!({ "textDocument": { "uri": uri(&file) } }));
    assert_eq!(report["items"].as_array().map(Vec::len), Some(1), "{report}");
    client.change(&file, "let x = 1\n");
    let report = client.request("textDocument/diagnostic", json!({ "textDocument": { "uri": uri(&file) } }));
    assert_eq!(report["items"], json!([]));
    let pushed = client.said.iter().filter(|m| m["method"] == "textDocument/publishDiagnostics").count();
    assert_eq!(pushed, 0, "who asks is not told besides");
}

#[test]
fn positions_count_what_was_agreed_on() {
    let text = "let a = [\"ä🦀🦀\", nope]\n";
    let (_dir, root) = project(&[("a.kss", text)]);
    let file = root.join("a.kss");
    for (encoding, column) in [("utf-8", 23), ("utf-16", 18), ("utf-32", 16)] {
        let mut client = Client::start(&[&root], json!({ "general": { "positionEncodings": [encoding] } }));
        assert_eq!(client.offers["positionEncoding"], encoding);
        client.open(&file, text);
        let wrong = client.diagnostics(&file, 1);
        let found = wrong.iter().any(|d| d["range"]["start"]["character"] == column);
        assert!(found, "{encoding}: {wrong:?}");
    }
}

/// In a cluster of the reference site, where each change takes the evaluation of everything with it.
#[test]
fn no_change_is_lost_or_out_of_order() {
    let (_dir, root) = reference();
    let file = root.join("kss.kss");
    let mut client = Client::start(&[&root], json!({}));
    let mut text = std::fs::read_to_string(&file).expect("it can be read");
    client.open(&file, &text);
    let end = |text: &str| text.rfind('}').expect("the cluster ends");
    let document = json!({ "textDocument": { "uri": uri(&file) } });
    let mut asked = Vec::new();
    for n in 0..200 {
        let line = format!("  let name-{n} = lan.host({n})\n");
        let at = position(&text, end(&text));
        client.change_with(&file, json!([{ "range": { "start": at, "end": at }, "text": line }]));
        text.insert_str(end(&text), &line);
        // Slow ones, which the next changes cancel.
        let whole = json!({ "start": { "line": 0, "character": 0 }, "end": position(&text, text.len()) });
        asked.push(client.ask("textDocument/semanticTokens/full", document.clone()));
        asked.push(client.ask("textDocument/hover", self::at(&file, &text, "memor|y = 10GiB")));
        asked.push(
            client.ask("textDocument/inlayHint", json!({ "textDocument": document["textDocument"], "range": whole })),
        );
        asked.push(client.ask("kss/outputs", json!({ "textDocument": document["textDocument"], "scope": "kss" })));
    }
    let symbols = client.request("textDocument/documentSymbol", document);
    let cluster = symbols.as_array().and_then(|s| s.iter().find(|s| s["name"] == "kss").cloned()).expect("the cluster");
    let names: Vec<&str> =
        cluster["children"].as_array().expect("a list").iter().filter_map(|s| s["name"].as_str()).collect();
    let wanted: Vec<String> = (0..200).map(|n| format!("name-{n}")).collect();
    let found: Vec<&str> = names.into_iter().filter(|name| name.starts_with("name-")).collect();
    assert_eq!(found, wanted);
    // Every request gets an answer: its result, or that the text has changed.
    let mut cancelled = 0;
    for id in asked {
        let answer = client.answer(id);
        let modified = answer["error"]["code"] == -32801;
        cancelled += usize::from(modified);
        assert!(modified || !answer["result"].is_null(), "{answer}");
    }
    assert!(cancelled > 0, "no request was under way when a change came");
    // What is wrong is told of one text after the other, and at the end of the last.
    let version = client.change(&file, &text.replace("lan.host(199)", "lan.hots(199)"));
    assert_eq!(client.diagnostics(&file, version).len(), 1);
    let told = client.said.iter().filter(|m| m["method"] == "textDocument/publishDiagnostics");
    let versions: Vec<i64> = told
        .filter(|m| m["params"]["uri"] == uri(&file).as_str())
        .filter_map(|m| m["params"]["version"].as_i64())
        .collect();
    assert!(versions.is_sorted(), "{versions:?}");
    assert_eq!(client.stop(), 0);
}

#[test]
fn files_outside_of_a_project_and_without_a_place() {
    let (_dir, root) = project(&[("lone.kss", "let a = 1\n")]);
    let mut client = Client::start(&[], json!({}));
    let file = root.join("lone.kss");
    client.open(&file, "let a = 1\nlet b = a\n");
    let found = client.request("textDocument/definition", at(&file, "let a = 1\nlet b = a\n", "b = |a"));
    assert_eq!(found[0]["targetSelectionRange"]["start"], json!({ "line": 0, "character": 4 }));
    let document = json!({ "uri": "untitled:Untitled-1", "languageId": "kss", "version": 1, "text": "let q = 1\n" });
    client.notify("textDocument/didOpen", json!({ "textDocument": document }));
    let symbols =
        client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": "untitled:Untitled-1" } }));
    assert_eq!(symbols[0]["name"], "q");
    let unknown = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": "file:///no.kss" } }));
    assert_eq!(unknown, Value::Null);
}

#[test]
fn several_roots_do_not_mix() {
    let (_one, first) = project(&[("kss.lock", "{}"), ("a.kss", "let same = 1\n")]);
    let (_two, second) = project(&[("kss.lock", "{}"), ("a.kss", "let same = 2\nlet use = same\n")]);
    let mut client = Client::start(&[&first, &second], json!({}));
    let file = second.join("a.kss");
    let text = "let same = 2\nlet use = same\n";
    client.open(&file, text);
    let found = client.request("textDocument/definition", at(&file, text, "use = |same"));
    assert_eq!(found[0]["targetUri"], uri(&file));
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    let found = client.request("workspace/symbol", json!({ "query": "same" }));
    let same = found.as_array().expect("a list").iter().filter(|s| s["name"] == "same").count();
    assert_eq!(same, 2, "the search sees both");
}

#[test]
fn a_session_can_be_played_again() {
    let (_dir, root) = project(&[("a.kss", "let a = 1\n")]);
    let kept = root.join("session");
    let log = root.join("log");
    let args = ["--record", &kept.display().to_string(), "--log", &log.display().to_string()].map(str::to_owned);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut client = Client::start_with(&[&root], json!({}), &args);
    client.open(&root.join("a.kss"), "let a = 1\n");
    let document = json!({ "textDocument": { "uri": uri(&root.join("a.kss")) } });
    let symbols = client.request("textDocument/documentSymbol", document);
    assert_eq!(client.stop(), 0);
    let replayed = std::process::Command::new(env!("CARGO_BIN_EXE_kss-lsp")).arg("--replay").arg(&kept).output();
    let output = String::from_utf8(replayed.expect("it runs").stdout).expect("it is text");
    let again =
        output.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).any(|m| m["result"] == symbols);
    assert!(again, "{output}");
    assert!(std::fs::read_to_string(&log).expect("there is a log").contains("initialize"));
}

#[test]
fn files_that_change_on_disk_are_read_again() {
    let (_dir, root) = project(&[("kss.lock", "{}"), ("a.kss", "let x = 1\n"), ("b.kss", "import ./a.x\nlet y = x\n")]);
    let watches = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    let mut client = Client::start(&[&root], watches);
    client.wait("which files it wants to hear of", |m| {
        let wanted = m["params"]["registrations"][0]["method"] == "workspace/didChangeWatchedFiles";
        wanted.then_some(())
    });
    let other = root.join("b.kss");
    client.open(&other, "import ./a.x\nlet y = x + nope\n");
    assert_eq!(client.diagnostics(&other, 1).len(), 1);
    std::fs::remove_file(root.join("a.kss")).expect("it goes");
    let changed = |file: &str, kind: u32| json!({ "changes": [{ "uri": uri(&root.join(file)), "type": kind }] });
    client.forget();
    client.notify("workspace/didChangeWatchedFiles", changed("a.kss", 3));
    assert!(client.diagnostics(&other, 1).iter().any(|d| d["message"].as_str().is_some_and(|m| m.contains("no file"))));
    std::fs::write(root.join("a.kss"), "let x = 1\n").expect("it comes back");
    client.forget();
    client.notify("workspace/didChangeWatchedFiles", changed("a.kss", 1));
    assert_eq!(client.diagnostics(&other, 1).len(), 1);
}

#[test]
fn settings_are_asked_for_and_count() {
    let text = "site s {}\ncluster c in s { check 1 == 2 else \"never\" }\n";
    let (_dir, root) = project(&[("a.kss", text)]);
    let file = root.join("a.kss");
    let mut client = Client::start(&[&root], json!({ "workspace": { "configuration": true } }));
    client.open(&file, text);
    let evaluated = |found: &[Value]| found.iter().any(|d| d["message"].as_str().is_some_and(|m| m.contains("never")));
    let told = client.wait("what the evaluated cluster says", |m| {
        let list = m["params"]["diagnostics"].as_array().cloned().unwrap_or_default();
        evaluated(&list).then_some(list)
    });
    assert!(evaluated(&told));
    client.settings = json!({ "evaluate": false });
    client.forget();
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    // With an edit, so that there is something new to say.
    let version = client.change(&file, &format!("{text}let x = nope\n"));
    client.wait("that the cluster is no longer evaluated", |m| {
        let list = m["params"]["diagnostics"].as_array()?;
        (m["params"]["version"] == version && !list.is_empty() && !evaluated(list)).then_some(())
    });
}

#[test]
fn folders_come_later_and_progress_is_told() {
    let (_one, first) = project(&[("a.kss", "let one = 1\n")]);
    let (_two, second) = project(&[("b.kss", "let two = 1\n")]);
    let mut client = Client::start(&[&first], json!({ "window": { "workDoneProgress": true } }));
    client.wait("that it reads a project", |m| (m["params"]["value"]["kind"] == "begin").then_some(()));
    client.wait("that it has read it", |m| (m["params"]["value"]["kind"] == "end").then_some(()));
    let added = json!({ "added": [{ "uri": uri(&second), "name": "second" }], "removed": [] });
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": added }));
    let found = client.request("workspace/symbol", json!({ "query": "two" }));
    assert!(found.as_array().is_some_and(|l| l.iter().any(|s| s["name"] == "two")), "{found}");
}

#[test]
fn a_question_that_is_taken_back_is_answered_as_such() {
    let (_dir, root) = project(&[("a.kss", "let x = 1\n")]);
    let file = root.join("a.kss");
    let mut client = Client::start(&[&root], json!({}));
    client.open(&file, "let x = 1\n");
    let id = client.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri(&file) } }));
    client.notify("$/cancelRequest", json!({ "id": id }));
    let answer = client.answer(id);
    // It may have been quicker.
    assert!(answer["error"]["code"] == -32800 || answer["result"].is_array(), "{answer}");
    // And the server goes on.
    let symbols = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri(&file) } }));
    assert_eq!(symbols[0]["name"], "x");
}
