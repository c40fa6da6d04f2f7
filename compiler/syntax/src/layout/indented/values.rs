//! Values behind `key:` and `-`, as YAML writes them.

use super::{Indented, Open};
use crate::ast::LiteralClass;
use crate::layout::{Sig, lines};
use crate::token::K;
use kss_span::TextRange;

impl Indented<'_> {
    /// What stands behind `key:` on its line.
    pub(super) fn value(&mut self, colon: usize, end: usize, indent: u32, values: bool) -> usize {
        if let Some(next) = self.block_text(colon, end, indent) {
            return next;
        }
        let typed = self.sigs[colon + 1..end].iter().any(|s| matches!(s.kind, K::Eq | K::Where));
        if !values || typed {
            return self.rest(colon, end);
        }
        self.equals(colon, " =");
        self.scalar(colon + 1, end)
    }

    /// A value without quotes that needs them gets them.
    fn scalar(&mut self, at: usize, end: usize) -> usize {
        let (first, last) = (self.kind(at), end - 1);
        let whole = match first {
            K::TextOpen => lines::text_end(self.sigs, at) >= last,
            K::LBracket | K::LBrace | K::LParen => true,
            _ => at == last && (first.is_word() || matches!(first, K::Literal | K::RawText)),
        };
        self.sure &= whole && !first.is_word() || matches!(first, K::True | K::False);
        let range = TextRange::new(self.sigs[at].range.lo, self.sigs[last].range.hi);
        let written = &self.text[range.range()];
        if at == last && first.is_word() && !matches!(first, K::True | K::False | K::None | K::Null) {
            // A text, or a case of what is expected here: no more is said of it.
            self.replace(at, K::TooDeep);
            return end;
        }
        if whole || written.contains('\n') {
            return self.rest(at, end);
        }
        self.moved.push(self.out.len() as u32);
        self.out.push(Sig { kind: K::RawText, class: LiteralClass::Malformed, range, indent: None });
        self.leave_out(end);
        self.quoted.push(range);
        let text = match written.contains(['"', '\\']) {
            true if !written.contains('\'') => format!("'{written}'"),
            _ => format!("\"{}\"", written.replace('\\', "\\\\").replace('"', "\\\"")),
        };
        self.edit(range, &text);
        end
    }

    /// `key: |` before deeper lines: a text.
    fn block_text(&mut self, colon: usize, end: usize, indent: u32) -> Option<usize> {
        let mark = matches!(self.kind(colon + 1), K::Pipe | K::Gt);
        let plain = self.sigs[colon + 2..end].iter().all(|s| matches!(s.kind, K::Minus | K::Plus));
        let next = self.sigs.get(end).and_then(|s| s.indent).filter(|n| *n > indent);
        let body = next.filter(|_| mark && plain && end - colon <= 3)? as usize;
        let marks = TextRange::new(self.sigs[colon + 1].range.lo, self.sigs[end - 1].range.hi);
        let mut hi = marks.hi as usize;
        let from = hi + self.text[hi..].find('\n')? + 1;
        let mut at = from;
        for line in self.text[from..].split_inclusive('\n') {
            let deep = line.len() - line.trim_start_matches([' ', '\t']).len();
            if !line.trim().is_empty() && deep <= indent as usize {
                break;
            }
            at += line.len();
            if !line.trim().is_empty() {
                hi = at - (line.len() - line.trim_end().len());
            }
        }
        let range = TextRange::new(marks.lo, hi as u32);
        let raw = self.text[range.range()].contains(['\\', '$']);
        let quotes = if raw { "'''" } else { "\"\"\"" };
        self.equals(colon, " =");
        self.edit(marks, quotes);
        self.edit(TextRange::empty(range.hi), &format!("\n{}{quotes}", " ".repeat(body)));
        self.moved.push(self.out.len() as u32);
        self.out.push(Sig { kind: K::RawText, class: LiteralClass::Malformed, range, indent: None });
        let rest = &self.sigs[end..];
        let next = end + rest.iter().position(|s| s.range.lo >= range.hi).unwrap_or(rest.len());
        self.leave_out(next);
        self.quoted.push(range);
        self.sure = false;
        Some(next)
    }

    /// A line of a list, which begins with its dash.
    pub(super) fn element(&mut self, at: usize, end: usize, indent: u32) -> usize {
        if !self.out.last().is_some_and(|s| s.kind == K::LBracket && s.range.is_empty()) {
            self.separate();
        }
        let dash = self.sigs[at].range;
        self.lines.push(dash.lo);
        if at + 1 == end {
            self.leave_out(end);
            return end;
        }
        let first = self.sigs[at + 1].range.lo;
        let between = TextRange::new(dash.lo, first);
        if self.path_colon(at + 1, end).is_none() {
            self.edit(between, "");
            self.leave_out(at + 1);
            return self.scalar(at + 1, end);
        }
        let column = indent + (first - dash.lo);
        self.replace(at, K::LBrace);
        self.edit(between, &format!("{{\n{}", " ".repeat(column as usize)));
        self.open.push(Open::Item { dash: indent });
        self.statement(at + 1, end, column)
    }
}
