//! A file of sorted lines, searched without reading it.

use rustc_hash::FxHashMap;
use std::sync::{Arc, PoisonError, RwLock};

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

fn read(line: &str) -> Line<'_> {
    let mut fields = line.split('\t');
    let path = fields.next().unwrap_or(line);
    let mut next = || fields.next().filter(|f| !f.is_empty());
    Line { path, ty: next().unwrap_or("any"), default: next(), doc: next() }
}

/// What a file has at a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Found<'a> {
    /// A line of its own.
    Line(Line<'a>),
    /// Lines below it only.
    Below,
    Nothing,
}

/// A file. Making one reads its header; the first question for a path is a binary search, which is remembered: the values of
/// every cluster ask for the same ones. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    text: Text,
    /// Where the header ends.
    body: usize,
    known: Arc<RwLock<FxHashMap<Box<str>, Spot>>>,
}

/// Paths that are remembered at most. An editor asks for whatever somebody types.
const REMEMBERED: usize = 1 << 16;

/// What stands at a path: where in the body its line begins and where each of its fields ends.
#[derive(Clone, Copy, Debug)]
enum Spot {
    Line { at: u32, path: u32, ty: u32, default: u32, doc: u32 },
    Below,
    Nothing,
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
        Table { text, body, known: Arc::default() }
    }

    fn body(&self) -> &str {
        self.text.as_str().get(self.body..).unwrap_or_default()
    }

    /// Where the first line begins whose path is not below `path`. Whatever follows a path in its line (a tab, the end of the
    /// line) sorts before what may stand in a path, so lines are compared as they are.
    fn lower_bound(&self, path: &str) -> usize {
        let (bytes, path) = (self.body().as_bytes(), path.as_bytes());
        let (mut lo, mut hi) = (0, bytes.len());
        while lo < hi {
            let mid = lo + (hi - lo) / 2;
            let start = memchr::memrchr(b'\n', &bytes[lo..mid]).map_or(lo, |at| lo + at + 1);
            let begin = &bytes[start..bytes.len().min(start + path.len())];
            if begin < path {
                lo = memchr::memchr(b'\n', &bytes[mid..]).map_or(bytes.len(), |at| mid + at + 1);
            } else {
                hi = start;
            }
        }
        lo
    }

    fn lines_from(&self, at: usize) -> impl Iterator<Item = &str> {
        self.body().get(at..).unwrap_or_default().lines()
    }

    /// What it has at `path`, where `separator` stands between that and the keys below it, which is the same whenever this path
    /// is asked for.
    pub(crate) fn find(&self, path: &str, separator: &str) -> Found<'_> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(path).copied();
        self.found(known.unwrap_or_else(|| {
            let spot = self.search(path, separator);
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= REMEMBERED {
                known.clear();
            }
            known.insert(path.into(), spot);
            spot
        }))
    }

    fn found(&self, spot: Spot) -> Found<'_> {
        let Spot::Line { at, path, ty, default, doc } = spot else {
            return if matches!(spot, Spot::Below) { Found::Below } else { Found::Nothing };
        };
        let body = self.body();
        let field = |from: u32, to: u32| body.get(from as usize + 1..to as usize).filter(|field| !field.is_empty());
        Found::Line(Line {
            path: body.get(at as usize..path as usize).unwrap_or_default(),
            ty: field(path, ty).unwrap_or("any"),
            default: field(ty, default),
            doc: field(default, doc),
        })
    }

    fn search(&self, path: &str, separator: &str) -> Spot {
        let at = self.lower_bound(path);
        let Some(line) = self.lines_from(at).next() else { return Spot::Nothing };
        let Some(rest) = line.strip_prefix(path) else { return Spot::Nothing };
        if rest.is_empty() || rest.starts_with('\t') {
            let mut ends = memchr::memchr_iter(b'\t', line.as_bytes()).chain(std::iter::repeat(line.len()));
            let mut end = || u32::try_from(at + ends.next().unwrap_or_default()).unwrap_or(u32::MAX);
            let (path, ty, default, doc) = (end(), end(), end(), end());
            return Spot::Line { at: u32::try_from(at).unwrap_or(u32::MAX), path, ty, default, doc };
        }
        // `a-b` stands between `a` and `a.b`.
        if rest.starts_with(separator) || self.has_prefix(&format!("{path}{separator}")) {
            return Spot::Below;
        }
        Spot::Nothing
    }

    fn has_prefix(&self, prefix: &str) -> bool {
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

    const FILE: &str = "# kss-schema 1 chart\n# name x\n# input a\n# input b\na\tmap(b)\na-b\tstr\t\"x\"\na.b\tint\na.c.d\tbool\tfalse\tswitches it\nb-c\tint\nb.x\tint\nz\tstr\n";

    #[test]
    fn lines_are_found_without_reading_the_file() {
        let table = Table::new(Text::Static(FILE));
        assert_eq!(Header::of(FILE).get("name"), Some("x"));
        assert_eq!(Header::of(FILE).all("input").collect::<Vec<_>>(), ["a", "b"]);
        let line = |path| match table.find(path, ".") {
            Found::Line(line) => Some(line),
            _ => None,
        };
        for (path, ty) in
            [("a", "map(b)"), ("a-b", "str"), ("a.b", "int"), ("a.c.d", "bool"), ("b-c", "int"), ("z", "str")]
        {
            assert_eq!(line(path).map(|l| l.ty), Some(ty), "{path}");
        }
        assert_eq!(line("a.c.d").and_then(|l| l.doc), Some("switches it"));
        for path in ["", "A", "a.", "a.d", "zz", "b-"] {
            assert_eq!(table.find(path, "."), Found::Nothing, "{path}");
        }
        for path in ["a.c", "b"] {
            assert_eq!(table.find(path, "."), Found::Below, "{path}");
        }
        assert_eq!(table.with_prefix("a.").count(), 2);
    }

    #[test]
    fn odd_files_are_no_panic() {
        for text in ["", "#", "# x", "\n\n", "a", "é\té\n\tü", "#\né"] {
            let table = Table::new(Text::Static(text));
            for path in ["", "a", "é", "ü", "zzz"] {
                let _ = (table.find(path, "."), table.with_prefix(path).count());
            }
        }
    }
}
