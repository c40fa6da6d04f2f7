//! Modules, bodies of scopes, tests, and the program that holds them.

use crate::{
    CapabilitySig, Expr, FieldBlocks, FnId, For, Key, KindSig, LocalLet, Pattern, RecordDef, RecordId, Refine, Ty,
    UnionDef,
};
use kss_span::{ItemId, Origin, Symbol, SymbolMap};
use kss_value::ScopeKind;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Everything that is declared, lowered.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Program {
    /// Declared records, bodies included.
    pub records: FxHashMap<RecordId, Arc<RecordDef>>,
    /// Declared unions.
    pub unions: FxHashMap<RecordId, Arc<UnionDef>>,
    /// `where` of declared types.
    pub refinements: FxHashMap<RecordId, Arc<Refine>>,
    /// Kinds by name.
    pub kinds: SymbolMap<Arc<KindSig>>,
    /// Capabilities by name.
    pub capabilities: SymbolMap<Arc<CapabilitySig>>,
    /// Types of the scopes: `Site`, `Machine`, `Cluster`, `Node`.
    pub scope_types: FxHashMap<ScopeKind, RecordId>,
    /// Modules by name, in natural order.
    pub modules: SymbolMap<Arc<ModuleIr>>,
    /// Modules that are in use in every scope of their kind.
    pub always: Vec<Symbol>,
    /// Functions.
    pub fns: FxHashMap<FnId, Arc<FnIr>>,
    /// `let`s of files.
    pub file_lets: FxHashMap<ItemId, Arc<LetIr>>,
    /// `site`, `overlay` and `cluster` bodies.
    pub scopes: Vec<Arc<ScopeBody>>,
    /// Tests.
    pub tests: Vec<Arc<TestIr>>,
}

/// A function.
#[derive(Clone, PartialEq, Debug)]
pub struct FnIr {
    /// Expressions belong to this item.
    pub item: ItemId,
    /// Its name.
    pub name: Symbol,
    /// How many parameters; they are the first locals.
    pub params: u32,
    /// Size of the frame.
    pub locals: u32,
    /// Its body. In a module it may read the module's options and `let`s; in a type `self`.
    pub body: Expr,
    /// Kind and field of each entry that it reads, also through what it calls.
    pub reads: BTreeSet<(Symbol, Symbol)>,
}

/// `let name : T = value where …`
#[derive(Clone, PartialEq, Debug)]
pub struct LetIr {
    /// Where.
    pub origin: Origin,
    /// Its type.
    pub ty: Ty,
    /// Its value.
    pub value: Expr,
    /// `where`
    pub refine: Option<Arc<Refine>>,
    /// Size of the frame.
    pub locals: u32,
    /// Documentation.
    pub doc: Option<Arc<str>>,
}

/// A module.
#[derive(Clone, PartialEq, Debug)]
pub struct ModuleIr {
    /// Its item; all expressions belong to it.
    pub item: ItemId,
    /// Node of its name.
    pub node: u32,
    /// Its name.
    pub name: Symbol,
    /// Documentation.
    pub doc: Option<Arc<str>>,
    /// Where it may be used.
    pub scope: ScopeKind,
    /// `phase = …`, as a case of `Phase`, with its node.
    pub phase: Option<(Symbol, u32)>,
    /// Options in source order.
    pub options: SymbolMap<OptionIr>,
    /// The only namespace that it declares.
    pub namespace: Option<Symbol>,
    /// What it needs.
    pub needs: Vec<Need>,
    /// What it provides.
    pub provides: Vec<Provide>,
    /// Reasons not to read a field of an intent that it lowers.
    pub ignores: Vec<Ignore>,
    /// Its other statements.
    pub body: Statements,
    /// Kind and field of each entry that it reads, also through the functions and types that it uses.
    pub reads: BTreeSet<(Symbol, Symbol)>,
    /// Own options that something in it reads.
    pub options_read: BTreeSet<Symbol>,
}

/// `option name : T = default where …`
#[derive(Clone, PartialEq, Debug)]
pub struct OptionIr {
    /// Where.
    pub node: u32,
    /// Its type.
    pub ty: Ty,
    /// Documentation.
    pub doc: Option<Arc<str>>,
    /// `private`
    pub private: bool,
    /// The default; the frame has `locals` slots.
    pub default: Option<Expr>,
    /// `where`
    pub refine: Option<Arc<Refine>>,
    /// Size of the frame.
    pub locals: u32,
}

/// `needs cni`, `needs site.vault?`, `needs site.router.bgp`
#[derive(Clone, PartialEq, Debug)]
pub struct Need {
    /// Where.
    pub node: u32,
    /// What.
    pub path: Path,
    /// `?`
    pub optional: bool,
}

