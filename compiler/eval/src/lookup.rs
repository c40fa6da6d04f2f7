//! References to entries: by name, by kind, by scope.

use crate::context::{Cx, Frame};
use crate::members::qualifier;
use crate::modules::same_kind;
use crate::names::n;
use crate::state::{Eval, Role};
use crate::values::{symbol_of, taint};
use crate::world::scope_of_entry;
use kss_diag::{code, did_you_mean};
use kss_ir::{Head, Key, KindSig, NameRef, Per};
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, Kind, RecordBuilder, ScopeKey, ScopeKind, Value};
use std::sync::Arc;

impl<'a> Eval<'a> {
    /// `kind.name`
    pub(crate) fn entry_ref(&mut self, name_ref: &'a NameRef, cx: &Cx<'a>, fr: &mut Frame, at: Origin) -> Value {
        let Some(sig) = self.program.kinds.get(&name_ref.kind).map(|sig| &**sig) else { return Value::poison(at) };
        let (name, literal) = match &name_ref.name {
            Key::Name(name, _) => (*name, true),
            Key::Expr(expr) => {
                let value = self.eval(expr, cx, fr);
                match symbol_of(&value) {
                    Some(name) => (name, false),
                    None => return Value::poison(at),
                }
            }
        };
        let scopes: Vec<ScopeKey> = self.outwards(cx.scope).filter(|scope| self.is_own(*scope)).collect();
        if literal {
            // Without asking which entries exist: that is asked when a field is read.
            for scope in &scopes {
                if let Some(key) = self.literal_entry(*scope, sig, name, name_ref) {
                    return Value::entry(Arc::new(key), at);
                }
            }
        }
        let mut doubt = false;
        for scope in &scopes {
            if !self.may_be_in(sig, scope.kind) {
                continue;
            }
            let (members, unknown) = self.members_known(*scope, sig.name);
            doubt |= unknown;
            let found = members.iter().map(|ix| self.entry(*ix));
            let mut found = found.filter(|entry| entry.key.name == name).filter(|entry| {
                let written = name_ref.module.is_none_or(|m| entry.writer.name == m || sig.shared);
                written && within(name_ref.within, sig, entry.kubernetes, entry.namespace.map(|(name, _)| name))
            });
            if let Some(entry) = found.next() {
                return Value::entry(entry.key.clone(), at);
            }
        }
        if self.role == Role::Test
            && let Some(scope) = self.scope_named(sig.name, name)
        {
            return Value::entry(Arc::new(crate::world::scope_entry(self.site, scope)), at);
        }
        if let Some(key) = self.foreign_entry(sig, name) {
            return Value::entry(key, at);
        }
        if !doubt {
            self.unknown_entry(sig, name, &scopes, at);
        }
        Value::poison(at)
    }

    fn unknown_entry(&mut self, sig: &KindSig, name: Symbol, scopes: &[ScopeKey], at: Origin) {
        let mut names: Vec<Symbol> = Vec::new();
        for scope in scopes {
            let members = self.members_of(*scope, sig.name);
            names.extend(members.iter().map(|ix| self.entry(*ix).key.name));
        }
        let hint = did_you_mean(&name, names.iter().map(|s| s.as_str()));
        let message = format!("there is no {} `{name}` here{hint}", sig.name);
        self.report(code::UNKNOWN_ENTRY.at(at, message).label("does not exist"));
    }

    /// The entry that a head with a literal name declares, if one does.
    fn literal_entry(&self, scope: ScopeKey, sig: &KindSig, name: Symbol, name_ref: &NameRef) -> Option<EntryKey> {
        let empty = Vec::new();
        let heads = self.heads.get(&(scope, sig.name)).unwrap_or(&empty);
        for (unit, head) in heads {
            let unit = self.unit(*unit);
            let by = name_ref.module.is_none_or(|m| unit.writer.name == m || sig.shared);
            if !by || literal(head.name.as_ref()) != Some(name) {
                continue;
            }
            let kubernetes = literal(head.kubernetes.as_ref());
            let namespace = match &head.within {
                Some(key) => match literal(Some(key)) {
                    Some(namespace) => Some(namespace),
                    None => continue,
                },
                None if sig.per == Per::Namespace && kubernetes.is_none_or(|kind| self.is_namespaced(kind)) => {
                    // Below a loop the namespace may be that of the element's owner.
                    if below_owned(head) {
                        continue;
                    }
                    self.owner_info(&unit.owner).and_then(|info| info.namespace)
                }
                None => None,
            };
            if sig.kubernetes && kubernetes.is_none() || !within(name_ref.within, sig, kubernetes, namespace) {
                continue;
            }
            let qualifier = qualifier(sig, unit.writer, kubernetes, namespace);
            return Some(EntryKey { scope, kind: sig.name, qualifier, name });
        }
        let implicit = sig.name == n().overlay
            && self.owners.get(&*crate::world::module_key(scope, name)).is_some_and(|info| info.overlay);
        implicit.then(|| EntryKey { scope, kind: sig.name, qualifier: n().empty, name })
    }

