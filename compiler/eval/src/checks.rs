//! Checks, effects, and forcing everything.

use crate::Report;
use crate::chain::{Chain, truth};
use crate::context::{Cx, Frame, This};
use crate::explain::in_library;
use crate::finish::describe_entry;
use crate::layout::Slot;
use crate::names::n;
use crate::report::code_by_id;
use crate::state::{Cell, EntryIx, Eval, Role, UnitIx};
use kss_diag::{code, did_you_mean};
use kss_ir::{Check, Effect, EffectKind, KindUse, RemoveTarget, TuneTarget};
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, Kind, ScopeKey, ScopeKind};
use std::sync::Arc;

impl<'a> Eval<'a> {
    /// Evaluates everything that there is.
    pub(crate) fn force_all(&mut self) {
        let Some(root) = self.scopes.keys().next().copied() else { return };
        self.inner(root);
        self.check_capabilities();
        let scopes: Vec<ScopeKey> = self.scopes.keys().copied().collect();
        let kinds: Vec<Symbol> = self.program.kinds.keys().copied().collect();
        for scope in &scopes {
            for kind in &kinds {
                if self.heads.contains_key(&(*scope, *kind)) || *kind == n().overlay || self.removes_any(*scope, *kind)
                {
                    self.members_of(*scope, *kind);
                }
            }
        }
        // Reading may find more entries: records of capabilities.
        let mut next = 0;
        while next < self.entries.len() {
            self.force_entry(next as EntryIx);
            next += 1;
        }
        self.check_statements();
        self.report_missing();
        if self.role != Role::Early {
            // Their loops count no steps.
            let passes: [fn(&mut Self); 5] = [
                Self::check_namespaces,
                Self::check_hidden,
                Self::check_site_names,
                Self::foreign_checks,
                Self::report_lost,
            ];
            for pass in passes {
                self.look_around();
                pass(self);
            }
        }
        self.look_around();
        self.force_lets();
        self.report_removed();
    }

    fn removes_any(&self, scope: ScopeKey, kind: Symbol) -> bool {
        let mut removes = self.removes.iter().filter(|((k, _), _)| *k == kind).flat_map(|(_, list)| list);
        removes.any(|(unit, _)| self.unit(*unit).scope == scope)
    }

    fn force_entry(&mut self, ix: EntryIx) {
        let entry = self.entry(ix);
        if !self.by_key.contains_key(&entry.key) {
            return;
        }
        let (layout, origin, kind) = (entry.layout.clone(), entry.origin, entry.key.kind);
        let output = self.program.kinds.get(&kind).is_some_and(|sig| sig.usage == KindUse::Output);
        for slot in 0..layout.slots.len() as u32 {
            if !matches!(layout.slots[slot as usize].1, Slot::Let(_)) {
                let value = self.force(ix, slot, origin);
                if output {
                    self.mark_refs(&value);
                }
            }
        }
        if let Some(def) = layout.record {
            for (item, check) in &def.checks {
                let cx = self.type_cx(ix, *item);
                self.check(check, &cx, &mut Frame::default(), Some(origin));
            }
        }
    }

    /// Derived fields that nobody read: what can't be computed is said only to whoever asks.
    fn force_lets(&mut self) {
        self.quiet = true;
        for ix in 0..self.entries.len() as EntryIx {
            if !self.by_key.contains_key(&self.entry(ix).key) {
                continue;
            }
            let layout = self.entry(ix).layout.clone();
            for (slot, (_, what)) in layout.slots.iter().enumerate() {
                let empty = matches!(self.entry(ix).cells[slot], Cell::Empty);
                if !matches!(what, Slot::Let(_)) || !empty {
                    continue;
                }
                let outer = std::mem::take(&mut self.reports);
                let origin = self.entry(ix).origin;
                self.force(ix, slot as u32, origin);
                self.reports = outer;
            }
        }
    }

    fn check_statements(&mut self) {
        for unit in 0..self.units.len() as UnitIx {
            if self.unit(unit).around || self.guard_holds(unit) != Some(true) {
                continue;
            }
            let stmts = self.unit(unit).stmts;
            for effect in &stmts.effects {
                self.effect(unit, effect);
            }
            for check in &stmts.checks {
                let cx = self.unit_cx(unit);
                let mut frame = self.unit_frame(unit);
                self.check(check, &cx, &mut frame, None);
            }
            self.check_tunes(unit);
        }
    }

