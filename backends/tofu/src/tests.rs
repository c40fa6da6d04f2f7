use super::*;
use kss_backend::OutputTree;
use kss_backend::testing::{
    cluster_key, entry, later, line_origin, model, origin, record, reference, scope, secret, secret_part, site_key,
    text, tool, unpack, value, with,
};
use kss_diag::Diagnostic;
use kss_span::Symbol;
use kss_value::{Record, ScopeKey, Secret, SecretPart, Value};
use serde_json::{Value as Json, json};
use std::path::Path;
use std::process::Command;

const MODULES: [(&str, &str); 3] = [
    (
        "echo/main.tf",
        "variable \"plain\" { type = object({ text = string, list = list(string), n = optional(number) }) }\n\
         variable \"hidden\" {\n  type    = map(object({ name = string, password = string, ca = optional(string) }))\n  default = {}\n}\n\
         resource \"terraform_data\" \"each\" {\n  for_each = var.hidden\n  input    = each.value.name\n}\n\
         output \"plain\" { value = var.plain }\n\
         output \"hidden\" {\n  value     = var.hidden\n  sensitive = true\n}\n",
    ),
    ("echo/README.md", "# Echo\n"),
    ("unused/main.tf", ""),
];

fn emit(model: &Model) -> (OutputTree, Vec<Diagnostic<Origin>>) {
    let mut tree = OutputTree::default();
    let diagnostics = Tofu { modules: &MODULES }.emit(model, &mut tree);
    (tree, diagnostics)
}

fn tree(model: &Model) -> OutputTree {
    let (tree, diagnostics) = emit(model);
    assert_eq!(diagnostics, []);
    tree
}

fn map(fields: &[(&str, Value)]) -> Value {
    Value::record(with(&Record::default(), fields), origin(1))
}

fn env(key: ScopeKey, name: &str, fields: &[(&str, Value)]) -> Entry {
    let common = [("version", value(json!(">= 1.10"))), ("state", reference(site_key(), "bucket", "tofu-state"))];
    entry(key, "tofu", name, with(&with(&Record::default(), &common), fields))
}

/// A site with an object store, its environments, and a cluster with its own.
fn site(site: Vec<Entry>, cluster: Vec<Entry>) -> Model {
    let account = with(
        &record(json!({ "full-name": "tofu-state", "access-key": "tofu" })),
        &[("secret-key", secret("minio/tofu", "secret-key"))],
    );
    let entries = std::iter::once(entry(site_key(), "bucket", "tofu-state", account)).chain(site);
    let cluster = Cluster { scope: scope(cluster_key("kss"), cluster), nodes: Vec::new() };
    let mut model = model(entries.collect(), Vec::new(), vec![cluster]);
    let store = record(json!({ "url": "https://minio.test", "region": "eu-test-1" }));
    model.site.capabilities.insert(Symbol::new("object-store"), store);
    model
}

fn main(tree: &OutputTree, directory: &str) -> Json {
    serde_json::from_str(&text(tree, &format!("{directory}/main.tf.json"))).unwrap()
}

/// The text of a URL around two secrets, with everything in it that a template would read.
fn dsn() -> Value {
    let parts = vec![
        SecretPart::Plain("a\"\\${x}%{y}$".into()),
        secret_part("db", "user", "raw"),
        SecretPart::Plain(":".into()),
        SecretPart::Group(
            [SecretPart::Plain("x".into()), secret_part("db", "password", "raw")].into(),
            Symbol::new("base64"),
        ),
        secret_part("db", "user", "json"),
    ];
    Value::secret(Secret { parts }, origin(6))
}

fn platform() -> Entry {
    let plain = json!({ "text": "${a} %{b} \"q\" \\ é", "list": ["no", "1e3"], "n": 3 });
    let client = map(&[("name", value(json!("${portal}"))), ("password", dsn())]);
    let call = map(&[
        ("args", map(&[("plain", value(plain)), ("hidden", map(&[("a.b", client)]))])),
        ("module", value(json!("echo"))),
    ]);
    env(cluster_key("kss"), "platform", &[("call", map(&[("vault-cluster", call)]))])
}

