//! The text with a marker in place of the word at the cursor, its tree, and what the lowering says of that place.

use crate::Analysis;
use kss_sema::{Cursor, Decl, FileItems, Index, Signatures};
use kss_span::{FileId, Symbol, TextRange};
use kss_syntax::ast::Stmt;
use kss_syntax::visit::{Node, walk};
use kss_syntax::{Parsed, TokenKind};
use std::sync::{Arc, OnceLock};

/// A word that nobody writes.
pub(crate) const MARKER: &str = "kssc_marker_here";

/// Words behind which a value, a type or a name stands.
const LEADS: [&str; 48] = [
    "in",
    "and",
    "or",
    "not",
    "is",
    "then",
    "else",
    "if",
    "match",
    "where",
    "every",
    "some",
    "no",
    "fail",
    "at",
    "with",
    "check",
    "expect",
    "covered",
    "for",
    "each",
    "containing",
    "owner",
    "per",
    "ref",
    "set",
    "Later",
    "use",
    "needs",
    "provide",
    "tune",
    "remove",
    "given",
    "private",
    "default",
    "override",
    "force",
    "append",
    "shared",
    "optional",
    "import",
    "cluster",
    "module",
    "overlay",
    "ignore",
    "unchecked",
    "error",
    "by",
];

/// What is asked for.
pub(crate) struct Request<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) file: FileId,
    /// What is replaced: the word at the cursor, or the text between quotes.
    pub(super) range: TextRange,
    /// Stands the cursor between the quotes of a text?
    pub(super) in_text: bool,
    /// What stands in the same statement before the cursor, the last token first.
    pub(super) before: Vec<(TokenKind, String)>,
    /// The next character that is no space, on the same line.
    pub(super) next: Option<char>,
    /// The item with the marker.
    pub(super) decl: Option<Decl>,
    /// The tree of the file, with the marker.
    tree: Arc<kss_syntax::ast::File>,
    index: OnceLock<Index>,
}

impl<'a> Request<'a> {
    /// `behind` is written behind the marker, to tell the parser what the statement is about to be.
    pub(crate) fn new(
        analysis: &'a Analysis,
        file: FileId,
        text: &str,
        offset: u32,
        behind: &str,
    ) -> Option<Request<'a>> {
        let offset = (offset as usize).min(text.len());
        if !text.is_char_boundary(offset) {
            return None;
        }
        let mut range = word_at(text, offset);
        let mut copy = with_marker(text, &range, behind);
        let mut parsed = kss_syntax::parse(file, &copy);
        let mut in_text = false;
        match token_at(&parsed, range.start) {
            TokenKind::Comment | TokenKind::Doc => return None,
            _ if in_open_hole(text, &range) => {
                copy = with_marker(text, &range, closing(text, &range));
                parsed = kss_syntax::parse(file, &copy);
            }
            TokenKind::TextPart | TokenKind::RawText => {
                range = text_at(text, offset)?;
                copy = with_marker(text, &range, "");
                parsed = kss_syntax::parse(file, &copy);
                in_text = true;
            }
            _ => {}
        }
        let next = text.get(range.end..)?.trim_start_matches([' ', '\t', '\r']).chars().next();
        let path = Symbol::new(analysis.path(file));
        Some(Request {
            analysis,
            file,
            range: TextRange::new(range.start as u32, range.end as u32),
            in_text,
            before: statement_before(&parsed, &copy, range.start),
            next,
            decl: marked_item(path, &parsed, range.start),
            tree: parsed.file,
            index: OnceLock::new(),
        })
    }

    pub(crate) fn sigs(&self) -> &'a Arc<Signatures> {
        self.analysis.signatures()
    }

    pub(super) fn stmt(&self) -> Option<&Stmt> {
        self.decl.as_ref().map(|decl| &*decl.stmt)
    }

    /// The item that the cursor is in; outside of all of them any, to look names up.
    pub(super) fn item(&self) -> kss_span::ItemId {
        let file = || Symbol::new(self.analysis.path(self.file));
        self.decl.as_ref().map_or_else(|| kss_span::ItemId::new(file(), Symbol::new("statement")), |decl| decl.id)
    }

    /// Walks the items of the project in whose files the word stands; of the file at the cursor the text as it is now.
    pub(super) fn trees_naming(&self, word: Symbol, mut visit: impl FnMut(&Stmt)) {
        let finder = memchr::memmem::Finder::new(word.as_str());
        for file in self.analysis.session().files() {
            if file == self.file {
                self.tree.items.iter().for_each(|stmt| visit(stmt));
            } else if finder.find(self.analysis.text(file).as_bytes()).is_some()
                && let Some(items) = self.analysis.items(file)
            {
                items.decls.iter().for_each(|decl| visit(&decl.stmt));
            }
        }
    }

    /// The module around.
    pub(super) fn module(&self) -> Option<&'a kss_sema::ModuleSig> {
        let name = self.item().key().name;
        let name = Symbol::new(name.strip_prefix("module ")?);
        self.sigs().modules.get(&name).map(|m| &**m)
    }

    /// What the lowering of the item says could stand at the cursor.
    pub(super) fn cursor(&self) -> Option<&Cursor> {
        self.index().cursor.as_ref()
    }

    /// What is known of the item with the marker in it.
    pub(crate) fn index(&self) -> &Index {
        let index = || {
            let Some(decl) = &self.decl else { return Index::default() };
            let marker = Some(Symbol::new(MARKER));
            if marker_in_type(&decl.stmt) {
                // Types are known by their nodes, which the marker moves.
                let sigs = self.analysis.signatures_with(self.file, decl);
                return kss_sema::index_item(&sigs, decl, marker);
            }
            kss_sema::index_item(self.sigs(), decl, marker)
        };
        self.index.get_or_init(index)
    }

    /// The word before the cursor in its statement.
    pub(super) fn previous(&self) -> Option<&(TokenKind, String)> {
        self.before.first()
    }

    /// Ends a value before the cursor, so that only a word that goes on with it can stand there?
    pub(super) fn is_behind_value(&self) -> bool {
        match self.previous() {
            Some((TokenKind::Word, word)) => !LEADS.contains(&word.as_str()),
            Some((kind, _)) => matches!(
                kind,
                TokenKind::Literal(_)
                    | TokenKind::Close
                    | TokenKind::TextClose
                    | TokenKind::RawText
                    | TokenKind::RangeName
            ),
            None => false,
        }
    }

    /// The first word of the statement.
    pub(super) fn first_word(&self) -> &str {
        self.before.last().map_or("", |(_, text)| text.as_str())
    }

    /// Does a block, a value or a path follow already, so that only the word is written?
    pub(super) fn continued(&self) -> bool {
        matches!(self.next, Some('=' | '{' | ':' | '.' | '('))
    }
}

