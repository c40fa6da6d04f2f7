//! Content of files that values name.

use kss_backend::Files;
use kss_model::{Model, Scope};
use kss_value::{Kind, Value};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Texts of all files that a model names, read once before anything is written.
#[derive(Default)]
pub struct Texts(BTreeMap<String, String>);

impl Texts {
    /// Reads what `model` names. A file that is no text, or that can't be read, is left out; whoever needs it says so.
    pub fn of(model: &Model, read: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync)) -> Texts {
        let scopes: Vec<&Scope> = model.scopes().collect();
        let named = scopes.par_iter().map(|scope| {
            let mut paths = BTreeSet::new();
            let entries = scope.entries.values().flatten();
            entries.flat_map(|entry| entry.fields.iter()).for_each(|(_, value)| collect(value, &mut paths));
            paths
        });
        let paths: BTreeSet<&str> = named.reduce(BTreeSet::new, |mut all, more| {
            all.extend(more);
            all
        });
        let text = |path: &str| Some((path.to_owned(), String::from_utf8(read(path)?).ok()?));
        Texts(paths.into_iter().filter_map(text).collect())
    }
}

/// The files that a value names.
fn collect<'v>(value: &'v Value, paths: &mut BTreeSet<&'v str>) {
    match value.kind() {
        Kind::File(path) => drop(paths.insert(path)),
        Kind::Record(record) => record.iter().for_each(|(_, v)| collect(v, paths)),
        Kind::List(items) | Kind::Set(items) => items.iter().for_each(|v| collect(v, paths)),
        Kind::Case(_, Some(payload)) => collect(payload, paths),
        _ => {}
    }
}

impl Files for Texts {
    fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }
}
