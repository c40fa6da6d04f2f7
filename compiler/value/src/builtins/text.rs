//! Functions over texts.

use crate::builtins::args::Args;
use crate::builtins::concat::Concat;
use crate::builtins::{CallError, encode};
use crate::scalar::describe;
use crate::{Kind, Line, Value};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kss_span::Symbol;
use regex::{Regex, RegexBuilder};
use std::cell::RefCell;

/// Longest label of RFC 1123, which is what a slug becomes part of.
const LABEL: usize = 63;
/// How much of a pattern's automaton is built before it is refused.
const PATTERN_SIZE: usize = 1 << 20;

pub(super) fn join(args: &Args) -> Result<Value, CallError> {
    let mut out = Concat::default();
    for (at, item) in args.items(0)?.iter().enumerate() {
        if at > 0 && !out.push_text(&args.values[1]) {
            return Err(args.wrong(1));
        }
        if !out.push_text(item) {
            return Err(no_text(args, item));
        }
    }
    Ok(out.finish(args.origin))
}

fn no_text(args: &Args, item: &Value) -> CallError {
    let (name, found) = (args.builtin.name, describe(item));
    CallError::at(0, format!("`{name}` takes texts, and one is {found}: write \"${{…}}\" around it"))
}

pub(super) fn lines(args: &Args) -> Result<Value, CallError> {
    let (mut plain, mut all) = (Vec::new(), Concat::default());
    collect_lines(args, args.items(0)?, &mut plain, &mut all)?;
    Ok(if all.is_secret() { all.finish(args.origin) } else { Value::lines(plain, args.origin) })
}

/// Collects lines twice: with their origins, and as one text in case that one of them is secret.
fn collect_lines(args: &Args, items: &[Value], plain: &mut Vec<Line>, all: &mut Concat) -> Result<(), CallError> {
    for item in items {
        match item.kind() {
            Kind::List(inner) => collect_lines(args, inner, plain, all)?,
            Kind::Lines(inner) => {
                plain.extend(inner.iter().cloned());
                all.push_text(item);
            }
            Kind::Text(text) => {
                // A text with its own end of line is still one line.
                let body = text.strip_suffix('\n').unwrap_or(text);
                plain.extend(body.split('\n').map(|line| Line { text: line.into(), origin: item.origin() }));
                all.push_str(body);
                all.push_str("\n");
            }
            Kind::Secret(secret) => {
                all.push_secret(secret);
                all.push_str("\n");
            }
            _ => return Err(no_text(args, item)),
        }
    }
    Ok(())
}

pub(super) fn replace(args: &Args) -> Result<Value, CallError> {
    let (text, what) = (args.text(0)?, args.text(1)?);
    if what.is_empty() {
        return Err(CallError::at(1, "nothing to replace: the text to look for is empty"));
    }
    let mut out = Concat::default();
    for (at, piece) in text.split(what.as_ref()).enumerate() {
        if at > 0 && !out.push_text(&args.values[2]) {
            return Err(args.wrong(2));
        }
        out.push_str(piece);
    }
    Ok(out.finish(args.origin))
}

pub(super) fn split(args: &Args) -> Result<Value, CallError> {
    let (text, by) = (args.text(0)?, args.text(1)?);
    if by.is_empty() {
        return Err(CallError::at(1, "a text can't be split at nothing: the separator is empty"));
    }
    args.give_list(text.split(by.as_ref()).map(|piece| Value::text(piece, args.origin)).collect())
}

pub(super) fn length(args: &Args) -> Result<Value, CallError> {
    args.give_count(args.text(0)?.chars().count())
}

pub(super) fn lower(args: &Args) -> Result<Value, CallError> {
    args.give_text(args.text(0)?.to_lowercase())
}

pub(super) fn upper(args: &Args) -> Result<Value, CallError> {
    args.give_text(args.text(0)?.to_uppercase())
}

pub(super) fn trim(args: &Args) -> Result<Value, CallError> {
    args.give_text(args.text(0)?.trim())
}

pub(super) fn starts_with(args: &Args) -> Result<Value, CallError> {
    args.give_bool(args.text(0)?.starts_with(args.text(1)?.as_ref()))
}

pub(super) fn ends_with(args: &Args) -> Result<Value, CallError> {
    args.give_bool(args.text(0)?.ends_with(args.text(1)?.as_ref()))
}

thread_local! {
    /// The last pattern: checks match many texts with one.
    static LAST_PATTERN: RefCell<Option<(String, Regex)>> = const { RefCell::new(None) };
}

pub(super) fn matches(args: &Args) -> Result<Value, CallError> {
    let (text, pattern) = (args.text(0)?, args.text(1)?);
    LAST_PATTERN.with_borrow_mut(|last| {
        if let Some((known, regex)) = last
            && *known == pattern
        {
            return args.give_bool(regex.is_match(&text));
        }
        let regex = compile(&pattern)?;
        let found = regex.is_match(&text);
        *last = Some((pattern.into_owned(), regex));
        args.give_bool(found)
    })
}

/// The pattern for a whole text. It is compiled alone first: so that the message shows only what was written, and because
/// `a)(b` would close what is put around it.
fn compile(pattern: &str) -> Result<Regex, CallError> {
    let build = |pattern: &str| RegexBuilder::new(pattern).size_limit(PATTERN_SIZE).build();
    build(pattern).and_then(|_| build(&format!(r"\A(?:{pattern})\z"))).map_err(|error| {
        let why = match error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            error => error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
        };
        CallError::at(1, format!("`{pattern}` is no pattern: {why}"))
    })
}

pub(super) fn slug(args: &Args) -> Result<Value, CallError> {
    let text = args.text(0)?;
    let mut slug = String::with_capacity(text.len());
    for c in text.chars().map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        return Err(CallError::at(0, format!("nothing of `{text}` can stand in a name (letters and digits)")));
    }
    if slug.len() <= LABEL {
        return args.give_text(slug);
    }
    // Long texts that differ only behind the cut must not become one name.
    let digest = blake3::hash(text.as_bytes()).to_hex();
    let tail = &digest[..8];
    let head = slug[..LABEL - 9].trim_end_matches('-');
    args.give_text(format!("{head}-{tail}"))
}

pub(super) fn base64(args: &Args) -> Result<Value, CallError> {
    if let Kind::Secret(secret) = args.values[0].kind() {
        return Ok(Value::secret(encode(secret, Symbol::new("base64")), args.origin));
    }
    args.give_text(STANDARD.encode(args.text(0)?.as_bytes()))
}
