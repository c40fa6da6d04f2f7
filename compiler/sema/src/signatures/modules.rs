//! What a module offers: options, needs, capabilities, literal entries, functions, types.

use super::kinds::scope_word;
use super::types::{self, Pending, TypeCx};
use super::{FnSig, Signatures};
use crate::items::{Decl, FileItems};
use kss_diag::code;
use kss_ir::{EntryRef, FnId, Path, RecordId, Ty};
use kss_span::{ItemId, Origin, Symbol, SymbolMap};
use kss_syntax::ast::{self, Body, Key, Stmt, StmtKind};
use kss_value::ScopeKind;
use std::sync::Arc;

/// The signature of a module.
#[derive(Clone, PartialEq, Debug)]
pub struct ModuleSig {
    /// Its name.
    pub name: Symbol,
    /// Its item.
    pub item: ItemId,
    /// Node of its name.
    pub node: u32,
    /// Documentation.
    pub doc: Option<Arc<str>>,
    /// Where it may be used.
    pub scope: ScopeKind,
    /// Options in source order.
    pub options: SymbolMap<OptionSig>,
    /// Modules that it uses, with the nodes.
    pub uses: Vec<(Symbol, u32)>,
    /// What it needs: the path, optional, the node.
    pub needs: Vec<(Path, bool, u32)>,
    /// Capabilities that it provides, with the nodes.
    pub provides: Vec<(Symbol, u32)>,
    /// Entries with literal names that it writes anywhere.
    pub entries: Vec<(EntryRef, u32)>,
    /// Kinds of which it writes entries.
    pub kinds: Vec<Symbol>,
    /// Kinds of which it writes entries with computed names.
    pub computed: Vec<Symbol>,
    /// Functions.
    pub fns: SymbolMap<Arc<FnSig>>,
    /// The only namespace that it declares.
    pub namespace: Option<Symbol>,
}

/// An option.
#[derive(Clone, PartialEq, Debug)]
pub struct OptionSig {
    /// Its type.
    pub ty: Ty,
    /// Where.
    pub node: u32,
    /// `private`
    pub private: bool,
    /// Must a `use` give it?
    pub required: bool,
    /// Documentation.
    pub doc: Option<Arc<str>>,
}

pub(super) fn collect(sigs: &mut Signatures, files: &[Arc<FileItems>], pending: &mut Pending) {
    for file in files {
        for decl in &file.decls {
            let StmtKind::Module { name, scope, body } = &decl.stmt.kind else { continue };
            let scope = scope.map_or(ScopeKind::Cluster, |word| scope_word(sigs, word, decl.id));
            if let Some(first) = sigs.modules.get(&name.text) {
                let std_again = file.path.starts_with("std/") && !first.item.key().file.starts_with("std/");
                if !std_again {
                    let first = Origin::new(first.item, first.node);
                    let at = Origin::new(decl.id, name.id.0);
                    let diag = code::DECLARED_TWICE.at(at, format!("module `{}` is declared twice", name.text));
                    sigs.diags.push(diag.also(first, "the first"));
                }
                continue;
            }
            let module = module(sigs, decl, *name, scope, body, pending);
            sigs.modules.insert(name.text, Arc::new(module));
        }
    }
    sigs.modules.sort_keys();
}

fn module(
    sigs: &mut Signatures,
    decl: &Decl,
    name: ast::Name,
    scope: ScopeKind,
    body: &ast::Block,
    pending: &mut Pending,
) -> ModuleSig {
    let cx = TypeCx { item: decl.id, module: Some(name.text) };
    own_types(sigs, cx, body, pending);
    let mut sig = ModuleSig {
        name: name.text,
        item: decl.id,
        node: name.id.0,
        doc: decl.stmt.doc.clone(),
        scope,
        options: SymbolMap::default(),
        uses: Vec::new(),
        needs: Vec::new(),
        provides: Vec::new(),
        entries: Vec::new(),
        kinds: Vec::new(),
        computed: Vec::new(),
        fns: SymbolMap::default(),
        namespace: None,
    };
    for stmt in &body.stmts {
        statement(sigs, cx, stmt, &mut sig, pending);
    }
    heads(&body.stmts, &mut sig);
    let mut spaces = sig.entries.iter().filter(|(e, _)| e.kind == "namespace").map(|(e, _)| e.name);
    sig.namespace = spaces.next().filter(|first| spaces.all(|other| other == *first));
    sig
}

fn own_types(sigs: &mut Signatures, cx: TypeCx, body: &ast::Block, pending: &mut Pending) {
    let Some(module) = cx.module else { return };
    let declared = |stmt: &Stmt| match &stmt.kind {
        StmtKind::Type { name, ty, refine } => Some((*name, ty.clone(), refine.is_some())),
        _ => None,
    };
    for (name, ty, refine) in body.stmts.iter().filter_map(declared) {
        if let Some(head) = types::head(cx, &ty) {
            let head =
                if refine { Ty::Refined(Arc::new(head), RecordId { item: cx.item, node: name.id.0 }) } else { head };
            sigs.module_types.insert((module, name.text), head);
        }
    }
    for stmt in &body.stmts {
        let StmtKind::Type { name, ty, refine } = &stmt.kind else { continue };
        sigs.diags.extend(types::capitalised(cx.item, *name));
        let resolved = sigs.resolving(false, pending, |r| r.resolve(cx, ty, name.text));
        let id = RecordId { item: cx.item, node: stmt.id.0 };
        let resolved = if refine.is_some() { Ty::Refined(Arc::new(resolved), id) } else { resolved };
        sigs.module_types.insert((module, name.text), resolved);
    }
}

