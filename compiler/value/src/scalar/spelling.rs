//! How scalars are written: in data, and as literals.

use crate::scalar::units::{DURATION_UNITS, QUANTITY_UNITS, SIZE_UNITS};
use crate::scalar::{IpRange, Mac, PortSpec, ScalarType};
use crate::{Kind, Value};

/// The one spelling of a scalar in data and in interpolation. `None` of what isn't one: records, entries, secrets, `none`.
///
/// | type | spelling | accepted by |
/// |---|---|---|
/// | Duration | `1440h`, `1m30s`, `1s500ms` | Go's `time.ParseDuration`, Prometheus, Gateway API (none of the latter takes `1.5s`) |
/// | Size | `10Gi`, `500M`, `1234` | Kubernetes: the largest unit, binary or decimal, that is exact |
/// | Cpu | `100m`, `2` | Kubernetes |
/// | Percent | `200%` | |
/// | Ip, Cidr | `fd42:1::1` | RFC 5952 |
/// | IpRange | `10.69.50.1-10.69.50.9` | |
/// | Mac | `52:54:00:69:50:20` | |
/// | PortSpec | `443/tcp`, `4240-4245/tcp` | |
/// | Float | digits with a point, never an exponent | |
pub fn spelling(value: &Value) -> Option<String> {
    Some(match value.kind() {
        Kind::Bool(v) => v.to_string(),
        Kind::Int(v) => v.to_string(),
        Kind::Float(v) => return float(v),
        Kind::Percent(v) => format!("{v}%"),
        Kind::Size(v) => with_unit(v, &QUANTITY_UNITS),
        Kind::Duration(v) => go_duration(v),
        Kind::Cpu(v) if v % 1000 == 0 => (v / 1000).to_string(),
        Kind::Cpu(v) => format!("{v}m"),
        Kind::Mac(v) => mac(v),
        Kind::Text(v) => v.to_owned(),
        Kind::Lines(_) => return value.as_text().map(|text| text.into_owned()),
        Kind::Ip(v) => v.to_string(),
        Kind::Cidr(v) => v.to_string(),
        Kind::IpRange(v) => range(v, "-"),
        Kind::Ports(v) => ports(v, "-"),
        Kind::Case(name, None) => name.to_string(),
        _ => return None,
    })
}

/// A scalar as the language writes it, for messages and edits: `8GiB`, `90min`, `"text"`. Negative numbers have a sign in
/// front. `None` of what no literal exists for.
pub fn literal(value: &Value) -> Option<String> {
    Some(match value.kind() {
        Kind::None => "none".to_owned(),
        Kind::Null => "null".to_owned(),
        Kind::Text(_) | Kind::Lines(_) => quoted(&value.as_text()?),
        Kind::Size(0) => "0B".to_owned(),
        Kind::Size(v) => with_unit(v, &SIZE_UNITS),
        Kind::Duration(v) => duration_literal(v),
        Kind::Cpu(v) => format!("{v}m"),
        Kind::IpRange(v) => range(v, ".."),
        Kind::Ports(v) => ports(v, ".."),
        _ => return spelling(value),
    })
}

/// A value for a message: `the size 8GiB`, `a list`, `a secret`. A secret shows nothing of its text.
pub fn describe(value: &Value) -> String {
    let what = match value.kind() {
        Kind::None => "`none`",
        Kind::Null => "`null`",
        Kind::Poison => "a value with an error",
        Kind::Case(name, _) => return format!("the case `{name}`"),
        Kind::Ref(entry) => return format!("the entry `{}.{}`", entry.kind, entry.name),
        Kind::Record(_) => "a record",
        Kind::List(_) => "a list",
        Kind::Set(_) => "a set",
        Kind::Secret(_) => "a secret",
        Kind::Later(_) => "an output of OpenTofu, which is known only later",
        Kind::File(path) => return format!("the file `{path}`"),
        _ => return scalar(value),
    };
    what.to_owned()
}

fn scalar(value: &Value) -> String {
    let noun = ScalarType::of(value).map_or("a value", ScalarType::noun);
    let noun = noun.strip_prefix("a ").or_else(|| noun.strip_prefix("an ")).unwrap_or(noun);
    let mut text = literal(value).unwrap_or_default();
    // One line of a message has no room for a document.
    let shown: String = text.chars().take_while(|c| !c.is_control()).take(57).collect();
    if shown.len() < text.len() && text.chars().count() > 60 || text.contains(char::is_control) {
        text = shown + "…\"";
    }
    format!("the {noun} {text}")
}

fn float(value: f64) -> Option<String> {
    // `-0` is nobody's wish.
    let text = if value == 0.0 { "0".to_owned() } else { value.to_string() };
    value.is_finite().then(|| if text.contains('.') { text } else { format!("{text}.0") })
}

fn with_unit(value: u64, units: &[(&str, u64)]) -> String {
    match units.iter().find(|(_, factor)| value != 0 && value.is_multiple_of(*factor)) {
        Some((unit, factor)) => format!("{}{unit}", value / factor),
        None => value.to_string(),
    }
}

/// Hours, minutes, seconds, milliseconds; those that are zero are left out.
fn go_duration(milliseconds: i64) -> String {
    let mut rest = milliseconds.unsigned_abs();
    let mut text = if milliseconds < 0 { "-".to_owned() } else { String::new() };
    for (unit, factor) in [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)] {
        if rest >= factor {
            text += &format!("{}{unit}", rest / factor);
            rest %= factor;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

fn duration_literal(milliseconds: i64) -> String {
    let sign = if milliseconds < 0 { "-" } else { "" };
    let amount = milliseconds.unsigned_abs();
    if amount == 0 {
        return "0s".to_owned();
    }
    // `2w` is rare; people say `14d`.
    let units = &DURATION_UNITS[1..];
    format!("{sign}{}", with_unit(amount, units))
}

fn mac(mac: Mac) -> String {
    mac.0.map(|octet| format!("{octet:02x}")).join(":")
}

fn range(range: &IpRange, between: &str) -> String {
    format!("{}{between}{}", range.first, range.last)
}

fn ports(ports: PortSpec, between: &str) -> String {
    let protocols = ports.protocols.as_str();
    if ports.first == ports.last {
        return format!("{}/{protocols}", ports.first);
    }
    format!("{}{between}{}/{protocols}", ports.first, ports.last)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "\\${"))
}
