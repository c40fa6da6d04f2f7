//! Nix expressions that are data: attribute sets, lists, texts, numbers, and names of things ([`Data::Code`]).

use crate::check::Format;
use crate::lines::{EntryId, Step};
use crate::node::joined;
use crate::printer::Printer;
use crate::{Data, Node};
use kss_span::{Origin, Symbol};

const FORMAT: Format = Format { name: "Nix", code: true, subnormal: false, refuses: |c| c == '\0', ..Format::DATA };

/// An expression.
pub fn emit(node: &Node) -> crate::Result {
    FORMAT.check(node)?;
    let mut nix = Nix { out: Printer::new() };
    nix.value(node, EntryId::NONE, Step::Root);
    Ok(nix.out.finish())
}

/// A module: a function of `arguments` (`config`, `pkgs`, …) that gives the attribute set.
pub fn emit_module(arguments: &[&str], node: &Node) -> crate::Result {
    FORMAT.check(node)?;
    let mut nix = Nix { out: Printer::new() };
    nix.out.push("{ ");
    for argument in arguments {
        nix.out.push(argument);
        nix.out.push(", ");
    }
    nix.out.push("... }:");
    nix.out.newline();
    nix.value(node, EntryId::NONE, Step::Root);
    Ok(nix.out.finish())
}

struct Nix {
    out: Printer,
}

impl Nix {
    fn value(&mut self, node: &Node, parent: EntryId, step: Step) {
        let id = self.out.node(parent, step, node.origin);
        self.data(node, id);
    }

    fn data(&mut self, node: &Node, id: EntryId) {
        match &node.data {
            Data::Null => self.out.push("null"),
            Data::Bool(value) => self.out.push(if *value { "true" } else { "false" }),
            // The parser knows no negative literals: the number behind the minus is one too large for it.
            Data::Int(i64::MIN) => self.out.push("(-9223372036854775807 - 1)"),
            Data::Int(value) => self.out.push(&value.to_string()),
            Data::Float(value) => self.out.push(&float(*value)),
            Data::Text(text) => self.text(text, id, |_| None),
            Data::Lines(lines) => self.text(&joined(lines), id, |at| lines.get(at).map(|line| line.origin)),
            Data::Code(code) => self.out.push(code),
            Data::List(items) => self.list(items, id),
            Data::Map(fields) => self.map(fields, id),
        }
    }

    fn list(&mut self, items: &[Node], id: EntryId) {
        if items.is_empty() {
            return self.out.push("[ ]");
        }
        self.out.push("[");
        self.out.deeper();
        for (at, item) in items.iter().enumerate() {
            self.out.newline();
            let parentheses = needs_parentheses(item);
            if parentheses {
                self.out.push("(");
            }
            self.value(item, id, Step::Index(at as u32));
            if parentheses {
                self.out.push(")");
            }
        }
        self.out.shallower();
        self.out.newline();
        self.out.push("]");
    }

    fn map(&mut self, fields: &[(Symbol, Node)], id: EntryId) {
        if fields.is_empty() {
            return self.out.push("{ }");
        }
        self.out.push("{");
        self.out.deeper();
        for (key, value) in fields {
            self.out.newline();
            self.field(*key, value, id);
            self.out.push(";");
        }
        self.out.shallower();
        self.out.newline();
        self.out.push("}");
    }

    /// `a = 1`; sets of a single name are written as a path, `a.b.c = 1`.
    fn field(&mut self, key: Symbol, value: &Node, parent: EntryId) {
        let id = self.out.node(parent, Step::Key(key), value.origin);
        self.out.push(&name(key.as_str()));
        if let Data::Map(fields) = &value.data
            && let [(next, inner)] = &fields[..]
        {
            self.out.push(".");
            return self.field(*next, inner, id);
        }
        self.out.push(" = ");
        self.data(value, id);
    }

    fn text(&mut self, text: &str, id: EntryId, origin: impl Fn(usize) -> Option<Origin>) {
        if !reads_as_lines(text) {
            return self.out.push(&quoted(text));
        }
        self.out.push("''");
        self.out.deeper();
        for (at, line) in text.lines().enumerate() {
            self.out.feed();
            self.out.more(id, origin(at));
            if !line.is_empty() {
                self.out.indent();
                self.out.push(&line.replace("${", "''${"));
            }
        }
        self.out.shallower();
        if text.ends_with('\n') {
            self.out.newline();
        }
        self.out.push("''");
    }
}

/// In a list a space ends an element, so that `-1` would be two.
fn needs_parentheses(node: &Node) -> bool {
    match &node.data {
        Data::Int(value) => *value < 0 && *value != i64::MIN,
        Data::Float(value) => value.is_sign_negative(),
        Data::Code(code) => !code.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-/".contains(&b)),
        _ => false,
    }
}

/// Nix wants a dot in a float, also before an exponent.
fn float(value: f64) -> String {
    let text = format!("{value:?}");
    match text.split_once('e') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0e{exponent}"),
        _ => text,
    }
}

fn name(key: &str) -> String {
    const KEYWORDS: [&str; 10] = ["assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"];
    let mut bytes = key.bytes();
    let plain = bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b"_'-".contains(&b))
        && !KEYWORDS.contains(&key);
    if plain { key.to_owned() } else { quoted(key) }
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
            '$' if chars.peek() == Some(&'{') => out.push_str("\\$"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// May a text be written between `''` line by line? Only where the indentation that Nix takes away is surely ours, and no
/// quote could meet another or a `$`.
fn reads_as_lines(text: &str) -> bool {
    let lines = || text.lines().filter(|line| !line.is_empty());
    text.contains('\n')
        && !text.starts_with('\n')
        && text.chars().all(|c| matches!(c, '\n' | '\t') || !c.is_control())
        && !text.contains("''")
        && !text.contains("'${")
        && !text.ends_with(['\'', '$'])
        && lines().any(|line| !line.starts_with(' '))
        && lines().all(|line| line.contains(|c: char| !c.is_whitespace()))
}