    fn effect(&mut self, unit: UnitIx, effect: &'a Effect) {
        let cx = self.unit_cx(unit);
        let mut frame = self.unit_frame(unit);
        let mut state = Chain::default();
        self.run_chain(&effect.chain, &cx, &mut frame, &mut state, &mut |me, frame, state| {
            me.mark_handled(unit, &state.vars);
            match &effect.kind {
                EffectKind::Fail(value) => {
                    me.eval(value, &cx, frame);
                }
                EffectKind::Covered { entry, because } => {
                    let entry = me.eval(entry, &cx, frame);
                    let because = me.eval(because, &cx, frame);
                    if let (Kind::Ref(key), Some(because)) = (entry.kind(), because.as_text()) {
                        me.marks.handled.insert(key.clone());
                        me.marks.covered.insert(key.clone(), Arc::from(&*because));
                    }
                }
            }
        });
    }

    /// Evaluates a check; does it hold, as far as can be told?
    pub(crate) fn check(&mut self, check: &'a Check, cx: &Cx<'a>, frame: &mut Frame, about: Option<Origin>) -> bool {
        let outer = self.marks.set_checking(true);
        let mut fine = true;
        self.bounded(|me| {
            let mut state = Chain::default();
            me.run_chain(&check.chain, cx, frame, &mut state, &mut |me, frame, _| {
                let value = me.eval(&check.cond, cx, frame);
                if truth(&value) == Some(false) {
                    fine = false;
                    me.check_failed(check, cx, frame, about);
                }
            });
        });
        self.marks.restore(outer);
        fine
    }

    fn check_failed(&mut self, check: &'a Check, cx: &Cx<'a>, frame: &mut Frame, about: Option<Origin>) {
        let parts = self.explain(&check.cond, cx, frame);
        let message = check.message.as_ref().and_then(|message| self.told(message, cx, frame));
        // The first line says what is wrong, further ones how to mend it.
        let message = message.unwrap_or_else(|| "a check does not hold".to_owned());
        let mut told = message.lines();
        let message = told.next().unwrap_or_default().to_owned();
        let message = match parts.culprits().filter(|culprits| !message.contains(culprits.as_str())) {
            Some(culprits) => format!("{message}: {culprits}"),
            None => message,
        };
        let code = check.code.map_or(&code::CHECK_FAILED, |id| code_by_id(&id));
        let rule = cx.at(check.node);
        let mut places = parts.places(cx.item);
        // A value of the library is nothing to edit; the entry that fails is, if it is not the library's either.
        let entry = parts.entry.clone().filter(|(place, _)| !place.is_nowhere() && place.item != cx.item);
        if places.first().is_none_or(|(place, _)| in_library(*place))
            && let Some(entry) = entry.filter(|(place, _)| places.is_empty() || !in_library(*place))
        {
            places.insert(0, entry);
        }
        if places.is_empty() && about.is_none() && in_library(rule) {
            places.extend(self.scope_place(cx));
        }
        let mut places = places.into_iter();
        // The place to edit is where a value was written, not where the rule stands.
        let (at, label) = match (places.next(), about) {
            (Some((place, text)), _) => (place, text),
            (None, Some(about)) => (about, String::new()),
            (None, None) => (rule, String::new()),
        };
        let mut diagnostic = code.at(at, message).label(label);
        for (place, text) in places.take(4) {
            diagnostic = diagnostic.also(place, text);
        }
        if at != rule {
            diagnostic = diagnostic.also(rule, "this must hold");
        }
        // Of two values that are in each other's way the places tell all; the lists that they stand in tell nothing.
        let pair = parts.pair.is_some();
        let values = if pair { Vec::new() } else { parts.texts(cx.at(check.cond.node)) };
        let ways: Vec<&str> = told.filter(|line| !line.trim().is_empty()).collect();
        diagnostic = match ways.as_slice() {
            [] if pair => diagnostic.help("change one of them"),
            ways => ways.iter().fold(diagnostic, |d, way| d.help(way.trim())),
        };
        self.report(Report { diagnostic, values });
    }

    /// The declaration around in the project: that of the entry, else that of its scope.
    pub(crate) fn project_place(&self, cx: &Cx<'a>) -> Option<(Origin, String)> {
        let of_this = match &cx.this {
            This::Entry(key) => Some(key),
            _ => None,
        };
        let entries = of_this.into_iter().chain(&cx.entry);
        let own = |key: &Arc<EntryKey>| self.entry_origin(key).filter(|at| !at.is_nowhere() && !in_library(*at));
        let entry = entries.filter_map(|key| Some((own(key)?, describe_entry(key)))).next();
        entry.or_else(|| self.scope_place(cx).filter(|(at, _)| !in_library(*at)))
    }

