//! Functions over lists, sets and maps.

use crate::builtins::CallError;
use crate::builtins::args::Args;
use crate::scalar::{BinaryOp, HashKey, binary, compare, contains as has, describe, duplicate_pair};
use crate::{Flags, Kind, Value};
use rustc_hash::FxHashSet;
use std::cmp::Ordering;

/// Longest list that a range of integers makes.
const LONGEST_RANGE: i64 = 100_000;

pub(super) fn count(args: &Args) -> Result<Value, CallError> {
    match args.values[0].kind() {
        Kind::Record(record) => args.give_count(record.len()),
        _ => args.give_count(args.items(0)?.len()),
    }
}

pub(super) fn sum(args: &Args) -> Result<Value, CallError> {
    let Some((first, rest)) = args.items(0)?.split_first() else { return Ok(Value::int(0, args.origin)) };
    if !matches!(
        first.kind(),
        Kind::Int(_) | Kind::Float(_) | Kind::Percent(_) | Kind::Size(_) | Kind::Duration(_) | Kind::Cpu(_)
    ) {
        return Err(CallError::at(0, format!("`sum` adds numbers and quantities, and one is {}", describe(first))));
    }
    let add = |total: Value, item: &Value| binary(BinaryOp::Add, &total, item, args.origin);
    let total = rest.iter().try_fold(first.clone(), add).map_err(|e| CallError::at(0, e.message))?;
    Ok(total.with_origin(args.origin))
}

pub(super) fn min(args: &Args) -> Result<Value, CallError> {
    extreme(args, Ordering::Less)
}

pub(super) fn max(args: &Args) -> Result<Value, CallError> {
    extreme(args, Ordering::Greater)
}

fn extreme(args: &Args, wanted: Ordering) -> Result<Value, CallError> {
    let items = args.items(0)?.iter();
    items
        .reduce(|best, item| if compare(item, best) == wanted { item } else { best })
        .cloned()
        .ok_or_else(|| empty(args))
}

pub(super) fn first(args: &Args) -> Result<Value, CallError> {
    args.items(0)?.first().cloned().ok_or_else(|| empty(args))
}

pub(super) fn last(args: &Args) -> Result<Value, CallError> {
    args.items(0)?.last().cloned().ok_or_else(|| empty(args))
}

fn empty(args: &Args) -> CallError {
    CallError::at(0, format!("the list is empty, so it has no `{}`", args.builtin.name))
}

pub(super) fn sort(args: &Args) -> Result<Value, CallError> {
    let mut items = args.items(0)?.to_vec();
    items.sort_by(compare);
    args.give_list(items)
}

pub(super) fn distinct(args: &Args) -> Result<Value, CallError> {
    let mut seen = FxHashSet::default();
    let items = args.items(0)?.iter();
    let fresh = items.filter(|item| item.flags().has(Flags::POISON) || seen.insert(HashKey(item)));
    args.give_list(fresh.cloned().collect())
}

pub(super) fn list(args: &Args) -> Result<Value, CallError> {
    args.give_list(args.items(0)?.to_vec())
}

pub(super) fn keys(args: &Args) -> Result<Value, CallError> {
    let key = |(key, value): &(kss_span::Symbol, Value)| Value::text(key.as_str(), value.origin());
    args.give_list(args.record(0)?.iter().map(key).collect())
}

pub(super) fn values(args: &Args) -> Result<Value, CallError> {
    args.give_list(args.record(0)?.iter().map(|(_, value)| value.clone()).collect())
}

pub(super) fn flatten(args: &Args) -> Result<Value, CallError> {
    let mut flat = Vec::new();
    for item in args.items(0)? {
        match item.kind() {
            Kind::List(items) | Kind::Set(items) => flat.extend(items.iter().cloned()),
            Kind::Poison => flat.push(item.clone()),
            _ => {
                return Err(CallError::at(0, format!("`flatten` takes lists of lists, and one is {}", describe(item))));
            }
        }
    }
    args.give_list(flat)
}

pub(super) fn unique(args: &Args) -> Result<Value, CallError> {
    args.give_bool(duplicate_pair(args.items(0)?).is_none())
}

pub(super) fn contains(args: &Args) -> Result<Value, CallError> {
    if args.values[0].as_text().is_some() || matches!(args.values[0].kind(), Kind::Secret(_)) {
        return args.give_bool(args.text(0)?.contains(args.text(1)?.as_ref()));
    }
    match has(&args.values[0], &args.values[1]) {
        Ok(Some(found)) => args.give_bool(found),
        Ok(None) => Ok(Value::poison(args.origin)),
        Err(error) => Err(CallError::new(error.message)),
    }
}

pub(super) fn range(args: &Args) -> Result<Value, CallError> {
    let (first, last) = (args.int(0)?, args.int(1)?);
    // `1..0` is how a loop over nobody looks.
    if last.checked_sub(first).is_none_or(|length| length >= LONGEST_RANGE) {
        return Err(CallError::new(format!("{first}..{last} is longer than {LONGEST_RANGE} numbers")));
    }
    args.give_list((first..=last).map(|n| Value::int(n, args.origin)).collect())
}
