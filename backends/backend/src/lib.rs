//! What backends share: the tree of files that they fill.

mod path;
mod tree;

pub use path::{RESERVED, check_path};
pub use tree::{Content, File, OutputTree};
