//! What files import from each other.

use super::Signatures;
use crate::items::{Decl, FileItems, ImportedName};
use kss_diag::{closest, code};
use kss_span::{Origin, Symbol};
use kss_syntax::ast::{self, StmtKind};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Files that an import can mean: the file itself, or all files of a folder.
fn imported_files<'a>(from: Symbol, import: &ast::Import, files: &'a [Arc<FileItems>]) -> Vec<&'a Arc<FileItems>> {
    let (path, named) = import_path(from, import);
    let exact = format!("{path}.kss");
    if let Some(file) = files.iter().find(|f| f.path == exact.as_str()) {
        return vec![file];
    }
    let _ = named;
    let folder = format!("{path}/");
    files.iter().filter(|f| f.path.strip_prefix(folder.as_str()).is_some_and(|rest| !rest.contains('/'))).collect()
}

/// The path of the file without its ending, and the name behind it, if there is one.
fn import_path(from: Symbol, import: &ast::Import) -> (String, Option<ast::Name>) {
    let mut parts: Vec<&str> = Vec::new();
    if let Some(up) = import.relative {
        let folders: Vec<&str> = from.split('/').collect();
        let keep = folders.len().saturating_sub(1 + up as usize);
        parts.extend(&folders[..keep]);
    }
    let (path, last) = match (&import.names, import.path.split_last()) {
        (None, Some((last, init))) if !init.is_empty() => (init, Some(*last)),
        _ => (import.path.as_slice(), None),
    };
    parts.extend(path.iter().map(|n| n.text.as_str()));
    (parts.join("/"), last)
}

pub(super) fn imports(sigs: &mut Signatures, file: &FileItems, files: &[Arc<FileItems>]) {
    for decl in &file.decls {
        let StmtKind::Import(import) = &decl.stmt.kind else { continue };
        let targets = imported_files(file.path, import, files);
        let at = Origin::new(decl.id, decl.stmt.id.0);
        let (path, last) = import_path(file.path, import);
        let names = import.names.clone().unwrap_or_else(|| last.into_iter().collect());
        if targets.is_empty() {
            let known: Vec<&str> = files.iter().filter_map(|f| f.path.strip_suffix(".kss")).collect();
            let mut diag = code::UNKNOWN_IMPORT.at(at, format!("there is no file `{path}.kss`"));
            if let Some(near) = closest(&path, known) {
                diag = diag.help(format!("there is `{near}.kss`"));
            }
            sigs.diags.push(diag);
            missing(sigs, file.path, names.iter().map(|name| name.text));
            continue;
        }
        if names.is_empty() {
            let way = format!("write `import {0}.NAME`, or `import {0}.{{a, b}}` for several", written(import));
            sigs.diags.push(code::UNKNOWN_IMPORT.at(at, "this imports nothing: no name is said").help(way));
        }
        for name in names {
            import_name(sigs, file, decl, name, &targets);
        }
    }
}

/// The path of an import, as it is written.
fn written(import: &ast::Import) -> String {
    let start = match import.relative {
        None => String::new(),
        Some(0) => "./".to_owned(),
        Some(up) => "../".repeat(up as usize),
    };
    let path: Vec<&str> = import.path.iter().map(|name| name.text.as_str()).collect();
    start + &path.join(".")
}

fn import_name(sigs: &mut Signatures, file: &FileItems, decl: &Decl, name: ast::Name, targets: &[&Arc<FileItems>]) {
    let found = targets.iter().find_map(|f| sigs.files.get(&f.path)?.own.get(&name.text).copied());
    let at = Origin::new(decl.id, name.id.0);
    match found {
        Some(item) => {
            if let Some(sig) = sigs.files.get_mut(&file.path) {
                if let Some(own) = sig.own.get(&name.text) {
                    let message = format!("`{}` is imported, and this file declares another one", name.text);
                    let diag = code::HIDES_NAME.at(at, message).also(Origin::new(*own, 0), "declared here");
                    sigs.diags.push(diag.help("choose another name, or leave out the import"));
                    return;
                }
                sig.imports.insert(name.text, ImportedName { item, origin: at });
            }
        }
        None => {
            let known = targets.iter().filter_map(|f| sigs.files.get(&f.path)).flat_map(|f| f.own.keys());
            let mut known: Vec<&str> = known.map(|s| s.as_str()).collect();
            known.sort_unstable();
            let path = targets.first().map_or("", |f| f.path.as_str());
            let mut diag = code::UNKNOWN_IMPORT.at(at, format!("`{path}` declares no `{}`", name.text));
            if declares_module(targets, name.text) {
                diag.message = format!("`{}` is a module, and modules are not imported", name.text);
                diag = diag.help(format!("leave this out: `use {}` finds it by its name", name.text));
            } else if let Some(near) = closest(&name.text, known) {
                diag = diag.near(at, &name.text, near);
            }
            sigs.diags.push(diag);
            missing(sigs, file.path, [name.text]);
        }
    }
}

