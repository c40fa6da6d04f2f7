//! JSON Schemas of what the library's lock says of charts, read from its files as their description tells
//! (`stdlib/lock/README.md`) and not with the compiler's own reader, so that each proves the other.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The JSON Schema of a chart's values; `None` if the lock doesn't have it.
pub fn chart(repository: &str, name: &str, version: &str) -> Option<Value> {
    let header = |text: &str, word: &str| {
        let prefix = format!("# {word} ");
        text.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default().to_owned()
    };
    let plain = |url: &str| url.trim_end_matches('/').to_owned();
    let (_, text) = kss_stdlib::LOCK.iter().find(|(path, text)| {
        path.starts_with("charts/")
            && header(text, "name") == name
            && header(text, "version") == version
            && plain(&header(text, "repo")) == plain(repository)
    })?;
    Some(Places::of(text).schema())
}

/// Lets anything stand at a path of keys.
pub fn open(schema: &mut Value, path: &[&str]) {
    let Some((key, rest)) = path.split_first() else {
        *schema = json!({});
        return;
    };
    for alternative in schema.get_mut("anyOf").and_then(Value::as_array_mut).into_iter().flatten() {
        open(alternative, path);
    }
    if let Some(below) = schema.get_mut("properties").and_then(|properties| properties.get_mut(*key)) {
        open(below, rest);
    } else if schema.get("properties").is_some() {
        schema["properties"][*key] = json!({});
    }
}

/// Places of a file by their paths.
#[derive(Default)]
struct Place<'a> {
    ty: Option<&'a str>,
    keys: BTreeMap<String, Place<'a>>,
    /// `*`
    others: Option<Box<Place<'a>>>,
    /// `[]`
    item: Option<Box<Place<'a>>>,
}

struct Places<'a> {
    whole: Place<'a>,
    /// `$name`
    parts: BTreeMap<String, Place<'a>>,
}

impl<'a> Places<'a> {
    fn of(text: &'a str) -> Places<'a> {
        let mut places = Places { whole: Place::default(), parts: BTreeMap::new() };
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let mut fields = line.split('\t');
            let (path, ty) = (fields.next().unwrap_or_default(), fields.next().unwrap_or("any"));
            let (root, path) = match path.strip_prefix('$') {
                Some(rest) => {
                    let (name, path) = rest.split_once(' ').unwrap_or((rest, ""));
                    (places.parts.entry(name.to_owned()).or_default(), path)
                }
                None => (&mut places.whole, path),
            };
            root.at(path).ty = Some(ty);
        }
        places
    }

    fn schema(&self) -> Value {
        let parts: Map<String, Value> = self.parts.iter().map(|(name, place)| (name.clone(), place.schema())).collect();
        let mut schema = self.whole.record("", &[]);
        schema["$defs"] = Value::Object(parts);
        schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        schema
    }
}

impl<'a> Place<'a> {
    /// The place at a path from here; made if it is not there yet.
    fn at(&mut self, path: &str) -> &mut Place<'a> {
        let path = path.strip_prefix('.').unwrap_or(path);
        if path.is_empty() {
            return self;
        }
        if let Some(rest) = path.strip_prefix("[]") {
            return self.item.get_or_insert_default().at(rest);
        }
        if let Some(rest) = path.strip_prefix('*') {
            return self.others.get_or_insert_default().at(rest);
        }
        let (key, rest) = first_key(path);
        self.keys.entry(key).or_default().at(rest)
    }

    fn schema(&self) -> Value {
        match self.ty {
            Some(ty) => self.of_type(ty),
            // Only what is below it is told.
            None if self.item.is_some() => self.of_type("list"),
            None => self.of_type("map"),
        }
    }

    fn of_type(&self, ty: &str) -> Value {
        let mut all: Vec<Value> = split(ty, '|').into_iter().map(|one| self.alternative(one)).collect();
        // Helm takes a default away where `null` stands.
        all.push(json!({ "type": "null" }));
        json!({ "anyOf": all })
    }

    fn alternative(&self, ty: &str) -> Value {
        let inside = |open: &str, close: char| ty.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        match ty {
            "any" => json!({}),
            "bool" => json!({ "type": "boolean" }),
            "int" => json!({ "type": "integer" }),
            "num" => json!({ "type": "number" }),
            "str" => json!({ "type": "string" }),
            "null" => json!({ "type": "null" }),
            "map" => self.record("", &[]),
            "open" => self.record("any", &[]),
            "list" => json!({ "type": "array" }),
            _ => {
                if let Some(inner) = inside("[", ']') {
                    let item = self.item.as_deref().unwrap_or(&EMPTY);
                    return json!({ "type": "array", "items": item.of_type(inner) });
                }
                if let Some(inner) = inside("{", '}') {
                    return self.record(inner, &[]);
                }
                if let Some(names) = inside("map(", ')') {
                    return self.record("", &split(names, ','));
                }
                if let Some(names) = inside("open(", ')') {
                    return self.record("any", &split(names, ','));
                }
                if let Some(name) = ty.strip_prefix('@') {
                    return json!({ "$ref": format!("#/$defs/{name}") });
                }
                range(ty).unwrap_or_else(|| json!({ "const": serde_json::from_str::<Value>(ty).expect("a scalar") }))
            }
        }
    }

    /// Keys that the lines name; others hold `others`, if that is a type.
    fn record(&self, others: &str, required: &[&str]) -> Value {
        let properties: Map<String, Value> =
            self.keys.iter().map(|(key, place)| (key.clone(), place.schema())).collect();
        let others = match others {
            "" => json!(false),
            ty => self.others.as_deref().unwrap_or(&EMPTY).of_type(ty),
        };
        let required: Vec<String> = required.iter().map(|name| first_key(name).0).collect();
        json!({ "type": "object", "properties": properties, "additionalProperties": others, "required": required })
    }
}

