//! Texts that are complete only where they are delivered: what they lack are secrets and outputs of OpenTofu.
//!
//! In the tree such a text is a JSON document at `PATH.kssc-template`. Joined in order, `parts` are the text; a part is
//!
//! - a text, which ends with its line,
//! - `{ "secret": { "scope": "clusters/kss", "path": …, "key": … } }`: the value at a place of the secret store,
//! - `{ "later": { "env": "site/base", "output": ["vault", "ca"] } }`: an output of an OpenTofu environment,
//! - `{ "text": [PART, …], "as": … }`: parts that are one text before they are spelled as `as` says.
//!
//! `as` may stand beside `secret` and `later` too: `json` (a JSON text with its quotes), `base64`, `shell` (one word of a
//! POSIX shell). Without it a value is written as it is. `deliver` says where the text goes and what has to notice.

use crate::sink::Sink;
use kss_emit::{Data, Emitted, Node, Refused, Special, env, json, toml, yaml};
use kss_span::{Origin, Symbol};
use kss_value::{Kind, Later, Line, Secret, SecretPart, SecretRef, Value};
use std::sync::Arc;

/// The ending of a template's name.
pub const ENDING: &str = ".kssc-template";

/// A text with or without holes.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Template {
    parts: Vec<(Part, Origin)>,
}

/// A piece of a [`Template`].
#[derive(Clone, PartialEq, Debug)]
pub enum Part {
    /// Text as it is.
    Text(String),
    /// The value at a place of the secret store.
    Secret(Arc<SecretRef>, How),
    /// An output of OpenTofu.
    Later(Arc<Later>, How),
    /// Parts that are one text before they are spelled.
    Group(Vec<Part>, How),
}

/// How a value is spelled in the text around it; `None` for as it is.
pub type How = Option<Symbol>;

/// How a document becomes a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Format {
    Yaml,
    Json,
    Toml,
    Env,
}

impl Format {
    fn emit(self, node: &Node) -> kss_emit::Result {
        match self {
            Format::Yaml => yaml::emit(node),
            Format::Json => json::emit(node),
            Format::Toml => toml::emit(node),
            Format::Env => env::emit(node),
        }
    }

    /// The spelling of a whole leaf. A JSON text is one in YAML and TOML as well.
    fn leaf(self) -> Symbol {
        Symbol::new(if self == Format::Env { "shell" } else { "json" })
    }
}

impl Template {
    /// The text of a value that is one: a text, a secret, an output of OpenTofu.
    pub fn of_text(value: &Value) -> Option<Template> {
        let origin = value.origin();
        let mut template = Template::default();
        match value.kind() {
            Kind::Text(text) => template.push_text(text, origin),
            Kind::Lines(lines) => {
                lines.iter().for_each(|line| template.push_text(&format!("{}\n", line.text), line.origin));
            }
            Kind::Secret(secret) => template.push_secret(secret, origin),
            Kind::Later(later) => template.parts.push((Part::Later(later.clone(), None), origin)),
            _ => return None,
        }
        Some(template)
    }

    /// The text of a document, or a report of what stands against it.
    pub fn of_document(value: &Value, format: Format, of: &str, sink: &mut Sink<'_>) -> Option<Template> {
        // A hole is written as a word that occurs nowhere else, and found again by it.
        for salt in 0.. {
            let mut holes = Vec::new();
            let node = sink.data_with(value, of, |special, origin| {
                let hole = hole(special, format.leaf())?;
                holes.push((hole, origin));
                Ok(Node::text(word(salt, holes.len() - 1), origin))
            })?;
            let emitted = match format.emit(&node) {
                Ok(emitted) => emitted,
                Err(errors) => {
                    sink.refuse(&errors, of);
                    return None;
                }
            };
            if emitted.text.matches(&prefix(salt)).count() == holes.len() {
                return Some(Template::filled(&emitted, salt, &holes));
            }
        }
        None
    }

    /// Has it no holes?
    pub fn is_plain(&self) -> bool {
        self.parts.iter().all(|(part, _)| matches!(part, Part::Text(_)))
    }

    /// Its pieces in order, each with who wrote it.
    pub fn parts(&self) -> &[(Part, Origin)] {
        &self.parts
    }

    /// The lines of a text without holes, and whether the last one is ended.
    pub fn lines(&self) -> (Vec<Line>, bool) {
        let mut lines = Vec::new();
        let mut ended = true;
        for (part, origin) in &self.parts {
            if let Part::Text(text) = part {
                let body = text.strip_suffix('\n').unwrap_or(text);
                ended = body.len() < text.len();
                lines.push(Line { text: body.into(), origin: *origin });
            }
        }
        (lines, ended)
    }

    /// The text without holes, for a place in data. A line feed at its end is kept, and none is added.
    pub fn data(&self) -> Data {
        let (lines, ended) = self.lines();
        if ended && !lines.is_empty() {
            return Data::Lines(lines.into());
        }
        Data::Text(lines.iter().map(|line| &*line.text).collect::<Vec<_>>().join("\n").into())
    }