    /// A site or cluster by its name, in a test: of the variant that names mean.
    fn scope_named(&self, kind: Symbol, name: Symbol) -> Option<ScopeKey> {
        let kind = match kind {
            kind if kind == n().site => ScopeKind::Site,
            kind if kind == n().cluster => ScopeKind::Cluster,
            _ => return None,
        };
        let key = ScopeKey { kind, outer: name, name, variant: self.site.variant };
        self.foreign_scope(key).is_some().then_some(key)
    }

    /// An entry of the site, seen from a cluster.
    fn foreign_entry(&self, sig: &KindSig, name: Symbol) -> Option<Arc<EntryKey>> {
        if self.role != Role::Cluster {
            return None;
        }
        let found = self.foreign.iter().find_map(|frozen| {
            let members = frozen.members.get(&(self.site, sig.name))?;
            members.iter().find(|key| key.name == name)
        });
        found.cloned()
    }

    /// May entries of a kind be declared in a scope of this kind?
    pub(crate) fn may_be_in(&self, sig: &KindSig, scope: ScopeKind) -> bool {
        sig.scope.is_none_or(|wanted| same_kind(wanted, scope))
    }

    /// `scope.all.kind`: the entries of a kind in a scope and inside it.
    pub(crate) fn all_members(&mut self, scope: ScopeKey, kind: Symbol, at: Origin) -> Value {
        let Some(sig) = self.program.kinds.get(&kind).map(|sig| &**sig) else { return Value::poison(at) };
        let (mut keys, mut doubt) = self.members_below(scope, sig, at);
        if scope.kind == ScopeKind::Site {
            match self.role {
                Role::Early if self.may_be_in(sig, ScopeKind::Cluster) || self.may_be_in(sig, ScopeKind::Node) => {
                    self.is_late(format!("which entries of {kind} exist in the clusters"), at);
                    doubt = true;
                }
                Role::Site | Role::Test => {
                    for frozen in &self.foreign {
                        let mut scopes: Vec<ScopeKey> = frozen.inner.keys().copied().collect();
                        scopes.extend(frozen.inner.values().flatten());
                        scopes.retain(|inner| inner.variant == scope.variant);
                        let members = scopes.iter().filter_map(|scope| frozen.members.get(&(*scope, kind)));
                        keys.extend(members.flatten().cloned());
                    }
                }
                _ => {}
            }
        }
        keys.sort_by(|a, b| crate::members::order(a, b));
        keys.dedup();
        let list = Value::list(keys.into_iter().map(|key| Value::entry(key, at)).collect(), at);
        taint(crate::finish::poisoned(list, doubt), self.private_collection(scope.kind, kind))
    }

