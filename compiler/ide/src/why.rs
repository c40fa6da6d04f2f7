//! Why something is as it is: from a line of an output, or from a place in a source, to the statements that decided it.

use crate::outputs::Made;
use crate::values::{self, Group};
use crate::{Analysis, Evaluated, FilePosition, Place};
use kss_backend::{Content, File, layout};
use kss_emit::LineOrigin;
use kss_eval::{Layer, Outcome, WhyStep};
use kss_project::Places;
use kss_span::{LineIndex, Origin, Span, Symbol, TextRange};
use kss_syntax::ast::{Stmt, StmtKind};
use kss_syntax::visit::Node;
use kss_value::{EntryKey, Flags, ScopeKey, ScopeKind};
use rustc_hash::FxHashSet;

/// A place in an output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OutputPlace {
    /// A line, from 1.
    Line(u32),
    /// Keys of a JSON pointer (RFC 6901), unescaped.
    Pointer(Vec<String>),
}

/// The way of a value, from the statement that decided it backwards.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WhyAnswer {
    /// The cluster, site, machine or node it is about; with the entry where one statement writes several.
    pub scope: String,
    /// The value, for people; a secret or private one shows nothing of itself.
    pub value: String,
    /// The statements.
    pub steps: Vec<WhyPlace>,
}

/// A statement that had a part in a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WhyPlace {
    /// `override in kcs because "…"`
    pub role: String,
    /// Does it count? The others were overridden.
    pub won: bool,
    /// Where.
    pub span: Span,
}

/// Why there is no answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WhyError {
    /// The sources write no such file.
    NoFile,
    /// The place comes from no source.
    NothingThere,
}

impl Analysis {
    /// The statements that a place in an output comes from.
    ///
    /// # Errors
    /// If there is no such file, or the place comes from no source.
    pub fn source_of(&self, path: &str, at: &OutputPlace) -> Result<WhyAnswer, WhyError> {
        let evaluated = self.evaluated();
        let (outcome, file) = evaluated.file(path).ok_or(WhyError::NoFile)?;
        let line = place(file, at).ok_or(WhyError::NothingThere)?;
        let places = self.session().places();
        let steps = steps(outcome, file, &line);
        // The value itself may have been decided elsewhere: by whoever set the option that this line shows.
        let mut decided = decided(&evaluated, &places, file, line.origin);
        if decided.iter().all(|d| steps.iter().any(|s| s.origin == d.origin)) {
            decided.clear();
        }
        let told = steps.iter().chain(&decided).any(|s| s.won && covers(&places, s.origin, line.origin));
        let mut out = Vec::new();
        if !line.origin.is_nowhere() && !told {
            let written = |span| WhyPlace { role: "written here".to_owned(), won: true, span };
            out.extend(places.span(line.origin).map(written));
        }
        let overlaid = decided.iter().chain(&steps).any(|s| s.layer == Layer::Overlay);
        for why in decided.iter().chain(&steps) {
            let hidden = || WhyStep { value: why.value.clone().with_flags(Flags::PRIVATE), ..why.clone() };
            out.extend(if overlaid { why_place(&places, &hidden()) } else { why_place(&places, why) });
        }
        out.dedup_by(|b, a| self.line_of(a.span) == self.line_of(b.span) && a.role == b.role);
        if out.is_empty() {
            return Err(WhyError::NothingThere);
        }
        // What an overlay says is shown nowhere, nor what it replaces.
        let private = overlaid || values::in_overlay(line.origin);
        let value = match steps.iter().find(|s| s.won) {
            _ if private => values::PRIVATE.to_owned(),
            Some(winner) => winner.value_text(),
            None => text_of(file, line.line),
        };
        let scope = scope_of(outcome, file).map(ScopeKey::to_string).unwrap_or_default();
        Ok(WhyAnswer { scope, value, steps: out })
    }

    fn line_of(&self, span: Span) -> (kss_span::FileId, u32) {
        (span.file, LineIndex::new(self.text(span.file)).line(span.range.lo))
    }
}

