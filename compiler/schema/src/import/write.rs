//! From trees to sorted lines. Parts that several places share become definitions.

use crate::import::node::{Map, Node, Rest};
use crate::path::Place;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// A part with fewer lines than this is written where it stands.
const SHARED_LINES: usize = 4;

/// Roots by their name (empty for a chart), definitions by theirs.
#[derive(Clone, Default, Debug)]
pub(crate) struct Forest {
    pub(crate) roots: BTreeMap<String, Node>,
    pub(crate) defs: BTreeMap<String, Node>,
    /// What the names of new definitions begin with: they are told apart by it if several files make one schema.
    pub(crate) def_prefix: &'static str,
}

impl Forest {
    /// The lines, sorted.
    pub(crate) fn write(mut self) -> String {
        self.inline_small_definitions();
        self.share();
        let mut lines = Vec::new();
        for (root, node) in &self.roots {
            write_root(root, node, &mut lines);
        }
        for (name, node) in &self.defs {
            write_root(&format!("${name}"), node, &mut lines);
        }
        lines.sort_unstable();
        lines.dedup();
        lines.concat()
    }

    /// Definitions that are only a type (a quantity) are written where they are used.
    fn inline_small_definitions(&mut self) {
        let small: BTreeMap<String, Node> = self.defs.iter().filter(|(_, n)| n.is_leaf()).map(clone).collect();
        let mut inline = |node: &mut Node| {
            let (gone, kept) = std::mem::take(&mut node.defs).into_iter().partition(|name| small.contains_key(name));
            node.defs = kept;
            let gone: BTreeSet<String> = gone;
            for name in gone {
                *node = std::mem::take(node).or(small[&name].clone());
            }
        };
        self.roots.values_mut().for_each(|node| node.each(&mut inline));
        self.defs.retain(|name, _| !small.contains_key(name));
        self.defs.values_mut().for_each(|node| node.each(&mut inline));
    }

    fn share(&mut self) {
        let mut counts = Counts::default();
        self.roots.values().for_each(|node| counts.below(node));
        self.defs.values().for_each(|node| counts.below(node));
        let mut sharer = Sharer {
            counts: counts.0,
            names: FxHashMap::default(),
            defs: BTreeMap::new(),
            taken: BTreeSet::new(),
            prefix: self.def_prefix,
        };
        sharer.taken.extend(self.defs.keys().cloned());
        for node in self.roots.values_mut().chain(self.defs.values_mut()) {
            sharer.below(node);
        }
        self.defs.append(&mut sharer.defs);
    }
}

fn clone((name, node): (&String, &Node)) -> (String, Node) {
    (name.clone(), node.clone())
}

fn write_root(root: &str, node: &Node, lines: &mut Vec<String>) {
    let mut place = Place::root(root);
    if !root.is_empty() {
        write_line(&place, node, lines);
    }
    write_below(&mut place, node, lines);
}

fn write_line(place: &Place, node: &Node, lines: &mut Vec<String>) {
    let ty = node.spell();
    let told_below = ty == "map" && node.map.as_ref().is_some_and(|map| !map.keys.is_empty());
    if told_below && node.default.is_none() && node.doc.is_none() {
        return;
    }
    let mut line = format!("{}\t{ty}", place.text());
    let doc = node.doc.as_deref().map(one_line);
    for field in [node.default.as_deref().map(one_line), doc.clone()].into_iter().take(1 + usize::from(doc.is_some())) {
        line.push('\t');
        line.push_str(&field.unwrap_or_default());
    }
    lines.push(format!("{}\n", line.trim_end_matches('\t')));
}

/// Tabs and line ends part lines and fields.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The lines of the keys below a place; the place itself has its line already.
fn write_below(place: &mut Place, node: &Node, lines: &mut Vec<String>) {
    if node.any {
        return;
    }
    if let Some(map) = &node.map {
        for (key, child) in &map.keys {
            let mark = place.key(key);
            write_line(place, child, lines);
            write_below(place, child, lines);
            place.back(mark);
        }
        if let Rest::Of(child) = &map.rest {
            let mark = place.any_key();
            write_below(place, child, lines);
            place.back(mark);
        }
    }
    if let Some(child) = &node.list {
        let mark = place.item();
        write_below(place, child, lines);
        place.back(mark);
    }
}

