//! Parts of a text: what folds, what a selection grows to, what links somewhere.

use crate::{Analysis, FilePosition};
use kss_span::{FileId, TextRange};
use kss_syntax::TokenKind;
use kss_syntax::ast::{Expr, ExprKind, Stmt, StmtKind, Text};
use kss_syntax::visit::{Node, Visitor, walk};

/// What a folded part is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FoldKind {
    /// A block, list or long text.
    Block,
    /// Lines of comments.
    Comment,
    /// The imports.
    Imports,
}

/// A part that folds to one line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fold {
    /// From the first line that stays to the last one that goes.
    pub range: TextRange,
    /// What it is.
    pub kind: FoldKind,
}

/// A word that leads to a file or page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The word.
    pub range: TextRange,
    /// Where to.
    pub target: LinkTarget,
}

/// Where a link leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkTarget {
    /// A file of the project or library.
    File(FileId),
    /// A path beside the file that names it.
    Path(String),
    /// A page.
    Url(String),
}

impl Analysis {
    /// What folds in a file: parts of more than one line, in the order of the text.
    pub fn folds(&self, file: FileId) -> Vec<Fold> {
        let (Some(items), Some(parsed)) = (self.items(file), self.parsed(file)) else { return Vec::new() };
        let text = self.text(file);
        let lines = self.line_index(file);
        let many = |range: TextRange| lines.line(range.lo) < lines.line(range.hi);
        let mut out = Vec::new();
        let mut imports: Option<TextRange> = None;
        for (decl, spans) in items.decls.iter().zip(&parsed.spans) {
            let mut blocks = Blocks { spans, out: Vec::new() };
            walk(&decl.stmt, &mut blocks);
            out.extend(blocks.out.into_iter().map(|range| Fold { range, kind: FoldKind::Block }));
            if matches!(decl.stmt.kind, StmtKind::Import(_)) {
                let range = spans.get(decl.stmt.id.0 as usize).copied().unwrap_or_default();
                imports = Some(imports.map_or(range, |all| all.cover(range)));
            }
        }
        out.extend(imports.map(|range| Fold { range, kind: FoldKind::Imports }));
        out.extend(comments(&parsed.tokens, text).into_iter().map(|range| Fold { range, kind: FoldKind::Comment }));
        out.retain(|fold| many(fold.range));
        out.sort_by_key(|fold| (fold.range.lo, std::cmp::Reverse(fold.range.hi)));
        out.dedup_by_key(|fold| fold.range);
        out
    }

    /// What a selection at a position grows to, the smallest first.
    pub fn selection_ranges(&self, at: FilePosition) -> Vec<TextRange> {
        let mut out = vec![TextRange::empty(at.offset)];
        let text = self.text(at.file);
        if let Some(parsed) = self.parsed(at.file) {
            let mut lo = 0;
            for token in parsed.tokens.iter() {
                let range = TextRange::new(lo, lo + token.len);
                lo = range.hi;
                let space = matches!(token.kind, TokenKind::Space | TokenKind::Newline);
                if range.touches(at.offset) && !space {
                    out.push(range);
                }
            }
        }
        if let Some(place) = self.place(at) {
            let mut around: Vec<TextRange> =
                place.around().iter().map(|n| place.range(crate::place::node_id(n).0)).collect();
            around.reverse();
            out.extend(around);
        }
        out.push(TextRange::new(0, text.len() as u32));
        out.sort_by_key(|range| range.len());
        // Each contains the one before it.
        let mut nested: Vec<TextRange> = Vec::new();
        for range in out {
            let grows = nested.last().is_none_or(|last| range.lo <= last.lo && last.hi <= range.hi && range != *last);
            if grows {
                nested.push(range);
            }
        }
        nested
    }

    /// Words of a file that lead somewhere: imports, files that values are read from, pages in comments.
    pub fn links(&self, file: FileId) -> Vec<Link> {
        let (Some(items), Some(parsed)) = (self.items(file), self.parsed(file)) else { return Vec::new() };
        let mut out = Vec::new();
        for (decl, spans) in items.decls.iter().zip(&parsed.spans) {
            let range = |node: u32| spans.get(node as usize).copied().unwrap_or_default();
            if let StmtKind::Import(import) = &decl.stmt.kind {
                let words = &self.index(decl.id).words;
                let target = words.iter().find_map(|w| match &w.target {
                    kss_sema::Target::At(origin) => self.file_of(origin.item),
                    kss_sema::Target::File(path) => self.file(path),
                    _ => None,
                });
                let path = import.path.iter().map(|n| range(n.id.0)).reduce(TextRange::cover);
                if let (Some(target), Some(range)) = (target, path) {
                    out.push(Link { range, target: LinkTarget::File(target) });
                }
            }
            let mut files = Files { out: Vec::new() };
            walk(&decl.stmt, &mut files);
            for (node, path) in files.out {
                out.push(Link { range: range(node), target: LinkTarget::Path(path) });
            }
        }
        let mut lo = 0;
        for token in parsed.tokens.iter() {
            let range = TextRange::new(lo, lo + token.len);
            lo = range.hi;
            if matches!(token.kind, TokenKind::Comment | TokenKind::Doc) {
                out.extend(urls(self.text(file).get(range.range()).unwrap_or(""), range.lo));
            }
        }
        out.sort_by_key(|link| link.range.lo);
        out
    }
}

