//! What a check reports, rule by rule.

mod common;

use common::{findings, json, schema, shown};
use kss_schema::{Family, FindingKind, Schema, Seg, check, describe, packages};
use kss_span::{ItemId, Origin, Symbol};
use kss_value::{EntryKey, Later, RecordBuilder, ScopeKey, ScopeKind, Secret, SecretPart, SecretRef, Value};
use std::sync::Arc;

fn chart() -> Schema {
    let text = "\
$probe path	str
$probe port	int|str
config	open
config.level	\"debug\"|\"info\"
hosts	[map]
hosts[].name	str
hosts[].paths	[str]
labels	{str}
liveness	@probe
readiness	@probe|bool
replicas	int	1
server.cpu	num|str
server.extraEnv	list
server.tls	bool
";
    schema(Family::Chart, "", text)
}

fn chart_findings(text: &str) -> Vec<String> {
    findings(&chart(), &json(text))
}

#[test]
fn what_fits_is_accepted() {
    let text = r#"{ "config": { "level": "info", "free": [1, { "x": null }] }, "hosts": [{ "name": "a", "paths": ["/"] }],
        "labels": { "a.b/c": "d" }, "liveness": { "port": "http" }, "readiness": false, "replicas": 2,
        "server": { "cpu": 0.5, "extraEnv": [{ "name": "A" }], "tls": null } }"#;
    assert_eq!(chart_findings(text), Vec::<String>::new());
}

