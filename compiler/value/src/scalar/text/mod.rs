//! Refined texts: what a text must look like to be a version, a domain, a URL and so on.

mod image;
mod url;

pub(super) use image::Image;
pub(super) use url::Url;

use crate::scalar::LiteralError;

/// A kind of refined text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TextKind {
    /// Whatever begins like a version: `1.19.0`, `v1.31.4+rke2r1`, `18.10.1-ce.0`, `25.11`. Charts, operating systems and
    /// appliances agree on nothing more.
    Version,
    /// What software calls its things: letters, digits, `-`, `_` and `.`, beginning and ending with a letter, a digit or
    /// `_`, at most 253 bytes. Wider than a label of RFC 1123, because systemd, Keycloak and Kubernetes kinds are wider;
    /// narrower rules are checked where a name becomes a domain or an object.
    Name,
    /// A domain of RFC 1123: labels of at most 63 letters, digits and inner `-`, at most 253 bytes, in lower case (RFC 4343
    /// takes both as one, Kubernetes takes only this), without a dot at the end. `*` may stand as the first label
    /// (RFC 4592), `_` may begin one (RFC 8552).
    Domain,
    /// A URL of RFC 3986 with a scheme and a host: a domain, a name of the cluster, or an address. `file:` needs no host.
    Url,
    /// A mailbox of RFC 5321 without comments and quotes: at most 64 bytes, `@`, a domain.
    Email,
    /// An absolute or relative path of a file: not empty, without control characters. Where it may lead is no question of
    /// its text.
    Path,
    /// Rights of a file as four octal digits: `0750`.
    Mode,
    /// A reference of the OCI distribution specification: `ghcr.io/a/b:1.2`, `b@sha256:…`.
    Image,
}

/// Is `text` one of `kind`?
pub fn check_text(kind: TextKind, text: &str) -> Result<(), LiteralError> {
    check(kind, text).map_err(|error| error.vetted(|better| check(kind, better).is_ok()))
}

fn check(kind: TextKind, text: &str) -> Result<(), LiteralError> {
    match kind {
        TextKind::Version => check_version(text),
        TextKind::Name => check_name(text),
        TextKind::Domain => check_domain(text),
        TextKind::Url => Url::parse(text).map(|_| ()),
        TextKind::Email => check_email(text),
        TextKind::Path => check_path(text),
        TextKind::Mode => check_mode(text),
        TextKind::Image => Image::parse(text).map(|_| ()),
    }
}

/// A character for a message.
fn shown(c: char) -> String {
    match c {
        ' ' => "a space".to_owned(),
        c if c.is_control() => format!("the control character U+{:04X}", u32::from(c)),
        c => format!("`{c}`"),
    }
}

fn check_version(text: &str) -> Result<(), LiteralError> {
    let body = text.strip_prefix('v').unwrap_or(text);
    if !body.starts_with(|c: char| c.is_ascii_digit()) {
        let message = format!("`{text}` is no version: it begins with a number, or `v` and a number");
        return Err(LiteralError::new(message));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_' | '~');
    if let Some(odd) = body.chars().find(|c| !allowed(*c)) {
        let error = LiteralError::new(format!("`{text}` is no version: {} stands in none", shown(odd)));
        let trimmed = text.trim();
        return Err(if trimmed.chars().all(allowed) { error.suggest(trimmed) } else { error });
    }
    if body.contains("..") || !body.ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err(LiteralError::new(format!("`{text}` is no version: a part of it is empty")));
    }
    Ok(())
}

fn check_name(text: &str) -> Result<(), LiteralError> {
    if text.is_empty() {
        return Err(LiteralError::new("a name can't be empty"));
    }
    if text.len() > 253 {
        return Err(LiteralError::new(format!("`{text}` is {} bytes long; a name has at most 253", text.len())));
    }
    let edge = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if let Some(odd) = text.chars().find(|c| !edge(*c) && !matches!(c, '-' | '.')) {
        let message = format!("`{text}` is no name: {} stands in none (letters, digits, `-`, `_`, `.`)", shown(odd));
        return Err(LiteralError::new(message));
    }
    if !text.starts_with(edge) || !text.ends_with(edge) {
        let message = format!("`{text}` is no name: it begins and ends with a letter, a digit or `_`");
        let trimmed = text.trim_matches(['-', '.']);
        let error = LiteralError::new(message);
        return Err(if trimmed.is_empty() { error } else { error.suggest(trimmed) });
    }
    Ok(())
}

