use super::*;
use kss_backend::OutputTree;
use kss_backend::testing::{case, entry, line_origin, machine_key, model, origin, record, scope, text, tool, with};
use kss_diag::Diagnostic;
use kss_value::{Record, Value};
use serde_json::json;
use std::process::Command;

fn emit(entries: Vec<Entry>) -> (OutputTree, Vec<Diagnostic<Origin>>) {
    let mut tree = OutputTree::default();
    let host = scope(machine_key("host"), entries);
    let diagnostics = Libvirt.emit(&model(Vec::new(), vec![host], Vec::new()), &mut tree);
    (tree, diagnostics)
}

fn tree(entries: Vec<Entry>) -> OutputTree {
    let (tree, diagnostics) = emit(entries);
    assert_eq!(diagnostics, []);
    tree
}

fn of(kind: &str, name: &str, fields: Record) -> Entry {
    entry(machine_key("host"), kind, name, fields)
}

fn size(gib: u64, node: u32) -> Value {
    Value::size(gib << 30, origin(node))
}

fn record_value(fields: Record) -> Value {
    Value::record(fields, origin(1))
}

fn map(items: Vec<(&str, Value)>) -> Value {
    record_value(items.into_iter().map(|(name, value)| (Symbol::new(name), value)).collect())
}

fn payload(name: &str, fields: Record) -> Value {
    Value::case(Symbol::new(name), Some(record_value(fields)), origin(1))
}

fn disk(fields: serde_json::Value, gib: u64, bus: &str) -> Value {
    let more = [("size", size(gib, 7)), ("bus", case(bus)), ("cache", case("uncached"))];
    record_value(with(&record(fields), &more))
}

fn nic(network: &str, mac: [u8; 6]) -> Value {
    let mac = ("mac", Value::mac(kss_value::scalar::Mac(mac), origin(8)));
    record_value(with(&record(json!({ "network": network })), &[mac]))
}

fn machine(arch: &str, disks: Vec<(&str, Value)>) -> Entry {
    let chipset = if arch == "amd64" { "q35" } else { "virt" };
    let fields = record(json!({ "chipset": chipset, "vcpus": 4, "vsock": true, "autostart": true }));
    let firmware = if arch == "amd64" { "bios" } else { "efi" };
    let more = [
        ("arch", case(arch)),
        ("firmware", case(firmware)),
        ("cpu", case("host-passthrough")),
        ("memory", size(10, 5)),
        ("disk", map(disks)),
        (
            "nic",
            map(vec![("primary", nic("lan", [0x52, 0x54, 0, 1, 2, 3])), ("nat", nic("nat", [0x52, 0x54, 0, 1, 2, 4]))]),
        ),
    ];
    of("domain", "kss-master", with(&fields, &more))
}

fn usual() -> Entry {
    let root = disk(json!({ "pool": "/data/images", "image": "nixos-25.11" }), 80, "virtio");
    let data = disk(json!({ "pool": "/data/images/" }), 200, "scsi");
    machine("amd64", vec![("data", data), ("root", root)])
}

fn network(name: &str, forward: Value) -> Entry {
    of("virtual-network", name, with(&Record::default(), &[("forward", forward)]))
}

fn networks() -> Vec<Entry> {
    let bridge = payload("bridge", record(json!({ "name": "br-k8s" })));
    let ip = |text: &str| Value::ip(text.parse().unwrap(), origin(3));
    let range =
        kss_value::scalar::IpRange { first: "192.168.9.2".parse().unwrap(), last: "192.168.9.9".parse().unwrap() };
    let nat = with(
        &record(json!({ "name": "kss-nat" })),
        &[
            ("cidr", Value::cidr("192.168.9.0/24".parse().unwrap(), origin(3))),
            ("gateway", ip("192.168.9.1")),
            ("leases", Value::ip_range(range, origin(4))),
        ],
    );
    vec![network("lan", bridge), network("nat", payload("nat", nat))]
}

