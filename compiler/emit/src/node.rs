//! Data as the emitters take it.

use kss_span::{Origin, Symbol};
use kss_value::Line;
use std::sync::Arc;

/// A piece of data with the place that wrote it.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// What it is.
    pub data: Data,
    /// Who wrote it.
    pub origin: Origin,
}

/// What a [`Node`] is.
#[derive(Clone, PartialEq, Debug)]
pub enum Data {
    /// `null`
    Null,
    /// `true`
    Bool(bool),
    /// `42`
    Int(i64),
    /// `0.5`; finite, or it is refused.
    Float(f64),
    /// A text.
    Text(Arc<str>),
    /// A text whose lines know where they come from; each ends with a line feed.
    Lines(Arc<[Line]>),
    /// An expression of the target language, written as it is: `pkgs.hello` in Nix, `module.vault.ca` in OpenTofu. One line.
    Code(Arc<str>),
    /// A list.
    List(Vec<Node>),
    /// Keys with values, in the order in which they are written.
    Map(Vec<(Symbol, Node)>),
}

impl Node {
    /// `data`, written at `origin`.
    pub fn new(data: impl Into<Data>, origin: Origin) -> Node {
        Node { data: data.into(), origin }
    }

    /// `null`
    pub fn null(origin: Origin) -> Node {
        Node { data: Data::Null, origin }
    }

    /// A text.
    pub fn text(text: impl Into<Arc<str>>, origin: Origin) -> Node {
        Node { data: Data::Text(text.into()), origin }
    }

    /// An expression of the target language.
    pub fn code(code: impl Into<Arc<str>>, origin: Origin) -> Node {
        Node { data: Data::Code(code.into()), origin }
    }

    /// A list.
    pub fn list(items: impl IntoIterator<Item = Node>, origin: Origin) -> Node {
        Node { data: Data::List(items.into_iter().collect()), origin }
    }

    /// Keys with values.
    pub fn map<K: AsRef<str>>(fields: impl IntoIterator<Item = (K, Node)>, origin: Origin) -> Node {
        let fields = fields.into_iter().map(|(key, node)| (Symbol::new(key.as_ref()), node));
        Node { data: Data::Map(fields.collect()), origin }
    }

    /// The value at `key`, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.data {
            Data::Map(fields) => fields.iter().find(|(name, _)| name.as_str() == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The same document in the order in which people write Kubernetes objects: `apiVersion`, `kind`, `metadata` first, in
    /// it `name` and `namespace`. Anything that is no object stays as it is.
    #[must_use]
    pub fn kubernetes(mut self) -> Node {
        if self.get("apiVersion").is_none() || self.get("kind").is_none() {
            return self;
        }
        if let Data::Map(fields) = &mut self.data {
            first(fields, &["apiVersion", "kind", "metadata"]);
            let metadata = fields.iter_mut().find(|(key, _)| key.as_str() == "metadata");
            if let Some((_, Node { data: Data::Map(fields), .. })) = metadata {
                first(fields, &["name", "namespace"]);
            }
        }
        self
    }
}

/// Moves `keys` to the front; the others keep their order.
fn first(fields: &mut [(Symbol, Node)], keys: &[&str]) {
    let rank = |key: Symbol| keys.iter().position(|k| *k == key.as_str()).unwrap_or(keys.len());
    fields.sort_by_key(|(key, _)| rank(*key));
}

/// The text of `lines`.
pub(crate) fn joined(lines: &[Line]) -> String {
    let mut text = String::with_capacity(lines.iter().map(|line| line.text.len() + 1).sum());
    for line in lines {
        text.push_str(&line.text);
        text.push('\n');
    }
    text
}

impl From<bool> for Data {
    fn from(value: bool) -> Data {
        Data::Bool(value)
    }
}

impl From<i64> for Data {
    fn from(value: i64) -> Data {
        Data::Int(value)
    }
}

impl From<f64> for Data {
    fn from(value: f64) -> Data {
        Data::Float(value)
    }
}

impl From<&str> for Data {
    fn from(value: &str) -> Data {
        Data::Text(value.into())
    }
}

impl From<String> for Data {
    fn from(value: String) -> Data {
        Data::Text(value.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_begins_with_what_it_is() {
        let leaf = || Node::new(1, Origin::NOWHERE);
        let metadata = Node::map([("labels", leaf()), ("namespace", leaf()), ("name", leaf())], Origin::NOWHERE);
        let fields =
            [("data", leaf()), ("metadata", metadata), ("kind", leaf()), ("a", leaf()), ("apiVersion", leaf())];
        let object = Node::map(fields, Origin::NOWHERE).kubernetes();
        let keys = |node: &Node| match &node.data {
            Data::Map(fields) => fields.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        assert_eq!(keys(&object), ["apiVersion", "kind", "metadata", "data", "a"]);
        assert_eq!(object.get("metadata").map(keys), Some(vec!["name", "namespace", "labels"]));
    }
}
