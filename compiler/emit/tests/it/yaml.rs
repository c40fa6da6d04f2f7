use crate::data::{assert_same, expected, node, same, samples, text};
use crate::tools::{ours, present, run};
use kss_emit::{Data, Node, yaml};
use kss_span::{Origin, Symbol};
use proptest::prelude::*;
use serde_json::Value;

fn read(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn comes_back_from_a_reader_of_version_1_2(node in node(text().boxed())) {
        let text = yaml::emit(&node).unwrap().text;
        prop_assert!(same(&expected(&node), &read(&text), 15), "{}", text);
    }
}

/// One text a value and one for all of them, for readers that are processes.
fn batch() -> (Vec<String>, Vec<Value>) {
    let nodes = samples(&node(text().boxed()), 3000);
    let texts = nodes.iter().map(|node| yaml::emit(node).unwrap().text).collect();
    (texts, nodes.iter().map(expected).collect())
}

const PYTHON: &str = "
import json, sys, yaml
loaders = [yaml.SafeLoader] + ([yaml.CSafeLoader] if hasattr(yaml, 'CSafeLoader') else [])
for loader in loaders:
    json.dump([yaml.load(text, Loader=loader) for text in json.load(open('texts.json'))], sys.stdout, default=str)
    print()
";

#[test]
fn comes_back_from_pyyaml_which_reads_version_1_1() {
    if !present("python3", &["-c", "import yaml"], "reading YAML 1.1 with PyYAML") {
        return;
    }
    let (texts, wanted) = batch();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("texts.json"), serde_json::to_string(&texts).unwrap()).unwrap();
    let out = String::from_utf8(run(dir.path(), "python3", &["-c", PYTHON], "")).unwrap();
    for line in out.lines() {
        assert_same(&texts, &wanted, &serde_json::from_str::<Vec<Value>>(line).unwrap(), 15);
    }
}

#[test]
fn comes_back_from_go() {
    // As Kubernetes' own decoder reads it, and as most other programs written in Go do.
    let Some(program) = ours("goyaml", "reading YAML with Go") else { return };
    let (texts, wanted) = batch();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("texts.json"), serde_json::to_string(&texts).unwrap()).unwrap();
    for reader in ["kubernetes", "v3"] {
        let out = run(dir.path(), program.to_str().unwrap(), &[reader, "texts.json"], "");
        let answers: Vec<Value> = serde_json::from_slice(&out).unwrap();
        let got = answers.into_iter().map(|mut answer| match answer.get_mut("error") {
            Some(error) => panic!("{reader}: {error}"),
            None => answer["ok"].take(),
        });
        assert_same(&texts, &wanted, &got.collect::<Vec<_>>(), 15);
    }
}

#[test]
fn several_lines_are_written_as_lines_where_that_is_safe() {
    let field = |text: &str| {
        let node = Node::map([("a", Node::new(text, Origin::NOWHERE))], Origin::NOWHERE);
        yaml::emit(&node).unwrap().text
    };
    assert_eq!(field("x: 1\n\n  y\n"), "a: |\n  x: 1\n\n    y\n");
    assert_eq!(field("x\ny"), "a: |-\n  x\n  y\n");
    assert_eq!(field("\tx\ny\n"), "a: \"\\tx\\ny\\n\"\n");
    assert_eq!(field("x \ny\n"), "a: \"x \\ny\\n\"\n");
    assert_eq!(field("x\n\n"), "a: \"x\\n\\n\"\n");
}

#[test]
fn long_texts_stay_on_one_line() {
    let long = "word ".repeat(100) + "end";
    let node = Node::map([("a", Node::new(long.as_str(), Origin::NOWHERE))], Origin::NOWHERE);
    assert_eq!(yaml::emit(&node).unwrap().text, format!("a: {long}\n"));
}

#[test]
fn objects_are_documents_in_the_order_of_people() {
    let object = |name: &str| {
        let metadata = Node::map([("name", Node::new(name, Origin::NOWHERE))], Origin::NOWHERE);
        let fields = [("kind", Node::new("A", Origin::NOWHERE)), ("metadata", metadata)];
        let mut object = Node::map(fields, Origin::NOWHERE);
        if let Data::Map(fields) = &mut object.data {
            fields.push((Symbol::new("apiVersion"), Node::new("v1", Origin::NOWHERE)));
        }
        object
    };
    let emitted = yaml::emit_objects(vec![object("u"), object("v")]).unwrap();
    let one = |name| format!("apiVersion: v1\nkind: A\nmetadata:\n  name: {name}\n");
    assert_eq!(emitted.text, format!("{}---\n{}", one("u"), one("v")));
    let bad = Node::map([("a", Node::new(f64::NAN, Origin::NOWHERE))], Origin::NOWHERE);
    let errors = yaml::emit_documents(&[object("u"), bad.clone(), bad]).unwrap_err();
    assert_eq!(errors.iter().map(|error| error.pointer.as_str()).collect::<Vec<_>>(), ["/1/a", "/2/a"]);
    assert_eq!(emitted.lines.at(9).map(|line| line.pointer), Some("/1/metadata/name".to_owned()));
}
