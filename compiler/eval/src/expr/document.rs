//! Documents and files: `json`, `yaml`, `toml`, `file`, `data`, `fill`.

use crate::coerce::to_data;
use crate::context::Cx;
use crate::state::Eval;
use kss_diag::code;
use kss_emit::{Node, Special, from_value_with};
use kss_span::{ItemId, Origin, Symbol};
use kss_value::builtins::encode;
use kss_value::{Flags, Kind, Record, Secret, SecretPart, Value};
use std::sync::Arc;

/// Stands for a secret while a document is written. Private use characters that no text of people has.
const OPEN: char = '\u{F8F0}';
const CLOSE: char = '\u{F8F1}';

impl<'a> Eval<'a> {
    pub(super) fn document(&mut self, format: Symbol, data: &Value, at: Origin) -> Value {
        if data.flags().has(Flags::POISON) {
            return Value::poison(at);
        }
        let data = to_data(&self.fathom(data.clone(), at));
        if data.is_poison() {
            return data;
        }
        let mut secrets: Vec<Arc<Secret>> = Vec::new();
        let node = from_value_with(&data, |special, origin| match special {
            Special::Secret(secret) => {
                secrets.push(secret.clone());
                Ok(Node::text(format!("{OPEN}{}{CLOSE}", secrets.len() - 1), origin))
            }
            Special::Ref(entry) => Ok(Node::text(entry.name.as_str(), origin)),
            special => Err(special.refuse()),
        });
        let node = match node {
            Ok(node) => node,
            Err(refusals) => {
                for refusal in refusals {
                    let later = matches!(refusal.what, kss_emit::Refused::Later(_));
                    let code = if later { &code::LATER_TOO_EARLY } else { &code::BAD_VALUE };
                    let report = code.at(refusal.origin, refusal.to_string()).also(at, "written into a document here");
                    self.report(report);
                }
                return Value::poison(at);
            }
        };
        let emitted = match format.as_str() {
            "json" => kss_emit::json::emit(&node),
            "yaml" => kss_emit::yaml::emit(&node),
            _ => kss_emit::toml::emit(&node),
        };
        match emitted {
            Ok(emitted) if secrets.is_empty() => Value::text(emitted.text, at),
            Ok(emitted) => Value::secret(with_secrets(&emitted.text, &secrets), at),
            Err(errors) => {
                for error in errors {
                    let place = if error.origin.is_nowhere() { at } else { error.origin };
                    self.report(code::BAD_VALUE.at(place, error.to_string()).also(at, "written into a document here"));
                }
                Value::poison(at)
            }
        }
    }

    /// The path of a file, from the root of the project.
    fn path_of(&mut self, path: &Value, cx: &Cx<'a>, at: Origin) -> Option<String> {
        let text = path.as_text()?;
        match resolve(cx.item, &text) {
            Some(path) => Some(path),
            None => {
                let message = format!("`{text}` leaves the project");
                self.report(code::BAD_PATH.at(at, message).label("outside"));
                None
            }
        }
    }

    pub(super) fn file_value(&mut self, path: &Value, cx: &Cx<'a>, at: Origin) -> Value {
        match self.path_of(path, cx, at) {
            Some(path) if self.bytes(&path, at).is_some() => Value::file(path, at),
            _ => Value::poison(at),
        }
    }

    fn bytes(&mut self, path: &str, at: Origin) -> Option<Arc<[u8]>> {
        match self.env.read(path) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                let report = code::UNREADABLE.at(at, error.message).label("can't be read");
                self.report(report.help("a path is relative to the file that it stands in"));
                None
            }
        }
    }

    /// The text of a file.
    pub(crate) fn file_text(&mut self, path: &str, at: Origin) -> Option<String> {
        let bytes = self.bytes(path, at)?;
        match String::from_utf8(bytes.to_vec()) {
            Ok(text) => Some(text),
            Err(_) => {
                self.report(code::UNREADABLE.at(at, format!("`{path}` is no text: it is not UTF-8")).label("no text"));
                None
            }
        }
    }

    pub(super) fn data_value(&mut self, path: &Value, cx: &Cx<'a>, at: Origin) -> Value {
        let Some(path) = self.path_of(path, cx, at) else { return Value::poison(at) };
        if let Some(known) = self.data.get(path.as_str()) {
            return known.clone().with_origin(at);
        }
        let Some(text) = self.file_text(&path, at) else { return Value::poison(at) };
        let parsed: Result<serde_json::Value, String> = match path.rsplit('.').next() {
            Some("json") => serde_json::from_str(&text).map_err(|e| e.to_string()),
            Some("yaml" | "yml") => serde_yaml::from_str(&text).map_err(|e| e.to_string()),
            Some("toml") => toml::from_str(&text).map_err(|e| e.to_string()),
            _ => Err("its name ends in none of .json, .yaml, .toml".to_owned()),
        };
        let value = match parsed {
            Ok(document) => of_json(&document, at),
            Err(error) => {
                self.report(
                    code::UNREADABLE.at(at, format!("`{path}` can't be read as data: {error}")).label("unreadable"),
                );
                Value::poison(at)
            }
        };
        self.data.insert(path.into(), value.clone());
        value
    }

    /// `fill(file, { HOLE = value })`: `@HOLE@` in the text takes the value.
    pub(super) fn fill(&mut self, file: &Value, holes: &Value, _cx: &Cx<'a>, at: Origin) -> Value {
        let (path, record) = match (file.kind(), holes.kind()) {
            (Kind::File(path), Kind::Record(record)) => (path.to_owned(), record),
            _ => return Value::poison(at),
        };
        if holes.flags().has(Flags::POISON) {
            return Value::poison(at);
        }
        if let Some(format) = ["json", "yaml", "yml", "toml"].iter().find(|f| path.ends_with(&format!(".{f}"))) {
            let message = format!("`{path}` is a document: build it with `{format}(…)` or read it with `data(…)`");
            self.report(code::UNMATCHED_HOLE.at(at, message).label("no text to fill"));
            return Value::poison(at);
        }
        let Some(text) = self.file_text(&path, at) else { return Value::poison(at) };
        self.fill_text(&path, &text, record, at)
    }

    fn fill_text(&mut self, path: &str, text: &str, holes: &Record, at: Origin) -> Value {
        let pieces = split_holes(text);
        let mut parts = Vec::new();
        let mut missing = Vec::new();
        for piece in &pieces {
            match piece {
                Piece::Text(text) => parts.push(Value::text(*text, at)),
                Piece::Hole(name) => match holes.get(Symbol::new(name)) {
                    Some(value) => parts.push(value.clone()),
                    None => missing.push(*name),
                },
            }
        }
        missing.dedup();
        for name in &missing {
            let message = format!("`{path}` has the hole `@{name}@`, and nothing fills it");
            self.report(code::UNMATCHED_HOLE.at(at, message).help(format!("add `{name} = …`")));
        }
        let mut fine = missing.is_empty();
        for (name, value) in holes.iter() {
            if !pieces.iter().any(|piece| matches!(piece, Piece::Hole(hole) if *hole == name.as_str())) {
                fine = false;
                let message = format!("`{path}` has no hole `@{name}@`");
                self.report(code::UNMATCHED_HOLE.at(crate::values::place(value, at), message).also(at, "filled here"));
            }
        }
        if !fine {
            return Value::poison(at);
        }
        match kss_value::builtins::interpolate(&parts, at) {
            Ok(value) => value,
            Err(error) => self.call_failed(error.message, at),
        }
    }
}

