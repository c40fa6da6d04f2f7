//! Types as the files spell them: `str|null`, `[str]`, `{int}`, `map(name)`, `"a"|"b"`, `1..65535`, `@PodSpec`.

use crate::path::quoted_len;

/// One alternative of a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Alt<'a> {
    Any,
    Bool,
    Int,
    Num,
    Str,
    /// An absolute path.
    Path,
    /// The name of a package.
    Pkg,
    Null,
    /// Integers, both ends included.
    Range(Option<i64>, Option<i64>),
    /// This scalar, in JSON.
    Lit(&'a str),
    /// A record: keys that a line names, and no other; names of required ones.
    Map(&'a str),
    /// A record that takes any other key too.
    Open(&'a str),
    /// A record whose other keys hold this type.
    MapOf(&'a str),
    /// A list of anything.
    List,
    /// A list of this type.
    ListOf(&'a str),
    /// What the root `$name` says.
    Def(&'a str),
}

/// The alternatives of a type.
pub(crate) fn alts(ty: &str) -> impl Iterator<Item = Alt<'_>> {
    split(ty, '|').map(alt)
}

/// The names in the brackets of `map(…)`.
pub(crate) fn names(list: &str) -> impl Iterator<Item = std::borrow::Cow<'_, str>> {
    split(list, ',').filter_map(|name| crate::path::split_first(name).map(|(key, _)| key))
}

/// Splits outside brackets and quotes; an empty text has no parts.
fn split(text: &str, at: char) -> impl Iterator<Item = &str> {
    let mut rest = Some(text).filter(|t| !t.is_empty());
    std::iter::from_fn(move || {
        let text = rest?;
        let end = top_level(text, at as u8);
        rest = end.and_then(|end| text.get(end + 1..));
        text.get(..end.unwrap_or(text.len()))
    })
}

fn top_level(text: &str, wanted: u8) -> Option<usize> {
    let (mut depth, mut at, bytes) = (0usize, 0, text.as_bytes());
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at += quoted_len(&text[at..]).unwrap_or(bytes.len()) - 1,
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' | b')' => depth = depth.saturating_sub(1),
            c if c == wanted && depth == 0 => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn alt(text: &str) -> Alt<'_> {
    let inner = |open: &str, close: char| text.strip_prefix(open).and_then(|t| t.strip_suffix(close));
    match text {
        "any" => Alt::Any,
        "bool" => Alt::Bool,
        "int" => Alt::Int,
        "num" => Alt::Num,
        "str" => Alt::Str,
        "path" => Alt::Path,
        "pkg" => Alt::Pkg,
        "null" => Alt::Null,
        "map" => Alt::Map(""),
        "open" => Alt::Open(""),
        "list" => Alt::List,
        _ if text.starts_with('"') => Alt::Lit(text),
        _ => None
            .or_else(|| inner("[", ']').map(Alt::ListOf))
            .or_else(|| inner("{", '}').map(Alt::MapOf))
            .or_else(|| inner("map(", ')').map(Alt::Map))
            .or_else(|| inner("open(", ')').map(Alt::Open))
            .or_else(|| text.strip_prefix('@').map(Alt::Def))
            .or_else(|| range(text))
            .unwrap_or(Alt::Lit(text)),
    }
}

fn range(text: &str) -> Option<Alt<'_>> {
    let (lo, hi) = text.split_once("..")?;
    let end = |t: &str| if t.is_empty() { Some(None) } else { t.parse().ok().map(Some) };
    Some(Alt::Range(end(lo)?, end(hi)?))
}

/// A type in the words of the language, for messages: "`Int` in 0..65535 or `Text`".
pub fn human(ty: &str) -> String {
    let (literals, others): (Vec<Alt>, Vec<Alt>) = alts(ty).partition(|a| matches!(a, Alt::Lit(_)));
    let mut words: Vec<String> = others.into_iter().map(human_alt).collect();
    if !literals.is_empty() {
        let list: Vec<&str> =
            literals.iter().filter_map(|a| if let Alt::Lit(t) = a { Some(*t) } else { None }).collect();
        words.push(if list.len() == 1 { list[0].to_owned() } else { format!("one of {}", list.join(", ")) });
    }
    words.dedup();
    words.join(" or ")
}

fn human_alt(alt: Alt<'_>) -> String {
    match alt {
        Alt::Any => "anything".into(),
        Alt::Bool => "`Bool`".into(),
        Alt::Int => "`Int`".into(),
        Alt::Num => "a number".into(),
        Alt::Str => "`Text`".into(),
        Alt::Path => "an absolute path".into(),
        Alt::Pkg => "a package".into(),
        Alt::Null => "`null`".into(),
        Alt::Range(Some(lo), Some(hi)) => format!("`Int` in {lo}..{hi}"),
        Alt::Range(Some(lo), None) => format!("`Int` from {lo}"),
        Alt::Range(None, Some(hi)) => format!("`Int` up to {hi}"),
        Alt::Range(None, None) => "`Int`".into(),
        Alt::Lit(text) => text.to_owned(),
        Alt::Map(_) | Alt::Open(_) => "a record".into(),
        Alt::MapOf("any") => "a record".into(),
        Alt::MapOf(inner) => format!("a map of {}", human(inner)),
        Alt::List | Alt::ListOf("any") => "a list".into(),
        Alt::ListOf(inner) => format!("a list of {}", plural(inner)),
        Alt::Def(name) => format!("a record ({name})"),
    }
}

fn plural(inner: &str) -> String {
    match alts(inner).collect::<Vec<_>>()[..] {
        [Alt::Map(_) | Alt::Open(_)] => "records".into(),
        [Alt::Def(name)] => format!("records ({name})"),
        _ => human(inner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(ty: &str) -> Vec<Alt<'_>> {
        alts(ty).collect()
    }

    #[test]
    fn types_are_read() {
        assert_eq!(all("str|null"), [Alt::Str, Alt::Null]);
        assert_eq!(all("[str|int]|{@A}"), [Alt::ListOf("str|int"), Alt::MapOf("@A")]);
        assert_eq!(all("\"a|b\"|\"c\\\"|\"|3"), [Alt::Lit("\"a|b\""), Alt::Lit("\"c\\\"|\""), Alt::Lit("3")]);
        assert_eq!(all("map(name,\"a,b\")"), [Alt::Map("name,\"a,b\"")]);
        assert_eq!(names("name,\"a,b\"").collect::<Vec<_>>(), ["name", "a,b"]);
        assert_eq!(all("0..65535|1.."), [Alt::Range(Some(0), Some(65535)), Alt::Range(Some(1), None)]);
        assert_eq!(all(""), []);
    }

    #[test]
    fn malformed_types_are_no_panic() {
        for text in ["[", "\"", "|", "map(", "]", "{{", "\"\\", "..", "a..b"] {
            let _ = human(text);
        }
    }

    #[test]
    fn types_have_words() {
        assert_eq!(human("[str]|null"), "a list of `Text` or `null`");
        assert_eq!(human("\"a\"|\"b\""), "one of \"a\", \"b\"");
        assert_eq!(human("[map(name)]"), "a list of records");
    }
}
