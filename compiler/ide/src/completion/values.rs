//! Values: names, functions, cases, addresses; members behind a dot; cases of patterns.

use super::request::Request;
use super::{CompletionKind, Offers, Rank, addresses, entries, foreign, rank};
use kss_ir::{Alternative, RecordId, Ty};
use kss_sema::{Cursor, FnSig, Member, MemberKind, Target, Visible};
use kss_span::Symbol;
use kss_syntax::ast::{Expr, ExprKind, Key, Pattern, PatternKind, StmtKind};
use kss_syntax::visit::Node;
use kss_value::scalar::ScalarType;

/// A value at the end of `path`.
pub(super) fn offer(request: &Request<'_>, path: &[Node<'_>], out: &mut Offers) {
    let (expected, names) = match request.cursor() {
        Some(Cursor::Value { expected, names }) => (expected.clone(), names.as_slice()),
        _ => (None, [].as_slice()),
    };
    let called = is_callee(path);
    let expected = expected.filter(|ty| !matches!(ty, Ty::Error | Ty::Never));
    if let Some(ty) = expected.as_ref().filter(|_| !called) {
        constants(request, ty, rank(0, 0), 0, out);
        entries_of_type(request, ty, out);
        addresses::offer(request, path, ty, out);
    }
    if !called {
        foreign::values(request, path, out);
        visible(request, names, expected.as_ref(), iterated(path), out);
        kinds(request, out);
        words(expected.as_ref(), path, out);
    }
    functions(request, expected.as_ref(), called, out);
}

