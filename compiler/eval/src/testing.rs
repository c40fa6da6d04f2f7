//! Tests in the language: variants of a site, and what is expected of them.

mod places;

use crate::chain::{Flow, LoopState};
use crate::context::{Cx, Frame, This};
use crate::frozen::{Frozen, FrozenCell, FrozenEntry};
use crate::report::Report;
use crate::state::{Eval, Role};
use crate::world::scope_entry;
use crate::{
    Env, Options, Outcome, ScopeModel, Variation, clusters_of, evaluate_cluster, evaluate_site, evaluate_site_early,
};
use kss_diag::{Diagnostic, Severity, code};
use kss_ir::{EntryRef, Expr, TestIr, TestStep, Variant};
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, Kind, ScopeKey, ScopeKind, Value};
use std::sync::Arc;

/// What came of a test.
#[derive(Debug)]
pub struct TestOutcome {
    /// Expectations that failed, and what is wrong in the test itself.
    pub reports: Vec<Report>,
}

impl TestOutcome {
    /// Did everything hold?
    pub fn passed(&self) -> bool {
        self.reports.is_empty()
    }
}

/// Is `test` about this site? Its first `given` says so; without one it is about any.
pub fn concerns(test: &TestIr, site: Symbol, outcome: &Outcome) -> bool {
    first_base(&test.steps).is_none_or(|base| site == base || has_cluster(outcome, base))
}

fn first_base(steps: &[TestStep]) -> Option<Symbol> {
    steps.iter().find_map(|step| match step {
        TestStep::Given { base, .. } => Some(*base),
        TestStep::For { steps, .. } => first_base(steps),
        _ => None,
    })
}

fn has_cluster(outcome: &Outcome, name: Symbol) -> bool {
    outcome.model.clusters.iter().any(|cluster| cluster.scope.key.name == name)
}

/// Runs `test` against `site`, which was evaluated as `base`.
pub fn run_test(env: &dyn Env, site: Symbol, base: &Outcome, test: &TestIr) -> TestOutcome {
    let worlds = base.parts.iter().map(|part| part.frozen.clone()).collect();
    let current = Current {
        scope: ScopeKey { kind: ScopeKind::Site, outer: site, name: site, variant: 0 },
        parts: base.parts.clone(),
    };
    let mut run = Run { env, site, base, test, worlds, current, names: 0, variants: 0, reports: Vec::new() };
    let mut frame = Frame::default();
    run.steps(&test.steps, &mut frame);
    TestOutcome { reports: run.reports }
}

/// The variant that expectations are about.
#[derive(Clone)]
struct Current {
    scope: ScopeKey,
    parts: Vec<Arc<ScopeModel>>,
}

struct Run<'t> {
    env: &'t dyn Env,
    site: Symbol,
    base: &'t Outcome,
    test: &'t TestIr,
    /// Finished evaluations of all variants so far.
    worlds: Vec<Arc<Frozen>>,
    current: Current,
    /// The variant that the names of the site and its clusters mean: of the last `given` without a name.
    names: u16,
    variants: u16,
    reports: Vec<Report>,
}

impl<'t> Run<'t> {
    fn at(&self, node: u32) -> Origin {
        Origin::new(self.test.item, node)
    }

    fn fail(&mut self, node: u32, message: impl Into<String>) -> &mut Diagnostic<Origin> {
        let report: Report = code::EXPECTATION.at(self.at(node), message).into();
        self.reports.push(report);
        let last = self.reports.len() - 1;
        &mut self.reports[last].diagnostic
    }

    fn steps(&mut self, steps: &'t [TestStep], frame: &mut Frame) {
        for step in steps {
            self.step(step, frame);
        }
    }

    fn step(&mut self, step: &'t TestStep, frame: &mut Frame) {
        match step {
            TestStep::Given { node, slot, named, base, with } => {
                let scope = self.given(*node, *base, with.as_ref(), frame);
                frame.set(*slot, scope);
                if !named {
                    self.names = self.current.scope.variant;
                }
            }
            TestStep::Let { slot, value } => {
                let value = self.value(value, frame, None);
                frame.set(*slot, value);
            }
            TestStep::For { loops, steps } => self.for_each(loops, steps, frame),
            TestStep::NoError { node, or } => self.no_error(*node, or),
            TestStep::Error { node, code, at } => self.error(*node, *code, at.as_ref(), frame),
            TestStep::NoOutputOf { node, owner } => {
                let owner = self.value(owner, frame, None);
                self.no_output_of(*node, &owner);
            }
            TestStep::NoOutputWith { node, text } => {
                let text = self.value(text, frame, None);
                self.no_output_with(*node, &text);
            }
            TestStep::Output { node, entry, cond } => self.output(*node, entry, cond, frame),
            TestStep::Cond { node, cond } => {
                self.condition(*node, cond, frame, None);
            }
        }
    }

