//! The bodies of OpenTofu modules that the library ships: each is whole, fits what the library calls it with, and takes and
//! turns around real values. Providers can't be installed here, so `terraform_data` stands in for their resources.

#[path = "tofu_modules/calls.rs"]
mod calls;
#[path = "tofu_modules/standin.rs"]
mod standin;

use calls::Library;
use hcl::{Block, Body, Expression};
use kss_tests::tools;
use regex::Regex;
use semver::{Version, VersionReq};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

const FILES: [&str; 4] = ["main.tf", "outputs.tf", "variables.tf", "versions.tf"];

struct Module {
    name: String,
    folder: PathBuf,
    /// By name of file.
    texts: BTreeMap<&'static str, String>,
    bodies: BTreeMap<&'static str, Body>,
}

impl Module {
    fn read(folder: PathBuf) -> Module {
        let texts: BTreeMap<_, _> = FILES
            .into_iter()
            .map(|file| {
                let path = folder.join(file);
                (file, std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
            })
            .collect();
        let bodies = texts.iter().map(|(file, text)| {
            (*file, hcl::parse(text).unwrap_or_else(|e| panic!("{}/{file}: {e}", folder.display())))
        });
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        Module { name, bodies: bodies.collect(), texts, folder }
    }

    /// Blocks of a kind, by their first label.
    fn blocks(&self, file: &str, kind: &str) -> BTreeMap<&str, &Block> {
        let blocks = self.bodies[file].blocks().filter(|block| block.identifier() == kind);
        blocks.map(|block| (block.labels()[0].as_str(), block)).collect()
    }

    /// All texts without comments.
    fn code(&self) -> String {
        let comment = Regex::new(r#"(?m)(^|\s)#.*$"#).expect("a pattern");
        self.texts.values().map(|text| comment.replace_all(text, "").into_owned() + "\n").collect()
    }

    /// Source and constraint of each provider.
    fn providers(&self) -> Vec<(String, String)> {
        let terraform = self.bodies["versions.tf"].blocks().find(|block| block.identifier() == "terraform");
        let required = terraform.expect("a block `terraform`").body().blocks().next().expect("`required_providers`");
        assert_eq!(required.identifier(), "required_providers", "{}", self.name);
        let providers = required.body().attributes().map(|attribute| {
            let Expression::Object(pin) = attribute.expr() else { panic!("{}: {}", self.name, attribute.key()) };
            let fields: BTreeMap<String, String> =
                pin.iter().map(|(key, value)| (key.clone().into(), text(value).to_owned())).collect();
            (fields["source"].clone(), fields["version"].clone())
        });
        providers.collect()
    }
}

fn stdlib() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../stdlib")
}

fn modules() -> Vec<Module> {
    let folders = std::fs::read_dir(stdlib().join("tofu/modules")).expect("the folder of modules");
    let mut folders: Vec<_> =
        folders.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders.into_iter().map(Module::read).collect()
}

fn attribute<'a>(block: &'a Block, name: &str) -> Option<&'a Expression> {
    block.body().attributes().find(|attribute| attribute.key() == name).map(|attribute| attribute.expr())
}

fn text(expression: &Expression) -> &str {
    match expression {
        Expression::String(text) => text,
        other => panic!("{other:?} is no plain text"),
    }
}

