//! Literals that begin with a digit, a hexadecimal group or `::`. The lexer says what one looks like; whether it is a real
//! address, in range, and so on is checked where its type is known.

use crate::ast::LiteralClass;

/// Units by class. `m` alone is milli-cores.
const SIZES: &[&str] = &["B", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"];
const DURATIONS: &[&str] = &["ms", "s", "min", "h", "d", "w"];
const PROTOCOLS: &[&str] = &["tcp", "udp", "sctp"];

/// What people write for a unit.
const HABITS: &[(&str, &str)] = &[
    ("k", "KB"),
    ("K", "KiB"),
    ("Ki", "KiB"),
    ("M", "MiB"),
    ("Mi", "MiB"),
    ("G", "GiB"),
    ("Gi", "GiB"),
    ("T", "TiB"),
    ("Ti", "TiB"),
    ("msec", "ms"),
    ("millis", "ms"),
    ("milliseconds", "ms"),
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("mins", "min"),
    ("minute", "min"),
    ("minutes", "min"),
    ("hr", "h"),
    ("hrs", "h"),
    ("hour", "h"),
    ("hours", "h"),
    ("day", "d"),
    ("days", "d"),
    ("week", "w"),
    ("weeks", "w"),
];

/// The unit that `word` is, or is meant to be, with the class of a number that has it.
pub(crate) fn unit(word: &str) -> Option<(&str, LiteralClass)> {
    let right = HABITS.iter().find(|(wrong, _)| *wrong == word).map_or(word, |(_, right)| *right);
    let class = match right {
        "m" => LiteralClass::Cpu,
        "%" => LiteralClass::Percent,
        _ if SIZES.contains(&right) => LiteralClass::Size,
        _ if DURATIONS.contains(&right) => LiteralClass::Duration,
        _ => return None,
    };
    Some((right, class))
}

/// Length and class of the literal at the start of `text`, whose first byte is a digit.
pub(super) fn number(text: &str) -> (usize, LiteralClass) {
    let bytes = text.as_bytes();
    if let Some(found) = colons(bytes) {
        return found;
    }
    let (len, class) = simple(bytes);
    let upper = bytes.get(len + 2).is_some_and(u8::is_ascii_digit);
    if bytes[len..].starts_with(b"..") && upper && class != LiteralClass::Malformed {
        return range(bytes, len, class);
    }
    if bytes.get(len) == Some(&b'/') {
        return slash(bytes, len, class);
    }
    (len, class)
}

/// A MAC or an IPv6 address, with what may follow it; `None` if it is neither.
pub(super) fn colons(bytes: &[u8]) -> Option<(usize, LiteralClass)> {
    let mut len = bytes.iter().take_while(|b| b.is_ascii_hexdigit() || **b == b':').count();
    if bytes[..len].iter().filter(|b| **b == b':').count() < 2 {
        return None;
    }
    if bytes[..len].ends_with(b":") && !bytes[..len].ends_with(b"::") {
        len -= 1; // belongs to the statement: `every a in fe80::1: …`
    }
    if bytes.get(len).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_') {
        return None;
    }
    let text = std::str::from_utf8(&bytes[..len]).ok()?;
    let groups: Vec<&str> = text.split(':').collect();
    let compressed = text.contains("::");
    let class = if compressed || groups.len() == 8 {
        LiteralClass::Ip
    } else if groups.len() == 6 && groups.iter().all(|g| g.len() == 2) {
        LiteralClass::Mac
    } else if groups.len() > 2 && (bytes[0].is_ascii_digit() || groups.iter().all(|g| g.len() == 2)) {
        LiteralClass::Malformed
    } else {
        return None;
    };
    if class != LiteralClass::Ip {
        return Some((len, class));
    }
    // `::ffff:10.0.0.1`
    if groups.last().is_some_and(|g| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit())) {
        let dotted = dots(&bytes[len..]);
        if dotted.1 == 3 {
            len += dotted.0;
        }
    }
    if bytes.get(len) == Some(&b'/') {
        return Some(slash(bytes, len, class));
    }
    if bytes[len..].starts_with(b"..")
        && let Some((more, LiteralClass::Ip)) = colons(&bytes[len + 2..])
    {
        return Some((len + 2 + more, LiteralClass::IpRange));
    }
    Some((len, class))
}

