//! What a schema says of a path, for completion and hover.

use crate::check::Seg;
use crate::path::Place;
use crate::schema::{Node, Schema};
use crate::ty::{Alt, alts, human};

/// What is known of a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyInfo {
    /// Its type in words.
    pub ty: String,
    /// Its documentation.
    pub doc: Option<String>,
    /// Its default: a scalar in JSON, or what a list of options shows as text.
    pub default: Option<String>,
    /// The keys that are known below it, in order.
    pub children: Vec<Child>,
    /// May other keys stand below it too?
    pub open: bool,
}

/// A key below a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Child {
    /// Its name, without quotes.
    pub name: String,
    /// Its type in words.
    pub ty: String,
    /// Must it be there?
    pub required: bool,
}

/// What `schema` says of `path`; nothing if no such place is known.
pub fn describe(schema: &Schema, path: &[Seg]) -> Option<KeyInfo> {
    let at = walk(schema, path);
    let (_, node) = at.first()?;
    let alternatives: Vec<_> = at.iter().flat_map(|(place, node)| schema.alternatives(place, node.ty)).collect();
    Some(KeyInfo {
        ty: human(node.ty),
        doc: node.doc.map(str::to_owned),
        default: node.default.map(str::to_owned),
        children: alternatives.iter().flat_map(|(place, alt)| children(schema, place, *alt)).collect(),
        open: alternatives.iter().any(|(_, alt)| matches!(alt, Alt::Any | Alt::Open(_) | Alt::MapOf(_))),
    })
}

/// May a text at this path, or in the list there, name a package?
pub fn takes_package(schema: &Schema, path: &[Seg]) -> bool {
    walk(schema, path).first().is_some_and(|(_, node)| has_package(node.ty))
}

fn has_package(ty: &str) -> bool {
    alts(ty).any(|alt| match alt {
        Alt::Pkg => true,
        Alt::ListOf(inner) => has_package(inner),
        _ => false,
    })
}

fn walk<'s>(schema: &'s Schema, path: &[Seg]) -> Vec<(Place, Node<'s>)> {
    let (place, ty) = schema.start();
    let mut at = vec![(place, Node { ty, default: None, doc: None })];
    for seg in path {
        at = at.into_iter().flat_map(|(place, node)| step(schema, &place, node.ty, *seg)).collect();
    }
    at
}

fn step<'s>(schema: &'s Schema, place: &Place, ty: &'s str, seg: Seg) -> Vec<(Place, Node<'s>)> {
    let mut found = Vec::new();
    for (mut place, alt) in schema.alternatives(place, ty) {
        let node = match (seg, alt) {
            (Seg::Key(key), alt) => schema.step_key(&mut place, alt, &key),
            (Seg::Index(_), Alt::ListOf(ty)) => {
                place.item();
                Some(Node { ty, default: None, doc: None })
            }
            _ => None,
        };
        found.extend(node.map(|node| (place, node)));
    }
    found
}

fn children(schema: &Schema, place: &Place, alt: Alt<'_>) -> Vec<Child> {
    let required: Vec<_> = match alt {
        Alt::Map(names) | Alt::Open(names) => crate::ty::names(names).collect(),
        Alt::MapOf(_) => Vec::new(),
        _ => return Vec::new(),
    };
    let child = |name: String| {
        let mut below = place.clone();
        below.key(&name);
        let ty = schema.node(&below).map_or_else(String::new, |node| human(node.ty));
        Child { required: required.iter().any(|r| *r == name), name, ty }
    };
    schema.keys(place).into_iter().map(child).collect()
}
