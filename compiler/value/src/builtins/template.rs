//! Secrets as Go templates, which the External Secrets operator fills in.

use crate::builtins::{CallError, alias, interpolate};
use crate::{Kind, SecretPart, Value};
use kss_span::{Origin, Symbol};

/// The text of `value` with `{{ .alias }}` in place of each reference. Text that a template would take for an action is
/// escaped, so a plain text comes out of the operator as it went in. A secret in a document is piped through the function
/// that spells it: `{{ .alias | toJson }}`.
pub fn template(value: &Value, origin: Origin) -> Result<Value, CallError> {
    let text = interpolate(std::slice::from_ref(value), origin)?;
    let mut out = Template::default();
    match text.kind() {
        Kind::Secret(secret) => secret.parts.iter().try_for_each(|part| out.part(part))?,
        Kind::Poison => return Ok(text),
        _ => out.plain(&text.as_text().unwrap_or_default()),
    }
    Ok(Value::text(out.0, origin))
}

#[derive(Default)]
struct Template(String);

impl Template {
    fn part(&mut self, part: &SecretPart) -> Result<(), CallError> {
        match part {
            SecretPart::Plain(text) => self.plain(text),
            hidden => {
                let action = pipeline(hidden)?;
                self.action(&action);
            }
        }
        Ok(())
    }

    fn plain(&mut self, text: &str) {
        let mut pieces = text.split("{{");
        self.0.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            self.action("\"{{\"");
            self.0.push_str(piece);
        }
    }

    /// A brace just before an action would be read as its beginning.
    fn action(&mut self, action: &str) {
        if self.0.ends_with('{') {
            self.0.pop();
            self.0.push_str("{{ \"{\" }}");
        }
        self.0.push_str("{{ ");
        self.0.push_str(action);
        self.0.push_str(" }}");
    }
}

/// What stands between the braces.
fn pipeline(part: &SecretPart) -> Result<String, CallError> {
    let (value, how) = match part {
        SecretPart::Plain(text) => (go_quoted(text), Symbol::new("raw")),
        SecretPart::Ref(reference, how) => (format!(".{}", alias(reference)), *how),
        SecretPart::Group(parts, how) => (group(parts)?, *how),
    };
    match how.as_str() {
        "raw" => Ok(value),
        "json" => Ok(format!("{value} | toJson")),
        "base64" => Ok(format!("{value} | b64enc")),
        other => Err(CallError::new(format!("a secret can't be spelled as `{other}` in a template"))),
    }
}

/// Several parts as one text.
fn group(parts: &[SecretPart]) -> Result<String, CallError> {
    let (mut format, mut args) = (String::new(), String::new());
    for part in parts {
        match part {
            SecretPart::Plain(text) => format.push_str(&text.replace('%', "%%")),
            hidden => {
                format.push_str("%s");
                let action = pipeline(hidden)?;
                args.push_str(&if action.contains(' ') { format!(" ({action})") } else { format!(" {action}") });
            }
        }
    }
    Ok(format!("printf {}{args}", go_quoted(&format)))
}

/// An interpreted string literal of Go.
fn go_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
