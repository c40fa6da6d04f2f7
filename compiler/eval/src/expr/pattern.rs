//! Patterns.

use crate::context::Frame;
use crate::names::n;
use crate::state::Eval;
use kss_ir::{Alternative, Pattern, Ty};
use kss_value::scalar::ScalarType;
use kss_value::{Kind, Value};

impl<'a> Eval<'a> {
    /// Does a value match? Binds what the pattern names.
    pub(crate) fn matches(&mut self, pattern: &'a Pattern, value: &Value, fr: &mut Frame) -> bool {
        match pattern {
            Pattern::Any => true,
            Pattern::None => value.is_none() || matches!(value.kind(), Kind::Case(name, None) if name == "none"),
            Pattern::Present => !value.is_none(),
            Pattern::Case { name, fields } => {
                let Kind::Case(found, payload) = value.kind() else { return false };
                if found != *name {
                    return false;
                }
                for (field, slot) in fields {
                    let bound = payload.and_then(|payload| payload.get(*field)).cloned();
                    fr.set(*slot, bound.unwrap_or_else(|| Value::none(value.origin())));
                }
                true
            }
            Pattern::Type { ty, slot } => {
                let found = self.is_of(value, ty);
                if let Some(slot) = slot.filter(|_| found) {
                    fr.set(slot, value.clone());
                }
                found
            }
            Pattern::Or(patterns) => patterns.iter().any(|pattern| self.matches(pattern, value, fr)),
            Pattern::Value(wanted) => value == wanted,
        }
    }

    /// Is a value of a type? Of unions, whose alternatives are told apart by this.
    pub(crate) fn is_of(&self, value: &Value, ty: &Ty) -> bool {
        match (ty, value.kind()) {
            (Ty::Optional(_), Kind::None) | (Ty::None, Kind::None) => true,
            (Ty::Optional(ty) | Ty::Refined(ty, _), _) => self.is_of(value, ty),
            (Ty::Scalar(wanted), _) => ScalarType::of(value).is_some_and(|found| scalar_is(found, *wanted)),
            (Ty::Ref(kind), Kind::Ref(key)) => key.kind == *kind || *kind == n().machine && key.kind == n().node,
            (Ty::Capability(name), Kind::Ref(key)) => key.kind == n().capability && key.name == *name,
            (Ty::Module, Kind::Ref(key)) => key.kind == n().module,
            (Ty::Union(id), _) => {
                let union = self.program.unions.get(id);
                union.is_some_and(|union| {
                    union.alternatives.iter().any(|alternative| match alternative {
                        Alternative::Case { name, .. } => matches!(value.kind(), Kind::Case(n, _) if n == *name),
                        Alternative::Type(ty) => self.is_of(value, ty),
                    })
                })
            }
            (Ty::Record(_) | Ty::Map(..) | Ty::Struct(_), Kind::Record(_)) => true,
            (Ty::List(_), Kind::List(_)) | (Ty::Set(_), Kind::Set(_)) => true,
            (Ty::Secret, Kind::Secret(_)) | (Ty::File, Kind::File(_)) | (Ty::Later(_), Kind::Later(_)) => true,
            (Ty::Data, _) => true,
            _ => false,
        }
    }
}

/// Texts of all kinds are one form at run time, AS numbers are integers.
pub(crate) fn scalar_is(found: ScalarType, wanted: ScalarType) -> bool {
    found == wanted
        || found == ScalarType::Text && wanted.is_text()
        || found == ScalarType::Int && wanted == ScalarType::Asn
}
