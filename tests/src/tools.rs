//! Real tools: found in the folder that `KSS_TOOLS` names, or on the path. A test that lacks one says so and ends.

use std::path::PathBuf;
use std::process::Command;

/// Where `tool` is.
pub fn find(tool: &str) -> Option<PathBuf> {
    let own = std::env::var_os("KSS_TOOLS").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = own.into_iter().flat_map(|d| [d.join("bin"), d]).chain(std::env::split_paths(&path));
    folders.map(|folder| folder.join(tool)).find(|file| file.is_file())
}

/// A command of `tool`; without it prints what was left out.
pub fn command(tool: &str, test: &str) -> Option<Command> {
    match find(tool) {
        Some(path) => Some(Command::new(path)),
        None => {
            #[allow(clippy::print_stderr, reason = "a reader of the tests' output is told")]
            {
                eprintln!("left out: {test}: `{tool}` is not installed (tests/run installs it)");
            }
            None
        }
    }
}
