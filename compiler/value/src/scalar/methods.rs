//! Methods of scalars. No others exist.

use crate::scalar::text::{Image, Url};
use crate::scalar::{OpError, ScalarType, cidr_host, cidr_subnet, describe, literal, range_cidrs, range_of_cidr};
use crate::{Kind, Value};
use kss_span::Origin;

/// What a method takes and gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MethodSig {
    /// Types of its arguments; without any it is written like a field.
    pub params: &'static [ScalarType],
    /// What it gives.
    pub result: MethodResult,
}

/// The result of a method.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MethodResult {
    /// A scalar.
    Scalar(ScalarType),
    /// A scalar or `none`.
    Optional(ScalarType),
    /// A list of scalars.
    List(ScalarType),
}

use MethodResult::{List, Optional, Scalar};
use ScalarType as T;

/// The signature of method `name` of type `of`.
pub fn method_type(of: ScalarType, name: &str) -> Option<MethodSig> {
    let field = |result| Some(MethodSig { params: &[], result });
    match (of, name) {
        (T::Ip, "family") => field(Scalar(T::Int)),
        (T::Cidr, "host") => Some(MethodSig { params: &[T::Int], result: Scalar(T::Ip) }),
        (T::Cidr, "subnet") => Some(MethodSig { params: &[T::Int, T::Int], result: Scalar(T::Cidr) }),
        (T::Cidr | T::IpRange, "first" | "last") => field(Scalar(T::Ip)),
        (T::IpRange, "cidrs") => field(List(T::Cidr)),
        (T::Cidr, "prefix" | "family") => field(Scalar(T::Int)),
        (T::PortSpec, "first" | "last") => field(Scalar(T::Int)),
        (T::PortSpec, "protocols") => field(List(T::Text)),
        (T::Size, "bytes" | "kib" | "mib" | "gib") => field(Scalar(T::Int)),
        (T::Duration, "milliseconds" | "seconds" | "minutes" | "hours" | "days") => field(Scalar(T::Int)),
        (T::Cpu, "milli") => field(Scalar(T::Int)),
        (T::Percent, "number") => field(Scalar(T::Int)),
        (T::Url, "host" | "path" | "scheme") => field(Scalar(T::Text)),
        (T::Url, "port") => field(Scalar(T::Int)),
        (T::Image, "name" | "repository") => field(Scalar(T::Text)),
        (T::Image, "tag" | "digest") => field(Optional(T::Text)),
        _ => None,
    }
}

/// The names of all methods of type `of`, for completion and "did you mean".
pub fn method_names(of: ScalarType) -> impl Iterator<Item = &'static str> {
    const NAMES: [&str; 24] = [
        "bytes",
        "cidrs",
        "days",
        "digest",
        "family",
        "first",
        "gib",
        "host",
        "hours",
        "kib",
        "last",
        "mib",
        "milli",
        "milliseconds",
        "minutes",
        "name",
        "number",
        "path",
        "port",
        "prefix",
        "protocols",
        "repository",
        "scheme",
        "seconds",
    ];
    NAMES.into_iter().chain(["subnet", "tag"]).filter(move |name| method_type(of, name).is_some())
}

/// Calls method `name` of a scalar. The type checker has looked the method up by the type of the place; texts are read as
/// what the method belongs to (`port` as a URL, `tag` as an image).
pub fn call_method(value: &Value, name: &str, args: &[Value], origin: Origin) -> Result<Value, OpError> {
    if value.is_poison() || args.iter().any(Value::is_poison) {
        return Ok(Value::poison(origin));
    }
    let int = |number: i64| Ok(Value::int(number, origin));
    let part = |amount: u64, unit: u64, what: &str| match amount % unit {
        0 => i64::try_from(amount / unit).map(|n| Value::int(n, origin)).map_err(|_| too_large(value)),
        _ => Err(OpError::new(format!("{} is no whole number of {what}", literal(value).unwrap_or_default()))),
    };
    match (value.kind(), name, args) {
        (Kind::Ip(ip), "family", []) => int(if ip.is_ipv4() { 4 } else { 6 }),
        (Kind::Cidr(net), "family", []) => int(if net.addr().is_ipv4() { 4 } else { 6 }),
        (Kind::Cidr(net), "prefix", []) => int(i64::from(net.prefix_len())),
        (Kind::Cidr(net), "first", []) => Ok(Value::ip(range_of_cidr(net).first, origin)),
        (Kind::Cidr(net), "last", []) => Ok(Value::ip(range_of_cidr(net).last, origin)),
        (Kind::Cidr(_), "host", [n]) => host(value, n, origin),
        (Kind::Cidr(_), "subnet", [bits, n]) => subnet(value, bits, n, origin),
        (Kind::IpRange(range), "first", []) => Ok(Value::ip(range.first, origin)),
        (Kind::IpRange(range), "last", []) => Ok(Value::ip(range.last, origin)),
        (Kind::IpRange(range), "cidrs", []) => {
            let networks = range_cidrs(range).into_iter().map(|net| Value::cidr(net, origin));
            Ok(Value::list(networks.collect(), origin))
        }
        (Kind::Ports(ports), "first", []) => int(i64::from(ports.first)),
        (Kind::Ports(ports), "last", []) => int(i64::from(ports.last)),
        (Kind::Ports(ports), "protocols", []) => {
            let names = ports.protocols.names().iter().map(|name| Value::text(*name, origin));
            Ok(Value::list(names.collect(), origin))
        }
        (Kind::Size(v), "bytes", []) => part(v, 1, "bytes"),
        (Kind::Size(v), "kib", []) => part(v, 1 << 10, "kibibytes"),
        (Kind::Size(v), "mib", []) => part(v, 1 << 20, "mebibytes"),
        (Kind::Size(v), "gib", []) => part(v, 1 << 30, "gibibytes"),
        (Kind::Duration(v), "milliseconds", []) => int(v),
        (Kind::Duration(v), unit, []) => duration(value, v, unit, origin),
        (Kind::Cpu(v), "milli", []) => part(v, 1, "thousandths"),
        (Kind::Percent(v), "number", []) => int(v),
        (Kind::Text(_) | Kind::Lines(_), _, []) => text_method(value, name, origin),
        _ => Err(no_method(value, name)),
    }
}

