//! What becomes an Application: releases, and overlays that have something in them.

use crate::root;
use kss_backend::Sink;
use kss_backend::kubernetes::{Overlay, overlays, phase_of, phase_rank};
use kss_backend::layout::segment;
use kss_backend::read::Read;
use kss_model::{Entry, Scope};
use kss_span::Symbol;
use std::collections::BTreeSet;

/// A release or an overlay.
pub(crate) enum What<'a> {
    Release(&'a Entry),
    Objects(Overlay<'a>),
}

/// Something that is deployed by an Application of its own.
pub(crate) struct Member<'a> {
    /// What.
    pub(crate) what: What<'a>,
    /// Name of its Application.
    pub(crate) name: String,
}

/// Everything that the cluster deploys, releases first.
///
/// A release keeps its name whatever comes beside it: an Application of another name would first remove what the old one
/// deployed, data included. An overlay of the same name becomes `NAME-objects`.
pub(crate) fn members(cluster: &Scope) -> Vec<Member<'_>> {
    let mut taken = BTreeSet::from([root::NAME.to_owned()]);
    let releases = cluster.entries("helm").iter().filter(|entry| Sink::is_whole(entry)).map(What::Release);
    let objects = overlays(cluster).into_iter().map(What::Objects);
    let mut members = Vec::new();
    for what in releases.chain(objects) {
        let (entry, ending) = match &what {
            What::Release(entry) => (*entry, "release"),
            What::Objects(overlay) => (overlay.entry, "objects"),
        };
        let mut name = entry.name().to_string();
        while !taken.insert(name.clone()) {
            name = format!("{name}-{ending}");
        }
        members.push(Member { what, name });
    }
    members
}

impl<'a> Member<'a> {
    /// Its entry.
    pub(crate) fn entry(&self) -> &'a Entry {
        match &self.what {
            What::Release(entry) => entry,
            What::Objects(overlay) => overlay.entry,
        }
    }

    /// Name of its file, without the ending.
    pub(crate) fn file_name(&self) -> String {
        segment(&self.name)
    }

    /// Is it installed before Argo CD is there?
    pub(crate) fn is_bootstrap(&self) -> bool {
        self.entry().flag("bootstrap")
    }

    pub(crate) fn phase(&self) -> Option<Symbol> {
        phase_of(self.entry())
    }

    pub(crate) fn project(&self) -> Option<Symbol> {
        self.entry().entry("project").map(|key| key.name)
    }

    /// Its place in the order of deployment: ten waves a phase.
    pub(crate) fn wave(&self) -> usize {
        let step = match &self.what {
            What::Objects(overlay) if is_ground(overlay) => 0,
            What::Release(entry) if !entry.items("installs").is_empty() => 2,
            What::Release(_) => 4,
            What::Objects(_) => 6,
        };
        phase_rank(self.phase()) * 10 + step
    }

    /// Where it is deployed to. Argo CD wants a namespace for cluster-wide objects too; `default` is there and holds nothing.
    pub(crate) fn namespace(&self) -> Symbol {
        let own = self.entry().entry("namespace").map(|key| key.name);
        let first = match &self.what {
            What::Release(_) => None,
            What::Objects(overlay) => overlay.objects.iter().filter_map(|object| object.namespace).min(),
        };
        own.or(first).unwrap_or_else(|| Symbol::new("default"))
    }

    /// May it remove what is no longer described?
    pub(crate) fn prunes(&self) -> bool {
        let entry = self.entry();
        entry.value("prune").is_none_or(|_| entry.flag("prune")) && !entry.has_case("sync", "no-prune")
    }
}

/// Do other things of the same phase stand on it?
fn is_ground(overlay: &Overlay<'_>) -> bool {
    let ground = |object: &&Entry| {
        object.kubernetes.is_some_and(|kind| matches!(kind.as_str(), "Namespace" | "CustomResourceDefinition"))
    };
    !overlay.entry.items("installs").is_empty() || overlay.objects.iter().any(ground)
}
