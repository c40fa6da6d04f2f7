//! A schema as a tree, while it is put together.

use crate::path::{Step, segment};
use crate::ty::{Alt, alts};
use std::collections::{BTreeMap, BTreeSet};

/// What may stand at a place. Without anything in it: nothing was said.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Node {
    pub(crate) any: bool,
    pub(crate) scalars: BTreeSet<Scalar>,
    pub(crate) map: Option<Box<Map>>,
    pub(crate) list: Option<Box<Node>>,
    /// Names of definitions.
    pub(crate) defs: BTreeSet<String>,
    /// JSON of a scalar, or text.
    pub(crate) default: Option<String>,
    pub(crate) doc: Option<String>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Scalar {
    Bool,
    Int,
    Num,
    Str,
    Path,
    Pkg,
    Range(Option<i64>, Option<i64>),
    /// JSON.
    Lit(String),
    Null,
}

#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Map {
    pub(crate) keys: BTreeMap<String, Node>,
    pub(crate) rest: Rest,
    pub(crate) required: BTreeSet<String>,
}

/// What keys that are not named may hold.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Rest {
    /// Nobody said whether there are any.
    #[default]
    Unsaid,
    /// There are none.
    Closed,
    /// Anything.
    Open,
    /// This.
    Of(Box<Node>),
}

impl Scalar {
    fn covers(&self, other: &Scalar) -> bool {
        let text = |json: &str| json.starts_with('"');
        match (self, other) {
            (a, b) if a == b => true,
            (Scalar::Num, Scalar::Int | Scalar::Range(..)) | (Scalar::Int, Scalar::Range(..)) => true,
            (Scalar::Str, Scalar::Path | Scalar::Pkg) => true,
            (Scalar::Str, Scalar::Lit(json)) => text(json),
            (Scalar::Bool, Scalar::Lit(json)) => json == "true" || json == "false",
            (Scalar::Num | Scalar::Int, Scalar::Lit(json)) => json.parse::<i64>().is_ok(),
            _ => false,
        }
    }

    fn spell(&self) -> String {
        let end = |n: &Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        match self {
            Scalar::Bool => "bool".into(),
            Scalar::Int => "int".into(),
            Scalar::Num => "num".into(),
            Scalar::Str => "str".into(),
            Scalar::Path => "path".into(),
            Scalar::Pkg => "pkg".into(),
            Scalar::Null => "null".into(),
            Scalar::Range(lo, hi) => format!("{}..{}", end(lo), end(hi)),
            Scalar::Lit(json) => json.clone(),
        }
    }
}

impl Node {
    pub(crate) fn any() -> Node {
        Node { any: true, ..Node::default() }
    }

    pub(crate) fn scalar(scalar: Scalar) -> Node {
        Node { scalars: [scalar].into(), ..Node::default() }
    }

    pub(crate) fn record(map: Map) -> Node {
        Node { map: Some(Box::new(map)), ..Node::default() }
    }

    pub(crate) fn open() -> Node {
        Node::record(Map { rest: Rest::Open, ..Map::default() })
    }

    pub(crate) fn map_of(node: Node) -> Node {
        Node::record(Map { rest: Rest::Of(Box::new(node)), ..Map::default() })
    }

    pub(crate) fn list_of(node: Node) -> Node {
        Node { list: Some(Box::new(node)), ..Node::default() }
    }

    pub(crate) fn def(name: &str) -> Node {
        Node { defs: [name.to_owned()].into(), ..Node::default() }
    }

    /// Was nothing said of it?
    pub(crate) fn is_unsaid(&self) -> bool {
        !self.any && self.scalars.is_empty() && self.map.is_none() && self.list.is_none() && self.defs.is_empty()
    }

    /// What either of them takes.
    pub(crate) fn or(mut self, other: Node) -> Node {
        self.any |= other.any;
        self.scalars.extend(other.scalars);
        self.defs.extend(other.defs);
        self.map = match (self.map, other.map) {
            (Some(a), Some(b)) => Some(Box::new(a.or(*b))),
            (a, b) => a.or(b),
        };
        self.list = match (self.list, other.list) {
            (Some(a), Some(b)) => Some(Box::new(a.or(*b))),
            (a, b) => a.or(b),
        };
        self.default = self.default.or(other.default);
        self.doc = self.doc.or(other.doc);
        self
    }

    /// What nobody said is taken as it has to be: records without a word are open, or closed if `closed`.
    pub(crate) fn settle(&mut self, closed: bool) {
        if self.is_unsaid() {
            self.any = true;
        }
        let list = self.list.iter_mut().map(|b| &mut **b);
        list.for_each(|node| node.settle(closed));
        if let Some(map) = &mut self.map {
            map.keys.values_mut().for_each(|node| node.settle(closed));
            match &mut map.rest {
                Rest::Unsaid => map.rest = if closed { Rest::Closed } else { Rest::Open },
                Rest::Of(node) => node.settle(closed),
                Rest::Closed | Rest::Open => {}
            }
        }
    }

