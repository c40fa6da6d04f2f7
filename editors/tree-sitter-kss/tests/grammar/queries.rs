//! The queries fit the grammar, and find what they are for.

use crate::{parse, root};
use streaming_iterator::StreamingIterator;
use tree_sitter::{Language, Query, QueryCursor};

fn language() -> Language {
    tree_sitter_kss::LANGUAGE.into()
}

/// What a query finds: names of captures with the text that each has.
fn captures(query: &str, text: &str) -> Vec<(String, String)> {
    let query = Query::new(&language(), query).expect("the query fits the grammar");
    let tree = parse(text);
    let mut cursor = QueryCursor::new();
    let mut found = Vec::new();
    let mut captures = cursor.captures(&query, tree.root_node(), text.as_bytes());
    while let Some((found_match, index)) = captures.next() {
        let capture = found_match.captures[*index];
        let name = query.capture_names()[capture.index as usize].to_owned();
        found.push((name, text[capture.node.byte_range()].to_owned()));
    }
    found
}

#[test]
fn every_query_of_every_editor_fits_the_grammar() {
    let editors = root().join("editors");
    let mut folders = vec![editors];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if path.is_dir() {
                if path.file_name().is_some_and(|name| name != "node_modules") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|e| e == "scm") {
                count += 1;
                let query = std::fs::read_to_string(&path).expect("it is text");
                if let Err(error) = Query::new(&language(), &query) {
                    panic!("{}: {error}", path.display());
                }
            }
        }
    }
    assert!(count >= 7, "only {count} queries");
}

fn has(found: &[(String, String)], name: &str, text: &str) -> bool {
    found.iter().any(|(n, t)| n == name && t == text)
}

#[test]
fn colours() {
    let text = "module a for site {\n  let x = 5min  # why\n  for = 7\n  route b { to = \"x\\n${x}\" }\n}\n";
    let found = captures(tree_sitter_kss::HIGHLIGHTS, text);
    for (name, part) in [
        ("keyword", "module"),
        ("keyword", "let"),
        ("module", "a"),
        ("number", "5min"),
        ("comment", "# why"),
        ("property", "for"),
        ("type", "route"),
        ("label", "b"),
        ("string.escape", "\\n"),
        ("punctuation.special", "${"),
    ] {
        assert!(has(&found, name, part), "`{part}` is no {name}: {found:?}");
    }
    assert!(!has(&found, "keyword.repeat", "for") || found.iter().filter(|(_, t)| t == "for").count() > 1);
}

#[test]
fn definitions_and_references() {
    let text = "fn f(a: Int) -> Int = a + 1\nlet b = f(2)\n";
    let found = captures(tree_sitter_kss::LOCALS, text);
    for (name, part) in [
        ("local.definition.function", "f"),
        ("local.definition.parameter", "a"),
        ("local.definition.var", "b"),
        ("local.reference", "a"),
        ("local.reference", "f"),
    ] {
        assert!(has(&found, name, part), "`{part}` is no {name}: {found:?}");
    }
}

#[test]
fn folds_and_injections() {
    let found = captures(tree_sitter_kss::FOLDS, "module a {\n  b = [\n    1\n  ]\n}\n");
    assert_eq!(found.len(), 2, "{found:?}");
    let found = captures(tree_sitter_kss::INJECTIONS, "let a = matches(b, \"^x$\")\nc { expr = \"up == 0\" }\n");
    assert!(has(&found, "injection.content", "^x$") && has(&found, "injection.content", "up == 0"), "{found:?}");
}
