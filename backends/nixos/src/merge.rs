//! Options from several sources in one configuration.

use kss_backend::Sink;
use kss_diag::code;
use kss_emit::{Data, Node};
use kss_span::Symbol;

/// Adds the options of `from` to `into`; a value that stands in both is reported.
pub(crate) fn merge(into: &mut Node, from: Node, of: &str, sink: &mut Sink<'_>) {
    merge_at(into, from, of, &mut Vec::new(), sink);
}

fn merge_at(into: &mut Node, from: Node, of: &str, path: &mut Vec<Symbol>, sink: &mut Sink<'_>) {
    match (&mut into.data, from.data) {
        (Data::Map(fields), Data::Map(more)) => {
            for (key, value) in more {
                path.push(key);
                match fields.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, known)) => merge_at(known, value, of, path, sink),
                    None => fields.push((key, value)),
                }
                path.pop();
            }
            fields.sort_by_key(|(key, _)| *key);
        }
        (Data::List(items), Data::List(more)) => items.extend(more),
        _ => {
            let option = path.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(".");
            let message = format!("the option `{option}` in {of} has two values");
            sink.report(code::CONFLICT.at(into.origin, message).label("one of them").also(from.origin, "the other"));
        }
    }
}
