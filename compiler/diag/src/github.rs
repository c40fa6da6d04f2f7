//! Diagnostics as commands that GitHub's runner turns into annotations.

use crate::{Diagnostic, Note, Places};

/// One `::error …::…` or `::warning …::…` line for each.
pub fn github(diagnostics: &[Diagnostic], places: &Places<'_>) -> String {
    diagnostics.iter().map(|d| command(d, places)).collect()
}

fn command(d: &Diagnostic, places: &Places<'_>) -> String {
    let start = places.range(d.place).start;
    let notes = d.notes.iter().map(Note::standalone);
    let fixes = d.fixes.iter().map(|fix| format!("fix: {}", fix.title));
    let text = std::iter::once(headline(d)).chain(notes).chain(fixes).collect::<Vec<_>>().join("\n");
    format!(
        "::{} file={},line={},col={},title={}::{}\n",
        d.severity.name(),
        property(places.path(d.place.file)),
        start.line,
        start.column,
        property(&format!("{} {}", d.code.id, d.code.name)),
        data(&text),
    )
}

fn headline(d: &Diagnostic) -> String {
    if d.label.is_empty() { d.message.clone() } else { format!("{}: {}", d.message, d.label) }
}

/// Text behind `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which ends at a comma or a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code;
    use crate::testing::{CLUSTERS, Files, overlap};

    #[test]
    fn an_error_is_one_line() {
        insta::assert_snapshot!(github(&[overlap()], &Places::new(&CLUSTERS)), @"::error file=clusters/kcs.kss,line=2,col=28,title=K0412 pools-overlap::load-balancer pools of two clusters overlap: kcs announces 10.69.50.192 – .223%0Arule: pools of a site are disjoint             std/core/checks.kss:31%0Afix: write `10.69.50.208/28`, which is free in network lan");
    }

    #[test]
    fn nothing_in_a_text_ends_the_command() {
        let files = Files(&[("a,b:c%.kss", "x")]);
        let found = code::UNUSED_IMPORT.at(files.find(0, "x"), "100%\r\n::error::x");
        insta::assert_snapshot!(github(&[found], &Places::new(&files)), @"::warning file=a%2Cb%3Ac%25.kss,line=1,col=1,title=K0213 unused-import::100%25%0D%0A::error::x");
    }
}
