//! A server after many edits answers as one that has just begun.

use crate::client::{Client, position, project, uri};
use serde_json::{Value, json};
use std::path::Path;

const EDITS: usize = 1000;
/// How often the answers are compared.
const EVERY: usize = 50;

const TEXT: &str = r#"import ./lib.lan

## A module.
module web {
  option replicas : Int = 2
  option label : Text = "x"
  namespace web {}
  manifest ConfigMap settings in web { data { label, count = "${replicas}" } }
}

type Disk { size : Size, fast : Bool = true }
let disk : Disk = { size = 8GiB }
let all = [for d in [disk] => d.size]
fn twice(n: Int) -> Int = n * 2
let four = twice(2)
let net = lan
"#;

/// Small numbers that look random and are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

const PIECES: [&str; 14] =
    ["x", " ", "\n", "{", "}", "\"", "let a = 1\n", ".", "= ", "use web ", "replicas", "disk.size", "# note\n", "ä🦀"];

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn answers(client: &mut Client, file: &Path, text: &str, at: usize) -> Vec<(&'static str, Value)> {
    let document = json!({ "textDocument": { "uri": uri(file) } });
    let place = json!({ "textDocument": { "uri": uri(file) }, "position": position(text, at) });
    let mut tokens = client.request("textDocument/semanticTokens/full", document.clone());
    tokens["resultId"] = Value::Null;
    vec![
        ("diagnostic", client.request("textDocument/diagnostic", document.clone())),
        ("symbols", client.request("textDocument/documentSymbol", document.clone())),
        ("folds", client.request("textDocument/foldingRange", document)),
        ("tokens", tokens),
        ("completion", client.request("textDocument/completion", place.clone())),
        ("hover", client.request("textDocument/hover", place.clone())),
        ("definition", client.request("textDocument/definition", place.clone())),
        ("highlight", client.request("textDocument/documentHighlight", place)),
    ]
}

#[test]
fn answers_do_not_depend_on_what_was_typed_before() {
    let (_dir, root) = project(&[("kss.lock", "{}"), ("main.kss", TEXT), ("lib.kss", "let lan = 10.0.0.0/24\n")]);
    let file = root.join("main.kss");
    let pulls = json!({ "textDocument": { "diagnostic": {} } });
    let mut client = Client::start(&[&root], pulls.clone());
    client.open(&file, TEXT);
    let mut text = TEXT.to_owned();
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    for n in 1..=EDITS {
        // Now and then all is well again, else nothing but mistakes would be compared.
        if n % 25 == 0 {
            client.change(&file, TEXT);
            text = TEXT.to_owned();
        }
        let at = dice.below(text.len() + 1);
        let from = boundary(&text, at);
        let at = (from + dice.below(4)).min(text.len());
        let to = boundary(&text, at).max(from);
        let piece = if dice.below(3) == 0 { "" } else { PIECES[dice.below(PIECES.len())] };
        let range = json!({ "start": position(&text, from), "end": position(&text, to) });
        client.change_with(&file, json!([{ "range": range, "text": piece }]));
        text.replace_range(from..to, piece);
        if n % EVERY == 0 || n % EVERY == 3 {
            let at = dice.below(text.len() + 1);
            let at = boundary(&text, at);
            let mut fresh = Client::start(&[&root], pulls.clone());
            fresh.open(&file, &text);
            let (old, new) = (answers(&mut client, &file, &text, at), answers(&mut fresh, &file, &text, at));
            for ((what, old), (_, new)) in old.iter().zip(&new) {
                assert_eq!(old, new, "{what} after {n} edits of\n{text}");
            }
        }
    }
    assert_eq!(client.stop(), 0);
}
