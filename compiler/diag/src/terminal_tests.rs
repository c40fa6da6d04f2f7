//! What people see, whole.

use super::*;
use crate::testing::{CLUSTERS, Files, overlap, span};
use crate::{How, code};

/// Without colours.
fn show(diagnostic: &Diagnostic, files: &Files<'_>) -> String {
    terminal(diagnostic, &Places::new(files), false)
}

#[test]
fn places_in_two_files_with_rule_and_fix() {
    insta::assert_snapshot!(show(&overlap(), &CLUSTERS), @r"
    error[K0412]: load-balancer pools of two clusters overlap
        ╭─[ clusters/kcs.kss:2:28 ]
      2 │   use cilium-bgp { pool = [10.69.50.192/27], asn = 64513 }
        │                            ───────┬───────  kcs announces 10.69.50.192 – .223
        ├─[ clusters/kss.kss:12:26 ]
     12 │   use metallb  { pool = [10.69.50.192/28] }
        │                          ───────┬───────  kss hands out 10.69.50.192 – .207
        │ rule   pools of a site are disjoint             std/core/checks.kss:31
        │ fix    write `10.69.50.208/28`, which is free in network lan
    ");
}

#[test]
fn scopes_and_notes_follow_the_source() {
    let files = Files(&[("std/cni/cilium.kss", "module cilium {\n  option mtu : Int = 0\n}\n")]);
    let found = code::BAD_VALUE
        .at(files.find(0, "0"), "`mtu` is 0, it must be in 1280..9216")
        .note("count(x) == 1\n│        │\n2        false")
        .help("write a size of packets")
        .suggest("write `1500`", files.find(0, "0"), How::Replace, "1500");
    let one = Diagnostic { scopes: vec!["kss".into()], ..found.clone() };
    let two = Diagnostic { scopes: vec!["kss".into(), "kcs".into()], ..found.clone() };
    let many = Diagnostic { scopes: (1..=1000).map(|n| format!("c{n}")).collect(), ..found };
    insta::assert_snapshot!(show(&two, &files), @r"
    error[K0401]: `mtu` is 0, it must be in 1280..9216
       ╭─[ std/cni/cilium.kss:2:22 ]
     2 │   option mtu : Int = 0
       │                      ─
       │ note   count(x) == 1
       │        │        │
       │        2        false
       │ fix    write a size of packets
       │ fix    write `1500`
       │ in clusters kss, kcs
    ");
    assert!(show(&one, &files).ends_with("│ in cluster kss\n"));
    assert!(show(&many, &files).ends_with("│ in 1000 clusters: c1, c2, c3, c4, c5, c6 and 994 more\n"));
}

#[test]
fn several_labels_in_one_file() {
    let files = Files(&[("a.kss", "node a { ip = 10.0.0.1, mac = m }\n\n\n\nnode b { ip = 10.0.0.1 }\nnode c {\n}\n")]);
    let found = code::SAME_ADDRESS
        .at(span(0, 14, 22), "two machines have the address 10.0.0.1")
        .label("of `a`")
        .also(files.find(0, "m }"), "and its MAC")
        .also(span(0, 51, 59), "of `b`")
        .also(files.find(0, "node c {\n}"), "this one has none");
    insta::assert_snapshot!(show(&found, &files), @r"
    error[K0410]: two machines have the address 10.0.0.1
       ╭─[ a.kss:1:15 ]
     1 │ node a { ip = 10.0.0.1, mac = m }
       │               ────┬───        ─┬─
       │                   ╰──────────────── of `a`
       │                                │
       │                                ╰─── and its MAC
       ┆
     5 │ node b { ip = 10.0.0.1 }
       │               ────┬───  of `b`
     6 │ node c {
       │ ────┬───  this one has none
    ");
}

#[test]
fn a_place_without_words_is_underlined() {
    let files = Files(&[("a.kss", "use rke3\n")]);
    insta::assert_snapshot!(show(&code::UNKNOWN_MODULE.at(files.find(0, "rke3"), "no module `rke3`"), &files), @r"
    error[K0209]: no module `rke3`
       ╭─[ a.kss:1:5 ]
     1 │ use rke3
       │     ────
    ");
}

#[test]
fn places_outside_the_text_show_its_end() {
    let files = Files(&[("a.kss", "site a {"), ("empty.kss", ""), ("end.kss", "x\n")]);
    let at = |file, lo, hi| code::UNCLOSED.at(span(file, lo, hi), "`{` is not closed").label("here");
    let shown = [at(0, 70, 80), at(1, 4, 9), at(2, 2, 2), at(0, 8, 8)].map(|d| show(&d, &files)).join("\n");
    assert!(!shown.contains('?'), "{shown}");
    insta::assert_snapshot!(shown, @r"
    error[K0102]: `{` is not closed
       ╭─[ a.kss:1:9 ]
     1 │ site a {
       │         ┬  here

    error[K0102]: `{` is not closed
       ╭─[ empty.kss ]

    error[K0102]: `{` is not closed
       ╭─[ end.kss:2:1 ]
     2 │
       │ ┬  here

    error[K0102]: `{` is not closed
       ╭─[ a.kss:1:9 ]
     1 │ site a {
       │         ┬  here
    ");
}

#[test]
fn wide_and_controlling_characters_keep_the_layout() {
    let files = Files(&[("a.kss", "\tå = \"日本\u{1b}[31m\u{202e}\" + x\r\ny\u{b}z\u{2028}w = 1\n")]);
    let found = code::UNKNOWN_NAME
        .at(files.find(0, "x"), "no name `x\u{1b}[0m`")
        .label("not\nknown")
        .also(files.find(0, "\"日本\u{1b}[31m\u{202e}\""), "text")
        .also(files.find(0, "w"), "other");
    insta::assert_snapshot!(show(&found, &files), @r#"
    error[K0201]: no name `x␛[0m`
       ╭─[ a.kss:1:19 ]
     1 │     å = "日本␛[31m�" + x
       │         ───────┬────   ┬
       │                │       ╰── not known
       │                │
       │                ╰────────── text
     2 │ y␋z�w = 1
       │     ┬  other
    "#);
}

#[test]
fn long_lines_and_long_labels_stay_on_their_rows() {
    let text = format!("x = [{}, wrong, {}]\n", "1, ".repeat(200_000), "2, ".repeat(200_000));
    let files = [("a.kss", text.as_str())];
    let files = Files(&files);
    let found = code::UNKNOWN_NAME.at(files.find(0, "wrong"), "no name `wrong`").label("word ".repeat(60));
    let shown = show(&found, &files);
    assert_eq!(shown.lines().count(), 4, "{shown}");
    assert!(shown.contains("─┬"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() < 420), "{shown}");
    assert!(shown.contains("a.kss:1:600008 ]"), "{shown}");
}

#[test]
fn many_places_are_counted() {
    let text = "a\n".repeat(50);
    let files = [("a.kss", text.as_str())];
    let files = Files(&files);
    let mut found = code::SAME_ADDRESS.at(span(0, 0, 1), "twenty machines have one address");
    for n in 1..20 {
        found = found.also(span(0, n * 2, n * 2 + 1), format!("machine {n}"));
    }
    let shown = show(&found, &files);
    assert!(shown.ends_with("│ note   and 11 more places\n"), "{shown}");
    assert!(shown.contains("machine 8") && !shown.contains("machine 9"), "{shown}");
}

#[test]
fn late_lines_are_numbered_rightly() {
    let text = format!("{}x = y\n", "\n".repeat(123_455));
    let files = [("a.kss", text.as_str())];
    let files = Files(&files);
    let shown = show(&code::UNKNOWN_NAME.at(files.find(0, "y"), "no name `y`").label("here"), &files);
    insta::assert_snapshot!(shown, @r"
    error[K0201]: no name `y`
            ╭─[ a.kss:123456:5 ]
     123456 │ x = y
            │     ┬  here
    ");
    let text = "\n".repeat(1_100_000) + "x = y";
    let files = [("a.kss", text.as_str())];
    let files = Files(&files);
    let shown = show(&code::UNKNOWN_NAME.at(files.find(0, "y"), "no name `y`").label("here"), &files);
    insta::assert_snapshot!(shown, @r"
    error[K0201]: no name `y`
       ╭─[ a.kss:1100001:5 ]
    ");
}

#[test]
fn colours_are_written_only_when_asked_for() {
    let places = Places::new(&CLUSTERS);
    let plain = terminal(&overlap(), &places, false);
    let coloured = terminal(&overlap(), &places, true);
    assert!(!plain.contains('\u{1b}'));
    assert!(coloured.contains("\u{1b}[1;31merror[K0412]\u{1b}[0m"));
    let stripped: String = coloured.lines().map(|line| strip(line).trim_end().to_owned() + "\n").collect();
    assert_eq!(stripped, plain);
}

#[test]
fn warnings_are_called_so_and_stand_apart() {
    let files = Files(&[("a.kss", "import ./b\n")]);
    let found = code::UNUSED_IMPORT.at(files.find(0, "./b"), "nothing of `b` is used").label("imported here");
    let shown = terminal_all(&[found.clone(), found], &Places::new(&files), false);
    insta::assert_snapshot!(shown, @r"
    warning[K0213]: nothing of `b` is used
       ╭─[ a.kss:1:8 ]
     1 │ import ./b
       │        ─┬─  imported here

    warning[K0213]: nothing of `b` is used
       ╭─[ a.kss:1:8 ]
     1 │ import ./b
       │        ─┬─  imported here
    ");
}

/// Pieces that texts are made of: line ends of all sorts, wide, combining, controlling and private characters.
const PIECES: [&str; 14] = [
    "a",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\u{b}",
    "\u{2028}",
    "日",
    "e\u{301}",
    "\u{1b}[1m",
    "\u{e000}",
    "\u{e001}0\u{e001}",
    "│╯",
];

proptest::proptest! {
    #[test]
    fn any_text_and_any_place_can_be_shown(
        text in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..40),
        ends in proptest::collection::vec((0u32..90, 0u32..90), 1..6),
        words in proptest::sample::select(&["", "here", "two\nlines", "\u{e001}7\u{e001}"][..]),
    ) {
        let text = text.concat();
        let files = [("a.kss", text.as_str()), ("b.kss", "x\n")];
        let files = Files(&files);
        let places = Places::new(&files);
        let mut found = code::BAD_LITERAL.at(span(0, ends[0].0, ends[0].1), "odd").label(words);
        for (n, (lo, hi)) in ends.iter().enumerate().skip(1) {
            found = found.also(span(u32::from(n % 3 == 2), *lo, *hi), words);
        }
        let shown = terminal(&found, &places, false);
        let at = places.range(found.place).start;
        let heading = if text.is_empty() { "[ a.kss ]".to_owned() } else { format!("[ a.kss:{}:{} ]", at.line, at.column) };
        proptest::prop_assert!(shown.contains(&heading), "{}", shown);
        proptest::prop_assert!(!shown.contains(['\u{1b}', HEADING, ALONE, '\r']), "{}", shown);
        let coloured = terminal(&found, &places, true);
        let stripped: String = coloured.lines().map(|line| strip(line).trim_end().to_owned() + "\n").collect();
        proptest::prop_assert_eq!(stripped, shown);
    }
}
