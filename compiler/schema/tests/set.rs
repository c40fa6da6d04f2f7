//! Finding schemas, and what a project locks itself.

mod common;

use common::{findings, json};
use kss_schema::{Lock, LockProblem, Locked, LockedKind, SchemaSet};
use std::sync::Arc;

const LOKI: &str = "# kss-schema 1 chart\n# name loki\n# version 6.0.0\n# repo https://charts.example.org\na\tint\n";
const LOKI_2: &str =
    "# kss-schema 1 chart\n# name loki\n# version 6.0.10\n# repo https://charts.example.org/\nb\tint\n";
const API: &str = "# kss-schema 1 kinds\n# name api\n# version 1\n# kind Gate a.org/v1 namespaced\n# kind Gate a.org/v1beta1 namespaced\n# kind * c.org/v1 cluster\n* c.org/v1 x\tint\nGate a.org/v1 x\tint\nGate a.org/v1beta1 y\tint\n";
const CORE: &str = "# kss-schema 1 kinds\n# name core\n# version 1\n# kind Gate b.org/v2 cluster\n# kind Pod v1 namespaced\nGate b.org/v2 z\tint\nPod v1 x\tint\n";
const NIXOS: &str = "# kss-schema 1 options\n# name nixos\na.b\tint\n";
const OWN: &str = "# kss-schema 1 options\n# name kss\nkss.enable\tbool\n";

fn library() -> SchemaSet {
    SchemaSet::new(&[
        ("charts/loki-6.0.0.txt", LOKI),
        ("charts/loki-6.0.10.txt", LOKI_2),
        ("kinds/api-1.txt", API),
        ("kinds/core-1.txt", CORE),
        ("options/kss.txt", OWN),
        ("options/nixos.txt", NIXOS),
    ])
}

