//! Literate tests: the examples of a Markdown page, run through the compiler.
//!
//! A block of `kss` is a small project, and its comments say what is wrong with it; the blocks behind it say what comes of it.
//!
//! ````text
//! ```kss                         one or several files, each begun by `# file: NAME`
//! type Port = Int where it in 1..65535
//! let ssh : Port = 70000         # error K0401 "70000"
//! ```
//! ```values                      what expressions are, evaluated where the example stands: `expression = expected`
//! ```output kss/helm/loki.yaml   lines that a file of the deploy tree holds; a line `…` leaves some out
//! ```console                     commands, `$ kssc check`, with what they print; `…` stands for anything
//! ```message                     the first diagnostic, as the terminal shows it
//! ````
//!
//! Each announced diagnostic has its primary place on its line (or in the library, for a check there), and there are no others.
//!
//! Words behind `kss` place an example: `in-site`, `in-machine`, `in-cluster` and `in-module` put what is no declaration of a
//! file into the body of a small site of its own; `more` goes on with the files of the example before; `test` runs its
//! tests; `from:PATH` is a part of that file, and `into:PATH` a line that goes into that file of `clusters/`. Examples without a site get one, so that their values are evaluated.

pub mod compile;
mod console;
pub mod grammar;
mod read;
mod run;
mod wrap;

pub use console::run_console;
pub use read::{Console, Expected, Place, SpecExample, read, read_consoles};
pub use run::{check_pages, run};

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the repository").to_owned()
}

/// The Markdown files below `folder`, in order.
pub fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).expect("the folder is there");
        for path in entries.map(|entry| entry.expect("it is readable").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