#[test]
fn the_wiring_is_complete() {
    let provider = map(&[
        ("source", value(json!("hashicorp/vault"))),
        ("version", value(json!("5.7.0"))),
        ("config", map(&[("address", value(json!("https://vault.test"))), ("token", secret("vault", "root-token"))])),
    ]);
    let out = map(&[("vault-base", map(&[("ca", later(site_key(), "base", ["vault-base", "ca"]))]))]);
    let own = later(site_key(), "base", ["vault-base", "ca"]);
    let base_call = map(&[("args", map(&[("ca", own)])), ("module", value(json!("echo")))]);
    let base = env(site_key(), "base", &[("call", map(&[("vault-base", base_call)])), ("out", out)]);
    let args = map(&[
        ("k8s_host", value(json!("https://api.test"))),
        ("ca", later(site_key(), "base", ["vault-base", "ca"])),
        ("token", secret("vault", "root-token")),
        ("nothing", Value::none(origin(1))),
    ]);
    let call = map(&[("args", args), ("module", value(json!("echo")))]);
    let platform = env(
        cluster_key("kss"),
        "platform",
        &[("provider", map(&[("vault", provider)])), ("call", map(&[("echo", call)]))],
    );
    let tree = tree(&site(vec![base], vec![platform]));
    let state = |key: &str| {
        json!({
            "bucket": "tofu-state", "key": key, "region": "eu-test-1", "endpoints": { "s3": "https://minio.test" },
            "use_lockfile": true, "skip_credentials_validation": true, "skip_metadata_api_check": true,
            "skip_region_validation": true, "skip_requesting_account_id": true, "use_path_style": true,
        })
    };
    let expected = json!({
        "terraform": {
            "required_version": ">= 1.10",
            "required_providers": { "vault": { "source": "hashicorp/vault", "version": "5.7.0" } },
            "backend": { "s3": state("clusters/kss/platform/terraform.tfstate") },
        },
        "variable": {
            "echo": {},
            "vault__root_token": { "type": "string", "sensitive": true, "description": "vault#root-token" },
        },
        "data": { "terraform_remote_state": { "site_base": { "backend": "s3", "config": state("site/base/terraform.tfstate") } } },
        "provider": { "vault": { "address": "https://vault.test", "token": "${var.vault__root_token}" } },
        "module": { "echo": {
            "source": "../../../../tofu/modules/echo",
            "k8s_host": "${var.echo.k8s_host}",
            "ca": "${data.terraform_remote_state.site_base.outputs.vault-base.ca}",
            "token": "${var.vault__root_token}",
        } },
    });
    assert_eq!(main(&tree, "clusters/kss/tofu/platform"), expected);
    let base = main(&tree, "site/tofu/base");
    assert_eq!(
        base["module"]["vault-base"],
        json!({ "source": "../../../tofu/modules/echo", "ca": "${module.vault-base.ca}" })
    );
    assert_eq!(
        base["output"],
        json!({ "vault-base": { "value": { "ca": "${module.vault-base.ca}" }, "sensitive": true } })
    );
    let secrets: Json = serde_json::from_str(&text(&tree, "clusters/kss/tofu/platform/secrets.json")).unwrap();
    let place = |path: &str, key: &str| json!({ "secret": { "scope": "site", "path": path, "key": key } });
    let expected = json!({
        "environment": { "AWS_ACCESS_KEY_ID": "tofu", "AWS_SECRET_ACCESS_KEY": place("minio/tofu", "secret-key") },
        "variables": { "vault__root_token": place("vault", "root-token") },
    });
    assert_eq!(secrets, expected);
}

#[test]
fn values_read_back_as_they_were() {
    let tree = tree(&site(Vec::new(), vec![platform()]));
    let path = "clusters/kss/tofu/platform/terraform.tfvars";
    let read: hcl::Value = hcl::from_str(&text(&tree, path)).unwrap();
    let text_field = read.as_object().unwrap()["vault-cluster"].as_object().unwrap()["plain"].clone();
    let text_field = text_field.as_object().unwrap()["list"].clone();
    assert_eq!(text_field, hcl::value!(["no", "1e3"]));
    assert!(line_origin(&tree, path, 1).is_some());
}

#[test]
fn only_modules_that_are_called_are_copied() {
    let tree = tree(&site(Vec::new(), vec![platform()]));
    let modules: Vec<_> = tree.iter().map(|file| &*file.path).filter(|path| path.starts_with("tofu/")).collect();
    assert_eq!(modules, ["tofu/modules/echo/README.md", "tofu/modules/echo/main.tf"]);
}