fn no_method(value: &Value, name: &str) -> OpError {
    OpError::new(format!("{} has no `{name}`", describe(value)))
}

fn too_large(value: &Value) -> OpError {
    OpError::new(format!("{} is larger than an integer", describe(value)))
}

fn duration(value: &Value, milliseconds: i64, unit: &str, origin: Origin) -> Result<Value, OpError> {
    let length = match unit {
        "seconds" => 1_000,
        "minutes" => 60_000,
        "hours" => 3_600_000,
        "days" => 86_400_000,
        _ => return Err(no_method(value, unit)),
    };
    if milliseconds % length != 0 {
        let shown = literal(value).unwrap_or_default();
        return Err(OpError::new(format!("{shown} is no whole number of {unit}")));
    }
    Ok(Value::int(milliseconds / length, origin))
}

fn host(net: &Value, n: &Value, origin: Origin) -> Result<Value, OpError> {
    let (Kind::Cidr(cidr), Kind::Int(number)) = (net.kind(), n.kind()) else { return Err(no_method(net, "host")) };
    match cidr_host(cidr, number) {
        Some(ip) => Ok(Value::ip(ip, origin)),
        None => {
            let range = range_of_cidr(cidr);
            let (first, last) = (range.first, range.last);
            Err(OpError::new(format!("{cidr} has no address number {number}; it goes from {first} to {last}")))
        }
    }
}

fn subnet(net: &Value, bits: &Value, n: &Value, origin: Origin) -> Result<Value, OpError> {
    let (Kind::Cidr(cidr), Kind::Int(bits), Kind::Int(number)) = (net.kind(), bits.kind(), n.kind()) else {
        return Err(no_method(net, "subnet"));
    };
    let (least, most) = (cidr.prefix_len(), cidr.max_prefix_len());
    let length = u8::try_from(bits).ok().filter(|bits| (least..=most).contains(bits)).ok_or_else(|| {
        OpError::new(format!("{cidr} has no networks of {bits} bits; their prefix has {least} to {most}"))
    })?;
    let more = u32::from(length - least);
    let found = cidr_subnet(cidr, length, number);
    found.map(|net| Value::cidr(net, origin)).ok_or_else(|| {
        let count = 1u128.checked_shl(more).map_or_else(|| "2^128".to_owned(), |count| count.to_string());
        OpError::new(format!("{cidr} has no network number {number} of {length} bits; there are {count}, from 0"))
    })
}

fn text_method(value: &Value, name: &str, origin: Origin) -> Result<Value, OpError> {
    let text = value.as_text().unwrap_or_default();
    let some = |part: &str| Ok(Value::text(part, origin));
    let optional = |part: Option<&str>| Ok(part.map_or_else(|| Value::none(origin), |part| Value::text(part, origin)));
    match name {
        "host" | "port" | "path" | "scheme" => {
            let url = Url::parse(&text).map_err(|e| OpError::new(e.message))?;
            match name {
                "host" => some(url.host()),
                "path" => some(url.path()),
                "scheme" => some(url.scheme()),
                _ => match url.port() {
                    Some(port) => Ok(Value::int(i64::from(port), origin)),
                    None => Err(OpError::new(format!(
                        "`{text}` names no port, and `{}` has no usual one: write it behind the host",
                        url.scheme()
                    ))),
                },
            }
        }
        "name" | "tag" | "repository" | "digest" => {
            let image = Image::parse(&text).map_err(|e| OpError::new(e.message))?;
            match name {
                "name" => some(image.name()),
                "repository" => some(image.repository),
                "tag" => optional(image.tag),
                _ => optional(image.digest),
            }
        }
        _ => Err(no_method(value, name)),
    }
}
