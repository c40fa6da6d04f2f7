//! Large sites: the reference site with as many clusters as wanted, each one of the two reference clusters under another name,
//! with addresses of its own.

use crate::build::repository;
use regex::{Captures, Regex};
use std::fs;
use std::path::Path;

/// The network of all nodes: octets below 100, so that hardware addresses follow from addresses.
const LAN: &str = "10.80.0.0/12";

/// Clusters in one /24 of it, ten addresses each.
const IN_A_BLOCK: usize = 9;

/// Writes `clusters` clusters and their site below `folder`.
///
/// # Panics
///
/// If the reference site can't be read, has another shape than is known here, or `folder` can't be written.
pub fn site(folder: &Path, clusters: usize) {
    fs::create_dir_all(folder).expect("a folder");
    let read = |name: &str| fs::read_to_string(repository().join("clusters").join(name)).expect("the reference site");
    fs::write(folder.join("homelab.kss"), of_site(&read("homelab.kss"))).expect("a file");
    fs::write(folder.join("apps.kss"), read("apps.kss")).expect("a file");
    let bodies = [read("kss.kss"), read("kcs.kss")];
    for number in 0..clusters {
        let (name, text) = of_cluster(&bodies[number % 2], number);
        fs::write(folder.join(format!("{name}.kss")), text).expect("a file");
    }
}

/// The site, with room for all.
fn of_site(text: &str) -> String {
    let mut text = text.replace("10.69.50.", "10.80.0.");
    for (pattern, with) in [
        (r"10\.80\.0\.0/24", LAN),
        (r"memory  = 160GiB", "memory  = 1000000GiB"),
        (r"size = 1000GiB", "size = 10000000GiB"),
    ] {
        text = replaced(&text, pattern, |_| with.to_owned());
    }
    text
}

/// The cluster number `number`.
fn of_cluster(text: &str, number: usize) -> (String, String) {
    let kind = if number.is_multiple_of(2) { "kss" } else { "kcs" };
    let name = format!("{kind}-{}", number / 2 + 1);
    let text = replaced(text, r"cluster k[sc]s in", |_| format!("cluster {name} in"));
    let first = first_address(number);
    // The workers follow their master.
    let text = replaced(&text, r"lan\.host\(\d+\)", |_| format!("lan.host({first})"));
    let text = replaced(&text, r"lan\.host\(\d+ \+ it\)", |_| format!("lan.host({first} + it)"));
    let text = replaced(&text, r"pool = \[[0-9./]+\]", |_| format!("pool = [{}]", pool(number)));
    let asn = 4_200_000_000u64 + number as u64;
    (name, Regex::new(r"asn = \d+").expect("a pattern").replace(&text, format!("asn = {asn}")).into_owned())
}

/// Of the master, counted from the beginning of the network.
fn first_address(number: usize) -> usize {
    let block = 1 + number / IN_A_BLOCK;
    let (second, third) = (block / 100, block % 100);
    second * 65_536 + third * 256 + 10 + number % IN_A_BLOCK * 10
}

/// Sixteen addresses in the upper half of the network.
fn pool(number: usize) -> String {
    format!("10.{}.{}.{}/28", 90 + number / 4096, number / 16 % 256, number % 16 * 16)
}

fn replaced(text: &str, pattern: &str, with: impl Fn(&Captures<'_>) -> String) -> String {
    let pattern = Regex::new(pattern).expect("a pattern");
    assert!(pattern.is_match(text), "`{pattern}` is no longer in the reference site");
    pattern.replace_all(text, with).into_owned()
}
