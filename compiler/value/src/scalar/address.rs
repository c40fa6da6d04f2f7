//! Addresses, networks, ranges, hardware addresses.

use crate::scalar::{Cidr, Ip, IpRange, LiteralError, Mac};
use crate::{Kind, Value};
use ipnet::{Ipv4Subnets, Ipv6Subnets};
use std::net::{Ipv4Addr, Ipv6Addr};

/// An address as a number, with its family, so that it can be counted with.
pub(crate) const fn to_number(ip: Ip) -> (bool, u128) {
    match ip {
        Ip::V4(ip) => (false, ip.to_bits() as u128),
        Ip::V6(ip) => (true, ip.to_bits()),
    }
}

/// The address with a number, if its family has it.
pub(crate) fn from_number(v6: bool, number: u128) -> Option<Ip> {
    if v6 {
        return Some(Ip::V6(Ipv6Addr::from_bits(number)));
    }
    u32::try_from(number).ok().map(|bits| Ip::V4(Ipv4Addr::from_bits(bits)))
}

/// 32 or 128.
pub(crate) const fn width(v6: bool) -> u8 {
    if v6 { 128 } else { 32 }
}

/// All addresses of a network.
pub fn range_of_cidr(cidr: &Cidr) -> IpRange {
    IpRange { first: cidr.network(), last: cidr.broadcast() }
}

/// The fewest networks that cover a range exactly, in order.
pub fn range_cidrs(range: &IpRange) -> Vec<Cidr> {
    match (range.first, range.last) {
        (Ip::V4(first), Ip::V4(last)) => Ipv4Subnets::new(first, last, 0).map(Cidr::V4).collect(),
        (Ip::V6(first), Ip::V6(last)) => Ipv6Subnets::new(first, last, 0).map(Cidr::V6).collect(),
        // A range has one family.
        _ => Vec::new(),
    }
}

/// A value that is a range or converts to one: an address, a network, a range.
pub fn as_range(value: &Value) -> Option<IpRange> {
    match value.kind() {
        Kind::Ip(ip) => Some(IpRange { first: *ip, last: *ip }),
        Kind::Cidr(cidr) => Some(range_of_cidr(cidr)),
        Kind::IpRange(range) => Some(*range),
        _ => None,
    }
}

/// The `n`th address of a network from 0; a negative `n` counts from its end, -1 is the last one.
pub fn cidr_host(cidr: &Cidr, n: i64) -> Option<Ip> {
    let (v6, first) = to_number(cidr.network());
    let (_, last) = to_number(cidr.broadcast());
    let number = nth(first, last, 1, n)?;
    from_number(v6, number)
}

/// The `n`th network of `bits` bits in `cidr`, from 0; a negative `n` counts from its end.
pub fn cidr_subnet(cidr: &Cidr, bits: u8, n: i64) -> Option<Cidr> {
    let (v6, first) = to_number(cidr.network());
    if bits < cidr.prefix_len() || bits > width(v6) {
        return None;
    }
    // A network of 2^128 addresses has one subnet of that size, itself.
    let Some(step) = 1u128.checked_shl(u32::from(width(v6) - bits)) else {
        return matches!(n, 0 | -1).then_some(*cidr);
    };
    let (_, last) = to_number(cidr.broadcast());
    let number = nth(first, last, step, n)?;
    Cidr::new(from_number(v6, number)?, bits).ok()
}

/// Start of the `n`th block of `step` numbers in `first..=last`, whose length is a multiple of `step`.
fn nth(first: u128, last: u128, step: u128, n: i64) -> Option<u128> {
    let offset = u128::from(if n < 0 { n.unsigned_abs() - 1 } else { n.unsigned_abs() }).checked_mul(step)?;
    if offset > last - first {
        return None;
    }
    Some(if n < 0 { last - offset - (step - 1) } else { first + offset })
}

pub(super) fn parse_ip(text: &str) -> Result<Ip, LiteralError> {
    if text.contains(':') { parse_v6(text).map(Ip::V6) } else { parse_v4(text).map(Ip::V4) }
}

fn parse_v4(text: &str) -> Result<Ipv4Addr, LiteralError> {
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() != 4 {
        let message = format!("`{text}` is no address: an IPv4 address has four numbers, this has {}", parts.len());
        return Err(LiteralError::new(message));
    }
    let mut octets = [0u8; 4];
    for (octet, part) in octets.iter_mut().zip(&parts) {
        if part.is_empty() || !part.bytes().all(|c| c.is_ascii_digit()) {
            return Err(LiteralError::new(format!("`{text}` is no address: `{part}` is no number")));
        }
        let short = short_digits(part);
        *octet = short
            .parse()
            .map_err(|_| LiteralError::new(format!("{part} is no octet of an address; the largest is 255")))?;
        if short != *part {
            let fixed: Vec<&str> = parts.iter().map(|p| short_digits(p)).collect();
            let message = format!("{part} in `{text}` begins with a zero, which reads as octal elsewhere");
            return Err(LiteralError::new(message).suggest(fixed.join(".")));
        }
    }
    Ok(Ipv4Addr::from(octets))
}