fn declares_module(files: &[&Arc<FileItems>], wanted: Symbol) -> bool {
    let mut decls = files.iter().flat_map(|file| &file.decls);
    decls.any(|decl| matches!(&decl.stmt.kind, StmtKind::Module { name, .. } if name.text == wanted))
}

fn missing(sigs: &mut Signatures, file: Symbol, names: impl IntoIterator<Item = Symbol>) {
    if let Some(sig) = sigs.files.get_mut(&file) {
        sig.missing.extend(names);
    }
}

/// Files may not import each other in a circle: a reader could not say which of them comes first.
pub(super) fn cycles_of_imports(sigs: &mut Signatures, files: &[Arc<FileItems>]) {
    let mut edges: FxHashMap<Symbol, Vec<(Symbol, Origin)>> = FxHashMap::default();
    for file in files {
        for decl in &file.decls {
            let StmtKind::Import(import) = &decl.stmt.kind else { continue };
            let at = Origin::new(decl.id, decl.stmt.id.0);
            let targets = imported_files(file.path, import, files);
            edges.entry(file.path).or_default().extend(targets.iter().map(|t| (t.path, at)));
        }
    }
    let mut done: Vec<Symbol> = Vec::new();
    for file in files {
        if !done.contains(&file.path) {
            walk(file.path, &edges, &mut Vec::new(), &mut done, &mut sigs.diags);
        }
    }
}

fn walk(
    file: Symbol,
    edges: &FxHashMap<Symbol, Vec<(Symbol, Origin)>>,
    stack: &mut Vec<(Symbol, Origin)>,
    done: &mut Vec<Symbol>,
    diags: &mut Vec<crate::Diag>,
) {
    for (target, at) in edges.get(&file).into_iter().flatten() {
        if let Some(start) = stack.iter().position(|(f, _)| f == target).or((*target == file).then_some(stack.len())) {
            let mut circle: Vec<(Symbol, Origin)> = stack[start.min(stack.len())..].to_vec();
            circle.push((file, *at));
            let names: Vec<String> = circle.iter().map(|(f, _)| format!("`{f}`")).collect();
            let mut diag = code::IMPORT_CYCLE
                .at(*at, format!("files import each other in a circle: {} and back", names.join(" → ")));
            for (f, o) in circle.iter().filter(|(_, o)| o != at) {
                diag = diag.also(*o, format!("`{f}` imports the next"));
            }
            diags.push(diag.help("move what both need into a third file"));
        } else if !done.contains(target) {
            stack.push((file, *at));
            walk(*target, edges, stack, done, diags);
            stack.pop();
        }
    }
    if !done.contains(&file) {
        done.push(file);
    }
}

impl Signatures {
    /// Another file that declares `name`, those of the project first, and how `from` imports it.
    pub(crate) fn elsewhere(&self, from: Symbol, name: Symbol) -> Option<(Symbol, String)> {
        let declares =
            |path: &&Symbol| **path != from && self.files.get(*path).is_some_and(|file| file.own.contains_key(&name));
        let mut paths: Vec<Symbol> = self.files.keys().filter(declares).copied().collect();
        paths.sort_by_key(|path| (path.starts_with("std/"), path.as_str()));
        let path = paths.first()?;
        Some((*path, format!("{}.{name}", import_of(&from, path)?)))
    }
}

/// How file `from` writes the path of file `to` in an import.
fn import_of(from: &str, to: &str) -> Option<String> {
    let to = to.strip_suffix(".kss")?;
    if to.starts_with("std/") {
        return Some(to.replace('/', "."));
    }
    let folder: Vec<&str> = from.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev().collect();
    let parts: Vec<&str> = to.split('/').collect();
    let shared = folder.iter().zip(&parts).take_while(|(a, b)| a == b).count();
    let start = match folder.len() - shared {
        0 => "./".to_owned(),
        up => "../".repeat(up),
    };
    Some(start + &parts[shared..].join("."))
}
