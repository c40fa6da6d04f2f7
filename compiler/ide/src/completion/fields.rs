//! Keys of records: fields of types, options of modules.

use super::request::Request;
use super::spot;
use super::{CompletionKind, Offers, foreign, habits, rank};
use kss_ir::{Alternative, RecordDef, Ty};
use kss_sema::{Cursor, OptionSig};
use kss_span::Symbol;
use kss_syntax::ast::Key;
use kss_syntax::visit::Node;
use kss_value::ScopeKind;
use kss_value::scalar::ScalarType;

/// Something that a key may be.
struct Slot<'a> {
    name: Symbol,
    ty: &'a Ty,
    doc: Option<&'a str>,
    required: bool,
    kind: CompletionKind,
}

/// Keys of the record around.
pub(super) fn of_record(request: &Request<'_>, path: &[Node<'_>], out: &mut Offers) {
    let written = spot::block(path).map(spot::written).unwrap_or_default();
    at_cursor(request, path, &[], &written, out);
}

/// Keys below those of a path: `a.b.`
pub(super) fn below(request: &Request<'_>, path: &[Node<'_>], above: &[Key], out: &mut Offers) {
    at_cursor(request, path, above, &[], out);
}

fn at_cursor(request: &Request<'_>, path: &[Node<'_>], above: &[Key], written: &[Symbol], out: &mut Offers) {
    let mut is_free = true;
    if let Some(Cursor::Key { of, module }) = request.cursor() {
        keys(request, of, *module, written, out);
        is_free = matches!(stripped(of), Ty::Data | Ty::Map(..) | Ty::Error);
    }
    foreign::keys(request, path, above, written, out);
    if is_free {
        habits::keys(request, path, above, written, out);
    }
}

fn keys(request: &Request<'_>, of: &Ty, module: Option<Symbol>, written: &[Symbol], out: &mut Offers) {
    let sigs = request.sigs();
    if let Some(module) = module {
        return of_module_named(request, module, written, out);
    }
    match stripped(of) {
        Ty::Struct(fields) => {
            let slots = fields.iter().map(|(name, ty)| slot(*name, ty, None, false)).collect();
            offer(request, slots, written, out);
        }
        Ty::Map(key, _) => keys_of_map(request, key, out),
        Ty::Union(id) => {
            let alternatives = sigs.unions.get(id).map(|u| u.alternatives.as_slice()).unwrap_or_default();
            for alternative in alternatives {
                if let Alternative::Type(ty @ (Ty::Record(_) | Ty::Map(..))) = alternative {
                    keys(request, ty, None, written, out);
                }
            }
        }
        other => {
            if let Some(def) = sigs.record_of(other) {
                offer(request, of_def(def, false), written, out);
            }
        }
    }
}

fn stripped(ty: &Ty) -> &Ty {
    match ty {
        Ty::Optional(inner) | Ty::Refined(inner, _) => stripped(inner),
        other => other,
    }
}

fn slot<'a>(name: Symbol, ty: &'a Ty, doc: Option<&'a str>, required: bool) -> Slot<'a> {
    Slot { name, ty, doc, required, kind: CompletionKind::Field }
}

fn of_def(def: &RecordDef, private: bool) -> Vec<Slot<'_>> {
    let fields = def.fields.iter().filter(|f| !private || f.private);
    fields.map(|f| slot(f.name, &f.ty, f.doc.as_deref(), !f.has_default)).collect()
}

/// Keys of a map that are cases of a union.
fn keys_of_map(request: &Request<'_>, key: &Ty, out: &mut Offers) {
    let Ty::Union(id) = stripped(key) else { return };
    let alternatives = request.sigs().unions.get(id).map(|u| u.alternatives.as_slice()).unwrap_or_default();
    for alternative in alternatives {
        if let Alternative::Case { name, doc, .. } = alternative {
            out.add(name.as_str(), CompletionKind::Case, rank(0, 0))
                .doc(doc.as_deref())
                .snippet(format!("{name} = $0"));
        }
    }
}

