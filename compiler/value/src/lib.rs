//! Values of the language: scalars with their literals and arithmetic, records, references, secrets, and the pure built-in
//! functions over them. An origin on every value.

pub mod builtins;
mod entry;
pub mod scalar;
mod secret;
mod value;

pub use entry::{EntryKey, ScopeKey, ScopeKind};
pub use secret::{Later, Secret, SecretPart, SecretRef};
pub use value::{Flags, Kind, Line, Record, RecordBuilder, Value};
