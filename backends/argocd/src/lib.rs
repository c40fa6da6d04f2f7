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
use kss_model::{Cluster, Entry, Model, Scope};
use kss_span::Symbol;
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

/// Something that Argo CD deploys by an Application of its own.
pub struct Application<'a> {
    /// Name of the Application.
    pub name: String,
    /// The release or the overlay.
    pub entry: &'a Entry,
    /// Its phase.
    pub phase: Option<Symbol>,
    /// Is it there before Argo CD is?
    pub bootstrap: bool,
    /// Has it files in the deploy tree?
    pub has_files: bool,
}

/// What a cluster deploys, in the order of deployment; of one wave in the order of names.
pub fn applications(cluster: &Scope) -> Vec<Application<'_>> {
    let mut members = member::members(cluster);
    members.sort_by(|a, b| a.wave().cmp(&b.wave()).then_with(|| a.name.cmp(&b.name)));
    members
        .into_iter()
        .map(|member| {
            let (phase, bootstrap, entry) = (member.phase(), member.is_bootstrap(), member.entry());
            let has_files = match &member.what {
                member::What::Release(_) => true,
                member::What::Objects(overlay) => overlay.has_files(),
            };
            Application { name: member.name, entry, phase, bootstrap, has_files }
        })
        .collect()
}

#[cfg(test)]
mod tests;
