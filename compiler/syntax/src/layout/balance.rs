//! Makes brackets balance. Where they don't, two repairs are tried: one by brackets alone, one that also believes the
//! indentation; the one with fewer changes is taken, and indentation wins a tie, because it keeps blocks whole.

use super::{Sig, lines};
use crate::token::K;

/// A change before or at token `at`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Repair {
    pub(super) at: usize,
    pub(super) what: What,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    /// The bracket of token `opener` is closed before the token.
    Close { opener: usize },
    /// The token is left out.
    Drop,
    /// The token closes that of `opener`, although it is of another kind.
    Instead { opener: usize },
}

impl Repair {
    pub(super) fn is_close(&self) -> bool {
        matches!(self.what, What::Close { .. })
    }

    pub(super) fn opener(&self) -> Option<usize> {
        match self.what {
            What::Close { opener } | What::Instead { opener } => Some(opener),
            What::Drop => None,
        }
    }
}

/// The changes that make `sigs` balance, in order. None for a text without such mistakes.
pub(super) fn repairs(text: &str, sigs: &[Sig]) -> Vec<Repair> {
    let plain = Balance::run(text, sigs, false);
    if plain.is_empty() {
        return plain;
    }
    let indented = Balance::run(text, sigs, true);
    if indented.len() <= plain.len() { indented } else { plain }
}

struct Open {
    kind: K,
    at: usize,
    /// Indentation of its line, and that line's first token.
    indent: u32,
    line: usize,
    params: bool,
}

/// How many open brackets are searched for a partner. More are never sensible, and the search must not be quadratic.
const SEARCH: usize = 64;

struct Balance<'s> {
    text: &'s str,
    sigs: &'s [Sig],
    by_indent: bool,
    open: Vec<Open>,
    /// First token of the line, and its indentation.
    line: usize,
    indent: u32,
    /// Indentation of the next line, once somebody asked on this line.
    next: Option<Option<u32>>,
    /// How many texts are open.
    texts: usize,
    out: Vec<Repair>,
}

impl<'s> Balance<'s> {
    fn run(text: &'s str, sigs: &'s [Sig], by_indent: bool) -> Vec<Repair> {
        let (open, out) = (Vec::new(), Vec::new());
        let mut this = Balance { text, sigs, by_indent, open, line: 0, indent: 0, next: None, texts: 0, out };
        for (at, sig) in sigs.iter().enumerate() {
            if let Some(indent) = sig.indent {
                (this.line, this.indent, this.next) = (at, indent, None);
                this.new_line(at);
            }
            if sig.kind.closer().is_some() {
                this.opener(at);
            } else if sig.kind.is_closer() {
                this.closer(at);
            }
        }
        this.close_to(0, sigs.len());
        this.out
    }

    fn opener(&mut self, at: usize) {
        let before = |n: usize| at.checked_sub(n).map_or(K::End, |i| self.sigs[i].kind);
        let params = self.sigs[at].kind == K::LParen && before(1).is_word() && before(2) == K::Fn;
        let (indent, line) = (self.indent, self.line);
        self.texts += usize::from(self.sigs[at].kind == K::TextOpen);
        self.open.push(Open { kind: self.sigs[at].kind, at, indent, line, params });
    }

    fn pop(&mut self) -> Option<Open> {
        let open = self.open.pop()?;
        self.texts -= usize::from(open.kind == K::TextOpen);
        Some(open)
    }

    /// The innermost open bracket of which `wanted` holds, if it is not too far out.
    fn find(&self, wanted: impl Fn(&Open) -> bool) -> Option<usize> {
        let from = self.open.len().saturating_sub(SEARCH);
        self.open[from..].iter().rposition(wanted).map(|i| from + i)
    }

    /// Closes all but the first `keep` brackets before token `at`.
    fn close_to(&mut self, keep: usize, at: usize) {
        while self.open.len() > keep {
            if let Some(open) = self.pop() {
                self.out.push(Repair { at, what: What::Close { opener: open.at } });
            }
        }
    }

    /// Before the first token of a line.
    fn new_line(&mut self, at: usize) {
        // Texts with lines are single tokens, so one that is open here was not closed in its line.
        if self.texts > 0
            && let Some(text) = self.open.iter().position(|o| o.kind == K::TextOpen)
        {
            self.close_to(text, at);
        }
        let closer = self.sigs[at].kind.is_closer();
        if let Some(top) = self.open.last()
            && matches!(top.kind, K::LParen | K::LBracket)
            && !closer
            && lines::statement_begins(self.sigs, at, !top.params)
        {
            let block = self.open.iter().rposition(|o| !matches!(o.kind, K::LParen | K::LBracket));
            self.close_to(block.map_or(0, |b| b + 1), at);
        }
        if self.by_indent {
            self.dedent(at, closer);
        }
    }

    /// A line that is indented no deeper than the one that opened a bracket is behind that bracket.
    fn dedent(&mut self, at: usize, closer: bool) {
        let indent = self.indent;
        if closer {
            let wanted = self.find(|o| o.indent == indent && o.kind.closer() == Some(self.sigs[at].kind));
            if let Some(wanted) = wanted {
                // All that began on that line may close on this one.
                let line = self.open[wanted].line;
                let last = self.find(|o| o.line == line).unwrap_or(wanted);
                self.close_to(last + 1, at);
            }
            return;
        }
        if lines::continues(self.text, self.sigs, at) {
            return;
        }
        while self.open.last().is_some_and(|o| indent <= o.indent && o.line != self.line) {
            self.close_to(self.open.len() - 1, at);
        }
    }

    fn closer(&mut self, at: usize) {
        let kind = self.sigs[at].kind;
        // Code in a hole closes nothing outside of it.
        let inside = !matches!(kind, K::HoleClose | K::TextClose);
        let found = self.find(|o| o.kind.closer() == Some(kind) || inside && o.kind == K::HoleOpen);
        let found = found.filter(|f| self.open[*f].kind.closer() == Some(kind));
        let Some(found) = found else {
            return self.unmatched(at);
        };
        if self.by_indent && self.is_stray(at, found) {
            return self.out.push(Repair { at, what: What::Drop });
        }
        self.close_to(found + 1, at);
        self.pop();
    }

    fn unmatched(&mut self, at: usize) {
        match self.open.last() {
            Some(top) if matches!(top.kind, K::LParen | K::LBracket) && self.sigs[at].kind != K::RBrace => {
                let opener = top.at;
                self.pop();
                self.out.push(Repair { at, what: What::Instead { opener } });
            }
            _ => self.out.push(Repair { at, what: What::Drop }),
        }
    }

    /// Would the closer end a bracket that the lines behind it are still in, by their indentation?
    fn is_stray(&mut self, at: usize, found: usize) -> bool {
        let open = &self.open[found];
        if open.line == self.line {
            return false;
        }
        let first = self.line == at;
        if first && self.indent > open.indent {
            return true;
        }
        let indent = open.indent;
        let next = *self.next.get_or_insert_with(|| self.sigs[at + 1..].iter().find_map(|s| s.indent));
        let line_closes = self.sigs[self.line].kind.is_closer();
        !line_closes && next.is_some_and(|next| next > indent)
    }
}
