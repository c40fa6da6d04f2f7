//! The model as JSON.

use kss_model::{Entry, Model, Scope};
use kss_value::scalar::spelling;
use kss_value::{Kind, Record, Value};
use serde_json::{Map, Value as Json, json};

/// The whole site, or one cluster; `None` if there is no such cluster.
pub(crate) fn model(model: &Model, cluster: Option<&str>) -> Option<Json> {
    let clusters = model.clusters.iter().filter(|c| cluster.is_none_or(|name| c.scope.key.name == name));
    let clusters: Map<String, Json> = clusters
        .map(|c| {
            let mut json = scope(&c.scope);
            let nodes: Map<String, Json> =
                c.nodes.iter().map(|n| (n.key.name.to_string(), Json::Object(scope(n)))).collect();
            json.insert("nodes".to_owned(), Json::Object(nodes));
            (c.scope.key.name.to_string(), Json::Object(json))
        })
        .collect();
    if let Some(name) = cluster {
        return clusters.get(name).cloned();
    }
    let machines: Map<String, Json> =
        model.machines.iter().map(|m| (m.key.name.to_string(), Json::Object(scope(m)))).collect();
    let mut site = scope(&model.site);
    site.insert("machines".to_owned(), Json::Object(machines));
    site.insert("clusters".to_owned(), Json::Object(clusters));
    Some(Json::Object(site))
}

fn scope(scope: &Scope) -> Map<String, Json> {
    let mut out = Map::new();
    out.insert("name".to_owned(), json!(scope.key.name.as_str()));
    out.insert("modules".to_owned(), scope.modules.iter().map(|m| m.as_str()).collect());
    out.insert("fields".to_owned(), record(&scope.fields));
    let capabilities: Map<String, Json> = scope.capabilities.iter().map(|(n, r)| (n.to_string(), record(r))).collect();
    out.insert("capabilities".to_owned(), Json::Object(capabilities));
    let kinds = scope.entries.iter().map(|(kind, list)| (kind.to_string(), list.iter().map(entry).collect()));
    out.insert("entries".to_owned(), Json::Object(kinds.collect()));
    out
}

fn entry(entry: &Entry) -> Json {
    let mut out = Map::new();
    out.insert("name".to_owned(), json!(entry.key.name.as_str()));
    if let Some(kind) = entry.kubernetes {
        out.insert("kind".to_owned(), json!(kind.as_str()));
    }
    if let Some(namespace) = entry.namespace {
        out.insert("namespace".to_owned(), json!(namespace.as_str()));
    }
    out.insert("module".to_owned(), json!(entry.owner.module.as_str()));
    if let Some(phase) = entry.owner.phase {
        out.insert("phase".to_owned(), json!(phase.as_str()));
    }
    out.insert("fields".to_owned(), record(&entry.fields));
    Json::Object(out)
}

fn record(record: &Record) -> Json {
    let shown = record.iter().filter(|(_, v)| !v.is_none());
    Json::Object(shown.map(|(name, v)| (name.to_string(), value(v))).collect())
}

/// A value. What JSON has no form for is an object with one key that begins with `$`.
fn value(v: &Value) -> Json {
    match v.kind() {
        Kind::None | Kind::Null => Json::Null,
        Kind::Poison => json!({ "$error": true }),
        Kind::Bool(b) => json!(b),
        Kind::Int(n) => json!(n),
        Kind::Float(n) => json!(n),
        Kind::Record(r) => record(r),
        Kind::List(items) => items.iter().map(value).collect(),
        Kind::Set(items) => items.iter().map(value).collect(),
        Kind::Case(name, None) => json!(name.as_str()),
        Kind::Case(name, Some(payload)) => json!({ name.as_str(): value(payload) }),
        Kind::Ref(key) => json!({ "$ref": format!("{}/{}/{}", key.scope, key.kind, key.name) }),
        Kind::Secret(secret) => {
            let places: Vec<String> = secret.refs().iter().map(|r| format!("{}#{}", r.path, r.key)).collect();
            json!({ "$secret": places })
        }
        Kind::Later(later) => {
            let path: Vec<&str> = later.path.iter().map(|s| s.as_str()).collect();
            json!({ "$later": format!("{}.{}", later.env.name, path.join(".")) })
        }
        Kind::File(path) => json!({ "$file": path }),
        Kind::Lines(_) => json!(v.as_text().unwrap_or_default()),
        _ => json!(spelling(v).unwrap_or_default()),
    }
}
