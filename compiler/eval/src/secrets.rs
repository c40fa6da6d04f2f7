//! Secrets: references to where values are kept, and who makes them.

use crate::names::n;
use crate::state::Eval;
use kss_diag::code;
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, Kind, Secret, SecretPart, SecretRef, Value};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Where machines find secrets.
const DIRECTORY: &str = "/run/secrets";

/// A secret that a type makes for its entry (`oidc-client.x.secret`).
#[derive(Clone, PartialEq, Debug)]
pub struct OwnSecret {
    /// Where it is kept, and whose it is.
    pub reference: SecretRef,
    /// Who makes the value: a case of `Source`.
    pub source: Value,
    /// The place in the type.
    pub origin: Origin,
}

/// Who makes a value.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Source {
    pub(crate) value: Value,
    pub(crate) origin: Origin,
}

impl<'a> Eval<'a> {
    /// The value at a place of the secret store.
    pub(crate) fn secret_value(&mut self, owner: &EntryKey, path: &Value, key: &Value, at: Origin) -> Value {
        let private = crate::values::private_of([path, key]);
        let (Some(path), Some(key)) = (path.as_text(), key.as_text()) else { return Value::poison(at) };
        let reference = SecretRef { owner: owner.clone(), path: Symbol::new(&path), key: Symbol::new(&key) };
        if private {
            self.private_places.insert(reference.clone());
        }
        Value::secret(Secret { parts: vec![SecretPart::Ref(Arc::new(reference), n().raw)] }, at)
    }

    /// `.file` of a secret or of an output of OpenTofu, `.public` of a key pair; `None` of anything else.
    pub(crate) fn delivered(&mut self, value: &Value, name: Symbol, at: Origin) -> Option<Value> {
        match value.kind() {
            Kind::Secret(secret) => {
                let refs = secret.refs();
                let [reference] = refs.as_slice() else {
                    let message = "only a single credential is a file of its own; write the text into a file by `etc`";
                    self.report(code::SECRET_AS_TEXT.at(at, message));
                    return Some(Value::poison(at));
                };
                if name == n().file {
                    return Some(Value::text(format!("{DIRECTORY}/{}/{}", reference.path, reference.key), at));
                }
                (name == n().public).then(|| self.public_half(reference, at))
            }
            Kind::Later(later) if name == n().file => {
                let path: Vec<&str> = later.path.iter().map(|step| step.as_str()).collect();
                Some(Value::text(format!("{DIRECTORY}/{}", path.join("/")), at))
            }
            Kind::Poison => Some(Value::poison(at)),
            _ => None,
        }
    }

    /// Absent until the pair is made and its public half is pinned.
    fn public_half(&mut self, reference: &SecretRef, at: Origin) -> Value {
        let key = self.env.public_key(&reference.path, &reference.key);
        key.map_or_else(|| Value::none(at), |key| Value::text(key, at))
    }
}

/// The secrets that types make and that finished values refer to.
pub(crate) fn collect<'v>(
    values: impl Iterator<Item = &'v Value>,
    source_of: impl Fn(&SecretRef) -> Option<Source>,
) -> Vec<OwnSecret> {
    let mut seen = FxHashSet::default();
    values.for_each(|value| find(value, &mut seen));
    let mut found: Vec<OwnSecret> = seen
        .into_iter()
        .filter_map(|reference| {
            let source = source_of(&reference)?;
            Some(OwnSecret { reference: (*reference).clone(), source: source.value, origin: source.origin })
        })
        .collect();
    found.sort_by(|a, b| a.reference.cmp(&b.reference));
    found
}

fn find(value: &Value, seen: &mut FxHashSet<Arc<SecretRef>>) {
    if !value.flags().has(kss_value::Flags::SECRET) {
        return;
    }
    match value.kind() {
        Kind::Secret(secret) => seen.extend(secret.refs().into_iter().cloned()),
        Kind::Record(record) => record.iter().for_each(|(_, v)| find(v, seen)),
        Kind::List(items) | Kind::Set(items) => items.iter().for_each(|v| find(v, seen)),
        Kind::Case(_, Some(payload)) => find(payload, seen),
        _ => {}
    }
}
