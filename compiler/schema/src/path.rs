//! Paths as the files spell them: `server.ingress.hosts[].name`, `"grafana.ini".server`, `jobs.*.image`.

use std::borrow::Cow;

/// One key of a path: bare if it reads as a name, else quoted as in JSON.
pub fn segment(key: &str) -> Cow<'_, str> {
    let plain =
        !key.is_empty() && key.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_' || c == b'-' || c == b'/');
    if plain { Cow::Borrowed(key) } else { Cow::Owned(serde_json::Value::from(key).to_string()) }
}

/// Takes the first key off a path: the key without quotes, and what follows it (`.rest`, `[]…`, or nothing).
pub(crate) fn split_first(path: &str) -> Option<(Cow<'_, str>, &str)> {
    if path.is_empty() {
        return None;
    }
    if path.starts_with('"') {
        let end = quoted_len(path)?;
        let key = serde_json::from_str::<String>(&path[..end]).ok()?;
        return Some((Cow::Owned(key), &path[end..]));
    }
    let end = path.find(['.', '[']).unwrap_or(path.len());
    Some((Cow::Borrowed(&path[..end]), &path[end..]))
}

/// Bytes of the quoted text at the start of `text`, quotes included.
pub(crate) fn quoted_len(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// A step of a path as a file spells it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// A key by name.
    Key(String),
    /// `*`: any other key.
    AnyKey,
    /// `[]`: any item.
    Item,
}

/// The steps of a path; nothing if it is malformed.
pub(crate) fn steps(mut path: &str) -> Option<Vec<Step>> {
    let mut found = Vec::new();
    while !path.is_empty() {
        if let Some(rest) = path.strip_prefix("[]") {
            found.push(Step::Item);
            path = rest.strip_prefix('.').unwrap_or(rest);
            continue;
        }
        let star = path.starts_with('*');
        let (key, rest) = split_first(path)?;
        if key.is_empty() && !path.starts_with('"') {
            return None;
        }
        found.push(if star { Step::AnyKey } else { Step::Key(key.into_owned()) });
        path = rest.strip_prefix('.').unwrap_or(rest);
    }
    Some(found)
}

/// A place in a file, built by steps. A *root* is where one schema of a file begins: nothing for a chart,
/// `Deployment apps/v1` for a kind, `$PodSpec` for a definition that several places share.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    text: String,
    root: usize,
}

/// How long the text was before a step.
#[derive(Clone, Copy)]
pub(crate) struct Mark(usize);

impl Place {
    /// The place of `root` itself.
    pub fn root(root: &str) -> Place {
        Place { text: root.to_owned(), root: root.len() }
    }

    /// As the file spells it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Without its root.
    pub fn relative(&self) -> &str {
        let rest = self.text.get(self.root..).unwrap_or_default();
        rest.strip_prefix(' ').unwrap_or(rest)
    }

    /// What every path below a key of this place begins with.
    pub(crate) fn prefix(&self) -> String {
        let mut below = self.clone();
        below.separate();
        below.text
    }

    /// What stands between this place and the keys below it.
    pub(crate) fn separator(&self) -> &'static str {
        match (self.text.len() == self.root, self.root) {
            (true, 0) => "",
            (true, _) => " ",
            (false, _) => ".",
        }
    }

    fn separate(&mut self) {
        self.text.push_str(self.separator());
    }

    /// Where it is now.
    pub(crate) fn mark(&self) -> Mark {
        Mark(self.text.len())
    }

    /// Steps to a key.
    pub(crate) fn key(&mut self, key: &str) -> Mark {
        let mark = self.mark();
        self.separate();
        self.text.push_str(&segment(key));
        mark
    }

    /// Steps to what every other key holds.
    pub(crate) fn any_key(&mut self) -> Mark {
        let mark = self.mark();
        self.separate();
        self.text.push('*');
        mark
    }

    /// Steps to what a list holds.
    pub(crate) fn item(&mut self) -> Mark {
        let mark = self.mark();
        self.text.push_str("[]");
        mark
    }

    /// Back to where it was.
    pub(crate) fn back(&mut self, mark: Mark) {
        self.text.truncate(mark.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_no_names_are_quoted() {
        assert_eq!(segment("limits_config"), "limits_config");
        assert_eq!(segment("grafana.ini"), "\"grafana.ini\"");
        assert_eq!(segment("*"), "\"*\"");
        assert_eq!(segment("a\tb"), "\"a\\tb\"");
        assert_eq!(split_first("\"grafana.ini\".server"), Some(("grafana.ini".into(), ".server")));
        assert_eq!(split_first("a[].b"), Some(("a".into(), "[].b")));
    }

    #[test]
    fn places_join_by_their_root() {
        let mut chart = Place::root("");
        chart.key("a");
        chart.item();
        chart.key("b");
        assert_eq!(chart.text(), "a[].b");
        let mut kind = Place::root("Deployment apps/v1");
        kind.key("spec");
        kind.any_key();
        assert_eq!(kind.text(), "Deployment apps/v1 spec.*");
        assert_eq!(kind.relative(), "spec.*");
    }

    #[test]
    fn steps_are_read_back() {
        let read = steps("a[].\"x.y\".*").expect("well formed");
        assert_eq!(read, [Step::Key("a".into()), Step::Item, Step::Key("x.y".into()), Step::AnyKey]);
        assert_eq!(steps("a..b"), None);
    }
}