/// `.1.2`: length and number of groups.
fn dots(bytes: &[u8]) -> (usize, usize) {
    let (mut len, mut groups) = (0, 0);
    while bytes.get(len) == Some(&b'.') && bytes.get(len + 1).is_some_and(u8::is_ascii_digit) {
        len += 1 + digits(&bytes[len + 1..]);
        groups += 1;
    }
    (len, groups)
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_digit() || **b == b'_').count()
}

fn word(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count()
}

/// A number with its unit, or an IPv4 address.
fn simple(bytes: &[u8]) -> (usize, LiteralClass) {
    if bytes.starts_with(b"0x") || bytes.starts_with(b"0X") {
        let len = 2 + word(&bytes[2..]);
        let good = len > 2 && bytes[2..len].iter().all(|b| b.is_ascii_hexdigit() || *b == b'_');
        return (len, if good { LiteralClass::Int } else { LiteralClass::Malformed });
    }
    let whole = digits(bytes);
    let (dotted, groups) = dots(&bytes[whole..]);
    let len = whole + dotted;
    if groups == 3 && word(&bytes[len..]) == 0 {
        return (len, LiteralClass::Ip);
    }
    if groups > 1 {
        return (len + version_tail(&bytes[len..]), LiteralClass::Malformed);
    }
    if bytes.get(len) == Some(&b'%') {
        return (len + 1, LiteralClass::Percent);
    }
    let unit = &bytes[len..len + word(&bytes[len..])];
    let class = match std::str::from_utf8(unit).unwrap_or("?") {
        "" if groups == 1 => LiteralClass::Float,
        "" => LiteralClass::Int,
        "m" if groups == 0 => LiteralClass::Cpu,
        u if SIZES.contains(&u) => LiteralClass::Size,
        u if DURATIONS.contains(&u) => LiteralClass::Duration,
        _ => LiteralClass::Malformed,
    };
    (len + unit.len(), class)
}

/// The rest of what was meant as a version: `1.31.4` before `+rke2r1`.
fn version_tail(bytes: &[u8]) -> usize {
    let mut len = word(bytes);
    while matches!(bytes.get(len), Some(b'+' | b'-' | b'.')) && word(&bytes[len + 1..]) > 0 {
        len += 1 + word(&bytes[len + 1..]);
    }
    len
}

/// `a..b` behind `a`.
fn range(bytes: &[u8], low: usize, class: LiteralClass) -> (usize, LiteralClass) {
    let (more, upper) = simple(&bytes[low + 2..]);
    let len = low + 2 + more;
    match (class, upper) {
        (LiteralClass::Ip, LiteralClass::Ip) => (len, LiteralClass::IpRange),
        (LiteralClass::Ip, _) | (_, LiteralClass::Ip) => (len, LiteralClass::Malformed),
        (a, b) if a != b => (len, LiteralClass::Malformed),
        (LiteralClass::Int, _) if bytes.get(len) == Some(&b'/') => slash(bytes, len, LiteralClass::Range),
        _ => (len, LiteralClass::Range),
    }
}

/// The prefix of a network or the protocol of a port; a `/` that is neither divides.
fn slash(bytes: &[u8], len: usize, class: LiteralClass) -> (usize, LiteralClass) {
    let rest = word(&bytes[len + 1..]);
    let end = len + 1 + rest;
    let tail = &bytes[len + 1..end];
    let numeric = !tail.is_empty() && tail.iter().all(u8::is_ascii_digit);
    match class {
        LiteralClass::Ip if numeric => (end, LiteralClass::Cidr),
        LiteralClass::Int | LiteralClass::Range if rest > 0 && !tail[0].is_ascii_digit() => {
            let known = PROTOCOLS.iter().any(|p| p.as_bytes() == tail);
            (end, if known { LiteralClass::PortSpec } else { LiteralClass::Malformed })
        }
        _ => (len, class),
    }
}

