//! Texts of several lines as other languages write them.

use super::foreign::{At, Found, line};
use super::{Builder, Sig};
use crate::token::K;
use kss_diag::{FixEdit, How, code};
use kss_span::TextRange;

/// How many lines of a text are searched for its end.
const LINES: usize = 400;

impl Builder<'_> {
    /// `<<EOF`
    pub(super) fn heredoc(&mut self, at: At, rest: &str, sigs: &mut Vec<Sig>) -> Found {
        let line = line(rest);
        let mark = line[1..].trim_start_matches(['-', '~']).trim().trim_matches(['"', '\'']);
        let word = !mark.is_empty() && mark.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        if !word || self.open_heredoc {
            return Found::Ours;
        }
        let mut end = at.range.hi as usize + line.len();
        let (mut body, mut closed) = (Vec::new(), false);
        for next in self.text[end..].split_inclusive('\n').skip(1) {
            // The first piece is the end of the line with the mark.
            if body.is_empty() && end == at.range.hi as usize + line.len() {
                end += self.text[end..].find('\n').map_or(0, |n| n + 1);
            }
            if next.trim() == mark {
                end += next.trim_end().len();
                closed = true;
                break;
            }
            body.push(next.trim_end());
            end += next.len();
        }
        let open = TextRange::new(at.range.lo, at.range.hi + line.len() as u32).at(self.file);
        let error = code::UNEXPECTED_TOKEN.at(open, "a text of several lines stands between `\"\"\"` and `\"\"\"`");
        self.open_heredoc = !closed;
        if !closed {
            self.say(error);
            self.lost(at.range.lo);
            return Found::Ours;
        }
        let range = TextRange::new(at.range.lo, end as u32);
        let lines: String = body.iter().map(|l| format!("{l}\n")).collect();
        let indent: String = body.first().map_or("", |l| &l[..l.len() - l.trim_start().len()]).to_owned();
        let text = format!("\"\"\"\n{lines}{indent}\"\"\"");
        let fits = !lines.contains("\"\"\"");
        self.say(if fits { error.fix("write `\"\"\"`", range.at(self.file), How::Replace, text) } else { error });
        self.replaced(K::RawText, range, at.indent, sigs)
    }

    /// `''` at the end of a line: of Nix, if deeper lines follow up to one that begins with it.
    pub(super) fn nix_text(&mut self, at: At, sigs: &mut Vec<Sig>) -> Found {
        let rest = &self.text[at.range.hi as usize..];
        let head = at.indent.or_else(|| sigs.iter().rev().find_map(|s| s.indent)).unwrap_or(0) as usize;
        let Some((from, end)) = nix_end(rest, head) else { return Found::Ours };
        let body = &rest[from..end];
        let holes = body.contains("${") && !body.contains('\\') && !body.contains("\"\"\"");
        let plain = !body.contains("''");
        let quotes = if holes || body.contains("'''") { "\"\"\"" } else { "'''" };
        let close = at.range.hi + end as u32;
        let range = TextRange::new(at.range.lo, close + 2);
        let open = at.range.at(self.file);
        let message = format!("a text of several lines stands between `{quotes}` and `{quotes}`");
        let mut error = code::UNEXPECTED_TOKEN.at(open, message);
        let fix = format!("write `{quotes}`");
        error = match plain {
            true => error.fix(fix, open, How::Replace, quotes),
            false => error.suggest(fix, open, How::Replace, quotes),
        };
        // The statement ends with the line.
        let hi = range.hi + u32::from(rest[end + 2..].starts_with(';'));
        let last = TextRange::new(close, hi).at(self.file);
        if let Some(fix) = error.fixes.last_mut() {
            fix.edits.push(FixEdit { place: last, how: How::Replace, text: quotes.into() });
        }
        self.say(error);
        self.replaced(K::RawText, range, at.indent, sigs);
        Found::Replaced(hi)
    }

    /// A text between single quotes that goes on behind its line: the lexer found the end. `range` is the part with the line
    /// ends, with its quotes if it is raw.
    pub(super) fn spanned(&mut self, kind: K, range: TextRange, sigs: &[Sig]) {
        let raw = kind == K::RawText;
        let quotes = if raw { "'''" } else { "\"\"\"" };
        let open = match raw {
            true => Some(TextRange::new(range.lo, range.lo + 1)),
            false => sigs.iter().rev().find(|s| s.kind == K::TextOpen).map(|s| s.range),
        };
        let Some(open) = open else { return };
        let head = sigs.iter().rev().find_map(|s| s.indent).unwrap_or(0) as usize;
        let indent = format!("\n{}", " ".repeat(head + 2));
        let close = if raw { range.hi - 1 } else { range.hi };
        let edit = |range: TextRange, text: String| FixEdit { place: range.at(self.file), how: How::Replace, text };
        let mut edits = vec![edit(open, format!("{quotes}{indent}"))];
        let body = &self.text[range.lo as usize..close as usize];
        for (at, _) in body.match_indices('\n') {
            let behind = &body[at + 1..];
            let blank = behind.len() - behind.trim_start_matches([' ', '\t']).len();
            let lo = range.lo + at as u32;
            edits.push(edit(TextRange::new(lo, lo + 1 + blank as u32), indent.clone()));
        }
        edits.push(edit(TextRange::new(close, close + 1), format!("{indent}{quotes}")));
        let mark = &quotes[..1];
        let message = format!("a text in `{mark}` ends with its line; one of several lines stands in `{quotes}`");
        let place = open.at(self.file);
        let mut error = code::UNCLOSED.at(place, message).suggest(format!("write `{quotes}`"), place, How::Replace, "");
        if let Some(fix) = error.fixes.last_mut() {
            fix.edits = edits;
        }
        self.say(error);
    }
}

/// Where the text of Nix that opens before `rest`, on a line that is indented by `head`, has its first line and its closing
/// quotes.
fn nix_end(rest: &str, head: usize) -> Option<(usize, usize)> {
    let from = rest.find('\n')? + 1;
    if !rest[..from].trim().is_empty() {
        return None;
    }
    let mut at = from;
    let mut deeper = false;
    for line in rest[from..].split_inclusive('\n').take(LINES) {
        let body = line.trim_start_matches([' ', '\t']);
        let indent = line.len() - body.len();
        let tail = body.strip_prefix("''").filter(|t| t.trim().is_empty() || t.starts_with([';', ',', ')', ']', '}']));
        match tail {
            Some(_) if deeper && indent >= head => return Some((from, at + indent)),
            _ if !body.trim().is_empty() && indent <= head => return None,
            _ => deeper |= !body.trim().is_empty(),
        }
        at += line.len();
    }
    None
}
