//! What the snippets of the extension insert is read by the compiler.

use std::path::Path;

/// The text that stands there when somebody takes every default.
fn filled(body: &str) -> String {
    let mut out = String::new();
    let mut rest = body;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(inner) = rest.strip_prefix('{') else {
            let digits = rest.chars().take_while(char::is_ascii_digit).count();
            rest = &rest[digits..];
            continue;
        };
        let end = inner.find('}').expect("a place is closed");
        let text = inner[..end].trim_start_matches(|c: char| c.is_ascii_digit());
        match text.strip_prefix('|') {
            Some(choice) => out.push_str(choice.split([',', '|']).next().unwrap_or_default()),
            None => out.push_str(text.trim_start_matches(':')),
        }
        rest = &inner[end + 1..];
    }
    out + rest
}

#[test]
fn every_snippet_is_good() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vscode/snippets/kss.json");
    let text = std::fs::read_to_string(path).expect("the snippets are there");
    let all: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).expect("they are JSON");
    assert!(all.len() > 10);
    for (name, snippet) in &all {
        let lines = snippet["body"].as_array().expect("a snippet has lines");
        let body = lines.iter().map(|line| line.as_str().expect("a line is text")).collect::<Vec<_>>().join("\n");
        // Places at the end are empty at first: a value is still to be written.
        let text = filled(&body.replace("= $0", "= 1").replace("=> $0", "=> 1"));
        let errors = kss_syntax::parse(kss_span::FileId(0), &text).errors;
        assert!(errors.is_empty(), "{name}: {} in\n{text}", errors[0].message);
    }
}
