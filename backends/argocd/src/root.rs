//! The root Application, and what it says about all others.

use crate::SERVER;
use kss_backend::read::Read;
use kss_backend::{Sink, layout};
use kss_diag::code;
use kss_emit::{Node, yaml};
use kss_model::Entry;
use kss_span::{Origin, Symbol};
use kss_value::Record;
use std::collections::BTreeSet;

/// Its name; no other Application gets it.
pub(crate) const NAME: &str = "root";

/// The entry of kind `argocd-root`.
pub(crate) struct Root<'a> {
    entry: &'a Entry,
    /// Address of the repository that holds the deploy tree.
    pub(crate) repository: Node,
    /// Its branch.
    pub(crate) branch: Node,
    /// Where in the tree the Applications and projects lie.
    pub(crate) directory: String,
    /// Where Argo CD runs.
    pub(crate) namespace: Symbol,
}

impl<'a> Root<'a> {
    pub(crate) fn read(entry: &'a Entry, sink: &mut Sink<'_>) -> Option<Root<'a>> {
        let of = "argocd-root";
        let repository = sink.required(entry, "repository", entry.value("repository"));
        let branch = sink.required(entry, "branch", entry.value("branch"));
        let namespace = sink.required(entry, "namespace", entry.entry("namespace"));
        let directory = match entry.text("directory") {
            Some(directory) => layout::below("", directory.trim_end_matches('/')),
            None => Ok(format!("{}/argocd", layout::cluster_dir(entry.key.scope.outer))),
        };
        let directory = match directory {
            Ok(directory) => directory,
            Err(why) => {
                let origin = entry.origin_of("directory", entry.origin);
                let message = format!("`directory` of {of} is no directory of the deploy tree: {why}");
                sink.report(code::BAD_PATH.at(origin, message));
                return None;
            }
        };
        Some(Root {
            entry,
            repository: sink.data(repository?, &(), of)?,
            branch: sink.data(branch?, &(), of)?,
            directory,
            namespace: namespace?.name,
        })
    }

    pub(crate) fn origin(&self) -> Origin {
        self.entry.origin
    }

    /// The projects that have to be there before it.
    pub(crate) fn projects(&self) -> BTreeSet<Symbol> {
        let projects = self.entry.items("projects").iter();
        projects.filter_map(kss_backend::read::entry_of).map(|key| key.name).collect()
    }

    /// A file of the deploy tree, as the source of an Application.
    pub(crate) fn source(&self, fields: Vec<(&str, Node)>, origin: Origin) -> Node {
        let repository = [("repoURL", self.repository.clone()), ("targetRevision", self.branch.clone())];
        Node::map(repository.into_iter().chain(fields), origin)
    }

    /// `syncPolicy`; `prune` if the members' own wishes allow it.
    pub(crate) fn sync_policy(
        &self,
        prune: bool,
        options: Vec<Node>,
        origin: Origin,
        sink: &mut Sink<'_>,
    ) -> Option<Node> {
        let automatic = self.entry.record("automatic");
        let wanted = |name: &str| automatic.is_none_or(|record| record.value(name).is_none() || record.flag(name));
        let automated =
            [("prune", Node::new(prune && wanted("prune"), origin)), ("selfHeal", Node::new(wanted("heal"), origin))];
        let mut fields = vec![("automated", Node::map(automated, origin))];
        if !options.is_empty() {
            fields.push(("syncOptions", Node::list(options, origin)));
        }
        if let Some(retry) = self.entry.record("retry") {
            fields.push(("retry", self.retry(retry, sink)?));
        }
        Some(Node::map(fields, origin))
    }

    /// Each wait twice as long as the one before.
    fn retry(&self, retry: &Record, sink: &mut Sink<'_>) -> Option<Node> {
        let origin = self.entry.origin_of("retry", self.origin());
        let mut fields = |names: &[(&str, &'static str)]| {
            let known = names.iter().filter_map(|(name, field)| Some((*field, retry.value(name)?)));
            let known = known.collect::<Vec<_>>().into_iter();
            known.map(|(field, value)| Some((field, sink.data(value, &(), "`retry`")?))).collect::<Option<Vec<_>>>()
        };
        let limit = fields(&[("limit", "limit")])?;
        let mut backoff = fields(&[("wait", "duration"), ("most", "maxDuration")])?;
        backoff.push(("factor", Node::new(2, origin)));
        Some(Node::map(limit.into_iter().chain([("backoff", Node::map(backoff, origin))]), origin))
    }

    /// Writes the root Application. It has no finalizer: who deletes it stops deploying, and removes nothing.
    pub(crate) fn emit(&self, sink: &mut Sink<'_>) {
        let origin = self.origin();
        let text = |text: &str| Node::text(text, origin);
        let Some(policy) = self.sync_policy(true, Vec::new(), origin, sink) else { return };
        let own = [("recurse", Node::new(true, origin)), ("exclude", text("root-app.yaml"))];
        let source = vec![("path", text(&self.directory)), ("directory", Node::map(own, origin))];
        let spec = [
            ("project", text("default")),
            ("source", self.source(source, origin)),
            ("destination", destination(&self.namespace, origin)),
            ("syncPolicy", policy),
        ];
        let metadata = [("name", text(NAME)), ("namespace", text(&self.namespace))];
        let document = object("Application", metadata, Node::map(spec, origin), origin);
        sink.emitted(format!("{}/root-app.yaml", self.directory), yaml::emit(&document), origin);
    }
}

/// An object of Argo CD's API group.
pub(crate) fn object<'a>(
    kind: &str,
    metadata: impl IntoIterator<Item = (&'a str, Node)>,
    spec: Node,
    origin: Origin,
) -> Node {
    let fields = [
        ("apiVersion", Node::text("argoproj.io/v1alpha1", origin)),
        ("kind", Node::text(kind, origin)),
        ("metadata", Node::map(metadata, origin)),
        ("spec", spec),
    ];
    Node::map(fields, origin)
}

/// A namespace of the cluster that Argo CD runs in.
pub(crate) fn destination(namespace: &str, origin: Origin) -> Node {
    Node::map([("server", Node::text(SERVER, origin)), ("namespace", Node::text(namespace, origin))], origin)
}
