//! Tokens without the space between them: what stays of a text when it is formatted.

use crate::facts::{Class, Facts};
use kss_syntax::{KEYWORDS, Token, TokenKind};

/// A token, a text with all in it, or a comment.
#[derive(Clone, Debug)]
pub(crate) struct Piece<'s> {
    pub(crate) text: &'s str,
    pub(crate) kind: TokenKind,
    /// First byte, and the one behind the last.
    pub(crate) lo: u32,
    pub(crate) hi: u32,
    /// Line ends before it: 0, 1, or 2 for a blank line.
    pub(crate) breaks: u8,
    /// Column in the source, in characters from 0, and spaces before it.
    pub(crate) column: usize,
    pub(crate) gap: usize,
    /// Is there a space before it, if it is not the first of its line?
    pub(crate) space: bool,
    /// The other bracket.
    pub(crate) mate: Option<usize>,
    pub(crate) what: What,
    /// Left out: a comma that isn't needed.
    pub(crate) gone: bool,
    /// Braces of a set, where commas stay: a word before a line end may be the beginning of a statement.
    pub(crate) set: bool,
    /// A comma is added behind it.
    pub(crate) comma: bool,
    /// Its line is new.
    pub(crate) wrapped: bool,
    /// A comma that ends no statement and no element: it stands between the generators of `for`.
    pub(crate) joins: bool,
}

/// What a piece begins or is, beside its token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum What {
    Plain,
    /// The first of a statement.
    Stmt(Class),
    /// The first of an arm of `match`.
    Arm,
    /// Braces around statements or arms.
    Block,
    /// Brackets of a list.
    List,
    /// Both, as `{…}` of a set that is itself an element.
    StmtBlock(Class),
}

impl Piece<'_> {
    pub(crate) fn is_comment(&self) -> bool {
        matches!(self.kind, TokenKind::Comment | TokenKind::Doc)
    }

    pub(crate) fn opens(&self) -> bool {
        self.kind == TokenKind::Open
    }

    pub(crate) fn closes(&self) -> bool {
        self.kind == TokenKind::Close
    }

    pub(crate) fn is_block(&self) -> bool {
        matches!(self.what, What::Block | What::StmtBlock(_))
    }

    /// Begins a statement or an arm.
    pub(crate) fn begins(&self) -> bool {
        matches!(self.what, What::Stmt(_) | What::StmtBlock(_) | What::Arm)
    }

    /// Width of its first line; of texts with several lines nothing else matters.
    pub(crate) fn width(&self) -> usize {
        self.text.lines().next().unwrap_or("").chars().count() + usize::from(self.comma)
    }

    pub(crate) fn is_multiline(&self) -> bool {
        self.text.contains('\n')
    }
}

/// The pieces of `text`.
pub(crate) fn pieces<'s>(text: &'s str, tokens: &[Token], facts: &Facts) -> Vec<Piece<'s>> {
    let mut pieces = cut(text, tokens);
    mates(&mut pieces);
    mark(&mut pieces, facts);
    late_commas(&mut pieces);
    commas(&mut pieces);
    spaces(&mut pieces, facts);
    pieces
}

fn cut<'s>(text: &'s str, tokens: &[Token]) -> Vec<Piece<'s>> {
    let mut out: Vec<Piece<'s>> = Vec::new();
    let (mut at, mut line, mut breaks, mut gap, mut depth) = (0usize, 0usize, 0u8, 0usize, 0usize);
    for token in tokens {
        let (lo, hi) = (at, at + token.len as usize);
        at = hi;
        if depth > 0 {
            // Inside of a text: all of it is one piece.
            match token.kind {
                TokenKind::TextOpen => depth += 1,
                TokenKind::TextClose => depth -= 1,
                _ => {}
            }
            if let Some(last) = out.last_mut() {
                last.hi = hi as u32;
                last.text = &text[last.lo as usize..hi];
            }
        } else {
            match token.kind {
                TokenKind::Space => {
                    gap = text[lo..hi].chars().count();
                    continue;
                }
                TokenKind::Newline => {
                    breaks = (breaks + 1).min(2);
                    (line, gap) = (hi, 0);
                    continue;
                }
                TokenKind::TextOpen => depth = 1,
                _ => {}
            }
            let column = text[line..lo].chars().count();
            let body = &text[lo..hi];
            let body = if matches!(token.kind, TokenKind::Comment | TokenKind::Doc) { body.trim_end() } else { body };
            let (lo, hi, kind) = (lo as u32, hi as u32, token.kind);
            out.push(Piece {
                text: body,
                kind,
                lo,
                hi,
                breaks,
                column,
                gap,
                space: true,
                mate: None,
                what: What::Plain,
                gone: false,
                set: false,
                comma: false,
                wrapped: false,
                joins: false,
            });
            (breaks, gap) = (0, 0);
        }
        if let Some(last) = text[lo..hi].rfind('\n') {
            line = lo + last + 1;
        }
    }
    if let Some(first) = out.first_mut() {
        first.breaks = 0;
    }
    out
}

