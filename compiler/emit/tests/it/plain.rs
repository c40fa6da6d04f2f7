use crate::data::{expected, node, same, text};
use kss_emit::{Data, Node, Problem, json, nix, toml, yaml};
use kss_span::{ItemId, Origin, Symbol};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn json_comes_back(node in node(text().boxed())) {
        let text = json::emit(&node).unwrap().text;
        let read = serde_json::from_str(&text).unwrap();
        prop_assert!(same(&expected(&node), &read, 15), "{}", text);
    }
}

#[test]
fn what_a_format_can_not_hold_is_named() {
    let origin = Origin::new(ItemId::new(Symbol::new("a.kss"), Symbol::new("module a")), 3);
    let list = Node::list([Node::new(1, Origin::NOWHERE), Node::null(origin)], Origin::NOWHERE);
    let node = Node::map([("a", list)], Origin::NOWHERE);
    let errors = toml::emit(&node).unwrap_err();
    let seen: Vec<_> = errors.iter().map(|e| (&e.problem, e.pointer.as_str(), e.origin)).collect();
    assert_eq!(seen, [(&Problem::Null("TOML"), "/a/1", origin)]);
    assert_eq!(errors[0].to_string(), "TOML has no null; leave the key out (`none`)");

    let float = Node::new(f64::INFINITY, Origin::NOWHERE);
    assert_eq!(yaml::emit(&float).unwrap_err()[0].problem, Problem::NotFinite(f64::INFINITY));
    assert_eq!(json::emit(&float).unwrap_err()[0].problem, Problem::NotFinite(f64::INFINITY));

    let code = Node::code("pkgs.hello", Origin::NOWHERE);
    assert!(matches!(yaml::emit(&code).unwrap_err()[0].problem, Problem::Code { format: "YAML", .. }));
    let code = Node::code("pkgs.hello\n+ 1", Origin::NOWHERE);
    assert!(matches!(nix::emit(&code).unwrap_err()[0].problem, Problem::CodeLines(_)));
    let zero = Node::new("a\0", Origin::NOWHERE);
    assert!(matches!(nix::emit(&zero).unwrap_err()[0].problem, Problem::Character { character: '\0', .. }));

    let key = Symbol::new("a");
    let twice = Data::Map(vec![(key, Node::new(1, Origin::NOWHERE)), (key, Node::new(2, origin))]);
    let errors = yaml::emit(&Node { data: twice, origin: Origin::NOWHERE }).unwrap_err();
    assert_eq!((&errors[0].problem, errors[0].origin), (&Problem::DuplicateKey(key), origin));
}
