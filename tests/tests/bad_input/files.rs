//! Files that are no sources, and sources that are too much.

use crate::harness::mistake;

#[test]
fn unreadable_file() {
    let case = mistake("unreadable-file");
    let dir = case.written();
    // A link that leads nowhere can't be read even by root.
    std::os::unix::fs::symlink("nowhere.kss", dir.path().join("clusters/extra.kss")).expect("a link");
    case.is_told_in(&dir, "K0104");
}

#[test]
fn invalid_utf8() {
    mistake("invalid-utf8").file("notes.kss", b"# M\xfcnchen\n".to_vec()).is_told_as("K0108");
}

#[test]
fn ten_megabytes() {
    let line = "# a line of a file that somebody has generated, and that nobody ever meant to be read by a person\n";
    mistake("ten-megabytes").file("generated.kss", line.repeat(10_000_000 / line.len() + 1)).is_told_as("K1002");
}

#[test]
fn deep_brackets() {
    let text = format!("let deep : Int = {}1{}\n", "(".repeat(10_000), ")".repeat(10_000));
    mistake("deep-brackets").file("deep.kss", text).is_told_as("K0105");
}

#[test]
fn deep_blocks() {
    let deep = format!("values {}{}", "{ a ".repeat(10_000), "}".repeat(10_000));
    mistake("deep-blocks")
        .edit("kcs.kss", "values.loki.limits_config.retention_period = 60d", &deep)
        .is_told_as("K0105");
}

#[test]
fn deep_operators() {
    let text = format!("let deep : Int = {}1\n", "1 + ".repeat(10_000));
    mistake("deep-operators").file("deep.kss", text).is_told_as("K0105");
}

#[test]
fn deep_path() {
    let deep = format!("values{} = 60d", ".a".repeat(10_000));
    mistake("deep-path").edit("kcs.kss", "values.loki.limits_config.retention_period = 60d", &deep).is_told_as("K0105");
}

#[test]
fn unclosed_block() {
    mistake("unclosed-block")
        .edit("kss.kss", "use metallb  { pool = [10.69.50.192/28] }", "use metallb  { pool = [10.69.50.192/28]")
        .is_told_as("K0102");
}

#[test]
fn unexpected_word() {
    mistake("unexpected-word").edit("kss.kss", "use nginx", "use nginx longhorn").is_told_as("K0101");
}

#[test]
fn huge_range() {
    mistake("huge-range")
        .file("many.kss", "module many {\n  for i in 1..1000000000 {\n    namespace \"n-${i}\" {}\n  }\n}\n")
        .add("kss.kss", "  use many\n")
        .is_told_as("K1003");
}

#[test]
fn huge_head() {
    mistake("huge-head").edit("kss.kss", "worker-{1..3}", "worker-{1..1000000000}").is_told_as("K1003");
}

#[test]
fn huge_list() {
    mistake("huge-list")
        .file("many.kss", "module many {\n  vars { all = count([for i in 1..1000000000 => i]) }\n}\n")
        .add("kss.kss", "  use many\n")
        .is_told_as("K1003");
}

#[test]
fn nested_loops() {
    mistake("nested-loops")
        .file(
            "many.kss",
            "module many {\n  vars { all = count([for i in 1..5000, j in 1..5000, k in 1..5000 => i + j + k]) }\n}\n",
        )
        .add("kss.kss", "  use many\n")
        .is_told_as("K1001");
}

#[test]
fn long_check() {
    mistake("long-check")
        .file("many.kss", "module many {\n  check every i in 1..900: count([for j in 1..100000 => 1]) == 100000\n}\n")
        .add("kss.kss", "  use many\n")
        .is_told_as("K1001");
}
