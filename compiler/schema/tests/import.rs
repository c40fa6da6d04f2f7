//! What the generator makes of charts, CRDs, JSON Schemas and lists of options.

use kss_schema::import::{
    ChartInput, ImportError, Imported, Input, KindFile, KindsInput, Manifest, OptionsInput, Provenance,
};
use kss_schema::import::{chart, kinds, options};

fn from() -> Provenance {
    Provenance { name: "demo".into(), version: "1.0.0".into(), licence: "MIT".into(), ..Provenance::default() }
}

fn body(imported: &Imported) -> Vec<String> {
    imported.text.lines().filter(|line| !line.starts_with("# ")).map(|line| line.replace('\t', " | ")).collect()
}

fn of_chart(values: &str, schema: Option<&str>, patch: Option<&str>) -> Result<Imported, ImportError> {
    chart(&ChartInput {
        from: from(),
        values: Input { name: "values.yaml", text: values },
        schema: schema.map(|text| Input { name: "values.schema.json", text }),
        subcharts: Vec::new(),
        unwrap: None,
        patch: patch.map(|text| Input { name: "patches/demo.txt", text }),
    })
}

fn lines(values: &str, schema: Option<&str>, patch: Option<&str>) -> Vec<String> {
    body(&of_chart(values, schema, patch).expect("readable"))
}

#[test]
fn defaults_are_keys() {
    let values = "replicas: 1\nimage: {tag: \"1.2.3\", pull: true}\nextra: {}\nlist: [a]\nnothing: ~\nratio: 0.5\n";
    assert_eq!(
        lines(values, None, None),
        [
            "extra | open",
            "image.pull | bool | true",
            "image.tag | str | \"1.2.3\"",
            "list | list",
            "nothing | any",
            "ratio | num | 0.5",
            "replicas | int | 1",
        ]
    );
}

#[test]
fn parts_of_kubernetes_are_completed() {
    let values = "resources: {limits: {cpu: 1}}\npodLabels: {a: b}\nannotations: {}\nservice: {port: 80}\nenv: {LOG_LEVEL: info}\nupdateStrategy: {kind: x}\ncpu: 100m\n";
    assert_eq!(
        lines(values, None, None),
        [
            "annotations | {str}",
            "cpu | num|str | \"100m\"",
            "env | open",
            "env.LOG_LEVEL | str | \"info\"",
            "podLabels | {str}",
            "podLabels.a | str | \"b\"",
            "resources.claims | any",
            "resources.limits | {num|str}",
            "resources.limits.cpu | num|str | 1",
            "resources.requests | any",
            "service.port | int|str | 80",
            "updateStrategy.kind | str | \"x\"",
        ]
    );
}

#[test]
fn commented_keys_are_known() {
    let values = "server:\n  # nodePort: 30080\n  port: true\n  empty: {}\n    # inside: 1\n";
    assert_eq!(
        lines(values, None, None),
        ["server.empty | open", "server.nodePort | any", "server.port | bool | true"]
    );
}

#[test]
fn a_schema_closes_and_types() {
    let values = "a: {x: 1}\nb: {}\nc: {}\nlevel: info\nfree: {x: 1}\n";
    let schema = r##"{ "properties": {
        "a": { "type": "object", "properties": { "x": { "type": ["integer", "null"] }, "y": { "$ref": "#/$defs/text" } } },
        "b": { "type": "object", "properties": { "z": { "type": "string" } }, "additionalProperties": false },
        "c": { "type": "object", "properties": { "z": { "type": "string" } } },
        "free": { "type": "object", "additionalProperties": { "type": "boolean" } },
        "level": { "enum": ["info", "debug"] } },
      "$defs": { "text": { "type": "string" } } }"##;
    assert_eq!(
        lines(values, Some(schema), None),
        [
            "a.x | int | 1",
            "a.y | str",
            "b.z | str",
            "c | open",
            "c.z | str",
            "free | {bool}",
            "free.x | int | 1",
            "level | \"debug\"|\"info\" | \"info\"",
        ]
    );
}

