//! What the tests of the whole project share.

pub mod build;
pub mod program;
pub mod tools;
