//! Reading fields of entries, wherever they live.

use crate::finish::describe_entry;
use crate::frozen::{Frozen, FrozenCell, FrozenEntry};
use crate::layout::Slot;
use crate::names::n;
use crate::problems::{Active, What};
use crate::state::{EntryIx, Eval, OwnerInfo, Role};
use crate::values::taint;
use crate::world::{home, module_key, scope_of_entry};
use kss_diag::{code, did_you_mean};
use kss_ir::{Alternative, Cardinality, Per, Ty};
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, Kind, ScopeKind, Value};
use std::sync::Arc;

/// Where an entry is.
enum Place {
    Own(EntryIx),
    Foreign(Arc<Frozen>),
    /// With the clusters, of which nothing is known yet.
    Late,
    Missing,
}

/// What implicit fields are made from.
struct Facts {
    owner: Arc<EntryKey>,
    namespace: Option<(Symbol, Origin)>,
    kubernetes: Option<Symbol>,
    origin: Origin,
}

impl<'a> Eval<'a> {
    /// The field `name` of an entry; `at` reads it.
    pub(crate) fn read(&mut self, key: &Arc<EntryKey>, name: Symbol, at: Origin, optional: bool) -> Value {
        if name == n().name && key.kind != n().capability && !self.declares_name(key) {
            // The name is known without asking whether the entry is there.
            if self.removes.contains_key(&(key.kind, key.name)) {
                self.names_read.push((key.clone(), at));
            }
            let name = Value::text(key.name.as_str(), at);
            return taint(name, self.private_collection(key.scope.kind, key.kind));
        }
        if key.kind == n().module
            && let Some(value) = self.owner_field(key, name, at)
        {
            return value;
        }
        if let Some(FrozenCell::Value(value)) = self.finished(key, name) {
            return value.clone();
        }
        match self.locate(key) {
            Place::Own(ix) => self.read_own(ix, name, at, optional),
            Place::Foreign(frozen) => self.read_foreign(&frozen, key, name, at, optional),
            Place::Late => {
                self.is_late(describe_entry(key), at);
                Value::poison(at)
            }
            Place::Missing => {
                self.no_entry(key, at);
                Value::poison(at)
            }
        }
    }

    /// A field of an entry that another evaluation finished; what is not found here may be somewhere else.
    fn finished(&self, key: &Arc<EntryKey>, name: Symbol) -> Option<&FrozenCell> {
        if self.is_own(key.scope) {
            return None;
        }
        self.foreign_scope(key.scope)?.entries.get(key)?.cell(name)
    }

    /// Has the type of an entry a field called `name` of its own?
    fn declares_name(&mut self, key: &EntryKey) -> bool {
        if key.kind == n().module {
            return false;
        }
        self.kind_layout(key.kind).slot(n().name).is_some()
    }

    fn locate(&mut self, key: &Arc<EntryKey>) -> Place {
        if let Some(ix) = self.by_key.get(key) {
            return Place::Own(*ix);
        }
        if self.is_own(key.scope) && key.kind != n().cluster {
            if !self.scopes.contains_key(&key.scope)
                && let Some(outer) = self.outer(key.scope)
            {
                self.inner(outer);
            }
            if key.kind == n().capability {
                self.providers(key.scope, key.name);
            } else if key.kind != n().module {
                self.members_of(key.scope, key.kind);
            }
            if let Some(ix) = self.by_key.get(key) {
                return Place::Own(*ix);
            }
            return Place::Missing;
        }
        if let Some(frozen) = self.foreign_with(key) {
            return Place::Foreign(frozen.clone());
        }
        let of_cluster = key.kind == n().cluster || matches!(key.scope.kind, ScopeKind::Cluster | ScopeKind::Node);
        if of_cluster && self.role != Role::Site { Place::Late } else { Place::Missing }
    }

    fn no_entry(&mut self, key: &EntryKey, at: Origin) {
        if self.is_removed(key, at) {
            return;
        }
        let (members, doubt) = match self.is_own(key.scope) && self.scopes.contains_key(&key.scope) {
            true => self.members_known(key.scope, key.kind),
            false => return,
        };
        if doubt {
            return;
        }
        let names: Vec<&str> = members.iter().map(|ix| self.entry(*ix).key.name.as_str()).collect();
        let hint = did_you_mean(&key.name, names.iter().copied());
        let message = format!("there is no {} `{}` in {}{hint}", key.kind, key.name, key.scope);
        self.report(code::UNKNOWN_ENTRY.at(at, message).label("does not exist"));
    }

