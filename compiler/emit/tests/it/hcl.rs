use crate::data::{assert_same, expected, map, node, same, samples, text};
use crate::tools::{present, run};
use kss_emit::{Node, hcl};
use kss_span::Origin;
use proptest::prelude::*;
use serde_json::Value;

/// Terraform composes characters, and knows no NUL.
fn composed() -> BoxedStrategy<String> {
    let plain = |c: char| if c == '\0' || ('\u{300}'..'\u{3000}').contains(&c) { 'x' } else { c };
    let text = text().prop_map(move |text| text.chars().map(plain).collect::<String>());
    text.prop_filter("ASCII or simple", |text| text.chars().all(|c| c < '\u{300}' || "日本語😀\u{fffd}".contains(c)))
        .boxed()
}

/// A document with the variable `v`.
fn variables(node: Node) -> Node {
    Node::map([("v", node)], Origin::NOWHERE)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn variables_come_back_from_hcl_rs(node in node(composed())) {
        let text = hcl::emit_tfvars(&variables(node.clone())).unwrap().text;
        let read: Value = ::hcl::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        prop_assert!(same(&expected(&node), &read["v"], 14), "{}\n{:?}", text, read);
    }
}

const CONSOLE: &str = "base64encode(jsonencode(local.v))\n";

/// What Terraform or OpenTofu makes of `local.v` of a configuration.
fn evaluate(file: &str, text: &str) -> Option<Vec<Value>> {
    let program = ["tofu", "terraform"].into_iter().find(|p| present(p, &["version"], "evaluating HCL"))?;
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(file), text).unwrap();
    let out = String::from_utf8(run(dir.path(), program, &["console"], CONSOLE)).unwrap();
    let quoted: String = serde_json::from_str(out.trim()).unwrap();
    let decoded = run(dir.path(), "base64", &["-d"], &quoted);
    Some(serde_json::from_slice(&decoded).unwrap())
}

#[test]
fn variables_come_back_from_opentofu() {
    let nodes = samples(&node(composed()), 400);
    let wanted: Vec<_> = nodes.iter().map(expected).collect();
    let texts: Vec<_> = nodes.iter().map(|n| hcl::emit_tfvars(&variables(n.clone())).unwrap().text).collect();
    let whole = hcl::emit_tfvars(&variables(Node::list(nodes, Origin::NOWHERE))).unwrap().text;
    if let Some(got) = evaluate("main.tf", &format!("locals {{\n{whole}}}\n")) {
        assert_same(&texts, &wanted, &got, 14);
    }
}

#[test]
fn json_comes_back_from_opentofu() {
    let nodes = samples(&node(composed()), 400);
    let wanted: Vec<_> = nodes.iter().map(expected).collect();
    let texts: Vec<_> = nodes.iter().map(|n| hcl::emit_tf_json(&variables(n.clone())).unwrap().text).collect();
    let locals = variables(Node::list(nodes, Origin::NOWHERE));
    let whole = hcl::emit_tf_json(&Node::map([("locals", locals)], Origin::NOWHERE)).unwrap().text;
    if let Some(got) = evaluate("main.tf.json", &whole) {
        assert_same(&texts, &wanted, &got, 14);
    }
}

#[test]
fn layout_is_that_of_the_formatter() {
    let names = "[a-z][a-z_]{0,8}".boxed();
    for program in ["tofu", "terraform"] {
        if !present(program, &["version"], "formatting HCL") {
            continue;
        }
        let dir = tempfile::tempdir().unwrap();
        for (at, node) in samples(&map(names.clone()), 40).iter().enumerate() {
            std::fs::write(dir.path().join(format!("{at}.tfvars")), hcl::emit_tfvars(node).unwrap().text).unwrap();
        }
        run(dir.path(), program, &["fmt", "-check", "-diff"], "");
    }
}

#[test]
fn templates_are_escaped_and_expressions_are_not() {
    let fields =
        [("text", Node::new("${x} %{y}", Origin::NOWHERE)), ("ca", Node::code("module.vault.ca", Origin::NOWHERE))];
    let text = hcl::emit_tf_json(&Node::map(fields, Origin::NOWHERE)).unwrap().text;
    assert_eq!(text, "{\n  \"text\": \"$${x} %%{y}\",\n  \"ca\": \"${module.vault.ca}\"\n}\n");

    let object =
        Node::map([("a-b", Node::new(1, Origin::NOWHERE)), ("a b", Node::null(Origin::NOWHERE))], Origin::NOWHERE);
    let fields =
        [("x", Node::new("${x}", Origin::NOWHERE)), ("long", Node::new(2, Origin::NOWHERE)), ("object", object)];
    let text = hcl::emit_tfvars(&Node::map(fields, Origin::NOWHERE)).unwrap().text;
    assert_eq!(text, "x    = \"$${x}\"\nlong = 2\nobject = {\n  a-b   = 1\n  \"a b\" = null\n}\n");
}
