//! Content of files that values name.

use kss_backend::Files;
use kss_model::Model;
use kss_value::{Kind, Value};
use std::collections::BTreeMap;

/// Texts of all files that a model names, read once before anything is written.
#[derive(Default)]
pub struct Texts(BTreeMap<String, String>);

impl Texts {
    /// Reads what `model` names. A file that is no text, or that can't be read, is left out; whoever needs it says so.
    pub fn of(model: &Model, read: &dyn Fn(&str) -> Option<Vec<u8>>) -> Texts {
        let mut texts = Texts::default();
        for scope in model.scopes() {
            let entries = scope.entries.values().flatten();
            entries.flat_map(|entry| entry.fields.iter()).for_each(|(_, value)| texts.collect(value, read));
        }
        texts
    }

    fn collect(&mut self, value: &Value, read: &dyn Fn(&str) -> Option<Vec<u8>>) {
        match value.kind() {
            Kind::File(path) if !self.0.contains_key(path) => {
                if let Some(text) = read(path).and_then(|bytes| String::from_utf8(bytes).ok()) {
                    self.0.insert(path.to_owned(), text);
                }
            }
            Kind::Record(record) => record.iter().for_each(|(_, v)| self.collect(v, read)),
            Kind::List(items) | Kind::Set(items) => items.iter().for_each(|v| self.collect(v, read)),
            Kind::Case(_, Some(payload)) => self.collect(payload, read),
            _ => {}
        }
    }
}

impl Files for Texts {
    fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }
}
