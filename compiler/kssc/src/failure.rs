//! Failures of the program itself; what is wrong in the sources is a diagnostic instead.

use miette::Diagnostic;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why a command could not do its work. Exit code 2.
#[derive(Error, Diagnostic, Debug)]
pub(crate) enum Failure {
    #[error("`{}` does not exist", path.display())]
    #[diagnostic(help("a path is a .kss file or a directory that holds some; `kssc init` begins a project"))]
    NoSuchPath { path: PathBuf },

    #[error("`{}` does not exist", path.display())]
    #[diagnostic(help(
        "a place is a line of a file of the deploy tree, which `kssc build` writes: deploy/clusters/NAME/vars.json:12"
    ))]
    NoSuchOutput { path: PathBuf },

    #[error("there is no .kss file in `{}`", path.display())]
    #[diagnostic(help("`kssc init` begins a project"))]
    NoSources { path: PathBuf },

    #[error("`{}` can't be read", path.display())]
    Read { path: PathBuf, source: io::Error },

    #[error("`{}` can't be written", path.display())]
    #[diagnostic(help("the file is as it was before"))]
    Write { path: PathBuf, source: io::Error },

    #[error("standard input is not UTF-8 text")]
    StdinNotText,

    #[error("standard input is formatted alone")]
    #[diagnostic(help("`kssc fmt -` reads standard input, `kssc fmt PATH…` changes files"))]
    StdinAndFiles,

    #[error("the output can't be printed")]
    Print(#[source] io::Error),

    #[error("there is no code `{word}`")]
    #[diagnostic(help("{help}"))]
    UnknownCode { word: String, help: String },

    #[error("`{}` exists already", path.display())]
    #[diagnostic(help("`kssc init` never changes a file; name another directory, or remove this one"))]
    Exists { path: PathBuf },

    #[error("the fixes for `{file}` do not fit together: {reason}")]
    #[diagnostic(help("nothing was changed; this is a mistake of kssc"))]
    BadFixes { file: String, reason: kss_diag::FixError },

    #[error("{0}")]
    #[diagnostic(help("`kssc lock --help` shows how each thing is locked"))]
    Lock(String),

    #[error("{0}")]
    Project(String),
}
