//! The state of the parser, and the parsers of single tokens.
//!
//! The tree is made of one top-level statement after the other. Ids of nodes count from 0 in each, and what a
//! backtracking parser has made is taken back with it (`Inspector`), so ids follow from the tokens alone.
//!
//! Where something is missing, the parser says so and goes on with an empty node: no rule fails once its first token is
//! read. Chumsky runs a parser whose output nobody wants in a mode that skips `map_with`; so whatever speaks or counts is a
//! `custom` parser, which runs in both modes.

use crate::ast::{LiteralClass, Name, NodeId};
use crate::layout::{Layout, shown};
use crate::repeat::Repeated;
use crate::token::K;
use chumsky::error::EmptyErr;
use chumsky::input::{Checkpoint, Cursor, InputRef};
use chumsky::inspector::Inspector;
use chumsky::prelude::*;
use kss_diag::{Diagnostic, How, code};
use kss_span::{FileId, Symbol, TextRange};
use std::sync::Arc;

/// What parsers read: kinds of tokens. A span counts tokens.
pub(crate) type In<'s> = &'s [K];
pub(crate) type Ex<'s> = extra::Full<EmptyErr, Ctx<'s>, ()>;
pub(crate) type Inp<'s, 'p> = InputRef<'s, 'p, In<'s>, Ex<'s>>;
/// A parser behind a pointer, which keeps types (and build times) small.
pub(crate) type Rule<'s, O> = Boxed<'s, 's, In<'s>, O, Ex<'s>>;

/// Any parser of the grammar.
pub(crate) trait Parse<'s, O>: Parser<'s, In<'s>, O, Ex<'s>> + Clone + 's {}
impl<'s, O, P: Parser<'s, In<'s>, O, Ex<'s>> + Clone + 's> Parse<'s, O> for P {}

/// How many levels a tree may have; whoever walks it with recursion relies on this.
pub(crate) const MAX_DEPTH: u32 = 500;

/// State of the parser in one top-level statement.
pub(crate) struct Ctx<'s> {
    pub(crate) file: FileId,
    pub(crate) text: &'s str,
    pub(crate) layout: &'s Layout,
    /// Tokens of top-level statements, usually of one; `base` is the number of the first in the file.
    pub(crate) item: &'s [K],
    pub(crate) base: usize,
    /// Places of the nodes of these statements.
    pub(crate) spans: Vec<TextRange>,
    /// How many of them belong to statements that are done: one number each.
    pub(crate) done: Vec<usize>,
    pub(crate) errors: Vec<Diagnostic>,
    /// Which of the documentation was taken by a statement.
    pub(crate) documented: Vec<bool>,
    /// The last mistake of which several are one.
    pub(crate) repeated: Repeated,
    /// What was skipped because of one mistake.
    pub(crate) skipped: Vec<TextRange>,
    /// Where the layout dropped something for which nothing stands.
    pub(crate) lost: &'s [u32],
    /// One more than the token at which the last error was, so that one place has one error.
    last: usize,
    /// Rules around the current token.
    nest: u32,
    /// Levels of the deepest node made since the current rule began.
    high: u32,
    /// A misspelt word that stands for a contextual one: its token.
    pub(crate) alias: Option<(usize, K)>,
    /// In the header of `if`, `for`, `match` or `each` a brace opens the body.
    pub(crate) header: bool,
    /// What stands in the block around.
    pub(crate) inside: Inside,
}

/// What a block is for. What may stand in it is for others to say; it decides what is probably missing between two words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Inside {
    /// Statements: `a b` is an entry without its braces.
    Statements,
    /// The fields of a value: `a b` lacks its `=`.
    Values,
    /// The fields of a type: `a b` lacks its `:`.
    Types,
}

/// To take back what a failed attempt made.
#[derive(Clone)]
pub(crate) struct Mark {
    spans: usize,
    errors: usize,
    last: usize,
    nest: u32,
    high: u32,
    header: bool,
}

