//! What steps are looked up by.

use crate::ids;
use kss_backend::read::{Read, entry_of};
use kss_backend::template::Part;
use kss_model::{Cluster, Entry, Model, Scope};
use kss_span::Symbol;
use kss_value::{EntryKey, Flags, Kind, ScopeKind, SecretRef, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Entries of the site, of its machines, and of one cluster.
pub(crate) struct Index<'a> {
    /// Steps by the credential that they make.
    makers: BTreeMap<&'a EntryKey, &'a EntryKey>,
    /// Releases and overlays that are there before the GitOps engine.
    early: BTreeSet<&'a EntryKey>,
    /// Scopes of machines and nodes whose system is built here.
    configured: BTreeSet<String>,
    /// Values that machines need.
    pub(crate) values: kss_nixos::Values<'a>,
    /// Secret of the cluster's own kubeconfig.
    kubeconfig: Option<&'a Value>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(model: &'a Model, cluster: Option<&'a Cluster>) -> Index<'a> {
        let own = cluster.into_iter().flat_map(|cluster| std::iter::once(&cluster.scope).chain(&cluster.nodes));
        let scopes: Vec<&Scope> = std::iter::once(&model.site).chain(&model.machines).chain(own).collect();
        let entries = |kind: &'static str| scopes.iter().flat_map(move |scope| scope.entries(kind));
        let makers = entries("credential").filter_map(|entry| Some((&*entry.key, maker(entry)?))).collect();
        let early = entries("helm").chain(entries("overlay")).filter(|entry| entry.flag("bootstrap"));
        let configured = scopes.iter().filter(|scope| kss_nixos::is_configured(scope));
        let distribution = cluster.and_then(|cluster| cluster.scope.capabilities.get(&Symbol::new("distribution")));
        Index {
            makers,
            early: early.map(|entry| &*entry.key).collect(),
            configured: configured.map(|scope| ids::scope(&scope.key)).collect(),
            values: kss_nixos::Values::new(model, cluster),
            kubeconfig: distribution.and_then(|distribution| distribution.value("kubeconfig")),
        }
    }

    /// The steps that have to be done for an entry to be there.
    pub(crate) fn milestone(&self, key: &EntryKey) -> Option<String> {
        let id = ids::entry(key);
        Some(match key.kind.as_str() {
            "step" => id,
            "service" => format!("{id}/healthy"),
            "machine" | "node" => format!("{id}/{}", if self.configured.contains(&id) { "prove" } else { "reach" }),
            "tofu" => format!("{id}/apply"),
            "helm" | "overlay" if self.early.contains(key) => format!("{id}/install"),
            "helm" | "overlay" => format!("{id}/healthy"),
            "cluster" => format!("{id}/ready"),
            "credential" => ids::entry(self.makers.get(key)?),
            _ => return None,
        })
    }

    /// The step that makes a secret.
    pub(crate) fn maker(&self, place: &SecretRef) -> Option<String> {
        self.makers.get(&place.owner).map(|step| ids::entry(step))
    }

    /// Everything that a value waits for: makers of its secrets, environments whose outputs it reads, entries that it names.
    pub(crate) fn of_value(&self, value: &Value, entries: bool, found: &mut BTreeSet<String>) {
        match value.kind() {
            Kind::Ref(key) if entries => found.extend(self.milestone(key)),
            Kind::Secret(secret) => found.extend(secret.refs().into_iter().filter_map(|place| self.maker(place))),
            Kind::Later(later) => {
                found.insert(format!("{}/apply", ids::entry(&later.env)));
            }
            Kind::List(items) | Kind::Set(items) => items.iter().for_each(|v| self.of_value(v, entries, found)),
            Kind::Record(record) if entries || is_hidden(value) => {
                record.iter().for_each(|(_, v)| self.of_value(v, entries, found));
            }
            Kind::Case(_, Some(payload)) => self.of_value(payload, entries, found),
            _ => {}
        }
    }

    /// What a value that is delivered to a machine waits for.
    pub(crate) fn of_part(&self, part: &Part, found: &mut BTreeSet<String>) {
        match part {
            Part::Text(_) => {}
            Part::Secret(place, _) => found.extend(self.maker(place)),
            Part::Later(later, _) => {
                found.insert(format!("{}/apply", ids::entry(&later.env)));
            }
            Part::Group(parts, _) => parts.iter().for_each(|part| self.of_part(part, found)),
        }
    }

    /// The step by which the cluster's API can be asked.
    pub(crate) fn api(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        if let Some(value) = self.kubeconfig {
            self.of_value(value, false, &mut found);
        }
        found
    }
}

fn is_hidden(value: &Value) -> bool {
    value.flags().has(Flags::SECRET) || value.flags().has(Flags::LATER)
}

/// The step that makes a credential.
fn maker(credential: &Entry) -> Option<&EntryKey> {
    match credential.value("source")?.kind() {
        Kind::Case(case, Some(payload)) if case == "made" => {
            entry_of(payload.get(Symbol::new("by"))?).map(|key| &**key)
        }
        _ => None,
    }
}

/// Is the entry written in a machine or a node?
pub(crate) fn is_of_machine(key: &EntryKey) -> bool {
    matches!(key.scope.kind, ScopeKind::Machine | ScopeKind::Node)
}
