//! The evaluator: from lowered declarations to the checked model of a site.
//!
//! A site is evaluated in three parts that can be kept and repeated apart: what clusters may read of it
//! ([`evaluate_site_early`]), each cluster ([`evaluate_cluster`]), and the whole site, which reads its clusters
//! ([`evaluate_site`]). Inside one evaluation every field of every entry is a cell that is computed once, when somebody
//! needs it. Everything outside is asked through [`Env`]; nothing else is read.

mod capability;
mod cells;
mod chain;
mod checks;
mod coerce;
mod context;
mod contrib;
mod entries;
mod explain;
mod expr;
mod finish;
mod foreign;
mod freeze;
mod frozen;
mod layout;
mod limits;
mod lookup;
mod lost;
mod members;
mod merge;
mod model;
mod modules;
mod names;
mod ops;
mod problems;
mod providers;
mod record;
mod report;
mod secrets;
mod site_names;
mod state;
mod testing;
mod tree;
mod values;
mod view;
mod why;
mod world;
mod written;

pub use report::Report;
pub use secrets::OwnSecret;
pub use testing::{TestOutcome, concerns, run_test};
pub use view::{EntryView, LetValue};
pub use why::{Layer, WhyStep, value_text};

use frozen::Frozen;
use kss_ir::{Body, Program};
use kss_model::{Cluster, Model, Scope};
use kss_schema::SchemaSet;
use kss_span::{ItemId, Origin, Symbol};
use kss_value::{EntryKey, ScopeKey, Value};
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Everything outside an evaluation that it may ask; pure: the same question has the same answer as long as one evaluation
/// runs.
pub trait Env: Sync {
    /// What is declared. Bodies of scopes other than the one that is evaluated may be left out.
    fn program(&self) -> &Program;
    /// The names of the clusters of a site, in natural order.
    fn clusters(&self, site: Symbol) -> Vec<Symbol> {
        clusters_of(self.program(), site)
    }
    /// Schemas of charts, kinds and options. Without them nothing foreign is checked.
    fn schemas(&self) -> Option<&SchemaSet> {
        None
    }
    /// The bytes of a file, by its path from the root of the project (`std/…` in the library), or of something in the lock
    /// by the path that [`Env::locked`] gave.
    fn read(&self, path: &str) -> Result<Arc<[u8]>, FileError>;
    /// The path of a download that the lock pins, by its URL.
    fn locked(&self, url: &str) -> Option<Arc<str>>;
    /// An image with the digest that the lock pins.
    fn locked_image(&self, image: &str) -> Option<String>;
    /// The public half of a key pair, pinned in the lock by path and key in the secret store.
    fn public_key(&self, path: &str, key: &str) -> Option<String>;
    /// Does nobody wait for the result any more?
    fn interrupted(&self) -> bool {
        false
    }
}

/// Why a file can't be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileError {
    /// What is wrong, with the path in it.
    pub message: String,
}

/// What to evaluate for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Options {
    /// From the tracked files alone: overlays of the site are left out.
    pub public: bool,
}

/// What a test changes in one scope: statements as in the body of the scope.
#[derive(Clone, Debug)]
pub struct Variation {
    /// The item that the statements belong to.
    pub item: ItemId,
    /// The statements.
    pub body: Arc<Body>,
    /// Modules that are removed in addition, by computed names.
    pub removes: Vec<Symbol>,
    /// Values of the locals around.
    pub frame: Vec<Value>,
}

/// What clusters may read of their site.
#[derive(Debug)]
pub struct SiteEarly {
    pub(crate) site: ScopeKey,
    pub(crate) frozen: Arc<Frozen>,
    /// What varies the site; it may say something of its clusters.
    variation: Option<Variation>,
}

/// The result of one cluster, or of the site with its machines.
#[derive(Debug)]
pub struct ScopeModel {
    /// The scope.
    pub scope: Scope,
    /// Its machines or nodes.
    pub inner: Vec<Scope>,
    /// What is wrong in it, in a stable order.
    pub reports: Vec<Report>,
    /// Secrets that types make and that something finished refers to.
    pub secrets: Vec<OwnSecret>,
    pub(crate) frozen: Arc<Frozen>,
}

/// A site with everything that was found.
#[derive(Debug)]
pub struct Outcome {
    /// The checked model. Complete even where errors were reported; what they concern is missing or poison.
    pub model: Model,
    /// What is wrong, in a stable order: the site first, then the clusters by name.
    pub reports: Vec<Report>,
    /// Secrets that types make, without those that are entries of kind `credential`.
    pub secrets: Vec<OwnSecret>,
    /// The parts, for [`ScopeModel::why`].
    pub parts: Vec<Arc<ScopeModel>>,
}

/// The names of the clusters of a site, in natural order.
pub fn clusters_of(program: &Program, site: Symbol) -> Vec<Symbol> {
    let clusters = program.scopes.iter().filter(|body| body.site.is_some_and(|(name, _)| name == site));
    let mut names: Vec<Symbol> = clusters.map(|body| body.name).collect();
    names.sort();
    names.dedup();
    names
}

