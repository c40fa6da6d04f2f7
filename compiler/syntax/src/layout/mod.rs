//! Between lexer and parser: drops space and comments, decides which ends of lines end a statement, and makes brackets
//! balance. So the parser meets no bracket without its partner, whatever the text, and an error stays in its block.

mod balance;
mod characters;
mod comments;
mod foreign;
mod indented;
mod lines;
mod texts;

use crate::ast::LiteralClass;
use crate::lex::{Lexeme, literal};
use crate::token::K;
use balance::{Repair, What};
use foreign::{At, Found};
use kss_diag::{Diagnostic, How, code};
use kss_span::{FileId, TextRange};
use std::collections::HashSet;
use std::sync::Arc;

/// How deep brackets may be nested.
pub(crate) const MAX_BRACKETS: usize = 200;
/// The message about a quote without its partner.
pub(crate) const OPEN_TEXT: &str = "this text isn't closed";
/// How many `not` and `-` may follow each other.
const MAX_PREFIXES: usize = 8;

/// A token that means something.
#[derive(Clone, Copy, Debug)]
struct Sig {
    kind: K,
    class: LiteralClass,
    range: TextRange,
    /// If it is the first of its line: how far it is indented.
    indent: Option<u32>,
}

/// `##` lines that follow each other, but for blank lines and other comments between.
#[derive(Clone, Debug)]
pub(crate) struct Doc {
    /// The token that they stand before: while they are collected a [`Sig`], then one of the parser.
    pub(crate) token: u32,
    /// Their text without the marks.
    pub(crate) text: Arc<str>,
    /// From the first mark to the end of the last line.
    pub(crate) range: TextRange,
}

/// What the parser reads.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// Kinds; closers that were missing are in it, ends of lines only where they end a statement.
    pub(crate) kinds: Vec<K>,
    /// Classes of literals, by token.
    pub(crate) classes: Vec<LiteralClass>,
    /// Places; that of an inserted token is empty.
    pub(crate) ranges: Vec<TextRange>,
    /// Is the token the first of its line?
    pub(crate) line_starts: Vec<bool>,
    /// Documentation by the token that it stands before.
    pub(crate) docs: Vec<Doc>,
    /// The tokens of each top-level statement.
    pub(crate) items: Vec<std::ops::Range<usize>>,
    /// What was wrong so far.
    pub(crate) errors: Vec<Diagnostic>,
    /// Documentation before which, or behind which, nothing is that it could be of: the rest of [`Layout::docs`].
    pub(crate) lost_docs: Vec<TextRange>,
    /// Where something stood for which nothing stands: what the parser says about the line follows from it.
    pub(crate) lost: Vec<u32>,
}

/// Lays out the tokens of `text`.
pub(crate) fn layout(file: FileId, text: &str, lexemes: &[Lexeme]) -> Layout {
    let mut build = Builder {
        file,
        text,
        out: Layout::default(),
        stack: Vec::new(),
        prefixes: 0,
        round: Vec::new(),
        semicolon: None,
        named: HashSet::new(),
        open_comment: false,
        open_heredoc: false,
        indented: false,
    };
    let (mut sigs, mut docs) = build.significant(lexemes);
    if build.indented {
        sigs = indented::bracketed(&mut build, sigs, &mut docs);
    }
    let repairs = balance::repairs(text, &sigs);
    build.report(&sigs, &repairs);
    build.emit(&sigs, &repairs, docs);
    build.out.items = items(&build.out.kinds);
    build.out
}

struct Builder<'s> {
    file: FileId,
    text: &'s str,
    out: Layout,
    /// Open brackets.
    stack: Vec<K>,
    /// How many prefix operators stood before the current token.
    prefixes: usize,
    /// Braces that stand for parentheses.
    round: Vec<u32>,
    /// The message about a `;`.
    semicolon: Option<usize>,
    /// Names with letters that names don't have: each is said once.
    named: HashSet<&'s str>,
    /// No `*/` follows any more.
    open_comment: bool,
    /// Nor the end of a text that began with `<<`.
    open_heredoc: bool,
    /// A line ends with a colon, or begins with a dash: perhaps a block or a list is meant by the indentation.
    indented: bool,
}

