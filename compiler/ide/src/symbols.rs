//! Names of what files declare: the outline of a file, and the search over all of them.

use crate::{Analysis, Nav};
use kss_sema::{DeclKind, Declaration};
use kss_span::{FileId, Origin, Symbol, TextRange};

/// A part of the outline of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocumentSymbol {
    /// Its name.
    pub name: String,
    /// What stands beside the name: the kind of an entry.
    pub detail: Option<Symbol>,
    /// What it is.
    pub kind: DeclKind,
    /// All of it.
    pub range: TextRange,
    /// Its name.
    pub focus: TextRange,
    /// What it contains.
    pub children: Vec<DocumentSymbol>,
}

/// How results stand in a list: nearness, length, name, place.
type Order = (u32, usize, Symbol, FileId, u32);

/// Most results of a search.
const MOST: usize = 256;

impl Analysis {
    /// The outline of a file.
    pub fn document_symbols(&self, file: FileId) -> Vec<DocumentSymbol> {
        let (Some(items), Some(parsed)) = (self.items(file), self.parsed(file)) else { return Vec::new() };
        let mut out = Vec::new();
        for (decl, spans) in items.decls.iter().zip(&parsed.spans) {
            let all = self.declarations(decl.id);
            out.extend(children(all, None, spans));
        }
        out
    }

    /// Declarations of the project and the library whose name has the letters of `query` in order; the nearest first.
    pub fn workspace_symbols(&self, query: &str) -> Vec<Nav> {
        let mut found: Vec<(Order, Origin)> = Vec::new();
        for file in self.session().files() {
            let Some(items) = self.items(file) else { continue };
            for decl in &items.decls {
                for d in self.declarations(decl.id).iter().filter(|d| searched(d)) {
                    if let Some(rank) = rank(&d.name, query) {
                        found.push(((rank, d.name.len(), d.name, file, d.node), Origin::new(decl.id, d.node)));
                    }
                }
            }
        }
        found.sort_by_key(|a| a.0);
        found.into_iter().take(MOST).filter_map(|(_, origin)| self.nav_of(origin)).collect()
    }
}

fn searched(decl: &Declaration) -> bool {
    !matches!(decl.kind, DeclKind::Case)
}

fn children(all: &[Declaration], parent: Option<usize>, spans: &[TextRange]) -> Vec<DocumentSymbol> {
    let range = |node: u32| spans.get(node as usize).copied().unwrap_or_default();
    let inner = all.iter().enumerate().filter(|(_, d)| d.parent == parent);
    let symbol = |(at, d): (usize, &Declaration)| {
        let focus = range(d.node);
        let name = if d.name.is_empty() { "…".to_owned() } else { d.name.to_string() };
        DocumentSymbol {
            name,
            detail: d.of,
            kind: d.kind,
            range: range(d.whole).cover(focus),
            focus,
            children: children(all, Some(at), spans),
        }
    };
    inner.map(symbol).collect()
}

/// How near a name is to what was typed, from 0; none if its letters are not all there in this order.
fn rank(name: &str, query: &str) -> Option<u32> {
    let (name, query) = (name.to_lowercase(), query.to_lowercase());
    if name == query {
        return Some(0);
    }
    if name.starts_with(&query) {
        return Some(1);
    }
    if name.contains(&query) {
        return Some(2);
    }
    let mut letters = name.chars();
    query.chars().filter(|c| !c.is_whitespace()).all(|c| letters.any(|n| n == c)).then_some(3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixture;

    fn outline(symbols: &[DocumentSymbol], depth: usize, out: &mut String) {
        for s in symbols {
            let detail = s.detail.map(|d| format!("{d} ")).unwrap_or_default();
            out.push_str(&format!("{}{:?} {detail}{}\n", "  ".repeat(depth), s.kind, s.name));
            outline(&s.children, depth + 1, out);
        }
    }

    #[test]
    fn an_outline_follows_the_text() {
        let fixture = Fixture::new(
            "module web {\n  option n : Int = 1\n  namespace web {}\n  let x = 1\n}\ntype Pace = fast | slow { by : Int }\ncluster c in s { node a { ip = 10.0.0.1 } }\n",
        );
        let mut text = String::new();
        let analysis = fixture.analysis();
        outline(&analysis.document_symbols(FileId(0)), 0, &mut text);
        assert_eq!(
            text,
            "Module web\n  Option n\n  Entry namespace web\n  Let x\nType Pace\n  Case fast\n  Case slow\n    Field by\nCluster c\n  Entry node a\n"
        );
    }

    #[test]
    fn the_search_finds_the_nearest_first() {
        let fixture = Fixture::new("let alpha-beta = 1\nlet alpha = 2\nlet beta-alpha = 3\n");
        let names: Vec<String> = fixture
            .analysis()
            .workspace_symbols("alpha")
            .into_iter()
            .filter(|nav| nav.file == FileId(0))
            .map(|nav| nav.name.to_string())
            .collect();
        assert_eq!(names, ["alpha", "alpha-beta", "beta-alpha"]);
    }
}
