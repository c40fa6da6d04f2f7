//! What can be done about what stands in a range: fixes of diagnostics, and changes of form.

use crate::ranges::is_import;
use crate::{Analysis, FilePosition, Place};
use kss_diag::Diagnostic;
use kss_span::{Edit, FileId, Span, TextRange};
use kss_syntax::ast::{Stmt, StmtKind};
use kss_syntax::visit::Node;

/// What an action is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ActionKind {
    /// It mends a diagnostic.
    QuickFix,
    /// It mends all that can be mended without asking.
    FixAll,
    /// It sorts the imports.
    OrganizeImports,
    /// It takes a part out and gives it a name.
    Extract,
    /// It writes something in another way.
    Rewrite,
}

/// Something that can be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Action {
    /// What it does.
    pub title: String,
    /// What it is for.
    pub kind: ActionKind,
    /// All of them or none.
    pub edits: Vec<Edit>,
    /// Is it the one thing to do?
    pub preferred: bool,
    /// Position among the diagnostics of the one that it mends.
    pub mends: Option<usize>,
}

impl Analysis {
    /// What can be done in `range` of a file, of whose project `diagnostics` are known.
    pub fn actions(&self, file: FileId, range: TextRange, diagnostics: &[Diagnostic]) -> Vec<Action> {
        let mut out = quick_fixes(Span { file, range }, diagnostics);
        out.extend(self.fix_all(file, diagnostics));
        out.extend(self.organize_imports(file, diagnostics));
        let at = FilePosition { file, offset: range.lo };
        if let Some(place) = self.place(at) {
            out.extend(self.extract(&place, range));
            out.extend(self.add_because(&place));
        }
        out
    }

    /// Everything in a file that can be mended without asking.
    pub fn fix_all(&self, file: FileId, diagnostics: &[Diagnostic]) -> Option<Action> {
        let edits = kss_diag::safe_edits(diagnostics).remove(&file)?;
        Some(Action {
            title: "mend all that is safe to mend".to_owned(),
            kind: ActionKind::FixAll,
            edits,
            preferred: false,
            mends: None,
        })
    }

    /// The imports in order, without those that nobody uses.
    pub fn organize_imports(&self, file: FileId, diagnostics: &[Diagnostic]) -> Option<Action> {
        let (items, parsed) = (self.items(file)?, self.parsed(file)?);
        let text = self.text(file);
        let imports = items.decls.iter().zip(&parsed.spans).filter(|(decl, _)| is_import(&decl.stmt));
        let ranges: Vec<TextRange> =
            imports.filter_map(|(decl, spans)| spans.get(decl.stmt.id.0 as usize).copied()).collect();
        let all = ranges.iter().copied().reduce(TextRange::cover)?;
        // Comments between them have their place; such a list is its writer's business.
        let between = ranges.windows(2).map(|w| text.get(w[0].hi as usize..w[1].lo as usize).unwrap_or(""));
        if between.into_iter().any(|gap| !gap.trim().is_empty()) {
            return None;
        }
        let unused = |range: TextRange| {
            let of_it = |d: &Diagnostic| *d.code == kss_diag::code::UNUSED_IMPORT && d.place.range == range;
            diagnostics.iter().any(|d| d.place.file == file && of_it(d))
        };
        let imports = items.decls.iter().zip(&parsed.spans);
        let kept: Vec<String> = imports.filter_map(|(decl, spans)| used_of(&decl.stmt, spans, text, &unused)).collect();
        let mut lines: Vec<&str> = kept.iter().map(|line| line.trim()).collect();
        // The library first, then files of the project.
        lines.sort_by_key(|line| (line.contains("./"), *line));
        lines.dedup();
        let new = lines.join("\n");
        let end = if new.is_empty() { line_end(text, all.hi) } else { all.hi };
        (text.get(all.range()) != Some(&new)).then(|| Action {
            title: "organise imports".to_owned(),
            kind: ActionKind::OrganizeImports,
            edits: vec![Edit::replace(TextRange::new(all.lo, end).at(file), new)],
            preferred: false,
            mends: None,
        })
    }

    /// `because` at the end of a statement that has none.
    fn add_because(&self, place: &Place) -> Option<Action> {
        let around = place.around();
        let statement = around.iter().rev().find_map(|node| match node {
            Node::Stmt(s) => Some(*s),
            _ => None,
        })?;
        let lacks = match &statement.kind {
            StmtKind::Tune { because, .. } => because.is_none(),
            StmtKind::Field(field) => field.because.is_none() && field.ty.is_none() && field.value.is_some(),
            _ => false,
        };
        let in_scope =
            matches!(place.stmt.kind, StmtKind::Cluster { .. } | StmtKind::Site { .. } | StmtKind::Module { .. });
        if !lacks || !in_scope {
            return None;
        }
        let end = place.range(statement.id.0).hi;
        Some(Action {
            title: "say why: add `because`".to_owned(),
            kind: ActionKind::Rewrite,
            edits: vec![Edit::insert_after(TextRange::empty(end).at(place.at.file), " because \"\"")],
            preferred: false,
            mends: None,
        })
    }
}

