//! Text to tree. The parser gives a tree for every input; what is wrong with it stands in [`Parsed::errors`].

pub mod ast;

use ast::NodeId;
use kss_diag::Diagnostic;
use kss_span::{FileId, Span, TextRange};
use std::sync::Arc;

/// A text with its tree.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree, without positions.
    pub file: Arc<ast::File>,
    /// Of each item of `file`: the place of each of its nodes.
    pub spans: Vec<Arc<[TextRange]>>,
    /// What is wrong.
    pub errors: Vec<Diagnostic>,
}

impl Parsed {
    /// The place of `node` of item `item`.
    pub fn span(&self, file: FileId, item: usize, node: NodeId) -> Span {
        self.spans[item][node.0 as usize].at(file)
    }
}
