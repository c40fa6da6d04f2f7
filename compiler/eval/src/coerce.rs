//! Conversions.

use crate::context::{Cx, This};
use crate::explain::in_library;
use crate::expr::scalar_is;
use crate::merge::{Leaf, Mark};
use crate::state::Eval;
use crate::tree::{Branch, Tree};
use crate::values::{map_children, map_entries, place, private_of, taint};
use kss_diag::{code, did_you_mean};
use kss_ir::{Alternative, Coercion, Ty};
use kss_span::{Origin, Symbol};
use kss_value::scalar::{ScalarType, as_range, describe, parse_text_as};
use kss_value::{Flags, Kind, RecordBuilder, Value};
use std::rc::Rc;

impl<'a> Eval<'a> {
    pub(crate) fn coerce(&mut self, value: Value, to: &'a Coercion, cx: &Cx<'a>, at: Origin) -> Value {
        if value.is_poison() {
            return value;
        }
        match to {
            Coercion::ToRange => match as_range(&value) {
                Some(range) => taint(Value::ip_range(range, value.origin()), private_of([&value])),
                None if value.is_none() => value,
                None => self.mismatch(&value, "a range of addresses", at),
            },
            Coercion::Parse(scalar) => self.parse(value, *scalar, cx, at),
            Coercion::Refine(id) => self.refine_declared(*id, value, cx),
            Coercion::To(ty) => self.convert(&value, ty, cx, at),
            Coercion::ToData => to_data(&value),
        }
    }

    /// A computed text as a scalar.
    fn parse(&mut self, value: Value, to: ScalarType, cx: &Cx<'a>, at: Origin) -> Value {
        if matches!(value.kind(), Kind::Secret(_) | Kind::Later(_) | Kind::None) {
            return value;
        }
        let Some(text) = value.as_text() else { return value };
        match parse_text_as(to, &text, at) {
            Ok(parsed) => taint(parsed, private_of([&value])),
            Err(error) => {
                let report = code::BAD_VALUE.at(at, error.message).label(format!("is {}", shown(&value)));
                // What the library computes for an entry is mended where the entry is declared.
                let report = match in_library(at).then(|| self.project_place(cx)).flatten() {
                    Some((entry, name)) => report.also(entry, name),
                    None => report,
                };
                self.report(match error.suggestion {
                    Some(better) => report.help(format!("did you mean {better}?")),
                    None => report,
                });
                Value::poison(at)
            }
        }
    }

    fn mismatch(&mut self, value: &Value, wanted: &str, at: Origin) -> Value {
        let message = format!("{wanted} is wanted here, and this is {}", describe(value));
        let here = place(value, at);
        let mut report = code::TYPE_MISMATCH.at(here, message).label(describe(value));
        if here != at {
            report = report.also(at, "used here");
        }
        self.report(report);
        Value::poison(at)
    }

