//! The value of an expression, looked up where it was evaluated: nothing is computed.

use super::{Found, below};
use crate::{Analysis, Evaluated};
use kss_eval::WhyStep;
use kss_sema::{DeclKind, EntryName, Target};
use kss_span::{ItemId, Origin, Symbol};
use kss_syntax::ast::{Expr, ExprKind, Key};
use kss_value::{EntryKey, Kind, ScopeKey, ScopeKind, Value};
use std::sync::Arc;

/// Where an item is evaluated.
#[derive(Clone, Copy)]
struct At {
    part: usize,
    scope: ScopeKey,
    item: ItemId,
}

/// A value, with the place in an entry that it was read from.
struct Read {
    value: Value,
    from: Option<(Arc<EntryKey>, Vec<Symbol>)>,
}

impl Analysis {
    /// The values of an expression of an item.
    pub(crate) fn values_of_expr(&self, item: ItemId, expr: &Expr, evaluated: &Evaluated) -> Vec<Found> {
        let mut out: Vec<Found> = Vec::new();
        for at in self.evaluated_at(item, evaluated) {
            let Some(read) = self.read(at, expr, evaluated) else { continue };
            let steps = read.from.as_ref().map(|(key, path)| steps_of(evaluated, key, path)).unwrap_or_default();
            out.push(Found::new(at.part, at.scope.name, &read.value, steps));
        }
        if !out.is_empty() {
            return out;
        }
        let facts = evaluated.facts(item);
        let made = facts.values.get(&expr.id.0).map(Vec::as_slice).unwrap_or_default();
        let found = |(part, value): &(usize, _)| Found::new(*part, Symbol::new(""), value, Vec::new());
        self.made_at(item, made, evaluated).map(found).collect()
    }