    /// Starts a variant and gives a reference to its scope.
    fn given(&mut self, node: u32, name: Symbol, with: Option<&'t Variant>, frame: &mut Frame) -> Value {
        let at = self.at(node);
        let cluster = has_cluster(self.base, name);
        if !cluster && name != self.site {
            let message =
                format!("`{name}` is not of site `{}`, which the first `given` of this test is about", self.site);
            let text = "write a test of its own for it".to_owned();
            self.fail(node, message).notes.push(kss_diag::Note { kind: kss_diag::NoteKind::Fix, text });
            return Value::poison(at);
        }
        let kind = if cluster { ScopeKind::Cluster } else { ScopeKind::Site };
        let Some(variant) = with else {
            let scope = ScopeKey { kind, outer: name, name, variant: 0 };
            self.current = Current { scope, parts: self.base.parts.clone() };
            return self.scope_ref(scope, at);
        };
        self.variants += 1;
        let removes = variant.computed_removes.iter().filter_map(|e| {
            let value = self.value(e, frame, None);
            value.as_text().map(|t| Symbol::new(&t))
        });
        let removes: Vec<Symbol> = removes.collect();
        let body = Arc::new(variant.body.clone());
        let variation = Variation { item: self.test.item, body, removes, frame: frame.share().to_vec() };
        let parts = self.evaluate(name, cluster, &variation);
        let tag = self.variants;
        self.worlds.extend(parts.iter().map(|part| Arc::new(part.frozen.in_variant(tag))));
        let scope = ScopeKey { kind, outer: name, name, variant: tag };
        self.current = Current { scope, parts };
        self.scope_ref(scope, at)
    }

    fn scope_ref(&self, scope: ScopeKey, at: Origin) -> Value {
        let site = ScopeKey { kind: ScopeKind::Site, outer: self.site, name: self.site, variant: scope.variant };
        Value::entry(Arc::new(scope_entry(site, scope)), at)
    }

    /// The site with one of its scopes varied: a varied cluster leaves its siblings as they are.
    fn evaluate(&self, name: Symbol, cluster: bool, variation: &Variation) -> Vec<Arc<ScopeModel>> {
        let options = Options::default();
        let of_site = (!cluster).then_some(variation);
        let Some(early) = evaluate_site_early(self.env, self.site, options, of_site) else { return Vec::new() };
        let clusters: Vec<Arc<ScopeModel>> = clusters_of(self.env.program(), self.site)
            .into_iter()
            .filter_map(|other| {
                let varied = cluster && other == name;
                let known = self
                    .base
                    .parts
                    .iter()
                    .find(|p| p.scope.key.kind == ScopeKind::Cluster && p.scope.key.name == other);
                match known {
                    Some(part) if cluster && !varied => Some(part.clone()),
                    _ => evaluate_cluster(self.env, &early, other, options, varied.then_some(variation)),
                }
            })
            .collect();
        let site = evaluate_site(self.env, &early, &clusters, options, of_site);
        site.into_iter().chain(clusters).collect()
    }

