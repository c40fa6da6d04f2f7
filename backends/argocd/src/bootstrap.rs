//! What must exist before Argo CD does: `clusters/CLUSTER/bootstrap/bootstrap.json`, an ordered list.
//!
//! It names the very files that Argo CD deploys from later, so that nothing is installed twice with different values.
//! A step is one of
//!
//! - `{ "release": NAME, "chart": {…}, "namespace": …, "values": PATH }`: installed with Helm; a chart without a `repo` lies
//!   in the tree, at its `path`,
//! - `{ "overlay": NAME, "path": PATH }`: built with kustomize and applied; with an `"upstream"` of `repo`, `revision` and
//!   `path` beside or instead of the path, the directory of that repository is,
//! - `{ "apply": [PATH, …] }`: applied as it is.
//!
//! Paths are taken from the root of the tree.

use crate::member::{Member, What};
use crate::root::Root;
use kss_backend::Sink;
use kss_backend::layout::{cluster_dir, overlay_dir, segment, values_path};
use kss_backend::read::Read;
use kss_emit::{Data, Node, json};
use kss_model::{Entry, Scope};
use kss_span::{Origin, Symbol};

/// Writes the list, if there is anything to do.
pub(crate) fn emit(cluster: &Scope, members: &[Member<'_>], root: Option<&Root<'_>>, sink: &mut Sink<'_>) {
    let mut early: Vec<_> = members.iter().filter(|member| member.is_bootstrap()).collect();
    early.sort_by_key(|member| member.wave());
    let Some(origin) = early.first().map(|member| member.entry().origin).or(root.map(Root::origin)) else { return };
    let mut steps = Vec::new();
    for member in early {
        let Some(step) = step(member, cluster.key.name, sink) else { return };
        steps.push(step);
    }
    if let Some(root) = root {
        steps.extend(hand_over(root));
    }
    let document = Node::map([("steps", Node::list(steps, origin))], origin);
    let path = format!("{}/bootstrap/bootstrap.json", cluster_dir(cluster.key.name));
    sink.emitted(path, json::emit(&document), origin);
}

fn step(member: &Member<'_>, cluster: Symbol, sink: &mut Sink<'_>) -> Option<Node> {
    let entry = member.entry();
    let text = |text: &str| Node::text(text, entry.origin);
    let fields = match &member.what {
        What::Objects(overlay) => {
            let mut fields = vec![("overlay", text(&overlay.name()))];
            if overlay.has_files() {
                fields.push(("path", text(&overlay_dir(cluster, overlay.name()))));
            }
            if let Some(upstream) = entry.value("upstream").filter(|_| overlay.upstream().is_some()) {
                fields.push(("upstream", sink.data(upstream, &(), "`upstream`")?));
            }
            fields
        }
        What::Release(entry) => {
            let mut fields = release(entry, sink)?;
            fields.push(("namespace", text(&member.namespace())));
            fields.push(("values", text(&values_path(cluster, entry.name()))));
            fields
        }
    };
    let phase =
        member.phase().map(|phase| ("phase", Node::text(phase.as_str(), entry.origin_of("phase", entry.origin))));
    Some(Node::map(fields.into_iter().chain(phase), entry.origin))
}

fn release(entry: &Entry, sink: &mut Sink<'_>) -> Option<Vec<(&'static str, Node)>> {
    let name = match entry.value("release") {
        Some(release) => sink.data(release, &(), "`release`")?,
        None => Node::text(entry.name().as_str(), entry.origin),
    };
    let chart = sink.required(entry, "chart", entry.value("chart"))?;
    let mut chart = sink.data(chart, &(), "`chart`")?;
    let own = chart.get("repo").is_none();
    if let (true, Data::Map(fields)) = (own, &mut chart.data) {
        let name = entry.record("chart").and_then(|chart| chart.text("name")).unwrap_or_default();
        fields.push((Symbol::new("path"), Node::text(format!("charts/{name}"), chart.origin)));
    }
    let mut fields = vec![("release", name), ("chart", chart)];
    if entry.flag("skip-crds") {
        fields.push(("skip-crds", Node::new(true, entry.origin_of("skip-crds", entry.origin))));
    }
    Some(fields)
}

/// Projects before the root Application, because an Application whose project doesn't exist is refused.
fn hand_over(root: &Root<'_>) -> Vec<Node> {
    let origin: Origin = root.origin();
    let path = |path: String| Node::text(format!("{}/{path}", root.directory), origin);
    let projects: Vec<_> =
        root.projects().iter().map(|project| path(format!("projects/{}.yaml", segment(project)))).collect();
    let lists = [projects, vec![path("root-app.yaml".to_owned())]];
    let lists = lists.into_iter().filter(|list| !list.is_empty());
    lists.map(|list| Node::map([("apply", Node::list(list, origin))], origin)).collect()
}
