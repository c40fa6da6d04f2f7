//! Every message of lexer and parser, as it reads.

mod common;

use common::{cases, compare, dump, mended};
use kss_diag::{Diagnostic, How};
use kss_span::{FileId, LineIndex, Span};
use std::fmt::Write;

/// `tests/errors/*.kss` against the `.txt` beside each: what is said, where, the edits, and the tree that is left.
/// `UPDATE=1` writes them.
#[test]
fn messages() {
    let mut wrong = Vec::new();
    for path in cases("errors", "kss") {
        let text = std::fs::read_to_string(&path).unwrap();
        let parsed = kss_syntax::parse(FileId(0), &text);
        assert!(!parsed.errors.is_empty(), "{}", path.display());
        let mut out = String::new();
        for error in &parsed.errors {
            show(&text, error, &mut out);
        }
        out.push_str("──\n");
        out.push_str(&dump::file(&parsed.file));
        wrong.extend(compare(&path.with_extension("txt"), &out).err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One fix writes all brackets that indentation stood for: `tests/errors/NAME.mended` is what becomes of `NAME.kss`.
#[test]
fn indentation_becomes_brackets() {
    for name in ["indented", "manifest"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/errors/{name}.kss"));
        let text = std::fs::read_to_string(&path).unwrap();
        let parsed = kss_syntax::parse(FileId(0), &text);
        assert_eq!(parsed.errors.len(), 1, "{name}");
        let mended = mended(&text, &parsed.errors[0].fixes[0]);
        compare(&path.with_extension("mended"), &mended).unwrap();
        let after = kss_syntax::parse(FileId(0), &mended);
        assert_eq!(after.errors, [], "{name}");
    }
}

fn show(text: &str, error: &Diagnostic, out: &mut String) {
    let index = LineIndex::new(text);
    let place = |span: Span| {
        let at = index.line_col(text, span.range.lo);
        format!("{}:{} `{}`", at.line, at.column, &text[span.range.range()].escape_debug())
    };
    writeln!(out, "{} {}", error.code.id, error.message).unwrap();
    writeln!(out, "  at {} {}", place(error.place), error.label).unwrap();
    for label in &error.labels {
        writeln!(out, "  and {} {}", place(label.place), label.message).unwrap();
    }
    for note in &error.notes {
        writeln!(out, "  {:?}: {}", note.kind, note.text).unwrap();
    }
    for fix in &error.fixes {
        let edit = &fix.edits[0];
        let how = match edit.how {
            How::Replace => "replace",
            How::Before => "before",
            How::After => "after",
        };
        let safe = if fix.safe { "" } else { " (to be looked at)" };
        writeln!(out, "  fix: {}: {how} {} {:?}{safe}", fix.title, place(edit.place), edit.text).unwrap();
    }
}
