//! Runs examples and says what is not as they say.

use crate::spec::compile::{Compiled, compile};
use crate::spec::wrap::project;
use crate::spec::{Expected, Place, SpecExample};
use kss_diag::{Code, Diagnostic, Places, Run, terminal, terminal_all};

/// What is wrong with an example; nothing if it is as it says.
pub fn run(example: &SpecExample) -> Vec<String> {
    let compiled = compile(&project(example));
    let mut wrong = diagnostics(example, &compiled);
    if let Some(message) = &example.message {
        wrong.extend(message_differs(message, &compiled));
    }
    wrong
}

/// A diagnostic as a comment announces it.
fn place(diagnostic: &Diagnostic, places: &Places<'_>) -> (String, usize) {
    let position = places.position(diagnostic.place.file, diagnostic.place.range.lo);
    (places.path(diagnostic.place.file).to_owned(), position.line as usize)
}

fn diagnostics(example: &SpecExample, compiled: &Compiled) -> Vec<String> {
    let places = Places::new(&compiled.texts);
    let mut expected: Vec<&Expected> = example.errors.iter().collect();
    let mut wrong = Vec::new();
    for diagnostic in &compiled.diagnostics {
        let (file, line) = place(diagnostic, &places);
        let fits = |e: &&Expected| {
            let text = [&diagnostic.message, &diagnostic.label];
            e.file == file && e.line == line && e.code == diagnostic.code.id && text.iter().any(|t| t.contains(&e.part))
        };
        match expected.iter().position(fits) {
            Some(at) => drop(expected.remove(at)),
            None => wrong.push(format!("unexpected:\n{}", terminal(diagnostic, &places, false))),
        }
    }
    wrong.extend(expected.iter().map(|e| format!("missing: {}:{}: {} \"{}\"", e.file, e.line, e.code, e.part)));
    wrong
}

fn message_differs(message: &str, compiled: &Compiled) -> Option<String> {
    let places = Places::new(&compiled.texts);
    let first = compiled.diagnostics.first().map(|d| terminal(d, &places, false)).unwrap_or_default();
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    (trimmed(&first) != trimmed(message)).then(|| format!("the message is\n{first}"))
}

/// What is wrong with the examples in the page of a code.
pub fn check_pages(code: &Code) -> Vec<String> {
    let mut wrong = Vec::new();
    for example in code.examples().into_iter().filter(|e| e.run == Run::Check) {
        let spec = SpecExample { files: example.files, place: Place::File, ..SpecExample::default() };
        let compiled = compile(&project(&spec));
        let places = Places::new(&compiled.texts);
        let codes: Vec<&str> = compiled.diagnostics.iter().map(|d| d.code.id).collect();
        let fine =
            if example.wrong { !codes.is_empty() && codes.iter().all(|c| *c == code.id) } else { codes.is_empty() };
        if !fine {
            let kind = if example.wrong { "wrong" } else { "right" };
            let shown = terminal_all(&compiled.diagnostics, &places, false);
            wrong.push(format!("{}: the {kind} example gives {codes:?}\n{shown}", code.id));
        }
    }
    wrong
}