fn statement(sigs: &mut Signatures, cx: TypeCx, stmt: &Stmt, sig: &mut ModuleSig, pending: &mut Pending) {
    match &stmt.kind {
        StmtKind::Option { private, name, ty, default, .. } => {
            let resolved = sigs.resolving(false, pending, |r| r.resolve(cx, ty, name.text));
            let required = default.is_none() && !matches!(resolved, Ty::Optional(_));
            let option =
                OptionSig { ty: resolved, node: stmt.id.0, private: *private, required, doc: stmt.doc.clone() };
            if let Some(first) = sig.options.insert(name.text, option) {
                let at = Origin::new(cx.item, stmt.id.0);
                let diag = code::DECLARED_TWICE.at(at, format!("option `{}` is declared twice", name.text));
                sigs.diags.push(diag.also(Origin::new(cx.item, first.node), "the first"));
            }
        }
        StmtKind::Use { name, .. } => sig.uses.extend(name.literal().map(|n| (n, stmt.id.0))),
        StmtKind::Provide { name, .. } => sig.provides.push((name.text, name.id.0)),
        StmtKind::Needs { path, optional } => {
            if let Some(path) = need_path(path) {
                sig.needs.push((path, *optional, stmt.id.0));
            }
        }
        StmtKind::Fn { name, params, result, .. } => {
            let (params, result) = sigs.resolving(false, pending, |r| {
                let params = r.params(cx, params);
                let result = result.as_ref().map_or(Ty::Error, |ty| r.resolve(cx, ty, name.text));
                (params, result)
            });
            let id = FnId { item: cx.item, node: stmt.id.0 };
            let fn_sig = FnSig { id, name: name.text, params, result, builtin: false, doc: stmt.doc.clone() };
            sig.fns.insert(name.text, Arc::new(fn_sig));
        }
        _ => {}
    }
}

/// `needs cni`, `needs site.vault`, `needs site.router.bgp`
pub(crate) fn need_path(path: &[ast::Name]) -> Option<Path> {
    match path {
        [own] => Some(Path::Own(own.text)),
        [site, cap] if site.text == "site" => Some(Path::Site(cap.text)),
        [site, rest @ ..] if site.text == "site" => Some(Path::Field(rest.iter().map(|n| n.text).collect())),
        _ => None,
    }
}

/// Entries that statements may write, wherever they stand.
fn heads(stmts: &[Stmt], sig: &mut ModuleSig) {
    for stmt in stmts {
        match &stmt.kind {
            StmtKind::Entry { head, .. } => {
                if let Some(kind) = head.words.first().and_then(Key::literal) {
                    if !sig.kinds.contains(&kind) {
                        sig.kinds.push(kind);
                    }
                    let refs = entry_refs(head);
                    if refs.is_empty() && !sig.computed.contains(&kind) {
                        sig.computed.push(kind);
                    }
                    sig.entries.extend(refs.into_iter().map(|e| (e, stmt.id.0)));
                }
            }
            StmtKind::Each { body, .. } => heads(&body.stmts, sig),
            StmtKind::If { then, otherwise, .. } => {
                heads_of(then, sig);
                otherwise.iter().for_each(|b| heads_of(b, sig));
            }
            StmtKind::For { body, .. } => heads_of(body, sig),
            StmtKind::Match { arms, .. } => arms.iter().for_each(|(_, b)| heads_of(b, sig)),
            _ => {}
        }
    }
}

fn heads_of(body: &Body, sig: &mut ModuleSig) {
    match body {
        Body::Block(block) => heads(&block.stmts, sig),
        Body::One(stmt) => heads(std::slice::from_ref(stmt), sig),
    }
}

/// The entries that a head surely names: none if its name is computed, several for `worker-{1..3}`.
pub(crate) fn entry_refs(head: &ast::Head) -> Vec<EntryRef> {
    let within = head.within.as_ref().and_then(Key::literal);
    let (kind, kubernetes, name) = match head.words.as_slice() {
        [kind, name] => (kind, None, name),
        [kind, kubernetes, name] => (kind, kubernetes.literal(), name),
        _ => return Vec::new(),
    };
    let Some(kind) = kind.literal() else { return Vec::new() };
    let entry = |name| EntryRef { kind, name, kubernetes, within };
    match name {
        Key::Range { prefix, first, last, .. } => {
            (*first..=*last).take(1000).map(|n| entry(Symbol::new(&format!("{prefix}{n}")))).collect()
        }
        other => other.literal().map(entry).into_iter().collect(),
    }
}
