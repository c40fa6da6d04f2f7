//! What operators make of scalar types, for the type checker. [`crate::scalar::binary`] does the same to values.

use crate::scalar::BinaryOp;
use crate::scalar::ScalarType::{self, *};

/// The type of `left op right`; `None` if there is no such operation.
pub fn binary_type(op: BinaryOp, left: ScalarType, right: ScalarType) -> Option<ScalarType> {
    match op {
        BinaryOp::Eq | BinaryOp::Ne => comparable(left, right).then_some(Bool),
        BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
            (comparable(left, right) && ordered(left)).then_some(Bool)
        }
        BinaryOp::In | BinaryOp::NotIn => member(left, right).then_some(Bool),
        BinaryOp::Add => add(left, right),
        BinaryOp::Sub => sub(left, right),
        BinaryOp::Mul => mul(left, right),
        BinaryOp::Div => div(left, right),
        BinaryOp::Rem => rem(left, right),
    }
}

fn number(of: ScalarType) -> bool {
    matches!(of, Int | Float)
}

/// May they be told apart with `==`? Refined texts are texts; an AS number is an integer.
fn comparable(left: ScalarType, right: ScalarType) -> bool {
    left == right
        || (left.is_text() && right.is_text())
        || (number(left) && number(right))
        || matches!((left, right), (Asn, Int) | (Int, Asn))
}

fn ordered(of: ScalarType) -> bool {
    !matches!(of, Bool | Cidr | IpRange | PortSpec)
}

fn member(left: ScalarType, right: ScalarType) -> bool {
    matches!((left, right), (Ip | Cidr | IpRange, Cidr | IpRange) | (Int | PortSpec, PortSpec))
}

/// Quantities of which more of the same makes more.
fn quantity(of: ScalarType) -> bool {
    matches!(of, Size | Duration | Cpu | Percent)
}

fn add(left: ScalarType, right: ScalarType) -> Option<ScalarType> {
    match (left, right) {
        (Int, Int) => Some(Int),
        _ if number(left) && number(right) => Some(Float),
        _ if quantity(left) && left == right => Some(left),
        (Ip, Int) => Some(Ip),
        (Asn, Int) => Some(Asn),
        _ => None,
    }
}

fn sub(left: ScalarType, right: ScalarType) -> Option<ScalarType> {
    match (left, right) {
        (Ip, Ip) | (Asn, Asn) => Some(Int),
        _ => add(left, right),
    }
}

fn mul(left: ScalarType, right: ScalarType) -> Option<ScalarType> {
    match (left, right) {
        (Int, Int) => Some(Int),
        _ if number(left) && number(right) => Some(Float),
        (Size | Duration | Cpu, Int | Percent) => Some(left),
        (Int | Percent, Size | Duration | Cpu) => Some(right),
        _ => None,
    }
}

fn div(left: ScalarType, right: ScalarType) -> Option<ScalarType> {
    match (left, right) {
        (Int, Int) => Some(Int),
        _ if number(left) && number(right) => Some(Float),
        (Size | Duration | Cpu, Int) => Some(left),
        (Size | Duration | Cpu, _) if left == right => Some(Int),
        _ => None,
    }
}

fn rem(left: ScalarType, right: ScalarType) -> Option<ScalarType> {
    match (left, right) {
        (Int, Int) => Some(Int),
        (Size | Duration | Cpu, _) if left == right => Some(left),
        _ => None,
    }
}
