//! What the project evaluates to, kept until an edit changes it.

use crate::Analysis;
use crate::outputs::{Carried, Made};
use kss_backend::OutputTree;
use kss_diag::Diagnostic;
use kss_eval::{EntryView, Outcome, ScopeModel, WhyStep};
use kss_project::Watch;
use kss_span::{ItemId, Origin, Symbol};
use kss_value::scalar::compare;
use kss_value::{EntryKey, Kind, ScopeKey, ScopeKind, Value};
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The evaluated sites of a project with what is asked of them. Everything behind the evaluation itself is made when somebody
/// first asks and serves all snapshots in which the evaluation is the same one. Others who ask wait.
pub struct Evaluated {
    kept: Arc<Kept>,
    /// Of the snapshot that asked: a change ends what it waits for.
    watch: Watch,
}

/// What is kept between snapshots.
pub(crate) struct Kept {
    sites: Vec<EvaluatedSite>,
    facts: Mutex<FxHashMap<ItemId, Arc<Facts>>>,
}

/// A site.
struct EvaluatedSite {
    name: Symbol,
    /// The site itself, then its clusters.
    parts: Vec<Arc<ScopeModel>>,
    carried: Arc<Carried>,
    outcome: OnceLock<Outcome>,
    output: OnceLock<Made>,
}

/// A statement that contributes to a value.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    /// Node of the contribution.
    pub node: u32,
    /// Number of the part.
    pub part: usize,
    /// The entry.
    pub entry: Arc<EntryKey>,
    /// The path in it.
    pub path: Vec<Symbol>,
    /// All contributions to the path.
    pub steps: Vec<WhyStep>,
}

/// What the evaluation knows of one item.
#[derive(Default, Debug)]
pub(crate) struct Facts {
    /// Contributions that its statements make, by node.
    pub steps: Vec<Fact>,
    /// Values that its expressions made, by node, each with the part; no two of a node are equal.
    pub values: FxHashMap<u32, Vec<(usize, Value)>>,
}

/// How many different values of one expression are kept.
const VALUES: usize = 64;

/// The evaluation that is kept between snapshots.
pub(crate) type Cache = Arc<Mutex<Option<Arc<Kept>>>>;

impl Analysis {
    /// The evaluated project. What is wrong in it is left out; other features report it.
    pub fn evaluated(&self) -> Evaluated {
        Evaluated { kept: self.kept(), watch: self.watch.clone() }
    }

    fn kept(&self) -> Arc<Kept> {
        let session = self.session();
        let sites: Vec<(Symbol, Vec<Arc<ScopeModel>>)> = session
            .sites()
            .into_iter()
            .filter_map(|site| {
                let (whole, clusters) = session.evaluate_parts(site)?;
                Some((site, std::iter::once(whole).chain(clusters).collect()))
            })
            .collect();
        let mut kept = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.as_ref().filter(|known| known.is_of(&sites)) {
            return known.clone();
        }
        let new = Arc::new(Kept::new(sites, Arc::new(Carried::of(session))));
        let old = kept.replace(new.clone());
        // Files and all take time to take apart.
        kss_project::let_go(old);
        new
    }
}

impl Kept {
    fn new(sites: Vec<(Symbol, Vec<Arc<ScopeModel>>)>, carried: Arc<Carried>) -> Kept {
        let site = |(name, parts)| EvaluatedSite {
            name,
            parts,
            carried: carried.clone(),
            outcome: OnceLock::new(),
            output: OnceLock::new(),
        };
        Kept { sites: sites.into_iter().map(site).collect(), facts: Mutex::default() }
    }

    /// Is it of exactly these parts? Parts that are equal are the same ones.
    fn is_of(&self, sites: &[(Symbol, Vec<Arc<ScopeModel>>)]) -> bool {
        let same = |(known, (name, parts)): (&EvaluatedSite, &(Symbol, Vec<Arc<ScopeModel>>))| {
            known.name == *name
                && known.parts.len() == parts.len()
                && known.parts.iter().zip(parts).all(|(a, b)| Arc::ptr_eq(a, b))
        };
        self.sites.len() == sites.len() && self.sites.iter().zip(sites).all(same)
    }
}

impl Evaluated {
    /// Is it the same evaluation?
    #[cfg(test)]
    pub(crate) fn is_same(&self, other: &Evaluated) -> bool {
        Arc::ptr_eq(&self.kept, &other.kept)
    }

    /// Every part: the sites and their clusters, each site before its clusters.
    pub fn parts(&self) -> impl Iterator<Item = &Arc<ScopeModel>> {
        self.kept.sites.iter().flat_map(|site| &site.parts)
    }

    pub(crate) fn part(&self, at: usize) -> Option<&Arc<ScopeModel>> {
        self.parts().nth(at)
    }

