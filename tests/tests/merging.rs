//! The order of files, imports and statements never matters: the same statements in any order give the same bytes.

use kss_diag::Severity;
use kss_project::Loaded;
use kss_span::FileId;
use kss_tests::build::{self, build_loaded};
use kss_tests::shuffle::{Random, shuffle};
use std::collections::BTreeMap;

/// What a build gives that an order must not change.
#[derive(PartialEq)]
struct Result {
    files: BTreeMap<String, (Vec<u8>, bool)>,
    /// What is said of the sources, without its places.
    messages: Vec<String>,
}

fn result(loaded: Loaded) -> Result {
    let built = build_loaded(loaded);
    let files = built.tree.iter().map(|file| (file.path.clone(), (file.content.bytes().to_vec(), file.executable)));
    let mut messages: Vec<String> = built
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let level = if diagnostic.severity == Severity::Error { "error" } else { "other" };
            format!("{level} {}: {}", diagnostic.code.id, diagnostic.message)
        })
        .collect();
    messages.sort();
    Result { files: files.collect(), messages }
}

impl Result {
    /// How another result differs.
    fn difference(&self, other: &Result) -> Option<String> {
        if self == other {
            return None;
        }
        let paths: std::collections::BTreeSet<&String> = self.files.keys().chain(other.files.keys()).collect();
        let differ: Vec<&&String> =
            paths.iter().filter(|path| self.files.get(**path) != other.files.get(**path)).collect();
        let text = |result: &Result, path: &str| {
            result.files.get(path).map(|(bytes, _)| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
        };
        let first = differ.first().map(|path| {
            let (one, two) = (text(self, path), text(other, path));
            let lines = one.lines().zip(two.lines()).filter(|(a, b)| a != b).take(5);
            lines.map(|(a, b)| format!("  - {a}\n  + {b}\n")).collect::<String>()
        });
        let new = other.messages.iter().filter(|message| !self.messages.contains(message));
        let gone = self.messages.iter().filter(|message| !other.messages.contains(message));
        let messages: Vec<String> = new.map(|m| format!("  + {m}")).chain(gone.map(|m| format!("  - {m}"))).collect();
        Some(format!("{differ:?}\n{}{}", first.unwrap_or_default(), messages.join("\n")))
    }
}

fn loaded() -> Loaded {
    kss_project::load(&[build::repository().join("clusters")]).expect("the folder can be read")
}

/// Puts files into another order: the project's own stay before those of the library.
fn reorder(loaded: &mut Loaded, random: &mut Random) {
    let own = loaded.files.iter().filter(|file| file.disk.is_some()).count();
    let (project, library) = loaded.files.split_at_mut(own);
    random.shuffle(project);
    random.shuffle(library);
    for (at, file) in loaded.files.iter_mut().enumerate() {
        file.id = FileId(at as u32);
    }
}

/// What differs when only the files at `changed` are shuffled; with all of them first, then each alone.
fn culprits(shuffled: &Loaded, wanted: &Result) -> String {
    let original = loaded();
    let changed = (0..shuffled.files.len()).filter(|at| shuffled.files[*at].text != original.files[*at].text);
    let alone = changed.filter_map(|at| {
        let mut one = original.clone();
        one.files[at].text = shuffled.files[at].text.clone();
        let difference = wanted.difference(&result(one))?;
        Some(format!("{}: {difference}\n{}", shuffled.files[at].path, shuffled.files[at].text))
    });
    alone.take(1).collect()
}

#[test]
fn the_order_of_files_does_not_matter() {
    let wanted = result(loaded());
    for seed in 0..5 {
        let mut other = loaded();
        reorder(&mut other, &mut Random::new(seed));
        let difference = wanted.difference(&result(other));
        assert!(difference.is_none(), "seed {seed}: {}", difference.unwrap_or_default());
    }
}

/// Shuffles the files that `choose` picks.
fn shuffled(seed: u64, choose: &dyn Fn(&str, &mut Random) -> bool) -> Loaded {
    let mut random = Random::new(seed);
    let mut other = loaded();
    for file in &mut other.files {
        if choose(&file.path, &mut random) {
            file.text = shuffle(&file.text, &mut random).into();
        }
    }
    other
}

#[track_caller]
fn assert_commutes(seeds: std::ops::Range<u64>, choose: &dyn Fn(&str, &mut Random) -> bool) {
    let wanted = result(loaded());
    assert!(wanted.files.len() > 500, "{} files", wanted.files.len());
    for seed in seeds {
        let other = shuffled(seed, choose);
        if let Some(difference) = wanted.difference(&result(other.clone())) {
            panic!("seed {seed}: {difference}\n{}", culprits(&other, &wanted));
        }
    }
}

#[test]
fn the_order_of_statements_in_the_project_does_not_matter() {
    assert_commutes(100..120, &|path, _| !path.starts_with("std/"));
}

#[test]
fn the_order_of_statements_in_the_library_does_not_matter() {
    assert_commutes(200..212, &|path, _| path.starts_with("std/") && !path.starts_with("std/tests/"));
}

#[test]
fn every_order_at_once_does_not_matter() {
    let wanted = result(loaded());
    for seed in 300..308 {
        let mut other = shuffled(seed, &|path, random| !path.starts_with("std/tests/") && random.below(3) > 0);
        reorder(&mut other, &mut Random::new(seed));
        let difference = wanted.difference(&result(other));
        assert!(difference.is_none(), "seed {seed}: {}", difference.unwrap_or_default());
    }
}

#[test]
fn shuffling_moves_statements() {
    let before = loaded();
    let after = shuffled(1, &|path, _| !path.starts_with("std/tests/"));
    let moved = before.files.iter().zip(&after.files).filter(|(a, b)| a.text != b.text).count();
    assert!(moved * 10 > before.files.len() * 7, "{moved} of {} files changed", before.files.len());
}
