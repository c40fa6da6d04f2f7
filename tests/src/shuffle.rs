//! Puts the statements of `.kss` files into another order, which must mean the same.
//!
//! Statements are moved with the lines that they stand on, and with the comments before them. Only neighbours that have their
//! lines for themselves move. Some order is meant, and stays: of what says `append`, and of lists that are written by key.

use kss_span::{FileId, LineIndex, TextRange};
use kss_syntax::ast::{Block, Body, Expr, ExprKind, FieldValue, ListElem, Stmt, StmtKind};
use std::sync::Arc;

/// Random numbers that are the same in every run (SplitMix64).
pub struct Random(u64);

impl Random {
    /// Numbers that belong to `seed`.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit.max(1) as u64) as usize
    }

    /// Another order of `items`.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// The text with its statements in another order.
pub fn shuffle(text: &str, random: &mut Random) -> String {
    let parsed = kss_syntax::parse(FileId(0), text);
    assert!(parsed.errors.is_empty(), "only what is right is shuffled: {:?}", parsed.errors);
    let file = Source { lines: text.split_inclusive('\n').collect(), index: LineIndex::new(text), text };
    let items = parsed.file.items.iter().zip(&parsed.spans).map(|(stmt, spans)| file.piece(stmt, spans));
    let items: Option<Vec<Piece>> = items.collect();
    let groups: Vec<Group> = items.and_then(|pieces| file.group(pieces)).into_iter().collect();
    let mut out = String::new();
    file.write(0, file.lines.len(), &groups, random, &mut out);
    out
}

struct Source<'a> {
    text: &'a str,
    /// With their ends.
    lines: Vec<&'a str>,
    index: LineIndex,
}

/// Statements that may change places: lines `from..to` are theirs.
struct Group {
    from: usize,
    to: usize,
    pieces: Vec<Piece>,
}

/// A statement with the lines from the end of the one before it.
struct Piece {
    from: usize,
    to: usize,
    /// Its place among those that add to lists is meant.
    adds: bool,
    inner: Vec<Group>,
}

/// Which order of the statements in a block is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meant {
    /// None.
    Nothing,
    /// All of it.
    Everything,
}

impl Source<'_> {
    /// The statement, if it has its lines for itself.
    fn piece(&self, stmt: &Stmt, spans: &Arc<[TextRange]>) -> Option<Piece> {
        let range = spans[stmt.id.0 as usize];
        let before = &self.text[..range.lo as usize];
        let behind = &self.text[range.hi as usize..];
        let starts = before.rsplit('\n').next().is_some_and(|rest| rest.trim().is_empty());
        let rest = behind.split('\n').next().unwrap_or_default().trim_start();
        if !starts || !(rest.is_empty() || rest.starts_with('#')) {
            return None;
        }
        let line = |at: u32| self.index.line_col(self.text, at).line as usize - 1;
        let mut inner = Vec::new();
        let mut adds = false;
        visit(stmt, &mut adds, &mut |block, meant| inner.extend(self.block(block, spans, meant)));
        Some(Piece { from: line(range.lo), to: line(range.hi.max(range.lo + 1) - 1) + 1, adds, inner })
    }

    fn block(&self, block: &Block, spans: &Arc<[TextRange]>, meant: Meant) -> Vec<Group> {
        let pieces: Option<Vec<Piece>> = block.stmts.iter().map(|stmt| self.piece(stmt, spans)).collect();
        match (pieces, meant) {
            (None, _) => Vec::new(),
            (Some(pieces), Meant::Everything) => pieces.into_iter().flat_map(|piece| piece.inner).collect(),
            (Some(pieces), _) => self.group(pieces).into_iter().collect(),
        }
    }

    fn group(&self, mut pieces: Vec<Piece>) -> Option<Group> {
        let (from, to) = (pieces.first()?.from, pieces.last()?.to);
        // Comments and documentation go with what follows them.
        for at in 1..pieces.len() {
            let end = pieces[at - 1].to;
            if pieces[at].from < end {
                return None;
            }
            pieces[at].from = end;
        }
        Some(Group { from, to, pieces })
    }

    /// Writes the lines `from..to`, in which `groups` are put into another order.
    fn write(&self, mut from: usize, to: usize, groups: &[Group], random: &mut Random, out: &mut String) {
        for group in groups {
            self.plain(from, group.from, out);
            for at in order(&group.pieces, random) {
                let piece = &group.pieces[at];
                self.write(piece.from, piece.to, &piece.inner, random, out);
            }
            from = group.to;
        }
        self.plain(from, to, out);
    }

    fn plain(&self, from: usize, to: usize, out: &mut String) {
        for line in &self.lines[from..to] {
            out.push_str(line);
            if !line.ends_with('\n') {
                out.push('\n');
            }
        }
    }
}