/// The site or cluster that a file is written for.
fn scope_of<'o>(outcome: &'o Outcome, file: &File) -> Option<&'o ScopeKey> {
    let mut keys = outcome.parts.iter().map(|part| &part.scope.key);
    keys.find(|key| file.path.starts_with(&format!("{}/", layout::scope_dir(key))))
}

/// The steps of the smallest statement around `origin` that decided a value.
fn decided(evaluated: &Evaluated, places: &Places, file: &File, origin: Origin) -> Vec<WhyStep> {
    let outcomes = evaluated.outcomes();
    let all = outcomes.iter().filter_map(|outcome| Some(outcome.decided_by(scope_of(outcome, file)?, origin.item)));
    let around = all.flatten().filter_map(|steps| {
        let winner = steps.iter().find(|s| s.won && covers(places, s.origin, origin))?;
        let size = places.span(winner.origin)?.range.len();
        Some((size, steps))
    });
    around
        .min_by_key(|(size, steps)| (*size, std::cmp::Reverse(steps.len())))
        .map(|(_, steps)| steps)
        .unwrap_or_default()
}

fn covers(places: &Places, outer: Origin, inner: Origin) -> bool {
    let (Some(outer), Some(inner)) = (places.span(outer), places.span(inner)) else { return false };
    outer.file == inner.file && outer.range.lo <= inner.range.lo && inner.range.hi <= outer.range.hi
}

fn place(file: &File, at: &OutputPlace) -> Option<LineOrigin> {
    let Content::Text { lines, .. } = &file.content else { return None };
    match at {
        OutputPlace::Line(line) => lines.at(*line).filter(|l| !l.origin.is_nowhere()).or_else(|| {
            // A line of the file's form (`metadata:`) leads to the entry that the file is made of.
            (!file.origin.is_nowhere()).then(|| LineOrigin { line: *line, pointer: String::new(), origin: file.origin })
        }),
        OutputPlace::Pointer(keys) => {
            let pointer: String =
                keys.iter().map(|k| format!("/{}", k.replace('~', "~0").replace('/', "~1"))).collect();
            lines.find(&pointer)
        }
    }
}

fn steps(outcome: &Outcome, file: &File, line: &LineOrigin) -> Vec<WhyStep> {
    let pointer: Vec<Symbol> =
        line.pointer.split('/').skip(1).map(|seg| Symbol::new(&seg.replace("~1", "/").replace("~0", "~"))).collect();
    let Some(scope) = scope_of(outcome, file) else { return Vec::new() };
    let stem = file.path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
    let of_file = |key: &EntryKey| match key.scope.kind {
        // Options of machines have no name of their own.
        ScopeKind::Machine | ScopeKind::Node if key.name.is_empty() => layout::segment(&key.scope.name) == stem,
        _ => file.path.contains(key.name.as_str()),
    };
    outcome.why_output(scope, file.origin, &of_file, &pointer)
}

/// Who a contribution is by, why, and what it lost with.
pub(crate) fn role(step: &WhyStep) -> String {
    let because = step.because.as_ref().map(|b| format!(" because \"{b}\"")).unwrap_or_default();
    let lost = if step.won { String::new() } else { format!(", overridden: {}", step.value_text()) };
    format!("{}{because}{lost}", who(step))
}

/// Who a contribution is by.
pub(crate) fn who(step: &WhyStep) -> String {
    match step.layer {
        // A module has options, a type fields.
        Layer::Type if step.origin.item.key().name.starts_with("module ") => "default of the option".to_owned(),
        Layer::Type => "default of the type".to_owned(),
        Layer::Default => format!("default by `{}`", step.module),
        Layer::Module => format!("set by module `{}`", step.module),
        Layer::Scope => format!("set in `{}`", step.module),
        Layer::Override => format!("override in `{}`", step.module),
        Layer::Force => format!("force in `{}`", step.module),
        Layer::Overlay => "set by the private overlay".to_owned(),
    }
}

pub(crate) fn why_place(places: &Places, step: &WhyStep) -> Option<WhyPlace> {
    Some(WhyPlace { role: role(step), won: step.won, span: places.span(step.origin)? })
}

