//! What a format can't hold is found before anything is written.

use crate::lines::{Step, pointer};
use crate::{Data, Node};
use kss_span::{Origin, Symbol};
use rustc_hash::FxHashSet;

/// Something that can't be written.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("{problem}")]
pub struct EmitError {
    /// What is wrong with it.
    pub problem: Problem,
    /// JSON pointer to it in the document.
    pub pointer: String,
    /// Who wrote it.
    pub origin: Origin,
}

/// Why a node can't be written.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum Problem {
    /// No format of ours has a spelling for it that every reader knows.
    #[error("`{0}` is no finite number and has no spelling in data")]
    NotFinite(f64),
    /// The format's readers refuse the number.
    #[error("readers of {format} refuse the number {number:e}")]
    Number {
        /// The format.
        format: &'static str,
        /// The number.
        number: f64,
    },
    /// The format has no null.
    #[error("{0} has no null; leave the key out (`none`)")]
    Null(&'static str),
    /// The format is data only.
    #[error("the expression `{code}` can't stand in {format}, which holds data only")]
    Code {
        /// The format.
        format: &'static str,
        /// The expression.
        code: String,
    },
    /// An expression of several lines.
    #[error("an expression stands on one line; this one has a line feed: `{0}`")]
    CodeLines(String),
    /// The format has no spelling for a character.
    #[error("{format} has no spelling for the character {character:?}")]
    Character {
        /// The format.
        format: &'static str,
        /// The character.
        character: char,
    },
    /// Two values at one key.
    #[error("the key `{0}` stands twice in one map")]
    DuplicateKey(Symbol),
    /// The format has no nesting.
    #[error("{0} holds texts, numbers and booleans; a map or list can't stand there")]
    Nested(&'static str),
    /// The name can't be a variable.
    #[error("`{name}` is no name of a variable in {format}; letters, digits and `_`, not beginning with a digit")]
    Name {
        /// The format.
        format: &'static str,
        /// The name.
        name: Symbol,
    },
    /// Documents of the format are maps.
    #[error("a document in {0} is a map of names to values")]
    NotMap(&'static str),
    /// The library that writes the format refused.
    #[error("{format} can't hold this: {message}")]
    Refused {
        /// The format.
        format: &'static str,
        /// What the library said.
        message: String,
    },
}

/// What a format can hold.
pub(crate) struct Format {
    /// Its name in messages.
    pub(crate) name: &'static str,
    /// Has it a null?
    pub(crate) null: bool,
    /// Has it expressions?
    pub(crate) code: bool,
    /// Is a document always a map?
    pub(crate) map: bool,
    /// Are values of that map scalars only, and keys names of variables?
    pub(crate) flat: bool,
    /// Do its readers take numbers so near to zero that they lose digits?
    pub(crate) subnormal: bool,
    /// The characters that it can't spell.
    pub(crate) refuses: fn(char) -> bool,
}

impl Format {
    /// Holds any data but expressions.
    pub(crate) const DATA: Format =
        Format { name: "", null: true, code: false, map: false, flat: false, subnormal: true, refuses: |_| false };

    /// Everything in `node` that the format can't hold.
    pub(crate) fn check(&self, node: &Node) -> Result<(), Vec<EmitError>> {
        let mut check = Check { format: self, path: Vec::new(), errors: Vec::new() };
        if self.map && !matches!(node.data, Data::Map(_)) {
            check.report(Problem::NotMap(self.name), node);
        } else {
            check.node(node);
        }
        if check.errors.is_empty() { Ok(()) } else { Err(check.errors) }
    }
}

struct Check<'a> {
    format: &'a Format,
    path: Vec<Step>,
    errors: Vec<EmitError>,
}

impl Check<'_> {
    fn node(&mut self, node: &Node) {
        let format = self.format.name;
        match &node.data {
            Data::Null if !self.format.null => self.report(Problem::Null(format), node),
            Data::Float(value) if !value.is_finite() => self.report(Problem::NotFinite(*value), node),
            Data::Float(number) if number.is_subnormal() && !self.format.subnormal => {
                self.report(Problem::Number { format, number: *number }, node);
            }
            Data::Null | Data::Bool(_) | Data::Int(_) | Data::Float(_) => {}
            Data::Text(text) => self.text(text, node),
            Data::Lines(lines) => lines.iter().for_each(|line| self.text(&line.text, node)),
            Data::Code(code) if !self.format.code => {
                self.report(Problem::Code { format, code: code.to_string() }, node);
            }
            Data::Code(code) if code.contains('\n') => self.report(Problem::CodeLines(code.to_string()), node),
            Data::Code(_) => {}
            Data::List(_) if self.format.flat => self.report(Problem::Nested(format), node),
            Data::Map(_) if self.format.flat && !self.path.is_empty() => self.report(Problem::Nested(format), node),
            Data::List(items) => self.list(items),
            Data::Map(fields) => self.map(fields, node),
        }
    }

    fn list(&mut self, items: &[Node]) {
        for (at, item) in items.iter().enumerate() {
            self.path.push(Step::Index(at as u32));
            self.node(item);
            self.path.pop();
        }
    }

    fn map(&mut self, fields: &[(Symbol, Node)], node: &Node) {
        let mut seen = FxHashSet::default();
        for (key, value) in fields {
            self.path.push(Step::Key(*key));
            if !seen.insert(*key) {
                self.report(Problem::DuplicateKey(*key), value);
            }
            if self.format.flat && !is_variable(key.as_str()) {
                self.report(Problem::Name { format: self.format.name, name: *key }, value);
            }
            self.text(key.as_str(), node);
            self.node(value);
            self.path.pop();
        }
    }

    fn text(&mut self, text: &str, node: &Node) {
        if let Some(character) = text.chars().find(|c| (self.format.refuses)(*c)) {
            self.report(Problem::Character { format: self.format.name, character }, node);
        }
    }

    fn report(&mut self, problem: Problem, node: &Node) {
        self.errors.push(EmitError { problem, pointer: pointer(&self.path), origin: node.origin });
    }
}

/// Is it a name that shells and make take for a variable?
fn is_variable(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
