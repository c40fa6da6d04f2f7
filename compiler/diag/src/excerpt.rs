//! The lines of source that a diagnostic shows, prepared so that whatever is in a file or a place can be drawn.

use crate::clean::{clean_line, visible};
use crate::{Diagnostic, Places};
use kss_span::{FileId, Span};
use std::ops::Range;

/// Lines longer than this many characters are cut around their marks.
const WIDEST: usize = 160;
/// What is left before the first mark of a line that is cut.
const BEFORE: usize = 50;
/// Lines before the first one shown are empty lines to ariadne; behind this many only the place is shown.
const LAST_LINE: u32 = 1_000_000;

/// What is shown of one file.
#[derive(Debug)]
pub(crate) struct Excerpt {
    /// `clusters/kcs.kss:9:28`
    pub(crate) place: String,
    /// The file up to the last line shown, with all lines empty that are not.
    pub(crate) text: String,
    /// By line; empty if there is no text to show.
    pub(crate) marks: Vec<Mark>,
}

/// A part of a line that is underlined.
#[derive(Debug)]
pub(crate) struct Mark {
    /// From 0.
    pub(crate) line: u32,
    /// In characters of the excerpt's text.
    pub(crate) range: Range<usize>,
    /// What is said about it; may be empty.
    pub(crate) text: String,
    /// Is it where to edit?
    pub(crate) primary: bool,
}

/// A place and what is said about it.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    span: Span,
    text: &'a str,
    primary: bool,
}

/// The excerpts of a diagnostic: the file of its place first, then those of its first `most` labels.
pub(crate) fn excerpts(diagnostic: &Diagnostic, places: &Places<'_>, most: usize) -> Vec<Excerpt> {
    let labels = diagnostic.labels.iter().take(most);
    let labels = labels.map(|label| Wanted { span: label.place, text: &label.message, primary: false });
    let main = Wanted { span: diagnostic.place, text: &diagnostic.label, primary: true };
    let mut files: Vec<(FileId, Vec<Wanted<'_>>)> = Vec::new();
    for wanted in std::iter::once(main).chain(labels) {
        match files.iter_mut().find(|(file, _)| *file == wanted.span.file) {
            Some((_, marks)) => marks.push(wanted),
            None => files.push((wanted.span.file, vec![wanted])),
        }
    }
    files.into_iter().map(|(file, wanted)| excerpt(file, &wanted, places)).collect()
}

fn excerpt(file: FileId, wanted: &[Wanted<'_>], places: &Places<'_>) -> Excerpt {
    let path = clean_line(places.path(file));
    if places.text(file).is_empty() {
        return Excerpt { place: path, text: String::new(), marks: Vec::new() };
    }
    let main = wanted.first().map_or(0, |wanted| places.clamp(wanted.span).lo);
    let at = places.position(file, main);
    let place = format!("{path}:{}:{}", at.line, at.column);
    let mut spots: Vec<Spot<'_>> = wanted.iter().map(|wanted| spot(*wanted, places)).collect();
    spots.sort_by_key(|spot| spot.line);
    if spots.last().is_some_and(|spot| spot.line > LAST_LINE) {
        return Excerpt { place, text: String::new(), marks: Vec::new() };
    }
    let (text, marks) = lay_out(file, &spots, places);
    Excerpt { place, text, marks }
}

/// A mark before it is known where its line ends up.
struct Spot<'a> {
    line: u32,
    /// Characters from the start of the line.
    columns: Range<usize>,
    text: &'a str,
    primary: bool,
}

/// The part of `span` that lies in its first line: a block of a hundred lines is known by its head.
fn spot<'a>(wanted: Wanted<'a>, places: &Places<'_>) -> Spot<'a> {
    let Wanted { span, text, primary } = wanted;
    let range = places.clamp(span);
    let lines = places.lines(span.file);
    let number = lines.line(range.lo);
    let start = lines.start(number).unwrap_or(0) as usize;
    let line = line_text(places.text(span.file), start);
    let lo = (range.lo as usize - start).min(line.len());
    let hi = (range.hi as usize - start).min(line.len());
    let columns = line[..lo].chars().count()..line[..hi].chars().count();
    Spot { line: number, columns, text, primary }
}

/// The line that starts at byte `start`, without its end and without blanks before it.
fn line_text(text: &str, start: usize) -> &str {
    text[start..].split('\n').next().unwrap_or_default().trim_end()
}

fn lay_out(file: FileId, spots: &[Spot<'_>], places: &Places<'_>) -> (String, Vec<Mark>) {
    let lines = places.lines(file);
    let mut text = String::new();
    // Lengths in characters, so that marks need no second look at the text.
    let (mut length, mut line) = (0, 0);
    let mut marks = Vec::new();
    for together in spots.chunk_by(|a, b| a.line == b.line) {
        let number = together[0].line;
        let skipped = (number - line) as usize;
        text.extend(std::iter::repeat_n('\n', skipped));
        length += skipped;
        line = number;
        let start = lines.start(number).unwrap_or(0) as usize;
        let cut = cut(line_text(places.text(file), start), together);
        for spot in together {
            let columns = cut.place(&spot.columns);
            marks.push(Mark {
                line: number,
                range: length + columns.start..length + columns.end,
                text: clean_line(spot.text),
                primary: spot.primary,
            });
        }
        length += cut.text.chars().count();
        text.push_str(&cut.text);
    }
    (text, marks)
}

/// A line as it is shown.
struct Cut {
    text: String,
    /// Characters left out before it.
    left_out: usize,
    /// How many of the line's characters are in it.
    kept: usize,
}

impl Cut {
    /// Where columns of the line are in the cut; at least one character wide, so that there is something to underline.
    fn place(&self, columns: &Range<usize>) -> Range<usize> {
        let ellipsis = usize::from(self.left_out > 0);
        let inside = |column: usize| column.saturating_sub(self.left_out).min(self.kept) + ellipsis;
        let start = inside(columns.start);
        start..inside(columns.end).max(start + 1)
    }
}

fn cut(line: &str, spots: &[Spot<'_>]) -> Cut {
    let total = line.chars().count();
    let first = spots.iter().map(|spot| spot.columns.start).min().unwrap_or(0);
    let left_out = if total > WIDEST && first > BEFORE { first - BEFORE } else { 0 };
    let kept = (total - left_out).min(WIDEST);
    let mut text = String::new();
    if left_out > 0 {
        text.push('…');
    }
    text.extend(line.chars().skip(left_out).take(kept).map(|c| if c == '\t' { c } else { visible(c) }));
    if left_out + kept < total {
        text.push('…');
    }
    // A mark behind the last character needs one to stand on, and ariadne a line that is not empty. It trims blanks, so
    // this one does not show.
    text.push(' ');
    Cut { text, left_out, kept }
}
