//! Every line of every structured file of both clusters leads back to the `.kss` file that wrote it.

use kss_backend::{Content, File};
use kss_diag::Sources;
use kss_span::{LineIndex, Origin};
use kss_tests::build::{self, Built};
use kss_tests::program::CACHE;
use kss_tests::tools;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Files whose lines stand for data.
fn is_structured(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    matches!(ending, "yaml" | "json" | "nix" | "tfvars" | "mk" | "env")
}

/// The structured files that the site is made of: not the libraries that are copied beside them.
fn structured(built: &Built) -> Vec<&File> {
    let own = |file: &&File| file.path.starts_with("clusters/") || file.path.starts_with("site/");
    built.tree.iter().filter(own).filter(|file| is_structured(&file.path)).collect()
}

fn text(file: &File) -> &str {
    std::str::from_utf8(file.content.bytes()).expect("a text")
}

/// Lines with something on them beside brackets, by their numbers.
fn lines(file: &File) -> impl Iterator<Item = (u32, &str)> {
    let said = |line: &str| line.chars().any(|c| !c.is_whitespace() && !"{}[](),;:'\"".contains(c));
    (1..).zip(text(file).lines()).filter(move |(_, line)| said(line))
}

/// What a line shows for the form of its file alone; such a line leads to the entry that the file is made of.
fn is_form(line: &str) -> bool {
    line.starts_with('{') && line.ends_with(':')
}

#[test]
fn every_line_leads_to_a_source() {
    let built = build::reference();
    let mut lost: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut count = 0;
    for file in structured(&built) {
        let Content::Text { lines: map, .. } = &file.content else { panic!("{} is a text", file.path) };
        for (number, line) in lines(file) {
            count += 1;
            let own = map.at(number).map(|line| line.origin);
            let origin = if is_form(line) { own.unwrap_or(file.origin) } else { own.unwrap_or(Origin::NOWHERE) };
            if source(&built, origin).is_none() {
                lost.entry(&file.path).or_default().push(format!("{number}: {line}"));
            }
        }
    }
    let report: Vec<String> =
        lost.iter().map(|(path, lines)| format!("{path}\n    {}", lines.join("\n    "))).collect();
    assert!(report.is_empty(), "of {count} lines:\n{}", report.join("\n"));
    assert!(count > 10_000, "{count} lines");
}

/// The `.kss` file and line that an origin stands for.
fn source(built: &Built, origin: Origin) -> Option<(String, u32)> {
    let span = built.checked.places.span(origin)?;
    let (path, text) = (built.session.path(span.file), built.session.text(span.file));
    let at = LineIndex::new(text).line_col(text, span.range.lo);
    path.ends_with(".kss").then(|| (path.to_owned(), at.line))
}

#[test]
fn every_file_leads_to_an_entry() {
    let built = build::reference();
    for file in structured(&built) {
        assert!(source(&built, file.origin).is_some(), "{} is made of nothing", file.path);
    }
}

#[test]
fn values_lead_to_statements_of_their_own() {
    let built = build::reference();
    let releases = built.tree.iter().filter(|file| file.path.contains("/helm/"));
    let mut coarse = Vec::new();
    for file in releases {
        let Content::Text { text, lines: map } = &file.content else { panic!("{} is a text", file.path) };
        // The values of a release are data from its block on: nothing of them is made by the backend.
        let own = (1..)
            .zip(text.lines())
            .filter(|(number, _)| map.at(*number).is_some_and(|line| line.origin == file.origin));
        coarse.extend(
            own.filter(|(_, line)| *line != "{}").map(|(number, line)| format!("{}:{number}: {line}", file.path)),
        );
    }
    assert!(coarse.is_empty(), "these lead to the head of their release only:\n{}", coarse.join("\n"));
}

/// A tree of the reference site, as `kssc build` writes it from the root of the repository.
fn deployed() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for the tree");
    let mut build = Command::new(tools::kssc());
    build.env(CACHE.0, CACHE.1);
    tools::output(
        build.current_dir(build::repository()).args(["build", "--quiet", "--output"]).arg(folder.path().join("deploy")),
    );
    folder
}

/// The answer of `kssc why` for a line of a file.
fn why(tree: &Path, path: &str, line: u32) -> Value {
    ask(tree, &format!("{path}:{line}"))
}

fn ask(tree: &Path, place: &str) -> Value {
    let mut why = Command::new(tools::kssc());
    let at = tree.join("deploy").join(place).display().to_string();
    let said = tools::output(why.current_dir(build::repository()).args(["why", "--format", "json", &at]));
    serde_json::from_str(&said).expect("JSON")
}

