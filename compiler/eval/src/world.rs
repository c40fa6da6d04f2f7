//! Scopes: the site or cluster at the root of an evaluation, and the machines or nodes in it.

use crate::context::Cx;
use crate::names::n;
use crate::state::{
    Cell, Contributor, Entry, EntryIx, Eval, Guard, Instance, OwnerInfo, Reach, Role, Says, ScopeState, Unit, UnitIx,
    Writer,
};
use crate::{Layer, Variation};
use kss_ir::{Each, Key, KindUse, Program, ScopeBody, Statements, TuneTarget};
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, ScopeKey, ScopeKind, Value};
use std::rc::Rc;
use std::sync::Arc;

impl Reach {
    /// What modules of machines tune, and where providers of capabilities live.
    pub(crate) fn of(program: &Program) -> Reach {
        let mut reach = Reach::default();
        let structure = program.kinds.values().filter(|sig| sig.usage == KindUse::Structure);
        reach.computed.extend(structure.map(|sig| sig.name));
        reach.declared.extend(program.modules.keys().map(|name| (n().overlay, *name)));
        for module in program.modules.values() {
            for provide in &module.provides {
                reach.provided_by.entry(provide.capability).or_default().insert(module.scope);
            }
            let outer = matches!(module.scope, ScopeKind::Site | ScopeKind::Cluster);
            reach.add(&module.body, outer);
        }
        for scope in &program.scopes {
            if let Some(stmts) = &scope.body.statements {
                reach.add(stmts, true);
            }
        }
        reach
    }

    /// Can't there be such an entry? The front end reports that, for it needs no evaluation.
    pub(crate) fn is_unknown(&self, kind: Symbol, name: Symbol) -> bool {
        !self.computed.contains(&kind) && !self.declared.contains(&(kind, name))
    }

    fn add(&mut self, stmts: &Statements, outer: bool) {
        for head in &stmts.heads {
            match &head.name {
                Some(Key::Name(name, _)) => {
                    self.declared.insert((head.kind, *name));
                }
                _ => {
                    self.computed.insert(head.kind);
                }
            }
        }
        for tune in stmts.tunes.iter().filter(|_| !outer) {
            match &tune.target {
                TuneTarget::Module(_) => {}
                TuneTarget::Entry(entry) => {
                    self.tuned_from_machines.insert(entry.kind);
                }
                TuneTarget::Computed { kind, .. } => {
                    self.tuned_from_machines.insert(*kind);
                }
            }
        }
        let heads = stmts.heads.iter().filter_map(|head| head.body.statements.as_deref());
        let eaches = stmts.eaches.iter().filter_map(|each| each.body.statements.as_deref());
        let tunes = stmts.tunes.iter().filter_map(|tune| tune.statements.as_deref());
        heads.chain(eaches).chain(tunes).for_each(|inner| self.add(inner, false));
    }
}

/// The key of a scope's own entry, in the variant of the scope.
pub(crate) fn scope_entry(site: ScopeKey, scope: ScopeKey) -> EntryKey {
    let site = ScopeKey { variant: scope.variant, ..site };
    let (home, kind) = match scope.kind {
        ScopeKind::Site => (site, n().site),
        ScopeKind::Machine => (site, n().machine),
        ScopeKind::Cluster => (site, n().cluster),
        ScopeKind::Node => (ScopeKey { kind: ScopeKind::Cluster, name: scope.outer, ..scope }, n().node),
    };
    EntryKey { scope: home, kind, qualifier: n().empty, name: scope.name }
}

/// The scope that an entry is, if it is one.
pub(crate) fn scope_of_entry(key: &EntryKey) -> Option<ScopeKey> {
    let names = n();
    let kind = match key.kind {
        kind if kind == names.node => ScopeKind::Node,
        kind if kind == names.machine => ScopeKind::Machine,
        kind if kind == names.cluster => ScopeKind::Cluster,
        kind if kind == names.site => ScopeKind::Site,
        _ => return None,
    };
    let outer = if kind == ScopeKind::Node { key.scope.name } else { key.name };
    Some(ScopeKey { kind, outer, name: key.name, variant: key.scope.variant })
}

