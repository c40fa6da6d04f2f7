use crate::data::{samples, text};
use crate::tools::{present, run};
use kss_emit::{Node, Problem, env, make};
use kss_span::Origin;
use proptest::prelude::*;

fn document(texts: &[String]) -> Node {
    let fields =
        texts.iter().enumerate().map(|(at, text)| (format!("V{at}"), Node::new(text.as_str(), Origin::NOWHERE)));
    Node::map(fields.collect::<Vec<_>>(), Origin::NOWHERE)
}

#[test]
fn env_files_come_back_from_a_shell() {
    let texts = samples(&text().prop_map(|text| text.replace('\0', "0")).boxed(), 2000);
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("vars.env"), env::emit(&document(&texts)).unwrap().text).unwrap();
    let mut script = String::from(". ./vars.env\n");
    for at in 0..texts.len() {
        script.push_str(&format!("printf '%s\\0' \"$V{at}\"\n"));
    }
    for shell in ["sh", "bash"] {
        if present(shell, &["-c", ":"], "reading an env file") {
            let out = String::from_utf8(run(dir.path(), shell, &["-s"], &script)).unwrap();
            let got: Vec<_> = out.split_terminator('\0').collect();
            assert_eq!(got, texts, "{shell}");
        }
    }
}

#[test]
fn make_fragments_come_back_from_make() {
    if !present("make", &["--version"], "reading a make fragment") {
        return;
    }
    let clean = |text: String| text.chars().filter(|c| !c.is_control() || *c == '\t').collect::<String>();
    let texts = samples(&text().prop_map(clean).boxed(), 2000);
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("vars.mk"), make::emit(&document(&texts)).unwrap().text).unwrap();
    let mut makefile = String::from("include vars.mk\n");
    for at in 0..texts.len() {
        makefile.push_str(&format!("$(info [$(V{at})])\n"));
    }
    makefile.push_str("all:;@:\n");
    std::fs::write(dir.path().join("Makefile"), makefile).unwrap();
    let out = String::from_utf8(run(dir.path(), "make", &["-s"], "")).unwrap();
    let got: Vec<_> = out.lines().map(|line| &line[1..line.len() - 1]).collect();
    assert_eq!(got, texts);
}

#[test]
fn what_variables_can_not_hold_is_refused() {
    let one = |key: &str, node: Node| Node::map([(key, node)], Origin::NOWHERE);
    let lines = one("A", Node::new("x\ny", Origin::NOWHERE));
    let problem = |result: kss_emit::Result| result.unwrap_err().remove(0).problem;
    assert_eq!(problem(make::emit(&lines)), Problem::Character { format: "a make fragment", character: '\n' });
    assert_eq!(env::emit(&lines).unwrap().text, "A='x\ny'\n");
    let list = one("A", Node::list([], Origin::NOWHERE));
    assert_eq!(problem(env::emit(&list)), Problem::Nested("an env file"));
    let name = one("a-b", Node::new(1, Origin::NOWHERE));
    assert!(matches!(problem(env::emit(&name)), Problem::Name { .. }));
}
