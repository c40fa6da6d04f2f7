//! Operators over values.

use crate::scalar::address::{from_number, to_number};
use crate::scalar::units::{MAX_DURATION, MAX_SIZE};
use crate::scalar::{Intervals, PortSpec, as_range, compare, describe, literal};
use crate::{Flags, Kind, Record, RecordBuilder, Value};
use kss_span::{Origin, Symbol};
use std::cmp::Ordering;

/// An infix operator that looks at both values; `and`, `or` and `??` look at the right one only if they must, so they
/// belong to whoever evaluates.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    NotIn,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

impl BinaryOp {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
            BinaryOp::In => "in",
            BinaryOp::NotIn => "not in",
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Rem => "%",
        }
    }
}

/// Why two values can't be combined.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpError {
    /// What is wrong, with the values in it.
    pub message: String,
}

impl OpError {
    pub(super) fn new(message: impl Into<String>) -> OpError {
        OpError { message: message.into() }
    }
}

/// `left op right`. Integer division and percentages of quantities round towards zero. Poison makes poison.
pub fn binary(op: BinaryOp, left: &Value, right: &Value, origin: Origin) -> Result<Value, OpError> {
    if left.is_poison() || right.is_poison() {
        return Ok(Value::poison(origin));
    }
    let is = |wanted: bool, found: bool| Ok(Value::bool(wanted == found, origin));
    match op {
        BinaryOp::Eq | BinaryOp::Ne => match equal(op, left, right)? {
            Some(found) => is(op == BinaryOp::Eq, found),
            None => Ok(Value::poison(origin)),
        },
        BinaryOp::In | BinaryOp::NotIn => match contains(right, left)? {
            Some(found) => is(op == BinaryOp::In, found),
            None => Ok(Value::poison(origin)),
        },
        BinaryOp::Lt => is(true, order(op, left, right)?.is_lt()),
        BinaryOp::Le => is(true, order(op, left, right)?.is_le()),
        BinaryOp::Gt => is(true, order(op, left, right)?.is_gt()),
        BinaryOp::Ge => is(true, order(op, left, right)?.is_ge()),
        BinaryOp::Add => add(left, right, origin),
        BinaryOp::Sub => sub(left, right, origin),
        BinaryOp::Mul => mul(left, right, origin),
        BinaryOp::Div | BinaryOp::Rem => div(op, left, right, origin),
    }
}

/// Does `value` lie between the ends of a range literal, both included?
pub fn in_range(value: &Value, first: &Value, last: &Value) -> bool {
    compare(first, value).is_le() && compare(value, last).is_le()
}

/// `element in container`; `None` if an error in one of them hides the answer.
pub fn contains(container: &Value, element: &Value) -> Result<Option<bool>, OpError> {
    if container.is_poison() || element.flags().has(Flags::POISON) {
        return Ok(None);
    }
    refuse_hidden(BinaryOp::In, element, container)?;
    let found = match (element.kind(), container.kind()) {
        (_, Kind::Set(items)) if !container.flags().has(Flags::POISON) => {
            items.binary_search_by(|item| compare(item, element)).is_ok()
        }
        (_, Kind::List(items) | Kind::Set(items)) => {
            let found = items.iter().any(|item| !item.flags().has(Flags::POISON) && item == element);
            if !found && container.flags().has(Flags::POISON) {
                return Ok(None);
            }
            found
        }
        (Kind::Text(key), Kind::Record(record)) => record.get(Symbol::new(key)).is_some(),
        (Kind::Case(key, None), Kind::Record(record)) => record.get(key).is_some(),
        (Kind::Int(port), Kind::Ports(ports)) => (i64::from(ports.first)..=i64::from(ports.last)).contains(&port),
        (Kind::Ports(inner), Kind::Ports(outer)) => covers(outer, inner),
        (_, Kind::Record(_)) => {
            return Err(OpError::new(format!("{} is no key; keys of a map are texts", describe(element))));
        }
        (Kind::Text(_), Kind::Text(_)) => {
            return Err(OpError::new("`in` looks for elements, not for parts of a text: use `contains(text, part)`"));
        }
        _ => match (as_range(element), container.kind(), as_range(container)) {
            (Some(inner), Kind::Cidr(_) | Kind::IpRange(_), Some(outer)) => Intervals::new([&outer]).covers(&inner),
            _ => {
                return Err(OpError::new(format!(
                    "{} has no elements like {}",
                    describe(container),
                    describe(element)
                )));
            }
        },
    };
    Ok(Some(found))
}

