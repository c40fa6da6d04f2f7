//! Words between the parts of a statement.

use super::request::Request;
use super::{CompletionKind, Offers, rank};
use kss_syntax::TokenKind;

/// Words that go on with any expression.
const INFIX: [&str; 8] = ["and", "or", "is", "in", "not", "then", "else", "if"];

/// What goes on with the statement that stands before the cursor.
pub(super) fn offer(request: &Request<'_>, out: &mut Offers) {
    let first = request.first_word();
    let previous = request.previous().map_or("", |(_, text)| text.as_str());
    for (at, word) in wanted(first, previous).iter().enumerate() {
        out.add(*word, CompletionKind::Keyword, rank(0, at.min(9) as u8));
    }
    let begun = request.before.iter().any(|(kind, _)| matches!(kind, TokenKind::Eq | TokenKind::Colon));
    let value =
        begun || matches!(first, "check" | "expect" | "if" | "for" | "match" | "each" | "covered" | "else" | "fail");
    if value || request.before.len() > 2 {
        for word in INFIX {
            out.add(word, CompletionKind::Keyword, rank(2, 0));
        }
    }
    for word in ["where", "because", "else", "code"] {
        out.add(word, CompletionKind::Keyword, rank(3, 0));
    }
    if matches!(previous, "fail" | "TextClose") || first == "fail" || request.before.iter().any(|(_, t)| t == "fail") {
        for word in ["at", "with"] {
            out.add(word, CompletionKind::Keyword, rank(1, 0));
        }
    }
}

fn wanted(first: &str, previous: &str) -> &'static [&'static str] {
    match (first, previous) {
        ("capability", "at") => &["most"],
        ("capability", "most") => &["one"],
        ("capability", "one" | "some") => &["per"],
        ("capability", _) => &["one", "at", "some", "per"],
        ("intent" | "output" | "shared" | "optional", "one") => &["per"],
        ("shared" | "optional", "shared" | "optional") => &["intent", "output", "optional", "shared"],
        ("intent" | "output" | "shared" | "optional", _) => &["for", "per", "one"],
        ("module", _) => &["for"],
        ("cluster", _) => &["in"],
        ("given", _) => &["with"],
        ("each", _) => &["where"],
        ("for", _) => &["in", "if"],
        ("expect", "error") => &["at"],
        ("expect", "no") => &["error", "output"],
        ("expect", "output") => &["containing"],
        ("expect", "containing") => &["owner"],
        ("expect", _) => &["or", "at", "is", "in", "and", "error", "containing"],
        ("check", _) => &["code", "else", "and", "or", "in", "is", "not", "if"],
        ("covered" | "ignore" | "unchecked" | "tune", _) => &["because", "in"],
        ("remove", _) => &["in"],
        ("option" | "let" | "type", _) => &["where", "else"],
        _ => &["in", "because", "where", "by"],
    }
}