impl<'s> Builder<'s> {
    /// The tokens that mean something, and the documentation before them.
    fn significant(&mut self, lexemes: &[Lexeme]) -> (Vec<Sig>, Vec<Doc>) {
        let mut sigs = Vec::with_capacity(lexemes.len() * 2 / 3);
        let mut docs = Vec::new();
        let mut doc: Vec<&str> = Vec::new();
        let mut doc_range = TextRange::default();
        let (mut at, mut line, mut first, mut skip_to) = (0u32, 0u32, true, 0u32);
        for lexeme in lexemes {
            let range = TextRange::new(at, at + lexeme.len);
            at = range.hi;
            if range.lo < skip_to {
                continue;
            }
            match lexeme.kind {
                K::Space | K::Comment => continue,
                K::Newline => {
                    (line, first) = (at, true);
                    continue;
                }
                K::Doc => {
                    if first {
                        let body = &self.text[range.range()][2..];
                        doc_range = if doc.is_empty() { range } else { doc_range.cover(range) };
                        doc.push(body.strip_prefix(' ').unwrap_or(body).trim_end());
                    } else {
                        self.out.lost_docs.push(range);
                    }
                    continue;
                }
                _ => {}
            }
            let indent = if first {
                self.indented |= lexeme.kind == K::Minus || sigs.last().is_some_and(|s: &Sig| s.kind == K::Colon);
                Some(range.lo - line)
            } else {
                None
            };
            let next = self.text.as_bytes().get(at as usize).copied().unwrap_or(b'\n');
            let braces = !self.round.is_empty() && matches!(lexeme.kind, K::LBrace | K::RBrace);
            let found = match lexeme.kind {
                kind if foreign::suspect(kind, next) || braces => self.foreign(lexeme, At { range, indent }, &mut sigs),
                K::Ident if !first && sigs.last().is_some_and(|s| s.kind == K::Literal) => self.unit(range, &mut sigs),
                _ => Found::Ours,
            };
            match found {
                Found::Ours => {
                    if lexeme.class == LiteralClass::Malformed {
                        match lexeme.kind {
                            K::Literal => self.malformed(range),
                            kind => self.spanned(kind, range, &sigs),
                        }
                    }
                    sigs.push(Sig { kind: lexeme.kind, class: lexeme.class, range, indent });
                }
                Found::Replaced(end) => skip_to = end,
                Found::Dropped(end) => {
                    skip_to = end;
                    if self.text[range.range()].starts_with(['\u{85}', '\u{2028}', '\u{2029}']) {
                        (line, first) = (at, true);
                    }
                    continue;
                }
            }
            first = false;
            if !doc.is_empty() {
                docs.push(Doc { token: (sigs.len() - 1) as u32, text: doc.join("\n").into(), range: doc_range });
                doc.clear();
            }
        }
        if !doc.is_empty() {
            self.out.lost_docs.push(doc_range);
        }
        (sigs, docs)
    }

    fn malformed(&mut self, range: TextRange) {
        let (message, edit) = literal::problem(&self.text[range.range()]);
        let place = range.at(self.file);
        let mut error = code::BAD_LITERAL.at(place, message);
        if let Some(edit) = edit {
            error = error.suggest(format!("write `{edit}`"), place, How::Replace, edit);
        }
        self.out.errors.push(error);
    }

