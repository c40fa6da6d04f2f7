mod arithmetic;
mod literals;
mod methods;
mod network;
mod properties;

use super::*;
use crate::Value;
use kss_span::Origin;

const HERE: Origin = Origin::NOWHERE;

/// A value of a type from its text.
fn of(kind: ScalarType, text: &str) -> Value {
    parse_text_as(kind, text, HERE).unwrap_or_else(|e| panic!("{text}: {}", e.message))
}

/// A value of a literal.
fn lit(class: LiteralClass, text: &str) -> Value {
    match parse_literal(class, text, HERE) {
        Ok(Literal::Value(value)) => value,
        other => panic!("{text}: {other:?}"),
    }
}

fn ip(text: &str) -> Value {
    of(ScalarType::Ip, text)
}

fn range(text: &str) -> Value {
    of(ScalarType::IpRange, text)
}

fn cidr(text: &str) -> Value {
    of(ScalarType::Cidr, text)
}

fn size(text: &str) -> Value {
    of(ScalarType::Size, text)
}

fn duration(text: &str) -> Value {
    of(ScalarType::Duration, text)
}

fn int(value: i64) -> Value {
    Value::int(value, HERE)
}

fn text(value: &str) -> Value {
    Value::text(value, HERE)
}

fn list(items: &[Value]) -> Value {
    Value::list(items.to_vec(), HERE)
}