fn covers(outer: PortSpec, inner: PortSpec) -> bool {
    outer.first <= inner.first && inner.last <= outer.last && outer.protocols.covers(inner.protocols)
}

/// Secrets and values of OpenTofu have no content that an operator could look at.
fn refuse_hidden(op: BinaryOp, left: &Value, right: &Value) -> Result<(), OpError> {
    let flags = left.flags().or(right.flags());
    let op = op.as_str();
    if flags.has(Flags::SECRET) {
        return Err(OpError::new(format!("`{op}` needs the text of a secret, and nobody may read it")));
    }
    if flags.has(Flags::LATER) {
        return Err(OpError::new(format!("`{op}` needs an output of OpenTofu, which is known only when that has run")));
    }
    Ok(())
}

fn equal(op: BinaryOp, left: &Value, right: &Value) -> Result<Option<bool>, OpError> {
    // Whether there is a secret at all is no secret.
    if left.is_none() || right.is_none() {
        return Ok(Some(left.is_none() && right.is_none()));
    }
    refuse_hidden(op, left, right)?;
    if left.flags().or(right.flags()).has(Flags::POISON) {
        return Ok(None);
    }
    Ok(Some(left == right))
}

fn order(op: BinaryOp, left: &Value, right: &Value) -> Result<Ordering, OpError> {
    refuse_hidden(op, left, right)?;
    let ordered = match (left.kind(), right.kind()) {
        (Kind::Int(_) | Kind::Float(_), Kind::Int(_) | Kind::Float(_))
        | (Kind::Percent(_), Kind::Percent(_))
        | (Kind::Size(_), Kind::Size(_))
        | (Kind::Duration(_), Kind::Duration(_))
        | (Kind::Cpu(_), Kind::Cpu(_))
        | (Kind::Mac(_), Kind::Mac(_))
        | (Kind::Text(_) | Kind::Lines(_), Kind::Text(_) | Kind::Lines(_)) => true,
        (Kind::Ip(a), Kind::Ip(b)) => a.is_ipv4() == b.is_ipv4(),
        _ => false,
    };
    if ordered { Ok(compare(left, right)) } else { Err(no_operation(op, left, right)) }
}

/// `8GiB + 1`, for messages.
fn written(op: BinaryOp, left: &Value, right: &Value) -> String {
    let side = |value: &Value| literal(value).unwrap_or_else(|| describe(value));
    format!("{} {} {}", side(left), op.as_str(), side(right))
}

fn no_operation(op: BinaryOp, left: &Value, right: &Value) -> OpError {
    OpError::new(format!("`{}` takes no such pair: {} and {}", op.as_str(), describe(left), describe(right)))
}

fn overflow(op: BinaryOp, left: &Value, right: &Value) -> OpError {
    let expression = written(op, left, right);
    let why = match (left.kind(), right.kind()) {
        (Kind::Ip(_), Kind::Ip(_)) => "is farther than an integer counts",
        (Kind::Ip(_), _) => "lies outside the addresses of its family",
        (Kind::Size(_) | Kind::Cpu(_), _) if op == BinaryOp::Sub => "is less than nothing",
        (Kind::Size(_), Kind::Int(n) | Kind::Percent(n)) | (Kind::Int(n) | Kind::Percent(n), Kind::Size(_))
            if n < 0 =>
        {
            "is less than nothing"
        }
        (Kind::Cpu(_), Kind::Int(n) | Kind::Percent(n)) | (Kind::Int(n) | Kind::Percent(n), Kind::Cpu(_)) if n < 0 => {
            "is less than nothing"
        }
        (Kind::Size(_), _) | (_, Kind::Size(_)) => "is too large; sizes end below 8EiB",
        (Kind::Duration(_), _) | (_, Kind::Duration(_)) => "is too long; durations end at 106751d",
        _ => "is too large; numbers end at 9223372036854775807",
    };
    OpError::new(format!("{expression} {why}"))
}

fn float(value: f64, op: BinaryOp, left: &Value, right: &Value, origin: Origin) -> Result<Value, OpError> {
    if value.is_finite() { Ok(Value::float(value, origin)) } else { Err(overflow(op, left, right)) }
}