#[test]
fn charts_are_found_at_exactly_their_version() {
    let set = library();
    assert!(set.chart("https://charts.example.org/", "loki", "6.0.0").is_some());
    assert!(set.chart("https://charts.example.org", "loki", "6.0.1").is_none());
    assert!(set.chart("https://other.example.org", "loki", "6.0.0").is_none());
    let newer = set.chart("https://charts.example.org", "loki", "6.0.10").expect("locked");
    assert_eq!(findings(&newer, &json(r#"{ "b": 1 }"#)), Vec::<String>::new());
    assert_eq!(set.chart_versions("", "loki"), ["6.0.0", "6.0.10"]);
    assert_eq!(set.chart_versions("https://charts.example.org", "loki").len(), 2);
    assert!(set.chart_versions("https://other.example.org", "loki").is_empty());
}

#[test]
fn kinds_are_found_by_name_and_version() {
    let set = library();
    let versions: Vec<String> = set.kinds_named("Gate").into_iter().map(|info| info.api_version).collect();
    assert_eq!(versions, ["a.org/v1", "a.org/v1beta1", "b.org/v2"]);
    let pod = &set.kinds_named("Pod")[0];
    assert_eq!((pod.group.as_str(), pod.namespaced, pod.source.as_str()), ("", true, "core 1"));
    assert!(!set.kinds_named("Gate")[2].namespaced);
    assert_eq!(set.kind_names(), ["Gate", "Pod"]);
    let beta = set.kind("a.org/v1beta1", "Gate").expect("known");
    assert_eq!(findings(&beta, &json(r#"{ "x": 1 }"#)).len(), 1);
    let made_while_running = set.kind("c.org/v1", "RequiredLabels").expect("one schema for all");
    assert_eq!(findings(&made_while_running, &json(r#"{ "x": 1 }"#)), Vec::<String>::new());
    assert!(set.kind("a.org/v9", "Gate").is_none());
}

#[test]
fn tables_of_options_are_one_schema() {
    let options = library().nixos();
    assert_eq!(findings(&options, &json(r#"{ "a": { "b": 1 }, "kss": { "enable": true } }"#)), Vec::<String>::new());
    assert_eq!(findings(&options, &json(r#"{ "a": { "c": 1 }, "kss": { "enabel": true } }"#)).len(), 2);
}

fn locked(kind: &str, name: &str, version: &str, text: &str) -> String {
    let hash = blake3::hash(text.as_bytes()).to_hex();
    let repo = if kind == "chart" { "repo = \"https://charts.example.org\"\n" } else { "" };
    format!(
        "[[{kind}]]\nname = \"{name}\"\nversion = \"{version}\"\n{repo}path = \".kss/lock/{name}.txt\"\nblake3 = \"{hash}\"\n"
    )
}

fn project(lock: &str, text: Option<&str>) -> (SchemaSet, Vec<LockProblem>) {
    let lock = Lock::parse(lock).expect("readable");
    library().with_project(lock, |path| {
        assert!(path.starts_with(".kss/lock/"));
        text.map(Arc::from)
    })
}

#[test]
fn a_project_locks_more_and_wins() {
    let chart = LOKI.replace("a\tint", "c\tint");
    let (set, problems) = project(&locked("chart", "loki", "6.0.0", &chart), Some(&chart));
    assert_eq!(problems, []);
    let schema = set.chart("https://charts.example.org", "loki", "6.0.0").expect("locked");
    assert_eq!(findings(&schema, &json(r#"{ "c": 1 }"#)), Vec::<String>::new());

    let kinds = API.replace("# name api", "# name mine").replace("Gate a.org/v1 x", "Gate a.org/v1 q");
    let (set, problems) = project(&locked("kinds", "mine", "1", &kinds), Some(&kinds));
    assert_eq!(problems, []);
    assert_eq!(set.kinds_named("Gate").len(), 3);
    let schema = set.kind("a.org/v1", "Gate").expect("known");
    assert_eq!(findings(&schema, &json(r#"{ "q": 1 }"#)), Vec::<String>::new());

    let nixos = NIXOS.replace("# name nixos\n", "# name nixos\n# version 25.05\n").replace("a.b", "a.new");
    let (set, problems) = project(&locked("options", "nixos", "25.05", &nixos), Some(&nixos));
    assert_eq!(problems, []);
    assert_eq!(
        findings(&set.nixos(), &json(r#"{ "a": { "new": 1 }, "kss": { "enable": true } }"#)),
        Vec::<String>::new()
    );
    assert_eq!(findings(&set.nixos(), &json(r#"{ "a": { "b": 1 } }"#)).len(), 1);
}

#[test]
fn a_changed_or_missing_file_is_left_out_and_reported() {
    let entry = locked("chart", "loki", "7.0.0", LOKI);
    let (set, problems) = project(&entry, Some("other"));
    assert!(matches!(&problems[..], [LockProblem::OtherHash { path, .. }] if path == ".kss/lock/loki.txt"));
    assert!(set.chart("https://charts.example.org", "loki", "7.0.0").is_none());
    let (_, problems) = project(&entry, None);
    assert!(matches!(&problems[..], [LockProblem::MissingFile { .. }]));
    let (_, problems) = project(&entry, Some(LOKI));
    assert_eq!(
        problems[0].to_string(),
        "`.kss/lock/loki.txt` is locked as `chart loki 7.0.0`, but its header says `chart loki 6.0.0`; lock it anew with `kssc lock`"
    );
}

#[test]
fn images_hosts_and_documents_have_their_facts() {
    let text = "[image]\n\"a/b:1\" = \"sha256:00\"\n[host-key]\n\"git.example.org:22\" = \"ssh-ed25519 AAAA\"\n[document]\n\"https://x/y.yaml\" = \"sha256-1\"\n";
    let (set, problems) = project(text, None);
    assert_eq!(problems, []);
    assert_eq!(set.image_digest("a/b:1"), Some("sha256:00"));
    assert_eq!(set.image_digest("a/b:2"), None);
    assert_eq!(set.host_key("git.example.org:22"), Some("ssh-ed25519 AAAA"));
    assert_eq!(set.document_hash("https://x/y.yaml"), Some("sha256-1"));
}

#[test]
fn an_unreadable_lock_says_where() {
    let error = Lock::parse("[image]\n\"a\" = 1\n").expect_err("refused").to_string();
    assert!(error.starts_with("`kss.lock` can't be read: line 2: "), "{error}");
    assert!(Lock::parse("[[chart]]\nnaem = \"x\"\n").is_err());
    assert_eq!(Lock::parse("").expect("readable"), Lock::default());
}

#[test]
fn a_lock_is_written_the_same_whatever_came_first() {
    let of = |name: &str, version: &str| Locked {
        name: name.into(),
        version: version.into(),
        repo: "https://charts.example.org".into(),
        path: format!(".kss/lock/charts/{name}-{version}.txt"),
        blake3: "00".into(),
    };
    let (mut one, mut other) = (Lock::default(), Lock::default());
    for locked in [of("b", "1.10.0"), of("b", "1.9.0"), of("a", "2")] {
        one.add(LockedKind::Chart, locked);
    }
    for locked in [of("a", "2"), of("b", "1.10.0"), of("b", "1.9.0"), of("a", "2")] {
        other.add(LockedKind::Chart, locked);
    }
    for lock in [&mut one, &mut other] {
        lock.image.insert("a/b:1".into(), "sha256:00".into());
        lock.host_key.insert("machine/a#ssh-host".into(), "ssh-ed25519 AAAA".into());
    }
    let text = one.write().expect("written");
    assert_eq!(text, other.write().expect("written"));
    assert_eq!(Lock::parse(&text).expect("readable"), one);
    let versions: Vec<_> = one.chart.iter().map(|chart| chart.version.as_str()).collect();
    assert_eq!(versions, ["2", "1.9.0", "1.10.0"]);
    assert!(text.contains("[image]\n\"a/b:1\" = \"sha256:00\"\n"), "{text}");
}