    fn eval(&self) -> Eval<'t> {
        let mut eval = Eval::new(self.env, Options::default(), Role::Test, self.site, self.worlds.clone());
        eval.site.variant = self.names;
        eval
    }

    fn cx(&self, this: Option<Arc<EntryKey>>) -> Cx<'t> {
        let cx = Cx::new(self.test.item, self.current.scope);
        match this {
            Some(key) => cx.with_this(This::Entry(key)),
            None => cx,
        }
    }

    fn value(&self, expr: &'t Expr, frame: &mut Frame, this: Option<Arc<EntryKey>>) -> Value {
        let cx = self.cx(this);
        self.eval().eval(expr, &cx, frame)
    }

    fn for_each(&mut self, loops: &'t [kss_ir::For], steps: &'t [TestStep], frame: &mut Frame) {
        // The frames first: a step may start a variant, which the loop must not see.
        let mut frames: Vec<Frame> = Vec::new();
        let cx = self.cx(None);
        let mut eval = self.eval();
        eval.run_loops(loops, &cx, frame, &mut LoopState::default(), &mut |_, fr, _| {
            frames.push(fr.clone());
            Flow::On
        });
        let (outer, names) = (self.current.clone(), self.names);
        for mut inner in frames {
            self.steps(steps, &mut inner);
            (self.current, self.names) = (outer.clone(), names);
        }
    }

    /// Evaluates a condition; one that does not hold is reported with the values in it.
    fn condition(&mut self, node: u32, cond: &'t Expr, frame: &mut Frame, this: Option<Arc<EntryKey>>) -> bool {
        let cx = self.cx(this);
        let mut eval = self.eval();
        let value = eval.eval(cond, &cx, frame);
        let reports = eval.take_reports();
        match value.kind() {
            Kind::Bool(true) => return true,
            Kind::Bool(false) => {
                let mut eval = self.eval();
                let values = eval.explain(cond, &cx, frame).texts(cx.at(cond.node));
                let diagnostic = code::EXPECTATION.at(self.at(node), "this does not hold");
                self.reports.push(Report { diagnostic, values });
            }
            _ if reports.is_empty() => {
                self.fail(node, "this has no value: something that it reads is wrong");
            }
            _ => self.reports.extend(reports),
        }
        false
    }

    fn errors(&self) -> Vec<Report> {
        let reports = self.current.parts.iter().flat_map(|part| part.reports.iter());
        reports.filter(|r| r.diagnostic.severity == Severity::Error).cloned().collect()
    }

    fn no_error(&mut self, node: u32, or: &[Symbol]) {
        let unexpected: Vec<Report> =
            self.errors().into_iter().filter(|r| !or.iter().any(|c| *c == r.diagnostic.code.id)).collect();
        for report in unexpected.into_iter().take(3) {
            let d = &report.diagnostic;
            let message = format!("there is an error: {} {}", d.code.id, d.message);
            let place = d.place;
            self.fail(node, message).labels.push(kss_diag::Label { place, message: "here".to_owned() });
        }
    }

    fn error(&mut self, node: u32, code: Option<Symbol>, at: Option<&'t Expr>, frame: &mut Frame) {
        let place = at.map(|e| self.value(e, frame, None)).and_then(|v| v.as_text().map(|t| t.into_owned()));
        let shown = place.as_ref().map(|path| format!(" at `{path}`")).unwrap_or_default();
        let place = place.map(|path| places::Wanted::new(&path, &self.current.parts));
        let errors = self.errors();
        let fits =
            |r: &&Report| code.is_none_or(|c| c == r.diagnostic.code.id) && place.as_ref().is_none_or(|p| p.fits(r));
        if errors.iter().any(|r| fits(&r)) {
            return;
        }
        let wanted = code.map_or_else(|| "an error".to_owned(), |c| format!("error {c}"));
        let found: Vec<String> =
            errors.iter().take(5).map(|r| format!("{} {}", r.diagnostic.code.id, r.diagnostic.message)).collect();
        let message = match found.as_slice() {
            [] => format!("{wanted} was expected{shown}, and there is none"),
            _ if errors.iter().any(|r| code.is_none_or(|c| c == r.diagnostic.code.id)) => {
                format!("{wanted} was expected{shown}, and is elsewhere")
            }
            _ => format!("{wanted} was expected{shown}, and there are others"),
        };
        let diag = self.fail(node, message);
        diag.notes.extend(found.into_iter().map(|text| kss_diag::Note { kind: kss_diag::NoteKind::Note, text }));
    }

    fn outputs(&self) -> impl Iterator<Item = &kss_model::Entry> {
        let name = self.current.scope;
        let parts = self.current.parts.iter().filter(move |part| {
            name.kind == ScopeKind::Site || part.scope.key.name == name.name && part.scope.key.kind == name.kind
        });
        let scopes = parts.flat_map(|part| std::iter::once(&part.scope).chain(&part.inner));
        scopes.flat_map(|scope| scope.entries.values().flatten())
    }

    fn no_output_of(&mut self, node: u32, owner: &Value) {
        let Some(owner) = owner.as_text() else { return };
        let is_output = |entry: &&kss_model::Entry| {
            let sig = self.env.program().kinds.get(&entry.key.kind);
            sig.is_some_and(|s| s.usage == kss_ir::KindUse::Output)
        };
        let found = self.outputs().filter(is_output).find(|e| e.owner.module == *owner);
        if let Some((name, kind, place)) = found.map(|e| (e.key.name, e.key.kind, e.origin)) {
            let message = format!("{kind} `{name}` belongs to `{owner}`");
            self.fail(node, message).labels.push(kss_diag::Label { place, message: "written here".to_owned() });
        }
    }

    fn no_output_with(&mut self, node: u32, text: &Value) {
        let Some(text) = text.as_text() else { return };
        let found = self.outputs().find(|e| e.fields.iter().any(|(_, v)| holds(v, &text)));
        if let Some((name, kind, place)) = found.map(|e| (e.key.name, e.key.kind, e.origin)) {
            let message = format!("{kind} `{name}` contains \"{text}\"");
            self.fail(node, message).labels.push(kss_diag::Label { place, message: "written here".to_owned() });
        }
    }

    fn output(&mut self, node: u32, wanted: &'t EntryRef, cond: &'t Expr, frame: &mut Frame) {
        let fits = |e: &&kss_model::Entry| {
            let namespace = wanted.within.is_none() || e.namespace == wanted.within;
            e.key.kind == wanted.kind
                && e.key.name == wanted.name
                && e.kubernetes == wanted.kubernetes.or(e.kubernetes)
                && namespace
        };
        let found = self.outputs().find(fits).map(|e| e.key.in_variant(self.current.scope.variant));
        match found {
            Some(key) => {
                self.condition(node, cond, frame, Some(Arc::new(key)));
            }
            None => {
                self.fail(node, format!("there is no {} `{}`", wanted.kind, wanted.name));
            }
        }
    }
}

