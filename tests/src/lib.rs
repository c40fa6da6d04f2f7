//! What the tests of the whole project share.

pub mod build;
pub mod generate;
pub mod lock_schema;
pub mod observe;
pub mod outside;
pub mod program;
pub mod read;
pub mod reference;
pub mod releases;
pub mod shuffle;
pub mod spec;
pub mod tools;
