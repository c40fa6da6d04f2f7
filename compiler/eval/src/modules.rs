//! Which modules are in use. Known without a value.

use crate::Layer;
use crate::names::n;
use crate::state::{Eval, ModIx, ModuleInst, OwnerInfo, Unit, UnitIx, Writer};
use crate::world::module_key;
use indexmap::IndexSet;
use kss_diag::{code, did_you_mean};
use kss_ir::RemoveTarget;
use kss_span::{Origin, Symbol};
use kss_value::{ScopeKey, ScopeKind};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::rc::Rc;

impl<'a> Eval<'a> {
    /// May a module be used in a scope of this kind? A node is a machine.
    fn fits(&self, module: Symbol, scope: ScopeKind) -> bool {
        let Some(module) = self.program.modules.get(&module) else { return false };
        module.scope == scope || module.scope == ScopeKind::Machine && scope == ScopeKind::Node
    }

    /// The modules of a scope, in natural order of their names.
    pub(crate) fn module_set(&mut self, scope: ScopeKey, units: &[UnitIx], removed: &[Symbol]) -> Vec<Symbol> {
        let mut removes: FxHashMap<Symbol, Option<Origin>> = removed.iter().map(|name| (*name, None)).collect();
        let mut start: Vec<Symbol> =
            self.program.always.iter().copied().filter(|name| self.fits(*name, scope.kind)).collect();
        for unit in units {
            let unit = self.unit(*unit);
            for remove in &unit.stmts.removes {
                if let RemoveTarget::Use(module) = remove.target {
                    removes.insert(module, Some(Origin::new(unit.item, remove.node)));
                }
            }
            start.extend(unit.stmts.uses.iter().map(|used| used.module).filter(|name| self.fits(*name, scope.kind)));
        }
        self.keep_always(scope, &mut removes);
        let mut set = IndexSet::new();
        self.close(&start, &mut set, scope, &removes);
        self.add_fallbacks(&mut set, scope, &removes);
        if !removes.is_empty() {
            self.check_removes(&start, scope, &removes);
        }
        let mut set: Vec<Symbol> = set.into_iter().collect();
        set.sort();
        set
    }

    /// What every scope of a kind stands on can't be removed.
    fn keep_always(&mut self, scope: ScopeKey, removes: &mut FxHashMap<Symbol, Option<Origin>>) {
        let always: Vec<Symbol> =
            self.program.always.iter().copied().filter(|name| removes.contains_key(name)).collect();
        for name in always {
            let Some(origin) = removes.remove(&name) else { continue };
            let module = self.program.modules.get(&name).map_or(Origin::NOWHERE, |m| Origin::new(m.item, m.node));
            let message =
                format!("`{name}` is in use in every {}, so it can't be removed from {scope}", scope.kind.word());
            let report = code::STILL_NEEDED.at(origin.unwrap_or(module), message).label("always in use");
            self.report(report.help("leave it out: what it checks and declares is changed by `tune`"));
        }
    }

    /// Follows the `use`s of modules. What a removed module uses is not followed.
    fn close(
        &self,
        start: &[Symbol],
        set: &mut IndexSet<Symbol>,
        scope: ScopeKey,
        removes: &FxHashMap<Symbol, Option<Origin>>,
    ) {
        let mut queue: VecDeque<Symbol> = start.iter().copied().collect();
        while let Some(name) = queue.pop_front() {
            if removes.contains_key(&name) || !set.insert(name) {
                continue;
            }
            if let Some(module) = self.program.modules.get(&name) {
                let uses = module.body.uses.iter().map(|used| used.module);
                queue.extend(uses.filter(|name| self.fits(*name, scope.kind)));
            }
        }
    }

