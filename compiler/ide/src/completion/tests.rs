use super::{Completion, CompletionKind};
use crate::FilePosition;
use crate::testing::{Fixture, clusters};
use kss_span::FileId;

fn offers(text: &str) -> Vec<Completion> {
    let fixture = Fixture::new(text);
    fixture.analysis().completions(fixture.at())
}

fn labels(text: &str) -> Vec<String> {
    offers(text).into_iter().map(|c| c.label).collect()
}

/// All of `wanted` are offered.
#[track_caller]
fn check(text: &str, wanted: &[&str]) {
    let found = labels(text);
    for word in wanted {
        assert!(found.iter().any(|l| l == word), "`{word}` is not among {found:?}");
    }
}

#[track_caller]
fn first(text: &str, wanted: &[&str]) {
    let found = labels(text);
    assert_eq!(found.iter().take(wanted.len()).map(String::as_str).collect::<Vec<_>>(), wanted, "in {found:?}");
}

#[track_caller]
fn never(text: &str, unwanted: &[&str]) {
    let found = labels(text);
    for word in unwanted {
        assert!(!found.iter().any(|l| l == word), "`{word}` is among {found:?}");
    }
}

const SITE: &str = "
//- home.kss
site home {
  network lan { cidrs = [10.0.0.0/24], gateway = 10.0.0.1, dhcp = [10.0.0.2..10.0.0.4] }
  primary = network.lan
  machine box { ip = network.lan.host(6) }
}
//- one.kss
import ./home.home
cluster one in home {
  let lan = site.network.lan
  node master { role = server, ip = 10.0.0.5, memory = 8GiB }
  node worker-{1..2} { ip = lan.host(6 + it), memory = 8GiB }
";

#[test]
fn statements_of_a_file_and_a_module() {
    check("clu$0", &["cluster", "module", "import", "type"]);
    check("module m {\n  opt$0\n}\n", &["option", "helm", "route", "needs"]);
    never("module m {\n  opt$0\n}\n", &["cluster"]);
}

#[test]
fn fields_of_a_record_with_required_ones_first() {
    let text = "type Disk {\n  ## How much.\n  size : Size\n  bus : Text = \"scsi\"\n  let big : Bool = true\n}\nlet d : Disk = { $0 }\n";
    first(text, &["size"]);
    let found = offers(text);
    let size = found.iter().find(|c| c.label == "size").expect("it is offered");
    assert!(size.required && size.doc.as_deref() == Some("How much."), "{size:?}");
    assert_eq!(size.detail.as_deref(), Some("Size"));
    assert_eq!(size.insert.text(), "size = $0");
    never(text, &["big"]);
}

#[test]
fn required_fields_are_one_snippet() {
    let text = "type Disk { size : Size, bus : Text }\nlet d : Disk = {\n  $0\n}\n";
    let found = offers(text);
    let all = found.iter().find(|c| c.kind == CompletionKind::Snippet).expect("there is one");
    assert_eq!(all.insert.text(), "size = $1\nbus = $2");
}

#[test]
fn fields_that_are_there_come_last() {
    let text = "type Disk { size : Size, bus : Text }\nlet d : Disk = { size = 8GiB, $0 }\n";
    first(text, &["bus"]);
}

#[test]
fn options_of_a_module() {
    check(
        "module web {\n  option replicas : Int = 1\n}\nsite s {}\ncluster c in s {\n  use web { $0 }\n}\n",
        &["replicas"],
    );
    check(
        "module web {\n  option replicas : Int = 1\n}\nsite s {}\ncluster c in s {\n  tune web { re$0\n",
        &["replicas"],
    );
}

#[test]
fn cases_of_the_expected_union_come_first() {
    let text = "type Pace = fast | slow { by : Int }\nlet other = 4\nlet p : Pace = $0\n";
    first(text, &["fast", "slow"]);
    let slow = offers(text).into_iter().find(|c| c.label == "slow").expect("it is offered");
    assert_eq!(slow.insert.text(), "slow { $0 }");
}

#[test]
fn names_that_fit_come_before_others() {
    let text = "fn f(count: Int, title: Text) -> Int = $0\n";
    let found = labels(text);
    let at = |word: &str| found.iter().position(|l| l == word).expect("it is offered");
    assert!(at("count") < at("title"), "{found:?}");
}

#[test]
fn functions_take_their_parameters_along() {
    let found = offers("fn add(a: Int, b: Int) -> Int = a + b\nlet x : Int = a$0\n");
    let add = found.iter().find(|c| c.label == "add").expect("it is offered");
    assert_eq!(add.insert.text(), "add(${1:a}, ${2:b})");
}

#[test]
fn members_behind_a_dot() {
    check("let net = 10.0.0.0/24\nlet x = net.$0\n", &["host", "subnet", "first"]);
    check(
        "type Disk { size : Size, let half : Size = size }\nlet d : Disk = { size = 8GiB }\nlet e = d.$0",
        &["size", "half"],
    );
    check(&format!("{SITE}  node x {{ ip = site.$0"), &["network", "machine", "domains"]);
    first(&format!("{SITE}  let y = site.network.$0"), &["lan"]);
    check("module m {\n  let x = [for r in cluster.all.$0\n}\n", &["route", "flow"]);
    first("module m {\n  namespace web {}\n  let x = namespace.$0\n}\n", &["web"]);
}

#[test]
fn names_in_holes_of_texts() {
    check("let site-name = \"a\"\nlet t = \"x-${si$0}\"\n", &["site-name"]);
    check("let site-name = \"a\"\nlet t = \"x-${si$0\n", &["site-name"]);
    assert!(offers("let t = \"x-$0 y\"\n").is_empty());
}

#[test]
fn nothing_in_comments_and_reasons() {
    assert!(offers("# some $0 words\n").is_empty());
    assert!(offers("module m {\n  ignore route.access because $0\n}\n").is_empty());
}

#[test]
fn modules_behind_use_by_scope() {
    let text = "module here {}\nmodule there for machine {}\nmodule used {}\nsite s {}\ncluster c in s {\n  use used\n  use $0\n}\n";
    let found = labels(text);
    let at = |word: &str| found.iter().position(|l| l == word).expect("it is offered");
    assert!(at("here") < at("used") && at("here") < at("there"), "{found:?}");
    first("module a {}\nmodule b {}\nsite s {}\ncluster c in s {\n  use b\n  remove use $0\n}\n", &["b"]);
}

#[test]
fn capabilities_and_needs() {
    check("module m {\n  needs $0\n}\n", &["cni", "ingress", "site"]);
    check("module m {\n  needs site.router.$0\n}\n", &["bgp"]);
    check("module m {\n  provide $0\n}\n", &["cni"]);
}

#[test]
fn types_and_kinds_in_a_type() {
    check("type Mine = Int\ntype T { a : $0 }\n", &["Mine", "Int", "Ip", "ref", "set"]);
    check("type T { a : ref $0 }\n", &["machine", "route"]);
}

#[test]
fn targets_of_changes() {
    check("module m {\n  helm web {}\n}\nsite s {}\ncluster c in s {\n  tune $0\n}\n", &["helm", "m"]);
    check("module m {\n  helm web {}\n}\nsite s {}\ncluster c in s {\n  tune helm $0\n}\n", &["web", "loki"]);
    check("site s {}\ncluster c in s {\n  each $0\n}\n", &["node"]);
    check("module m {\n  namespace web {}\n  manifest ConfigMap x in $0\n}\n", &["web"]);
}

#[test]
fn sites_bases_and_codes() {
    first("site home {}\ncluster c in $0\n", &["home"]);
    first("site home {}\ncluster c in home {}\ntest \"t\" {\n  given $0\n}\n", &["c", "home"]);
    check("test \"t\" {\n  expect error $0\n}\n", &["K0410"]);
}

#[test]
fn parts_of_an_import() {
    check("//- a.kss\nimport ./$0\n//- b.kss\nlet lan = 1\n", &["b"]);
    check("//- a.kss\nimport ./b.$0\n//- b.kss\nlet lan = 1\n", &["lan"]);
    check("import std.net.policy.{$0}\n", &["side"]);
}

#[test]
fn cases_in_patterns() {
    let text = "type Pace = fast | slow { by : Int }\nfn f(p: Pace) -> Int = match p {\n  fast => 1\n  $0\n}\n";
    first(text, &["slow"]);
    check("type Pace = fast | slow { by : Int }\nfn f(p: Pace) -> Int = match p { slow { $0 } => 1 }\n", &["by"]);
    check("fn f(p: Ip?) -> Bool = p is $0\n", &["present", "none"]);
}

#[test]
fn free_addresses_of_the_network() {
    let text = format!("{SITE}  node extra {{ ip = $0 }}\n}}\n");
    let found: Vec<Completion> = offers(&text).into_iter().filter(|c| c.kind == CompletionKind::Address).collect();
    let ips: Vec<&str> = found.iter().map(|c| c.label.as_str()).collect();
    // .1 is the router, .2 to .4 are leased, .5 is the master, .6 the machine, .7 and .8 the workers.
    assert_eq!(ips, ["10.0.0.9", "10.0.0.10", "10.0.0.11", "10.0.0.12"]);
    assert!(found[0].recommended);
}

#[test]
fn values_of_a_chart() {
    let release = "module m {\n  helm x {\n    chart { repo = \"https://metallb.github.io/metallb\", name = \"metallb\", version = \"0.15.3\" }\n    values {\n      ";
    check(&format!("{release}sp$0\n    }}\n  }}\n}}\n"), &["speaker", "controller"]);
    check(&format!("{release}speaker.$0"), &["tolerations", "enabled"]);
    check("site s {}\ncluster c in s {\n  tune helm metallb { values.speaker.$0", &["enabled"]);
    first(&format!("{release}speaker.enabled = $0"), &["false", "true"]);
}

#[test]
fn manifests_and_their_kinds() {
    check("module m {\n  manifest $0\n}\n", &["ConfigMap", "Deployment"]);
    check(
        "module m {\n  manifest Deployment x in y {\n    spec {\n      $0\n    }\n  }\n}\n",
        &["replicas", "template"],
    );
    check(
        "module m {\n  manifest Certificate x in y {\n    spec.privateKey.algorithm = \"$0\"\n  }\n}\n",
        &["ECDSA", "RSA"],
    );
}

#[test]
fn options_of_nixos() {
    check("module m for machine {\n  nixos {\n    networking.$0\n  }\n}\n", &["firewall", "hostName"]);
}

#[test]
fn broken_texts_are_no_panic() {
    let texts =
        ["$0", "{$0", "}$0", "site $0", "a.b.$0.c", "let x = ($0", "use {$0", "\"$0", "'$0", "1.$0", "manifest a $0"];
    for text in texts {
        offers(text);
    }
}

#[test]
fn every_position_of_a_text_has_an_answer() {
    let text = format!("{SITE}  use metallb {{ pool = [10.0.0.32/28] }}\n}}\n");
    let fixture = Fixture::new(&text);
    let analysis = fixture.analysis();
    for file in [kss_span::FileId(0), kss_span::FileId(1)] {
        for offset in 0..=analysis.text(file).len() as u32 {
            let found = analysis.completions(crate::FilePosition { file, offset });
            assert!(found.iter().all(|c| c.range.lo <= offset && offset <= c.range.hi), "at {offset}");
        }
    }
}

/// The first labels that begin with what is typed before the cursor.
fn typed(text: &str) -> Vec<String> {
    let at = text.find("$0").expect("a cursor");
    let before = &text[..at];
    let typed = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).next().unwrap_or("");
    offers(text).into_iter().map(|c| c.label).filter(|label| label.starts_with(typed)).collect()
}

