//! What foreign things look like: values of charts, Kubernetes kinds, NixOS options.
//!
//! A schema is a text of sorted lines, `path<TAB>type<TAB>default<TAB>documentation`, that is searched where it lies:
//! nothing is parsed when the process starts, and checking a value costs a binary search per key. `stdlib/lock/README.md`
//! describes the files, [`import`] makes them.

mod check;
mod describe;
mod elsewhere;
pub mod import;
mod lock;
mod path;
mod schema;
mod set;
mod table;
mod ty;

pub use check::{Finding, FindingKind, Seg, check, packages};
pub use describe::{Child, KeyInfo, describe, takes_package};
pub use lock::{Lock, LockProblem, Locked, LockedFlake, LockedKind};
pub use path::{Place, segment};
pub use schema::{Family, Schema};
pub use set::{KindInfo, SchemaSet};
pub use table::{Header, Text};
pub use ty::human;
