//! Characters that no rule begins with: look-alikes of ours, invisible ones, letters that names don't have.

use super::foreign::{At, Found, line};
use super::{Builder, Sig, shown};
use crate::ast::LiteralClass;
use crate::token::K;
use kss_diag::{Diagnostic, FixEdit, How, code};
use kss_span::TextRange;
use logos::Logos;

impl<'s> Builder<'s> {
    /// A run of characters that no rule begins with.
    pub(super) fn unknown(&mut self, at: At, sigs: &mut Vec<Sig>) -> Found {
        let text = self.text;
        let run = &text[at.range.range()];
        let rest = &text[at.range.hi as usize..];
        let first = run.chars().next().unwrap_or(' ');
        match run {
            "&&" => return self.operator(at, 0, K::And, "and", sigs),
            "!" => return self.operator(at, 0, K::Not, "not", sigs),
            ";" => return self.semicolon(at, rest, sigs),
            "~" if rest.starts_with('=') && !rest.starts_with("==") => {
                return self.operator(at, 1, K::NotEq, "!=", sigs);
            }
            "~" if rest.starts_with('/') && Self::value_begins(sigs) => {
                let range = TextRange::new(at.range.lo, self.run_end(at.range.hi));
                return self.needs_quotes("a path", range, at.indent, sigs);
            }
            "@" if rest.starts_with(|c: char| c.is_alphanumeric())
                && sigs.last().is_some_and(|s| s.range.hi == at.range.lo && s.indent.is_none()) =>
            {
                let (lo, indent) = self.take_back(at, sigs, |k| matches!(k, K::Minus | K::Plus));
                let range = TextRange::new(lo, self.run_end(at.range.hi));
                return self.needs_quotes("a mail address", range, indent, sigs);
            }
            "$" => return self.dollar(at, rest, sigs),
            _ => {}
        }
        if let Some(close) = closing(first) {
            return self.quoted(at, first, close, sigs);
        }
        if is_line_end(first) {
            let error = self.character(at.range, first, "the end of a line");
            let place = error.place;
            self.say(error.fix("end the line", place, How::Replace, "\n"));
            return Found::Dropped(at.range.hi);
        }
        if first.is_alphanumeric() || is_invisible(first) || dash(first) && self.inside_a_word(at, sigs) {
            return self.name(at, sigs);
        }
        if is_space(first) {
            let error = self.character(at.range, first, "a space");
            let place = error.place;
            self.say(error.fix("write a space", place, How::Replace, " "));
            return Found::Dropped(at.range.hi);
        }
        if let Some(right) = look_alike(first) {
            return self.look_alike(at, first, right, sigs);
        }
        self.nothing(at, run);
        Found::Dropped(at.range.hi)
    }

    /// A character that means nothing, and for which nothing stands.
    fn nothing(&mut self, at: At, run: &str) {
        let place = at.range.at(self.file);
        let error = code::UNEXPECTED_TOKEN.at(place, format!("`{}` means nothing here", shown(run)));
        let ends = line(&self.text[at.range.hi as usize..]).trim().is_empty();
        let error = match run {
            "&" => error.help("conditions are joined by `and`; a type is narrowed by `where`: `Int where it >= 1`"),
            "~" if ends => error.help("a value that is absent is written `none`"),
            "^" => error.help("there are no powers and no bits here"),
            "\\" if ends => {
                let error = error.help("a line goes on behind an operator or a comma, or inside of parentheses");
                error.fix("remove it", place, How::Replace, "")
            }
            "@" => error.help("a modifier is a word of its own: `private let x = 1`"),
            _ => error,
        };
        self.say(error);
        self.lost(at.range.lo);
    }

    fn character(&self, range: TextRange, c: char, what: &str) -> Diagnostic {
        let len = c.len_utf8() as u32;
        let place = TextRange::new(range.lo, range.lo + len).at(self.file);
        let shown = if is_space(c) || is_invisible(c) || is_line_end(c) { String::new() } else { format!(" `{c}`") };
        code::UNEXPECTED_TOKEN.at(place, format!("the character U+{:04X}{shown} is not {what}", u32::from(c)))
    }

