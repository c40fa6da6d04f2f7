//! Lines above declarations: who refers to them, which of several definitions wins, what they write, tests to run.

use crate::evaluated::Fact;
use crate::outputs::Whose;
use crate::values::Found;
use crate::{Analysis, Evaluated, FilePosition, Place};
use kss_eval::{Layer, WhyStep};
use kss_ir::KindUse;
use kss_project::Places;
use kss_sema::{DeclKind, Declaration, Usage};
use kss_span::{FileId, ItemId, LineIndex, Origin, Symbol, TextRange};
use kss_syntax::ast::{Stmt, StmtKind};
use kss_syntax::visit::{Node, Visitor, walk};
use rustc_hash::FxHashSet;

/// Which lenses are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LensConfig {
    /// How many references.
    pub references: bool,
    /// Which of several definitions wins.
    pub definitions: bool,
    /// How many files, and how many of them have changed.
    pub outputs: bool,
    /// Tests to run.
    pub tests: bool,
}

impl Default for LensConfig {
    fn default() -> LensConfig {
        LensConfig { references: true, definitions: true, outputs: true, tests: true }
    }
}

/// A line above a declaration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CodeLens {
    /// What it is about.
    pub range: TextRange,
    /// Its text; none before [`Analysis::resolve_lens`].
    pub title: Option<String>,
    /// What a click does.
    pub action: LensAction,
}

/// What a click on a lens does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LensAction {
    /// Shows the references of what stands there.
    References(FilePosition),
    /// Shows the files of what stands there.
    Outputs(FilePosition),
    /// Tells why the value that is written there is what it is.
    Why(FilePosition),
    /// Runs the test of this title.
    RunTest(String),
}

/// What lies in the deploy tree at a path.
pub type Deployed<'a> = &'a dyn Fn(&str) -> Option<Vec<u8>>;

impl Analysis {
    /// The lenses of a file, in the order of the text. What takes time to say is left open.
    pub fn code_lenses(&self, file: FileId, config: LensConfig) -> Vec<CodeLens> {
        let (Some(items), Some(parsed)) = (self.items(file), self.parsed(file)) else { return Vec::new() };
        let mut out = Vec::new();
        let heads: FxHashSet<Origin> = match config.outputs {
            true => self.evaluated().parts().flat_map(|part| part.entries()).map(|e| e.origin()).collect(),
            false => FxHashSet::default(),
        };
        for (decl, spans) in items.decls.iter().zip(&parsed.spans) {
            let at = FilePosition { file, offset: 0 };
            let place = Place { item: decl.id, stmt: decl.stmt.clone(), spans: spans.clone(), at };
            let all = self.declarations(decl.id).clone();
            for declared in all.iter() {
                self.lenses_of(&place, declared, config, &heads, &mut out);
            }
            if config.definitions {
                self.definition_lenses(&place, &all, &mut out);
            }
        }
        out.sort_by_key(|lens| (lens.range.lo, order(&lens.action)));
        out
    }

    /// The lens with its text. `deployed`: what lies in the deploy tree, if there is one.
    pub fn resolve_lens(&self, lens: &CodeLens, deployed: Option<Deployed<'_>>) -> CodeLens {
        let title = match (&lens.title, &lens.action) {
            (Some(title), _) => title.clone(),
            (None, LensAction::References(at)) => {
                let references = self.references(*at);
                match references.iter().filter(|r| r.usage != Usage::Declare.into()).count() {
                    0 => "no references".to_owned(),
                    1 => "1 reference".to_owned(),
                    many => format!("{many} references"),
                }
            }
            (None, LensAction::Outputs(at)) => self.outputs_title(*at, deployed),
            (None, LensAction::Why(_)) => "why".to_owned(),
            (None, LensAction::RunTest(_)) => "run test".to_owned(),
        };
        CodeLens { title: Some(title), ..lens.clone() }
    }

