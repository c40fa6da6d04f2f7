//! After an edit only that is computed again what the edit can change, and the result is that of a fresh start.

use kss_diag::Sources;
use kss_project::db::{self, ItemKey, ScopeName};
use kss_project::{Database, Loaded, Places, Session};
use kss_span::{FileId, ItemId, Symbol};
use kss_tests::build::{self, build_session};
use kss_tests::observe::{Executed, Observed};
use kss_tests::shuffle::{Random, shuffle};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

fn counts(executed: &Executed, wanted: &[(&str, usize)]) {
    let wanted: BTreeMap<String, usize> = wanted.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    assert_eq!(executed.counts(), wanted);
}

/// Every item with what it was lowered to.
fn lowered(session: &Session) -> BTreeMap<String, Arc<kss_sema::Lowered>> {
    let (db, project) = (session.db(), session.project());
    let ids: &Vec<ItemId> = db::item_ids(db, project);
    ids.iter().map(|id| (format!("{id:?}"), db::lowered(db, project, ItemKey::new(db, *id)).clone())).collect()
}

/// The items that are not the same any more.
fn relowered(before: &BTreeMap<String, Arc<kss_sema::Lowered>>, session: &Session) -> Vec<String> {
    let after = lowered(session);
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let same = |name: &str| before.get(name).zip(after.get(name)).is_some_and(|(a, b)| Arc::ptr_eq(a, b));
    names.into_iter().filter(|name| !same(name)).cloned().collect()
}

/// What a cluster was evaluated to; the same one as long as nobody evaluated it again.
fn cluster(session: &Session, name: &str) -> Arc<kss_eval::ScopeModel> {
    let db = session.db();
    let (site, name) = (ScopeName::new(db, Symbol::new("homelab")), ScopeName::new(db, Symbol::new(name)));
    kss_project::cluster(db, session.project(), site, name).as_ref().expect("the cluster is there").0.clone()
}

#[test]
fn checking_again_computes_nothing() {
    let project = Observed::reference();
    counts(&project.check().1, &[]);
}

#[test]
fn a_comment_is_parsed_and_no_more() {
    for (file, line) in [
        ("clusters/kss.kss", "# clusters/kss.kss\n"),
        ("clusters/homelab.kss", "  use cloudflare\n"),
        ("std/monitoring/loki.kss", "  helm loki {\n"),
        ("std/core/site.kss", "type Machine {\n"),
    ] {
        let mut project = Observed::reference();
        project.edit(file, line, &format!("{line}  # a new comment\n\n"));
        let (checked, executed) = project.check();
        counts(&executed, &[("parse", 1), ("items", 1)]);
        assert!(!checked.has_errors());
    }
}

#[test]
fn places_move_with_a_comment() {
    let mut project = Observed::reference();
    let place = |project: &Observed, places: &Places| {
        let (file, text) = (project.file("clusters/kss.kss"), project.session.text(project.file("clusters/kss.kss")));
        let id = ItemId::new(Symbol::new(project.session.path(file)), Symbol::new("cluster kss"));
        let span = places.span(kss_span::Origin::new(id, 0)).expect("a place");
        assert_eq!(span.file, file);
        text[..span.range.lo as usize].lines().count()
    };
    let before = place(&project, &project.session.places());
    project.edit("clusters/kss.kss", "# clusters/kss.kss\n", "# clusters/kss.kss\n# one\n# two\n");
    assert_eq!(place(&project, &project.session.places()), before + 2);
}

#[test]
fn an_edit_in_a_cluster_evaluates_it_and_the_site() {
    let mut project = Observed::reference();
    let (kss, kcs) = (cluster(&project.session, "kss"), cluster(&project.session, "kcs"));
    let before = lowered(&project.session);
    project.edit("clusters/kss.kss", "memory = 14GiB", "memory = 15GiB");
    let (checked, executed) = project.check();
    assert!(!checked.has_errors());
    assert_eq!((executed.of("cluster"), executed.of("site"), executed.of("early")), (1, 1, 0), "{executed:?}");
    assert_eq!(
        (executed.of("parse"), executed.of("items"), executed.of("lowered"), executed.of("library")),
        (1, 1, 1, 0)
    );
    assert_eq!((executed.of("outline"), executed.of("signatures")), (1, 0), "{executed:?}");
    assert!(Arc::ptr_eq(&kcs, &cluster(&project.session, "kcs")), "its sibling stays as it is");
    assert!(!Arc::ptr_eq(&kss, &cluster(&project.session, "kss")));
    assert!(
        matches!(&relowered(&before, &project.session)[..], [only] if only.ends_with("clusters/kss.kss:cluster kss"))
    );
}

#[test]
fn an_error_in_a_cluster_is_no_business_of_its_sibling() {
    let mut project = Observed::reference();
    let kcs = cluster(&project.session, "kcs");
    project.edit("clusters/kss.kss", "  use nginx\n", "  use ngingx\n");
    let (checked, executed) = project.check();
    assert!(checked.has_errors());
    assert_eq!(executed.of("cluster"), 1, "{executed:?}");
    assert!(Arc::ptr_eq(&kcs, &cluster(&project.session, "kcs")));
    project.edit("clusters/kss.kss", "  use ngingx\n", "  use nginx\n");
    let (checked, executed) = project.check();
    assert!(!checked.has_errors());
    assert_eq!(executed.of("cluster"), 1, "{executed:?}");
}

