//! Hints between the words of a text: values that are derived, types and parameters that nobody wrote.

use crate::values::is_plain;
use crate::{Analysis, Evaluated, Place};
use kss_eval::{Layer, value_text};
use kss_ir::Ty;
use kss_sema::Index;
use kss_span::{FileId, Symbol, TextRange};
use kss_syntax::ast::{Expr, ExprKind, Key, LiteralClass, Stmt, StmtKind};
use kss_syntax::visit::{Node, Visitor, walk};
use kss_value::scalar::spelling;
use kss_value::{Kind, Value};

/// Which hints are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InlayConfig {
    /// What a call or computation gives, where that is one value or a few: `lan.host(31)` is 10.69.50.31.
    pub values: bool,
    /// What a text with holes becomes. Off unless wanted: texts are long.
    pub texts: bool,
    /// Types of `let`s that have none.
    pub types: bool,
    /// Names of parameters, where an argument does not say what it is.
    pub parameters: bool,
    /// How outputs spell a size or duration, where that is not how it is written: `60d` becomes `1440h`.
    pub units: bool,
    /// Behind `use`: how many options have their default.
    pub defaults: bool,
}

impl Default for InlayConfig {
    fn default() -> InlayConfig {
        InlayConfig { values: true, texts: false, types: true, parameters: true, units: false, defaults: false }
    }
}

/// A kind of hints.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum InlayKind {
    Value,
    Type,
    Parameter,
    Unit,
    Defaults,
}

/// A hint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InlayHint {
    /// Before this byte it stands.
    pub offset: u32,
    /// Its text.
    pub label: String,
    /// What it says.
    pub kind: InlayKind,
}

/// How many values of one expression are shown, and how long they may be together.
const VALUES: usize = 3;
const LONGEST: usize = 60;

impl Analysis {
    /// The hints in a part of a file, in the order of the text.
    pub fn inlay_hints(&self, file: FileId, within: TextRange, config: InlayConfig) -> Vec<InlayHint> {
        let (Some(items), Some(parsed)) = (self.items(file), self.parsed(file)) else { return Vec::new() };
        let evaluated = (config.values || config.texts || config.defaults).then(|| self.evaluated());
        let mut out = Vec::new();
        for (decl, spans) in items.decls.iter().zip(&parsed.spans) {
            let at = crate::FilePosition { file, offset: within.lo };
            let place = Place { item: decl.id, stmt: decl.stmt.clone(), spans: spans.clone(), at };
            if !meets(place.range(decl.stmt.id.0), within) {
                continue;
            }
            let index = self.index(decl.id);
            let mut hints =
                Hints { analysis: self, place: &place, index, evaluated: evaluated.as_ref(), config, within, out };
            walk(&place.stmt, &mut hints);
            if config.parameters {
                hints.parameters();
            }
            out = hints.out;
        }
        out.sort_by_key(|hint| hint.offset);
        out
    }
}

fn meets(a: TextRange, b: TextRange) -> bool {
    a.lo <= b.hi && b.lo <= a.hi
}

struct Hints<'a> {
    analysis: &'a Analysis,
    place: &'a Place,
    index: &'a Index,
    evaluated: Option<&'a Evaluated>,
    config: InlayConfig,
    within: TextRange,
    out: Vec<InlayHint>,
}

impl<'t> Visitor<'t> for Hints<'_> {
    fn enter(&mut self, node: Node<'t>) -> bool {
        if !meets(self.place.range(crate::place::node_id(&node).0), self.within)
            && !matches!(node, Node::Alternative(_))
        {
            return false;
        }
        match node {
            Node::Stmt(stmt) => {
                self.stmt(stmt);
                true
            }
            Node::Expr(expr) => !self.expr(expr),
            _ => true,
        }
    }
}

