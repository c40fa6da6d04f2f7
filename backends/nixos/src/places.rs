//! Where secrets are kept, as far as the machines of some scopes may need them.

use kss_backend::read::Read;
use kss_backend::template::Part;
use kss_model::{Entry, Scope};
use kss_span::Symbol;
use kss_value::{EntryKey, Flags, Kind, Later, ScopeKey, ScopeKind, SecretRef, Value};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Secrets and later values by the name of their file: `rke2/server-token`, `vault/ca`.
pub(crate) struct Places<'a> {
    /// Several scopes may keep a value at the same place, each its own.
    by_name: FxHashMap<String, Kept<'a>>,
    made: BTreeSet<&'a EntryKey>,
}

/// What is kept under one name, by the cluster whose it is (none of the site), in the order in which it was found.
#[derive(Default)]
struct Kept<'a> {
    by_cluster: FxHashMap<Option<Symbol>, Place<'a>>,
    first: Option<Place<'a>>,
}

/// A value that can be delivered to a machine.
#[derive(Clone)]
pub(crate) enum Place<'a> {
    /// A credential of the description.
    Credential(&'a Entry),
    /// What something refers to.
    Secret(&'a Arc<SecretRef>),
    /// An output of OpenTofu.
    Later(&'a Arc<Later>),
}

impl<'a> Places<'a> {
    /// What the scopes declare or refer to.
    pub(crate) fn of(scopes: impl Iterator<Item = &'a Scope>) -> Places<'a> {
        let mut places = Places { by_name: FxHashMap::default(), made: BTreeSet::new() };
        for scope in scopes {
            for entry in scope.entries.values().flatten() {
                places.add_entry(entry);
            }
        }
        places
    }

    fn add_entry(&mut self, entry: &'a Entry) {
        if entry.key.kind == "credential" {
            if entry.case("source").is_some_and(|case| case == "made") {
                self.made.insert(&entry.key);
            }
            if let (Some(path), Some(key)) = (entry.text("path"), entry.text("key")) {
                self.add(format!("{path}/{key}"), Place::Credential(entry));
            }
        }
        entry.fields.iter().for_each(|(_, value)| self.add_value(value));
    }

    fn add_value(&mut self, value: &'a Value) {
        let flags = value.flags();
        if !flags.has(Flags::SECRET) && !flags.has(Flags::LATER) {
            return;
        }
        match value.kind() {
            Kind::Secret(secret) => {
                secret.refs().into_iter().for_each(|place| self.add(name_of(place), Place::Secret(place)))
            }
            Kind::Later(later) => self.add(output_name(later), Place::Later(later)),
            Kind::List(items) | Kind::Set(items) => items.iter().for_each(|item| self.add_value(item)),
            Kind::Record(record) => record.iter().for_each(|(_, value)| self.add_value(value)),
            Kind::Case(_, Some(record)) => self.add_value(record),
            _ => {}
        }
    }

    fn add(&mut self, name: String, place: Place<'a>) {
        let kept = self.by_name.entry(name).or_default();
        if kept.first.is_none() {
            kept.first = Some(place.clone());
        }
        kept.by_cluster.entry(cluster_of(place.scope())).or_insert(place);
    }

    /// The value that a machine finds under `name`: its own cluster's before the site's.
    pub(crate) fn get(&self, name: &str, machine: &Scope) -> Option<&Place<'a>> {
        let kept = self.by_name.get(name)?;
        kept.by_cluster.get(&cluster_of(&machine.key)).or(kept.first.as_ref())
    }

    /// Is the value made by a step, after the machine is there?
    pub(crate) fn is_made(&self, owner: &EntryKey) -> bool {
        self.made.contains(owner)
    }
}

impl Place<'_> {
    fn scope(&self) -> &ScopeKey {
        match self {
            Place::Credential(entry) => &entry.key.scope,
            Place::Secret(place) => &place.owner.scope,
            Place::Later(later) => &later.env.scope,
        }
    }

    /// The value, for the list of what a machine needs.
    pub(crate) fn part(&self) -> Part {
        match self {
            Place::Secret(place) => Part::Secret((*place).clone(), None),
            Place::Later(later) => Part::Later((*later).clone(), None),
            Place::Credential(entry) => {
                let field = |name: &str| Symbol::new(&entry.text(name).unwrap_or_default());
                let owner = (*entry.key).clone();
                Part::Secret(Arc::new(SecretRef { owner, path: field("path"), key: field("key") }), None)
            }
        }
    }

    /// Does it exist only after something ran?
    pub(crate) fn is_later(&self, places: &Places<'_>) -> bool {
        match self {
            Place::Credential(entry) => places.is_made(&entry.key),
            Place::Secret(place) => places.is_made(&place.owner),
            Place::Later(_) => true,
        }
    }
}

/// The cluster that a scope is or lies in; none of the site and its machines.
fn cluster_of(scope: &ScopeKey) -> Option<Symbol> {
    matches!(scope.kind, ScopeKind::Cluster | ScopeKind::Node).then_some(scope.outer)
}

/// `rke2/server-token`
pub(crate) fn name_of(place: &SecretRef) -> String {
    format!("{}/{}", place.path, place.key)
}

/// `vault/ca`
pub(crate) fn output_name(later: &Later) -> String {
    later.path.iter().map(|step| step.as_str()).collect::<Vec<_>>().join("/")
}
