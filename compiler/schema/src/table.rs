//! A file of sorted lines, searched without reading it.

use std::sync::Arc;

/// The text of a file: of the library it is part of the program, of a project it is read.
#[derive(Clone, Debug)]
pub enum Text {
    /// Part of the program.
    Static(&'static str),
    /// Read.
    Shared(Arc<str>),
}

impl Text {
    /// The text.
    pub fn as_str(&self) -> &str {
        match self {
            Text::Static(text) => text,
            Text::Shared(text) => text,
        }
    }
}

/// A line of the body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) path: &'a str,
    pub(crate) ty: &'a str,
    pub(crate) default: Option<&'a str>,
    pub(crate) doc: Option<&'a str>,
}

fn path_of(line: &str) -> &str {
    line.split('\t').next().unwrap_or(line)
}

fn read(line: &str) -> Line<'_> {
    let mut fields = line.split('\t');
    let mut next = || fields.next().filter(|f| !f.is_empty());
    let path = path_of(line);
    next();
    Line { path, ty: next().unwrap_or("any"), default: next(), doc: next() }
}

/// A file. Making one costs nothing; each question is a binary search.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    text: Text,
    /// Where the header ends.
    body: usize,
}

/// The lines above the body: `# word rest`.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a>(&'a str);

impl<'a> Header<'a> {
    /// The header of a file.
    pub fn of(text: &'a str) -> Header<'a> {
        Header(&text[..body_of(text)])
    }

    /// Every line that begins with `word`, without it.
    pub fn all(self, word: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.lines().filter_map(move |line| line.strip_prefix("# ")?.strip_prefix(word)?.strip_prefix(' '))
    }

    /// The first such line.
    pub fn get(self, word: &'a str) -> Option<&'a str> {
        self.all(word).next()
    }
}

fn body_of(text: &str) -> usize {
    let mut at = 0;
    while text[at..].starts_with('#') {
        at = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
    }
    at
}

impl Table {
    pub(crate) fn new(text: Text) -> Table {
        let body = body_of(text.as_str());
        Table { text, body }
    }

    fn body(&self) -> &str {
        self.text.as_str().get(self.body..).unwrap_or_default()
    }

    /// Where the first line begins whose path is not below `path`.
    fn lower_bound(&self, path: &str) -> usize {
        let body = self.body();
        let bytes = body.as_bytes();
        let (mut lo, mut hi) = (0, bytes.len());
        while lo < hi {
            let mid = lo + (hi - lo) / 2;
            let start = bytes[lo..mid].iter().rposition(|c| *c == b'\n').map_or(lo, |at| lo + at + 1);
            let end = bytes[start..].iter().position(|c| *c == b'\n').map_or(bytes.len(), |at| start + at);
            let line = body.get(start..end).unwrap_or_default();
            if path_of(line) < path {
                lo = (end + 1).min(bytes.len());
            } else {
                hi = start;
            }
        }
        lo
    }

    fn lines_from(&self, at: usize) -> impl Iterator<Item = &str> {
        self.body().get(at..).unwrap_or_default().lines()
    }

    /// The line of exactly this path.
    pub(crate) fn line(&self, path: &str) -> Option<Line<'_>> {
        self.lines_from(self.lower_bound(path)).next().filter(|line| path_of(line) == path).map(read)
    }

    /// Is there a line whose path begins like this?
    pub(crate) fn has_prefix(&self, prefix: &str) -> bool {
        self.lines_from(self.lower_bound(prefix)).next().is_some_and(|line| line.starts_with(prefix))
    }

    /// Every line whose path begins like this, in order.
    pub(crate) fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = Line<'a>> + 'a {
        self.lines_from(self.lower_bound(prefix)).take_while(move |line| line.starts_with(prefix)).map(read)
    }

    /// Every line that holds this text anywhere.
    pub(crate) fn containing<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Line<'a>> + 'a {
        self.body().lines().filter(move |line| line.contains(text)).map(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# kss-schema 1 chart\n# name x\n# input a\n# input b\na\tmap(b)\na-b\tstr\t\"x\"\na.b\tint\na.c.d\tbool\tfalse\tswitches it\nz\tstr\n";

    #[test]
    fn lines_are_found_without_reading_the_file() {
        let table = Table::new(Text::Static(FILE));
        assert_eq!(Header::of(FILE).get("name"), Some("x"));
        assert_eq!(Header::of(FILE).all("input").collect::<Vec<_>>(), ["a", "b"]);
        for (path, ty) in [("a", "map(b)"), ("a-b", "str"), ("a.b", "int"), ("a.c.d", "bool"), ("z", "str")] {
            assert_eq!(table.line(path).map(|l| l.ty), Some(ty), "{path}");
        }
        assert_eq!(table.line("a.c.d").and_then(|l| l.doc), Some("switches it"));
        for path in ["", "A", "a.", "a.c", "zz"] {
            assert_eq!(table.line(path), None, "{path}");
        }
        assert!(table.has_prefix("a.c.") && !table.has_prefix("a.d"));
        assert_eq!(table.with_prefix("a.").count(), 2);
    }

    #[test]
    fn odd_files_are_no_panic() {
        for text in ["", "#", "# x", "\n\n", "a", "é\té\n\tü", "#\né"] {
            let table = Table::new(Text::Static(text));
            for path in ["", "a", "é", "ü", "zzz"] {
                let _ = (table.line(path), table.has_prefix(path), table.with_prefix(path).count());
            }
        }
    }
}
