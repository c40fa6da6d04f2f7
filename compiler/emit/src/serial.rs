//! Formats that a serde library writes: YAML and JSON.
//!
//! Both libraries write as they go, so that the number of line feeds written when a node's turn comes is the line on which
//! it begins. The line map is exact because it is taken from the writer itself, not from a second reading.

use crate::lines::{EntryId, LineMap, Step};
use crate::node::joined;
use crate::{Data, Emitted, Node};
use kss_span::Origin;
use serde::ser::{Error, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::{fmt, io};

/// How a format spells texts and expressions.
pub(crate) trait Style: Sized {
    /// Writes a text; `true` if its lines became lines of the output, one each, below the current one.
    fn text<S: Serializer>(&self, text: &str, serializer: S) -> Result<(S::Ok, bool), S::Error>;

    /// A key.
    fn key<'a>(&self, key: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(key)
    }

    /// An expression, as the text that stands for it.
    fn code(&self, code: &str) -> Option<String>;
}

/// What is written so far, with its line map.
pub(crate) struct Tracker<S> {
    style: S,
    line: Cell<u32>,
    map: RefCell<LineMap>,
}

/// The text so far.
pub(crate) struct Out<'a> {
    text: String,
    line: &'a Cell<u32>,
}

impl<S: Style> Tracker<S> {
    pub(crate) fn new(style: S) -> Tracker<S> {
        Tracker { style, line: Cell::new(1), map: RefCell::default() }
    }

    /// Where the text goes.
    pub(crate) fn out(&self) -> Out<'_> {
        Out { text: String::new(), line: &self.line }
    }

    /// The document, ready for a serializer that writes to [`Tracker::out`].
    pub(crate) fn document<'a>(&'a self, node: &'a Node, step: Step) -> Tracked<'a, S> {
        Tracked { node, step, parent: EntryId::NONE, tracker: self }
    }

    /// The text with the origins of its lines.
    pub(crate) fn finish(self, text: String) -> Emitted {
        Emitted { text, lines: self.map.into_inner() }
    }

    fn push(&self, parent: EntryId, step: Step, origin: Origin) -> EntryId {
        self.map.borrow_mut().push(self.line.get(), parent, step, origin)
    }
}

impl Out<'_> {
    pub(crate) fn push(&mut self, text: &str) {
        let feeds = text.bytes().filter(|byte| *byte == b'\n').count() as u32;
        self.line.set(self.line.get() + feeds);
        self.text.push_str(text);
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

impl fmt::Write for Out<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

impl io::Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))?;
        self.push(text);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A node that notes its line when it is serialized.
pub(crate) struct Tracked<'a, S> {
    node: &'a Node,
    parent: EntryId,
    step: Step,
    tracker: &'a Tracker<S>,
}

impl<S: Style> Serialize for Tracked<'_, S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        let id = self.tracker.push(self.parent, self.step, self.node.origin);
        let child = |node, step| Tracked { node, step, parent: id, tracker: self.tracker };
        match &self.node.data {
            Data::Null => serializer.serialize_unit(),
            Data::Bool(value) => serializer.serialize_bool(*value),
            Data::Int(value) => serializer.serialize_i64(*value),
            Data::Float(value) => serializer.serialize_f64(*value),
            Data::Text(text) => self.text(text, id, serializer, |_| None),
            Data::Lines(lines) => self.text(&joined(lines), id, serializer, |at| lines.get(at).map(|line| line.origin)),
            Data::Code(code) => match self.tracker.style.code(code) {
                Some(text) => serializer.serialize_str(&text),
                None => Err(T::Error::custom("an expression can't stand in data")),
            },
            Data::List(items) => {
                let mut seq = serializer.serialize_seq(Some(items.len()))?;
                for (at, item) in items.iter().enumerate() {
                    seq.serialize_element(&child(item, Step::Index(at as u32)))?;
                }
                seq.end()
            }
            Data::Map(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (key, value) in fields {
                    let name = self.tracker.style.key(key.as_str());
                    map.serialize_entry(name.as_ref(), &child(value, Step::Key(*key)))?;
                }
                map.end()
            }
        }
    }
}

impl<S: Style> Tracked<'_, S> {
    fn text<T: Serializer>(
        &self,
        text: &str,
        id: EntryId,
        serializer: T,
        origin: impl Fn(usize) -> Option<Origin>,
    ) -> Result<T::Ok, T::Error> {
        let line = self.tracker.line.get();
        let (ok, block) = self.tracker.style.text(text, serializer)?;
        if block {
            let mut map = self.tracker.map.borrow_mut();
            for at in 0..text.lines().count() {
                map.push_more(line + 1 + at as u32, id, origin(at));
            }
        }
        Ok(ok)
    }
}
