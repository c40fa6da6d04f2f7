//! Signs of other languages, and characters that only look like ours. Each gets one message that names what is written here,
//! and stands for that, so that nothing else is said about its line.

use super::{Builder, Sig};
use crate::ast::LiteralClass;
use crate::lex::{Lexeme, literal};
use crate::token::K;
use kss_diag::{Diagnostic, How, code};
use kss_span::TextRange;

/// What became of a token.
pub(super) enum Found {
    /// Nothing foreign: it is read as it is.
    Ours,
    /// Dropped, with all up to this place.
    Dropped(u32),
    /// Something else stands for it and all up to this place.
    Replaced(u32),
}

/// May something foreign begin with this token, by the byte behind it? Asked for every token, so it is short.
#[inline]
pub(super) fn suspect(kind: K, next: u8) -> bool {
    match kind {
        K::Unknown | K::Slash | K::Star | K::Percent => true,
        K::EqEq | K::NotEq | K::Question => next == b'=',
        K::Lt => matches!(next, b'<' | b'>'),
        K::Pipe => next == b'|',
        K::Plus => matches!(next, b'+' | b'=' | b'0'..=b'9'),
        K::Minus => matches!(next, b'-' | b'=' | b'{' | b'$'),
        K::Colon => next == b'=' || next.is_ascii_digit(),
        K::Dot => next == b'/' || next.is_ascii_digit(),
        K::DotDot => matches!(next, b'/' | b'.' | b'=' | b' ' | b'0'..=b'9'),
        K::LBrace => next == b'{',
        K::RawText => matches!(next, b'\n' | b'\r' | b' '),
        _ => false,
    }
}

/// Where a token stands.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) range: TextRange,
    /// Of the first token of a line.
    pub(super) indent: Option<u32>,
}

impl<'s> Builder<'s> {
    /// Looks at a token that is [`suspect`].
    pub(super) fn foreign(&mut self, lexeme: &Lexeme, at: At, sigs: &mut Vec<Sig>) -> Found {
        let text = self.text;
        let rest = &text[at.range.hi as usize..];
        let next = rest.bytes().next().unwrap_or(b'\n');
        match (lexeme.kind, next) {
            (K::LBrace | K::RBrace, _) if !self.round.is_empty() => self.rounded(lexeme.kind, at, sigs),
            (K::LBrace, b'{') => self.template(at, rest, sigs),
            (K::LBrace | K::RBrace, _) => Found::Ours,
            (K::Slash, b'/') => self.slashes(at, sigs),
            (K::Slash, b'*') => self.block_comment(at),
            (K::DotDot, b'.' | b'=' | b' ' | b'0'..=b'9') => self.dots(at, rest, sigs),
            (K::Plus, b'0'..=b'9') if Self::value_begins(sigs) => {
                let place = at.range.at(self.file);
                let error = code::BAD_LITERAL.at(place, "no `+` stands before a number");
                self.say(error.fix("remove `+`", place, How::Replace, ""));
                Found::Dropped(at.range.hi)
            }
            (K::Slash | K::Star | K::DotDot, _) => self.bare_path(at, rest, sigs),
            (K::Dot, b'0'..=b'9') => self.dotted(at, sigs),
            (K::Dot, b'/') => self.bare_path(at, rest, sigs),
            (K::Dot, _) => Found::Ours,
            (K::EqEq, b'=') => self.operator(at, 1, K::EqEq, "==", sigs),
            (K::NotEq, b'=') => self.operator(at, 1, K::NotEq, "!=", sigs),
            (K::Lt, b'>') => self.operator(at, 1, K::NotEq, "!=", sigs),
            (K::Lt, b'<') => self.heredoc(at, rest, sigs),
            (K::Pipe, b'|') => self.operator(at, 1, K::Or, "or", sigs),
            (K::Plus, b'+') => self.operator(at, 1, K::Plus, "+", sigs),
            (K::Plus | K::Minus | K::Colon | K::Question, b'=') => self.assignment(at, rest, sigs),
            (K::Minus, b'-') if at.indent.is_some() => self.dashes(at, rest),
            (K::Minus, b'{') => self.numbered(at, sigs),
            (K::Minus, b'$') if rest.starts_with("${") => self.numbered(at, sigs),
            (K::Colon, b'0'..=b'9') => self.colon(at, sigs),
            (K::RawText, _) if at.range.len() == 2 => self.nix_text(at, sigs),
            (K::Percent, _) => self.percent(at, rest, sigs),
            (K::Unknown, _) => self.unknown(at, sigs),
            _ => Found::Ours,
        }
    }

