//! Names and types.

use crate::harness::mistake;

const MASTER: &str = "node master          { role = server, ip = 10.69.50.20, memory = 10GiB }";

#[test]
fn unknown_field() {
    let typo = MASTER.replace("memory", "memroy");
    mistake("unknown-field").edit("kss.kss", MASTER, &typo).is_told_as("K0202");
}

#[test]
fn missing_field() {
    let short = MASTER.replace(", memory = 10GiB", "");
    mistake("missing-field").edit("kss.kss", MASTER, &short).is_told_as("K0203");
}

#[test]
fn wrong_type() {
    let network = MASTER.replace("10.69.50.20", "10.69.50.0/24");
    mistake("wrong-type").edit("kss.kss", MASTER, &network).is_told_as("K0301");
}

#[test]
fn quoted_size() {
    let quoted = MASTER.replace("10GiB", "\"10 gigs\"");
    mistake("quoted-size").edit("kss.kss", MASTER, &quoted).is_told_as("K0103");
}

#[test]
fn value_out_of_range() {
    let small = MASTER.replace("10GiB", "10MiB");
    mistake("value-out-of-range").edit("kss.kss", MASTER, &small).is_told_as("K0401");
}

#[test]
fn unknown_case() {
    let master = MASTER.replace("server", "servr");
    mistake("unknown-case").edit("kss.kss", MASTER, &master).is_told_as("K0212");
}

#[test]
fn unknown_name() {
    let lan = MASTER.replace("10.69.50.20", "lam.host(20)");
    mistake("unknown-name").edit("kss.kss", MASTER, &lan).is_told_as("K0201");
}

#[test]
fn sibling_of_a_node() {
    let other = MASTER.replace("10GiB", "node.worker-1.memory");
    mistake("sibling-of-a-node").edit("kss.kss", MASTER, &other).is_told_as("K0202");
}

#[test]
fn unknown_field_without_a_near_one() {
    let more = MASTER.replace("memory = 10GiB", "memory = 10GiB, colour = \"red\"");
    mistake("unknown-field-without-a-near-one").edit("kss.kss", MASTER, &more).is_told_as("K0202");
}

#[test]
fn unknown_option() {
    mistake("unknown-option").edit("kss.kss", "metallb  { pool", "metallb  { pools").is_told_as("K0202");
}

#[test]
fn missing_option() {
    mistake("missing-option").edit("kss.kss", "  { pool = [10.69.50.192/28] }", "").is_told_as("K0203");
}

#[test]
fn unknown_module_without_a_near_one() {
    mistake("unknown-module-without-a-near-one").edit("kss.kss", "use nginx", "use traefik-proxy").is_told_as("K0209");
}

#[test]
fn unknown_module() {
    mistake("unknown-module").edit("kss.kss", "use nginx", "use ngnix").is_told_as("K0209");
}

#[test]
fn unknown_import() {
    mistake("unknown-import").edit("kss.kss", "./homelab.homelab", "./homelap.homelab").is_told_as("K0205");
}

#[test]
fn import_cycle() {
    mistake("import-cycle")
        .file("racks.kss", "import ./power.outlets\n\nlet racks : Int = outlets / 8\n")
        .file("power.kss", "import ./racks.racks\n\nlet outlets : Int = racks * 8\n")
        .is_told_as("K0206");
}

#[test]
fn declared_twice() {
    mistake("declared-twice")
        .add("kss.kss", "  node master          { role = server, ip = 10.69.50.21, memory = 10GiB }\n")
        .is_told_as("K0207");
}

#[test]
fn unknown_site() {
    mistake("unknown-site").edit("kss.kss", "cluster kss in homelab {", "cluster kss in homelap {").is_told_as("K0201");
}

#[test]
fn unknown_node() {
    mistake("unknown-node").add("kss.kss", "  tune node worker-4 { memory = 16GiB }\n").is_told_as("K0506");
}

#[test]
fn dot_in_a_host_name() {
    mistake("dot-in-a-host-name").edit("kss.kss", "node master ", "node \"master.a\" ").is_told_as("K0402");
}