    /// Runs over the node and all below it, the deepest first.
    pub(crate) fn each(&mut self, run: &mut impl FnMut(&mut Node)) {
        if let Some(map) = &mut self.map {
            map.keys.values_mut().for_each(|node| node.each(run));
            if let Rest::Of(node) = &mut map.rest {
                node.each(run);
            }
        }
        if let Some(node) = &mut self.list {
            node.each(run);
        }
        run(self);
    }

    /// The nodes that a path leads to; `*` is every key there is.
    pub(crate) fn at_mut(&mut self, steps: &[Step]) -> Vec<&mut Node> {
        let Some((first, rest)) = steps.split_first() else { return vec![self] };
        let next: Vec<&mut Node> = match first {
            Step::Item => self.list.iter_mut().map(|node| &mut **node).collect(),
            Step::Key(key) => self.map.iter_mut().filter_map(|map| map.keys.get_mut(key)).collect(),
            Step::AnyKey => self.map.iter_mut().flat_map(|map| map.keys.values_mut()).collect(),
        };
        next.into_iter().flat_map(|node| node.at_mut(rest)).collect()
    }

    /// The type as a file spells it.
    pub(crate) fn spell(&self) -> String {
        if self.any {
            return "any".to_owned();
        }
        let kept = |s: &&Scalar| !self.scalars.iter().any(|other| other != *s && other.covers(s));
        let mut parts: Vec<String> = self.scalars.iter().filter(kept).map(Scalar::spell).collect();
        if let Some(item) = &self.list {
            parts.push(if item.any { "list".to_owned() } else { format!("[{}]", item.spell()) });
        }
        parts.extend(self.map.as_ref().map(|map| map.spell()));
        parts.extend(self.defs.iter().map(|name| format!("@{name}")));
        // `null` last.
        parts.sort_by_key(|part| part == "null");
        if parts.is_empty() { "any".to_owned() } else { parts.join("|") }
    }

    /// What a type as a file spells it takes; keys of records are not part of it.
    pub(crate) fn read(ty: &str) -> Node {
        let mut node = Node::default();
        for alt in alts(ty) {
            let of = match alt {
                Alt::Any => Node::any(),
                Alt::Bool => Node::scalar(Scalar::Bool),
                Alt::Int => Node::scalar(Scalar::Int),
                Alt::Num => Node::scalar(Scalar::Num),
                Alt::Str => Node::scalar(Scalar::Str),
                Alt::Path => Node::scalar(Scalar::Path),
                Alt::Pkg => Node::scalar(Scalar::Pkg),
                Alt::Null => Node::scalar(Scalar::Null),
                Alt::Range(lo, hi) => Node::scalar(Scalar::Range(lo, hi)),
                Alt::Lit(json) => Node::scalar(Scalar::Lit(json.to_owned())),
                Alt::Map(_) => Node::record(Map { rest: Rest::Closed, ..Map::default() }),
                Alt::Open(_) => Node::open(),
                Alt::MapOf(inner) => Node::map_of(Node::read(inner)),
                Alt::List => Node::list_of(Node::any()),
                Alt::ListOf(inner) => Node::list_of(Node::read(inner)),
                Alt::Def(name) => Node::def(name),
            };
            node = node.or(of);
        }
        node
    }
}

impl Map {
    fn or(mut self, other: Map) -> Map {
        for (key, node) in other.keys {
            let mine = self.keys.remove(&key);
            let both = match mine {
                Some(mine) => mine.or(node),
                None => node,
            };
            self.keys.insert(key, both);
        }
        self.required = self.required.intersection(&other.required).cloned().collect();
        self.rest = self.rest.or(other.rest);
        self
    }

    fn spell(&self) -> String {
        let names: Vec<_> = self.required.iter().map(|name| segment(name)).collect();
        let required = if names.is_empty() { String::new() } else { format!("({})", names.join(",")) };
        match &self.rest {
            Rest::Closed => format!("map{required}"),
            Rest::Unsaid | Rest::Open => format!("open{required}"),
            Rest::Of(node) if node.any => format!("open{required}"),
            Rest::Of(node) => format!("{{{}}}", node.spell()),
        }
    }
}

impl Rest {
    fn or(self, other: Rest) -> Rest {
        match (self, other) {
            (Rest::Unsaid, rest) | (rest, Rest::Unsaid) => rest,
            (Rest::Open, _) | (_, Rest::Open) => Rest::Open,
            (Rest::Of(a), Rest::Of(b)) => Rest::Of(Box::new(a.or(*b))),
            (Rest::Closed, rest) | (rest, Rest::Closed) => rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_they_are_spelled() {
        for ty in ["any", "str|null", "[str]", "[[int]]", "{str}", "\"a\"|\"b\"", "str|0..65535", "list", "map", "open"]
        {
            assert_eq!(Node::read(ty).spell(), ty);
        }
        assert_eq!(Node::read("int|num|\"a\"|str").spell(), "num|str");
        assert_eq!(Node::read("null|str").spell(), "str|null");
    }
}
