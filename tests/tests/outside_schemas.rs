//! Everything for Kubernetes and Helm, judged by schemas that nobody of this project wrote.

#[path = "outside_schemas/keys.rs"]
mod keys;

use keys::Known;
use kss_tests::outside::{Schemas, schemas};
use kss_tests::read::{Reader, documents};
use kss_tests::reference::{CLUSTERS, reference, texts};
use kss_tests::releases::{Release, releases};
use serde_json::Value;
use std::collections::BTreeMap;

const TEST: &str = "objects and values against schemas of others";

/// Objects with the paths of their files.
fn objects() -> Option<Vec<(&'static str, Value)>> {
    let files = texts(|path| {
        path.starts_with("clusters/")
            && path.ends_with(".yaml")
            && !path.contains("/helm/")
            && !path.contains("/nixos/")
    });
    let split = files.iter().flat_map(|(path, text)| documents(text).into_iter().map(|text| (*path, text)));
    let (paths, texts): (Vec<&str>, Vec<&str>) = split.unzip();
    let read = Reader::Kubernetes.read(&texts, TEST)?;
    let read = paths.into_iter().zip(read);
    Some(read.map(|(path, value)| (path, value.unwrap_or_else(|error| panic!("{path}: {error}")))).collect())
}

/// What is wrong with an object, and why that is no mistake of ours: API version and kind, a part of the message, the reason.
const EXPLAINED_OBJECTS: &[(&str, &str, &str)] = &[];

