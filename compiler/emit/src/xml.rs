//! XML: elements with attributes that hold either elements or a text, as definitions of libvirt do.

use crate::EmitError;
use crate::check::Problem;
use crate::lines::{EntryId, Step, pointer};
use crate::printer::Printer;
use kss_span::{Origin, Symbol};
use std::collections::BTreeMap;

/// An element.
#[derive(Clone, PartialEq, Debug)]
pub struct Element {
    name: Symbol,
    attributes: Vec<(Symbol, String)>,
    children: Vec<Element>,
    text: Option<String>,
    origin: Origin,
}

impl Element {
    /// An empty element, written at `origin`. Names of elements and attributes are the backend's own, never a user's.
    pub fn new(name: &str, origin: Origin) -> Element {
        Element { name: Symbol::new(name), attributes: Vec::new(), children: Vec::new(), text: None, origin }
    }

    /// With one more attribute.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Element {
        self.attributes.push((Symbol::new(name), value.into()));
        self
    }

    /// With one more element in it.
    #[must_use]
    pub fn child(mut self, child: Element) -> Element {
        self.children.push(child);
        self
    }

    /// With more elements in it.
    #[must_use]
    pub fn children(mut self, children: impl IntoIterator<Item = Element>) -> Element {
        self.children.extend(children);
        self
    }

    /// With a text in place of elements.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Element {
        self.text = Some(text.into());
        self
    }
}

/// A document with the root `root`.
pub fn emit(root: &Element) -> crate::Result {
    let mut errors = Vec::new();
    check(root, &mut vec![Step::Root], &mut errors);
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut out = Printer::new();
    write(root, EntryId::NONE, Step::Root, &mut out);
    Ok(out.finish())
}

/// XML 1.0 has no spelling for most control characters, not even as a reference.
fn is_refused(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

fn check(element: &Element, path: &mut Vec<Step>, errors: &mut Vec<EmitError>) {
    let texts = element.attributes.iter().map(|(_, value)| value).chain(&element.text);
    if let Some(character) = texts.flat_map(|text| text.chars()).find(|c| is_refused(*c)) {
        let problem = Problem::Character { format: "XML", character };
        errors.push(EmitError { problem, pointer: pointer(path), origin: element.origin });
    }
    for (child, steps) in element.children.iter().zip(steps(element)) {
        path.extend(&steps);
        check(child, path, errors);
        path.truncate(path.len() - steps.len());
    }
}

/// How each child is reached: by its name, and where several have one name by its number among them as well.
fn steps(element: &Element) -> Vec<Vec<Step>> {
    let mut count: BTreeMap<Symbol, u32> = BTreeMap::new();
    element.children.iter().for_each(|child| *count.entry(child.name).or_default() += 1);
    let mut seen: BTreeMap<Symbol, u32> = BTreeMap::new();
    let one = |child: &Element| {
        let at = seen.entry(child.name).or_default();
        *at += 1;
        let number = (count.get(&child.name) > Some(&1)).then_some(Step::Index(*at - 1));
        std::iter::once(Step::Key(child.name)).chain(number).collect()
    };
    element.children.iter().map(one).collect()
}

fn write(element: &Element, parent: EntryId, step: Step, out: &mut Printer) {
    let id = out.node(parent, step, element.origin);
    out.push("<");
    out.push(&element.name);
    for (name, value) in &element.attributes {
        out.push(&format!(" {name}=\"{}\"", escaped(value, true)));
    }
    match &element.text {
        Some(text) => out.push(&format!(">{}</{}>", escaped(text, false), element.name)),
        None if element.children.is_empty() => out.push("/>"),
        None => {
            out.push(">");
            out.deeper();
            let mut lists: BTreeMap<Symbol, EntryId> = BTreeMap::new();
            for (child, steps) in element.children.iter().zip(steps(element)) {
                out.newline();
                match steps[..] {
                    [key, index] => {
                        let list = *lists.entry(child.name).or_insert_with(|| out.node(id, key, child.origin));
                        write(child, list, index, out);
                    }
                    _ => write(child, id, Step::Key(child.name), out),
                }
            }
            out.shallower();
            out.newline();
            out.push(&format!("</{}>", element.name));
        }
    }
}

/// A text as readers give it back: they take `\r` for an end of line, and every blank of an attribute for a space.
fn escaped(text: &str, attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' if attribute => out.push_str("&#10;"),
            '\t' if attribute => out.push_str("&#9;"),
            c => out.push(c),
        }
    }
    out
}
