//! Values: texts, expressions, what iterates.

// Fields of variants are told by the line above their variant.
#![allow(missing_docs)]

use super::{Block, Key, Name, NodeId, Pattern};
use kss_span::Symbol;
use std::sync::Arc;

/// A text with holes.
#[derive(Clone, PartialEq, Debug)]
pub struct Text {
    /// With its quotes.
    pub id: NodeId,
    /// In order; neighbouring pieces of plain text are one.
    pub parts: Vec<TextPart>,
}

impl Text {
    /// The text, if there is no hole in it.
    pub fn literal(&self) -> Option<Symbol> {
        match self.parts.as_slice() {
            [] => Some(Symbol::new("")),
            [TextPart::Plain(text)] => Some(Symbol::new(text)),
            _ => None,
        }
    }
}

/// Part of a text.
#[derive(Clone, PartialEq, Debug)]
pub enum TextPart {
    /// As it is after escapes and indentation are resolved.
    Plain(Arc<str>),
    /// `${path or call}`
    Hole(Expr),
}

/// An expression.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// All of it.
    pub id: NodeId,
    /// What it is.
    pub kind: ExprKind,
}

/// The forms of expressions.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// Nothing stood where a value had to; the parser has said so.
    Missing,
    /// `42`, `10.69.50.0/24`, `8GiB`, `true`, `none`
    Literal { class: LiteralClass, text: Symbol },
    /// `"…"`, `'…'`, `"""…"""`, `'''…'''`
    Text(Text),
    /// A bare word: a name in scope, or a case of the union that is expected.
    Name(Symbol),
    /// `a.b`, `a?.b`, `credential."join-${c.name}"`
    Member { base: Box<Expr>, key: Key, optional: bool },
    /// `f(x)`, `lan.host(20)` (then `callee` is a [`ExprKind::Member`])
    Call { callee: Box<Expr>, args: Vec<Expr> },
    /// `{ … }`: a record, a map, a set, or a comprehension of one
    Record(Block),
    /// `generated { length = 24 }` (a case with its record), `Endpoint { … }` (a record of a named type)
    Construct { name: Name, body: Block },
    /// `[ … ]`
    List(Vec<ListElem>),
    /// `not a`, `-a`
    Unary { op: UnaryOp, operand: Box<Expr> },
    /// `a + b`
    Binary { op: BinaryOp, left: Box<Expr>, right: Box<Expr> },
    /// `if c then a else b`
    If { cond: Box<Expr>, then: Box<Expr>, otherwise: Box<Expr> },
    /// `match e { case { field } => … }`
    Match { subject: Box<Expr>, arms: Vec<(Pattern, Expr)> },
    /// `every a in x, b in y if p: cond`
    Quantifier { quantifier: Quantifier, generators: Vec<Generator>, cond: Box<Expr> },
    /// `a.b is present`, `x is Ip`, `x is not none`
    Is { subject: Box<Expr>, negated: bool, test: Box<Pattern> },
    /// `fail "…" at x with "…"`
    Fail { message: Box<Expr>, at: Option<Box<Expr>>, with: Option<Box<Expr>> },
}

/// What a literal looks like; its value is checked later, where the message can say more.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LiteralClass {
    /// `42`, `64_512`, `0x1f`
    Int,
    /// `0.5`
    Float,
    /// `true`, `false`
    Bool,
    /// `none`
    None,
    /// `null`
    Null,
    /// `10.69.50.20`, `fd42:1::1`
    Ip,
    /// `10.69.50.0/24`
    Cidr,
    /// `10.69.50.128..10.69.50.191`
    IpRange,
    /// `52:54:00:69:50:20`
    Mac,
    /// `8GiB`, `500MB`
    Size,
    /// `30s`, `5min`, `7d`
    Duration,
    /// `250m`
    Cpu,
    /// `200%`
    Percent,
    /// `443/tcp`, `4240..4245/tcp`
    PortSpec,
    /// `1..128`, `100%..300%`: two literals of one class with `..` between
    Range,
    /// A number with something behind it that is no unit; the lexer has said so.
    Malformed,
}

/// An element of a list.
#[derive(Clone, PartialEq, Debug)]
pub enum ListElem {
    /// `x`
    Value(Expr),
    /// `..xs`
    Spread(Expr),
    /// `if c => element`
    If { cond: Expr, then: Box<ListElem> },
    /// `for x in xs => element`
    For { generators: Vec<Generator>, each: Box<ListElem> },
}

/// Prefix operators.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    /// `not`
    Not,
    /// `-`
    Neg,
}

/// Infix operators, loosest first: `or`, `and`, comparisons and `in` (which don't chain), `??`, `+ -`, `* / %`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Or,
    And,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    NotIn,
    Coalesce,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

/// `every`, `some`, `no`
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum Quantifier {
    Every,
    Some,
    No,
}

/// `x in xs if p`, `k, v in map`
#[derive(Clone, PartialEq, Debug)]
pub struct Generator {
    /// All of it.
    pub id: NodeId,
    /// One or two variables.
    pub vars: Vec<Name>,
    /// What is iterated.
    pub source: Expr,
    /// `if …`; several of them are joined by `and`
    pub filter: Option<Expr>,
}
