//! Who wrote a value, and whom it beat.

use crate::frozen::Frozen;
use crate::merge::{Leaf, Mark};
use crate::tree::Tree;
use kss_span::{ItemId, Origin, Symbol};
use kss_value::scalar::{describe, literal};
use kss_value::{EntryKey, Flags, Kind, Value};
use std::sync::Arc;

/// Who wins, lowest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Layer {
    /// The default of a type or option.
    Type,
    /// `default x = …`
    Default,
    /// A module.
    Module,
    /// A site or cluster file.
    Scope,
    /// `override x = …`
    Override,
    /// `force x = …`
    Force,
    /// The private overlay of the site.
    Overlay,
}

/// One contribution to a value.
#[derive(Clone, PartialEq, Debug)]
pub struct WhyStep {
    /// The statement.
    pub origin: Origin,
    /// Its layer.
    pub layer: Layer,
    /// The module that wrote it, or the site or cluster.
    pub module: Symbol,
    /// Its reason.
    pub because: Option<Arc<str>>,
    /// What it gives; see [`WhyStep::value_text`].
    pub value: Value,
    /// Does the value count (the winner, and whoever wrote the same)?
    pub won: bool,
}

impl WhyStep {
    /// The value, for people; a secret or private value shows nothing of itself.
    pub fn value_text(&self) -> String {
        value_text(&self.value)
    }
}

/// The contributions to one leaf.
#[derive(Clone, Debug)]
pub(crate) struct WhyLeaf {
    pub(crate) path: Box<[Symbol]>,
    pub(crate) steps: Steps,
}

/// Contributions, the winner first: of most leaves there is one, which needs no list.
#[derive(Clone, Debug)]
pub(crate) enum Steps {
    One(WhyStep),
    Several(Box<[WhyStep]>),
}

impl Steps {
    pub(crate) fn as_slice(&self) -> &[WhyStep] {
        match self {
            Steps::One(step) => std::slice::from_ref(step),
            Steps::Several(steps) => steps,
        }
    }
}

/// Collects the contributions to every leaf of a merged field; `writers` are names of contributors.
pub(crate) fn collect(tree: &Tree, writers: &dyn Fn(u32) -> Symbol, path: &mut Vec<Symbol>, out: &mut Vec<WhyLeaf>) {
    match tree {
        Tree::Empty => {}
        Tree::Leaf(leaf) => {
            out.push(WhyLeaf { path: path.as_slice().into(), steps: steps_of(leaf, writers) });
        }
        Tree::Grow(grow) => {
            let base = grow.base.iter().flat_map(|leaf| steps_of(leaf, writers).as_slice().to_vec());
            let items = grow.items.iter().map(|(mark, value)| step(mark, value, true, writers));
            out.push(WhyLeaf { path: path.as_slice().into(), steps: Steps::Several(base.chain(items).collect()) });
        }
        Tree::Map(branch) => {
            for (name, child) in &branch.children {
                path.push(*name);
                collect(child, writers, path, out);
                path.pop();
            }
        }
    }
}

fn steps_of(leaf: &Leaf, writers: &dyn Fn(u32) -> Symbol) -> Steps {
    let first = step(&leaf.mark, &leaf.value, true, writers);
    if leaf.agrees.is_empty() && leaf.lost.is_empty() {
        return Steps::One(first);
    }
    let agrees = leaf.agrees.iter().map(|mark| step(mark, &leaf.value, true, writers));
    let lost = leaf.lost.iter().rev().map(|(mark, value)| step(mark, value, false, writers));
    Steps::Several(std::iter::once(first).chain(agrees).chain(lost).collect())
}

fn step(mark: &Mark, value: &Value, won: bool, writers: &dyn Fn(u32) -> Symbol) -> WhyStep {
    WhyStep {
        origin: mark.origin,
        layer: mark.layer,
        module: writers(mark.who),
        because: mark.because.clone(),
        value: value.clone(),
        won,
    }
}

/// How many elements of a list a message shows.
const SHOWN: usize = 4;

