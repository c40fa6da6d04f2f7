//! A server after many edits answers as one that has just begun.

use crate::client::{Client, position, project, uri};
use serde_json::{Value, json};
use std::path::Path;

const EDITS: usize = 1000;
/// How often the answers are compared.
const EVERY: usize = 50;

/// A site with a cluster, so that there is something to evaluate.
const TEXT: &str = r#"import ./lib.lan

## A module.
module web {
  phase = apps
  option replicas : Int = 2
  option label : Text = "x"
  namespace web {}
  manifest ConfigMap settings in web { data { label = label, count = "${replicas * four}" } }
}

type Disk { size : Size, fast : Bool = true }
let disk : Disk = { size = 8GiB }
let all = [for d in [disk] => d.size]
fn twice(n: Int) -> Int = n * 2
let four = twice(2)

site home {
  domains  { root = "example.com", base = "lab.example.com" }
  contact  = "admin@example.com"
  git      { project = "home" }
  operator { ssh-keys = ["ssh-ed25519 AAAA admin@example.com"] }
  network lan { cidrs = [lan], gateway = lan.host(1) }
  primary = network.lan
  router  { ip = 10.0.0.1 }
}
cluster one in home {
  node master { role = server, ip = site.network.lan.host(20), memory = disk.size * 2 }
  each node { use small-machine-os }
  use web { replicas = 3 }
  use small-distribution
  use small-cni
  use small-network-policy
  use small-load-balancer
  use small-gitops
  use small-secret-store
  use small-certificates
}
"#;

/// Somebody who says that all is there that a cluster must have.
const SMALL: &str = include_str!("../../../tests/spec/small-site.kss");

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
    let with = |base: &Value, more: Value| {
        let mut params = base.clone();
        params.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        params
    };
    let whole = json!({ "start": position(text, 0), "end": position(text, text.len()) });
    // What is wrong comes first: when it was told, all was evaluated.
    let mut out = vec![("diagnostic", client.request("textDocument/diagnostic", document.clone()))];
    let mut tokens = client.request("textDocument/semanticTokens/full", document.clone());
    tokens["resultId"] = Value::Null;
    out.push(("tokens", tokens));
    let asked = [
        ("textDocument/documentSymbol", document.clone()),
        ("textDocument/foldingRange", document.clone()),
        ("textDocument/documentLink", document.clone()),
        ("textDocument/inlayHint", with(&document, json!({ "range": whole }))),
        ("textDocument/codeAction", with(&document, json!({ "range": whole, "context": { "diagnostics": [] } }))),
        ("textDocument/selectionRange", with(&document, json!({ "positions": [place["position"]] }))),
        ("textDocument/completion", place.clone()),
        ("textDocument/signatureHelp", place.clone()),
        ("textDocument/hover", place.clone()),
        ("textDocument/definition", place.clone()),
        ("textDocument/typeDefinition", place.clone()),
        ("textDocument/implementation", place.clone()),
        ("textDocument/documentHighlight", place.clone()),
        ("textDocument/references", with(&place, json!({ "context": { "includeDeclaration": true } }))),
        ("textDocument/prepareCallHierarchy", place.clone()),
        ("textDocument/prepareTypeHierarchy", place.clone()),
        ("workspace/symbol", json!({ "query": "e" })),
        ("kss/why", place.clone()),
        ("kss/outputs", with(&document, json!({ "scope": "one" }))),
        ("kss/generatedOf", place),
    ];
    out.extend(asked.map(|(method, params)| (method, client.request(method, params))));
    let lenses = client.request("textDocument/codeLens", document);
    for mut lens in lenses.as_array().cloned().unwrap_or_default() {
        // It names the version of its text, which a fresh server counts from one.
        let mut resolved = client.request("codeLens/resolve", lens.take());
        resolved["data"] = Value::Null;
        out.push(("lens", resolved));
    }
    out
}

#[test]
fn answers_do_not_depend_on_what_was_typed_before() {
    let (_dir, root) =
        project(&[("kss.lock", ""), ("main.kss", TEXT), ("lib.kss", "let lan = 10.0.0.0/24\n"), ("small.kss", SMALL)]);
    let file = root.join("main.kss");
    let pulls = json!({ "textDocument": { "diagnostic": {} } });
    let mut client = Client::start(&[&root], pulls.clone());
    client.open(&file, TEXT);
    let mut text = TEXT.to_owned();
    // Else nothing but mistakes would be compared.
    let mut evaluated = 0;
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    for n in 1..=EDITS {
        // Now and then all is well again.
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
            assert_eq!(old.len(), new.len(), "lenses after {n} edits of\n{text}");
            for ((what, old), (_, new)) in old.iter().zip(&new) {
                assert_eq!(old, new, "{what} after {n} edits of\n{text}");
            }
            let said = |what: &str| new.iter().find(|(w, _)| *w == what).map(|(_, answer)| answer.to_string());
            evaluated += usize::from(said("kss/outputs").is_some_and(|text| text.contains("configmap-settings")));
        }
    }
    assert!(evaluated > 10, "{evaluated} states had outputs");
    assert_eq!(client.stop(), 0);
}
