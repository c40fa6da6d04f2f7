use crate::data::{assert_same, expected, node, samples, text};
use crate::tools::{present, run};
use kss_emit::{Node, nix};
use kss_span::Origin;
use proptest::prelude::*;
use serde_json::Value;

const NIX: [&str; 6] = ["--store", "dummy://", "--eval", "--strict", "--json", "-"];

#[test]
fn comes_back_from_nix() {
    if !present("nix-instantiate", &["--version"], "evaluating Nix") {
        return;
    }
    let text = text().prop_map(|text| text.replace('\0', "0")).boxed();
    let nodes: Vec<_> = samples(&node(text), 3000).into_iter().filter(|node| nix::emit(node).is_ok()).collect();
    assert!(nodes.len() > 2000, "numbers that Nix can't read are rare");
    let texts: Vec<_> = nodes.iter().map(|node| nix::emit(node).unwrap().text).collect();
    let wanted: Vec<_> = nodes.iter().map(expected).collect();
    let whole = nix::emit(&Node::list(nodes, Origin::NOWHERE)).unwrap().text;
    let dir = tempfile::tempdir().unwrap();
    let out = run(dir.path(), "nix-instantiate", &NIX, &whole);
    // Nix prints floats with fewer digits than it reads.
    assert_same(&texts, &wanted, &serde_json::from_slice::<Vec<Value>>(&out).unwrap(), 4);
}

#[test]
fn reads_as_people_write_it() {
    let text = |text: &str| Node::new(text, Origin::NOWHERE);
    let openssh = Node::map([("enable", Node::new(true, Origin::NOWHERE))], Origin::NOWHERE);
    let services = Node::map([("openssh", openssh)], Origin::NOWHERE);
    let packages =
        [Node::code("pkgs.jq", Origin::NOWHERE), Node::code("f x", Origin::NOWHERE), Node::new(-1, Origin::NOWHERE)];
    let node = Node::map(
        [
            ("imports", Node::list([Node::code("./cluster.nix", Origin::NOWHERE)], Origin::NOWHERE)),
            ("services", services),
            ("packages", Node::list(packages, Origin::NOWHERE)),
            ("a b", text("${x} \"")),
            ("script", text("echo ${x}\n\ndone\n")),
        ],
        Origin::NOWHERE,
    );
    let expected = r#"{ pkgs, ... }:
{
  imports = [
    ./cluster.nix
  ];
  services.openssh.enable = true;
  packages = [
    pkgs.jq
    (f x)
    (-1)
  ];
  "a b" = "\${x} \"";
  script = ''
    echo ''${x}

    done
  '';
}
"#;
    assert_eq!(nix::emit_module(&["pkgs"], &node).unwrap().text, expected);
}
