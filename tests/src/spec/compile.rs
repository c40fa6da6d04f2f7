//! The whole compiler over texts in memory.

use kss_diag::{Diagnostic, Sources, arrange};
use kss_project::{Places, standard_library};
use kss_sema::{FileItems, SourceFile, analyse};
use kss_span::{FileId, Symbol};
use kss_syntax::{Parsed, parse};
use std::sync::OnceLock;

/// Texts by path.
#[derive(Debug)]
pub struct Texts(pub Vec<(String, String)>);

impl Sources for Texts {
    fn path(&self, file: FileId) -> &str {
        &self.0[file.0 as usize].0
    }

    fn text(&self, file: FileId) -> &str {
        &self.0[file.0 as usize].1
    }
}

/// What came of a project.
#[derive(Debug)]
pub struct Compiled {
    /// Its files, then the library's.
    pub texts: Texts,
    /// What is wrong, in the order in which it is shown.
    pub diagnostics: Vec<Diagnostic>,
}

/// The library's files, parsed once for all tests.
fn library() -> &'static [(String, String, Parsed)] {
    static LIBRARY: OnceLock<Vec<(String, String, Parsed)>> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let files = standard_library().into_iter().enumerate();
        files
            .map(|(at, (path, text))| (path.to_owned(), text.to_owned(), parse(FileId(at as u32 + OWN), text)))
            .collect()
    })
}

/// Numbers below are for files of a project.
const OWN: u32 = 64;

/// Compiles `files`.
pub fn compile(files: &[(String, String)]) -> Compiled {
    assert!(files.len() <= OWN as usize, "more files than an example may have");
    let mut texts: Vec<(String, String)> = files.to_vec();
    texts.resize(OWN as usize, (String::new(), String::new()));
    let sources = |(_, (path, _)): &(usize, &(String, String))| path.ends_with(".kss");
    let parsed: Vec<(FileId, &str, Parsed)> = files
        .iter()
        .enumerate()
        .filter(sources)
        .map(|(at, (path, text))| (FileId(at as u32), path.as_str(), parse(FileId(at as u32), text)))
        .collect();
    let library = library();
    texts.extend(library.iter().map(|(path, text, _)| (path.clone(), text.clone())));
    let std =
        library.iter().enumerate().map(|(at, (path, _, parsed))| (FileId(at as u32 + OWN), path.as_str(), parsed));
    let own = parsed.iter().map(|(id, path, parsed)| (*id, *path, parsed));
    let mut places = Places::default();
    let (mut sources, mut diagnostics) = (Vec::new(), Vec::new());
    for (id, path, parsed) in own.chain(std) {
        places.add(id, &FileItems::new(Symbol::new(path), &parsed.file), parsed);
        diagnostics.extend(parsed.errors.iter().cloned());
        sources.push(SourceFile { path: Symbol::new(path), tree: parsed.file.clone() });
    }
    let analysis = analyse(&sources);
    diagnostics.extend(analysis.diags.into_iter().map(|diag| places.locate(diag)));
    let texts = Texts(texts);
    let diagnostics = arrange(diagnostics, &[], &texts);
    Compiled { texts, diagnostics }
}
