use super::*;
use crate::{Record, Secret};
use BinaryOp as Op;

fn run(op: Op, left: &Value, right: &Value) -> Value {
    binary(op, left, right, HERE).unwrap_or_else(|e| panic!("{}", e.message))
}

fn refused(op: Op, left: &Value, right: &Value) -> String {
    binary(op, left, right, HERE).expect_err("an error").message
}

fn percent(value: i64) -> Value {
    Value::percent(value, HERE)
}

fn float(value: f64) -> Value {
    Value::float(value, HERE)
}

fn yes(value: &Value) -> bool {
    *value == Value::bool(true, HERE)
}

fn record(fields: &[(&str, Value)]) -> Value {
    let fields: Record = fields.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
    Value::record(fields, HERE)
}

#[test]
fn integers_are_checked() {
    assert_eq!(run(Op::Add, &int(2), &int(3)), int(5));
    assert_eq!(run(Op::Div, &int(-7), &int(2)), int(-3));
    assert_eq!(run(Op::Rem, &int(-7), &int(2)), int(-1));
    let large = "9223372036854775807 + 1 is too large; numbers end at 9223372036854775807";
    assert_eq!(refused(Op::Add, &int(i64::MAX), &int(1)), large);
    assert!(refused(Op::Mul, &int(i64::MAX), &int(2)).contains("too large"));
    assert!(refused(Op::Div, &int(i64::MIN), &int(-1)).contains("too large"));
    assert_eq!(refused(Op::Div, &int(1), &int(0)), "1 / 0 divides by zero");
    assert_eq!(refused(Op::Rem, &int(1), &int(0)), "1 % 0 divides by zero");
    assert_eq!(run(Op::Mul, &int(2), &float(0.5)), float(1.0));
    assert_eq!(refused(Op::Div, &float(1.0), &int(0)), "1.0 / 0 divides by zero");
    assert!(refused(Op::Mul, &float(1e300), &float(1e300)).contains("too large"));
}

#[test]
fn addresses_count() {
    assert_eq!(run(Op::Add, &ip("10.0.0.255"), &int(1)), ip("10.0.1.0"));
    assert_eq!(run(Op::Sub, &ip("10.0.1.0"), &int(1)), ip("10.0.0.255"));
    assert_eq!(run(Op::Add, &ip("fd42::ffff"), &int(1)), ip("fd42::1:0"));
    assert_eq!(run(Op::Sub, &ip("10.0.0.1"), &ip("10.0.0.9")), int(-8));
    let outside = "255.255.255.255 + 1 lies outside the addresses of its family";
    assert_eq!(refused(Op::Add, &ip("255.255.255.255"), &int(1)), outside);
    assert!(refused(Op::Sub, &ip("::"), &int(1)).contains("lies outside"));
    assert!(refused(Op::Sub, &ip("ffff::"), &ip("::")).contains("farther than an integer counts"));
    assert!(refused(Op::Sub, &ip("10.0.0.1"), &ip("::1")).contains("no such pair"));
}

#[test]
fn quantities() {
    assert_eq!(run(Op::Add, &size("8GiB"), &size("1GiB")), size("9GiB"));
    assert_eq!(refused(Op::Sub, &size("1GiB"), &size("8GiB")), "1GiB - 8GiB is less than nothing");
    assert_eq!(run(Op::Mul, &size("8GiB"), &int(3)), size("24GiB"));
    assert_eq!(run(Op::Mul, &int(3), &size("8GiB")), size("24GiB"));
    assert_eq!(run(Op::Mul, &size("8GiB"), &percent(150)), size("12GiB"));
    assert_eq!(refused(Op::Mul, &size("8GiB"), &int(-1)), "8GiB * -1 is less than nothing");
    assert_eq!(refused(Op::Mul, &size("4EiB"), &int(2)), "4EiB * 2 is too large; sizes end below 8EiB");
    assert_eq!(run(Op::Div, &size("8GiB"), &size("3GiB")), int(2));
    assert_eq!(run(Op::Div, &size("8GiB"), &int(2)), size("4GiB"));
    assert_eq!(run(Op::Rem, &size("8GiB"), &size("3GiB")), size("2GiB"));
    assert_eq!(run(Op::Sub, &duration("30s"), &duration("1min")), duration("-30s"));
    assert_eq!(run(Op::Div, &duration("1d"), &duration("1h")), int(24));
    assert_eq!(run(Op::Mul, &duration("1h"), &percent(50)), duration("30min"));
    assert_eq!(refused(Op::Mul, &duration("100000d"), &int(2)), "100000d * 2 is too long; durations end at 106751d");
    assert_eq!(run(Op::Add, &percent(15), &percent(5)), percent(20));
    assert_eq!(run(Op::Mul, &Value::cpu(250, HERE), &int(4)), Value::cpu(1000, HERE));
    assert_eq!(refused(Op::Add, &size("8GiB"), &int(1)), "`+` takes no such pair: the size 8GiB and the integer 1");
    assert!(refused(Op::Mul, &int(4), &percent(50)).contains("no such pair"));
    assert_eq!(refused(Op::Div, &size("8GiB"), &size("0B")), "8GiB / 0B divides by zero");
}

