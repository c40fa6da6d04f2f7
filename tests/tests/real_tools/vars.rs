//! Make and the shell read the facts of a cluster as they are.

use crate::{deployed, tree};
use kss_tests::reference::CLUSTERS;
use kss_tests::tools;
use serde_json::{Map, Value};
use std::process::Command;

/// The facts, as text.
fn facts(cluster: &str) -> Vec<(String, String)> {
    let file = tree().get(&format!("clusters/{cluster}/vars.json")).expect("facts");
    let facts: Map<String, Value> = serde_json::from_slice(file.content.bytes()).expect("JSON");
    assert!(facts.len() > 10, "{cluster} has facts");
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    facts.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

#[test]
fn make_reads_the_facts() {
    let (_folder, root) = deployed();
    if tools::command("make", "facts in make").is_none() {
        return;
    }
    for cluster in CLUSTERS {
        let facts = facts(cluster);
        let prints: String = facts.iter().map(|(name, _)| format!("\t$(info {name}=$({name}))\n")).collect();
        let makefile = format!("include clusters/{cluster}/vars.mk\nall:\n{prints}\t@:\n");
        let file = root.join("Makefile.test");
        std::fs::write(&file, makefile).expect("a file");
        let printed = tools::output(Command::new("make").arg("-s").arg("-f").arg(&file).arg("-C").arg(&root));
        let wanted: String = facts.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        let got: String = printed.lines().filter(|line| line.contains('=')).map(|line| format!("{line}\n")).collect();
        assert_eq!(got, wanted, "{cluster}");
    }
}

#[test]
fn the_shell_reads_the_facts() {
    let (_folder, root) = deployed();
    for cluster in CLUSTERS {
        let facts = facts(cluster);
        let prints: String = facts.iter().map(|(name, _)| format!("printf '%s=%s\\n' {name} \"${name}\"\n")).collect();
        let script = format!("set -eu\n. \"$1\"\n{prints}");
        let file = root.join(format!("clusters/{cluster}/vars.env"));
        let printed = tools::output(Command::new("sh").args(["-c", &script, "sh"]).arg(&file));
        let wanted: String = facts.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        assert_eq!(printed, wanted, "{cluster}");
    }
}
