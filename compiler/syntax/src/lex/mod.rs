//! Text to tokens. Never fails: what no rule begins with is a token of its own kind.

pub(crate) mod literal;

use crate::ast::LiteralClass;
use crate::token::{K, Token};
use logos::Logos;

/// A token as the parser needs it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexeme {
    pub(crate) kind: K,
    pub(crate) class: LiteralClass,
    pub(crate) len: u32,
}

/// All tokens of `text`, space and comments included. Their lengths add up to that of `text`.
pub fn lex(text: &str) -> Vec<Token> {
    lexemes(text).iter().map(|l| Token { kind: l.kind.public(l.class), len: l.len }).collect()
}

/// As [`lex`], with the words told apart.
pub(crate) fn lexemes(text: &str) -> Vec<Lexeme> {
    let mut lexer = Lexer::new(text);
    while lexer.at < text.len() {
        match lexer.modes.last().copied() {
            Some(Mode::Text { multi, limit }) => lexer.text(multi, limit),
            _ => lexer.code(),
        }
    }
    lexer.out
}

#[derive(Clone, Copy)]
enum Mode {
    /// Between quotes. The text ends at `limit`, if no quote ends it before.
    Text { multi: bool, limit: usize },
    /// Between `${` and `}`, with the number of braces open in it.
    Hole { braces: u32 },
}

struct Lexer<'s> {
    text: &'s str,
    at: usize,
    /// First byte of the line.
    line: usize,
    modes: Vec<Mode>,
    /// Where the next `"""` and `'''` are, as far as somebody looked.
    next_triple: [Option<usize>; 2],
    out: Vec<Lexeme>,
}

impl<'s> Lexer<'s> {
    fn new(text: &'s str) -> Self {
        let out = Vec::with_capacity(text.len() / 3);
        Lexer { text, at: 0, line: 0, modes: Vec::new(), next_triple: [None; 2], out }
    }

    fn push(&mut self, kind: K, end: usize) {
        self.push_literal(kind, LiteralClass::Int, end);
    }

    fn push_literal(&mut self, kind: K, class: LiteralClass, end: usize) {
        if end > self.at {
            self.out.push(Lexeme { kind, class, len: (end - self.at) as u32 });
            self.at = end;
        }
    }

    /// Tokens up to the next quote, or the end of the hole.
    fn code(&mut self) {
        let start = self.at;
        let text = self.text;
        let mut inner = K::lexer(&text[start..]);
        while let Some(found) = inner.next() {
            let end = start + inner.span().end;
            let kind = found.unwrap_or(K::Unknown);
            match kind {
                K::Literal => {
                    let rest = &text[self.at..];
                    let word = rest.as_bytes()[0] == b':';
                    let (len, class) = match word {
                        false => literal::number(rest),
                        true => literal::colons(rest.as_bytes()).unwrap_or((0, LiteralClass::Malformed)),
                    };
                    if len == 0 {
                        // `::` that begins no address is two colons.
                        self.push(K::Colon, self.at + 1);
                        self.push(K::Colon, end);
                        continue;
                    }
                    let end = self.at + len;
                    inner.bump(end - start - inner.span().end);
                    self.push_literal(kind, class, end);
                }
                K::Ident if end - self.at <= 4 && text.as_bytes().get(end) == Some(&b':') => {
                    match literal::colons(&text.as_bytes()[self.at..]) {
                        Some((len, class)) => {
                            let end = self.at + len;
                            inner.bump(end - start - inner.span().end);
                            self.push_literal(K::Literal, class, end);
                        }
                        None => self.push(kind, end),
                    }
                }
                _ if kind.is_word() && text.as_bytes()[end..].starts_with(b"-{") => match range_tail(&text[end..]) {
                    Some(len) => {
                        inner.bump(len);
                        self.push(K::RangeName, end + len);
                    }
                    None => self.push(kind, end),
                },
                K::Comment if matches!(self.modes.last(), Some(Mode::Hole { .. })) => {
                    // A comment would swallow the end of the hole.
                    self.push(K::Unknown, self.at + 1);
                    return;
                }
                K::Comment => {
                    let body = &text[self.at..end];
                    let doc = body.starts_with("##") && !body.starts_with("###");
                    self.push(if doc { K::Doc } else { kind }, end);
                }
                K::TextOpen | K::RawText => return self.quote(kind),
                K::Newline => {
                    if self.leave_hole() {
                        return;
                    }
                    self.push(kind, end);
                    self.line = end;
                }
                K::LBrace | K::RBrace => {
                    if self.brace(kind, end) {
                        return;
                    }
                }
                K::Unknown => {
                    // One token for a run of ASCII, or of letters.
                    let alike =
                        |c: char, d: char| c.is_ascii() && d.is_ascii() || c.is_alphanumeric() && d.is_alphanumeric();
                    let first = text[self.at..].chars().next();
                    let run = text[..self.at].chars().next_back().zip(first).is_some_and(|(c, d)| alike(c, d));
                    match self.out.last_mut() {
                        Some(last) if run && last.kind == K::Unknown => {
                            last.len += (end - self.at) as u32;
                            self.at = end;
                        }
                        _ => self.push(kind, end),
                    }
                }
                _ => self.push(kind, end),
            }
        }
    }

