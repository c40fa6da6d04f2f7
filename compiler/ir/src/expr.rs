//! Expressions.

use crate::{Block, RecordId, Ty};
use kss_span::{ItemId, Symbol};
use kss_value::scalar::ScalarType;
use kss_value::{ScopeKind, Value};
use std::sync::Arc;

/// An expression. Its origin is (`item` of the unit it belongs to, `node`).
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// Node of the syntax tree.
    pub node: u32,
    /// What it is.
    pub kind: Box<ExprKind>,
}

/// The forms of expressions. `locals` are slots of a frame: parameters, loop variables, pattern variables, `let`s of blocks.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// A value known without evaluating; its origins are already right.
    Const(Value),
    /// A slot of the frame.
    Local(u32),
    /// A field or `let` of the record or entry around (bodies of types only). Late bound: looked up by name in whatever
    /// record or entry is `self`. `name` is also implicit: the key of an entry of a keyed collection.
    SelfField(Symbol),
    /// The record or entry around itself (`machine` inside `type Machine`).
    SelfRef,
    /// `site`, `cluster`, `machine`, `node`: a reference to the scope around. `machine` in a node is the node.
    Scope(ScopeKind),
    /// `owner`: reference to the module that wrote the entry around.
    Owner,
    /// An option or `let` of the module around.
    Module(Symbol),
    /// A `let` or value of a file: the item is that of the declaration.
    FileLet(ItemId),
    /// The record of a capability of the scope around (or of the site). Absent gives `none` if `optional`; else it is poison
    /// (the missing provider is reported once, for the scope).
    Capability { name: Symbol, site: bool, optional: bool },
    /// `capability.all`: references to all providers' records.
    CapabilityAll { scope: Expr, name: Symbol },
    /// `kind.name`: reference to an entry. Does it exist? Literal names are checked before; computed ones here.
    Entry(NameRef),
    /// `scope.all.kind`: list of references to the entries in the scope and inside it, ordered by (scope, name, qualifier) —
    /// or, not `all`, `scope.kind`: a map by name of those of the scope itself.
    Members { scope: Expr, kind: Symbol, all: bool },
    /// A field of an entry, a record, a record of a case, a map. `optional` is `?.`. A missing key of a map or of data is an
    /// error; `private`-ness and poison propagate.
    Field { base: Expr, name: Symbol, optional: bool },
    /// A field with a computed name, of a map or of data.
    Index { base: Expr, key: Expr, optional: bool },
    /// A `let` of a record type, on a record value.
    RecordLet { base: Expr, record: RecordId, name: Symbol },
    /// A method of a scalar, arguments included (`ip.family` has none).
    Method { base: Expr, name: Symbol, args: Vec<Expr> },
    /// A built-in function of `kss_value`, or one that needs the evaluator (`json yaml toml fill file data own-secret …`).
    Builtin { name: Symbol, args: Vec<Expr> },
    /// A function of a file or module.
    Call { function: FnId, args: Vec<Expr> },
    /// A function of a record type, on an entry or record.
    CallOn { base: Expr, function: FnId, args: Vec<Expr> },
    /// `"…${x}…"`. Around a Secret it is a Secret.
    Text(Vec<Part>),
    /// `{ … }` as free-form data or as a map (no defaults).
    Record(Block),
    /// `{ … }` of a declared record type: fields are given, then defaults fill the rest, then `where`s and checks hold.
    Typed { record: RecordId, block: Block },
    /// `case`, `case { … }`
    Case { name: Symbol, payload: Option<(RecordId, Block)> },
    /// `[ … ]`
    List(Vec<Elem>),
    /// `{a, b}`, `{for x in xs => x}`
    Set(Vec<Elem>),
    /// `1..n`
    Range(Expr, Expr),
    /// `not a`
    Not(Expr),
    /// `-a`
    Neg(Expr),
    /// `a and b`, short-circuit.
    And(Expr, Expr),
    /// `a or b`, short-circuit.
    Or(Expr, Expr),
    /// `a ?? b`
    Coalesce(Expr, Expr),
    /// Everything else between two operands. `union` is set where cases are compared by rank.
    Infix { op: InfixOp, left: Expr, right: Expr, union: Option<RecordId> },
    /// `if c then a else b`
    If { cond: Expr, then: Expr, otherwise: Expr },
    /// `match`; exhaustive.
    Match { subject: Expr, arms: Vec<(Pattern, Expr)> },
    /// `every`, `some`, `no`
    Quantifier { kind: QuantifierKind, loops: Vec<For>, cond: Expr },
    /// `x is pattern`
    Is { subject: Expr, pattern: Pattern, negated: bool },
    /// `fail "…" at x with "…"`: reports and is poison. `at` is not evaluated: its place is where the message points.
    Fail { message: Expr, at: Option<Expr>, with: Option<Expr> },
    /// A conversion.
    Coerce { value: Expr, to: Coercion },
    /// Names of all modules in use in a scope or variant (tests).
    ModulesOf(Expr),
    /// An error was reported here.
    Error,
}

