//! Derived fields of a type that need themselves, whatever a value of the type holds.

use super::find_circle;
use super::reads::visit;
use crate::Diag;
use kss_diag::code;
use kss_ir::{ExprKind, LetSig, Program, RecordId};
use kss_span::{Origin, Symbol};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Reports each circle once. What is on it loses its value: the evaluation must end all the same.
pub(super) fn circles(program: &mut Program, out: &mut Vec<Diag>) {
    let mut ids: Vec<RecordId> = program.records.keys().copied().collect();
    ids.sort_by_key(|id| (id.item.key(), id.node));
    // A sum lists the fields of its left side too.
    let mut told: FxHashSet<Origin> = FxHashSet::default();
    for id in ids {
        let Some(def) = program.records.get(&id) else { continue };
        let reads: FxHashMap<Symbol, Vec<Symbol>> = def.lets.iter().map(|l| (l.name, siblings(l, &def.lets))).collect();
        let circle = |name| find_circle(name, name, &reads, &mut vec![name], &mut FxHashSet::default());
        let found: Vec<Vec<Symbol>> = def.lets.iter().filter_map(|l| circle(l.name)).collect();
        for circle in &found {
            let places: Vec<Origin> = circle.iter().filter_map(|name| Some(def.let_(*name)?.origin)).collect();
            let Some((first, others)) = places.split_first() else { continue };
            if !places.iter().any(|place| told.contains(place)) {
                let way: Vec<String> = circle.iter().chain(&circle[..1]).map(|name| format!("`{name}`")).collect();
                let mut diag = code::FIELD_CYCLE.at(*first, format!("the value of {} needs itself", way[0]));
                for place in others {
                    diag = diag.also(*place, "in the circle");
                }
                out.push(diag.note(way.join(" → ")).help("give one of them a value of its own"));
            }
            told.extend(places);
        }
        let Some(def) = program.records.get_mut(&id).filter(|_| !found.is_empty()) else { continue };
        let endless = |l: &&mut LetSig| found.iter().any(|circle| circle.first() == Some(&l.name));
        for value in Arc::make_mut(def).lets.iter_mut().filter(endless).filter_map(|l| l.value.as_mut()) {
            Arc::make_mut(value).kind = ExprKind::Error.into();
        }
    }
}

/// The derived fields beside it that one reads.
fn siblings(of: &LetSig, all: &[LetSig]) -> Vec<Symbol> {
    let mut found = Vec::new();
    if let Some(value) = &of.value {
        visit(value, &mut |e| match &*e.kind {
            ExprKind::SelfField(name) if all.iter().any(|l| l.name == *name) => found.push(*name),
            _ => {}
        });
    }
    found
}
