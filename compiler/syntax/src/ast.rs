//! The syntax tree of a file. It holds no positions: a node has a number inside its top-level item, and
//! [`crate::Parsed::spans`] has the place of each number. So an edited comment gives an equal tree, and an edit inside one
//! item leaves all others equal.

// Fields of variants are told by the line above their variant.
#![allow(missing_docs)]

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

/// One statement, on any level.
#[derive(Clone, PartialEq, Debug)]
pub struct Stmt {
    /// The whole statement.
    pub id: NodeId,
    /// The `## …` lines before it, joined by newlines, without the marks.
    pub doc: Option<Arc<str>>,
    /// What it is.
    pub kind: StmtKind,
}

/// The forms of statements. Which of them may stand where is for `kss-sema` to say.
#[derive(Clone, PartialEq, Debug)]
pub enum StmtKind {
    /// Tokens that are no statement; the parser has said so.
    Error,
    /// `import ./homelab.homelab`, `import std.net.policy.{side, end-port}`
    Import(Import),
    /// `site homelab { … }`
    Site { name: Name, body: Block },
    /// `cluster kss in homelab { … }`
    Cluster { name: Name, site: Name, body: Block },
    /// `module minio for machine { … }`
    Module { name: Name, scope: Option<Name>, body: Block },
    /// `type Port = Int where it in 1..65535`, `type Bgp { asn : Asn }` (then `ty` is a [`TypeKind::Record`])
    Type { name: Name, ty: Type, refine: Option<Box<Where>> },
    /// `fn fqdn(host: Name, zone: Domain) -> Domain = "${host}.${zone}"`; without a body in the list of built-ins
    Fn { name: Name, params: Vec<Param>, result: Option<Type>, body: Option<Expr> },
    /// `capability cni : Cni one per cluster = canal`
    Capability { name: Name, ty: Type, count: Cardinality, per: Name, fallback: Option<Name> },
    /// `shared intent namespace : Namespace per cluster`, `output nixos : Data one per machine`
    Kind(KindDecl),
    /// `test "two nodes may not share an address" { … }`
    Test { title: Text, body: Block },
    /// `let lan : Network = site.network.lan where … else "…"`
    Let { name: Name, ty: Option<Type>, value: Expr, refine: Option<Box<Where>> },
    /// `private option asn : Asn = 64512 where it > 0`
    Option { private: bool, name: Name, ty: Type, default: Option<Expr>, refine: Option<Box<Where>> },
    /// `use cilium-bgp { … }`; the name is quoted only in a loop of a test
    Use { name: Key, body: Option<Block> },
    /// `needs site.router.bgp`, `needs sso?`
    Needs { path: Vec<Name>, optional: bool },
    /// `provide load-balancer { … }`
    Provide { name: Name, body: Block },
    /// `tune helm loki { … } because "…"`
    Tune { target: Head, body: Block, because: Option<Text> },
    /// `each node where role == server { … }`
    Each { kind: Name, filter: Option<Expr>, body: Block },
    /// `remove use kiali`, `remove helm loki values.test`, `remove a.b`
    Remove { target: RemoveTarget },
    /// `check a < b code K0410 else "…"`
    Check { cond: Expr, code: Option<Name>, message: Option<Expr> },
    /// `covered f because "…"`
    Covered { entry: Expr, because: Expr },
    /// `ignore route.audience because "…"`
    Ignore { path: Vec<Name>, because: Text },
    /// `unchecked values.devices because "…"`, also with `= value`
    Unchecked { path: Vec<Key>, value: Option<Expr>, because: Text },
    /// `if c { … } else if d { … } else { … }`; also `if c => element` in a set
    If { cond: Expr, then: Body, otherwise: Option<Body> },
    /// `for r in rules if r.on { … }`, `for k, v in map => "${k}" = v`
    For { generators: Vec<Generator>, body: Body },
    /// `match p { canal => { … } }`
    Match { subject: Expr, arms: Vec<(Pattern, Body)> },
    /// `..other`
    Spread(Expr),
    /// `..` in a record type: fields that are not listed may be there
    Open,
    /// `given before = kss with { … }`
    Given { name: Option<Name>, base: Name, with: Option<Block> },
    /// `expect …`
    Expect(Expect),
    /// `kind name in namespace { … }`; a kind without a name is a [`StmtKind::Field`] with a block
    Entry { head: Head, body: Block, because: Option<Text> },
    /// `a.b = c`, `a : T = c`, `a { … }`, with its prefixes
    Field(Box<Field>),
    /// An expression alone: an element of a set `{a, b}`, or `fail "…"`
    Element(Expr),
}

/// `import` and where from.
#[derive(Clone, PartialEq, Debug)]
pub struct Import {
    /// Starts with `./` or `../`: relative to this file. The number of directories up (`./` is 0).
    pub relative: Option<u32>,
    /// `std.net.policy`, or `homelab.homelab` behind `./`
    pub path: Vec<Name>,
    /// `.{side, end-port}`
    pub names: Option<Vec<Name>>,
}

