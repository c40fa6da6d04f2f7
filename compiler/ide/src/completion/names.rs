//! Names of modules, capabilities, kinds, types, scopes, sites, files, codes.

use super::request::Request;
use super::spot::{self, Body};
use super::{CompletionKind, Offers, entries, rank};
use kss_ir::Ty;
use kss_sema::{DeclKind, ModuleSig};
use kss_span::Symbol;
use kss_syntax::ast::{Head, Import, Key, Name};
use kss_syntax::visit::Node;
use kss_value::ScopeKind;
use rustc_hash::FxHashSet;

/// Types, and the words that make types of types.
pub(super) fn types(request: &Request<'_>, out: &mut Offers) {
    let sigs = request.sigs();
    for (name, ty) in sigs.types_in(request.item()) {
        let origin = match &ty {
            Ty::Record(id) | Ty::Union(id) | Ty::Refined(_, id) => Some(id.item),
            _ => None,
        };
        let distance = match origin {
            Some(item) if item.key().file == request.item().key().file => 0,
            None => 1,
            Some(_) => 2,
        };
        let offer = out.add(name.as_str(), CompletionKind::Type, rank(0, distance));
        let doc = origin.and_then(|item| request.analysis.declarations(item).first().and_then(|d| d.doc.clone()));
        offer.doc(doc.as_deref());
        if let Ty::Union(_) | Ty::Refined(..) = &ty {
            offer.detail(sigs.show(&ty));
        }
    }
    for (word, snippet) in [("ref", "ref $0"), ("set", "set $0"), ("Later", "Later $0")] {
        out.add(word, CompletionKind::Keyword, rank(1, 0)).snippet(snippet);
    }
    out.add("none", CompletionKind::Constant, rank(3, 0));
}

/// The kind of scope that the end of `path` stands in.
fn scope_of(path: &[Node<'_>]) -> Option<ScopeKind> {
    match spot::body(path) {
        Body::Module(kind) | Body::Scope { kind, .. } => Some(kind),
        _ => None,
    }
}

/// Modules: those that fit the scope and are not there yet first; behind `remove` those that are there.
pub(super) fn modules(request: &Request<'_>, path: &[Node<'_>], remove: bool, out: &mut Offers) {
    let scope = scope_of(path);
    let used = spot::block(path).map(spot::used).unwrap_or_default();
    let present = closure(request, &used);
    for module in request.sigs().modules.values() {
        let fits = scope.is_none_or(|scope| {
            module.scope == scope || module.scope == ScopeKind::Machine && scope == ScopeKind::Node
        });
        let there = present.contains(&module.name);
        let core = module.item.key().file.starts_with("std/core/");
        let fit = match (remove, there) {
            (true, true) => 0,
            (true, false) => 2,
            (false, _) if !fits || core => 4,
            (false, _) if used.contains(&module.name) => 3,
            (false, true) => 1,
            (false, false) => 0,
        };
        add_module(module, fit, request, !remove, out);
    }
}

fn add_module(module: &ModuleSig, fit: u8, request: &Request<'_>, body: bool, out: &mut Offers) {
    let own = !module.item.key().file.starts_with("std/");
    let offer = out.add(module.name.as_str(), CompletionKind::Module, rank(fit, u8::from(!own)));
    offer.detail(format!("module for {}", module.scope)).doc(module.doc.as_deref());
    let required: Vec<_> = module.options.iter().filter(|(_, o)| o.required).collect();
    if body && !required.is_empty() && !request.continued() {
        let fields = required.iter().enumerate().map(|(at, (name, option))| {
            let assigned = super::fields::assignment(name.as_str(), &option.ty);
            assigned.replace("${1:", &format!("${{{}:", at + 1)).replace("$0", &format!("${}", at + 1))
        });
        let fields = fields.collect::<Vec<_>>().join(", ");
        offer.snippet(format!("{} {{ {fields} }}", module.name));
    }
}

/// Modules that are in use because of those that are named.
fn closure(request: &Request<'_>, used: &[Symbol]) -> FxHashSet<Symbol> {
    let mut found: FxHashSet<Symbol> = FxHashSet::default();
    let mut open = used.to_vec();
    while let Some(name) = open.pop() {
        if found.insert(name) {
            let module = request.sigs().modules.get(&name);
            open.extend(module.iter().flat_map(|m| m.uses.iter().map(|(name, _)| *name)));
        }
    }
    found
}

/// Capabilities that a module may provide, or that lower an intent.
pub(super) fn capabilities(request: &Request<'_>, provide: bool, out: &mut Offers) {
    let sigs = request.sigs();
    let module = request.module();
    for capability in sigs.capabilities.values() {
        let fits = module.is_none_or(|m| m.scope == capability.scope);
        let offer = out.add(capability.name.as_str(), CompletionKind::Capability, rank(u8::from(!fits), 0));
        offer.detail(sigs.show(&capability.ty)).doc(capability.doc.as_deref());
        if provide && !request.continued() {
            let def = sigs.record_of(&capability.ty);
            let required = def.into_iter().flat_map(|d| d.fields.iter().filter(|f| !f.has_default));
            let fields: Vec<String> =
                required.enumerate().map(|(at, f)| format!("  {} = ${}", f.name, at + 1)).collect();
            offer.snippet(format!("{} {{\n{}\n}}", capability.name, fields.join("\n")));
        }
    }
    if !provide {
        out.add("site", CompletionKind::Scope, rank(1, 0)).plain("site.");
    }
}

