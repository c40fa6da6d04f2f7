//! What the backends of a cluster have in common: phases, overlays with their objects, objects as documents.

use crate::Files;
use crate::read::Read;
use crate::sink::{Sink, is_filled};
use kss_diag::{Diagnostic, code};
use kss_emit::{Data, Node};
use kss_model::{Entry, Scope};
use kss_span::{Origin, Symbol};
use kss_value::{Kind, Record, Value};
use std::collections::BTreeMap;

/// The cases of `Phase`, in order: what is early stands first.
pub const PHASES: [&str; 10] =
    ["crds", "network", "operators", "config", "ingress", "platform", "identity", "monitoring", "security", "apps"];

/// The place of a phase among all; an unknown one comes last.
pub fn phase_rank(phase: Option<Symbol>) -> usize {
    let at = phase.and_then(|phase| PHASES.iter().position(|name| *name == phase.as_str()));
    at.unwrap_or(PHASES.len())
}

/// The phase of a release or an overlay: its own, else its module's.
pub fn phase_of(entry: &Entry) -> Option<Symbol> {
    entry.case("phase").or(entry.owner.phase)
}

/// An overlay with the objects in it.
#[derive(Clone, Debug)]
pub struct Overlay<'a> {
    /// Its entry.
    pub entry: &'a Entry,
    /// The manifests that name it, ordered by name and kind.
    pub objects: Vec<&'a Entry>,
}

impl Overlay<'_> {
    /// Its name.
    pub fn name(&self) -> Symbol {
        self.entry.name()
    }

    /// Has it files in the deploy tree?
    pub fn has_files(&self) -> bool {
        !self.objects.is_empty() || is_filled(self.entry.get("vendored"))
    }

    /// The directory of another repository that it deploys.
    pub fn upstream(&self) -> Option<&Record> {
        self.entry.record("upstream")
    }

    /// Has it nothing to deploy?
    pub fn is_empty(&self) -> bool {
        !self.has_files() && self.upstream().is_none()
    }
}

/// The overlays of a cluster that have something to deploy, in order of their names.
pub fn overlays(cluster: &Scope) -> Vec<Overlay<'_>> {
    let entries = whole(cluster, "overlay");
    let mut overlays: BTreeMap<Symbol, Overlay<'_>> =
        entries.map(|entry| (entry.name(), Overlay { entry, objects: Vec::new() })).collect();
    for object in whole(cluster, "manifest") {
        if let Some(overlay) = overlay_name(object).and_then(|name| overlays.get_mut(&name)) {
            overlay.objects.push(object);
        }
    }
    overlays.into_values().filter(|overlay| !overlay.is_empty()).collect()
}

/// A report of each manifest whose overlay the cluster doesn't have: it would be lost.
pub fn lost_objects(cluster: &Scope) -> Vec<Diagnostic<Origin>> {
    let known: Vec<Symbol> = cluster.entries("overlay").iter().map(Entry::name).collect();
    let lost =
        whole(cluster, "manifest").filter(|object| overlay_name(object).is_none_or(|name| !known.contains(&name)));
    lost.map(|object| {
        let overlay = overlay_name(object).map_or_else(|| "no overlay".to_owned(), |name| format!("overlay `{name}`"));
        let (object_name, cluster) = (object_name(object), &cluster.key);
        let message =
            format!("manifest `{object_name}` belongs to {overlay}, which {cluster} doesn't have; it would be lost");
        code::UNLOWERED.at(object.origin, message).label("declared here")
    })
    .collect()
}

/// The entries of a kind about which everything is known.
fn whole<'a>(cluster: &'a Scope, kind: &str) -> impl Iterator<Item = &'a Entry> {
    cluster.entries(kind).iter().filter(|entry| Sink::is_whole(entry))
}

fn overlay_name(object: &Entry) -> Option<Symbol> {
    object.entry("overlay").map(|key| key.name)
}

