//! Lines and how far they are indented.

use crate::pieces::{Piece, next_code};
use kss_syntax::TokenKind;

/// A line of the result.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Its pieces.
    pub(crate) first: usize,
    pub(crate) end: usize,
    /// A blank line stands before it.
    pub(crate) blank: bool,
    /// How far it is indented, as long as nothing stands in columns.
    pub(crate) indent: usize,
    /// It is indented this much more than another line.
    pub(crate) base: Option<usize>,
    pub(crate) extra: usize,
    /// It stands under this piece instead, wherever that comes to stand.
    pub(crate) under: Option<usize>,
    /// It goes on with a statement or an element.
    pub(crate) continues: bool,
    /// How many brackets are open before it.
    pub(crate) depth: usize,
}

/// A bracket that is open, or the file.
struct Level {
    /// The line that it is on.
    line: usize,
    block: bool,
    /// The line on which the current statement or element began.
    item: usize,
    /// The last `=` or `:` of the item, which a `|` stands under.
    anchor: Option<usize>,
}

/// Cuts pieces into lines.
pub(crate) fn lines(pieces: &[Piece<'_>]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let file = Level { line: 0, block: true, item: 0, anchor: None };
    let mut levels = vec![file];
    let mut begins = true;
    let next_code = next_code(pieces);
    for (i, piece) in pieces.iter().enumerate() {
        if piece.gone {
            continue;
        }
        if lines.is_empty() || piece.breaks > 0 {
            let mut line = start_line(pieces, i, next_code[i], &levels, begins, &lines);
            line.indent = match (line.under, line.base) {
                (Some(under), _) => column(pieces, &lines, under),
                (_, Some(base)) => lines[base].indent + line.extra,
                _ => line.extra,
            };
            if let Some(last) = lines.last_mut() {
                last.end = i;
            }
            lines.push(line);
        }
        begins = step(pieces, i, &mut levels, &lines, begins);
    }
    if let Some(last) = lines.last_mut() {
        last.end = pieces.len();
    }
    lines
}

/// Where a piece stands, as long as nothing stands in columns.
fn column(pieces: &[Piece<'_>], lines: &[Line], piece: usize) -> usize {
    let at = lines.partition_point(|l| l.first <= piece).saturating_sub(1);
    let line = &lines[at];
    let before = pieces[line.first..piece].iter().filter(|p| !p.gone);
    let width: usize = before.map(|p| p.width() + usize::from(p.space)).sum();
    let first = usize::from(pieces[line.first].space);
    line.indent + width - first.min(width) + usize::from(pieces[piece].space && piece > line.first)
}

/// How far back a line looks for something to stand under.
const LOOK_BACK: usize = 200;

/// The line that begins with piece `i`; `next` is that, or the one behind the comments that it begins with.
fn start_line(pieces: &[Piece<'_>], i: usize, next: usize, levels: &[Level], begins: bool, lines: &[Line]) -> Line {
    let piece = &pieces[i];
    let (behind, next) = (next, pieces.get(next));
    let level = &levels[levels.len() - 1];
    let closes = next.is_some_and(|n| n.closes());
    let new_item = |n: &Piece<'_>| if level.block { n.begins() } else { begins };
    let continues = next.is_some_and(|n| !n.closes() && !new_item(n));
    let after_open = lines.last().is_some_and(|b| ends_open(pieces, b.first, i));
    let mut line = Line {
        first: i,
        end: i + 1,
        blank: piece.breaks > 1 && !lines.is_empty() && !after_open && !piece.closes(),
        indent: 0,
        base: (levels.len() > 1).then_some(level.line),
        extra: if levels.len() > 1 && !piece.closes() { 2 } else { 0 },
        under: None,
        continues,
        depth: levels.len(),
    };
    let Some(next) = next.filter(|_| continues && !closes) else { return line };
    let Some(item) = lines.get(level.item) else { return line };
    let source = pieces[item.first].column;
    line.base = Some(level.item);
    if pieces[item.first].text == "if" && other_branch(pieces, behind) {
        line.extra = 0;
        return line;
    }
    line.extra = next.column.saturating_sub(source).max(2);
    line.under = match level.anchor {
        Some(anchor) if next.text == "|" => Some(anchor),
        _ => above(pieces, item.first, i, next.column).filter(|a| pieces[*a].column > source),
    };
    line
}

/// The last piece between `first` and `i` that stands in this column of the source, not in brackets.
fn above(pieces: &[Piece<'_>], first: usize, i: usize, column: usize) -> Option<usize> {
    let mut at = i;
    for _ in 0..LOOK_BACK {
        at = at.checked_sub(1).filter(|at| *at > first)?;
        match pieces[at].mate {
            Some(mate) if mate < at => at = mate,
            Some(_) => return None,
            None if pieces[at].column == column && !pieces[at].gone && !pieces[at].is_comment() => return Some(at),
            None => {}
        }
    }
    None
}

/// `} else {`, with a line end before `else`.
fn other_branch(pieces: &[Piece<'_>], i: usize) -> bool {
    let behind = pieces.get(i + 1).is_some_and(|p| p.text == "{" || p.text == "if");
    behind
        && pieces[i].text == "else"
        && pieces[..i].iter().rev().find(|p| !p.is_comment()).is_some_and(|p| p.text == "}")
}

/// Is the last piece before `i` an opening bracket, so that no blank line may follow?
fn ends_open(pieces: &[Piece<'_>], first: usize, i: usize) -> bool {
    pieces[first..i].iter().rev().find(|p| !p.gone).is_some_and(|p| p.opens())
}

/// Goes over a piece of the last line. Does what follows begin a new item?
fn step(pieces: &[Piece<'_>], i: usize, levels: &mut Vec<Level>, lines: &[Line], begins: bool) -> bool {
    let (piece, line) = (&pieces[i], lines.len() - 1);
    let level = levels.len() - 1;
    if piece.is_comment() {
        return begins;
    }
    if piece.closes() {
        if levels.len() > 1 {
            levels.pop();
        }
        return piece.comma;
    }
    let starts = if levels[level].block { piece.begins() } else { begins };
    if starts {
        levels[level].item = line;
        levels[level].anchor = None;
    }
    if piece.opens() {
        // Where the line began inside of brackets that it closes: `b = 1 } else {`.
        let inside = lines[line].depth > levels.len() && !pieces[lines[line].first].closes();
        let base = if inside { levels[level].item } else { line };
        levels.push(Level { line: base, block: piece.is_block(), item: line, anchor: None });
        return true;
    }
    if matches!(piece.kind, TokenKind::Eq | TokenKind::Colon) {
        levels[level].anchor = Some(i);
    }
    piece.kind == TokenKind::Comma && !piece.joins || piece.comma
}