impl<'s> Inspector<'s, In<'s>> for Ctx<'s> {
    type Checkpoint = Mark;

    #[inline(always)]
    fn on_token(&mut self, _: &K) {}

    #[inline(always)]
    fn on_save<'p>(&self, _: &Cursor<'s, 'p, In<'s>>) -> Mark {
        Mark {
            spans: self.spans.len(),
            errors: self.errors.len(),
            last: self.last,
            nest: self.nest,
            high: self.high,
            header: self.header,
        }
    }

    #[inline(always)]
    fn on_rewind<'p>(&mut self, mark: &Checkpoint<'s, 'p, In<'s>, Mark>) {
        let mark = mark.inspector();
        self.spans.truncate(mark.spans);
        self.errors.truncate(mark.errors);
        (self.last, self.nest, self.high) = (mark.last, mark.nest, mark.high);
        self.header = mark.header;
    }
}

impl<'s> Ctx<'s> {
    pub(crate) fn new(file: FileId, text: &'s str, layout: &'s Layout) -> Ctx<'s> {
        let (item, spans, done, errors) = (&layout.kinds[..0], Vec::new(), Vec::new(), Vec::new());
        Ctx {
            file,
            text,
            layout,
            item,
            base: 0,
            spans,
            done,
            errors,
            documented: vec![false; layout.docs.len()],
            repeated: Repeated::default(),
            skipped: Vec::new(),
            lost: &layout.lost,
            last: 0,
            nest: 0,
            high: 0,
            alias: None,
            header: false,
            inside: Inside::Statements,
        }
    }

    /// Goes to the next top-level statements.
    pub(crate) fn begin(&mut self, tokens: std::ops::Range<usize>) {
        self.base = tokens.start;
        self.item = &self.layout.kinds[tokens];
        self.spans.clear();
        self.done.clear();
        (self.last, self.nest, self.high, self.alias, self.header) = (0, 0, 0, None, false);
        self.inside = Inside::Statements;
        self.repeated = Repeated::default();
    }

    /// Is the current statement one of the file?
    pub(crate) fn is_top(&self) -> bool {
        self.nest == 1
    }

    /// Is it between two statements of the file?
    pub(crate) fn is_between(&self) -> bool {
        self.nest == 0
    }

    /// Place of token `at` of the statement.
    pub(crate) fn range(&self, at: usize) -> TextRange {
        self.layout.ranges.get(self.base + at).copied().unwrap_or_default()
    }

    pub(crate) fn slice(&self, at: usize) -> &'s str {
        &self.text[self.range(at).range()]
    }

    pub(crate) fn symbol(&self, at: usize) -> Symbol {
        Symbol::new(self.slice(at))
    }

    pub(crate) fn class(&self, at: usize) -> LiteralClass {
        self.layout.classes[self.base + at]
    }

    pub(crate) fn line_starts(&self, at: usize) -> bool {
        self.layout.line_starts.get(self.base + at).copied().unwrap_or(false)
    }

    /// Documentation before token `at`, for what begins there.
    pub(crate) fn doc(&mut self, at: usize) -> Option<Arc<str>> {
        let docs = &self.layout.docs;
        let found = docs.binary_search_by_key(&((self.base + at) as u32), |d| d.token).ok()?;
        self.documented[found] = true;
        Some(docs[found].text.clone())
    }

    /// What begins at token `at` is nothing that can be documented.
    pub(crate) fn undocumented(&mut self, at: usize) {
        let docs = &self.layout.docs;
        if let Ok(found) = docs.binary_search_by_key(&((self.base + at) as u32), |d| d.token) {
            self.documented[found] = false;
        }
    }

    /// Text range of some tokens; of none: the place behind the token before.
    pub(crate) fn cover(&self, span: SimpleSpan) -> TextRange {
        if span.start < span.end {
            return TextRange::new(self.range(span.start).lo, self.range(span.end - 1).hi);
        }
        match (self.base + span.start).checked_sub(1) {
            Some(before) => TextRange::empty(self.layout.ranges[before].hi),
            None => TextRange::empty(self.range(0).lo),
        }
    }

    /// A new node over these tokens.
    pub(crate) fn node(&mut self, span: SimpleSpan) -> NodeId {
        let range = self.cover(span);
        self.spans.push(range);
        NodeId((self.spans.len() - 1 - self.first_node()) as u32)
    }

    /// Where the nodes of the current top-level statement begin.
    fn first_node(&self) -> usize {
        self.done.last().copied().unwrap_or(0)
    }

    /// Place of a node of the current top-level statement.
    pub(crate) fn place(&self, node: NodeId) -> TextRange {
        self.spans[self.first_node() + node.0 as usize]
    }

    pub(crate) fn name(&mut self, at: usize) -> Name {
        let text = self.symbol(at);
        Name { id: self.node((at..at + 1).into()), text }
    }

    pub(crate) fn no_name(&mut self, at: usize) -> Name {
        Name { id: self.node((at..at).into()), text: Symbol::new("") }
    }

    /// Adds a level around all that was made since the current rule began; false if there are too many.
    pub(crate) fn level(&mut self, at: usize) -> bool {
        self.high += 1;
        let fits = self.high <= MAX_DEPTH;
        if !fits {
            self.too_deep(at);
            self.high = 0;
        }
        fits
    }

    fn too_deep(&mut self, at: usize) {
        if self.errors.last().is_some_and(|e| e.code == &code::TOO_DEEP) {
            return;
        }
        let place = self.range(at.min(self.item.len().saturating_sub(1))).at(self.file);
        let message = format!("this is nested more than {MAX_DEPTH} levels deep");
        self.errors.push(code::TOO_DEEP.at(place, message).help("name the inner part with `let`"));
    }

    /// Nothing more is said about the tokens from `from` to `to`: what was said at the first is about all of them.
    pub(crate) fn said_all(&mut self, from: usize, to: usize) {
        let range = self.cover((from..to).into());
        self.skipped.push(TextRange::new(range.lo + 1, range.hi));
    }

    /// May something be said about token `at`? Once.
    pub(crate) fn speak(&mut self, at: usize) -> bool {
        let first = self.last <= at;
        self.last = self.last.max(at + 1);
        first
    }

    pub(crate) fn kind(&self, at: usize) -> K {
        if let Some((token, kind)) = self.alias
            && token == at
        {
            return kind;
        }
        self.item.get(at).copied().unwrap_or(K::End)
    }

    /// What stands at token `at`, in words.
    pub(crate) fn found(&self, at: usize) -> String {
        let place = self.layout.ranges.get(self.base + at);
        match self.kind(at) {
            K::End if place.is_none() => "the end of the file".to_owned(),
            K::Newline | K::End => "the end of the line".to_owned(),
            K::TextOpen => "a text".to_owned(),
            _ if place.is_some_and(|p| p.is_empty()) => "the end of the line".to_owned(),
            _ => format!("`{}`", shown(self.slice(at))),
        }
    }

    /// Says that `what` had to stand at token `at`.
    pub(crate) fn expected(&mut self, at: usize, what: &str) {
        if let Some(error) = self.expected_at(at, what) {
            self.errors.push(error);
        }
    }

    /// As [`Ctx::expected`], for more words on it; `None` if something was said about the place.
    pub(crate) fn expected_at(&mut self, at: usize, what: &str) -> Option<Diagnostic> {
        if !self.speak(at) {
            return None;
        }
        let ends = matches!(self.kind(at), K::Newline | K::End | K::RBrace | K::RParen | K::RBracket | K::HoleClose);
        let before = at.checked_sub(1).filter(|b| !self.range(*b).is_empty());
        let behind = before.map(|b| match self.kind(b) {
            K::TextClose | K::RawText => " after the text".to_owned(),
            _ => format!(" after `{}`", shown(self.slice(b))),
        });
        let behind = behind.unwrap_or_default();
        let found = self.found(at);
        Some(match before {
            Some(b) if ends => {
                let error = code::UNEXPECTED_TOKEN.at(self.range(b).at(self.file), format!("expected {what}{behind}"));
                error.label(format!("{found} follows"))
            }
            _ => {
                let place = if self.kind(at) == K::End { self.cover((at..at).into()) } else { self.range(at) };
                let message = format!("expected {what}{behind}, found {found}");
                code::UNEXPECTED_TOKEN.at(place.at(self.file), message)
            }
        })
    }

    /// As [`Ctx::expected`], and `text` inserted behind the token before mends it.
    pub(crate) fn expected_text(&mut self, at: usize, what: &str, text: &str) {
        if let Some(error) = self.expected_at(at, what) {
            let before = at.checked_sub(1).map_or(self.cover((at..at).into()), |b| self.range(b));
            let title = format!("insert `{}`", text.trim());
            self.errors.push(error.suggest(title, before.at(self.file), How::After, text));
        }
    }
}