/// Fields of a scope's type.
pub(super) fn of_scope(request: &Request<'_>, path: &[Node<'_>], kind: ScopeKind, overlay: bool, out: &mut Offers) {
    let sigs = request.sigs();
    let Some(def) = sigs.scope_types.get(&kind).and_then(|id| sigs.records.get(id)) else { return };
    let written = spot::block(path).map(spot::written).unwrap_or_default();
    // Collections are written entry by entry, by the name of their kind.
    let is_collection = |s: &Slot<'_>| matches!(s.ty, Ty::Map(..)) && sigs.kinds.contains_key(&s.name);
    let slots: Vec<Slot<'_>> = of_def(def, overlay).into_iter().filter(|s| overlay || !is_collection(s)).collect();
    offer(request, slots, &written, out);
}

/// Options in `use NAME { … }`.
pub(super) fn of_module(request: &Request<'_>, path: &[Node<'_>], module: Symbol, out: &mut Offers) {
    let written = spot::block(path).map(spot::written).unwrap_or_default();
    of_module_named(request, module, &written, out);
}

fn of_module_named(request: &Request<'_>, module: Symbol, written: &[Symbol], out: &mut Offers) {
    let Some(sig) = request.sigs().modules.get(&module) else { return };
    let option = |(name, o): (&Symbol, &'_ OptionSig)| (*name, o.ty.clone(), o.doc.clone(), o.required);
    let options: Vec<_> = sig.options.iter().map(option).collect();
    let slots = options.iter().map(|(name, ty, doc, required)| Slot {
        kind: CompletionKind::Option,
        ..slot(*name, ty, doc.as_deref(), *required)
    });
    offer(request, slots.collect(), written, out);
}

/// Offers keys: required ones that are not there first, then the others, at last those that are written already.
fn offer(request: &Request<'_>, slots: Vec<Slot<'_>>, written: &[Symbol], out: &mut Offers) {
    let sigs = request.sigs();
    let missing: Vec<&Slot<'_>> = slots.iter().filter(|s| s.required && !written.contains(&s.name)).collect();
    if missing.len() > 1 && request.next.is_none_or(|c| c == '\n' || c == '}') {
        let lines = missing.iter().enumerate().map(|(at, s)| format!("{} = ${}", s.name, at + 1));
        let separator = if request.next == Some('}') { ", " } else { "\n" };
        let text = lines.collect::<Vec<_>>().join(separator);
        let names: Vec<&str> = missing.iter().map(|s| s.name.as_str()).collect();
        let all = out.add("fill required fields", CompletionKind::Snippet, rank(0, 9));
        all.detail(names.join(", ")).snippet(text);
    }
    for slot in &slots {
        let is_written = written.contains(&slot.name);
        let fit = match (is_written, slot.required) {
            (true, _) => 3,
            (_, true) => 0,
            _ => 1,
        };
        let one = out.add(slot.name.as_str(), slot.kind, rank(fit, 0));
        one.detail(sigs.show(slot.ty)).doc(slot.doc);
        one.required = slot.required && !is_written;
        if !request.continued() {
            one.snippet(assignment(slot.name.as_str(), slot.ty));
        }
    }
}

/// `name = …` or `name { … }`, as its type is written.
pub(super) fn assignment(name: &str, ty: &Ty) -> String {
    match stripped(ty) {
        Ty::Record(_) | Ty::Struct(_) => format!("{name} {{ $0 }}"),
        Ty::Map(_, value) if matches!(stripped(value), Ty::Record(_) | Ty::Ref(_)) => {
            format!("{name} ${{1:name}} {{ $0 }}")
        }
        Ty::Map(..) | Ty::Set(_) => format!("{name} = {{$0}}"),
        Ty::List(_) => format!("{name} = [$0]"),
        Ty::Scalar(scalar) if in_quotes(*scalar) => format!("{name} = \"$0\""),
        _ => format!("{name} = $0"),
    }
}

/// Is a value of the type written in quotes?
fn in_quotes(scalar: ScalarType) -> bool {
    matches!(
        scalar,
        ScalarType::Text
            | ScalarType::Version
            | ScalarType::Domain
            | ScalarType::Url
            | ScalarType::Email
            | ScalarType::Path
            | ScalarType::Mode
            | ScalarType::Image
    )
}
