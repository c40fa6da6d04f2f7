//! What the arms of a `match` take: all that may come, and nothing that another one has taken.

use super::{Lower, strip};
use kss_diag::code;
use kss_ir::{Alternative, Pattern, Ty};
use kss_syntax::ast::{self, PatternKind};
use kss_value::scalar::ScalarType;

impl Lower<'_> {
    /// Every case of the subject's type is matched, or one arm takes the rest.
    pub(crate) fn exhaustive<'p>(
        &mut self,
        node: ast::NodeId,
        ty: &Ty,
        written: impl Iterator<Item = &'p ast::Pattern>,
        patterns: &[Pattern],
    ) {
        self.reachable(written, patterns);
        let flat: Vec<&Pattern> = patterns.iter().flat_map(flatten).collect();
        if flat.iter().any(|p| matches!(p, Pattern::Any | Pattern::Type { ty: Ty::Error, .. })) {
            return;
        }
        // `e : Exemption` takes every case of `Exemption`.
        let whole = flat.iter().any(|p| match p {
            Pattern::Type { ty: tested, .. } => tested == strip(ty),
            Pattern::Present => true,
            _ => false,
        });
        let mut missing: Vec<String> = Vec::new();
        if matches!(ty, Ty::Optional(_)) && !flat.iter().any(|p| matches!(p, Pattern::None)) {
            missing.push("none".to_owned());
        }
        match strip(ty) {
            Ty::Union(id) if !whole => {
                let Some(union) = self.sigs.unions.get(id).cloned() else { return };
                for alternative in &union.alternatives {
                    let covered = match alternative {
                        Alternative::Case { name, .. } => {
                            flat.iter().any(|p| matches!(p, Pattern::Case { name: n, .. } if n == name))
                        }
                        Alternative::Type(t) => flat.iter().any(|p| matches!(p, Pattern::Type { ty, .. } if ty == t)),
                    };
                    if !covered {
                        missing.push(match alternative {
                            Alternative::Case { name, .. } => name.to_string(),
                            Alternative::Type(t) => format!("x : {}", self.show(t)),
                        });
                    }
                }
            }
            Ty::Error | Ty::Never => return,
            _ if whole => {}
            Ty::Scalar(ScalarType::Bool) => {
                for value in [true, false] {
                    let text = value.to_string();
                    let covered = flat.iter().any(|p| matches!(p, Pattern::Value(v) if matches!(v.kind(), kss_value::Kind::Bool(b) if b == value)));
                    if !covered {
                        missing.push(text);
                    }
                }
            }
            _ if flat.iter().any(|p| matches!(p, Pattern::Present)) => {}
            other => {
                let shown = self.show(other);
                let also = if missing.is_empty() { "" } else { ", nor `none`" };
                let message = format!("this `match` does not take every `{shown}`{also}");
                self.report(code::NOT_EXHAUSTIVE.at(self.at(node), message).help("add `_ => …` for the others"));
                return;
            }
        }
        if !missing.is_empty() {
            let at = self.at(node);
            let list: Vec<String> = missing.iter().map(|m| format!("`{m}`")).collect();
            self.report(
                code::NOT_EXHAUSTIVE
                    .at(at, format!("this `match` forgets {}", list.join(", ")))
                    .help("add an arm for each, or `_ => …` for the rest"),
            );
        }
    }

    /// Arms that no value comes to: what they take is taken before.
    fn reachable<'p>(&mut self, written: impl Iterator<Item = &'p ast::Pattern>, patterns: &[Pattern]) {
        let arms: Vec<&ast::Pattern> = written.collect();
        let all = arms.iter().zip(patterns).flat_map(|(written, pattern)| pairs(written, pattern));
        let mut before: Vec<(&ast::Pattern, &Pattern)> = Vec::new();
        for (arm, pattern) in all {
            let takes = |(first, taken): &&(&ast::Pattern, &Pattern)| {
                matches!(first.kind, PatternKind::Any) || covers(taken, pattern)
            };
            if let Some((first, _)) = before.iter().find(takes) {
                let (at, place) = (self.at(arm.id), self.at(first.id));
                let report =
                    code::NOT_EXHAUSTIVE.at(at, "no value comes here: it is taken before").label("never taken");
                let report = report.also(place, "takes all of it");
                self.report(report.help("leave it out, or put it before"));
            }
            before.push((arm, pattern));
        }
    }
}

fn pairs<'a>(written: &'a ast::Pattern, pattern: &'a Pattern) -> Vec<(&'a ast::Pattern, &'a Pattern)> {
    match (&written.kind, pattern) {
        (PatternKind::Or(written), Pattern::Or(list)) => {
            written.iter().zip(list).flat_map(|(written, pattern)| pairs(written, pattern)).collect()
        }
        _ => vec![(written, pattern)],
    }
}

/// Does the first pattern take all that the second one would?
fn covers(first: &Pattern, second: &Pattern) -> bool {
    match (first, second) {
        (Pattern::Case { name: a, .. }, Pattern::Case { name: b, .. }) => a == b,
        (Pattern::Type { ty: Ty::Error, .. }, _) => false,
        (Pattern::Type { ty: a, .. }, Pattern::Type { ty: b, .. }) => a == b,
        (Pattern::Value(a), Pattern::Value(b)) => a == b,
        (Pattern::None, Pattern::None) | (Pattern::Present, Pattern::Present) => true,
        _ => false,
    }
}

fn flatten(pattern: &Pattern) -> Vec<&Pattern> {
    match pattern {
        Pattern::Or(list) => list.iter().flat_map(flatten).collect(),
        other => vec![other],
    }
}
