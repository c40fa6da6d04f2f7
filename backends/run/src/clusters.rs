//! Steps of a cluster: its nodes, what has to be there before the GitOps engine, and what that engine then deploys.

use crate::graph::{Graph, Step};
use crate::index::Index;
use crate::{entries, ids, machines};
use kss_argocd::Application;
use kss_backend::Sink;
use kss_backend::kubernetes::{PHASES, phase_rank};
use kss_backend::layout::{overlay_dir, values_path};
use kss_backend::read::{Read, case_name};
use kss_emit::Node;
use kss_model::{Cluster, Model, Scope};
use kss_span::Symbol;
use std::collections::BTreeSet;

/// The steps of a cluster.
pub(crate) fn graph(model: &Model, cluster: &Cluster) -> Graph {
    let scope = &cluster.scope;
    let mut graph = Graph::new(ids::scope(&scope.key));
    let index = Index::new(model, Some(cluster));
    for node in &cluster.nodes {
        machines::add(node, Some(cluster), &index, &mut graph);
    }
    for scope in std::iter::once(scope).chain(&cluster.nodes) {
        entries::add(scope, &index, &mut graph);
    }
    let applications = kss_argocd::applications(scope);
    let installed = bootstrap(scope, &applications, &index, &mut graph);
    if let Some(root) = scope.entries("argocd-root").iter().find(|entry| Sink::is_whole(entry)) {
        let id = format!("{}/hand-over", graph.scope);
        let fields = vec![("path", Node::text(format!("{}/argocd", graph.scope), root.origin))];
        let step = Step::new("hand-over", fields, "idempotent", root.origin);
        let step = step.file(format!("{}/bootstrap/bootstrap.json", graph.scope));
        graph.add(id.clone(), step.needs(installed).needs(index.api()).needs(pushes(model)));
        waits(&applications, &id, &mut graph);
        // Whatever can be done before the engine takes over, is.
        let before = graph.not_behind(&id);
        graph.add_needs(&id, before);
    }
    graph.add_ready();
    graph
}

/// What has to be there before the GitOps engine, one after the other. Gives the last one.
fn bootstrap(scope: &Scope, applications: &[Application<'_>], index: &Index<'_>, graph: &mut Graph) -> Option<String> {
    let mut last = None;
    for application in applications.iter().filter(|application| application.bootstrap) {
        let entry = application.entry;
        let name = Node::text(entry.name().as_str(), entry.origin);
        let (what, path) = match entry.key.kind.as_str() {
            "helm" => ("release", values_path(scope.key.name, entry.name())),
            _ => ("overlay", overlay_dir(scope.key.name, entry.name())),
        };
        let id = format!("{}/install", ids::entry(&entry.key));
        let step = Step::new("install", vec![(what, name)], "idempotent", entry.origin).timeout("30m");
        let step = step.file(format!("{}/bootstrap/bootstrap.json", graph.scope));
        // Of an overlay that is in another repository altogether there is nothing in the tree.
        let step = if application.has_files { step.file(path) } else { step };
        graph.add(id.clone(), step.needs(index.api()).needs(last.take()));
        last = Some(id);
    }
    last
}

/// Steps of the site that push the deploy tree to where the engine reads it.
fn pushes(model: &Model) -> BTreeSet<String> {
    let steps = model.site.entries("step").iter().filter(|step| {
        let bring_up = step.case("on").is_none_or(|on| on == "bring-up");
        bring_up && step.value("does").and_then(case_name).is_some_and(|does| does == "push")
    });
    steps.map(|step| ids::entry(&step.key)).collect()
}

/// A wait for each Application, and one for each phase, which the next phase comes behind.
fn waits(applications: &[Application<'_>], hand_over: &str, graph: &mut Graph) {
    let mut before = hand_over.to_owned();
    let mut phases: Vec<Option<Symbol>> = applications.iter().map(|application| application.phase).collect();
    phases.sort_by_key(|phase| phase_rank(*phase));
    phases.dedup();
    for phase in phases {
        let members = applications.iter().filter(|application| application.phase == phase);
        let mut healthy = Vec::new();
        let mut origin = None;
        for application in members {
            let entry = application.entry;
            let id = format!("{}/healthy", ids::entry(&entry.key));
            let fields = vec![("application", Node::text(application.name.as_str(), entry.origin))];
            let step = Step::new("synced", fields, "pure", entry.origin).timeout("30m");
            graph.add(id.clone(), step.needs([before.clone()]));
            healthy.push(id);
            origin.get_or_insert(entry.origin);
        }
        let name = phase.map_or(PHASES[PHASES.len() - 1], |phase| phase.as_str());
        let id = format!("{}/phase/{name}", graph.scope);
        if let Some(origin) = origin {
            let fields = vec![("phase", Node::text(name, origin))];
            graph.add(id.clone(), Step::new("phase", fields, "pure", origin).timeout("30m").needs(healthy));
            before = id;
        }
    }
}
