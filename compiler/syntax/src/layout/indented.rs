//! Blocks by indentation and lists of dashes, as YAML and Python have them. Where a `:` ends its line before lines that are
//! deeper, and can't be what stands before a type, it is read as the brace or the bracket that was meant, closed where the
//! indentation ends. All of a file are one mistake, mended by one fix.

mod values;

use super::{Builder, Doc, Sig, lines};
use crate::ast::LiteralClass;
use crate::token::K;
use kss_diag::{FixEdit, How, code};
use kss_span::TextRange;

/// Writes what is meant by indentation with brackets. Nothing changes where nothing is.
pub(super) fn bracketed(build: &mut Builder<'_>, sigs: Vec<Sig>, docs: &mut [Doc]) -> Vec<Sig> {
    let mut found = Indented::new(build.text, &sigs, false);
    found.run();
    if found.heads.is_empty() && found.orphans.is_empty() {
        return sigs;
    }
    // Now it is known that lines at the top of the file are of that kind, too.
    let mut found = Indented::new(build.text, &sigs, true);
    found.run();
    for doc in docs {
        doc.token = found.moved[doc.token as usize];
    }
    let (out, quoted) = (found.out, found.quoted);
    let inside = |at: u32| {
        let next = quoted.partition_point(|r| r.lo <= at);
        next.checked_sub(1).is_some_and(|i| at < quoted[i].hi)
    };
    build.out.errors.retain(|e| !inside(e.place.range.lo));
    for at in found.lines {
        build.lost(at);
    }
    build.out.lost.sort_unstable();
    if let Some(first) = found.orphans.first() {
        let message = "a list stands in `[` and `]`, behind the name of its field";
        build.say(code::UNEXPECTED_TOKEN.at(first.at(build.file), message).help("write `NAME = [a, b]`"));
    }
    if let Some((first, list)) = found.heads.first().copied() {
        let message = match list {
            true => "a list stands in `[` and `]`, with a comma behind each element",
            false => "a block stands in `{` and `}`: how deep a line is indented says nothing",
        };
        let title = match found.heads.len() {
            1 if list => "write the brackets".to_owned(),
            1 => "write the braces".to_owned(),
            n => format!("write the brackets of all {n} blocks and lists"),
        };
        let place = first.at(build.file);
        let mut error = code::UNEXPECTED_TOKEN.at(place, message).suggest(title, place, How::Replace, "");
        if let Some(fix) = error.fixes.last_mut() {
            let edit =
                |(range, text): (TextRange, String)| FixEdit { place: range.at(build.file), how: How::Replace, text };
            fix.edits = found.edits.into_iter().map(edit).collect();
            fix.safe = found.sure;
        }
        build.say(error);
    }
    out
}

/// What is open around a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Open {
    /// A bracket that is there.
    Bracket(K),
    /// A block whose head is indented so far. `types`: its colons stand before types.
    Block { head: u32, types: bool },
    /// A list whose key is indented so far, and its dashes.
    List { head: u32, dash: u32 },
    /// A record in such a list.
    Item { dash: u32 },
}

struct Indented<'s> {
    text: &'s str,
    sigs: &'s [Sig],
    /// Are fields at the top of the file meant as values?
    top: bool,
    out: Vec<Sig>,
    /// For each token: the one of `out` that it became, or before which it was.
    moved: Vec<u32>,
    open: Vec<Open>,
    /// The colons that stand for a bracket, and whether it is that of a list.
    heads: Vec<(TextRange, bool)>,
    /// The first dashes of lists that are no field's.
    orphans: Vec<TextRange>,
    /// What was changed: where, and the new text.
    edits: Vec<(TextRange, String)>,
    /// A place of each line that was changed.
    lines: Vec<u32>,
    /// Texts that got quotes.
    quoted: Vec<TextRange>,
    /// Can't it be meant otherwise?
    sure: bool,
}

impl<'s> Indented<'s> {
    fn new(text: &'s str, sigs: &'s [Sig], top: bool) -> Self {
        let (out, moved) = (Vec::with_capacity(sigs.len() + 16), Vec::with_capacity(sigs.len()));
        let (open, heads, orphans, edits) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (lines, quoted) = (Vec::new(), Vec::new());
        Indented { text, sigs, top, out, moved, open, heads, orphans, edits, lines, quoted, sure: true }
    }

