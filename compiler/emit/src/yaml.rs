//! YAML that readers of version 1.1, of version 1.2 and Go's agree on.

use crate::Node;
use crate::check::{EmitError, Format, Problem};
use crate::lines::Step;
use crate::serial::{Out, Style, Tracker};
use serde::{Serialize, Serializer};
use serde_yaml::{LitStr, SerializerOptions};

const FORMAT: Format = Format { name: "YAML", ..Format::DATA };

/// One document.
pub fn emit(node: &Node) -> crate::Result {
    FORMAT.check(node)?;
    let tracker = Tracker::new(Yaml);
    let mut out = tracker.out();
    document(node, Step::Root, &tracker, &mut out)?;
    let text = out.into_text();
    Ok(tracker.finish(text))
}

/// Several documents in one text; pointers of its line map begin with the number of the document (from 0).
pub fn emit_documents(nodes: &[Node]) -> crate::Result {
    let problems = nodes.iter().enumerate().flat_map(|(at, node)| {
        let errors = FORMAT.check(node).err().unwrap_or_default().into_iter();
        errors.map(move |error| EmitError { pointer: format!("/{at}{}", error.pointer), ..error })
    });
    let problems: Vec<_> = problems.collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let tracker = Tracker::new(Yaml);
    let mut out = tracker.out();
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            out.push("---\n");
        }
        document(node, Step::Index(at as u32), &tracker, &mut out)?;
    }
    let text = out.into_text();
    Ok(tracker.finish(text))
}

/// Kubernetes objects in one text, each in the order in which people write them.
pub fn emit_objects(nodes: Vec<Node>) -> crate::Result {
    emit_documents(&nodes.into_iter().map(Node::kubernetes).collect::<Vec<_>>())
}

fn document(node: &Node, step: Step, tracker: &Tracker<Yaml>, out: &mut Out<'_>) -> Result<(), Vec<EmitError>> {
    let written = serde_yaml::to_fmt_writer_with_options(out, &tracker.document(node, step), options());
    written.map_err(|error| {
        let problem = Problem::Refused { format: "YAML", message: error.to_string() };
        vec![EmitError { problem, pointer: String::new(), origin: node.origin }]
    })
}

fn options() -> SerializerOptions {
    // Block scalars by our own rule below: those that the library would choose fail in libyaml when the text begins with a tab.
    serde_yaml::ser_options! { prefer_block_scalars: false }
}

struct Yaml;

impl Style for Yaml {
    fn text<S: Serializer>(&self, text: &str, serializer: S) -> Result<(S::Ok, bool), S::Error> {
        if reads_as_block(text) {
            return Ok((LitStr(text).serialize(serializer)?, true));
        }
        Ok((serializer.serialize_str(text)?, false))
    }

    fn code(&self, _code: &str) -> Option<String> {
        None
    }
}

/// May a text of several lines be written line by line (`|`)? Only where no reader could take it for anything else: it begins
/// with a visible character, ends with at most one line feed, no line ends with or consists of blanks, and no character needs
/// an escape.
fn reads_as_block(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    text.contains('\n')
        && !body.is_empty()
        && !body.starts_with([' ', '\t', '\n'])
        && body.split('\n').all(|line| !line.ends_with([' ', '\t']))
        && !body.ends_with('\n')
        && body.chars().all(|c| c == '\n' || c == '\t' || is_plain(c))
}

fn is_plain(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}
