//! Where a backend puts its files and what it has to say.

use crate::{Content, File, Files, OutputTree};
use kss_diag::{Code, Diagnostic, code};
use kss_emit::{EmitError, Node, Problem, Refusal, Refused, Special, from_value_with};
use kss_model::Entry;
use kss_span::Origin;
use kss_value::{Flags, Kind, Value};

/// The tree and the diagnostics of one backend.
pub struct Sink<'a> {
    owner: &'static str,
    out: &'a mut OutputTree,
    diagnostics: Vec<Diagnostic<Origin>>,
}

impl<'a> Sink<'a> {
    /// For the backend `owner`.
    pub fn new(owner: &'static str, out: &'a mut OutputTree) -> Sink<'a> {
        Sink { owner, out, diagnostics: Vec::new() }
    }

    /// What was reported.
    pub fn finish(self) -> Vec<Diagnostic<Origin>> {
        self.diagnostics
    }

    /// Reports something.
    pub fn report(&mut self, diagnostic: Diagnostic<Origin>) {
        self.diagnostics.push(diagnostic);
    }

    /// Writes a file, because of the entry at `origin`.
    pub fn write(&mut self, path: impl Into<String>, content: impl Into<Content>, origin: Origin) {
        self.put(path.into(), content.into(), false, origin);
    }

    /// Writes a file that may be run.
    pub fn write_executable(&mut self, path: impl Into<String>, content: impl Into<Content>, origin: Origin) {
        self.put(path.into(), content.into(), true, origin);
    }

    /// Writes what an emitter gave, or reports why it gave nothing.
    pub fn emitted(&mut self, path: impl Into<String>, emitted: kss_emit::Result, origin: Origin) {
        let path = path.into();
        match emitted {
            Ok(emitted) => self.write(path, emitted, origin),
            Err(errors) => self.refuse(&errors, &path),
        }
    }

    /// Reports why an emitter gave nothing.
    pub fn refuse(&mut self, errors: &[EmitError], of: &str) {
        self.diagnostics.extend(errors.iter().map(|error| emit_diagnostic(error, of)));
    }

    fn put(&mut self, path: String, content: Content, executable: bool, origin: Origin) {
        let file = File { path, content, executable, owner: self.owner, origin };
        self.out.insert(file, &mut self.diagnostics);
    }

    /// The data of a value. `of` names its place in messages: "values of helm `loki`".
    pub fn data(&mut self, value: &Value, files: &dyn Files, of: &str) -> Option<Node> {
        self.data_with(value, of, |special, origin| file_text(special, origin, files))
    }

    /// As [`Sink::data`]; `special` says what stands for a value that is no data by itself.
    pub fn data_with<'v>(
        &mut self,
        value: &'v Value,
        of: &str,
        special: impl FnMut(Special<'v>, Origin) -> Result<Node, Refused>,
    ) -> Option<Node> {
        match from_value_with(value, special) {
            Ok(node) => Some(node),
            Err(refusals) => {
                self.diagnostics.extend(refusals.iter().filter_map(|refusal| refusal_diagnostic(refusal, of)));
                None
            }
        }
    }

    /// Is everything about the entry known? Of a poisoned one an error was reported where it went wrong; nothing is written.
    pub fn is_whole(entry: &Entry) -> bool {
        entry.fields.iter().all(|(_, value)| !value.flags().has(Flags::POISON))
    }

    /// The value of a field without which an entry can't be written.
    pub fn required<T>(&mut self, entry: &Entry, field: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            let (kind, name) = (entry.key.kind, entry.name());
            let message = format!("{kind} `{name}` can't be written without `{field}`, which has no value");
            self.report(code::NOT_SET.at(entry.origin, message).label("declared here"));
        }
        value
    }
}

/// A file stands for its text; everything else that is no data is refused.
fn file_text(special: Special<'_>, origin: Origin, files: &dyn Files) -> Result<Node, Refused> {
    match special {
        Special::File(path) => match files.text(path) {
            Some(text) => Ok(Node::text(text, origin)),
            None => Err(special.refuse()),
        },
        other => Err(other.refuse()),
    }
}

/// What is wrong with a value; nothing if it was reported before.
pub(crate) fn refusal_diagnostic(refusal: &Refusal, of: &str) -> Option<Diagnostic<Origin>> {
    let code: &'static Code = match refusal.what {
        Refused::Secret => &code::SECRET_AS_TEXT,
        Refused::Later(_) => &code::LATER_TOO_EARLY,
        Refused::TooDeep => &code::TOO_LARGE,
        Refused::Poison => return None,
        Refused::Ref { .. } | Refused::File(_) | Refused::Case(_) | Refused::Other(_) => &code::WRONG_KEY_TYPE,
    };
    let diagnostic = code_at(code, refusal.origin, &refusal.what.to_string(), of, &refusal.pointer);
    Some(diagnostic)
}

fn emit_diagnostic(error: &EmitError, path: &str) -> Diagnostic<Origin> {
    let code: &'static Code = match error.problem {
        Problem::DuplicateKey(_) => &code::DUPLICATE_KEY,
        _ => &code::WRONG_KEY_TYPE,
    };
    code_at(code, error.origin, &error.problem.to_string(), path, &error.pointer)
}

fn code_at(code: &'static Code, origin: Origin, what: &str, of: &str, pointer: &str) -> Diagnostic<Origin> {
    let at = if pointer.is_empty() { String::new() } else { format!(" at `{pointer}`") };
    code.at(origin, what).label("written here").note(format!("in {of}{at}"))
}

/// Is the value there and not empty?
pub fn is_filled(value: Option<&Value>) -> bool {
    match value.map(Value::kind) {
        None | Some(Kind::None) => false,
        Some(Kind::Record(record)) => !record.is_empty(),
        Some(Kind::List(items) | Kind::Set(items)) => !items.is_empty(),
        Some(_) => true,
    }
}
