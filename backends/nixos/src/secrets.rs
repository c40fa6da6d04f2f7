//! Which secrets a machine needs, and where it finds them.

use crate::places::{Place, Places, name_of, output_name};
use kss_backend::template::{How, Part, Template};
use kss_emit::Node;
use kss_model::Scope;
use kss_span::{Origin, Symbol};
use kss_value::{Kind, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Where machines keep secrets, if their system says nothing else.
const DIRECTORY: &str = "/run/secrets";

/// The secrets of one machine, by the names of their files.
pub(crate) struct Needs<'a> {
    machine: &'a Scope,
    places: &'a Places<'a>,
    directory: String,
    values: BTreeMap<String, Need>,
}

struct Need {
    part: Part,
    origin: Origin,
    /// It exists only after a step ran.
    later: bool,
    /// Services that read it.
    units: BTreeSet<String>,
}

impl<'a> Needs<'a> {
    pub(crate) fn new(machine: &'a Scope, places: &'a Places<'a>) -> Needs<'a> {
        let system = machine.capabilities.get(&Symbol::new("machine-os"));
        let directory = system.and_then(|system| kss_backend::read::Read::text(system, "secrets-at"));
        let directory = directory.filter(|directory| directory.len() > 1);
        let directory = directory.map_or_else(|| DIRECTORY.to_owned(), |text| text.trim_end_matches('/').to_owned());
        Needs { machine, places, directory, values: BTreeMap::new() }
    }

    /// Finds the files of secrets that texts of a value name.
    pub(crate) fn scan(&mut self, value: &Value) {
        match value.kind() {
            Kind::Text(text) => self.scan_text(text, value.origin()),
            Kind::Lines(lines) => lines.iter().for_each(|line| self.scan_text(&line.text, line.origin)),
            Kind::List(items) | Kind::Set(items) => items.iter().for_each(|item| self.scan(item)),
            Kind::Record(record) => record.iter().for_each(|(_, value)| self.scan(value)),
            Kind::Case(_, Some(record)) => self.scan(record),
            _ => {}
        }
    }

    pub(crate) fn scan_text(&mut self, text: &str, origin: Origin) {
        let prefix = format!("{}/", self.directory);
        for (at, _) in text.match_indices(&prefix) {
            let rest = &text[at + prefix.len()..];
            let end =
                rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '/' | '_' | '-' | '.'))).unwrap_or(rest.len());
            let name = rest[..end].trim_end_matches(['/', '.']);
            if let Some(place) = self.places.get(name, self.machine) {
                self.need(name.to_owned(), place.part(), place.is_later(self.places), origin);
            }
        }
    }

    fn need(&mut self, name: String, part: Part, later: bool, origin: Origin) -> &mut Need {
        self.values.entry(name).or_insert(Need { part, origin, later, units: BTreeSet::new() })
    }

    /// The pieces of a text with secrets, as the machine completes it: texts and names of secrets. What is more than a plain
    /// value is a value of its own, spelled before it is encrypted.
    pub(crate) fn pieces(&mut self, file: &str, template: &Template, units: &[String]) -> Node {
        let mut pieces = Vec::new();
        for (part, origin) in template.parts() {
            if let Part::Text(text) = part {
                pieces.push(Node::text(text.as_str(), *origin));
                continue;
            }
            let name = match part {
                Part::Secret(place, how) => spelled(name_of(place), *how),
                Part::Later(later, how) => spelled(output_name(later), *how),
                Part::Text(_) | Part::Group(..) => format!("{file}.{}", pieces.len()),
            };
            let later = self.is_later(part);
            let need = self.need(name.clone(), part.clone(), later, *origin);
            need.units.extend(units.iter().cloned());
            pieces.push(Node::map([("secret", Node::text(name, *origin))], *origin));
        }
        Node::list(pieces, template.parts().first().map_or(Origin::NOWHERE, |(_, origin)| *origin))
    }

    fn is_later(&self, part: &Part) -> bool {
        match part {
            Part::Text(_) => false,
            Part::Secret(place, _) => Place::Secret(place).is_later(self.places),
            Part::Later(..) => true,
            Part::Group(parts, _) => parts.iter().any(|part| self.is_later(part)),
        }
    }

    /// The options that make the files of the secrets.
    pub(crate) fn options(&self, origin: Origin) -> Option<Node> {
        if self.values.is_empty() {
            return None;
        }
        let files = self.values.iter().map(|(name, need)| {
            let mut fields = Vec::new();
            // The library knows only the usual directory.
            if self.directory != DIRECTORY {
                fields.push(("path", Node::text(format!("{}/{name}", self.directory), need.origin)));
            }
            if need.later {
                fields.push(("later", Node::new(true, need.origin)));
            }
            if !need.units.is_empty() {
                let units = need.units.iter().map(|unit| Node::text(unit.as_str(), need.origin));
                fields.push(("units", Node::list(units, need.origin)));
            }
            (name.as_str(), Node::map(fields, need.origin))
        });
        Some(nest(&["kss", "secrets", "files"], Node::map(files, origin)))
    }

    /// The values, in the order of their names.
    pub(crate) fn wanted(self) -> Vec<crate::Wanted> {
        let wanted = |(name, need): (String, Need)| crate::Wanted { name, part: need.part, later: need.later };
        self.values.into_iter().map(wanted).collect()
    }

    /// What has to be in the encrypted file.
    pub(crate) fn list(&self, origin: Origin) -> Option<Node> {
        if self.values.is_empty() {
            return None;
        }
        let values = self.values.iter().map(|(name, need)| (name.as_str(), need.part.node(need.origin)));
        Some(Node::map([("values", Node::map(values, origin))], origin))
    }
}

fn spelled(name: String, how: How) -> String {
    match how {
        Some(how) => format!("{name}.{how}"),
        None => name,
    }
}

/// `node` below a path of names.
pub(crate) fn nest(path: &[&str], node: Node) -> Node {
    path.iter().rev().fold(node, |node, name| {
        let origin = node.origin;
        Node::map([(*name, node)], origin)
    })
}
