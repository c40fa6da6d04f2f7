//! All items lowered, and put together.

use crate::index::{Index, Recorder};
use crate::items::{Decl, FileItems};
use crate::lower::{Bodies, Lower};
use crate::{Diag, Signatures, builtins, checks};
use kss_diag::code;
use kss_ir::{
    FieldSig, FnId, FnIr, LetIr, LetSig, ModuleIr, Program, RecordDef, RecordId, Refine, ScopeBody, TestIr, Ty,
};
use kss_span::{ItemId, Origin, Symbol};
use kss_syntax::ast::{self, StmtKind};
use kss_value::ScopeKind;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A file as the front end gets it.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path in the project; `std/…` for the library.
    pub path: Symbol,
    /// Its tree.
    pub tree: Arc<ast::File>,
}

/// A project, understood.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// Its signatures.
    pub signatures: Arc<Signatures>,
    /// What is evaluated.
    pub program: Arc<Program>,
    /// What is wrong.
    pub diags: Vec<Diag>,
}

/// One item, lowered: a function of its tree and the signatures.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Lowered {
    pub(crate) module: Option<Arc<ModuleIr>>,
    pub(crate) scope: Option<Arc<ScopeBody>>,
    pub(crate) test: Option<Arc<TestIr>>,
    pub(crate) file_let: Option<(ItemId, Arc<LetIr>)>,
    pub(crate) records: Vec<Arc<RecordDef>>,
    pub(crate) refinements: Vec<(RecordId, Arc<Refine>)>,
    pub(crate) fns: Vec<(FnId, Arc<FnIr>)>,
    pub(crate) let_reads: Vec<(RecordId, Symbol, BTreeSet<Symbol>)>,
    /// Functions that each function (or, by the item's own id, the item) calls.
    pub(crate) calls: Vec<FnId>,
    /// Names used, for unused imports.
    pub(crate) used: BTreeSet<Symbol>,
    /// What is wrong in it.
    pub diags: Vec<Diag>,
}

impl Lowered {
    /// The body of a site or cluster, if the item is one.
    pub fn scope(&self) -> Option<&Arc<ScopeBody>> {
        self.scope.as_ref()
    }

    /// The test, if the item is one.
    pub fn test(&self) -> Option<&Arc<TestIr>> {
        self.test.as_ref()
    }
}

/// Understands a whole project in one go.
pub fn analyse(files: &[SourceFile]) -> Analysis {
    let items: Vec<Arc<FileItems>> = files.iter().map(|f| Arc::new(FileItems::new(f.path, &f.tree))).collect();
    let signatures = Arc::new(Signatures::new(&items));
    let lowered: Vec<(ItemId, Arc<Lowered>)> =
        items.iter().flat_map(|f| &f.decls).map(|decl| (decl.id, Arc::new(lower_item(&signatures, decl)))).collect();
    let (program, mut diags) = assemble(&signatures, &lowered);
    diags.extend(signatures.diags.iter().cloned());
    diags.extend(lowered.iter().flat_map(|(_, l)| l.diags.iter().cloned()));
    diags.extend(checks::unused_imports(&signatures, &lowered));
    Analysis { signatures, program: Arc::new(program), diags }
}

/// Lowers one item.
pub fn lower_item(sigs: &Signatures, decl: &Decl) -> Lowered {
    lower_with(&mut Lower::new(sigs, decl.id), decl)
}

/// Lowers one item and gives what was recorded.
pub(crate) fn record_item(sigs: &Signatures, decl: &Decl, recorder: Recorder) -> Index {
    let mut lower = Lower::new(sigs, decl.id);
    lower.recorder = Some(Box::new(recorder));
    lower_with(&mut lower, decl);
    lower.recorder.map(|r| r.index).unwrap_or_default()
}

