//! Every form of the language with the tree that it gives.

mod common;

use common::{cases, compare, dump};
use kss_span::FileId;

/// `tests/forms/*.kss` against the `.tree` beside each. `UPDATE=1` writes the trees: read them before you commit them.
#[test]
fn trees() {
    let mut wrong = Vec::new();
    for path in cases("forms", "kss") {
        let text = std::fs::read_to_string(&path).unwrap();
        let parsed = kss_syntax::parse(FileId(0), &text);
        assert_eq!(parsed.errors, [], "{}", path.display());
        wrong.extend(compare(&path.with_extension("tree"), &dump::file(&parsed.file)).err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