/// Another order of pieces.
fn order(pieces: &[Piece], random: &mut Random) -> Vec<usize> {
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    random.shuffle(&mut order);
    let mut adding: Vec<usize> = order.iter().copied().filter(|at| pieces[*at].adds).collect();
    adding.sort_unstable();
    let mut adding = adding.into_iter();
    order.iter().map(|at| if pieces[*at].adds { adding.next().unwrap_or(*at) } else { *at }).collect()
}

type Each<'f> = dyn FnMut(&Block, Meant) + 'f;

/// Calls `each` for the outermost blocks of statements in a statement, in the order of the text. `adds`: does the statement add
/// to a list?
fn visit(stmt: &Stmt, adds: &mut bool, each: &mut Each<'_>) {
    let mut found = |block: &Block, meant: Meant, adds: &mut bool| {
        *adds |= block.stmts.iter().any(adds_to_list);
        each(block, meant);
    };
    match &stmt.kind {
        StmtKind::Site { body, .. } | StmtKind::Cluster { body, .. } | StmtKind::Module { body, .. } => {
            found(body, Meant::Nothing, adds);
        }
        StmtKind::Provide { body, .. }
        | StmtKind::Tune { body, .. }
        | StmtKind::Each { body, .. }
        | StmtKind::Entry { body, .. }
        | StmtKind::Use { body: Some(body), .. } => found(body, Meant::Nothing, adds),
        StmtKind::Field(field) => {
            *adds |= field.append;
            match &field.value {
                Some(FieldValue::Block(block)) => found(block, Meant::Nothing, adds),
                Some(FieldValue::Keyed { block, .. }) => {
                    *adds = true;
                    found(block, Meant::Everything, adds);
                }
                Some(FieldValue::Expr(expr)) => records(expr, &mut |block| found(block, Meant::Nothing, adds)),
                Some(FieldValue::KeyedExpr { .. }) | None => {}
            }
        }
        StmtKind::If { then, otherwise, .. } => {
            inner(then, adds, each);
            otherwise.iter().for_each(|body| inner(body, adds, each));
        }
        StmtKind::For { body, .. } => inner(body, adds, each),
        StmtKind::Match { arms, .. } => arms.iter().for_each(|(_, body)| inner(body, adds, each)),
        _ => {}
    }
}

fn inner(body: &Body, adds: &mut bool, each: &mut Each<'_>) {
    match body {
        Body::Block(block) => {
            *adds |= block.stmts.iter().any(adds_to_list);
            each(block, Meant::Nothing);
        }
        Body::One(stmt) => visit(stmt, adds, each),
    }
}

fn adds_to_list(stmt: &Stmt) -> bool {
    let mut adds = false;
    visit(stmt, &mut adds, &mut |_, _| {});
    adds
}

/// Records written inside of expressions.
fn records(expr: &Expr, each: &mut dyn FnMut(&Block)) {
    match &expr.kind {
        ExprKind::Record(block) | ExprKind::Construct { body: block, .. } => each(block),
        ExprKind::List(elements) => elements.iter().for_each(|element| match element {
            ListElem::Value(value) | ListElem::Spread(value) => records(value, each),
            ListElem::If { .. } | ListElem::For { .. } => {}
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# a file
import ./a.b

## About one.
module one {
  use x   # why
  append a.b = 1
  # a comment
  tune y {
    c = [
      2,
    ]
    d { e = 3, f = 4 }
  }
  append a.b = 5
  if x {
    h = i
    let i = 7
    let j = i
  }
  k by name {
    l.m = 8
    n.m = 9
  }
}
module two { g = 6 }
";

    fn sorted(text: &str) -> Vec<&str> {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        lines
    }

    #[test]
    fn lines_stay_and_change_places() {
        let mut texts = std::collections::BTreeSet::new();
        let mut reversed = false;
        for seed in 0..50 {
            let text = shuffle(TEXT, &mut Random::new(seed));
            assert_eq!(sorted(&text), sorted(TEXT));
            assert!(kss_syntax::parse(FileId(0), &text).errors.is_empty(), "{text}");
            assert!(text.contains("## About one.\nmodule one {"), "{text}");
            assert!(text.contains("  # a comment\n  tune y {"), "{text}");
            assert!(text.find("a.b = 1") < text.find("a.b = 5"), "{text}");
            assert!(text.contains("    l.m = 8\n    n.m = 9\n"), "{text}");
            let at = |line: &str| text.find(line).unwrap_or(0);
            reversed |= at("let j = i") < at("let i = 7") && at("h = i") < at("let j = i");
            texts.insert(text);
        }
        assert!(texts.len() > 20, "{} orders", texts.len());
        assert!(reversed, "a `let` never stood behind its reader");
    }
}
