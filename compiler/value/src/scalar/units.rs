//! Sizes, durations, shares of cores, percentages, ports: from text to number.

use crate::scalar::number::{ScaleError, parse_int, scaled, split_number, split_sign};
use crate::scalar::{LiteralError, PortSpec, Protocols};

/// Units of sizes as literals write them, the largest first. `KB` is what people write for `kB`.
pub(super) const SIZE_UNITS: [(&str, u64); 14] = [
    ("EiB", 1 << 60),
    ("EB", 1_000_000_000_000_000_000),
    ("PiB", 1 << 50),
    ("PB", 1_000_000_000_000_000),
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1_000),
    ("KB", 1_000),
    ("B", 1),
];

/// Units of quantities of Kubernetes, the largest first.
pub(super) const QUANTITY_UNITS: [(&str, u64); 12] = [
    ("Ei", 1 << 60),
    ("E", 1_000_000_000_000_000_000),
    ("Pi", 1 << 50),
    ("P", 1_000_000_000_000_000),
    ("Ti", 1 << 40),
    ("T", 1_000_000_000_000),
    ("Gi", 1 << 30),
    ("G", 1_000_000_000),
    ("Mi", 1 << 20),
    ("M", 1_000_000),
    ("Ki", 1 << 10),
    ("k", 1_000),
];

/// Units of durations in milliseconds, the largest first.
pub(super) const DURATION_UNITS: [(&str, u64); 6] =
    [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];

/// Sizes end here: eight exbibytes, what a signed number of 64 bits holds and what Kubernetes counts to.
pub(super) const MAX_SIZE: u64 = i64::MAX as u64;

/// Durations end here, in milliseconds: 292 years, what Go counts in nanoseconds.
pub(super) const MAX_DURATION: i64 = i64::MAX / 1_000_000;

fn unit_of(units: &[(&str, u64)], name: &str) -> Option<u64> {
    units.iter().find(|(unit, _)| *unit == name).map(|(_, factor)| *factor)
}

pub(super) fn is_size_unit(name: &str) -> bool {
    unit_of(&SIZE_UNITS, name).is_some()
}

pub(super) fn is_duration_unit(name: &str) -> bool {
    unit_of(&DURATION_UNITS, name).is_some()
}

/// `8GiB`, `1.5GiB`; of a text also a quantity of Kubernetes: `8Gi`, `500M`, `1024`.
pub(super) fn parse_size(text: &str, quantity: bool) -> Result<u64, LiteralError> {
    let (number, unit) = split_number(text);
    let factor = unit_of(&SIZE_UNITS, unit)
        .or_else(|| quantity.then(|| if unit.is_empty() { Some(1) } else { unit_of(&QUANTITY_UNITS, unit) }).flatten());
    let Some(factor) = factor else { return Err(no_size(text, number, unit)) };
    let bytes = scaled(number, factor).map_err(|e| match e {
        ScaleError::NoNumber => no_size(text, number, unit),
        ScaleError::NotWhole => LiteralError::new(format!("`{text}` is no whole number of bytes")),
        ScaleError::TooLarge => too_large_size(text),
    })?;
    if bytes > MAX_SIZE { Err(too_large_size(text)) } else { Ok(bytes) }
}

fn too_large_size(text: &str) -> LiteralError {
    LiteralError::new(format!("`{text}` is too large; sizes end below 8EiB"))
}

fn no_size(text: &str, number: &str, unit: &str) -> LiteralError {
    let error = LiteralError::new(format!("`{text}` is no size; it is written 8GiB or 500MB"));
    match size_meant(unit) {
        Some(meant) if !number.is_empty() => error.suggest(format!("{number}{meant}")),
        _ => error,
    }
}

/// The unit of sizes that somebody means who writes `unit`.
fn size_meant(unit: &str) -> Option<&'static str> {
    SIZE_UNITS.iter().map(|(name, _)| *name).find(|name| name.eq_ignore_ascii_case(unit)).or_else(|| {
        let letter = QUANTITY_UNITS.iter().position(|(name, _)| name.eq_ignore_ascii_case(unit))?;
        Some(SIZE_UNITS[letter].0)
    })
}

/// `5min`, `1h30min`; of a text also as Go writes it (`5m`, `1h30m`, `1.5s`), with a sign.
pub(super) fn parse_duration(text: &str, go: bool) -> Result<i64, LiteralError> {
    let (negative, body) = if go { split_sign(text) } else { (false, text) };
    if body.is_empty() {
        return Err(no_duration(text));
    }
    // Go writes nothing at all without a unit.
    if go && body == "0" {
        return Ok(0);
    }
    let too_large = || LiteralError::new(format!("`{text}` is too long; durations end at 106751d"));
    let (mut rest, mut total, mut last) = (body, 0i64, u64::MAX);
    while !rest.is_empty() {
        let (number, behind) = split_number(rest);
        let end = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(end);
        let factor = if go && unit == "m" { Some(60_000) } else { unit_of(&DURATION_UNITS, unit) };
        let Some(factor) = factor.filter(|f| *f < last) else { return Err(no_duration(text)) };
        let part = scaled(number, factor).map_err(|e| match e {
            ScaleError::NoNumber => no_duration(text),
            ScaleError::NotWhole => LiteralError::new(format!("`{text}` is no whole number of milliseconds")),
            ScaleError::TooLarge => too_large(),
        })?;
        total = i64::try_from(part)
            .ok()
            .and_then(|part| total.checked_add(part))
            .filter(|t| *t <= MAX_DURATION)
            .ok_or_else(too_large)?;
        (rest, last) = (behind, factor);
    }
    Ok(if negative { -total } else { total })
}

