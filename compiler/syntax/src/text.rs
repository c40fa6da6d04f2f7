//! From a text as it is written to the text that is meant.
//!
//! In `"…"` the escapes are `\"`, `\\`, `\$`, `\n` and `\t`. In `"""…"""` a backslash is itself, except before `"` and `$`, so
//! that regular expressions stay readable. Both forms with lines, `"""` and `'''`, work as the text blocks of Swift do: a line end
//! directly behind the opening quotes is dropped; if only space stands before the closing quotes, that line is dropped
//! together with the line end before it; the indentation that all lines share (the closing line counts, blank lines don't) is
//! taken off. So a text ends without a line end unless a blank line stands before its closing quotes.

use kss_span::TextRange;

/// A piece of a text: as written, or a hole.
#[derive(Clone, Debug)]
pub(crate) enum Piece<H> {
    Plain(TextRange),
    Hole(H),
}

/// An escape that doesn't exist: its place.
pub(crate) type BadEscape = TextRange;

/// Resolves escapes, and indentation if the text is `multi`. Neighbouring pieces of plain text become one; empty ones go.
pub(crate) fn cook<H>(
    source: &str,
    pieces: Vec<Piece<H>>,
    multi: bool,
    bad: &mut Vec<BadEscape>,
) -> Vec<Result<String, H>> {
    let shared = if multi { shared_indent(source, &pieces) } else { 0 };
    let mut out: Vec<Result<String, H>> = Vec::new();
    let last = pieces.len().saturating_sub(1);
    for (i, piece) in pieces.into_iter().enumerate() {
        match piece {
            Piece::Hole(hole) => out.push(Err(hole)),
            Piece::Plain(range) => {
                let raw = &source[range.range()];
                let mut text = String::with_capacity(raw.len());
                if multi {
                    let lines = strip(raw, shared, i == 0, i == last);
                    unescape_block(&lines, &mut text);
                } else {
                    unescape_line(raw, range, &mut text, bad);
                }
                match out.last_mut() {
                    Some(Ok(before)) => before.push_str(&text),
                    _ if text.is_empty() => {}
                    _ => out.push(Ok(text)),
                }
            }
        }
    }
    out
}

/// A raw text without its quotes.
pub(crate) fn cook_raw(raw: &str) -> String {
    match raw.strip_prefix("'''") {
        Some(body) => {
            let body = body.strip_suffix("'''").unwrap_or(body);
            let whole = TextRange::new(0, body.len() as u32);
            let shared = shared_indent::<()>(body, &[Piece::Plain(whole)]);
            strip(body, shared, true, true)
        }
        None => {
            let body = raw.strip_prefix('\'').unwrap_or(raw);
            body.strip_suffix('\'').unwrap_or(body).to_owned()
        }
    }
}

fn indent(line: &str) -> usize {
    line.bytes().take_while(|b| matches!(b, b' ' | b'\t')).count()
}

/// The indentation that all lines but the first have.
fn shared_indent<H>(source: &str, pieces: &[Piece<H>]) -> usize {
    let mut shared: Option<usize> = None;
    for piece in pieces {
        let Piece::Plain(range) = piece else { continue };
        let lines = source[range.range()].split('\n');
        let count = lines.clone().count();
        for (n, line) in lines.enumerate().skip(1) {
            // The last line of a piece has a hole or the closing quotes on it.
            if n + 1 == count || !line.trim().is_empty() {
                shared = Some(shared.map_or(indent(line), |s| s.min(indent(line))));
            }
        }
    }
    shared.unwrap_or(0)
}

/// Takes `shared` off every line but the first. `first` and `last`: does the piece begin or end the text?
fn strip(raw: &str, shared: usize, first: bool, last: bool) -> String {
    let mut lines: Vec<&str> = raw.split('\n').map(|l| l.strip_suffix('\r').unwrap_or(l)).collect();
    let count = lines.len();
    for (n, line) in lines.iter_mut().enumerate().skip(1) {
        let closing = n + 1 == count;
        *line = match line.trim().is_empty() && !closing {
            true => "",
            false => &line[shared.min(indent(line))..],
        };
    }
    if last && count > 1 && lines.last().is_some_and(|l| l.trim().is_empty()) {
        lines.pop();
    }
    let drop = first && count > 1 && lines.first().is_some_and(|l| l.trim().is_empty());
    lines[usize::from(drop)..].join("\n")
}

/// `\"` and `\$`; another backslash is itself.
fn unescape_block(raw: &str, out: &mut String) {
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match rest.as_bytes().get(1) {
            Some(b'"' | b'$') => out.push_str(&rest[1..2]),
            Some(b'\\') => out.push_str("\\\\"),
            _ => {
                out.push('\\');
                rest = &rest[1..];
                continue;
            }
        }
        rest = &rest[2..];
    }
    out.push_str(rest);
}

fn unescape_line(raw: &str, range: TextRange, out: &mut String, bad: &mut Vec<BadEscape>) {
    let mut chars = raw.char_indices();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some((_, c @ ('"' | '\\' | '$'))) => out.push(c),
            Some((_, 'n')) => out.push('\n'),
            Some((_, 't')) => out.push('\t'),
            other => {
                out.push('\\');
                let len = other.map_or(0, |(_, c)| c.len_utf8());
                out.extend(other.map(|(_, c)| c));
                let lo = range.lo + at as u32;
                bad.push(TextRange::new(lo, lo + 1 + len as u32));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(raw: &str) -> String {
        let whole = Piece::<()>::Plain(TextRange::new(0, raw.len() as u32));
        let mut bad = Vec::new();
        cook(raw, vec![whole], true, &mut bad).pop().and_then(Result::ok).unwrap_or_default()
    }

    #[test]
    fn blocks_lose_their_indentation() {
        assert_eq!(block("\n    a\n      b\n\n    c\n    "), "a\n  b\n\nc");
        assert_eq!(block("\n    a\n  "), "  a", "the closing line counts");
        assert_eq!(block("\n  a\n\n  "), "a\n", "a blank line at the end is a line end");
        assert_eq!(block("a b"), "a b");
        assert_eq!(block("a\n  b"), "a\nb", "the first line is not indented");
        assert_eq!(block("\r\n  a\r\n  b\r\n  "), "a\nb");
        assert_eq!(block(""), "");
        assert_eq!(block("\n"), "");
    }

    #[test]
    fn blocks_keep_backslashes() {
        assert_eq!(block(r#"\.\./|\\ \" \${x}"#), r#"\.\./|\\ " ${x}"#);
    }

    #[test]
    fn raw_texts() {
        assert_eq!(cook_raw(r"'a \n ${b}'"), r"a \n ${b}");
        assert_eq!(cook_raw("'''\n  a\n    b\n  '''"), "a\n  b");
        assert_eq!(cook_raw("'open"), "open");
    }

    #[test]
    fn escapes_of_a_line() {
        let raw = r#"\" \\ \${x} \n \t \d"#;
        let mut bad = Vec::new();
        let whole = Piece::<()>::Plain(TextRange::new(0, raw.len() as u32));
        let text = cook(raw, vec![whole], false, &mut bad);
        assert_eq!(text, [Ok("\" \\ ${x} \n \t \\d".to_owned())]);
        assert_eq!(bad, [TextRange::new(18, 20)]);
    }
}