    /// The document that stands in the tree; `deliver` are the fields that say where it goes.
    pub fn document(&self, deliver: Vec<(&str, Node)>, origin: Origin) -> Node {
        let parts = self.parts.iter().map(|(part, origin)| part.node(*origin));
        let fields = [("deliver", Node::map(deliver, origin)), ("parts", Node::list(parts, origin))];
        Node::map(fields, origin)
    }

    fn push_text(&mut self, text: &str, origin: Origin) {
        let lines = text.split_inclusive('\n');
        self.parts.extend(lines.map(|line| (Part::Text(line.to_owned()), origin)));
    }

    fn push_secret(&mut self, secret: &Secret, origin: Origin) {
        for part in &secret.parts {
            match part {
                SecretPart::Plain(text) => self.push_text(text, origin),
                hidden => self.parts.push((Part::of(hidden), origin)),
            }
        }
    }

    /// The emitted text with its holes.
    fn filled(emitted: &Emitted, salt: usize, holes: &[(Part, Origin)]) -> Template {
        let mut template = Template::default();
        let mut origin = Origin::NOWHERE;
        for (at, line) in emitted.text.split_inclusive('\n').enumerate() {
            origin = emitted.lines.at(at as u32 + 1).map_or(origin, |found| found.origin);
            template.push_line(line, origin, salt, holes);
        }
        template
    }

    fn push_line(&mut self, line: &str, origin: Origin, salt: usize, holes: &[(Part, Origin)]) {
        let prefix = prefix(salt);
        let mut rest = line;
        while let Some(start) = rest.find(&prefix) {
            let digits = &rest[start + prefix.len()..];
            let end = digits.find('z').unwrap_or(digits.len());
            let Some((hole, hole_origin)) = digits[..end].parse().ok().and_then(|at: usize| holes.get(at)) else {
                break;
            };
            let (before, after) = (&rest[..start], &digits[(end + 1).min(digits.len())..]);
            let (before, after) = without_quotes(before, after);
            if !before.is_empty() {
                self.parts.push((Part::Text(before.to_owned()), origin));
            }
            self.parts.push((hole.clone(), *hole_origin));
            rest = after;
        }
        if !rest.is_empty() {
            self.parts.push((Part::Text(rest.to_owned()), origin));
        }
    }
}

/// The word that stands for hole `at`: letters and digits only, so that no format spells it differently.
fn word(salt: usize, at: usize) -> String {
    format!("{}{at}z", prefix(salt))
}

fn prefix(salt: usize) -> String {
    format!("ksschole{salt}x")
}

/// The spelling of a hole brings its own quotes.
fn without_quotes<'a>(before: &'a str, after: &'a str) -> (&'a str, &'a str) {
    for quote in ['"', '\''] {
        if let (Some(before), Some(after)) = (before.strip_suffix(quote), after.strip_prefix(quote)) {
            return (before, after);
        }
    }
    (before, after)
}

fn hole(special: Special<'_>, leaf: Symbol) -> Result<Part, Refused> {
    match special {
        Special::Later(later) => Ok(Part::Later(later.clone(), Some(leaf))),
        Special::Secret(secret) => match &secret.parts[..] {
            [SecretPart::Ref(reference, how)] if *how == "raw" => Ok(Part::Secret(reference.clone(), Some(leaf))),
            parts => Ok(Part::Group(parts.iter().map(Part::of).collect(), Some(leaf))),
        },
        other => Err(other.refuse()),
    }
}

impl Part {
    fn of(part: &SecretPart) -> Part {
        let how = |how: Symbol| (how != "raw").then_some(how);
        match part {
            SecretPart::Plain(text) => Part::Text(text.to_string()),
            SecretPart::Ref(reference, spelled) => Part::Secret(reference.clone(), how(*spelled)),
            SecretPart::Group(parts, spelled) => Part::Group(parts.iter().map(Part::of).collect(), how(*spelled)),
        }
    }

    /// As it stands in a document of the tree.
    pub fn node(&self, origin: Origin) -> Node {
        let text = |text: &str| Node::text(text, origin);
        let (key, what, how) = match self {
            Part::Text(plain) => return text(plain),
            Part::Secret(reference, how) => {
                let scope = text(&crate::layout::scope_dir(&reference.owner.scope));
                let fields = [("scope", scope), ("path", text(&reference.path)), ("key", text(&reference.key))];
                ("secret", Node::map(fields, origin), how)
            }
            Part::Later(later, how) => {
                let output = later.path.iter().map(|step| text(step));
                let env = text(&format!("{}/{}", env_scope(later), later.env.name));
                ("later", Node::map([("env", env), ("output", Node::list(output, origin))], origin), how)
            }
            Part::Group(parts, how) => ("text", Node::list(parts.iter().map(|part| part.node(origin)), origin), how),
        };
        let how = how.map(|how| ("as", text(&how)));
        Node::map(std::iter::once((key, what)).chain(how), origin)
    }
}

fn env_scope(later: &Later) -> String {
    crate::layout::scope_dir(&later.env.scope)
}

#[cfg(test)]
mod tests;