fn lower_with(lower: &mut Lower<'_>, decl: &Decl) -> Lowered {
    let sigs = lower.sigs;
    let mut out = Lowered::default();
    let mut bodies = Bodies::default();
    match &decl.stmt.kind {
        StmtKind::Module { name, body, .. } => {
            // Of two modules of one name only the first counts; the second was reported.
            if let Some(sig) = sigs.modules.get(&name.text).filter(|m| m.item == decl.id) {
                module_types(lower, body, &mut bodies);
                let mut inner = Lower::new(sigs, decl.id);
                inner.recorder = lower.recorder.take();
                let ir = inner.module(sig, body, &mut bodies.fns);
                out.module = Some(Arc::new(ir));
                absorb(lower, inner);
            }
        }
        StmtKind::Type { ty, refine, name } => type_decl(lower, decl, name.text, ty, refine.as_deref(), &mut bodies),
        StmtKind::Kind(kind) => lower.type_bodies(&kind.ty, &mut bodies),
        StmtKind::Capability { ty, .. } => lower.type_bodies(ty, &mut bodies),
        StmtKind::Fn { name, body, .. } => {
            if let Some(sig) = sigs.fns.get(&decl.id) {
                bodies.fns.extend(lower.file_function(&decl.stmt, sig));
                if body.is_none() && !builtins::exists(&name.text) {
                    let at = Origin::new(decl.id, name.id.0);
                    lower.diags.push(code::UNKNOWN_NAME.at(
                        at,
                        format!("function `{}` has no body, and there is no built-in function of this name", name.text),
                    ));
                }
            }
        }
        StmtKind::Let { .. } => out.file_let = lower.lower_let(&decl.stmt).map(|ir| (decl.id, ir)),
        StmtKind::Site { name, body } => {
            out.scope = Some(Arc::new(lower.top_scope(&decl.stmt, ScopeKind::Site, false, *name, None, body)))
        }
        StmtKind::Cluster { name, site, body } => {
            check_site(lower, *site, false);
            out.scope =
                Some(Arc::new(lower.top_scope(&decl.stmt, ScopeKind::Cluster, false, *name, Some(*site), body)));
        }
        StmtKind::Entry { head, body, .. } => {
            if let Some(name) = crate::items::overlay_of(head) {
                check_site(lower, name, true);
                out.scope = Some(Arc::new(lower.top_scope(&decl.stmt, ScopeKind::Site, true, name, None, body)));
            }
        }
        StmtKind::Test { title, body } => out.test = Some(Arc::new(lower.test(&decl.stmt, title, body))),
        _ => {}
    }
    out.records = bodies.records;
    out.refinements = bodies.refinements;
    out.fns = bodies.fns;
    out.let_reads = bodies.let_reads;
    out.calls = std::mem::take(&mut lower.calls).into_iter().collect();
    out.calls.sort_by_key(|f| (f.item.index(), f.node));
    out.used = std::mem::take(&mut lower.used_names);
    out.diags = std::mem::take(&mut lower.diags);
    out
}

fn absorb(into: &mut Lower<'_>, from: Lower<'_>) {
    into.diags.extend(from.diags);
    into.recorder = from.recorder;
    into.calls.extend(from.calls);
    into.used_names.extend(from.used_names);
}

/// A cluster imports its site; an overlay means the site of its name, wherever that stands.
fn check_site(lower: &mut Lower<'_>, site: ast::Name, overlay: bool) {
    let sigs = lower.sigs;
    let seen = sigs.lookup(lower.file, site.text).is_some_and(|i| i.key().name.starts_with("site "));
    let reported = sigs.files.get(&lower.file).is_some_and(|file| file.missing.contains(&site.text));
    if site.is_missing() || seen || reported || overlay && sigs.sites.contains_key(&site.text) {
        return;
    }
    let at = lower.at(site.id);
    let mut diag = code::UNKNOWN_NAME.at(at, format!("there is no site `{}` here", site.text));
    if let Some(item) = lower.sigs.sites.get(&site.text) {
        let path = item.key().file;
        let path = path.strip_suffix(".kss").unwrap_or(&path).to_owned();
        let name = path.rsplit('/').next().unwrap_or("").to_owned();
        diag = diag.help(format!("write `import ./{name}.{}` at the top of the file", site.text));
        return lower.report(diag);
    }
    let known: Vec<Symbol> = sigs.sites.keys().copied().collect();
    let message = diag.message;
    lower.unknown(&code::UNKNOWN_NAME, site.id, message, &site.text, known.iter().map(|s| s.as_str()));
}

fn type_decl(
    lower: &mut Lower<'_>,
    decl: &Decl,
    name: Symbol,
    ty: &ast::Type,
    refine: Option<&ast::Where>,
    bodies: &mut Bodies,
) {
    let _ = name;
    lower.type_bodies(ty, bodies);
    if let Some(refine) = refine
        && let Some(Ty::Refined(base, id)) = lower.sigs.types.get(&decl.id).cloned()
    {
        let ir = lower.lower_where(refine, &base);
        bodies.refinements.push((id, Arc::new(ir)));
    }
}

