//! Texts and numbers that some reader takes for something else, written in `.kss`, and read back by those who will read them.

#[path = "traps/texts.rs"]
mod texts;

use kss_backend::OutputTree;
use kss_tests::read::Reader;
use kss_tests::{build, tools};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use texts::literal;

const TEST: &str = "texts that readers take for something else";

/// Other scalars, as `.kss` writes them and as they have to arrive.
const SCALARS: &[(&str, &str)] = &[
    ("0x10", "16"),
    ("64_512", "64512"),
    ("0", "0"),
    ("-1", "-1"),
    ("9007199254740993", "9007199254740993"),
    ("0.5", "0.5"),
    ("-2.25", "-2.25"),
    ("true", "true"),
    ("false", "false"),
    ("[]", "[]"),
    ("[true, 1, \"1\", [\"no\"]]", "[true, 1, \"1\", [\"no\"]]"),
    ("[{ a = \"no\" }, { a = \"~\", b = [] }]", "[{\"a\": \"no\"}, {\"a\": \"~\", \"b\": []}]"),
    ("10.69.50.20", "\"10.69.50.20\""),
    ("10.69.50.0/24", "\"10.69.50.0/24\""),
    ("fd42:1::/64", "\"fd42:1::/64\""),
    ("52:54:00:69:50:20", "\"52:54:00:69:50:20\""),
    ("12:30:45:01:02:03", "\"12:30:45:01:02:03\""),
    ("10GiB", "\"10Gi\""),
    ("60d", "\"1440h\""),
    ("250m", "\"250m\""),
];

/// Blocks and raw texts, as `.kss` writes them.
const BLOCKS: &[(&str, &str)] = &[
    ("\"\"\"\n    #!/bin/sh\n      echo \"\\${x} $y\" \\\\n\n\n    \"\"\"", "#!/bin/sh\n  echo \"${x} $y\" \\\\n\n"),
    ("\"\"\"\n    \tindented\n    not\n  \"\"\"", "  \tindented\n  not"),
    ("'${x} \\n %{y}'", "${x} \\n %{y}"),
    ("'''\n  no\n    ''${x}\n  '''", "no\n  ''${x}"),
];

/// Texts under keys of their own: `.kss` and what has to arrive.
fn records() -> (String, Map<String, Value>) {
    let (mut lines, mut wanted) = (String::new(), Map::new());
    let mut add = |key: String, source: &str, value: Value| {
        lines.push_str(&format!("      {key} = {source}\n"));
        wanted.insert(key, value);
    };
    for (at, text) in texts::all().into_iter().enumerate() {
        add(format!("t{at}"), &literal(text), json!(text));
    }
    for (at, (source, text)) in BLOCKS.iter().enumerate() {
        add(format!("b{at}"), source, json!(text));
    }
    (lines, wanted)
}

/// The same for scalars of other types.
fn scalars() -> (String, Map<String, Value>) {
    let known = SCALARS.iter().enumerate();
    let (mut lines, mut wanted) = (String::new(), Map::new());
    for (at, (source, value)) in known {
        lines.push_str(&format!("      s{at} = {source}\n"));
        wanted.insert(format!("s{at}"), serde_json::from_str(value).expect("JSON"));
    }
    (lines, wanted)
}

/// Texts as keys.
fn keys() -> (String, Map<String, Value>) {
    let mut unique: Vec<&str> = texts::lines();
    unique.sort_unstable();
    unique.dedup();
    let lines = unique.iter().enumerate().map(|(at, text)| format!("      {} = {at}\n", literal(text)));
    let wanted = unique.iter().enumerate().map(|(at, text)| ((*text).to_owned(), json!(at)));
    (lines.collect(), wanted.collect())
}

/// Texts around a secret.
fn around_a_secret() -> (String, Map<String, Value>) {
    let texts: Vec<&str> = texts::all().into_iter().filter(|text| !text.is_empty()).collect();
    let around = |at: usize, text: &str| (format!("x{at}"), text.to_owned());
    let all: Vec<(String, String)> = texts.iter().enumerate().map(|(at, text)| around(at, text)).collect();
    let source = |text: &str| {
        let inner = literal(text);
        let inner = &inner[1..inner.len() - 1];
        format!("\"{inner}${{credential.trap}}{inner}\"")
    };
    let lines = all.iter().map(|(key, text)| format!("      {key} = {}\n", source(text)));
    let wanted = all.iter().map(|(key, text)| (key.clone(), json!(format!("{text}{SECRET}{text}"))));
    (lines.collect(), wanted.collect())
}