    /// A brace in code; true if it ended a hole.
    fn brace(&mut self, kind: K, end: usize) -> bool {
        if let Some(Mode::Hole { braces }) = self.modes.last_mut() {
            match kind {
                K::LBrace => *braces += 1,
                _ if *braces > 0 => *braces -= 1,
                _ => {
                    self.modes.pop();
                    self.push(K::HoleClose, end);
                    return true;
                }
            }
        }
        self.push(kind, end);
        false
    }

    /// The line ends in a hole: gives up the hole, and the text around it unless that may have lines. True if modes changed.
    fn leave_hole(&mut self) -> bool {
        let before = self.modes.len();
        while let Some(mode) = self.modes.last() {
            match mode {
                Mode::Text { multi: true, .. } => break,
                _ => self.modes.pop(),
            };
        }
        self.modes.len() != before
    }

    fn indent(&self) -> usize {
        self.text[self.line..self.at].bytes().take_while(|b| matches!(b, b' ' | b'\t')).count()
    }

    /// At a quote.
    fn quote(&mut self, kind: K) {
        let mark = if kind == K::TextOpen { "\"\"\"" } else { "'''" };
        let multi = self.text[self.at..].starts_with(mark);
        let indent = self.indent();
        if kind == K::TextOpen {
            self.push(kind, self.at + if multi { 3 } else { 1 });
            let closed = !multi || self.find_triple(self.at, mark).is_some();
            let limit = if closed { self.text.len() } else { self.guess_end(self.at, indent) };
            self.modes.push(Mode::Text { multi, limit });
        } else if multi {
            let end = match self.find_triple(self.at + 3, "'''") {
                Some(end) => end + 3,
                None => self.guess_end(self.at + 3, indent),
            };
            self.lines_until(end);
            self.push(kind, end);
        } else {
            let rest = &self.text[self.at + 1..];
            let len = rest.find(['\'', '\n']).unwrap_or(rest.len());
            let closed = rest.as_bytes().get(len) == Some(&b'\'');
            if !closed && let Some(end) = far_end(self.text, self.at + 1 + len, '\'') {
                self.lines_until(end + 1);
                return self.push_literal(kind, LiteralClass::Malformed, end + 1);
            }
            let end = self.at + 1 + len + usize::from(closed);
            let end = if closed { end } else { trim_return(self.text, end) };
            self.push(kind, end);
        }
    }

    fn lines_until(&mut self, end: usize) {
        if let Some(last) = self.text[self.at..end].rfind('\n') {
            self.line = self.at + last + 1;
        }
    }

    /// The next `mark` from `from` on. Looks at each byte once, however often it is asked.
    fn find_triple(&mut self, from: usize, mark: &str) -> Option<usize> {
        let known = &mut self.next_triple[usize::from(mark == "'''")];
        if known.is_none_or(|at| at < from) {
            *known = Some(self.text[from..].find(mark).map_or(usize::MAX, |at| from + at));
        }
        known.filter(|at| *at != usize::MAX)
    }