/// Blocks, lists and texts of an item.
struct Blocks<'s> {
    spans: &'s [TextRange],
    out: Vec<TextRange>,
}

impl<'a> Visitor<'a> for Blocks<'_> {
    fn enter(&mut self, node: Node<'a>) -> bool {
        let id = match node {
            Node::Block(block) => Some(block.id),
            Node::Expr(Expr { id, kind: ExprKind::List(_) | ExprKind::Text(_) }) => Some(*id),
            _ => None,
        };
        self.out.extend(id.and_then(|id| self.spans.get(id.0 as usize)).copied());
        true
    }
}

/// Arguments of `file("…")` and `data("…")`.
struct Files {
    out: Vec<(u32, String)>,
}

impl<'a> Visitor<'a> for Files {
    fn enter(&mut self, node: Node<'a>) -> bool {
        let Node::Expr(Expr { kind: ExprKind::Call { callee, args }, .. }) = node else { return true };
        let reads = matches!(&callee.kind, ExprKind::Name(name) if matches!(name.as_str(), "file" | "data"));
        if let ([Expr { kind: ExprKind::Text(text), .. }], true) = (args.as_slice(), reads)
            && let Some(path) = literal(text)
        {
            self.out.push((text.id.0, path));
        }
        true
    }
}

fn literal(text: &Text) -> Option<String> {
    text.literal().map(|s| s.to_string())
}

/// Runs of lines that are comments alone.
fn comments(tokens: &[kss_syntax::Token], text: &str) -> Vec<TextRange> {
    let mut out: Vec<TextRange> = Vec::new();
    let mut lo = 0;
    for token in tokens {
        let range = TextRange::new(lo, lo + token.len);
        lo = range.hi;
        if !matches!(token.kind, TokenKind::Comment | TokenKind::Doc) {
            continue;
        }
        let before = text.get(..range.lo as usize).unwrap_or("");
        let line = &before[before.rfind('\n').map_or(0, |n| n + 1)..];
        if !line.trim().is_empty() {
            continue;
        }
        match out.last_mut() {
            Some(last) if text[last.hi as usize..range.lo as usize].matches('\n').count() == 1 => last.hi = range.hi,
            _ => out.push(range),
        }
    }
    out
}

fn urls(comment: &str, at: u32) -> Vec<Link> {
    let starts = comment.match_indices("https://").chain(comment.match_indices("http://"));
    let link = |(from, _): (usize, &str)| {
        let rest = &comment[from..];
        let end =
            rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | ')')).unwrap_or(rest.len());
        let url = rest[..end].trim_end_matches(['.', ',', ';', ':']);
        let lo = at + from as u32;
        Link { range: TextRange::new(lo, lo + url.len() as u32), target: LinkTarget::Url(url.to_owned()) }
    };
    starts.map(link).collect()
}

/// Is a statement an import?
pub(crate) fn is_import(stmt: &Stmt) -> bool {
    matches!(stmt.kind, StmtKind::Import(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixture;

    fn shown(text: &str, range: TextRange) -> String {
        text[range.range()].replace('\n', "⏎")
    }

    #[test]
    fn blocks_comments_and_imports_fold() {
        let text = "import ./a.x\nimport ./a.y\n# one\n# two\nlet z = [\n  1\n]\nlet w = { a = 1 }\n";
        let fixture = Fixture::new(text);
        let folds = fixture.analysis().folds(FileId(0));
        let found: Vec<_> = folds.iter().map(|f| (f.kind, shown(text, f.range))).collect();
        assert_eq!(
            found,
            [
                (FoldKind::Imports, "import ./a.x⏎import ./a.y".to_owned()),
                (FoldKind::Comment, "# one⏎# two".to_owned()),
                (FoldKind::Block, "[⏎  1⏎]".to_owned()),
            ]
        );
    }

    #[test]
    fn a_selection_grows() {
        let fixture = Fixture::new("let a = b.c$0c + 1\n");
        let text = "let a = b.cc + 1\n";
        let ranges = fixture.analysis().selection_ranges(fixture.at());
        let found: Vec<_> = ranges.iter().map(|r| shown(text, *r)).collect();
        assert_eq!(found, ["", "cc", "b.cc", "b.cc + 1", "let a = b.cc + 1", "let a = b.cc + 1⏎"]);
    }

    #[test]
    fn links_lead_to_files_and_pages() {
        let fixture = Fixture::new(
            "//- a.kss\nimport ./b.lan\n# see https://example.org/x.\nlet d = data(\"t.json\")\n//- b.kss\nlet lan = 1\n",
        );
        let analysis = fixture.analysis();
        let links: Vec<_> = analysis.links(FileId(0)).into_iter().map(|l| l.target).collect();
        let page = LinkTarget::Url("https://example.org/x".to_owned());
        assert_eq!(links, [LinkTarget::File(FileId(1)), page, LinkTarget::Path("t.json".to_owned())]);
    }
}
