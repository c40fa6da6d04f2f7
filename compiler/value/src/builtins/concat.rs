//! Text put together from texts, scalars and secrets. Text around a secret is a secret.

use crate::Secret;
use crate::builtins::CallError;
use crate::scalar::{describe, spelling};
use crate::{Kind, SecretPart, Value};
use kss_span::{Origin, Symbol};
use std::sync::Arc;

/// Collects text, and becomes a secret with the first secret in it.
#[derive(Default)]
pub(super) struct Concat {
    text: String,
    parts: Vec<SecretPart>,
    secret: bool,
}

impl Concat {
    pub(super) fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn push_secret(&mut self, secret: &Secret) {
        self.secret = true;
        for part in &secret.parts {
            match part {
                SecretPart::Plain(text) => self.text.push_str(text),
                other => {
                    self.flush();
                    self.parts.push(other.clone());
                }
            }
        }
    }

    /// A text or a secret; `false` if it is neither.
    pub(super) fn push_text(&mut self, value: &Value) -> bool {
        match (value.kind(), value.as_text()) {
            (Kind::Secret(secret), _) => self.push_secret(secret),
            (_, Some(text)) => self.push_str(&text),
            _ => return false,
        }
        true
    }

    pub(super) fn is_secret(&self) -> bool {
        self.secret
    }

    pub(super) fn finish(mut self, origin: Origin) -> Value {
        if !self.secret {
            return Value::text(self.text, origin);
        }
        self.flush();
        Value::secret(Secret { parts: self.parts }, origin)
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(SecretPart::Plain(std::mem::take(&mut self.text).into()));
        }
    }
}

/// The text of `"…${x}…"`: `parts` are its pieces in order, texts between the holes and values in them. Scalars are spelled
/// as in data, cases and entries by their names. The error names the piece that has no text.
pub fn interpolate(parts: &[Value], origin: Origin) -> Result<Value, CallError> {
    if parts.iter().any(Value::is_poison) {
        return Ok(Value::poison(origin));
    }
    let mut out = Concat::default();
    for (at, part) in parts.iter().enumerate() {
        if out.push_text(part) {
            continue;
        }
        match (spelling(part), part.kind()) {
            (Some(text), _) => out.push_str(&text),
            (None, Kind::Ref(entry)) => out.push_str(&entry.name),
            _ => return Err(CallError::at(at, no_text(part))),
        }
    }
    Ok(out.finish(origin))
}

fn no_text(value: &Value) -> String {
    match value.kind() {
        Kind::Later(_) => {
            "an output of OpenTofu is known only when that has run, so it can't be part of a text".to_owned()
        }
        Kind::None => "`none` has no text; say what stands in its place with `??`".to_owned(),
        _ => format!("{} has no text", describe(value)),
    }
}

/// A secret spelled as the document around it needs: `json` (a quoted JSON text), `base64`; `raw` changes nothing.
pub fn encode(secret: &Secret, how: Symbol) -> Secret {
    if how == "raw" {
        return secret.clone();
    }
    let part = match secret.parts.as_slice() {
        [SecretPart::Ref(reference, encoding)] if *encoding == "raw" => SecretPart::Ref(reference.clone(), how),
        parts => SecretPart::Group(Arc::from(parts), how),
    };
    Secret { parts: vec![part] }
}