/// Is the marker what is called: `MARKER(…)`?
fn is_callee(path: &[Node<'_>]) -> bool {
    match path {
        [.., Node::Expr(Expr { kind: ExprKind::Call { callee, .. }, .. }), Node::Expr(last)] => callee.id == last.id,
        _ => false,
    }
}

/// Does the value go behind `in` of a loop?
fn iterated(path: &[Node<'_>]) -> bool {
    match path {
        [.., Node::Generator(generator), Node::Expr(last)] => generator.source.id == last.id,
        _ => false,
    }
}

/// Cases of unions, `true` and `false`, `none`.
fn constants(request: &Request<'_>, ty: &Ty, at: Rank, depth: u32, out: &mut Offers) {
    match ty {
        Ty::Scalar(ScalarType::Bool) => {
            for word in ["true", "false"] {
                out.add(word, CompletionKind::Constant, at).detail("Bool");
            }
        }
        Ty::Optional(inner) => {
            constants(request, inner, at, depth, out);
            out.add("none", CompletionKind::Constant, rank(at.fit + 1, 0)).detail(request.sigs().show(ty));
        }
        Ty::Refined(inner, _) => constants(request, inner, at, depth, out),
        Ty::Union(id) => cases(request, *id, at, depth, out),
        _ => {}
    }
}

fn cases(request: &Request<'_>, id: RecordId, at: Rank, depth: u32, out: &mut Offers) {
    let Some(union) = request.sigs().unions.get(&id).filter(|_| depth < 8) else { return };
    for alternative in &union.alternatives {
        match alternative {
            Alternative::Case { name, payload, doc } => {
                let offer = out.add(name.as_str(), CompletionKind::Case, at);
                offer.detail(union.name.as_str()).doc(doc.as_deref());
                if payload.is_some() && !request.continued() {
                    offer.snippet(format!("{name} {{ $0 }}"));
                }
            }
            Alternative::Type(ty) => constants(request, ty, rank(at.fit, at.distance + 1), depth + 1, out),
        }
    }
}

/// `namespace.web` where a reference to a namespace is expected, `credential.x` where a secret is.
fn entries_of_type(request: &Request<'_>, ty: &Ty, out: &mut Offers) {
    let kind = match ty {
        Ty::Optional(inner) | Ty::Refined(inner, _) => return entries_of_type(request, inner, out),
        Ty::Ref(kind) => *kind,
        Ty::Secret => Symbol::new("credential"),
        Ty::Union(id) => {
            let alternatives = request.sigs().unions.get(id).map(|u| u.alternatives.clone()).unwrap_or_default();
            for alternative in alternatives {
                if let Alternative::Type(inner @ (Ty::Ref(_) | Ty::Secret)) = alternative {
                    entries_of_type(request, &inner, out);
                }
            }
            return;
        }
        _ => return,
    };
    for entry in entries::reachable(request, kind) {
        let offer = out.add(format!("{kind}.{}", entry.name), CompletionKind::Entry, rank(1, entry.distance));
        offer.detail(format!("ref {kind}")).doc(entry.doc.as_deref());
    }
}

fn visible(request: &Request<'_>, names: &[Visible], expected: Option<&Ty>, iterated: bool, out: &mut Offers) {
    let (sigs, item) = (request.sigs(), request.item());
    for name in names {
        let fits = match expected {
            Some(ty) => sigs.fits(item, &name.ty, ty),
            None if iterated => matches!(name.ty, Ty::List(_) | Ty::Map(..) | Ty::Set(_)),
            None => false,
        };
        let fit = match (fits, expected.is_some() || iterated) {
            (true, _) => 1,
            // What it holds may fit.
            (false, true) if leads_on(&name.ty) => 2,
            (false, true) => 4,
            (false, false) => 1,
        };
        let scope = matches!(name.target, Some(Target::Scope(_)));
        let kind = if scope { CompletionKind::Scope } else { CompletionKind::Variable };
        let offer = out.add(name.name.as_str(), kind, rank(fit, distance(request, name)));
        offer.detail(sigs.show(&name.ty));
    }
}

/// Has it members?
fn leads_on(ty: &Ty) -> bool {
    match ty {
        Ty::Optional(inner) | Ty::Refined(inner, _) => leads_on(inner),
        Ty::Ref(_) | Ty::Record(_) | Ty::Capability(_) | Ty::Struct(_) | Ty::Module | Ty::Map(..) => true,
        _ => false,
    }
}

/// Variables are nearer than options, these nearer than scopes and imports.
fn distance(request: &Request<'_>, name: &Visible) -> u8 {
    match &name.target {
        Some(Target::At(origin)) if origin.item == request.item() => 0,
        Some(Target::Scope(_)) => 1,
        Some(Target::At(_)) => 2,
        _ => 1,
    }
}

fn functions(request: &Request<'_>, expected: Option<&Ty>, called: bool, out: &mut Offers) {
    let (sigs, item) = (request.sigs(), request.item());
    for function in sigs.functions(item) {
        let fits = expected.is_some_and(|ty| sigs.fits(item, &function.result, ty));
        let fit = if called {
            0
        } else if fits {
            2
        } else {
            4
        };
        let own = function.id.item == item || function.id.item.key().file == item.key().file;
        let offer = out.add(function.name.as_str(), CompletionKind::Function, rank(fit, u8::from(!own)));
        offer.detail(signature(request, &function)).doc(function.doc.as_deref());
        if request.next != Some('(') {
            offer.snippet(call(function.name, &function.params));
        }
    }
}

fn signature(request: &Request<'_>, function: &FnSig) -> String {
    let sigs = request.sigs();
    let params: Vec<String> = function.params.iter().map(|(n, t)| format!("{n}: {}", sigs.show(t))).collect();
    format!("fn({}) -> {}", params.join(", "), sigs.show(&function.result))
}

fn call(name: Symbol, params: &[(Symbol, Ty)]) -> String {
    let params: Vec<String> =
        params.iter().enumerate().map(|(at, (name, _))| format!("${{{}:{name}}}", at + 1)).collect();
    format!("{name}({})", params.join(", "))
}

/// `route.` for an entry by its name.
fn kinds(request: &Request<'_>, out: &mut Offers) {
    for sig in request.sigs().kinds.values().filter(|k| !k.nameless && !k.kubernetes) {
        let own = request.module().is_some_and(|m| m.kinds.contains(&sig.name));
        let offer = out.add(sig.name.as_str(), CompletionKind::Kind, rank(3, u8::from(!own)));
        offer.detail(format!("an entry of `{}`", sig.name)).doc(sig.doc.as_deref());
        if request.next != Some('.') {
            offer.plain(format!("{}.", sig.name));
        }
    }
}

/// Words that begin an expression.
fn words(expected: Option<&Ty>, path: &[Node<'_>], out: &mut Offers) {
    let is_bool = matches!(expected, Some(Ty::Scalar(ScalarType::Bool)));
    let in_list = path.iter().rev().skip(1).find_map(|node| match node {
        Node::Expr(e) => Some(matches!(e.kind, ExprKind::List(_))),
        _ => None,
    });
    let fit = |good: bool| if good { 2 } else { 5 };
    for (word, good) in [
        ("if", true),
        ("match", true),
        ("for", in_list == Some(true)),
        ("not", is_bool || expected.is_none()),
        ("every", is_bool || expected.is_none()),
        ("some", is_bool || expected.is_none()),
        ("no", is_bool || expected.is_none()),
        ("fail", expected.is_some()),
        ("true", expected.is_none()),
        ("false", expected.is_none()),
        ("none", false),
        ("null", matches!(expected, Some(Ty::Data))),
    ] {
        out.add(word, CompletionKind::Keyword, rank(fit(good), 2));
    }
}

/// What stands behind a dot.
pub(super) fn members(request: &Request<'_>, base: &Expr, out: &mut Offers) {
    match request.cursor() {
        Some(Cursor::Kind) => super::names::kinds(request, out),
        Some(Cursor::Entry(kind)) => {
            for entry in entries::reachable(request, *kind) {
                let offer = out.add(entry.name.as_str(), CompletionKind::Entry, rank(0, entry.distance));
                offer.detail(format!("ref {kind}")).doc(entry.doc.as_deref());
            }
        }
        Some(Cursor::Member(ty)) => of_type(request, ty, out),
        _ => by_words(request, base, out),
    }
}

fn of_type(request: &Request<'_>, ty: &Ty, out: &mut Offers) {
    match ty {
        Ty::Optional(inner) | Ty::Refined(inner, _) => of_type(request, inner, out),
        Ty::Map(_, value) => {
            if let Ty::Ref(kind) = &**value {
                for entry in entries::all(request, *kind) {
                    let offer = out.add(entry.name.as_str(), CompletionKind::Entry, rank(0, entry.distance));
                    offer.detail(format!("ref {kind}")).doc(entry.doc.as_deref());
                }
            }
        }
        _ => {
            for member in request.sigs().members(request.item(), ty) {
                offer_member(request, &member, out);
            }
        }
    }
}

fn offer_member(request: &Request<'_>, member: &Member, out: &mut Offers) {
    let (kind, at) = match member.kind {
        MemberKind::Field => (CompletionKind::Field, rank(0, 0)),
        MemberKind::Derived => (CompletionKind::Field, rank(0, 1)),
        MemberKind::Function => (CompletionKind::Method, rank(0, 2)),
        MemberKind::Implicit => (CompletionKind::Field, rank(1, 0)),
        MemberKind::Entries => (CompletionKind::Kind, rank(0, 0)),
        MemberKind::Capability => (CompletionKind::Capability, rank(1, 1)),
    };
    let offer = out.add(member.name.as_str(), kind, at);
    if member.ty != Ty::Error {
        offer.detail(request.sigs().show(&member.ty));
    }
    offer.doc(member.doc.as_deref());
    if member.kind == MemberKind::Function && request.next != Some('(') {
        offer.snippet(call(member.name, &member.params));
    }
}

/// Where no type is known: `expect error K0410 at node.worker-2.ip` names a place.
fn by_words(request: &Request<'_>, base: &Expr, out: &mut Offers) {
    match &base.kind {
        ExprKind::Name(kind) => {
            for entry in entries::all(request, *kind) {
                out.add(entry.name.as_str(), CompletionKind::Entry, rank(0, entry.distance)).doc(entry.doc.as_deref());
            }
            for member in request.sigs().members(request.item(), &Ty::Ref(*kind)) {
                offer_member(request, &member, out);
            }
        }
        ExprKind::Member { base, key: Key::Bare(_), .. } => {
            if let ExprKind::Name(kind) = &base.kind {
                for member in request.sigs().members(request.item(), &Ty::Ref(*kind)) {
                    offer_member(request, &member, out);
                }
            }
        }
        _ => {}
    }
}

/// A case of a pattern, or a field in it.
pub(super) fn patterns(request: &Request<'_>, path: &[Node<'_>], out: &mut Offers) {
    let ty = match request.cursor() {
        Some(Cursor::Pattern(ty)) => ty,
        Some(Cursor::Key { of, .. }) => {
            let Some(def) = request.sigs().record_of(of) else { return };
            for field in &def.fields {
                let offer = out.add(field.name.as_str(), CompletionKind::Field, rank(0, 0));
                offer.detail(request.sigs().show(&field.ty)).doc(field.doc.as_deref());
            }
            for derived in &def.lets {
                out.add(derived.name.as_str(), CompletionKind::Field, rank(1, 0)).doc(derived.doc.as_deref());
            }
            return;
        }
        _ => {
            for word in ["present", "none"] {
                out.add(word, CompletionKind::Constant, rank(0, 0));
            }
            return super::names::types(request, out);
        }
    };
    let seen = cases_before(path);
    let mut found = Offers { range: out.range, out: Vec::new() };
    constants(request, ty, rank(0, 0), 0, &mut found);
    for mut offer in found.out {
        if seen.iter().any(|s| s.as_str() == offer.label) {
            offer.sort = format!("40{}", offer.label);
        }
        out.out.push(offer);
    }
    let of_is = path.iter().rev().any(|n| matches!(n, Node::Expr(Expr { kind: ExprKind::Is { .. }, .. })));
    if of_is {
        out.add("present", CompletionKind::Constant, rank(u8::from(!matches!(ty, Ty::Optional(_))), 0));
        out.add("not", CompletionKind::Keyword, rank(1, 1));
        out.add("none", CompletionKind::Constant, rank(2, 0));
    }
    type_patterns(request, ty, out);
}

/// Types among the alternatives: `x is Ip`.
fn type_patterns(request: &Request<'_>, ty: &Ty, out: &mut Offers) {
    match ty {
        Ty::Optional(inner) | Ty::Refined(inner, _) => type_patterns(request, inner, out),
        Ty::Union(id) => {
            let Some(union) = request.sigs().unions.get(id) else { return };
            for alternative in &union.alternatives {
                if let Alternative::Type(ty) = alternative {
                    out.add(request.sigs().show(ty), CompletionKind::Type, rank(0, 1));
                }
            }
        }
        _ => {}
    }
}

/// Cases that the `match` around has already.
fn cases_before(path: &[Node<'_>]) -> Vec<Symbol> {
    let name = |pattern: &Pattern| match &pattern.kind {
        PatternKind::Case { name, .. } => Some(name.text),
        _ => None,
    };
    let found = path.iter().rev().find_map(|node| match node {
        Node::Expr(Expr { kind: ExprKind::Match { arms, .. }, .. }) => {
            Some(arms.iter().filter_map(|(p, _)| name(p)).collect())
        }
        Node::Stmt(stmt) => match &stmt.kind {
            StmtKind::Match { arms, .. } => Some(arms.iter().filter_map(|(p, _)| name(p)).collect()),
            _ => None,
        },
        _ => None,
    });
    found.unwrap_or_default()
}
