//! Types and the signatures of kinds and capabilities.

use crate::{Check, Expr, FnId};
use kss_span::{ItemId, Origin, Symbol};
use kss_value::ScopeKind;
use kss_value::scalar::ScalarType;
use std::sync::Arc;

/// A type. Cheap to clone. Declared records and unions are names; their definitions are in [`crate::Program`].
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    /// Something that an error was reported for; fits everywhere.
    Error,
    /// Of `fail`, and of the elements of `[]`; fits everywhere.
    Never,
    /// `Int`, `Text`, `Ip`, `Name` …
    Scalar(ScalarType),
    /// Free-form data.
    Data,
    /// Text that nobody sees.
    Secret,
    /// A file of the project, the library or the lock.
    File,
    /// Of the literal `none`; fits every optional type.
    None,
    /// `1..128`, only to iterate and for `in`.
    Range(ScalarType),
    /// `Later T`
    Later(Arc<Ty>),
    /// `[T]`
    List(Arc<Ty>),
    /// `set T`
    Set(Arc<Ty>),
    /// `{K: V}`
    Map(Arc<Ty>, Arc<Ty>),
    /// `T?`
    Optional(Arc<Ty>),
    /// A declared record.
    Record(RecordId),
    /// The type of a record literal without an expected type: its fields, by name.
    Struct(Arc<[(Symbol, Ty)]>),
    /// A declared union.
    Union(RecordId),
    /// A declared type with a `where`: `type Port = Int where it in 1..65535`. The base, and the declaration.
    Refined(Arc<Ty>, RecordId),
    /// `ref route`; also the scopes (`ref cluster`).
    Ref(Symbol),
    /// The record of a capability.
    Capability(Symbol),
    /// A module in use, as `owner` sees it.
    Module,
    /// `T`, `K`, `V` in the signature of a built-in function.
    Var(Symbol),
}

/// A record, union or refined type: the node that declares it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RecordId {
    /// The item.
    pub item: ItemId,
    /// Its node.
    pub node: u32,
}

impl RecordId {
    /// The place.
    pub fn origin(self) -> Origin {
        Origin::new(self.item, self.node)
    }
}

/// A declared record type. Of `A + B` all fields are here, those of `B` in place of equal names of `A`.
#[derive(Clone, PartialEq, Debug)]
pub struct RecordDef {
    /// The node.
    pub id: RecordId,
    /// `Machine`; a payload of a case and a nested record are named after their owner: `Source.generated`.
    pub name: Symbol,
    /// Settable fields.
    pub fields: Vec<FieldSig>,
    /// `let`s.
    pub lets: Vec<LetSig>,
    /// Functions.
    pub fns: Vec<TypeFn>,
    /// Records to whose fields it adds, the outermost first: of `A + { … }` those of `A` and then `A`.
    pub bases: Vec<RecordId>,
    /// `check`s over its fields, those of its bases first; the item is that of the type.
    pub checks: Vec<(ItemId, Check)>,
    /// `..`
    pub open: bool,
}

impl RecordDef {
    /// The settable field `name`.
    pub fn field(&self, name: Symbol) -> Option<&FieldSig> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// The `let` called `name`.
    pub fn let_(&self, name: Symbol) -> Option<&LetSig> {
        self.lets.iter().find(|l| l.name == name)
    }
}

/// A field of a record type.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldSig {
    /// Its name.
    pub name: Symbol,
    /// Its type.
    pub ty: Ty,
    /// Where it is declared; expressions below belong to this item.
    pub origin: Origin,
    /// Documentation.
    pub doc: Option<Arc<str>>,
    /// `private`
    pub private: bool,
    /// Has it a default (or is it optional, so that `none` is)?
    pub has_default: bool,
    /// The default. Evaluated with the record as `self`. `None` before bodies are lowered and for required fields.
    pub default: Option<Arc<Expr>>,
    /// `where`
    pub refine: Option<Arc<Refine>>,
    /// Where sums listed it before: the conditions there hold as well.
    pub listed: Vec<Origin>,
}

/// A `let` of a record type.
#[derive(Clone, PartialEq, Debug)]
pub struct LetSig {
    /// Its name.
    pub name: Symbol,
    /// Its type.
    pub ty: Ty,
    /// Where it is declared; expressions belong to this item.
    pub origin: Origin,
    /// Documentation.
    pub doc: Option<Arc<str>>,
    /// Its value, with the record as `self`; `None` before bodies are lowered.
    pub value: Option<Arc<Expr>>,
    /// `where`
    pub refine: Option<Arc<Refine>>,
}