#[test]
fn subcharts_stand_under_their_alias() {
    let made = chart(&ChartInput {
        from: from(),
        values: Input { name: "values.yaml", text: "top: 1\nsub: {own: true}\nother: {}\n" },
        schema: None,
        subcharts: vec![
            ("sub".into(), Input { name: "sub.yaml", text: "a: x\n" }),
            ("other".into(), Input { name: "other.yaml", text: "b: x\n" }),
        ],
        unwrap: None,
        patch: None,
    });
    assert_eq!(
        body(&made.expect("readable")),
        [
            "other.b | str | \"x\"",
            "other.enabled | bool",
            "other.global | open",
            "sub.a | str | \"x\"",
            "sub.enabled | bool",
            "sub.global | open",
            "sub.own | bool | true",
            "top | int | 1",
        ]
    );
}

#[test]
fn values_may_be_wrapped() {
    let made = chart(&ChartInput {
        from: from(),
        values: Input { name: "values.yaml", text: "_inner:\n  a: 1\n  # b: 2\n" },
        schema: None,
        subcharts: Vec::new(),
        unwrap: Some("_inner".into()),
        patch: None,
    });
    assert_eq!(body(&made.expect("readable")), ["a | int | 1", "b | any"]);
}

#[test]
fn patches_correct_and_say_why() {
    let patch = "# reviewed\nopen a because \"x\"\nkey b.c str because \"x\"\ntype n int|str because \"x\"\ndrop note because \"x\"\nopen d.* because \"x\"\n";
    let values = "a: {x: 1}\nn: 1\nnote: 1\nd: {e: {f: 1}}\n";
    assert_eq!(
        lines(values, None, Some(patch)),
        ["a | open", "a.x | int | 1", "b.c | str", "d.e | open", "d.e.f | int | 1", "n | int|str | 1"]
    );
    let idle = of_chart(values, None, Some("drop none because \"x\"\n")).expect("readable");
    assert_eq!(idle.warnings, ["patches/demo.txt, line 1: `drop none` changes nothing"]);
    for (patch, message) in [
        ("open a\n", "`because \"…\"` is missing: a patch is reviewed by its reasons"),
        ("open a because \"\"\n", "the reason stands in quotes and is not empty"),
        ("shut a because \"x\"\n", "`shut` is no correction; there are `open`, `key`, `type`, `drop`"),
        ("key a because \"x\"\n", "`key` is written `key PATH TYPE because \"…\"`"),
        ("open a..b because \"x\"\n", "`a..b` is no path"),
    ] {
        let error = of_chart(values, None, Some(patch)).expect_err("refused");
        assert_eq!(error.to_string(), format!("patches/demo.txt, line 1: {message}"));
    }
}

#[test]
fn unreadable_inputs_are_named() {
    let error = of_chart("a: [", None, None).expect_err("refused").to_string();
    assert!(error.starts_with("values.yaml: "), "{error}");
    let error = of_chart("- a\n", None, None).expect_err("refused").to_string();
    assert_eq!(error, "values.yaml: a record of values expected");
    let error = of_chart("a: 1\n", Some("{"), None).expect_err("refused").to_string();
    assert!(error.starts_with("values.schema.json: "), "{error}");
    assert_eq!(lines("# nothing\n", None, None), Vec::<String>::new());
}

#[test]
fn headers_say_where_a_file_is_from() {
    let made = of_chart("a: 1\n", None, None).expect("readable");
    assert_eq!(made.path, "charts/demo-1.0.0.txt");
    let hash = blake3::hash(b"a: 1\n").to_hex();
    let header = format!(
        "# kss-schema 1 chart\n# name demo\n# version 1.0.0\n# licence MIT\n# input values.yaml blake3:{hash}\n"
    );
    assert!(made.text.starts_with(&header), "{}", made.text);
}

const CRD: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  group: example.org
  scope: Namespaced
  names: { kind: Widget, plural: widgets }
  versions:
  - name: v1
    served: true
    schema:
      openAPIV3Schema:
        type: object
        required: [spec, metadata]
        properties:
          spec:
            type: object
            required: [size]
            properties:
              size: { x-kubernetes-int-or-string: true, anyOf: [{ type: integer }, { type: string }] }
              mode: { type: string, enum: [Fast, Slow], default: Fast }
              labels: { type: object, additionalProperties: { type: string } }
              raw: { type: object, x-kubernetes-preserve-unknown-fields: true }
              ports: { type: array, items: { type: object, required: [port], properties: { port: { type: integer } } } }
              closed: { type: object }
          status: { type: object, properties: { phase: { type: string } } }
  - name: v1alpha1
    served: false