#[test]
fn unknown_keys_name_what_was_meant() {
    assert_eq!(chart_findings(r#"{ "replica": 1 }"#), [r#"replica: unknown, Some("replicas"), []"#]);
    assert_eq!(chart_findings(r#"{ "extraEnv": [] }"#), [r#"extraEnv: unknown, None, ["server.extraEnv"]"#]);
    assert_eq!(chart_findings(r#"{ "hosts": [{}, { "nam": 1 }] }"#), [r#"hosts[1].nam: unknown, Some("name"), []"#]);
    let through_parts = chart_findings(r#"{ "server": { "path": "/" } }"#);
    assert_eq!(through_parts, [r#"server.path: unknown, None, ["liveness.path", "readiness.path"]"#]);
}

#[test]
fn an_unknown_record_is_reported_once() {
    assert_eq!(chart_findings(r#"{ "gateway": { "a": 1, "b": { "c": 2 } } }"#).len(), 1);
}

#[test]
fn types_are_checked_leaf_by_leaf() {
    assert_eq!(chart_findings(r#"{ "replicas": "2" }"#), ["replicas: `Int` expected, `Text` found"]);
    assert_eq!(chart_findings(r#"{ "server": { "tls": "true" } }"#), ["server.tls: `Bool` expected, `Text` found"]);
    assert_eq!(chart_findings(r#"{ "server": [1] }"#), ["server: a record expected, a list found"]);
    assert_eq!(
        chart_findings(r#"{ "hosts": { "name": "a" } }"#),
        ["hosts: a list of records expected, a record found"]
    );
    assert_eq!(chart_findings(r#"{ "labels": { "a": true } }"#), ["labels.a: `Text` expected, `Bool` found"]);
    let found = chart_findings(r#"{ "readiness": 1 }"#);
    assert_eq!(found, ["readiness: a record (probe) or `Bool` expected, `Int` found"]);
    assert_eq!(
        chart_findings(r#"{ "liveness": { "port": 1.5 } }"#),
        ["liveness.port: `Int` or `Text` expected, `Float` found"]
    );
}

#[test]
fn values_of_a_list_of_cases_are_compared() {
    let found = chart_findings(r#"{ "config": { "level": "inof" } }"#);
    assert_eq!(found, [r#"config.level: none of ["debug", "info"], Some("info")"#]);
    let found = chart_findings(r#"{ "config": { "level": 3 } }"#);
    assert_eq!(found, [r#"config.level: one of "debug", "info" expected, `Int` found"#]);
}

#[test]
fn scalars_of_the_language_are_text() {
    let at = Origin::NOWHERE;
    let text = schema(Family::Chart, "", "a\tstr\n");
    let int = schema(Family::Chart, "", "a\tint\n");
    for scalar in [
        Value::duration(60_000, at),
        Value::size(1 << 30, at),
        Value::cpu(250, at),
        Value::percent(25, at),
        Value::ip("10.0.0.1".parse().expect("an address"), at),
        Value::cidr("10.0.0.0/8".parse().expect("a network"), at),
        Value::case(Symbol::new("on"), None, at),
        Value::file("x.txt", at),
    ] {
        let mut record = RecordBuilder::default();
        record.push(Symbol::new("a"), scalar);
        let record = Value::record(record.finish(), at);
        assert_eq!(findings(&text, &record), Vec::<String>::new(), "{record:?}");
        assert_eq!(findings(&int, &record).len(), 1, "{record:?}");
    }
}

#[test]
fn what_is_not_known_yet_fits_everywhere() {
    let at = Origin::NOWHERE;
    let key = |text| EntryKey {
        scope: ScopeKey { kind: ScopeKind::Site, outer: Symbol::new("s"), name: Symbol::new("s"), variant: 0 },
        kind: Symbol::new("credential"),
        qualifier: Symbol::new(""),
        name: Symbol::new(text),
    };
    let secret = SecretRef { owner: key("c"), path: Symbol::new("p"), key: Symbol::new("k") };
    let secret = Secret { parts: vec![SecretPart::Ref(Arc::new(secret), Symbol::new("raw"))] };
    let later = Later { env: key("e"), path: vec![Symbol::new("out")] };
    for value in [Value::secret(secret, at), Value::later(later, at), Value::poison(at), Value::none(at)] {
        for field in ["replicas", "hosts", "labels", "liveness"] {
            let mut record = RecordBuilder::default();
            record.push(Symbol::new(field), value.clone());
            let record = Value::record(record.finish(), at);
            assert_eq!(findings(&chart(), &record), Vec::<String>::new(), "{record:?}");
        }
    }
}

#[test]
fn none_is_no_key() {
    let at = Origin::NOWHERE;
    let mut record = RecordBuilder::default();
    record.push(Symbol::new("no-such-key"), Value::none(at));
    assert_eq!(findings(&chart(), &Value::record(record.finish(), at)), Vec::<String>::new());
    let needs = schema(Family::Kind, "A v1", "A v1\tmap(a)\nA v1 a\tstr\n");
    let mut record = RecordBuilder::default();
    record.push(Symbol::new("a"), Value::none(at));
    assert_eq!(findings(&needs, &Value::record(record.finish(), at)), [": a is missing"]);
}

#[test]
fn required_keys_and_types_of_kinds() {
    let text = "\
$Container	map(name)
$Container image	str
$Container name	str
Job batch/v1 spec	map(template)
Job batch/v1 spec.template.containers	[@Container]
Job batch/v1 spec.ttl	int
JobX batch/v1 other	str
";
    let kind = schema(Family::Kind, "Job batch/v1", text);
    assert_eq!(findings(&kind, &json(r#"{ "spec": { "ttl": null } }"#)), ["spec: template is missing"]);
    let value = json(r#"{ "spec": { "template": { "containers": [{ "name": "a" }, { "imag": "b" }] } }, "other": 1 }"#);
    assert_eq!(
        findings(&kind, &value),
        [
            r#"other: unknown, None, []"#,
            r#"spec.template.containers[1].imag: unknown, Some("image"), []"#,
            "spec.template.containers[1]: name is missing"
        ]
    );
    let value = json(r#"{ "spec": { "template": { "image": "b" } } }"#);
    assert_eq!(
        findings(&kind, &value),
        [r#"spec.template.image: unknown, None, ["spec.template.containers[].image"]"#]
    );
}

#[test]
fn unchecked_paths_take_anything() {
    let unchecked = |paths: &[&[&str]], text: &str| {
        let paths: Vec<Vec<Symbol>> = paths.iter().map(|p| p.iter().map(|k| Symbol::new(k)).collect()).collect();
        check(&chart(), &json(text), &paths).iter().map(shown).collect::<Vec<_>>()
    };
    let text = r#"{ "devices": { "x": 1 }, "server": { "tls": 1, "new": 2 } }"#;
    assert_eq!(unchecked(&[], text).len(), 3);
    assert_eq!(unchecked(&[&["devices"], &["server", "new"]], text).len(), 1);
    assert_eq!(unchecked(&[&["devices"], &["server"]], text).len(), 0);
    assert_eq!(unchecked(&[&["hosts", "nam"]], r#"{ "hosts": [{ "nam": 1 }] }"#).len(), 0);
}

#[test]
fn a_finding_has_the_origin_of_what_is_wrong() {
    let item = ItemId::new(Symbol::new("a.kss"), Symbol::new("module a"));
    let at = |node| Origin::new(item, node);
    let mut inner = RecordBuilder::default();
    inner.push(Symbol::new("tls"), Value::int(1, at(7)));
    let mut outer = RecordBuilder::default();
    outer.push(Symbol::new("server"), Value::record(inner.finish(), at(6)));
    let found = check(&chart(), &Value::record(outer.finish(), at(5)), &[]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].origin, at(7));
    assert_eq!(found[0].path, [Seg::Key(Symbol::new("server")), Seg::Key(Symbol::new("tls"))]);
    assert!(matches!(found[0].kind, FindingKind::WrongType { .. }));
}

#[test]
fn options_take_what_their_types_say() {
    let text = "\
boot.extra	[pkg]
environment.etc	{map}
environment.etc.*.mode	str
environment.etc.*.source	path|null
networking.ports	[0..65535]
programs.shell	pkg
users.limit	int|str|null
users.mode	\"fast\"|\"slow\"|null
";
    let options = schema(Family::Options, "", text);
    let good = json(
        r#"{ "boot": { "extra": ["vim", "git"] }, "environment": { "etc": { "a/b": { "mode": "0644", "source": "/etc/x" } } },
            "networking": { "ports": [80, 443] }, "programs": { "shell": "zsh" }, "users": { "limit": null, "mode": null } }"#,
    );
    assert_eq!(findings(&options, &good), Vec::<String>::new());
    let named: Vec<String> = packages(&options, &good).iter().map(|path| format!("{path:?}")).collect();
    assert_eq!(named.len(), 3, "{named:?}");
    for (text, expected) in [
        (r#"{ "networking": { "ports": [70000] } }"#, "networking.ports[0]: `Int` in 0..65535 expected, `Int` found"),
        (
            r#"{ "environment": { "etc": { "a": { "source": "x" } } } }"#,
            "environment.etc.a.source: an absolute path or `null` expected, `Text` found",
        ),
        (r#"{ "programs": { "shell": null } }"#, "programs.shell: a package expected, `null` found"),
        (r#"{ "environment": { "etc": { "a": { "user": "x" } } } }"#, "environment.etc.a.user: unknown, None, []"),
        (r#"{ "users": { "mode": "fsat" } }"#, r#"users.mode: none of ["fast", "slow"], Some("fast")"#),
    ] {
        assert_eq!(findings(&options, &json(text)), [expected]);
    }
}

#[test]
fn of_several_alternatives_the_nearest_reports() {
    let either = schema(Family::Options, "", "$a x\tstr\n$b y\tint\na\t@a|@b\n");
    assert_eq!(findings(&either, &json(r#"{ "a": { "y": 1 } }"#)), Vec::<String>::new());
    assert_eq!(findings(&either, &json(r#"{ "a": { "y": "1" } }"#)).len(), 1);
}

#[test]
fn broken_files_are_no_panic() {
    for text in
        ["a\t@a\n", "$a\t@a\na\t@a\n", "a\t[\n", "a\t{{\n", "a\tmap(\n", "\"\ta\n", "a\n", "$a\t@b\n$b\t@a\na\t@a\n"]
    {
        let odd = schema(Family::Chart, "", text);
        for value in [r#"{ "a": { "b": [1] } }"#, r#"{ "a": [{}] }"#, r#"{ "a": 1, "\"": 2 }"#] {
            let _ = findings(&odd, &json(value));
        }
        let _ = describe(&odd, &[Seg::Key(Symbol::new("a")), Seg::Index(0)]);
    }
}

#[test]
fn places_are_described() {
    let key = |text: &str| Seg::Key(Symbol::new(text));
    let chart = chart();
    let names = |path: &[Seg]| -> Vec<String> {
        describe(&chart, path).expect("known").children.into_iter().map(|child| child.name).collect()
    };
    assert_eq!(names(&[])[..3], ["config", "hosts", "labels"]);
    assert_eq!(names(&[key("hosts"), Seg::Index(3)]), ["name", "paths"]);
    assert_eq!(names(&[key("liveness")]), ["path", "port"]);
    let replicas = describe(&chart, &[key("replicas")]).expect("known");
    assert_eq!((replicas.ty.as_str(), replicas.default.as_deref(), replicas.open), ("`Int`", Some("1"), false));
    assert!(describe(&chart, &[key("config")]).expect("known").open);
    assert_eq!(describe(&chart, &[key("labels"), key("any.thing")]).expect("known").ty, "`Text`");
    assert_eq!(describe(&chart, &[key("nothing")]), None);
    let documented = schema(Family::Options, "", "a.b\tint\t3\tHow many.\n");
    assert_eq!(describe(&documented, &[key("a"), key("b")]).expect("known").doc.as_deref(), Some("How many."));
}