impl Hints<'_> {
    fn push(&mut self, offset: u32, label: String, kind: InlayKind) {
        if self.within.lo <= offset && offset <= self.within.hi {
            self.out.push(InlayHint { offset, label, kind });
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { name, ty: None, value, .. } if self.config.types && !says_its_type(value) => {
                let ty = self.index.ty(name.id.0).or_else(|| self.index.ty(value.id.0));
                if let Some(ty) = ty.filter(|ty| !matches!(ty, Ty::Error | Ty::Never | Ty::Struct(_))) {
                    let label = format!(": {}", self.analysis.signatures().show(ty));
                    self.push(self.place.range(name.id.0).hi, label, InlayKind::Type);
                }
            }
            StmtKind::Use { name, .. } if self.config.defaults => self.defaults(name),
            _ => {}
        }
    }

    /// Says what an expression gives; then nothing in it needs to be said.
    fn expr(&mut self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Call { .. } | ExprKind::Binary { .. } if self.config.values => self.value(expr),
            ExprKind::Text(text) if self.config.texts && text.literal().is_none() => self.value(expr),
            ExprKind::Literal { class: class @ (LiteralClass::Size | LiteralClass::Duration), text }
                if self.config.units =>
            {
                self.unit(expr, *class, *text);
                false
            }
            _ => false,
        }
    }

    fn value(&mut self, expr: &Expr) -> bool {
        let Some(evaluated) = self.evaluated else { return false };
        let facts = evaluated.facts(self.place.item);
        let Some(made) = facts.values.get(&expr.id.0) else { return false };
        let made = self.analysis.made_at(self.place.item, made, evaluated).map(|(_, value)| value);
        let mut texts: Vec<String> = Vec::new();
        for value in made {
            if crate::values::is_private(value) || !is_telling(value) {
                return false;
            }
            let text = value_text(value);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        let label = texts.join(", ");
        if texts.is_empty() || texts.len() > VALUES || label.chars().count() > LONGEST {
            return false;
        }
        self.push(self.place.range(expr.id.0).hi, format!("= {label}"), InlayKind::Value);
        true
    }

    fn unit(&mut self, expr: &Expr, class: LiteralClass, text: Symbol) {
        let Some(value) = crate::hover::literal_value(class, &text) else { return };
        if let Some(written) = spelling(&value).filter(|written| *written != text.as_str()) {
            self.push(self.place.range(expr.id.0).hi, format!("= {written}"), InlayKind::Unit);
        }
    }

    fn defaults(&mut self, name: &Key) {
        let (Some(evaluated), Some(module)) = (self.evaluated, name.literal()) else { return };
        let is_it = |e: &kss_eval::EntryView<'_>| e.key.kind == "module" && e.key.name == module;
        // The scope in whose body it stands; of a module's own `use` any.
        let item = self.place.item.key().name;
        let scope = item.split_once(' ').map(|(_, name)| Symbol::new(name));
        let entries = evaluated.parts().flat_map(|part| part.entries().filter(is_it));
        let found = entries.min_by_key(|e| (Some(e.key.scope.outer) != scope, e.key.clone()));
        let count = found.map_or(0, |entry| {
            entry.leaves().filter(|(_, steps)| steps.iter().any(|s| s.won && s.layer == Layer::Type)).count()
        });
        if count > 0 {
            self.push(self.place.range(name.id().0).hi, format!("defaults: {count}"), InlayKind::Defaults);
        }
    }

    /// Names of parameters before arguments that do not say what they are.
    fn parameters(&mut self) {
        let text = self.analysis.text(self.place.at.file);
        let mut found = Vec::new();
        for call in self.index.calls.iter().filter(|call| call.params.len() > 1) {
            for (arg, (name, _)) in call.args.iter().zip(&call.params) {
                let range = self.place.range(*arg);
                let written = text.get(range.range()).unwrap_or_default();
                // `host` for `host`, `c.host`: it says so itself.
                let says = written.rsplit('.').next() == Some(name.as_str());
                if !range.is_empty() && !says && name.len() > 1 {
                    found.push((range.lo, format!("{name}:")));
                }
            }
        }
        for (offset, label) in found {
            self.push(offset, label, InlayKind::Parameter);
        }
    }
}

