//! Every definition fits libvirt's own schema, and machines agree with what they are defined by.

use crate::deployed;
use kss_tests::reference::{CLUSTERS, texts};
use kss_tests::tools;

#[test]
fn definitions_fit_the_schemas_of_libvirt() {
    let (_folder, root) = deployed();
    let files = texts(|path| path.starts_with("site/libvirt/") && path.ends_with(".xml"));
    for (path, _) in &files {
        let Some(mut command) = tools::command("virt-xml-validate", "definitions of libvirt") else { return };
        tools::output(command.arg(root.join(path)));
    }
    let count = |part: &str| files.iter().filter(|(path, _)| path.contains(part)).count();
    assert_eq!((count("/domains/"), count("/networks/"), count("/pools/")), (4 * CLUSTERS.len() + 1, 2, 1));
    assert_eq!(count("/volumes/"), count("/domains/"));
}

#[test]
fn interfaces_have_the_addresses_that_the_guests_look_for() {
    for (path, domain) in texts(|path| path.starts_with("site/libvirt/hypervisor/domains/k")) {
        let name = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".xml");
        let (cluster, node) = name.split_once('-').expect("CLUSTER-NODE");
        let guest = texts(|path| path == format!("clusters/{cluster}/nixos/{node}.nix"));
        let macs: Vec<_> = domain.split("<mac address=\"").skip(1).filter_map(|rest| rest.get(..17)).collect();
        assert_eq!(macs.len(), 2, "{name}");
        for mac in macs {
            assert!(guest.iter().any(|(_, text)| text.contains(mac)), "{name} doesn't look for {mac}");
            assert!(!mac.starts_with("fe:"), "libvirt keeps those for itself");
        }
    }
}