fn has(text: &str, wanted: &[&str]) {
    let found = typed(text);
    for label in wanted {
        assert!(found.iter().any(|f| f == label), "`{label}` is not among {found:?}");
    }
}

fn lacks(text: &str, unwanted: &[&str]) {
    let found = typed(text);
    for label in unwanted {
        assert!(!found.iter().any(|f| f == label), "`{label}` is among {found:?}");
    }
}

const DISK: &str =
    "type Disk {\n  ## How much.\n  size : Size\n  name : Text = \"x\"\n  let twice : Size = size * 2\n}\n";

#[test]
fn fields_of_the_record_that_is_written() {
    let text = format!("{DISK}let d : Disk = {{ $0 }}\n");
    let found = offers(&text);
    let size = found.iter().find(|c| c.label == "size").expect("the field is offered");
    assert!(size.required);
    assert_eq!(size.detail.as_deref(), Some("Size"));
    assert!(size.doc.as_deref().is_some_and(|d| d.contains("How much")));
    assert!(!found.iter().any(|c| c.label == "twice"), "what is derived can't be set");
    has(&format!("{DISK}let d : Disk = {{ size = 8GiB, na$0 }}\n"), &["name"]);
}

#[test]
fn fields_behind_a_dot() {
    has(&format!("{DISK}let d : Disk = {{ size = 8GiB }}\nlet e = d.$0\n"), &["size", "name", "twice"]);
    has("let net = 10.0.0.0/24\nlet e = net.ho$0\n", &["host"]);
}

