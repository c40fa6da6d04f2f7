//! The standard library's files, embedded.

/// Path and content of each file, in order.
pub static FILES: &[(&str, &[u8])] = &[];
