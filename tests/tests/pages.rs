//! The wrong example of each error's page gives exactly its code, the right one nothing.

use kss_tests::spec::check_pages;

/// Pages that promise what the compiler does not do yet. One that came true has to leave the list.
const PROMISES: &[&str] = &["K0204", "K0205", "K0307", "K0405", "K0701", "K0703", "K0704", "K0705", "K1001", "K1003"];

#[test]
fn every_page_shows_its_error_and_how_it_is_mended() {
    let (mut wrong, mut true_by_now) = (Vec::new(), Vec::new());
    for code in kss_diag::ALL.iter().filter(|code| code.id != "K1001") {
        let found = check_pages(code);
        match PROMISES.contains(&code.id) {
            false => wrong.extend(found),
            true if found.is_empty() => true_by_now.push(code.id),
            true => {}
        }
    }
    assert!(wrong.is_empty(), "{} examples:\n\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(true_by_now.is_empty(), "no longer mere promises: {true_by_now:?}");
}
