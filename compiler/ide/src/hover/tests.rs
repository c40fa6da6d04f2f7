//! Hovers of small projects and of the reference site.

use crate::Analysis;
use crate::testing::{Fixture, clusters, position};

fn hover(text: &str) -> String {
    let fixture = Fixture::new(text);
    fixture.analysis().hover(fixture.at()).map(|h| h.markdown).unwrap_or_default()
}

fn at(analysis: &Analysis, path: &str, text: &str) -> String {
    analysis.hover(position(analysis, path, text)).map(|h| h.markdown).unwrap_or_default()
}

#[track_caller]
fn says(said: &str, wanted: &[&str]) {
    for part in wanted {
        assert!(said.contains(part), "`{part}` is not in:\n{said}");
    }
}

#[test]
fn a_value_has_its_type_its_place_and_its_documentation() {
    let said = hover("## The network.\nlet lan = 10.0.0.0/24\nlet x = la$0n\n");
    assert_eq!(said, "```kss\nlet lan : Cidr\n```\n\n*main.kss*\n\nThe network.");
    says(&hover("let x = [for it$0em in [1] => item]\n"), &["item : Int"]);
    says(&hover("let x = [for item in [1] => it$0em]\n"), &["item : Int"]);
    says(
        &hover("type Disk {\n  ## How large.\n  size : Size\n}\nlet d : Di$0sk = { size = 1GiB }\n"),
        &["type Disk {\n  size : Size   # required\n}"],
    );
    says(&hover("let d = 10.0.0.0/8.ho$0st(1)\n"), &["host"]);
    says(&hover("let d : Ci$0dr = 10.0.0.0/8\n"), &["type Cidr", "a network"]);
}

#[test]
fn a_word_of_the_language_is_explained() {
    says(&hover("modu$0le m { }\n"), &["`module`: Declares a module"]);
    says(&hover("site s {}\ncluster c i$0n s {}\n"), &["`in`:"]);
    says(&hover("module m {\n  pha$0se = network\n}\n"), &["when ArgoCD applies", "a case of `Phase`"]);
    assert_eq!(hover("# rem$0ark\nlet x = 1\n"), "");
}

#[test]
fn values_of_each_cluster_with_who_decided() {
    let host = clusters();
    let analysis = host.snapshot();
    let said = at(&analysis, "kcs.kss", "limits_config.reten$0tion_period = 60d");
    says(&said, &["chart loki", "- kcs: `60d` — set in `kcs` (clusters/kcs.kss:", "over `7d`, set by module `loki`"]);
    let said = at(&analysis, "kss.kss", "node worker-{1..3} { i$0p = lan.host(30 + it)");
    says(&said, &["ip : Ip | dhcp", "field of `Machine`", "- kss: worker-2: `10.69.50.32` — set in `kss`"]);
    let said = at(&analysis, "kss.kss", "ip = lan.ho$0st(30 + it)");
    says(&said, &["fn host(n: Int) -> Ip", "- kss: `10.69.50.31`\n- kss: `10.69.50.32`"]);
    let said = at(&analysis, "longhorn.kss", "option repli$0cas");
    says(&said, &["kcs: `2` — set in `kcs`", "kss: `2` — set in `kss`"]);
    says(&at(&analysis, "metallb.kss", "option ver$0sion"), &["- kss: `\"0.15.3\"` — the default"]);
    let said = at(&analysis, "cluster.kss", "let first-ser$0ver");
    says(&said, &["- all clusters: `node.master`"]);
}

#[test]
fn modules_capabilities_and_intents_say_who_is_in_it() {
    let host = clusters();
    let analysis = host.snapshot();
    let module = at(&analysis, "kss.kss", "use metal$0lb");
    says(&module, &["module metallb", "provides `load-balancer`", "in use in kss", "`pool : [IpRange]` (required)"]);
    let capability = at(&analysis, "capabilities.kss", "capability cn$0i ");
    says(&capability, &["one per cluster", "- kcs: `cilium`", "- kss: `canal`"]);
    says(&at(&analysis, "intents.kss", "intent rou$0te"), &["lowered by whoever provides `ingress`", "- kss: `nginx`"]);
    let entry = at(&analysis, "metallb.kss", "helm metal$0lb {");
    assert!(!entry.contains("writes"), "nobody has made the outputs, and a hover does not wait for them:\n{entry}");
    assert!(analysis.evaluated().trees().count() > 0);
    let entry = at(&analysis, "metallb.kss", "helm metal$0lb {");
    says(&entry, &["helm metallb", "writes 2 files", "`clusters/kss/helm/metallb.yaml`"]);
    let intent = at(&analysis, "grafana.kss", "route graf$0ana");
    says(&intent, &["leads to\n- `clusters/", "lines)"]);
    says(&at(&analysis, "kss.kss", "let lan = site.network.la$0n"), &["network lan", "in `homelab`"]);
}

#[test]
fn literals_tell_more_of_themselves() {
    let host = clusters();
    let analysis = host.snapshot();
    says(&at(&analysis, "kss.kss", "pool = [10.69.50.$0192/28]"), &["14 hosts", "in `network.lan`, 10.69.50.0/24"]);
    says(&at(&analysis, "homelab.kss", "160$0GiB"), &["171 798 691 840 bytes", "in outputs `160Gi`"]);
}

#[test]
fn secrets_and_private_values_show_nothing() {
    let host = clusters();
    let analysis = host.snapshot();
    let contact = at(&analysis, "homelab.kss", "con$0tact = ");
    says(&contact, &["`a private value`"]);
    assert!(!contact.contains("admin@"), "{contact}");
    let password = at(&analysis, "homelab.kss", "passw$0ord = credential.bgp-password");
    says(&password, &["`a secret`"]);
    let overlay = "
//- main.kss
site s { domains { root = \"example.com\", base = \"b.example.com\" }\n  contact = \"placeholder@example.com\" }
let mail = 1
//- s.private.kss
import ./main.s
overlay s { con$0tact = \"me@example.net\" }
";
    let said = hover(overlay);
    says(&said, &["`a private value`"]);
    assert!(!said.contains("me@") && !said.contains("placeholder@"), "{said}");
}

#[test]
fn keys_of_other_software_have_type_and_documentation() {
    let host = clusters();
    let analysis = host.snapshot();
    says(&at(&analysis, "metallb.kss", "speaker.tolera$0tions"), &["speaker.tolerations : ", "chart metallb 0.15.3"]);
    let manifest = at(&analysis, "metallb.kss", "spec.addre$0sses");
    says(&manifest, &["kind IPAddressPool (metallb.io/v1beta1)", "- kss: `[\"10.69.50.192-10.69.50.207\"]`"]);
    says(&at(&analysis, "metallb.kss", "manifest IPAddr$0essPool"), &["metallb.io/v1beta1", "lives in a namespace"]);
    says(&at(&analysis, "rke2.kss", "boot.kernel.sys$0ctl"), &["NixOS"]);
}

#[test]
fn a_plain_value_is_that_of_its_field() {
    let host = clusters();
    let analysis = host.snapshot();
    says(&at(&analysis, "kcs.kss", "asn = 64$0513"), &["option asn : Asn", "- kcs: `64513`"]);
    says(&at(&analysis, "metallb.kss", "count(i$0t) > 0"), &["it : [IpRange]"]);
    says(&at(&analysis, "kcs.kss", "nic n$0at {"), &["in `kcs`"]);
}