    fn look_alike(&mut self, at: At, c: char, right: &str, sigs: &mut Vec<Sig>) -> Found {
        let range = TextRange::new(at.range.lo, at.range.lo + c.len_utf8() as u32);
        let error = self.character(range, c, &format!("`{right}`"));
        let place = error.place;
        self.say(error.fix(format!("write `{right}`"), place, How::Replace, right));
        let kind = K::lexer(right).next().and_then(Result::ok).unwrap_or(K::Unknown);
        if matches!(kind, K::Unknown | K::TextOpen | K::RawText | K::Comment | K::Space) {
            self.lost(range.lo);
            return Found::Dropped(range.hi);
        }
        self.replaced(kind, range, at.indent, sigs)
    }

    /// `“…”` and the like.
    fn quoted(&mut self, at: At, open: char, close: &str, sigs: &mut Vec<Sig>) -> Found {
        let from = at.range.lo as usize + open.len_utf8();
        let line = line(&self.text[from..]);
        let range = |len: usize| TextRange::new(at.range.lo, (from + len) as u32);
        let end =
            line.find(|c: char| close.contains(c)).map(|n| (n, line[n..].chars().next().map_or(0, char::len_utf8)));
        let Some((len, quote)) = end else {
            let error = self.character(at.range, open, "`\"`");
            let place = error.place;
            self.say(error.suggest("write `\"`", place, How::Replace, "\""));
            self.lost(at.range.lo);
            return Found::Dropped(at.range.hi);
        };
        let range = range(len + quote);
        let place = range.at(self.file);
        let message = match open {
            '`' => "a text stands in `\"`, not in backticks".to_owned(),
            _ => format!("a text stands in `\"`, not in `{open}` (U+{:04X})", u32::from(open)),
        };
        let inner = line[..len].replace('"', "\\\"");
        let error = code::UNEXPECTED_TOKEN.at(place, message);
        self.say(error.fix("write `\"`", place, How::Replace, format!("\"{inner}\"")));
        self.replaced(K::RawText, range, at.indent, sigs)
    }

    fn inside_a_word(&self, at: At, sigs: &[Sig]) -> bool {
        let before = sigs.last().is_some_and(|s| s.range.hi == at.range.lo && s.kind == K::Ident);
        before && self.text[at.range.hi as usize..].starts_with(char::is_alphanumeric)
    }

    /// A name with a letter that names don't have. All of it is one name.
    fn name(&mut self, at: At, sigs: &mut Vec<Sig>) -> Found {
        let mut lo = at.range.lo;
        let mut indent = at.indent;
        // Not an operator of other languages that stands for a word, as `¬` does.
        let is_name = |s: &Sig| {
            s.kind.is_word() && self.text[s.range.range()].starts_with(|c: char| c.is_alphanumeric() || c == '_')
        };
        if let Some(before) = sigs.last().copied().filter(|s| s.range.hi == lo && is_name(s) && at.indent.is_none()) {
            (lo, indent) = (before.range.lo, before.indent);
            sigs.pop();
        }
        let rest = &self.text[lo as usize..];
        let part = |c: char| c.is_alphanumeric() || c == '_' || is_invisible(c);
        let mut len = 0;
        while let Some(c) = rest[len..].chars().next() {
            let after = len + c.len_utf8();
            if !(part(c) || (c == '-' || dash(c)) && rest[after..].starts_with(part)) {
                break;
            }
            len = after;
        }
        let range = TextRange::new(lo, lo + len as u32);
        let text = &rest[..len];
        let letters = text.chars().take(100).map(letter).collect::<Option<Vec<_>>>();
        let right = letters.filter(|_| len <= 100).unwrap_or_default().concat();
        let word = K::lexer(&right).spanned().next().filter(|(_, s)| s.end == right.len()).and_then(|(k, _)| k.ok());
        let number = right.starts_with(|c: char| c.is_ascii_digit());
        if text.chars().all(is_invisible) {
            let error = self.character(range, at_char(text), "seen");
            self.say(error.fix("remove it", range.at(self.file), How::Replace, ""));
            return Found::Dropped(range.hi);
        }
        if self.named.insert(text) {
            self.bad_name(range, text, word.is_some_and(K::is_word) || number, &right);
        }
        if number {
            sigs.push(Sig { kind: K::Literal, class: LiteralClass::Malformed, range, indent });
            return Found::Replaced(range.hi);
        }
        if text.chars().any(|c| c.is_ascii_alphabetic())
            || word.is_some_and(K::is_word)
            || text.chars().all(char::is_alphanumeric)
        {
            return self.replaced(K::Ident, range, indent, sigs);
        }
        self.lost(range.lo);
        Found::Dropped(range.hi)
    }