/// What stands behind `needs`, or behind `needs site.`
pub(super) fn needs(request: &Request<'_>, before: &[Name], out: &mut Offers) {
    let sigs = request.sigs();
    if before.is_empty() {
        let needed = request.module().map(|m| m.needs.clone()).unwrap_or_default();
        for capability in sigs.capabilities.values() {
            let fits = request.module().is_none_or(|m| m.scope == capability.scope);
            let again = needed.iter().any(|(p, _, _)| *p == kss_ir::Path::Own(capability.name));
            let fit = if again { 3 } else { u8::from(!fits) * 2 };
            let offer = out.add(capability.name.as_str(), CompletionKind::Capability, rank(fit, 0));
            offer.detail(sigs.show(&capability.ty)).doc(capability.doc.as_deref());
        }
        out.add("site", CompletionKind::Scope, rank(1, 0)).plain("site.");
        return;
    }
    let mut ty = Ty::Ref(Symbol::new("site"));
    for name in before.iter().skip(1) {
        let next = sigs.members(request.item(), &ty).into_iter().find(|m| m.name == name.text);
        ty = next.map_or(Ty::Error, |m| m.ty);
    }
    for member in sigs.members(request.item(), &ty) {
        let fit = match &member.ty {
            Ty::Optional(_) | Ty::Capability(_) => 0,
            Ty::Ref(_) | Ty::Record(_) => 1,
            _ => 3,
        };
        let offer = out.add(member.name.as_str(), CompletionKind::Field, rank(fit, 0));
        offer.detail(sigs.show(&member.ty)).doc(member.doc.as_deref());
    }
}

/// Kinds of entries.
pub(super) fn kinds(request: &Request<'_>, out: &mut Offers) {
    for kind in request.sigs().kinds.values() {
        let offer = out.add(kind.name.as_str(), CompletionKind::Kind, rank(0, 0));
        offer.detail(request.sigs().show(&kind.ty)).doc(kind.doc.as_deref());
    }
}

/// Behind `ignore KIND.`
pub(super) fn fields_of_kind(request: &Request<'_>, kind: Symbol, out: &mut Offers) {
    let sigs = request.sigs();
    let def = sigs.kinds.get(&kind).and_then(|k| sigs.record_of(&k.ty));
    for field in def.iter().flat_map(|d| &d.fields) {
        let offer = out.add(field.name.as_str(), CompletionKind::Field, rank(0, 0));
        offer.detail(sigs.show(&field.ty)).doc(field.doc.as_deref());
    }
}

/// Scopes, and what an entry may be `per`.
pub(super) fn scopes(request: &Request<'_>, out: &mut Offers) {
    let per = request.previous().is_some_and(|(_, word)| word == "per");
    for word in ["cluster", "machine", "node", "site"] {
        out.add(word, CompletionKind::Scope, rank(0, 0));
    }
    if per {
        for word in ["module", "namespace"] {
            out.add(word, CompletionKind::Scope, rank(0, 1));
        }
    }
}

/// Behind `tune` and `remove`: kinds and modules.
pub(super) fn targets(request: &Request<'_>, path: &[Node<'_>], remove: bool, out: &mut Offers) {
    if let (true, Body::Record | Body::Options(_)) = (remove, spot::body(path)) {
        // In a record a path is removed.
        return super::fields::of_record(request, path, out);
    }
    for kind in request.sigs().kinds.values() {
        let offer = out.add(kind.name.as_str(), CompletionKind::Kind, rank(1, 0));
        offer.detail(format!("an entry of `{}`", kind.name)).doc(kind.doc.as_deref());
    }
    if remove {
        out.add("use", CompletionKind::Keyword, rank(0, 0)).snippet("use $0");
        return;
    }
    let used = spot::block(path).map(spot::used).unwrap_or_default();
    let present = closure(request, &used);
    for module in request.sigs().modules.values() {
        add_module(module, if present.contains(&module.name) { 0 } else { 2 }, request, false, out);
    }
}