/// Looking ahead.
pub(crate) trait Ahead {
    /// Number of the next token.
    fn pos(&self) -> usize;
    /// Kind of the token `n` behind the next.
    fn ahead(&mut self, n: usize) -> K;
    /// Does the token `n` behind the next begin its line?
    fn line_starts(&mut self, n: usize) -> bool;
}

impl<'s> Ahead for Inp<'s, '_> {
    #[inline(always)]
    fn pos(&self) -> usize {
        *self.cursor().inner()
    }

    #[inline(always)]
    fn ahead(&mut self, n: usize) -> K {
        let at = self.pos() + n;
        self.state().kind(at)
    }

    fn line_starts(&mut self, n: usize) -> bool {
        let at = self.pos() + n;
        self.state().line_starts(at)
    }
}

/// Reads `kind`, or says that `what` is missing. Says whether it was there.
pub(crate) fn want<'s>(kind: K, what: &'static str) -> impl Parse<'s, bool> {
    custom(move |inp: &mut Inp<'s, '_>| {
        if inp.ahead(0) == kind {
            inp.skip();
            return Ok(true);
        }
        let at = inp.pos();
        inp.state().expected(at, what);
        Ok(false)
    })
}

/// A word, whatever it means elsewhere.
pub(crate) fn word<'s>() -> impl Parse<'s, Name> {
    custom(|inp: &mut Inp<'s, '_>| {
        if !inp.ahead(0).is_word() {
            return Err(EmptyErr::default());
        }
        let at = inp.pos();
        inp.skip();
        Ok(inp.state().name(at))
    })
}

