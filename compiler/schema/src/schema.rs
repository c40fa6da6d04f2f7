//! One schema: a root in one or more files.

use crate::path::Place;
use crate::table::{Found, Table};
use crate::ty::{Alt, alts};
use std::sync::Arc;

/// How often a definition may lead to another one before something else follows.
const HOPS: usize = 16;

/// What a schema is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Family {
    /// Values of a chart. `null` may stand anywhere: Helm takes the default away.
    Chart,
    /// A Kubernetes kind. `null` may stand anywhere: the API server drops it.
    Kind,
    /// NixOS options. `null` stands where the type says so.
    Options,
}

/// What values may stand where. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Schema {
    family: Family,
    root: Arc<str>,
    tables: Arc<[Table]>,
}

/// What is said of a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'s> {
    pub(crate) ty: &'s str,
    pub(crate) default: Option<&'s str>,
    pub(crate) doc: Option<&'s str>,
}

impl Node<'_> {
    /// A place that only the paths below it tell of.
    const RECORD: Node<'static> = Node { ty: "map", default: None, doc: None };
}

impl Schema {
    pub(crate) fn new(family: Family, root: &str, tables: impl Into<Arc<[Table]>>) -> Schema {
        Schema { family, root: root.into(), tables: tables.into() }
    }

    /// The schema of a file's text: of a chart or of options the whole of it (`root` is empty), of a file of kinds the one
    /// named by `root`, `Deployment apps/v1`.
    pub fn of_text(family: Family, root: &str, text: crate::Text) -> Schema {
        Schema::new(family, root, [Table::new(text)])
    }

    /// What it is about.
    pub fn family(&self) -> Family {
        self.family
    }

    pub(crate) fn tables(&self) -> &[Table] {
        &self.tables
    }

    pub(crate) fn root_name(&self) -> &str {
        &self.root
    }

    /// The place where it begins, and its type.
    pub(crate) fn start(&self) -> (Place, &str) {
        let place = Place::root(&self.root);
        let ty = if self.root.is_empty() { "map" } else { self.node(&place).map_or("map", |n| n.ty) };
        (place, ty)
    }

    /// What is said of `place`.
    pub(crate) fn node(&self, place: &Place) -> Option<Node<'_>> {
        let mut below = false;
        for table in self.tables.iter() {
            match table.find(place.text(), place.separator()) {
                Found::Line(line) => return Some(Node { ty: line.ty, default: line.default, doc: line.doc }),
                found => below |= found == Found::Below,
            }
        }
        below.then_some(Node::RECORD)
    }

    /// The alternatives of a type at a place, with definitions replaced by what they stand for.
    pub(crate) fn alternatives<'s>(&'s self, place: &Place, ty: &'s str) -> Vec<(Place, Alt<'s>)> {
        let mut found = Vec::new();
        self.collect(place, ty, HOPS, &mut found);
        found
    }

    fn collect<'s>(&'s self, place: &Place, ty: &'s str, hops: usize, found: &mut Vec<(Place, Alt<'s>)>) {
        for alt in alts(ty) {
            let Alt::Def(name) = alt else {
                found.push((place.clone(), alt));
                continue;
            };
            let target = Place::root(&format!("${name}"));
            // A definition that is not there, or leads in a circle, refuses nothing.
            match self.node(&target).filter(|_| hops > 0) {
                Some(node) => self.collect(&target, node.ty, hops - 1, found),
                None => found.push((target, Alt::Any)),
            }
        }
    }

    /// What a record at `place` that is `alt` holds at `key`: steps there. Nothing if it knows no such key.
    pub(crate) fn step_key<'s>(&'s self, place: &mut Place, alt: Alt<'s>, key: &str) -> Option<Node<'s>> {
        if !matches!(alt, Alt::Map(_) | Alt::Open(_) | Alt::MapOf(_)) {
            return None;
        }
        let mark = place.key(key);
        if let Some(node) = self.node(place) {
            return Some(node);
        }
        place.back(mark);
        let Alt::MapOf(ty) = alt else { return None };
        place.any_key();
        Some(Node { ty, default: None, doc: None })
    }

    /// The keys below `place` that the files name, in order.
    pub(crate) fn keys(&self, place: &Place) -> Vec<String> {
        let prefix = place.prefix();
        let mut found = std::collections::BTreeSet::new();
        for line in self.tables.iter().flat_map(|table| table.with_prefix(&prefix)) {
            let rest = line.path.get(prefix.len()..).unwrap_or_default();
            // Beside the keys of a chart stand the parts that its places share.
            if let Some((key, _)) = crate::path::split_first(rest).filter(|_| !rest.starts_with(['*', '$'])) {
                found.insert(key.into_owned());
            }
        }
        found.into_iter().collect()
    }
}