/// A document of JSON that the module reads.
fn controls() -> Map<String, Value> {
    texts::CONTROLS.iter().enumerate().map(|(at, text)| (format!("c{at}"), json!(text))).collect()
}

const SECRET: &str = "correct-horse";

/// The module that writes all of it everywhere.
fn module(controls: &str) -> String {
    let (texts, scalars, keys, secrets) = (records().0, scalars().0, keys().0, around_a_secret().0);
    let facts: String =
        texts::lines().iter().enumerate().map(|(at, text)| format!("    T{at} = {}\n", literal(text))).collect();
    format!(
        r#"module traps {{
  phase = apps
  needs site.object-store
  namespace traps {{}}
  helm traps {{
    chart {{ repo = "https://grafana.github.io/helm-charts", name = "loki", version = "6.55.0" }}
    values {{
    texts {{
{texts}    }}
    scalars {{
{scalars}    }}
    keys {{
{keys}    }}
    {controls}
    }}
    unchecked values because "they only have to arrive"
  }}
  manifest ConfigMap traps in traps {{
    data {{
{texts}    }}
  }}
  nixos-cluster {{
    environment.variables {{
{texts}    }}
  }}
  each node where role == server {{
    etc "traps.yaml" {{ body = yaml {{ data = {{
    texts {{
{texts}    }}
    scalars {{
{scalars}    }}
    keys {{
{keys}    }}
    {controls}
    }} }} }}
    etc "traps.json" {{ body = json {{ data = {{
    texts {{
{texts}    }}
    keys {{
{keys}    }}
    }} }} }}
  }}
  vars {{
{facts}  }}
  credential trap {{ source = generated {{}}, path = "traps", key = "trap" }}
  tofu traps {{
    state = site.object-store.state
    provider vault {{
      source = "hashicorp/vault", version = "5.7.0"
      config {{
{texts}      }}
    }}
    call vault-base {{
      args {{
      texts {{
{texts}      }}
      scalars {{
{scalars}      }}
      secrets {{
{secrets}      }}
    {controls}
      }}
    }}
  }}
}}
"#
    )
}

/// The reference site, whose cluster `kss` uses the module.
fn tree() -> &'static OutputTree {
    static TREE: OnceLock<OutputTree> = OnceLock::new();
    TREE.get_or_init(|| site(""))
}

/// The site; `reading` stands where a document of the project is read.
fn site(reading: &str) -> OutputTree {
    let folder = tempfile::tempdir().expect("a folder");
    let clusters = build::repository().join("clusters");
    std::fs::copy(clusters.join("homelab.kss"), folder.path().join("homelab.kss")).expect("a file");
    let kss = std::fs::read_to_string(clusters.join("kss.kss")).expect("a file");
    let kss = kss.replacen("  use day-two\n", "  use day-two\n  use traps\n", 1);
    assert!(kss.contains("use traps"));
    std::fs::write(folder.path().join("kss.kss"), kss).expect("a file");
    std::fs::write(folder.path().join("traps.kss"), module(reading)).expect("a file");
    std::fs::write(folder.path().join("traps.json"), Value::Object(controls()).to_string()).expect("a file");
    let built = build::build(folder.path());
    let errors: Vec<String> = built.errors().into_iter().filter(|error| error.contains("traps.kss")).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    built.tree
}

fn text(path: &str) -> &'static str {
    text_of(tree(), path)
}

fn text_of<'t>(tree: &'t OutputTree, path: &str) -> &'t str {
    let file = tree.get(path).unwrap_or_else(|| panic!("`{path}` is written"));
    std::str::from_utf8(file.content.bytes()).expect("a text")
}

