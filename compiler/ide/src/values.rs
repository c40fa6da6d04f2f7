//! The values of what stands at a position, in each cluster.

mod lookup;

use crate::{Analysis, Evaluated, Place};
use kss_eval::{WhyStep, value_text};
use kss_sema::{DeclKind, Target, Usage};
use kss_span::{Origin, Symbol};
use kss_syntax::ast::{Expr, ExprKind, FieldValue, Stmt, StmtKind};
use kss_syntax::visit::Node;
use kss_value::{EntryKey, Flags, ScopeKind, Value};
use std::sync::Arc;

/// A value in one scope.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Number of the part that evaluated it.
    pub part: usize,
    /// What tells it from others of the part: the name of its entry.
    pub name: Symbol,
    /// For people.
    pub text: String,
    /// The value itself; none of what shows nothing of itself.
    pub value: Option<Value>,
    /// Who wrote it, the winner first.
    pub steps: Vec<WhyStep>,
}

/// Equal values of several scopes.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Group {
    /// `kss`, `kss, kcs`, `all clusters`, `kss: worker-1`
    pub label: String,
    /// For people.
    pub text: String,
    /// Who wrote it, the winner first.
    pub steps: Vec<WhyStep>,
}

/// What is shown of a private value.
pub(crate) const PRIVATE: &str = "a private value";

/// Is it private, or written in a private overlay?
pub(crate) fn is_private(value: &Value) -> bool {
    value.flags().has(Flags::PRIVATE) || in_overlay(value.origin())
}

/// Does a private overlay say it?
pub(crate) fn in_overlay(origin: Origin) -> bool {
    origin.item.key().name.starts_with("overlay ")
}

/// How many different values are told.
const TOLD: usize = 12;

impl Found {
    fn new(part: usize, name: Symbol, value: &Value, steps: Vec<WhyStep>) -> Found {
        let hidden = is_private(value);
        let text = if hidden { PRIVATE.to_owned() } else { value_text(value) };
        let hide = |step: WhyStep| WhyStep { value: step.value.with_flags(Flags::PRIVATE), ..step };
        let steps = if hidden { steps.into_iter().map(hide).collect() } else { steps };
        let shown = !hidden && !value.flags().has(Flags::SECRET) && !value.is_poison();
        Found { part, name, text, value: shown.then(|| value.clone()), steps }
    }
}

impl Analysis {
    /// The values of what stands at a position; none of what has no value, or none yet.
    pub(crate) fn values_at(&self, place: &Place, evaluated: &Evaluated) -> Vec<Found> {
        let around = place.around();
        if let Some(stmt) = written(&around, place) {
            let found = self.values_of_statement(place, stmt, evaluated);
            // Where nobody else could have written it, nothing but the value itself is kept.
            return match value_of(stmt) {
                Some(expr) if found.is_empty() => self.values_of_expr(place.item, expr, evaluated),
                _ => found,
            };
        }
        if let Some((word, _)) = self.word(place)
            && word.usage == Usage::Declare
            && let Target::At(origin) = self.canonical(&word.target)
        {
            return self.values_of_declaration(origin, evaluated);
        }
        match innermost(&around) {
            Some(expr) if !is_plain(expr) => self.values_of_expr(place.item, expr, evaluated),
            _ => Vec::new(),
        }
    }

    /// The values that a statement contributes to.
    pub(crate) fn values_of_statement(&self, place: &Place, stmt: &Stmt, evaluated: &Evaluated) -> Vec<Found> {
        let facts = evaluated.facts(place.item);
        let found = facts.of(stmt.id.0).iter().filter_map(|fact| {
            let (first, rest) = fact.path.split_first()?;
            let entry = evaluated.entry(fact.part, &fact.entry)?;
            let whole = match entry.field(*first) {
                Some(value) => value,
                None => return None,
            };
            let name = fact.entry.name;
            Some(match below(whole, rest) {
                Some(value) => Found::new(fact.part, name, value, fact.steps.clone()),
                // A union's case or a converted value has other keys than those that are written.
                None => {
                    let winner = fact.steps.iter().find(|s| s.won)?;
                    let hidden = is_private(whole);
                    let text = if hidden { PRIVATE.to_owned() } else { winner.value_text() };
                    let steps = if hidden { Vec::new() } else { fact.steps.clone() };
                    Found { part: fact.part, name, text, value: None, steps }
                }
            })
        });
        found.collect()
    }

