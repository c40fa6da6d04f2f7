//! XML, read by roxmltree.

use kss_emit::xml::{Element, emit};
use kss_span::{ItemId, Origin, Symbol};
use proptest::prelude::*;

fn at(node: u32) -> Origin {
    Origin::new(ItemId::new(Symbol::new("a.kss"), Symbol::new("module a")), node)
}

/// Texts that XML can hold.
fn text() -> impl Strategy<Value = String> {
    let any = proptest::collection::vec(any::<char>(), 0..12).prop_map(String::from_iter);
    let hard = proptest::string::string_regex("[<>&\"' \t\n\ra]{0,8}").expect("a pattern");
    prop_oneof![any, hard].prop_filter("XML has a spelling for it", |text| {
        text.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..))
    })
}

proptest! {
    #[test]
    fn texts_and_attributes_come_back(texts in proptest::collection::vec((text(), text()), 0..6)) {
        let children = texts.iter().map(|(attribute, inside)| Element::new("b", at(2)).with("c", attribute).text(inside));
        let written = emit(&Element::new("a", at(1)).children(children)).expect("it can be written").text;
        let read = roxmltree::Document::parse(&written).expect("XML");
        let found = read.root_element().children().filter(|node| node.is_element());
        let found: Vec<_> = found
            .map(|node| (node.attribute("c").unwrap_or_default().to_owned(), node.text().unwrap_or_default().to_owned()))
            .collect();
        prop_assert_eq!(found, texts, "{}", written);
    }
}

#[test]
fn elements_stand_on_lines_that_know_who_wrote_them() {
    let disk = |name, node| Element::new("disk", at(node)).with("name", name);
    let devices = Element::new("devices", at(2)).children([disk("a", 3), Element::new("nic", at(4)), disk("b<", 5)]);
    let root = Element::new("domain", at(1)).child(Element::new("name", at(6)).text("x & y")).child(devices);
    let written = emit(&root).expect("it can be written");
    let expected = "<domain>\n  <name>x &amp; y</name>\n  <devices>\n    <disk name=\"a\"/>\n    <nic/>\n    \
                    <disk name=\"b&lt;\"/>\n  </devices>\n</domain>\n";
    assert_eq!(written.text, expected);
    for (line, pointer, node) in
        [(1, "", 1), (2, "/name", 6), (4, "/devices/disk/0", 3), (5, "/devices/nic", 4), (6, "/devices/disk/1", 5)]
    {
        let found = written.lines.at(line).expect("a line of a node");
        assert_eq!((found.pointer.as_str(), found.origin), (pointer, at(node)), "line {line}");
    }
    assert_eq!(written.lines.at(7), None);
}

#[test]
fn what_xml_has_no_spelling_for_is_refused() {
    let root = Element::new("a", at(1)).child(Element::new("b", at(2)).with("c", "\u{1}"));
    let errors = emit(&root).expect_err("no spelling");
    assert_eq!(errors.len(), 1);
    assert_eq!((errors[0].pointer.as_str(), errors[0].origin), ("/b", at(2)));
    assert_eq!(errors[0].to_string(), "XML has no spelling for the character '\\u{1}'");
}