    /// One message for all that is missing at one place.
    fn report(&mut self, sigs: &[Sig], repairs: &[Repair]) {
        let mut rest = repairs;
        while let Some(first) = rest.first() {
            let len = match first.what {
                What::Close { .. } => rest.iter().take_while(|r| r.at == first.at && r.is_close()).count(),
                _ => 1,
            };
            let (group, more) = rest.split_at(len);
            rest = more;
            let error = match first.what {
                What::Close { .. } => self.unclosed(sigs, group),
                What::Drop => self.stray(sigs, first.at),
                What::Instead { opener } => self.mixed(sigs, first.at, opener),
            };
            self.out.errors.push(error);
        }
    }

    fn unclosed(&self, sigs: &[Sig], group: &[Repair]) -> Diagnostic {
        let at = group[0].at;
        let before = sigs[at.saturating_sub(1)].range;
        let openers = || group.iter().filter_map(Repair::opener).map(|i| sigs[i]);
        let closers: Vec<&str> = openers().map(|s| self.closer_text(s)).collect();
        let only_text = openers().all(|s| s.kind == K::TextOpen);
        let what = match openers().next().map(|s| s.kind) {
            Some(K::TextOpen) => OPEN_TEXT.to_owned(),
            _ if closers.len() == 1 => format!("`{}` is missing", closers[0]),
            _ => format!("{} are missing", closers.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(" and ")),
        };
        let place = if only_text { openers().next().map_or(before, |s| s.range) } else { before };
        let mut error = code::UNCLOSED.at(place.at(self.file), what);
        if !only_text {
            error = error.label("it belongs behind this");
            for opener in openers().take(3) {
                error = error.also(opener.range.at(self.file), "opened here");
            }
        }
        let text = closers.join("");
        // Where it belongs is a guess.
        error.suggest(format!("insert `{text}`"), before.at(self.file), How::After, text)
    }