#[test]
fn every_module_is_whole() {
    let sentence = Regex::new(r"^[A-Z`].*[^.]\.$").expect("a pattern");
    let variable = Regex::new(r"\bvar\.([a-z0-9_]+)").expect("a pattern");
    for module in modules() {
        let mut files: Vec<_> = std::fs::read_dir(&module.folder).unwrap().map(|e| e.unwrap().file_name()).collect();
        files.sort();
        assert_eq!(files, FILES, "{}", module.name);
        for (file, kinds) in [
            ("variables.tf", &["variable"][..]),
            ("outputs.tf", &["output"]),
            ("versions.tf", &["terraform"]),
            ("main.tf", &["locals", "resource"]),
        ] {
            let strange = module.bodies[file].blocks().find(|block| !kinds.contains(&block.identifier()));
            assert!(strange.is_none(), "{}/{file}: {strange:?}", module.name);
        }
        for (name, block) in module.blocks("variables.tf", "variable") {
            assert!(attribute(block, "type").is_some(), "{}: variable `{name}` has no type", module.name);
            let about = attribute(block, "description").map(text).unwrap_or_default();
            assert!(sentence.is_match(about), "{}: description of variable `{name}`: {about:?}", module.name);
        }
        for (name, block) in module.blocks("outputs.tf", "output") {
            let about = attribute(block, "description").map(text).unwrap_or_default();
            assert!(sentence.is_match(about), "{}: description of output `{name}`: {about:?}", module.name);
        }
        let code = module.code();
        let used: BTreeSet<&str> =
            variable.captures_iter(&code).map(|found| found.get(1).expect("a name").as_str()).collect();
        let declared: BTreeSet<&str> = module.blocks("variables.tf", "variable").into_keys().collect();
        assert_eq!(used, declared, "{}: variables that are used, and those that are declared", module.name);
    }
}