    /// A value of a wider form as a value of type `ty`: fills defaults, holds conditions, names what does not fit.
    pub(crate) fn convert(&mut self, value: &Value, ty: &'a Ty, cx: &Cx<'a>, at: Origin) -> Value {
        if value.is_poison() {
            return value.clone();
        }
        match (ty, value.kind()) {
            (Ty::Error | Ty::Never | Ty::Var(_) | Ty::None | Ty::Range(_), _) => value.clone(),
            (Ty::Data, _) => to_data(value),
            (Ty::Optional(_), Kind::None | Kind::Null) => Value::none(value.origin()),
            (Ty::Optional(ty), _) => self.convert(value, ty, cx, at),
            (Ty::Refined(base, id), _) => {
                let value = self.convert(value, base, cx, at);
                self.refine_declared(*id, value, cx)
            }
            (Ty::Scalar(scalar), Kind::File(path)) if scalar.is_text() => {
                let path = path.to_owned();
                let text = self.file_text(&path, at);
                text.map_or_else(|| Value::poison(at), |text| Value::text(text, value.origin()))
            }
            (Ty::Scalar(scalar), _) => self.convert_scalar(value, *scalar, cx, at),
            (Ty::List(item), Kind::List(items) | Kind::Set(items)) => {
                let items = items.iter().map(|v| self.convert(v, item, cx, at)).collect();
                self.like(Value::list(items, value.origin()), value)
            }
            (Ty::Set(item), Kind::List(items) | Kind::Set(items)) => {
                let items = items.iter().map(|v| self.convert(v, item, cx, at)).collect();
                self.like(Value::set(items, value.origin()), value)
            }
            (Ty::Map(key, item), Kind::Record(record)) => {
                let mut builder = RecordBuilder::default();
                for (name, v) in map_entries(record) {
                    if **key != Ty::Scalar(ScalarType::Text) {
                        self.convert(&Value::text(name.as_str(), v.origin()), key, cx, at);
                    }
                    builder.push(*name, self.convert(v, item, cx, at));
                }
                self.like(Value::record(builder.finish(), value.origin()), value)
            }
            (Ty::Record(id), Kind::Record(record)) => {
                let Some(def) = self.record_def(*id) else { return Value::poison(at) };
                let mut branch = Branch::new(value.origin());
                branch.poisoned = value.flags().has(Flags::POISON);
                let mark = Mark::of_type(value.origin());
                for (name, v) in record.iter() {
                    let v = match def.field(*name) {
                        Some(field) => self.convert(v, &field.ty, cx, at),
                        None => v.clone(),
                    };
                    branch.children.insert(*name, Rc::new(Tree::Leaf(Leaf::new(v, mark.clone()))));
                }
                let done = self.complete(def, &branch, &cx.clone().with_this(This::None), None);
                self.like(done, value)
            }
            (Ty::Struct(fields), Kind::Record(record)) => {
                let mut builder = RecordBuilder::default();
                for (name, v) in record.iter() {
                    let ty = fields.iter().find(|(field, _)| field == name).map(|(_, ty)| ty);
                    builder.push(*name, ty.map_or_else(|| v.clone(), |ty| self.convert(v, ty, cx, at)));
                }
                self.like(Value::record(builder.finish(), value.origin()), value)
            }
            (Ty::Union(id), _) => self.convert_union(value, *id, cx, at),
            (Ty::Secret, Kind::Secret(_)) => value.clone(),
            (Ty::Secret, _) if value.as_text().is_some() => value.clone(),
            _ if self.is_of(value, ty) => value.clone(),
            (_, Kind::Later(_)) => value.clone(),
            _ => {
                let wanted = self.words(ty);
                self.mismatch(value, &wanted, at)
            }
        }
    }

    fn like(&self, value: Value, old: &Value) -> Value {
        taint(value, old.flags().has(Flags::PRIVATE) && !private_inside(old))
    }

    fn convert_scalar(&mut self, value: &Value, to: ScalarType, cx: &Cx<'a>, at: Origin) -> Value {
        if let Some(found) = ScalarType::of(value) {
            if scalar_is(found, to) && !(found == ScalarType::Text && to != ScalarType::Text) {
                return value.clone();
            }
            if to == ScalarType::IpRange
                && let Some(range) = as_range(value)
            {
                return Value::ip_range(range, value.origin()).with_flags(value.flags());
            }
            if found == ScalarType::Text {
                return self.parse(value.clone(), to, cx, place(value, at)).with_origin(place(value, at));
            }
            if let (Kind::Int(number), ScalarType::Float) = (value.kind(), to) {
                return Value::float(number as f64, value.origin()).with_flags(value.flags());
            }
        }
        if matches!(value.kind(), Kind::Later(_) | Kind::Secret(_)) {
            return value.clone();
        }
        self.mismatch(value, to.noun(), at)
    }