    /// `heads`: where entries stand that came to be.
    fn lenses_of(
        &self,
        place: &Place,
        declared: &Declaration,
        config: LensConfig,
        heads: &FxHashSet<Origin>,
        out: &mut Vec<CodeLens>,
    ) {
        let range = place.range(declared.node);
        let at = FilePosition { file: place.at.file, offset: range.lo };
        let top = declared.parent.is_none();
        let mut push = |action, title| out.push(CodeLens { range, title, action });
        let referred = match declared.kind {
            DeclKind::Module
            | DeclKind::Type
            | DeclKind::Function
            | DeclKind::Capability
            | DeclKind::Intent
            | DeclKind::Output
            | DeclKind::Option => true,
            DeclKind::Let => top,
            _ => false,
        };
        if config.references && referred {
            push(LensAction::References(at), None);
        }
        let writes = match declared.kind {
            DeclKind::Module | DeclKind::Cluster | DeclKind::Site => true,
            DeclKind::Entry => {
                heads.contains(&Origin::new(place.item, declared.whole))
                    && declared.of.is_some_and(|kind| self.is_output(kind))
            }
            _ => false,
        };
        if config.outputs && writes {
            push(LensAction::Outputs(at), None);
        }
        if config.tests && declared.kind == DeclKind::Test {
            push(LensAction::RunTest(declared.name.to_string()), Some("run test".to_owned()));
        }
    }

    fn is_used(&self, item: ItemId, evaluated: &Evaluated) -> bool {
        let name = item.key().name;
        let name = name.strip_prefix("module ").unwrap_or_default();
        evaluated.parts().flat_map(|part| part.modules_in_use()).any(|(_, used)| used.iter().any(|m| *m == name))
    }

    fn is_output(&self, kind: Symbol) -> bool {
        self.signatures().kinds.get(&kind).is_some_and(|sig| sig.usage == KindUse::Output)
    }

    /// Lenses of options and entries that others change, and of statements that win or lose.
    fn definition_lenses(&self, place: &Place, all: &[Declaration], out: &mut Vec<CodeLens>) {
        let evaluated = self.evaluated();
        let places = self.session().places();
        let telling = Telling { analysis: self, evaluated: &evaluated, places: &places };
        for declared in all {
            let title = match declared.kind {
                DeclKind::Option => {
                    let found = self.values_of_declaration(Origin::new(place.item, declared.node), &evaluated);
                    telling.option(&found)
                }
                DeclKind::Entry => telling.entry(place, declared),
                _ => None,
            };
            let range = place.range(declared.node);
            let at = FilePosition { file: place.at.file, offset: range.lo };
            out.extend(title.map(|title| CodeLens { range, title: Some(title), action: LensAction::Why(at) }));
        }
        let facts = evaluated.facts(place.item);
        let mut stmts = Stmts(Vec::new());
        walk(&place.stmt, &mut stmts);
        for stmt in stmts.0 {
            let StmtKind::Field(field) = &stmt.kind else { continue };
            let Some(key) = field.path.last() else { continue };
            if let Some(title) = telling.statement(Origin::new(place.item, stmt.id.0), facts.of(stmt.id.0)) {
                let range = place.range(key.id().0);
                let at = FilePosition { file: place.at.file, offset: range.lo };
                out.push(CodeLens { range, title: Some(title), action: LensAction::Why(at) });
            }
        }
    }

    fn outputs_title(&self, at: FilePosition, deployed: Option<Deployed<'_>>) -> String {
        let Some(whose) = self.whose(at).into_iter().next() else { return "writes nothing".to_owned() };
        let evaluated = self.evaluated();
        let files: Vec<_> = evaluated.trees().flat_map(|tree| tree.iter()).filter(|file| whose.has(file)).collect();
        if let Whose::Module(item) = whose
            && !self.is_used(item, &evaluated)
        {
            return "in use nowhere".to_owned();
        }
        let mut title = match (files.len(), whose) {
            (0, Whose::Module(_)) => "writes no file of its own".to_owned(),
            (0, _) => "writes nothing".to_owned(),
            (1, _) => "writes 1 file".to_owned(),
            (many, _) => format!("writes {many} files"),
        };
        if let Some(deployed) = deployed.filter(|_| !files.is_empty()) {
            let differs = |file: &&&kss_backend::File| deployed(&file.path).as_deref() != Some(file.content.bytes());
            match files.iter().filter(differs).count() {
                0 => title.push_str(" · none changed"),
                changed => title.push_str(&format!(" · {changed} changed")),
            }
        }
        title
    }
}