    pub(super) fn say(&mut self, error: Diagnostic) {
        self.out.errors.push(error);
    }

    /// Something of the line is missing from here on, so what the parser makes of it says nothing.
    pub(super) fn lost(&mut self, at: u32) {
        self.out.lost.push(at);
    }

    pub(super) fn replaced(&self, kind: K, range: TextRange, indent: Option<u32>, sigs: &mut Vec<Sig>) -> Found {
        sigs.push(Sig { kind, class: LiteralClass::Malformed, range, indent });
        Found::Replaced(range.hi)
    }

    /// An operator of `more` bytes behind the token, written `right` here.
    pub(super) fn operator(&mut self, at: At, more: u32, kind: K, right: &str, sigs: &mut Vec<Sig>) -> Found {
        let range = TextRange::new(at.range.lo, at.range.hi + more);
        let place = range.at(self.file);
        let written = &self.text[range.range()];
        let error = code::UNEXPECTED_TOKEN.at(place, format!("`{written}` is no operator; it is written `{right}`"));
        // `not` needs a blank behind it, a word in front of it too.
        let before = self.text[..range.lo as usize].ends_with(|c: char| c.is_alphanumeric());
        let behind = self.text[range.hi as usize..].starts_with(|c: char| !c.is_whitespace());
        let word = right.bytes().all(|b| b.is_ascii_alphabetic());
        let (l, r) = (if word && before { " " } else { "" }, if word && behind { " " } else { "" });
        self.say(error.fix(format!("write `{right}`"), place, How::Replace, format!("{l}{right}{r}")));
        self.replaced(kind, range, at.indent, sigs)
    }

    /// `:=`, `+=`, `?=`
    fn assignment(&mut self, at: At, rest: &str, sigs: &mut Vec<Sig>) -> Found {
        let after_value =
            sigs.last().is_some_and(|s| s.range.hi <= at.range.lo && (s.kind.is_key() || s.kind == K::TextClose));
        if rest.starts_with("==") || !after_value {
            return Found::Ours;
        }
        // `a : Int?=4`
        let before = sigs.len().checked_sub(2).map(|i| sigs[i].kind);
        let of_type = matches!(before, Some(K::Colon | K::Ref | K::Set | K::Later | K::Pipe | K::ThinArrow));
        if of_type && self.text[at.range.range()].starts_with('?') {
            return Found::Ours;
        }
        let range = TextRange::new(at.range.lo, at.range.hi + 1);
        let place = range.at(self.file);
        let written = &self.text[range.range()];
        let error = code::UNEXPECTED_TOKEN.at(place, format!("`{written}` gives no value; that is written `=`"));
        let error = match written {
            "+=" => error.help("to add to a list that others write too: `append NAME = item`"),
            "?=" => error.help("a value that others may replace: `default NAME = value`"),
            _ => error,
        };
        let fix = "write `=`";
        let error = match written {
            ":=" => error.fix(fix, place, How::Replace, "="),
            _ => error.suggest(fix, place, How::Replace, "="),
        };
        self.say(error);
        self.replaced(K::Eq, range, at.indent, sigs)
    }

    /// Text without quotes; `what` it is.
    pub(super) fn needs_quotes(
        &mut self,
        what: &str,
        range: TextRange,
        indent: Option<u32>,
        sigs: &mut Vec<Sig>,
    ) -> Found {
        let place = range.at(self.file);
        let text = &self.text[range.range()];
        let error = code::BAD_LITERAL.at(place, format!("{what} is a text, so it stands in quotes"));
        self.say(error.fix("put it into quotes", place, How::Replace, format!("\"{text}\"")));
        self.replaced(K::RawText, range, indent, sigs)
    }