    /// Providers that step in where nobody else provides.
    fn add_fallbacks(&self, set: &mut IndexSet<Symbol>, scope: ScopeKey, removes: &FxHashMap<Symbol, Option<Origin>>) {
        let capabilities = self.program.capabilities.values();
        let here = capabilities.filter(|c| same_kind(c.scope, scope.kind));
        for (capability, fallback) in here.filter_map(|c| Some((c.name, c.fallback?))) {
            let provides = |name: &Symbol| {
                let module = self.program.modules.get(name);
                module.is_some_and(|m| m.provides.iter().any(|p| p.capability == capability))
            };
            if !set.iter().any(provides) {
                self.close(&[fallback], set, scope, removes);
            }
        }
    }

    /// `remove use` of something that would not be in use.
    fn check_removes(&mut self, start: &[Symbol], scope: ScopeKey, removes: &FxHashMap<Symbol, Option<Origin>>) {
        let mut all = IndexSet::new();
        self.close(start, &mut all, scope, &FxHashMap::default());
        self.add_fallbacks(&mut all, scope, &FxHashMap::default());
        if !removes.is_empty() {
            let mut kept = IndexSet::new();
            self.close(start, &mut kept, scope, removes);
            self.add_fallbacks(&mut kept, scope, removes);
            let mut causes: Vec<(Symbol, Option<Origin>)> = removes.iter().map(|(n, o)| (*n, *o)).collect();
            causes.sort_by_key(|(name, _)| *name);
            for name in all.iter().filter(|name| !kept.contains(*name)) {
                // A module that only a removed one used goes with it.
                let cause = causes.iter().find(|(cause, _)| cause == name).or_else(|| causes.first());
                self.gone.extend(cause.map(|(cause, origin)| ((scope, *name), (*cause, *origin))));
            }
        }
        for (name, origin) in removes {
            let Some(origin) = origin.filter(|_| !all.contains(name)) else { continue };
            let hint = did_you_mean(name, all.iter().map(|s| s.as_str()));
            let message = format!("module `{name}` is not in use in {scope}{hint}");
            let report = code::REMOVES_NOTHING.at(origin, message).label("removes nothing");
            self.report(report.help("leave it out"));
        }
    }

    /// Puts a module into use.
    pub(crate) fn add_module(&mut self, scope: ScopeKey, name: Symbol) -> Option<ModIx> {
        let ir = &**self.program.modules.get(&name)?;
        let origin = Origin::new(ir.item, ir.node);
        let key = module_key(scope, name);
        let overlay = scope.kind == ScopeKind::Cluster && self.program.kinds.contains_key(&n().overlay);
        let phase = ir.phase.map(|(phase, _)| phase);
        let info = OwnerInfo { name, phase, namespace: ir.namespace, overlay, origin };
        self.owners.insert(key.clone(), info);
        let layout = self.module_layout(ir);
        let writer = Writer { name, module: true };
        let entry = self.add_entry(key.clone(), layout, key.clone(), writer, origin);
        let ix = self.modules.len() as ModIx;
        let unit = self.add_unit(Unit {
            item: ir.item,
            stmts: &ir.body,
            scope,
            module: Some(ix),
            parent: None,
            frame: Rc::new([]),
            guard: None,
            layer: Layer::Module,
            writer,
            owner: key,
            around: false,
        });
        for provide in &ir.provides {
            self.provides.entry(provide.capability).or_default().push((ix, provide));
        }
        self.needs.extend(ir.needs.iter().map(|need| (ix, need)));
        self.modules.push(ModuleInst { ir, scope, unit, entry, unmet: false });
        Some(ix)
    }

    /// The module `name` in use in `scope` or around it.
    pub(crate) fn module_in_use(&self, scope: ScopeKey, name: Symbol) -> Option<ModIx> {
        self.outwards(scope).find_map(|scope| {
            let modules = &self.scopes.get(&scope)?.modules;
            modules.iter().copied().find(|m| self.module(*m).ir.name == name)
        })
    }
}

/// Is a scope of the wanted kind? A node is a machine.
pub(crate) fn same_kind(wanted: ScopeKind, scope: ScopeKind) -> bool {
    wanted == scope || wanted == ScopeKind::Machine && scope == ScopeKind::Node
}
