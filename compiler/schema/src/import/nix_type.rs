//! Types of NixOS options as their descriptions spell them: "null or list of string".

use crate::import::node::{Map, Node, Rest, Scalar};

/// What a described type takes. What is not understood takes anything.
pub(crate) fn read(description: &str) -> Node {
    let node = parse(unescape(description).trim());
    if node.any { Node::any() } else { node }
}

/// Some lists are written for pages.
pub(crate) fn unescape(text: &str) -> String {
    text.replace("&gt;", ">").replace("&lt;", "<").replace("&quot;", "\"").replace("&amp;", "&")
}

fn parse(text: &str) -> Node {
    let text = text.trim();
    let text = text.strip_suffix(" convertible to it").unwrap_or(text).trim();
    if let Some(inner) = bracketed(text) {
        return parse(inner);
    }
    if let Some(node) = prefixed(text) {
        return node;
    }
    let parts = split_or(text);
    if parts.len() > 1 {
        return parts.into_iter().map(parse).fold(Node::default(), Node::or);
    }
    simple(text)
}

/// `(…)` around the whole.
fn bracketed(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    let mut depth = 0i32;
    for c in inner.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return None;
        }
    }
    (depth == 0).then_some(inner)
}

/// Types that reach to the end of the text whatever they hold.
fn prefixed(text: &str) -> Option<Node> {
    if text.contains(", meaning ") && text.contains(" or string containing") {
        return Some(Node::any());
    }
    for free in ["section of an INI file", "open submodule", "function that"] {
        if text.starts_with(free) {
            return Some(if free == "function that" { Node::any() } else { Node::open() });
        }
    }
    None
}

/// Splits at ` or ` outside brackets and quotes.
fn split_or(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0i32, false);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '“' => quoted = true,
            '”' => quoted = false,
            ' ' if depth == 0 && !quoted && text[at..].starts_with(" or ") => {
                parts.push(&text[start..at]);
                start = at + 4;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

fn simple(text: &str) -> Node {
    for wrapper in ["lazy ", "non-empty ", "null-or ", "(optionally newline-terminated) "] {
        if let Some(inner) = text.strip_prefix(wrapper) {
            return parse(inner);
        }
    }
    for (prefix, list) in [("list of ", true), ("attribute set of ", false)] {
        if let Some(inner) = text.strip_prefix(prefix) {
            let inner = parse(inner);
            return if list { Node::list_of(inner) } else { Node::map_of(inner) };
        }
    }
    if let Some(list) = text.strip_prefix("one of ") {
        return literals(list);
    }
    if let Some(one) = text.strip_prefix("value ").and_then(|t| t.strip_suffix(" (singular enum)")) {
        return literals(one);
    }
    if let Some(node) = number(text) {
        return node;
    }
    named(text)
}

fn named(text: &str) -> Node {
    match text {
        "boolean" | "bool" => Node::scalar(Scalar::Bool),
        "null" => Node::scalar(Scalar::Null),
        "path" | "absolute path" => Node::scalar(Scalar::Path),
        "package" => Node::scalar(Scalar::Pkg),
        "attribute set" => Node::open(),
        "submodule" => Node::record(Map { rest: Rest::Closed, ..Map::default() }),
        "list" => Node::list_of(Node::any()),
        _ if is_text(text) => Node::scalar(Scalar::Str),
        _ => Node::any(),
    }
}

fn is_text(text: &str) -> bool {
    ["string", "strings concatenated", "single-line string", "printable string", "file mode string"]
        .iter()
        .any(|word| text == *word || text.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', ','])))
}

fn number(text: &str) -> Option<Node> {
    let int = |lo, hi| Some(Node::scalar(Scalar::Range(lo, hi)));
    if text.starts_with("floating point number") || text.starts_with("nonnegative integer") {
        return Some(Node::scalar(Scalar::Num));
    }
    if text.contains("integer") {
        if let Some(range) = text.split_once("between ").map(|(_, range)| range) {
            let (lo, rest) = range.split_once(" and ")?;
            let hi = rest.split(' ').next()?;
            return int(Some(lo.parse().ok()?), Some(hi.parse().ok()?));
        }
        return match text {
            "signed integer" | "integer" => Some(Node::scalar(Scalar::Int)),
            _ if text.starts_with("positive integer") => int(Some(1), None),
            _ if text.starts_with("unsigned integer") => int(Some(0), None),
            _ => None,
        };
    }
    None
}

/// `“a”, “b”, 3, true, <null>`
fn literals(list: &str) -> Node {
    let mut node = Node::default();
    let mut rest = list.trim();
    while !rest.is_empty() {
        let (word, after) = if let Some(quoted) = rest.strip_prefix('“') {
            let Some((text, after)) = quoted.split_once('”') else { return Node::any() };
            (Scalar::Lit(serde_json::Value::from(text).to_string()), after)
        } else {
            let (word, after) = rest.split_once(',').unwrap_or((rest, ""));
            let scalar = match word.trim() {
                "<null>" | "null" => Scalar::Null,
                word if word.parse::<f64>().is_ok() || word == "true" || word == "false" => {
                    Scalar::Lit(word.to_owned())
                }
                _ => return Node::any(),
            };
            (scalar, after)
        };
        node.scalars.insert(word);
        rest = after.trim_start_matches([',', ' ']);
    }
    node
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_become_types() {
        for (description, ty) in [
            ("boolean", "bool"),
            ("null or string", "str|null"),
            ("null or (list of string)", "[str]|null"),
            ("list of (one of “a b”, “c or d”)", "[\"a b\"|\"c or d\"]"),
            ("16 bit unsigned integer; between 0 and 65535 (both inclusive)", "0..65535"),
            ("positive integer, meaning &gt;0", "1.."),
            ("attribute set of (string or signed integer or boolean)", "{bool|int|str}"),
            ("strings concatenated with “\\n”", "str"),
            ("string matching the pattern [a-z]+[.](service|socket)", "str"),
            ("attribute set of (submodule)", "{map}"),
            ("null or package", "pkg|null"),
            ("list of package", "[pkg]"),
            ("string or (list of string) convertible to it", "str|[str]"),
            ("one of 0, 1, “auto”", "\"auto\"|0|1"),
            ("(optionally newline-terminated) single-line string", "str"),
            ("YAML value", "any"),
            ("null or YAML value", "any"),
            (
                "attribute set of section of an INI file (attrs of INI atom (null, bool, int, float or string))",
                "{open}",
            ),
            ("atom (null, bool, int, float or string)", "any"),
            ("floating point number or (positive integer, meaning &gt;0)", "num"),
            ("value “auto” (singular enum)", "\"auto\""),
        ] {
            assert_eq!(read(description).spell(), ty, "{description}");
        }
    }
}
