//! Plain numbers, and numbers in front of a unit.

use crate::scalar::LiteralError;

/// `42`, `64_512`, `0x1f`, with a sign in front where a text holds it.
pub(super) fn parse_int(text: &str) -> Result<i64, LiteralError> {
    let (negative, body) = split_sign(text);
    let (radix, digits) = match body.get(..2) {
        Some("0x" | "0X") => (16, &body[2..]),
        Some("0o" | "0O") => (8, &body[2..]),
        Some("0b" | "0B") => (2, &body[2..]),
        _ => (10, body),
    };
    if radix == 10 && digits.len() > 1 && digits.starts_with('0') {
        let short = digits.trim_start_matches(['0', '_']);
        let short = if short.is_empty() { "0" } else { short };
        return Err(LiteralError::new(format!("`{text}` begins with a zero, which reads as octal elsewhere"))
            .suggest(format!("{}{short}", if negative { "-" } else { "" })));
    }
    let plain = plain_digits(digits, radix).ok_or_else(|| LiteralError::new(format!("`{text}` is no integer")))?;
    let signed = if negative { format!("-{plain}") } else { plain };
    i64::from_str_radix(&signed, radix).map_err(|_| {
        LiteralError::new(format!("`{text}` is too large; integers lie between {} and {}", i64::MIN, i64::MAX))
    })
}

/// `0.5`
pub(super) fn parse_float(text: &str) -> Result<f64, LiteralError> {
    let wrong = || LiteralError::new(format!("`{text}` is no number"));
    if text.starts_with('_') || text.ends_with('_') || text.contains("__") || text.contains("_.") || text.contains("._")
    {
        return Err(wrong());
    }
    let plain = text.replace('_', "");
    // `f64` reads `inf` and `nan` too.
    if !plain.bytes().all(|c| c.is_ascii_digit() || matches!(c, b'.' | b'-' | b'+' | b'e' | b'E')) {
        return Err(wrong());
    }
    let value: f64 = plain.parse().map_err(|_| wrong())?;
    if value.is_finite() { Ok(value) } else { Err(LiteralError::new(format!("`{text}` is too large for a number"))) }
}

/// Why a number in front of a unit is refused.
pub(super) enum ScaleError {
    /// Not digits with at most one point.
    NoNumber,
    /// Smaller than the smallest part of the type.
    NotWhole,
    /// Larger than anything.
    TooLarge,
}

/// `number` (digits, perhaps a fraction) times `unit`, if that is a whole number.
pub(super) fn scaled(number: &str, unit: u64) -> Result<u64, ScaleError> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if number.contains('.') && fraction.is_empty() {
        return Err(ScaleError::NoNumber);
    }
    let whole = plain_digits(whole, 10).ok_or(ScaleError::NoNumber)?;
    let fraction =
        if fraction.is_empty() { String::new() } else { plain_digits(fraction, 10).ok_or(ScaleError::NoNumber)? };
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 18 {
        return Err(ScaleError::NotWhole);
    }
    let scale = 10u128.pow(fraction.len() as u32);
    let mantissa: u128 = format!("{whole}{fraction}").parse().map_err(|_| ScaleError::TooLarge)?;
    let product = mantissa.checked_mul(u128::from(unit)).ok_or(ScaleError::TooLarge)?;
    if product % scale != 0 {
        return Err(ScaleError::NotWhole);
    }
    u64::try_from(product / scale).map_err(|_| ScaleError::TooLarge)
}

/// Splits a sign off, of texts only (a literal has none: `-` is an operator).
pub(super) fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    }
}

/// Splits `1.5GiB` behind its digits.
pub(super) fn split_number(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len());
    text.split_at(end)
}

/// The digits without the underscores between them.
fn plain_digits(text: &str, radix: u32) -> Option<String> {
    let shaped = !text.is_empty() && !text.starts_with('_') && !text.ends_with('_') && !text.contains("__");
    (shaped && text.chars().all(|c| c == '_' || c.is_digit(radix))).then(|| text.replace('_', ""))
}
