//! Makes the files of the library again from their sources, if those are there: `KSS_SCHEMAS` names their folder.

mod common;
#[allow(unreachable_pub, reason = "the library exports it")]
#[path = "../../../stdlib/lock/files.rs"]
mod files;

use common::{shown, value};
use files::FILES;
use kss_schema::import::{ImportError, Imported, Manifest};
use kss_schema::{SchemaSet, check};
use std::path::{Path, PathBuf};

const LOCK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../stdlib/lock");

fn inputs() -> Option<PathBuf> {
    std::env::var_os("KSS_SCHEMAS").map(PathBuf::from)
}

fn manifest() -> Manifest {
    Manifest::parse(&read(&Path::new(LOCK).join("sources.toml"))).expect("well formed")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_file_has_a_source_and_the_other_way_round() {
    let manifest = manifest();
    let file = |folder: &str, name: &str, version: &str| format!("{folder}/{name}-{version}.txt");
    let mut named: Vec<String> = manifest.chart.iter().map(|c| file("charts", &c.name, &c.version)).collect();
    named.extend(manifest.kinds.iter().map(|k| file("kinds", &k.name, &k.version)));
    let table = |name: &str, version: &str| match version {
        "" => format!("options/{name}.txt"),
        version => file("options", name, version),
    };
    named.extend(manifest.options.iter().map(|o| table(&o.name, &o.version)));
    named.sort_unstable();
    assert_eq!(named, FILES.iter().map(|(path, _)| path.to_string()).collect::<Vec<_>>());
}

#[test]
fn the_files_are_what_their_sources_make() {
    let Some(inputs) = inputs() else { return };
    let manifest = manifest();
    // The options of the NixOS library are the project's own.
    let own = Path::new(LOCK).join("../../nix");
    let input = |path: &str| {
        let given = inputs.join(path);
        Ok(read(&if given.exists() { given } else { own.join(path) }))
    };
    let patch = |name: &str| std::fs::read_to_string(Path::new(LOCK).join(format!("patches/{name}.txt"))).ok();
    let mut made: Vec<Result<Imported, ImportError>> = Vec::new();
    made.extend(manifest.chart.iter().map(|c| c.import(&input, patch(&c.name).as_deref())));
    made.extend(manifest.kinds.iter().map(|k| k.import(&input, patch(&k.patch_name()).as_deref())));
    made.extend(manifest.options.iter().map(|o| o.import(&input, patch(&o.name).as_deref())));
    for made in made {
        let made = made.expect("importable");
        let idle: Vec<_> = made.warnings.iter().filter(|w| w.ends_with("changes nothing")).collect();
        assert!(idle.is_empty(), "{idle:?}");
        let (_, text) = FILES.iter().find(|(path, _)| *path == made.path).expect("listed");
        assert!(*text == made.text, "{} is not what its sources make: run `lock-import`", made.path);
    }
}

/// A chart has to take its own defaults.
#[test]
fn charts_take_their_own_defaults() {
    let Some(inputs) = inputs() else { return };
    let set = SchemaSet::new(FILES);
    for chart in manifest().chart {
        let text = read(&inputs.join(&chart.values));
        let Ok(mut defaults) = serde_yaml::from_str::<serde_json::Value>(&text) else { continue };
        if let Some(key) = &chart.unwrap {
            defaults = defaults[key].take();
        }
        let schema = set.chart(&chart.repo, &chart.name, &chart.version).expect("locked");
        let found: Vec<String> = check(&schema, &value(&defaults), &[]).iter().map(shown).collect();
        assert!(found.is_empty(), "{}: {found:#?}", chart.name);
    }
}
