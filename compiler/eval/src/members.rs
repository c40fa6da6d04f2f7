//! Which entries exist: the heads of a kind in a scope, evaluated with what stands around them.

use crate::Layer;
use crate::chain::{Chain, nameless, truth};
use crate::context::{Cx, Frame};
use crate::names::n;
use crate::problems::{Active, What};
use crate::providers::Removed;
use crate::state::{EntryIx, Eval, Instance, Members, UnitIx, Writer};
use crate::values::symbol_of;
use kss_diag::{code, did_you_mean};
use kss_ir::{Head, Key, KindSig, Per, RemoveTarget, Ty};
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, Flags, ScopeKey, ScopeKind};
use rustc_hash::FxHashSet;
use std::rc::Rc;
use std::sync::Arc;

/// What a head says about the identity of its entry.
struct Identity {
    name: Symbol,
    kubernetes: Option<Symbol>,
    namespace: Option<(Symbol, Origin)>,
    owner: Arc<EntryKey>,
}

impl<'a> Eval<'a> {
    /// The entries of `kind` that are declared in a scope of this evaluation itself, in natural order.
    pub(crate) fn members_of(&mut self, scope: ScopeKey, kind: Symbol) -> Rc<[EntryIx]> {
        self.members_known(scope, kind).0
    }

    /// As [`Eval::members_of`]; and may there be more, which an error hides?
    pub(crate) fn members_known(&mut self, scope: ScopeKey, kind: Symbol) -> (Rc<[EntryIx]>, bool) {
        match self.members.get(&(scope, kind)) {
            Some(Members::Done(list, doubt)) => {
                let found = (list.clone(), *doubt);
                if let Some(late) = self.late_members.get(&(scope, kind)) {
                    self.late = Some(late.clone());
                }
                return found;
            }
            Some(Members::Busy) => {
                self.cycle(&What::Members(scope, kind), Origin::NOWHERE);
                return (Rc::new([]), true);
            }
            None => {}
        }
        self.members.insert((scope, kind), Members::Busy);
        self.active.push(Active { what: What::Members(scope, kind), at: Origin::NOWHERE });
        let outer_late = self.late.take();
        let (list, doubt) = self.find_members(scope, kind);
        let late = std::mem::replace(&mut self.late, outer_late);
        self.active.pop();
        let doubt = doubt || late.is_some();
        self.members.insert((scope, kind), Members::Done(list.clone(), doubt));
        if let Some(late) = late {
            self.late_members.insert((scope, kind), late.clone());
            self.late = Some(late);
        }
        (list, doubt)
    }

    fn find_members(&mut self, scope: ScopeKey, kind: Symbol) -> (Rc<[EntryIx]>, bool) {
        let Some(sig) = self.program.kinds.get(&kind).map(|sig| &**sig) else { return (Rc::new([]), false) };
        let mut heads = self.heads.get(&(scope, kind)).cloned().unwrap_or_default();
        // An overlay adds to what others declare.
        heads.sort_by_key(|(unit, _)| self.unit(*unit).layer == Layer::Overlay);
        let mut found = Vec::new();
        if kind == n().overlay {
            self.implicit_overlays(scope, &mut found);
        }
        let mut doubt = false;
        for (unit, head) in heads {
            doubt |= self.head_instances(scope, sig, unit, head, &mut found);
        }
        self.settle_owners(sig, &found);
        self.remove_members(scope, kind, &mut found, doubt);
        found.sort_by(|a, b| order(&self.entry(*a).key, &self.entry(*b).key));
        (found.into(), doubt)
    }

    /// Each module has an overlay of its own name.
    fn implicit_overlays(&mut self, scope: ScopeKey, found: &mut Vec<EntryIx>) {
        let owners = self.owners.iter().filter(|(key, info)| key.scope == scope && info.overlay);
        let mut owners: Vec<_> = owners.map(|(key, info)| (key.clone(), info.origin)).collect();
        owners.sort_by(|a, b| a.0.cmp(&b.0));
        for (owner, origin) in owners {
            let key = EntryKey { scope, kind: n().overlay, qualifier: n().empty, name: owner.name };
            let layout = self.kind_layout(n().overlay);
            let writer = Writer { name: owner.name, module: true };
            found.push(self.add_entry(Arc::new(key), layout, owner, writer, origin));
        }
    }

    /// The instances of one head; `true` if there may be more.
    fn head_instances(
        &mut self,
        scope: ScopeKey,
        sig: &'a KindSig,
        unit: UnitIx,
        head: &'a Head,
        found: &mut Vec<EntryIx>,
    ) -> bool {
        match self.guard_holds(unit) {
            Some(true) => {}
            Some(false) => return false,
            None => return true,
        }
        let cx = self.unit_cx(unit);
        let mut frame = self.unit_frame(unit);
        let mut state = Chain { existence: true, ..Chain::default() };
        self.run_chain(&head.chain, &cx, &mut frame, &mut state, &mut |me, frame, state| {
            let Some(identity) = me.identity(sig, unit, head, &cx, frame, state) else {
                state.doubt = true;
                return;
            };
            me.mark_handled(unit, &state.vars);
            if let Some(entry) = me.declare(scope, sig, unit, head, identity, frame) {
                found.push(entry);
            }
        });
        state.doubt
    }