fn check_domain(text: &str) -> Result<(), LiteralError> {
    let wrong = |why: String| LiteralError::new(format!("`{text}` is no domain: {why}"));
    if text.is_empty() {
        return Err(LiteralError::new("a domain can't be empty"));
    }
    if text.bytes().any(|c| c.is_ascii_uppercase()) {
        return Err(wrong("it is written in lower case".to_owned()).suggest(text.to_ascii_lowercase()));
    }
    if let Some(bare) = text.strip_suffix('.') {
        return Err(wrong("it is written without a dot at its end".to_owned()).suggest(bare));
    }
    if let Some((_, rest)) = text.split_once("://") {
        let host = rest.split(['/', ':']).next().unwrap_or(rest);
        return Err(wrong("it has a scheme, like a URL".to_owned()).suggest(host));
    }
    if text.len() > 253 {
        return Err(wrong(format!("it is {} bytes long, at most 253 are legal", text.len())));
    }
    text.strip_prefix("*.").unwrap_or(text).split('.').try_for_each(|label| check_label(label).map_err(wrong))?;
    let top = text.rsplit('.').next().unwrap_or(text);
    if top.bytes().all(|c| c.is_ascii_digit()) {
        return Err(wrong("its last part is a number, as in an address".to_owned()));
    }
    Ok(())
}

fn check_label(label: &str) -> Result<(), String> {
    if label.is_empty() {
        return Err("a part between its dots is empty".to_owned());
    }
    if label.len() > 63 {
        return Err(format!("`{label}` is {} bytes long, at most 63 are legal", label.len()));
    }
    let body = label.strip_prefix('_').unwrap_or(label);
    if let Some(odd) = body.chars().find(|c| !c.is_ascii_lowercase() && !c.is_ascii_digit() && *c != '-') {
        return Err(format!("{} stands in none (letters, digits, `-`)", shown(odd)));
    }
    if body.is_empty() || body.starts_with('-') || body.ends_with('-') {
        return Err(format!("`{label}` begins or ends with `-`, or has nothing behind `_`"));
    }
    Ok(())
}

fn check_email(text: &str) -> Result<(), LiteralError> {
    let wrong = |why: String| LiteralError::new(format!("`{text}` is no e-mail address: {why}"));
    let Some((local, domain)) = text.rsplit_once('@') else { return Err(wrong("it has no `@`".to_owned())) };
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c);
    if let Some(odd) = local.chars().find(|c| !allowed(*c)) {
        return Err(wrong(format!("{} can't stand before its `@`", shown(odd))));
    }
    if local.is_empty() || local.len() > 64 || local.split('.').any(str::is_empty) {
        return Err(wrong("before its `@` stand 1 to 64 characters, and no dot at an end or beside a dot".to_owned()));
    }
    // Domains compare without case, and people write theirs in capitals.
    check_domain(&domain.to_ascii_lowercase()).map_err(|e| wrong(e.message))
}

fn check_path(text: &str) -> Result<(), LiteralError> {
    if text.is_empty() {
        return Err(LiteralError::new("a path can't be empty"));
    }
    match text.chars().find(|c| c.is_control()) {
        Some(odd) => Err(LiteralError::new(format!("{} stands in no path", shown(odd)))),
        None => Ok(()),
    }
}

fn check_mode(text: &str) -> Result<(), LiteralError> {
    let octal = !text.is_empty() && text.bytes().all(|c| (b'0'..=b'7').contains(&c));
    if octal && text.len() == 4 {
        return Ok(());
    }
    let error = LiteralError::new(format!("`{text}` is no file mode; it has four octal digits, as in \"0750\""));
    Err(if octal && text.len() == 3 { error.suggest(format!("0{text}")) } else { error })
}

#[cfg(test)]
mod tests;