    fn closer_text(&self, opener: Sig) -> &'static str {
        match opener.kind {
            K::LBrace | K::HoleOpen => "}",
            K::LParen => ")",
            K::LBracket => "]",
            _ if opener.range.len() == 3 => "\"\"\"",
            _ => "\"",
        }
    }

    fn stray(&self, sigs: &[Sig], at: usize) -> Diagnostic {
        let place = sigs[at].range.at(self.file);
        let text = &self.text[sigs[at].range.range()];
        let error = code::UNCLOSED.at(place, format!("`{text}` closes nothing"));
        error.label("nothing is open here").suggest(format!("remove `{text}`"), place, How::Replace, "")
    }

    fn mixed(&self, sigs: &[Sig], at: usize, opener: usize) -> Diagnostic {
        let place = sigs[at].range.at(self.file);
        let found = &self.text[sigs[at].range.range()];
        let right = self.closer_text(sigs[opener]);
        let open = &self.text[sigs[opener].range.range()];
        code::UNCLOSED
            .at(place, format!("`{open}` is closed by `{right}`, not by `{found}`"))
            .also(sigs[opener].range.at(self.file), "opened here")
            .fix(format!("write `{right}`"), place, How::Replace, right)
    }

    fn emit(&mut self, sigs: &[Sig], repairs: &[Repair], docs: Vec<Doc>) {
        let room = sigs.len() + sigs.len() / 4;
        self.out.kinds.reserve(room);
        self.out.classes.reserve(room);
        self.out.ranges.reserve(room);
        self.out.line_starts.reserve(room);
        let mut repairs = repairs.iter().peekable();
        let mut docs = docs.into_iter();
        let mut doc = docs.next();
        let token = |doc: &Option<Doc>| doc.as_ref().map_or(usize::MAX, |d| d.token as usize);
        let mut documented = token(&doc);
        for at in 0..=sigs.len() {
            let mut kind = sigs.get(at).map_or(K::End, |s| s.kind);
            while let Some(repair) = repairs.next_if(|r| r.at == at) {
                match repair.what {
                    What::Close { opener } => self.close(sigs, at, opener),
                    What::Drop => kind = K::End,
                    What::Instead { opener } => kind = sigs[opener].kind.closer().unwrap_or(kind),
                }
            }
            let mut own = None;
            if at == documented {
                own = std::mem::replace(&mut doc, docs.next());
                documented = token(&doc);
            }
            if kind == K::End || self.too_many_prefixes(sigs, at) {
                continue;
            }
            // A declaration of a file needs its block, so a brace on the next line is that.
            let below = kind == K::LBrace && self.stack.is_empty() && lines::awaits_block(sigs, at);
            if sigs[at].indent.is_some() && self.open() && !below && lines::ends_statement(self.text, sigs, at) {
                let end = TextRange::empty(sigs[at - 1].range.hi);
                self.token(K::Newline, sigs[at].class, end, false);
            }
            if let Some(doc) = own {
                self.out.docs.push(Doc { token: self.out.kinds.len() as u32, ..doc });
            }
            self.bracketed(sigs, at, kind);
        }
    }

    /// Does the end of a line mean something here?
    fn open(&self) -> bool {
        !self.out.kinds.is_empty() && matches!(self.stack.last(), None | Some(K::LBrace))
    }

    fn bracketed(&mut self, sigs: &[Sig], at: usize, kind: K) {
        let sig = sigs[at];
        if kind.closer().is_some() {
            self.stack.push(kind);
            if self.stack.len() == MAX_BRACKETS + 1 {
                self.token(K::TooDeep, sig.class, sig.range, sig.indent.is_some());
                let message = format!("brackets are nested more than {MAX_BRACKETS} deep");
                let error = code::TOO_DEEP.at(sig.range.at(self.file), message);
                self.out.errors.push(error.help("name the inner part with `let`"));
                return;
            }
        }
        let hidden = self.stack.len() > MAX_BRACKETS;
        if kind.is_closer() {
            self.stack.pop();
        }
        if !hidden {
            self.token(kind, sig.class, sig.range, sig.indent.is_some());
        }
    }

    /// Inserts the closer of `opener` before token `at`.
    fn close(&mut self, sigs: &[Sig], at: usize, opener: usize) {
        let hidden = self.stack.len() > MAX_BRACKETS;
        self.stack.pop();
        if let (false, Some(kind)) = (hidden, sigs[opener].kind.closer()) {
            let end = at.checked_sub(1).map_or(0, |before| sigs[before].range.hi);
            self.token(kind, sigs[opener].class, TextRange::empty(end), false);
        }
    }

    fn too_many_prefixes(&mut self, sigs: &[Sig], at: usize) -> bool {
        let sig = sigs[at];
        if !matches!(sig.kind, K::Not | K::Minus) {
            self.prefixes = 0;
            return false;
        }
        self.prefixes += 1;
        if self.prefixes == MAX_PREFIXES + 1 {
            let message = format!("more than {MAX_PREFIXES} `not` or `-` follow each other");
            self.out.errors.push(code::TOO_DEEP.at(sig.range.at(self.file), message));
        }
        self.prefixes > MAX_PREFIXES
    }

    fn token(&mut self, kind: K, class: LiteralClass, range: TextRange, line_start: bool) {
        let too_deep = self.stack.len() > MAX_BRACKETS && kind != K::TooDeep;
        if too_deep {
            return;
        }
        self.out.kinds.push(kind);
        self.out.classes.push(class);
        self.out.ranges.push(range);
        self.out.line_starts.push(line_start);
    }
}

/// A text for a message: one line, not long.
pub(crate) fn shown(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    match line.char_indices().nth(24) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// Cuts at ends of lines outside of brackets.
fn items(kinds: &[K]) -> Vec<std::ops::Range<usize>> {
    let mut items = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (at, kind) in kinds.iter().enumerate() {
        if kind.closer().is_some() {
            depth += 1;
        } else if kind.is_closer() {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && *kind == K::Newline {
            items.push(start..at);
            start = at + 1;
        }
    }
    items.push(start..kinds.len());
    items.retain(|i| !i.is_empty());
    items
}