    fn identity(
        &mut self,
        sig: &'a KindSig,
        unit: UnitIx,
        head: &'a Head,
        cx: &Cx<'a>,
        frame: &mut Frame,
        state: &Chain,
    ) -> Option<Identity> {
        let at = Origin::new(cx.item, head.node);
        let name = match &head.name {
            Some(key) => self.head_key(key, cx, frame)?,
            None => nameless(),
        };
        let kubernetes = match &head.kubernetes {
            Some(key) => Some(self.head_key(key, cx, frame)?),
            None => None,
        };
        let own = self.unit(unit).owner.clone();
        let owner = state.owner.clone().filter(|_| self.unit(unit).writer.module).unwrap_or(own);
        let namespace = match &head.within {
            Some(key) => Some((self.head_key(key, cx, frame)?, key_origin(key, cx))),
            None if sig.per == Per::Namespace && !sig.kubernetes => {
                let Some(namespace) = self.owner_info(&owner).and_then(|info| info.namespace) else {
                    let message =
                        format!("{} `{name}` needs a namespace: its module does not declare exactly one", sig.name);
                    self.report(
                        code::NOT_SET.at(at, message).help(format!("write `{} {name} in NAMESPACE {{ … }}`", sig.name)),
                    );
                    return None;
                };
                Some((namespace, at))
            }
            None if kubernetes.is_some_and(|kind| self.is_namespaced(kind)) => {
                self.owner_info(&owner).and_then(|info| info.namespace).map(|namespace| (namespace, at))
            }
            None => None,
        };
        Some(Identity { name, kubernetes, namespace, owner })
    }

    /// A name in a head. Nothing private may be in it.
    fn head_key(&mut self, key: &'a Key, cx: &Cx<'a>, frame: &mut Frame) -> Option<Symbol> {
        match key {
            Key::Name(name, _) => Some(*name),
            Key::Expr(expr) => {
                let value = self.eval(expr, cx, frame);
                if value.flags().has(Flags::PRIVATE) && !value.is_poison() {
                    let message = "a private value is part of a name; the public build would have another shape";
                    self.report(code::PRIVATE_DECIDES.at(cx.at(expr.node), message).label("private"));
                }
                symbol_of(&value)
            }
        }
    }

    /// Adds an instance to its entry, which may be new.
    fn declare(
        &mut self,
        scope: ScopeKey,
        sig: &'a KindSig,
        unit: UnitIx,
        head: &'a Head,
        identity: Identity,
        frame: &Frame,
    ) -> Option<EntryIx> {
        let Identity { name, kubernetes, namespace, owner } = identity;
        let (item, layer, writer) = {
            let unit = self.unit(unit);
            (unit.item, unit.layer, unit.writer)
        };
        let origin = Origin::new(item, head.node);
        let qualifier = qualifier(sig, writer, kubernetes, namespace.map(|(name, _)| name));
        let key = EntryKey { scope, kind: sig.name, qualifier, name };
        let instance =
            Instance { unit, node: head.node, body: &head.body, frame: frame.share(), because: head.because.clone() };
        if let Some(ix) = self.by_key.get(&key).copied() {
            let entry = &mut self.entries[ix as usize];
            let implicit = sig.name == n().overlay && entry.instances.is_empty() && entry.owner == owner;
            if !(sig.shared || sig.nameless || implicit || layer == Layer::Overlay) {
                let first = entry.origin;
                self.declared_twice(&key, first, origin);
                return None;
            }
            let entry = &mut self.entries[ix as usize];
            if implicit {
                entry.origin = origin;
            }
            entry.instances.push(instance);
            return None;
        }
        if layer == Layer::Overlay && !self.private_collection(scope.kind, sig.name) {
            let message =
                format!("an overlay can't declare {} `{name}`: only private things can be set there", sig.name);
            self.report(code::NOT_PRIVATE.at(origin, message).label("not private"));
            return None;
        }
        let layout = self.kind_layout(sig.name);
        let ix = self.add_entry(Arc::new(key), layout, owner, writer, origin);
        let entry = &mut self.entries[ix as usize];
        entry.instances.push(instance);
        entry.kubernetes = kubernetes;
        entry.namespace = namespace;
        Some(ix)
    }

    fn declared_twice(&mut self, key: &EntryKey, first: Origin, second: Origin) {
        let message = format!("{} `{}` is declared twice in {}", key.kind, key.name, key.scope);
        let report = code::DECLARED_TWICE.at(second, message).label("again").also(first, "first declared here");
        self.report(
            report.help(format!("keep one of them; others change it by `tune {} {} {{ … }}`", key.kind, key.name)),
        );
    }

