//! One file a command: its arguments with their help, then what it does.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod init;
pub(crate) mod lock;
pub(crate) mod lsp;
pub(crate) mod model;
pub(crate) mod test;
pub(crate) mod why;
