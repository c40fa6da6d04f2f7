//! Lines that are too long.

use crate::WIDTH;
use crate::indent;
use crate::pieces::{Piece, What, behind_keyword};
use kss_syntax::TokenKind;

/// Breaks the outermost block or list of every line that is too long, until all fit or nothing can be broken.
pub(crate) fn wrap(pieces: &mut [Piece<'_>]) {
    // Each round breaks one level of brackets, and the parser takes no more than 200.
    for _ in 0..200 {
        let lines = indent::lines(pieces);
        let mut breaks = Vec::new();
        for line in &lines {
            let width = line.indent + width(&pieces[line.first..line.end]);
            if width > WIDTH {
                breaks.extend(candidates(pieces, line.first, line.end));
            }
        }
        if breaks.is_empty() {
            return;
        }
        for opener in breaks {
            break_open(pieces, opener);
        }
    }
}

/// Width of a line without columns, and without the comment at its end.
fn width(line: &[Piece<'_>]) -> usize {
    let mut width = 0;
    for (i, piece) in line.iter().enumerate().filter(|(_, p)| !p.gone && !p.is_comment()) {
        width += usize::from(i > 0 && piece.space) + piece.width();
        if piece.is_multiline() {
            break;
        }
    }
    width
}

/// The bracket of the line that is broken: an outermost block or list, the longest if there are several. Of the branches of an
/// `if` all are.
fn candidates(pieces: &[Piece<'_>], first: usize, end: usize) -> Vec<usize> {
    let mut best: Option<(usize, usize)> = None;
    let mut i = first;
    while i < end {
        let Some(mate) = pieces[i].mate.filter(|m| pieces[i].opens() && *m < end && *m > i + 1) else {
            i += 1;
            continue;
        };
        if !is_breakable(pieces, i) || !ends_line(&pieces[mate + 1..end]) {
            i += 1; // perhaps something in it
            continue;
        }
        let len = width(&pieces[i..=mate]);
        if best.is_none_or(|(longest, _)| len > longest) {
            best = Some((len, i));
        }
        i = mate + 1;
    }
    let Some((_, opener)) = best else { return Vec::new() };
    let branches = branches(pieces, first, end);
    if branches.contains(&opener) { branches } else { vec![hugged(pieces, opener)] }
}

/// The blocks of the line that an `else` stands between.
fn branches(pieces: &[Piece<'_>], first: usize, end: usize) -> Vec<usize> {
    let other = |i: usize| i < end && pieces[i].text == "else" && i > 0 && pieces[i - 1].text == "}";
    let mut branches = Vec::new();
    let (mut behind, mut i) = (false, first);
    while i < end {
        behind |= other(i);
        i = match pieces[i].mate.filter(|m| pieces[i].opens() && *m < end) {
            Some(mate) => {
                if pieces[i].is_block() && mate > i + 1 && (behind || other(mate + 1)) {
                    branches.push(i);
                }
                mate + 1
            }
            None => i + 1,
        };
    }
    branches
}

/// Behind a broken bracket only this may stand; in the middle of an expression a long line is better.
fn ends_line(rest: &[Piece<'_>]) -> bool {
    let next = rest.iter().find(|p| !p.closes() && p.kind != TokenKind::Comma && !p.is_comment());
    next.is_none_or(|p| p.text == "because" || p.text == "else")
}

fn is_breakable(pieces: &[Piece<'_>], opener: usize) -> bool {
    pieces[opener].is_block() || pieces[opener].what == What::List
}

/// Where all of a list or a set is one part that ends in another block or list, that one is broken: `[for x in xs => {` stays.
fn hugged(pieces: &[Piece<'_>], opener: usize) -> usize {
    let mut opener = opener;
    while let Some(mate) = pieces[opener].mate.filter(|_| pieces[opener].set || pieces[opener].what == What::List) {
        let parts = parts(pieces, opener, mate);
        let last = mate - 1;
        let inner = pieces[last].mate.filter(|m| *m > opener && *m + 1 < last);
        match inner {
            Some(inner) if parts.len() == 1 && is_breakable(pieces, inner) => opener = inner,
            _ => break,
        }
    }
    opener
}

/// First pieces of the statements or elements between two brackets.
fn parts(pieces: &[Piece<'_>], opener: usize, mate: usize) -> Vec<usize> {
    let mut parts = vec![opener + 1];
    let block = pieces[opener].is_block();
    let mut i = opener + 1;
    while i < mate {
        if i > opener + 1 {
            let part = if block { pieces[i].begins() } else { separates(&pieces[i - 1]) };
            if part {
                parts.push(i);
            }
        }
        i = match pieces[i].mate {
            Some(inner) if pieces[i].opens() => inner + 1,
            _ => i + 1,
        };
    }
    parts
}

fn separates(piece: &Piece<'_>) -> bool {
    piece.kind == TokenKind::Comma && !piece.joins
}

fn break_open(pieces: &mut [Piece<'_>], opener: usize) {
    let Some(mate) = pieces[opener].mate else { return };
    let block = pieces[opener].is_block();
    for part in parts(pieces, opener, mate) {
        pieces[part].breaks = pieces[part].breaks.max(1);
        if block && !pieces[opener].set && pieces[part - 1].kind == TokenKind::Comma {
            pieces[part - 1].gone = !behind_keyword(pieces, part - 1);
        }
    }
    pieces[mate].breaks = pieces[mate].breaks.max(1);
    pieces[mate].wrapped = true;
    if !block && pieces[mate - 1].kind != TokenKind::Comma {
        pieces[mate - 1].comma = true;
    } else if !block {
        pieces[mate - 1].gone = false;
    }
}