impl Analysis {
    /// Signatures with one item of a file replaced.
    fn signatures_with(&self, file: FileId, decl: &Decl) -> Signatures {
        let with = |of: FileId| {
            let items = self.items(of)?;
            if of != file {
                return Some(items);
            }
            let replace = |d: &Decl| if d.id == decl.id { decl.clone() } else { d.clone() };
            let decls = items.decls.iter().map(replace).collect();
            Some(Arc::new(FileItems { path: items.path, decls, diags: Vec::new() }))
        };
        let files: Vec<Arc<FileItems>> = self.session().files().into_iter().filter_map(with).collect();
        Signatures::new(&files)
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// The word around `offset`, or the address or number.
fn word_at(text: &str, offset: usize) -> std::ops::Range<usize> {
    let (before, behind) = text.split_at(offset);
    let start = |part: fn(char) -> bool| before.trim_end_matches(part).len();
    let end = offset + behind.find(|c| !is_word(c)).unwrap_or(behind.len());
    let literal = start(|c| is_word(c) || matches!(c, '.' | ':' | '/'));
    let written = &before[literal..];
    if written.starts_with(|c: char| c.is_ascii_digit()) && !written.contains("..") {
        let more = behind.find(|c| !is_word(c) && !matches!(c, '.' | ':' | '/')).unwrap_or(behind.len());
        return literal..offset + more;
    }
    let from = start(is_word);
    // A name begins with a letter: `n -x`.
    let lead = before[from..].len() - before[from..].trim_start_matches('-').len();
    from + lead..end
}

/// What stands between the quotes around `offset`; nothing if there are holes in it.
fn text_at(text: &str, offset: usize) -> Option<std::ops::Range<usize>> {
    let line = text[..offset].rfind('\n').map_or(0, |n| n + 1);
    let start = line + text[line..offset].rfind(['"', '\''])? + 1;
    let behind = &text[offset..];
    let end = offset + behind.find(['"', '\'', '\n']).unwrap_or(behind.len());
    (!text[start..end].contains("${")).then_some(start..end)
}

/// Is the word in a hole of a text that nobody has closed yet: `"${na`?
fn in_open_hole(text: &str, range: &std::ops::Range<usize>) -> bool {
    let before = text[..range.start].rsplit('\n').next().unwrap_or_default();
    let behind = text[range.end..].split(['\n', '"']).next().unwrap_or_default();
    let open = before.rfind("${").is_some_and(|at| !before[at..].contains('}'));
    open && !behind.contains('}')
}

/// What closes the hole and its text, unless that is there, and makes a key of a text where one is likely.
fn closing(text: &str, range: &std::ops::Range<usize>) -> &'static str {
    let behind = text[range.end..].split('\n').next().unwrap_or_default();
    if behind.contains('"') {
        return "}";
    }
    let line = text[..range.start].rsplit('\n').next().unwrap_or_default();
    let before = line.split('"').next().unwrap_or_default().trim();
    let words = before.split(' ').count();
    let plain = before.chars().all(|c| is_word(c) || c == ' ');
    match (plain, before.is_empty()) {
        (true, false) if words <= 2 => "}\" {}",
        (true, true) => "}\" = none",
        _ if before.ends_with("=>") => "}\" = none",
        _ => "}\"",
    }
}

fn with_marker(text: &str, range: &std::ops::Range<usize>, behind: &str) -> String {
    [&text[..range.start], MARKER, behind, &text[range.end..]].concat()
}

/// The token that `at` is in, of one that begins there that.
fn token_at(parsed: &Parsed, at: usize) -> TokenKind {
    let mut end = 0;
    for token in parsed.tokens.iter() {
        end += token.len as usize;
        if end > at {
            return token.kind;
        }
    }
    TokenKind::Newline
}

/// Tokens of the statement before `at`, the last one first. Brackets and all in them are one token.
fn statement_before(parsed: &Parsed, text: &str, at: usize) -> Vec<(TokenKind, String)> {
    let mut end = 0;
    let mut tokens: Vec<(TokenKind, &str)> = Vec::new();
    for token in parsed.tokens.iter() {
        let start = end;
        end += token.len as usize;
        if start >= at {
            break;
        }
        tokens.push((token.kind, text.get(start..end).unwrap_or_default()));
    }
    let mut out = Vec::new();
    let mut depth = 0u32;
    for (kind, text) in tokens.into_iter().rev() {
        match kind {
            TokenKind::Close | TokenKind::HoleClose | TokenKind::TextClose => {
                if depth == 0 {
                    out.push((kind, text.to_owned()));
                }
                depth += 1;
            }
            TokenKind::Open | TokenKind::HoleOpen | TokenKind::TextOpen => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => break,
            },
            _ if depth > 0 => {}
            TokenKind::Newline | TokenKind::Comma => break,
            TokenKind::Space | TokenKind::Comment | TokenKind::Doc => {}
            _ => out.push((kind, text.to_owned())),
        }
    }
    out
}