fn pool() -> Entry {
    of("volume-pool", "default", with(&record(json!({ "path": "/data/images" })), &[("size", size(900, 2))]))
}

/// Checks every definition with libvirt's schemas.
fn assert_valid(tree: &OutputTree) {
    let Some(validate) = tool("virt-xml-validate", &["--help"], "checking definitions with the schemas of libvirt")
    else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    kss_backend::testing::unpack(tree, directory.path()).unwrap();
    for file in tree.iter().filter(|file| file.path.ends_with(".xml")) {
        let output = Command::new(&validate).arg(directory.path().join(&file.path)).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}\n{}", file.path, text(tree, &file.path));
    }
}

#[test]
fn a_machine_becomes_a_domain_and_its_disks_volumes() {
    let tree = tree(vec![usual()]);
    let domain = text(&tree, "site/libvirt/host/domains/kss-master.xml");
    let read = roxmltree::Document::parse(&domain).unwrap();
    let find = |name: &str| read.descendants().filter(|node| node.has_tag_name(name)).collect::<Vec<_>>();
    assert_eq!(find("name")[0].text(), Some("kss-master"));
    assert_eq!((find("memory")[0].attribute("unit"), find("memory")[0].text()), (Some("KiB"), Some("10485760")));
    assert_eq!(find("type")[0].attribute("machine"), Some("q35"));
    let disks: Vec<_> = find("disk")
        .iter()
        .map(|disk| {
            let child = |name: &str| disk.children().find(|node| node.has_tag_name(name)).unwrap();
            let attribute = |element: &str, name: &str| child(element).attribute(name).unwrap().to_owned();
            (attribute("source", "file"), attribute("target", "dev"), attribute("driver", "cache"))
        })
        .collect();
    let expected =
        [("/data/images/kss-master-root.qcow2", "vda", "none"), ("/data/images/kss-master-data.qcow2", "sda", "none")];
    assert_eq!(disks, expected.map(|(file, target, cache)| (file.to_owned(), target.to_owned(), cache.to_owned())));
    let boot: Vec<_> = find("boot").iter().map(|node| node.parent().unwrap().attribute("type")).collect();
    assert_eq!(boot, [Some("file")], "the disk with the image alone");
    let macs: Vec<_> = find("mac").iter().filter_map(|mac| mac.attribute("address")).collect();
    assert_eq!(macs, ["52:54:00:01:02:04", "52:54:00:01:02:03"]);
    let volume = text(&tree, "site/libvirt/host/volumes/kss-master-data.xml");
    assert!(
        volume.contains("<name>kss-master-data.qcow2</name>") && volume.contains("<capacity unit=\"KiB\">209715200<")
    );
    let at = domain.lines().position(|line| line.contains("<memory ")).unwrap() as u32 + 1;
    assert_eq!(line_origin(&tree, "site/libvirt/host/domains/kss-master.xml", at), Some(origin(5)));
    assert_valid(&tree);
}

#[test]
fn a_machine_of_another_architecture_has_its_firmware() {
    let root = disk(json!({ "pool": "/p", "image": "x" }), 10, "virtio");
    let tree = tree(vec![machine("arm64", vec![("root", root)])]);
    let domain = text(&tree, "site/libvirt/host/domains/kss-master.xml");
    assert!(domain.contains("<os firmware=\"efi\">") && domain.contains("arch=\"aarch64\" machine=\"virt\""));
    assert!(!domain.contains("<apic/>"));
    assert_valid(&tree);
}

#[test]
fn networks_and_pools_are_defined() {
    let tree = tree(networks().into_iter().chain([pool()]).collect());
    let nat = text(&tree, "site/libvirt/host/networks/nat.xml");
    assert!(nat.contains("<ip family=\"ipv4\" address=\"192.168.9.1\" prefix=\"24\">"), "{nat}");
    assert!(nat.contains("<range start=\"192.168.9.2\" end=\"192.168.9.9\"/>"));
    assert!(nat.contains("<bridge name=\"kss-nat\" stp=\"on\" delay=\"0\"/>"));
    let lan = text(&tree, "site/libvirt/host/networks/lan.xml");
    assert!(lan.contains("<forward mode=\"bridge\"/>\n  <bridge name=\"br-k8s\"/>"));
    assert!(text(&tree, "site/libvirt/host/pools/default.xml").contains("<path>/data/images</path>"));
    assert_valid(&tree);
}

