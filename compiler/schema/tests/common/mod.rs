//! Values from JSON, findings as lines.
#![allow(dead_code, reason = "each test uses its part")]

use kss_schema::{Family, Finding, FindingKind, Schema, Seg, Text, check, segment};
use kss_span::{Origin, Symbol};
use kss_value::Value;
use serde_json::Value as Json;

pub(crate) fn value(json: &Json) -> Value {
    let at = Origin::NOWHERE;
    match json {
        Json::Null => Value::null(at),
        Json::Bool(b) => Value::bool(*b, at),
        Json::Number(n) => match n.as_i64() {
            Some(n) => Value::int(n, at),
            None => Value::float(n.as_f64().expect("a number"), at),
        },
        Json::String(text) => Value::text(text.as_str(), at),
        Json::Array(items) => Value::list(items.iter().map(value).collect(), at),
        Json::Object(fields) => {
            Value::record(fields.iter().map(|(key, field)| (Symbol::new(key), value(field))).collect(), at)
        }
    }
}

pub(crate) fn json(text: &str) -> Value {
    value(&serde_json::from_str(text).expect("JSON"))
}

pub(crate) fn schema(family: Family, root: &str, text: &str) -> Schema {
    Schema::of_text(family, root, Text::Shared(text.into()))
}

pub(crate) fn shown(finding: &Finding) -> String {
    let mut path = String::new();
    for seg in &finding.path {
        match seg {
            Seg::Key(key) if path.is_empty() => path += &segment(key),
            Seg::Key(key) => path += &format!(".{}", segment(key)),
            Seg::Index(at) => path += &format!("[{at}]"),
        }
    }
    match &finding.kind {
        FindingKind::UnknownKey { near, elsewhere } => format!("{path}: unknown, {near:?}, {elsewhere:?}"),
        FindingKind::WrongType { expected, found } => format!("{path}: {expected} expected, {found} found"),
        FindingKind::MissingKey { key } => format!("{path}: {key} is missing"),
        FindingKind::NotInEnum { allowed, near } => format!("{path}: none of {allowed:?}, {near:?}"),
    }
}

pub(crate) fn findings(schema: &Schema, value: &Value) -> Vec<String> {
    check(schema, value, &[]).iter().map(shown).collect()
}
