//! What the tests of the whole project share.

pub mod spec;
pub mod tools;
