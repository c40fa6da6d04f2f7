//! What a backend is.

use crate::OutputTree;
use crate::sink::Sink;
use kss_diag::Diagnostic;
use kss_model::{Cluster, Model};
use kss_span::Origin;

/// Writes files of the deploy tree from the checked model. It knows the kinds of output that the standard library declares
/// for it and their fields, and nothing else: no app, no chart, no module.
///
/// What it writes for the site and what for each cluster are apart, so that clusters can be written side by side.
pub trait Backend: Sync {
    /// Its name in the manifest of the tree: `helm`.
    fn name(&self) -> &'static str;

    /// Writes the files of the site and its machines.
    fn site(&self, model: &Model, sink: &mut Sink<'_>) {
        let _ = (model, sink);
    }

    /// Writes the files of one cluster and its nodes.
    fn cluster(&self, model: &Model, cluster: &Cluster, sink: &mut Sink<'_>) {
        let _ = (model, cluster, sink);
    }

    /// Writes everything, and reports what can't be written.
    fn emit(&self, model: &Model, out: &mut OutputTree) -> Vec<Diagnostic<Origin>> {
        let mut sink = Sink::new(self.name(), out);
        self.site(model, &mut sink);
        for cluster in &model.clusters {
            self.cluster(model, cluster, &mut sink);
        }
        sink.finish()
    }
}

/// Content of files that values name by their path: vendored manifests, foreign texts.
pub trait Files: Sync {
    /// The text of the file that [`kss_value::Kind::File`] names; `None` if nobody read it.
    fn text(&self, path: &str) -> Option<&str>;
}

/// No files at all.
impl Files for () {
    fn text(&self, _path: &str) -> Option<&str> {
        None
    }
}
