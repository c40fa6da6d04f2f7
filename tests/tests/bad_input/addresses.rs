//! Addresses: each is in one ledger.

use crate::harness::mistake;

#[test]
fn host_bits_set() {
    mistake("host-bits-set").edit("homelab.kss", "[10.69.50.0/24]", "[10.69.50.5/24]").is_told_as("K0107");
}

#[test]
fn bad_address() {
    mistake("bad-address").edit("kss.kss", "10.69.50.20", "10.69.50.300").is_told_as("K0103");
}

#[test]
fn address_twice() {
    mistake("address-twice").edit("kcs.kss", "10.69.50.50", "10.69.50.20").is_told_as("K0410");
}

#[test]
fn address_twice_in_one_cluster() {
    mistake("address-twice-in-one-cluster").edit("kss.kss", "10.69.50.20", "10.69.50.32").is_told_as("K0410");
}

#[test]
fn pools_overlap() {
    mistake("pools-overlap").edit("kcs.kss", "10.69.50.208/28", "10.69.50.192/27").is_told_as("K0412");
}

#[test]
fn pool_over_machine() {
    mistake("pool-over-machine").edit("kss.kss", "10.69.50.192/28", "10.69.50.48/28").is_told_as("K0413");
}

#[test]
fn pool_over_dhcp() {
    mistake("pool-over-dhcp").edit("kss.kss", "10.69.50.192/28", "10.69.50.176/28").is_told_as("K0413");
}

#[test]
fn pool_outside_network() {
    mistake("pool-outside-network").edit("kss.kss", "10.69.50.192/28", "10.69.51.192/28").is_told_as("K0416");
}

#[test]
fn address_in_dhcp() {
    mistake("address-in-dhcp")
        .edit("kss.kss", "10.69.50.20", "10.69.50.130, mac = 52:54:00:69:51:30")
        .is_told_as("K0414");
}

#[test]
fn address_outside_network() {
    mistake("address-outside-network").edit("kss.kss", "10.69.50.20", "10.69.51.20").is_told_as("K0416");
}

#[test]
fn networks_overlap() {
    mistake("networks-overlap").edit("homelab.kss", "[10.69.10.0/24]", "[10.69.0.0/18]").is_told_as("K0415");
}

#[test]
fn pods_over_network() {
    mistake("pods-over-network").add("kss.kss", "  pods = [10.69.0.0/16]\n").is_told_as("K0415");
}

#[test]
fn host_too_small() {
    mistake("host-too-small").edit("homelab.kss", "memory  = 160GiB", "memory  = 64GiB").is_told_as("K0417");
}

#[test]
fn pool_of_one_address_outside_network() {
    mistake("pool-of-one-address").edit("kss.kss", "10.69.50.192/28", "10.69.51.7/32").is_told_as("K0416");
}

#[test]
fn address_number_beyond_network() {
    mistake("address-beyond-network")
        .edit("kss.kss", "ip = 10.69.50.20", "ip = site.network.lan.host(400)")
        .is_told_as("K0404");
}

#[test]
fn vlan_twice() {
    mistake("vlan-twice")
        .edit("homelab.kss", "[10.69.50.0/24]", "[10.69.50.0/24]\n    vlan    = 50")
        .edit("homelab.kss", "[10.69.10.0/24]", "[10.69.10.0/24]\n    vlan    = 50")
        .is_told_as("K0402");
}