/// A word; if there is none, says that `what` is missing.
pub(crate) fn name<'s>(what: &'static str) -> impl Parse<'s, Name> {
    custom(move |inp: &mut Inp<'s, '_>| {
        let at = inp.pos();
        if inp.ahead(0).is_word() {
            inp.skip();
            return Ok(inp.state().name(at));
        }
        inp.state().expected(at, what);
        Ok(inp.state().no_name(at))
    })
}

/// Succeeds without reading anything if `test` holds.
pub(crate) fn when<'s>(test: impl Fn(&mut Inp<'s, '_>) -> bool + Clone + 's) -> impl Parse<'s, ()> {
    custom(move |inp: &mut Inp<'s, '_>| if test(inp) { Ok(()) } else { Err(EmptyErr::default()) })
}

/// A contextual word where it can't be the name of a field.
pub(crate) fn keyword<'s>(kind: K) -> impl Parse<'s, ()> {
    custom(move |inp: &mut Inp<'s, '_>| {
        if inp.ahead(0) != kind {
            return Err(EmptyErr::default());
        }
        inp.skip();
        Ok(())
    })
}

/// Stack that one level of the grammar may need, and how much is added when less is left. A build without optimisation needs
/// more per level than Chumsky's own reserve.
const RED_ZONE: usize = 256 << 10;
const STACK: usize = 4 << 20;

