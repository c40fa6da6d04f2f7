//! The corpus in `test/corpus`, in the form of `tree-sitter test`: a title between lines of `=`, the text, `---`, its tree.
//! `KSS_BLESS=1` writes the trees.

use crate::{parse, root};
use std::fmt::Write as _;

struct Case {
    title: String,
    text: String,
    tree: String,
}

fn cases(page: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut lines = page.lines().peekable();
    let rule = |line: &str, c: char| line.len() >= 3 && line.chars().all(|l| l == c);
    while let Some(line) = lines.next() {
        assert!(rule(line, '='), "a case begins with a line of `=`, not with `{line}`");
        let title = lines.next().unwrap_or_default().to_owned();
        assert!(lines.next().is_some_and(|line| rule(line, '=')), "`{title}` has a line of `=` below it");
        let (mut text, mut tree) = (String::new(), String::new());
        for line in lines.by_ref().take_while(|line| !rule(line, '-')) {
            let _ = writeln!(text, "{line}");
        }
        while let Some(line) = lines.next_if(|line| !rule(line, '=')) {
            let _ = writeln!(tree, "{line}");
        }
        cases.push(Case { title, text: text.trim().to_owned(), tree });
    }
    cases
}

/// A tree with each node on its own line.
fn laid_out(tree: &str) -> String {
    let words: Vec<&str> = tree.split_whitespace().collect();
    let (mut out, mut depth) = (String::new(), 0usize);
    for (i, word) in words.iter().enumerate() {
        let label = i > 0 && words[i - 1].ends_with(':');
        if i > 0 {
            if label {
                out.push(' ')
            } else {
                let _ = write!(out, "\n{}", "  ".repeat(depth));
            }
        }
        out.push_str(word);
        depth += word.matches('(').count();
        depth -= word.matches(')').count();
    }
    out
}

#[test]
fn every_case_has_its_tree() {
    let mut files: Vec<_> = std::fs::read_dir(root().join("editors/tree-sitter-kss/test/corpus"))
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let (mut count, mut wrong) = (0, Vec::new());
    for path in files {
        let page = std::fs::read_to_string(&path).expect("it is text");
        let mut blessed = String::new();
        for case in cases(&page) {
            count += 1;
            let found = laid_out(&parse(&case.text).root_node().to_sexp());
            let line = "=".repeat(20);
            let _ = write!(blessed, "{line}\n{}\n{line}\n\n{}\n\n---\n\n{found}\n\n", case.title, case.text);
            if laid_out(&case.tree) != found {
                wrong.push(format!("{}: {}\n{}\n{found}", path.display(), case.title, case.text));
            }
        }
        if std::env::var_os("KSS_BLESS").is_some() {
            std::fs::write(&path, blessed.trim_end().to_owned() + "\n").expect("it can be written");
        }
    }
    assert!(count > 40, "only {count} cases");
    assert!(
        wrong.is_empty() || std::env::var_os("KSS_BLESS").is_some(),
        "{}\n(KSS_BLESS=1 accepts it)",
        wrong.join("\n\n")
    );
}