---
kind: ConfigMap
";

#[test]
fn crds_become_kinds() {
    let input =
        KindsInput { from: from(), files: vec![KindFile::Crds(Input { name: "crds.yaml", text: CRD })], patch: None };
    let made = kinds(&input).expect("readable");
    assert!(made.text.contains("# kind Widget example.org/v1 namespaced\n"), "{}", made.text);
    assert!(!made.text.contains("v1alpha1"));
    let body = body(&made);
    let spec: Vec<&String> = body.iter().filter(|line| !line.contains(" metadata")).collect();
    assert_eq!(
        spec,
        [
            "Widget example.org/v1 | map(spec)",
            "Widget example.org/v1 apiVersion | str",
            "Widget example.org/v1 kind | str",
            "Widget example.org/v1 spec | map(size)",
            "Widget example.org/v1 spec.closed | map",
            "Widget example.org/v1 spec.labels | {str}",
            "Widget example.org/v1 spec.mode | \"Fast\"|\"Slow\" | \"Fast\"",
            "Widget example.org/v1 spec.ports | [map(port)]",
            "Widget example.org/v1 spec.ports[].port | int",
            "Widget example.org/v1 spec.raw | open",
            "Widget example.org/v1 spec.size | int|str",
            "Widget example.org/v1 status | open",
        ]
    );
    assert!(body.contains(&"Widget example.org/v1 metadata.labels | {str}".to_owned()));
    let input = KindsInput {
        from: from(),
        files: vec![KindFile::Crds(Input { name: "x.yaml", text: "kind: ConfigMap\n" })],
        patch: None,
    };
    assert!(kinds(&input).is_err());
}

#[test]
fn json_schemas_become_kinds_with_definitions() {
    let schema = r##"{ "x-kubernetes-group-version-kind": [{ "group": "", "kind": "Namespace", "version": "v1" }],
        "type": ["object", "null"], "required": ["kind"], "additionalProperties": false,
        "properties": { "kind": { "const": "Namespace" }, "spec": { "$ref": "#/$defs/io.k8s.Tree" },
            "amount": { "$ref": "#/$defs/io.k8s.Quantity" }, "bytes": { "type": ["string", "null"] } },
        "$defs": { "io.k8s.Tree": { "type": "object", "additionalProperties": false, "required": ["name"],
                "properties": { "name": { "type": "string" }, "below": { "type": "array", "items": { "$ref": "#/$defs/io.k8s.Tree" } } } },
            "io.k8s.Quantity": { "oneOf": [{ "type": "string" }, { "type": "number" }] } } }"##;
    let input = KindsInput {
        from: from(),
        files: vec![KindFile::JsonSchema(Input { name: "ns.json", text: schema })],
        patch: None,
    };
    let made = kinds(&input).expect("readable");
    assert!(made.text.contains("# kind Namespace v1 cluster\n"));
    let body: Vec<String> = body(&made).into_iter().filter(|line| !line.contains("metadata")).collect();
    assert_eq!(
        body,
        [
            "$Tree | map(name)",
            "$Tree below | [@Tree]",
            "$Tree name | str",
            "Namespace v1 amount | num|str",
            "Namespace v1 apiVersion | str",
            "Namespace v1 bytes | str",
            "Namespace v1 kind | \"Namespace\"",
            "Namespace v1 spec | @Tree",
        ]
    );
}

fn of_options(text: &str, underscored: bool) -> Imported {
    let document = Input { name: "options.json", text };
    let patch = Some(Input { name: "patches/demo.txt", text: "key z.new [pkg] because \"newer\"\n" });
    options(&OptionsInput { from: from(), document, underscored, docs: true, patch }).expect("readable")
}