fn holds(value: &Value, text: &str) -> bool {
    match value.kind() {
        Kind::Text(t) => t.contains(text),
        Kind::Lines(_) => value.as_text().is_some_and(|t| t.contains(text)),
        Kind::Record(record) => record.iter().any(|(name, v)| name.contains(text) || holds(v, text)),
        Kind::List(items) | Kind::Set(items) => items.iter().any(|v| holds(v, text)),
        Kind::Case(_, Some(payload)) => holds(payload, text),
        _ => false,
    }
}

impl Frozen {
    /// The same evaluation as another variant.
    fn in_variant(&self, variant: u16) -> Frozen {
        let key = |key: &Arc<EntryKey>| Arc::new(key.in_variant(variant));
        let scope = |scope: &ScopeKey| ScopeKey { variant, ..*scope };
        let cell = |cell: &FrozenCell| match cell {
            FrozenCell::Value(value) => FrozenCell::Value(value.map_refs(&key)),
            FrozenCell::Failed(reports) => FrozenCell::Failed(reports.clone()),
            FrozenCell::Late(late) => FrozenCell::Late(late.clone()),
        };
        let entry = |entry: &FrozenEntry| FrozenEntry {
            cells: entry.cells.iter().map(|(name, c)| (*name, cell(c))).collect(),
            rest: entry.rest.as_ref().map(cell),
            owner: key(&entry.owner),
            namespace: entry.namespace,
            kubernetes: entry.kubernetes,
            origin: entry.origin,
            why: Vec::new(),
        };
        let keys = |keys: &Vec<Arc<EntryKey>>| keys.iter().map(key).collect();
        Frozen {
            entries: self.entries.iter().map(|(k, e)| (key(k), entry(e))).collect(),
            members: self.members.iter().map(|((s, kind), list)| ((scope(s), *kind), keys(list))).collect(),
            late_members: self.late_members.iter().map(|((s, kind), l)| ((scope(s), *kind), l.clone())).collect(),
            providers: self.providers.iter().map(|((s, name), list)| ((scope(s), *name), keys(list))).collect(),
            inner: self.inner.iter().map(|(s, list)| (scope(s), list.iter().map(scope).collect())).collect(),
            modules: self.modules.iter().map(|(s, list)| (scope(s), list.clone())).collect(),
            owners: self.owners.iter().map(|(k, info)| (key(k), info.clone())).collect(),
            sources: self.sources.clone(),
            covered: self.covered.iter().map(|(k, reason)| (key(k), reason.clone())).collect(),
            absent: self.absent.iter().map(|(s, name)| (scope(s), *name)).collect(),
            unhandled: Vec::new(),
            handled: Default::default(),
            incomplete: self.incomplete.iter().map(scope).collect(),
            lets: Vec::new(),
        }
    }
}
