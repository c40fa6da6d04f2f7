//! JSON Schemas and the schemas of CRDs: their structure, nothing of their ranges, patterns and rules.

use crate::import::node::{Map, Node, Rest, Scalar};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Reads the schemas of one document.
pub(crate) struct Reader<'a> {
    document: &'a Json,
    /// Definitions are inlined (schemas of charts) or named (kinds).
    inline: bool,
    /// Definitions on the way to where it reads: one that leads to itself takes anything there.
    inside: Vec<String>,
    /// Definitions by name.
    pub(crate) defs: BTreeMap<String, Node>,
    wanted: BTreeSet<String>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(document: &'a Json, inline: bool) -> Reader<'a> {
        Reader { document, inline, inside: Vec::new(), defs: BTreeMap::new(), wanted: BTreeSet::new() }
    }

    /// The node of a schema, and in `defs` those of the definitions that it needs.
    pub(crate) fn read(&mut self, schema: &Json) -> Node {
        let node = self.node(schema);
        while let Some(reference) = self.wanted.pop_first() {
            let name = short_name(&reference);
            if !self.defs.contains_key(name) {
                let target = self.document.pointer(reference.trim_start_matches('#')).unwrap_or(&Json::Bool(true));
                // A name first: it may lead to itself.
                self.defs.insert(name.to_owned(), Node::default());
                let node = self.node(target);
                self.defs.insert(name.to_owned(), node);
            }
        }
        node
    }

    fn node(&mut self, schema: &Json) -> Node {
        let Some(object) = schema.as_object() else { return Node::any() };
        if let Some(reference) = object.get("$ref").and_then(Json::as_str) {
            return self.reference(reference);
        }
        if flag(schema, "x-kubernetes-int-or-string") {
            return Node::scalar(Scalar::Int).or(Node::scalar(Scalar::Str));
        }
        let mut node = literals(schema).unwrap_or_else(|| self.typed(schema));
        for word in ["anyOf", "oneOf"] {
            node = self.alternatives(node, schema.get(word));
        }
        for part in array(schema.get("allOf")) {
            let part = self.node(part);
            node = if part.is_unsaid() { node } else { node.or(part) };
        }
        node
    }

    fn reference(&mut self, reference: &str) -> Node {
        let target = reference.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer));
        let Some(target) = target else { return Node::any() };
        if !self.inline {
            self.wanted.insert(reference.to_owned());
            return Node::def(short_name(reference));
        }
        if self.inside.iter().any(|on_the_way| on_the_way == reference) {
            return Node::any();
        }
        self.inside.push(reference.to_owned());
        let node = self.node(target);
        self.inside.pop();
        node
    }

    /// `anyOf` and `oneOf` say what else may stand here, or only constrain what is said already.
    fn alternatives(&mut self, node: Node, list: Option<&Json>) -> Node {
        let parts: Vec<Node> = array(list).map(|part| self.node(part)).collect();
        let said: Vec<Node> = parts.into_iter().filter(|part| !part.is_unsaid()).collect();
        said.into_iter().fold(node, Node::or)
    }

    fn typed(&mut self, schema: &Json) -> Node {
        let types: Vec<&str> = match schema.get("type") {
            Some(Json::String(one)) => vec![one],
            Some(Json::Array(all)) => all.iter().filter_map(Json::as_str).collect(),
            _ if schema.get("properties").is_some() || flag(schema, "x-kubernetes-preserve-unknown-fields") => {
                vec!["object"]
            }
            _ if schema.get("items").is_some() => vec!["array"],
            _ => Vec::new(),
        };
        let mut node = Node::default();
        for ty in types {
            node = node.or(match ty {
                "boolean" => Node::scalar(Scalar::Bool),
                "integer" => Node::scalar(Scalar::Int),
                "number" => Node::scalar(Scalar::Num),
                "string" => Node::scalar(Scalar::Str),
                "null" => Node::scalar(Scalar::Null),
                "array" => Node::list_of(schema.get("items").map_or_else(Node::any, |items| self.items(items))),
                "object" => self.object(schema),
                _ => Node::any(),
            });
        }
        node.default = schema.get("default").and_then(default_text);
        node
    }

    fn items(&mut self, items: &Json) -> Node {
        let node = self.node(items);
        if node.is_unsaid() { Node::any() } else { node }
    }

    fn object(&mut self, schema: &Json) -> Node {
        let mut map = Map::default();
        for (key, property) in schema.get("properties").and_then(Json::as_object).into_iter().flatten() {
            map.keys.insert(key.clone(), self.node(property));
        }
        let required = array(schema.get("required")).filter_map(Json::as_str);
        map.required = required.filter(|key| map.keys.contains_key(*key)).map(str::to_owned).collect();
        map.rest = match schema.get("additionalProperties") {
            _ if flag(schema, "x-kubernetes-preserve-unknown-fields") => Rest::Open,
            Some(Json::Bool(false)) if schema.get("patternProperties").is_some() => self.patterns(schema),
            Some(Json::Bool(false)) => Rest::Closed,
            Some(Json::Bool(true)) => Rest::Open,
            Some(inner) => Rest::Of(Box::new(self.items(inner))),
            None => Rest::Unsaid,
        };
        if flag(schema, "x-kubernetes-embedded-resource") {
            map.rest = Rest::Open;
        }
        Node::record(map)
    }

    fn patterns(&mut self, schema: &Json) -> Rest {
        let all = schema.get("patternProperties").and_then(Json::as_object).into_iter().flat_map(|o| o.values());
        let node = all.map(|inner| self.items(inner)).collect::<Vec<_>>().into_iter().fold(Node::default(), Node::or);
        Rest::Of(Box::new(node))
    }
}

/// `#/$defs/io.k8s.api.core.v1.PodSpec` is `PodSpec`.
fn short_name(reference: &str) -> &str {
    reference.rsplit(['/', '.']).next().unwrap_or(reference)
}

fn array(list: Option<&Json>) -> impl Iterator<Item = &Json> {
    list.and_then(Json::as_array).into_iter().flatten()
}

fn flag(schema: &Json, name: &str) -> bool {
    schema.get(name) == Some(&Json::Bool(true))
}

fn literals(schema: &Json) -> Option<Node> {
    let listed = schema.get("enum").and_then(Json::as_array).cloned();
    let all = listed.or_else(|| schema.get("const").map(|one| vec![one.clone()]))?;
    let scalar = |v: &Json| match v {
        Json::Null => Some(Scalar::Null),
        Json::Object(_) | Json::Array(_) => None,
        v => Some(Scalar::Lit(v.to_string())),
    };
    let scalars = all.iter().map(scalar).collect::<Option<BTreeSet<_>>>()?;
    Some(Node { scalars, default: schema.get("default").and_then(default_text), ..Node::default() })
}

/// A default that is short enough to be shown.
pub(crate) fn default_text(value: &Json) -> Option<String> {
    let scalar = !matches!(value, Json::Null | Json::Object(_) | Json::Array(_));
    Some(value.to_string()).filter(|text| scalar && text.len() <= 40)
}
