//! Files of variables that a POSIX shell reads with `.`.

use crate::check::Format;
use crate::lines::{EntryId, Step};
use crate::node::joined;
use crate::printer::Printer;
use crate::{Data, Node};

const FORMAT: Format =
    Format { name: "an env file", null: false, map: true, flat: true, refuses: |c| c == '\0', ..Format::DATA };

/// `NAME=value` a line; the value quoted where a shell would read more into it.
pub fn emit(node: &Node) -> crate::Result {
    FORMAT.check(node)?;
    let mut out = Printer::new();
    if let Data::Map(fields) = &node.data {
        let root = out.node(EntryId::NONE, Step::Root, node.origin);
        for (key, value) in fields {
            let id = out.node(root, Step::Key(*key), value.origin);
            out.push(key.as_str());
            out.push("=");
            let text = quoted(&scalar(&value.data));
            for (at, line) in text.split('\n').enumerate() {
                if at > 0 {
                    out.feed();
                    out.more(id, line_origin(&value.data, at));
                }
                out.push(line);
            }
            out.feed();
        }
    }
    Ok(out.finish())
}

fn line_origin(data: &Data, at: usize) -> Option<kss_span::Origin> {
    match data {
        Data::Lines(lines) => lines.get(at).map(|line| line.origin),
        _ => None,
    }
}

/// A scalar as the text of a variable. What is no scalar was refused before.
pub(crate) fn scalar(data: &Data) -> String {
    match data {
        Data::Bool(value) => value.to_string(),
        Data::Int(value) => value.to_string(),
        Data::Float(value) => format!("{value:?}"),
        Data::Text(text) | Data::Code(text) => text.to_string(),
        Data::Lines(lines) => joined(lines),
        Data::Null | Data::List(_) | Data::Map(_) => String::new(),
    }
}

/// A word for a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-./:,@%+=".contains(&b);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