    fn run(&mut self) {
        let mut at = 0;
        while at < self.sigs.len() {
            let end = self.line_end(at);
            at = self.line(at, end);
        }
        self.close_below(0, false);
    }

    /// The token behind the line of token `at`.
    fn line_end(&self, at: usize) -> usize {
        let rest = &self.sigs[at + 1..];
        at + 1 + rest.iter().position(|s| s.indent.is_some()).unwrap_or(rest.len())
    }

    fn kind(&self, at: usize) -> K {
        self.sigs.get(at).map_or(K::End, |s| s.kind)
    }

    /// The line from token `at` to before `end`; what follows it.
    fn line(&mut self, at: usize, end: usize) -> usize {
        while matches!(self.open.last(), Some(Open::Bracket(K::TextOpen | K::HoleOpen))) {
            self.open.pop();
        }
        let indent = self.sigs[at].indent.unwrap_or(0);
        let dash = self.is_dash(at);
        if !self.kind(at).is_closer() {
            self.close_below(indent, dash);
        }
        match self.open.last() {
            Some(Open::Bracket(K::LBrace) | Open::Block { .. } | Open::Item { .. }) | None => {
                self.statement(at, end, indent)
            }
            Some(Open::List { dash: column, .. }) if dash && *column == indent => self.element(at, end, indent),
            _ => self.rest(at, end),
        }
    }

    /// `-` with a space behind it.
    fn is_dash(&self, at: usize) -> bool {
        let behind =
            |sig: &Sig| self.text[sig.range.hi as usize..].bytes().next().is_none_or(|b| b.is_ascii_whitespace());
        self.sigs.get(at).is_some_and(|s| s.kind == K::Minus && behind(s))
    }

    /// Closes all that a line which is indented so far is not in.
    fn close_below(&mut self, indent: u32, dash: bool) {
        loop {
            match self.open.last().copied() {
                Some(Open::Block { head, .. }) if indent <= head || self.ends() => self.close_block(head, "}"),
                Some(Open::Item { dash: column }) if indent <= column || self.ends() => self.close_block(column, "}"),
                Some(Open::List { head, dash: column }) if indent < column || !dash || self.ends() => {
                    if indent > column && !self.ends() {
                        return;
                    }
                    self.separate();
                    self.close_block(head, "]");
                }
                _ => return,
            }
        }
    }

    /// Is all read?
    fn ends(&self) -> bool {
        self.moved.len() == self.sigs.len()
    }

    /// Closes the innermost block or list, on a line of its own.
    fn close_block(&mut self, indent: u32, closer: &str) {
        self.open.pop();
        self.insert(if closer == "]" { K::RBracket } else { K::RBrace });
        let last = self.out.iter().rev().find(|s| !s.range.is_empty()).map_or(0, |s| s.range.hi);
        let rest = &self.text[last as usize..];
        let line = rest[..rest.find('\n').unwrap_or(rest.len())].trim_end();
        self.edit(TextRange::empty(last + line.len() as u32), &format!("\n{}{closer}", " ".repeat(indent as usize)));
    }

    /// A comma behind an element, on its line.
    fn separate(&mut self) {
        let edited = self.edits.last().filter(|(_, text)| text.ends_with('}')).map(|(range, _)| *range);
        let last = self.out.iter().rev().find(|s| !s.range.is_empty()).map_or(0, |s| s.range.hi);
        self.insert(K::Comma);
        match edited {
            Some(range) if range.is_empty() && range.lo >= last => self.edit(range, ","),
            _ => self.edit(TextRange::empty(last), ","),
        }
    }

    /// A token that isn't there, behind the last.
    fn insert(&mut self, kind: K) {
        let at = self.out.last().map_or(0, |s| s.range.hi);
        self.out.push(Sig { kind, class: LiteralClass::Malformed, range: TextRange::empty(at), indent: None });
    }

    /// Several edits of one place are one.
    fn edit(&mut self, range: TextRange, text: &str) {
        match self.edits.last_mut() {
            Some((last, before)) if *last == range && range.is_empty() => before.push_str(text),
            _ => self.edits.push((range, text.to_owned())),
        }
    }

