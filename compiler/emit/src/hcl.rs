//! OpenTofu: values of variables (`.tfvars`) and configuration in its JSON form (`.tf.json`).
//!
//! In both, text is a template: `${` and `%{` are written doubled.

use crate::check::Format;
use crate::lines::{EntryId, Step};
use crate::node::joined;
use crate::printer::Printer;
use crate::serial::Style;
use crate::{Data, Node, json};
use kss_span::Symbol;
use serde::Serializer;
use std::borrow::Cow;

const TFVARS: Format = Format { name: "a .tfvars file", map: true, refuses: |c| c == '\0', ..Format::DATA };
const TF_JSON: Format = Format { name: "a .tf.json file", code: true, map: true, ..Format::DATA };

/// Values of variables, in the layout of `tofu fmt`.
pub fn emit_tfvars(node: &Node) -> crate::Result {
    TFVARS.check(node)?;
    let mut hcl = Hcl { out: Printer::new() };
    if let Data::Map(fields) = &node.data {
        let id = hcl.out.node(EntryId::NONE, Step::Root, node.origin);
        hcl.fields(fields, id, Hcl::variable);
    }
    Ok(hcl.out.finish())
}

/// Configuration in JSON; [`Data::Code`] becomes `"${…}"`.
pub fn emit_tf_json(node: &Node) -> crate::Result {
    TF_JSON.check(node)?;
    json::write(node, TfJson)
}

struct TfJson;

impl Style for TfJson {
    fn text<S: Serializer>(&self, text: &str, serializer: S) -> Result<(S::Ok, bool), S::Error> {
        Ok((serializer.serialize_str(&escape(text))?, false))
    }

    fn key<'a>(&self, key: &'a str) -> Cow<'a, str> {
        escape(key)
    }

    fn code(&self, code: &str) -> Option<String> {
        Some(format!("${{{code}}}"))
    }
}

/// Text that a template reads back as `text`.
fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains("${") && !text.contains("%{") {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("${", "$${").replace("%{", "%%{"))
}

struct Hcl {
    out: Printer,
}

impl Hcl {
    fn value(&mut self, node: &Node, id: EntryId) {
        match &node.data {
            Data::Null => self.out.push("null"),
            Data::Bool(value) => self.out.push(if *value { "true" } else { "false" }),
            Data::Int(value) => self.out.push(&value.to_string()),
            Data::Float(value) => self.out.push(&format!("{value:?}")),
            Data::Text(text) => self.out.push(&quoted(text)),
            Data::Lines(lines) => self.out.push(&quoted(&joined(lines))),
            // Refused by the check of the format.
            Data::Code(code) => self.out.push(code),
            Data::List(items) => self.list(items, id),
            Data::Map(fields) => self.map(fields, id),
        }
    }

    fn list(&mut self, items: &[Node], id: EntryId) {
        if items.is_empty() {
            return self.out.push("[]");
        }
        self.out.push("[");
        self.out.deeper();
        for (at, item) in items.iter().enumerate() {
            self.out.newline();
            let id = self.out.node(id, Step::Index(at as u32), item.origin);
            self.value(item, id);
            self.out.push(",");
        }
        self.out.shallower();
        self.out.newline();
        self.out.push("]");
    }

    fn map(&mut self, fields: &[(Symbol, Node)], id: EntryId) {
        if fields.is_empty() {
            return self.out.push("{}");
        }
        self.out.push("{");
        self.out.deeper();
        self.out.newline();
        self.fields(fields, id, Hcl::key);
        self.out.shallower();
        self.out.newline();
        self.out.push("}");
    }

    /// One a line, the `=` of neighbours in one column. A value of several lines ends a run of neighbours, as `tofu fmt` does it.
    fn fields(&mut self, fields: &[(Symbol, Node)], id: EntryId, spell: fn(&str) -> String) {
        let mut first = true;
        for run in fields.chunk_by(|(_, a), (_, b)| !is_tall(a) && !is_tall(b)) {
            let width = run.iter().map(|(key, _)| columns(&spell(key.as_str()))).max().unwrap_or(0);
            for (key, value) in run {
                if !std::mem::take(&mut first) {
                    self.out.newline();
                }
                let key_id = self.out.node(id, Step::Key(*key), value.origin);
                let name = spell(key.as_str());
                self.out.push(&name);
                self.out.push(&" ".repeat(width - columns(&name)));
                self.out.push(" = ");
                self.value(value, key_id);
            }
        }
    }

    /// The name of a variable.
    fn variable(name: &str) -> String {
        name.to_owned()
    }

    /// A key of an object.
    fn key(name: &str) -> String {
        if is_identifier(name) { name.to_owned() } else { quoted(name) }
    }
}

/// Does the value take several lines?
fn is_tall(node: &Node) -> bool {
    match &node.data {
        Data::List(items) => !items.is_empty(),
        Data::Map(fields) => !fields.is_empty(),
        _ => false,
    }
}

fn columns(text: &str) -> usize {
    text.chars().count()
}

fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
        // As a key `null = 1` reads as the name, `for` begins a comprehension.
        && !matches!(name, "null" | "true" | "false" | "for" | "if" | "in")
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if chars.peek() == Some(&'{') => out.extend([c, c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
