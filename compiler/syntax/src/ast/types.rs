//! Types, and the patterns that tell values apart.

// Fields of variants are told by the line above their variant.
#![allow(missing_docs)]

use super::{Block, Expr, Name, NodeId};
use kss_span::Symbol;
use std::sync::Arc;

/// What a `match` arm or an `is` tests.
#[derive(Clone, PartialEq, Debug)]
pub struct Pattern {
    /// All of it.
    pub id: NodeId,
    /// What it is.
    pub kind: PatternKind,
}

/// The forms of patterns.
#[derive(Clone, PartialEq, Debug)]
pub enum PatternKind {
    /// Nothing stood there; the parser has said so.
    Missing,
    /// `_`
    Any,
    /// `server`, `none`, `pods { namespace = ns, labels }`; behind `is` also `present`, `Ip`, `Text`
    Case { name: Name, fields: Option<Vec<PatternField>> },
    /// `a : Ip`
    Typed { name: Name, ty: Type },
    /// `route53 | rfc2136`
    Or(Vec<Pattern>),
    /// `"text"`, `4`
    Literal(Box<Expr>),
}

/// `labels`, `namespace = ns`
#[derive(Clone, PartialEq, Debug)]
pub struct PatternField {
    /// The field of the case.
    pub field: Name,
    /// The variable, if it is called otherwise.
    pub rename: Option<Name>,
}

/// A type as written.
#[derive(Clone, PartialEq, Debug)]
pub struct Type {
    /// All of it.
    pub id: NodeId,
    /// What it is.
    pub kind: TypeKind,
}

/// The forms of types.
#[derive(Clone, PartialEq, Debug)]
pub enum TypeKind {
    /// Nothing stood there; the parser has said so.
    Missing,
    /// `Int`, `Machine`
    Name(Symbol),
    /// `ref machine`
    Ref(Name),
    /// `[T]`
    List(Box<Type>),
    /// `{K: V}`
    Map(Box<Type>, Box<Type>),
    /// `set T`
    Set(Box<Type>),
    /// `Later T`
    Later(Box<Type>),
    /// `T?`
    Optional(Box<Type>),
    /// `{ a : Int, let b : Int = a + 1, .. }`
    Record(Block),
    /// `server | agent`, `generated { … } | supplied`, `Ip | dhcp`
    Union(Vec<Alternative>),
    /// `Machine + { … }`
    Plus(Box<Type>, Box<Type>),
}

/// One alternative of a union.
#[derive(Clone, PartialEq, Debug)]
pub enum Alternative {
    /// A lower-case word: a case, perhaps with a record. `none` makes the whole union optional. `doc` are the `##` lines before
    /// it.
    Case { doc: Option<Arc<str>>, name: Name, payload: Option<Block> },
    /// A type.
    Type(Type),
}
