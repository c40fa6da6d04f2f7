//! The grammar of the reference.