impl Node {
    /// Has it no keys below it?
    fn is_leaf(&self) -> bool {
        self.lines_below() == 0 && self.defs.is_empty()
    }

    fn lines_below(&self) -> usize {
        let of_map = |map: &Map| {
            let rest = if let Rest::Of(node) = &map.rest { node.lines_below() } else { 0 };
            rest + map.keys.values().map(|node| 1 + node.lines_below()).sum::<usize>()
        };
        self.map.as_deref().map_or(0, of_map) + self.list.as_deref().map_or(0, Node::lines_below)
    }

    /// The nodes directly below it, each with the key that leads there.
    fn children(&self) -> impl Iterator<Item = (&str, &Node)> {
        let keys = self.map.iter().flat_map(|map| map.keys.iter().map(|(key, node)| (key.as_str(), node)));
        let rest =
            self.map.iter().filter_map(|map| if let Rest::Of(node) = &map.rest { Some(("", &**node)) } else { None });
        keys.chain(rest).chain(self.list.iter().map(|node| ("", &**node)))
    }

    /// What makes two nodes one definition: everything but their own default and documentation.
    fn part(&self) -> Node {
        Node { default: None, doc: None, ..self.clone() }
    }

    fn worth_sharing(&self) -> bool {
        self.lines_below() >= SHARED_LINES
    }
}

/// How often each part stands somewhere, parts of a repeated part counted once.
#[derive(Default)]
struct Counts(FxHashMap<Node, usize>);

impl Counts {
    fn below(&mut self, node: &Node) {
        for (_, child) in node.children() {
            if child.worth_sharing() {
                let count = self.0.entry(child.part()).or_default();
                *count += 1;
                if *count > 1 {
                    continue;
                }
            }
            self.below(child);
        }
    }
}

struct Sharer {
    counts: FxHashMap<Node, usize>,
    names: FxHashMap<Node, String>,
    defs: BTreeMap<String, Node>,
    taken: BTreeSet<String>,
    prefix: &'static str,
}

impl Sharer {
    fn below(&mut self, node: &mut Node) {
        if let Some(map) = &mut node.map {
            for (key, child) in &mut map.keys {
                self.visit(key, child);
            }
            if let Rest::Of(child) = &mut map.rest {
                self.visit("entry", child);
            }
        }
        if let Some(child) = &mut node.list {
            self.visit("item", child);
        }
    }

    fn visit(&mut self, key: &str, node: &mut Node) {
        let shared = node.worth_sharing() && self.counts.get(&node.part()).is_some_and(|count| *count > 1);
        if !shared {
            return self.below(node);
        }
        let part = node.part();
        let name = match self.names.get(&part) {
            Some(name) => name.clone(),
            None => self.define(key, part),
        };
        *node = Node { default: node.default.take(), doc: node.doc.take(), ..Node::def(&name) };
    }

    fn define(&mut self, key: &str, part: Node) -> String {
        let plain: String = key.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-').collect();
        let base = format!("{}{}", self.prefix, if plain.is_empty() { "part" } else { &plain });
        let free = |n: &usize| !self.taken.contains(&numbered(&base, *n));
        let name = numbered(&base, (1..).find(free).unwrap_or(1));
        self.taken.insert(name.clone());
        self.names.insert(part.clone(), name.clone());
        let mut node = part;
        self.below(&mut node);
        self.defs.insert(name.clone(), node);
        name
    }
}

fn numbered(base: &str, n: usize) -> String {
    if n == 1 { base.to_owned() } else { format!("{base}-{n}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::node::Scalar;

    fn part() -> Node {
        let keys = ["a", "b", "c", "d"].map(|key| (key.to_owned(), Node::scalar(Scalar::Str)));
        Node::record(Map { keys: keys.into(), rest: Rest::Closed, ..Map::default() })
    }

    #[test]
    fn parts_that_stand_twice_are_written_once() {
        let keys = [("x".to_owned(), part()), ("y".to_owned(), Node::list_of(part()))];
        let root = Node::record(Map { keys: keys.into(), rest: Rest::Closed, ..Map::default() });
        let forest = Forest { roots: [(String::new(), root)].into(), ..Forest::default() };
        let expected = "$x a\tstr\n$x b\tstr\n$x c\tstr\n$x d\tstr\nx\t@x\ny\t[@x]\n";
        assert_eq!(forest.write(), expected);
    }
}
