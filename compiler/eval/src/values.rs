//! Small helpers over values.

use crate::names::n;
use kss_span::{Origin, Symbol};
use kss_value::{Flags, Kind, Record, Value};

/// The privacy of values that something was computed from.
pub(crate) fn private_of<'a>(values: impl IntoIterator<Item = &'a Value>) -> bool {
    values.into_iter().any(|value| value.flags().has(Flags::PRIVATE))
}

/// `value`, private if `private`.
pub(crate) fn taint(value: Value, private: bool) -> Value {
    if private { private_deep(&value) } else { value }
}

/// `value` with everything in it private: what is read out of a private record is private as well.
pub(crate) fn private_deep(value: &Value) -> Value {
    let hidden = map_children(value, &mut private_deep).with_flags(Flags::PRIVATE);
    match hidden.kind() {
        Kind::Record(_) | Kind::List(_) | Kind::Set(_) => hidden.with_flags(Flags::SHAPE),
        _ => hidden,
    }
}

/// `value`, of which it is private what elements or keys it has.
pub(crate) fn private_shape(value: Value, private: bool) -> Value {
    if private { value.with_flags(Flags::PRIVATE.or(Flags::SHAPE)) } else { value }
}

/// Is it private how many elements or which keys a value has? Of a scalar: is it private?
pub(crate) fn shape_is_private(value: &Value) -> bool {
    match value.kind() {
        Kind::Record(_) | Kind::List(_) | Kind::Set(_) => value.flags().has(Flags::SHAPE),
        _ => value.flags().has(Flags::PRIVATE),
    }
}

/// `value`, which may lack something because of an error.
pub(crate) fn doubt(value: &Value) -> Value {
    value.clone().with_flags(Flags::POISON)
}

/// `value` without what only the evaluator may see.
pub(crate) fn export(value: &Value) -> Value {
    if !has_hidden(value) {
        return value.clone();
    }
    match value.kind() {
        Kind::Record(record) => {
            let fields = record.iter().filter(|(name, _)| *name != n().hidden_name);
            Value::record(fields.map(|(name, v)| (*name, export(v))).collect(), value.origin())
                .with_flags(value.flags())
        }
        _ => map_children(value, &mut export),
    }
}

fn has_hidden(value: &Value) -> bool {
    match value.kind() {
        Kind::Record(record) => record.iter().any(|(name, v)| *name == n().hidden_name || has_hidden(v)),
        Kind::List(items) | Kind::Set(items) => items.iter().any(has_hidden),
        Kind::Case(_, Some(payload)) => has_hidden(payload),
        _ => false,
    }
}

/// `value` with `f` applied to everything directly in it.
pub(crate) fn map_children(value: &Value, f: &mut dyn FnMut(&Value) -> Value) -> Value {
    let origin = value.origin();
    let mapped = match value.kind() {
        Kind::Record(record) => Value::record(record.iter().map(|(name, v)| (*name, f(v))).collect::<Record>(), origin),
        Kind::List(items) => Value::list(items.iter().map(f).collect(), origin),
        Kind::Set(items) => Value::set(items.iter().map(f).collect(), origin),
        Kind::Case(name, Some(payload)) => Value::case(name, Some(f(payload)), origin),
        _ => return value.clone(),
    };
    mapped.with_flags(value.flags())
}

/// The fields of a record that count as entries of a map.
pub(crate) fn map_entries(record: &Record) -> impl Iterator<Item = &(Symbol, Value)> {
    record.iter().filter(|(name, value)| *name != n().hidden_name && !value.is_none())
}

/// The implicit name of a record that is an entry of a keyed collection.
pub(crate) fn hidden_name(value: &Value) -> Option<&Value> {
    value.get(n().hidden_name)
}

/// A text as a symbol, if it is one.
pub(crate) fn symbol_of(value: &Value) -> Option<Symbol> {
    match value.kind() {
        Kind::Case(name, None) => Some(name),
        _ => value.as_text().map(|text| Symbol::new(&text)),
    }
}

/// Where to point for `value`: at whoever wrote it, or at `at` if nobody did.
pub(crate) fn place(value: &Value, at: Origin) -> Origin {
    if value.origin().is_nowhere() { at } else { value.origin() }
}
