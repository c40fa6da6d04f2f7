//! Diagnostics for people at a terminal. ariadne draws the source; heading, notes and the tightening of its layout are
//! here.

use crate::clean::{clean, clean_line};
use crate::excerpt::{Excerpt, Mark, excerpts};
use crate::{Diagnostic, NoteKind, Places, Severity};
use ariadne::{CharSet, Color, Config, IndexType, Label, LabelAttach, Report, ReportKind, Source};
use std::fmt::{self, Write};

/// More labels than this are counted instead of shown.
const MOST_LABELS: usize = 8;
/// More scopes than this are counted instead of named.
const MOST_SCOPES: usize = 6;

/// All of them, in the order given, with an empty line between two.
pub fn terminal_all(diagnostics: &[Diagnostic], places: &Places<'_>, colour: bool) -> String {
    diagnostics.iter().map(|d| terminal(d, places, colour)).collect::<Vec<_>>().join("\n")
}

/// One diagnostic, ending in a line feed. Colours are written only if `colour` says so.
pub fn terminal(diagnostic: &Diagnostic, places: &Places<'_>, colour: bool) -> String {
    let paint = Paint { on: colour };
    let excerpts = excerpts(diagnostic, places, MOST_LABELS);
    let width = excerpts.iter().flat_map(Excerpt::last_line).map(digits).max().unwrap_or(1);
    let mut out = heading(diagnostic, &paint);
    out.push('\n');
    out.push_str(&draw(diagnostic, &excerpts, width, &paint));
    let margin = paint.dim(&format!("{}│", " ".repeat(width + 2)));
    for line in foot(diagnostic, &paint) {
        let _ = writeln!(out, "{margin} {line}");
    }
    out
}

/// Escape sequences, or none.
struct Paint {
    on: bool,
}