/// A value as a message shows it. Of something private or secret nothing is shown.
pub fn value_text(value: &Value) -> String {
    if value.flags().has(Flags::PRIVATE) {
        return "a private value".to_owned();
    }
    match value.kind() {
        Kind::Ref(key) if key.name.is_empty() => format!("{} of {}", key.kind, key.scope),
        Kind::Ref(key) => format!("{}.{}", key.kind, key.name),
        Kind::Case(name, Some(_)) => format!("{name} {{ … }}"),
        Kind::List(items) => format!("[{}]", items_text(items)),
        Kind::Set(items) => format!("{{{}}}", items_text(items)),
        Kind::Record(record) if record.is_empty() => "{}".to_owned(),
        Kind::IpRange(range) => range_text(range),
        _ => literal(value).unwrap_or_else(|| describe(value)),
    }
}

/// `10.69.50.192 – .223`: what two neighbours have in common is not said twice.
fn range_text(range: &kss_value::scalar::IpRange) -> String {
    let (first, last) = (range.first.to_string(), range.last.to_string());
    if first == last {
        return first;
    }
    let network = |text: &str| text.rfind('.').map(|dot| text[..dot].to_owned());
    match (network(&first), network(&last)) {
        (Some(a), Some(b)) if a == b => format!("{first} – {}", &last[b.len()..]),
        _ => format!("{first} – {last}"),
    }
}

fn items_text(items: &[Value]) -> String {
    let mut shown: Vec<String> = items.iter().take(SHOWN).map(value_text).collect();
    if items.len() > SHOWN {
        shown.push(format!("… {} more", items.len() - SHOWN));
    }
    shown.join(", ")
}

impl Frozen {
    pub(crate) fn why(&self, key: &EntryKey, path: &[Symbol]) -> Vec<WhyStep> {
        let Some(entry) = self.entries.get(key) else { return Vec::new() };
        // The contributions to the longest written path that leads to the place, or to everything below it.
        let leads = |leaf: &&WhyLeaf| path.starts_with(&leaf.path);
        if let Some(leaf) = entry.why.iter().filter(leads).max_by_key(|leaf| leaf.path.len()) {
            return leaf.steps.as_slice().to_vec();
        }
        let below = entry.why.iter().filter(|leaf| leaf.path.starts_with(path));
        below.flat_map(|leaf| leaf.steps.as_slice().iter().cloned()).collect()
    }

    /// Of all entries whose head stands at `head`: the contributions to the longest written path that is the end of one of
    /// `paths`, with the entry and that path.
    pub(crate) fn why_at(
        &self,
        head: Origin,
        of: &dyn Fn(&EntryKey) -> bool,
        paths: &[Vec<Symbol>],
    ) -> Option<(usize, Vec<WhyStep>)> {
        let mut best: Option<(usize, &EntryKey, &WhyLeaf)> = None;
        for (key, entry) in self.entries.iter().filter(|(key, e)| e.origin == head && of(key)) {
            for leaf in entry.why.iter().filter(|leaf| paths.iter().any(|path| path.starts_with(&leaf.path))) {
                let depth = leaf.path.len();
                // Of equally deep ones the first by name, whatever the order of the map.
                if best.is_none_or(|(d, k, _)| depth > d || (depth == d && **key < *k)) {
                    best = Some((depth, key, leaf));
                }
            }
        }
        best.map(|(depth, _, leaf)| (depth, leaf.steps.as_slice().to_vec()))
    }

    /// Of every leaf that a statement of `item` decides: all of its steps.
    pub(crate) fn decided_by(&self, item: ItemId, out: &mut Vec<Vec<WhyStep>>) {
        let mut keys: Vec<&Arc<EntryKey>> = self.entries.keys().collect();
        keys.sort();
        for leaf in keys.into_iter().filter_map(|key| self.entries.get(key)).flat_map(|entry| &entry.why) {
            if leaf.steps.as_slice().iter().any(|step| step.won && step.origin.item == item) {
                out.push(leaf.steps.as_slice().to_vec());
            }
        }
    }
}
