//! Capabilities that nobody provides, and those that several do: one message for each mistake, however many need them.

use crate::finish::describe_entry;
use crate::layout::Slot;
use crate::modules::same_kind;
use crate::state::{Cell, Eval, ModIx, Role};
use indexmap::IndexMap;
use kss_diag::code;
use kss_ir::KindUse;
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, Kind, ScopeKey, ScopeKind, Value};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// How many names of those who need something a message shows.
const NAMED: usize = 3;

/// A capability that two modules of a scope provide.
pub(crate) type Rival = (ScopeKey, Symbol, ModIx, ModIx);

/// Who needs a capability that is absent.
#[derive(Default)]
pub(crate) struct Needers {
    modules: Vec<ModIx>,
    entries: Vec<(Arc<EntryKey>, Origin)>,
}

/// The capabilities that two modules both provide, and the modules.
type Disputed = (Vec<Symbol>, ModIx, ModIx);

/// An entry that somebody removed.
pub(crate) struct Removed {
    pub(crate) origin: Origin,
    pub(crate) readers: Vec<Origin>,
}

impl<'a> Eval<'a> {
    /// Remembers that nobody provides a capability in a scope, and which modules need it.
    pub(crate) fn no_provider(&mut self, scope: ScopeKey, capability: Symbol, who: &[ModIx]) {
        self.absent.insert((scope, capability));
        self.missing.entry((scope, capability)).or_default().modules.extend(who);
    }

    /// Reports absent capabilities, with the modules and the entries that need them.
    pub(crate) fn report_missing(&mut self) {
        self.entries_without_lowerer();
        let missing = std::mem::take(&mut self.missing);
        for ((scope, capability), who) in missing {
            if !self.is_incomplete(scope) {
                self.report_absent(scope, capability, &who);
            }
        }
    }

    /// Scopes in which a module is used that nobody knows: it may have been meant to provide what is missing there. What
    /// machines use provides for what is around them.
    pub(crate) fn incomplete_scopes(&self) -> FxHashSet<ScopeKey> {
        let broken = self.units.iter().filter(|unit| unit.stmts.incomplete);
        broken.flat_map(|unit| self.outwards(unit.scope).filter(|scope| self.is_own(*scope))).collect()
    }

    pub(crate) fn is_incomplete(&self, scope: ScopeKey) -> bool {
        let own = self.units.iter().any(|unit| unit.stmts.incomplete && self.outwards(unit.scope).any(|s| s == scope));
        own || self.foreign.iter().any(|frozen| frozen.incomplete.contains(&scope))
    }

    /// Entries of intents in scopes where nothing lowers them.
    fn entries_without_lowerer(&mut self) {
        let program = self.program;
        let mut found: Vec<(ScopeKey, Symbol, Arc<EntryKey>, Origin)> = Vec::new();
        for entry in &self.entries {
            let Some(sig) = program.kinds.get(&entry.key.kind) else { continue };
            let Some((capability, site)) = sig.lowered_by else { continue };
            if matches!(sig.usage, KindUse::Intent { optional: false }) && self.by_key.contains_key(&entry.key) {
                let from = if site { self.site } else { entry.key.scope };
                found.push((from, capability, entry.key.clone(), entry.origin));
            }
        }
        found.sort_by(|a, b| (a.0, a.1, &a.2).cmp(&(b.0, b.1, &b.2)));
        let mut known: IndexMap<(ScopeKey, Symbol), bool> = IndexMap::new();
        for (from, capability, key, origin) in found {
            let absent = match known.get(&(from, capability)) {
                Some(absent) => *absent,
                None => {
                    let absent = self.capability_of(from, capability, Origin::NOWHERE, false).is_none();
                    known.insert((from, capability), absent);
                    absent
                }
            };
            if absent {
                let home = program.capabilities.get(&capability).and_then(|sig| self.around(from, sig.scope));
                let who = self.missing.entry((home.unwrap_or(from), capability)).or_default();
                who.entries.push((key, origin));
            }
        }
    }