    /// Where a text that nobody closes probably ends: before the first line that is indented no deeper than its own.
    fn guess_end(&self, from: usize, indent: usize) -> usize {
        let mut line = from + self.text[from..].find('\n').unwrap_or(self.text.len() - from);
        while line < self.text.len() {
            let rest = &self.text[line + 1..];
            let end = rest.find('\n').unwrap_or(rest.len());
            let body = &rest[..end];
            let depth = body.bytes().take_while(|b| matches!(b, b' ' | b'\t')).count();
            if !body.trim().is_empty() && depth <= indent {
                return trim_return(self.text, line);
            }
            line += 1 + end;
        }
        self.text.len()
    }

    /// Inside quotes: a piece of text, a hole or the end.
    fn text(&mut self, multi: bool, limit: usize) {
        let bytes = self.text.as_bytes();
        let mut end = self.at;
        while end < limit {
            match bytes[end] {
                b'\\' if end + 1 < limit && !matches!(bytes[end + 1], b'\n' | b'\r') => {
                    end += 1 + char_len(bytes[end + 1])
                }
                b'$' if bytes.get(end + 1) == Some(&b'{') => {
                    self.part(end);
                    self.push(K::HoleOpen, end + 2);
                    self.modes.push(Mode::Hole { braces: 0 });
                    return;
                }
                b'"' if !multi || bytes[end..].starts_with(b"\"\"\"") => {
                    self.part(end);
                    self.push(K::TextClose, end + if multi { 3 } else { 1 });
                    self.modes.pop();
                    return;
                }
                b'\n' if !multi => match far_end(self.text, end, '"') {
                    Some(close) => {
                        self.lines_until(close);
                        self.push_literal(K::TextPart, LiteralClass::Malformed, close);
                        self.push(K::TextClose, close + 1);
                        self.modes.pop();
                        return;
                    }
                    None => break,
                },
                _ => end += 1,
            }
        }
        let end = if multi || end == bytes.len() { end.min(bytes.len()) } else { trim_return(self.text, end) };
        self.part(end);
        self.modes.pop();
        self.leave_hole();
    }

    fn part(&mut self, end: usize) {
        self.lines_until(end);
        self.push(K::TextPart, end);
    }
}

const fn char_len(first: u8) -> usize {
    match first {
        0..0x80 => 1,
        0x80..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}

/// `end`, or one less where a `\r` stands before it.
fn trim_return(text: &str, end: usize) -> usize {
    if text.as_bytes()[..end].ends_with(b"\r") { end - 1 } else { end }
}

/// How far the end of a text is searched behind its line.
const FAR: usize = 2000;

/// Where a text that is open at the end of its line, at `from`, surely goes on to: its quote is the next one, ends its line,
/// and no line between looks like a statement.
fn far_end(text: &str, from: usize, quote: char) -> Option<usize> {
    let mut limit = text.len().min(from + FAR);
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let body = &text[from..limit];
    let close = body.find(quote)?;
    let (inner, behind) = (&body[..close], &body[close + 1..]);
    let tail = behind.split('\n').next().unwrap_or("").trim();
    let ends = tail.is_empty() || tail.starts_with([',', ')', ']', '}', ';', '#']);
    let statement = |line: &str| {
        let line = line.trim_start();
        let word = line.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "_-.".contains(c));
        let sign = word.trim_start_matches(' ');
        line.starts_with(['}', ']', ')', '#'])
            || word.len() < line.len() && sign.starts_with(['=', '{', ':']) && !sign.starts_with("://")
    };
    let apart = inner.contains("${") || inner.contains('\\') || inner.lines().skip(1).any(statement);
    (ends && tail.matches(quote).count() % 2 == 0 && !apart).then_some(from + close)
}

/// Length of `-{1..3}` at the start of `text`.
fn range_tail(text: &str) -> Option<usize> {
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.strip_prefix("-{")?;
    let first = digits(rest);
    let after = rest[first..].strip_prefix("..")?;
    let last = digits(after);
    (first > 0 && last > 0 && after[last..].starts_with('}')).then_some(2 + first + 2 + last + 1)
}
