//! What the front end hands to the evaluator: names resolved, types known, conversions explicit, no positions. A node number
//! ([`Expr::node`]) together with the item it belongs to is an [`kss_span::Origin`].
//!
//! Everything that has fields which are evaluated on demand is an *entry*: a scope (`site`, `cluster`, `machine`, `node`), an
//! entry of a kind (`route grafana`), a capability's record (`cni`), a module in use (its options and `let`s).

// Fields of variants are shown by the source that the variant's comment quotes.
#![allow(missing_docs)]

mod expr;
mod module;
mod ty;

pub use expr::{Coercion, Elem, Expr, ExprKind, FnId, For, InfixOp, Key, NameRef, Part, Pattern, QuantifierKind};
pub use module::{
    Body, Check, Ctl, Each, Effect, EffectKind, EntryRef, FnIr, Head, Ignore, LetIr, ModuleIr, Need, OptionIr, Path,
    Program, Provide, Remove, RemoveTarget, ScopeBody, Statements, TestIr, TestStep, Tune, TuneTarget, Use, Variant,
};
pub use ty::{
    Alternative, CapabilitySig, Cardinality, FieldSig, KindSig, KindUse, LetSig, Per, RecordDef, RecordId, Refine, Ty,
    TypeFn, UnionDef,
};

mod block;
pub use block::{Block, FieldBlocks, LayerWord, LocalLet, Stmt, StmtKind};