#[test]
fn containers_unite() {
    assert_eq!(run(Op::Add, &list(&[int(1)]), &list(&[int(1), int(2)])), list(&[int(1), int(1), int(2)]));
    let set = |items: &[i64]| Value::set(items.iter().map(|n| int(*n)).collect(), HERE);
    assert_eq!(run(Op::Add, &set(&[2, 1]), &set(&[3, 1])), set(&[1, 2, 3]));
    let both = run(Op::Add, &record(&[("a", int(1))]), &record(&[("b", int(2))]));
    assert_eq!(both, record(&[("a", int(1)), ("b", int(2))]));
    let twice = refused(Op::Add, &both, &record(&[("b", int(2))]));
    assert_eq!(twice, "`+` adds records of different fields, and both have `b`");
    assert!(refused(Op::Add, &text("a"), &text("b")).contains("\"${a}${b}\""));
}

#[test]
fn comparisons() {
    assert!(yes(&run(Op::Lt, &text("worker-2"), &text("worker-10"))));
    assert!(yes(&run(Op::Ge, &size("1GiB"), &size("1024MiB"))));
    assert!(yes(&run(Op::Le, &int(1), &float(1.0))));
    assert!(yes(&run(Op::Eq, &int(1), &float(1.0))));
    assert!(yes(&run(Op::Ne, &int(1), &text("1"))));
    assert!(refused(Op::Lt, &size("1GiB"), &int(1)).contains("no such pair"));
    assert!(refused(Op::Lt, &ip("10.0.0.1"), &ip("::1")).contains("no such pair"));
}

#[test]
fn membership() {
    let inside = |element: &Value, container: &Value| yes(&run(Op::In, element, container));
    assert!(inside(&ip("10.0.0.1"), &cidr("10.0.0.0/24")));
    assert!(!inside(&ip("10.0.1.1"), &cidr("10.0.0.0/24")));
    assert!(!inside(&ip("::1"), &cidr("0.0.0.0/0")));
    assert!(inside(&cidr("10.0.0.0/25"), &cidr("10.0.0.0/24")));
    assert!(inside(&range("10.0.0.1..10.0.0.9"), &range("10.0.0.1..10.0.0.9")));
    assert!(!inside(&cidr("10.0.0.0/23"), &range("10.0.0.0..10.0.1.254")));
    assert!(inside(&int(2), &list(&[int(1), int(2)])));
    assert!(inside(&int(2), &Value::set(vec![int(1), int(2)], HERE)));
    assert!(!inside(&int(3), &Value::set(vec![int(1), int(2)], HERE)));
    assert!(inside(&text("a"), &record(&[("a", int(1))])));
    let ports = |text: &str| of(ScalarType::PortSpec, text);
    assert!(inside(&int(4241), &ports("4240..4245/tcp")));
    assert!(inside(&ports("53/udp"), &ports("53/tcp+udp")));
    assert!(!inside(&ports("53/tcp+udp"), &ports("53/udp")));
    assert!(yes(&run(Op::NotIn, &int(3), &list(&[]))));
    assert!(refused(Op::In, &text("a"), &text("abc")).contains("contains(text, part)"));
    assert!(refused(Op::In, &int(1), &record(&[])).contains("keys of a map are texts"));
    assert!(refused(Op::In, &int(1), &cidr("10.0.0.0/24")).contains("has no elements like"));
}

#[test]
fn errors_and_secrets_stay_hidden() {
    let poison = Value::poison(HERE);
    assert!(run(Op::Add, &poison, &int(1)).is_poison());
    assert!(run(Op::Eq, &list(std::slice::from_ref(&poison)), &list(&[int(1)])).is_poison());
    assert!(yes(&run(Op::In, &int(1), &list(&[poison.clone(), int(1)]))));
    assert!(run(Op::In, &int(2), &list(&[poison, int(1)])).is_poison());
    let secret = Value::secret(Secret { parts: Vec::new() }, HERE);
    assert!(refused(Op::Eq, &secret, &text("x")).contains("nobody may read it"));
    assert!(refused(Op::In, &text("x"), &list(std::slice::from_ref(&secret))).contains("nobody may read it"));
    assert!(!yes(&run(Op::Eq, &secret, &Value::none(HERE))));
}

/// A value of each type that operators tell apart.
fn samples() -> Vec<(ScalarType, Value)> {
    use ScalarType as T;
    let of = |kind, text| (kind, super::of(kind, text));
    vec![
        of(T::Bool, "true"),
        of(T::Int, "3"),
        of(T::Float, "1.5"),
        of(T::Text, "a"),
        of(T::Ip, "10.0.0.9"),
        of(T::Cidr, "10.0.0.0/24"),
        of(T::IpRange, "10.0.0.1..10.0.0.9"),
        of(T::Mac, "52:54:00:00:00:01"),
        of(T::Size, "3GiB"),
        of(T::Duration, "3h"),
        of(T::Cpu, "300m"),
        of(T::Percent, "300%"),
        of(T::PortSpec, "443/tcp"),
    ]
}

#[test]
fn the_type_checker_knows_what_operators_do() {
    let ops = [Op::Lt, Op::Le, Op::Gt, Op::Ge, Op::In, Op::NotIn, Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Rem];
    for op in ops {
        for (left_type, left) in samples() {
            for (right_type, right) in samples() {
                let found = binary(op, &left, &right, HERE).ok().and_then(|v| ScalarType::of(&v));
                let expected = binary_type(op, left_type, right_type);
                assert_eq!(found, expected, "{left_type:?} {} {right_type:?}", op.as_str());
            }
        }
    }
    assert_eq!(binary_type(Op::Eq, ScalarType::Name, ScalarType::Text), Some(ScalarType::Bool));
    assert_eq!(binary_type(Op::Eq, ScalarType::Ip, ScalarType::Cidr), None);
    assert_eq!(binary_type(Op::Sub, ScalarType::Asn, ScalarType::Asn), Some(ScalarType::Int));
}