    /// Takes the tokens back that stand directly before `at` and that text without spaces may have; where they begin, and
    /// the indentation if that is the first of its line. Not the value of a field before them: `a = `.
    pub(super) fn take_back(&self, at: At, sigs: &mut Vec<Sig>, more: impl Fn(K) -> bool) -> (u32, Option<u32>) {
        let (mut lo, mut indent) = (at.range.lo, at.indent);
        while let Some(before) = sigs.last()
            && before.range.hi == lo
            && at.range.lo - lo < 256
            && indent.is_none()
            && (before.kind.is_word() || before.kind == K::Literal || before.kind == K::Dot || more(before.kind))
        {
            (lo, indent) = (before.range.lo, before.indent);
            sigs.pop();
        }
        (lo, indent)
    }

    /// End of the text without spaces at `from`.
    pub(super) fn run_end(&self, from: u32) -> u32 {
        let rest = &self.text[from as usize..];
        let end = rest.find(|c: char| c.is_whitespace() || ",;()[]{}\"'#".contains(c)).unwrap_or(rest.len());
        from + end as u32
    }

    /// Does a value begin behind the last token?
    pub(super) fn value_begins(sigs: &[Sig]) -> bool {
        matches!(sigs.last().map(|s| s.kind), Some(K::Eq | K::LBracket | K::LParen | K::Comma))
    }

    /// `/etc/nixos`, `./a`, `*.example.com` where a value stands.
    fn bare_path(&mut self, at: At, rest: &str, sigs: &mut Vec<Sig>) -> Found {
        let next = rest.chars().next().unwrap_or(' ');
        let fits = match &self.text[at.range.range()] {
            "/" => next.is_alphanumeric() || next == '_' || next == '.',
            "*" => next == '.',
            _ => next == '/',
        };
        if !fits || !Self::value_begins(sigs) {
            return Found::Ours;
        }
        let range = TextRange::new(at.range.lo, self.run_end(at.range.hi));
        let what = if &self.text[at.range.range()] == "*" { "a domain" } else { "a path" };
        self.needs_quotes(what, range, at.indent, sigs)
    }

    /// `1 .. 3`, `1..=3`, `1...3`, `...a`
    fn dots(&mut self, at: At, rest: &str, sigs: &mut Vec<Sig>) -> Found {
        let behind = rest.trim_start_matches([' ', '.', '=']);
        let digit = behind.starts_with(|c: char| c.is_ascii_digit());
        let low = sigs.last().copied().filter(|s| digit && at.indent.is_none() && s.kind == K::Literal);
        if let Some(low) = low {
            let from = self.text.len() - behind.len();
            let end = self.run_end(from as u32);
            let range = TextRange::new(low.range.lo, end);
            let high = &self.text[from..end as usize];
            let right = format!("{}..{high}", &self.text[low.range.range()]);
            let place = range.at(self.file);
            let error = code::BAD_LITERAL.at(place, format!("a range is one literal with two dots: `{right}`"));
            self.say(error.fix(format!("write `{right}`"), place, How::Replace, right));
            sigs.pop();
            sigs.push(Sig { kind: K::Literal, class: LiteralClass::Malformed, range, indent: low.indent });
            return Found::Replaced(end);
        }
        if !rest.starts_with('.') || rest.starts_with("..") {
            return Found::Ours;
        }
        let range = TextRange::new(at.range.lo, at.range.hi + 1);
        let place = range.at(self.file);
        let ends = rest[1..].starts_with([' ', '\n', '\r', '}', ',']);
        let message =
            if ends { "further fields are written `..`" } else { "all of another list or record is written `..name`" };
        let error = code::UNEXPECTED_TOKEN.at(place, message);
        self.say(error.fix("write `..`", place, How::Replace, ".."));
        self.replaced(K::DotDot, range, at.indent, sigs)
    }