/// The line of source that a step names.
fn source_line(step: &Value) -> String {
    let path = step["file"].as_str().expect("a file");
    let library = kss_stdlib::file(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let text = library.unwrap_or_else(|| {
        std::fs::read_to_string(build::repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    });
    let number = step["line"].as_u64().expect("a number") as usize;
    text.lines().nth(number - 1).unwrap_or_else(|| panic!("{path} has no line {number}")).to_owned()
}

#[test]
fn the_program_answers_for_lines_all_over_the_tree() {
    let built = build::reference();
    let tree = deployed();
    let all: Vec<(&str, u32)> = structured(&built)
        .into_iter()
        .flat_map(|file| lines(file).map(|(number, _)| (file.path.as_str(), number)))
        .collect();
    let sample: Vec<&(&str, u32)> = all.iter().skip(17).step_by(all.len() / 60).collect();
    assert!(sample.len() >= 60);
    sample.par_iter().for_each(|(path, line)| {
        let answer = why(tree.path(), path, *line);
        let steps = answer["steps"].as_array().expect("steps");
        assert!(!steps.is_empty(), "{path}:{line}");
        for step in steps {
            assert!(step["file"].as_str().is_some_and(|file| file.ends_with(".kss")), "{path}:{line}: {step}");
            assert!(!source_line(step).trim().is_empty(), "{path}:{line}: {step}");
        }
    });
}

/// A line by its file and a part of it; a part of the value that is told; parts of the lines of source that have to be among the
/// steps, each with a part of its role.
type Told = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const TOLD: &[Told] = &[
    (
        "clusters/kcs/helm/loki.yaml",
        "retention_period: 1440h",
        "60d",
        &[("retention_period = 60d", "set in `kcs`"), ("= retention", "overridden: 7d")],
    ),
    ("clusters/kss/helm/loki.yaml", "retention_period: 168h", "7d", &[("option retention", "")]),
    ("clusters/kcs/helm/cilium.yaml", "exclusive: false", "false", &[("exclusive = false", "because")]),
    ("clusters/kcs/vars.mk", "CLUSTER_CNI := ", "cilium", &[("CLUSTER_CNI", "`vars`")]),
    ("clusters/kcs/vars.json", "CLUSTER_BGP_ASN", "64513", &[("CLUSTER_BGP_ASN", "`vars`")]),
    ("clusters/kcs/vars.env", "CLUSTER_WORKER_2_IP", "10.69.50.62", &[("_IP", "`vars`")]),
    ("clusters/kss/vars.env", "CLUSTER_WORKER_2_IP", "10.69.50.32", &[("_IP", "`vars`")]),
    ("clusters/kss/nixos/worker-2.nix", "nodeName", "kss-worker-2", &[("nodeName", "`rke2`")]),
    ("clusters/kss/nixos/worker-3.nix", "nodeName", "kss-worker-3", &[("nodeName", "`rke2`")]),
    (
        "clusters/kss/tofu/platform/main.tf.json",
        "\"version\": \"5.7.0\"",
        "5.7.0",
        &[("version = \"5.7.0\"", "`tofu-platform`")],
    ),
    (
        "clusters/kss/tofu/platform/terraform.tfvars",
        "cluster_name",
        "kss",
        &[("cluster_name = cluster.name", "`tofu-platform`")],
    ),
    ("clusters/kcs/argocd/apps/loki.yaml", "apiVersion: ", "argoproj.io/v1alpha1", &[("helm loki {", "")]),
    ("clusters/kcs/argocd/apps/loki.yaml", "syncPolicy:", "syncPolicy", &[("helm loki {", "")]),
    (
        "clusters/kcs/kustomize/gatekeeper/kustomization.yaml",
        "kind: Kustomization",
        "Kustomization",
        &[("module gatekeeper", "")],
    ),
    ("clusters/kcs/nixos/master.nix", "{ pkgs, ... }:", "{ pkgs, ... }:", &[("nixos", "")]),
];

#[test]
fn the_program_tells_who_decided() {
    let tree = deployed();
    let wrong: Vec<String> = TOLD.par_iter().filter_map(|told| problem(tree.path(), told)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_pointer_leads_where_its_line_does() {
    let tree = deployed();
    for (path, line, pointer) in [
        ("clusters/kcs/helm/loki.yaml", "retention_period: 1440h", "/loki/limits_config/retention_period"),
        ("clusters/kcs/vars.json", "CLUSTER_CNI", "/CLUSTER_CNI"),
        ("clusters/kss/tofu/platform/main.tf.json", "\"required_version\"", "/terraform/required_version"),
    ] {
        let text = std::fs::read_to_string(tree.path().join("deploy").join(path)).expect("a file");
        let at = text.lines().position(|l| l.contains(line)).unwrap_or_else(|| panic!("{path} has no line `{line}`"));
        assert_eq!(
            ask(tree.path(), &format!("{path}#{pointer}")),
            why(tree.path(), path, at as u32 + 1),
            "{path}#{pointer}"
        );
    }
    let mut nothing = Command::new(tools::kssc());
    let place = tree.path().join("deploy/clusters/kcs/vars.json#/CLUSTER_NOTHING");
    let (good, _, said) = tools::run(nothing.current_dir(build::repository()).arg("why").arg(place));
    assert!(!good && said.contains("CLUSTER_NOTHING"), "{said}");
}

fn problem(tree: &Path, (path, line, value, wanted): &Told) -> Option<String> {
    let text =
        std::fs::read_to_string(tree.join("deploy").join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let Some(at) = text.lines().position(|l| l.contains(line)) else {
        return Some(format!("{path} has no line `{line}`"));
    };
    let answer = why(tree, path, at as u32 + 1);
    let steps = answer["steps"].as_array().expect("steps");
    let tells = |(source, role): &(&str, &str)| {
        let fits = |step: &Value| {
            source_line(step).contains(source) && step["role"].as_str().unwrap_or_default().contains(role)
        };
        steps.iter().any(fits)
    };
    let good = answer["value"].as_str().unwrap_or_default().contains(value) && wanted.iter().all(tells);
    (!good).then(|| {
        let sources: Vec<String> = steps.iter().map(source_line).collect();
        format!("{path}, `{line}`: {answer:#}\n{sources:#?}")
    })
}
