//! The fields of a finished evaluation, for other evaluations to read.

use crate::report::Report;
use crate::secrets::Source;
use crate::state::{Late, OwnerInfo};
use crate::view::LetValue;
use crate::why::WhyLeaf;
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, ScopeKey, SecretRef, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// See the module.
#[derive(Default, Debug)]
pub(crate) struct Frozen {
    pub(crate) entries: FxHashMap<Arc<EntryKey>, FrozenEntry>,
    /// Entries by scope and kind, in natural order.
    pub(crate) members: FxHashMap<(ScopeKey, Symbol), Vec<Arc<EntryKey>>>,
    /// Kinds of which it can't be told yet which entries exist.
    pub(crate) late_members: FxHashMap<(ScopeKey, Symbol), Arc<Late>>,
    /// Records of capabilities by scope and name.
    pub(crate) providers: FxHashMap<(ScopeKey, Symbol), Vec<Arc<EntryKey>>>,
    /// Machines or nodes of a scope.
    pub(crate) inner: FxHashMap<ScopeKey, Vec<ScopeKey>>,
    /// Modules in use.
    pub(crate) modules: FxHashMap<ScopeKey, Vec<Symbol>>,
    /// Capabilities whose absence is reported.
    pub(crate) absent: FxHashSet<(ScopeKey, Symbol)>,
    pub(crate) owners: FxHashMap<Arc<EntryKey>, OwnerInfo>,
    /// `let`s that were evaluated, by place and scope.
    pub(crate) lets: Vec<LetValue>,
    pub(crate) sources: FxHashMap<SecretRef, Source>,
    /// Reasons of `covered`.
    pub(crate) covered: FxHashMap<Arc<EntryKey>, Arc<str>>,
    /// Entries of intents that nobody handled so far, with where they stand.
    pub(crate) unhandled: Vec<Arc<EntryKey>>,
    pub(crate) handled: FxHashSet<Arc<EntryKey>>,
    /// Scopes in which a module is used that nobody knows.
    pub(crate) incomplete: FxHashSet<ScopeKey>,
}

/// An entry.
#[derive(Debug)]
pub(crate) struct FrozenEntry {
    /// By name. Few: looking through them is faster than a table, and a site holds many entries.
    pub(crate) cells: Box<[(Symbol, FrozenCell)]>,
    pub(crate) rest: Option<FrozenCell>,
    pub(crate) owner: Arc<EntryKey>,
    pub(crate) namespace: Option<(Symbol, Origin)>,
    pub(crate) kubernetes: Option<Symbol>,
    pub(crate) origin: Origin,
    pub(crate) why: Vec<WhyLeaf>,
}

impl FrozenEntry {
    /// The field of this name.
    pub(crate) fn cell(&self, name: Symbol) -> Option<&FrozenCell> {
        self.cells.iter().find(|(cell, _)| *cell == name).map(|(_, cell)| cell)
    }
}

/// A field.
#[derive(Debug)]
pub(crate) enum FrozenCell {
    /// Its value.
    Value(Value),
    /// Nobody asked for it, and it can't be computed; whoever asks gets these.
    Failed(Vec<Report>),
    /// Depends on what clusters write.
    Late(Arc<Late>),
}
