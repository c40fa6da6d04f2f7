//! The standard library: `.kss` modules with the files that they read, the locked facts about charts, kinds and options, and
//! the libraries that a deploy tree carries along. Everything is part of the program, so a build needs no other file.

// Written by `lock-import`, which does not know who includes it.
#[allow(unreachable_pub)]
#[path = "../lock/files.rs"]
mod lock;

mod files {
    include!(concat!(env!("OUT_DIR"), "/files.rs"));
}

/// Every source and asset by its path as modules see it (`std/core/site.kss`), in order of the paths.
pub static FILES: &[(&str, &[u8])] = files::FILES;

/// Charts, Kubernetes kinds and NixOS options that the library was written against, by path below `stdlib/lock/`.
pub static LOCK: &[(&str, &str)] = lock::FILES;

/// The NixOS library that emitted configurations import, as it lies in a deploy tree: below `nix/`, and the tree's
/// `flake.nix`, which builds every machine in it.
pub static NIX: &[(&str, &str)] = files::NIX;

/// Bodies of OpenTofu modules, as they lie in a deploy tree: below `tofu/modules/`.
pub static TOFU_MODULES: &[(&str, &str)] = files::TOFU_MODULES;

/// The content of `path` (`std/monitoring/alloy/logs.alloy`), if the library has such a file.
pub fn file(path: &str) -> Option<&'static [u8]> {
    FILES.binary_search_by(|(known, _)| (*known).cmp(path)).ok().map(|at| FILES[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_sorted_and_has_no_path_twice() {
        assert!(FILES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for list in [LOCK, NIX, TOFU_MODULES] {
            assert!(list.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }

    #[test]
    fn sources_and_assets_are_there() {
        assert!(file("std/core/site.kss").is_some_and(|text| text.starts_with(b"# stdlib/core/site.kss")));
        assert!(file("std/policy/rego/required-labels.rego").is_some());
        assert!(file("std/core/missing.kss").is_none());
    }

    #[test]
    fn nothing_but_the_library_is_embedded() {
        assert!(
            FILES
                .iter()
                .all(|(path, _)| path.starts_with("std/") && !path.ends_with(".rs") && !path.ends_with(".toml"))
        );
    }

    #[test]
    fn sources_are_text_and_name_their_own_path() {
        for (path, text) in FILES.iter().filter(|(path, _)| path.ends_with(".kss")) {
            let own = path.replacen("std/", "# stdlib/", 1);
            assert!(
                std::str::from_utf8(text).is_ok_and(|text| text.starts_with(&own)),
                "{path} begins with another path"
            );
        }
    }

    /// Names, domains and networks of a site belong into its own files.
    #[test]
    fn no_site_is_spelled_out() {
        for (path, text) in FILES.iter().filter(|(path, _)| path.ends_with(".kss")) {
            let text = String::from_utf8_lossy(text);
            for word in ["homelab", "10.69.", "example.com", "example.net"] {
                let code = text.lines().filter(|line| !line.trim_start().starts_with('#'));
                assert!(code.clone().all(|line| !line.contains(word)), "{path} spells out `{word}`");
            }
        }
    }
}
