//! Expressions in place of what is not known yet.

use crate::names::{Secrets, is_identifier};
use crate::state::data_name;
use kss_emit::{Node, Refused, Special};
use kss_span::Origin;
use kss_value::{EntryKey, Later, Secret, SecretPart};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Says what stands for secrets and outputs in one environment, and notes which others it reads.
pub(crate) struct Expressions<'a> {
    own: &'a EntryKey,
    secrets: &'a Secrets,
    /// Environments whose state is read.
    pub(crate) reads: BTreeSet<EntryKey>,
}

impl<'a> Expressions<'a> {
    pub(crate) fn new(own: &'a EntryKey, secrets: &'a Secrets) -> Expressions<'a> {
        Expressions { own, secrets, reads: BTreeSet::new() }
    }

    /// What stands for a value that is no data by itself.
    pub(crate) fn special(&mut self, special: Special<'_>, origin: Origin) -> Result<Node, Refused> {
        match special {
            Special::Secret(secret) => Ok(Node::code(self.secret(secret)?, origin)),
            Special::Later(later) => Ok(Node::code(self.later(later)?, origin)),
            other => Err(other.refuse()),
        }
    }

    fn secret(&self, secret: &Secret) -> Result<String, Refused> {
        match &secret.parts[..] {
            [part] => self.part(part),
            parts => self.join(parts),
        }
    }

    /// Texts beside each other. A list of them, because in a template a `$` before a hole would swallow it.
    fn join(&self, parts: &[SecretPart]) -> Result<String, Refused> {
        let parts = parts.iter().map(|part| self.part(part)).collect::<Result<Vec<_>, _>>()?;
        Ok(format!("join(\"\", [{}])", parts.join(", ")))
    }

    fn part(&self, part: &SecretPart) -> Result<String, Refused> {
        let (code, how) = match part {
            SecretPart::Plain(text) => return Ok(quoted(text)),
            SecretPart::Ref(place, how) => {
                let name = self.secrets.get(place).ok_or(Refused::Secret)?;
                (format!("var.{name}"), *how)
            }
            SecretPart::Group(parts, how) => (self.join(parts)?, *how),
        };
        match how.as_str() {
            "raw" => Ok(code),
            "json" => Ok(format!("jsonencode({code})")),
            "base64" => Ok(format!("base64encode({code})")),
            other => Err(Refused::Other(format!("a secret can't be spelled as `{other}` in OpenTofu"))),
        }
    }

    fn later(&mut self, later: &Arc<Later>) -> Result<String, Refused> {
        let [call, output] = &later.path[..] else { return Err(Special::Later(later).refuse()) };
        if !is_identifier(call) || !is_identifier(output) {
            return Err(Refused::Other(format!("`{call}.{output}` is no output that OpenTofu could name")));
        }
        if later.env == *self.own {
            return Ok(format!("module.{call}.{output}"));
        }
        self.reads.insert(later.env.clone());
        Ok(format!("data.terraform_remote_state.{}.outputs.{call}.{output}", data_name(&later.env)))
    }
}

/// A text literal of OpenTofu.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if chars.peek() == Some(&'{') => out.extend([c, c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
