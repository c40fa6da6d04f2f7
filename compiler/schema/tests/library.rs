//! The files of the library: well formed, and they know what is known to go wrong.

mod common;
#[allow(unreachable_pub, reason = "the library exports it")]
#[path = "../../../stdlib/lock/files.rs"]
mod files;

use common::{findings, json};
use files::FILES;
use kss_schema::{Header, Schema, SchemaSet, describe, packages};
use kss_schema::{Seg, human};
use kss_span::Symbol;

fn chart(repo: &str, name: &str, version: &str) -> Schema {
    SchemaSet::new(FILES).chart(repo, name, version).expect("locked")
}

fn kind(api_version: &str, kind: &str) -> Schema {
    SchemaSet::new(FILES).kind(api_version, kind).expect("known")
}

#[test]
fn every_file_is_listed_and_sorted() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/lock");
    let mut there = Vec::new();
    for sub in ["charts", "kinds", "options"] {
        for entry in std::fs::read_dir(folder.join(sub)).expect("the folder is there") {
            there.push(format!("{sub}/{}", entry.expect("readable").file_name().to_string_lossy()));
        }
    }
    there.sort_unstable();
    assert_eq!(there, FILES.iter().map(|(path, _)| path.to_string()).collect::<Vec<_>>());
    for (path, text) in FILES {
        let body: Vec<&str> = text.lines().filter(|line| !line.starts_with("# ")).collect();
        assert!(body.is_sorted(), "{path} is not sorted");
        assert!(body.iter().all(|line| line.split('\t').count() >= 2), "{path} has a line without a type");
        let header = Header::of(text);
        for word in ["kss-schema", "name", "source", "licence", "input"] {
            assert!(header.get(word).is_some(), "{path} has no `{word}`");
        }
        let named = format!(
            "{}{}.txt",
            header.get("name").unwrap_or(""),
            header.get("version").map(|v| format!("-{v}")).unwrap_or_default()
        );
        assert!(path.ends_with(&named), "{path} is not called {named}");
    }
}

#[test]
fn every_definition_that_is_named_is_there() {
    for (path, text) in FILES {
        let types = text.lines().filter(|line| !line.starts_with("# ")).filter_map(|line| line.split('\t').nth(1));
        for name in types.flat_map(names) {
            let there = format!("\n${name} ");
            let alone = format!("\n${name}\t");
            assert!(text.contains(&there) || text.contains(&alone), "{path}: `@{name}` is nowhere");
        }
    }
}

fn names(ty: &str) -> impl Iterator<Item = &str> {
    let unquoted = if ty.contains('"') { "" } else { ty };
    unquoted.split('@').skip(1).map(|rest| rest.split(['|', ']', '}']).next().unwrap_or(rest))
}

