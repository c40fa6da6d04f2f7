//! The grammar of the reference is what the parser accepts.

use kss_span::FileId;
use kss_syntax::{KEYWORDS, parse};
use kss_tests::spec::grammar::{Grammar, Sentences};
use kss_tests::spec::root;

fn grammar() -> Grammar {
    let page = std::fs::read_to_string(root().join("tests/spec/21-grammar.md")).expect("the page is there");
    Grammar::read(&page).expect("the grammar is well formed")
}

#[test]
fn every_keyword_is_in_the_grammar() {
    let grammar = grammar();
    let terminals = grammar.terminals();
    let missing: Vec<&str> = KEYWORDS.iter().map(|(word, _)| *word).filter(|word| !terminals.contains(word)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// How many sentences are tried, and how many more until every alternative of every rule was.
const LEAST: usize = 3000;
const MOST: usize = 20_000;

#[test]
fn the_parser_accepts_every_sentence_of_the_grammar() {
    let grammar = grammar();
    let words = KEYWORDS.iter().map(|(word, _)| *word);
    let mut sentences = Sentences::new(&grammar, words.chain(["overlay", "manifest"]));
    let mut wrong = Vec::new();
    let mut at = 0;
    let all = grammar.alternatives();
    while at < LEAST || at < MOST && !all.is_subset(&sentences.used) {
        at += 1;
        let (rule, depth) = if at % 4 == 0 { ("file", 6 + at % 12) } else { ("statement", 6 + at % 16) };
        let text = sentences.sentence(rule, depth);
        let parsed = parse(FileId(0), &text);
        if let Some(error) = parsed.errors.first() {
            let place = &text[error.place.range.range()];
            wrong.push(format!("{}: {} at `{place}` in\n{text}\n", error.code.id, error.message));
        }
    }
    wrong.sort_by_key(String::len);
    assert!(wrong.is_empty(), "{} sentences:\n\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
    let unused: Vec<_> = all.difference(&sentences.used).cloned().collect();
    assert!(unused.is_empty(), "never used: {unused:?}");
}
