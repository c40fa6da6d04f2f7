//! Fields of entries, by their type. What the type checker proved is not proved again: a field of another type reads as absent.

use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, Kind, Record, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// Fields by name.
pub trait Read {
    /// The field, unless it is absent or `none`.
    fn value(&self, name: &str) -> Option<&Value>;

    /// A text.
    fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.value(name).and_then(Value::as_text)
    }

    /// A boolean; `false` if it is absent.
    fn flag(&self, name: &str) -> bool {
        matches!(self.value(name).map(Value::kind), Some(Kind::Bool(true)))
    }

    /// A whole number.
    fn int(&self, name: &str) -> Option<i64> {
        match self.value(name)?.kind() {
            Kind::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The name of a case.
    fn case(&self, name: &str) -> Option<Symbol> {
        case_name(self.value(name)?)
    }

    /// An entry.
    fn entry(&self, name: &str) -> Option<&Arc<EntryKey>> {
        entry_of(self.value(name)?)
    }

    /// A record or map.
    fn record(&self, name: &str) -> Option<&Record> {
        record_of(self.value(name)?)
    }

    /// Elements of a list or set; none if it is absent.
    fn items(&self, name: &str) -> &[Value] {
        self.value(name).map_or(&[], items_of)
    }

    /// Is the case `case` in the set `name`?
    fn has_case(&self, name: &str, case: &str) -> bool {
        self.items(name).iter().any(|item| case_name(item).is_some_and(|found| found == case))
    }

    /// Who wrote the field; `or` if it is absent.
    fn origin_of(&self, name: &str, or: Origin) -> Origin {
        self.value(name).map_or(or, Value::origin)
    }
}

impl Read for Record {
    fn value(&self, name: &str) -> Option<&Value> {
        self.get(Symbol::new(name)).filter(|value| !value.is_none())
    }
}

impl Read for kss_model::Entry {
    fn value(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }
}

/// The name of a case.
pub fn case_name(value: &Value) -> Option<Symbol> {
    match value.kind() {
        Kind::Case(name, _) => Some(name),
        _ => None,
    }
}

/// The entry that a reference names.
pub fn entry_of(value: &Value) -> Option<&Arc<EntryKey>> {
    match value.kind() {
        Kind::Ref(key) => Some(key),
        _ => None,
    }
}

/// The record of a record or map.
pub fn record_of(value: &Value) -> Option<&Record> {
    match value.kind() {
        Kind::Record(record) => Some(record),
        _ => None,
    }
}

/// The elements of a list or set.
pub fn items_of(value: &Value) -> &[Value] {
    match value.kind() {
        Kind::List(items) | Kind::Set(items) => items,
        _ => &[],
    }
}
