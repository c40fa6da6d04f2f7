//! What a literal stands for: in other units, as addresses.

use super::{Card, Hover, code};
use crate::{Analysis, Evaluated, Place};
use kss_span::{Origin, TextRange};
use kss_syntax::ast;
use kss_value::scalar::{Cidr, Ip, Literal, LiteralClass, as_range, parse_literal, range_of_cidr, spelling};
use kss_value::{Kind, ScopeKind, Value};

impl Analysis {
    pub(super) fn hover_literal(&self, place: &Place, class: ast::LiteralClass, range: TextRange) -> Option<Hover> {
        let text = self.text(place.at.file).get(range.range())?;
        let value = literal_value(class, text)?;
        let mut lines = facts(&value, text);
        if matches!(value.kind(), Kind::Ip(_) | Kind::Cidr(_) | Kind::IpRange(_)) {
            lines.extend(networks(&value, &self.evaluated()));
        }
        let mut card = Card::default();
        card.text(lines.join("\n"));
        card.finish(range)
    }
}

/// The value of a literal.
pub(crate) fn literal_value(class: ast::LiteralClass, text: &str) -> Option<Value> {
    match parse_literal(class_of(class), text, Origin::NOWHERE) {
        Ok(Literal::Value(value)) => Some(value),
        Ok(Literal::Range(..)) | Err(_) => None,
    }
}

fn facts(value: &Value, text: &str) -> Vec<String> {
    let mut lines = match value.kind() {
        Kind::Size(bytes) => vec![format!("{} bytes", grouped(u128::from(bytes))), in_units(bytes)],
        Kind::Duration(ms) => vec![duration(ms)],
        Kind::Cpu(milli) => vec![format!("{} of a core", decimal(milli as f64 / 1000.0))],
        Kind::Percent(number) => vec![format!("{} times", decimal(number as f64 / 100.0))],
        Kind::Cidr(cidr) => network(cidr),
        Kind::IpRange(_) => {
            as_range(value).map(|r| format!("{} addresses", grouped(size(r.first, r.last)))).into_iter().collect()
        }
        Kind::Ip(ip) => vec![family(ip)],
        Kind::Ports(ports) => {
            let count = u32::from(ports.last) - u32::from(ports.first) + 1;
            let plural = if count == 1 { "port" } else { "ports" };
            vec![format!("{count} {plural} of {}", ports.protocols.as_str())]
        }
        Kind::Int(number) if number.to_string() != text => vec![number.to_string()],
        _ => Vec::new(),
    };
    let written = spelling(value).filter(|written| written != text && !matches!(value.kind(), Kind::Int(_)));
    lines.extend(written.map(|written| format!("in outputs {}", code(&written))));
    lines.retain(|line| !line.is_empty());
    lines.iter().map(|line| format!("- {line}")).collect()
}

/// The networks of the site that it lies in.
fn networks(value: &Value, evaluated: &Evaluated) -> Vec<String> {
    let Some(wanted) = as_range(value) else { return Vec::new() };
    let sites = evaluated.parts().filter(|part| part.scope.key.kind == ScopeKind::Site);
    let mut found: Vec<String> = sites
        .flat_map(|part| part.entries())
        .filter(|entry| entry.key.kind == "network")
        .filter_map(|entry| {
            let cidrs = entry.field(kss_span::Symbol::new("cidrs"))?;
            let (Kind::List(cidrs) | Kind::Set(cidrs)) = cidrs.kind() else { return None };
            let around = cidrs.iter().find(|cidr| {
                as_range(cidr).is_some_and(|r| {
                    r.first.is_ipv4() == wanted.first.is_ipv4() && r.first <= wanted.first && wanted.last <= r.last
                })
            })?;
            Some(format!("- in `network.{}`, {}", entry.key.name, spelling(around)?))
        })
        .collect();
    found.sort();
    found
}

fn network(cidr: &Cidr) -> Vec<String> {
    let range = range_of_cidr(cidr);
    let all = size(range.first, range.last);
    // The address of the network and that of the broadcast are no hosts.
    let hosts = if cidr.addr().is_ipv4() && cidr.prefix_len() < 31 { all.saturating_sub(2) } else { all };
    let plural = if hosts == 1 { "host" } else { "hosts" };
    vec![
        format!("{} – {}", range.first, range.last),
        format!("{} {plural}", grouped(hosts)),
        format!("mask {}", cidr.netmask()),
    ]
}

