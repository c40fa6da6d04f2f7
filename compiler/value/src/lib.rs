//! Values of the language: scalars with their literals and arithmetic, records, references, secrets, and the pure built-in
//! functions over them. An origin on every value.

pub mod builtins;
pub mod scalar;
mod value;

pub use value::{
    EntryKey, Flags, Kind, Later, Line, Record, RecordBuilder, ScopeKey, ScopeKind, Secret, SecretPart, SecretRef,
    Value,
};
