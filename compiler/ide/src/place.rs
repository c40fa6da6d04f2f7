//! What stands at a position: the item, the parts of its tree around it, the word.

use crate::Analysis;
use kss_sema::Word;
use kss_span::{FileId, ItemId, Span, TextRange};
use kss_syntax::ast::{NodeId, Stmt};
use kss_syntax::visit::{Node, Visitor, walk};
use std::sync::Arc;

/// A byte of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FilePosition {
    /// The file.
    pub file: FileId,
    /// The byte.
    pub offset: u32,
}

/// An item with a position in it.
pub struct Place {
    /// The item.
    pub item: ItemId,
    /// Its tree.
    pub stmt: Arc<Stmt>,
    /// Where its nodes stand.
    pub spans: Arc<[TextRange]>,
    /// The position.
    pub at: FilePosition,
}

impl Place {
    /// Where a node stands.
    pub fn range(&self, node: u32) -> TextRange {
        self.spans.get(node as usize).copied().unwrap_or_default()
    }

    /// Where a node stands.
    pub fn span(&self, node: NodeId) -> Span {
        self.range(node.0).at(self.at.file)
    }

    /// Does the position lie in the node, or just behind it?
    pub fn touches(&self, node: NodeId) -> bool {
        self.range(node.0).touches(self.at.offset)
    }

    /// The parts of the tree around the position, the outermost first.
    pub fn around(&self) -> Vec<Node<'_>> {
        let mut found = Around { place: self, path: Vec::new() };
        walk(&self.stmt, &mut found);
        found.path
    }
}

/// The node of a part of a tree.
pub(crate) fn node_id(node: &Node<'_>) -> NodeId {
    match node {
        Node::Stmt(s) => s.id,
        Node::Expr(e) => e.id,
        Node::Type(t) => t.id,
        Node::Pattern(p) => p.id,
        Node::Block(b) => b.id,
        Node::Head(h) => h.id,
        Node::Key(k) => k.id(),
        Node::Alternative(kss_syntax::ast::Alternative::Case { name, .. }) => name.id,
        Node::Alternative(kss_syntax::ast::Alternative::Type(t)) => t.id,
        Node::Generator(g) => g.id,
        Node::Where(w) => w.id,
    }
}

struct Around<'p> {
    place: &'p Place,
    path: Vec<Node<'p>>,
}

impl<'p> Visitor<'p> for Around<'p> {
    fn enter(&mut self, node: Node<'p>) -> bool {
        // A case's record lies behind its name.
        let transparent = matches!(node, Node::Alternative(_));
        let inside = transparent || self.place.touches(node_id(&node));
        if inside && !transparent {
            self.path.push(node);
        }
        inside
    }
}

impl Analysis {
    /// The item at a position.
    pub fn place(&self, at: FilePosition) -> Option<Place> {
        let parsed = self.parsed(at.file)?;
        let items = self.items(at.file)?;
        let mut found =
            items.decls.iter().zip(&parsed.spans).filter(|(decl, spans)| {
                spans.get(decl.stmt.id.0 as usize).is_some_and(|range| range.touches(at.offset))
            });
        // Behind one item and before the next it is the next.
        let (decl, spans) = found.next_back()?;
        Some(Place { item: decl.id, stmt: decl.stmt.clone(), spans: spans.clone(), at })
    }

    /// The word at a position that refers to something, with its place.
    pub fn word(&self, place: &Place) -> Option<(Word, TextRange)> {
        let index = self.index(place.item);
        let words = index.words.iter().map(|word| (word, place.range(word.node)));
        let touching = words.filter(|(_, range)| !range.is_empty() && range.touches(place.at.offset));
        // Between two words (`a.b`) the one that begins is meant.
        let best = touching.min_by_key(|(_, range)| (range.len(), range.hi == place.at.offset));
        best.map(|(word, range)| (word.clone(), range))
    }
}
