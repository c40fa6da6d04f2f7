//! A chart's `values.yaml`: its defaults are its keys.

use crate::import::comments::commented;
use crate::import::json_schema::default_text;
use crate::import::node::{Map, Node, Rest, Scalar};
use crate::import::well_known::{free_map, further_fields, is_amount, is_environment, number_or_name};
use crate::import::{ImportError, Input};
use crate::path::Step;
use serde_json::Value as Json;

/// What the defaults of a chart say, with the keys that comments tell of. `unwrap` names a key below which all of them are.
pub(crate) fn read(input: &Input<'_>, unwrap: Option<&str>) -> Result<Node, ImportError> {
    let document = match input.yaml()? {
        Json::Null => Json::Object(serde_json::Map::new()),
        document => document,
    };
    if !document.is_object() {
        return Err(input.unexpected("a record of values"));
    }
    let mut node = of(&document, "");
    // A chart without a single default still reads none of what is not there.
    if let Some(map) = node.map.as_mut().filter(|map| map.keys.is_empty()) {
        map.rest = Rest::Closed;
    }
    for found in commented(input.text) {
        let steps: Vec<Step> = found.parent.into_iter().map(Step::Key).collect();
        for parent in node.at_mut(&steps) {
            if let Some(map) =
                parent.map.as_mut().filter(|map| matches!(map.rest, Rest::Closed) && !map.keys.is_empty())
            {
                map.keys.entry(found.key.clone()).or_insert_with(Node::any);
            }
        }
    }
    match unwrap {
        Some(key) => {
            let inner = node.map.as_mut().and_then(|map| map.keys.remove(key));
            inner.ok_or_else(|| input.unexpected("the key that holds all values"))
        }
        None => Ok(node),
    }
}

/// What a default says of its key.
fn of(value: &Json, key: &str) -> Node {
    let mut node = match value {
        Json::Null => Node::any(),
        Json::Bool(_) => Node::scalar(Scalar::Bool),
        Json::Number(n) if n.is_f64() => Node::scalar(Scalar::Num),
        Json::Number(_) => Node::scalar(Scalar::Int),
        Json::String(text) if is_amount(text) && key != "tag" => {
            Node::scalar(Scalar::Str).or(Node::scalar(Scalar::Num))
        }
        Json::String(_) => Node::scalar(Scalar::Str),
        // What a list shows is an example of what it may hold.
        Json::Array(_) => Node::list_of(Node::any()),
        Json::Object(fields) => record(fields, key),
    };
    if number_or_name(key) && matches!(value, Json::Number(_) | Json::String(_)) {
        node.scalars.extend([Scalar::Int, Scalar::Str]);
    }
    node.default = default_text(value);
    node
}

fn record(fields: &serde_json::Map<String, Json>, key: &str) -> Node {
    let free = free_map(key, fields.values()).and_then(|node| node.map);
    if fields.is_empty() {
        return free.map_or_else(Node::open, |map| Node::record(*map));
    }
    let mut keys: std::collections::BTreeMap<String, Node> =
        fields.iter().map(|(key, value)| (key.clone(), of(value, key))).collect();
    let known: Vec<&str> = fields.keys().map(String::as_str).collect();
    let mut rest = Rest::Closed;
    if let Some(Rest::Of(any)) = free.map(|map| map.rest) {
        // A default here is an example like any other.
        keys.values_mut().for_each(|node| *node = Node { default: node.default.take(), ..(*any).clone() });
        rest = Rest::Of(any);
    } else if is_environment(&known) {
        rest = Rest::Open;
    }
    for field in further_fields(key, &known) {
        keys.insert(field.to_owned(), Node::any());
    }
    Node::record(Map { keys, rest, ..Map::default() })
}