/// Is the value worth to be told: not a reference, not a record?
fn is_telling(value: &Value) -> bool {
    matches!(
        value.kind(),
        Kind::Int(_)
            | Kind::Float(_)
            | Kind::Percent(_)
            | Kind::Size(_)
            | Kind::Duration(_)
            | Kind::Cpu(_)
            | Kind::Text(_)
            | Kind::Ip(_)
            | Kind::Cidr(_)
            | Kind::IpRange(_)
            | Kind::Ports(_)
    )
}

/// A literal shows its type.
fn says_its_type(value: &Expr) -> bool {
    is_plain(value) && !matches!(value.kind, ExprKind::Record(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Fixture, clusters, position};

    fn hints(analysis: &Analysis, file: FileId, config: InlayConfig) -> Vec<String> {
        let text = analysis.text(file);
        let whole = TextRange::new(0, text.len() as u32);
        let shown = |hint: InlayHint| {
            let at = hint.offset as usize;
            let line = text[..at].rfind('\n').map_or(0, |i| i + 1);
            let rest = text[at..].lines().next().unwrap_or_default();
            format!("{}⟨{}⟩{rest}", text[line..at].trim_start(), hint.label)
        };
        analysis.inlay_hints(file, whole, config).into_iter().map(shown).collect()
    }

    #[test]
    fn types_and_parameters() {
        let fixture = Fixture::new(
            "fn find(host: Text, number: Int) -> Text = host\nlet a = find(\"x\", 1)\nlet host = \"y\"\nlet b = find(host, 2)\nlet c = [1]\n",
        );
        let found = hints(&fixture.analysis(), FileId(0), InlayConfig::default());
        assert_eq!(
            found,
            [
                "let a⟨: Text⟩ = find(\"x\", 1)",
                "let a = find(⟨host:⟩\"x\", 1)",
                "let a = find(\"x\", ⟨number:⟩1)",
                "let b⟨: Text⟩ = find(host, 2)",
                "let b = find(host, ⟨number:⟩2)",
                "let c⟨: [Int]⟩ = [1]",
            ]
        );
        let none = InlayConfig { values: false, types: false, parameters: false, ..InlayConfig::default() };
        assert!(hints(&fixture.analysis(), FileId(0), none).is_empty());
    }

    #[test]
    fn derived_values_of_the_reference_site() {
        let host = clusters();
        let analysis = host.snapshot();
        let file = position(&analysis, "kss.kss", "cluster k$0ss").file;
        let found = hints(&analysis, file, InlayConfig::default());
        let has = |wanted: &str| assert!(found.iter().any(|h| h.contains(wanted)), "{wanted}: {found:#?}");
        has("lan.host(20)⟨= 10.69.50.20⟩");
        has("lan.host(30 + it)⟨= 10.69.50.31, 10.69.50.32, 10.69.50.33⟩");
        has("let lan⟨: ref network⟩");
        let all = InlayConfig { units: true, defaults: true, ..InlayConfig::default() };
        let file = position(&analysis, "kcs.kss", "cluster k$0cs").file;
        let found = hints(&analysis, file, all);
        let has = |wanted: &str| assert!(found.iter().any(|h| h.contains(wanted)), "{wanted}: {found:#?}");
        has("retention_period = 60d⟨= 1440h⟩");
        has("use longhorn⟨defaults: ");
    }

    #[test]
    fn private_values_are_not_shown() {
        let host = clusters();
        let analysis = host.snapshot();
        for file in analysis.session().files() {
            let config = InlayConfig { texts: true, ..InlayConfig::default() };
            let found = hints(&analysis, file, config);
            assert!(found.iter().all(|hint| !hint.contains("⟨= \"admin@example.com\"⟩")), "{found:#?}");
        }
    }
}
