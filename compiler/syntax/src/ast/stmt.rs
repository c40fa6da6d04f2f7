//! Statements and their parts.

// Fields of variants are told by the line above their variant.
#![allow(missing_docs)]

use super::{Block, Expr, Generator, Name, NodeId, Pattern, Text, Type};
use kss_span::Symbol;
use std::sync::Arc;

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