/// The text of an import without the names that nobody uses; none if that is all of it.
fn used_of(stmt: &Stmt, spans: &[TextRange], text: &str, unused: &dyn Fn(TextRange) -> bool) -> Option<String> {
    let StmtKind::Import(import) = &stmt.kind else { return None };
    let range = |id: kss_syntax::ast::NodeId| spans.get(id.0 as usize).copied().unwrap_or_default();
    let whole = text.get(range(stmt.id).range())?;
    let Some(names) = &import.names else {
        return (!import.path.last().is_some_and(|name| unused(range(name.id)))).then(|| whole.to_owned());
    };
    let used: Vec<&str> = names.iter().filter(|n| !unused(range(n.id))).map(|n| n.text.as_str()).collect();
    match used.len() {
        0 => None,
        all if all == names.len() => Some(whole.to_owned()),
        _ => Some(format!("{}{{{}}}", whole.split('{').next().unwrap_or_default(), used.join(", "))),
    }
}

fn quick_fixes(within: Span, diagnostics: &[Diagnostic]) -> Vec<Action> {
    let near = |d: &Diagnostic| {
        d.place.file == within.file && d.place.range.lo <= within.range.hi && within.range.lo <= d.place.range.hi
    };
    let mut out = Vec::new();
    for (at, diagnostic) in diagnostics.iter().enumerate().filter(|(_, d)| near(d)) {
        for fix in &diagnostic.fixes {
            out.push(Action {
                title: fix.title.clone(),
                kind: ActionKind::QuickFix,
                edits: kss_diag::edits_of(fix),
                preferred: fix.safe && diagnostic.fixes.len() == 1,
                mends: Some(at),
            });
        }
    }
    out
}

fn line_end(text: &str, at: u32) -> u32 {
    text.get(at as usize..).and_then(|rest| rest.find('\n')).map_or(text.len() as u32, |n| at + n as u32 + 1)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::testing::Fixture;

    fn apply(text: &str, action: &Action) -> String {
        let mut edits = action.edits.clone();
        edits.sort_by_key(|e| e.span.range.lo);
        let mut out = text.to_owned();
        for edit in edits.iter().rev() {
            out.replace_range(edit.span.range.range(), &edit.text);
        }
        out
    }

    /// The text after the action whose title has `title`, at `selected`.
    pub(crate) fn find(text: &str, selected: &str, title: &str) -> String {
        let fixture = Fixture::new(text);
        let analysis = fixture.analysis();
        let places = analysis.session().places();
        let diagnostics = analysis.session().static_diagnostics(&places);
        let lo = text.find(selected).expect("it is there") as u32;
        let range = TextRange::new(lo, lo + selected.len() as u32);
        let actions = analysis.actions(FileId(0), range, &diagnostics);
        let titles: Vec<&String> = actions.iter().map(|a| &a.title).collect();
        let action = actions.iter().find(|a| a.title.contains(title)).unwrap_or_else(|| panic!("{titles:?}"));
        apply(text, action)
    }

    #[test]
    fn a_fix_mends() {
        let text = "type D { size : Size }\nlet d : D = { siz = 8GiB }\n";
        assert_eq!(find(text, "siz =", "write `size`"), text.replace("siz =", "size ="));
    }

    #[test]
    fn one_value_becomes_a_list_of_one() {
        let text = "let dns : [Ip] = 10.69.50.1\n";
        assert_eq!(find(text, "10.69.50.1", "in brackets"), "let dns : [Ip] = [10.69.50.1]\n");
    }

    #[test]
    fn a_colon_becomes_an_equals_sign() {
        let text = "let size = 3\ntype D { size : Int }\nlet d : D = { size: size }\n";
        assert_eq!(find(text, "size }", "write `size = size`"), text.replace("size: size", "size = size"));
    }

    #[test]
    fn all_that_is_safe_is_mended_at_once() {
        let text = "type D { memory : Size, speed : Int }\nlet d : D = { memry = 8GiB, spead = 1 }\n";
        let right = text.replace("memry", "memory").replace("spead", "speed");
        assert_eq!(find(text, "type", "mend all"), right);
    }

    #[test]
    fn imports_that_nobody_uses_go() {
        let text = "import ./b.{x, y, z}\nimport ./b.w\nlet d = z + x\n";
        let fixture =
            Fixture::new(&format!("//- a.kss\n{text}//- b.kss\nlet x = 1\nlet y = 2\nlet z = 3\nlet w = 4\n"));
        let analysis = fixture.analysis();
        let places = analysis.session().places();
        let diagnostics = analysis.session().static_diagnostics(&places);
        let action = analysis.organize_imports(FileId(0), &diagnostics).expect("there is something to do");
        assert_eq!(apply(text, &action), "import ./b.{x, z}\nlet d = z + x\n");
        let none = text.replace("z + x", "1");
        let fixture =
            Fixture::new(&format!("//- a.kss\n{none}//- b.kss\nlet x = 1\nlet y = 2\nlet z = 3\nlet w = 4\n"));
        let analysis = fixture.analysis();
        let diagnostics = analysis.session().static_diagnostics(&analysis.session().places());
        let action = analysis.organize_imports(FileId(0), &diagnostics).expect("there is something to do");
        assert_eq!(apply(&none, &action), "let d = 1\n");
    }

    #[test]
    fn imports_get_their_order() {
        let text = "import ./b.y\nimport std.net.policy.side\nimport ./a.x\n";
        let fixture = Fixture::new(text);
        let action = fixture.analysis().organize_imports(FileId(0), &[]).expect("there is something to do");
        assert_eq!(apply(text, &action), "import std.net.policy.side\nimport ./a.x\nimport ./b.y\n");
    }

    #[test]
    fn a_reason_is_asked_for() {
        let text = "site s {}\ncluster c in s { tune x { n = 1 } }\n";
        assert_eq!(find(text, "tune", "because"), "site s {}\ncluster c in s { tune x { n = 1 } because \"\" }\n");
    }
}