/// What is wrong with a literal of class [`LiteralClass::Malformed`], and what was meant, if that is sure enough to offer.
pub(crate) fn problem(text: &str) -> (String, Option<String>) {
    let bytes = text.as_bytes();
    if text.contains(':') {
        return (format!("`{text}` is neither a MAC (six pairs) nor an IPv6 address (eight groups, or `::`)"), None);
    }
    let whole = digits(bytes);
    let (dotted, groups) = dots(&bytes[whole..]);
    if let Some((number, protocol)) = text.split_once('/') {
        let near = kss_diag::closest(protocol, PROTOCOLS.iter().copied());
        return match near {
            Some(near) => {
                (format!("`{protocol}` is no protocol; did you mean `{near}`?"), Some(format!("{number}/{near}")))
            }
            None => (
                format!("`{protocol}` is no protocol (`tcp`, `udp`, `sctp`); to divide, put spaces around `/`"),
                Some(format!("{number} / {protocol}")),
            ),
        };
    }
    if let Some((low, high)) = text.split_once("..") {
        return (format!("`{low}` and `{high}` are not of one kind, so `{text}` is no range"), None);
    }
    if groups > 1 {
        let groups = groups + 1;
        let address = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let why = match groups == 3 {
            true if address => "a version is a text, and an address has four groups",
            true => "a version is a text",
            false => "an address has four groups",
        };
        return (format!("`{text}` is no number: {why}"), Some(format!("\"{text}\"")));
    }
    let len = whole + dotted;
    let (number, unit) = text.split_at(len);
    if text.starts_with("0x") || text.starts_with("0X") {
        return (format!("`{text}` is no hexadecimal number"), None);
    }
    if let Some(found) = notation(text).or_else(|| duration(text)) {
        return found;
    }
    let units = || SIZES.iter().chain(DURATIONS).copied().chain(["m"]);
    let habit = HABITS.iter().find(|(wrong, _)| *wrong == unit).map(|(_, right)| *right);
    match habit.or_else(|| kss_diag::closest(unit, units())) {
        Some(near) => (format!("`{unit}` is no unit; did you mean `{near}`?"), Some(format!("{number}{near}"))),
        None => (format!("`{text}` is neither a number nor a number with a unit"), None),
    }
}

/// Notations of numbers that other languages have.
fn notation(text: &str) -> Option<(String, Option<String>)> {
    let digits = |rest: &str, radix: u32| u64::from_str_radix(&rest.replace('_', ""), radix).ok();
    if let Some(octal) = text.strip_prefix("0o").or_else(|| text.strip_prefix("0O")) {
        digits(octal, 8)?;
        let message = format!("`{text}` is no number: none is written in octal, and the mode of a file is a text");
        return Some((message, Some(format!("\"0{octal}\""))));
    }
    if let Some(binary) = text.strip_prefix("0b").or_else(|| text.strip_prefix("0B")) {
        let value = digits(binary, 2)?;
        return Some((format!("`{text}` is no number: none is written in binary"), Some(value.to_string())));
    }
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent: usize = exponent.parse().ok().filter(|e| *e < 16)?;
    let whole = mantissa.bytes().all(|b| b.is_ascii_digit()).then(|| format!("{mantissa}{}", "0".repeat(exponent)));
    Some((format!("`{text}` is no number: none is written with an exponent"), whole))
}