fn short_digits(part: &str) -> &str {
    match part.trim_start_matches('0') {
        "" => "0",
        short => short,
    }
}

fn parse_v6(text: &str) -> Result<Ipv6Addr, LiteralError> {
    if let Ok(ip) = text.parse() {
        return Ok(ip);
    }
    let wrong = |why: String| LiteralError::new(format!("`{text}` is no address: {why}"));
    if text.contains('%') {
        return Err(wrong("a zone belongs to a machine, not to an address".to_owned()));
    }
    if text.contains(":::") || text.matches("::").count() > 1 {
        return Err(wrong("`::` stands once in an IPv6 address".to_owned()));
    }
    let groups: Vec<&str> = text.split(':').filter(|g| !g.is_empty()).collect();
    for group in &groups {
        if let Some(odd) = group.chars().find(|c| !c.is_ascii_hexdigit() && *c != '.') {
            return Err(wrong(format!("`{odd}` is no hexadecimal digit")));
        }
        if group.len() > 4 && !group.contains('.') {
            return Err(wrong(format!("`{group}` has more than four digits")));
        }
    }
    let count = groups.len();
    Err(wrong(if text.contains("::") {
        format!("with `::` it has at most seven groups, this has {count}")
    } else {
        format!("an IPv6 address has eight groups, or `::` in place of zeros, this has {count}")
    }))
}

pub(super) fn parse_cidr(text: &str) -> Result<Cidr, LiteralError> {
    let Some((address, bits)) = text.split_once('/') else {
        let error = LiteralError::new(format!("`{text}` has no prefix length; a network is written 10.69.50.0/24"));
        return Err(match parse_ip(text) {
            Ok(Ip::V4(ip)) => error.suggest(format!("{ip}/32")),
            Ok(Ip::V6(ip)) => error.suggest(format!("{ip}/128")),
            Err(_) => error,
        });
    };
    let ip = parse_ip(address)?;
    let most = width(ip.is_ipv6());
    let length = bits.parse::<u8>().ok().filter(|n| *n <= most && n.to_string() == bits).ok_or_else(|| {
        let family = if ip.is_ipv6() { "IPv6" } else { "IPv4" };
        LiteralError::new(format!("`{bits}` is no prefix length; an {family} network has 0 to {most} bits"))
    })?;
    let net = Cidr::new(ip, length).map_err(|_| LiteralError::new(format!("`{text}` is no network")))?;
    if net.network() != ip {
        return Err(LiteralError::new(format!("{text} has host bits set")).suggest(net.trunc().to_string()));
    }
    Ok(net)
}

/// `a..b`; of a text also `a-b`, a network and a single address, which convert to ranges everywhere else too.
pub(super) fn parse_range(text: &str) -> Result<IpRange, LiteralError> {
    let Some((first, last)) = text.split_once("..").or_else(|| text.split_once('-')) else {
        if text.contains('/') {
            return parse_cidr(text).map(|cidr| range_of_cidr(&cidr));
        }
        return parse_ip(text).map(|ip| IpRange { first: ip, last: ip });
    };
    let range = IpRange { first: parse_ip(first)?, last: parse_ip(last)? };
    if range.first.is_ipv4() != range.last.is_ipv4() {
        return Err(LiteralError::new(format!("`{text}` begins in one family of addresses and ends in the other")));
    }
    if range.first > range.last {
        return Err(LiteralError::new(format!("`{text}` ends before it begins")).suggest(format!("{last}..{first}")));
    }
    Ok(range)
}

pub(super) fn parse_mac(text: &str) -> Result<Mac, LiteralError> {
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() != 6 {
        let dashed: Vec<&str> = text.split('-').collect();
        if dashed.len() == 6 && parse_octets(&dashed).is_ok() {
            let message = format!("`{text}` separates with `-`; a hardware address is written with `:`");
            return Err(LiteralError::new(message).suggest(dashed.join(":").to_ascii_lowercase()));
        }
        let message = format!("`{text}` is no hardware address: it has six octets, this has {}", parts.len());
        return Err(LiteralError::new(message));
    }
    parse_octets(&parts).map(Mac).map_err(|part| {
        LiteralError::new(format!("`{text}` is no hardware address: `{part}` is not two hexadecimal digits"))
    })
}

fn parse_octets<'a>(parts: &[&'a str]) -> Result<[u8; 6], &'a str> {
    let mut octets = [0u8; 6];
    for (octet, part) in octets.iter_mut().zip(parts) {
        if part.len() != 2 || !part.bytes().all(|c| c.is_ascii_hexdigit()) {
            return Err(part);
        }
        *octet = u8::from_str_radix(part, 16).map_err(|_| *part)?;
    }
    Ok(octets)
}