/// What is needed.
#[derive(Clone, PartialEq, Debug)]
pub enum Path {
    /// A capability of the own scope.
    Own(Symbol),
    /// A capability of the site.
    Site(Symbol),
    /// An optional field of the site: the names behind `site`.
    Field(Vec<Symbol>),
}

/// `provide cni { … }`
#[derive(Clone, PartialEq, Debug)]
pub struct Provide {
    /// Where.
    pub node: u32,
    /// The capability.
    pub capability: Symbol,
    /// The record's fields.
    pub fields: FieldBlocks,
}

/// `ignore route.audience because "…"`
#[derive(Clone, PartialEq, Debug)]
pub struct Ignore {
    /// Where.
    pub node: u32,
    /// The kind.
    pub kind: Symbol,
    /// The field.
    pub field: Symbol,
}

/// Statements of a module or of a scope's body.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Statements {
    /// `use`
    pub uses: Vec<Use>,
    /// `remove use`, `remove helm loki values.test`
    pub removes: Vec<Remove>,
    /// `let`s; cells of the module or scope.
    pub lets: SymbolMap<Arc<LetIr>>,
    /// Entries of kinds.
    pub heads: Vec<Arc<Head>>,
    /// `tune`
    pub tunes: Vec<Arc<Tune>>,
    /// `each`
    pub eaches: Vec<Arc<Each>>,
    /// `check`
    pub checks: Vec<Check>,
    /// `covered`, `fail` as statements.
    pub effects: Vec<Effect>,
    /// A module is used that nobody knows, which is reported: what is missing here is missing because of that.
    pub incomplete: bool,
}

/// `use cilium-bgp { pool = … }`
#[derive(Clone, PartialEq, Debug)]
pub struct Use {
    /// Where.
    pub node: u32,
    /// The module.
    pub module: Symbol,
    /// Values of options.
    pub options: FieldBlocks,
}

/// `remove …` in a site's or cluster's body (removal inside a record is [`crate::StmtKind::Remove`]).
#[derive(Clone, PartialEq, Debug)]
pub struct Remove {
    /// Where.
    pub node: u32,
    /// What.
    pub target: RemoveTarget,
}

/// What is removed.
#[derive(Clone, PartialEq, Debug)]
pub enum RemoveTarget {
    /// `use kiali`
    Use(Symbol),
    /// An entry, or a path in it.
    Entry { entry: EntryRef, path: Vec<Symbol> },
}

/// An entry by its literal name.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct EntryRef {
    /// Its kind.
    pub kind: Symbol,
    /// Its name.
    pub name: Symbol,
    /// Kubernetes kind of a manifest.
    pub kubernetes: Option<Symbol>,
    /// Namespace, if written.
    pub within: Option<Symbol>,
}

/// What stands around a statement.
#[derive(Clone, PartialEq, Debug)]
pub enum Ctl {
    /// `let`; stands before what reads it.
    Let(LocalLet),
    /// `if cond { here }`, or with `negated` its `else`
    If { cond: Expr, negated: bool },
    /// `for`
    For(For),
    /// Arm `arm` of a `match`: none of the earlier patterns matches, this one does.
    Match { subject: Expr, patterns: Arc<[Pattern]>, arm: usize },
}

/// An entry that may come to exist: `kind name in ns { … }`.
#[derive(Clone, PartialEq, Debug)]
pub struct Head {
    /// Of the statement.
    pub node: u32,
    /// The kind.
    pub kind: Symbol,
    /// Kubernetes kind of a manifest.
    pub kubernetes: Option<Key>,
    /// The name; `None` for a nameless kind.
    pub name: Option<Key>,
    /// `in ns`
    pub within: Option<Key>,
    /// What stands around it.
    pub chain: Vec<Ctl>,
    /// What it says.
    pub body: Body,
    /// `because`
    pub because: Option<Arc<str>>,
}

/// Body of an entry. Only scopes (`machine`, `node`) have statements.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Body {
    /// Values of fields. Its frame begins with the locals of the chain around.
    pub fields: FieldBlocks,
    /// What is used and declared in the scope.
    pub statements: Option<Box<Statements>>,
}

/// `tune helm loki { … } because "…"`
#[derive(Clone, PartialEq, Debug)]
pub struct Tune {
    /// Where.
    pub node: u32,
    /// Whom.
    pub target: TuneTarget,
    /// What it says.
    pub fields: FieldBlocks,
    /// Of a scope (`tune machine support { … }`): what it uses, removes and declares there.
    pub statements: Option<Box<Statements>>,
    /// `because`
    pub because: Option<Arc<str>>,
}