    /// Takes a token over as it is.
    fn keep(&mut self, at: usize) {
        let sig = self.sigs[at];
        if sig.kind.closer().is_some() {
            self.open.push(Open::Bracket(sig.kind));
        } else if sig.kind.is_closer() {
            while let Some(top) = self.open.last().copied() {
                match top {
                    Open::Bracket(_) => {
                        self.open.pop();
                        break;
                    }
                    Open::Block { head: indent, .. } | Open::Item { dash: indent } => self.close_block(indent, "}"),
                    Open::List { head, .. } => {
                        self.separate();
                        self.close_block(head, "]");
                    }
                }
            }
        }
        self.moved.push(self.out.len() as u32);
        self.out.push(sig);
    }

    /// Puts `kind` in the place of token `at`.
    fn replace(&mut self, at: usize, kind: K) {
        self.moved.push(self.out.len() as u32);
        self.out.push(Sig { kind, ..self.sigs[at] });
    }

    fn leave_out(&mut self, to: usize) {
        while self.moved.len() < to {
            self.moved.push(self.out.len() as u32);
        }
    }

    fn rest(&mut self, at: usize, end: usize) -> usize {
        (at..end).for_each(|i| self.keep(i));
        end
    }

    /// A line that may be a statement, or the head of a block.
    fn statement(&mut self, at: usize, end: usize, indent: u32) -> usize {
        if self.is_dash(at) && self.path_colon(at + 1, end).is_some() {
            return self.orphan(at, end, indent);
        }
        let named = self.kind(at) == K::Let && self.kind(at + 1).is_word();
        let colon = self.path_colon(at + usize::from(named), end).filter(|colon| !named || colon + 1 == end);
        if let Some(colon) = colon {
            return self.field(at, colon, end, indent);
        }
        let elif = self.other_branch(at);
        let at = at + usize::from(elif);
        if self.kind(end - 1) != K::Colon
            || end - at < 2
            || !self.balanced(at, end)
            || !self.heads_block(at, end, indent, elif)
        {
            return self.rest(at, end);
        }
        (at..end - 1).for_each(|i| self.keep(i));
        let types = self.kind(at) == K::Type || matches!(self.slice(at), "class" | "struct" | "schema" | "interface");
        self.brace(end - 1, Open::Block { head: indent, types });
        end
    }

    /// A list of records where none stands: it is left out.
    fn orphan(&mut self, at: usize, end: usize, indent: u32) -> usize {
        let mut to = end;
        while let Some(next) = self.sigs.get(to).and_then(|s| s.indent)
            && (next > indent || next == indent && self.is_dash(to))
            && self.is_of_yaml(to)
        {
            to = self.line_end(to);
        }
        self.leave_out(to);
        self.orphans.push(self.sigs[at].range);
        let range = TextRange::new(self.sigs[at].range.lo, self.sigs[to - 1].range.hi);
        self.lines.push(range.lo);
        self.quoted.push(range);
        to
    }

    /// `key: value` without space before the colon, or `- value`.
    fn is_of_yaml(&self, at: usize) -> bool {
        let key = at + usize::from(self.is_dash(at));
        key > at || self.path_colon(key, self.line_end(at)).is_some_and(|colon| self.sticks(colon))
    }

    /// `elif` behind a block that ended with its indentation.
    fn other_branch(&mut self, at: usize) -> bool {
        let behind = self.out.last().is_some_and(|s| s.kind == K::RBrace && s.range.is_empty());
        if !behind || !matches!(self.slice(at), "elif" | "elseif" | "elsif") {
            return false;
        }
        self.replace(at, K::Else);
        self.insert(K::If);
        self.edit(self.sigs[at].range, "else if");
        true
    }

