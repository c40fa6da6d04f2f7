//! Text to tree. The parser gives a tree for every input; what is wrong with it stands in [`Parsed::errors`].
//!
//! Text is cut into tokens ([`lex`]), laid out (space and comments go, ends of lines that mean something and missing
//! brackets come), and parsed one top-level statement after the other.

pub mod ast;
mod ctx;
mod docs;
mod grammar;
mod layout;
mod lex;
mod parse;
mod repeat;
mod text;
mod token;
pub mod visit;
mod words;

pub use lex::lex;
pub use parse::{MAX_FILE, parse};
pub use token::{KEYWORDS, Token, TokenKind, WordClass};
pub use words::{WORD_DOCS, word_doc};

use ast::NodeId;
use kss_diag::{Diagnostic, Severity};
use kss_span::{FileId, Span, TextRange};
use std::sync::Arc;

/// A text with its tree.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree, without positions.
    pub file: Arc<ast::File>,
    /// Of each item of `file`: the place of each of its nodes.
    pub spans: Vec<Arc<[TextRange]>>,
    /// What is wrong, in the order of the text. Of a file that is right: what is worth a look; see [`Parsed::is_right`].
    pub errors: Vec<Diagnostic>,
    /// All tokens, space and comments included; put together they are the text.
    pub tokens: Arc<[Token]>,
}

impl Parsed {
    /// Is nothing wrong, so that the tree is the whole truth about the text? There may be warnings.
    pub fn is_right(&self) -> bool {
        self.errors.iter().all(|e| e.severity != Severity::Error)
    }

    /// The place of `node` of item `item`.
    pub fn span(&self, file: FileId, item: usize, node: NodeId) -> Span {
        self.spans[item][node.0 as usize].at(file)
    }
}
