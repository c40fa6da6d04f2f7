//! Releases of the reference site, as their Applications name them.

use crate::read::Reader;
use crate::reference::{CLUSTERS, texts};
use serde_json::Value;

/// A release.
pub struct Release {
    /// Its name in Helm.
    pub name: String,
    /// Where it goes.
    pub namespace: String,
    /// Where its chart comes from.
    pub repository: String,
    /// The name of its chart.
    pub chart: String,
    /// The version of its chart.
    pub version: String,
    /// The path of its values in the tree.
    pub values: String,
}

/// The releases of both clusters; `None` if they can't be read here.
pub fn releases(test: &str) -> Option<Vec<Release>> {
    let files = texts(|path| path.contains("/argocd/apps/"));
    let read = Reader::Kubernetes.read(&files.iter().map(|(_, text)| *text).collect::<Vec<_>>(), test)?;
    let found: Vec<Release> = read.into_iter().filter_map(|object| release(&object.expect("YAML"))).collect();
    for cluster in CLUSTERS {
        let own = format!("clusters/{cluster}/");
        assert!(found.iter().filter(|release| release.values.starts_with(&own)).count() > 10, "{cluster} has releases");
    }
    Some(found)
}

fn release(application: &Value) -> Option<Release> {
    let sources = application.pointer("/spec/sources")?.as_array()?;
    let source = sources.iter().find(|source| source.get("chart").is_some())?;
    let text = |value: &Value, pointer| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    Some(Release {
        name: text(source, "/helm/releaseName").or_else(|| text(application, "/metadata/name"))?,
        namespace: text(application, "/spec/destination/namespace")?,
        repository: text(source, "/repoURL")?,
        chart: text(source, "/chart")?,
        version: text(source, "/targetRevision")?,
        values: text(source, "/helm/valueFiles/0")?.strip_prefix("$values/")?.to_owned(),
    })
}

impl Release {
    /// Its values, as Helm reads them.
    pub fn read_values(&self, test: &str) -> Option<Value> {
        let (_, text) = texts(|path| path == self.values)[0];
        Some(Reader::Kubernetes.read(&[text], test)?.remove(0).expect("YAML"))
    }
}
