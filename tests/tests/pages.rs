//! The wrong example of each error's page gives exactly its code, the right one nothing.

use kss_diag::{Code, Run};
use kss_project::{Database, Loaded, Session, SourceText, standard_library};
use kss_span::{FileId, Symbol};
use kss_tests::spec::check_pages;
use std::path::PathBuf;

#[test]
fn every_page_shows_its_error_and_how_it_is_mended() {
    let wrong: Vec<String> = kss_diag::ALL.iter().flat_map(|code| check_pages(code)).collect();
    assert!(wrong.is_empty(), "{} examples:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn pages_of_tests_and_of_public_builds_show_theirs_too() {
    let codes: Vec<&Code> = kss_diag::ALL.iter().copied().filter(|code| runs(code, is_special)).collect();
    assert!(codes.len() >= 3, "only {} pages are of this sort", codes.len());
    let wrong: Vec<String> = codes.into_iter().flat_map(check_special).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn few_pages_are_not_tried() {
    let skipped = kss_diag::ALL.iter().filter(|code| runs(code, |run| run == Run::Skip)).map(|code| code.id);
    // Bytes that are no text, a file of several MiB, hundreds of brackets: nothing that a page could show.
    assert_eq!(skipped.collect::<Vec<_>>(), ["K0105", "K0108", "K1002"]);
}

fn is_special(run: Run) -> bool {
    matches!(run, Run::Public | Run::Test)
}

fn runs(code: &Code, wanted: impl Fn(Run) -> bool) -> bool {
    code.examples().iter().any(|example| wanted(example.run))
}

fn check_special(code: &'static Code) -> Vec<String> {
    let mut wrong = Vec::new();
    for example in code.examples().into_iter().filter(|e| is_special(e.run)) {
        let codes = found(&example.files, example.run);
        let fine = match example.wrong {
            true => !codes.is_empty() && codes.iter().all(|found| *found == code.id),
            false => codes.is_empty(),
        };
        if !fine {
            let kind = if example.wrong { "wrong" } else { "right" };
            wrong.push(format!("{}: the {kind} example gives {codes:?}", code.id));
        }
    }
    wrong
}

/// The codes that a check, or the tests of the files, give.
fn found(files: &[(String, String)], run: Run) -> Vec<&'static str> {
    let own = files.iter().map(|(path, text)| (path.as_str(), text.as_str(), Some(PathBuf::from(path))));
    let library = standard_library().into_iter().map(|(path, text)| (path, text, None));
    let files = own.chain(library).enumerate().map(|(at, (path, text, disk))| SourceText {
        id: FileId(at as u32),
        path: Symbol::new(path),
        disk,
        text: text.into(),
    });
    let loaded = Loaded { files: files.collect(), ..Loaded::default() };
    let session = Session::new(Database::default(), loaded, run == Run::Public);
    let checked = session.check();
    let tests = if run == Run::Test { session.test(&checked, "") } else { Vec::new() };
    let diagnostics = checked.diagnostics.iter().chain(tests.iter().flat_map(|test| &test.diagnostics));
    diagnostics.map(|diagnostic| diagnostic.code.id).collect()
}
