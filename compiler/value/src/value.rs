//! The value.

use crate::scalar::{Cidr, Ip, IpRange, Mac, PortSpec, compare_floats, compare_int_float};
use crate::{EntryKey, Later, Secret};
use kss_span::{ItemId, Origin, Symbol};
use std::fmt;
use std::sync::Arc;

/// A value with the place that wrote it. Cheap to clone; its form is private so that it can change.
#[derive(Clone)]
pub struct Value {
    repr: Repr,
    item: ItemId,
    /// Node of the origin in the lower 24 bits, flags above: a value of 32 bytes stays one.
    node_flags: u32,
}

#[derive(Clone)]
enum Repr {
    None,
    Null,
    Poison,
    Bool(bool),
    Int(i64),
    Float(f64),
    Percent(i64),
    Size(u64),
    Duration(i64),
    Cpu(u64),
    Mac(Mac),
    Text(Arc<str>),
    Lines(Arc<[Line]>),
    Ip(Arc<Ip>),
    Cidr(Arc<Cidr>),
    IpRange(Arc<IpRange>),
    Ports(PortSpec),
    Case(Symbol),
    CaseOf(Arc<(Symbol, Value)>),
    Ref(Arc<EntryKey>),
    Record(Record),
    List(Arc<[Value]>),
    Set(Arc<[Value]>),
    Secret(Arc<Secret>),
    Later(Arc<Later>),
    File(Arc<str>),
}

