//! The model that backends see.

use crate::layout::Slot;
use crate::modules::same_kind;
use crate::names::n;
use crate::state::{Cell, EntryIx, Eval, Members};
use crate::values::export;
use indexmap::IndexMap;
use kss_model::{Entry, Owner, Scope};
use kss_span::{Origin, Symbol};
use kss_value::{Kind, Record, RecordBuilder, ScopeKey, Value};

impl<'a> Eval<'a> {
    /// A scope with what lives in it.
    pub(crate) fn scope_model(&mut self, scope: ScopeKey) -> Scope {
        let state = &self.scopes[&scope];
        let modules = state.modules.iter().map(|m| self.module(*m).ir.name).collect();
        let fields = self.fields_of_entry(state.entry);
        let mut kinds: Vec<Symbol> = self.members.keys().filter(|(s, _)| *s == scope).map(|(_, kind)| *kind).collect();
        kinds.sort();
        let mut entries = IndexMap::new();
        for kind in kinds {
            let Some(Members::Done(list, _)) = self.members.get(&(scope, kind)).cloned() else { continue };
            let list: Vec<Entry> = list.iter().map(|ix| self.entry_model(*ix)).collect();
            if !list.is_empty() {
                entries.insert(kind, list);
            }
        }
        let program = self.program;
        let mut capabilities = IndexMap::new();
        for sig in program.capabilities.values().filter(|sig| same_kind(sig.scope, scope.kind)) {
            let value = self.capability_of(scope, sig.name, Origin::NOWHERE, false);
            if let Kind::Ref(key) = value.kind()
                && let Some(ix) = self.by_key.get(key)
            {
                capabilities.insert(sig.name, self.fields_of_entry(*ix));
            }
        }
        Scope { key: scope, fields, modules, entries, capabilities }
    }

    fn entry_model(&mut self, ix: EntryIx) -> Entry {
        self.look_around();
        let mut fields = self.fields_of_entry(ix);
        if self.entry(ix).kubernetes.is_some() && fields.get(n().api_version).is_none() {
            let whole = Value::record(fields.clone(), self.entry(ix).origin);
            let at = self.entry(ix).origin;
            let version = match self.api_version(ix, &whole, false) {
                Some(version) => Some(Value::text(version, at)),
                // That nothing is known of the kind is said where objects are checked.
                None => self.env.schemas().map(|_| Value::poison(at)),
            };
            if let Some(version) = version {
                fields = fields.iter().cloned().chain([(n().api_version, version)]).collect();
            }
        }
        let entry = self.entry(ix);
        let info = self.owner_info(&entry.owner);
        let owner = Owner {
            module: info.as_ref().map_or(entry.owner.name, |info| info.name),
            phase: info.and_then(|info| info.phase),
        };
        Entry {
            key: entry.key.clone(),
            owner,
            origin: entry.origin,
            kubernetes: entry.kubernetes,
            namespace: entry.namespace.map(|(name, _)| name),
            fields,
            unchecked: entry.unchecked.iter().map(|(path, _)| path.clone()).collect(),
        }
    }

    /// All fields that could be computed, derived ones included.
    fn fields_of_entry(&self, ix: EntryIx) -> Record {
        let entry = self.entry(ix);
        let mut builder = RecordBuilder::default();
        for ((name, slot), cell) in entry.layout.slots.iter().zip(&entry.cells) {
            let Cell::Done(value) = cell else { continue };
            match (slot, value.kind()) {
                (Slot::Whole(_) | Slot::Open, Kind::Record(rest)) => {
                    rest.iter().filter(|(name, _)| *name != n().hidden_name).for_each(|(name, v)| {
                        builder.push(*name, export(v));
                    });
                }
                (Slot::Whole(_) | Slot::Open, _) => {}
                (Slot::Let(_), Kind::Poison) => {}
                _ => builder.push(*name, export(value)),
            }
        }
        builder.finish()
    }
}
