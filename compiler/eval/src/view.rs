//! What was evaluated, to look at: entries with their values and with who wrote them, `let`s.

use crate::ScopeModel;
use crate::frozen::{Frozen, FrozenCell, FrozenEntry};
use crate::why::WhyStep;
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, ScopeKey, Value};
use std::sync::Arc;

/// An entry of an evaluation: of a kind, a scope (kind `cluster`, `node` …), a capability's record (kind `capability`), a
/// module in use (kind `module`; its fields are its options).
#[derive(Clone, Copy)]
pub struct EntryView<'a> {
    /// Its identity.
    pub key: &'a Arc<EntryKey>,
    entry: &'a FrozenEntry,
}

/// A `let` of a file, a module or a scope's body with its value.
#[derive(Clone, Debug)]
pub struct LetValue {
    /// Its statement.
    pub origin: Origin,
    /// In which scope it was evaluated.
    pub scope: ScopeKey,
    /// Its value.
    pub value: Value,
}

impl<'a> EntryView<'a> {
    /// The statement that declares it.
    pub fn origin(self) -> Origin {
        self.entry.origin
    }

    /// The Kubernetes kind of a manifest.
    pub fn kubernetes(self) -> Option<Symbol> {
        self.entry.kubernetes
    }

    /// The module entry that wrote it.
    pub fn owner(self) -> &'a Arc<EntryKey> {
        &self.entry.owner
    }

    /// The value of a field, option or derived field, or of a key of free-form data.
    pub fn field(self, name: Symbol) -> Option<&'a Value> {
        match self.entry.cell(name) {
            Some(FrozenCell::Value(value)) => Some(value),
            Some(FrozenCell::Failed(_) | FrozenCell::Late(_)) => None,
            None => match &self.entry.rest {
                Some(FrozenCell::Value(rest)) => rest.get(name),
                _ => None,
            },
        }
    }

    /// All values in it, in no order.
    pub fn values(self) -> impl Iterator<Item = &'a Value> {
        self.entry.cells.iter().map(|(_, cell)| cell).chain(&self.entry.rest).filter_map(|cell| match cell {
            FrozenCell::Value(value) => Some(value),
            FrozenCell::Failed(_) | FrozenCell::Late(_) => None,
        })
    }

    /// Every written path with the contributions to it: first those that count, then those that lost.
    pub fn leaves(self) -> impl Iterator<Item = (&'a [Symbol], &'a [WhyStep])> {
        self.entry.why.iter().map(|leaf| (&*leaf.path, leaf.steps.as_slice()))
    }
}

impl ScopeModel {
    /// All entries, in no order.
    pub fn entries(&self) -> impl Iterator<Item = EntryView<'_>> {
        self.frozen.entries.iter().map(|(key, entry)| EntryView { key, entry })
    }

    /// An entry.
    pub fn entry(&self, key: &EntryKey) -> Option<EntryView<'_>> {
        let (key, entry) = self.frozen.entries.get_key_value(key)?;
        Some(EntryView { key, entry })
    }

    /// The `let`s that were evaluated.
    pub fn lets(&self) -> &[LetValue] {
        &self.frozen.lets
    }

    /// The records of a capability in a scope of this part.
    pub fn providers(&self, scope: ScopeKey, capability: Symbol) -> &[Arc<EntryKey>] {
        Frozen::list(self.frozen.providers.get(&(scope, capability)))
    }

    /// The modules that are in use, by scope; in natural order of scopes.
    pub fn modules_in_use(&self) -> Vec<(ScopeKey, &[Symbol])> {
        let mut found: Vec<(ScopeKey, &[Symbol])> =
            self.frozen.modules.iter().map(|(scope, names)| (*scope, names.as_slice())).collect();
        found.sort_by_key(|(scope, _)| *scope);
        found
    }
}

impl Frozen {
    fn list<T>(found: Option<&Vec<T>>) -> &[T] {
        found.map_or(&[], Vec::as_slice)
    }
}
