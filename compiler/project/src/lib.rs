//! A project on disk (or in an editor): finds and reads its files, keeps them, and answers what is asked of them.

pub mod db;
mod load;
mod places;

pub use load::{LoadError, Loaded, SourceText, load, standard_library};
pub use places::Places;
