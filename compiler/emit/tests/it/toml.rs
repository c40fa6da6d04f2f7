use crate::data::{assert_same, expected, map, same, samples, text};
use crate::tools::{present, run};
use kss_emit::{Data, Node, toml};
use proptest::prelude::*;
use serde_json::Value;

/// TOML has no null.
fn without_null(mut node: Node) -> Node {
    match &mut node.data {
        Data::Null => node.data = Data::Bool(false),
        Data::List(items) => items.iter_mut().for_each(|item| *item = without_null(item.clone())),
        Data::Map(fields) => fields.iter_mut().for_each(|(_, field)| *field = without_null(field.clone())),
        _ => {}
    }
    node
}

fn document() -> BoxedStrategy<Node> {
    map(text().boxed()).prop_map(without_null).boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn comes_back(node in document()) {
        let text = toml::emit(&node).unwrap().text;
        let read: Value = ::toml::from_str(&text).unwrap();
        prop_assert!(same(&expected(&node), &read, 15), "{}", text);
    }
}

const PYTHON: &str = "
import json, sys, tomllib
json.dump([tomllib.loads(text) for text in json.load(open('texts.json'))], sys.stdout)
";

#[test]
fn comes_back_from_python() {
    if !present("python3", &["-c", "import tomllib"], "reading TOML with Python") {
        return;
    }
    let nodes = samples(&document(), 1000);
    let texts: Vec<_> = nodes.iter().map(|node| toml::emit(node).unwrap().text).collect();
    let wanted: Vec<_> = nodes.iter().map(expected).collect();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("texts.json"), serde_json::to_string(&texts).unwrap()).unwrap();
    let out = run(dir.path(), "python3", &["-c", PYTHON], "");
    assert_same(&texts, &wanted, &serde_json::from_slice::<Vec<Value>>(&out).unwrap(), 15);
}