#[test]
fn an_edit_in_a_module_lowers_it_alone() {
    for (file, old, new, module) in [
        ("std/monitoring/loki.kss", "ingestion_rate_mb = 10", "ingestion_rate_mb = 11", "module loki"),
        ("std/cni/cilium.kss", "autoDirectNodeRoutes = false", "autoDirectNodeRoutes = true", "module cilium"),
        ("std/core/site.kss", "disk : Size = 80GiB", "disk : Size = 81GiB", "type Machine"),
    ] {
        let mut project = Observed::reference();
        let before = lowered(&project.session);
        project.edit(file, old, new);
        let (_, executed) = project.check();
        assert_eq!((executed.of("parse"), executed.of("items")), (1, 1), "{file}: {executed:?}");
        assert_eq!(executed.of("lowered"), 1, "{file}: {executed:?}");
        assert_eq!(executed.of("cluster"), 2, "both clusters may use it: {executed:?}");
        let changed = relowered(&before, &project.session);
        assert!(matches!(&changed[..], [only] if *only == format!("{file}:{module}")), "{changed:?}");
    }
}

#[test]
fn a_test_in_a_file_evaluates_nothing() {
    let mut project = Observed::reference();
    let header = "# clusters/kss.kss\n";
    project.edit("clusters/kss.kss", header, &format!("{header}test \"memory\" {{\n  expect 1 == 1\n}}\n"));
    let nothing = |executed: &Executed| {
        let evaluated = ["early", "cluster", "site"].map(|query| executed.of(query));
        assert_eq!(evaluated, [0, 0, 0], "{executed:?}");
    };
    nothing(&project.check().1);
    project.edit("clusters/kss.kss", "expect 1 == 1", "expect 1 == 2");
    let (_, executed) = project.check();
    nothing(&executed);
    assert_eq!((executed.of("lowered"), executed.of("library")), (1, 0), "{executed:?}");
}

/// What a build gives: all files, and all that is said with its places.
#[derive(PartialEq)]
struct Answer {
    files: BTreeMap<String, Vec<u8>>,
    said: Vec<String>,
}

impl Answer {
    fn of(session: &Session) -> Answer {
        let (_, tree, diagnostics) = build_session(session);
        let places = kss_diag::Places::new(session);
        let said = diagnostics.iter().map(|diagnostic| kss_diag::terminal(diagnostic, &places, false));
        let files = tree.iter().map(|file| (file.path.clone(), file.content.bytes().to_vec()));
        Answer { files: files.collect(), said: said.collect() }
    }
}

/// The project with the texts that `session` has now.
fn fresh(original: &Loaded, session: &Session) -> Session {
    let mut loaded = original.clone();
    for file in &mut loaded.files {
        file.text = session.text(file.id).into();
    }
    Session::new(Database::default(), loaded, false)
}

/// Changes something in a text.
fn change(text: &str, random: &mut Random) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let at = random.below(lines.len());
    let without = |at: usize| {
        let kept = lines.iter().enumerate().filter(|(line, _)| *line != at).map(|(_, line)| *line);
        kept.collect::<Vec<_>>().join("\n") + "\n"
    };
    let with = |new: &str| {
        let (before, behind) = lines.split_at(at);
        [before, &[new], behind].concat().join("\n") + "\n"
    };
    match random.below(6) {
        0 => with("# a comment"),
        1 => without(at),
        2 => with(lines[random.below(lines.len())]),
        3 => {
            // The next number is another one.
            let digit = text.char_indices().skip(random.below(text.len())).find(|(_, c)| c.is_ascii_digit());
            digit.map_or_else(|| text.to_owned(), |(at, _)| format!("{}7{}", &text[..at], &text[at + 1..]))
        }
        4 if kss_syntax::parse(FileId(0), text).errors.is_empty() => shuffle(text, random),
        _ => {
            let word = text.char_indices().skip(random.below(text.len())).find(|(_, c)| c.is_ascii_lowercase());
            word.map_or_else(|| text.to_owned(), |(at, _)| format!("{}x{}", &text[..at], &text[at..]))
        }
    }
}

#[test]
fn after_any_edits_the_result_is_that_of_a_fresh_start() {
    let original = kss_project::load(&[build::repository().join("clusters")]).expect("the folder can be read");
    let (mut wrong, mut right) = (0, 0);
    // In a release build 312 edits, which take too long without optimisation.
    for seed in 0..if cfg!(debug_assertions) { 4 } else { 26 } {
        let mut random = Random::new(seed);
        let mut session = Session::new(Database::default(), original.clone(), false);
        session.check();
        let mut edited: Vec<FileId> = Vec::new();
        for step in 0..12 {
            // Mistakes stay for a while; then they are taken back, one after the other.
            let back = edited.len() > 2 || step % 4 == 3 && !edited.is_empty();
            let (file, text) = if back {
                let file = edited.remove(random.below(edited.len()));
                (file, original.files[file.0 as usize].text.to_string())
            } else {
                // The project's own files as often as those of the library.
                let own = original.files.iter().filter(|file| file.disk.is_some()).count();
                let at = if random.below(2) == 0 { random.below(own) } else { random.below(original.files.len()) };
                let file = original.files[at].id;
                edited.push(file);
                (file, change(session.text(file), &mut random))
            };
            session.set_text(file, text.into());
            let (kept, new) = (Answer::of(&session), Answer::of(&fresh(&original, &session)));
            let place = format!("seed {seed}, step {step}, after an edit of {}", session.path(file));
            assert_eq!(kept.said, new.said, "{place}");
            let differ: Vec<&String> =
                new.files.keys().filter(|path| kept.files.get(*path) != new.files.get(*path)).collect();
            assert!(kept == new, "{place}: {differ:?}");
            *(if new.said.iter().any(|said| said.starts_with("error")) { &mut wrong } else { &mut right }) += 1;
        }
    }
    assert!(wrong > 10 && right > 10, "{wrong} states were wrong, {right} were right");
}
