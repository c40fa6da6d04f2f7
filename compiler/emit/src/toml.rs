//! TOML.
//!
//! The library moves tables behind plain values, so that lines are known only afterwards: the text is read again with
//! positions, and the line map follows both trees.

use crate::check::{EmitError, Format, Problem};
use crate::lines::{EntryId, LineMap, Step};
use crate::node::joined;
use crate::{Data, Emitted, Node};
use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};
use kss_span::{LineIndex, Origin, Symbol};
use std::ops::Range;

const FORMAT: Format = Format { name: "TOML", null: false, map: true, ..Format::DATA };

/// A document.
pub fn emit(node: &Node) -> crate::Result {
    FORMAT.check(node)?;
    let refused = |message: String| {
        let problem = Problem::Refused { format: "TOML", message };
        vec![EmitError { problem, pointer: String::new(), origin: node.origin }]
    };
    let text = ::toml::to_string_pretty(&value(node)).map_err(|error| refused(error.to_string()))?;
    let document = DeTable::parse(&text).map_err(|error| refused(error.to_string()))?;
    let mut lines = Lines { index: LineIndex::new(&text), map: LineMap::default() };
    let root = lines.map.push(1, EntryId::NONE, Step::Root, node.origin);
    if let Data::Map(fields) = &node.data {
        lines.table(fields, document.get_ref(), root);
    }
    lines.map.sort();
    Ok(Emitted { lines: lines.map, text })
}

fn value(node: &Node) -> ::toml::Value {
    match &node.data {
        Data::Bool(value) => ::toml::Value::Boolean(*value),
        Data::Int(value) => ::toml::Value::Integer(*value),
        Data::Float(value) => ::toml::Value::Float(*value),
        Data::Text(text) => ::toml::Value::String(text.to_string()),
        Data::Lines(lines) => ::toml::Value::String(joined(lines)),
        Data::List(items) => ::toml::Value::Array(items.iter().map(value).collect()),
        Data::Map(fields) => {
            ::toml::Value::Table(fields.iter().map(|(key, node)| (key.as_str().to_owned(), value(node))).collect())
        }
        // Refused by the check of the format.
        Data::Null | Data::Code(_) => ::toml::Value::String(String::new()),
    }
}

struct Lines {
    index: LineIndex,
    map: LineMap,
}

impl Lines {
    fn table(&mut self, fields: &[(Symbol, Node)], table: &DeTable<'_>, id: EntryId) {
        for (key, node) in fields {
            if let Some((name, value)) = table.get_key_value(key.as_str()) {
                self.value(node, value, name.span(), id, Step::Key(*key));
            }
        }
    }

    fn value(&mut self, node: &Node, value: &Spanned<DeValue<'_>>, at: Range<usize>, parent: EntryId, step: Step) {
        let line = self.line(at.start);
        let id = self.map.push(line, parent, step, node.origin);
        match (&node.data, value.get_ref()) {
            (Data::Map(fields), DeValue::Table(table)) => self.table(fields, table, id),
            (Data::List(items), DeValue::Array(array)) => {
                for (at, (node, value)) in items.iter().zip(array.iter()).enumerate() {
                    self.value(node, value, value.span(), id, Step::Index(at as u32));
                }
            }
            (Data::Text(_), _) => self.lines(value.span(), line, id, |_| None),
            (Data::Lines(lines), _) => self.lines(value.span(), line, id, |at| lines.get(at).map(|line| line.origin)),
            _ => {}
        }
    }

    /// The further lines of a text.
    fn lines(&mut self, span: Range<usize>, first: u32, id: EntryId, origin: impl Fn(usize) -> Option<Origin>) {
        let last = self.line(span.end);
        for (at, line) in (first + 1..=last).enumerate() {
            self.map.push_more(line, id, origin(at));
        }
    }

    fn line(&self, at: usize) -> u32 {
        self.index.line(at as u32) + 1
    }
}
