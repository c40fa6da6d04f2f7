//! Kubernetes kinds: from CRDs, or from JSON Schemas one a kind.

use crate::import::json_schema::Reader;
use crate::import::node::{Map, Node, Rest, Scalar};
use crate::import::patch;
use crate::import::write::Forest;
use crate::import::{ImportError, Imported, Input, Provenance};
use serde_json::Value as Json;

/// Kinds of Kubernetes itself that live in no namespace; their schemas don't say so.
const CLUSTER_SCOPED: &[&str] = &[
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "ComponentStatus",
    "CustomResourceDefinition",
    "FlowSchema",
    "IngressClass",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
];

/// Written by whoever names a kind, not in its body.
const HEAD: &[&str] = &["apiVersion", "kind", "metadata"];

/// What [`kinds`] makes a file of.
pub struct KindsInput<'a> {
    /// Where they come from.
    pub from: Provenance,
    /// CRDs and JSON Schemas, in any order.
    pub files: Vec<KindFile<'a>>,
    /// Reviewed corrections: what the documents say in words only.
    pub patch: Option<Input<'a>>,
}

/// A document with kinds in it.
pub enum KindFile<'a> {
    /// YAML of CustomResourceDefinitions, one or more; other objects in it are passed over.
    Crds(Input<'a>),
    /// The JSON Schema of one kind, which it names by `x-kubernetes-group-version-kind`.
    JsonSchema(Input<'a>),
}

struct Kind {
    name: String,
    api_version: String,
    namespaced: bool,
    node: Node,
}

/// The file of the kinds of an API.
///
/// # Errors
///
/// A document can't be read, or names no kind, or a line of the patch has no meaning.
pub fn kinds(input: &KindsInput<'_>) -> Result<Imported, ImportError> {
    let mut forest = Forest::default();
    let (mut header, mut inputs) = (Vec::new(), Vec::new());
    for file in &input.files {
        let (document, found) = match file {
            KindFile::Crds(document) => (document, crds(document)?),
            KindFile::JsonSchema(document) => (document, vec![json_schema(document, &mut forest)?]),
        };
        inputs.push(document);
        for mut kind in found {
            finish(&mut kind.node);
            let scope = if kind.namespaced { "namespaced" } else { "cluster" };
            header.push(format!("kind {} {} {scope}", kind.name, kind.api_version));
            forest.roots.insert(format!("{} {}", kind.name, kind.api_version), kind.node);
        }
    }
    header.sort_unstable();
    forest.defs.values_mut().for_each(without_null);
    let mut warnings = Vec::new();
    if let Some(patch) = &input.patch {
        warnings = patch::apply_to_kinds(&mut forest, patch)?;
        inputs.push(patch);
    }
    let text = input.from.header("kinds", &inputs, &header) + &forest.write();
    Ok(Imported { path: input.from.path("kinds"), text, warnings })
}

fn json_schema(document: &Input<'_>, forest: &mut Forest) -> Result<Kind, ImportError> {
    let schema = document.json()?;
    let names = || {
        let gvk = schema.get("x-kubernetes-group-version-kind")?.get(0)?;
        let text = |key| gvk.get(key).and_then(Json::as_str);
        Some((text("kind")?.to_owned(), text("group")?.to_owned(), text("version")?.to_owned()))
    };
    let (name, group, version) =
        names().ok_or_else(|| document.unexpected("a JSON Schema with `x-kubernetes-group-version-kind`"))?;
    let mut reader = Reader::new(&schema, false);
    let mut node = reader.read(&schema);
    node.settle(false);
    for (name, mut node) in reader.defs {
        node.settle(false);
        forest.defs.entry(name).or_insert(node);
    }
    let namespaced = match schema.get("x-scope").and_then(Json::as_str) {
        Some(scope) => scope == "Namespaced",
        None => !CLUSTER_SCOPED.contains(&name.as_str()),
    };
    let api_version = if group.is_empty() { version } else { format!("{group}/{version}") };
    Ok(Kind { name, api_version, namespaced, node })
}

fn crds(document: &Input<'_>) -> Result<Vec<Kind>, ImportError> {
    let objects: Vec<Json> = serde_yaml::from_multiple(document.text).map_err(|e| document.unreadable(&e))?;
    let is_crd = |object: &&Json| object.get("kind").and_then(Json::as_str) == Some("CustomResourceDefinition");
    let found: Option<Vec<Vec<Kind>>> = objects.iter().filter(is_crd).map(crd).collect();
    let found: Vec<Kind> = found.into_iter().flatten().flatten().collect();
    if found.is_empty() {
        return Err(document.unexpected("a `CustomResourceDefinition` of `apiextensions.k8s.io/v1`"));
    }
    Ok(found)
}

fn crd(object: &Json) -> Option<Vec<Kind>> {
    let spec = object.get("spec")?;
    let group = spec.get("group")?.as_str()?;
    let name = spec.get("names")?.get("kind")?.as_str()?;
    let namespaced = spec.get("scope")?.as_str()? == "Namespaced";
    let mut found = Vec::new();
    for version in spec.get("versions")?.as_array()? {
        if version.get("served") == Some(&Json::Bool(false)) {
            continue;
        }
        let any = Json::Bool(true);
        let schema = version.get("schema").and_then(|s| s.get("openAPIV3Schema")).unwrap_or(&any);
        let mut node = Reader::new(schema, true).read(schema);
        // The API server prunes what a CRD doesn't name.
        node.settle(true);
        let api_version = format!("{group}/{}", version.get("name")?.as_str()?);
        found.push(Kind { name: name.to_owned(), api_version, namespaced, node });
    }
    Some(found)
}

/// The head of an object is written by whoever names its kind; what controllers write into `status` is nobody's business.
fn finish(node: &mut Node) {
    without_null(node);
    if let Some(map) = &mut node.map {
        map.required.retain(|key| !HEAD.contains(&key.as_str()));
        map.keys.entry("apiVersion".into()).or_insert_with(|| Node::scalar(Scalar::Str));
        map.keys.entry("kind".into()).or_insert_with(|| Node::scalar(Scalar::Str));
        let metadata = map.keys.entry("metadata".into()).or_insert_with(object_meta);
        if metadata.map.as_ref().is_some_and(|m| m.keys.is_empty()) {
            *metadata = object_meta();
        }
        if let Some(status) = map.keys.get_mut("status") {
            *status = Node::open();
        }
    }
}

/// Optional fields take `null` everywhere; saying so for each would only be noise.
fn without_null(node: &mut Node) {
    node.each(&mut |node| {
        if node.scalars.len() > 1 || node.map.is_some() || node.list.is_some() || !node.defs.is_empty() {
            node.scalars.remove(&Scalar::Null);
        }
    });
}

/// What a CRD leaves to Kubernetes.
fn object_meta() -> Node {
    let texts = || Node::map_of(Node::scalar(Scalar::Str));
    let keys = [
        ("annotations", texts()),
        ("finalizers", Node::list_of(Node::scalar(Scalar::Str))),
        ("generateName", Node::scalar(Scalar::Str)),
        ("labels", texts()),
        ("name", Node::scalar(Scalar::Str)),
        ("namespace", Node::scalar(Scalar::Str)),
        ("ownerReferences", Node::list_of(Node::any())),
    ];
    let keys = keys.map(|(key, node)| (key.to_owned(), node)).into();
    Node::record(Map { keys, rest: Rest::Closed, ..Map::default() })
}