#[test]
fn every_object_fits_the_schema_of_its_kind() {
    let (Some(schemas), Some(objects)) = (schemas(TEST), objects()) else { return };
    for cluster in CLUSTERS {
        let prefix = format!("clusters/{cluster}/");
        assert!(objects.iter().filter(|(path, _)| path.starts_with(&prefix)).count() > 150, "{cluster} has objects");
    }
    let mut validators: BTreeMap<(String, String), jsonschema::Validator> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut explained = vec![false; EXPLAINED_OBJECTS.len()];
    for (path, object) in &objects {
        let text = |field: &str| object[field].as_str().unwrap_or_default().to_owned();
        let (version, kind) = (text("apiVersion"), text("kind"));
        let name = format!("{version} {kind}");
        let validator = match validators.entry((version.clone(), kind.clone())) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => {
                let Some(schema) = schemas.kind(&version, &kind) else {
                    wrong.push(format!("{path}: nobody knows {name}"));
                    continue;
                };
                new.insert(jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{name}: {error}")))
            }
        };
        for error in validator.iter_errors(object) {
            let message = format!("{error} at {}", error.instance_path());
            match EXPLAINED_OBJECTS.iter().position(|(of, part, _)| *of == name && message.contains(part)) {
                Some(reason) => explained[reason] = true,
                None => wrong.push(format!("{path}: {message}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} errors:\n{}", wrong.len(), wrong.join("\n"));
    let stale = EXPLAINED_OBJECTS.iter().zip(explained).filter(|(_, used)| !used);
    assert_eq!(stale.count(), 0, "an explanation explains nothing any more");
}

#[test]
fn a_key_too_many_is_found_in_every_object() {
    let (Some(schemas), Some(objects)) = (schemas(TEST), objects()) else { return };
    for (path, object) in objects {
        let (Some(version), Some(kind)) = (object["apiVersion"].as_str(), object["kind"].as_str()) else {
            panic!("{path}")
        };
        let Some(schema) = schemas.kind(version, kind) else { continue };
        let mut object = object.clone();
        object["surplus"] = Value::Bool(true);
        assert!(!jsonschema::is_valid(&schema, &object), "{path}: `surplus` goes unnoticed");
    }
}

#[test]
fn constraints_fit_their_templates() {
    let Some(objects) = objects() else { return };
    let mut checked = 0;
    for cluster in CLUSTERS {
        let own = objects.iter().filter(|(path, _)| path.starts_with(&format!("clusters/{cluster}/")));
        let own: Vec<&(&str, Value)> = own.collect();
        let templates: BTreeMap<&str, &Value> = own
            .iter()
            .filter(|(_, object)| object["kind"] == "ConstraintTemplate")
            .filter_map(|(_, object)| Some((object.pointer("/spec/crd/spec/names/kind")?.as_str()?, object)))
            .collect();
        for (path, constraint) in own.iter().filter(|(_, o)| o["apiVersion"] == "constraints.gatekeeper.sh/v1beta1") {
            let kind = constraint["kind"].as_str().unwrap_or_default();
            let template = templates.get(kind).unwrap_or_else(|| panic!("{path}: no template makes the kind {kind}"));
            checked += 1;
            let schema = template.pointer("/spec/crd/spec/validation/openAPIV3Schema");
            let Some(parameters) = constraint.pointer("/spec/parameters") else { continue };
            let schema = closed(schema.unwrap_or_else(|| panic!("{path}: {kind} takes no parameters")));
            let wrong: Vec<String> = jsonschema::validator_for(&schema)
                .expect("a schema")
                .iter_errors(parameters)
                .map(|error| error.to_string())
                .collect();
            assert!(wrong.is_empty(), "{path}: {wrong:?}");
        }
    }
    assert!(checked > 8, "{checked} constraints");
}

/// The schema, which then takes no parameter that it doesn't name.
fn closed(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(fields) = schema.as_object_mut().filter(|fields| fields.contains_key("properties")) {
        fields.entry("additionalProperties").or_insert(Value::Bool(false));
        for property in fields["properties"].as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
            *property = closed(property);
        }
    }
    if let Some(items) = schema.get_mut("items") {
        *items = closed(items);
    }
    schema
}

/// Charts that a chart brings, by the keys under which they take values: the file of their own values.
const PARTS: &[(&str, &str, &str)] = &[
    ("kube-prometheus-stack", "grafana", "grafana"),
    ("kube-prometheus-stack", "kube-state-metrics", "kube-state-metrics"),
    ("kube-prometheus-stack", "prometheus-node-exporter", "prometheus-node-exporter"),
    ("spire", "spire-server", "spire-server"),
    ("spire", "spire-agent", "spire-agent"),
    ("spire", "spiffe-csi-driver", "spiffe-csi-driver"),
    ("spire", "spiffe-oidc-discovery-provider", "spiffe-oidc-discovery-provider"),
];

/// Keys that a chart takes though its values don't show them, and how that is known.
const EXPLAINED_KEYS: &[(&str, &str, &str)] = &[
    ("argo-cd", "configs.cm.", "the whole of the ConfigMap argocd-cm"),
    ("argo-cd", "configs.params.", "the whole of the ConfigMap argocd-cmd-params-cm"),
    ("beyla", "config.data.", "the whole of Beyla's own configuration"),
    ("gatekeeper", "audit.logLevel", "its templates read it, in place of the global one"),
    ("cni", "profile", "templates of all charts of Istio choose by it"),
    ("istiod", "profile", "templates of all charts of Istio choose by it"),
    ("istiod", "meshConfig.", "the whole of Istio's own MeshConfig"),
    ("kube-prometheus-stack", "grafana.grafana.ini.", "the whole of Grafana's own configuration"),
    ("loki", "loki.limits_config.", "a section of Loki's own configuration"),
    ("loki", "loki.rulerConfig.", "a section of Loki's own configuration"),
    ("loki", "loki.storage_config.", "a section of Loki's own configuration"),
];

/// Keys whose content charts hand to the field of a Pod or container that is defined so.
const KUBERNETES: &[(&str, &str)] =
    &[("resources", "ResourceRequirements"), ("podSecurityContext", "PodSecurityContext")];

/// The content of one of these keys on the way to a key, with its name and definition.
fn handed_on<'v>(values: &'v Value, key: &[String]) -> Option<(&'static str, &'v Value)> {
    let mut at = values;
    for name in key {
        at = at.get(name)?;
        if let Some((_, definition)) = KUBERNETES.iter().find(|(known, _)| known == name) {
            return Some((definition, at));
        }
    }
    None
}

fn fits_definition(schemas: &Schemas, definition: &str, value: &Value) -> bool {
    let mut pod = schemas.kind("v1", "Pod").expect("the schema of a Pod");
    let definition = format!("io.k8s.api.core.v1.{definition}");
    assert!(pod["$defs"].get(&definition).is_some(), "{definition} is defined");
    let definitions = pod["$defs"].take();
    jsonschema::is_valid(&serde_json::json!({ "$ref": format!("#/$defs/{definition}"), "$defs": definitions }), value)
}

#[test]
fn every_key_of_values_is_one_of_the_chart() {
    let (Some(schemas), Some(releases)) = (schemas(TEST), releases(TEST)) else { return };
    let mut wrong = Vec::new();
    let mut explained = vec![false; EXPLAINED_KEYS.len()];
    for release in &releases {
        let Some(known) = known(&schemas, release) else {
            wrong.push(format!(
                "{}: nobody knows {} {} of {}",
                release.values, release.chart, release.version, release.repository
            ));
            continue;
        };
        let Some(values) = release.read_values(TEST) else { return };
        assert_eq!(known.unknown(&serde_json::json!({ "surplus": 1 })), [["surplus"]], "{}", release.chart);
        for key in known.unknown(&values) {
            let unchecked = reference().unchecked.get(&release.values).into_iter().flatten();
            let mut unchecked = unchecked.map(|path| path.iter().map(|name| name.to_string()).collect::<Vec<_>>());
            // Whoever wrote it said why nobody checks it.
            if unchecked.any(|path| key.starts_with(&path)) {
                continue;
            }
            if handed_on(&values, &key).is_some_and(|(definition, value)| fits_definition(&schemas, definition, value))
            {
                continue;
            }
            let path = key.join(".");
            match EXPLAINED_KEYS
                .iter()
                .position(|(chart, prefix, _)| *chart == release.chart && path.starts_with(prefix))
            {
                Some(reason) => explained[reason] = true,
                None => wrong.push(format!("{}: {path}", release.values)),
            }
        }
    }
    assert!(wrong.is_empty(), "{} keys that no chart knows:\n{}", wrong.len(), wrong.join("\n"));
    let stale = EXPLAINED_KEYS.iter().zip(explained).filter(|(_, used)| !used);
    assert_eq!(stale.count(), 0, "an explanation explains nothing any more");
}

/// The keys of a release's chart, with those of the charts that it brings.
fn known(schemas: &Schemas, release: &Release) -> Option<Known> {
    let chart = schemas.chart(&release.repository, &release.chart, &release.version)?;
    let mut known = Known::new(&chart, TEST)?;
    for (_, key, file) in PARTS.iter().filter(|(whole, ..)| *whole == release.chart) {
        known.mount(key, Known::new(&schemas.part(file)?, TEST)?);
    }
    Some(known)
}