/// Both as floats, if both are numbers and at least one is a float.
fn as_floats(left: &Value, right: &Value) -> Option<(f64, f64)> {
    match (left.kind(), right.kind()) {
        (Kind::Float(a), Kind::Float(b)) => Some((a, b)),
        (Kind::Int(a), Kind::Float(b)) => Some((a as f64, b)),
        (Kind::Float(a), Kind::Int(b)) => Some((a, b as f64)),
        _ => None,
    }
}

fn size(bytes: Option<u64>, origin: Origin) -> Option<Value> {
    bytes.filter(|bytes| *bytes <= MAX_SIZE).map(|bytes| Value::size(bytes, origin))
}

fn duration(milliseconds: Option<i64>, origin: Origin) -> Option<Value> {
    let legal = milliseconds.filter(|amount| (-MAX_DURATION..=MAX_DURATION).contains(amount));
    legal.map(|amount| Value::duration(amount, origin))
}

fn add(left: &Value, right: &Value, origin: Origin) -> Result<Value, OpError> {
    let op = BinaryOp::Add;
    if let Some((a, b)) = as_floats(left, right) {
        return float(a + b, op, left, right, origin);
    }
    let sum = match (left.kind(), right.kind()) {
        (Kind::Int(a), Kind::Int(b)) => a.checked_add(b).map(|v| Value::int(v, origin)),
        (Kind::Percent(a), Kind::Percent(b)) => a.checked_add(b).map(|v| Value::percent(v, origin)),
        (Kind::Duration(a), Kind::Duration(b)) => duration(a.checked_add(b), origin),
        (Kind::Size(a), Kind::Size(b)) => size(a.checked_add(b), origin),
        (Kind::Cpu(a), Kind::Cpu(b)) => a.checked_add(b).map(|v| Value::cpu(v, origin)),
        (Kind::Ip(_), Kind::Int(n)) => move_ip(left, i128::from(n), origin),
        (Kind::List(a), Kind::List(b)) => Some(Value::list(a.iter().chain(b.iter()).cloned().collect(), origin)),
        (Kind::Set(a), Kind::Set(b)) => Some(Value::set(a.iter().chain(b.iter()).cloned().collect(), origin)),
        (Kind::Record(a), Kind::Record(b)) => return unite(a, b, origin),
        (Kind::Text(_) | Kind::Lines(_) | Kind::Secret(_), _)
        | (_, Kind::Text(_) | Kind::Lines(_) | Kind::Secret(_)) => {
            return Err(OpError::new("texts are not added: write both in one text, \"${a}${b}\""));
        }
        _ => return Err(no_operation(op, left, right)),
    };
    sum.ok_or_else(|| overflow(op, left, right))
}

fn sub(left: &Value, right: &Value, origin: Origin) -> Result<Value, OpError> {
    let op = BinaryOp::Sub;
    if let Some((a, b)) = as_floats(left, right) {
        return float(a - b, op, left, right, origin);
    }
    let difference = match (left.kind(), right.kind()) {
        (Kind::Int(a), Kind::Int(b)) => a.checked_sub(b).map(|v| Value::int(v, origin)),
        (Kind::Percent(a), Kind::Percent(b)) => a.checked_sub(b).map(|v| Value::percent(v, origin)),
        (Kind::Duration(a), Kind::Duration(b)) => duration(a.checked_sub(b), origin),
        (Kind::Size(a), Kind::Size(b)) => size(a.checked_sub(b), origin),
        (Kind::Cpu(a), Kind::Cpu(b)) => a.checked_sub(b).map(|v| Value::cpu(v, origin)),
        (Kind::Ip(_), Kind::Int(n)) => move_ip(left, -i128::from(n), origin),
        (Kind::Ip(a), Kind::Ip(b)) if a.is_ipv4() == b.is_ipv4() => {
            let ((_, a), (_, b)) = (to_number(*a), to_number(*b));
            let distance = i64::try_from(a.abs_diff(b)).ok();
            distance.map(|d| Value::int(if a < b { -d } else { d }, origin))
        }
        _ => return Err(no_operation(op, left, right)),
    };
    difference.ok_or_else(|| overflow(op, left, right))
}