fn order(action: &LensAction) -> u8 {
    match action {
        LensAction::RunTest(_) => 0,
        LensAction::Why(_) => 1,
        LensAction::Outputs(_) => 2,
        LensAction::References(_) => 3,
    }
}

/// All statements of an item.
struct Stmts<'a>(Vec<&'a Stmt>);

impl<'a> Visitor<'a> for Stmts<'a> {
    fn enter(&mut self, node: Node<'a>) -> bool {
        if let Node::Stmt(stmt) = node {
            self.0.push(stmt);
        }
        true
    }
}

/// How many winners are named.
const NAMED: usize = 3;

struct Telling<'a> {
    analysis: &'a Analysis,
    evaluated: &'a Evaluated,
    places: &'a Places,
}

impl Telling<'_> {
    /// Of an option that several give a value: how many, and who wins.
    fn option(&self, found: &[Found]) -> Option<String> {
        // Every key of a default is one contribution, and together they are one definition.
        let key = |s: &WhyStep| if s.layer == Layer::Type { Origin::NOWHERE } else { s.origin };
        let all: FxHashSet<Origin> = found.iter().flat_map(|f| &f.steps).map(key).collect();
        let winners: Vec<(usize, &WhyStep)> =
            found.iter().filter_map(|f| Some((f.part, f.steps.iter().find(|s| s.won)?))).collect();
        self.definitions(all.len(), &winners)
    }

    /// Of an entry that other items write too: who.
    fn entry(&self, place: &Place, declared: &Declaration) -> Option<String> {
        let head = Origin::new(place.item, declared.whole);
        let entries = self.evaluated.parts().flat_map(|part| part.entries()).filter(|e| e.origin() == head);
        let steps = entries.flat_map(|entry| entry.leaves()).flat_map(|(_, steps)| steps);
        let others = steps.filter(|s| s.won && s.layer != Layer::Type && s.origin.item != place.item);
        let mut names: Vec<Symbol> = others.map(|s| s.module).collect();
        names.sort();
        names.dedup();
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        (!names.is_empty()).then(|| format!("also written by {}", names.join(", ")))
    }

    /// Of a statement that others meet: who wins.
    fn statement(&self, origin: Origin, facts: &[Fact]) -> Option<String> {
        let own = |fact: &&Fact| fact.steps.iter().any(|s| s.origin == origin && s.won);
        let met: Vec<&Fact> = facts.iter().filter(|fact| fact.steps.iter().any(|s| !s.won)).collect();
        if met.is_empty() {
            return None;
        }
        if met.iter().all(own) {
            let lost: FxHashSet<Origin> =
                met.iter().flat_map(|f| &f.steps).filter(|s| !s.won).map(|s| s.origin).collect();
            let first = met.iter().flat_map(|f| &f.steps).find(|s| !s.won)?;
            let more = if lost.len() > 1 { format!(" and {} more", lost.len() - 1) } else { String::new() };
            return Some(format!("overrides {}{more}", self.place(first.origin)));
        }
        let all: FxHashSet<Origin> = met.iter().flat_map(|f| &f.steps).map(|s| s.origin).collect();
        let lost = met.iter().filter(|fact| !own(fact));
        let winners: Vec<(usize, &WhyStep)> =
            lost.filter_map(|fact| Some((fact.part, fact.steps.iter().find(|s| s.won)?))).collect();
        self.definitions(all.len(), &winners)
    }

    /// `3 definitions · override in clusters/kcs.kss:12 wins`
    fn definitions(&self, count: usize, winners: &[(usize, &WhyStep)]) -> Option<String> {
        if count < 2 {
            return None;
        }
        let mut distinct: Vec<(usize, &WhyStep)> = Vec::new();
        for (part, step) in winners {
            if !distinct.iter().any(|(_, known)| known.origin == step.origin) {
                distinct.push((*part, step));
            }
        }
        let said = |(part, step): &(usize, &WhyStep)| {
            let scope = self.evaluated.part(*part).map(|part| part.scope.key.to_string()).unwrap_or_default();
            (scope, format!("{} {}", layer(step), self.place(step.origin)))
        };
        let said: Vec<(String, String)> = distinct.iter().take(NAMED).map(said).collect();
        let told = match said.as_slice() {
            [] => return None,
            [(_, one)] => format!("{one} wins"),
            several => several.iter().map(|(scope, one)| format!("{scope}: {one}")).collect::<Vec<_>>().join(" · "),
        };
        let more = if distinct.len() > NAMED { format!(" · {} more", distinct.len() - NAMED) } else { String::new() };
        Some(format!("{count} definitions · {told}{more}"))
    }

    /// `clusters/kcs.kss:12`
    fn place(&self, origin: Origin) -> String {
        let Some(span) = self.places.span(origin) else { return String::new() };
        let line = LineIndex::new(self.analysis.text(span.file)).line(span.range.lo) + 1;
        format!("{}:{line}", self.analysis.short_path(span.file))
    }
}

