//! Values as they stand in a step.

use crate::ids;
use kss_backend::template::Template;
use kss_emit::{Node, Refused, Special, from_value_with};
use kss_span::Origin;
use kss_value::Value;

/// The data of a value: a case with fields is a map with one key, an entry the name that it has in names of steps, a secret and
/// an output of OpenTofu what they are in templates. A value that nothing can be made of is left out: it was reported where it
/// went wrong.
pub(crate) fn node(value: &Value) -> Node {
    from_value_with(value, special).unwrap_or_else(|_| Node::null(value.origin()))
}

fn special(special: Special<'_>, origin: Origin) -> Result<Node, Refused> {
    match special {
        Special::Ref(key) => Ok(Node::text(ids::entry(key), origin)),
        Special::Case(name, payload) => Ok(Node::map([(name.as_str(), node(payload))], origin)),
        Special::Secret(secret) => Ok(text(&Value::secret((**secret).clone(), origin))),
        Special::Later(later) => Ok(text(&Value::later((**later).clone(), origin))),
        Special::File(path) => Ok(Node::text(path, origin)),
    }
}

/// A text with holes; one that is a hole alone is that.
fn text(value: &Value) -> Node {
    let template = Template::of_text(value).unwrap_or_default();
    match template.parts() {
        [(part, origin)] => part.node(*origin),
        parts => {
            let nodes = parts.iter().map(|(part, origin)| part.node(*origin));
            Node::map([("text", Node::list(nodes, value.origin()))], value.origin())
        }
    }
}