fn marked_item(path: Symbol, parsed: &Parsed, at: usize) -> Option<Decl> {
    let items = FileItems::new(path, &parsed.file);
    let mut pairs = items.decls.iter().zip(&parsed.spans);
    let holds = |(decl, spans): &(&Decl, &Arc<[TextRange]>)| {
        spans.get(decl.stmt.id.0 as usize).is_some_and(|range| (range.lo as usize) <= at && at < range.hi as usize)
    };
    pairs.find(holds).map(|(decl, _)| decl.clone())
}

/// Stands the marker in the body of a type?
fn marker_in_type(stmt: &Stmt) -> bool {
    struct Search {
        types: u32,
        found: bool,
    }
    impl<'t> kss_syntax::visit::Visitor<'t> for Search {
        fn enter(&mut self, node: Node<'t>) -> bool {
            match node {
                Node::Type(_) => self.types += 1,
                Node::Expr(e) if self.types > 0 => self.found |= super::spot::is_marked(e),
                Node::Key(k) if self.types > 0 => self.found |= k.literal().is_some_and(|n| n == MARKER),
                Node::Pattern(p) if self.types > 0 => self.found |= super::spot::marked_pattern(p),
                _ => {}
            }
            true
        }

        fn leave(&mut self, node: Node<'t>) {
            if matches!(node, Node::Type(_)) {
                self.types -= 1;
            }
        }
    }
    let mut search = Search { types: 0, found: false };
    walk(stmt, &mut search);
    search.found
}