fn move_ip(ip: &Value, by: i128, origin: Origin) -> Option<Value> {
    let Kind::Ip(ip) = ip.kind() else { return None };
    let (v6, number) = to_number(*ip);
    from_number(v6, number.checked_add_signed(by)?).map(|ip| Value::ip(ip, origin))
}

/// Fields of both; a name may stand in one of them only (a spread says who wins, `+` doesn't).
fn unite(a: &Record, b: &Record, origin: Origin) -> Result<Value, OpError> {
    if let Some((key, _)) = b.iter().find(|(key, _)| a.get(*key).is_some()) {
        return Err(OpError::new(format!("`+` adds records of different fields, and both have `{key}`")));
    }
    let mut fields = RecordBuilder::default();
    a.iter().chain(b.iter()).for_each(|(key, value)| fields.push(*key, value.clone()));
    Ok(Value::record(fields.finish(), origin))
}

fn mul(left: &Value, right: &Value, origin: Origin) -> Result<Value, OpError> {
    let op = BinaryOp::Mul;
    if let Some((a, b)) = as_floats(left, right) {
        return float(a * b, op, left, right, origin);
    }
    let product = match (left.kind(), right.kind()) {
        (Kind::Int(a), Kind::Int(b)) => a.checked_mul(b).map(|v| Value::int(v, origin)),
        (Kind::Int(_) | Kind::Percent(_), _) => {
            scale(right, left, origin).ok_or_else(|| no_operation(op, left, right))?
        }
        _ => scale(left, right, origin).ok_or_else(|| no_operation(op, left, right))?,
    };
    product.ok_or_else(|| overflow(op, left, right))
}

/// A quantity times an integer or a percentage. Outer `None`: there is no such operation; inner: the product is too large.
fn scale(quantity: &Value, by: &Value, origin: Origin) -> Option<Option<Value>> {
    let (times, over) = match by.kind() {
        Kind::Int(n) => (i128::from(n), 1),
        Kind::Percent(n) => (i128::from(n), 100),
        _ => return None,
    };
    // 64 bits times 64 bits fit.
    let product = |amount: i128| amount * times / over;
    Some(match quantity.kind() {
        Kind::Size(v) => size(u64::try_from(product(i128::from(v))).ok(), origin),
        Kind::Cpu(v) => u64::try_from(product(i128::from(v))).ok().map(|v| Value::cpu(v, origin)),
        Kind::Duration(v) => duration(i64::try_from(product(i128::from(v))).ok(), origin),
        _ => return None,
    })
}

fn div(op: BinaryOp, left: &Value, right: &Value, origin: Origin) -> Result<Value, OpError> {
    let whole = op == BinaryOp::Div;
    if let Some((a, b)) = as_floats(left, right).filter(|_| whole) {
        return if b == 0.0 { Err(by_zero(op, left, right)) } else { float(a / b, op, left, right, origin) };
    }
    let (a, b) = match (amount(left), amount(right)) {
        (Some(a), Some(b)) => (a, b),
        _ => return Err(no_operation(op, left, right)),
    };
    let same = std::mem::discriminant(&left.kind()) == std::mem::discriminant(&right.kind());
    let by_number = whole && matches!(right.kind(), Kind::Int(_));
    if !same && !by_number {
        return Err(no_operation(op, left, right));
    }
    if b == 0 {
        return Err(by_zero(op, left, right));
    }
    let result = if whole { a / b } else { a % b };
    let value = match left.kind() {
        _ if same && whole => i64::try_from(result).ok().map(|v| Value::int(v, origin)),
        Kind::Size(_) => size(u64::try_from(result).ok(), origin),
        Kind::Cpu(_) => u64::try_from(result).ok().map(|v| Value::cpu(v, origin)),
        Kind::Duration(_) => duration(i64::try_from(result).ok(), origin),
        _ => i64::try_from(result).ok().map(|v| Value::int(v, origin)),
    };
    value.ok_or_else(|| overflow(op, left, right))
}

fn by_zero(op: BinaryOp, left: &Value, right: &Value) -> OpError {
    OpError::new(format!("{} divides by zero", written(op, left, right)))
}

fn amount(value: &Value) -> Option<i128> {
    match value.kind() {
        Kind::Int(v) | Kind::Duration(v) => Some(i128::from(v)),
        Kind::Size(v) | Kind::Cpu(v) => Some(i128::from(v)),
        _ => None,
    }
}