    /// A dot with a digit behind it: `.5`, `v1.31.4`.
    fn dotted(&mut self, at: At, sigs: &mut Vec<Sig>) -> Found {
        if Self::value_begins(sigs) {
            let end = self.run_end(at.range.hi);
            let range = TextRange::new(at.range.lo, end);
            let text = &self.text[range.range()];
            let place = range.at(self.file);
            let error = code::BAD_LITERAL.at(place, format!("`{text}` has no number before its dot"));
            self.say(error.fix(format!("write `0{text}`"), place, How::Replace, format!("0{text}")));
            sigs.push(Sig { kind: K::Literal, class: LiteralClass::Float, range, indent: at.indent });
            return Found::Replaced(end);
        }
        let version = sigs.last().is_some_and(|s| {
            let text = &self.text[s.range.range()];
            let digits = text
                .strip_prefix(['v', 'V', 'r'])
                .is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()));
            s.range.hi == at.range.lo && s.kind == K::Ident && digits
        });
        if !version {
            return Found::Ours;
        }
        let (lo, indent) = self.take_back(at, sigs, |_| false);
        let range = TextRange::new(lo, self.run_end(at.range.hi));
        self.needs_quotes("a version", range, indent, sigs)
    }

    /// A colon directly between two things, the second a number: `10.0.0.1:80`, `12:30`, `host/image:1.2`.
    fn colon(&mut self, at: At, sigs: &mut Vec<Sig>) -> Found {
        let (what, path) = match sigs.as_slice() {
            [.., before] if before.range.hi != at.range.lo || before.indent.is_some() => return Found::Ours,
            [.., Sig { kind: K::Literal, class: LiteralClass::Ip, .. }] => ("an address with its port", false),
            [.., Sig { kind: K::Literal, class: LiteralClass::Int, .. }] => ("a time", false),
            [.., slash, last] if slash.kind == K::Slash && slash.range.hi == last.range.lo => ("an image", true),
            _ => return Found::Ours,
        };
        let kept = sigs.len();
        let taken = sigs[kept.saturating_sub(32)..].to_vec();
        let (lo, indent) = self.take_back(at, sigs, |kind| path && matches!(kind, K::Slash | K::Minus));
        if !Self::value_begins(sigs) || indent.is_some() {
            sigs.truncate(kept.saturating_sub(taken.len()));
            sigs.extend(taken);
            return Found::Ours;
        }
        let range = TextRange::new(lo, self.run_end(at.range.hi));
        self.needs_quotes(what, range, indent, sigs)
    }

    /// `50 %`
    fn percent(&mut self, at: At, rest: &str, sigs: &mut Vec<Sig>) -> Found {
        let behind = rest.trim_start_matches([' ', '\t']);
        let ends = behind.is_empty() || behind.starts_with(['\n', '\r', ',', ')', ']', '}', '#']);
        let Some(number) = sigs.last().copied().filter(|s| ends && s.kind == K::Literal && at.indent.is_none()) else {
            return Found::Ours;
        };
        self.joined(number, at.range, sigs)
    }

    /// A number with its unit behind a space: `5 min`.
    pub(super) fn unit(&mut self, range: TextRange, sigs: &mut Vec<Sig>) -> Found {
        let Some(number) = sigs.last().copied().filter(|s| s.kind == K::Literal) else { return Found::Ours };
        let unit = &self.text[range.range()];
        let plain = matches!(number.class, LiteralClass::Int | LiteralClass::Float);
        let behind = self.text[range.hi as usize..].trim_start_matches([' ', '\t']);
        // `c = 1 d = 2` lacks a comma.
        let field = behind.starts_with(['=', ':', '.', '{']) && !behind.starts_with("==");
        match plain && !field && literal::unit(unit).is_some() {
            true => self.joined(number, range, sigs),
            false => Found::Ours,
        }
    }

    fn joined(&mut self, number: Sig, unit: TextRange, sigs: &mut Vec<Sig>) -> Found {
        let range = TextRange::new(number.range.lo, unit.hi);
        let place = range.at(self.file);
        let (n, u) = (&self.text[number.range.range()], &self.text[unit.range()]);
        let right = literal::unit(u).map_or(u, |(right, _)| right);
        let error = code::BAD_LITERAL.at(place, format!("no space stands between a number and its unit: `{n}{right}`"));
        self.say(error.fix(format!("write `{n}{right}`"), place, How::Replace, format!("{n}{right}")));
        sigs.pop();
        sigs.push(Sig { kind: K::Literal, class: LiteralClass::Malformed, range, indent: number.indent });
        Found::Replaced(range.hi)
    }

    /// `worker-{1..k}`, `worker-${n}`: a name with something behind its minus that is no range of numbers.
    fn numbered(&mut self, at: At, sigs: &mut Vec<Sig>) -> Found {
        let before = sigs.last().copied().filter(|s| s.range.hi == at.range.lo && s.kind.is_word());
        let Some(name) = before else { return Found::Ours };
        let rest = &self.text[at.range.hi as usize..];
        let line = line(rest);
        let Some(close) = line.find('}') else { return Found::Ours };
        let range = TextRange::new(name.range.lo, at.range.hi + close as u32 + 1);
        let place = range.at(self.file);
        let (written, prefix) = (&self.text[range.range()], &self.text[name.range.range()]);
        let inner = line[..close].trim_start_matches(['$', '{']).trim();
        let error = if line.starts_with('$') {
            let error = code::UNEXPECTED_TOKEN.at(place, "a name that is computed stands in quotes");
            error.fix("put it into quotes", place, How::Replace, format!("\"{written}\""))
        } else {
            let message = format!("`{written}` is no name: the braces hold two numbers, as in `{prefix}-{{1..3}}`");
            let error = code::UNEXPECTED_TOKEN.at(place, message);
            match numbers(inner) {
                Some((first, last)) => {
                    let right = format!("{prefix}-{{{first}..{last}}}");
                    error.fix(format!("write `{right}`"), place, How::Replace, right)
                }
                None => error
                    .help(format!("names that are computed: `for i in {inner} {{ … \"{prefix}-${{i}}\" {{ … }} }}`")),
            }
        };
        self.say(error);
        sigs.pop();
        self.replaced(K::RangeName, range, name.indent, sigs)
    }

    /// `{{ .Values.x }}`
    fn template(&mut self, at: At, rest: &str, sigs: &mut Vec<Sig>) -> Found {
        let inner = rest[1..].trim_start_matches('-').trim_start_matches(' ');
        let line = line(rest);
        let Some(close) = line.find("}}").filter(|_| inner.starts_with(['.', '$'])) else { return Found::Ours };
        let range = TextRange::new(at.range.lo, at.range.hi + close as u32 + 2);
        let error = code::UNEXPECTED_TOKEN.at(range.at(self.file), "this is no template: a value is named as it is");
        self.say(error.help("an option of the module by its name, inside of a text as `${name}`"));
        self.replaced(K::RawText, range, at.indent, sigs)
    }

    /// A brace of `${…}` outside of a text stands for a parenthesis.
    fn rounded(&mut self, kind: K, at: At, sigs: &mut Vec<Sig>) -> Found {
        if !self.round.contains(&at.range.lo) {
            return Found::Ours;
        }
        let kind = if kind == K::LBrace { K::LParen } else { K::RParen };
        if kind == K::RParen {
            self.round.clear();
        }
        self.replaced(kind, at.range, at.indent, sigs)
    }
}

/// The rest of the line, and not too much of it.
pub(super) fn line(rest: &str) -> &str {
    let mut end = rest.len().min(300);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    let part = &rest[..end];
    &part[..part.find(['\r', '\n']).unwrap_or(end)]
}

/// The first and the last of `1-3`, `1 .. 3`, `1,2,3`.
fn numbers(inner: &str) -> Option<(u32, u32)> {
    let all: Vec<&str> = inner.split([',', '.', '-', ' ']).filter(|s| !s.is_empty() && *s != "=").collect();
    let all: Vec<u32> = all.iter().map(|s| s.parse()).collect::<Result<_, _>>().ok()?;
    let (first, last) = (*all.first()?, *all.last()?);
    let listed = all.windows(2).all(|w| w[1] == w[0] + 1);
    (first <= last && (all.len() == 2 || listed) && all.len() > 1).then_some((first, last))
}
