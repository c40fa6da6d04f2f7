//! Values of Helm releases: `clusters/CLUSTER/helm/RELEASE.yaml`, complete, so that no second file is merged.

use kss_backend::{Backend, Files, Sink, layout};
use kss_emit::{Node, yaml};
use kss_model::{Cluster, Entry, Model};

/// The backend of `output helm`.
pub struct Helm<'a> {
    /// Content of files that stand in values.
    pub files: &'a dyn Files,
}

impl Backend for Helm<'_> {
    fn name(&self) -> &'static str {
        "helm"
    }

    fn cluster(&self, _model: &Model, cluster: &Cluster, sink: &mut Sink<'_>) {
        for release in cluster.scope.entries("helm").iter().filter(|release| Sink::is_whole(release)) {
            if let Some(values) = self.values(release, sink) {
                let path = layout::values_path(cluster.scope.key.name, release.name());
                sink.emitted(path, yaml::emit(&values), release.origin);
            }
        }
    }
}

impl Helm<'_> {
    fn values(&self, release: &Entry, sink: &mut Sink<'_>) -> Option<Node> {
        // The Application names the file, so there is one even without a single value.
        let Some(values) = release.get("values") else {
            return Some(Node::map::<&str>([], release.origin));
        };
        sink.data(values, self.files, &format!("values of helm `{}`", release.name()))
    }
}

#[cfg(test)]
mod tests;
