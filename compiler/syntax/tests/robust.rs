//! Whatever the text: no panic, a tree, and most of it as before where the text is nearly right.
mod common;

use common::{corpus, dump, mended};
use kss_span::FileId;
use kss_syntax::ast::File;
use kss_syntax::{Token, lex, parse};
use proptest::prelude::*;
use std::time::Instant;

fn text_of(tokens: &[Token], text: &str) -> String {
    let mut at = 0;
    let mut out = String::new();
    for token in tokens {
        assert!(token.len > 0);
        out.push_str(&text[at..at + token.len as usize]);
        at += token.len as usize;
    }
    out
}

/// What every text must survive.
fn survives(text: &str) {
    let tokens = lex(text);
    assert_eq!(text_of(&tokens, text), text);
    let parsed = parse(FileId(0), text);
    assert_eq!(*parsed.tokens, *tokens);
    assert_eq!(parsed.file.items.len(), parsed.spans.len());
    for error in &parsed.errors {
        assert!(text.get(error.place.range.range()).is_some(), "{error:?}");
        error.fixes.iter().for_each(|fix| drop(mended(text, fix)));
    }
    assert!(parsed.spans.iter().all(|s| !s.is_empty()));
    for range in parsed.spans.iter().flat_map(|s| s.iter()) {
        assert!(range.lo <= range.hi && text.get(range.range()).is_some());
    }
}

/// Pieces that the language is made of, so that random texts get past the first error.
fn pieces() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "a",
        "node",
        "x-1",
        "worker-{1..3}",
        "if",
        "for",
        "in",
        "match",
        "=>",
        "else",
        "then",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ",",
        "\n",
        "=",
        ":",
        ".",
        "..",
        "?",
        "|",
        "\"",
        "\"\"\"",
        "'",
        "'''",
        "${",
        "1",
        "10.0.0.1",
        "::",
        "8GiB",
        "1..2",
        "not",
        "is",
        "every",
        "type",
        "T",
        "module",
        "let",
        "because",
        "where",
        "use",
        "tune",
        "import",
        "./",
        "# c\n",
        "## d\n",
        "\\",
        "å",
        "\r\n",
        "\t",
        " ",
        " ",
        " ",
        "fail",
        "with",
        "expect",
        "no",
        "error",
        "check",
        "-",
        "+",
        "==",
        "??",
        "//",
        "&&",
        "set",
        "ref",
        "Later",
        "/*",
        "*/",
        "<<EOF\n",
        "$",
        "“",
        "”",
        "‘",
        "\u{200b}",
        "–",
        "＝",
        "{{ .",
        "@",
        "worker-{",
        ";",
        "===",
        "elif",
        "const",
        "5 min",
        "a:\n   ",
        "\n -",
        "|\n    ",
        "''\n   ",
        "case",
        "switch",
        "as",
        "with a;",
        "v1.2.3",
    ];
    prop::collection::vec(prop::sample::select(WORDS), 0..60).prop_map(|w| w.join(" "))
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(400)
}

