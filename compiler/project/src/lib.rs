//! A project on disk (or in an editor): finds and reads its files, keeps them, and answers what is asked of them.

mod assets;
mod background;
mod cache;
mod cancel;
pub mod db;
mod evaluation;
mod load;
mod places;
mod session;
mod shared;

pub use assets::{Assets, Found};
pub use background::{let_go, lower_priority};
pub use cache::cache_folder;
pub use cancel::{Cancelled, Changes, Watch, cancellable};
pub use evaluation::{cluster, clusters, early, is_package, site};
pub use load::{LoadError, Loaded, SourceText, find_lock, load, standard_library};
pub use places::Places;
pub use session::{Checked, Database, Session, Statics, TestResult};
pub use shared::Shared;
