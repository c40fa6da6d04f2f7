//! Nothing is lost: which entries of intents somebody handled.
//!
//! An entry counts as handled when a module evaluated an output, an effect or an element in a loop over it, or when an output
//! refers to it. What only checks look at is not handled: so marks made while a `let` is computed count for whoever reads it.

use crate::context::Cx;
use crate::finish::describe_entry;
use crate::state::{Eval, Role, UnitIx};
use kss_diag::code;
use kss_ir::KindUse;
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, Kind, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;
use std::sync::Arc;

/// See the module.
#[derive(Default)]
pub(crate) struct Marks {
    /// One for each `let` that is being computed, innermost last.
    frames: Vec<Vec<Arc<EntryKey>>>,
    lets: FxHashMap<(UnitIx, Symbol), Rc<[Arc<EntryKey>]>>,
    pub(crate) handled: FxHashSet<Arc<EntryKey>>,
    /// With the reason, if one was said.
    pub(crate) covered: FxHashMap<Arc<EntryKey>, Arc<str>>,
    /// What is evaluated now is a check.
    checking: bool,
}

impl Marks {
    pub(crate) fn begin(&mut self) {
        self.frames.push(Vec::new());
    }

    pub(crate) fn end_let(&mut self, id: (UnitIx, Symbol)) {
        let found: Rc<[Arc<EntryKey>]> = self.frames.pop().unwrap_or_default().into();
        self.add(&found);
        self.lets.insert(id, found);
    }

    /// A `let` that was computed earlier is read.
    pub(crate) fn read_let(&mut self, id: (UnitIx, Symbol)) {
        if let Some(found) = self.lets.get(&id).cloned() {
            self.add(&found);
        }
    }

    pub(crate) fn add(&mut self, keys: &[Arc<EntryKey>]) {
        match self.frames.last_mut() {
            Some(frame) => frame.extend_from_slice(keys),
            None if self.checking => {}
            None => self.handled.extend(keys.iter().cloned()),
        }
    }

    /// Starts or ends a part in which nothing is handled; gives what was before.
    pub(crate) fn set_checking(&mut self, checking: bool) -> (bool, Vec<Vec<Arc<EntryKey>>>) {
        (std::mem::replace(&mut self.checking, checking), std::mem::take(&mut self.frames))
    }

    pub(crate) fn restore(&mut self, (checking, frames): (bool, Vec<Vec<Arc<EntryKey>>>)) {
        self.checking = checking;
        self.frames = frames;
    }
}

impl<'a> Eval<'a> {
    /// A module wrote something in a loop over these entries.
    pub(crate) fn mark_handled(&mut self, unit: UnitIx, vars: &[Arc<EntryKey>]) {
        if self.unit(unit).writer.module {
            self.marks.add(vars);
        }
    }

    pub(crate) fn mark_vars(&mut self, cx: &Cx<'a>, vars: &[Arc<EntryKey>]) {
        if let Some(unit) = cx.unit {
            self.mark_handled(unit, vars);
        }
    }

    /// An output refers to entries.
    pub(crate) fn mark_refs(&mut self, value: &Value) {
        match value.kind() {
            Kind::Ref(key) => {
                self.marks.handled.insert(key.clone());
            }
            Kind::Record(record) => record.iter().for_each(|(_, v)| self.mark_refs(v)),
            Kind::List(items) | Kind::Set(items) => items.iter().for_each(|v| self.mark_refs(v)),
            Kind::Case(_, Some(payload)) => self.mark_refs(payload),
            _ => {}
        }
    }

    /// Entries of intents of this evaluation that nobody handled.
    pub(crate) fn unhandled(&mut self) -> Vec<Arc<EntryKey>> {
        let mut found = Vec::new();
        for entry in &self.entries {
            let Some(sig) = self.program.kinds.get(&entry.key.kind) else { continue };
            let wanted = matches!(sig.usage, KindUse::Intent { optional: false });
            let live = self.by_key.contains_key(&entry.key);
            // A kind that names no lowerer is read by whoever likes: `credential`, `service`.
            let wanted = wanted && sig.lowered_by.is_some();
            if wanted && live && !self.marks.handled.contains(&entry.key) {
                found.push(entry.key.clone());
            }
        }
        found
    }