    fn read_own(&mut self, ix: EntryIx, name: Symbol, at: Origin, optional: bool) -> Value {
        let entry = self.entry(ix);
        let layout = entry.layout.clone();
        if let Some(slot) = layout.slot(name) {
            return self.force(ix, slot, at);
        }
        let key = entry.key.clone();
        let facts = Facts {
            owner: entry.owner.clone(),
            namespace: entry.namespace,
            kubernetes: entry.kubernetes,
            origin: entry.origin,
        };
        if let Some(value) = self.collection(&key, name, at) {
            return value;
        }
        if let Some(value) = self.implicit(&key, &facts, name, at) {
            return value;
        }
        if let Some(rest) = layout.rest {
            let whole = self.force(ix, rest, at);
            return self.data_field(&whole, name, at, optional);
        }
        self.no_field(&key, name, layout.names().collect(), at, optional)
    }

    fn read_foreign(
        &mut self,
        frozen: &Arc<Frozen>,
        key: &Arc<EntryKey>,
        name: Symbol,
        at: Origin,
        optional: bool,
    ) -> Value {
        let Some(entry) = frozen.entries.get(key) else { return Value::poison(at) };
        if let Some(cell) = entry.cell(name) {
            return self.read_frozen(cell, at);
        }
        let facts = facts_of(entry);
        if let Some(value) = self.collection(key, name, at) {
            return value;
        }
        if let Some(value) = self.implicit(key, &facts, name, at) {
            return value;
        }
        if let Some(rest) = &entry.rest {
            let whole = self.read_frozen(rest, at);
            return self.data_field(&whole, name, at, optional);
        }
        self.no_field(key, name, entry.cells.iter().map(|(name, _)| *name).collect(), at, optional)
    }

    fn read_frozen(&mut self, cell: &FrozenCell, at: Origin) -> Value {
        match cell {
            FrozenCell::Value(value) => value.clone(),
            FrozenCell::Failed(reports) => {
                for report in reports.iter() {
                    self.report(report.clone());
                }
                Value::poison(at)
            }
            FrozenCell::Late(late) => {
                self.reads_late(late, at);
                Value::poison(at)
            }
        }
    }

    fn no_field(&mut self, key: &EntryKey, name: Symbol, names: Vec<Symbol>, at: Origin, optional: bool) -> Value {
        if optional {
            return Value::none(at);
        }
        let mut names = names;
        names.sort();
        let hint = did_you_mean(&name, names.iter().map(|s| s.as_str()));
        let message = format!("{} has no `{name}`{hint}", describe_entry(key));
        self.report(code::UNKNOWN_FIELD.at(at, message).label("unknown"));
        Value::poison(at)
    }

    /// A key of free-form data or of a map.
    pub(crate) fn data_field(&mut self, whole: &Value, name: Symbol, at: Origin, optional: bool) -> Value {
        if let Some(value) = whole.get(name) {
            return value.clone();
        }
        if name == n().name
            && let Some(value) = crate::values::hidden_name(whole)
        {
            return value.clone();
        }
        if whole.flags().has(kss_value::Flags::POISON) {
            return Value::poison(at);
        }
        if optional {
            return Value::none(at);
        }
        let names: Vec<&str> = match whole.kind() {
            Kind::Record(record) => {
                record.iter().map(|(name, _)| name.as_str()).filter(|t| !t.starts_with('\0')).collect()
            }
            _ => Vec::new(),
        };
        let hint = did_you_mean(&name, names.iter().copied());
        let report = code::NOT_SET.at(at, format!("there is no key `{name}` here{hint}")).label("missing");
        let report = report.also(crate::values::place(whole, at), "in this");
        let report = report.help(format!("`?.{name}` gives `none` where the key is missing"));
        self.report(report);
        Value::poison(at)
    }

    /// A keyed collection of a scope, or one of its capabilities.
    fn collection(&mut self, key: &EntryKey, name: Symbol, at: Origin) -> Option<Value> {
        let scope = scope_of_entry(key)?;
        if self.program.capabilities.contains_key(&name) {
            return Some(self.capability_of(scope, name, at, true));
        }
        let def = self.program.scope_types.get(&scope.kind).and_then(|id| self.record_def(*id));
        def.and_then(|def| def.field(name)).filter(|field| matches!(field.ty, Ty::Map(..)))?;
        self.program.kinds.get(&name)?;
        Some(self.members_map(scope, name, at))
    }

