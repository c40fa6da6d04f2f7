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

impl ScopeKind {
    /// As it is written: `machine`.
    pub const fn word(self) -> &'static str {
        match self {
            ScopeKind::Site => "site",
            ScopeKind::Machine => "machine",
            ScopeKind::Cluster => "cluster",
            ScopeKind::Node => "node",
        }
    }
}

impl fmt::Display for ScopeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
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
    /// Which variant of the site it belongs to: 0, but for what a test varies.
    pub variant: u16,
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

impl EntryKey {
    /// The same entry, of whichever variant: what a test compares between variants is the entry, not the variant.
    pub fn is_same(&self, other: &EntryKey) -> bool {
        let plain = |scope: ScopeKey| ScopeKey { variant: 0, ..scope };
        self.name == other.name
            && self.kind == other.kind
            && self.qualifier == other.qualifier
            && plain(self.scope) == plain(other.scope)
    }

    /// The same entry in another variant.
    #[must_use]
    pub fn in_variant(&self, variant: u16) -> EntryKey {
        EntryKey { scope: ScopeKey { variant, ..self.scope }, ..self.clone() }
    }
}

impl fmt::Display for ScopeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ScopeKind::Node => write!(f, "{}/{}", self.outer, self.name),
            _ => write!(f, "{}", self.name),
        }
    }
}