#[test]
fn keys_of_other_charts_are_refused_with_their_place() {
    let tempo = chart("https://grafana.github.io/helm-charts", "tempo", "1.24.4");
    let found =
        findings(&tempo, &json(r#"{ "extraEnv": [], "singleBinary": {}, "persistence": { "enabled": true } }"#));
    assert_eq!(
        found,
        [r#"extraEnv: unknown, None, ["tempo.extraEnv", "tempoQuery.extraEnv"]"#, "singleBinary: unknown, None, []"],
    );
    let gatekeeper = chart("https://open-policy-agent.github.io/gatekeeper/charts", "gatekeeper", "3.21.1");
    let found =
        findings(&gatekeeper, &json(r#"{ "exemptNamespaces": [], "controllerManager": { "tlsMinVersion": "1.3" } }"#));
    assert_eq!(found, [r#"exemptNamespaces: unknown, None, ["controllerManager.exemptNamespaces"]"#]);
    let longhorn = chart("https://charts.longhorn.io", "longhorn", "1.8.2");
    let found = findings(&longhorn, &json(r#"{ "defaultSettings": { "backupTarget": "nfs://x" } }"#));
    assert_eq!(found, [r#"defaultSettings.backupTarget: unknown, None, ["defaultBackupStore.backupTarget"]"#]);
}

#[test]
fn what_charts_hand_through_is_open() {
    let argo = chart("https://argoproj.github.io/argo-helm", "argo-cd", "9.4.17");
    let values = r#"{ "configs": { "cm": { "oidc.config": "x" }, "params": { "server.insecure": true } } }"#;
    assert_eq!(findings(&argo, &json(values)), Vec::<String>::new());
    let stack = chart("https://prometheus-community.github.io/helm-charts", "kube-prometheus-stack", "82.16.0");
    let values = r#"{ "grafana": { "grafana.ini": { "server": { "root_url": "x" }, "auth": { "a": 1 } }, "sidecar": { "dashboards": { "enabled": true } } },
        "kube-state-metrics": { "metricLabelsAllowlist": [] }, "prometheus-node-exporter": { "hostNetwork": true } }"#;
    assert_eq!(findings(&stack, &json(values)), Vec::<String>::new());
    assert_eq!(findings(&stack, &json(r#"{ "grafana": { "sidecars": {} } }"#)).len(), 1);
    let istiod = chart("https://istio-release.storage.googleapis.com/charts", "istiod", "1.28.5");
    let values = r#"{ "profile": "ambient", "meshConfig": { "accessLogFile": "/dev/stdout" }, "pilot": {} }"#;
    assert_eq!(findings(&istiod, &json(values)), ["pilot: unknown, None, []"]);
}

#[test]
fn kinds_are_known_by_group() {
    let set = SchemaSet::new(FILES);
    let groups: Vec<String> = set.kinds_named("Gateway").into_iter().map(|info| info.api_version).collect();
    assert_eq!(groups, ["gateway.networking.k8s.io/v1", "gateway.networking.k8s.io/v1beta1", "networking.istio.io/v1"]);
    for (name, namespaced) in
        [("Deployment", true), ("Namespace", false), ("IPAddressPool", true), ("ClusterIssuer", false)]
    {
        assert_eq!(set.kinds_named(name)[0].namespaced, namespaced, "{name}");
    }
}

#[test]
fn manifests_are_checked() {
    let pool = kind("metallb.io/v1beta1", "IPAddressPool");
    let good = r#"{ "apiVersion": "metallb.io/v1beta1", "kind": "IPAddressPool", "metadata": { "name": "a", "labels": { "x": "y" } },
        "spec": { "addresses": ["10.0.0.1-10.0.0.9"] } }"#;
    assert_eq!(findings(&pool, &json(good)), Vec::<String>::new());
    assert_eq!(
        findings(&pool, &json(r#"{ "spec": { "adresses": [] } }"#)),
        [r#"spec.adresses: unknown, Some("addresses"), []"#, "spec: addresses is missing"]
    );
    let deployment = kind("apps/v1", "Deployment");
    let bad = r#"{ "spec": { "selector": {}, "template": { "spec": { "containers": [{ "name": "a", "env": [{ "name": "A", "value": true }],
        "resources": { "limits": { "cpu": 1, "memory": "1Gi" } }, "ports": [{ "containerPort": "80" }], "imagePullPolicy": "Alway" }] } } } }"#;
    let found = findings(&deployment, &json(bad));
    let container = "spec.template.spec.containers[0]";
    assert_eq!(
        found,
        [
            format!("{container}.env[0].value: `Text` expected, `Bool` found"),
            format!(r#"{container}.imagePullPolicy: none of ["Always", "IfNotPresent", "Never"], Some("Always")"#),
            format!("{container}.ports[0].containerPort: `Int` expected, `Text` found"),
        ]
    );
    let constraint = kind("constraints.gatekeeper.sh/v1beta1", "RequiredLabels");
    assert_eq!(
        findings(&constraint, &json(r#"{ "spec": { "parameters": { "labels": [1] }, "mtach": {} } }"#)).len(),
        1
    );
}

#[test]
fn options_of_nixos_are_checked() {
    let nixos = SchemaSet::new(FILES).nixos();
    let good = json(
        r#"{ "services": { "openssh": { "enable": true, "settings": { "PasswordAuthentication": false } }, "k3s": { "role": "server" } },
            "networking": { "firewall": { "allowedTCPPorts": [22, 443] }, "hostName": "a" },
            "boot": { "kernel": { "sysctl": { "net.ipv4.ip_forward": 1 } }, "kernelModules": ["br_netfilter"] },
            "environment": { "systemPackages": ["vim", "jq"], "etc": { "x/y": { "text": "z", "mode": "0600" } } },
            "systemd": { "services": { "a": { "script": "x", "wantedBy": ["multi-user.target"], "serviceConfig": { "Type": "oneshot" } } } },
            "users": { "users": { "root": { "openssh": { "authorizedKeys": { "keys": ["ssh-ed25519 A"] } } } } },
            "security": { "pam": { "loginLimits": [{ "domain": "*", "type": "-", "item": "nofile", "value": 1 }] } } }"#,
    );
    assert_eq!(findings(&nixos, &good), Vec::<String>::new());
    let named: Vec<String> = packages(&nixos, &good).iter().map(|path| path.len().to_string()).collect();
    assert_eq!(named, ["3", "3"], "the two packages of environment.systemPackages");
    let bad = json(
        r#"{ "services": { "openssh": { "enabled": true } }, "networking": { "firewall": { "allowedTCPPorts": [70000] } },
            "environment": { "etc": { "x": { "txt": "z" } } }, "time": { "timeZone": 1 } }"#,
    );
    let found = findings(&nixos, &bad);
    assert_eq!(found.len(), 4, "{found:#?}");
    assert!(found[1].starts_with("networking.firewall.allowedTCPPorts[0]: `Int` in 0..65535 expected"), "{found:#?}");
    assert!(found[2].contains(r#"Some("enable")"#), "{found:#?}");
}

#[test]
fn hover_and_completion_have_something_to_show() {
    let loki = chart("https://grafana.github.io/helm-charts", "loki", "6.55.0");
    let key = |text: &str| Seg::Key(Symbol::new(text));
    let mode = describe(&loki, &[key("deploymentMode")]).expect("known");
    assert_eq!((mode.ty, mode.default.as_deref()), (human("str"), Some("\"SimpleScalable\"")));
    let limits = describe(&loki, &[key("loki"), key("limits_config")]).expect("known");
    assert!(limits.open && limits.children.iter().any(|child| child.name == "query_timeout"));
}
