//! OpenTofu takes every environment: the values fit the modules that they are for. Providers can't be installed here, so
//! `terraform_data` stands in for their resources.

#[path = "../tofu_modules/standin.rs"]
mod standin;

use crate::{deployed, tree};
use kss_tests::reference::texts;
use kss_tests::{build, tools};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;

const TEST: &str = "environments of OpenTofu";

fn environments() -> Vec<&'static str> {
    let files = texts(|path| path.ends_with("/main.tf.json"));
    files.into_iter().map(|(path, _)| path.trim_end_matches("/main.tf.json")).collect()
}

#[test]
fn the_environments_of_the_reference_are_there() {
    let wanted = [
        "clusters/kcs/tofu/identity",
        "clusters/kcs/tofu/platform",
        "clusters/kss/tofu/identity",
        "clusters/kss/tofu/platform",
        "site/tofu/base",
    ];
    assert_eq!(environments(), wanted);
}

#[test]
fn values_are_formatted() {
    let (_folder, root) = deployed();
    let Some(mut command) = tools::tofu(&root, &["fmt", "-check", "-diff", "-recursive"], TEST) else { return };
    let (good, diff, said) = tools::run(&mut command);
    assert!(good, "{diff}{said}");
}

#[test]
fn every_environment_can_be_planned() {
    let (_folder, root) = deployed();
    for environment in environments() {
        let scratch = tempfile::tempdir().expect("a folder");
        let secrets = prepare(environment, &root, scratch.path());
        let run = |arguments: &[&str]| {
            let mut command = tools::tofu(scratch.path(), arguments, TEST)?;
            let (good, out, said) = tools::run(&mut command);
            assert!(good, "{environment}: tofu {arguments:?}\n{out}{said}");
            Some(out)
        };
        if run(&["init", "-input=false", "-no-color"]).is_none() {
            return;
        }
        run(&["validate", "-no-color"]);
        run(&["apply", "-auto-approve", "-input=false", "-no-color"]);
        let state = run(&["show", "-json"]).expect("it was there");
        // Each secret that the environment asks for reaches some module.
        let arrived = |secret: &str| SEEDS.contains(&secret) || state.contains(&format!("{PLACEHOLDER}{secret}"));
        let lost: Vec<&String> = secrets.iter().filter(|secret| !arrived(secret)).collect();
        assert!(lost.is_empty(), "{environment}: no module gets {lost:?}");
    }
}

const PLACEHOLDER: &str = "value-of-";

/// Secrets that others are derived from: they don't appear themselves.
const SEEDS: &[&str] = &["upstream_keycloak__upstream_users"];

/// Writes the environment so that it needs no provider and no secret; the names of its secret variables
/// that a module takes.
fn prepare(environment: &str, root: &Path, scratch: &Path) -> Vec<String> {
    let read =
        |path: &str| tree().get(path).map(|file| String::from_utf8(file.content.bytes().to_vec()).expect("a text"));
    let text = read(&format!("{environment}/main.tf.json")).expect("it is there");
    let mut main: Map<String, Value> = serde_json::from_str(&text).expect("JSON");
    main.remove("provider");
    main.insert("terraform".to_owned(), json!({ "required_version": main["terraform"]["required_version"] }));
    for (call, module) in main.get_mut("module").and_then(Value::as_object_mut).into_iter().flatten() {
        let source = module["source"].as_str().expect("a source").to_owned();
        let from = root.join(environment).join(&source);
        copy_module(&from, &scratch.join(call));
        module["source"] = json!(format!("./{call}"));
    }
    let secrets = secret_variables(&mut main);
    std::fs::write(scratch.join("main.tf.json"), format!("{:#}\n", Value::Object(main))).expect("a file");
    if let Some(values) = read(&format!("{environment}/terraform.tfvars")) {
        std::fs::write(scratch.join("terraform.tfvars"), values).expect("a file");
    }
    secrets
}

fn copy_module(from: &Path, to: &Path) {
    let read = |file: &str| {
        std::fs::read_to_string(from.join(file)).unwrap_or_else(|error| panic!("{}/{file}: {error}", from.display()))
    };
    let parse = |file: &str| hcl::parse(&read(file)).expect("HCL");
    std::fs::create_dir(to).expect("a folder");
    std::fs::write(to.join("variables.tf"), read("variables.tf")).expect("a file");
    std::fs::write(to.join("main.tf"), standin::stand_in(&parse("main.tf"), &parse("outputs.tf"))).expect("a file");
}

/// Gives every secret variable a value; the names of those that a call of a module takes.
fn secret_variables(main: &mut Map<String, Value>) -> Vec<String> {
    let calls = main.get("module").map(Value::to_string).unwrap_or_default();
    let mut taken = Vec::new();
    for (name, variable) in main.get_mut("variable").and_then(Value::as_object_mut).into_iter().flatten() {
        if variable["sensitive"] == true {
            variable["default"] = json!(format!("{PLACEHOLDER}{name}"));
            if calls.contains(&format!("var.{name}")) {
                taken.push(name.clone());
            }
        }
    }
    taken
}

#[test]
fn secrets_are_listed_for_whoever_applies() {
    for environment in environments() {
        let read = |file: &str| tree().get(&format!("{environment}/{file}")).map(|file| file.content.bytes().to_vec());
        let main: Value = serde_json::from_slice(&read("main.tf.json").expect("it is there")).expect("JSON");
        let variables = main["variable"].as_object().into_iter().flatten();
        let wanted: BTreeSet<String> =
            variables.filter(|(_, variable)| variable["sensitive"] == true).map(|(name, _)| name.clone()).collect();
        let listed: Value =
            read("secrets.json").map_or(Value::Null, |text| serde_json::from_slice(&text).expect("JSON"));
        let listed: BTreeSet<String> =
            listed["variables"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        assert_eq!(listed, wanted, "{environment}");
        let used = [&main["module"], &main["provider"]].map(Value::to_string).concat();
        let idle: Vec<&String> = wanted.iter().filter(|name| !used.contains(&format!("var.{name}}}"))).collect();
        assert!(idle.is_empty(), "{environment}: nothing gets {idle:?}");
    }
}

#[test]
fn a_wrong_value_is_refused() {
    let (_folder, root) = deployed();
    let scratch = tempfile::tempdir().expect("a folder");
    prepare("clusters/kss/tofu/platform", &root, scratch.path());
    let file = scratch.path().join("terraform.tfvars");
    let values = std::fs::read_to_string(&file).expect("values");
    assert!(values.contains("https://"));
    std::fs::write(&file, values.replace("https://", "http://")).expect("a file");
    let Some(mut init) = tools::tofu(scratch.path(), &["init", "-input=false"], TEST) else { return };
    tools::output(&mut init);
    let plan = tools::tofu(scratch.path(), &["plan", "-input=false", "-no-color"], TEST);
    let (good, _, said) = tools::run(&mut plan.expect("it was there"));
    let said = said.replace(['\n', '│'], " ");
    assert!(!good && said.contains("https://"), "{said}");
    assert!(build::repository().join("stdlib/tofu/modules").is_dir(), "modules are part of the library");
}
