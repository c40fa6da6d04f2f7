//! The project's own charts: `charts/…`, byte for byte.

use kss_backend::read::Read;
use kss_backend::{Backend, Content, Sink};
use kss_diag::code;
use kss_model::{Cluster, Entry, Model};
use kss_span::Origin;
use std::sync::Arc;

/// Copies files of the project into the tree.
pub(crate) struct Carried<'a> {
    /// Files with their paths in the tree.
    pub(crate) files: &'a [(String, Arc<[u8]>)],
}

impl Backend for Carried<'_> {
    fn name(&self) -> &'static str {
        "charts"
    }

    fn site(&self, _model: &Model, sink: &mut Sink<'_>) {
        for (path, bytes) in self.files {
            sink.write(path.as_str(), Content::Bytes(bytes.to_vec().into()), Origin::NOWHERE);
        }
    }

    fn cluster(&self, _model: &Model, cluster: &Cluster, sink: &mut Sink<'_>) {
        for release in cluster.scope.entries("helm").iter().filter(|release| Sink::is_whole(release)) {
            self.check(release, sink);
        }
    }
}

impl Carried<'_> {
    /// A release without a repository is of a chart that the project has.
    fn check(&self, release: &Entry, sink: &mut Sink<'_>) {
        let Some(chart) = release.record("chart").filter(|chart| chart.value("repo").is_none()) else { return };
        let Some(name) = chart.text("name") else { return };
        let wanted = format!("charts/{name}/Chart.yaml");
        if self.files.iter().any(|(path, _)| *path == wanted) {
            return;
        }
        let message = format!(
            "chart `{name}` of helm `{}` has no `repo`, so it is one of the project, and there is no `{wanted}`",
            release.name()
        );
        let report = code::UNREADABLE.at(chart.origin_of("name", release.origin), message).label("no such chart");
        sink.report(
            report.help("write the chart there, beside the sources or kss.lock; or say `repo = \"https://…\"`"),
        );
    }
}
