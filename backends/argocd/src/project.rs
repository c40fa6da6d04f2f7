//! Projects: what their members may do, computed from the members.

use crate::SERVER;
use crate::member::{Member, What};
use crate::root::{Root, object};
use kss_backend::Sink;
use kss_backend::kubernetes::{api_group, repository_address};
use kss_backend::layout::segment;
use kss_backend::read::Read;
use kss_emit::{Data, Node, yaml};
use kss_model::{Entry, Scope};
use kss_span::{Origin, Symbol};
use kss_value::Record;
use std::collections::BTreeMap;

/// Before every Application; they are refused as long as their project isn't there.
const WAVE: &str = "-10";

/// What a project permits, each with the member that asks for it first.
#[derive(Default)]
struct Permits {
    repositories: BTreeMap<String, Node>,
    namespaces: BTreeMap<Symbol, Origin>,
    /// API group and kind of objects that belong to no namespace.
    kinds: BTreeMap<(String, String), Origin>,
}

/// Writes the projects of the cluster.
pub(crate) fn emit(cluster: &Scope, members: &[Member<'_>], root: &Root<'_>, sink: &mut Sink<'_>) {
    for project in cluster.entries("project").iter().filter(|entry| Sink::is_whole(entry)) {
        let own = members.iter().filter(|member| member.project() == Some(project.name()));
        let mut permits = Permits::default();
        permits.add_own(project);
        own.for_each(|member| permits.add(member, cluster, root));
        let document = document(project, permits, root);
        let path = format!("{}/projects/{}.yaml", root.directory, segment(&project.name()));
        sink.emitted(path, yaml::emit(&document), project.origin);
    }
}

impl Permits {
    /// What the project itself asks for, for Applications that come from elsewhere (an ApplicationSet).
    fn add_own(&mut self, project: &Entry) {
        for value in project.items("repositories") {
            if let Some(text) = value.as_text() {
                self.repositories.insert(text.to_string(), Node::text(&*text, value.origin()));
            }
        }
        for value in project.items("namespaces") {
            if let Some(text) = value.as_text() {
                self.namespaces.insert(Symbol::new(&text), value.origin());
            }
        }
    }

    fn add(&mut self, member: &Member<'_>, cluster: &Scope, root: &Root<'_>) {
        let entry = member.entry();
        if let Data::Text(address) = &root.repository.data {
            self.repositories.entry(address.to_string()).or_insert_with(|| root.repository.clone());
        }
        self.namespace(member.namespace(), entry.origin_of("namespace", entry.origin));
        match &member.what {
            What::Release(release) => self.add_release(release, cluster),
            What::Objects(overlay) => {
                overlay.objects.iter().for_each(|object| self.add_object(object));
                if !entry.items("vendored").is_empty() {
                    self.any_kind(entry.origin_of("vendored", entry.origin));
                }
                if let Some(upstream) = overlay.upstream() {
                    let origin = entry.origin_of("upstream", entry.origin);
                    self.repository(upstream, origin);
                    self.any_kind(origin);
                }
            }
        }
    }

    /// A chart brings what it brings: any kind, and roles in the namespaces that its module declares and in that of Kubernetes
    /// itself (leader election, metrics of the control plane).
    fn add_release(&mut self, release: &Entry, cluster: &Scope) {
        if let Some(chart) = release.record("chart") {
            self.repository(chart, release.origin_of("chart", release.origin));
        }
        self.any_kind(release.origin);
        self.namespace(Symbol::new("kube-system"), release.origin);
        let declared = cluster.entries("namespace").iter();
        declared
            .filter(|namespace| namespace.owner.module == release.owner.module)
            .for_each(|namespace| self.namespace(namespace.name(), namespace.origin));
    }

    fn add_object(&mut self, object: &Entry) {
        match (object.namespace, object.kubernetes) {
            (Some(namespace), _) => self.namespace(namespace, object.origin),
            (None, Some(kind)) => {
                self.kinds.entry((api_group(object), kind.to_string())).or_insert(object.origin);
            }
            (None, None) => {}
        }
    }

    /// The repository of a chart or of an upstream.
    fn repository(&mut self, of: &Record, origin: Origin) {
        if let Some(repository) = of.text("repo") {
            let address = repository_address(&repository).to_owned();
            self.repositories.entry(address.clone()).or_insert_with(|| Node::text(address, origin));
        }
    }

    fn namespace(&mut self, namespace: Symbol, origin: Origin) {
        self.namespaces.entry(namespace).or_insert(origin);
    }

    fn any_kind(&mut self, origin: Origin) {
        self.kinds.entry(("*".to_owned(), "*".to_owned())).or_insert(origin);
    }

    /// The kinds; everything is one rule.
    fn kinds(mut self) -> Vec<((String, String), Origin)> {
        match self.kinds.remove_entry(&("*".to_owned(), "*".to_owned())) {
            Some(all) => vec![all],
            None => self.kinds.into_iter().collect(),
        }
    }
}

fn document(project: &Entry, permits: Permits, root: &Root<'_>) -> Node {
    let origin = project.origin;
    let text = |text: &str| Node::text(text, origin);
    let annotations = Node::map([("argocd.argoproj.io/sync-wave", text(WAVE))], origin);
    let metadata =
        [("name", text(&project.name())), ("namespace", text(&root.namespace)), ("annotations", annotations)];
    let namespaces = permits.namespaces.iter().map(|(namespace, origin)| {
        let fields = [("server", SERVER), ("namespace", namespace.as_str())];
        Node::map(fields.map(|(key, text)| (key, Node::text(text, *origin))), *origin)
    });
    let namespaces = Node::list(namespaces, origin);
    let repositories = Node::list(permits.repositories.values().cloned(), origin);
    let kinds = permits.kinds().into_iter().map(|((group, kind), origin)| {
        Node::map([("group", Node::text(group, origin)), ("kind", Node::text(kind, origin))], origin)
    });
    let kinds = Node::list(kinds, origin);
    let description = project.text("text").unwrap_or_default();
    let spec = [
        ("description", Node::text(&*description, project.origin_of("text", origin))),
        ("sourceRepos", repositories),
        ("destinations", namespaces),
        ("clusterResourceWhitelist", kinds),
    ];
    object("AppProject", metadata, Node::map(spec, origin), origin)
}
