//! Arbitrary data, and what a reader should make of it.

use kss_emit::{Data, Node};
use kss_span::{Origin, Symbol};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

/// Texts that readers have taken for something else, or lost a part of.
pub(crate) const TRICKY: &[&str] = &[
    "",
    " ",
    "no",
    "No",
    "NO",
    "on",
    "off",
    "yes",
    "y",
    "n",
    "Y",
    "N",
    "true",
    "True",
    "null",
    "Null",
    "~",
    "<<",
    "=",
    "1",
    "-1",
    "+1",
    "0",
    "012",
    "0o14",
    "0x10",
    "0X1F",
    "0b11",
    "1e3",
    "1e400",
    "1_000",
    "0x_1F",
    "685_230.15",
    "1__0",
    ".5",
    "5.",
    "-.5",
    ".inf",
    "-.INF",
    ".nan",
    "NaN",
    "inf",
    "12:30:45",
    "190:20:30",
    "1:2",
    "12e03",
    "0.0",
    "2024-01-01",
    "2024-1-1",
    "2001-12-14t21:59:43.10-05:00",
    "a: b",
    "a:",
    ": a",
    ":",
    "-",
    "- a",
    "--- a",
    "---",
    "...",
    "? a",
    "?",
    "a #b",
    "#b",
    "a#b",
    "[a]",
    "{a}",
    "a, b",
    ",",
    "*a",
    "&a",
    "!a",
    "!!str a",
    "%a",
    "@a",
    "`a`",
    "|",
    ">",
    "|-",
    "'",
    "\"",
    "''",
    "'''",
    "\"\"",
    "\\",
    "\\n",
    "a\\",
    "$",
    "$$",
    "${a}",
    "$${a}",
    "$$${a}",
    "\\${a}",
    "%{a}",
    "%%{a}",
    "%%%{ if a }",
    "''${a}",
    "'${a}",
    "a$",
    "$'",
    "$\"",
    "a'",
    "a\tb",
    "\ta",
    "a\t",
    " a",
    "a ",
    "a\n",
    "\na",
    "a\nb",
    "a\nb\n",
    "a\n\nb\n\n",
    "\n",
    "\n\n",
    " \n",
    "a\n b\n",
    " a\nb\n",
    "\ta\nb\n",
    "a\n\tb\n",
    "a \nb\n",
    "a\n \nb\n",
    "a\r\nb",
    "a\rb",
    "  a\n  b\n",
    "# a\n# b\n",
    "a: b\nc: d\n",
    "- a\n- b",
    "--- \na\n",
    "''\na\n",
    "a'\nb'",
    "a\n$",
    "echo ${x} ''y'' \\\n  -z\n",
    "a\n'${b}\n",
    "é",
    "日本語",
    "😀",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{2029}",
    "\u{feff}a",
    "\u{fffd}",
    "\u{1}",
    "\u{1b}[0m",
    "\u{ad}",
    "e\u{301}",
    "a\u{85}b\nc\n",
    "a\u{2028}b\nc\n",
    "or",
    "if",
    "inherit",
    "a.b",
    "a-b",
    "a/b",
    "a b",
    "1a",
    "-a",
    "_",
    "for",
    "in",
    "a=b",
    "a+b",
    "a;b",
    "a|b",
    "a&b",
    "*",
    "~/x",
    "x#\\#\\\\#",
    "a\\\\",
    "$(a)",
    "`a`$(b)",
    "a!b",
    "(",
    ")",
    "<a>",
    "a&amp;b",
    "10.0.0.0/24",
    "::1",
    "fd42:1::/64",
    "52:54:00:69:50:20",
    "a\u{0}b",
];

/// Texts.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => proptest::sample::select(TRICKY).prop_map(str::to_owned),
        1 => (proptest::sample::select(TRICKY), proptest::sample::select(TRICKY)).prop_map(|(a, b)| format!("{a}{b}")),
        1 => (proptest::sample::select(TRICKY), proptest::sample::select(TRICKY)).prop_map(|(a, b)| format!("{a}\n{b}")),
        1 => "[ -~]{0,12}",
        1 => "[\\t\\n a-c'\"$%{}#:\\\\-]{0,12}",
        1 => any::<String>(),
    ]
}

