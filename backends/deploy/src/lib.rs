//! Writes an [`kss_backend::OutputTree`] to a directory.
//!
//! - The first build is written aside and takes its place in one rename.
//! - A later one writes what changed to `.kssc/local/stage/`, then a journal, then renames file by file, the manifest last. Before
//!   the journal stands, an interrupted build is undone; once it stands, the next build finishes it. So there is the old
//!   tree or the new one, once recovered.
//! - Only files that `.kssc/manifest.json` owns are replaced or removed. A foreign file in the way, or an owned one whose
//!   content is not what was written, stops the build before anything changes.
//! - Files that stay the same are not touched. Symbolic links in the tree are never followed.
//!
//! Nothing is flushed to the medium: after a power failure a build may find a journal whose files are torn; it says so, and
//! building with [`Options::overwrite`] writes everything again.

mod apply;
mod books;
mod check;
mod disk;
mod error;
mod journal;
mod lock;
mod manifest;
mod plan;
mod write;

#[cfg(test)]
mod tests;

pub use check::{Change, Difference, check, current};
pub use error::{DeployError, Obstacle, Why};
pub use manifest::{Manifest, Owned};
pub use write::{Options, Report, write};
