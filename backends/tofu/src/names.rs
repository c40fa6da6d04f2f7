//! Names in an environment.

use kss_backend::layout::{distinct, scope_dir};
use kss_backend::read::Read;
use kss_value::builtins::alias;
use kss_value::{Flags, Kind, Record, SecretRef, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Names that OpenTofu keeps for itself, as arguments of calls.
const RESERVED: [&str; 8] =
    ["count", "depends_on", "for_each", "lifecycle", "locals", "providers", "source", "version"];

/// May it be the name of an argument?
pub(crate) fn is_argument(name: &str) -> bool {
    is_identifier(name) && !RESERVED.contains(&name)
}

/// Is it a name to OpenTofu?
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

/// Variables for secrets, by scope, path and key.
#[derive(Default)]
pub(crate) struct Secrets {
    names: BTreeMap<Identity, (String, Arc<SecretRef>)>,
}

type Identity = (String, String, String);

fn identity(place: &SecretRef) -> Identity {
    (scope_dir(&place.owner.scope), place.path.to_string(), place.key.to_string())
}

impl Secrets {
    /// A variable for each secret in the fields of an environment. Calls have variables of their own names.
    pub(crate) fn of(fields: &Record) -> Secrets {
        let mut found = BTreeMap::new();
        fields.iter().for_each(|(_, value)| collect(value, &mut found));
        let calls = fields.record("call").into_iter().flat_map(|calls| calls.iter());
        let calls = calls.map(|(name, _)| (name.to_string(), String::new()));
        let wanted = found.iter().map(|(id, place)| (alias(place), format!("{id:?}")));
        let wanted: Vec<_> = wanted.chain(calls).collect();
        // A shell can give a value only to a variable without a minus.
        let names = distinct(&wanted).into_iter().map(|name| name.replace('-', "_"));
        let names = found.into_iter().zip(names).map(|((id, place), name)| (id, (name, place)));
        Secrets { names: names.collect() }
    }

    /// The variable of a secret.
    pub(crate) fn get(&self, place: &SecretRef) -> Option<&str> {
        self.names.get(&identity(place)).map(|(name, _)| name.as_str())
    }

    /// Variables with their secrets.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(String, Arc<SecretRef>)> {
        self.names.values()
    }
}

fn collect(value: &Value, found: &mut BTreeMap<Identity, Arc<SecretRef>>) {
    if !value.flags().has(Flags::SECRET) {
        return;
    }
    match value.kind() {
        Kind::Secret(secret) => secret.refs().into_iter().for_each(|place| {
            found.insert(identity(place), place.clone());
        }),
        Kind::List(items) | Kind::Set(items) => items.iter().for_each(|item| collect(item, found)),
        Kind::Record(record) => record.iter().for_each(|(_, value)| collect(value, found)),
        Kind::Case(_, Some(record)) => collect(record, found),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_names_mean_something_else() {
        assert!(is_argument("k8s_host") && is_argument("a-b"));
        assert!(["for_each", "source", "a b", "", "1a"].iter().all(|name| !is_argument(name)));
    }
}
