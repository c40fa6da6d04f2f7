//! The steps that make a site live: `site/run.json` and `clusters/CLUSTER/run.json`.
//!
//! A step is something to do, with what has to be done before. Most follow from other outputs: disks and machines from domains,
//! `build` to `prove` from NixOS configurations, `plan` and `apply` from environments, the bootstrap and a step for each
//! Application from releases and overlays. The others are entries of kind `step`. What has to come before follows from data too:
//! who reads a secret that a step makes, or an output of OpenTofu, comes behind it.
//!
//! docs/run.md describes the files.

mod clusters;
mod data;
mod entries;
mod graph;
mod hosts;
mod ids;
mod index;
mod machines;

use graph::Graph;
use index::Index;
use kss_backend::{Backend, Sink};
use kss_emit::json;
use kss_model::Model;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// The backend of `output step`.
pub struct Run;

impl Backend for Run {
    fn name(&self) -> &'static str {
        "run"
    }

    /// All files at once: a step of the site may need one of a cluster, and a circle of needs may go through several.
    fn site(&self, model: &Model, sink: &mut Sink<'_>) {
        let site = site(model);
        let clusters: Vec<Graph> = model.clusters.par_iter().map(|cluster| clusters::graph(model, cluster)).collect();
        let mut graphs: Vec<Graph> = std::iter::once(site).chain(clusters).collect();
        let known: BTreeSet<String> = graphs.iter().flat_map(|graph| graph.ids().map(str::to_owned)).collect();
        graphs.iter_mut().for_each(|graph| graph.keep_known(&known));
        graph::report_circles(&graphs, sink);
        for graph in &graphs {
            if let Some(document) = graph.document() {
                sink.emitted(format!("{}/run.json", graph.scope), json::emit(&document), graph.origin());
            }
        }
    }
}

/// The steps of the site and its machines.
fn site(model: &Model) -> Graph {
    let mut graph = Graph::new("site".to_owned());
    let index = Index::new(model, None);
    for machine in &model.machines {
        hosts::add(machine, &mut graph);
        machines::add(machine, None, &index, &mut graph);
    }
    for scope in std::iter::once(&model.site).chain(&model.machines) {
        entries::add(scope, &index, &mut graph);
    }
    graph.add_ready();
    graph
}

#[cfg(test)]
mod tests;
