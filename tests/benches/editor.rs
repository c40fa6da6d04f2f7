//! How long an editor waits: `cargo bench -p kss-tests --bench editor`.
//!
//! A client over standard input and output types into a cluster of the reference site, and of a site with a hundred clusters.
//! From keystroke to diagnostics: until what the types say of the new text arrives, and until the evaluated project has spoken.

#![allow(clippy::print_stdout, dead_code)]

#[path = "../../lsp/tests/wire/client.rs"]
mod client;

use client::{Client, position, uri};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Keystrokes and requests of each kind.
const COUNT: usize = 300;

fn main() {
    // `cargo test` builds benches and runs them with `--test`: it has nothing to do here.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let program = kss_tests::program::kssc();
    for clusters in [2, 100] {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().canonicalize().expect("a path").join("clusters");
        kss_tests::generate::site(&root, clusters);
        println!("\n{clusters} clusters");
        measure(program, &root, "kcs-1.kss");
    }
}

fn measure(program: &Path, root: &Path, name: &str) {
    let file = root.join(name);
    let text = std::fs::read_to_string(&file).expect("it can be read");
    let snippets = json!({ "textDocument": { "completion": { "completionItem": { "snippetSupport": true } } } });
    let mut client = Client::of(program, &["lsp"], &[root], snippets);
    let begun = Instant::now();
    let wrong = format!("{text}\nlet begin = nope\n");
    client.open(&file, &wrong);
    client.diagnostics(&file, 1);
    println!("  {:<46}{:>8.1} ms", "first diagnostics after opening", ms(begun.elapsed()));
    client.change(&file, &text);
    std::thread::sleep(Duration::from_secs(4));
    typing(&mut client, &file, &text);
    evaluated(&mut client, &file, &text);
    requests(&mut client, &file, &text, "textDocument/completion", "completion");
    requests(&mut client, &file, &text, "textDocument/hover", "hover");
    memory(&mut client, &file, &text);
    client.stop();
}

/// Memory after many edits against that after a few.
fn memory(client: &mut Client, file: &Path, text: &str) {
    let mut edits = |count: usize| {
        for n in 0..count {
            client.forget();
            let version = client.change(file, &inside(text, &format!("  let typed = unknown-{}\n", n % 1000)));
            client.diagnostics(file, version);
        }
        std::thread::sleep(Duration::from_secs(2));
        resident(client.process())
    };
    let few = edits(100);
    let many = edits(9_900);
    let ratio = many / few;
    println!("  {:<46}{:>8.1} MiB, {ratio:.2} times that after 100", "memory after 10,000 edits", many / 1024.0);
}

/// A word grows by a letter a keystroke, and each time it is another word that nobody knows.
fn typing(client: &mut Client, file: &Path, text: &str) {
    let mut times = Vec::new();
    for n in 0..COUNT {
        let word: String = "unknown-name-".chars().cycle().take(3 + n % 20).collect();
        let new = inside(text, &format!("  let typed = {word}{n}\n"));
        client.forget();
        let begun = Instant::now();
        let version = client.change(file, &new);
        client.diagnostics(file, version);
        times.push(begun.elapsed());
        std::thread::sleep(Duration::from_millis(60));
    }
    report("keystroke to diagnostics (types)", &mut times);
}

/// The text with a line more at the end of its cluster.
fn inside(text: &str, line: &str) -> String {
    let end = text.rfind('}').expect("the cluster ends");
    format!("{}{line}{}", &text[..end], &text[end..])
}

/// The address of a node becomes that of another and back: only evaluation knows.
fn evaluated(client: &mut Client, file: &Path, text: &str) {
    let from = text.find("lan.host(").expect("a node has an address") + "lan.host(".len();
    let first: String = text[from..].chars().take_while(char::is_ascii_digit).collect();
    let mut times = Vec::new();
    client.change(file, text);
    std::thread::sleep(Duration::from_secs(1));
    for n in 0..COUNT / 6 {
        // The workers follow their master by one.
        let number: usize = first.parse().expect("a number");
        let other = format!("{}", if n % 2 == 0 { number + 1 } else { number });
        let new = [&text[..from], &other, &text[from + first.len()..]].concat();
        client.forget();
        let begun = Instant::now();
        let version = client.change(file, &new);
        client.diagnostics(file, version);
        times.push(begun.elapsed());
        std::thread::sleep(Duration::from_millis(200));
    }
    report("keystroke to diagnostics (evaluated)", &mut times);
}

/// Requests at places all over the file, each after a change.
fn requests(client: &mut Client, file: &Path, text: &str, method: &str, what: &str) {
    let mut times = Vec::new();
    for n in 0..COUNT {
        let new = format!("{text}# {n}\n");
        client.change(file, &new);
        let mut at = text.len() * n / COUNT;
        while !text.is_char_boundary(at) {
            at += 1;
        }
        let params = json!({ "textDocument": { "uri": uri(file) }, "position": position(text, at) });
        let begun = Instant::now();
        let id = client.ask(method, params);
        let answer: Value = client.answer(id);
        times.push(begun.elapsed());
        assert!(answer.get("error").is_none(), "{answer}");
    }
    report(what, &mut times);
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort();
    let at = |percent: usize| ms(times[(times.len() * percent / 100).min(times.len() - 1)]);
    println!("  {what:<46}{:>8.1} ms p50 {:>8.1} ms p95 {:>8.1} ms p99", at(50), at(95), at(99));
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Memory of a process, in KiB.
fn resident(process: u32) -> f64 {
    let status = std::fs::read_to_string(PathBuf::from(format!("/proc/{process}/status"))).unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0.0)
}