/// Counts a level of nesting around `inner`. Where there are too many, `missing` stands for all up to the end of the line.
pub(crate) fn nested<'s, O: 's>(
    inner: impl Parse<'s, O>,
    missing: impl Fn(&mut Ctx<'s>, usize) -> O + Clone + 's,
) -> impl Parse<'s, O> {
    custom(move |inp: &mut Inp<'s, '_>| {
        let at = inp.pos();
        let state = inp.state();
        if state.nest >= MAX_DEPTH {
            state.too_deep(at);
            skip_junk(inp, &[]);
            return Ok(missing(inp.state(), at));
        }
        state.nest += 1;
        let outer = std::mem::replace(&mut state.high, 0);
        let made = stacker::maybe_grow(RED_ZONE, STACK, || inp.parse(&inner));
        let state = inp.state();
        state.nest -= 1;
        let fits = state.level(at);
        state.high = state.high.max(outer);
        match made {
            Ok(_) if !fits => Ok(missing(inp.state(), at)),
            made => made,
        }
    })
}

/// `inner` in the header of a statement, or (`false`) in brackets of its own, where a brace is a record again.
pub(crate) fn header<'s, O: 's>(header: bool, inner: impl Parse<'s, O>) -> impl Parse<'s, O> {
    custom(move |inp: &mut Inp<'s, '_>| {
        let outer = std::mem::replace(&mut inp.state().header, header);
        let made = inp.parse(&inner);
        inp.state().header = outer;
        made
    })
}

/// `inner` in a block of its own kind.
pub(crate) fn inside<'s, O: 's>(inside: Inside, inner: impl Parse<'s, O>) -> impl Parse<'s, O> {
    custom(move |inp: &mut Inp<'s, '_>| {
        let outer = std::mem::replace(&mut inp.state().inside, inside);
        let made = inp.parse(&inner);
        inp.state().inside = outer;
        made
    })
}

/// Reads the closing bracket; says what else stands before it, and skips that.
pub(crate) fn close(inp: &mut Inp<'_, '_>, kind: K, what: &str) {
    if inp.ahead(0) != kind {
        let at = inp.pos();
        inp.state().expected(at, what);
        let mut depth = 0usize;
        while inp.ahead(0) != K::End && (depth > 0 || !inp.ahead(0).is_closer()) {
            let next = inp.ahead(0);
            depth += usize::from(next.closer().is_some());
            depth -= usize::from(next.is_closer());
            inp.skip();
        }
    }
    if inp.ahead(0) == kind {
        inp.skip();
    }
}

/// Skips a token, or a bracket with all in it.
pub(crate) fn skip_one(inp: &mut Inp<'_, '_>) {
    let mut depth = 0usize;
    loop {
        let kind = inp.ahead(0);
        if kind == K::End || depth == 0 && kind.is_closer() {
            return;
        }
        depth += usize::from(kind.closer().is_some());
        depth -= usize::from(kind.is_closer());
        inp.skip();
        if depth == 0 {
            return;
        }
    }
}

/// Skips to the end of the line, a comma, or what closes the brackets around; brackets are skipped whole. Also stops at any of
/// `stops`. True if it skipped anything.
pub(crate) fn skip_junk(inp: &mut Inp<'_, '_>, stops: &[K]) -> bool {
    let start = inp.pos();
    let mut depth = 0usize;
    loop {
        let kind = inp.ahead(0);
        let closes = kind.is_closer();
        if kind == K::End || depth == 0 && (closes || matches!(kind, K::Newline | K::Comma) || stops.contains(&kind)) {
            return inp.pos() > start;
        }
        if kind.closer().is_some() {
            depth += 1;
        } else if closes {
            depth -= 1;
        }
        inp.skip();
    }
}
