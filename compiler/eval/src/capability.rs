//! Who provides what.

use crate::Layer;
use crate::modules::same_kind;
use crate::names::n;
use crate::state::{Contributor, EntryIx, Eval, ModIx, Role, Says, Writer};
use kss_diag::code;
use kss_ir::{Cardinality, Need, Path, Provide};
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, ScopeKey, ScopeKind, Value};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

impl<'a> Eval<'a> {
    /// The records of a capability in a scope of this evaluation, by natural order of their modules.
    pub(crate) fn providers(&mut self, scope: ScopeKey, capability: Symbol) -> Rc<[(EntryIx, ModIx)]> {
        if let Some(known) = self.providers.get(&(scope, capability)) {
            return known.clone();
        }
        let Some(sig) = self.program.capabilities.get(&capability).map(|sig| &**sig) else { return Rc::new([]) };
        let by = self.reach.provided_by.get(&capability);
        let from_inside = by.is_some_and(|kinds| kinds.contains(&ScopeKind::Machine))
            && matches!(scope.kind, ScopeKind::Site | ScopeKind::Cluster)
            && sig.scope != ScopeKind::Machine;
        if from_inside {
            self.inner(scope);
        }
        let all = self.provides.get(&capability).cloned().unwrap_or_default();
        let mut found: Vec<(ModIx, &'a Provide)> =
            all.into_iter().filter(|(m, _)| self.around(self.module(*m).scope, sig.scope) == Some(scope)).collect();
        found.sort_by_key(|(m, _)| (self.module(*m).ir.name, self.module(*m).scope));
        let several = sig.count == Cardinality::Some || found.len() > 1;
        let found = found.into_iter().map(|(m, p)| (self.capability_entry(scope, capability, m, p, several), m));
        let found: Rc<[(EntryIx, ModIx)]> = found.collect();
        let complete = !from_inside || self.scopes.get(&scope).is_some_and(|state| state.inner.is_some());
        if complete {
            self.providers.insert((scope, capability), found.clone());
        }
        found
    }

    fn capability_entry(
        &mut self,
        scope: ScopeKey,
        capability: Symbol,
        module: ModIx,
        provide: &'a Provide,
        several: bool,
    ) -> EntryIx {
        let inst = self.module(module);
        let qualifier = if several { inst.ir.name } else { n().empty };
        let key = EntryKey { scope, kind: n().capability, qualifier, name: capability };
        if let Some(ix) = self.by_key.get(&key) {
            return *ix;
        }
        let key = Arc::new(key);
        let program = self.program;
        let owner = self.entry(inst.entry).key.clone();
        let writer = Writer { name: inst.ir.name, module: true };
        let origin = Origin::new(inst.ir.item, provide.node);
        let cx = self.unit_cx(inst.unit).with_entry(key.clone());
        let frame = self.unit(inst.unit).frame.clone();
        let layout = match program.capabilities.get(&capability) {
            Some(sig) => self.type_layout(&sig.ty),
            None => self.kind_layout(capability),
        };
        let ix = self.add_entry(key, layout, owner, writer, origin);
        let says = Says::Fields { fields: &provide.fields, cx, frame };
        let contributor =
            Contributor { writer, layer: Layer::Module, node: provide.node, because: None, guard: None, says };
        self.entries[ix as usize].contributors = Some(Rc::new([contributor]));
        ix
    }

    /// The records of a capability in any scope.
    pub(crate) fn provider_keys(&mut self, scope: ScopeKey, capability: Symbol, at: Origin) -> Vec<Arc<EntryKey>> {
        if self.is_own(scope) {
            let own = self.providers(scope, capability);
            return own.iter().map(|(ix, _)| self.entry(*ix).key.clone()).collect();
        }
        let found = self.foreign_scope(scope).and_then(|frozen| frozen.providers.get(&(scope, capability)));
        if let Some(found) = found {
            return found.clone();
        }
        if self.role == Role::Early && matches!(scope.kind, ScopeKind::Cluster | ScopeKind::Node) {
            self.is_late(format!("`{capability}` of {scope}"), at);
        }
        Vec::new()
    }

    /// The record of a capability as an expression reads it.
    pub(crate) fn capability_value(&mut self, from: ScopeKey, name: Symbol, optional: bool, at: Origin) -> Value {
        let value = self.capability_of(from, name, at, false);
        if value.is_none() && !optional { Value::poison(at) } else { value }
    }

    /// Counts providers, and looks at what modules need.
    pub(crate) fn check_capabilities(&mut self) {
        let scopes: Vec<ScopeKey> = self.scopes.keys().copied().collect();
        let mut needed: FxHashMap<(ScopeKey, Symbol), Vec<ModIx>> = FxHashMap::default();
        for (module, need) in self.needs.clone() {
            self.check_need(module, need, &mut needed);
        }
        let program = self.program;
        let mut rivals = Vec::new();
        for scope in scopes {
            for sig in program.capabilities.values().filter(|sig| same_kind(sig.scope, scope.kind)) {
                let who = needed.remove(&(scope, sig.name)).unwrap_or_default();
                let providers = self.providers(scope, sig.name);
                match (sig.count, &*providers) {
                    (_, []) if !who.is_empty() || sig.count == Cardinality::One => {
                        self.no_provider(scope, sig.name, &who);
                    }
                    (Cardinality::One | Cardinality::AtMostOne, [first, second, ..]) => {
                        rivals.push((scope, sig.name, first.1, second.1));
                    }
                    (Cardinality::Some, several @ [_, _, ..]) => self.check_default(scope, sig.name, several),
                    _ => {}
                }
            }
        }
        let mut foreign: Vec<_> = needed.into_iter().collect();
        foreign.sort_by_key(|((scope, name), _)| (*scope, *name));
        for ((scope, name), who) in foreign {
            self.no_provider(scope, name, &who);
        }
        self.report_rivals(&rivals);
    }

    fn check_need(&mut self, module: ModIx, need: &'a Need, needed: &mut FxHashMap<(ScopeKey, Symbol), Vec<ModIx>>) {
        let inst = self.module(module);
        let (scope, at) = (inst.scope, Origin::new(inst.ir.item, need.node));
        if need.optional {
            return;
        }
        let (name, from) = match &need.path {
            Path::Own(name) => (*name, scope),
            Path::Site(name) => (*name, self.site),
            Path::Field(path) => return self.check_field_need(module, path, at),
        };
        let Some(sig) = self.program.capabilities.get(&name) else { return };
        let Some(home) = self.around(from, sig.scope) else { return };
        if self.provider_keys(home, name, at).is_empty() {
            self.modules[module as usize].unmet = true;
            needed.entry((home, name)).or_default().push(module);
        }
    }

    /// `needs site.router.bgp`
    fn check_field_need(&mut self, module: ModIx, path: &[Symbol], at: Origin) {
        let mut value = Value::entry(Arc::new(crate::world::scope_entry(self.site, self.site)), at);
        for name in path {
            value = self.field(&value, *name, at, true);
        }
        if value.is_none() {
            let inst = self.module(module);
            let path: Vec<&str> = path.iter().map(|s| s.as_str()).collect();
            let message = format!("`{}` needs `site.{}`, and {} has none", inst.ir.name, path.join("."), self.site);
            let report = code::NO_PROVIDER.at(self.module_origin(module), message).label("used here");
            let report = report.also(at, "needed here");
            self.report(report.help(format!("write `{}` in the body of {}", path.join("."), self.site)));
            self.modules[module as usize].unmet = true;
        }
    }

    /// Where somebody puts a module into use; in want of that its own place.
    pub(crate) fn module_origin(&self, module: ModIx) -> Origin {
        let inst = self.module(module);
        let used = self.uses.get(&(inst.scope, inst.ir.name)).and_then(|uses| {
            uses.iter()
                .min_by_key(|(unit, used)| (self.unit(*unit).writer.module, self.unit(*unit).writer.name, used.node))
        });
        match used {
            Some((unit, used)) => Origin::new(self.unit(*unit).item, used.node),
            None => Origin::new(inst.ir.item, inst.ir.node),
        }
    }

    /// A provider of a capability that a `remove use` took away: the module, the one that was named, and where.
    pub(crate) fn removed_provider(
        &self,
        scope: ScopeKey,
        capability: Symbol,
    ) -> Option<(Symbol, Symbol, Option<Origin>)> {
        let mut gone: Vec<_> = self.gone.iter().filter(|((s, _), _)| *s == scope).collect();
        gone.sort_by_key(|((_, name), _)| *name);
        let provides = |name: &Symbol| {
            self.program.modules.get(name).is_some_and(|m| m.provides.iter().any(|p| p.capability == capability))
        };
        gone.into_iter()
            .find(|((_, name), _)| provides(name))
            .map(|((_, name), (cause, origin))| (*name, *cause, *origin))
    }

    /// Of several providers exactly one answers those who need any.
    fn check_default(&mut self, scope: ScopeKey, capability: Symbol, several: &[(EntryIx, ModIx)]) {
        let mut defaults = Vec::new();
        let mut known = true;
        for (ix, module) in several {
            let key = self.entry(*ix).key.clone();
            let value = self.read(&key, n().default, Origin::NOWHERE, true);
            match value.kind() {
                kss_value::Kind::Bool(true) => defaults.push(*module),
                kss_value::Kind::Poison => known = false,
                _ => {}
            }
        }
        let names: Vec<&str> = several.iter().map(|(_, m)| self.module(*m).ir.name.as_str()).collect();
        match defaults.as_slice() {
            [_] => {}
            [first, second, ..] => {
                let message = format!("two providers of `{capability}` in {scope} say `default = true`: one may");
                let report = code::TWO_PROVIDERS.at(self.module_origin(*second), message).label("a default");
                self.report(report.also(self.module_origin(*first), "another"));
            }
            [] if known => {
                let message =
                    format!("none of the providers of `{capability}` in {scope} is the default: {}", names.join(", "));
                let at = self.module_origin(several[0].1);
                self.report(
                    code::TWO_PROVIDERS
                        .at(at, message)
                        .label("one of them")
                        .help("set `default = true` in one of them"),
                );
            }
            [] => {}
        }
    }
}
