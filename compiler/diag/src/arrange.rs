//! The order of diagnostics, and one diagnostic for what several scopes say.

use crate::{Diagnostic, Label, Sources};
use kss_span::{Span, natural_cmp};
use std::cmp::Ordering;

/// Puts diagnostics into the order in which they are shown: path, place, code, text. File numbers play no part, so the
/// order is the same however the files were loaded.
pub fn sort(diagnostics: &mut [Diagnostic], sources: &dyn Sources) {
    diagnostics.sort_by(|a, b| compare(a, b, sources));
}

fn compare(a: &Diagnostic, b: &Diagnostic, sources: &dyn Sources) -> Ordering {
    let place = |p: &Span| (sources.path(p.file).to_owned(), p.range);
    let labels =
        |d: &Diagnostic| d.labels.iter().map(|label| (place(&label.place), label.message.clone())).collect::<Vec<_>>();
    sources
        .path(a.place.file)
        .cmp(sources.path(b.place.file))
        .then_with(|| a.place.range.cmp(&b.place.range))
        .then_with(|| a.code.id.cmp(b.code.id))
        .then_with(|| a.message.cmp(&b.message))
        .then_with(|| a.label.cmp(&b.label))
        .then_with(|| labels(a).cmp(&labels(b)))
}

/// Makes one diagnostic of those that say the same (code, places, texts) in several scopes, and lists the scopes in
/// natural order. Notes and fixes are those of the first. `every_scope` are all the scopes of the project: what happens
/// in each of them, or was already said without scopes, lists none.
pub fn group<P: PartialEq>(diagnostics: Vec<Diagnostic<P>>, every_scope: &[String]) -> Vec<Diagnostic<P>> {
    let mut groups: Vec<Diagnostic<P>> = Vec::with_capacity(diagnostics.len());
    // Texts repeat only within a group, so they find it; what else must agree is compared.
    let mut by_text: std::collections::HashMap<(&'static str, String), Vec<usize>> = Default::default();
    for diagnostic in diagnostics {
        let known = by_text.entry((diagnostic.code.id, diagnostic.message.clone())).or_default();
        match known.iter().find(|at| says_the_same(&groups[**at], &diagnostic)) {
            Some(at) => join_scopes(&mut groups[*at].scopes, diagnostic.scopes),
            None => {
                known.push(groups.len());
                groups.push(diagnostic);
            }
        }
    }
    for diagnostic in &mut groups {
        tidy_scopes(&mut diagnostic.scopes, every_scope);
    }
    groups
}

/// [`group`], then [`sort`].
pub fn arrange(diagnostics: Vec<Diagnostic>, every_scope: &[String], sources: &dyn Sources) -> Vec<Diagnostic> {
    let mut grouped = group(diagnostics, every_scope);
    sort(&mut grouped, sources);
    grouped
}

fn says_the_same<P: PartialEq>(a: &Diagnostic<P>, b: &Diagnostic<P>) -> bool {
    let same_label = |(x, y): (&Label<P>, &Label<P>)| x.place == y.place && x.message == y.message;
    a.severity == b.severity
        && a.place == b.place
        && a.label == b.label
        && a.labels.len() == b.labels.len()
        && a.labels.iter().zip(&b.labels).all(same_label)
}

/// No scopes means "wherever you look", which more scopes cannot widen.
fn join_scopes(scopes: &mut Vec<String>, more: Vec<String>) {
    if scopes.is_empty() || more.is_empty() {
        scopes.clear();
    } else {
        scopes.extend(more);
    }
}

fn tidy_scopes(scopes: &mut Vec<String>, every_scope: &[String]) {
    scopes.sort_by(|a, b| natural_cmp(a, b));
    scopes.dedup();
    if every_scope.iter().all(|scope| scopes.contains(scope)) && scopes.len() == every_scope.len() {
        scopes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code;
    use crate::testing::{CLUSTERS, Files, span};

    fn in_scope(at: u32, message: &str, scope: &str) -> Diagnostic {
        Diagnostic { scopes: vec![scope.into()], ..code::CONFLICT.at(span(0, at, at + 1), message) }
    }

    fn scopes(diagnostics: &[Diagnostic]) -> Vec<String> {
        diagnostics.iter().map(|d| d.scopes.join(",")).collect()
    }

    #[test]
    fn the_same_text_of_several_scopes_is_one() {
        let all = ["kss", "kcs", "k10", "k9"].map(String::from);
        let found =
            vec![in_scope(3, "a", "k10"), in_scope(3, "a", "k9"), in_scope(3, "b", "kss"), in_scope(4, "a", "kss")];
        assert_eq!(scopes(&group(found, &all)), ["k9,k10", "kss", "kss"]);
    }

    #[test]
    fn what_happens_everywhere_names_no_scope() {
        let all = ["kss", "kcs"].map(String::from);
        let everywhere = vec![in_scope(3, "a", "kss"), in_scope(3, "a", "kcs")];
        assert_eq!(scopes(&group(everywhere, &all)), [""]);
        let without = vec![code::CONFLICT.at(span(0, 3, 4), "a"), in_scope(3, "a", "kcs")];
        assert_eq!(scopes(&group(without, &all)), [""]);
    }

    #[test]
    fn different_labels_are_different_diagnostics() {
        let one = in_scope(3, "a", "kss").also(span(1, 0, 1), "set here");
        let two = in_scope(3, "a", "kcs").also(span(1, 2, 3), "set here");
        assert_eq!(group(vec![one, two], &[]).len(), 2);
    }

    #[test]
    fn the_order_is_path_place_code_text() {
        let files = Files(&[("b.kss", "bbbbbbbb"), ("a.kss", "aaaaaaaa")]);
        let mut found = vec![
            code::CONFLICT.at(span(0, 1, 2), "late file"),
            code::CONFLICT.at(span(1, 4, 6), "longer"),
            code::CONFLICT.at(span(1, 4, 5), "z"),
            code::CONFLICT.at(span(1, 4, 5), "y"),
            code::UNKNOWN_NAME.at(span(1, 4, 5), "z"),
        ];
        sort(&mut found, &files);
        let shown: Vec<_> = found.iter().map(|d| format!("{} {}", d.code.id, d.message)).collect();
        assert_eq!(shown, ["K0201 z", "K0601 y", "K0601 z", "K0601 longer", "K0601 late file"]);
        assert_eq!(CLUSTERS.path(found[0].place.file), "clusters/kss.kss");
    }
}