/// A function of a record type.
#[derive(Clone, PartialEq, Debug)]
pub struct TypeFn {
    /// Its name.
    pub name: Symbol,
    /// Where its body is.
    pub id: FnId,
    /// Parameters.
    pub params: Vec<(Symbol, Ty)>,
    /// Result.
    pub result: Ty,
}

/// `where cond else message`. The value is local 0 (`it`); `self` is the record around, if there is one.
#[derive(Clone, PartialEq, Debug)]
pub struct Refine {
    /// Expressions belong to this item.
    pub origin: Origin,
    /// Must hold.
    pub cond: Expr,
    /// Words the message.
    pub message: Option<Expr>,
    /// Size of the frame.
    pub locals: u32,
    /// What must hold besides: the condition of the field that a sum lists again.
    pub besides: Option<Arc<Refine>>,
}

/// A declared union.
#[derive(Clone, PartialEq, Debug)]
pub struct UnionDef {
    /// The node.
    pub id: RecordId,
    /// `Source`, or named after its owner.
    pub name: Symbol,
    /// In the order written.
    pub alternatives: Vec<Alternative>,
}

/// An alternative of a union.
#[derive(Clone, PartialEq, Debug)]
pub enum Alternative {
    /// `stacked`, `external { … }`
    Case { name: Symbol, payload: Option<RecordId>, doc: Option<Arc<str>> },
    /// `Ip`, `ref step`
    Type(Ty),
}

impl UnionDef {
    /// The case `name` and its record.
    pub fn case(&self, name: Symbol) -> Option<Option<RecordId>> {
        self.alternatives.iter().find_map(|a| match a {
            Alternative::Case { name: n, payload, .. } if *n == name => Some(*payload),
            _ => None,
        })
    }

    /// Position of a case: unions order as written.
    pub fn rank(&self, name: Symbol) -> Option<usize> {
        self.alternatives.iter().position(|a| matches!(a, Alternative::Case { name: n, .. } if *n == name))
    }
}

/// What entries of a kind are for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KindUse {
    /// A keyed collection of a scope's type: `network`, `machine`, `cluster`, `node`.
    Structure,
    /// `intent`; `optional` ones may go unread.
    Intent {
        /// `optional intent`
        optional: bool,
    },
    /// `output`
    Output,
}

/// Where a name of a kind is unique.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Per {
    /// In the scope that declares it.
    Scope,
    /// In its module.
    Module,
    /// In its namespace.
    Namespace,
    /// In the whole site.
    Site,
}

/// The signature of a kind.
#[derive(Clone, PartialEq, Debug)]
pub struct KindSig {
    /// `route`
    pub name: Symbol,
    /// Where it is declared.
    pub origin: Origin,
    /// Documentation.
    pub doc: Option<Arc<str>>,
    /// Intent, output, structure.
    pub usage: KindUse,
    /// May several modules declare one entry, which then merges?
    pub shared: bool,
    /// One record per scope, without a name (`nixos { … }`).
    pub nameless: bool,
    /// Type of an entry: a [`Ty::Record`], or (nameless) [`Ty::Data`] or a map.
    pub ty: Ty,
    /// `manifest KIND NAME in NS`: the word between kind and name.
    pub kubernetes: bool,
    /// Where names are unique.
    pub per: Per,
    /// In which scopes it may be declared; empty: in any.
    pub scope: Option<ScopeKind>,
    /// Which capability lowers it, and is that one of the site?
    pub lowered_by: Option<(Symbol, bool)>,
}

/// How many providers a capability has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cardinality {
    /// `one per`
    One,
    /// `at most one per`
    AtMostOne,
    /// `some per`
    Some,
}

/// The signature of a capability.
#[derive(Clone, PartialEq, Debug)]
pub struct CapabilitySig {
    /// `cni`
    pub name: Symbol,
    /// Where it is declared.
    pub origin: Origin,
    /// Documentation.
    pub doc: Option<Arc<str>>,
    /// Type of the record.
    pub ty: Ty,
    /// How many.
    pub count: Cardinality,
    /// Scope that it is `per`.
    pub scope: ScopeKind,
    /// Module that provides it when no other does.
    pub fallback: Option<Symbol>,
}