#[test]
fn an_unknown_module_is_an_error() {
    let call = map(&[("module", value(json!("ecko")))]);
    let (tree, diagnostics) = emit(&site(vec![env(site_key(), "base", &[("call", map(&[("a", call)]))])], Vec::new()));
    assert!(tree.is_empty());
    let message =
        "the call `a` of tofu `base` names the module `ecko`, which tofu/modules doesn't have; did you mean `echo`?";
    assert_eq!(diagnostics.iter().map(|found| &*found.message).collect::<Vec<_>>(), [message]);
}

#[test]
fn arguments_that_would_mean_something_else_are_errors() {
    let call = map(&[("module", value(json!("echo"))), ("args", value(json!({ "for_each": {}, "a b": 1 })))]);
    let (_, diagnostics) = emit(&site(vec![env(site_key(), "base", &[("call", map(&[("a", call)]))])], Vec::new()));
    assert_eq!(diagnostics.iter().map(|found| found.code.id).collect::<Vec<_>>(), ["K0802", "K0802"]);
}

#[test]
fn a_state_without_a_store_is_an_error() {
    let mut model = site(vec![env(site_key(), "base", &[])], Vec::new());
    model.site.capabilities.clear();
    let (tree, diagnostics) = emit(&model);
    assert!(tree.is_empty());
    assert_eq!(diagnostics.iter().map(|found| found.code.id).collect::<Vec<_>>(), ["K0405"]);
}

#[test]
fn two_secrets_never_share_a_variable() {
    let args = map(&[("a", secret("x/y", "k")), ("b", secret("x.y", "k")), ("c", secret("z", "k"))]);
    let call = map(&[("module", value(json!("echo"))), ("args", args)]);
    let tree = tree(&site(vec![env(site_key(), "base", &[("call", map(&[("z__k", call)]))])], Vec::new()));
    let module = main(&tree, "site/tofu/base")["module"]["z__k"].clone();
    let names: std::collections::BTreeSet<_> =
        ["a", "b", "c"].iter().map(|name| module[name].as_str().unwrap()).collect();
    assert_eq!(names.len(), 3);
    assert!(!names.contains("${var.z__k}"), "a call of that name has a variable too");
}

/// Runs OpenTofu in a directory.
fn run(tofu: &Path, directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(tofu);
    command
        .args(arguments)
        .current_dir(directory)
        .env("TF_CLI_CONFIG_FILE", "/dev/null")
        .env("CHECKPOINT_DISABLE", "1");
    for (name, value) in [("db__user", "us\"er"), ("db__password", "pass")] {
        command.env(format!("TF_VAR_{name}"), value);
    }
    let output = command.output().unwrap();
    let message = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{arguments:?}: {}{}", message(&output.stdout), message(&output.stderr));
    message(&output.stdout)
}

#[test]
fn opentofu_applies_a_directory() {
    let Some(tofu) = tool("tofu", &["version"], "applying an environment with OpenTofu") else { return };
    let out = ["plain", "hidden"].map(|name| (name, later(cluster_key("kss"), "platform", ["vault-cluster", name])));
    let mut platform = platform();
    platform.fields = with(&platform.fields, &[("out", map(&[("vault-cluster", map(&out))]))]);
    let tree = tree(&site(Vec::new(), vec![platform]));
    let root = tempfile::tempdir().unwrap();
    unpack(&tree, root.path()).unwrap();
    let directory = root.path().join("clusters/kss/tofu/platform");
    run(&tofu, &directory, &["init", "-backend=false", "-input=false"]);
    run(&tofu, &directory, &["validate"]);

    // The state of a test lies beside it.
    let mut main = main(&tree, "clusters/kss/tofu/platform");
    main["terraform"]["backend"] = json!({ "local": {} });
    std::fs::write(directory.join("main.tf.json"), main.to_string()).unwrap();
    run(&tofu, &directory, &["init", "-input=false", "-reconfigure"]);
    run(&tofu, &directory, &["apply", "-auto-approve", "-input=false"]);
    let outputs: Json = serde_json::from_str(&run(&tofu, &directory, &["output", "-json"])).unwrap();
    let echo = &outputs["vault-cluster"]["value"];
    assert_eq!(echo["plain"], json!({ "text": "${a} %{b} \"q\" \\ é", "list": ["no", "1e3"], "n": 3 }));
    let client = &echo["hidden"]["a.b"];
    assert_eq!(client["name"], "${portal}");
    assert_eq!(client["password"], "a\"\\${x}%{y}$us\"er:eHBhc3M=\"us\\\"er\"");
}
