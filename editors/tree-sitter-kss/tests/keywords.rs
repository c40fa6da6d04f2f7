//! The words of the language in the grammars of editors are those of the compiler. `KSS_BLESS=1` writes them.
//!
//! In a file that has comments the words stand between `keywords: CLASS` and `end`. The grammar of TextMate is JSON: each class is
//! an entry of its repository, `words-CLASS`.

use kss_syntax::{KEYWORDS, WordClass};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn editors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies with the editors").to_owned()
}

fn is_blessing() -> bool {
    std::env::var_os("KSS_BLESS").is_some()
}

const CLASSES: &[WordClass] = &[
    WordClass::Declaration,
    WordClass::Statement,
    WordClass::Modifier,
    WordClass::Control,
    WordClass::Clause,
    WordClass::Operator,
    WordClass::Constant,
    WordClass::Type,
];

fn words(class: WordClass) -> Vec<&'static str> {
    KEYWORDS.iter().filter(|(_, c)| *c == class).map(|(word, _)| *word).collect()
}

fn class(name: &str) -> WordClass {
    let found = CLASSES.iter().copied().find(|c| format!("{c:?}") == name);
    found.unwrap_or_else(|| panic!("`{name}` is no class of words"))
}

#[test]
fn every_word_has_a_class() {
    assert_eq!(CLASSES.iter().map(|c| words(*c).len()).sum::<usize>(), KEYWORDS.len());
}

#[test]
fn the_grammar_has_the_words_of_the_compiler() {
    let language: tree_sitter::Language = tree_sitter_kss::LANGUAGE.into();
    let ids = 0..u16::try_from(language.node_kind_count()).expect("few kinds");
    let kinds = ids.filter(|id| language.node_kind_is_visible(*id) && !language.node_kind_is_named(*id));
    let found: BTreeSet<&str> = kinds
        .filter_map(|id| language.node_kind_for_id(id))
        .filter(|kind| kind.starts_with(|c: char| c.is_ascii_alphabetic()))
        .filter(|kind| *kind != "end")
        .collect();
    let wanted: BTreeSet<&str> = KEYWORDS.iter().map(|(word, _)| *word).collect();
    assert_eq!(found, wanted);
}

/// `text` with the words of each class between its marks, each line of them made by `line`.
fn filled(text: &str, comment: &str, line: impl Fn(&str, &[&str]) -> Vec<String>) -> (String, usize) {
    let mut out = String::new();
    let mut open = false;
    let mut count = 0;
    for row in text.lines() {
        let mark = row.trim_start().strip_prefix(comment).map(str::trim);
        if mark == Some("end") {
            open = false;
        }
        if !open {
            out.push_str(row);
            out.push('\n');
        }
        if let Some(names) = mark.and_then(|m| m.strip_prefix("keywords:")) {
            open = true;
            count += 1;
            let indent = &row[..row.len() - row.trim_start().len()];
            let name = names.trim();
            for made in line(name, &words(class(name))) {
                out.push_str(indent);
                out.push_str(&made);
                out.push('\n');
            }
        }
    }
    assert!(!open, "the last `keywords:` has no `end`");
    (out, count)
}

/// Checks the marked words of a file, or writes them.
fn check(path: &str, comment: &str, least: usize, line: impl Fn(&str, &[&str]) -> Vec<String>) {
    let place = editors().join(path);
    let text = std::fs::read_to_string(&place).unwrap_or_else(|e| panic!("{path}: {e}"));
    let (wanted, count) = filled(&text, comment, line);
    assert!(count >= least, "{path} has {count} marked places");
    if is_blessing() {
        std::fs::write(&place, &wanted).expect("it can be written");
    } else {
        assert!(text == wanted, "{path} has other words than the compiler (KSS_BLESS=1 writes them):\n{wanted}");
    }
}

/// Words in lines of some length, with something around each and around all.
fn rows(words: &[&str], around: impl Fn(&str) -> String, first: &str, last: &str) -> Vec<String> {
    let mut rows = vec![String::new()];
    for word in words {
        let shown = around(word);
        let room = rows.last().is_some_and(|row| row.is_empty() || row.len() + shown.len() < 100);
        if !room {
            rows.push(String::new());
        }
        if let Some(row) = rows.last_mut() {
            row.push_str(if row.is_empty() { "" } else { " " });
            row.push_str(&shown);
        }
    }
    let mut rows: Vec<String> = rows.into_iter().map(|row| format!("  {row}")).collect();
    if !first.is_empty() {
        rows.insert(0, first.to_owned());
    }
    if !last.is_empty() {
        rows.push(last.to_owned());
    }
    rows
}

fn query(_: &str, words: &[&str]) -> Vec<String> {
    rows(words, |word| format!("\"{word}\""), "[", "]")
}

#[test]
fn queries() {
    let all = ["tree-sitter-kss/queries", "helix/queries/kss", "zed/languages/kss"];
    for folder in all {
        check(&format!("{folder}/highlights.scm"), ";", 8, query);
    }
}

/// Matches, because a keyword of Vim would be one in front of a `=` as well.
#[test]
fn vim() {
    check("vim/syntax/kss.vim", "\"", 8, |class, words| {
        let group = match class {
            "Operator" | "Type" => format!("kssWord{class}"),
            _ => format!("kss{class}"),
        };
        let name = r"\%(\s*\%([.:{]\|=[=>]\@!\)\)\@!";
        vec![format!(r#"syntax match {group} "\<\%({}\)\>{name}""#, words.join(r"\|"))]
    });
}

#[test]
fn emacs() {
    check("emacs/kss-mode.el", ";;", 8, |class, words| {
        let mut made = rows(words, |word| format!("\"{word}\""), &format!("({class}"), "");
        if let Some(last) = made.last_mut() {
            last.push(')');
        }
        made
    });
}

/// The grammar of TextMate: the first group of alternatives behind each `"words-CLASS"` is replaced.
#[test]
fn textmate() {
    let path = editors().join("vscode/syntaxes/kss.tmLanguage.json");
    let text = std::fs::read_to_string(&path).expect("the grammar is there");
    let mut wanted = text.clone();
    for class in CLASSES {
        let name = format!("\"words-{class:?}\": {{");
        let at = wanted.find(&name).unwrap_or_else(|| panic!("{name} is missing"));
        let group = wanted[at..].match_indices('(').map(|(i, _)| at + i + 1).find_map(|from| {
            let to = from + wanted[from..].find(')')?;
            wanted[from..to].chars().all(|c| c.is_ascii_alphabetic() || c == '|').then_some(from..to)
        });
        wanted.replace_range(group.expect("it has a group of words"), &words(*class).join("|"));
    }
    if is_blessing() {
        std::fs::write(&path, &wanted).expect("it can be written");
    } else {
        assert!(text == wanted, "the grammar has other words than the compiler (KSS_BLESS=1 writes them)");
    }
}
