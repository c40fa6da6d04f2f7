//! A project that stays open while its texts change.

use crate::measure::{percentiles, row, status_of};
use kss_diag::Sources;
use kss_project::{Database, Session};
use kss_span::FileId;
use kss_tests::generate;
use std::time::{Duration, Instant};

/// Edits of each kind.
const COUNT: usize = 100;

/// Opens a site with so many clusters.
fn open(clusters: usize) -> Session {
    let folder = tempfile::tempdir().expect("a folder");
    generate::site(folder.path(), clusters.max(1));
    let loaded = kss_project::load(&[folder.path().to_owned()]).expect("the site was written");
    let session = Session::new(Database::default(), loaded, false);
    assert!(!session.check().has_errors());
    session
}

/// The file whose path ends so.
fn file(session: &Session, end: &str) -> FileId {
    session.files().into_iter().find(|id| session.path(*id).ends_with(end)).expect("it is there")
}

/// The text with the number of `field` replaced.
fn with_number(text: &str, field: &str, number: usize) -> String {
    let at = text.find(field).expect("the field is there") + field.len();
    let at = at + text[at..].find(|c: char| c.is_ascii_digit()).expect("it has a number");
    let end = text[at..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |end| at + end);
    format!("{}{number}{}", &text[..at], &text[end..])
}

/// From a changed text to all diagnostics, for edits of several kinds.
pub(crate) fn editing(clusters: usize) {
    println!("\n{clusters} clusters, open: from text to diagnostics, p50 / p95 / p99");
    let mut session = open(clusters);
    let cluster = file(&session, "kss-1.kss");
    let module = file(&session, "std/monitoring/loki.kss");
    let of_cluster = session.text(cluster).to_owned();
    let of_module = session.text(module).to_owned();
    type Edit<'a> = (&'a str, FileId, &'a dyn Fn(usize) -> String);
    let comment = |n: usize| format!("{of_cluster}# {n}\n");
    let value = |n: usize| with_number(&of_cluster, "memory", 14 + n % 2);
    let end = of_cluster.trim_end().strip_suffix('}').expect("the body of the cluster ends the file").len();
    let typed = |n: usize| format!("{}  let typed = unknown-{n}\n}}\n", &of_cluster[..end]);
    let body = |n: usize| with_number(&of_module, "ingestion_rate_mb", 10 + n % 2);
    let edits: [Edit<'_>; 4] = [
        ("a comment", cluster, &comment),
        ("a value in a cluster", cluster, &value),
        ("an unknown name in a cluster", cluster, &typed),
        ("a value in a module of all clusters", module, &body),
    ];
    for (what, file, text) in edits {
        let (mut quick, mut whole) = (Vec::new(), Vec::new());
        let original = session.text(file).to_owned();
        let mut known = session.parts(&session.check_statically());
        for n in 0..COUNT {
            let new = text(n);
            let begun = Instant::now();
            session.set_text(file, new.into());
            let statics = session.check_statically();
            std::hint::black_box(session.diagnostics(&statics, &known));
            quick.push(begun.elapsed());
            let parts = session.parts(&statics);
            std::hint::black_box(session.diagnostics(&statics, &parts));
            whole.push(begun.elapsed());
            known = parts;
        }
        session.set_text(file, original.into());
        row(&format!("{what}: what types say"), &percentiles(&mut quick), "under 10 ms");
        row(&format!("{what}: all"), &percentiles(&mut whole), "");
    }
}

/// Memory after many edits against that after a few.
pub(crate) fn long_session(edits: usize) {
    println!("\nreference site, open: memory of a long session");
    let mut session = open(2);
    let cluster = file(&session, "kss-1.kss");
    let original = session.text(cluster).to_owned();
    let mut resident = |range: std::ops::Range<usize>| {
        for n in range {
            // Half of the edits leave something wrong, each another name; the others are values that evaluation sees.
            let new = match n % 2 {
                0 => format!("{original}\nlet typed-{n} = unknown-{n}\n"),
                _ => with_number(&original, "memory", 10 + n % 5),
            };
            session.set_text(cluster, new.into());
            std::hint::black_box(session.check());
        }
        std::thread::sleep(Duration::from_millis(50));
        status_of(std::process::id(), "VmRSS:")
    };
    let few = resident(0..100);
    let many = resident(100..edits);
    let ratio = many as f64 / few as f64;
    row(
        &format!("resident after {edits} edits"),
        &format!("{ratio:.2} × that after 100 ({:.0} MiB)", few as f64 / 1024.0),
        "under 1.2",
    );
}