    fn implicit(&mut self, key: &Arc<EntryKey>, facts: &Facts, name: Symbol, at: Origin) -> Option<Value> {
        let names = n();
        let kubernetes = facts.kubernetes.is_some();
        let text =
            |text: Option<Symbol>| Some(text.map_or(Value::none(at), |text| Value::text(text.as_str(), facts.origin)));
        if name == names.owner {
            return Some(Value::entry(facts.owner.clone(), at));
        }
        if name == names.namespace {
            let per_namespace = self.program.kinds.get(&key.kind).is_some_and(|k| k.per == Per::Namespace);
            return match facts.namespace {
                _ if kubernetes => text(facts.namespace.map(|(name, _)| name)),
                Some((namespace, _)) => Some(self.namespace_ref(key, namespace, at)),
                None if per_namespace => Some(Value::none(at)),
                None => None,
            };
        }
        if kubernetes && name == names.kind {
            return text(facts.kubernetes);
        }
        if kubernetes && (name == names.group || name == names.api_version) {
            return self.group_or_version(key, facts, name, at);
        }
        if name == names.discharged && self.role == Role::Test {
            let because = self.foreign.iter().find_map(|frozen| frozen.covered.get(key));
            return Some(because.map_or(Value::none(at), |because| Value::text(because.clone(), at)));
        }
        let scope = match name {
            _ if name == names.site => ScopeKind::Site,
            _ if name == names.machine => ScopeKind::Machine,
            _ if name == names.cluster => ScopeKind::Cluster,
            _ if name == names.node => ScopeKind::Node,
            _ => return None,
        };
        Some(self.scope_value(scope, home(key), at))
    }

    /// `group` and `apiVersion` of an object: what it says itself, else what is known of its kind.
    fn group_or_version(&mut self, key: &Arc<EntryKey>, facts: &Facts, name: Symbol, at: Origin) -> Option<Value> {
        let own = match self.locate(key) {
            Place::Own(ix) => {
                let rest = self.entry(ix).layout.rest?;
                self.force(ix, rest, at)
            }
            Place::Foreign(frozen) => self.read_frozen(frozen.entries.get(key)?.rest.as_ref()?, at),
            _ => return None,
        };
        let version = match own.get(n().api_version) {
            Some(version) => version.as_text().map(|text| text.into_owned()),
            None => self.known_version(facts.kubernetes?),
        };
        let Some(version) = version else { return Some(Value::none(at)) };
        let group = version.split_once('/').map_or("", |(group, _)| group).to_owned();
        Some(Value::text(if name == n().group { group } else { version }, facts.origin))
    }

    /// A reference to a namespace of the cluster around an entry.
    pub(crate) fn namespace_ref(&self, key: &EntryKey, namespace: Symbol, at: Origin) -> Value {
        let scope = self.around(key.scope, ScopeKind::Cluster).unwrap_or(key.scope);
        let key = EntryKey { scope, kind: n().namespace, qualifier: n().empty, name: namespace };
        Value::entry(Arc::new(key), at)
    }

    /// `site`, `cluster` …: a reference, or `none` outside.
    pub(crate) fn scope_value(&self, kind: ScopeKind, from: kss_value::ScopeKey, at: Origin) -> Value {
        match self.around(from, kind) {
            Some(scope) => Value::entry(Arc::new(crate::world::scope_entry(self.site, scope)), at),
            None => Value::none(at),
        }
    }

    /// The module that an entry belongs to.
    pub(crate) fn owner_of(&mut self, key: &Arc<EntryKey>) -> Arc<EntryKey> {
        if key.kind == n().module {
            return key.clone();
        }
        match self.locate(key) {
            Place::Own(ix) => self.entry(ix).owner.clone(),
            Place::Foreign(frozen) => frozen.entries.get(key).map(|e| e.owner.clone()).unwrap_or_else(|| key.clone()),
            _ => module_key(key.scope, key.scope.name),
        }
    }

