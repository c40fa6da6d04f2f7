//! Functions around secrets and values that are known later.

use crate::Secret;
use crate::builtins::args::Args;
use crate::builtins::{CallError, template};
use crate::{EntryKey, Flags, Kind, Later, Record, SecretPart, SecretRef, Value};
use kss_span::{Origin, Symbol};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The name under which a template refers to a secret: `harbor_apps_pull__password` for `password` at `harbor/apps-pull`.
pub fn alias(reference: &SecretRef) -> String {
    let word = |text: &str| text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect::<String>();
    let alias = format!("{}__{}", word(&reference.path), word(&reference.key));
    // Go reads `.1a` as a number.
    if alias.starts_with(|c: char| c.is_ascii_digit()) { format!("_{alias}") } else { alias }
}

pub(super) fn refs(args: &Args) -> Result<Value, CallError> {
    let mut found = BTreeMap::new();
    collect(&args.values[0], &mut found);
    let mut aliases: BTreeMap<String, &Arc<SecretRef>> = BTreeMap::new();
    for reference in found.values() {
        if let Some(other) = aliases.insert(alias(reference), reference) {
            return Err(CallError::at(
                0,
                format!(
                    "`{other:?}` and `{reference:?}` would both be called `{}` in a template: name one of their paths or \
                     keys differently",
                    alias(reference)
                ),
            ));
        }
    }
    args.give_list(found.values().map(|reference| described(reference, args.origin)).collect())
}

/// Each place once, in order; two credentials at one place are an error of their own.
fn collect<'a>(value: &'a Value, found: &mut BTreeMap<(Symbol, Symbol), &'a Arc<SecretRef>>) {
    if !value.flags().has(Flags::SECRET) {
        return;
    }
    match value.kind() {
        Kind::Secret(secret) => secret.refs().into_iter().for_each(|reference| {
            found.entry((reference.path, reference.key)).or_insert(reference);
        }),
        Kind::List(items) | Kind::Set(items) => items.iter().for_each(|item| collect(item, found)),
        Kind::Record(record) => record.iter().for_each(|(_, value)| collect(value, found)),
        Kind::Case(_, Some(record)) => collect(record, found),
        _ => {}
    }
}

fn described(reference: &Arc<SecretRef>, origin: Origin) -> Value {
    let itself = Secret { parts: vec![SecretPart::Ref(reference.clone(), Symbol::new("raw"))] };
    let fields = [
        ("alias", Value::text(alias(reference), origin)),
        ("key", Value::text(reference.key.as_str(), origin)),
        ("path", Value::text(reference.path.as_str(), origin)),
        ("value", Value::secret(itself, origin)),
    ];
    Value::record(fields.into_iter().map(|(name, value)| (Symbol::new(name), value)).collect(), origin)
}

pub(super) fn as_template(args: &Args) -> Result<Value, CallError> {
    template(&args.values[0], args.origin).map_err(|e| CallError { argument: Some(0), ..e })
}

pub(super) fn secret(args: &Args) -> Result<Value, CallError> {
    args.give_bool(args.values[0].flags().has(Flags::SECRET))
}

/// The outputs of the calls of an OpenTofu environment: call, then output. Which outputs a call has is known to whoever
/// has read its module.
pub fn outputs_of(env: &EntryKey, calls: &[(Symbol, Vec<Symbol>)], origin: Origin) -> Value {
    let output =
        |call: Symbol, name: Symbol| (name, Value::later(Later { env: env.clone(), path: vec![call, name] }, origin));
    let outputs =
        |call: Symbol, names: &[Symbol]| Value::record(names.iter().map(|name| output(call, *name)).collect(), origin);
    let calls: Record = calls.iter().map(|(call, names)| (*call, outputs(*call, names))).collect();
    Value::record(calls, origin)
}
