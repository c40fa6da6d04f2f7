//! Where things are in the deploy tree.

use crate::check_path;
use kss_span::Symbol;
use kss_value::{ScopeKey, ScopeKind};
use std::collections::BTreeMap;

/// Longest name of a file that is made of other names; readers add endings of their own to it.
const LONGEST: usize = 160;

/// The directory of a scope: `site` (machines included), `clusters/kss` (nodes included).
pub fn scope_dir(key: &ScopeKey) -> String {
    match key.kind {
        ScopeKind::Site | ScopeKind::Machine => "site".to_owned(),
        ScopeKind::Cluster | ScopeKind::Node => cluster_dir(key.outer),
    }
}

/// `clusters/kss`
pub fn cluster_dir(cluster: Symbol) -> String {
    format!("clusters/{}", segment(&cluster))
}

/// The values of a release.
pub fn values_path(cluster: Symbol, release: Symbol) -> String {
    format!("{}/helm/{}.yaml", cluster_dir(cluster), segment(&release))
}

/// The directory of an overlay.
pub fn overlay_dir(cluster: Symbol, overlay: Symbol) -> String {
    format!("{}/kustomize/{}", cluster_dir(cluster), segment(&overlay))
}

/// Where the definitions of what a host offers to its guests are: `site/libvirt/hypervisor`.
pub fn host_dir(host: Symbol) -> String {
    format!("site/libvirt/{}", segment(&host))
}

/// The file of a guest's disk in its pool.
pub fn volume_name(domain: Symbol, disk: Symbol) -> String {
    format!("{}.qcow2", volume_stem(domain, disk))
}

/// The definition of a guest's disk.
pub fn volume_path(host: Symbol, domain: Symbol, disk: Symbol) -> String {
    format!("{}/volumes/{}.xml", host_dir(host), volume_stem(domain, disk))
}

fn volume_stem(domain: Symbol, disk: Symbol) -> String {
    format!("{}-{}", segment(&domain), segment(&disk))
}

/// A name as one part of a path: everything but letters, digits, `.`, `_`, `-` becomes `-`. Two names may become one; the
/// tree refuses the second file.
pub fn segment(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' };
    let text: String = name.chars().map(plain).collect();
    match text.trim_end_matches('.') {
        "" => "_".to_owned(),
        rest if rest.starts_with('.') => format!("_{rest}"),
        rest => rest.to_owned(),
    }
}

/// The path `path`, taken from the directory `dir`; says what is wrong with it if it leaves the directory.
pub fn below(dir: &str, path: &str) -> Result<String, String> {
    check_path(path)?;
    Ok(if dir.is_empty() { path.to_owned() } else { format!("{dir}/{path}") })
}

/// From the directory `dir` up to the root of the tree: `../../..`.
pub fn to_root(dir: &str) -> String {
    vec![".."; dir.split('/').count()].join("/")
}

/// Names of files for things: the wanted name, and where several want one, that name and a digest of what each stands for, so
/// that no name depends on the order of things. Wanted names are compared without case.
pub fn distinct(wanted: &[(String, String)]) -> Vec<String> {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for (name, _) in wanted {
        *count.entry(name.to_lowercase()).or_default() += 1;
    }
    let one = |(name, identity): &(String, String)| {
        if count[&name.to_lowercase()] == 1 && name.len() <= LONGEST {
            return name.clone();
        }
        let digest = blake3::hash(identity.as_bytes()).to_hex();
        let short: String = name.chars().take(LONGEST).collect();
        format!("{short}-{}", &digest[..8])
    };
    wanted.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_leave_their_directory() {
        for (name, expected) in [
            ("cilium", "cilium"),
            ("system:node", "system-node"),
            ("../../etc/passwd", "_..-..-etc-passwd"),
            ("..", "_"),
            ("", "_"),
            (".hidden", "_.hidden"),
            ("größe", "gr--e"),
        ] {
            assert_eq!(segment(name), expected);
            assert_eq!(check_path(&segment(name)), Ok(()));
        }
        assert_eq!(below("site", "ssh/config"), Ok("site/ssh/config".to_owned()));
        for bad in ["../x", "/etc/passwd", "a/../../b", ""] {
            assert!(below("site", bad).is_err(), "{bad}");
        }
        assert_eq!(to_root("clusters/kss/tofu/platform"), "../../../..");
    }

    #[test]
    fn names_that_meet_are_told_apart_whatever_their_order() {
        let wanted = |names: [(&str, &str); 3]| names.map(|(name, id)| (name.to_owned(), id.to_owned()));
        let one = distinct(&wanted([("a-b", "1"), ("A-b", "2"), ("c", "3")]));
        let mut other = distinct(&wanted([("c", "3"), ("A-b", "2"), ("a-b", "1")]));
        other.reverse();
        assert_eq!(one, other);
        assert_eq!(one[2], "c");
        assert_ne!(one[0].to_lowercase(), one[1].to_lowercase());
        let long = distinct(&[("x".repeat(400), "1".to_owned())]);
        assert!(long[0].len() < 200);
    }
}