/// Conversions, all explicit.
#[derive(Clone, PartialEq, Debug)]
pub enum Coercion {
    /// `Ip` or `Cidr` to `IpRange`.
    ToRange,
    /// A text that was computed to a scalar type that is checked when it is evaluated.
    Parse(ScalarType),
    /// `where` of a declared type.
    Refine(RecordId),
    /// A value of a wider form (data, struct) to a type: fills defaults, checks, names what does not fit.
    To(Ty),
    /// Something to free-form data: cases become text; a reference is refused before. Derived `let`s don't go along.
    ToData,
}

/// `kind.name`
#[derive(Clone, PartialEq, Debug)]
pub struct NameRef {
    /// The kind.
    pub kind: Symbol,
    /// The name.
    pub name: Key,
    /// Kubernetes kind of a manifest, or the namespace of a kind that is unique per namespace, where known.
    pub within: Option<Symbol>,
    /// Module that wrote it; `None`: any (site and cluster files).
    pub module: Option<Symbol>,
}

/// A name or key: literal or computed.
#[derive(Clone, PartialEq, Debug)]
pub enum Key {
    /// Known. With the node that says it.
    Name(Symbol, u32),
    /// Computed text.
    Expr(Expr),
}

/// A part of a text.
#[derive(Clone, PartialEq, Debug)]
pub enum Part {
    /// As it is.
    Plain(Arc<str>),
    /// Spelled as in data; a case by its name, an entry by its name.
    Hole(Expr),
}

/// An element of a list or set.
#[derive(Clone, PartialEq, Debug)]
pub enum Elem {
    /// `x`
    Value(Expr),
    /// `..xs`
    Spread(Expr),
    /// `if c => element`
    If(Expr, Box<Elem>),
    /// `for x in xs => element`
    For(For, Box<Elem>),
}

/// One generator of a loop.
#[derive(Clone, PartialEq, Debug)]
pub struct For {
    /// Its node.
    pub node: u32,
    /// Slot of the index (of a list, from 1) or key (of a map, as text), with two variables.
    pub key: Option<u32>,
    /// Slot of the element or value.
    pub value: u32,
    /// A list, set, map or range. A map gives its values.
    pub source: Expr,
    /// `if …`
    pub filter: Option<Expr>,
    /// Is the source `scope.all.kind` itself, of a kind that is not shared? Then what is written below belongs to the
    /// element's owner.
    pub owned: bool,
}

/// Operators that evaluate both sides.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum InfixOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    NotIn,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

/// `every`, `some`, `no`
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum QuantifierKind {
    Every,
    Some,
    No,
}

/// What is tested; slots take what it binds.
#[derive(Clone, PartialEq, Debug)]
pub enum Pattern {
    /// `_`
    Any,
    /// `none`
    None,
    /// `present`
    Present,
    /// `case { field = slot }`
    Case { name: Symbol, fields: Vec<(Symbol, u32)> },
    /// `a : Ip`, `Ip`: is the value of this type?
    Type { ty: Ty, slot: Option<u32> },
    /// `a | b`
    Or(Vec<Pattern>),
    /// A literal.
    Value(Value),
}

/// A function: the node of its declaration.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FnId {
    /// The item.
    pub item: ItemId,
    /// Its node.
    pub node: u32,
}
