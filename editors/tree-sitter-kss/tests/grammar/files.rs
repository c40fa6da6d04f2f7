//! What the compiler reads without a message, the grammar reads without an error.

use crate::{is_good, mistakes, texts};

#[test]
fn every_file_of_the_repository() {
    let files = texts(".kss");
    let good: Vec<_> = files.iter().filter(|(_, text)| is_good(text)).collect();
    assert!(good.len() > 90, "only {} files are good", good.len());
    let wrong: Vec<String> = good
        .iter()
        .filter_map(|(path, text)| {
            let found = mistakes(text);
            (!found.is_empty()).then(|| format!("{}:\n  {}", path.display(), found.join("\n  ")))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `kss` blocks of a page.
fn blocks(page: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in page.lines() {
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (None, Some(words)) => open = Some((words == "kss" || words.starts_with("kss "), String::new())),
            (Some(_), Some("")) => {
                if let Some((true, text)) = open.take() {
                    blocks.push(text);
                }
                open = None;
            }
            (Some((_, text)), _) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

#[test]
fn every_example_of_the_pages() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for (path, page) in texts(".md") {
        for block in blocks(&page).iter().filter(|block| is_good(block)) {
            count += 1;
            let found = mistakes(block);
            if !found.is_empty() {
                wrong.push(format!("{}: {}\n{block}", path.display(), found.join(", ")));
            }
        }
    }
    assert!(count > 250, "only {count} examples were read");
    assert!(wrong.is_empty(), "{} examples:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_file_with_the_line_ends_of_windows() {
    for (path, text) in texts(".kss").iter().filter(|(_, text)| is_good(text)).take(30) {
        let found = mistakes(&text.replace('\n', "\r\n"));
        assert!(found.is_empty(), "{}: {found:?}", path.display());
    }
}
