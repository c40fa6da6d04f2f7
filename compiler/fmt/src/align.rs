//! Columns, and the printing of it all.

use crate::facts::Class;
use crate::indent::Line;
use crate::pieces::{Piece, What};
use kss_syntax::TokenKind;

/// Names that differ in length by more than this share no column.
const SPREAD: usize = 24;

/// A place in a line that may stand in a column with its neighbours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stop {
    /// The first `=`, `:` or `{` of a statement of this class: always in a column.
    First(Class),
    /// `=`, `=>`, `{`, or a word that goes on with the statement.
    Sign(&'static str),
    /// Behind a comma, this deep in brackets of the line.
    Comma(usize),
}

struct Row {
    /// Stops with their pieces, in order.
    stops: Vec<(Stop, usize)>,
    /// Extra space before pieces.
    pads: Vec<(usize, usize)>,
    /// All on one line?
    closed: bool,
}

/// The text.
pub(crate) fn print(pieces: &[Piece<'_>], lines: &[Line]) -> String {
    let mut rows: Vec<Row> = lines.iter().map(|line| row(pieces, line)).collect();
    // Comments on lines of their own don't part what they stand between.
    let code: Vec<usize> = (0..lines.len()).filter(|i| !pieces[lines[*i].first].is_comment()).collect();
    first_columns(pieces, lines, &mut rows, &code);
    kept_columns(pieces, lines, &mut rows, &code);
    let mut columns = vec![0; pieces.len()];
    let mut texts: Vec<(String, Option<usize>)> = Vec::with_capacity(lines.len());
    let mut indents = vec![0; lines.len()];
    for (i, (line, row)) in lines.iter().zip(&rows).enumerate() {
        let indent = match (line.under, line.base) {
            (Some(under), _) => columns[under],
            (_, Some(base)) => indents[base] + line.extra,
            _ => line.extra,
        };
        indents[i] = indent;
        texts.push(text(pieces, line, row, indent, &mut columns));
    }
    comments(pieces, lines, &mut texts);
    let mut out = String::new();
    for (line, (text, _)) in lines.iter().zip(texts) {
        if line.blank {
            out.push('\n');
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

fn row(pieces: &[Piece<'_>], line: &Line) -> Row {
    let mut stops = Vec::new();
    let (mut depth, mut several, mut brace) = (0usize, false, false);
    let mut closed = true;
    let class = match pieces[line.first].what {
        What::Stmt(class) if !line.continues => Some(class),
        _ => None,
    };
    let mut first = class.filter(|c| *c != Class::Other);
    let mut before: Option<usize> = None;
    for i in line.first..line.end {
        let piece = &pieces[i];
        if piece.gone || piece.is_comment() {
            continue;
        }
        closed &= !piece.is_multiline();
        if piece.closes() {
            depth = depth.saturating_sub(1);
        }
        let after_comma = before.is_some_and(|b| pieces[b].kind == TokenKind::Comma);
        if after_comma && depth == 0 {
            several = true;
        } else if after_comma {
            stops.push((Stop::Comma(depth), i));
        } else if depth == 0 && before.is_some() && i > line.first {
            // An empty block is no value that one compares.
            let one_line = piece.text == "{" && piece.mate.is_some_and(|m| m < line.end && m > i + 1) && !brace;
            let sign = match piece.text {
                "=" => Some("="),
                ":" if first.is_some() => Some(":"),
                "=>" => Some("=>"),
                "{" if one_line => Some("{"),
                _ => clause(pieces, i),
            };
            brace |= piece.text == "{";
            match (sign, first) {
                (Some("=" | ":" | "{"), Some(class)) => {
                    stops.push((Stop::First(class), i));
                    first = None;
                }
                (Some(sign), _) => stops.push((Stop::Sign(sign), i)),
                _ => {}
            }
            if piece.text == "{" && !one_line {
                first = None;
            }
        }
        if piece.opens() {
            depth += 1;
            closed &= piece.mate.is_some_and(|m| m < line.end);
        }
        before = Some(i);
    }
    // Several statements on a line have no column of their own.
    if several {
        stops.retain(|(stop, _)| !matches!(stop, Stop::First(_)));
    }
    Row { stops, pads: Vec::new(), closed }
}

/// Words that stand between the parts of a statement.
fn clause(pieces: &[Piece<'_>], i: usize) -> Option<&'static str> {
    const WORDS: &[&str] = &["else", "because", "where", "for", "per"];
    let plain = pieces[i].kind == TokenKind::Word && pieces[i - 1].text != "." && pieces[i - 1].text != "?.";
    match pieces[i].text {
        "one" | "at" | "some" if plain => Some("one"),
        word => WORDS.iter().copied().find(|w| plain && word == *w),
    }
}

/// Is there nothing between two lines of one depth but comments?
fn neighbours(lines: &[Line], a: usize, b: usize) -> bool {
    lines[a].depth == lines[b].depth && !lines[a + 1..=b].iter().any(|line| line.blank)
}

/// Where piece `i` of the line stands, from the start of its first piece.
fn offset(pieces: &[Piece<'_>], line: &Line, row: &Row, i: usize) -> usize {
    let mut offset = 0;
    for (p, piece) in pieces.iter().enumerate().take(i + 1).skip(line.first).filter(|(_, p)| !p.gone) {
        offset += usize::from(p > line.first && piece.space);
        offset += row.pads.iter().filter(|(at, _)| *at == p).map(|(_, pad)| pad).sum::<usize>();
        offset += if p < i { piece.width() } else { 0 };
    }
    offset
}

/// The first `=`, `:` or `{` of statements that follow each other.
fn first_columns(pieces: &[Piece<'_>], lines: &[Line], rows: &mut [Row], code: &[usize]) {
    let class = |row: &Row| match row.stops.first() {
        Some((Stop::First(class), at)) => Some((*class, *at)),
        _ => None,
    };
    let mut start = 0;
    while start < code.len() {
        let Some((kind, at)) = class(&rows[code[start]]) else {
            start += 1;
            continue;
        };
        let width = |i: usize, at: usize| offset(pieces, &lines[i], &rows[i], at);
        let (mut least, mut most) = (width(code[start], at), width(code[start], at));
        let mut end = start + 1;
        while end < code.len() && rows[code[end - 1]].closed && neighbours(lines, code[end - 1], code[end]) {
            let Some((_, at)) = class(&rows[code[end]]).filter(|(class, _)| *class == kind) else { break };
            let width = width(code[end], at);
            if most.max(width) - least.min(width) > SPREAD {
                break;
            }
            (least, most) = (least.min(width), most.max(width));
            end += 1;
        }
        let group: Vec<_> = code[start..end].iter().map(|i| (*i, rows[*i].stops[0].1)).collect();
        pad(pieces, lines, rows, &group, most);
        start = end;
    }
}

/// Puts these pieces of lines to offset `column`.
fn pad(pieces: &[Piece<'_>], lines: &[Line], rows: &mut [Row], group: &[(usize, usize)], column: usize) {
    for (i, at) in group.iter().copied() {
        let pad = column - offset(pieces, &lines[i], &rows[i], at);
        rows[i].pads.push((at, pad));
    }
}

/// Other stops where the source has them in one column: of neighbouring lines, with more than one space before at least one
/// of them.
fn kept_columns(pieces: &[Piece<'_>], lines: &[Line], rows: &mut [Row], code: &[usize]) {
    let mut groups: Vec<(usize, Vec<(usize, usize)>)> = Vec::new();
    // The groups that the line before is in, by their stops.
    let mut open: Vec<(Stop, usize, usize)> = Vec::new();
    for (n, i) in code.iter().copied().enumerate() {
        if n > 0 && !neighbours(lines, code[n - 1], i) {
            open.clear();
        }
        let mut now = Vec::new();
        for (stop, at) in rows[i].stops.iter().filter(|(stop, _)| !matches!(stop, Stop::First(_))) {
            let Some(column) = pieces[*at].column.checked_sub(pieces[lines[i].first].column) else { continue };
            let known = open.iter().find(|(s, c, _)| s == stop && *c == column);
            let group = known.map_or(groups.len(), |(_, _, group)| *group);
            if group == groups.len() {
                groups.push((column, Vec::new()));
            }
            groups[group].1.push((i, *at));
            now.push((*stop, column, group));
        }
        open = now;
    }
    // From left to right, because a column moves those behind it.
    groups.sort_by_key(|(column, _)| *column);
    for (_, group) in groups {
        if group.len() > 1 && group.iter().any(|(_, at)| pieces[*at].gap > 1) {
            let place = |(i, at): &(usize, usize)| offset(pieces, &lines[*i], &rows[*i], *at);
            let most = group.iter().map(place).max().unwrap_or(0);
            pad(pieces, lines, rows, &group, most);
        }
    }
}

/// A line without the comment at its end, and that comment's piece.
fn text(pieces: &[Piece<'_>], line: &Line, row: &Row, indent: usize, columns: &mut [usize]) -> (String, Option<usize>) {
    let mut out = " ".repeat(indent);
    // Characters since the last line end.
    let mut column = indent;
    for i in line.first..line.end {
        let piece = &pieces[i];
        if piece.gone {
            continue;
        }
        if piece.is_comment() && i > line.first {
            return (out, Some(i));
        }
        let pad: usize = row.pads.iter().filter(|(at, _)| *at == i).map(|(_, pad)| pad).sum();
        let space = usize::from(i > line.first && piece.space) + pad;
        out.extend(std::iter::repeat_n(' ', space));
        column += space;
        columns[i] = column;
        out.push_str(piece.text);
        if piece.comma {
            out.push(',');
        }
        column = match piece.text.rfind('\n') {
            Some(last) => piece.text[last + 1..].chars().count(),
            None => column + piece.width(),
        };
    }
    (out, None)
}

/// Puts the comments at the ends of neighbouring lines into a column.
fn comments(pieces: &[Piece<'_>], lines: &[Line], texts: &mut [(String, Option<usize>)]) {
    let last_line = |text: &str| text.rsplit('\n').next().unwrap_or("").chars().count();
    let mut start = 0;
    while start < texts.len() {
        if texts[start].1.is_none() {
            start += 1;
            continue;
        }
        let mut end = start + 1;
        let closer = |line: &Line| pieces[line.first].closes();
        while end < texts.len()
            && texts[end].1.is_some()
            && !lines[end].blank
            && !closer(&lines[start])
            && !closer(&lines[end])
        {
            end += 1;
        }
        let least = texts[start..end].iter().map(|(text, _)| last_line(text) + 2).max().unwrap_or(0);
        let mut sources = texts[start..end].iter().filter_map(|(_, comment)| comment.map(|c| pieces[c].column));
        let first = sources.next().unwrap_or(0);
        let kept = first >= least && sources.all(|s| s == first) && !pieces[lines[start].first].wrapped;
        let column = if kept { first } else { least };
        for (text, comment) in &mut texts[start..end] {
            let space = column - last_line(text);
            text.extend(std::iter::repeat_n(' ', space));
            text.push_str(comment.map_or("", |c| pieces[c].text));
        }
        start = end;
    }
}
