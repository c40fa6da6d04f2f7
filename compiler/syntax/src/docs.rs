//! Documentation that documents nothing.

use crate::layout::Layout;
use kss_diag::{Diagnostic, FixEdit, How, code};
use kss_span::{FileId, TextRange};

/// A warning for each piece of documentation that no statement took: `documented` has a flag for each of `layout.docs`.
pub(crate) fn lost(file: FileId, text: &str, layout: &Layout, documented: &[bool]) -> Vec<Diagnostic> {
    let untaken = layout.docs.iter().zip(documented).filter(|(_, taken)| !**taken).map(|(doc, _)| doc.range);
    let mut all: Vec<TextRange> = layout.lost_docs.iter().copied().chain(untaken).collect();
    all.sort();
    all.into_iter().map(|range| warning(file, text, range)).collect()
}

fn warning(file: FileId, text: &str, range: TextRange) -> Diagnostic {
    let written = &text[range.range()];
    let line = written.find(['\r', '\n']).unwrap_or(written.len());
    let place = TextRange::new(range.lo, range.lo + line as u32).at(file);
    let alone = text[..range.lo as usize].bytes().rev().find(|b| !matches!(b, b' ' | b'\t' | b'\r'));
    let behind = !matches!(alone, None | Some(b'\n')) && range.lo > 0;
    let rest = text[range.hi as usize..].trim_start();
    let message = match rest.chars().next() {
        _ if behind => "documentation stands on lines of its own, before what it documents",
        None => "this documents nothing: the file ends behind it",
        Some('}' | ']' | ')') => "this documents nothing: what is around ends behind it",
        _ => "this documents nothing: no declaration, entry or field begins behind it",
    };
    let mut warning = code::LOST_DOC.at(place, message).fix("write `#`", place, How::Replace, "");
    if let Some(fix) = warning.fixes.last_mut() {
        fix.edits = marks(written).map(|at| edit(file, range.lo + at as u32)).collect();
    }
    warning
}

/// Where the `##` stand in the lines of a piece of documentation. Blank lines and other comments may be among these.
fn marks(written: &str) -> impl Iterator<Item = usize> {
    let starts = std::iter::once(0).chain(written.match_indices('\n').map(|(at, _)| at + 1));
    starts.filter_map(|at| {
        let line = &written[at..];
        let body = line.trim_start_matches([' ', '\t']);
        (body.starts_with("##") && !body.starts_with("###")).then_some(at + line.len() - body.len())
    })
}

fn edit(file: FileId, mark: u32) -> FixEdit {
    FixEdit { place: TextRange::new(mark, mark + 2).at(file), how: How::Replace, text: "#".into() }
}
