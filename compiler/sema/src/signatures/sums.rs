//! `A + { … }`: the fields of both.

use super::Signatures;
use crate::Diag;
use kss_diag::code;
use kss_ir::{Alternative, RecordDef, RecordId, Ty};

/// How deep types in types are compared.
const DEEPEST: u32 = 16;

/// Fields of `base` and then those of `own`, in place of equal names. What must hold for the one must hold for the other.
pub(crate) fn plus(base: &RecordDef, own: &RecordDef) -> RecordDef {
    let mut def = base.clone();
    def.bases.push(base.id);
    def.id = own.id;
    def.name = own.name;
    def.open |= own.open;
    for field in &own.fields {
        def.lets.retain(|l| l.name != field.name);
        match def.fields.iter_mut().find(|f| f.name == field.name) {
            Some(old) => {
                let mut field = field.clone();
                field.listed = std::mem::take(&mut old.listed);
                field.listed.push(old.origin);
                field.private |= old.private;
                field.doc = field.doc.or_else(|| old.doc.take());
                *old = field;
            }
            None => def.fields.push(field.clone()),
        }
    }
    for own_let in &own.lets {
        def.fields.retain(|f| f.name != own_let.name);
        match def.lets.iter_mut().find(|l| l.name == own_let.name) {
            Some(old) => *old = own_let.clone(),
            None => def.lets.push(own_let.clone()),
        }
    }
    for own_fn in &own.fns {
        def.fns.retain(|f| f.name != own_fn.name);
        def.fns.push(own_fn.clone());
    }
    def
}

/// Fields that `own` lists again with another type.
pub(crate) fn changed(sigs: &Signatures, base: &RecordDef, own: &RecordDef) -> Vec<Diag> {
    let fields = own.fields.iter().map(|f| (f.name, &f.ty, f.origin));
    let lets = own.lets.iter().map(|l| (l.name, &l.ty, l.origin));
    let mut found = Vec::new();
    for (name, ty, origin) in fields.chain(lets) {
        let field = base.field(name).map(|f| (&f.ty, f.origin));
        let Some((old, place)) = field.or_else(|| base.let_(name).map(|l| (&l.ty, l.origin))) else { continue };
        if same(sigs, old, ty, 0) {
            continue;
        }
        let (was, is) = (sigs.show(old), sigs.show(ty));
        let message = format!("`{name}` of `{}` is a `{was}`, and what `+` lists again keeps its type", base.name);
        let diag = code::TYPE_MISMATCH.at(origin, message).label(format!("here a `{is}`"));
        found.push(diag.also(place, "listed first").help(format!("write `{name} : {was}`, or give it another name")));
    }
    found
}

/// Do two types say the same? What is declared inside a field is another type each time, with the same fields or cases.
fn same(sigs: &Signatures, a: &Ty, b: &Ty, depth: u32) -> bool {
    if a == b || depth > DEEPEST || matches!((a, b), (Ty::Error, _) | (_, Ty::Error)) {
        return true;
    }
    let same = |a: &Ty, b: &Ty| same(sigs, a, b, depth + 1);
    match (a, b) {
        (Ty::Optional(a), Ty::Optional(b))
        | (Ty::List(a), Ty::List(b))
        | (Ty::Set(a), Ty::Set(b))
        | (Ty::Later(a), Ty::Later(b)) => same(a, b),
        (Ty::Map(ka, a), Ty::Map(kb, b)) => same(ka, kb) && same(a, b),
        (Ty::Record(a), Ty::Record(b)) => same_fields(sigs, *a, *b, depth),
        (Ty::Union(a), Ty::Union(b)) => match (sigs.unions.get(a), sigs.unions.get(b)) {
            (Some(a), Some(b)) => {
                a.alternatives.len() == b.alternatives.len()
                    && a.alternatives.iter().zip(&b.alternatives).all(|pair| match pair {
                        (Alternative::Type(a), Alternative::Type(b)) => same(a, b),
                        (
                            Alternative::Case { name: a, payload: pa, .. },
                            Alternative::Case { name: b, payload: pb, .. },
                        ) => match (pa, pb) {
                            (Some(pa), Some(pb)) => a == b && same_fields(sigs, *pa, *pb, depth),
                            (None, None) => a == b,
                            _ => false,
                        },
                        _ => false,
                    })
            }
            _ => true,
        },
        _ => false,
    }
}

fn same_fields(sigs: &Signatures, a: RecordId, b: RecordId, depth: u32) -> bool {
    let (Some(a), Some(b)) = (sigs.records.get(&a), sigs.records.get(&b)) else { return true };
    // Declared types of other names are other types.
    let anonymous = |def: &kss_ir::RecordDef| def.name.contains('.');
    (anonymous(a) && anonymous(b))
        && a.open == b.open
        && a.fields.len() == b.fields.len()
        && a.fields.iter().zip(&b.fields).all(|(a, b)| a.name == b.name && same(sigs, &a.ty, &b.ty, depth + 1))
}