/// Data of at most four levels; `text` makes texts and keys.
pub(crate) fn node(text: BoxedStrategy<String>) -> BoxedStrategy<Node> {
    let node = |data: Data| Node { data, origin: Origin::NOWHERE };
    let float = proptest::num::f64::NORMAL | proptest::num::f64::ZERO | proptest::num::f64::SUBNORMAL;
    let leaf = prop_oneof![
        1 => Just(Data::Null),
        1 => any::<bool>().prop_map(Data::Bool),
        1 => any::<i64>().prop_map(Data::Int),
        1 => proptest::sample::select(&[i64::MIN, i64::MAX, 0, -1][..]).prop_map(Data::Int),
        1 => float.prop_map(Data::Float),
        1 => proptest::sample::select(&[1.0, -0.5, 1e300, -1e-300, 1e16, 0.1, 1e21][..]).prop_map(Data::Float),
        8 => text.clone().prop_map(|text| Data::Text(text.into())),
    ]
    .prop_map(node);
    leaf.prop_recursive(4, 40, 6, move |inner| {
        let field = (text.clone(), inner.clone()).prop_map(|(key, node)| (Symbol::new(&key), node));
        prop_oneof![
            proptest::collection::vec(inner, 0..6).prop_map(Data::List),
            proptest::collection::vec(field, 0..6).prop_map(|fields| Data::Map(unique(fields))),
        ]
        .prop_map(node)
    })
    .boxed()
}

/// As [`node`], always a map.
pub(crate) fn map(text: BoxedStrategy<String>) -> BoxedStrategy<Node> {
    let field = (text.clone(), node(text)).prop_map(|(key, node)| (Symbol::new(&key), node));
    let fields = proptest::collection::vec(field, 0..8).prop_map(unique);
    fields.prop_map(|fields| Node { data: Data::Map(fields), origin: Origin::NOWHERE }).boxed()
}

fn unique(fields: Vec<(Symbol, Node)>) -> Vec<(Symbol, Node)> {
    let mut seen = std::collections::HashSet::new();
    fields.into_iter().filter(|(key, _)| seen.insert(*key)).collect()
}

/// The same `count` values in every run, for readers that are processes.
pub(crate) fn samples<T>(strategy: &BoxedStrategy<T>, count: usize) -> Vec<T>
where
    T: std::fmt::Debug,
{
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// What a reader should see.
pub(crate) fn expected(node: &Node) -> Value {
    match &node.data {
        Data::Null => Value::Null,
        Data::Bool(value) => Value::from(*value),
        Data::Int(value) => Value::from(*value),
        Data::Float(value) => Value::from(*value),
        Data::Text(text) | Data::Code(text) => Value::from(text.as_ref()),
        Data::Lines(lines) => lines.iter().map(|line| format!("{}\n", line.text)).collect::<String>().into(),
        Data::List(items) => items.iter().map(expected).collect(),
        Data::Map(fields) => fields.iter().map(|(key, node)| (key.to_string(), expected(node))).collect(),
    }
}

/// Are both the same data? Numbers by value: many readers know only one kind. `digits`: how exactly a float must come back.
pub(crate) fn same(a: &Value, b: &Value, digits: i32) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || a.as_f64().zip(b.as_f64()).is_some_and(|(x, y)| near(x, y, digits) && !(a.is_i64() && b.is_i64()))
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b, digits)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b, digits)))
        }
        (a, b) => a == b,
    }
}

fn near(a: f64, b: f64, digits: i32) -> bool {
    // Next to zero the last bit is a large part of the number, and serde_json's usual reader is not exact to the last bit.
    let last_bits = f64::from_bits(4);
    (a - b).abs() <= a.abs().max(b.abs()) * 10f64.powi(-digits) + last_bits
}

/// Two lists of read-back data agree, or the first difference is shown.
pub(crate) fn assert_same(texts: &[String], wanted: &[Value], got: &[Value], digits: i32) {
    assert_eq!(wanted.len(), got.len(), "as many documents come back as went out");
    for ((text, wanted), got) in texts.iter().zip(wanted).zip(got) {
        assert!(same(wanted, got, digits), "wrote {wanted}\nread  {got}\ntext:\n{text}");
    }
}