    /// Reports what is lost, of the clusters as well. Only the site knows: it may be the one that handles them.
    pub(crate) fn report_lost(&mut self) {
        if self.role != Role::Site {
            return;
        }
        let own = self.unhandled().into_iter().map(|key| (key.clone(), self.entry_origin(&key)));
        let mut lost: Vec<(Arc<EntryKey>, Option<Origin>)> = own.collect();
        for frozen in &self.foreign {
            lost.extend(frozen.unhandled.iter().map(|k| (k.clone(), frozen.entries.get(k).map(|e| e.origin))));
        }
        for (key, origin) in lost {
            if self.marks.handled.contains(&key) || self.intent_is_unlowered(&key) {
                continue;
            }
            let message = format!("{} of {} reaches no output", describe_entry(&key), key.scope);
            let report = code::UNLOWERED.at(origin.unwrap_or(Origin::NOWHERE), message).label("lost");
            self.report(report.help("let a module write something for it, or say `covered x because \"…\"`"));
        }
    }

    /// Is it reported that nothing lowers the kind of an entry?
    fn intent_is_unlowered(&mut self, key: &EntryKey) -> bool {
        let sig = self.program.kinds.get(&key.kind).and_then(|sig| sig.lowered_by);
        sig.is_some_and(|(capability, site)| {
            let from = if site { self.site } else { key.scope };
            self.capability_of(from, capability, Origin::NOWHERE, false).is_none()
        })
    }

    /// Intents in scopes where nothing lowers them.
    pub(crate) fn check_lowerers(&mut self) {
        let program = self.program;
        let mut by_kind: FxHashMap<(kss_value::ScopeKey, Symbol), Vec<(Symbol, Origin)>> = FxHashMap::default();
        for entry in &self.entries {
            let Some(sig) = program.kinds.get(&entry.key.kind) else { continue };
            if matches!(sig.usage, KindUse::Intent { optional: false }) && sig.lowered_by.is_some() {
                let of = by_kind.entry((entry.key.scope, sig.name)).or_default();
                of.push((entry.key.name, entry.origin));
            }
        }
        let mut kinds: Vec<_> = by_kind.into_iter().collect();
        kinds.sort_by_key(|((scope, kind), _)| (*scope, *kind));
        for ((scope, kind), mut entries) in kinds {
            let Some((capability, site)) = program.kinds.get(&kind).and_then(|sig| sig.lowered_by) else { continue };
            let from = if site { self.site } else { scope };
            if !self.capability_of(from, capability, Origin::NOWHERE, false).is_none() {
                continue;
            }
            let always = program.capabilities.get(&capability).is_some_and(|c| c.count == kss_ir::Cardinality::One);
            if always {
                // That the scope has none is said once, for the scope.
                continue;
            }
            entries.sort_by_key(|(name, _)| *name);
            let mut names: Vec<String> = entries.iter().take(3).map(|(name, _)| format!("`{name}`")).collect();
            if let more @ 1.. = entries.len().saturating_sub(3) {
                names.push(format!("{more} more"));
            }
            let need = if entries.len() == 1 { "needs" } else { "need" };
            let offers: Vec<&str> = program
                .modules
                .values()
                .filter(|m| m.provides.iter().any(|p| p.capability == capability))
                .map(|m| m.name.as_str())
                .collect();
            let home = if site { self.site } else { scope };
            let offer = if offers.is_empty() { "and no module provides one".to_owned() } else { offers.join(", ") };
            let message = format!("{kind} {} {need} `{capability}`; {home} uses none: {offer}", names.join(", "));
            let at = entries.first().map_or(Origin::NOWHERE, |(_, origin)| *origin);
            let report = match self.removed_provider(home, capability) {
                Some((module, _, place)) => {
                    let message =
                        format!("`{module}` is removed, and {kind} {} needs its `{capability}`", names.join(", "));
                    code::STILL_NEEDED.at(place.unwrap_or(at), message).label("removed here").also(at, "needs it")
                }
                None => code::NO_PROVIDER.at(at, message).label(format!("needs `{capability}`")),
            };
            self.report(report);
        }
    }

    /// Where an entry is declared.
    pub(crate) fn entry_origin(&self, key: &EntryKey) -> Option<Origin> {
        if let Some(ix) = self.by_key.get(key) {
            return Some(self.entry(*ix).origin);
        }
        self.foreign.iter().find_map(|frozen| frozen.entries.get(key)).map(|entry| entry.origin)
    }
}