/// A value seen by what it is.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'a> {
    /// Absent: writes no key.
    None,
    /// `null` of free-form data.
    Null,
    /// Something that an error was reported for; silences everything computed from it.
    Poison,
    /// `true`
    Bool(bool),
    /// `42`; also an AS number
    Int(i64),
    /// `0.5`
    Float(f64),
    /// `200%`: 200
    Percent(i64),
    /// Bytes.
    Size(u64),
    /// Milliseconds.
    Duration(i64),
    /// Thousandths of a core.
    Cpu(u64),
    /// `52:54:00:69:50:20`
    Mac(Mac),
    /// Text, refined text included.
    Text(&'a str),
    /// Text that knows where each of its lines comes from.
    Lines(&'a [Line]),
    /// `10.69.50.20`
    Ip(&'a Ip),
    /// `10.69.50.0/24`
    Cidr(&'a Cidr),
    /// `10.69.50.1..10.69.50.9`
    IpRange(&'a IpRange),
    /// `443/tcp`
    Ports(PortSpec),
    /// A case of a union, with its record if it has one.
    Case(Symbol, Option<&'a Value>),
    /// An entry.
    Ref(&'a Arc<EntryKey>),
    /// A record, a map, free-form data.
    Record(&'a Record),
    /// `[…]`
    List(&'a Arc<[Value]>),
    /// A set, in order, each element once.
    Set(&'a Arc<[Value]>),
    /// Text that nobody may see.
    Secret(&'a Arc<Secret>),
    /// An output of OpenTofu.
    Later(&'a Arc<Later>),
    /// A file of the project or the library, by the path from which it was read.
    File(&'a str),
}

/// One line of [`Kind::Lines`].
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// Without its end.
    pub text: Arc<str>,
    /// Who wrote it.
    pub origin: Origin,
}

/// Fields in natural order of their names, each once.
#[derive(Clone, Default, PartialEq)]
pub struct Record(Arc<[(Symbol, Value)]>);

/// What is true of a value or of anything in it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Flags(u8);

impl Flags {
    /// Nothing special.
    pub const NONE: Flags = Flags(0);
    /// Computed from something private.
    pub const PRIVATE: Flags = Flags(1);
    /// Holds a secret.
    pub const SECRET: Flags = Flags(2);
    /// Holds a value of OpenTofu.
    pub const LATER: Flags = Flags(4);
    /// Holds a place for which an error was reported.
    pub const POISON: Flags = Flags(8);
    /// Which elements or keys it has is private, not only what they hold. Of the value itself, not of what it lies in.
    pub const SHAPE: Flags = Flags(16);

    /// Has it all of `other`?
    pub const fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// What of it holds of everything around.
    const fn inside(self) -> Flags {
        Flags(self.0 & !Flags::SHAPE.0)
    }

    /// Both together.
    #[must_use]
    pub const fn or(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

const NODE_BITS: u32 = 24;
const NODE_MASK: u32 = (1 << NODE_BITS) - 1;

impl Value {
    fn new(repr: Repr, origin: Origin) -> Value {
        let flags = match &repr {
            Repr::Poison => Flags::POISON,
            Repr::Secret(_) => Flags::SECRET,
            Repr::Later(_) => Flags::LATER,
            Repr::CaseOf(case) => case.1.flags().inside(),
            Repr::Record(record) => record.iter().fold(Flags::NONE, |f, (_, v)| f.or(v.flags().inside())),
            Repr::List(items) | Repr::Set(items) => items.iter().fold(Flags::NONE, |f, v| f.or(v.flags().inside())),
            _ => Flags::NONE,
        };
        Value { repr, item: origin.item, node_flags: (origin.node & NODE_MASK) | (u32::from(flags.0) << NODE_BITS) }
    }

    /// Absent.
    pub fn none(origin: Origin) -> Value {
        Value::new(Repr::None, origin)
    }

    /// `null`
    pub fn null(origin: Origin) -> Value {
        Value::new(Repr::Null, origin)
    }

    /// In place of a value that could not be made; the error is reported elsewhere.
    pub fn poison(origin: Origin) -> Value {
        Value::new(Repr::Poison, origin)
    }

    /// A boolean.
    pub fn bool(value: bool, origin: Origin) -> Value {
        Value::new(Repr::Bool(value), origin)
    }

    /// An integer.
    pub fn int(value: i64, origin: Origin) -> Value {
        Value::new(Repr::Int(value), origin)
    }

    /// A number with a fraction.
    pub fn float(value: f64, origin: Origin) -> Value {
        Value::new(Repr::Float(value), origin)
    }

    /// A percentage.
    pub fn percent(value: i64, origin: Origin) -> Value {
        Value::new(Repr::Percent(value), origin)
    }

    /// A number of bytes.
    pub fn size(bytes: u64, origin: Origin) -> Value {
        Value::new(Repr::Size(bytes), origin)
    }

    /// A time span in milliseconds.
    pub fn duration(milliseconds: i64, origin: Origin) -> Value {
        Value::new(Repr::Duration(milliseconds), origin)
    }

    /// Thousandths of a core.
    pub fn cpu(milli: u64, origin: Origin) -> Value {
        Value::new(Repr::Cpu(milli), origin)
    }

    /// A hardware address.
    pub fn mac(mac: Mac, origin: Origin) -> Value {
        Value::new(Repr::Mac(mac), origin)
    }

    /// A text.
    pub fn text(text: impl Into<Arc<str>>, origin: Origin) -> Value {
        Value::new(Repr::Text(text.into()), origin)
    }

    /// A text of lines.
    pub fn lines(lines: Vec<Line>, origin: Origin) -> Value {
        Value::new(Repr::Lines(lines.into()), origin)
    }

    /// An address.
    pub fn ip(ip: Ip, origin: Origin) -> Value {
        Value::new(Repr::Ip(Arc::new(ip)), origin)
    }

    /// A network.
    pub fn cidr(cidr: Cidr, origin: Origin) -> Value {
        Value::new(Repr::Cidr(Arc::new(cidr)), origin)
    }

    /// A range of addresses.
    pub fn ip_range(range: IpRange, origin: Origin) -> Value {
        Value::new(Repr::IpRange(Arc::new(range)), origin)
    }

    /// A port or ports.
    pub fn ports(ports: PortSpec, origin: Origin) -> Value {
        Value::new(Repr::Ports(ports), origin)
    }

    /// A case of a union.
    pub fn case(name: Symbol, payload: Option<Value>, origin: Origin) -> Value {
        match payload {
            None => Value::new(Repr::Case(name), origin),
            Some(record) => Value::new(Repr::CaseOf(Arc::new((name, record))), origin),
        }
    }

    /// A reference to an entry.
    pub fn entry(key: Arc<EntryKey>, origin: Origin) -> Value {
        Value::new(Repr::Ref(key), origin)
    }

    /// A record.
    pub fn record(record: Record, origin: Origin) -> Value {
        Value::new(Repr::Record(record), origin)
    }

    /// A list.
    pub fn list(items: Vec<Value>, origin: Origin) -> Value {
        Value::new(Repr::List(items.into()), origin)
    }

    /// A set: sorts, and keeps the first of equal elements.
    pub fn set(mut items: Vec<Value>, origin: Origin) -> Value {
        items.sort_by(crate::scalar::compare);
        items.dedup_by(|b, a| a == b);
        Value::new(Repr::Set(items.into()), origin)
    }

    /// A secret.
    pub fn secret(secret: Secret, origin: Origin) -> Value {
        Value::new(Repr::Secret(Arc::new(secret)), origin)
    }

    /// A value of OpenTofu.
    pub fn later(later: Later, origin: Origin) -> Value {
        Value::new(Repr::Later(Arc::new(later)), origin)
    }

    /// A file by its path.
    pub fn file(path: impl Into<Arc<str>>, origin: Origin) -> Value {
        Value::new(Repr::File(path.into()), origin)
    }

    /// What it is.
    pub fn kind(&self) -> Kind<'_> {
        match &self.repr {
            Repr::None => Kind::None,
            Repr::Null => Kind::Null,
            Repr::Poison => Kind::Poison,
            Repr::Bool(v) => Kind::Bool(*v),
            Repr::Int(v) => Kind::Int(*v),
            Repr::Float(v) => Kind::Float(*v),
            Repr::Percent(v) => Kind::Percent(*v),
            Repr::Size(v) => Kind::Size(*v),
            Repr::Duration(v) => Kind::Duration(*v),
            Repr::Cpu(v) => Kind::Cpu(*v),
            Repr::Mac(v) => Kind::Mac(*v),
            Repr::Text(v) => Kind::Text(v),
            Repr::Lines(v) => Kind::Lines(v),
            Repr::Ip(v) => Kind::Ip(v),
            Repr::Cidr(v) => Kind::Cidr(v),
            Repr::IpRange(v) => Kind::IpRange(v),
            Repr::Ports(v) => Kind::Ports(*v),
            Repr::Case(name) => Kind::Case(*name, None),
            Repr::CaseOf(case) => Kind::Case(case.0, Some(&case.1)),
            Repr::Ref(v) => Kind::Ref(v),
            Repr::Record(v) => Kind::Record(v),
            Repr::List(v) => Kind::List(v),
            Repr::Set(v) => Kind::Set(v),
            Repr::Secret(v) => Kind::Secret(v),
            Repr::Later(v) => Kind::Later(v),
            Repr::File(v) => Kind::File(v),
        }
    }

    /// Who wrote it.
    pub fn origin(&self) -> Origin {
        Origin::new(self.item, self.node_flags & NODE_MASK)
    }

    /// The same value, written at `origin`.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Value {
        self.item = origin.item;
        self.node_flags = (self.node_flags & !NODE_MASK) | (origin.node & NODE_MASK);
        self
    }

    /// What is true of it or of anything in it.
    pub fn flags(&self) -> Flags {
        Flags((self.node_flags >> NODE_BITS) as u8)
    }

    /// The same value with more flags.
    #[must_use]
    pub fn with_flags(mut self, flags: Flags) -> Value {
        self.node_flags |= u32::from(flags.0) << NODE_BITS;
        self
    }

    /// The same value with each reference to an entry replaced.
    #[must_use]
    pub fn map_refs(&self, map: &dyn Fn(&Arc<EntryKey>) -> Arc<EntryKey>) -> Value {
        let repr = match &self.repr {
            Repr::Ref(key) => Repr::Ref(map(key)),
            Repr::Record(record) => {
                Repr::Record(Record(record.iter().map(|(name, v)| (*name, v.map_refs(map))).collect()))
            }
            Repr::List(items) => Repr::List(items.iter().map(|v| v.map_refs(map)).collect()),
            Repr::Set(items) => Repr::Set(items.iter().map(|v| v.map_refs(map)).collect()),
            Repr::CaseOf(case) => Repr::CaseOf(Arc::new((case.0, case.1.map_refs(map)))),
            other => other.clone(),
        };
        Value { repr, ..self.clone() }
    }

    /// Is it absent?
    pub fn is_none(&self) -> bool {
        matches!(self.repr, Repr::None)
    }

    /// Was an error reported for the value itself (not only for a part of it)?
    pub fn is_poison(&self) -> bool {
        matches!(self.repr, Repr::Poison)
    }

    /// The text, if it is one (lines are joined).
    pub fn as_text(&self) -> Option<std::borrow::Cow<'_, str>> {
        match &self.repr {
            Repr::Text(text) => Some(std::borrow::Cow::Borrowed(text)),
            Repr::Lines(lines) => {
                Some(std::borrow::Cow::Owned(lines.iter().map(|l| format!("{}\n", l.text)).collect()))
            }
            _ => None,
        }
    }

    /// The field `name` of a record (or of the record of a case).
    pub fn get(&self, name: Symbol) -> Option<&Value> {
        match &self.repr {
            Repr::Record(record) => record.get(name),
            Repr::CaseOf(case) => case.1.get(name),
            _ => None,
        }
    }
}

impl Record {
    /// The field `name`.
    pub fn get(&self, name: Symbol) -> Option<&Value> {
        // Symbols compare by pointer; a linear search beats a binary one by natural order for records of usual size.
        if self.0.len() <= 16 {
            return self.0.iter().find(|(key, _)| *key == name).map(|(_, v)| v);
        }
        self.0.binary_search_by(|(key, _)| key.cmp(&name)).ok().map(|at| &self.0[at].1)
    }

    /// The fields in order.
    pub fn iter(&self) -> std::slice::Iter<'_, (Symbol, Value)> {
        self.0.iter()
    }

    /// How many fields.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Collects fields in any order.
#[derive(Default)]
pub struct RecordBuilder(Vec<(Symbol, Value)>);

impl RecordBuilder {
    /// Adds a field. Of two of one name [`RecordBuilder::finish`] keeps the first.
    pub fn push(&mut self, name: Symbol, value: Value) {
        self.0.push((name, value));
    }

    /// The record.
    pub fn finish(mut self) -> Record {
        self.0.sort_by_key(|(name, _)| *name);
        self.0.dedup_by(|b, a| a.0 == b.0);
        Record(self.0.into())
    }
}

impl FromIterator<(Symbol, Value)> for Record {
    fn from_iter<I: IntoIterator<Item = (Symbol, Value)>>(iter: I) -> Record {
        RecordBuilder(iter.into_iter().collect()).finish()
    }
}

/// Equal content; origins and flags don't count. A secret equals the same reference, poison everything.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (&self.repr, &other.repr) {
            (Repr::Poison, _) | (_, Repr::Poison) => true,
            (Repr::None, Repr::None) | (Repr::Null, Repr::Null) => true,
            (Repr::Bool(a), Repr::Bool(b)) => a == b,
            (Repr::Int(a), Repr::Int(b)) => a == b,
            (Repr::Float(a), Repr::Float(b)) => compare_floats(*a, *b).is_eq(),
            (Repr::Int(a), Repr::Float(b)) | (Repr::Float(b), Repr::Int(a)) => compare_int_float(*a, *b).is_eq(),
            (Repr::Percent(a), Repr::Percent(b)) => a == b,
            (Repr::Size(a), Repr::Size(b)) => a == b,
            (Repr::Duration(a), Repr::Duration(b)) => a == b,
            (Repr::Cpu(a), Repr::Cpu(b)) => a == b,
            (Repr::Mac(a), Repr::Mac(b)) => a == b,
            (Repr::Text(a), Repr::Text(b)) => a == b,
            (Repr::Text(_) | Repr::Lines(_), Repr::Text(_) | Repr::Lines(_)) => self.as_text() == other.as_text(),
            (Repr::Ip(a), Repr::Ip(b)) => a == b,
            (Repr::Cidr(a), Repr::Cidr(b)) => a == b,
            (Repr::IpRange(a), Repr::IpRange(b)) => a == b,
            (Repr::Ports(a), Repr::Ports(b)) => a == b,
            (Repr::Case(a), Repr::Case(b)) => a == b,
            (Repr::CaseOf(a), Repr::CaseOf(b)) => a.0 == b.0 && a.1 == b.1,
            (Repr::Ref(a), Repr::Ref(b)) => a.is_same(b),
            (Repr::Record(a), Repr::Record(b)) => Arc::ptr_eq(&a.0, &b.0) || a.0 == b.0,
            (Repr::List(a), Repr::List(b)) | (Repr::Set(a), Repr::Set(b)) => Arc::ptr_eq(a, b) || a == b,
            (Repr::Secret(a), Repr::Secret(b)) => a == b,
            (Repr::Later(a), Repr::Later(b)) => a == b,
            (Repr::File(a), Repr::File(b)) => a == b,
            _ => false,
        }
    }
}

/// For tests and logs: a secret shows where it is kept and never more.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            Kind::Record(record) => f.debug_map().entries(record.iter().map(|(k, v)| (k, v))).finish(),
            Kind::List(items) => f.debug_list().entries(items.iter()).finish(),
            Kind::Set(items) => f.debug_set().entries(items.iter()).finish(),
            kind => fmt::Debug::fmt(&kind, f),
        }
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(k, v)| (k, v))).finish()
    }
}
