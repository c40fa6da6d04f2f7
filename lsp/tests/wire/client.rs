//! A client of the server over its standard input and output.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long an answer may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// The server of this build; benches name another.
const SERVER: Option<&str> = option_env!("CARGO_BIN_EXE_kss-lsp");

/// A server that runs, and what it has said.
pub(crate) struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    from: Receiver<Value>,
    next: i64,
    answers: HashMap<i64, Value>,
    /// Notifications and requests of the server, in order.
    pub(crate) said: Vec<Value>,
    versions: HashMap<String, i64>,
    /// What the server offers.
    pub(crate) offers: Value,
    /// What a request of the server for settings gets.
    pub(crate) settings: Value,
}

impl Client {
    /// Starts a server and says hello. `capabilities` are laid over those of a plain client.
    pub(crate) fn start(folders: &[&Path], capabilities: Value) -> Client {
        Client::start_with(folders, capabilities, &[])
    }

    /// As [`Client::start`], with arguments.
    pub(crate) fn start_with(folders: &[&Path], capabilities: Value, args: &[&str]) -> Client {
        Client::silent(args).greeted(folders, capabilities)
    }

    /// As [`Client::start`], of another program.
    #[allow(dead_code)] // Of the benches.
    pub(crate) fn of(program: &Path, args: &[&str], folders: &[&Path], capabilities: Value) -> Client {
        Client::running(Command::new(program).args(args)).greeted(folders, capabilities)
    }

    fn greeted(mut self, folders: &[&Path], capabilities: Value) -> Client {
        let client = &mut self;
        let folders: Vec<Value> = folders.iter().map(|f| json!({ "uri": uri(f), "name": "test" })).collect();
        let params = json!({
            "processId": std::process::id(), "rootUri": null, "capabilities": capabilities, "workspaceFolders": folders,
        });
        let hello = client.request("initialize", params);
        client.offers = hello["capabilities"].clone();
        client.notify("initialized", json!({}));
        self
    }

    /// Starts a server and says nothing.
    pub(crate) fn silent(args: &[&str]) -> Client {
        Client::running(Command::new(SERVER.expect("there is a server")).args(args))
    }

