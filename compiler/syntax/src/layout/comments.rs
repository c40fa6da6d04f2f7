//! Comments of other languages.

use super::foreign::{At, Found, line};
use super::{Builder, Sig};
use crate::token::K;
use kss_diag::{How, code};
use kss_span::TextRange;

impl Builder<'_> {
    /// At `--` in front of a line: a comment, or the line between two documents of YAML.
    pub(super) fn dashes(&mut self, at: At, rest: &str) -> Found {
        let line = line(rest);
        let end = at.range.hi + line.len() as u32;
        let behind = line.trim_start_matches('-');
        let place = TextRange::new(at.range.lo, end).at(self.file);
        if behind.trim().is_empty() {
            let error = code::UNEXPECTED_TOKEN.at(place, "a line of dashes separates nothing here");
            self.say(error.fix("remove it", place, How::Replace, ""));
            return Found::Dropped(end);
        }
        if !behind.starts_with(' ') {
            return Found::Ours;
        }
        let dashes = TextRange::new(at.range.lo, end - behind.len() as u32).at(self.file);
        let error = code::UNEXPECTED_TOKEN.at(dashes, "a comment begins with `#`");
        self.say(error.fix("write `#`", dashes, How::Replace, "#"));
        Found::Dropped(end)
    }

    /// `/* … */`
    pub(super) fn block_comment(&mut self, at: At) -> Found {
        let rest = &self.text[at.range.lo as usize..];
        let closed = if self.open_comment { None } else { rest[2..].find("*/").map(|n| n + 4) };
        self.open_comment = closed.is_none();
        let len = closed.unwrap_or_else(|| rest.find(['\r', '\n']).unwrap_or(rest.len()));
        let range = TextRange::new(at.range.lo, at.range.lo + len as u32);
        let lines: Vec<&str> = self.text[range.range()].lines().collect();
        let indent = " ".repeat(at.indent.unwrap_or(0) as usize);
        let body = |(n, line): (usize, &&str)| {
            let line = line.trim().trim_start_matches("/*").trim_end_matches("*/").trim();
            let line = if n > 0 { line.trim_start_matches('*').trim() } else { line };
            (!line.is_empty()).then(|| format!("# {line}"))
        };
        let new: Vec<String> = lines.iter().enumerate().filter_map(body).collect();
        let error = code::UNEXPECTED_TOKEN.at(
            TextRange::new(range.lo, range.lo + 2).at(self.file),
            "a comment begins with `#` and ends with its line",
        );
        let place = range.at(self.file);
        let tail = rest[len..].lines().next().unwrap_or("").trim().is_empty();
        let whole = closed.is_some() && tail && (at.indent.is_some() || new.len() < 2);
        let new = new.join(&format!("\n{indent}"));
        self.say(if whole { error.fix("write it with `#`", place, How::Replace, new) } else { error });
        Found::Dropped(range.hi)
    }

    /// At `//`: a comment of another language, the update of a record, or a URL without quotes.
    pub(super) fn slashes(&mut self, at: At, sigs: &mut Vec<Sig>) -> Found {
        let range = at.range;
        let rest = &self.text[range.lo as usize..];
        let url = match sigs.as_slice() {
            [.., scheme, colon] => {
                let adjacent = scheme.range.hi == colon.range.lo && colon.range.hi == range.lo;
                (adjacent && scheme.kind.is_word() && colon.kind == K::Colon).then_some(*scheme)
            }
            _ => None,
        };
        let Some(scheme) = url else {
            let place = TextRange::new(range.lo, range.lo + 2).at(self.file);
            let record = at.indent.is_none() && rest[2..].trim_start().starts_with('{');
            let error = code::UNEXPECTED_TOKEN.at(place, "a comment begins with `#`");
            self.say(match record {
                true => error.help("two records are put together by `{ ..a, b = 1 }`"),
                false => error.fix("write `#`", place, How::Replace, "#"),
            });
            return Found::Dropped(range.lo + rest.find('\n').unwrap_or(rest.len()) as u32);
        };
        let end = rest.find(|c: char| c.is_whitespace() || ",)]}\"'".contains(c)).unwrap_or(rest.len());
        let whole = TextRange::new(scheme.range.lo, range.lo + end as u32);
        sigs.truncate(sigs.len() - 2);
        self.needs_quotes("a URL", whole, scheme.indent, sigs)
    }
}