/// A further word of a head: the name of an entry, or the Kubernetes kind of a manifest.
pub(super) fn head(request: &Request<'_>, path: &[Node<'_>], head: &Head, new: bool, out: &mut Offers) {
    let Some(kind) = head.words.first().and_then(Key::literal) else { return };
    if !request.sigs().kinds.contains_key(&kind) {
        // `env by name { … }`
        out.add("by", CompletionKind::Keyword, rank(0, 0)).snippet("by ${1:name} {\n  $0\n}");
    }
    let is_manifest = request.sigs().kinds.get(&kind).is_some_and(|k| k.kubernetes);
    let at = head.words.iter().position(|w| w.literal().is_some_and(|n| n == super::request::MARKER));
    if is_manifest && at == Some(1) {
        return super::foreign::kubernetes_kinds(request, out);
    }
    if kind == "overlay" && path.len() == 1 {
        return sites(request, out);
    }
    let shared = super::statements::kind(request.sigs(), kind).is_some_and(|k| k.shared);
    if !new || shared {
        return entries(request, kind.as_str(), out);
    }
    // What a module is called its release, its namespace and its route are called as well.
    if let Some(module) = request.module() {
        out.add(module.name.as_str(), CompletionKind::Entry, rank(0, 0)).detail("the name of the module");
    }
}

/// Entries of a kind.
pub(super) fn entries(request: &Request<'_>, kind: &str, out: &mut Offers) {
    let kind = Symbol::new(kind);
    for entry in entries::all(request, kind) {
        let offer = out.add(entry.name.as_str(), CompletionKind::Entry, rank(0, entry.distance));
        offer.detail(format!("{kind} {}", entry.name)).doc(entry.doc.as_deref());
    }
}

/// Sites, imported ones first.
pub(super) fn sites(request: &Request<'_>, out: &mut Offers) {
    let sigs = request.sigs();
    let file = Symbol::new(request.analysis.path(request.file));
    for (name, item) in &sigs.sites {
        let known = sigs.item_named(file, *name) == Some(*item);
        let offer = out.add(name.as_str(), CompletionKind::Scope, rank(u8::from(!known), 0));
        offer.detail("site").doc(request.analysis.declarations(*item).first().and_then(|d| d.doc.clone()).as_deref());
    }
}

/// What a test may begin with.
pub(super) fn bases(request: &Request<'_>, out: &mut Offers) {
    let sigs = request.sigs();
    for (name, item, what) in
        sigs.clusters.iter().map(|(n, i)| (n, i, "cluster")).chain(sigs.sites.iter().map(|(n, i)| (n, i, "site")))
    {
        let offer = out.add(name.as_str(), CompletionKind::Scope, rank(0, u8::from(what == "site")));
        offer.detail(what).doc(request.analysis.declarations(*item).first().and_then(|d| d.doc.clone()).as_deref());
    }
}

/// Codes of errors.
pub(super) fn codes(out: &mut Offers) {
    for code in kss_diag::ALL {
        let offer = out.add(code.id, CompletionKind::Code, rank(0, 0));
        let first = code.page.lines().find(|line| !line.is_empty() && !line.starts_with('#'));
        offer.detail(code.name).doc(first);
    }
}

/// A part of the path of an import: folders and files, then what the file declares.
pub(super) fn imports(request: &Request<'_>, import: &Import, at: usize, selected: bool, out: &mut Offers) {
    let parts = if selected { import.path.as_slice() } else { import.path.get(..at).unwrap_or_default() };
    let base = folder(request.analysis.path(request.file), import.relative);
    let mut prefix: Vec<&str> = base;
    prefix.extend(parts.iter().map(|p| p.text.as_str()));
    let wanted = prefix.join("/");
    declared(request, &format!("{wanted}.kss"), out);
    if selected {
        return;
    }
    let lead = if wanted.is_empty() { String::new() } else { format!("{wanted}/") };
    for file in request.analysis.session().files() {
        if file == request.file {
            continue;
        }
        let path = request.analysis.path(file);
        let Some(rest) = path.strip_prefix(lead.as_str()).and_then(|rest| rest.strip_suffix(".kss")) else { continue };
        // Without `./` the first word is a folder of the project or the library.
        match rest.split_once('/') {
            Some((folder, _)) => out.add(folder, CompletionKind::File, rank(1, 0)).detail("folder"),
            None => out.add(rest, CompletionKind::File, rank(0, 0)).detail(path),
        };
    }
}

/// The folder that a path begins in.
fn folder(path: &str, relative: Option<u32>) -> Vec<&str> {
    let Some(up) = relative else { return Vec::new() };
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    parts.truncate(parts.len().saturating_sub(up as usize));
    parts
}

/// What a file declares that others can import.
fn declared(request: &Request<'_>, path: &str, out: &mut Offers) {
    let sigs = request.sigs();
    let Some(file) = sigs.files.get(&Symbol::new(path)) else { return };
    for (name, item) in &file.own {
        let declared = request.analysis.declarations(*item);
        let first = declared.first();
        let kind = match first.map(|d| d.kind) {
            Some(DeclKind::Type) => CompletionKind::Type,
            Some(DeclKind::Function) => CompletionKind::Function,
            Some(DeclKind::Site | DeclKind::Cluster) => CompletionKind::Scope,
            _ => CompletionKind::Variable,
        };
        out.add(name.as_str(), kind, rank(0, 0)).detail(path).doc(first.and_then(|d| d.doc.as_deref()));
    }
}