#[test]
fn options_become_a_table() {
    let list = r#"{
        "a.list.*.name": { "type": "string" },
        "a.list": { "type": "list of (submodule)" },
        "a.sets": { "type": "attribute set of (submodule)", "description": "Named\nthings." },
        "a.sets.<name>.port": { "type": "16 bit unsigned integer; between 0 and 65535 (both inclusive)", "default": { "_type": "literalExpression", "text": "80" } },
        "a.free": { "type": "JSON value" },
        "a.free.known": { "type": "boolean" },
        "a.\"x.y\"": { "type": "package" },
        "a.sub": { "type": "submodule" }
    }"#;
    assert_eq!(
        body(&of_options(list, false)),
        [
            "a.\"x.y\" | pkg",
            "a.free | bool|num|str|list|open|null",
            "a.free.known | bool",
            "a.list | [map]",
            "a.list[].name | str",
            "a.sets | {map} |  | Named things.",
            "a.sets.*.port | 0..65535 | 80",
            "a.sub | open",
            "z.new | [pkg]",
        ]
    );
}

#[test]
fn names_that_lost_their_signs_are_read_as_far_as_they_go() {
    let list = r#"{ "a._name_.b": { "type": "string" }, "a._1p.c": { "type": "boolean" }, "k": { "type": "attribute set of (submodule)" },
        "k._net.core_": { "type": "signed integer" } }"#;
    let made = of_options(list, true);
    assert_eq!(body(&made), ["a | {map}", "a.*.b | str", "a._1p.c | bool", "k | open", "z.new | [pkg]"]);
    assert_eq!(made.warnings.len(), 1);
}

#[test]
fn sources_are_read() {
    let text = "[[chart]]\nname = \"demo\"\nversion = \"1\"\nsource = \"a/b@c:d\"\nlicence = \"MIT\"\nvalues = \"x/demo.yaml\"\n";
    let manifest = Manifest::parse(text).expect("readable");
    let read = |path: &str| {
        assert_eq!(path, "x/demo.yaml");
        Ok("a: 1\n".to_owned())
    };
    let made = manifest.chart[0].import(&read, Some("key b int because \"x\"\n")).expect("readable");
    assert_eq!(body(&made), ["a | int | 1", "b | int"]);
    assert!(Manifest::parse("[[chart]]\nnaem = 1\n").is_err());
}

#[test]
fn patches_of_kinds_begin_with_a_root() {
    let schema = r##"{ "x-kubernetes-group-version-kind": [{ "group": "apps", "kind": "Thing", "version": "v1" }],
        "type": "object", "additionalProperties": false,
        "properties": { "mode": { "type": "string" }, "spec": { "$ref": "#/$defs/io.k8s.Tree" } },
        "$defs": { "io.k8s.Tree": { "type": "object", "additionalProperties": false,
                "properties": { "policies": { "type": "array", "items": { "type": "string" } },
                    "below": { "$ref": "#/$defs/io.k8s.Tree" } } } } }"##;
    let with = |patch: &'static str| {
        let files = vec![KindFile::JsonSchema(Input { name: "thing.json", text: schema })];
        kinds(&KindsInput { from: from(), files, patch: Some(Input { name: "p.txt", text: patch }) })
    };
    let made = with(
        "# cases\ntype $Tree policies [\"Egress\"|\"Ingress\"] because \"PolicyType\"\n\
         type Thing apps/v1 mode \"Fast\"|\"Slow\" because \"Mode\"\ntype $Bush policies str because \"none\"\n",
    )
    .expect("readable");
    let body = body(&made);
    assert!(body.contains(&"$Tree policies | [\"Egress\"|\"Ingress\"]".to_owned()), "{body:?}");
    assert!(body.contains(&"Thing apps/v1 mode | \"Fast\"|\"Slow\"".to_owned()), "{body:?}");
    assert!(made.text.contains("# input p.txt blake3:"), "{}", made.text);
    assert_eq!(made.warnings, ["p.txt, line 4: `type $Bush policies` changes nothing"]);
    let message = with("type $Tree policies because \"x\"\n").expect_err("no type").to_string();
    assert_eq!(message, "p.txt, line 1: `type` is written `type KIND VERSION PATH TYPE because \"…\"`");
}
