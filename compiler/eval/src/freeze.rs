//! The end of an evaluation: what others may read of it.

use crate::ScopeModel;
use crate::frozen::{Frozen, FrozenCell, FrozenEntry};
use crate::layout::Slot;
use crate::modules::same_kind;
use crate::secrets::{self, OwnSecret};
use crate::state::{Cell, EntryIx, Eval, Late, Members};
use crate::view::LetValue;
use kss_span::Origin;
use kss_value::ScopeKey;
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

impl<'a> Eval<'a> {
    /// Everything computed, without what computes it.
    pub(crate) fn freeze(&mut self) -> Frozen {
        let mut frozen =
            Frozen { unhandled: self.unhandled(), incomplete: self.incomplete_scopes(), ..Frozen::default() };
        let mut late = FxHashMap::default();
        for ((scope, kind), members) in &self.members {
            if let Members::Done(list, _) = members {
                let keys = list.iter().map(|ix| self.entry(*ix).key.clone()).collect();
                frozen.members.insert((*scope, *kind), keys);
            }
        }
        for (id, reason) in &self.late_members {
            frozen.late_members.insert(*id, share(reason, &mut late));
        }
        let scopes: Vec<ScopeKey> = self.scopes.keys().copied().collect();
        let program = self.program;
        for scope in scopes {
            for sig in program.capabilities.values().filter(|sig| same_kind(sig.scope, scope.kind)) {
                let keys = self.provider_keys(scope, sig.name, Origin::NOWHERE);
                frozen.providers.insert((scope, sig.name), keys);
            }
            let inner = self.inner(scope);
            frozen.inner.insert(scope, inner.to_vec());
            let modules = self.scopes[&scope].modules.iter().map(|m| self.module(*m).ir.name).collect();
            frozen.modules.insert(scope, modules);
        }
        frozen.lets = self.freeze_lets();
        // The last thing: it takes the fields away.
        frozen.entries.reserve(self.entries.len());
        for ix in 0..self.entries.len() as EntryIx {
            self.look_around();
            let key = self.entry(ix).key.clone();
            if self.by_key.contains_key(&key) {
                let entry = self.freeze_entry(ix, &mut late);
                frozen.entries.insert(key, entry);
            }
        }
        frozen.absent = std::mem::take(&mut self.absent);
        frozen.owners = std::mem::take(&mut self.owners);
        frozen.sources = std::mem::take(&mut self.secret_sources);
        frozen.handled = std::mem::take(&mut self.marks.handled);
        frozen.covered = std::mem::take(&mut self.marks.covered);
        frozen
    }

    /// `let`s of files, modules and scopes.
    fn freeze_lets(&self) -> Vec<LetValue> {
        let of_units = self.lets.iter().filter_map(|((unit, name), cell)| {
            let unit = self.unit(*unit);
            let origin = unit.stmts.lets.get(name)?.origin;
            Some(LetValue { origin, scope: unit.scope, value: cell.value()?.clone() })
        });
        let root = self.scopes.keys().next().copied().unwrap_or(self.site);
        let of_files = self.file_lets.iter().filter_map(|(item, cell)| {
            let origin = self.program.file_lets.get(item)?.origin;
            Some(LetValue { origin, scope: root, value: cell.value()?.clone() })
        });
        let mut lets: Vec<LetValue> = of_units.chain(of_files).collect();
        // No order of a map shows.
        lets.sort_by_cached_key(|found| (found.origin.item.key(), found.origin.node, found.scope));
        lets
    }

    fn freeze_entry(&mut self, ix: EntryIx, late: &mut FxHashMap<*const Late, Arc<Late>>) -> FrozenEntry {
        let own = &mut self.entries[ix as usize];
        let (why, own_cells) = (std::mem::take(&mut own.why), std::mem::take(&mut own.cells));
        let entry = self.entry(ix);
        let mut cells = Vec::with_capacity(own_cells.len());
        let mut rest = None;
        for (at, ((name, slot), cell)) in entry.layout.slots.iter().zip(own_cells).enumerate() {
            let cell = match (cell, self.late_cells.get(&(ix, at as u32))) {
                (_, Some(reason)) => FrozenCell::Late(share(reason, late)),
                (Cell::Done(value), None) => FrozenCell::Value(value),
                (Cell::Failed(reports), None) => FrozenCell::Failed(reports.to_vec()),
                (Cell::Empty | Cell::Busy, None) => continue,
            };
            match slot {
                Slot::Whole(_) | Slot::Open => rest = Some(cell),
                _ => cells.push((*name, cell)),
            }
        }
        FrozenEntry {
            cells: cells.into_boxed_slice(),
            rest,
            owner: entry.owner.clone(),
            namespace: entry.namespace,
            kubernetes: entry.kubernetes,
            origin: entry.origin,
            why,
        }
    }

    /// Secrets that types make and that something finished refers to. Derived fields count where something finished holds them.
    fn secrets(&self) -> Vec<OwnSecret> {
        let fields = self.entries.iter().flat_map(|entry| {
            let slots = entry.layout.slots.iter().zip(&entry.cells);
            slots.filter_map(|((_, slot), cell)| match (slot, cell) {
                (Slot::Let(_), _) => None,
                (_, Cell::Done(value)) => Some(value),
                _ => None,
            })
        });
        secrets::collect(fields, |reference| {
            let own = self.secret_sources.get(reference);
            own.or_else(|| self.foreign.iter().find_map(|frozen| frozen.sources.get(reference))).cloned()
        })
    }

    /// The result.
    pub(crate) fn finish(mut self) -> ScopeModel {
        let root = self.scopes.keys().next().copied().unwrap_or(self.site);
        self.look_around();
        let scope = self.scope_model(root);
        let inner: Vec<_> = self.inner(root).iter().map(|inner| self.scope_model(*inner)).collect();
        let reports = std::mem::take(&mut self.reports).finish();
        let secrets = self.secrets();
        let frozen = self.freeze();
        ScopeModel { scope, inner, reports, secrets, frozen: Arc::new(frozen) }
    }
}

/// The same reason, shared between threads once.
fn share(reason: &Rc<Late>, known: &mut FxHashMap<*const Late, Arc<Late>>) -> Arc<Late> {
    known.entry(Rc::as_ptr(reason)).or_insert_with(|| Arc::new(Late::clone(reason))).clone()
}