impl Paint {
    fn with(&self, code: &str, text: &str) -> String {
        if self.on { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn severity(&self, severity: Severity, text: &str) -> String {
        self.with(if severity == Severity::Error { "1;31" } else { "1;33" }, text)
    }

    fn bold(&self, text: &str) -> String {
        self.with("1", text)
    }

    fn dim(&self, text: &str) -> String {
        self.with("38;5;246", text)
    }

    fn note(&self, text: &str) -> String {
        self.with("38;5;115", text)
    }
}

fn heading(diagnostic: &Diagnostic, paint: &Paint) -> String {
    let kind = format!("{}[{}]", diagnostic.severity.name(), diagnostic.code.id);
    let message = format!(": {}", clean_line(&diagnostic.message));
    format!("{}{}", paint.severity(diagnostic.severity, &kind), paint.bold(&message))
}

/// Everything below the source: rules, facts, ways to mend it, scopes.
fn foot(diagnostic: &Diagnostic, paint: &Paint) -> Vec<String> {
    let mut lines = Vec::new();
    for kind in [NoteKind::Rule, NoteKind::Note, NoteKind::Fix] {
        for note in diagnostic.notes.iter().filter(|note| note.kind == kind) {
            lines.extend(note_lines(kind, &note.text, paint));
        }
    }
    let hidden = diagnostic.labels.len().saturating_sub(MOST_LABELS);
    if hidden > 0 {
        lines.extend(note_lines(NoteKind::Note, &format!("and {hidden} more places"), paint));
    }
    for fix in &diagnostic.fixes {
        let said = diagnostic.notes.iter().any(|note| note.kind == NoteKind::Fix && note.text == fix.title);
        if !said {
            lines.extend(note_lines(NoteKind::Fix, &fix.title, paint));
        }
    }
    lines.extend(scopes_line(&diagnostic.scopes));
    lines
}

fn note_lines(kind: NoteKind, text: &str, paint: &Paint) -> Vec<String> {
    let name = paint.note(&format!("{:<7}", kind.name()));
    let text = clean(text);
    let mut lines = text.lines();
    let first = format!("{name}{}", lines.next().unwrap_or_default());
    std::iter::once(first).chain(lines.map(|line| format!("{:7}{line}", ""))).map(|l| l.trim_end().to_owned()).collect()
}

/// `in clusters kss, kcs`
fn scopes_line(scopes: &[String]) -> Option<String> {
    let named = scopes.iter().take(MOST_SCOPES).map(|scope| clean_line(scope)).collect::<Vec<_>>().join(", ");
    match scopes.len() {
        0 => None,
        1 => Some(format!("in cluster {named}")),
        n if n > MOST_SCOPES => Some(format!("in {n} clusters: {named} and {} more", n - MOST_SCOPES)),
        _ => Some(format!("in clusters {named}")),
    }
}

/// The excerpts as ariadne draws them, made tighter.
fn draw(diagnostic: &Diagnostic, excerpts: &[Excerpt], width: usize, paint: &Paint) -> String {
    let drawn = if excerpts.iter().any(|excerpt| !excerpt.marks.is_empty()) {
        report(diagnostic, excerpts, paint)
    } else {
        String::new()
    };
    let mut out = String::new();
    let mut sections = sections(&drawn);
    for (at, excerpt) in excerpts.iter().enumerate() {
        let corner = if at == 0 { '╭' } else { '├' };
        let _ = writeln!(
            out,
            "{}{} {} {}",
            " ".repeat(width + 2),
            paint.dim(&format!("{corner}─[")),
            excerpt.place,
            paint.dim("]")
        );
        let rows = if excerpt.marks.is_empty() { None } else { sections.next() };
        for row in tighten(rows.unwrap_or_default(), excerpt) {
            out.push_str(&row);
            out.push('\n');
        }
    }
    out
}

/// What ariadne draws, as it is.
fn report(diagnostic: &Diagnostic, excerpts: &[Excerpt], paint: &Paint) -> String {
    // Characters, not bytes: the excerpts are cut to lines and count them already, and in its byte mode ariadne 0.6 takes
    // character offsets for bytes in the headings of all files but the first.
    let config = Config::new()
        .with_index_type(IndexType::Char)
        .with_char_set(CharSet::Unicode)
        .with_label_attach(LabelAttach::Middle)
        .with_color(paint.on);
    let primary = match diagnostic.severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
    };
    let mut order = 0;
    let mut builder = Report::build(ReportKind::Custom("", Color::Primary), (0usize, 0..0)).with_config(config);
    for (file, excerpt) in excerpts.iter().enumerate() {
        for (at, mark) in excerpt.marks.iter().enumerate() {
            order += 1;
            let text = if excerpt.stands_alone(mark) { placeholder(at) } else { mark.text.clone() };
            builder = builder.with_label(
                Label::new((file, mark.range.clone()))
                    .with_message(text)
                    .with_color(if mark.primary { primary } else { Color::Blue })
                    .with_order(order)
                    .with_priority(i32::from(mark.primary)),
            );
        }
    }
    let mut out = Vec::new();
    // Writing to memory does not fail, and what is missing would only be the excerpt.
    let _ = builder.finish().write(Cache::new(excerpts), &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// The rows below each heading of a drawing.
fn sections(drawn: &str) -> impl Iterator<Item = Vec<&str>> {
    let mut sections: Vec<Vec<&str>> = Vec::new();
    // The first line is ariadne's own heading, the last one its closing corner.
    for line in drawn.lines().skip(1) {
        if line.contains(HEADING) {
            sections.push(Vec::new());
        } else if let Some(rows) = sections.last_mut() {
            rows.push(line);
        }
    }
    sections.into_iter()
}

/// Stands for the name of a file in what ariadne draws, so that its headings are found whatever the file is called.
const HEADING: char = '\u{e000}';
/// Stands for the message of a label that is alone on its line.
const ALONE: char = '\u{e001}';

fn placeholder(at: usize) -> String {
    format!("{ALONE}{at}{ALONE}")
}

/// Takes out rows that hold nothing, and puts the message of a label that is alone on its line behind its underline.
fn tighten(rows: Vec<&str>, excerpt: &Excerpt) -> Vec<String> {
    let mut tight: Vec<String> = Vec::new();
    let mut gap = false;
    for row in rows {
        if let Some(at) = alone(row) {
            if let (Some(underline), Some(mark)) = (tight.last_mut(), excerpt.marks.get(at)) {
                *underline = beside(underline, &mark.text);
            }
        } else if is_empty_row(row) {
            gap = !tight.is_empty();
        } else if !row.contains('╯') || row.contains('│') {
            if std::mem::take(&mut gap) {
                tight.push(gap_row(row));
            }
            tight.push(row.trim_end().to_owned());
        }
    }
    tight
}

fn alone(row: &str) -> Option<usize> {
    row.split(ALONE).nth(1)?.parse().ok()
}

fn beside(underline: &str, text: &str) -> String {
    let underline = underline.trim_end();
    if text.is_empty() { underline.replace('┬', "─") } else { format!("{underline}  {text}") }
}

/// Nothing but a margin?
fn is_empty_row(row: &str) -> bool {
    let text = strip(row);
    let text = text.trim();
    text == "│" || text == "┆"
}

/// A row that says "lines are left out", with the margin of its neighbour.
fn gap_row(neighbour: &str) -> String {
    let text = strip(neighbour);
    let margin = text.chars().take_while(|c| *c != '│').count();
    format!("{}┆", " ".repeat(margin))
}

/// Without escape sequences.
fn strip(row: &str) -> String {
    let mut text = String::new();
    let mut chars = row.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            chars.by_ref().find(|c| *c == 'm');
        } else {
            text.push(c);
        }
    }
    text
}

fn digits(line: u32) -> usize {
    line.checked_ilog10().unwrap_or(0) as usize + 1
}

/// The texts of the excerpts, numbered as they come.
struct Cache {
    sources: Vec<Source<String>>,
}

impl Cache {
    fn new(excerpts: &[Excerpt]) -> Cache {
        Cache { sources: excerpts.iter().map(|excerpt| Source::from(excerpt.text.clone())).collect() }
    }
}

impl ariadne::Cache<usize> for Cache {
    type Storage = String;

    fn fetch(&mut self, id: &usize) -> Result<&Source<String>, impl fmt::Debug> {
        self.sources.get(*id).ok_or("no such excerpt")
    }

    fn display<'a>(&self, _: &'a usize) -> Option<impl fmt::Display + 'a> {
        Some(HEADING)
    }
}

impl Excerpt {
    /// Is no other mark on the line of `mark`?
    fn stands_alone(&self, mark: &Mark) -> bool {
        self.marks.iter().filter(|other| other.line == mark.line).count() == 1
    }

    /// The number of the last line that is shown, from 1.
    fn last_line(&self) -> Option<u32> {
        self.marks.iter().map(|mark| mark.line + 1).max()
    }
}

#[cfg(test)]
#[path = "terminal_tests.rs"]
mod tests;
