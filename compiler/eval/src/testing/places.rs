//! `expect error … at PLACE`: is a report about that entry, or that field of it?

use crate::ScopeModel;
use crate::frozen::{FrozenCell, FrozenEntry};
use crate::names::n;
use crate::report::Report;
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, Kind, Value};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// What a path of a test leads to in the scopes of a variant.
#[derive(Default)]
pub(super) struct Wanted {
    /// Where its value, or what is in it, was written.
    origins: FxHashSet<Origin>,
    /// Something on the way has no value: what is said of it may be said where it is made.
    valueless: bool,
    names: Vec<Symbol>,
}

impl Wanted {
    /// `kss.flow.feed.to`, `node.worker-2.ip`, `kcs.use.cilium.exclusive`
    pub(super) fn new(path: &str, parts: &[Arc<ScopeModel>]) -> Wanted {
        let names: Vec<Symbol> = path.split('.').map(Symbol::new).collect();
        let scope = |name: &Symbol| parts.iter().any(|part| part.scope.key.name == *name);
        let mut rest = names.as_slice();
        let mut within: Option<Symbol> = None;
        if let Some((first, behind)) = rest.split_first().filter(|(first, _)| scope(first)) {
            within = Some(*first);
            rest = behind;
        }
        let mut wanted = Wanted { names: names.clone(), ..Wanted::default() };
        let [kind, name, field @ ..] = rest else {
            wanted.valueless = true;
            return wanted;
        };
        let kind = if *kind == "use" { n().module } else { *kind };
        let fits = |key: &EntryKey| {
            let inside = within.is_none_or(|w| key.scope.name == w || key.scope.outer == w);
            key.kind == kind && key.name == *name && inside
        };
        let mut found = false;
        for part in parts {
            for (key, entry) in part.frozen.entries.iter().filter(|(key, _)| fits(key)) {
                found = true;
                wanted.add(entry, field);
                wanted.origins.extend(part.frozen.why(key, field).iter().map(|step| step.origin));
            }
        }
        wanted.valueless |= !found;
        wanted
    }

    fn add(&mut self, entry: &FrozenEntry, field: &[Symbol]) {
        let Some((first, rest)) = field.split_first() else {
            self.origins.insert(entry.origin);
            let values = entry.cells.iter().map(|(_, cell)| cell).chain(&entry.rest);
            values.for_each(|cell| self.add_cell(cell, &[]));
            return;
        };
        match (entry.cell(*first), &entry.rest) {
            (Some(cell), _) => self.add_cell(cell, rest),
            (None, Some(cell)) => self.add_cell(cell, field),
            (None, None) => self.valueless = true,
        }
    }

    fn add_cell(&mut self, cell: &FrozenCell, path: &[Symbol]) {
        match cell {
            FrozenCell::Value(value) => match below(value, path) {
                Some(value) => self.add_value(value),
                None => self.valueless = true,
            },
            FrozenCell::Failed(_) | FrozenCell::Late(_) => self.valueless = true,
        }
    }

    fn add_value(&mut self, value: &Value) {
        self.origins.insert(value.origin());
        match value.kind() {
            Kind::Poison => self.valueless = true,
            Kind::Record(record) => record.iter().for_each(|(_, inner)| self.add_value(inner)),
            Kind::List(items) | Kind::Set(items) => items.iter().for_each(|inner| self.add_value(inner)),
            Kind::Case(_, Some(payload)) => self.add_value(payload),
            _ => {}
        }
    }

    /// Does a report stand there?
    pub(super) fn fits(&self, report: &Report) -> bool {
        let d = &report.diagnostic;
        let places = std::iter::once(d.place).chain(d.labels.iter().map(|label| label.place));
        places.filter(|place| !place.is_nowhere()).any(|place| self.origins.contains(&place))
            || self.valueless && self.mentioned(report)
    }

    /// Are the last names in what a report says?
    fn mentioned(&self, report: &Report) -> bool {
        let d = &report.diagnostic;
        let texts = std::iter::once(d.message.as_str())
            .chain(d.labels.iter().map(|l| l.message.as_str()))
            .chain(d.notes.iter().map(|note| note.text.as_str()));
        let text: String = texts.collect::<Vec<_>>().join("\n");
        self.names.iter().rev().take(2).any(|name| text.contains(name.as_str()))
    }
}

fn below<'v>(value: &'v Value, path: &[Symbol]) -> Option<&'v Value> {
    let Some((first, rest)) = path.split_first() else { return Some(value) };
    let value = match value.kind() {
        Kind::Case(_, Some(payload)) => payload,
        _ => value,
    };
    below(value.get(*first)?, rest)
}