fn mates(pieces: &mut [Piece<'_>]) {
    let mut open = Vec::new();
    for i in 0..pieces.len() {
        if pieces[i].opens() {
            open.push(i);
        } else if pieces[i].closes()
            && let Some(mate) = open.pop()
        {
            pieces[i].mate = Some(mate);
            pieces[mate].mate = Some(i);
        }
    }
}

fn mark(pieces: &mut [Piece<'_>], facts: &Facts) {
    let mut arms_next = false;
    for piece in pieces.iter_mut() {
        let (lo, brace) = (piece.lo, piece.text == "{");
        let block = brace && facts.blocks.contains(&lo);
        piece.set = block && facts.tight.contains(&lo);
        piece.what = match (facts.stmts.get(&lo), block) {
            (Some(class), true) => What::StmtBlock(*class),
            (Some(class), false) => What::Stmt(*class),
            (None, true) => What::Block,
            _ if brace && arms_next => What::Block,
            _ if facts.arms.contains(&lo) => What::Arm,
            _ if piece.text == "[" && facts.lists.contains(&lo) => What::List,
            _ => What::Plain,
        };
        // A subject in parentheses ends before the parenthesis does.
        arms_next = facts.subjects.contains(&piece.hi) || arms_next && (piece.text == ")" || piece.is_comment());
    }
    joins(pieces, facts);
    // A list that is a statement of its own.
    for piece in pieces.iter_mut().filter(|p| p.text == "[" && matches!(p.what, What::Stmt(_))) {
        if facts.lists.contains(&piece.lo) {
            piece.what = What::List;
        }
    }
}

/// Marks the commas directly between generators.
fn joins(pieces: &mut [Piece<'_>], facts: &Facts) {
    for range in &facts.generators {
        let mut i = pieces.partition_point(|p| p.lo < range.lo);
        while i < pieces.len() && pieces[i].lo < range.hi {
            pieces[i].joins |= pieces[i].kind == TokenKind::Comma;
            i = match pieces[i].mate {
                Some(mate) if mate > i => mate + 1,
                _ => i + 1,
            };
        }
    }
}

/// Puts commas that stand behind a comment before it, where their element ends.
fn late_commas(pieces: &mut [Piece<'_>]) {
    let mut open: Vec<usize> = Vec::new();
    // The last piece that is no comment.
    let mut last: Option<usize> = None;
    for i in 0..pieces.len() {
        match pieces[i].kind {
            TokenKind::Open => open.push(i),
            TokenKind::Close => drop(open.pop()),
            TokenKind::Comma if !pieces[i].joins && i > 0 && pieces[i - 1].is_comment() => {
                let element = last.filter(|l| !pieces[*l].opens() && pieces[*l].kind != TokenKind::Comma);
                if let (Some(element), Some(next)) = (element, pieces.get_mut(i + 1)) {
                    let closes = next.closes();
                    next.breaks = next.breaks.max(1);
                    let block = open.last().is_none_or(|o| pieces[*o].is_block() && !pieces[*o].set);
                    pieces[i].gone = true;
                    pieces[element].comma = if block { behind_keyword(pieces, element + 1) } else { !closes };
                    continue;
                }
            }
            _ => {}
        }
        if !pieces[i].is_comment() {
            last = Some(i);
        }
    }
}

/// Takes commas away before line ends in blocks and before closing brackets, and adds one to a list whose closing bracket has
/// a line of its own.
fn commas(pieces: &mut [Piece<'_>]) {
    let mut open: Vec<usize> = Vec::new();
    let next_code = next_code(pieces);
    for i in 0..pieces.len() {
        let next = next_code[i + 1];
        // The bracket that closes next: its opener, is it one of a list, and has the closer a line of its own?
        let closer = pieces.get(next).filter(|n| n.closes()).map(|n| {
            let opener = n.mate.unwrap_or(next);
            (opener, pieces[opener].what == What::List && n.breaks > 0)
        });
        let line_ends = pieces.get(i + 1).is_none_or(|p| p.breaks > 0 || p.is_comment());
        let block = open.last().is_none_or(|o| pieces[*o].is_block() && !pieces[*o].set);
        match pieces[i].kind {
            TokenKind::Open => open.push(i),
            TokenKind::Close => drop(open.pop()),
            TokenKind::Comma if pieces[i].joins => {}
            TokenKind::Comma if pieces[i].gone => continue,
            // Before a line end some words would go on with the statement, or begin one.
            TokenKind::Comma if block && line_ends => pieces[i].gone = !behind_keyword(pieces, i),
            TokenKind::Comma => {
                if let Some((_, wanted)) = closer {
                    pieces[i].gone = !wanted;
                }
                continue;
            }
            _ => {}
        }
        if let Some((opener, true)) = closer
            && opener != i
            && !pieces[i].is_comment()
        {
            pieces[i].comma = true;
        }
    }
}

/// Does piece `i` follow a contextual word? (`true` and the like begin no statement, and nothing goes on behind them.)
pub(crate) fn behind_keyword(pieces: &[Piece<'_>], i: usize) -> bool {
    let keyword = |text: &str| KEYWORDS.iter().any(|(word, _)| *word == text);
    let value = |text: &str| matches!(text, "true" | "false" | "none" | "null");
    let before = i.checked_sub(1).map(|b| &pieces[b]);
    before.is_some_and(|p| p.kind == TokenKind::Word && keyword(p.text) && !value(p.text))
}

/// Of each piece: itself, or the first behind it that is no comment.
pub(crate) fn next_code(pieces: &[Piece<'_>]) -> Vec<usize> {
    let mut next = vec![pieces.len(); pieces.len() + 1];
    for i in (0..pieces.len()).rev() {
        next[i] = if pieces[i].is_comment() || pieces[i].gone { next[i + 1] } else { i };
    }
    next
}

fn spaces(pieces: &mut [Piece<'_>], facts: &Facts) {
    let mut imports = facts.imports.iter().copied().peekable();
    for i in 0..pieces.len() {
        let lo = pieces[i].lo;
        while imports.peek().is_some_and(|r| r.hi <= lo) {
            imports.next();
        }
        let import = imports.peek().filter(|r| r.lo < lo).copied();
        let before = pieces[..i].iter().rposition(|p| !p.gone);
        let space = before.is_some_and(|b| match import {
            Some(range) => pieces[b].lo == range.lo || pieces[b].text == ",",
            None => space(pieces, b, i, facts),
        });
        pieces[i].space = space;
    }
}

/// Is there a space between pieces `b` and `i`?
fn space(pieces: &[Piece<'_>], b: usize, i: usize, facts: &Facts) -> bool {
    let (before, piece) = (&pieces[b], &pieces[i]);
    let tight = |opener: &Piece<'_>| facts.tight.contains(&opener.lo);
    if before.opens() {
        let brace = before.text == "{" && !tight(before);
        return brace && before.mate != Some(i);
    }
    if piece.closes() {
        let opener = piece.mate.map(|m| &pieces[m]);
        return piece.text == "}" && opener.is_some_and(|o| !tight(o));
    }
    match piece.text {
        "," | "." | "?" | "?." => false,
        ":" => facts.typed.contains(&before.hi),
        "(" => !(facts.callees.contains(&before.hi) || before.closes()),
        _ if before.text == "." || before.text == "?." || before.text == ".." => false,
        _ => !(before.text == "-" && facts.signs.contains(&before.lo)),
    }
}