    fn running(command: &mut Command) -> Client {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the server starts");
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().expect("it has an output");
        let (tx, from) = channel();
        std::thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            while let Some(message) = read(&mut stdout) {
                if tx.send(message).is_err() {
                    return;
                }
            }
        });
        Client {
            child,
            stdin,
            from,
            next: 0,
            answers: HashMap::new(),
            said: Vec::new(),
            versions: HashMap::new(),
            offers: Value::Null,
            settings: json!({}),
        }
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let stdin = self.stdin.as_mut().expect("the server listens");
        write!(stdin, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the server reads");
        stdin.flush().expect("the server reads");
    }

    /// Sends a notification.
    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and does not wait.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next += 1;
        let id = self.next;
        let mut message = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(&message);
        id
    }

    /// The answer to a request: the whole message.
    pub(crate) fn answer(&mut self, id: i64) -> Value {
        let begun = Instant::now();
        loop {
            if let Some(answer) = self.answers.remove(&id) {
                return answer;
            }
            assert!(self.take_one(PATIENCE.saturating_sub(begun.elapsed())), "no answer to request {id}");
        }
    }

    /// Sends a request and waits for its result.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        let answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Sends a request that must fail, and gives the error.
    pub(crate) fn refused(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        let answer = self.answer(id);
        assert!(answer.get("error").is_some(), "{method}: {answer}");
        answer["error"].clone()
    }

    /// Takes one message; false if none comes in time.
    fn take_one(&mut self, patience: Duration) -> bool {
        let Ok(message) = self.from.recv_timeout(patience) else { return false };
        match (message.get("id"), message.get("method").and_then(Value::as_str)) {
            (Some(id), Some(method)) => {
                let result = match method {
                    "workspace/configuration" => json!([self.settings]),
                    _ => Value::Null,
                };
                let answer = json!({ "jsonrpc": "2.0", "id": id, "result": result });
                self.said.push(message.clone());
                self.send(&answer);
            }
            (Some(id), None) => drop(self.answers.insert(id.as_i64().expect("our ids are numbers"), message)),
            _ => self.said.push(message),
        }
        true
    }

    /// Waits until something was said that `wanted` takes.
    pub(crate) fn wait<T>(&mut self, what: &str, mut wanted: impl FnMut(&Value) -> Option<T>) -> T {
        let begun = Instant::now();
        let mut seen = 0;
        loop {
            while seen < self.said.len() {
                if let Some(found) = wanted(&self.said[seen]) {
                    return found;
                }
                seen += 1;
            }
            assert!(self.take_one(PATIENCE.saturating_sub(begun.elapsed())), "the server never said {what}");
        }
    }

    /// The diagnostics that were published for `file` at `version` of its text.
    pub(crate) fn diagnostics(&mut self, file: &Path, version: i64) -> Vec<Value> {
        let name = uri(file);
        self.wait("what is wrong", |m| {
            let params = &m["params"];
            let fits = m["method"] == "textDocument/publishDiagnostics" && params["uri"] == name.as_str();
            (fits && params["version"] == version)
                .then(|| params["diagnostics"].as_array().cloned().unwrap_or_default())
        })
    }

    /// Opens a file with a text.
    pub(crate) fn open(&mut self, file: &Path, text: &str) {
        let uri = uri(file);
        self.versions.insert(uri.clone(), 1);
        let item = json!({ "uri": uri, "languageId": "kss", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": item }));
    }

    /// Replaces the text of an open file; gives its new version.
    pub(crate) fn change(&mut self, file: &Path, text: &str) -> i64 {
        self.change_with(file, json!([{ "text": text }]))
    }

    /// Changes an open file.
    pub(crate) fn change_with(&mut self, file: &Path, changes: Value) -> i64 {
        let uri = uri(file);
        let version = self.versions.entry(uri.clone()).or_insert(0);
        *version += 1;
        let version = *version;
        let document = json!({ "uri": uri, "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
        version
    }

    /// Number of the server's process.
    #[allow(dead_code)] // Of the benches.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Forgets what the server has said so far.
    pub(crate) fn forget(&mut self) {
        self.said.clear();
    }

    /// Says goodbye; gives the exit code.
    pub(crate) fn stop(mut self) -> i32 {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.wait_for_end()
    }

    /// Ends without a word; gives the exit code.
    pub(crate) fn hang_up(mut self) -> i32 {
        self.stdin = None;
        self.wait_for_end()
    }

    fn wait_for_end(&mut self) -> i32 {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be asked") {
                return status.code().unwrap_or(-1);
            }
            assert!(begun.elapsed() < PATIENCE, "the server does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // A test that failed leaves no server behind; of one that has ended there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(from: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim() {
            "" => break,
            header => {
                if let Some(value) = header.strip_prefix("Content-Length:") {
                    length = value.trim().parse().ok()?;
                }
            }
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// The URI of a file.
pub(crate) fn uri(file: &Path) -> String {
    format!("file://{}", file.display())
}

/// A position of the `n`th byte of a text, in UTF-16.
pub(crate) fn position(text: &str, at: usize) -> Value {
    let before = &text[..at];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |n| n + 1);
    json!({ "line": line, "character": before[start..].encode_utf16().count() })
}

/// A document and a position behind the first occurrence of `needle`'s part before `|`.
pub(crate) fn at(file: &Path, text: &str, needle: &str) -> Value {
    let (before, behind) = needle.split_once('|').expect("the place is marked");
    let found = text.find(&format!("{before}{behind}")).unwrap_or_else(|| panic!("`{needle}` is in the text"));
    json!({ "textDocument": { "uri": uri(file) }, "position": position(text, found + before.len()) })
}

/// A folder with files.
pub(crate) fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path().canonicalize().expect("it has a path");
    for (name, text) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    (dir, root)
}

/// A copy of the reference site in a folder of its own.
pub(crate) fn reference() -> (tempfile::TempDir, PathBuf) {
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