fn no_duration(text: &str) -> LiteralError {
    let error = LiteralError::new(format!("`{text}` is no duration; it is written 30s, 5min, 2h or 7d"));
    let (number, unit) = split_number(text);
    match duration_meant(unit) {
        Some(meant) if !number.is_empty() => error.suggest(format!("{number}{meant}")),
        _ => error,
    }
}

/// The unit of durations that somebody means who writes `unit`.
fn duration_meant(unit: &str) -> Option<&'static str> {
    Some(match unit.to_ascii_lowercase().as_str() {
        "msec" | "msecs" | "millis" | "millisecond" | "milliseconds" => "ms",
        "sec" | "secs" | "second" | "seconds" => "s",
        "mins" | "minute" | "minutes" => "min",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "day" | "days" => "d",
        "week" | "weeks" => "w",
        _ => return None,
    })
}

/// `250m`; of a text also whole and broken cores: `2`, `0.5`.
pub(super) fn parse_cpu(text: &str) -> Result<u64, LiteralError> {
    let wrong =
        || LiteralError::new(format!("`{text}` is no share of cores; it is written 250m, a thousand make a core"));
    let (number, unit) = split_number(text);
    let factor = match unit {
        "m" => 1,
        "" => 1000,
        _ => return Err(wrong()),
    };
    scaled(number, factor).map_err(|e| match e {
        ScaleError::NoNumber => wrong(),
        ScaleError::NotWhole => LiteralError::new(format!("`{text}` is no whole number of thousandths of a core")),
        ScaleError::TooLarge => LiteralError::new(format!("`{text}` is too large for a share of cores")),
    })
}

/// `200%`
pub(super) fn parse_percent(text: &str) -> Result<i64, LiteralError> {
    let Some(number) = text.strip_suffix('%') else {
        let error = LiteralError::new(format!("`{text}` is no percentage; it is written 15%"));
        return Err(if parse_int(text).is_ok() { error.suggest(format!("{text}%")) } else { error });
    };
    if number.contains('.') {
        return Err(LiteralError::new(format!("`{text}` has a fraction; percentages are whole numbers")));
    }
    parse_int(number)
}

/// `443/tcp`, `4240..4245/tcp`, `53/tcp+udp`; of a text also `4240-4245/tcp`.
pub(super) fn parse_ports(text: &str) -> Result<PortSpec, LiteralError> {
    let Some((ports, protocols)) = text.split_once('/') else {
        let error = LiteralError::new(format!("`{text}` has no protocol; ports are written 443/tcp"));
        return Err(if parse_port(text).is_ok() { error.suggest(format!("{text}/tcp")) } else { error });
    };
    let protocols = match protocols {
        "tcp" => Protocols::Tcp,
        "udp" => Protocols::Udp,
        "tcp+udp" | "udp+tcp" => Protocols::Both,
        other => {
            let error = LiteralError::new(format!("`{other}` is no protocol of ports: tcp, udp, tcp+udp"));
            let lower = other.to_ascii_lowercase();
            let known = matches!(lower.as_str(), "tcp" | "udp" | "tcp+udp");
            return Err(if known { error.suggest(format!("{ports}/{lower}")) } else { error });
        }
    };
    let Some((first, last)) = ports.split_once("..").or_else(|| ports.split_once('-')) else {
        let port = parse_port(ports)?;
        return Ok(PortSpec { first: port, last: port, protocols });
    };
    let spec = PortSpec { first: parse_port(first)?, last: parse_port(last)?, protocols };
    if spec.first > spec.last {
        let fixed = format!("{last}..{first}/{}", protocols.as_str());
        return Err(LiteralError::new(format!("`{text}` ends before it begins")).suggest(fixed));
    }
    Ok(spec)
}

fn parse_port(text: &str) -> Result<u16, LiteralError> {
    check_port(parse_int(text)?)
}

/// A number as a port.
pub(crate) fn check_port(number: i64) -> Result<u16, LiteralError> {
    match u16::try_from(number) {
        Ok(0) => Err(LiteralError::new("0 is no port; they lie between 1 and 65535")),
        Ok(port) => Ok(port),
        Err(_) => Err(LiteralError::new(format!("{number} is no port; the largest is 65535"))),
    }
}

/// What is wrong with a number that has something behind it, and what was meant.
pub(super) fn malformed(text: &str) -> LiteralError {
    let (number, unit) = split_number(text);
    let meant = size_meant(unit).or_else(|| duration_meant(unit));
    let error = match unit {
        "" => LiteralError::new(format!("`{text}` is no number")),
        _ => LiteralError::new(format!("`{unit}` in `{text}` is no unit")),
    };
    match meant {
        Some(meant) if !number.is_empty() => error.suggest(format!("{number}{meant}")),
        _ => error,
    }
}
