//! Nothing is lost: which entries of intents somebody handled.
//!
//! An entry counts as handled when a module evaluated an output, an effect or an element in a loop over it, or when an output
//! refers to it. What only checks look at is not handled: so marks made while a `let` is computed count for whoever reads it.

use crate::context::Cx;
use crate::finish::describe_entry;
use crate::state::{Eval, Role, UnitIx};
use indexmap::IndexMap;
use kss_diag::code;
use kss_ir::KindUse;
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, Kind, ScopeKey, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;
use std::sync::Arc;

/// An entry that nobody handled, and where it is declared.
type Lost = (Arc<EntryKey>, Origin);

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
        for frozen in &self.foreign.clone() {
            self.look_around();
            lost.extend(frozen.unhandled.iter().map(|k| (k.clone(), frozen.entries.get(k).map(|e| e.origin))));
        }
        let mut groups: IndexMap<(ScopeKey, Symbol), Vec<Lost>> = IndexMap::new();
        for (key, origin) in lost {
            if self.marks.handled.contains(&key) || self.intent_is_unlowered(&key) || self.is_incomplete(key.scope) {
                continue;
            }
            let place = origin.unwrap_or(Origin::NOWHERE);
            groups.entry((key.scope, key.kind)).or_default().push((key, place));
        }
        groups.sort_unstable_keys();
        for ((scope, kind), mut entries) in groups {
            entries.sort_by_key(|a| a.0.name);
            self.report_lost_entries(scope, kind, &entries);
        }
    }

    /// One report for all entries of a kind in a scope: what would handle one would handle the others.
    fn report_lost_entries(&mut self, scope: ScopeKey, kind: Symbol, entries: &[Lost]) {
        let Some(((first, place), rest)) = entries.split_first() else { return };
        let what = match rest {
            [] => format!("{} of {scope} reaches no output", describe_entry(first)),
            _ => format!("{} entries of `{kind}` of {scope} reach no output", entries.len()),
        };
        let mut report = code::UNLOWERED.at(*place, what).label(format!("`{}` is lost", first.name));
        for (key, place) in rest.iter().take(2) {
            report = report.also(*place, format!("so is `{}`", key.name));
        }
        let (help, of) = match self.program.kinds.get(&kind).and_then(|sig| sig.lowered_by) {
            Some((capability, _)) => ("the module that provides", format!(" `{capability}`")),
            None => ("the module that reads it", String::new()),
        };
        let report = report.rule(format!("{help}{of} writes an output for it, or says `covered x because \"…\"`"));
        self.report(report.help("use a module that handles it, or leave it out"));
    }

    /// Is it reported that nothing lowers the kind of an entry?
    fn intent_is_unlowered(&mut self, key: &EntryKey) -> bool {
        let sig = self.program.kinds.get(&key.kind).and_then(|sig| sig.lowered_by);
        sig.is_some_and(|(capability, site)| {
            let from = if site { self.site } else { key.scope };
            self.capability_of(from, capability, Origin::NOWHERE, false).is_none()
        })
    }

    /// Where an entry is declared.
    pub(crate) fn entry_origin(&self, key: &EntryKey) -> Option<Origin> {
        if let Some(ix) = self.by_key.get(key) {
            return Some(self.entry(*ix).origin);
        }
        self.foreign_with(key)?.entries.get(key).map(|entry| entry.origin)
    }
}
