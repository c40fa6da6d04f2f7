//! The wrong example of each error's page gives exactly its code, the right one nothing.

use kss_tests::spec::check_pages;

#[test]
fn every_page_shows_its_error_and_how_it_is_mended() {
    let wrong: Vec<String> = kss_diag::ALL.iter().flat_map(|code| check_pages(code)).collect();
    assert!(wrong.is_empty(), "{} examples:\n\n{}", wrong.len(), wrong.join("\n\n"));
}
