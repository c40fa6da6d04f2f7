//! Steps, their order, and circles among them.

use kss_backend::Sink;
use kss_diag::code;
use kss_emit::Node;
use kss_span::Origin;
use std::collections::{BTreeMap, BTreeSet};

/// Number of the format, in every file.
const FORMAT: i64 = 1;

/// Something to do.
pub(crate) struct Step {
    /// The action.
    pub(crate) does: Node,
    /// Names of the steps that come before.
    pub(crate) needs: BTreeSet<String>,
    /// Files and directories of the tree that it reads.
    pub(crate) files: Vec<String>,
    /// Values of the secret store that it makes.
    pub(crate) makes: Vec<Node>,
    /// What is true when it is done.
    pub(crate) done: Option<Node>,
    /// When it runs.
    pub(crate) on: Node,
    /// What a second run does.
    pub(crate) class: Node,
    /// After which it has failed.
    pub(crate) timeout: Node,
    /// Whether somebody is asked before.
    pub(crate) confirm: Node,
    /// Why it exists.
    pub(crate) origin: Origin,
}

impl Step {
    /// A step of the bring-up.
    pub(crate) fn new(verb: &str, fields: Vec<(&str, Node)>, class: &str, origin: Origin) -> Step {
        let text = |text: &str| Node::text(text, origin);
        Step {
            does: Node::map([(verb, Node::map(fields, origin))], origin),
            needs: BTreeSet::new(),
            files: Vec::new(),
            makes: Vec::new(),
            done: None,
            on: text("bring-up"),
            class: text(class),
            timeout: text("10m"),
            confirm: text("never"),
            origin,
        }
    }

    /// With more steps before it.
    #[must_use]
    pub(crate) fn needs(mut self, ids: impl IntoIterator<Item = String>) -> Step {
        self.needs.extend(ids);
        self
    }

    /// With one more file.
    #[must_use]
    pub(crate) fn file(mut self, path: String) -> Step {
        self.files.push(path);
        self
    }

    /// With a longer time.
    #[must_use]
    pub(crate) fn timeout(mut self, timeout: &str) -> Step {
        self.timeout = Node::text(timeout, self.origin);
        self
    }

    /// Does it run with the bring-up?
    pub(crate) fn is_bring_up(&self) -> bool {
        self.on == Node::text("bring-up", self.on.origin)
    }

    fn node(&self, id: &str) -> Node {
        let texts = |list: &mut dyn Iterator<Item = &String>| {
            let texts: Vec<_> = list.map(|text| Node::text(text.as_str(), self.origin)).collect();
            (!texts.is_empty()).then(|| Node::list(texts, self.origin))
        };
        let makes = (!self.makes.is_empty()).then(|| Node::list(self.makes.iter().cloned(), self.origin));
        let fields = [
            ("id", Some(Node::text(id, self.origin))),
            ("does", Some(self.does.clone())),
            ("needs", texts(&mut self.needs.iter())),
            ("files", texts(&mut self.files.iter())),
            ("makes", makes),
            ("done", self.done.clone()),
            ("on", Some(self.on.clone())),
            ("class", Some(self.class.clone())),
            ("timeout", Some(self.timeout.clone())),
            ("confirm", Some(self.confirm.clone())),
        ];
        Node::map(fields.into_iter().filter_map(|(key, node)| Some((key, node?))), self.origin)
    }
}

/// The steps of the site, or of a cluster.
pub(crate) struct Graph {
    /// Directory of its file.
    pub(crate) scope: String,
    steps: BTreeMap<String, Step>,
}

impl Graph {
    pub(crate) fn new(scope: String) -> Graph {
        Graph { scope, steps: BTreeMap::new() }
    }

    pub(crate) fn add(&mut self, id: String, step: Step) {
        self.steps.insert(id, step);
    }

    /// Adds needs to a step.
    pub(crate) fn add_needs(&mut self, id: &str, needs: impl IntoIterator<Item = String>) {
        if let Some(step) = self.steps.get_mut(id) {
            step.needs.extend(needs);
        }
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.steps.contains_key(id)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.steps.keys().map(String::as_str)
    }

    /// Steps of the bring-up that don't come behind `id`, whatever the way.
    pub(crate) fn not_behind(&self, id: &str) -> Vec<String> {
        let mut behind = BTreeSet::from([id]);
        // Needs lead backwards, so each round finds those one step further on.
        loop {
            let more: Vec<&str> = self
                .steps
                .iter()
                .filter(|(name, step)| {
                    !behind.contains(name.as_str()) && step.needs.iter().any(|need| behind.contains(need.as_str()))
                })
                .map(|(name, _)| name.as_str())
                .collect();
            if more.is_empty() {
                break;
            }
            behind.extend(more);
        }
        let others = self.steps.iter().filter(|(name, step)| step.is_bring_up() && !behind.contains(name.as_str()));
        self.last_of(others.map(|(name, _)| name.as_str()).collect())
    }

    /// Those of some steps that no other one of them comes behind: with them all are done.
    fn last_of(&self, steps: BTreeSet<&str>) -> Vec<String> {
        let needed: BTreeSet<&str> = steps
            .iter()
            .filter_map(|id| self.steps.get(*id))
            .flat_map(|step| &step.needs)
            .map(String::as_str)
            .collect();
        steps.difference(&needed).map(|id| (*id).to_owned()).collect()
    }