    /// The values of a declared option, `let` or field.
    pub(crate) fn values_of_declaration(&self, origin: Origin, evaluated: &Evaluated) -> Vec<Found> {
        let Some(declared) = self.declaration(origin) else { return Vec::new() };
        let whole = Origin::new(origin.item, declared.whole);
        match declared.kind {
            DeclKind::Option => {
                let item = origin.item.key().name;
                let Some(module) = item.strip_prefix("module ").map(Symbol::new) else { return Vec::new() };
                self.values_of_field(evaluated, declared.name, |key| key.kind == "module" && key.name == module)
            }
            DeclKind::Let => {
                let lets = evaluated.parts().enumerate().flat_map(|(at, part)| {
                    part.lets().iter().filter(|found| found.origin == whole).map(move |found| (at, found))
                });
                let found: Vec<Found> =
                    lets.map(|(at, found)| Found::new(at, found.scope.name, &found.value, Vec::new())).collect();
                if found.is_empty() { self.values_of_record_field(whole, declared.name, evaluated) } else { found }
            }
            DeclKind::Field => self.values_of_record_field(whole, declared.name, evaluated),
            _ => Vec::new(),
        }
    }

    /// The field of all entries whose kind's type has it.
    fn values_of_record_field(&self, whole: Origin, name: Symbol, evaluated: &Evaluated) -> Vec<Found> {
        let sigs = self.signatures();
        let declares = |ty: &kss_ir::Ty| match ty {
            kss_ir::Ty::Record(id) => sigs.records.get(id).is_some_and(|r| {
                r.fields.iter().map(|f| f.origin).chain(r.lets.iter().map(|l| l.origin)).any(|o| o == whole)
            }),
            _ => false,
        };
        let kinds: Vec<Symbol> = sigs.kinds.values().filter(|k| declares(&k.ty)).map(|k| k.name).collect();
        let scopes = sigs.scope_types.iter().filter(|(_, id)| declares(&kss_ir::Ty::Record(**id)));
        let scopes: Vec<&str> = scopes.map(|(kind, _)| kind.word()).collect();
        let capabilities = sigs.capabilities.values().filter(|c| declares(&c.ty));
        let capabilities: Vec<Symbol> = capabilities.map(|c| c.name).collect();
        self.values_of_field(evaluated, name, |key| {
            kinds.contains(&key.kind)
                || scopes.contains(&key.kind.as_str())
                || key.kind == "capability" && capabilities.contains(&key.name)
        })
    }

    fn values_of_field(&self, evaluated: &Evaluated, name: Symbol, wanted: impl Fn(&EntryKey) -> bool) -> Vec<Found> {
        let mut found: Vec<(usize, Arc<EntryKey>, Found)> = Vec::new();
        for (at, part) in evaluated.parts().enumerate() {
            for entry in part.entries().filter(|e| wanted(e.key)) {
                let Some(value) = entry.field(name) else { continue };
                let steps = part.why(entry.key, &[name]);
                found.push((at, entry.key.clone(), Found::new(at, entry.key.name, value, steps)));
            }
        }
        found.sort_by(|(a, ka, _), (b, kb, _)| (a, ka).cmp(&(b, kb)));
        found.into_iter().map(|(_, _, found)| found).collect()
    }

