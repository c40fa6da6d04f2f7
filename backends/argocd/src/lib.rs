//! Argo CD: `root-app.yaml`, which is applied by hand, and what it brings: a project for each `project`, an Application for
//! each release and each overlay that has something in it. And what has to be there before: `bootstrap/bootstrap.json`.
//!
//! - Waves follow from phases. Within one phase first what others stand on (namespaces, definitions of kinds), then releases,
//!   then objects. They wait because the standard library teaches Argo CD when an Application is healthy.
//! - What a project permits is computed from its members, so that none is ever refused by its own project.
//! - An Application that may prune has the finalizer: whoever removes it from the description removes what it deployed.
//! - The root Application belongs to the project `default`, which exists from the first minute. With a project of its own it
//!   would wait for something that only it can bring.

mod application;
mod bootstrap;
mod member;
mod project;
mod root;

use kss_backend::{Backend, Sink};
use kss_emit::yaml;
use kss_model::{Cluster, Model};
use root::Root;

/// The backend of `output argocd-root`, `output project`, and of the Applications of releases and overlays.
pub struct Argocd;

/// The cluster that Argo CD runs in.
const SERVER: &str = "https://kubernetes.default.svc";

impl Backend for Argocd {
    fn name(&self) -> &'static str {
        "argocd"
    }

    fn cluster(&self, _model: &Model, cluster: &Cluster, sink: &mut Sink<'_>) {
        let scope = &cluster.scope;
        let members = member::members(scope);
        let root = scope.entries("argocd-root").iter().find(|entry| Sink::is_whole(entry));
        let root = root.and_then(|entry| Root::read(entry, sink));
        bootstrap::emit(scope, &members, root.as_ref(), sink);
        let Some(root) = root else { return };
        root.emit(sink);
        project::emit(scope, &members, &root, sink);
        for member in &members {
            if let Some(document) = application::document(member, &root, sink) {
                let path = format!("{}/apps/{}.yaml", root.directory, member.file_name());
                sink.emitted(path, yaml::emit(&document), member.entry().origin);
            }
        }
    }
}

#[cfg(test)]
mod tests;
