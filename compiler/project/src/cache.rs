//! Where things are kept that may be lost.

use etcetera::BaseStrategy;
use std::path::PathBuf;

/// The folder of kss in the user's cache: `KSSC_CACHE_DIR`, or where the system keeps such things. None if there is no such
/// place.
pub fn cache_folder() -> Option<PathBuf> {
    match std::env::var_os("KSSC_CACHE_DIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => Some(PathBuf::from(folder)),
        None => etcetera::base_strategy::choose_native_strategy().ok().map(|user| user.cache_dir().join("kssc")),
    }
}
