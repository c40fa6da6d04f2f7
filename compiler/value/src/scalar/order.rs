//! A total order over values, and hashing that agrees with it.

use crate::Secret;
use crate::scalar::as_range;
use crate::{EntryKey, Flags, Kind, SecretPart, Value};
use kss_span::natural_cmp;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// A total order over values of one type: numbers by size, addresses by number, texts and entries in natural order of their
/// names, cases in order of their text, lists and records element by element. Values of different types order by type,
/// except that integers and other numbers, and addresses, networks and ranges (by first, then last address), mix.
///
/// Equal exactly if `==` says so, except for poison, which equals only poison here.
pub fn compare(a: &Value, b: &Value) -> Ordering {
    rank(a).cmp(&rank(b)).then_with(|| match (a.kind(), b.kind()) {
        (Kind::Bool(a), Kind::Bool(b)) => a.cmp(&b),
        (Kind::Int(a), Kind::Int(b))
        | (Kind::Percent(a), Kind::Percent(b))
        | (Kind::Duration(a), Kind::Duration(b)) => a.cmp(&b),
        (Kind::Float(a), Kind::Float(b)) => compare_floats(a, b),
        (Kind::Int(a), Kind::Float(b)) => compare_int_float(a, b),
        (Kind::Float(a), Kind::Int(b)) => compare_int_float(b, a).reverse(),
        (Kind::Size(a), Kind::Size(b)) | (Kind::Cpu(a), Kind::Cpu(b)) => a.cmp(&b),
        (Kind::Mac(a), Kind::Mac(b)) => a.cmp(&b),
        (Kind::Ports(a), Kind::Ports(b)) => a.cmp(&b),
        (Kind::Case(a, x), Kind::Case(b, y)) => natural_cmp(&a, &b).then_with(|| compare_options(x, y)),
        (Kind::Ref(a), Kind::Ref(b)) => compare_entries(a, b),
        (Kind::Record(a), Kind::Record(b)) => {
            compare_iter(a.iter(), b.iter(), |(k, v), (l, w)| k.cmp(l).then_with(|| compare(v, w)))
        }
        (Kind::List(a), Kind::List(b)) | (Kind::Set(a), Kind::Set(b)) => compare_iter(a.iter(), b.iter(), compare),
        (Kind::Secret(a), Kind::Secret(b)) => compare_parts(&a.parts, &b.parts),
        (Kind::Later(a), Kind::Later(b)) => compare_entries(&a.env, &b.env).then_with(|| a.path.cmp(&b.path)),
        (Kind::File(a), Kind::File(b)) => natural_cmp(a, b),
        (Kind::Text(_) | Kind::Lines(_), _) => {
            natural_cmp(&a.as_text().unwrap_or_default(), &b.as_text().unwrap_or_default())
        }
        _ => as_range(a).cmp(&as_range(b)).then_with(|| address_rank(a).cmp(&address_rank(b))),
    })
}

fn rank(value: &Value) -> u8 {
    match value.kind() {
        Kind::None => 0,
        Kind::Null => 1,
        Kind::Bool(_) => 2,
        Kind::Int(_) | Kind::Float(_) => 3,
        Kind::Percent(_) => 4,
        Kind::Size(_) => 5,
        Kind::Duration(_) => 6,
        Kind::Cpu(_) => 7,
        Kind::Mac(_) => 8,
        Kind::Ip(_) | Kind::Cidr(_) | Kind::IpRange(_) => 9,
        Kind::Ports(_) => 10,
        Kind::Text(_) | Kind::Lines(_) => 11,
        Kind::Case(..) => 12,
        Kind::Ref(_) => 13,
        Kind::Record(_) => 14,
        Kind::List(_) => 15,
        Kind::Set(_) => 16,
        Kind::Secret(_) => 17,
        Kind::Later(_) => 18,
        Kind::File(_) => 19,
        Kind::Poison => 20,
    }
}

fn address_rank(value: &Value) -> u8 {
    match value.kind() {
        Kind::Ip(_) => 0,
        Kind::Cidr(_) => 1,
        _ => 2,
    }
}

/// Numbers by size; what is no number orders by its bits, so that the order is total.
pub(crate) fn compare_floats(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.total_cmp(&b))
}