/// `ConfigMap settings in monitoring`
pub fn object_name(object: &Entry) -> String {
    let kind = object.kubernetes.map_or("object", Symbol::as_str);
    let place = object.namespace.map(|namespace| format!(" in {namespace}")).unwrap_or_default();
    format!("{kind} {}{place}", object.name())
}

/// The API group of `apiVersion`: `apps` of `apps/v1`, nothing of `v1`.
pub fn api_group(object: &Entry) -> String {
    let version = object.text("apiVersion").unwrap_or_default();
    version.rsplit_once('/').map(|(group, _)| group.to_owned()).unwrap_or_default()
}

/// Is it a group that every cluster serves, whatever is installed?
pub fn is_builtin_group(group: &str) -> bool {
    match group.strip_suffix(".k8s.io") {
        Some(name) => matches!(
            name,
            "admissionregistration"
                | "apiextensions"
                | "apiregistration"
                | "authentication"
                | "authorization"
                | "certificates"
                | "coordination"
                | "discovery"
                | "events"
                | "flowcontrol.apiserver"
                | "networking"
                | "node"
                | "rbac.authorization"
                | "resource"
                | "scheduling"
                | "storage"
        ),
        None => matches!(group, "" | "apps" | "autoscaling" | "batch" | "policy"),
    }
}

/// The document of a manifest.
pub fn object(entry: &Entry, files: &dyn Files, sink: &mut Sink<'_>) -> Option<Node> {
    let of = format!("manifest `{}`", object_name(entry));
    let kind = sink.required(entry, "kind", entry.kubernetes)?;
    let version = sink.required(entry, "apiVersion", entry.get("apiVersion").cloned())?;
    let body: Record = entry.fields.iter().filter(|(key, value)| is_body(*key, value)).cloned().collect();
    let body = sink.data(&Value::record(body, entry.origin), files, &of)?;
    let metadata = metadata(entry, files, &of, sink)?;
    let version = sink.data(&version, files, &of)?;
    let kind = Node::text(kind.as_str(), entry.origin);
    let mut fields = vec![("apiVersion".into(), version), ("kind".into(), kind), ("metadata".into(), metadata)];
    if let Data::Map(rest) = body.data {
        fields.extend(rest);
    }
    Some(Node { data: Data::Map(fields), origin: entry.origin })
}

/// Is a field of the entry one of the object, not one that entries have by themselves?
fn is_body(key: Symbol, value: &Value) -> bool {
    match key.as_str() {
        "apiVersion" | "group" | "kind" | "metadata" | "name" | "namespace" | "overlay" | "owner" => false,
        // The scopes around it; an object may have a field of such a name, but never an entry in it.
        "site" | "machine" | "cluster" | "node" => !matches!(value.kind(), Kind::Ref(_)),
        _ => true,
    }
}

fn metadata(entry: &Entry, files: &dyn Files, of: &str, sink: &mut Sink<'_>) -> Option<Node> {
    let text = |text: Symbol| Node::text(text.as_str(), entry.origin);
    let mut fields = vec![("name".into(), text(entry.name()))];
    fields.extend(entry.namespace.map(|namespace| ("namespace".into(), text(namespace))));
    if let Some(written) = entry.get("metadata") {
        let written = sink.data(written, files, of)?;
        if let Data::Map(written) = written.data {
            fields.extend(written.into_iter().filter(|(key, node)| !is_known(*key) && !is_empty_map(node)));
        }
    }
    Some(Node { data: Data::Map(fields), origin: entry.origin })
}

/// The head says it.
fn is_known(key: Symbol) -> bool {
    matches!(key.as_str(), "name" | "namespace")
}

fn is_empty_map(node: &Node) -> bool {
    matches!(&node.data, Data::Map(fields) if fields.is_empty())
}

/// `oci://` is Helm's own way of saying what kind of repository it is; Argo CD wants the address behind it.
pub fn repository_address(url: &str) -> &str {
    url.strip_prefix("oci://").unwrap_or(url)
}