enum Piece<'t> {
    Text(&'t str),
    Hole(&'t str),
}

/// A text by its holes. A hole is written in capitals, digits and `_`.
fn split_holes(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(open) = rest[from..].find('@').map(|i| i + from) {
        let name = &rest[open + 1..];
        let end =
            name.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')).unwrap_or(name.len());
        if end > 0 && name[end..].starts_with('@') && name.starts_with(|c: char| c.is_ascii_uppercase()) {
            pieces.push(Piece::Text(&rest[..open]));
            pieces.push(Piece::Hole(&name[..end]));
            rest = &name[end + 1..];
            from = 0;
        } else {
            from = open + 1;
        }
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// A path relative to the file of an item, from the root of the project; `None` if it leads out of it.
fn resolve(item: ItemId, path: &str) -> Option<String> {
    let file = item.key().file;
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut steps: Vec<&str> = match path.strip_prefix('/') {
        Some(_) => return None,
        None => folder.split('/').filter(|step| !step.is_empty()).collect(),
    };
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop()?;
            }
            step => steps.push(step),
        }
    }
    let root = if file.starts_with('/') { "/" } else { "" };
    Some(format!("{root}{}", steps.join("/")))
}

/// A document as a value.
fn of_json(json: &serde_json::Value, at: Origin) -> Value {
    match json {
        serde_json::Value::Null => Value::null(at),
        serde_json::Value::Bool(value) => Value::bool(*value, at),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Value::int(integer, at),
            (None, Some(float)) => Value::float(float, at),
            (None, None) => Value::text(number.to_string(), at),
        },
        serde_json::Value::String(text) => Value::text(text.as_str(), at),
        serde_json::Value::Array(items) => Value::list(items.iter().map(|item| of_json(item, at)).collect(), at),
        serde_json::Value::Object(fields) => {
            Value::record(fields.iter().map(|(name, v)| (Symbol::new(name), of_json(v, at))).collect(), at)
        }
    }
}

/// A document in which placeholders stand for secrets: the secret is spelled as JSON, quotes included, which YAML and TOML
/// read as well.
fn with_secrets(text: &str, secrets: &[Arc<Secret>]) -> Secret {
    let json = crate::names::n().json;
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let Some((number, after)) = after.split_once(CLOSE) else { break };
        let quoted = before.ends_with(['"', '\'']);
        let (before, after) = match quoted {
            true => (&before[..before.len() - 1], after.get(1..).unwrap_or_default()),
            false => (before, after),
        };
        parts.push(SecretPart::Plain(before.into()));
        if let Some(secret) = number.parse::<usize>().ok().and_then(|number| secrets.get(number)) {
            parts.extend(encode(secret, json).parts);
        }
        rest = after;
    }
    parts.push(SecretPart::Plain(rest.into()));
    parts.retain(|part| !matches!(part, SecretPart::Plain(text) if text.is_empty()));
    Secret { parts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_capitals_between_two_signs() {
        let pieces = split_holes("a@b.c @LOKI_1@/@x@ @A");
        let holes: Vec<&str> =
            pieces.iter().filter_map(|p| if let Piece::Hole(name) = p { Some(*name) } else { None }).collect();
        assert_eq!(holes, ["LOKI_1"]);
    }

    #[test]
    fn paths_are_relative_to_the_file_of_the_item() {
        let item = ItemId::new(Symbol::new("std/gitops/argocd.kss"), Symbol::new("module argocd"));
        assert_eq!(resolve(item, "health.lua").as_deref(), Some("std/gitops/health.lua"));
        assert_eq!(resolve(item, "../x/./y").as_deref(), Some("std/x/y"));
        assert_eq!(resolve(item, "../../../y"), None);
        assert_eq!(resolve(item, "/etc/passwd"), None);
        let absolute = ItemId::new(Symbol::new("/srv/site/a.kss"), Symbol::new("module a"));
        assert_eq!(resolve(absolute, "x").as_deref(), Some("/srv/site/x"));
    }
}
