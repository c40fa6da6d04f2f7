//! What backends share: the tree of files that they fill, the contract between them and whoever runs them, and what several
//! of them know about the same outputs.

mod contract;
mod image;
pub mod kubernetes;
pub mod layout;
mod path;
pub mod read;
mod sink;
pub mod template;
#[cfg(feature = "testing")]
pub mod testing;
mod tree;

pub use contract::{Backend, Files};
pub use image::Image;
pub use path::{RESERVED, check_path};
pub use sink::{Sink, is_filled};
pub use tree::{Content, File, OutputTree};