fn family(ip: &Ip) -> String {
    let private = match ip {
        Ip::V4(ip) if ip.is_private() => "a private IPv4 address",
        Ip::V4(ip) if ip.is_loopback() => "an IPv4 address of the machine itself",
        Ip::V4(_) => "an IPv4 address",
        Ip::V6(ip) if ip.is_unique_local() => "a unique local IPv6 address",
        Ip::V6(_) => "an IPv6 address",
    };
    private.to_owned()
}

/// How many addresses; of all of IPv6 one too few.
fn size(first: Ip, last: Ip) -> u128 {
    let number = |ip: Ip| match ip {
        Ip::V4(ip) => u128::from(ip.to_bits()),
        Ip::V6(ip) => ip.to_bits(),
    };
    number(last).saturating_sub(number(first)).saturating_add(1)
}

fn in_units(bytes: u64) -> String {
    const BINARY: [(&str, u64); 4] = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    const DECIMAL: [(&str, u64); 4] =
        [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000)];
    let shown = |units: &[(&str, u64); 4]| {
        let (unit, factor) = units.iter().find(|(_, factor)| bytes >= *factor)?;
        Some(format!("{} {unit}", decimal(bytes as f64 / *factor as f64)))
    };
    let both: Vec<String> = [shown(&BINARY), shown(&DECIMAL)].into_iter().flatten().collect();
    both.join(" = ")
}

fn duration(ms: i64) -> String {
    let seconds = ms as f64 / 1000.0;
    let units = [("days", 86_400.0), ("hours", 3600.0), ("minutes", 60.0), ("seconds", 1.0)];
    let shown: Vec<String> = units
        .iter()
        .filter(|(name, factor)| *name == "seconds" || seconds >= *factor)
        .map(|(name, factor)| format!("{} {name}", decimal(seconds / factor)))
        .collect();
    shown.join(" = ")
}

/// At most two digits behind the point.
fn decimal(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `8 589 934 592`
fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

fn class_of(class: ast::LiteralClass) -> LiteralClass {
    use ast::LiteralClass as C;
    match class {
        C::Int => LiteralClass::Int,
        C::Float => LiteralClass::Float,
        C::Bool => LiteralClass::Bool,
        C::None => LiteralClass::None,
        C::Null => LiteralClass::Null,
        C::Ip => LiteralClass::Ip,
        C::Cidr => LiteralClass::Cidr,
        C::IpRange => LiteralClass::IpRange,
        C::Mac => LiteralClass::Mac,
        C::Size => LiteralClass::Size,
        C::Duration => LiteralClass::Duration,
        C::Cpu => LiteralClass::Cpu,
        C::Percent => LiteralClass::Percent,
        C::PortSpec => LiteralClass::PortSpec,
        C::Range => LiteralClass::Range,
        C::Malformed => LiteralClass::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(class: LiteralClass, text: &str) -> String {
        let Ok(Literal::Value(value)) = parse_literal(class, text, Origin::NOWHERE) else { panic!("a value") };
        facts(&value, text).join("\n")
    }

    #[test]
    fn literals_in_other_units() {
        assert_eq!(said(LiteralClass::Size, "8GiB"), "- 8 589 934 592 bytes\n- 8 GiB = 8.59 GB\n- in outputs `8Gi`");
        assert_eq!(
            said(LiteralClass::Duration, "60d"),
            "- 60 days = 1440 hours = 86400 minutes = 5184000 seconds\n- in outputs `1440h`"
        );
        assert_eq!(
            said(LiteralClass::Cidr, "10.69.50.0/24"),
            "- 10.69.50.0 – 10.69.50.255\n- 254 hosts\n- mask 255.255.255.0"
        );
        assert_eq!(said(LiteralClass::Cidr, "10.0.0.1/32"), "- 10.0.0.1 – 10.0.0.1\n- 1 host\n- mask 255.255.255.255");
        assert_eq!(
            said(LiteralClass::IpRange, "10.0.0.1..10.0.0.9"),
            "- 9 addresses\n- in outputs `10.0.0.1-10.0.0.9`"
        );
        assert_eq!(said(LiteralClass::Cpu, "250m"), "- 0.25 of a core");
        assert_eq!(said(LiteralClass::Int, "64_512"), "- 64512");
        assert_eq!(said(LiteralClass::Int, "7"), "");
        assert_eq!(size("::".parse().unwrap(), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff".parse().unwrap()), u128::MAX);
    }
}
