//! Broken files: there is a tree for each, what is around a mistake stays, and an edit leads to the tree of the new text.

use crate::{is_good, nodes, parse, parser, texts};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use tree_sitter::{InputEdit, Point, Tree};

/// The declarations in a tree, each with the place of its name.
fn placed(tree: &Tree, text: &str) -> BTreeMap<usize, String> {
    let kinds =
        ["site", "cluster", "module", "type_declaration", "function", "capability", "kind", "test", "let", "entry"];
    let named = nodes(tree).into_iter().filter(|n| kinds.contains(&n.kind()));
    let names = named.filter_map(|n| {
        let name = n.child_by_field_name(if n.kind() == "test" { "title" } else { "name" })?;
        Some((name.start_byte(), format!("{} {}", n.kind(), &text[name.byte_range()])))
    });
    names.collect()
}

/// Names of the declarations in a tree, with their kinds.
fn declared(tree: &Tree, text: &str) -> BTreeSet<String> {
    placed(tree, text).into_values().collect()
}

/// Places where something is taken away: every `every`th of the signs that hold a file together.
fn cuts(text: &str, every: usize) -> Vec<usize> {
    let signs = text.char_indices().filter(|(_, c)| "{}()[]\"=:,".contains(*c));
    signs.map(|(at, _)| at).step_by(every).collect()
}

fn good_files() -> Vec<(PathBuf, String)> {
    texts(".kss").into_iter().filter(|(_, text)| is_good(text)).collect()
}

#[test]
fn one_missing_sign_loses_little() {
    let (mut kept, mut all, mut total, mut tries) = (0, 0, 0, 0);
    let mut worst = Vec::new();
    for (path, text) in good_files() {
        let before = declared(&parse(&text), &text);
        if before.len() < 3 {
            continue;
        }
        for at in cuts(&text, 7) {
            let mut broken = text.clone();
            broken.remove(at);
            let after = declared(&parse(&broken), &broken);
            let same = before.intersection(&after).count();
            (kept, all, tries) = (kept + same, all + before.len(), tries + 1);
            // What stands in a text that is not closed any more can't be kept.
            total += usize::from(same + 1 >= before.len());
            if same * 10 < before.len() * 8 {
                let line = text[..at].lines().count();
                worst.push(format!("{}:{line}: {same} of {}", path.display(), before.len()));
            }
        }
    }
    assert!(tries > 1000, "only {tries} tries");
    assert!(kept * 1000 >= all * 990, "{kept} of {all} are kept:\n{}", worst.join("\n"));
    assert!(total * 100 >= tries * 95, "{total} of {tries} lose at most one:\n{}", worst.join("\n"));
}

#[test]
fn a_file_that_is_being_written_keeps_what_is_there() {
    let (mut kept, mut all) = (0, 0);
    for (_, text) in good_files() {
        let before = placed(&parse(&text), &text);
        let lines: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        for end in lines.iter().step_by(5) {
            let part = &text[..*end];
            let there = before.range(..*end).filter(|(at, what)| **at + what.len() < *end);
            let after = placed(&parse(part), part);
            for (at, what) in there {
                all += 1;
                kept += usize::from(after.get(at) == Some(what));
            }
        }
    }
    assert!(kept * 1000 >= all * 995, "{kept} of {all} are kept");
}

#[test]
fn every_broken_file_of_the_compiler_has_a_tree() {
    let files = texts(".kss");
    let broken: Vec<_> = files.iter().filter(|(_, text)| !is_good(text)).collect();
    assert!(broken.len() >= 10, "only {} are broken", broken.len());
    for (path, text) in broken {
        let tree = parse(text);
        assert_eq!(tree.root_node().kind(), "file", "{}", path.display());
        assert_eq!(tree.root_node().end_byte(), text.len(), "{}", path.display());
    }
}

#[test]
fn what_is_below_an_unfinished_line_stays() {
    let lines = [
        "a =",
        "a = b.",
        "a = (1",
        "a = [1, 2",
        "a = f(x",
        "a = \"text",
        "a = \"${x",
        "a :",
        "node x {",
        "use",
        "let x =",
        "if a",
        "tune helm x",
        "a = if b",
        "a = b and",
        "a.b.",
        "a = { b = 1",
        "for x in",
        "check",
        "a = match x",
        "a = 'raw",
    ];
    for line in lines {
        let text = format!("module m {{\n  {line}\n  node kept {{ b = 1 }}\n}}\n\nmodule next {{\n  use canal\n}}\n");
        let found = declared(&parse(&text), &text);
        for name in ["module m", "entry kept", "module next"] {
            assert!(found.contains(name), "{name} is lost behind `{line}`: {found:?}\n{}", parse(&text).root_node());
        }
    }
}

fn point(text: &str, at: usize) -> Point {
    let line = text[..at].rfind('\n').map_or(0, |n| n + 1);
    Point { row: text[..at].matches('\n').count(), column: at - line }
}

#[test]
fn an_edit_leads_to_the_tree_of_the_new_text() {
    let mut parser = parser();
    for (path, text) in good_files() {
        let old = parse(&text);
        for at in cuts(&text, 31) {
            let mut new = text.clone();
            new.remove(at);
            let mut tree = old.clone();
            tree.edit(&InputEdit {
                start_byte: at,
                old_end_byte: at + 1,
                new_end_byte: at,
                start_position: point(&text, at),
                old_end_position: point(&text, at + 1),
                new_end_position: point(&text, at),
            });
            let tree = parser.parse(&new, Some(&tree)).expect("nothing cancels it");
            let back = {
                let mut tree = tree.clone();
                tree.edit(&InputEdit {
                    start_byte: at,
                    old_end_byte: at,
                    new_end_byte: at + 1,
                    start_position: point(&text, at),
                    old_end_position: point(&text, at),
                    new_end_position: point(&text, at + 1),
                });
                parser.parse(&text, Some(&tree)).expect("nothing cancels it")
            };
            let shown = |tree: &Tree| tree.root_node().to_sexp();
            assert_eq!(shown(&back), shown(&old), "{} at {at}", path.display());
        }
    }
}

/// Numbers that are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("it has 31 bits") % end
    }
}

/// Tokens in any order: what the scanner inserts must not go on for ever, whatever stands there.
#[test]
fn any_text_has_a_tree() {
    let mut pieces: Vec<String> = ["\n", "\r\n", "\0", "ä", "'''", "\"\"\"", "${", "\""].map(str::to_owned).into();
    for (_, text) in good_files() {
        let mut at = 0;
        for (i, token) in kss_syntax::lex(&text).iter().enumerate() {
            let end = at + token.len as usize;
            if i % 3 == 0 {
                pieces.push(text[at..end].to_owned());
            }
            at = end;
        }
    }
    let words = kss_syntax::KEYWORDS.iter().map(|(word, _)| format!("{word} "));
    let signs = ["{", "}", "(", ")", "[", "]", "=", ":", ",", ".", "=>", "|", "?", " ", "\n"].map(str::to_owned);
    let common: Vec<String> = words.chain(signs).collect();
    let (mut numbers, mut parser) = (Numbers(7), parser());
    for _ in 0..3000 {
        let mut text = String::new();
        for _ in 0..1 + numbers.below(60) {
            let from = if numbers.below(2) == 0 { &common } else { &pieces };
            text.push_str(&from[numbers.below(from.len())]);
        }
        let tree = parser.parse(&text, None).expect("nothing cancels it");
        let root = tree.root_node();
        assert!(root.end_byte() <= text.len() && root.descendant_count() < 50 * (text.len() + 10), "{text}");
    }
}