    /// Adds `SCOPE/ready`, which is done when the whole bring-up is.
    pub(crate) fn add_ready(&mut self) {
        let all = self.steps.iter().filter(|(_, step)| step.is_bring_up()).map(|(id, _)| id.as_str()).collect();
        let all = self.last_of(all);
        if !all.is_empty() {
            let origin = self.origin();
            let step = Step::new("ready", vec![("scope", Node::text(self.scope.as_str(), origin))], "pure", origin);
            self.add(format!("{}/ready", self.scope), step.needs(all));
        }
    }

    /// Who the file is because of: its first step.
    pub(crate) fn origin(&self) -> Origin {
        self.steps.values().map(|step| step.origin).find(|origin| !origin.is_nowhere()).unwrap_or(Origin::NOWHERE)
    }

    /// Drops needs of steps that there are none of: an overlay with nothing in it is there from the start.
    pub(crate) fn keep_known(&mut self, known: &BTreeSet<String>) {
        for step in self.steps.values_mut() {
            step.needs.retain(|need| known.contains(need));
        }
    }

    /// The file; none without a step.
    pub(crate) fn document(&self) -> Option<Node> {
        if self.steps.is_empty() {
            return None;
        }
        let origin = self.origin();
        let steps = self.ordered().into_iter().filter_map(|id| Some(self.steps.get(id)?.node(id)));
        let fields = [
            ("format", Node::new(FORMAT, origin)),
            ("scope", Node::text(self.scope.as_str(), origin)),
            ("steps", Node::list(steps, origin)),
        ];
        Some(Node::map(fields, origin))
    }

    /// Each step behind those of this file that it needs; where that leaves a choice, by name.
    fn ordered(&self) -> Vec<&str> {
        let mut left: BTreeMap<&str, usize> = BTreeMap::new();
        let mut readers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (id, step) in &self.steps {
            let own = step.needs.iter().filter(|need| self.steps.contains_key(*need));
            let own: Vec<_> = own.collect();
            left.insert(id, own.len());
            own.into_iter().for_each(|need| readers.entry(need).or_default().push(id));
        }
        let mut free: BTreeSet<&str> = left.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
        let mut ordered = Vec::with_capacity(left.len());
        while let Some(id) = free.pop_first() {
            ordered.push(id);
            for reader in readers.get(id).into_iter().flatten() {
                if let Some(count) = left.get_mut(reader) {
                    *count -= 1;
                    if *count == 0 {
                        free.insert(reader);
                    }
                }
            }
        }
        ordered
    }
}

/// Reports each circle of needs once, at its first step.
pub(crate) fn report_circles(graphs: &[Graph], sink: &mut Sink<'_>) {
    let steps: BTreeMap<&str, &Step> =
        graphs.iter().flat_map(|graph| graph.steps.iter().map(|(id, step)| (id.as_str(), step))).collect();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for start in steps.keys() {
        // The way from `start`, each with the needs that are still to be followed.
        let mut way: Vec<(&str, Vec<&str>)> = Vec::new();
        let mut next = Some(*start);
        loop {
            if let Some(id) = next.take().filter(|id| !done.contains(id)) {
                if let Some(at) = way.iter().position(|(other, _)| *other == id) {
                    let circle: Vec<&str> = way[at..].iter().map(|(id, _)| *id).collect();
                    report(&circle, &steps, sink);
                    done.extend(circle);
                } else {
                    let needs = steps.get(id).into_iter().flat_map(|step| step.needs.iter().map(String::as_str));
                    way.push((id, needs.collect()));
                }
            }
            let Some((id, needs)) = way.last_mut() else { break };
            next = needs.pop();
            if next.is_none() {
                done.insert(id);
                way.pop();
            }
        }
    }
}

/// The values that a step makes, beside its name.
fn made_by<'s>((id, step): (&'s &'s str, &'s &'s Step)) -> impl Iterator<Item = (&'s str, &'s Node)> {
    step.makes.iter().map(move |made| (*id, made))
}

fn report(circle: &[&str], steps: &BTreeMap<&str, &Step>, sink: &mut Sink<'_>) {
    // The smallest name is the same whoever is followed first.
    let first = circle.iter().enumerate().min_by_key(|(_, id)| **id).map_or(0, |(at, _)| at);
    let circle: Vec<&str> = circle[first..].iter().chain(&circle[..first]).copied().collect();
    let Some(step) = circle.first().and_then(|id| steps.get(id)) else { return };
    let way = circle.iter().chain(circle.first()).map(|id| format!("`{id}`")).collect::<Vec<_>>().join(" needs ");
    let mut diagnostic = code::STEP_CYCLE.at(step.origin, format!("steps wait for each other: {way}"));
    diagnostic = diagnostic.label("no order is left for this");
    for id in &circle[1..] {
        if let Some(step) = steps.get(id) {
            diagnostic = diagnostic.also(step.origin, format!("`{id}`"));
        }
    }
    // A need that no `after` says comes of a secret.
    for (id, made) in circle.iter().filter_map(|id| Some((id, steps.get(id)?))).flat_map(made_by) {
        diagnostic = diagnostic.also(made.origin, format!("`{id}` makes it, and who reads it comes behind"));
    }
    sink.report(diagnostic.help("take one of them out of an `after`, or read its value from elsewhere"));
}