    /// Joins equal values: of the entries of a part, then of the parts.
    pub(crate) fn groups(&self, evaluated: &Evaluated, found: &[Found]) -> Vec<Group> {
        let mut parts: Vec<usize> = found.iter().map(|f| f.part).collect();
        parts.sort_unstable();
        parts.dedup();
        let mut groups: Vec<(Vec<usize>, Vec<Symbol>, &Found)> = Vec::new();
        for part in parts {
            let here: Vec<&Found> = found.iter().filter(|f| f.part == part).collect();
            let mut distinct: Vec<(Vec<Symbol>, &Found)> = Vec::new();
            for f in here {
                match distinct.iter_mut().find(|(_, known)| same(known, f)) {
                    Some((names, _)) => names.push(f.name),
                    None => distinct.push((vec![f.name], f)),
                }
            }
            let several = distinct.len() > 1;
            for (names, f) in distinct {
                let names = if several { names } else { Vec::new() };
                match groups.iter_mut().find(|(_, known, g)| known.is_empty() && names.is_empty() && same(g, f)) {
                    Some((parts, _, _)) => parts.push(part),
                    None => groups.push((vec![part], names, f)),
                }
            }
        }
        let more = groups.len().saturating_sub(TOLD);
        let mut out: Vec<Group> = groups
            .into_iter()
            .take(TOLD)
            .map(|(parts, names, f)| Group {
                label: label(evaluated, &parts, &names),
                text: f.text.clone(),
                steps: f.steps.clone(),
            })
            .collect();
        if more > 0 {
            out.push(Group { label: "…".to_owned(), text: format!("{more} more"), steps: Vec::new() });
        }
        out
    }
}

/// Do both say the same, by the same statement?
fn same(a: &Found, b: &Found) -> bool {
    let winner = |f: &Found| f.steps.iter().find(|s| s.won).map(|s| (s.origin, s.layer));
    a.text == b.text && winner(a) == winner(b)
}

fn label(evaluated: &Evaluated, parts: &[usize], names: &[Symbol]) -> String {
    let scopes: Vec<_> = parts.iter().filter_map(|at| evaluated.part(*at)).map(|part| part.scope.key).collect();
    let clusters = evaluated.clusters();
    if clusters > 1 && scopes.iter().filter(|s| s.kind == ScopeKind::Cluster).count() == clusters {
        return "all clusters".to_owned();
    }
    let scopes: Vec<String> = scopes.iter().map(|scope| scope.to_string()).collect();
    let scopes = scopes.join(", ");
    let mut shown: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    shown.dedup();
    let more = shown.len().saturating_sub(4);
    shown.truncate(4);
    let mut names = shown.join(", ");
    if more > 0 {
        names.push_str(&format!(" and {more} more"));
    }
    if names.is_empty() || names == scopes { scopes } else { format!("{scopes}: {names}") }
}

/// The statement whose last key is at the position and which gives it a value that is no block.
fn written<'a>(around: &[Node<'a>], place: &Place) -> Option<&'a Stmt> {
    let key = match around.last()? {
        Node::Key(key) => key.id(),
        _ => return None,
    };
    let stmt = around.iter().rev().find_map(|node| match node {
        Node::Stmt(stmt) => Some(*stmt),
        _ => None,
    })?;
    let StmtKind::Field(field) = &stmt.kind else { return None };
    let is_value = matches!(field.value, Some(FieldValue::Expr(_) | FieldValue::KeyedExpr { .. }));
    let last = field.path.last()?.id();
    (is_value && field.ty.is_none() && last == key && place.touches(key)).then_some(stmt)
}

/// The expression that a statement gives its field.
pub(crate) fn value_of(stmt: &Stmt) -> Option<&Expr> {
    match &stmt.kind {
        StmtKind::Field(field) => match &field.value {
            Some(FieldValue::Expr(expr)) => Some(expr),
            _ => None,
        },
        _ => None,
    }
}

/// The innermost expression; of the name of a function the call.
fn innermost<'a>(around: &[Node<'a>]) -> Option<&'a Expr> {
    let mut exprs = around.iter().rev().filter_map(|node| match node {
        Node::Expr(e) => Some(*e),
        _ => None,
    });
    let inner = exprs.next()?;
    match exprs.next() {
        Some(outer) if matches!(&outer.kind, ExprKind::Call { callee, .. } if callee.id == inner.id) => Some(outer),
        _ => Some(inner),
    }
}

/// A literal says its value itself.
pub(crate) fn is_plain(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal { .. } | ExprKind::Missing | ExprKind::Record(_) | ExprKind::Construct { .. } => true,
        ExprKind::Text(text) => text.literal().is_some(),
        _ => false,
    }
}

/// The value at a path below another.
pub(crate) fn below<'v>(value: &'v Value, path: &[Symbol]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| value.get(*name))
}