    fn convert_union(&mut self, value: &Value, id: kss_ir::RecordId, cx: &Cx<'a>, at: Origin) -> Value {
        let Some(union) = self.program.unions.get(&id).map(|union| &**union) else { return value.clone() };
        if let Kind::Case(name, _) = value.kind()
            && union.case(name).is_some()
        {
            return value.clone();
        }
        let types = || {
            union.alternatives.iter().filter_map(|a| match a {
                Alternative::Type(ty) => Some(ty),
                Alternative::Case { .. } => None,
            })
        };
        if let Some(ty) = types().find(|ty| self.is_of(value, ty)) {
            return self.convert(value, ty, cx, at);
        }
        let text = value.as_text().map(|text| Symbol::new(&text));
        if let Some(name) = text
            && union.case(name) == Some(None)
        {
            return Value::case(name, None, value.origin()).with_flags(value.flags());
        }
        // Data that carries a case's record stands below the case's name.
        if let Kind::Record(record) = value.kind()
            && let [(name, payload)] = map_entries(record).collect::<Vec<_>>().as_slice()
            && let Some(Some(def)) = union.case(*name).map(|id| id.and_then(|id| self.record_def(id)))
        {
            let mut branch = Branch::new(payload.origin());
            if let Kind::Record(fields) = payload.kind() {
                branch = Branch::of_record(fields, &Mark::of_type(payload.origin()), payload.origin());
            }
            let record = self.complete(def, &branch, cx, None);
            return Value::case(*name, Some(record), value.origin());
        }
        if let Some(ty) = types().find(|ty| matches!(ty, Ty::Scalar(_))).filter(|_| text.is_some()) {
            return self.convert(value, ty, cx, at);
        }
        let cases: Vec<&str> = union
            .alternatives
            .iter()
            .filter_map(|a| match a {
                Alternative::Case { name, .. } => Some(name.as_str()),
                Alternative::Type(_) => None,
            })
            .collect();
        if let Some(text) = text.filter(|_| !cases.is_empty()) {
            let hint = did_you_mean(&text, cases.iter().copied());
            let message = format!("`{text}` is none of: {}{hint}", cases.join(", "));
            self.report(code::UNKNOWN_CASE.at(place(value, at), message).label("unknown"));
            return Value::poison(at);
        }
        let wanted = self.words(&Ty::Union(id));
        self.mismatch(value, &wanted, at)
    }

    /// A type in words.
    fn words(&self, ty: &Ty) -> String {
        match ty {
            Ty::Scalar(scalar) => scalar.noun().to_owned(),
            Ty::List(_) => "a list".to_owned(),
            Ty::Set(_) => "a set".to_owned(),
            Ty::Map(..) => "a map".to_owned(),
            Ty::Record(id) => self.record_def(*id).map_or("a record".to_owned(), |def| format!("a {}", def.name)),
            Ty::Union(id) => self.program.unions.get(id).map_or("a case".to_owned(), |u| format!("a {}", u.name)),
            Ty::Ref(kind) => format!("a reference to a {kind}"),
            Ty::Secret => "a secret".to_owned(),
            Ty::Optional(ty) | Ty::Refined(ty, _) => self.words(ty),
            _ => "another value".to_owned(),
        }
    }
}

/// A value as free-form data: cases are texts, what only the evaluator sees is left out.
pub(crate) fn to_data(value: &Value) -> Value {
    match value.kind() {
        Kind::Case(name, None) => Value::text(name.as_str(), value.origin()).with_flags(value.flags()),
        Kind::Case(name, Some(payload)) => {
            let record = [(name, to_data(payload))].into_iter().collect();
            Value::record(record, value.origin()).with_flags(value.flags())
        }
        Kind::Record(record) => {
            let fields = map_entries(record).map(|(name, v)| (*name, to_data(v))).collect();
            Value::record(fields, value.origin()).with_flags(value.flags())
        }
        Kind::Set(items) => {
            let items = items.iter().map(to_data).collect();
            Value::list(items, value.origin()).with_flags(value.flags())
        }
        _ => map_children(value, &mut to_data),
    }
}

/// Is something in it private, so that the whole is?
fn private_inside(value: &Value) -> bool {
    match value.kind() {
        Kind::Record(record) => record.iter().any(|(_, v)| v.flags().has(Flags::PRIVATE)),
        Kind::List(items) | Kind::Set(items) => items.iter().any(|v| v.flags().has(Flags::PRIVATE)),
        _ => false,
    }
}

fn shown(value: &Value) -> String {
    crate::why::value_text(value)
}

#[cfg(test)]
mod tests;
