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

/// No word is reserved.
#[test]
fn every_word_is_a_name_as_well() {
    for (word, _) in kss_syntax::KEYWORDS {
        for text in [
            format!("{word} = 1"),
            format!("{word} : Int"),
            format!("{word} {{ a = 1 }}"),
            format!("{word}.{word} = x.{word}"),
            format!("let {word} = 1"),
            format!("option {word} : Int"),
            format!("a = {{ {word} = 1, b.{word} = {word}.c }}"),
        ] {
            let parsed = kss_syntax::parse(FileId(0), &text);
            assert_eq!(parsed.errors, [], "{text}");
            let forms = ["field ", "let ", "option "];
            let fields = dump::statements(&parsed.file).iter().all(|s| forms.iter().any(|f| s.starts_with(f)));
            assert!(fields, "{text}: {}", dump::file(&parsed.file));
        }
    }
}