fn text_of(file: &File, line: u32) -> String {
    let text = String::from_utf8_lossy(file.content.bytes());
    text.lines().nth((line as usize).saturating_sub(1)).unwrap_or_default().trim().to_owned()
}

/// A line of an output.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct GeneratedLine {
    /// The file's path in the deploy tree.
    pub path: String,
    /// From 1.
    pub line: u32,
}

impl Analysis {
    /// Why the value of what stands at a position is what it is, in each cluster: the winner first, then what agreed or lost.
    pub fn why(&self, at: FilePosition) -> Vec<WhyAnswer> {
        let Some(place) = self.place(at) else { return Vec::new() };
        let evaluated = self.evaluated();
        let found = self.values_at(&place, &evaluated);
        let places = self.session().places();
        let groups = self.groups(&evaluated, &found);
        let answer = |group: Group| {
            let steps = group.steps.iter().filter_map(|step| why_place(&places, step)).collect();
            WhyAnswer { scope: group.label, value: group.text, steps }
        };
        groups.into_iter().map(answer).collect()
    }

    /// The lines of outputs that the innermost statement around a position leads to.
    pub fn generated_of(&self, at: FilePosition) -> Vec<GeneratedLine> {
        self.generated(at, false)
    }

    /// As [`Analysis::generated_of`]; with `made` only in files that somebody has asked for before.
    pub(crate) fn generated(&self, at: FilePosition, made: bool) -> Vec<GeneratedLine> {
        let Some(place) = self.place(at) else { return Vec::new() };
        let around = place.around();
        let stmt = around.iter().rev().find_map(|node| match node {
            Node::Stmt(stmt) => Some(*stmt),
            _ => None,
        });
        let Some(stmt) = stmt else { return Vec::new() };
        let evaluated = self.evaluated();
        let mut wanted: FxHashSet<Origin> = nodes_in(&place, stmt).collect();
        // Of a declared option or `let` also the values that others gave it.
        let declared = matches!(stmt.kind, StmtKind::Option { .. } | StmtKind::Let { .. });
        let values = if declared {
            self.values_of_declaration(Origin::new(place.item, stmt.id.0), &evaluated)
        } else {
            Vec::new()
        };
        wanted.extend(values.iter().filter_map(|f| f.value.as_ref()).map(|v| v.origin()).filter(|o| !o.is_nowhere()));
        let mut out = Vec::new();
        for made in evaluated.made(made) {
            let lines = wanted.iter().flat_map(|origin| made.lines_of(*origin));
            out.extend(lines.map(|(path, line)| GeneratedLine { path: path.to_owned(), line }));
            out.extend(lines_of_leaves(&place, stmt, &evaluated, made));
        }
        out.sort();
        out.dedup();
        out
    }
}

/// The nodes inside a statement, itself included.
fn nodes_in<'p>(place: &'p Place, stmt: &Stmt) -> impl Iterator<Item = Origin> + 'p {
    let whole = place.range(stmt.id.0);
    let inside = move |range: &TextRange| whole.lo <= range.lo && range.hi <= whole.hi && !range.is_empty();
    let nodes = place.spans.iter().enumerate().filter(move |(_, range)| inside(range));
    nodes.map(|(node, _)| Origin::new(place.item, node as u32))
}

