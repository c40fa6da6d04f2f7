//! Fragments for make: variables that mean exactly their text.

use crate::check::Format;
use crate::env::scalar;
use crate::lines::{EntryId, Step};
use crate::printer::Printer;
use crate::{Data, Node};

const FORMAT: Format = Format {
    name: "a make fragment",
    null: false,
    map: true,
    flat: true,
    refuses: |c| c.is_control() && c != '\t',
    ..Format::DATA
};

/// `NAME := value` a line.
pub fn emit(node: &Node) -> crate::Result {
    FORMAT.check(node)?;
    let mut out = Printer::new();
    if let Data::Map(fields) = &node.data {
        let root = out.node(EntryId::NONE, Step::Root, node.origin);
        for (key, value) in fields {
            out.node(root, Step::Key(*key), value.origin);
            out.push(key.as_str());
            out.push(" :=");
            let text = scalar(&value.data);
            if !text.is_empty() {
                out.push(" ");
                out.push(&escaped(&text));
            }
            out.feed();
        }
    }
    Ok(out.finish())
}

/// `$()` is the variable without a name, which is empty: it keeps blanks at both ends and a backslash before the line feed.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.starts_with([' ', '\t']) {
        out.push_str("$()");
    }
    let mut backslashes = 0;
    for c in text.chars() {
        match c {
            '$' => out.push_str("$$"),
            '#' => {
                // Backslashes before `#` escape each other, so each needs one.
                out.extend(std::iter::repeat_n('\\', backslashes + 1));
                out.push('#');
            }
            c => out.push(c),
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
    }
    if text.ends_with([' ', '\t', '\\']) {
        out.push_str("$()");
    }
    out
}
