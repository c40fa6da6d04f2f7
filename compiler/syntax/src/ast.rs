//! The syntax tree of a file. It holds no positions: a node has a number inside its top-level item, and
//! [`crate::Parsed::spans`] has the place of each number. So an edited comment gives an equal tree, and an edit inside one
//! item leaves all others equal.

mod expr;
mod stmt;
mod types;

pub use expr::{BinaryOp, Expr, ExprKind, Generator, ListElem, LiteralClass, Quantifier, Text, TextPart, UnaryOp};
pub use stmt::{
    Body, Cardinality, Expect, Field, FieldValue, Head, Import, Key, KindDecl, LayerWord, Param, RemoveTarget, Stmt,
    StmtKind, Where,
};
pub use types::{Alternative, Pattern, PatternField, PatternKind, Type, TypeKind};

use kss_span::Symbol;
use std::sync::Arc;

/// A node of one top-level item; an index into that item's spans.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub u32);

/// A parsed file.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct File {
    /// Its statements, each with node numbers of its own.
    pub items: Vec<Arc<Stmt>>,
}

/// A bare word. Its text is empty where the parser missed one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Name {
    /// Where.
    pub id: NodeId,
    /// The word.
    pub text: Symbol,
}

impl Name {
    /// Did the parser miss it (and say so)?
    pub fn is_missing(&self) -> bool {
        self.text.is_empty()
    }
}

/// `{ … }` with statements.
#[derive(Clone, PartialEq, Debug)]
pub struct Block {
    /// The braces and all between.
    pub id: NodeId,
    /// What stands in it.
    pub stmts: Vec<Stmt>,
}