#[test]
fn cases_of_the_union_that_is_expected() {
    let text = "type Pace = fast | slow { by : Int }\nlet p : Pace = $0\n";
    let found = offers(text);
    let first: Vec<&str> = found.iter().take(2).map(|c| c.label.as_str()).collect();
    assert_eq!(first, ["fast", "slow"]);
    assert_eq!(found[1].insert.text(), "slow { $0 }");
    has("type Pace = fast | slow\nlet p : Pace = fast\nlet q = match p { sl$0 => 1 }\n", &["slow"]);
}

#[test]
fn values_of_the_right_type_stand_first() {
    let found = offers("let word = \"x\"\nlet number = 4\nlet wanted : Int = $0\n");
    let at = |label: &str| found.iter().position(|c| c.label == label).unwrap_or(usize::MAX);
    assert!(at("number") < at("word"), "{:?}", found.iter().map(|c| &c.label).take(20).collect::<Vec<_>>());
}

#[test]
fn modules_options_capabilities() {
    let text = "module web {\n  ## How many.\n  option replicas : Int = 1\n}\nsite s {}\n";
    has(&format!("{text}cluster c in s {{\n  use w$0\n}}\n"), &["web"]);
    has(&format!("{text}cluster c in s {{\n  use web {{ re$0 }}\n}}\n"), &["replicas"]);
    has(&format!("{text}cluster c in s {{\n  use web {{ $0"), &["replicas"]);
    has("module m {\n  needs c$0\n}\n", &["cni"]);
    has("module m {\n  provide c$0\n}\n", &["cni"]);
}