/// The scope from which an entry sees others: itself, if it is a scope.
pub(crate) fn home(key: &EntryKey) -> ScopeKey {
    scope_of_entry(key).unwrap_or(key.scope)
}

/// The module entry of a module in use or of a scope's body.
pub(crate) fn module_key(scope: ScopeKey, name: Symbol) -> Arc<EntryKey> {
    Arc::new(EntryKey { scope, kind: n().module, qualifier: n().empty, name })
}

impl<'a> Eval<'a> {
    /// The scope around.
    pub(crate) fn outer(&self, scope: ScopeKey) -> Option<ScopeKey> {
        match scope.kind {
            ScopeKind::Site => None,
            ScopeKind::Machine | ScopeKind::Cluster => Some(ScopeKey { variant: scope.variant, ..self.site }),
            ScopeKind::Node => Some(ScopeKey { kind: ScopeKind::Cluster, name: scope.outer, ..scope }),
        }
    }

    /// The scope itself and those around it, inside out.
    pub(crate) fn outwards(&self, scope: ScopeKey) -> impl Iterator<Item = ScopeKey> + use<'a> {
        let site = self.site;
        let outer = move |scope: &ScopeKey| match scope.kind {
            ScopeKind::Site => None,
            ScopeKind::Machine | ScopeKind::Cluster => Some(ScopeKey { variant: scope.variant, ..site }),
            ScopeKind::Node => Some(ScopeKey { kind: ScopeKind::Cluster, name: scope.outer, ..*scope }),
        };
        std::iter::successors(Some(scope), outer)
    }

    /// The scope of `kind` around `scope`; a node is a machine.
    pub(crate) fn around(&self, scope: ScopeKey, kind: ScopeKind) -> Option<ScopeKey> {
        self.outwards(scope).find(|s| s.kind == kind || kind == ScopeKind::Machine && s.kind == ScopeKind::Node)
    }

    /// Is it evaluated here?
    pub(crate) fn is_own(&self, scope: ScopeKey) -> bool {
        match self.role {
            Role::Early | Role::Site => matches!(scope.kind, ScopeKind::Site | ScopeKind::Machine),
            Role::Test => false,
            Role::Cluster => {
                matches!(scope.kind, ScopeKind::Cluster | ScopeKind::Node)
                    && self.scopes.contains_key(&ScopeKey { kind: ScopeKind::Cluster, name: scope.outer, ..scope })
            }
        }
    }

    /// Builds the site; `None` if nobody declares it.
    pub(crate) fn build_site(&mut self, variation: Option<&'a Variation>) -> Option<()> {
        let bodies = self.site_bodies();
        bodies.iter().find(|body| !body.overlay)?;
        self.build_root(self.site, &bodies, variation);
        Some(())
    }

    fn site_bodies(&self) -> Vec<&'a ScopeBody> {
        let bodies = self.program.scopes.iter().map(|body| &**body);
        let bodies = bodies.filter(|b| b.kind == ScopeKind::Site && b.name == self.site.name);
        bodies.filter(|b| !b.overlay || !self.options.public).collect()
    }

    /// Builds a cluster; `None` if nobody declares it. `around` varies its site.
    pub(crate) fn build_cluster(
        &mut self,
        cluster: Symbol,
        variation: Option<&'a Variation>,
        around: Option<&'a Variation>,
    ) -> Option<()> {
        let program = self.program;
        let bodies = program.scopes.iter().map(|body| &**body);
        let bodies: Vec<&'a ScopeBody> =
            bodies.filter(|b| b.kind == ScopeKind::Cluster && b.name == cluster).take(1).collect();
        bodies.first()?;
        self.add_site_units(around);
        let scope = ScopeKey { kind: ScopeKind::Cluster, outer: cluster, name: cluster, variant: 0 };
        self.build_root(scope, &bodies, variation);
        Some(())
    }

    /// What the body of the site says of its clusters: `each cluster { … }`, `tune cluster kss { … }`, `each node { … }`.
    fn add_site_units(&mut self, varied: Option<&'a Variation>) {
        let scope = self.site;
        let writer = Writer { name: scope.name, module: false };
        let nothing: Rc<[Value]> = Rc::new([]);
        let of_body = |b: &'a ScopeBody| {
            (b.item, &b.body, if b.overlay { Layer::Overlay } else { Layer::Scope }, nothing.clone())
        };
        let bodies = self.site_bodies().into_iter().map(of_body);
        let varied = varied.map(|v| (v.item, &*v.body, Layer::Scope, v.frame.as_slice().into()));
        for (item, body, layer, frame) in bodies.chain(varied).collect::<Vec<_>>() {
            let Some(stmts) = body.statements.as_deref() else { continue };
            let owner = module_key(scope, scope.name);
            let (module, parent, guard) = (None, None, None);
            let unit = Unit { item, stmts, scope, module, parent, frame, guard, layer, writer, owner, around: true };
            let ix = self.units.len() as UnitIx;
            self.units.push(unit);
            for each in stmts.eaches.iter().filter(|each| each.kind != n().machine) {
                self.eaches.entry(each.kind).or_default().push((ix, each));
            }
            for tune in &stmts.tunes {
                if let TuneTarget::Entry(entry) = &tune.target
                    && entry.kind == n().cluster
                {
                    self.tunes.entry((entry.kind, entry.name)).or_default().push((ix, tune));
                }
            }
        }
    }

    fn build_root(&mut self, scope: ScopeKey, bodies: &[&'a ScopeBody], variation: Option<&'a Variation>) {
        let origin = bodies.first().map_or(Origin::NOWHERE, |b| Origin::new(b.item, b.node));
        let owner = module_key(scope, scope.name);
        self.add_owner(owner.clone(), scope.name, None, origin);
        let layout = self.scope_layout(scope.kind);
        let key = Arc::new(scope_entry(self.site, scope));
        let writer = Writer { name: scope.name, module: false };
        let entry = self.add_entry(key, layout, owner.clone(), writer, origin);
        let mut units = Vec::new();
        let nothing: Rc<[Value]> = Rc::new([]);
        let bodies = bodies.iter().map(|b| {
            let layer = if b.overlay { Layer::Overlay } else { Layer::Scope };
            (b.item, b.node, &b.body, layer, nothing.clone())
        });
        let varied = variation.map(|v| (v.item, 0, &*v.body, Layer::Scope, v.frame.as_slice().into()));
        for (item, node, body, layer, frame) in bodies.chain(varied) {
            let stmts: &'a Statements = body.statements.as_deref().unwrap_or(&EMPTY);
            let unit = Unit {
                item,
                stmts,
                scope,
                module: None,
                parent: None,
                frame: Rc::clone(&frame),
                guard: None,
                layer,
                writer,
                owner: owner.clone(),
                around: false,
            };
            let unit = self.add_unit(unit);
            units.push(unit);
            let because = None;
            self.entries[entry as usize].instances.push(Instance { unit, node, body, frame, because });
        }
        let removed = variation.map(|v| v.removes.as_slice()).unwrap_or_default();
        // What a cluster's own file declares lies in an overlay named after the cluster.
        if let Some(info) = self.owners.get_mut(&owner) {
            info.overlay = scope.kind == ScopeKind::Cluster && self.program.kinds.contains_key(&n().overlay);
        }
        units.extend(self.changing_units(self.site, scope, entry));
        self.build_scope(scope, entry, &units, removed);
    }

    /// A new entry, without fields yet.
    pub(crate) fn add_entry(
        &mut self,
        key: Arc<EntryKey>,
        layout: Rc<crate::layout::Layout<'a>>,
        owner: Arc<EntryKey>,
        writer: Writer,
        origin: Origin,
    ) -> EntryIx {
        let ix = self.entries.len() as EntryIx;
        self.by_key.insert(key.clone(), ix);
        self.entries.push(Entry {
            key,
            cells: vec![Cell::Empty; layout.slots.len()],
            layout,
            instances: Vec::new(),
            owner,
            writer,
            namespace: None,
            kubernetes: None,
            origin,
            contributors: None,
            unchecked: Vec::new(),
            why: Vec::new(),
        });
        ix
    }

    pub(crate) fn add_owner(&mut self, key: Arc<EntryKey>, name: Symbol, phase: Option<Symbol>, origin: Origin) {
        let info = OwnerInfo { name, phase, namespace: None, overlay: false, origin };
        self.owners.insert(key, info);
    }

    /// Files the statements of a unit under what they concern.
    pub(crate) fn add_unit(&mut self, unit: Unit<'a>) -> UnitIx {
        let ix = self.units.len() as UnitIx;
        let stmts = unit.stmts;
        let scope = unit.scope;
        for head in &stmts.heads {
            self.heads.entry((scope, head.kind)).or_default().push((ix, head));
        }
        for tune in &stmts.tunes {
            match &tune.target {
                TuneTarget::Module(name) => self.module_tunes.entry(*name).or_default().push((ix, tune)),
                TuneTarget::Entry(entry) => {
                    self.tunes.entry((entry.kind, entry.name)).or_default().push((ix, tune));
                }
                TuneTarget::Computed { kind, .. } => self.computed_tunes.entry(*kind).or_default().push((ix, tune)),
            }
        }
        for each in &stmts.eaches {
            self.eaches.entry(each.kind).or_default().push((ix, each));
        }
        for remove in &stmts.removes {
            if let kss_ir::RemoveTarget::Entry { entry, .. } = &remove.target {
                self.removes.entry((entry.kind, entry.name)).or_default().push((ix, remove));
            }
        }
        for used in &stmts.uses {
            self.uses.entry((scope, used.module)).or_default().push((ix, used));
        }
        self.units.push(unit);
        ix
    }

    /// Puts a scope with its modules together.
    fn build_scope(&mut self, scope: ScopeKey, entry: EntryIx, units: &[UnitIx], removed: &[Symbol]) {
        let names = self.module_set(scope, units, removed);
        let modules = names.into_iter().filter_map(|name| self.add_module(scope, name)).collect();
        self.scopes.insert(scope, ScopeState { entry, modules, inner: None });
    }

    /// The kind of entries that are scopes inside a scope.
    pub(crate) fn inner_kind(scope: ScopeKind) -> Option<(Symbol, ScopeKind)> {
        match scope {
            ScopeKind::Site => Some((n().machine, ScopeKind::Machine)),
            ScopeKind::Cluster => Some((n().node, ScopeKind::Node)),
            _ => None,
        }
    }

    /// The scopes inside `scope`, in natural order; built when first asked for.
    pub(crate) fn inner(&mut self, scope: ScopeKey) -> Rc<[ScopeKey]> {
        let Some(state) = self.scopes.get(&scope) else { return Rc::new([]) };
        if let Some(inner) = &state.inner {
            return inner.clone();
        }
        let Some((kind, scope_kind)) = Self::inner_kind(scope.kind) else { return Rc::new([]) };
        let members = self.members_of(scope, kind);
        if let Some(inner) = self.scopes.get(&scope).and_then(|s| s.inner.clone()) {
            return inner;
        }
        let mut inner = Vec::new();
        for entry in members.iter() {
            let name = self.entry(*entry).key.name;
            let outer = if scope_kind == ScopeKind::Node { scope.name } else { name };
            let key = ScopeKey { kind: scope_kind, outer, name, variant: 0 };
            let units = self.inner_units(scope, key, *entry);
            self.build_scope(key, *entry, &units, &[]);
            inner.push(key);
        }
        let inner: Rc<[ScopeKey]> = inner.into();
        if let Some(state) = self.scopes.get_mut(&scope) {
            state.inner = Some(inner.clone());
        }
        inner
    }

    /// Statements written in the heads of an inner scope, and in `each node { … }` around it.
    fn inner_units(&mut self, outer: ScopeKey, scope: ScopeKey, entry: EntryIx) -> Vec<UnitIx> {
        let mut units = Vec::new();
        for instance in self.entry(entry).instances.clone() {
            if let Some(stmts) = instance.body.statements.as_deref() {
                let frame = instance.frame.clone();
                units.push(self.nested_unit(instance.unit, stmts, scope, frame, None));
            }
        }
        units.extend(self.changing_units(outer, scope, entry));
        units
    }

    /// Statements that `tune` and `each` of what is around add to a scope.
    fn changing_units(&mut self, outer: ScopeKey, scope: ScopeKey, entry: EntryIx) -> Vec<UnitIx> {
        let mut units = Vec::new();
        let key = self.entry(entry).key.clone();
        for (unit, tune) in self.tunes.get(&(key.kind, key.name)).cloned().unwrap_or_default() {
            if self.unit(unit).scope == outer
                && let Some(stmts) = tune.statements.as_deref()
            {
                let frame = self.unit(unit).frame.clone();
                units.push(self.nested_unit(unit, stmts, scope, frame, None));
            }
        }
        for (unit, each) in self.eaches_of(entry) {
            if (self.unit(unit).scope == outer || self.unit(unit).around)
                && let Some(stmts) = each.body.statements.as_deref()
            {
                let frame = self.unit(unit).frame.clone();
                units.push(self.nested_unit(unit, stmts, scope, frame, Some(Guard { each, unit, entry })));
            }
        }
        units
    }

    fn nested_unit(
        &mut self,
        parent: UnitIx,
        stmts: &'a Statements,
        scope: ScopeKey,
        frame: Rc<[Value]>,
        guard: Option<Guard<'a>>,
    ) -> UnitIx {
        let around = self.unit(parent);
        let (writer, owner) = match around.writer.module {
            true => (around.writer, around.owner.clone()),
            // What stands in a machine's body belongs to the machine.
            false => (Writer { name: scope.name, module: false }, module_key(scope, scope.name)),
        };
        let guard = guard.filter(|g| g.each.filter.is_some());
        let unit = Unit {
            item: around.item,
            stmts,
            scope,
            module: around.module,
            parent: Some(parent),
            frame,
            guard,
            layer: around.layer,
            writer,
            owner,
            around: false,
        };
        let (owner, item) = (unit.owner.clone(), unit.item);
        if !self.owners.contains_key(&owner) {
            self.add_owner(owner, scope.name, None, Origin::new(item, 0));
        }
        self.add_unit(unit)
    }

    /// `each` statements that concern an entry: those of its kind around it, and `each machine` for nodes.
    pub(crate) fn eaches_of(&self, entry: EntryIx) -> Vec<(UnitIx, &'a Each)> {
        let key = &self.entry(entry).key;
        let kinds = [Some(key.kind), (key.kind == n().node).then_some(n().machine)];
        let found = kinds.into_iter().flatten().filter_map(|kind| self.eaches.get(&kind)).flatten();
        let around: Vec<ScopeKey> = self.outwards(key.scope).collect();
        found.filter(|(unit, _)| around.contains(&self.unit(*unit).scope)).copied().collect()
    }

    /// The context of an `each` for one entry: in its body `node` (`machine`) is the entry's scope.
    pub(crate) fn each_cx(&self, unit: UnitIx, entry: EntryIx) -> Cx<'a> {
        let key = self.entry(entry).key.clone();
        let mut cx = self.unit_cx(unit).with_entry(key.clone());
        cx.scope = home(&key);
        cx
    }

    /// One contributor for each head of an entry.
    pub(crate) fn instance_contributors(&self, entry: EntryIx, out: &mut Vec<Contributor<'a>>) {
        let entry = self.entry(entry);
        for instance in &entry.instances {
            let unit = self.unit(instance.unit);
            let cx = Cx::new(unit.item, unit.scope).in_unit(instance.unit).with_entry(entry.key.clone());
            out.push(Contributor {
                writer: unit.writer,
                layer: unit.layer,
                node: instance.node,
                because: instance.because.clone(),
                guard: None,
                says: Says::Fields { fields: &instance.body.fields, cx, frame: instance.frame.clone() },
            });
        }
    }
}

/// A body without statements.
static EMPTY: std::sync::LazyLock<Statements> = std::sync::LazyLock::new(Statements::default);