    fn report_absent(&mut self, scope: ScopeKey, capability: Symbol, who: &Needers) {
        let home = crate::world::scope_entry(self.site, scope);
        let home = self.entry_origin(&home).unwrap_or(Origin::NOWHERE);
        let needed = self.needed_by(who);
        // Every cluster says the same of its site, so that it is said once.
        let from_below = self.role == Role::Cluster && scope.kind == ScopeKind::Site;
        let who_needs = match needed.as_slice() {
            [] => String::new(),
            _ if from_below => ", and its clusters need one".to_owned(),
            [one] if who.modules.len() + who.entries.len() == 1 => format!(", and {one} needs one"),
            needed => format!(", and {} need one", enumerate(needed)),
        };
        let places = self.places_of(who);
        let removed = self.removed_provider(scope, capability);
        let report = match removed {
            Some((module, cause, place)) => {
                let gone = match module == cause {
                    true => format!("`{module}` is removed"),
                    false => format!("`{module}` goes with `{cause}`"),
                };
                let alone = who.modules.len() + who.entries.len() == 1;
                let who = if from_below { "the clusters".to_owned() } else { enumerate(&needed) };
                let message = match needed.len() {
                    0 => format!("{gone}, and nothing else provides `{capability}` in {scope}"),
                    1 if alone && !from_below => format!("{gone}, and {who} needs its `{capability}`"),
                    _ => format!("{gone}, and {who} need its `{capability}`"),
                };
                code::STILL_NEEDED.at(place.unwrap_or(home), message).label("removed here")
            }
            None => {
                let message = format!("{scope} has no `{capability}`{who_needs}");
                code::NO_PROVIDER.at(home, message).label(format!("no `{capability}`"))
            }
        };
        let report = match from_below {
            true => report.note(format!("needed by {}", needed.join(", "))),
            false => places.into_iter().fold(report, |r, place| r.also(place, "needs one")),
        };
        let mut offers = self.providers_known(capability);
        if let Some((module, cause, _)) = removed {
            offers.retain(|name| *name != module);
            let report = report.help(format!("leave out `remove use {cause}`"));
            self.report(match offers.as_slice() {
                [] => report,
                others => report.help(format!("or use one of: {}", list(others))),
            });
            return;
        }
        self.report(match offers.as_slice() {
            [] => report.help("no module provides one: write one with `provide`"),
            [one] => report.help(format!("`use {one}`{}", self.room_of(&[*one], scope))),
            several => report.help(format!("use one of: {}{}", list(several), self.room_of(several, scope))),
        });
    }

    /// Where modules are used, if that is not the body that the message points at: ` in the body of a machine`.
    fn room_of(&self, modules: &[Symbol], scope: ScopeKey) -> String {
        let room = |name: &Symbol| self.program.modules.get(name).map(|module| module.scope);
        let mut rooms = modules.iter().filter_map(room);
        match rooms.next() {
            Some(first) if !same_kind(first, scope.kind) && rooms.all(|room| room == first) => {
                format!(" in the body of a {first}")
            }
            _ => String::new(),
        }
    }

    /// Modules that provide a capability, in the program.
    fn providers_known(&self, capability: Symbol) -> Vec<Symbol> {
        let modules = self.program.modules.values();
        let provides = modules.filter(|m| m.provides.iter().any(|p| p.capability == capability));
        let mut names: Vec<Symbol> = provides.map(|m| m.name).collect();
        names.sort();
        names
    }

    /// `` `external-dns`, route `grafana` and 10 more of its kind ``
    fn needed_by(&self, who: &Needers) -> Vec<String> {
        let mut names: Vec<Symbol> = who.modules.iter().map(|m| self.module(*m).ir.name).collect();
        names.sort();
        names.dedup();
        let mut out: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
        match names.len().saturating_sub(NAMED) {
            0 => {}
            1 => out.push("another module".to_owned()),
            more => out.push(format!("{more} more modules")),
        }
        let mut kinds: IndexMap<Symbol, Vec<&EntryKey>> = IndexMap::new();
        for (key, _) in &who.entries {
            kinds.entry(key.kind).or_default().push(key);
        }
        out.extend(kinds.iter().map(|(kind, keys)| match keys.as_slice() {
            [key] => describe_entry(key),
            keys => format!("{} entries of `{kind}`", keys.len()),
        }));
        out
    }

    /// Somebody reads an entry that is not there: because it is removed, or because nobody ever declared it.
    pub(crate) fn is_removed(&mut self, key: &EntryKey, at: Origin) -> bool {
        let Some(removed) = self.removed.get_mut(key) else { return false };
        if !removed.readers.contains(&at) {
            removed.readers.push(at);
        }
        true
    }

    /// What the fields of entries refer to, and where.
    fn references(&self) -> Vec<(Arc<EntryKey>, Origin)> {
        let mut found = Vec::new();
        for entry in self.entries.iter().filter(|entry| self.by_key.contains_key(&entry.key)) {
            for (cell, (_, slot)) in entry.cells.iter().zip(&entry.layout.slots) {
                if let (Cell::Done(value), false) = (cell, matches!(slot, Slot::Let(_))) {
                    references_in(value, entry.origin, &mut found);
                }
            }
        }
        found
    }