    fn slice(&self, at: usize) -> &'s str {
        self.sigs.get(at).map_or("", |s| &self.text[s.range.range()])
    }

    /// The brace that token `at`, a colon, stands for.
    fn brace(&mut self, at: usize, open: Open) {
        self.replace(at, K::LBrace);
        self.open.push(open);
        self.edit(self.sigs[at].range, if self.sticks(at) { " {" } else { "{" });
        self.heads.push((self.sigs[at].range, false));
        self.lines.push(self.sigs[at].range.lo);
    }

    /// Does no space stand before the token?
    fn sticks(&self, at: usize) -> bool {
        !self.text[..self.sigs[at].range.lo as usize].ends_with([' ', '\t'])
    }

    /// The colon behind `a.b`, `"a"` at the start of a line.
    fn path_colon(&self, at: usize, end: usize) -> Option<usize> {
        let mut i = at;
        loop {
            i = match self.kind(i) {
                K::TextOpen => lines::text_end(self.sigs, i) + 1,
                K::RawText => i + 1,
                kind if kind.is_word() => i + 1,
                _ => return None,
            };
            match self.kind(i) {
                _ if i >= end => return None,
                K::Dot => i += 1,
                K::Colon => return Some(i),
                _ => return None,
            }
        }
    }

    fn balanced(&self, at: usize, end: usize) -> bool {
        let mut depth = 0i32;
        for sig in &self.sigs[at..end] {
            depth += i32::from(sig.kind.closer().is_some()) - i32::from(sig.kind.is_closer());
            if depth < 0 {
                return false;
            }
        }
        depth == 0
    }

    /// Is the line with a colon at its end surely the head of a block? Behind the colons of some statements stands a type or
    /// a condition, which may begin on the next line.
    fn heads_block(&self, at: usize, end: usize, indent: u32, elif: bool) -> bool {
        let deeper = self.sigs.get(end).is_some_and(|s| s.indent.is_some_and(|i| i > indent));
        if !deeper {
            return false;
        }
        let control = elif || matches!(self.kind(at), K::If | K::Else | K::For | K::Match | K::Each);
        let typed = matches!(
            self.kind(at),
            K::Let
                | K::Option
                | K::Capability
                | K::Intent
                | K::Output
                | K::Shared
                | K::Optional
                | K::Private
                | K::Fn
                | K::Default
                | K::Override
                | K::Force
                | K::Append
                | K::Expect
                | K::Check
                | K::Covered
        );
        let condition = self.sigs[at..end].iter().any(|s| matches!(s.kind, K::Every | K::Some | K::No));
        let words = self.sigs[at..end - 1]
            .iter()
            .all(|s| s.kind.is_key() || matches!(s.kind, K::TextPart | K::TextClose | K::Dot));
        (control || words && self.kind(at).is_word()) && !typed && (!condition || self.begins(end))
    }

    /// Does a statement surely begin at token `at`, the first of its line?
    fn begins(&self, at: usize) -> bool {
        lines::statement_begins(self.sigs, at, true) || self.path_colon(at, self.line_end(at)).is_some()
    }

    /// `key:` or `key: value`.
    fn field(&mut self, at: usize, colon: usize, end: usize, indent: u32) -> usize {
        let next = self.sigs.get(end).and_then(|s| s.indent);
        let values = match self.open.last() {
            None => self.top,
            Some(Open::Block { types, .. }) => !types,
            Some(open) => matches!(open, Open::Item { .. }),
        };
        (at..colon).for_each(|i| self.keep(i));
        if colon + 1 < end {
            return self.value(colon, end, indent, values);
        }
        let dash = self.is_dash(end) && next.is_some_and(|n| n >= indent);
        if dash && !matches!(self.open.last(), Some(Open::Block { types: true, .. })) {
            self.equals(colon, " = [");
            self.insert(K::LBracket);
            self.open.push(Open::List { head: indent, dash: next.unwrap_or(indent) });
            self.heads.push((self.sigs[colon].range, true));
        } else if next.is_some_and(|n| n > indent) && self.begins(end) && self.kind(at) == K::Let && at + 2 == colon {
            self.equals(colon, " = {");
            self.insert(K::LBrace);
            self.open.push(Open::Block { head: indent, types: false });
            self.heads.push((self.sigs[colon].range, false));
        } else if next.is_some_and(|n| n > indent) && self.begins(end) {
            self.brace(colon, Open::Block { head: indent, types: false });
        } else if values && self.kind(at) != K::Let && next.is_none_or(|n| n <= indent) {
            self.equals(colon, " = none");
            self.insert(K::None);
            self.sure = false;
        } else {
            self.keep(colon);
        }
        end
    }

    /// An equals sign in the place of token `at`, a colon; `text` is that with what follows.
    fn equals(&mut self, at: usize, text: &str) {
        self.replace(at, K::Eq);
        self.edit(self.sigs[at].range, if self.sticks(at) { text } else { text.trim_start() });
        self.lines.push(self.sigs[at].range.lo);
    }
}