/// What random texts have found.
#[test]
fn found_texts() {
    for text in ["¬𖬀", "&&é", "a¬é"] {
        survives(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn any_text(text in any::<String>()) {
        survives(&text);
    }

    #[test]
    fn any_ascii(text in "[ -~\n]{0,200}") {
        survives(&text);
    }

    #[test]
    fn any_pieces(text in pieces()) {
        survives(&text);
    }
}

/// The tree doesn't know of comments.
#[test]
fn comments_change_nothing() {
    for (path, text) in corpus::files() {
        let before = parse(FileId(0), &text);
        let mut commented = String::from("# at the start\n");
        let mut block = false;
        for line in text.lines() {
            let quotes = line.matches("\"\"\"").count() + line.matches("'''").count();
            commented.push_str(line);
            block ^= quotes % 2 == 1;
            // Behind a documentation comment, or inside a text, it would be something else.
            if !block && quotes == 0 && !line.contains('#') {
                commented.push_str("   # why\n# more");
            }
            commented.push('\n');
        }
        let after = parse(FileId(0), &commented);
        assert_eq!(before.file, after.file, "{path}");
    }
}

/// What is right and says nothing superfluous is no reason for a word.
#[test]
fn real_files_are_right() {
    for (path, text) in corpus::files() {
        assert_eq!(parse(FileId(0), &text).errors, [], "{path}");
    }
}

/// Nor of how lines end.
#[test]
fn line_ends_of_other_systems() {
    for (path, text) in corpus::files() {
        let before = parse(FileId(0), &text);
        let after = parse(FileId(0), &text.replace('\n', "\r\n"));
        assert_eq!(before.file, after.file, "{path}");
    }
}

/// An edit inside one item leaves the others equal, although they move.
#[test]
fn an_edit_touches_one_item() {
    let text = "a { b = 1 }\nc { d = 2, e = f(3) }\n";
    let edited = "a { b = 1, x = [y] }\n\nc { d = 2, e = f(3) }\n";
    let (before, after) = (parse(FileId(0), text), parse(FileId(0), edited));
    assert_ne!(before.file.items[0], after.file.items[0]);
    assert_eq!(before.file.items[1], after.file.items[1]);
    assert_ne!(before.spans[1], after.spans[1]);
}

/// Also where both are on one line.
#[test]
fn items_have_numbers_of_their_own() {
    let one = parse(FileId(0), "a = 1, b { c = f(2) }\n");
    let two = parse(FileId(0), "a = 1\nb { c = f(2) }\n");
    assert_eq!(one.file, two.file);
    // The comma is one byte more than the line end.
    let places = one.spans[1].iter().map(|s| (s.lo - 1, s.hi - 1));
    assert!(places.eq(two.spans[1].iter().map(|s| (s.lo, s.hi))));
}

/// Nesting ends in a message, never in an overflow of the stack: neither in the parser nor when the tree is dropped.
#[test]
fn deep_nesting() {
    let deep = 10_000;
    let shapes = [
        ("[", "1", "]"),
        ("(", "1", ")"),
        ("{ a = ", "1", " }"),
        ("f(", "1", ")"),
        ("a { ", "b = 1", " }"),
        ("not ", "x", ""),
        ("- ", "1", ""),
        ("if a then b else ", "c", ""),
        ("if a => ", "b", ""),
        ("every a in b: ", "c", ""),
        ("match x { y => ", "1", " }"),
        ("\"${f(", "x", ")}\""),
        ("", "x", ".y"),
        ("", "x", "()"),
        ("1 + ", "1", ""),
        ("a ?? ", "1", ""),
        ("x is a and ", "1", ""),
        ("fail ", "1", ""),
        ("[for a in b => ", "1", "]"),
        ("if a { b = 1 } else ", "{ c = 1 }", ""),
        ("for a in b => ", "c", ""),
    ];
    for (open, middle, close) in shapes {
        for value in ["a = ", ""] {
            let text = format!("{value}{}{middle}{}\nb = 1\n", open.repeat(deep), close.repeat(deep));
            survives(&text);
            let parsed = parse(FileId(0), &text);
            assert!(!parsed.errors.is_empty(), "{open}");
            // Only the last, because the picture of a deep tree is made with recursion.
            let items = parsed.file.items.last().cloned().into_iter().collect();
            assert_eq!(dump::file(&File { items }), "field b = Int:1\n", "{open}");
            survives(&open.repeat(deep));
            survives(&close.repeat(deep));
        }
    }
    for (open, close) in
        [("[", "]"), ("set ", ""), ("Later ", ""), ("", "?"), ("{Text: ", "}"), ("a { b : ", " }"), ("", " + {}")]
    {
        let text = format!("a : {}T{}\nb = 1\n", open.repeat(deep), close.repeat(deep));
        survives(&text);
        assert!(!parse(FileId(0), &text).errors.is_empty(), "{open}");
    }
}

/// Time grows with the text, not with its square.
#[test]
fn time_is_linear() {
    let shapes = [
        "a { b = 1, c = \"x\" }\n",
        "a { b = \n",
        "}\n",
        "[\n",
        "a = \"${x\n",
        "a = '''\n",
        "a = \"\"\"${x\n",
        "a.b.c = ",
        "\"x\".",
        "{ ) ",
        "## doc\n",
        "(]",
        "${",
        "/*\n",
        "/* ",
        "a = <<EOF\n",
        "$",
        "& ",
        "“",
        "é-",
        "a = b c\n",
        "if { ",
        "x = a ? ",
        "a + \n- ",
        "x y ",
        "1 % ",
        "a-{ ",
        "f(a = ",
        "//",
        "<<",
        "a:\n  b: 1\n",
        "a:\n- b\n",
        "a:\n  - b: 1\n    c:\n    - d e\n",
        "a: |\n  'x\n",
        "- a:\n  b:\n",
        "a = ''\n  x\n",
        "a = \"x\ny\n",
        "a = 'x\ny\n",
        "with a; ",
        "a = let b = 1 ",
        "switch a { case b: 1 }\n",
        "[a b ",
        "import \"x\" as y\n",
    ];
    for shape in shapes {
        let time = |count: usize| {
            let text = shape.repeat(count);
            let start = Instant::now();
            std::hint::black_box(parse(FileId(0), &text));
            start.elapsed().as_secs_f64()
        };
        let (small, large) = (time(2_000), time(20_000));
        assert!(large < 60.0 * small.max(0.002), "{shape:?}: {small} s, ten times as much: {large} s");
    }
}

#[test]
fn large_files() {
    let text = "a { b = 1, c = \"x\", d = 10.0.0.1 }\n".repeat(200_000);
    assert!(text.len() < kss_syntax::MAX_FILE);
    let parsed = parse(FileId(0), &text);
    assert_eq!((parsed.errors.len(), parsed.file.items.len()), (0, 200_000));
    let parsed = parse(FileId(0), &text.repeat(2));
    assert_eq!(parsed.errors[0].code.id, "K1002");
    assert_eq!(parsed.file.items.len(), 0);
}
