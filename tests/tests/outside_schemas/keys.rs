//! The keys that a chart shows in its values and its schema.

use kss_tests::outside::Chart;
use kss_tests::read::Reader;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Keys of a record: of each what is known below it.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    keys: BTreeMap<String, Known>,
    /// Nothing is said of what may stand here.
    open: bool,
}

impl Known {
    /// What a chart's defaults, the keys that are comments in them, and its schema show. `None` if the defaults can't be read here.
    pub(super) fn new(chart: &Chart, test: &str) -> Option<Known> {
        let mut defaults = Reader::GoV3.read(&[&chart.defaults], test)?.remove(0).expect("YAML");
        // Istio keeps its defaults one level further down.
        if let Some(inner) = defaults.get_mut("_internal_defaults_do_not_set") {
            defaults = inner.take();
        }
        let mut known = Known::of_defaults(&defaults);
        known.comments(&chart.defaults);
        if let Some(schema) = &chart.schema {
            known.schema(schema, schema, 0);
        }
        known.open = false;
        Some(known)
    }

    /// Another chart's keys, which are taken below `key`.
    pub(super) fn mount(&mut self, key: &str, part: Known) {
        let there = self.keys.entry(key.to_owned()).or_default();
        there.open = false;
        there.join(part);
    }

    fn join(&mut self, other: Known) {
        for (key, known) in other.keys {
            self.keys.entry(key).or_default().join(known);
        }
        self.open |= other.open;
    }

    fn of_defaults(value: &Value) -> Known {
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                let keys = fields.iter().map(|(key, value)| (key.clone(), Known::of_defaults(value)));
                Known { keys: keys.collect(), open: false }
            }
            // An empty record, nothing, a list or a scalar: whatever is written there is no key of the chart.
            _ => Known { keys: BTreeMap::new(), open: true },
        }
    }

    /// Keys that stand as comments where the keys of a record begin: `# extraEnv: []`.
    fn comments(&mut self, text: &str) {
        let mut path: Vec<(usize, String)> = Vec::new();
        for line in text.lines() {
            let indent = line.len() - line.trim_start().len();
            let (comment, body) = match line.trim_start().strip_prefix('#') {
                Some(rest) => (true, rest.trim_start_matches('#')),
                None => (false, line.trim_start()),
            };
            let inner = body.len() - body.trim_start().len();
            let Some(key) = key_of(body.trim_start()) else { continue };
            // Deeper comments belong to a commented key, whose content is free.
            if comment && inner > 1 {
                continue;
            }
            path.retain(|(depth, _)| *depth < indent);
            if comment {
                let parents: Vec<&str> = path.iter().map(|(_, key)| key.as_str()).collect();
                self.comment(&parents, key);
            } else {
                path.push((indent, key.to_owned()));
            }
        }
    }

    fn comment(&mut self, parents: &[&str], key: &str) {
        match parents.split_first() {
            Some((first, rest)) => {
                if let Some(known) = self.keys.get_mut(*first) {
                    known.comment(rest, key);
                }
            }
            None => {
                self.keys.entry(key.to_owned()).or_insert(Known { keys: BTreeMap::new(), open: true });
            }
        }
    }

    /// What a JSON Schema names, and where it lets anything stand on purpose.
    fn schema(&mut self, schema: &Value, whole: &Value, depth: usize) {
        if depth > 20 {
            return;
        }
        if let Some(target) =
            schema.get("$ref").and_then(Value::as_str).and_then(|r| whole.pointer(r.strip_prefix('#')?))
        {
            self.schema(target, whole, depth + 1);
        }
        for word in ["anyOf", "oneOf", "allOf"] {
            for one in schema.get(word).and_then(Value::as_array).into_iter().flatten() {
                self.schema(one, whole, depth + 1);
            }
        }
        if matches!(schema.get("additionalProperties"), Some(Value::Bool(true) | Value::Object(_))) {
            self.open = true;
        }
        let named: BTreeSet<&str> = self.keys.keys().map(String::as_str).collect();
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        let new: Vec<(&String, &Value, bool)> =
            properties.map(|(key, value)| (key, value, !named.contains(key.as_str()))).collect();
        for (key, value, is_new) in new {
            let below = self.keys.entry(key.clone()).or_default();
            below.schema(value, whole, depth + 1);
            // Known by the schema alone, without keys of its own.
            below.open |= is_new && below.keys.is_empty();
        }
    }

    /// The paths of keys in `values` that are not known.
    pub(super) fn unknown(&self, values: &Value) -> Vec<Vec<String>> {
        let Value::Object(fields) = values else { return Vec::new() };
        let mut out = Vec::new();
        for (key, value) in fields {
            match self.keys.get(key) {
                Some(known) => out.extend(known.unknown(value).into_iter().map(|mut path| {
                    path.insert(0, key.clone());
                    path
                })),
                None if self.open => {}
                None => out.push(vec![key.clone()]),
            }
        }
        out
    }
}

/// `key` of `key: value`.
fn key_of(line: &str) -> Option<&str> {
    let (key, rest) = line.split_once(':')?;
    let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'));
    (plain && (rest.is_empty() || rest.starts_with(' '))).then_some(key)
}
