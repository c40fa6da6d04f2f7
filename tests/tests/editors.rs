//! The grammar of editors reads what the grammar of the reference makes.

use kss_span::FileId;
use kss_syntax::{KEYWORDS, parse};
use kss_tests::spec::grammar::{Grammar, Sentences};
use kss_tests::spec::root;
use tree_sitter::Parser;

/// How many sentences are tried.
const SENTENCES: usize = 3000;

#[test]
fn the_grammar_of_editors_accepts_every_sentence_of_the_grammar() {
    let page = std::fs::read_to_string(root().join("tests/spec/21-grammar.md")).expect("the page is there");
    let grammar = Grammar::read(&page).expect("the grammar is well formed");
    let words = KEYWORDS.iter().map(|(word, _)| *word);
    let mut sentences = Sentences::new(&grammar, words.chain(["overlay", "manifest"]));
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_kss::LANGUAGE.into()).expect("the library reads the parser");
    let mut wrong = Vec::new();
    for at in 0..SENTENCES {
        let (rule, depth) = if at % 4 == 0 { ("file", 6 + at % 12) } else { ("statement", 6 + at % 16) };
        let text = sentences.sentence(rule, depth);
        if !parse(FileId(0), &text).errors.is_empty() {
            continue;
        }
        let tree = parser.parse(&text, None).expect("nothing cancels it");
        if tree.root_node().has_error() {
            wrong.push(text);
        }
    }
    wrong.sort_by_key(String::len);
    assert!(wrong.is_empty(), "{} sentences:\n\n{}", wrong.len(), wrong[..wrong.len().min(6)].join("\n"));
}