    fn bad_name(&mut self, range: TextRange, text: &str, fits: bool, right: &str) {
        let strange = text.chars().find(|c| !c.is_ascii_alphanumeric() && !"_-".contains(*c)).unwrap_or(' ');
        let shown = match is_invisible(strange) {
            true => "the invisible character".to_owned(),
            false => format!("`{strange}`"),
        };
        let message = format!(
            "{shown} (U+{:04X}) can't stand in a name: names have the letters a to z, digits, `_` and `-`",
            u32::from(strange)
        );
        let place = range.at(self.file);
        let error = code::UNEXPECTED_TOKEN.at(place, message);
        self.say(if fits { error.suggest(format!("write `{right}`"), place, How::Replace, right) } else { error });
    }

    /// Those of a file are one mistake, mended by one edit.
    fn semicolon(&mut self, at: At, rest: &str, sigs: &mut Vec<Sig>) -> Found {
        if let Some(found) = self.with_scope(at, rest, sigs) {
            return found;
        }
        let place = at.range.at(self.file);
        let behind = rest.trim_start_matches([' ', '\t']);
        let ends =
            behind.is_empty() || behind.starts_with(['\n', '\r', '}', ')', ']', '#', ';']) || at.indent.is_some();
        let text = if ends { "" } else { "," };
        match self.semicolon.and_then(|n| self.out.errors.get_mut(n)).and_then(|e| e.fixes.first_mut()) {
            Some(fix) => {
                fix.edits.push(FixEdit { place, how: How::Replace, text: text.into() });
                fix.title = format!("mend all {} `;`", fix.edits.len());
            }
            None => {
                let message = "`;` ends nothing here: a statement ends at the end of its line, or at a `,`";
                let error = code::UNEXPECTED_TOKEN.at(place, message);
                let title = if ends { "remove `;`" } else { "write `,`" };
                self.semicolon = Some(self.out.errors.len());
                self.say(error.fix(title, place, How::Replace, text));
            }
        }
        match ends {
            true => Found::Dropped(at.range.hi),
            false => self.replaced(K::Comma, at.range, at.indent, sigs),
        }
    }

    /// `with lib;`, which opens a scope in Nix.
    fn with_scope(&mut self, at: At, rest: &str, sigs: &mut Vec<Sig>) -> Option<Found> {
        let path = sigs.iter().rev().take(8).take_while(|s| s.kind == K::Ident || s.kind == K::Dot).count();
        let first = sigs.len().checked_sub(path + 1).filter(|_| path > 0)?;
        let with = sigs[first];
        let before = first.checked_sub(1).map(|b| sigs[b].kind);
        let begins = with.indent.is_some()
            || matches!(before, Some(K::Eq | K::Colon | K::LParen | K::LBracket | K::LBrace | K::Comma));
        if with.kind != K::With || !begins {
            return None;
        }
        let scope = &self.text[sigs[first + 1].range.lo as usize..at.range.lo as usize];
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let range = TextRange::new(with.range.lo, at.range.hi + blank as u32);
        let message = format!("`with` opens no scope here: a name is written with what it is in, as `{scope}.NAME`");
        let place = TextRange::new(with.range.lo, at.range.hi).at(self.file);
        let error = code::UNEXPECTED_TOKEN.at(place, message);
        self.say(error.suggest("remove it", range.at(self.file), How::Replace, ""));
        sigs.truncate(first);
        Some(Found::Dropped(at.range.hi))
    }

