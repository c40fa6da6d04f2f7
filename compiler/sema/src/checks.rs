//! Checks that look at several items: cycles of kinds, recursion, fields that lowerers forget, unused imports.

mod derived;
mod kinds;
pub(crate) mod reads;

pub(crate) use reads::close_reads;

use crate::program::Lowered;
use crate::{Diag, Signatures};
use kss_diag::code;
use kss_ir::{ExprKind, FnId, KindUse, Program};
use kss_span::{ItemId, Origin, Symbol};
use rustc_hash::{FxHashMap, FxHashSet};
use std::hash::Hash;
use std::sync::Arc;

/// Everything that concerns the whole program.
pub(crate) fn whole_program(sigs: &Signatures, program: &mut Program) -> Vec<Diag> {
    let mut out = Vec::new();
    kinds::cycles(program, &mut out);
    recursion(program, &mut out);
    derived::circles(program, &mut out);
    forgotten_fields(sigs, program, &mut out);
    unread_options(program, &mut out);
    out
}

/// An import that nothing in its file uses.
pub fn unused_imports(sigs: &Signatures, lowered: &[(ItemId, Arc<Lowered>)]) -> Vec<Diag> {
    let mut used: FxHashMap<Symbol, FxHashSet<Symbol>> = FxHashMap::default();
    for (item, low) in lowered {
        used.entry(item.key().file).or_default().extend(low.used.iter().copied());
    }
    let mut out = Vec::new();
    for (file, sig) in &sigs.files {
        for (name, import) in &sig.imports {
            let is_type = sigs.types.contains_key(&import.item);
            let is_scope =
                import.item.key().name.starts_with("site ") || import.item.key().name.starts_with("cluster ");
            let in_use = is_type || is_scope || used.get(file).is_some_and(|u| u.contains(name));
            if !in_use {
                out.push(code::UNUSED_IMPORT.at(import.origin, format!("`{name}` is imported and not used")));
            }
        }
    }
    out
}

/// No function calls itself, not even through others. One that does loses its body: the evaluation must end all the same.
fn recursion(program: &mut Program, out: &mut Vec<Diag>) {
    let mut calls: FxHashMap<FnId, Vec<FnId>> = FxHashMap::default();
    for (id, function) in &program.fns {
        let mut found = Vec::new();
        reads::calls_of(&function.body, &mut found);
        calls.insert(*id, found);
    }
    let mut ids: Vec<FnId> = program.fns.keys().copied().collect();
    ids.sort_by_key(|id| (id.item.key(), id.node));
    let mut reported: FxHashSet<FnId> = FxHashSet::default();
    let mut endless = Vec::new();
    for id in ids {
        let mut path = vec![id];
        let Some(circle) = find_circle(id, id, &calls, &mut path, &mut FxHashSet::default()) else { continue };
        endless.push(id);
        if circle.iter().all(|f| !reported.contains(f)) {
            reported.extend(circle.iter().copied());
            let name = |f: &FnId| program.fns.get(f).map_or(Symbol::new("?"), |f| f.name);
            let names: Vec<String> = circle.iter().map(|f| format!("`{}`", name(f))).collect();
            let at = Origin::new(id.item, id.node);
            let message = if circle.len() == 1 {
                format!("function {} calls itself", names[0])
            } else {
                format!("functions call each other in a circle: {}", names.join(" → "))
            };
            let mut diag = code::RECURSION.at(at, message);
            for other in &circle[1..] {
                diag = diag.also(Origin::new(other.item, other.node), "in the circle");
            }
            out.push(diag.help("write a comprehension over a collection instead"));
        }
    }
    for id in endless {
        if let Some(function) = program.fns.get_mut(&id) {
            Arc::make_mut(function).body.kind = ExprKind::Error.into();
        }
    }
}

/// The way from `at` back to `start`; `path` is the way to `at`.
fn find_circle<T: Copy + Eq + Hash>(
    start: T,
    at: T,
    calls: &FxHashMap<T, Vec<T>>,
    path: &mut Vec<T>,
    seen: &mut FxHashSet<T>,
) -> Option<Vec<T>> {
    for next in calls.get(&at).into_iter().flatten() {
        if *next == start {
            return Some(path.clone());
        }
        if seen.insert(*next) {
            path.push(*next);
            if let Some(found) = find_circle(start, *next, calls, path, seen) {
                return Some(found);
            }
            path.pop();
        }
    }
    None
}

/// "Every field of an intent is read by its lowerer or `ignore`d with a reason."
fn forgotten_fields(sigs: &Signatures, program: &Program, out: &mut Vec<Diag>) {
    for kind in program.kinds.values() {
        let (KindUse::Intent { .. }, Some((capability, _))) = (kind.usage, kind.lowered_by) else { continue };
        let Some(def) = sigs.record_of(&kind.ty) else { continue };
        for module in program.modules.values() {
            let Some(provide) = module.provides.iter().find(|p| p.capability == capability) else { continue };
            let helpers = with_uses(program, module);
            let read = |f: &kss_ir::FieldSig| helpers.iter().any(|m| m.reads.contains(&(kind.name, f.name)));
            let ignored = |f: &kss_ir::FieldSig| {
                helpers.iter().any(|m| m.ignores.iter().any(|i| i.kind == kind.name && i.field == f.name))
            };
            let forgotten: Vec<&kss_ir::FieldSig> = def.fields.iter().filter(|f| !read(f) && !ignored(f)).collect();
            // A module that reads nothing of the kind leaves all of it to `covered`, which evaluation checks entry by entry.
            if forgotten.is_empty() {
                continue;
            }
            let names: Vec<String> = forgotten.iter().map(|f| format!("`{}.{}`", kind.name, f.name)).collect();
            let at = Origin::new(module.item, provide.node);
            let mut diag = code::FORGOTTEN_FIELD
                .at(at, format!("`{}` lowers `{}` and never reads {}", module.name, kind.name, names.join(", ")));
            for field in forgotten.iter().take(3) {
                diag = diag.also(field.origin, "declared here");
            }
            let first = forgotten[0].name;
            out.push(diag.help(format!("read it, or write `ignore {}.{first} because \"…\"`", kind.name)));
        }
    }
}

/// A module and those that it uses: a lowerer may leave work to them.
fn with_uses<'p>(program: &'p Program, module: &'p kss_ir::ModuleIr) -> Vec<&'p kss_ir::ModuleIr> {
    let mut out = vec![module];
    let mut at = 0;
    while at < out.len() {
        for used in &out[at].body.uses {
            if let Some(found) = program.modules.get(&used.module)
                && !out.iter().any(|m| m.name == found.name)
            {
                out.push(found);
            }
        }
        at += 1;
    }
    out
}

/// An option that nothing reads.
fn unread_options(program: &Program, out: &mut Vec<Diag>) {
    for module in program.modules.values() {
        for (name, option) in &module.options {
            if !module.options_read.contains(name) {
                let at = Origin::new(module.item, option.node);
                out.push(
                    code::UNUSED_OPTION
                        .at(at, format!("nothing in module `{}` reads option `{name}`", module.name))
                        .help("use it or remove it"),
                );
            }
        }
    }
}