    /// Of the values that an expression made those of the parts that evaluate it: others have copies.
    pub(crate) fn made_at<'v>(
        &self,
        item: ItemId,
        made: &'v [(usize, Value)],
        evaluated: &Evaluated,
    ) -> impl Iterator<Item = &'v (usize, Value)> {
        let parts: Vec<usize> = self.evaluated_at(item, evaluated).into_iter().map(|at| at.part).collect();
        made.iter().filter(move |(part, _)| parts.is_empty() || parts.contains(part))
    }

    /// Every scope in which an item is evaluated.
    fn evaluated_at(&self, item: ItemId, evaluated: &Evaluated) -> Vec<At> {
        let key = item.key();
        let Some((kind, name)) = key.name.split_once(' ') else { return Vec::new() };
        let name = Symbol::new(name);
        let mut out = Vec::new();
        for (part, model) in evaluated.parts().enumerate() {
            let root = model.scope.key;
            match kind {
                "cluster" if root.kind == ScopeKind::Cluster && root.name == name => {
                    out.push(At { part, scope: root, item });
                }
                "site" | "overlay" if root.kind == ScopeKind::Site && root.name == name => {
                    out.push(At { part, scope: root, item });
                }
                "module" => {
                    let used = model.modules_in_use().into_iter().filter(|(_, modules)| modules.contains(&name));
                    out.extend(used.map(|(scope, _)| At { part, scope, item }));
                }
                _ => {}
            }
        }
        out
    }

    fn read(&self, at: At, expr: &Expr, evaluated: &Evaluated) -> Option<Read> {
        let found = match &expr.kind {
            ExprKind::Name(name) => self.read_name(at, expr, *name, evaluated),
            ExprKind::Member { base, key, .. } => self.read_member(at, base, key, evaluated),
            _ => None,
        };
        found.or_else(|| {
            // What the expression itself made, if that is one value here.
            let facts = evaluated.facts(at.item);
            let mut made = facts.values.get(&expr.id.0)?.iter().filter(|(part, _)| *part == at.part);
            let (_, value) = made.next()?;
            made.next().is_none().then(|| Read { value: value.clone(), from: None })
        })
    }

    fn read_name(&self, at: At, expr: &Expr, name: Symbol, evaluated: &Evaluated) -> Option<Read> {
        let word = self.index(at.item).word(expr.id.0)?.target.clone();
        match &word {
            Target::Scope(kind) => self.scope_entry(at, *kind, evaluated).map(entry),
            Target::Entry(named) => find_entry(at, named, evaluated).map(entry),
            Target::At(origin) => {
                let declared = self.declaration(*origin)?;
                match declared.kind {
                    DeclKind::Let => {
                        let whole = Origin::new(origin.item, declared.whole);
                        let lets = evaluated.part(at.part)?.lets();
                        let of_scope = lets.iter().find(|l| l.origin == whole && l.scope == at.scope);
                        let found = of_scope.or_else(|| lets.iter().find(|l| l.origin == whole))?;
                        Some(Read { value: found.value.clone(), from: None })
                    }
                    DeclKind::Option => {
                        let item = origin.item.key().name;
                        let module = Symbol::new(item.strip_prefix("module ")?);
                        let of_module = |key: &EntryKey| key.kind == "module" && key.name == module;
                        let part = evaluated.part(at.part)?;
                        let mut found = part.entries().filter(|e| of_module(e.key));
                        let entry = found.find(|e| e.key.scope == at.scope)?;
                        let value = entry.field(name)?.clone();
                        Some(Read { value, from: Some((entry.key.clone(), vec![name])) })
                    }
                    DeclKind::Capability => provider(at, name, evaluated).map(entry),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn read_member(&self, at: At, base: &Expr, key: &Key, evaluated: &Evaluated) -> Option<Read> {
        let name = key.literal()?;
        if let Some(word) = self.index(at.item).word(key.id().0)
            && let Target::Entry(named) = &word.target
        {
            return find_entry(at, named, evaluated).map(entry);
        }
        // `site.network.lan`: an entry by its kind.
        if let ExprKind::Member { base: scope, key: kind, .. } = &base.kind
            && let Some(kind) = kind.literal().filter(|kind| self.signatures().kinds.contains_key(kind))
            && let Some(scope) = self.read(at, scope, evaluated)
            && let Kind::Ref(scope) = scope.value.kind()
        {
            let of_scope = |key: &EntryKey| key.kind == kind && key.name == name && key.scope.name == scope.name;
            let entries = evaluated.parts().flat_map(|part| part.entries());
            if let Some(found) = entries.map(|e| e.key).filter(|key| of_scope(key)).min() {
                return Some(entry(found.clone()));
            }
        }
        let base = self.read(at, base, evaluated)?;
        if let Kind::Ref(key) = base.value.kind() {
            let (_, found) = evaluated.find(key)?;
            if let Some(value) = found.field(name) {
                return Some(Read { value: value.clone(), from: Some((key.clone(), vec![name])) });
            }
            // `cluster.cni`, `site.vault`
            return provider(at, name, evaluated).map(entry);
        }
        let value = below(&base.value, &[name])?.clone();
        let from = base.from.map(|(key, path)| (key, path.into_iter().chain([name]).collect()));
        Some(Read { value, from })
    }

    fn scope_entry(&self, at: At, kind: ScopeKind, evaluated: &Evaluated) -> Option<Arc<EntryKey>> {
        let name = match kind {
            ScopeKind::Site => None,
            ScopeKind::Cluster => Some(at.scope.outer),
            ScopeKind::Machine | ScopeKind::Node => Some(at.scope.name),
        };
        let word = kind.word();
        let is_it = |key: &EntryKey| key.kind == word && name.is_none_or(|name| key.name == name);
        let own = evaluated.part(at.part);
        let entries = own.into_iter().chain(evaluated.parts()).flat_map(|part| part.entries());
        entries.map(|e| e.key).find(|key| is_it(key)).cloned()
    }
}

fn entry(key: Arc<EntryKey>) -> Read {
    Read { value: Value::entry(key, Origin::NOWHERE), from: None }
}

/// An entry as it is named in a scope: its own part first, then the site's.
fn find_entry(at: At, named: &EntryName, evaluated: &Evaluated) -> Option<Arc<EntryKey>> {
    let is_it = |key: &EntryKey| key.kind == named.kind && key.name == named.name;
    let own = evaluated.part(at.part);
    let mut parts = own.into_iter().chain(evaluated.parts());
    parts.find_map(|part| part.entries().map(|e| e.key).filter(|key| is_it(key)).min().cloned())
}

/// The record of a capability that a scope sees.
fn provider(at: At, name: Symbol, evaluated: &Evaluated) -> Option<Arc<EntryKey>> {
    let own = evaluated.part(at.part);
    let is_it = |key: &EntryKey| key.kind == "capability" && key.name == name;
    let mut parts = own.into_iter().chain(evaluated.parts());
    parts.find_map(|part| part.entries().map(|e| e.key).filter(|key| is_it(key)).min().cloned())
}

fn steps_of(evaluated: &Evaluated, key: &EntryKey, path: &[Symbol]) -> Vec<WhyStep> {
    match evaluated.find(key) {
        Some((part, _)) => evaluated.part(part).map(|part| part.why(key, path)).unwrap_or_default(),
        None => Vec::new(),
    }
}
