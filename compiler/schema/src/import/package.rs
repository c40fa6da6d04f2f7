//! Charts as they are published: a package with everything in it.

use crate::import::{ChartInput, ImportError, Imported, Input, Provenance, chart};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Files of a chart by their paths in its folder: `Chart.yaml`, `charts/common/values.yaml`.
pub type Files = BTreeMap<String, String>;

/// The file of a chart that was packed with its subcharts. `repo` is what users write as its repository, `source` where the
/// package came from.
///
/// # Errors
///
/// The package has no `Chart.yaml` with a name and a version, or a document in it can't be read.
pub fn package(files: &Files, repo: &str, source: &str) -> Result<Imported, ImportError> {
    let head = head(files, "")?;
    let none = String::new();
    let values = files.get("values.yaml").unwrap_or(&none);
    let mut subcharts = Vec::new();
    for (alias, folder) in mounted(files, &head) {
        if let Some(text) = files.get(&format!("{folder}values.yaml")) {
            subcharts.push((alias, format!("{folder}values.yaml"), text));
        }
    }
    chart(&ChartInput {
        from: Provenance {
            name: text(&head, "name").unwrap_or_default(),
            version: text(&head, "version").unwrap_or_default(),
            repo: repo.to_owned(),
            source: source.to_owned(),
            licence: String::new(),
        },
        values: Input { name: "values.yaml", text: values },
        schema: files.get("values.schema.json").map(|text| Input { name: "values.schema.json", text }),
        subcharts: subcharts.iter().map(|(alias, name, text)| (alias.clone(), Input { name, text })).collect(),
        unwrap: None,
        patch: None,
    })
}

/// `Chart.yaml` of the chart in `folder`, which has a name and a version.
fn head(files: &Files, folder: &str) -> Result<Json, ImportError> {
    let name = format!("{folder}Chart.yaml");
    let Some(document) = files.get(&name) else {
        return Err(ImportError::Unexpected { input: name, expected: "a chart, which has one," });
    };
    let input = Input { name: &name, text: document };
    let head = input.yaml()?;
    match text(&head, "name").is_some() && text(&head, "version").is_some() {
        true => Ok(head),
        false => Err(input.unexpected("`name` and `version`")),
    }
}

fn text(document: &Json, key: &str) -> Option<String> {
    document.get(key).and_then(Json::as_str).map(str::to_owned)
}

/// Subcharts under the name or the alias by which their values stand, each with its folder.
fn mounted(files: &Files, head: &Json) -> Vec<(String, String)> {
    let mut folders: BTreeMap<String, String> = BTreeMap::new();
    for path in files.keys().filter(|path| path.ends_with("/Chart.yaml")) {
        let folder = path.trim_end_matches("Chart.yaml");
        let inside = folder.strip_prefix("charts/").map(|rest| rest.trim_end_matches('/'));
        if inside.is_some_and(|name| !name.contains('/'))
            && let Some(name) = head_name(files, folder)
        {
            folders.insert(name, folder.to_owned());
        }
    }
    let wanted = head.get("dependencies").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut found = Vec::new();
    for dependency in wanted {
        let Some(name) = text(dependency, "name") else { continue };
        if let Some(folder) = folders.get(&name) {
            found.push((text(dependency, "alias").unwrap_or(name), folder.clone()));
        }
    }
    // A chart that lies there without being named is one as well.
    let named = |name: &str| wanted.iter().any(|dependency| text(dependency, "name").is_some_and(|own| own == name));
    found.extend(folders.into_iter().filter(|(name, _)| !named(name)));
    found.sort();
    found
}

fn head_name(files: &Files, folder: &str) -> Option<String> {
    text(&head(files, folder).ok()?, "name")
}