/// Whom a `tune` concerns.
#[derive(Clone, PartialEq, Debug)]
pub enum TuneTarget {
    /// A module's options.
    Module(Symbol),
    /// An entry by its literal name.
    Entry(EntryRef),
    /// An entry by a computed name.
    Computed { kind: Symbol, kubernetes: Option<Key>, name: Key, within: Option<Key> },
}

/// `each node where role == server { … }`
#[derive(Clone, PartialEq, Debug)]
pub struct Each {
    /// Where.
    pub node: u32,
    /// The kind.
    pub kind: Symbol,
    /// `where`; the entry is `self`. A guard of every field below.
    pub filter: Option<Expr>,
    /// Fields of the entry, and for `node` and `machine` what is declared in its scope. In their bodies `node` (`machine`) is
    /// the entry's scope.
    pub body: Body,
    /// Size of the filter's frame.
    pub locals: u32,
}

/// `check cond code K else message`
#[derive(Clone, PartialEq, Debug)]
pub struct Check {
    /// Where.
    pub node: u32,
    /// What stands around it.
    pub chain: Vec<Ctl>,
    /// Must hold.
    pub cond: Expr,
    /// `code K0412`
    pub code: Option<Symbol>,
    /// Message. In `every x in …: …` it may name the loop's variables: it is evaluated with those of the first failure.
    pub message: Option<Expr>,
    /// Size of the frame.
    pub locals: u32,
}

/// A statement that does something without writing.
#[derive(Clone, PartialEq, Debug)]
pub struct Effect {
    /// Where.
    pub node: u32,
    /// What stands around it.
    pub chain: Vec<Ctl>,
    /// What.
    pub kind: EffectKind,
    /// Size of the frame.
    pub locals: u32,
}

/// The forms.
#[derive(Clone, PartialEq, Debug)]
pub enum EffectKind {
    /// `covered entry because reason`
    Covered { entry: Expr, because: Expr },
    /// `fail …`
    Fail(Expr),
}

/// `site homelab { … }`, `overlay homelab { … }`, `cluster kss in homelab { … }`
#[derive(Clone, PartialEq, Debug)]
pub struct ScopeBody {
    /// Its item; all expressions belong to it.
    pub item: ItemId,
    /// Node of its name.
    pub node: u32,
    /// [`ScopeKind::Site`] or [`ScopeKind::Cluster`].
    pub kind: ScopeKind,
    /// `overlay` of a site: sets private things only, above everything else.
    pub overlay: bool,
    /// Its name.
    pub name: Symbol,
    /// The site of a cluster, with its node.
    pub site: Option<(Symbol, u32)>,
    /// Documentation.
    pub doc: Option<Arc<str>>,
    /// What it says.
    pub body: Body,
}

/// `test "…" { … }`
#[derive(Clone, PartialEq, Debug)]
pub struct TestIr {
    /// Its item.
    pub item: ItemId,
    /// Node of its title.
    pub node: u32,
    /// Its title.
    pub title: Arc<str>,
    /// Steps in order.
    pub steps: Vec<TestStep>,
    /// Size of the frame.
    pub locals: u32,
}

/// A step of a test.
#[derive(Clone, PartialEq, Debug)]
pub enum TestStep {
    /// `given before = kss with { … }`: starts a variant; the slot takes a reference to its scope. If it is not
    /// `named`, what follows means it by the names of the site and its clusters.
    Given { node: u32, slot: u32, named: bool, base: Symbol, with: Option<Variant> },
    /// `for m in … { … }`
    For { loops: Vec<For>, steps: Vec<TestStep> },
    /// `let`
    Let { slot: u32, value: Expr },
    /// `expect no error`, perhaps with codes that are fine
    NoError { node: u32, or: Vec<Symbol> },
    /// `expect error K0410 at place`
    Error { node: u32, code: Option<Symbol>, at: Option<Expr> },
    /// `expect no output containing owner "…"`
    NoOutputOf { node: u32, owner: Expr },
    /// `expect no output containing "…"`: no text of any output has it
    NoOutputWith { node: u32, text: Expr },
    /// `expect helm loki: cond`; the entry is `self` in the condition
    Output { node: u32, entry: EntryRef, cond: Expr },
    /// `expect cond`
    Cond { node: u32, cond: Expr },
}

/// What a variant changes.
#[derive(Clone, PartialEq, Debug)]
pub struct Variant {
    /// As in the body of the scope; `remove use "${m}"` is in `computed_removes`.
    pub body: Body,
    /// Names of modules that are removed, computed.
    pub computed_removes: Vec<Expr>,
}
