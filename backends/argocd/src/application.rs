//! Applications.

use crate::member::{Member, What};
use crate::root::{Root, destination, object};
use kss_backend::kubernetes::{Overlay, api_group, is_builtin_group, repository_address};
use kss_backend::layout::{overlay_dir, values_path};
use kss_backend::read::{Read, record_of};
use kss_backend::{Image, Sink};
use kss_emit::Node;
use kss_model::Entry;
use kss_span::Origin;
use kss_value::{Record, Value};

/// What marks an Application whose removal removes what it deployed.
const FINALIZER: &str = "resources-finalizer.argocd.argoproj.io";

/// The Application of a member.
pub(crate) fn document(member: &Member<'_>, root: &Root<'_>, sink: &mut Sink<'_>) -> Option<Node> {
    let entry = member.entry();
    let origin = entry.origin;
    let text = |text: &str| Node::text(text, origin);
    let project = sink.required(entry, "project", member.project())?;
    let project = Node::text(project.as_str(), entry.origin_of("project", origin));

    let mut metadata = vec![("name", text(&member.name)), ("namespace", text(&root.namespace))];
    metadata.push(("annotations", annotations(member)));
    if member.prunes() {
        metadata.push(("finalizers", Node::list([text(FINALIZER)], origin)));
    }
    let source = match &member.what {
        What::Release(entry) => release_source(entry, root, sink)?,
        What::Objects(overlay) => objects_source(overlay, root, sink)?,
    };
    let drift = ignored(entry, sink)?;
    let options = options(member, drift.is_some());
    let mut spec = vec![
        ("project", project),
        source,
        ("destination", destination(&member.namespace(), entry.origin_of("namespace", origin))),
        ("syncPolicy", root.sync_policy(member.prunes(), options, origin, sink)?),
    ];
    spec.extend(drift.map(|drift| ("ignoreDifferences", drift)));
    Some(object("Application", metadata, Node::map(spec, origin), origin))
}

/// The directory of the tree, that of another repository, or both.
fn objects_source(overlay: &Overlay<'_>, root: &Root<'_>, sink: &mut Sink<'_>) -> Option<(&'static str, Node)> {
    let entry = overlay.entry;
    let mut sources = Vec::new();
    if let Some(upstream) = overlay.upstream() {
        sources.push(upstream_source(entry, upstream, sink)?);
    }
    if overlay.has_files() {
        let path = overlay_dir(entry.key.scope.outer, overlay.name());
        sources.push(root.source(vec![("path", Node::text(path, entry.origin))], entry.origin));
    }
    match sources.len() {
        1 => Some(("source", sources.pop()?)),
        _ => Some(("sources", Node::list(sources, entry.origin))),
    }
}

fn upstream_source(entry: &Entry, upstream: &Record, sink: &mut Sink<'_>) -> Option<Node> {
    let origin = entry.origin_of("upstream", entry.origin);
    let mut fields = Vec::new();
    for (name, field) in [("repo", "repoURL"), ("revision", "targetRevision"), ("path", "path")] {
        let path = format!("upstream.{name}");
        let value = sink.required(entry, &path, upstream.value(name))?;
        fields.push((field, sink.data(value, &(), &path)?));
    }
    Some(Node::map(fields, origin))
}

/// The chart at its version, and beside it the branch that its values come from. A chart of the tree and its values are one
/// source.
fn release_source(entry: &Entry, root: &Root<'_>, sink: &mut Sink<'_>) -> Option<(&'static str, Node)> {
    let chart = sink.required(entry, "chart", entry.record("chart"))?;
    let name = sink.required(entry, "chart.name", chart.value("name"))?;
    let values = values_path(entry.key.scope.outer, entry.name());
    let Some(repository) = chart.text("repo") else {
        let path = Node::text(format!("charts/{}", name.as_text().unwrap_or_default()), name.origin());
        let fields = vec![("path", path), ("helm", helm(entry, format!("/{values}"), sink)?)];
        return Some(("source", root.source(fields, entry.origin)));
    };
    let origin = entry.origin_of("chart", entry.origin);
    let repository = Node::text(repository_address(&repository), chart.origin_of("repo", origin));
    let version = sink.required(entry, "chart.version", chart.value("version"))?;
    let fields = [
        ("repoURL", repository),
        ("chart", sink.data(name, &(), "`chart.name`")?),
        ("targetRevision", sink.data(version, &(), "`chart.version`")?),
        ("helm", helm(entry, format!("$values/{values}"), sink)?),
    ];
    let values = root.source(vec![("ref", Node::text("values", entry.origin))], entry.origin);
    Some(("sources", Node::list([Node::map(fields, origin), values], entry.origin)))
}