    /// The head of the scope that a check of the library is about, if no value and no entry leads into the project.
    fn scope_place(&self, cx: &Cx<'a>) -> Option<(Origin, String)> {
        let key = crate::world::scope_entry(self.site, cx.scope);
        let place = self.entry_origin(&key).filter(|place| !place.is_nowhere())?;
        Some((place, format!("in this {}", key.kind)))
    }

    /// Tunes of a site's or cluster's file must hit something; those of modules wait for their target.
    fn check_tunes(&mut self, unit_ix: UnitIx) {
        let unit = self.unit(unit_ix);
        if unit.writer.module || self.role == Role::Early {
            return;
        }
        let (scope, item, stmts) = (unit.scope, unit.item, unit.stmts);
        for tune in &stmts.tunes {
            let at = Origin::new(item, tune.node);
            let target = match &tune.target {
                TuneTarget::Module(name) => {
                    if self.module_in_use(scope, *name).is_none() {
                        let names = self.modules_around(scope);
                        let hint = did_you_mean(name, names.iter().map(|s| s.as_str()));
                        let message = format!("module `{name}` is not in use in {scope}{hint}");
                        let report = code::TUNES_NOTHING.at(at, message).label("tunes nothing");
                        self.report(report.help(format!("write `use {name}`, or leave this out")));
                    }
                    continue;
                }
                TuneTarget::Entry(entry) => Some(entry.clone()),
                TuneTarget::Computed { .. } => self.computed_target(unit_ix, tune),
            };
            let Some(target) = target else { continue };
            let mut names = Vec::new();
            let mut hit = false;
            for scope in self.outwards(scope).filter(|s| self.is_own(*s)).collect::<Vec<_>>() {
                if target.kind == n().cluster && scope.kind == ScopeKind::Site {
                    names.extend(self.env.clusters(scope.name));
                    hit |= names.contains(&target.name);
                    continue;
                }
                let (members, doubt) = self.members_known(scope, target.kind);
                hit |= doubt || members.iter().any(|ix| self.names_entry(*ix, &target));
                names.extend(members.iter().map(|ix| self.entry(*ix).key.name));
            }
            if !hit && !self.reach.is_unknown(target.kind, target.name) {
                let hint = did_you_mean(&target.name, names.iter().map(|s| s.as_str()));
                let message = format!("there is no {} `{}` in {scope}{hint}", target.kind, target.name);
                self.report(code::TUNES_NOTHING.at(at, message).label("tunes nothing"));
            }
        }
        for remove in &stmts.removes {
            if let RemoveTarget::Entry { entry, .. } = &remove.target {
                self.members_of(scope, entry.kind);
            }
        }
    }

    fn modules_around(&self, scope: ScopeKey) -> Vec<Symbol> {
        let scopes = self.outwards(scope).filter_map(|scope| self.scopes.get(&scope));
        scopes.flat_map(|scope| &scope.modules).map(|m| self.module(*m).ir.name).collect()
    }

    /// Entries lie in namespaces that somebody declares.
    fn check_namespaces(&mut self) {
        if !self.program.kinds.contains_key(&n().namespace) {
            return;
        }
        let mut missing = rustc_hash::FxHashSet::default();
        let mut all: Vec<EntryIx> = (0..self.entries.len() as EntryIx).collect();
        // What somebody wrote himself before what follows from it.
        all.sort_by_key(|ix| {
            let entry = self.entry(*ix);
            (entry.kubernetes.is_some(), entry.key.scope, entry.key.kind, entry.key.name)
        });
        for ix in all {
            let entry = self.entry(ix);
            let Some((namespace, at)) = entry.namespace else { continue };
            let key = entry.key.clone();
            let Some(cluster) = self.around(key.scope, ScopeKind::Cluster) else { continue };
            if !self.is_own(cluster) {
                continue;
            }
            let (members, doubt) = self.members_known(cluster, n().namespace);
            if doubt || members.iter().any(|ix| self.entry(*ix).key.name == namespace) || !missing.insert(namespace) {
                continue;
            }
            let removed = EntryKey { scope: cluster, kind: n().namespace, qualifier: n().empty, name: namespace };
            if self.is_removed(&removed, at) {
                missing.remove(&namespace);
                continue;
            }
            let names: Vec<&str> = members.iter().map(|ix| self.entry(*ix).key.name.as_str()).collect();
            let hint = did_you_mean(&namespace, names.iter().copied());
            let message =
                format!("nobody declares namespace `{namespace}`, in which {} lies{hint}", describe_entry(&key));
            let report = code::UNKNOWN_ENTRY.at(at, message).label("no such namespace");
            self.report(report.help(format!("declare it: `namespace {namespace} {{}}`")));
        }
    }
}