/// Where two records differ.
#[track_caller]
fn assert_same(got: &Value, wanted: &Map<String, Value>, reader: &str) {
    let got = got.as_object().unwrap_or_else(|| panic!("{reader}: no record: {got}"));
    let mut wrong = Vec::new();
    for (key, value) in wanted {
        match got.get(key) {
            Some(found) if found == value => {}
            found => {
                wrong.push(format!("{key}: {value} became {}", found.map_or("nothing".to_owned(), Value::to_string)))
            }
        }
    }
    wrong.extend(got.keys().filter(|key| !wanted.contains_key(*key)).map(|key| format!("{key}: nobody wrote it")));
    assert!(wrong.is_empty(), "{reader}:\n{}", wrong.join("\n"));
    assert!(wanted.len() > 5, "{reader} has something to read");
}

/// What all readers of YAML make of a text.
fn yaml(text: &str) -> Vec<(String, Value)> {
    let read = Reader::ALL.into_iter().filter_map(|reader| {
        let value = reader.read(&[text], TEST)?.remove(0).unwrap_or_else(|error| panic!("{reader:?}: {error}"));
        Some((format!("{reader:?}"), value))
    });
    read.collect()
}

#[test]
fn values_of_charts_arrive() {
    for (reader, value) in yaml(text("clusters/kss/helm/traps.yaml")) {
        assert_same(&value["texts"], &records().1, &reader);
        assert_same(&value["scalars"], &scalars().1, &reader);
        assert_same(&value["keys"], &keys().1, &reader);
    }
}

#[test]
fn objects_arrive() {
    for (reader, value) in yaml(text("clusters/kss/kustomize/traps/configmap-traps-traps.yaml")) {
        assert_same(&value["data"], &records().1, &reader);
    }
}

/// The value of a Nix expression with a configuration of the tree as `c`.
fn nix(root: &Path, file: &str, expression: &str) -> Option<Value> {
    let mut command = tools::command("nix-instantiate", TEST)?;
    let file = root.join(file);
    let whole = format!(
        "let f = import {}; c = f (builtins.mapAttrs (_: _: null) (builtins.functionArgs f)); in {expression}",
        file.display()
    );
    command.args(["--store", "dummy://", "--eval", "--strict", "--json", "--expr", &whole]);
    Some(serde_json::from_str(&tools::output(&mut command)).expect("JSON"))
}

#[test]
fn options_of_nixos_arrive() {
    let folder = build::write(tree());
    let root = folder.path().join("deploy");
    let Some(value) = nix(&root, "clusters/kss/nixos/cluster.nix", "c.environment.variables") else { return };
    assert_same(&value, &records().1, "Nix");
}

#[test]
fn documents_in_nix_arrive() {
    let folder = build::write(tree());
    let root = folder.path().join("deploy");
    let etc = |name: &str| nix(&root, "clusters/kss/nixos/master.nix", &format!("c.environment.etc.\"{name}\".text"));
    let (Some(yaml_text), Some(json_text)) = (etc("traps.yaml"), etc("traps.json")) else { return };
    for (reader, value) in yaml(yaml_text.as_str().expect("a text")) {
        assert_same(&value["texts"], &records().1, &reader);
        assert_same(&value["scalars"], &scalars().1, &reader);
        assert_same(&value["keys"], &keys().1, &reader);
    }
    let value: Value = serde_json::from_str(json_text.as_str().expect("a text")).expect("JSON");
    assert_same(&value["texts"], &records().1, "JSON");
    assert_same(&value["keys"], &keys().1, "JSON");
}

/// What OpenTofu makes of texts: HCL reads letters with marks in their composed form (NFC), whoever wrote them how.
fn composed(wanted: Map<String, Value>) -> Map<String, Value> {
    let compose = |value: Value| match value {
        Value::String(text) => json!(text.replace("a\u{301}", "á")),
        other => other,
    };
    wanted.into_iter().map(|(key, value)| (key, compose(value))).collect()
}

