//! What the tests of the whole project share.

pub mod build;
pub mod spec;
pub mod tools;
