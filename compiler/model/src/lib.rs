//! The checked model of a site: what backends and the executor see. Plain data, an origin on every leaf, no syntax.

use indexmap::IndexMap;
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, Record, ScopeKey, Value};
use std::sync::Arc;

/// A site with all of its scopes.
#[derive(Clone, PartialEq, Debug)]
pub struct Model {
    /// The site itself.
    pub site: Scope,
    /// Its machines, in natural order of their names.
    pub machines: Vec<Scope>,
    /// Its clusters, in natural order of their names.
    pub clusters: Vec<Cluster>,
}

/// A cluster with its nodes.
#[derive(Clone, PartialEq, Debug)]
pub struct Cluster {
    /// The cluster itself.
    pub scope: Scope,
    /// Its nodes, in natural order of their names.
    pub nodes: Vec<Scope>,
}

/// A scope: the site, a machine, a cluster, a node.
#[derive(Clone, PartialEq, Debug)]
pub struct Scope {
    /// Which.
    pub key: ScopeKey,
    /// Its own fields: of a machine `ip`, `memory` …, derived ones included.
    pub fields: Record,
    /// Modules in use, in natural order.
    pub modules: Vec<Symbol>,
    /// Entries that live in it (not those of scopes inside), by kind, ordered by (name, qualifier).
    pub entries: IndexMap<Symbol, Vec<Entry>>,
    /// Records of capabilities, by name.
    pub capabilities: IndexMap<Symbol, Record>,
}

/// An entry of a kind.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Its identity.
    pub key: Arc<EntryKey>,
    /// Who wrote it.
    pub owner: Owner,
    /// Where its head stands.
    pub origin: Origin,
    /// Kubernetes kind of a manifest.
    pub kubernetes: Option<Symbol>,
    /// Namespace, if its kind has one: the name.
    pub namespace: Option<Symbol>,
    /// All fields, derived ones included. For a nameless kind of free-form data: the data.
    pub fields: Record,
    /// Fields and paths that were declared `unchecked`, each a path of names.
    pub unchecked: Vec<Vec<Symbol>>,
}

/// The module that an entry belongs to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Owner {
    /// Its name; the name of the scope for what stands in a site's or cluster's body.
    pub module: Symbol,
    /// Its phase, a case of `Phase`.
    pub phase: Option<Symbol>,
}

impl Scope {
    /// Entries of `kind` in this scope.
    pub fn entries(&self, kind: &str) -> &[Entry] {
        self.entries.get(&Symbol::new(kind)).map_or(&[], Vec::as_slice)
    }
}

impl Entry {
    /// The field `name`, if it is there and not `none`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(Symbol::new(name)).filter(|v| !v.is_none())
    }

    /// Its name.
    pub fn name(&self) -> Symbol {
        self.key.name
    }
}

impl Model {
    /// All scopes: the site, its machines, its clusters each followed by its nodes.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope> {
        let clusters = self.clusters.iter().flat_map(|c| std::iter::once(&c.scope).chain(&c.nodes));
        std::iter::once(&self.site).chain(&self.machines).chain(clusters)
    }
}
