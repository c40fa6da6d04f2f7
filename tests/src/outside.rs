//! Schemas that nobody of this project wrote, where they are there: the folder that `KSS_SCHEMAS` names. Its `README.md` says how
//! files are named.

use crate::tools;
use serde_json::Value;
use std::path::PathBuf;

/// A folder of schemas.
#[derive(Clone, Debug)]
pub struct Schemas {
    folder: PathBuf,
    index: Value,
}

/// What is known of a chart.
#[derive(Clone, Debug)]
pub struct Chart {
    /// The values that it has by itself.
    pub defaults: String,
    /// The schema that it ships, if it ships one.
    pub schema: Option<Value>,
}

/// The schemas; `None`, and a word about it, without them.
pub fn schemas(test: &str) -> Option<Schemas> {
    let folder = std::env::var_os("KSS_SCHEMAS").map(PathBuf::from);
    let text = folder.as_ref().and_then(|folder| std::fs::read_to_string(folder.join("index.json")).ok());
    let Some((folder, text)) = folder.zip(text) else {
        tools::left_out(test, "the schemas are not there (KSS_SCHEMAS names their folder)");
        return None;
    };
    Some(Schemas { folder, index: serde_json::from_str(&text).expect("an index") })
}

impl Schemas {
    /// A chart at exactly this version.
    pub fn chart(&self, repository: &str, name: &str, version: &str) -> Option<Chart> {
        let plain = |text: &str| text.trim_end_matches('/').trim_start_matches("oci://").to_owned();
        let found = self.index["charts"].as_array()?.iter().find(|chart| {
            let known = chart["chart"].as_str().unwrap_or_default();
            // Charts of Istio have short names, which the files here spell out.
            let named = known == name || known.strip_prefix("istio-") == Some(name);
            let from = chart["helmRepository"].as_str().map(plain);
            named && from == Some(plain(repository)) && chart["seedVersion"] == version
        })?;
        self.values(found)
    }

    /// Values of a chart by the name of its file: of one that only other charts bring.
    pub fn part(&self, file: &str) -> Option<Chart> {
        let found = self.index["charts"].as_array()?.iter().find(|chart| chart["chart"] == file)?;
        self.values(found)
    }

    fn values(&self, chart: &Value) -> Option<Chart> {
        let read = |field: &str| {
            let path = self.folder.join(chart[field].as_str()?);
            Some(std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        };
        let schema = read("schemaFile").map(|text| serde_json::from_str(&text).expect("a schema"));
        Some(Chart { defaults: read("valuesFile")?, schema })
    }

    /// The schema of a Kubernetes kind.
    pub fn kind(&self, api_version: &str, kind: &str) -> Option<Value> {
        let kind = match api_version {
            // Kinds that are made while the cluster runs share one schema.
            "constraints.gatekeeper.sh/v1beta1" => "constraint".to_owned(),
            _ => kind.to_lowercase(),
        };
        let file = format!("k8s/{kind}-{}.json", api_version.replace('/', "-"));
        let text = std::fs::read_to_string(self.folder.join(file)).ok()?;
        Some(serde_json::from_str(&text).expect("a schema"))
    }
}