/// How the chart is rendered.
fn helm(entry: &Entry, values: String, sink: &mut Sink<'_>) -> Option<Node> {
    let mut helm = Vec::new();
    if let Some(release) = entry.value("release") {
        helm.push(("releaseName", sink.data(release, &(), "`release`")?));
    }
    helm.push(("valueFiles", Node::list([Node::text(values, entry.origin)], entry.origin)));
    if entry.flag("skip-crds") {
        helm.push(("skipCrds", Node::new(true, entry.origin_of("skip-crds", entry.origin))));
    }
    Some(Node::map(helm, entry.origin))
}

fn annotations(member: &Member<'_>) -> Node {
    let entry = member.entry();
    let wave = Node::text(member.wave().to_string(), entry.origin_of("phase", entry.origin));
    let mut fields = vec![("argocd.argoproj.io/sync-wave".to_owned(), wave)];
    if let Some(updates) =
        entry.value("image-updates").filter(|updates| record_of(updates).is_some_and(|r| !r.is_empty()))
    {
        fields.extend(image_updates(updates));
    }
    Node::map(fields, entry.origin)
}

/// What Argo CD's image updater reads: which images, and that the newest commit wins.
fn image_updates(updates: &Value) -> Vec<(String, Node)> {
    let images = record_of(updates).into_iter().flat_map(Record::iter);
    let images: Vec<_> = images.filter_map(|(name, image)| Some((name, image.as_text()?, image.origin()))).collect();
    let key = |name: &str| format!("argocd-image-updater.argoproj.io/{name}");
    let list = images.iter().map(|(name, image, _)| format!("{name}={}", Image::parse(image).name));
    let list = list.collect::<Vec<_>>().join(",");
    let mut fields = vec![(key("image-list"), Node::text(list, updates.origin()))];
    for (name, image, origin) in &images {
        let settings = [
            ("update-strategy", "newest-build"),
            ("allow-tags", "regexp:^[0-9a-f]{40}$"),
            ("kustomize.image-name", Image::parse(image).name),
        ];
        fields.extend(settings.map(|(setting, text)| (key(&format!("{name}.{setting}")), Node::text(text, *origin))));
    }
    fields.push((key("write-back-method"), Node::text("argocd", updates.origin())));
    fields
}

fn options(member: &Member<'_>, drift: bool) -> Vec<Node> {
    let entry = member.entry();
    let sync = entry.origin_of("sync", entry.origin);
    let custom = match &member.what {
        What::Release(_) => false,
        What::Objects(overlay) => has_custom_kinds(overlay),
    };
    let wanted = [
        // Namespaces have one owner; nobody makes them on the way.
        (true, "CreateNamespace=false", entry.origin),
        (entry.has_case("sync", "server-side-apply"), "ServerSideApply=true", sync),
        // A kind that is not there yet fails the trial, not the apply.
        (entry.has_case("sync", "skip-dry-run") || custom, "SkipDryRunOnMissingResource=true", sync),
        (entry.has_case("sync", "replace"), "Replace=true", sync),
        (drift, "RespectIgnoreDifferences=true", entry.origin_of("drift", entry.origin)),
    ];
    wanted.into_iter().filter(|(wanted, ..)| *wanted).map(|(_, text, origin)| Node::text(text, origin)).collect()
}

fn has_custom_kinds(overlay: &Overlay<'_>) -> bool {
    overlay.objects.iter().any(|object| !is_builtin_group(&api_group(object)))
}

/// `ignoreDifferences`, if there is any drift. The outer `None` means that something was reported.
fn ignored(entry: &Entry, sink: &mut Sink<'_>) -> Option<Option<Node>> {
    let drifts = entry.items("drift").iter().filter_map(|value| Some((record_of(value)?, value.origin())));
    let mut rules = Vec::new();
    for (drift, origin) in drifts {
        rules.push(ignored_fields(drift, origin, sink)?);
    }
    Some((!rules.is_empty()).then(|| Node::list(rules, entry.origin_of("drift", entry.origin))))
}

fn ignored_fields(drift: &Record, origin: Origin, sink: &mut Sink<'_>) -> Option<Node> {
    let names = [
        ("group", "group"),
        ("kind", "kind"),
        ("name", "name"),
        ("pointers", "jsonPointers"),
        ("jq", "jqPathExpressions"),
    ];
    let mut fields = Vec::new();
    for (name, field) in names {
        // The core group is the empty text, and an empty list says nothing.
        let filled = kss_backend::is_filled(drift.value(name)) && drift.text(name).is_none_or(|text| !text.is_empty());
        if let Some(value) = drift.value(name).filter(|_| filled) {
            fields.push((field, sink.data(value, &(), "`drift`")?));
        }
    }
    Some(Node::map(fields, origin))
}
