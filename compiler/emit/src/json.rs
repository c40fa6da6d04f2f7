//! JSON, indented by two spaces.

use crate::check::{EmitError, Format, Problem};
use crate::lines::Step;
use crate::serial::{Style, Tracker};
use crate::{Emitted, Node};
use serde::{Serialize, Serializer};

const FORMAT: Format = Format { name: "JSON", ..Format::DATA };

/// A document.
pub fn emit(node: &Node) -> crate::Result {
    FORMAT.check(node)?;
    write(node, Json)
}

/// The document in the spelling of `style`.
pub(crate) fn write<S: Style>(node: &Node, style: S) -> Result<Emitted, Vec<EmitError>> {
    let tracker = Tracker::new(style);
    let mut out = tracker.out();
    let written = tracker.document(node, Step::Root).serialize(&mut serde_json::Serializer::pretty(&mut out));
    if let Err(error) = written {
        let problem = Problem::Refused { format: "JSON", message: error.to_string() };
        return Err(vec![EmitError { problem, pointer: String::new(), origin: node.origin }]);
    }
    out.push("\n");
    let text = out.into_text();
    Ok(tracker.finish(text))
}

struct Json;

impl Style for Json {
    fn text<S: Serializer>(&self, text: &str, serializer: S) -> Result<(S::Ok, bool), S::Error> {
        Ok((serializer.serialize_str(text)?, false))
    }

    fn code(&self, _code: &str) -> Option<String> {
        None
    }
}