static EMPTY: Place<'static> = Place { ty: None, keys: BTreeMap::new(), others: None, item: None };

fn range(ty: &str) -> Option<Value> {
    let (low, high) = ty.split_once("..")?;
    let mut schema = json!({ "type": "integer" });
    for (end, word) in [(low, "minimum"), (high, "maximum")] {
        if !end.is_empty() {
            schema[word] = json!(end.parse::<i64>().ok()?);
        }
    }
    Some(schema)
}

/// The first key of a path, without quotes, and the rest.
fn first_key(path: &str) -> (String, &str) {
    if path.starts_with('"') {
        let mut texts = serde_json::Deserializer::from_str(path).into_iter::<String>();
        let key = texts.next().expect("a text").expect("a text as in JSON");
        return (key, &path[texts.byte_offset()..]);
    }
    let end = path.find(['.', '[']).unwrap_or(path.len());
    (path[..end].to_owned(), &path[end..])
}

/// Splits outside of brackets and quotes.
fn split(text: &str, at: char) -> Vec<&str> {
    let (mut depth, mut quoted, mut escaped, mut start) = (0, false, false, 0);
    let mut out = Vec::new();
    for (place, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '[' | '{' | '(' => depth += 1,
            ']' | '}' | ')' => depth -= 1,
            _ if c == at && depth == 0 => {
                out.push(&text[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    if start < text.len() {
        out.push(&text[start..]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(schema: &Value, value: Value) -> bool {
        jsonschema::is_valid(schema, &value)
    }

    #[test]
    fn files_of_the_lock_become_schemas() {
        let text = "# kss-schema 1 chart\na\tint|\"auto\"\nb[].c\tstr\nb\t[map(c)]\n\"d.e\".f\tbool\ng\t{str}\nh\t@part\ni\t1..3\n$part x\tbool";
        let schema = Places::of(text).schema();
        for good in [
            json!({ "a": 1 }),
            json!({ "a": "auto", "b": [{ "c": "x" }, null] }),
            json!({ "d.e": { "f": true }, "g": { "any": "text" }, "h": { "x": false }, "i": 3 }),
        ] {
            assert!(fits(&schema, good.clone()), "{good}");
        }
        for bad in [
            json!({ "a": "other" }),
            json!({ "b": [{}] }),
            json!({ "b": { "c": "x" } }),
            json!({ "d": { "e": 1 } }),
            json!({ "g": { "any": 1 } }),
            json!({ "h": { "y": false } }),
            json!({ "i": 4 }),
        ] {
            assert!(!fits(&schema, bad.clone()), "{bad}");
        }
    }

    #[test]
    fn what_is_not_checked_is_open() {
        let mut schema = Places::of("a.b\tint\nc\tint").schema();
        open(&mut schema, &["a", "b"]);
        assert!(fits(&schema, json!({ "a": { "b": "text" } })));
        assert!(!fits(&schema, json!({ "c": "text" })));
        assert!(!fits(&schema, json!({ "a": { "d": 1 } })));
    }

    #[test]
    fn every_chart_of_the_lock_is_a_schema() {
        for (path, text) in kss_stdlib::LOCK.iter().filter(|(path, _)| path.starts_with("charts/")) {
            let schema = Places::of(text).schema();
            jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
    }
}
