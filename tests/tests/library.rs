//! The tests of the standard library, which stand beside it, over the clusters of this repository.

use kss_diag::{Places, terminal_all};
use kss_tests::build::{build_loaded, repository};

#[test]
fn the_library_s_tests_hold_for_the_clusters_of_this_repository() {
    let root = repository();
    let loaded = kss_project::load(&[root.join("clusters"), root.join("stdlib/tests")]).expect("the folders are there");
    let built = build_loaded(loaded);
    assert!(!built.checked.has_errors(), "{}", built.errors().concat());
    let results = built.session.test(&built.checked, "");
    assert!(results.len() >= 41, "{} tests", results.len());
    let places = Places::new(&built.session);
    let failed = results.iter().filter(|result| !result.diagnostics.is_empty());
    let failed: String = failed
        .map(|result| format!("test \"{}\":\n{}\n", result.title, terminal_all(&result.diagnostics, &places, false)))
        .collect();
    assert!(failed.is_empty(), "{failed}");
}

/// Tests that are wrong about the clusters of this repository, each with a part of what is said of it.
const WRONG: &str = r#"
test "an error of another place" {
  given kcs with { tune node worker-2 { override ip = 10.69.50.61 } }
  expect error K0410 at kcs.node.master.ip
}
test "an error of another field" {
  given kcs with { tune node worker-2 { override ip = 10.69.50.61 } }
  expect error K0410 at kcs.node.worker-2.memory
}
test "the site as it was" {
  given kss with { tune route grafana { override host = "g" } }
  expect every r in homelab.all.route: r.host != "g"
}
"#;

#[test]
fn a_wrong_test_fails() {
    let root = repository();
    let folder = tempfile::tempdir().expect("a folder for the tests");
    std::fs::write(folder.path().join("wrong.kss"), WRONG).expect("the folder can be written");
    let loaded = kss_project::load(&[root.join("clusters"), folder.path().to_owned()]).expect("the folders are there");
    let built = build_loaded(loaded);
    assert!(!built.checked.has_errors(), "{}", built.errors().concat());
    let results = built.session.test(&built.checked, "");
    assert_eq!(results.len(), 3);
    let passed: Vec<_> = results.iter().filter(|r| r.diagnostics.is_empty()).map(|r| &r.title).collect();
    assert!(passed.is_empty(), "{passed:?}");
}

/// Two sites in one project, and a test that mixes them.
const SITES: &str = r#"
site home {
  domains  { root = "example.com", base = "home.example.com" }
  contact  = "admin@example.com"
  git      { project = "home" }
  operator { ssh-keys = ["ssh-ed25519 AAAA admin@example.com"] }
  network lan { cidrs = [10.69.50.0/24] }
  primary = network.lan
  router  { ip = 10.69.50.1 }
}
site away {
  domains  { root = "example.org", base = "away.example.org" }
  contact  = "admin@example.org"
  git      { project = "away" }
  operator { ssh-keys = ["ssh-ed25519 AAAA admin@example.org"] }
  network lan { cidrs = [10.69.60.0/24] }
  primary = network.lan
  router  { ip = 10.69.60.1 }
}
test "away" {
  given away with { tune network lan { mtu = 9000 } }
  expect no error
  expect away.network.lan.mtu == 9000 and away.domains.root == "example.org"
}
test "home" {
  for mtu in [1400, 9000] {
    given home with { tune network lan { mtu = mtu } }
    expect home.network.lan.mtu == mtu
  }
  expect home.router.ip == 10.69.50.1
}
test "both" {
  given home
  given away
  expect no error
}
"#;

#[test]
fn a_test_is_about_one_site() {
    let folder = tempfile::tempdir().expect("a folder for the sites");
    std::fs::write(folder.path().join("sites.kss"), SITES).expect("the folder can be written");
    let loaded = kss_project::load(&[folder.path().to_owned()]).expect("the folder is there");
    let built = build_loaded(loaded);
    assert!(!built.checked.has_errors(), "{}", built.errors().concat());
    let results = built.session.test(&built.checked, "");
    let places = Places::new(&built.session);
    let said: Vec<String> = results.iter().map(|r| terminal_all(&r.diagnostics, &places, false)).collect();
    assert!(said[0].is_empty() && said[1].is_empty(), "{}{}", said[0], said[1]);
    assert!(said[2].contains("`away` is not of site `home`"), "{}", said[2]);
}

/// A build of the reference site in which lines of the file of a cluster are others; gives the hosts that visitors reach.
fn hosts_with(file: &str, lines: &[(&str, &str)], of: &str) -> std::collections::BTreeSet<String> {
    let mut loaded = kss_project::load(&[repository().join("clusters")]).expect("the folder is there");
    let source = loaded.files.iter_mut().find(|f| f.path.ends_with(file)).expect("the file of the cluster");
    let mut text = source.text.to_string();
    for (old, new) in lines {
        assert_eq!(text.matches(old).count(), 1, "{old}");
        text = text.replace(old, new);
    }
    source.text = text.into();
    let built = build_loaded(loaded);
    let wrong: Vec<&str> = built
        .diagnostics
        .iter()
        .filter(|d| d.severity == kss_diag::Severity::Error)
        .map(|d| d.message.as_str())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let prefix = format!("clusters/{of}/kustomize/");
    let objects = built.tree.iter().filter(|f| f.path.starts_with(&prefix));
    let texts = objects.filter_map(|f| {
        Some((f.path.rsplit('/').next()?.to_owned(), std::str::from_utf8(f.content.bytes()).ok()?.to_owned()))
    });
    let routes = texts.filter(|(name, _)| name.starts_with("ingress-") || name.starts_with("httproute-"));
    // `- host: a.example.com` of an Ingress; the list below `hostnames:` of an HTTPRoute.
    let hosts = routes.flat_map(|(_, text)| {
        let words: Vec<String> = text.split_whitespace().map(|word| word.trim_matches('"').to_owned()).collect();
        words.into_iter().filter(|word| word.ends_with(".example.com"))
    });
    hosts.collect()
}

/// The promise itself: whoever exchanges these lines need not touch another one.
#[test]
fn the_profile_of_a_cluster_is_a_few_lines_of_its_file() {
    let before = hosts_with("kss.kss", &[], "kss");
    let full = [
        ("  use canal   { closed = [site.network.management] }\n", "  use cilium\n  use istio-ambient\n"),
        (
            "  use metallb { pool = [10.69.50.192/28] }\n",
            "  use cilium-bgp { pool = [10.69.50.192/28], asn = 64514 }\n",
        ),
        ("  use nginx\n", "  use istio-gateway\n"),
    ];
    let after = hosts_with("kss.kss", &full, "kss");
    assert!(before.len() > 8, "{before:?}");
    // The mesh and the network bring views of themselves, and the gateway listens for all names of the cluster.
    let own = |host: &str| ["kiali.", "hubble.", "*."].iter().any(|start| host.starts_with(start));
    assert!(before.is_subset(&after) && after.difference(&before).all(|host| own(host)), "{before:?}\n{after:?}");
}