    pub(crate) fn owner_info(&self, key: &EntryKey) -> Option<OwnerInfo> {
        let own = self.owners.get(key);
        let foreign = || self.foreign_scope(key.scope)?.owners.get(key);
        own.or_else(foreign).cloned()
    }

    /// A field of `owner`.
    fn owner_field(&mut self, key: &Arc<EntryKey>, name: Symbol, at: Origin) -> Option<Value> {
        let info = self.owner_info(key)?;
        let names = n();
        if name == names.phase {
            // What a cluster's own file adds comes last.
            let phase = info.phase.or_else(|| self.last_phase());
            return Some(phase.map_or(Value::none(at), |phase| Value::case(phase, None, info.origin)));
        }
        if name == names.namespace {
            return Some(match info.namespace {
                Some(namespace) => self.namespace_ref(key, namespace, at),
                None => self.no_single_namespace(key, at),
            });
        }
        if name == names.overlay {
            if !info.overlay {
                return Some(Value::none(at));
            }
            let overlay = EntryKey { scope: key.scope, kind: names.overlay, qualifier: names.empty, name: key.name };
            return Some(Value::entry(Arc::new(overlay), at));
        }
        None
    }

    /// What an entry leaves out is often made from the namespace of its module; of a module with none or several, and of the
    /// body of a cluster, that can't be.
    fn no_single_namespace(&mut self, owner: &EntryKey, at: Origin) -> Value {
        let Some(Active { what: What::Cell(ix, slot), .. }) = self.active.last() else { return Value::none(at) };
        let entry = self.entry(*ix);
        let (field, slot) = &entry.layout.slots[*slot as usize];
        // By a default of its type, that is.
        if !matches!(slot, Slot::Field(sig) if sig.origin.item == at.item) || *entry.owner != *owner {
            return Value::none(at);
        }
        let (field, entry, place) = (*field, describe_entry(&entry.key), entry.origin);
        let message = format!("`{field}` of {entry} is not written, and `{}` declares no single namespace", owner.name);
        let report = code::NOT_SET.at(place, message).label(format!("`{field}` would be made from it"));
        self.report(report.also(at, "by this").help(format!("write `{field} = …` there")));
        Value::poison(at)
    }

    fn last_phase(&self) -> Option<Symbol> {
        let phases = self.program.unions.values().find(|union| union.name == n().phase_type)?;
        phases.alternatives.iter().rev().find_map(|a| match a {
            Alternative::Case { name, .. } => Some(*name),
            Alternative::Type(_) => None,
        })
    }

    /// Which provider's record `capability` is in a scope; the absence of a needed one is reported elsewhere.
    pub(crate) fn capability_of(
        &mut self,
        from: kss_value::ScopeKey,
        capability: Symbol,
        at: Origin,
        field: bool,
    ) -> Value {
        let Some(sig) = self.program.capabilities.get(&capability).map(|sig| &**sig) else { return Value::poison(at) };
        let Some(scope) = self.around(from, sig.scope) else { return Value::none(at) };
        let providers = self.provider_keys(scope, capability, at);
        let chosen = match (sig.count, providers.as_slice()) {
            (_, [only]) => Some(only.clone()),
            (Cardinality::Some, several) => self.default_provider(several, at),
            (_, []) => None,
            // Which of them is meant can't be said, and that there are several is reported.
            (_, _) => return Value::poison(at),
        };
        match chosen {
            Some(key) => Value::entry(key, at),
            None if field && sig.count != Cardinality::AtMostOne && self.role != Role::Early => {
                // Reported once for the scope.
                if self.role == Role::Site && !self.foreign.iter().any(|f| f.absent.contains(&(scope, capability))) {
                    self.no_provider(scope, capability, &[]);
                }
                Value::poison(at)
            }
            None => Value::none(at),
        }
    }

    /// Of several providers the one whose record says so.
    fn default_provider(&mut self, providers: &[Arc<EntryKey>], at: Origin) -> Option<Arc<EntryKey>> {
        let is_default =
            |me: &mut Self, key: &Arc<EntryKey>| matches!(me.read(key, n().default, at, true).kind(), Kind::Bool(true));
        providers.iter().find(|key| is_default(self, key)).cloned()
    }
}

fn facts_of(entry: &FrozenEntry) -> Facts {
    Facts { owner: entry.owner.clone(), namespace: entry.namespace, kubernetes: entry.kubernetes, origin: entry.origin }
}