/// A duration of several parts: `1h30m`.
fn duration(text: &str) -> Option<(String, Option<String>)> {
    const UNITS: &[(&str, u64)] = &[
        ("ms", 1),
        ("s", 1_000),
        ("m", 60_000),
        ("min", 60_000),
        ("h", 3_600_000),
        ("d", 86_400_000),
        ("w", 604_800_000),
    ];
    let (mut rest, mut sum, mut least, mut parts) = (text, 0u64, ("", u64::MAX), 0);
    while !rest.is_empty() {
        let len = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = rest.split_at(len);
        let len = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit = UNITS.iter().find(|(name, _)| *name == &behind[..len])?;
        sum = sum.checked_add(number.parse::<u64>().ok()?.checked_mul(unit.1)?)?;
        least = if unit.1 < least.1 { *unit } else { least };
        (rest, parts) = (&behind[len..], parts + 1);
    }
    let unit = if least.0 == "m" { "min" } else { least.0 };
    let message = format!("`{text}` is no duration: it has one number and one unit");
    (parts > 1).then(|| (message, Some(format!("{}{unit}", sum / least.1))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use LiteralClass::*;

    #[test]
    fn classes() {
        for (text, class) in [
            ("42", Int),
            ("64_512", Int),
            ("0x1f", Int),
            ("0.5", Float),
            ("10.69.50.20", Ip),
            ("10.69.50.300", Ip),
            ("10.69.50.0/24", Cidr),
            ("10.69.50.128..10.69.50.191", IpRange),
            ("fd42:1::/64", Cidr),
            ("::1", Ip),
            ("::/0", Cidr),
            ("::ffff:10.0.0.1", Ip),
            ("fe80::1..fe80::9", IpRange),
            ("52:54:00:69:50:20", Mac),
            ("8GiB", Size),
            ("500MB", Size),
            ("30s", Duration),
            ("5min", Duration),
            ("250m", Cpu),
            ("200%", Percent),
            ("443/tcp", PortSpec),
            ("4240..4245/tcp", PortSpec),
            ("1..128", Range),
            ("100%..300%", Range),
            ("1GiB..4GiB", Range),
            ("1.19.0", Malformed),
            ("1.31.4+rke2r1", Malformed),
            ("8Gib", Malformed),
            ("443/tpc", Malformed),
            ("52:54:00:69:50", Malformed),
            ("1..10.0.0.1", Malformed),
        ] {
            let found = colons(text.as_bytes()).unwrap_or_else(|| number(text));
            assert_eq!(found, (text.len(), class), "{text}");
        }
    }

    #[test]
    fn what_follows_is_left_alone() {
        assert_eq!(number("1.."), (1, Int));
        assert_eq!(number("1.x"), (1, Int));
        assert_eq!(number("9 / 10"), (1, Int));
        assert_eq!(number("10/2"), (2, Int));
        assert_eq!(number("10.0.0.1.first"), (8, Ip));
        assert_eq!(colons(b"fe80::1: x"), Some((7, Ip)));
        assert!(colons(b"a: b").is_none());
        assert!(colons(b"a:b").is_none());
    }

    #[test]
    fn problems_name_the_near_unit() {
        assert_eq!(problem("8Gib").1.as_deref(), Some("8GiB"));
        assert_eq!(problem("5mins").1.as_deref(), Some("5min"));
        assert_eq!(problem("5minutes").1.as_deref(), Some("5min"));
        assert_eq!(problem("1h30m").1.as_deref(), Some("90min"));
        assert_eq!(problem("1d12h").1.as_deref(), Some("36h"));
        assert_eq!(problem("0o755").1.as_deref(), Some("\"0755\""));
        assert_eq!(problem("0b101").1.as_deref(), Some("5"));
        assert_eq!(problem("2e3").1.as_deref(), Some("2000"));
        assert_eq!(problem("8G").1.as_deref(), Some("8GiB"));
        assert_eq!(problem("443/tpc").1.as_deref(), Some("443/tcp"));
        assert_eq!(problem("1.19.0").1.as_deref(), Some("\"1.19.0\""));
    }
}