    /// `$x` and `${x}` outside of a text.
    fn dollar(&mut self, at: At, rest: &str, sigs: &[Sig]) -> Found {
        let place = at.range.at(self.file);
        let name = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        let message = "`$` stands only in a text; elsewhere a name is written as it is";
        let error = code::UNEXPECTED_TOKEN.at(place, message);
        let free = sigs.last().is_none_or(|s| s.range.hi < at.range.lo);
        let line = line(rest);
        if line.starts_with('{')
            && let Some(close) = partner(line)
        {
            let inner = line[1..close].trim();
            let whole = TextRange::new(at.range.lo, at.range.hi + close as u32 + 1).at(self.file);
            self.round = vec![at.range.hi, at.range.hi + close as u32];
            self.say(match free && !inner.is_empty() && inner.chars().all(name) {
                true => error.fix(format!("write `{inner}`"), whole, How::Replace, inner),
                false => error,
            });
            return Found::Dropped(at.range.hi);
        }
        if rest.starts_with(|c: char| c.is_ascii_alphabetic()) && free {
            self.say(error.fix("remove `$`", place, How::Replace, ""));
            return Found::Dropped(at.range.hi);
        }
        self.say(error);
        self.lost(at.range.lo);
        Found::Dropped(at.range.hi)
    }
}

/// Where the brace at the start of `line` is closed.
fn partner(line: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (n, b) in line.bytes().enumerate() {
        match b {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(n),
            b'}' => depth -= 1,
            b'"' | b'\'' | b'#' => return None,
            _ => {}
        }
    }
    None
}

fn at_char(text: &str) -> char {
    text.chars().next().unwrap_or(' ')
}

/// What ends a text that begins with `open`.
fn closing(open: char) -> Option<&'static str> {
    Some(match open {
        '“' | '”' | '„' | '‟' | '＂' => "“”„‟＂",
        '‘' | '’' | '‚' | '‛' | '＇' => "‘’‚‛＇",
        '«' | '»' => "«»",
        '`' => "`",
        '´' => "´",
        _ => return None,
    })
}

/// What `c` looks like, or stands for elsewhere.
fn look_alike(c: char) -> Option<&'static str> {
    Some(match c {
        '＝' => "=",
        '：' => ":",
        '，' | '、' => ",",
        '．' | '。' => ".",
        '（' => "(",
        '）' => ")",
        '［' | '【' => "[",
        '］' | '】' => "]",
        '｛' => "{",
        '｝' => "}",
        '＋' => "+",
        '＊' | '×' | '·' => "*",
        '／' | '÷' => "/",
        '＜' => "<",
        '＞' => ">",
        '｜' => "|",
        '？' => "?",
        '％' => "%",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '→' | '⇒' => "=>",
        '…' => "..",
        '¬' => "not",
        '∧' => "and",
        '∨' => "or",
        '∈' => "in",
        '＃' => "#",
        c if dash(c) => "-",
        _ => return None,
    })
}

fn dash(c: char) -> bool {
    matches!(c, '‐' | '‑' | '‒' | '–' | '—' | '−' | '－')
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}')
}

fn is_space(c: char) -> bool {
    matches!(c, '\u{b}' | '\u{c}') || c.is_whitespace() && !c.is_ascii() && !is_line_end(c)
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// How a letter is written in a name; `None` for one without such a way.
fn letter(c: char) -> Option<String> {
    let plain = match c {
        _ if c.is_ascii() => return Some(c.to_string()),
        _ if is_invisible(c) => "",
        _ if dash(c) => "-",
        '０'..='９' | 'ａ'..='ｚ' | 'Ａ'..='Ｚ' => {
            return char::from_u32(u32::from(c) - 0xfee0).map(|c| c.to_string());
        }
        'ä' | 'æ' => "ae",
        'ö' | 'œ' | 'ø' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'Ä' | 'Æ' => "Ae",
        'Ö' | 'Œ' | 'Ø' => "Oe",
        'Ü' => "Ue",
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ą' | 'а' => "a",
        'ç' | 'ć' | 'č' | 'с' => "c",
        'ď' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ě' | 'ę' | 'е' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ı' | 'і' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'о' => "o",
        'р' => "p",
        'ř' => "r",
        'ś' | 'š' | 'ş' => "s",
        'ť' => "t",
        'ù' | 'ú' | 'û' | 'ů' => "u",
        'х' => "x",
        'ý' | 'ÿ' | 'у' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    };
    Some(plain.to_owned())
}
