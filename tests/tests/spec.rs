//! The examples of the reference and of the other pages for users are tests.

use kss_tests::spec::{pages, read, root, run};

#[test]
fn every_example_of_the_reference_is_as_it_says() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for page in pages(&root().join("tests/spec")).into_iter().chain(pages(&root().join("docs"))) {
        let name = page.strip_prefix(root()).unwrap_or(&page).display().to_string();
        let text = std::fs::read_to_string(&page).expect("the page is readable");
        match read(&text) {
            Err(error) => wrong.push(format!("{name}: {error}")),
            Ok(examples) => {
                for example in examples {
                    count += 1;
                    wrong.extend(run(&example).into_iter().map(|w| format!("{name}:{}: {w}", example.line)));
                }
            }
        }
    }
    assert!(count > 0, "there is no example");
    assert!(wrong.is_empty(), "{} of {count} examples:\n\n{}", wrong.len(), wrong.join("\n\n"));
}
