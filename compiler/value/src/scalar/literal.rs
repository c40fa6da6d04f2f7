//! From the text of a literal, or a text literal in the place of a scalar, to its value.

use crate::Value;
use crate::scalar::{ScalarType, address, check_text, compare, number, units};
use kss_span::Origin;
use std::cmp::Ordering;

/// What a literal looks like; mirrors the class that the lexer gives it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LiteralClass {
    /// `42`, `64_512`, `0x1f`
    Int,
    /// `0.5`
    Float,
    /// `true`, `false`
    Bool,
    /// `none`
    None,
    /// `null`
    Null,
    /// `10.69.50.20`, `fd42:1::1`
    Ip,
    /// `10.69.50.0/24`
    Cidr,
    /// `10.69.50.128..10.69.50.191`
    IpRange,
    /// `52:54:00:69:50:20`
    Mac,
    /// `8GiB`, `500MB`
    Size,
    /// `30s`, `5min`, `7d`
    Duration,
    /// `250m`
    Cpu,
    /// `200%`
    Percent,
    /// `443/tcp`, `4240..4245/tcp`
    PortSpec,
    /// `1..128`, `100%..300%`: two literals of one class with `..` between
    Range,
    /// A number with something behind it that is no unit.
    Malformed,
}

/// What a literal stands for.
#[derive(Clone, PartialEq, Debug)]
pub enum Literal {
    /// A value.
    Value(Value),
    /// The ends of a range, both included, the lower one first. Not a value: it stands behind `in` and in refinements.
    Range(Value, Value),
}

/// Why a text is no value of its type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LiteralError {
    /// What is wrong, with the text in it.
    pub message: String,
    /// What was probably meant, as it would stand in place of the whole literal (of a text: between its quotes).
    pub suggestion: Option<String>,
}

impl LiteralError {
    pub(crate) fn new(message: impl Into<String>) -> LiteralError {
        LiteralError { message: message.into(), suggestion: None }
    }

    /// Without a suggestion that `works` refuses: a text may have a second mistake.
    pub(super) fn vetted(mut self, works: impl Fn(&str) -> bool) -> LiteralError {
        self.suggestion = self.suggestion.filter(|better| works(better));
        self
    }

    #[must_use]
    pub(crate) fn suggest(mut self, text: impl Into<String>) -> LiteralError {
        self.suggestion = Some(text.into());
        self
    }
}

/// The value of a literal.
pub fn parse_literal(class: LiteralClass, text: &str, origin: Origin) -> Result<Literal, LiteralError> {
    let meant: &[LiteralClass] = match class {
        LiteralClass::Malformed => &[LiteralClass::Size, LiteralClass::Duration],
        _ => &[class],
    };
    let works = |better: &str| meant.iter().any(|class| read_literal(*class, better, origin).is_ok());
    read_literal(class, text, origin).map_err(|error| error.vetted(works))
}

fn read_literal(class: LiteralClass, text: &str, origin: Origin) -> Result<Literal, LiteralError> {
    let value = match class {
        LiteralClass::Int => Value::int(number::parse_int(text)?, origin),
        LiteralClass::Float => Value::float(number::parse_float(text)?, origin),
        LiteralClass::Bool => Value::bool(parse_bool(text)?, origin),
        LiteralClass::None => Value::none(origin),
        LiteralClass::Null => Value::null(origin),
        LiteralClass::Ip => Value::ip(address::parse_ip(text)?, origin),
        LiteralClass::Cidr => Value::cidr(address::parse_cidr(text)?, origin),
        LiteralClass::IpRange => Value::ip_range(address::parse_range(text)?, origin),
        LiteralClass::Mac => Value::mac(address::parse_mac(text)?, origin),
        LiteralClass::Size => Value::size(units::parse_size(text, false)?, origin),
        LiteralClass::Duration => Value::duration(units::parse_duration(text, false)?, origin),
        LiteralClass::Cpu => Value::cpu(units::parse_cpu(text)?, origin),
        LiteralClass::Percent => Value::percent(units::parse_percent(text)?, origin),
        LiteralClass::PortSpec => Value::ports(units::parse_ports(text)?, origin),
        LiteralClass::Range => return parse_value_range(text, origin),
        LiteralClass::Malformed => return Err(units::malformed(text)),
    };
    Ok(Literal::Value(value))
}

/// The value of a text that stands where a scalar of type `of` is expected. Reads what [`crate::scalar::spelling`] writes as well as what
/// a literal looks like.
pub fn parse_text_as(of: ScalarType, text: &str, origin: Origin) -> Result<Value, LiteralError> {
    read_text(of, text, origin).map_err(|error| error.vetted(|better| read_text(of, better, origin).is_ok()))
}