    /// Entries of a kind in a scope and in the scopes inside it, clusters of a site left out.
    fn members_below(&mut self, scope: ScopeKey, sig: &'a KindSig, at: Origin) -> (Vec<Arc<EntryKey>>, bool) {
        if !self.is_own(scope) {
            if self.role == Role::Cluster && scope.kind == ScopeKind::Site && sig.name == n().cluster {
                self.is_late("which clusters exist".to_owned(), at);
                return (Vec::new(), true);
            }
            return self.foreign_members(scope, sig, at);
        }
        if let Some(outer) = self.outer(scope).filter(|outer| self.scopes.contains_key(outer)) {
            self.inner(outer);
        }
        if scope.kind == ScopeKind::Site && sig.name == n().cluster {
            let names = self.env.clusters(self.site.name);
            let key = |name| ScopeKey { kind: ScopeKind::Cluster, outer: name, name, variant: scope.variant };
            let keys = names.into_iter().map(|name| Arc::new(crate::world::scope_entry(self.site, key(name))));
            return (keys.collect(), false);
        }
        let mut keys = Vec::new();
        let mut doubt = false;
        let mut scopes = vec![scope];
        let inner = Self::inner_kind(scope.kind).map(|(_, kind)| kind);
        if inner.is_some_and(|kind| self.may_be_in(sig, kind)) {
            scopes.extend(self.inner(scope).iter().copied());
        }
        for scope in scopes {
            if self.may_be_in(sig, scope.kind) || self.heads.contains_key(&(scope, sig.name)) {
                let (members, unknown) = self.members_known(scope, sig.name);
                doubt |= unknown;
                keys.extend(members.iter().map(|ix| self.entry(*ix).key.clone()));
            }
        }
        (keys, doubt)
    }

    fn foreign_members(&mut self, scope: ScopeKey, sig: &KindSig, at: Origin) -> (Vec<Arc<EntryKey>>, bool) {
        let Some(frozen) = self.foreign_scope(scope).cloned() else {
            if self.role == Role::Early {
                self.is_late(format!("which entries of {} exist in {scope}", sig.name), at);
            }
            return (Vec::new(), true);
        };
        let mut scopes = vec![scope];
        scopes.extend(frozen.inner.get(&scope).into_iter().flatten().copied());
        let mut keys = Vec::new();
        let mut doubt = false;
        for scope in scopes {
            keys.extend(frozen.members.get(&(scope, sig.name)).into_iter().flatten().cloned());
            if let Some(late) = frozen.late_members.get(&(scope, sig.name)) {
                self.reads_late(late, at);
                doubt = true;
            }
        }
        (keys, doubt)
    }

    /// `scope.kind`: a map from names to entries.
    pub(crate) fn members_map(&mut self, scope: ScopeKey, kind: Symbol, at: Origin) -> Value {
        let Some(sig) = self.program.kinds.get(&kind).map(|sig| &**sig) else { return Value::poison(at) };
        let (keys, doubt) = self.members_below(scope, sig, at);
        let own = |key: &&Arc<EntryKey>| sig.per == Per::Site || key.scope == scope || key.kind == n().cluster;
        let mut builder = RecordBuilder::default();
        for key in keys.iter().filter(own) {
            builder.push(key.name, Value::entry(key.clone(), at));
        }
        let map = crate::finish::poisoned(Value::record(builder.finish(), at), doubt);
        taint(map, self.private_collection(scope.kind, kind))
    }

    /// The scope that a value refers to.
    pub(crate) fn scope_of(&self, value: &Value) -> Option<ScopeKey> {
        match value.kind() {
            Kind::Ref(key) => scope_of_entry(key),
            _ => None,
        }
    }

    /// The names of the modules in use in a scope, without those that are in use in every scope: nobody can remove these.
    pub(crate) fn modules_of(&mut self, scope: ScopeKey, at: Origin) -> Value {
        let own: Option<Vec<Symbol>> =
            self.scopes.get(&scope).map(|s| s.modules.iter().map(|m| self.module(*m).ir.name).collect());
        let foreign = || self.foreign_scope(scope)?.modules.get(&scope).cloned();
        let mut names = own.or_else(foreign).unwrap_or_default();
        names.retain(|name| !self.program.always.contains(name));
        Value::list(names.into_iter().map(|name| Value::text(name.as_str(), at)).collect(), at)
    }
}

fn literal(key: Option<&Key>) -> Option<Symbol> {
    match key {
        Some(Key::Name(name, _)) => Some(*name),
        _ => None,
    }
}

fn below_owned(head: &Head) -> bool {
    head.chain.iter().any(|ctl| matches!(ctl, kss_ir::Ctl::For(each) if each.owned))
}

/// Does what a reference says beside the name fit?
fn within(wanted: Option<Symbol>, sig: &KindSig, kubernetes: Option<Symbol>, namespace: Option<Symbol>) -> bool {
    match wanted {
        None => true,
        Some(wanted) if sig.kubernetes => kubernetes == Some(wanted),
        Some(wanted) => namespace == Some(wanted),
    }
}