/// Exact, also where an integer has more digits than a float.
pub(crate) fn compare_int_float(a: i64, b: f64) -> Ordering {
    if b.is_nan() {
        return if b.is_sign_negative() { Ordering::Greater } else { Ordering::Less };
    }
    // Every float from 2^63 on is larger than any integer, below -2^63 smaller.
    if b >= 9_223_372_036_854_775_808.0 {
        return Ordering::Less;
    }
    if b < -9_223_372_036_854_775_808.0 {
        return Ordering::Greater;
    }
    let whole = b.trunc();
    a.cmp(&(whole as i64)).then_with(|| compare_floats(0.0, b - whole))
}

fn compare_options(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => compare(a, b),
        _ => a.is_some().cmp(&b.is_some()),
    }
}

fn compare_entries(a: &EntryKey, b: &EntryKey) -> Ordering {
    a.name.cmp(&b.name).then_with(|| a.in_variant(0).cmp(&b.in_variant(0)))
}

fn compare_iter<T>(
    mut a: impl Iterator<Item = T>,
    mut b: impl Iterator<Item = T>,
    by: impl Fn(T, T) -> Ordering,
) -> Ordering {
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some(x), Some(y)) => match by(x, y) {
                Ordering::Equal => {}
                other => return other,
            },
        }
    }
}

fn compare_parts(a: &[SecretPart], b: &[SecretPart]) -> Ordering {
    compare_iter(a.iter(), b.iter(), |a, b| match (a, b) {
        (SecretPart::Plain(a), SecretPart::Plain(b)) => a.cmp(b),
        (SecretPart::Ref(a, x), SecretPart::Ref(b, y)) => a.cmp(b).then_with(|| x.cmp(y)),
        (SecretPart::Group(a, x), SecretPart::Group(b, y)) => compare_parts(a, b).then_with(|| x.cmp(y)),
        _ => part_rank(a).cmp(&part_rank(b)),
    })
}

fn part_rank(part: &SecretPart) -> u8 {
    match part {
        SecretPart::Plain(_) => 0,
        SecretPart::Ref(..) => 1,
        SecretPart::Group(..) => 2,
    }
}

/// A value as the key of a hash table; equal exactly if [`compare`] says so.
pub(crate) struct HashKey<'a>(pub(crate) &'a Value);

impl PartialEq for HashKey<'_> {
    fn eq(&self, other: &Self) -> bool {
        compare(self.0, other.0) == Ordering::Equal
    }
}

impl Eq for HashKey<'_> {}

impl Hash for HashKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        rank(self.0).hash(state);
        match self.0.kind() {
            Kind::None | Kind::Null | Kind::Poison => {}
            Kind::Bool(v) => v.hash(state),
            // An integer equals a float of the same size, so both hash as a float; adding zero makes one of `-0`.
            Kind::Int(v) => (v as f64 + 0.0).to_bits().hash(state),
            Kind::Float(v) => (v + 0.0).to_bits().hash(state),
            Kind::Percent(v) | Kind::Duration(v) => v.hash(state),
            Kind::Size(v) | Kind::Cpu(v) => v.hash(state),
            Kind::Mac(v) => v.hash(state),
            Kind::Text(v) => v.hash(state),
            Kind::Lines(_) => self.0.as_text().unwrap_or_default().hash(state),
            Kind::Ip(v) => v.hash(state),
            Kind::Cidr(v) => v.hash(state),
            Kind::IpRange(v) => v.hash(state),
            Kind::Ports(v) => v.hash(state),
            Kind::Case(name, payload) => {
                name.hash(state);
                payload.map(HashKey).hash(state);
            }
            // Without the variant, which equality ignores as well.
            Kind::Ref(v) => (v.name, v.kind, v.qualifier).hash(state),
            Kind::Record(v) => v.iter().for_each(|(key, value)| {
                key.hash(state);
                HashKey(value).hash(state);
            }),
            Kind::List(v) | Kind::Set(v) => v.iter().for_each(|value| HashKey(value).hash(state)),
            Kind::Secret(v) => Secret::hash(v, state),
            Kind::Later(v) => {
                v.env.hash(state);
                v.path.hash(state);
            }
            Kind::File(v) => v.hash(state),
        }
    }
}

/// The first element that equals an earlier one: the indices of both, the earlier one first. Elements with an error in them
/// equal nothing.
pub fn duplicate_pair(items: &[Value]) -> Option<(usize, usize)> {
    let mut seen = FxHashMap::default();
    for (at, item) in items.iter().enumerate().filter(|(_, item)| !item.flags().has(Flags::POISON)) {
        if let Some(earlier) = seen.insert(HashKey(item), at) {
            return Some((earlier, at));
        }
    }
    None
}
