//! From values of the language to data.

use crate::lines::{Step, pointer};
use crate::{Data, Node};
use kss_span::{Origin, Symbol};
use kss_value::scalar::spelling;
use kss_value::{EntryKey, Kind, Later, Record, Secret, Value};
use std::sync::Arc;

/// How deep data may be nested. Readers of the formats have limits of their own, the lowest of them (128) in JSON readers;
/// what backends wrap around a value has to fit as well.
pub const MAX_DEPTH: usize = 100;

/// A value that is no data by itself; the backend may know what stands for it.
#[derive(Clone, Copy, Debug)]
pub enum Special<'a> {
    /// Text that nobody may see.
    Secret(&'a Arc<Secret>),
    /// An output of OpenTofu.
    Later(&'a Arc<Later>),
    /// An entry.
    Ref(&'a Arc<EntryKey>),
    /// A file, by the path from which it was read.
    File(&'a str),
    /// A case with a record.
    Case(Symbol, &'a Value),
}

/// A value that can't become data.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("{what}")]
pub struct Refusal {
    /// Why.
    pub what: Refused,
    /// JSON pointer to it in the value.
    pub pointer: String,
    /// Who wrote it.
    pub origin: Origin,
}

/// Why a value can't become data.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum Refused {
    /// A secret in plain data.
    #[error(
        "a secret can't be written as data; route it through `secret`, a file of a machine or a sensitive variable"
    )]
    Secret,
    /// An output of OpenTofu where nothing waits for it.
    #[error("`{0}` is known only after OpenTofu ran and can't be written now")]
    Later(String),
    /// An entry in place of one of its fields.
    #[error("{kind} `{name}` is an entry, not data; write one of its fields, as in `{kind}.{name}.name`")]
    Ref {
        /// Its kind.
        kind: Symbol,
        /// Its name.
        name: Symbol,
    },
    /// A file in place of its content.
    #[error("the file `{0}` is no data; `data(…)` reads a document, `fill(…)` a text")]
    File(Arc<str>),
    /// A case with a record in it.
    #[error("the case `{0}` carries a record and has no spelling in data; `match` it")]
    Case(Symbol),
    /// An error was reported for it already.
    #[error("an error was reported for this value")]
    Poison,
    /// Too deep for readers.
    #[error("data is nested deeper than {MAX_DEPTH} levels, which readers of the formats refuse")]
    TooDeep,
    /// The caller's reason.
    #[error("{0}")]
    Other(String),
}

/// The data of `value`: `none` writes no key and no element, a scalar has its one spelling. Reports every value that is no
/// data.
pub fn from_value(value: &Value) -> Result<Node, Vec<Refusal>> {
    from_value_with(value, |special, _| Err(special.refuse()))
}

/// As [`from_value`]; `special` says what stands for a value that is no data by itself.
pub fn from_value_with<'a>(
    value: &'a Value,
    special: impl FnMut(Special<'a>, Origin) -> Result<Node, Refused>,
) -> Result<Node, Vec<Refusal>> {
    let mut convert = Convert { special, path: Vec::new(), refusals: Vec::new() };
    let node = convert.value(value);
    if convert.refusals.is_empty() { Ok(node) } else { Err(convert.refusals) }
}

impl Special<'_> {
    /// Why it is no data where nothing stands for it.
    pub fn refuse(self) -> Refused {
        match self {
            Special::Secret(_) => Refused::Secret,
            Special::Later(later) => {
                Refused::Later(later.path.iter().map(|step| step.as_str()).collect::<Vec<_>>().join("."))
            }
            Special::Ref(entry) => Refused::Ref { kind: entry.kind, name: entry.name },
            Special::File(path) => Refused::File(path.into()),
            Special::Case(name, _) => Refused::Case(name),
        }
    }
}

struct Convert<F> {
    special: F,
    path: Vec<Step>,
    refusals: Vec<Refusal>,
}

impl<'a, F: FnMut(Special<'a>, Origin) -> Result<Node, Refused>> Convert<F> {
    fn value(&mut self, value: &'a Value) -> Node {
        let origin = value.origin();
        if self.path.len() > MAX_DEPTH {
            return self.refused(Refused::TooDeep, origin);
        }
        let data = match value.kind() {
            Kind::None | Kind::Null => Data::Null,
            Kind::Bool(value) => Data::Bool(value),
            Kind::Int(value) => Data::Int(value),
            Kind::Float(value) => Data::Float(value),
            Kind::Text(text) => Data::Text(text.into()),
            Kind::Lines(lines) => Data::Lines(lines.into()),
            Kind::Record(record) => Data::Map(self.fields(record)),
            Kind::List(items) | Kind::Set(items) => Data::List(self.items(items)),
            Kind::Poison => return self.refused(Refused::Poison, origin),
            Kind::Secret(secret) => return self.special(Special::Secret(secret), origin),
            Kind::Later(later) => return self.special(Special::Later(later), origin),
            Kind::Ref(entry) => return self.special(Special::Ref(entry), origin),
            Kind::File(path) => return self.special(Special::File(path), origin),
            Kind::Case(name, Some(record)) => return self.special(Special::Case(name, record), origin),
            Kind::Case(name, None) => Data::Text(name.as_str().into()),
            Kind::Percent(_)
            | Kind::Size(_)
            | Kind::Duration(_)
            | Kind::Cpu(_)
            | Kind::Mac(_)
            | Kind::Ip(_)
            | Kind::Cidr(_)
            | Kind::IpRange(_)
            | Kind::Ports(_) => Data::Text(spelling(value).unwrap_or_default().into()),
        };
        Node { data, origin }
    }