/// How many providers a capability has per scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cardinality {
    /// `one per`
    One,
    /// `at most one per`
    AtMostOne,
    /// `some per`
    Some,
}

/// Declares a kind of entries.
#[derive(Clone, PartialEq, Debug)]
pub struct KindDecl {
    /// `output` rather than `intent`
    pub output: bool,
    /// `shared`
    pub shared: bool,
    /// `optional`
    pub optional: bool,
    /// Its name.
    pub name: Name,
    /// Type of an entry.
    pub ty: Type,
    /// `for load-balancer`, `for site.idp`
    pub lowered_by: Option<Vec<Name>>,
    /// `one` before `per`: one record per scope, without a name
    pub one: bool,
    /// `per cluster`, `per module`, `per namespace`
    pub per: Option<Name>,
}

/// A parameter of a function.
#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
}

/// What a bare or quoted key says.
#[derive(Clone, PartialEq, Debug)]
pub enum Key {
    /// `memory`; as a key always literal
    Bare(Name),
    /// `"app.kubernetes.io/name"`, `"${x}"`; never split at dots
    Quoted(Text),
    /// `worker-{1..3}`: three entries, `it` is the number; the prefix is `worker-`
    Range { id: NodeId, prefix: Symbol, first: u32, last: u32 },
}

impl Key {
    /// The node of it.
    pub fn id(&self) -> NodeId {
        match self {
            Key::Bare(name) => name.id,
            Key::Quoted(text) => text.id,
            Key::Range { id, .. } => *id,
        }
    }

    /// The text, where it is known without evaluating.
    pub fn literal(&self) -> Option<Symbol> {
        match self {
            Key::Bare(name) => Some(name.text),
            Key::Quoted(text) => text.literal(),
            Key::Range { .. } => None,
        }
    }
}

/// `manifest ConfigMap settings in monitoring`
#[derive(Clone, PartialEq, Debug)]
pub struct Head {
    /// All of it.
    pub id: NodeId,
    /// The words: kind, then name (for `manifest` the Kubernetes kind stands between). A `tune` or `remove` of a module's
    /// options has one word.
    pub words: Vec<Key>,
    /// Behind `in`.
    pub within: Option<Key>,
}

/// What `remove` takes.
#[derive(Clone, PartialEq, Debug)]
pub struct RemoveTarget {
    /// All of it.
    pub id: NodeId,
    /// `use kiali`
    pub is_use: bool,
    /// `helm loki` and its namespace; for `remove a.b` (a path of the record around) no words
    pub head: Head,
    /// `values.test`
    pub path: Vec<Key>,
}

/// Body of `if`, `for`, `match` among statements.
#[derive(Clone, PartialEq, Debug)]
pub enum Body {
    /// `{ … }`
    Block(Block),
    /// `=> statement`; in the `else` of an `if`, the `if` behind it
    One(Box<Stmt>),
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

/// The layer that a statement names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LayerWord {
    /// `default x = …`
    Default,
    /// `override x = …`
    Override,
    /// `force x = …`
    Force,
}

/// `default a.b : T = value where … because "…"`
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// `default`, `override`, `force`
    pub layer: Option<LayerWord>,
    /// `private`
    pub private: bool,
    /// `append`
    pub append: bool,
    /// At least one key.
    pub path: Vec<Key>,
    /// Behind `:`
    pub ty: Option<Type>,
    /// Behind `=`, or the block.
    pub value: Option<FieldValue>,
    /// `where … else "…"`
    pub refine: Option<Box<Where>>,
    /// `because "…"`
    pub because: Option<Text>,
}

/// The two ways to give a field its value.
#[derive(Clone, PartialEq, Debug)]
pub enum FieldValue {
    /// `= expr`
    Expr(Expr),
    /// `{ … }`
    Block(Block),
    /// `by name { … }`: a list written as a map
    Keyed { by: Name, block: Block },
    /// `by name = map`: a list made of a map
    KeyedExpr { by: Name, value: Expr },
}

/// `where cond else "message"`; `it` is the value.
#[derive(Clone, PartialEq, Debug)]
pub struct Where {
    /// All of it.
    pub id: NodeId,
    /// Must hold.
    pub cond: Expr,
    /// Words the message.
    pub message: Option<Expr>,
}

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

/// What a test expects.
#[derive(Clone, PartialEq, Debug)]
pub enum Expect {
    /// `no error`; `no error or error K0502`
    NoError { or: Vec<Name> },
    /// `error K0410 at node.worker-2.ip`
    Error { code: Option<Name>, at: Option<Expr> },
    /// `no output containing owner "${m}"`
    NoOutputOf { owner: Expr },
    /// `no output containing "grafana-oidc"`
    NoOutputWith { text: Expr },
    /// `helm loki: values.x == 1`
    Output { head: Head, cond: Expr },
    /// any condition
    Cond(Expr),
}