#[test]
fn calls_and_modules_fit() {
    let library = Library::read(&stdlib());
    let modules = modules();
    let mut wrong = Vec::new();
    for call in &library.calls {
        let place = format!("{}: call of `{}`", call.file.display(), call.module);
        let Some(module) = modules.iter().find(|module| module.name == call.module) else {
            wrong.push(format!("{place}: there is no such module"));
            continue;
        };
        let variables = module.blocks("variables.tf", "variable");
        let unknown = call.args.iter().filter(|name| !variables.contains_key(name.as_str()));
        wrong.extend(unknown.map(|name| format!("{place}: it has no variable `{name}`")));
        let needed = variables.iter().filter(|(_, block)| attribute(block, "default").is_none());
        let missing = needed.filter(|(name, _)| !call.args.contains(**name));
        wrong.extend(missing.map(|(name, _)| format!("{place}: its variable `{name}` gets no value")));
    }
    let called: BTreeSet<&str> = library.calls.iter().map(|call| call.module.as_str()).collect();
    let idle = modules.iter().filter(|module| !called.contains(module.name.as_str()));
    wrong.extend(idle.map(|module| format!("nothing calls the module `{}`", module.name)));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pins_of_providers_satisfy_the_modules() {
    let pins = Library::read(&stdlib()).pins;
    for module in modules() {
        for (source, constraint) in module.providers() {
            // `~> 5.7` is what `^5.7` is elsewhere, as long as there are two numbers.
            let numbers = constraint.strip_prefix("~> ").unwrap_or_else(|| panic!("{}: `{constraint}`", module.name));
            assert_eq!(numbers.split('.').count(), 2, "{}: `{constraint}`", module.name);
            let allowed = VersionReq::parse(&format!("^{numbers}")).expect("a requirement");
            let pinned = pins.get(&source).unwrap_or_else(|| panic!("{}: nobody pins `{source}`", module.name));
            for version in pinned {
                let version = Version::parse(version).expect("an exact version");
                assert!(allowed.matches(&version), "{}: `{source}` {version} isn't {constraint}", module.name);
            }
        }
    }
}

fn tofu(test: &str, folder: &Path, arguments: &[&str]) -> Option<Command> {
    let mut command = tools::command("tofu", test)?;
    command.args(arguments).current_dir(folder).env("TF_CLI_CONFIG_FILE", "/dev/null").env("CHECKPOINT_DISABLE", "1");
    Some(command)
}

/// What a command says, and whether it went well.
fn outcome(mut command: Command) -> (bool, String) {
    let output = command.output().expect("tofu can be started");
    let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat();
    (output.status.success(), said)
}

#[test]
fn modules_are_formatted() {
    let test = "the format of OpenTofu modules";
    let Some(command) = tofu(test, &stdlib().join("tofu/modules"), &["fmt", "-check", "-diff", "-recursive"]) else {
        return;
    };
    let (good, said) = outcome(command);
    assert!(good, "{said}");
}

/// Arguments as environments write them; `var.secret` is a sensitive variable.
const VALUES: &[(&str, &str)] = &[
    ("vault-base", r#"namespaces = ["kss", "kcs", "convenience"], vault_fqdn = "vault.test""#),
    (
        "vault-cluster",
        r#"k8s_auth_mount = "kubernetes", k8s_host = "https://api.kss.test:6443", k8s_token_reviewer_jwt = var.secret
        pki_domains = ["support.test", "test"]
        policies = { external-secrets = { read = ["keycloak/argocd", "a/b"], list = [], write = [] }
                     apps = { read = ["apps/*"], list = ["apps/*"], write = ["apps/x"] } }
        roles = { external-secrets = { service_account = "external-secrets", namespace = "external-secrets", ttl = "1h30m" } }"#,
    ),
    (
        "harbor-apps",
        r#"projects = { apps = { scan = true, pull_user = "robot_apps+pull", pull_secret = var.secret } }
        push = { project = "apps", name = "push", secret = var.secret }"#,
    ),
    ("harbor-cluster", r#"cluster_name = "kss", pull_secret = var.secret"#),
    (
        "keycloak-upstream",
        r#"realm = "upstream", password_seed = var.secret
        users = [{ username = "ada", email = "ada@test", first_name = "Ada", last_name = "L", role = "admin" },
                 { username = "bob", email = "bob@test", first_name = "Bob", last_name = "M", role = "user" }]
        clients = { kss-broker = { redirect_uris = ["https://auth.kss.test/x"], client_secret = var.secret, standard_flow = true, service_account = false } }"#,
    ),
    (
        "keycloak-broker",
        r#"realm = { name = "broker", display_name = "Broker IdP", login_with_email = true, registration = false, reset_password = false }
        upstream = { issuer = "https://idp.test/realms/upstream", client_id = "kss-broker", client_secret = var.secret, display_name = "Login" }
        groups = { k8s-admins = { role = "k8s-admin", upstream_role = "admin" }, app-users = { role = "app-user", upstream_role = "user" } }
        social = { google = { client_id = var.secret, client_secret = var.secret, group = "app-users" } }
        clients = {
          kubernetes = { kind = "public", redirect_uris = ["http://localhost:8000"], web_origins = ["http://localhost:8000"], pkce = "S256"
                         standard_flow = true, service_account = false, direct_grants = true, token_exchange = true, audiences = ["jit"] }
          jit = { kind = "service", client_secret = var.secret, redirect_uris = ["https://x"], web_origins = ["https://x"], standard_flow = false
                  service_account = true, direct_grants = false, token_exchange = true, audiences = [] }
        }"#,
    ),
    (
        "gitlab-config",
        r#"group = "infra", project = "homelab", apps_group = "apps", email_domain = "test", argocd_key = "ssh-ed25519 A"
        admin_ssh_key = "ssh-ed25519 B", registry_host = "harbor.test", registry_push = { user = "robot_apps+push", password = var.secret }"#,
    ),
    ("teleport-config", r#"clusters = ["kss", "kcs"], tokens = { kss = var.secret, kcs = var.secret }"#),
    (
        "ziti-config",
        r#"clusters = ["kss"], client_devices = { phone = { role_attributes = ["user", "demo"] }, tablet = {} }
        overlay_services = { kss-grafana = { intercept_addresses = ["grafana.kss.test"], intercept_port = 443, protocol = "tcp"
                             host_address = "10.0.0.9", bind_roles = ["kss"], dial_roles = ["admin", "demo"] } }"#,
    ),
];

const SECRET: &str = "correct-horse-battery-staple";

/// A configuration that calls the stand-ins of modules, made ready.
fn scratch(calls: &[(&str, &str)], test: &str) -> Option<tempfile::TempDir> {
    let root = tempfile::tempdir().expect("a folder");
    let mut main =
        format!("variable \"secret\" {{\n  type = string\n  sensitive = true\n  default = \"{SECRET}\"\n}}\n");
    for (name, arguments) in calls {
        let module = Module::read(stdlib().join("tofu/modules").join(name));
        let folder = root.path().join(name);
        std::fs::create_dir(&folder).expect("a folder");
        let files = [
            ("variables.tf", module.texts["variables.tf"].clone()),
            ("main.tf", standin::stand_in(&module.bodies["main.tf"], &module.bodies["outputs.tf"])),
        ];
        files.into_iter().for_each(|(file, text)| std::fs::write(folder.join(file), text).expect("a file"));
        let arguments = top_level_lines(arguments);
        main += &format!("module \"{name}\" {{\n  source = \"./{name}\"\n{arguments}\n}}\n");
        main += &format!("output \"{name}\" {{\n  value = module.{name}\n  sensitive = true\n}}\n");
    }
    std::fs::write(root.path().join("main.tf"), main).expect("a file");
    let (good, said) = outcome(tofu(test, root.path(), &["init", "-input=false", "-no-color"])?);
    assert!(good, "{said}");
    Some(root)
}

/// Attributes one a line: a comma outside of brackets ends one.
fn top_level_lines(arguments: &str) -> String {
    let mut depth = 0;
    let lines = arguments.chars().map(|c| {
        depth += i32::from(matches!(c, '{' | '[')) - i32::from(matches!(c, '}' | ']'));
        if c == ',' && depth == 0 { '\n' } else { c }
    });
    lines.collect()
}

#[test]
fn modules_take_values_and_secrets() {
    let test = "applying OpenTofu modules without providers";
    assert_eq!(VALUES.len(), modules().len(), "each module has values here");
    let Some(root) = scratch(VALUES, test) else { return };
    for arguments in [&["validate", "-no-color"][..], &["apply", "-auto-approve", "-input=false", "-no-color"]] {
        let (good, said) = outcome(tofu(test, root.path(), arguments).expect("it was there"));
        assert!(good, "{said}");
        assert!(!said.contains(SECRET), "a secret is printed: {said}");
    }
    let mut show = tofu(test, root.path(), &["show", "-json"]).expect("it was there");
    let state: Value = serde_json::from_slice(&show.output().expect("tofu can be started").stdout).expect("JSON");
    let resource = |module: &str, address: &str| input(&state, &format!("module.{module}.terraform_data.{address}"));
    let output = |module: &str, name: &str| state["values"]["outputs"][module]["value"][name].clone();

    let policy = |name: &str| {
        let policy = resource("vault-cluster", &format!("vault_policy__policy[\"{name}\"]"));
        serde_json::from_str::<Value>(policy["policy"].as_str().expect("a text")).expect("JSON")
    };
    let read = json!({ "capabilities": ["read"] });
    let expected = json!({ "path": {
        "secret/data/keycloak/argocd": read, "secret/metadata/keycloak/argocd": read,
        "secret/data/a/b": read, "secret/metadata/a/b": read,
    } });
    assert_eq!(policy("external-secrets"), expected);
    let expected = json!({ "path": {
        "secret/data/apps/*": read, "secret/metadata/apps/*": { "capabilities": ["list", "read"] },
        "secret/data/apps/x": { "capabilities": ["create", "update"] },
    } });
    assert_eq!(policy("apps"), expected);
    let role = resource("vault-cluster", "vault_kubernetes_auth_backend_role__role[\"external-secrets\"]");
    assert_eq!(role["token_ttl"], json!(5400));
    assert_eq!(role["token_policies"], json!(["external-secrets"]));

    assert_eq!(output("vault-base", "root_ca"), json!("PEM"));
    assert_eq!(output("vault-base", "namespaces"), json!({ "convenience": "convenience", "kcs": "kcs", "kss": "kss" }));
    assert_eq!(output("vault-base", "issuer_ca"), json!({ "kcs": "PEM", "kss": "PEM" }));

    assert_eq!(resource("harbor-apps", "harbor_robot_account__pull[\"apps\"]")["name"], json!("pull"));
    assert_eq!(resource("harbor-apps", "harbor_robot_account__push")["secret"], json!(SECRET));

    let passwords = output("keycloak-upstream", "first_passwords");
    assert_ne!(passwords["ada"], passwords["bob"]);
    assert_eq!(passwords["ada"].as_str().map(str::len), Some(24));

    let client = |name: &str| resource("keycloak-broker", &format!("keycloak_openid_client__client[\"{name}\"]"));
    assert_eq!(client("kubernetes")["access_type"], json!("PUBLIC"));
    assert_eq!(client("kubernetes")["client_secret"], Value::Null);
    assert_eq!(client("jit")["client_secret"], json!(SECRET));
    // Keycloak refuses both for a client that no browser comes back to.
    assert_eq!([&client("jit")["valid_redirect_uris"], &client("jit")["web_origins"]], [&json!([]), &json!([])]);
    let audience =
        resource("keycloak-broker", "keycloak_openid_audience_protocol_mapper__audience[\"kubernetes/jit\"]");
    assert_eq!(audience["included_client_audience"], json!("jit"));
    let mapper = resource("keycloak-broker", "keycloak_custom_identity_provider_mapper__upstream[\"k8s-admins\"]");
    assert_eq!(mapper["extra_config"]["group"], json!("/k8s-admins"));
    assert_eq!(mapper["extra_config"]["claims"], json!(r#"[{"key":"realm_access.roles","value":"admin"}]"#));

    assert_eq!(resource("gitlab-config", "gitlab_group_variable__push_password[\"apps\"]")["value"], json!(SECRET));
    assert_eq!(
        resource("teleport-config", "teleport_provision_token__cluster[\"kss\"]")["metadata"]["name"],
        json!(SECRET)
    );
    assert_eq!(resource("ziti-config", "ziti_host_v1_config__service[\"kss-grafana\"]")["port"], json!(443));
    let dial = resource("ziti-config", "ziti_service_policy__dial[\"kss-grafana\"]");
    assert_eq!(dial["identityroles"], json!(["#admin", "#demo"]));
    assert_eq!(resource("ziti-config", "ziti_identity__device[\"tablet\"]")["role_attributes"], json!(["user"]));
}

/// What a resource was given.
fn input(state: &Value, address: &str) -> Value {
    let modules = state["values"]["root_module"]["child_modules"].as_array().expect("modules");
    let mut resources = modules.iter().flat_map(|module| module["resources"].as_array().expect("resources"));
    let found = resources.find(|resource| resource["address"] == address);
    found.unwrap_or_else(|| panic!("no resource `{address}`"))["values"]["input"].clone()
}

#[test]
fn modules_refuse_what_can_not_work() {
    let test = "refusals of OpenTofu modules";
    let cases = [
        ("vault-cluster", "\"https://api.kss.test:6443\"", "\"http://api\"", "begin with https://"),
        ("vault-cluster", "\"1h30m\"", "\"1d\"", "has to be written in hours, minutes and seconds"),
        ("vault-cluster", "\"a/b\"", "\"/a/b\"", "begins at the KV store"),
        ("harbor-apps", "project = \"apps\"", "project = \"app\"", "`projects` doesn't have"),
        ("harbor-apps", "\"robot_apps+pull\"", "\"robot_kss+pull\"", "ends in the project, `+`"),
        ("harbor-apps", "\"robot_apps+pull\"", "\"bot_apps+pull\"", "prefix of robots is another one"),
        ("keycloak-upstream", "role = \"user\"", "role = \"root\"", "has to be admin, demo or user"),
        ("keycloak-broker", "kind = \"public\"", "kind = \"open\"", "confidential, public or service"),
        ("keycloak-broker", "[\"jit\"]", "[\"jot\"]", "one of `clients`"),
        ("gitlab-config", "apps_group = \"apps\"", "apps_group = \"infra\"", "group of their own"),
        ("teleport-config", "kcs = var.secret", "other = var.secret", "has no token"),
        ("ziti-config", "intercept_port = 443", "intercept_port = 70000", "from 1 to 65535"),
    ];
    for (module, good, bad, message) in cases {
        let (_, arguments) = VALUES.iter().find(|(name, _)| *name == module).expect("values");
        assert!(arguments.contains(good), "{module}: {good}");
        let arguments = arguments.replacen(good, bad, 1);
        let Some(root) = scratch(&[(module, &arguments)], test) else { return };
        let command = tofu(test, root.path(), &["apply", "-auto-approve", "-input=false", "-no-color"]);
        let (accepted, said) = outcome(command.expect("it was there"));
        let said = said.replace(['\n', '│'], " ");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(!accepted && said.contains(message), "{module} with {bad}: {said}");
    }
}