    /// The entry of a part.
    pub(crate) fn entry(&self, part: usize, key: &EntryKey) -> Option<EntryView<'_>> {
        self.part(part)?.entry(key)
    }

    /// An entry, wherever it lives, with the number of its part.
    pub(crate) fn find(&self, key: &EntryKey) -> Option<(usize, EntryView<'_>)> {
        self.parts().enumerate().find_map(|(at, part)| Some((at, part.entry(key)?)))
    }

    /// How many clusters there are.
    pub(crate) fn clusters(&self) -> usize {
        self.kept.sites.iter().map(|site| site.parts.len().saturating_sub(1)).sum()
    }

    /// The evaluated sites.
    pub fn outcomes(&self) -> Vec<&Outcome> {
        self.kept.sites.iter().map(EvaluatedSite::outcome).collect()
    }

    /// The files of each site.
    pub fn trees(&self) -> impl Iterator<Item = &OutputTree> {
        self.kept.sites.iter().map(|site| &site.output(&self.watch).tree)
    }

    /// The files of each site with what is asked of them. Making them takes a while: with `made` only those that somebody has
    /// made already.
    pub(crate) fn made(&self, made: bool) -> impl Iterator<Item = &Made> {
        self.kept.sites.iter().filter_map(move |site| match made {
            true => site.output.get(),
            false => Some(site.output(&self.watch)),
        })
    }

    /// The file at a path of the deploy tree, with the site that it is of.
    pub(crate) fn file(&self, path: &str) -> Option<(&Outcome, &kss_backend::File)> {
        self.kept.sites.iter().find_map(|site| Some((site.outcome(), site.output(&self.watch).tree.get(path)?)))
    }

    /// What can't be written of each site.
    pub fn output_problems(&self) -> impl Iterator<Item = &Diagnostic<Origin>> {
        self.kept.sites.iter().flat_map(|site| &site.output(&self.watch).problems)
    }

    /// What is known of one item.
    pub(crate) fn facts(&self, item: ItemId) -> Arc<Facts> {
        let known = |facts: &FxHashMap<ItemId, Arc<Facts>>| facts.get(&item).cloned();
        let lock = || self.kept.facts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(facts) = known(&lock()) {
            return facts;
        }
        let mut facts = Facts::default();
        // What a cluster says is about itself.
        let cluster = item.key().name.strip_prefix("cluster ").map(Symbol::new);
        let concerns = |scope: ScopeKey| match (cluster, scope.kind) {
            (Some(cluster), ScopeKind::Cluster) => scope.name == cluster,
            _ => true,
        };
        for (at, part) in self.parts().enumerate().filter(|(_, part)| concerns(part.scope.key)) {
            facts.add(item, at, part);
        }
        facts.steps.sort_by(|a, b| (a.node, a.part, &a.entry, &a.path).cmp(&(b.node, b.part, &b.entry, &b.path)));
        for values in facts.values.values_mut() {
            values.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| compare(x, y)));
        }
        let facts = Arc::new(facts);
        lock().insert(item, facts.clone());
        facts
    }
}

impl EvaluatedSite {
    fn outcome(&self) -> &Outcome {
        self.outcome.get_or_init(|| {
            let (site, clusters) = self.parts.split_first().expect("a site is its own first part");
            kss_eval::assemble(site.clone(), clusters.to_vec())
        })
    }

    fn output(&self, watch: &Watch) -> &Made {
        self.output.get_or_init(|| Made::new(&self.carried, &self.outcome().model, &|| watch.check()))
    }
}

impl Facts {
    /// Contributions of a statement.
    pub(crate) fn of(&self, node: u32) -> &[Fact] {
        let from = self.steps.partition_point(|fact| fact.node < node);
        let len = self.steps[from..].partition_point(|fact| fact.node == node);
        &self.steps[from..from + len]
    }

    fn add(&mut self, item: ItemId, part: usize, model: &ScopeModel) {
        for entry in model.entries() {
            for (path, steps) in entry.leaves() {
                for step in steps.iter().filter(|step| step.origin.item == item) {
                    let (entry, path, steps) = (entry.key.clone(), path.to_vec(), steps.to_vec());
                    self.steps.push(Fact { node: step.origin.node, part, entry, path, steps });
                }
            }
            entry.values().for_each(|value| self.value(item, part, value));
        }
        model.lets().iter().for_each(|found| self.value(item, part, &found.value));
    }

    /// Notes a value and those in it.
    fn value(&mut self, item: ItemId, part: usize, value: &Value) {
        if value.origin().item == item {
            let known = self.values.entry(value.origin().node).or_default();
            if known.len() < VALUES && !known.iter().any(|(at, known)| *at == part && known == value) {
                known.push((part, value.clone()));
            }
        }
        match value.kind() {
            Kind::Record(record) => record.iter().for_each(|(_, value)| self.value(item, part, value)),
            Kind::List(items) | Kind::Set(items) => items.iter().for_each(|value| self.value(item, part, value)),
            Kind::Case(_, Some(payload)) => self.value(item, part, payload),
            _ => {}
        }
    }
}
