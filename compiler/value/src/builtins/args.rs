//! Arguments by the type that a function takes.

use crate::builtins::{Builtin, CallError};
use crate::scalar::{Ip, IpRange, as_range, describe};
use crate::{Kind, Record, Value};
use kss_span::Origin;
use std::borrow::Cow;

/// The arguments of one call; there are as many as the function has parameters.
pub(super) struct Args<'a> {
    pub(super) builtin: &'a Builtin,
    pub(super) values: &'a [Value],
    pub(super) origin: Origin,
}

impl<'a> Args<'a> {
    /// Argument `at` is of another type.
    pub(super) fn wrong(&self, at: usize) -> CallError {
        let (name, of) = self.builtin.params[at];
        let found = describe(&self.values[at]);
        CallError::at(at, format!("`{}` takes `{name} : {of}`, and this is {found}", self.builtin.name))
    }

    /// The elements of a list or a set.
    pub(super) fn items(&self, at: usize) -> Result<&'a [Value], CallError> {
        match self.values[at].kind() {
            Kind::List(items) | Kind::Set(items) => Ok(items),
            _ => Err(self.wrong(at)),
        }
    }

    /// The fields of a record or a map.
    pub(super) fn record(&self, at: usize) -> Result<&'a Record, CallError> {
        match self.values[at].kind() {
            Kind::Record(record) => Ok(record),
            _ => Err(self.wrong(at)),
        }
    }

    /// A text that may be looked at.
    pub(super) fn text(&self, at: usize) -> Result<Cow<'a, str>, CallError> {
        match self.values[at].kind() {
            Kind::Secret(_) => {
                let name = self.builtin.name;
                Err(CallError::at(at, format!("`{name}` needs the text of a secret, and nobody may read it")))
            }
            _ => self.values[at].as_text().ok_or_else(|| self.wrong(at)),
        }
    }

    pub(super) fn int(&self, at: usize) -> Result<i64, CallError> {
        match self.values[at].kind() {
            Kind::Int(value) => Ok(value),
            _ => Err(self.wrong(at)),
        }
    }

    /// Milliseconds.
    pub(super) fn duration(&self, at: usize) -> Result<i64, CallError> {
        match self.values[at].kind() {
            Kind::Duration(value) => Ok(value),
            _ => Err(self.wrong(at)),
        }
    }

    pub(super) fn ip(&self, at: usize) -> Result<Ip, CallError> {
        match self.values[at].kind() {
            Kind::Ip(ip) => Ok(*ip),
            _ => Err(self.wrong(at)),
        }
    }

    /// A range, or what converts to one.
    pub(super) fn range(&self, at: usize) -> Result<IpRange, CallError> {
        as_range(&self.values[at]).ok_or_else(|| self.wrong(at))
    }

    /// The ranges of a list, those with an error left out.
    pub(super) fn ranges(&self, at: usize) -> Result<Vec<IpRange>, CallError> {
        let items = self.items(at)?.iter().filter(|item| !item.is_poison());
        let range = |item: &Value| {
            let name = self.builtin.name;
            as_range(item).ok_or_else(|| {
                CallError::at(at, format!("`{name}` takes ranges of addresses, and one is {}", describe(item)))
            })
        };
        items.map(range).collect()
    }

    pub(super) fn give_text(&self, text: impl Into<std::sync::Arc<str>>) -> Result<Value, CallError> {
        Ok(Value::text(text, self.origin))
    }

    pub(super) fn give_bool(&self, value: bool) -> Result<Value, CallError> {
        Ok(Value::bool(value, self.origin))
    }

    pub(super) fn give_count(&self, count: usize) -> Result<Value, CallError> {
        let count = i64::try_from(count).map_err(|_| CallError::new("more than an integer counts"))?;
        Ok(Value::int(count, self.origin))
    }

    pub(super) fn give_list(&self, items: Vec<Value>) -> Result<Value, CallError> {
        Ok(Value::list(items, self.origin))
    }
}