/// `override in`
fn layer(step: &WhyStep) -> &'static str {
    match step.layer {
        Layer::Type => "the default in",
        Layer::Default => "default in",
        Layer::Module | Layer::Scope => "set in",
        Layer::Override => "override in",
        Layer::Force => "force in",
        Layer::Overlay => "the private overlay in",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Fixture, clusters, position};

    fn lenses(analysis: &Analysis, file: FileId, deployed: Option<Deployed<'_>>) -> Vec<String> {
        let text = analysis.text(file);
        let shown = |lens: CodeLens| {
            let title = analysis.resolve_lens(&lens, deployed).title.unwrap_or_default();
            format!("{}: {title}", &text[lens.range.range()])
        };
        analysis.code_lenses(file, LensConfig::default()).into_iter().map(shown).collect()
    }

    #[test]
    fn references_and_tests() {
        let fixture = Fixture::new(
            "type Disk { size : Size }\nlet d : Disk = { size = 1GiB }\nlet e = d\ntest \"it holds\" { expect 1 == 1 }\n",
        );
        let found = lenses(&fixture.analysis(), FileId(0), None);
        assert_eq!(found, ["Disk: 1 reference", "d: 1 reference", "e: no references", "\"it holds\": run test"]);
    }

    #[test]
    fn definitions_and_who_wins() {
        let host = clusters();
        let analysis = host.snapshot();
        let file = |path: &str, text: &str| position(&analysis, path, text).file;
        let has = |found: &[String], wanted: &str| {
            assert!(found.iter().any(|lens| lens.contains(wanted)), "{wanted}: {found:#?}");
        };
        let loki = lenses(&analysis, file("std/monitoring/loki.kss", "module lo$0ki"), None);
        has(&loki, "retention_period: 2 definitions · set in clusters/kcs.kss:");
        has(&loki, "loki: also written by `kcs`");
        let kcs = lenses(&analysis, file("kcs.kss", "cluster k$0cs"), None);
        has(&kcs, "retention_period: overrides std/monitoring/loki.kss:");
        let longhorn = lenses(&analysis, file("longhorn.kss", "module long$0horn"), None);
        has(&longhorn, "replicas: 2 definitions · kcs: set in clusters/kcs.kss:");
    }

    #[test]
    fn files_and_how_many_of_them_have_changed() {
        let host = clusters();
        let analysis = host.snapshot();
        let file = position(&analysis, "metallb.kss", "module metal$0lb").file;
        let preview = analysis.output("clusters/kss/helm/metallb.yaml").and_then(|p| p.text).expect("a text");
        let deployed = move |path: &str| {
            let same = path == "clusters/kss/helm/metallb.yaml";
            Some(if same { preview.clone().into_bytes() } else { b"old".to_vec() })
        };
        let found = lenses(&analysis, file, Some(&deployed));
        assert!(found.contains(&"metallb: writes 2 files · 1 changed".to_owned()), "{found:#?}");
        let kiali = position(&analysis, "kiali.kss", "module kia$0li").file;
        assert!(lenses(&analysis, kiali, None).contains(&"kiali: in use nowhere".to_owned()));
        assert!(lenses(&analysis, file, None).contains(&"metallb: writes 2 files".to_owned()));
    }
}