fn module_types(lower: &mut Lower<'_>, body: &ast::Block, bodies: &mut Bodies) {
    let name = lower.item.key().name;
    let name = Symbol::new(name.strip_prefix("module ").unwrap_or(&name));
    lower.module = lower.sigs.modules.get(&name).map(|m| &**m);
    for stmt in &body.stmts {
        match &stmt.kind {
            StmtKind::Type { name: type_name, ty, refine } => {
                lower.type_bodies(ty, bodies);
                let known = lower.sigs.module_types.get(&(name, type_name.text)).cloned();
                if let (Some(refine), Some(Ty::Refined(base, id))) = (refine, known) {
                    let ir = lower.lower_where(refine, &base);
                    bodies.refinements.push((id, Arc::new(ir)));
                }
            }
            StmtKind::Option { ty, .. } => lower.type_bodies(ty, bodies),
            _ => {}
        }
    }
}

/// Puts the items together and checks what concerns several of them.
pub fn assemble(sigs: &Signatures, lowered: &[(ItemId, Arc<Lowered>)]) -> (Program, Vec<Diag>) {
    let mut program = Program {
        records: sigs.records.iter().map(|(id, r)| (*id, r.clone())).collect(),
        unions: sigs.unions.iter().map(|(id, u)| (*id, u.clone())).collect(),
        kinds: sigs.kinds.clone(),
        capabilities: sigs.capabilities.clone(),
        scope_types: sigs.scope_types.clone(),
        ..Program::default()
    };
    for (_, item) in lowered {
        program.modules.extend(item.module.iter().map(|m| (m.name, m.clone())));
        program.scopes.extend(item.scope.iter().cloned());
        program.tests.extend(item.test.iter().cloned());
        program.file_lets.extend(item.file_let.iter().cloned());
        program.refinements.extend(item.refinements.iter().cloned());
        program.fns.extend(item.fns.iter().cloned());
    }
    program.modules.sort_keys();
    program.always = always(&program);
    records(&mut program, lowered);
    checks::close_reads(&mut program, lowered);
    let diags = checks::whole_program(sigs, &mut program);
    (program, diags)
}

/// `core` and the modules of `std/core` are in use in every scope of their kind.
fn always(program: &Program) -> Vec<Symbol> {
    let core = program.modules.values().filter(|m| m.item.key().file.starts_with("std/core/"));
    // A fallback of a capability is used when nobody else provides it.
    let fallbacks: BTreeSet<Symbol> = program.capabilities.values().filter_map(|c| c.fallback).collect();
    core.map(|m| m.name).filter(|n| !fallbacks.contains(n)).collect()
}

/// Puts bodies into the signatures of records; sums take them from both sides.
fn records(program: &mut Program, lowered: &[(ItemId, Arc<Lowered>)]) {
    let bodies: Vec<&Arc<RecordDef>> = lowered.iter().flat_map(|(_, l)| &l.records).collect();
    // A sum lists the fields of its left side too, without their values: these come from the item that writes them, in whatever
    // order the items stand.
    let fields = bodies.iter().flat_map(|b| &b.fields).filter(|f| f.default.is_some() || f.refine.is_some());
    let fields: FxHashMap<Origin, &FieldSig> = fields.map(|f| (f.origin, f)).collect();
    let lets = bodies.iter().flat_map(|b| &b.lets).filter(|l| l.value.is_some());
    let lets: FxHashMap<Origin, &LetSig> = lets.map(|l| (l.origin, l)).collect();
    for def in program.records.values_mut() {
        let def = Arc::make_mut(def);
        for field in &mut def.fields {
            if let Some(found) = fields.get(&field.origin) {
                (field.default, field.refine) = (found.default.clone(), found.refine.clone());
            }
            if !field.listed.is_empty() {
                let all = field.listed.iter().chain([&field.origin]);
                let all = all.filter_map(|origin| fields.get(origin)?.refine.clone());
                field.refine = all.reduce(|before, own| Arc::new(Refine { besides: Some(before), ..(*own).clone() }));
            }
        }
        for let_ in &mut def.lets {
            if let Some(found) = lets.get(&let_.origin) {
                (let_.value, let_.refine) = (found.value.clone(), found.refine.clone());
            }
        }
    }
    let checks: FxHashMap<RecordId, &Vec<_>> = bodies.iter().map(|body| (body.id, &body.checks)).collect();
    for def in program.records.values_mut() {
        let ids = def.bases.iter().chain([&def.id]);
        let all: Vec<_> = ids.filter_map(|id| checks.get(id)).flat_map(|list| list.iter().cloned()).collect();
        Arc::make_mut(def).checks = all;
    }
}