    /// Reports removed entries that others refer to.
    pub(crate) fn report_removed(&mut self) {
        if self.removed.is_empty() {
            return;
        }
        for (key, at) in std::mem::take(&mut self.names_read).into_iter().chain(self.references()) {
            self.is_removed(&key, at);
        }
        let removed = std::mem::take(&mut self.removed);
        for (key, Removed { origin, mut readers }) in removed {
            readers.sort_by_key(|place| (crate::explain::in_library(*place), place.item.key(), place.node));
            let Some(first) = readers.first() else { continue };
            let who = first.item.key().name;
            let others = match readers.len() {
                1 => format!("{who} refers to it"),
                n => format!("{who} and {} other{} refer to it", n - 1, if n == 2 { "" } else { "s" }),
            };
            let message = format!("{} is removed, and {others}", describe_entry(&key));
            let report = code::STILL_NEEDED.at(origin, message).label("removed here");
            let report = readers.iter().take(NAMED).fold(report, |r, place| r.also(*place, "read here"));
            self.report(report.help("leave out the `remove`, or remove what reads it as well"));
        }
    }

    fn places_of(&self, who: &Needers) -> Vec<Origin> {
        let modules = who.modules.iter().map(|m| self.module_origin(*m));
        let mut places: Vec<Origin> = modules.chain(who.entries.iter().map(|(_, origin)| *origin)).collect();
        places.sort_by_key(|place| (crate::explain::in_library(*place), place.item.key(), place.node));
        places.dedup();
        // Places of the library are nothing to edit: one of them is an example.
        let own = places.iter().filter(|place| !crate::explain::in_library(**place)).count();
        places.truncate(own.clamp(1, NAMED));
        places
    }

    /// Reports capabilities that two modules provide: once for what brings them, which may provide several.
    pub(crate) fn report_rivals(&mut self, rivals: &[Rival]) {
        let mut pairs: IndexMap<(ScopeKey, Symbol, Symbol), Disputed> = IndexMap::new();
        for (scope, capability, first, second) in rivals {
            let (a, b) = (self.brought_by(*first), self.brought_by(*second));
            // One that brings both is not the one to leave out.
            let (a, b) = if a == b { (self.module(*first).ir.name, self.module(*second).ir.name) } else { (a, b) };
            let (key, first, second) =
                if a < b { ((*scope, a, b), first, second) } else { ((*scope, b, a), second, first) };
            pairs.entry(key).or_insert((Vec::new(), *first, *second)).0.push(*capability);
        }
        for ((scope, a, b), (capabilities, first, second)) in pairs {
            let what: Vec<String> = capabilities.iter().map(|name| format!("`{name}`")).collect();
            let message = format!(
                "`{a}` and `{b}` both bring {} to {scope}, which takes one{}",
                what.join(" and "),
                if what.len() > 1 { " of each" } else { "" }
            );
            let place = |name: Symbol, module: ModIx| {
                self.use_of(self.module(module).scope, name).unwrap_or_else(|| self.module_origin(module))
            };
            let report = code::TWO_PROVIDERS.at(place(b, second), message).label(format!("brings `{b}`"));
            let report = report.also(place(a, first), format!("brings `{a}`"));
            self.report(report.help(format!("leave out `use {a}` or `use {b}`")));
        }
    }

    /// The module that a site's, cluster's or machine's own body uses, and that brings `module` along.
    fn brought_by(&self, module: ModIx) -> Symbol {
        let (scope, start) = (self.module(module).scope, self.module(module).ir.name);
        let mut open = vec![start];
        let mut at = 0;
        while let Some(name) = open.get(at).copied() {
            let uses = self.uses.get(&(scope, name)).map_or(&[][..], Vec::as_slice);
            if uses.iter().any(|(unit, _)| !self.unit(*unit).writer.module) {
                return name;
            }
            for (unit, _) in uses {
                let user = self.unit(*unit).writer.name;
                if !open.contains(&user) {
                    open.push(user);
                }
            }
            at += 1;
        }
        start
    }

    /// Where a body uses a module.
    fn use_of(&self, scope: ScopeKey, name: Symbol) -> Option<Origin> {
        let (unit, used) = self.uses.get(&(scope, name))?.iter().find(|(unit, _)| !self.unit(*unit).writer.module)?;
        Some(Origin::new(self.unit(*unit).item, used.node))
    }
}

/// `a`, `a and b`, `a, b and c`
fn enumerate(names: &[String]) -> String {
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}

fn list(names: &[Symbol]) -> String {
    names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
}

fn references_in(value: &Value, entry: Origin, found: &mut Vec<(Arc<EntryKey>, Origin)>) {
    match value.kind() {
        Kind::Ref(key) => found.push((key.clone(), crate::values::place(value, entry))),
        Kind::Record(record) => record.iter().for_each(|(_, value)| references_in(value, entry, found)),
        Kind::List(items) | Kind::Set(items) => items.iter().for_each(|value| references_in(value, entry, found)),
        Kind::Case(_, Some(payload)) => references_in(payload, entry, found),
        _ => {}
    }
}
