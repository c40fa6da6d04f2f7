//! Scopes, and the identity of entries.

use kss_span::Symbol;
use std::fmt;

/// Which kind of scope.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum ScopeKind {
    Site,
    Machine,
    Cluster,
    Node,
}

/// A scope: where modules are used and entries live.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ScopeKey {
    /// Which kind.
    pub kind: ScopeKind,
    /// Of a node its cluster; else the same as `name`.
    pub outer: Symbol,
    /// Its name.
    pub name: Symbol,
}

/// The identity of an entry.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EntryKey {
    /// Where it lives.
    pub scope: ScopeKey,
    /// Its kind: `route`.
    pub kind: Symbol,
    /// What else tells it from others of its name: module of a `per module` kind, namespace of a `per namespace` kind, both
    /// Kubernetes kind and namespace of a manifest. Else empty.
    pub qualifier: Symbol,
    /// Its name.
    pub name: Symbol,
}

impl fmt::Display for ScopeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ScopeKind::Node => write!(f, "{}/{}", self.outer, self.name),
            _ => write!(f, "{}", self.name),
        }
    }
}
