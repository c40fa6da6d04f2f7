//! Helm takes the values of every release, by the schema of its chart, and reads what was meant.

use crate::{deployed, text_at};
use kss_tests::read::Reader;
use kss_tests::reference::reference;
use kss_tests::releases::{Release, releases};
use kss_tests::{build, lock_schema, outside, tools};
use rayon::prelude::*;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const TEST: &str = "values of releases in Helm";

/// Values of a release as Helm hands them to the chart, whose values have to fit `schema` and lie over `defaults`.
fn template(release: &Release, schema: &Value, defaults: Option<&str>, root: &Path) -> Option<Result<Value, String>> {
    let mut helm = tools::command("helm", TEST)?;
    let folder = tempfile::tempdir().expect("a folder for the chart");
    let (chart, schema_file) = (folder.path().join("chart"), folder.path().join("schema.json"));
    std::fs::write(&schema_file, schema.to_string()).expect("a file");
    let script = build::repository().join("tests/tools/stub-chart.sh");
    tools::output(Command::new(script).args([&release.chart, &release.version]).arg(&schema_file).arg(&chart));
    if let Some(defaults) = defaults {
        std::fs::write(chart.join("values.yaml"), defaults).expect("a file");
    }
    helm.arg("template").arg(&release.name).arg(&chart).args(["--namespace", &release.namespace, "--values"]);
    let (good, printed, said) = tools::run(helm.arg(root.join(&release.values)));
    if !good {
        return Some(Err(said));
    }
    let object = Reader::Kubernetes.read(&[&printed], TEST)?.remove(0).expect("YAML");
    Some(Ok(serde_json::from_str(text_at(&object, "/data/values").expect("values")).expect("JSON")))
}

/// `value` without `null`, which takes a default away: Helm drops it where there is one.
fn without_null(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key.clone(), without_null(value))).collect())
        }
        other => other.clone(),
    }
}

/// Where `whole` doesn't hold what `part` does.
fn missing(part: &Value, whole: &Value, at: &str) -> Vec<String> {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => part
            .iter()
            .flat_map(|(key, value)| match whole.get(key) {
                Some(there) => missing(value, there, &format!("{at}/{key}")),
                None if value.is_null() => Vec::new(),
                None => vec![format!("{at}/{key} is not there")],
            })
            .collect(),
        (part, whole) if same(part, whole) => Vec::new(),
        (part, whole) => vec![format!("{at} is {whole}, not {part}")],
    }
}

/// Helm's JSON writes a whole float as an integer.
fn same(a: &Value, b: &Value) -> bool {
    a == b || a.as_f64().is_some() && a.as_f64() == b.as_f64()
}

#[test]
fn values_fit_the_locked_schema_and_arrive_unchanged() {
    let Some(releases) = releases(TEST) else { return };
    let (_folder, root) = deployed();
    let wrong: Vec<String> = releases
        .par_iter()
        .flat_map_iter(|release| {
            let said = |what: String| vec![format!("{}: {what}", release.values)];
            let unchecked = || reference().unchecked.get(&release.values).into_iter().flatten();
            let Some(mut schema) = lock_schema::chart(&release.repository, &release.chart, &release.version) else {
                // Whoever says that nothing of it is checked says why.
                if unchecked().any(|path| path.is_empty()) {
                    return Vec::new();
                }
                return said(format!(
                    "the lock doesn't have {} {} of {}",
                    release.chart, release.version, release.repository
                ));
            };
            for path in unchecked() {
                lock_schema::open(&mut schema, &path.iter().map(|name| name.as_str()).collect::<Vec<_>>());
            }
            let Some(values) = release.read_values(TEST) else { return Vec::new() };
            match template(release, &schema, None, &root) {
                None => Vec::new(),
                Some(Err(error)) => said(error),
                Some(Ok(arrived)) if without_null(&arrived) == without_null(&values) => Vec::new(),
                Some(Ok(arrived)) => said(missing(&without_null(&values), &arrived, "").join(", ")),
            }
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn helm_refuses_a_key_that_the_schema_does_not_know() {
    let Some(releases) = releases(TEST) else { return };
    let (_folder, root) = deployed();
    let loki = releases.iter().find(|release| release.chart == "loki").expect("the release of Loki");
    let file = root.join(&loki.values);
    let text = std::fs::read_to_string(&file).expect("values");
    std::fs::remove_file(&file).expect("it was there");
    std::fs::write(&file, text + "lokii: {}\n").expect("a file");
    let schema = lock_schema::chart(&loki.repository, &loki.chart, &loki.version).expect("a locked chart");
    let Some(answer) = template(loki, &schema, None, &root) else { return };
    assert!(answer.expect_err("it has a key too many").contains("lokii"));
}

#[test]
fn values_fit_the_schema_that_the_chart_ships() {
    let (Some(schemas), Some(releases)) = (outside::schemas("schemas that charts ship"), releases(TEST)) else {
        return;
    };
    let (_folder, root) = deployed();
    let answers: Vec<Result<(), String>> = releases
        .par_iter()
        .filter_map(|release| {
            let chart = schemas.chart(&release.repository, &release.chart, &release.version)?;
            let answer = template(release, &chart.schema?, Some(&chart.defaults), &root)?;
            let values = release.read_values(TEST)?;
            Some(match answer {
                Ok(arrived) if missing(&values, &arrived, "").is_empty() => Ok(()),
                Ok(arrived) => Err(format!("{}: {}", release.values, missing(&values, &arrived, "").join(", "))),
                Err(error) => Err(format!("{}: {error}", release.values)),
            })
        })
        .collect();
    let wrong: Vec<&String> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tools::find("helm").is_none() || answers.len() > 8, "{} releases had a schema", answers.len());
}
