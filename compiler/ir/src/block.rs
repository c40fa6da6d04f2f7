//! Record literals and the bodies of entries.

use crate::{Elem, Expr, For, Key, Pattern, Refine};
use kss_span::{Symbol, SymbolMap};
use std::sync::Arc;

/// Statements that build one record. They all contribute; two of one leaf are a conflict (K0603) unless their layers differ.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Block {
    /// The node.
    pub node: u32,
    /// In source order.
    pub stmts: Vec<Stmt>,
}

/// A statement of a block.
#[derive(Clone, PartialEq, Debug)]
pub struct Stmt {
    /// Its node.
    pub node: u32,
    /// What it is.
    pub kind: StmtKind,
}

/// The forms.
#[derive(Clone, PartialEq, Debug)]
pub enum StmtKind {
    /// `a.b = value`; `a { … }` is the same with a record as value. A value that is absent writes no key in data.
    Set { path: Vec<Key>, value: Expr, layer: Option<LayerWord>, because: Option<Arc<str>> },
    /// `append a.b = item` (a list as value appends all of its items).
    Append { path: Vec<Key>, value: Expr, layer: Option<LayerWord> },
    /// `a by name { … }`: the block is a map whose entries become list items with their key in field `by`, in source order
    /// within one block, then natural order of names between contributions.
    Keyed { path: Vec<Key>, by: Symbol, value: Expr, layer: Option<LayerWord>, because: Option<Arc<str>> },
    /// `remove a.b`
    Remove { path: Vec<Key> },
    /// `unchecked a.b because "…"`
    Unchecked { path: Vec<Key>, because: Arc<str> },
    /// `..other`
    Spread(Expr),
    /// `let`; stands before what reads it.
    Let(LocalLet),
    /// `if`
    If { cond: Expr, then: Block, otherwise: Option<Block> },
    /// `for`
    For { loops: Vec<For>, body: Block },
    /// `match`
    Match { subject: Expr, arms: Vec<(Pattern, Block)> },
    /// Elements of a set written in braces.
    Element(Elem),
    /// `fail …` as a statement.
    Do(Expr),
}

/// `let` in a body.
#[derive(Clone, PartialEq, Debug)]
pub struct LocalLet {
    /// The slot of the frame.
    pub slot: u32,
    /// Its value.
    pub value: Expr,
    /// `where`
    pub refine: Option<Arc<Refine>>,
}

/// The layer that a statement names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum LayerWord {
    Default,
    Override,
    Force,
}

/// The body of an entry, taken apart: for each field the statements that concern it, inside the `if`s, `for`s, `match`es and
/// `let`s around them. So one field can be evaluated without the others.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FieldBlocks {
    /// First name of a path → what writes it. Paths still begin with that name.
    pub fields: SymbolMap<Block>,
    /// Statements whose first key is computed, and spreads of maps; they concern every field (free-form entries only).
    pub rest: Option<Block>,
    /// Size of the frame.
    pub locals: u32,
}