/// What OpenTofu reads of the environment: its arguments, and the settings of its provider.
fn tofu(tree: &OutputTree) -> Option<(Value, Value)> {
    let scratch = tempfile::tempdir().expect("a folder");
    let main: Value = serde_json::from_str(text_of(tree, "clusters/kss/tofu/traps/main.tf.json")).expect("JSON");
    let mut variables = main["variable"].clone();
    for (_, variable) in
        variables.as_object_mut().expect("variables").iter_mut().filter(|(_, v)| v["sensitive"] == true)
    {
        variable["default"] = json!(SECRET);
    }
    let mut arguments = main["module"]["vault-base"].clone();
    arguments.as_object_mut().expect("arguments").remove("source");
    let root = json!({
        "variable": variables,
        "locals": { "arguments": arguments, "config": main["provider"]["vault"] },
        "output": {
            "arguments": { "value": "${local.arguments}", "sensitive": true },
            "config": { "value": "${local.config}", "sensitive": true },
        },
    });
    std::fs::write(scratch.path().join("main.tf.json"), root.to_string()).expect("a file");
    let values = text_of(tree, "clusters/kss/tofu/traps/terraform.tfvars");
    std::fs::write(scratch.path().join("terraform.tfvars"), values).expect("a file");
    for arguments in
        [&["init", "-input=false"][..], &["fmt", "-check", "-diff"], &["apply", "-auto-approve", "-input=false"]]
    {
        tools::output(&mut tools::tofu(scratch.path(), arguments, TEST)?);
    }
    let said = tools::output(&mut tools::tofu(scratch.path(), &["output", "-json"], TEST)?);
    let outputs: Value = serde_json::from_str(&said).expect("JSON");
    Some((outputs["arguments"]["value"].clone(), outputs["config"]["value"].clone()))
}

#[test]
fn arguments_of_tofu_arrive() {
    let Some((arguments, config)) = tofu(tree()) else { return };
    assert_same(&arguments["texts"], &composed(records().1), "OpenTofu, values");
    assert_same(&arguments["scalars"], &scalars().1, "OpenTofu, values");
    assert_same(&arguments["secrets"], &composed(around_a_secret().1), "OpenTofu, texts around a secret");
    assert_same(&config, &composed(records().1), "OpenTofu, a provider");
}

#[test]
fn signs_that_no_one_sees_arrive() {
    let tree = site("controls = data(\"traps.json\")");
    for (reader, value) in yaml(text_of(&tree, "clusters/kss/helm/traps.yaml")) {
        assert_same(&value["controls"], &controls(), &reader);
    }
    let folder = build::write(&tree);
    let root = folder.path().join("deploy");
    let document = nix(&root, "clusters/kss/nixos/master.nix", "c.environment.etc.\"traps.yaml\".text");
    for (reader, value) in document.iter().flat_map(|text| yaml(text.as_str().expect("a text"))) {
        assert_same(&value["controls"], &controls(), &format!("Nix, then {reader}"));
    }
    if let Some((arguments, _)) = tofu(&tree) {
        assert_same(&arguments["controls"], &controls(), "OpenTofu");
    }
}

#[test]
fn facts_arrive_in_make_and_the_shell() {
    let folder = build::write(tree());
    let directory = folder.path().join("deploy/clusters/kss");
    let facts: Vec<(String, &str)> =
        texts::lines().into_iter().enumerate().map(|(at, text)| (format!("T{at}"), text)).collect();
    let wanted: String = facts.iter().map(|(name, text)| format!("{name}={text}\n")).collect();

    let prints: String = facts.iter().map(|(name, _)| format!("printf '%s=%s\\n' {name} \"${name}\"\n")).collect();
    let script = format!("set -eu\n. ./vars.env\n{prints}");
    let printed = tools::output(Command::new("sh").args(["-c", &script]).current_dir(&directory));
    assert_eq!(printed, wanted, "the shell");

    let value: Value = serde_json::from_str(text("clusters/kss/vars.json")).expect("JSON");
    let got: String =
        facts.iter().map(|(name, _)| format!("{name}={}\n", value[name].as_str().expect("a text"))).collect();
    assert_eq!(got, wanted, "JSON");

    if tools::command("make", TEST).is_none() {
        return;
    }
    let prints: String = facts.iter().map(|(name, _)| format!("$(info {name}=$({name}))\n")).collect();
    std::fs::write(directory.join("Makefile"), format!("include vars.mk\n{prints}all:\n\t@:\n")).expect("a file");
    assert_eq!(tools::output(Command::new("make").arg("-s").current_dir(&directory)), wanted, "make");
}
