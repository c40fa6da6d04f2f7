//! The grammar of editors against the compiler: it reads every file that the compiler reads, and keeps what is around a mistake.

#[path = "grammar/broken.rs"]
mod broken;
#[path = "grammar/corpus.rs"]
mod corpus;
#[path = "grammar/files.rs"]
mod files;
#[path = "grammar/queries.rs"]
mod queries;

use std::path::{Path, PathBuf};
use tree_sitter::{Node, Parser, Tree};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the crate lies in the repository")
}

fn parser() -> Parser {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_kss::LANGUAGE.into()).expect("the parser has a version that the library reads");
    parser
}

fn parse(text: &str) -> Tree {
    parser().parse(text, None).expect("nothing cancels it")
}

/// Files below the root whose name ends with `ending`, with their texts; without folders of tools and builds.
fn texts(ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry")) {
            let (path, name) = (entry.path(), entry.file_name().into_string().unwrap_or_default());
            if path.is_dir() {
                if !matches!(name.as_str(), "target" | "node_modules" | "deploy") && !name.starts_with('.') {
                    folders.push(path);
                }
            } else if name.ends_with(ending) {
                let text = std::fs::read_to_string(&path).expect("it is text");
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

/// Is what the compiler says about `text` nothing?
fn is_good(text: &str) -> bool {
    kss_syntax::parse(kss_span::FileId(0), text).errors.is_empty()
}

/// All nodes, in the order of the text.
fn nodes(tree: &Tree) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    let mut stack = vec![tree.root_node()];
    while let Some(node) = stack.pop() {
        found.push(node);
        let mut cursor = node.walk();
        let children: Vec<_> = node.children(&mut cursor).collect();
        stack.extend(children.into_iter().rev());
    }
    found
}

/// Nodes that are there because something is wrong, each as `line:column: what`.
fn mistakes(text: &str) -> Vec<String> {
    let tree = parse(text);
    let kinds = ["missing", "missing_close", "missing_quote", "malformed"];
    let wrong = nodes(&tree).into_iter().filter(|n| n.is_error() || n.is_missing() || kinds.contains(&n.kind()));
    let shown = wrong.map(|n| {
        let place = n.start_position();
        let line = text.lines().nth(place.row).unwrap_or_default();
        format!("{}:{}: {} in `{}`", place.row + 1, place.column + 1, n.kind(), line.trim())
    });
    shown.collect()
}
