//! Small models for the tests of backends.

use kss_model::{Cluster, Entry, Model, Owner, Scope};
use kss_span::{ItemId, Origin, Symbol};
use kss_value::{EntryKey, Kind, Later, Record, ScopeKey, ScopeKind, Secret, SecretPart, SecretRef, Value};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

/// Node `node` of an item of a test.
pub fn origin(node: u32) -> Origin {
    Origin::new(ItemId::new(Symbol::new("test.kss"), Symbol::new("module test")), node)
}

/// Data; `null` becomes `none`.
pub fn value(json: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    let at = origin(1);
    match json {
        Json::Null => Value::none(at),
        Json::Bool(flag) => Value::bool(flag, at),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::int(number, at),
            None => Value::float(number.as_f64().unwrap_or_default(), at),
        },
        Json::String(text) => Value::text(text, at),
        Json::Array(items) => Value::list(items.into_iter().map(value).collect(), at),
        Json::Object(fields) => {
            let fields = fields.into_iter().map(|(key, field)| (Symbol::new(&key), value(field)));
            Value::record(fields.collect(), at)
        }
    }
}

/// The record of data.
pub fn record(json: serde_json::Value) -> Record {
    match value(json).kind() {
        Kind::Record(record) => record.clone(),
        _ => Record::default(),
    }
}

/// A record with more fields.
#[must_use]
pub fn with(record: &Record, fields: &[(&str, Value)]) -> Record {
    let more = fields.iter().map(|(key, field)| (Symbol::new(key), field.clone()));
    more.chain(record.iter().cloned()).collect()
}

/// A case without a record.
pub fn case(name: &str) -> Value {
    Value::case(Symbol::new(name), None, origin(1))
}

/// A set of cases.
pub fn cases(names: &[&str]) -> Value {
    Value::set(names.iter().map(|name| case(name)).collect(), origin(1))
}

/// The key of the site `home`.
pub fn site_key() -> ScopeKey {
    scope_key(ScopeKind::Site, "home", "home")
}

/// The key of a cluster.
pub fn cluster_key(name: &str) -> ScopeKey {
    scope_key(ScopeKind::Cluster, name, name)
}

/// The key of a node.
pub fn node_key(cluster: &str, name: &str) -> ScopeKey {
    scope_key(ScopeKind::Node, cluster, name)
}

/// The key of a machine.
pub fn machine_key(name: &str) -> ScopeKey {
    scope_key(ScopeKind::Machine, name, name)
}

fn scope_key(kind: ScopeKind, outer: &str, name: &str) -> ScopeKey {
    ScopeKey { kind, outer: Symbol::new(outer), name: Symbol::new(name), variant: 0 }
}

/// The key of an entry.
pub fn key(scope: ScopeKey, kind: &str, name: &str) -> EntryKey {
    EntryKey { scope, kind: Symbol::new(kind), qualifier: Symbol::new(""), name: Symbol::new(name) }
}

/// A reference to an entry.
pub fn reference(scope: ScopeKey, kind: &str, name: &str) -> Value {
    Value::entry(Arc::new(key(scope, kind, name)), origin(1))
}

/// An entry.
pub fn entry(scope: ScopeKey, kind: &str, name: &str, fields: Record) -> Entry {
    Entry {
        key: Arc::new(key(scope, kind, name)),
        owner: Owner { module: Symbol::new("test"), phase: Some(Symbol::new("platform")) },
        origin: origin(2),
        kubernetes: None,
        namespace: None,
        fields,
        unchecked: Vec::new(),
    }
}

/// A manifest `KIND NAME [in NAMESPACE]` of an overlay.
pub fn manifest(scope: ScopeKey, head: (&str, &str, Option<&str>), overlay: &str, fields: serde_json::Value) -> Entry {
    let fields = with(&record(fields), &[("overlay", reference(scope, "overlay", overlay))]);
    let mut entry = entry(scope, "manifest", head.1, fields);
    let mut identity = (*entry.key).clone();
    identity.qualifier = Symbol::new(&format!("{}/{}", head.0, head.2.unwrap_or_default()));
    entry.key = Arc::new(identity);
    entry.kubernetes = Some(Symbol::new(head.0));
    entry.namespace = head.2.map(Symbol::new);
    entry
}

/// A scope with its entries.
pub fn scope(key: ScopeKey, entries: Vec<Entry>) -> Scope {
    let mut scope = Scope {
        key,
        fields: Record::default(),
        modules: Vec::new(),
        entries: Default::default(),
        capabilities: Default::default(),
    };
    for entry in entries {
        scope.entries.entry(entry.key.kind).or_default().push(entry);
    }
    scope
}

/// A site with machines and clusters.
pub fn model(site: Vec<Entry>, machines: Vec<Scope>, clusters: Vec<Cluster>) -> Model {
    Model { site: scope(site_key(), site), machines, clusters }
}

/// A site with one cluster.
pub fn one_cluster(name: &str, entries: Vec<Entry>, nodes: Vec<Scope>) -> Model {
    model(Vec::new(), Vec::new(), vec![Cluster { scope: scope(cluster_key(name), entries), nodes }])
}

/// The secret at a place, spelled as `how` says.
pub fn secret_part(path: &str, name: &str, how: &str) -> SecretPart {
    let owner = key(site_key(), "credential", name);
    let place = SecretRef { owner, path: Symbol::new(path), key: Symbol::new(name) };
    SecretPart::Ref(Arc::new(place), Symbol::new(how))
}

/// A secret.
pub fn secret(path: &str, name: &str) -> Value {
    Value::secret(Secret { parts: vec![secret_part(path, name, "raw")] }, origin(3))
}

/// An output of an OpenTofu environment.
pub fn later(scope: ScopeKey, env: &str, path: [&str; 2]) -> Value {
    Value::later(Later { env: key(scope, "tofu", env), path: path.map(Symbol::new).to_vec() }, origin(4))
}

/// A program of the directory `KSS_TOOLS/bin`, or of the path. Says what is left out without it.
pub fn tool(name: &str, arguments: &[&str], what: &str) -> Option<PathBuf> {
    let own = std::env::var_os("KSS_TOOLS").map(|directory| PathBuf::from(directory).join("bin").join(name));
    let program = own.filter(|path| path.exists()).unwrap_or_else(|| PathBuf::from(name));
    let works = Command::new(&program).args(arguments).output().is_ok_and(|output| output.status.success());
    if !works {
        // What `eprintln!` writes is not shown of a test that passes.
        let line = format!("left out: {what}; there is no `{name}` in KSS_TOOLS or on the path\n");
        let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    }
    works.then_some(program)
}

/// Writes the files of a tree below a directory.
pub fn unpack(tree: &crate::OutputTree, directory: &std::path::Path) -> std::io::Result<()> {
    for file in tree.iter() {
        let path = directory.join(&file.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, file.content.bytes())?;
    }
    Ok(())
}

/// The text of a file of a tree.
///
/// # Panics
/// If there is none.
pub fn text(tree: &crate::OutputTree, path: &str) -> String {
    let paths = || tree.iter().map(|file| file.path.as_str()).collect::<Vec<_>>();
    let file = tree.get(path).unwrap_or_else(|| panic!("no `{path}` among {:?}", paths()));
    String::from_utf8_lossy(file.content.bytes()).into_owned()
}

/// The place that wrote a line (from 1) of a file.
pub fn line_origin(tree: &crate::OutputTree, path: &str, line: u32) -> Option<Origin> {
    match &tree.get(path)?.content {
        crate::Content::Text { lines, .. } => lines.at(line).map(|found| found.origin),
        crate::Content::Bytes(_) => None,
    }
}
