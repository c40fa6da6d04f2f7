//! Every scalar of arbitrary data is a word of its own; each must stand on the line that the map gives for it.

use crate::data::samples;
use kss_emit::{Data, Emitted, Node, env, hcl, json, make, nix, toml, yaml};
use kss_span::{ItemId, Origin, Symbol};
use kss_value::Line;
use proptest::prelude::*;

type Emitter = fn(&Node) -> kss_emit::Result;

/// Shapes: leaves are numbered later.
fn shape() -> BoxedStrategy<Node> {
    let leaf = prop_oneof![
        3 => Just(Data::Text("word".into())),
        1 => Just(Data::Text("word\nmore\n".into())),
        1 => Just(Data::Lines(vec![line("first"), line(""), line("second")].into())),
    ]
    .prop_map(node);
    let shape = leaf.prop_recursive(5, 60, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Data::List),
            proptest::collection::vec(inner, 0..5).prop_map(fields),
        ]
        .prop_map(node)
    });
    proptest::collection::vec(shape, 0..6).prop_map(|nodes| node(fields(nodes))).boxed()
}

fn fields(nodes: Vec<Node>) -> Data {
    let key = |at: usize| Symbol::new(&if at == 2 { "long key ".repeat(20) } else { format!("k{at}") });
    Data::Map(nodes.into_iter().enumerate().map(|(at, node)| (key(at), node)).collect())
}

fn node(data: Data) -> Node {
    Node { data, origin: Origin::NOWHERE }
}

fn line(text: &str) -> Line {
    Line { text: text.into(), origin: Origin::NOWHERE }
}

fn origin(at: u32) -> Origin {
    Origin::new(ItemId::new(Symbol::new("a.kss"), Symbol::new("module a")), at)
}

/// Gives every leaf (and every line of one) a word and an origin of its own: `w7w`, number 7.
fn number(node: &mut Node, next: &mut u32, pointer: String, leaves: &mut Vec<(String, String, Origin)>) {
    let mut word = || {
        *next += 1;
        leaves.push((format!("w{next}w"), pointer.clone(), origin(*next)));
        (format!("w{next}w"), origin(*next))
    };
    match &mut node.data {
        Data::Text(text) => {
            let several = text.contains('\n');
            let (word, origin) = word();
            node.origin = origin;
            *text = if several { format!("{word}\n\nmore\n").into() } else { word.into() };
        }
        Data::Lines(lines) => {
            let number = |line: &Line| match &*line.text {
                "" => line.clone(),
                _ => {
                    let (word, origin) = word();
                    Line { text: word.into(), origin }
                }
            };
            *lines = lines.iter().map(number).collect();
        }
        Data::List(items) => {
            for (at, item) in items.iter_mut().enumerate() {
                number(item, next, format!("{pointer}/{at}"), leaves);
            }
        }
        Data::Map(fields) => {
            for (key, value) in fields {
                number(value, next, format!("{pointer}/{key}"), leaves);
            }
        }
        _ => {}
    }
}

/// Each word stands on a line of its node, whose origin is that of the word if a line of the text is one of the output.
fn check(emitted: &Emitted, leaves: &[(String, String, Origin)], what: &str) {
    let lines: Vec<_> = emitted.text.lines().collect();
    for (word, pointer, origin) in leaves {
        let at = lines.iter().position(|line| line.contains(word)).unwrap() as u32 + 1;
        let found = emitted.lines.all_at(at);
        let found: Vec<_> = found.iter().filter(|found| found.pointer == *pointer).collect();
        assert!(!found.is_empty(), "{what}: no {pointer} on line {at} of\n{}", emitted.text);
        // A text of lines that is written as one line has the origin of the text.
        let alone = lines[at as usize - 1].matches('w').count() == 2;
        if alone {
            assert!(found.iter().any(|found| found.origin == *origin), "{what}: {word} in\n{}", emitted.text);
            // TOML writes tables within lists on one line, which then has several leaves.
            let innermost = emitted.lines.at(at).map(|found| found.pointer);
            assert!(
                what == "TOML" || innermost.as_ref() == Some(pointer),
                "{what}: line {at} of
{}",
                emitted.text
            );
        }
    }
    let mut last = 1;
    for entry in emitted.lines.iter() {
        assert!(
            entry.line >= last && entry.line as usize <= lines.len().max(1),
            "{what}: {entry:?} in\n{}",
            emitted.text
        );
        last = entry.line;
    }
}

#[test]
fn every_leaf_stands_where_the_map_says() {
    let emitters: [(&str, Emitter); 6] = [
        ("YAML", yaml::emit),
        ("JSON", json::emit),
        ("Nix", nix::emit),
        ("TOML", toml::emit),
        ("tfvars", hcl::emit_tfvars),
        ("tf.json", hcl::emit_tf_json),
    ];
    for mut node in samples(&shape(), 500) {
        let mut leaves = Vec::new();
        number(&mut node, &mut 0, String::new(), &mut leaves);
        for (what, emit) in emitters {
            check(&emit(&node).unwrap(), &leaves, what);
        }
    }
}

#[test]
fn variables_stand_where_the_map_says() {
    let fields = ["A", "B", "C"].map(|key| (key, Node::new("x", Origin::NOWHERE)));
    let mut node = Node::map(fields, Origin::NOWHERE);
    let mut leaves = Vec::new();
    number(&mut node, &mut 0, String::new(), &mut leaves);
    check(&make::emit(&node).unwrap(), &leaves, "make");
    if let Data::Map(fields) = &mut node.data {
        let lines =
            vec![Line { text: "w8w".into(), origin: origin(8) }, Line { text: "w9w".into(), origin: origin(9) }];
        fields.insert(1, (Symbol::new("D"), Node { data: Data::Lines(lines.into()), origin: origin(8) }));
        leaves.extend([8, 9].map(|at| (format!("w{at}w"), "/D".to_owned(), origin(at))));
    }
    check(&env::emit(&node).unwrap(), &leaves, "env");
}

#[test]
fn opening_lines_belong_to_their_node() {
    let inner = Node::map([("b", Node::new(1, origin(1)))], origin(2));
    let node = Node::map(
        [("a", Node::list([inner], origin(3))), ("c", Node::map([("d", Node::new(2, origin(5)))], origin(4)))],
        origin(6),
    );
    let emitted = yaml::emit(&node).unwrap();
    assert_eq!(emitted.text, "a:\n- b: 1\nc:\n  d: 2\n");
    let all = |line| emitted.lines.all_at(line).into_iter().map(|l| (l.pointer, l.origin.node)).collect::<Vec<_>>();
    assert_eq!(all(1), [(String::new(), 6), ("/a".to_owned(), 3)]);
    assert_eq!(all(2), [("/a/0".to_owned(), 2), ("/a/0/b".to_owned(), 1)]);
    assert_eq!(all(3), [("/c".to_owned(), 4)]);
    assert_eq!(all(4), [("/c/d".to_owned(), 5)]);
}
