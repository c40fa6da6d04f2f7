//! Keys that a `values.yaml` shows in comments only.
//!
//! ```text
//! server:
//!   port: 80
//!   # nodePort: 30080     a key of `server`
//! ```
//!
//! A commented line counts if its `#` stands where the keys of a record begin that is not empty, and if it reads as
//! `key: value`. Records below lists are left alone.

use regex::Regex;
use std::sync::LazyLock;

static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^# ?([a-zA-Z_][A-Za-z0-9_-]*):(?:\s+(.*))?$").ok());
static REAL_KEY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"^(?:"([^"]+)"|'([^']+)'|([^\s#'"\-\[{][^:#]*?)):(?:\s+(.*))?$"#).ok());

/// Words that stand before a colon in prose.
const PROSE: &[&str] = &[
    "default",
    "e",
    "eg",
    "ex",
    "example",
    "examples",
    "format",
    "http",
    "https",
    "i",
    "important",
    "info",
    "note",
    "options",
    "optional",
    "ref",
    "reference",
    "see",
    "todo",
    "type",
    "usage",
    "values",
    "warning",
];

/// A key of which only a comment tells.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Commented {
    pub(crate) parent: Vec<String>,
    pub(crate) key: String,
}

/// A record that is open where a line stands: how far its keys are indented, and the key that it is the value of.
struct Level {
    indent: usize,
    /// Nothing for an element of a list: what is below can't be named.
    key: Option<String>,
}

/// The keys that comments tell of, in order.
pub(crate) fn commented(text: &str) -> Vec<Commented> {
    let lines: Vec<&str> = text.lines().collect();
    let mut scan = Scan { found: Vec::new(), levels: Vec::new(), block: None };
    for (at, line) in lines.iter().enumerate() {
        scan.line(line, &lines[at + 1..]);
    }
    scan.found
}

struct Scan {
    found: Vec<Commented>,
    levels: Vec<Level>,
    /// Indentation of the key whose block text is being passed over.
    block: Option<usize>,
}

impl Scan {
    fn line(&mut self, line: &str, after: &[&str]) {
        let body = line.trim_start();
        let indent = line.len() - body.len();
        if self.block.is_some_and(|block| indent > block || body.is_empty()) {
            return;
        }
        self.block = None;
        if body.starts_with('#') {
            self.comment(body, indent, after);
        } else if !body.is_empty() {
            self.content(body, indent);
        }
    }

    fn content(&mut self, body: &str, indent: usize) {
        self.levels.retain(|level| level.indent < indent);
        let mut rest = body;
        let mut column = indent;
        while let Some(item) = rest.strip_prefix('-').filter(|r| r.is_empty() || r.starts_with(' ')) {
            let inner = item.trim_start();
            self.levels.push(Level { indent: column, key: None });
            column += rest.len() - inner.len();
            rest = inner;
        }
        let Some(found) = REAL_KEY.as_ref().and_then(|re| re.captures(rest)) else { return };
        let key = found.get(1).or(found.get(2)).or(found.get(3)).map(|m| m.as_str().trim().to_owned());
        let value = found.get(4).map_or("", |m| m.as_str());
        if value.starts_with(['|', '>']) {
            self.block = Some(column);
        }
        self.levels.push(Level { indent: column, key });
    }

    fn comment(&mut self, body: &str, indent: usize, after: &[&str]) {
        let Some(found) = KEY.as_ref().and_then(|re| re.captures(body)) else { return };
        let (Some(key), value) = (found.get(1).map(|m| m.as_str()), found.get(2).map_or("", |m| m.as_str())) else {
            return;
        };
        if PROSE.contains(&key.to_ascii_lowercase().as_str()) || is_prose(value) {
            return;
        }
        let Some(parent) = self.parent(indent, after) else { return };
        self.found.push(Commented { parent, key: key.to_owned() });
    }

    /// The path of the record whose keys begin at `indent`.
    fn parent(&self, indent: usize, after: &[&str]) -> Option<Vec<String>> {
        let known = self.levels.iter().any(|level| level.indent == indent && level.key.is_some());
        let next = after.iter().map(|line| (line.len() - line.trim_start().len(), line.trim_start()));
        let next = { next }.find(|(_, body)| !body.is_empty() && !body.starts_with('#'));
        let opens = next.is_some_and(|(at, body)| at == indent && !body.starts_with('-'))
            && self.levels.last().is_none_or(|level| level.indent < indent);
        if !known && !opens {
            return None;
        }
        self.levels.iter().filter(|level| level.indent < indent).map(|level| level.key.clone()).collect()
    }
}

/// A plain value of several words is a sentence.
fn is_prose(value: &str) -> bool {
    let value = value.split(" #").next().unwrap_or_default().trim();
    let quoted = value.starts_with(['"', '\'', '[', '{', '|', '>', '&', '*', '!']);
    !quoted && value.contains(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        commented(text).into_iter().map(|c| [c.parent, vec![c.key]].concat().join(".")).collect()
    }

    #[test]
    fn commented_keys_are_found_below_their_parent() {
        let text = "# Default values: see below\nserver:\n  # nodePort: 30080\n  port: 80\n  tls:\n    on: true\n  # extra:\n  #   a: 1\n# replicas: 2\n";
        assert_eq!(paths(text), ["server.nodePort", "server.extra", "replicas"]);
    }

    #[test]
    fn prose_block_texts_and_lists_are_no_keys() {
        let text = "a:\n  # note: this is prose\n  # ref: https://x\n  # Sets it: to a value\n  b: 1\n  # Example:\n  #   c: 1\n  d:\n    - e: 1\n      # f: 2\n  g: {}\n    # h: 1\n  i: |\n    # j: 1\n    text\n  k: 2\n";
        assert_eq!(paths(text), Vec::<String>::new());
    }
}