    fn fields(&mut self, record: &'a Record) -> Vec<(Symbol, Node)> {
        let mut fields = Vec::with_capacity(record.len());
        for (key, value) in record.iter().filter(|(_, value)| !value.is_none()) {
            self.path.push(Step::Key(*key));
            fields.push((*key, self.value(value)));
            self.path.pop();
        }
        fields
    }

    fn items(&mut self, items: &'a [Value]) -> Vec<Node> {
        let mut nodes = Vec::with_capacity(items.len());
        for value in items.iter().filter(|value| !value.is_none()) {
            self.path.push(Step::Index(nodes.len() as u32));
            nodes.push(self.value(value));
            self.path.pop();
        }
        nodes
    }

    fn special(&mut self, special: Special<'a>, origin: Origin) -> Node {
        match (self.special)(special, origin) {
            Ok(node) => node,
            Err(what) => self.refused(what, origin),
        }
    }

    /// Notes the refusal; the node in its place is never seen.
    fn refused(&mut self, what: Refused, origin: Origin) -> Node {
        self.refusals.push(Refusal { what, pointer: pointer(&self.path), origin });
        Node::null(origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kss_span::ItemId;

    fn origin(node: u32) -> Origin {
        Origin::new(ItemId::new(Symbol::new("a.kss"), Symbol::new("module a")), node)
    }

    fn record(fields: &[(&str, Value)]) -> Value {
        let fields = fields.iter().map(|(key, value)| (Symbol::new(key), value.clone()));
        Value::record(fields.collect(), origin(0))
    }

    #[test]
    fn absent_values_write_nothing_and_null_writes_null() {
        let list = Value::list(vec![Value::none(origin(1)), Value::int(1, origin(2))], origin(3));
        let value = record(&[("a", Value::none(origin(4))), ("b", Value::null(origin(5))), ("c", list)]);
        let list = Node::list([Node::new(1, origin(2))], origin(3));
        let expected = Node::map([("b", Node::null(origin(5))), ("c", list)], origin(0));
        assert_eq!(from_value(&value), Ok(expected));
    }

    #[test]
    fn every_value_that_is_no_data_is_named() {
        let later = |name: &str| {
            let scope = kss_value::ScopeKey {
                kind: kss_value::ScopeKind::Site,
                outer: Symbol::new("home"),
                name: Symbol::new("home"),
                variant: 0,
            };
            let (kind, qualifier) = (Symbol::new("tofu"), Symbol::new(""));
            let env = EntryKey { scope, kind, qualifier, name: Symbol::new("base") };
            Later { env, path: vec![Symbol::new("vault"), Symbol::new(name)] }
        };
        let value = record(&[
            ("a", Value::list(vec![Value::later(later("ca"), origin(1))], origin(2))),
            ("b", Value::poison(origin(3))),
        ]);
        let refusals = from_value(&value).unwrap_err();
        let seen: Vec<_> = refusals.iter().map(|r| (r.pointer.as_str(), r.origin, r.what.clone())).collect();
        let expected = [("/a/0", origin(1), Refused::Later("vault.ca".into())), ("/b", origin(3), Refused::Poison)];
        assert_eq!(seen, expected);

        let value = record(&[("a", Value::later(later("ca"), origin(1)))]);
        let node = from_value_with(&value, |special, origin| match special {
            Special::Later(later) => Ok(Node::code(format!("module.{}", later.path[0]), origin)),
            other => Err(other.refuse()),
        });
        assert_eq!(node, Ok(Node::map([("a", Node::code("module.vault", origin(1)))], origin(0))));
    }

    #[test]
    fn scalars_have_one_spelling() {
        let day = 24 * 3600 * 1000;
        let value = record(&[
            ("age", Value::duration(60 * day, origin(1))),
            ("cpu", Value::cpu(250, origin(2))),
            ("size", Value::size(10 << 30, origin(3))),
            ("type", Value::case(Symbol::new("ClusterIP"), None, origin(4))),
        ]);
        let text = |text: &str, at| Node::text(text, origin(at));
        let fields = [("age", text("1440h", 1)), ("cpu", text("250m", 2)), ("size", text("10Gi", 3))];
        let fields = fields.into_iter().chain([("type", text("ClusterIP", 4))]);
        assert_eq!(from_value(&value), Ok(Node::map(fields, origin(0))));
    }

    #[test]
    fn deep_data_is_refused() {
        let mut value = Value::int(1, origin(1));
        for _ in 0..=MAX_DEPTH {
            value = Value::list(vec![value], origin(1));
        }
        let refusals = from_value(&value).unwrap_err();
        assert_eq!(refusals.len(), 1);
        assert_eq!(refusals[0].what, Refused::TooDeep);
    }
}