/// What clusters may read of `site`; `None` if there is no such site. Reports nothing: [`evaluate_site`] finds the same.
pub fn evaluate_site_early(
    env: &dyn Env,
    site: Symbol,
    options: Options,
    variation: Option<&Variation>,
) -> Option<Arc<SiteEarly>> {
    let mut eval = state::Eval::new(env, options, state::Role::Early, site, Vec::new());
    eval.build_site(variation)?;
    eval.force_all();
    let site = eval.site;
    let frozen = eval.freeze();
    Some(Arc::new(SiteEarly { site, frozen: Arc::new(frozen), variation: variation.cloned() }))
}

/// One cluster; `None` if there is none of that name.
pub fn evaluate_cluster(
    env: &dyn Env,
    early: &SiteEarly,
    cluster: Symbol,
    options: Options,
    variation: Option<&Variation>,
) -> Option<Arc<ScopeModel>> {
    let foreign = vec![early.frozen.clone()];
    let mut eval = state::Eval::new(env, options, state::Role::Cluster, early.site.name, foreign);
    eval.build_cluster(cluster, variation, early.variation.as_ref())?;
    eval.force_all();
    Some(Arc::new(eval.finish()))
}

/// The site, its machines, and everything that can be judged only with all clusters; `None` if there is no such site.
pub fn evaluate_site(
    env: &dyn Env,
    early: &SiteEarly,
    clusters: &[Arc<ScopeModel>],
    options: Options,
    variation: Option<&Variation>,
) -> Option<Arc<ScopeModel>> {
    let foreign = clusters.iter().map(|cluster| cluster.frozen.clone()).collect();
    let mut eval = state::Eval::new(env, options, state::Role::Site, early.site.name, foreign);
    eval.build_site(variation)?;
    eval.force_all();
    Some(Arc::new(eval.finish()))
}

/// A whole site, its clusters in parallel; `None` if there is no such site.
pub fn evaluate(env: &dyn Env, site: Symbol, options: Options) -> Option<Outcome> {
    let early = evaluate_site_early(env, site, options, None)?;
    let names = env.clusters(site);
    let clusters: Vec<Arc<ScopeModel>> =
        names.par_iter().filter_map(|name| evaluate_cluster(env, &early, *name, options, None)).collect();
    let whole = evaluate_site(env, &early, &clusters, options, None)?;
    Some(assemble(whole, clusters))
}

/// Puts the parts of a site together.
pub fn assemble(site: Arc<ScopeModel>, clusters: Vec<Arc<ScopeModel>>) -> Outcome {
    let model = Model {
        site: site.scope.clone(),
        machines: site.inner.clone(),
        clusters: clusters.iter().map(|c| Cluster { scope: c.scope.clone(), nodes: c.inner.clone() }).collect(),
    };
    let mut parts = vec![site];
    parts.extend(clusters);
    let reports = parts.iter().flat_map(|part| part.reports.iter().cloned()).collect();
    let mut seen = FxHashSet::default();
    let secrets = parts.iter().flat_map(|part| &part.secrets);
    let mut secrets: Vec<OwnSecret> = secrets.filter(|s| seen.insert(s.reference.clone())).cloned().collect();
    secrets.sort_by(|a, b| a.reference.cmp(&b.reference));
    Outcome { model, reports, secrets, parts }
}

impl ScopeModel {
    /// Who wrote the value at `path` in an entry of this scope, the winner first, then those that agreed or lost.
    pub fn why(&self, entry: &EntryKey, path: &[Symbol]) -> Vec<WhyStep> {
        self.frozen.why(entry, path)
    }

    /// Why an entry of an intent needs no output: the reason of `covered`.
    pub fn covered(&self, entry: &EntryKey) -> Option<Arc<str>> {
        self.frozen.covered.get(entry).cloned()
    }
}

impl Outcome {
    /// Who wrote the value that an output of the site or cluster `within` shows at `pointer`, where the output is made of an
    /// entry whose head stands at `head`; `of` tells entries of one head (in a loop, of several machines) apart.
    pub fn why_output(
        &self,
        within: &ScopeKey,
        head: Origin,
        of: &dyn Fn(&EntryKey) -> bool,
        pointer: &[Symbol],
    ) -> Vec<WhyStep> {
        let below =
            |field: &str| std::iter::once(Symbol::new(field)).chain(pointer.iter().copied()).collect::<Vec<_>>();
        // Values of a release and the body of a file below /etc stand in a field of the entry; other outputs are the entry.
        let paths = [pointer.to_vec(), below("values"), below("body")];
        let found = self.of(within).filter_map(|part| part.frozen.why_at(head, of, &paths));
        found.max_by_key(|(depth, _)| *depth).map(|(_, steps)| steps).unwrap_or_default()
    }

    /// The contributions to every value of the scope `within` that a statement of `item` decides.
    pub fn decided_by(&self, within: &ScopeKey, item: ItemId) -> Vec<Vec<WhyStep>> {
        let mut out = Vec::new();
        self.of(within).for_each(|part| part.frozen.decided_by(item, &mut out));
        out
    }

    /// The part in which a site or cluster was evaluated.
    fn of(&self, scope: &ScopeKey) -> impl Iterator<Item = &Arc<ScopeModel>> {
        self.parts.iter().filter(move |part| part.scope.key == *scope)
    }

    /// As [`ScopeModel::why`], wherever the entry lives.
    pub fn why(&self, entry: &EntryKey, path: &[Symbol]) -> Vec<WhyStep> {
        self.parts.iter().map(|part| part.why(entry, path)).find(|steps| !steps.is_empty()).unwrap_or_default()
    }
}