/// Lines of what a statement decides with a value that was written elsewhere: found by its path in the file of its entry.
fn lines_of_leaves(place: &Place, stmt: &Stmt, evaluated: &Evaluated, made: &Made) -> Vec<GeneratedLine> {
    let facts = evaluated.facts(place.item);
    let mut out = Vec::new();
    for fact in facts.of(stmt.id.0) {
        let won = |s: &WhyStep| s.won && s.origin == Origin::new(place.item, stmt.id.0);
        let Some(entry) = evaluated.entry(fact.part, &fact.entry).filter(|_| fact.steps.iter().any(won)) else {
            continue;
        };
        let Some(part) = evaluated.part(fact.part) else { continue };
        let dir = format!("{}/", layout::scope_dir(&part.scope.key));
        let path = match fact.path.first().map(|name| name.as_str()) {
            Some("values" | "body") => &fact.path[1..],
            _ => &fact.path[..],
        };
        let pointer: String = path.iter().map(|k| format!("/{}", k.replace('~', "~0").replace('/', "~1"))).collect();
        for file in made.files_of(entry.origin()).filter(|file| file.path.starts_with(&dir)) {
            let Content::Text { lines, .. } = &file.content else { continue };
            let line = lines.find(&pointer).map(|found| found.line);
            out.extend(line.map(|line| GeneratedLine { path: file.path.clone(), line }));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{clusters, position};

    /// Each answer as `scope: value` with the role and line of each step.
    fn told(analysis: &Analysis, path: &str, text: &str) -> Vec<String> {
        let answers = analysis.why(position(analysis, path, text));
        let step = |s: &WhyPlace| {
            let text = analysis.text(s.span.file);
            let line = text[..s.span.range.lo as usize].lines().count().max(1);
            let source = text.lines().nth(line - 1).unwrap_or_default().trim();
            format!("{} `{}`", s.role, source.split('#').next().unwrap_or_default().trim())
        };
        let steps = |a: &WhyAnswer| a.steps.iter().map(step).collect::<Vec<_>>().join(" | ");
        answers.iter().map(|a| format!("{}: {} ({})", a.scope, a.value, steps(a))).collect()
    }

    #[test]
    fn a_statement_knows_whom_it_beat() {
        let host = clusters();
        let analysis = host.snapshot();
        let of_kcs = told(&analysis, "kcs.kss", "limits_config.reten$0tion_period = 60d");
        assert_eq!(of_kcs.len(), 1, "{of_kcs:#?}");
        assert!(of_kcs[0].starts_with("kcs: 60d (set in `kcs` "), "{of_kcs:#?}");
        assert!(of_kcs[0].contains("overridden: 7d"), "{of_kcs:#?}");
        let node = told(&analysis, "kss.kss", "node worker-{1..3} { i$0p = lan.host(30 + it)");
        let values: Vec<&str> = node.iter().map(|s| s.split(" (").next().unwrap_or_default()).collect();
        assert_eq!(values, ["kss: worker-1: 10.69.50.31", "kss: worker-2: 10.69.50.32", "kss: worker-3: 10.69.50.33"]);
    }

    #[test]
    fn a_declaration_knows_its_value_in_each_cluster() {
        let host = clusters();
        let analysis = host.snapshot();
        let pool = told(&analysis, "metallb.kss", "option po$0ol");
        assert!(pool[0].starts_with("kss: [10.69.50.192 – .207] (set in `kss`"), "{pool:#?}");
        let lan = told(&analysis, "kcs.kss", "let la$0n");
        assert!(lan[0].starts_with("kcs: network.lan"), "{lan:#?}");
    }

    #[test]
    fn lines_lead_to_statements_and_back() {
        let host = clusters();
        let analysis = host.snapshot();
        let at = position(&analysis, "kcs.kss", "limits_config.reten$0tion_period = 60d");
        let lines = analysis.generated_of(at);
        let loki = lines.iter().find(|l| l.path == "clusters/kcs/helm/loki.yaml").expect("a line of the release");
        let back = analysis.source_of(&loki.path, &OutputPlace::Line(loki.line)).expect("it comes from somewhere");
        assert!(back.steps[0].won && analysis.path(back.steps[0].span.file).ends_with("kcs.kss"), "{back:#?}");
        assert_eq!(back.value, "60d");
        assert_eq!(analysis.source_of("clusters/kcs/nothing", &OutputPlace::Line(1)), Err(WhyError::NoFile));
    }

    #[test]
    fn an_edit_elsewhere_keeps_what_was_evaluated() {
        let mut host = clusters();
        let first = host.snapshot().evaluated();
        let file = host.snapshot().session().files()[0];
        let text = format!("# a remark\n{}", host.snapshot().text(file));
        host.set_text(file, text.into());
        assert!(host.snapshot().evaluated().is_same(&first));
    }
}