#[test]
fn definitions_are_marked_and_keep_their_uuid() {
    let uuid = |tree: &OutputTree, path: &str| {
        let text = text(tree, &format!("site/libvirt/host/{path}.xml"));
        text.lines().find(|line| line.contains("<uuid>")).unwrap().to_owned()
    };
    let (one, other) = (tree(vec![usual()]), tree(networks().into_iter().chain([usual()]).collect()));
    assert_eq!(uuid(&one, "domains/kss-master"), uuid(&other, "domains/kss-master"));
    assert_ne!(uuid(&other, "networks/lan"), uuid(&other, "networks/nat"));
    for path in ["domains/kss-master", "networks/lan"] {
        assert!(text(&other, &format!("site/libvirt/host/{path}.xml")).contains("site=\"home\""));
    }
}

fn link(name: &str, kind: Value, fields: serde_json::Value) -> Entry {
    of("host-link", name, with(&record(fields), &[("kind", kind)]))
}

#[test]
fn links_are_made_in_order_and_looked_for() {
    let vlan = payload("vlan", record(json!({ "id": 50, "parent": "enp8s0" })));
    let bridge = payload("bridge", record(json!({ "stp": false })));
    let entries = vec![
        link("a.50", vlan, json!({ "master": "br-k8s", "forward": false })),
        link("br-k8s", bridge, json!({ "forward": true })),
    ];
    let tree = tree(entries);
    let batch = "link add name br-k8s type bridge stp_state 0\nlink set br-k8s up\n\
                 link add link enp8s0 name a.50 type vlan id 50\nlink set a.50 master br-k8s\nlink set a.50 up\n";
    assert_eq!(text(&tree, "site/libvirt/host/links"), batch);
    let unit = text(&tree, "site/libvirt/host/kssc-links.service");
    let wanted: Vec<_> = unit.lines().filter_map(|line| line.strip_prefix("ExecStart=")).collect();
    let expected = [
        "-ip -force -batch /etc/kssc/links",
        "ip link show dev br-k8s",
        "ip link show dev a.50",
        "sh -c 'iptables -C FORWARD -i br-k8s -j ACCEPT 2>/dev/null || iptables -I FORWARD -i br-k8s -j ACCEPT'",
        "sh -c 'iptables -C FORWARD -o br-k8s -j ACCEPT 2>/dev/null || iptables -I FORWARD -o br-k8s -j ACCEPT'",
    ];
    assert_eq!(wanted, expected);
}

#[test]
fn a_name_that_is_no_link_is_refused() {
    for name in ["a b", "x; reboot", "-force", "0123456789abcdef", "a'b", ""] {
        let (tree, diagnostics) = emit(vec![link(name, payload("bridge", Record::default()), json!({}))]);
        assert!(tree.is_empty(), "{name}");
        assert_eq!(diagnostics.iter().map(|found| found.code.id).collect::<Vec<_>>(), ["K0401"], "{name}");
    }
}

#[test]
fn what_is_missing_is_said() {
    let mut bare = usual();
    bare.fields = bare.fields.iter().filter(|(name, _)| *name != "memory").cloned().collect();
    let (tree, diagnostics) = emit(vec![bare]);
    assert!(tree.get("site/libvirt/host/domains/kss-master.xml").is_none());
    assert_eq!(diagnostics[0].message, "domain `kss-master` can't be written without `memory`, which has no value");
    let poisoned = of("volume-pool", "p", with(&Record::default(), &[("path", Value::poison(origin(1)))]));
    let (tree, diagnostics) = emit(vec![poisoned]);
    assert!(tree.is_empty() && diagnostics.is_empty(), "the error was reported where it was made");
}