fn read_text(of: ScalarType, text: &str, origin: Origin) -> Result<Value, LiteralError> {
    if let Some(kind) = of.text_kind() {
        check_text(kind, text)?;
    }
    Ok(match of {
        ScalarType::Bool => Value::bool(parse_bool(text)?, origin),
        ScalarType::Int => Value::int(number::parse_int(text)?, origin),
        ScalarType::Float => Value::float(number::parse_float(text)?, origin),
        ScalarType::Ip => Value::ip(address::parse_ip(text)?, origin),
        ScalarType::Cidr => Value::cidr(address::parse_cidr(text)?, origin),
        ScalarType::IpRange => Value::ip_range(address::parse_range(text)?, origin),
        ScalarType::Mac => Value::mac(address::parse_mac(text)?, origin),
        ScalarType::Asn => Value::int(parse_asn(text)?, origin),
        ScalarType::Size => Value::size(units::parse_size(text, true)?, origin),
        ScalarType::Duration => Value::duration(units::parse_duration(text, true)?, origin),
        ScalarType::Cpu => Value::cpu(units::parse_cpu(text)?, origin),
        ScalarType::Percent => Value::percent(units::parse_percent(text)?, origin),
        ScalarType::PortSpec => Value::ports(units::parse_ports(text)?, origin),
        ScalarType::Text
        | ScalarType::Version
        | ScalarType::Name
        | ScalarType::Domain
        | ScalarType::Url
        | ScalarType::Email
        | ScalarType::Path
        | ScalarType::Mode
        | ScalarType::Image => Value::text(text, origin),
    })
}

/// Is it an AS number that somebody can have? 0, 23456, 65535 and 4294967295 are nobody's (RFC 7607, 6793, 7300).
pub fn check_asn(number: i64) -> Result<(), LiteralError> {
    match number {
        0 | 23_456 | 65_535 | 4_294_967_295 => {
            Err(LiteralError::new(format!("{number} is reserved; no AS has that number")))
        }
        1..=4_294_967_294 => Ok(()),
        _ => Err(LiteralError::new(format!("{number} is no AS number; they lie between 1 and 4294967294"))),
    }
}

fn parse_asn(text: &str) -> Result<i64, LiteralError> {
    let digits = text.strip_prefix("AS").or_else(|| text.strip_prefix("as")).unwrap_or(text);
    let number = number::parse_int(digits).map_err(|_| LiteralError::new(format!("`{text}` is no AS number")))?;
    check_asn(number).map(|()| number)
}

fn parse_bool(text: &str) -> Result<bool, LiteralError> {
    let meant = match text {
        "true" => return Ok(true),
        "false" => return Ok(false),
        "yes" | "on" | "True" | "TRUE" => Some("true"),
        "no" | "off" | "False" | "FALSE" => Some("false"),
        _ => None,
    };
    let error = LiteralError::new(format!("`{text}` is neither `true` nor `false`"));
    Err(match meant {
        Some(word) => error.suggest(word),
        None => error,
    })
}

fn parse_value_range(text: &str, origin: Origin) -> Result<Literal, LiteralError> {
    let Some((first, last)) = text.split_once("..") else {
        return Err(LiteralError::new(format!("`{text}` is no range; it has no `..`")));
    };
    let (low, high) = (class_of_end(first), class_of_end(last));
    let end = |class, text| match parse_literal(class, text, origin)? {
        Literal::Value(value) => Ok(value),
        Literal::Range(..) => Err(LiteralError::new(format!("`{text}` is a range; the end of a range is one value"))),
    };
    let (low_value, high_value) = (end(low, first)?, end(high, last)?);
    let numbers = |class| matches!(class, LiteralClass::Int | LiteralClass::Float);
    if low != high && !(numbers(low) && numbers(high)) {
        let noun = |value: &Value| ScalarType::of(value).map_or("a value", ScalarType::noun);
        return Err(LiteralError::new(format!(
            "`{first}` is {} and `{last}` {}; the ends of a range have one type",
            noun(&low_value),
            noun(&high_value)
        )));
    }
    if compare(&low_value, &high_value) == Ordering::Greater {
        return Err(LiteralError::new(format!("`{text}` ends before it begins")).suggest(format!("{last}..{first}")));
    }
    Ok(Literal::Range(low_value, high_value))
}

fn class_of_end(text: &str) -> LiteralClass {
    let (_, unit) = number::split_number(text);
    if unit == "%" {
        LiteralClass::Percent
    } else if units::is_size_unit(unit) {
        LiteralClass::Size
    } else if units::is_duration_unit(unit) {
        LiteralClass::Duration
    } else if unit == "m" {
        LiteralClass::Cpu
    } else if !unit.is_empty() && !text.starts_with("0x") && !text.starts_with("0b") && !text.starts_with("0o") {
        LiteralClass::Malformed
    } else if text.contains('.') {
        LiteralClass::Float
    } else {
        LiteralClass::Int
    }
}