    /// Is `kind` a private collection of a scope?
    pub(crate) fn private_collection(&self, scope: ScopeKind, kind: Symbol) -> bool {
        let def = self.program.scope_types.get(&scope).and_then(|id| self.record_def(*id));
        let field = def.and_then(|def| def.field(kind));
        field.is_some_and(|field| field.private && matches!(field.ty, Ty::Map(..)))
    }

    /// A shared entry belongs to the first of its writers.
    fn settle_owners(&mut self, sig: &KindSig, found: &[EntryIx]) {
        if !sig.shared {
            return;
        }
        for ix in found {
            let instances = self.entry(*ix).instances.iter();
            let first = instances.min_by_key(|i| {
                let writer = self.unit(i.unit).writer;
                (!writer.module, writer.name, i.node)
            });
            let Some((unit, node)) = first.map(|first| (first.unit, first.node)) else { continue };
            let unit = self.unit(unit);
            let (writer, owner, origin) = (unit.writer, unit.owner.clone(), Origin::new(unit.item, node));
            let entry = &mut self.entries[*ix as usize];
            (entry.writer, entry.owner, entry.origin) = (writer, owner, origin);
        }
    }

    /// `remove alert HighCPUUsage`
    fn remove_members(&mut self, scope: ScopeKey, kind: Symbol, found: &mut Vec<EntryIx>, doubt: bool) {
        let removes = self.removes.iter().filter(|((k, _), _)| *k == kind).flat_map(|(_, list)| list.clone());
        let removes: Vec<_> = removes.filter(|(unit, _)| self.unit(*unit).scope == scope).collect();
        for (unit, remove) in removes {
            let RemoveTarget::Entry { entry, path } = &remove.target else { continue };
            let hits = |me: &Self, ix: &EntryIx| me.names_entry(*ix, entry);
            let before: FxHashSet<EntryIx> = found.iter().copied().filter(|ix| hits(self, ix)).collect();
            if before.is_empty() && (doubt || self.reach.is_unknown(kind, entry.name)) {
                continue;
            }
            if before.is_empty() {
                let names = found.iter().map(|ix| self.entry(*ix).key.name.as_str());
                let hint = did_you_mean(&entry.name, names);
                let message = format!("there is no {kind} `{}` in {scope}{hint}", entry.name);
                let at = Origin::new(self.unit(unit).item, remove.node);
                self.report(code::REMOVES_NOTHING.at(at, message).label("removes nothing").help("leave it out"));
            } else if path.is_empty() {
                found.retain(|ix| !before.contains(ix));
                for ix in before {
                    let key = self.entry(ix).key.clone();
                    self.by_key.remove(&key);
                    let origin = Origin::new(self.unit(unit).item, remove.node);
                    self.removed.insert(key, Removed { origin, readers: Vec::new() });
                }
            }
        }
    }

    /// Is it the entry that a literal reference means?
    pub(crate) fn names_entry(&self, ix: EntryIx, wanted: &kss_ir::EntryRef) -> bool {
        let entry = self.entry(ix);
        entry.key.kind == wanted.kind
            && entry.key.name == wanted.name
            && wanted.kubernetes.is_none_or(|kind| entry.kubernetes == Some(kind))
            && wanted.within.is_none_or(|ns| entry.namespace.map(|(name, _)| name) == Some(ns))
    }

    /// Does the `where` of the `each` around a unit hold? `None` if it can't be told.
    pub(crate) fn guard_holds(&mut self, unit: UnitIx) -> Option<bool> {
        let mut next = Some(unit);
        while let Some(ix) = next {
            if let Some(guard) = self.unit(ix).guard {
                let value = self.guard(guard);
                match truth(&value) {
                    Some(true) => {}
                    Some(false) => return Some(false),
                    None => return None,
                }
            }
            next = self.unit(ix).parent;
        }
        Some(true)
    }
}

/// What tells entries of one name apart.
pub(crate) fn qualifier(
    sig: &KindSig,
    writer: Writer,
    kubernetes: Option<Symbol>,
    namespace: Option<Symbol>,
) -> Symbol {
    if sig.kubernetes {
        let kind = kubernetes.unwrap_or(n().empty);
        return Symbol::new(&format!("{kind}/{}", namespace.unwrap_or(n().empty)));
    }
    match sig.per {
        Per::Module => writer.name,
        Per::Namespace => namespace.unwrap_or(n().empty),
        Per::Scope | Per::Site => n().empty,
    }
}

fn key_origin(key: &Key, cx: &Cx<'_>) -> Origin {
    match key {
        Key::Name(_, node) => cx.at(*node),
        Key::Expr(expr) => cx.at(expr.node),
    }
}

/// The order in which entries are listed.
pub(crate) fn order(a: &EntryKey, b: &EntryKey) -> std::cmp::Ordering {
    (a.scope, a.name, a.qualifier).cmp(&(b.scope, b.name, b.qualifier))
}