#[test]
fn statements_where_they_may_stand() {
    has("mod$0", &["module"]);
    has("module m {\n  opt$0\n}\n", &["option"]);
    has("module m {\n  man$0\n}\n", &["manifest"]);
    has("site s {}\ncluster c in s {\n  u$0\n}\n", &["use"]);
    lacks("module m {\n  $0\n}\n", &["module", "capability"]);
}

#[test]
fn entries_by_their_name() {
    has("module m {\n  namespace web-one {}\n  let n = namespace.$0\n}\n", &["web-one"]);
    has("site s {}\ncluster c in s {\n  use grafana\n  tune route g$0 { }\n}\n", &["grafana"]);
}

#[test]
fn types_and_sites_that_are_begun() {
    has("let n : Net$0\n", &["Network"]);
    has("site home {}\ncluster c in h$0 {}\n", &["home"]);
}

#[test]
fn keys_of_charts_and_kubernetes() {
    has("module m {\n  manifest ConfigM$0\n}\n", &["ConfigMap"]);
    has("module m {\n  manifest Deployment web in web {\n    spec.repl$0\n  }\n}\n", &["replicas"]);
    let analysis = clusters().snapshot();
    let file = analysis.file("std/cni/cilium.kss").expect("the library has it");
    let text = analysis.text(file);
    let at = text.find("values {").map(|at| at + "values {".len()).or_else(|| text.find("values.").map(|a| a + 7));
    let found = analysis.completions(FilePosition { file, offset: at.expect("it sets values") as u32 });
    assert!(
        found.iter().any(|c| c.label == "kubeProxyReplacement"),
        "{:?}",
        found.iter().map(|c| &c.label).take(30).collect::<Vec<_>>()
    );
}

#[test]
fn inside_of_texts_only_holes() {
    has("let name = \"x\"\nlet t = \"a ${na$0}\"\n", &["name"]);
}

#[test]
fn no_position_of_a_broken_text_is_a_mistake() {
    let text = "module m {\n  option a : Int = \n  manifest Config x in { spec. \n  use \n  let t = \"${a.}\" if\n";
    let fixture = Fixture::new(text);
    let analysis = fixture.analysis();
    for offset in 0..=text.len() as u32 {
        analysis.completions(FilePosition { file: FileId(0), offset });
    }
}
