//! How fast the compiler is, as ratios: `cargo bench -p kss-tests --bench compiler -- [parse] [reference] [clusters[=N,N…]]
//! [edit[=N,N…]] [memory[=EDITS]]`. Without words all of it. `docs/benchmarks.md` says how to read it.
//!
//! No harness of statistics: what is compared are whole processes and whole edits against a copy of the same bytes in the same
//! run, of which the least of a few runs and percentiles of many say more than means of samples.

#![allow(clippy::print_stdout)]

#[path = "compiler/edits.rs"]
mod edits;
#[path = "compiler/measure.rs"]
mod measure;

use edits::{editing, long_session};
use kss_project::{Database, Session};
use kss_tests::{build, generate, program};
use measure::{Run, least, ms, process, row};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// That of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` builds benches and runs them with `--test`: there is nothing to do here.
    if !words.iter().any(|word| word == "--bench") {
        return;
    }
    let words: Vec<&String> = words.iter().filter(|word| !word.starts_with("--")).collect();
    let wanted = |name: &str, usual: &[usize]| -> Option<Vec<usize>> {
        let said = words.iter().find(|word| word.split('=').next() == Some(name));
        let numbers = said.and_then(|word| word.split_once('='));
        let numbers = numbers.map(|(_, list)| list.split(',').map(|n| n.parse().expect("a number")).collect());
        (words.is_empty() || said.is_some()).then(|| numbers.unwrap_or_else(|| usual.to_vec()))
    };
    if wanted("parse", &[]).is_some() {
        front_end();
    }
    if wanted("reference", &[]).is_some() {
        reference();
    }
    if let Some(counts) = wanted("clusters", &[100, 1000]) {
        clusters(&counts);
    }
    if let Some(counts) = wanted("edit", &[1, 100]) {
        counts.into_iter().for_each(editing);
    }
    if let Some(counts) = wanted("memory", &[10_000]) {
        counts.into_iter().for_each(long_session);
    }
}

/// Text to tree, tree to model.
fn front_end() {
    println!("\nreference site and library, in memory");
    let loaded = kss_project::load(&[build::repository().join("clusters")]).expect("the reference site");
    let texts: Vec<(kss_span::FileId, &str)> = loaded.files.iter().map(|f| (f.id, &*f.text)).collect();
    let sources: Vec<_> = loaded.files.iter().filter(|f| f.path.ends_with(".kss")).collect();
    let bytes: usize = sources.iter().map(|f| f.text.len()).sum();
    let lines: usize = sources.iter().map(|f| f.text.lines().count()).sum();
    let parse = least(15, || {
        for file in &sources {
            std::hint::black_box(kss_syntax::parse(file.id, texts[file.id.0 as usize].1));
        }
    });
    row("parse, one thread", &format!("{:.1} MB/s", bytes as f64 / 1e6 / parse.as_secs_f64()), "over 20");
    let evaluate = (0..7).map(|_| {
        let session = Session::new(Database::default(), loaded.clone(), false);
        session.parse_all();
        let begun = Instant::now();
        let checked = session.check();
        let took = begun.elapsed();
        assert!(!checked.has_errors());
        took
    });
    let evaluate = evaluate.min().expect("some runs");
    let per_second = lines as f64 / evaluate.as_secs_f64();
    row("type-check and evaluate", &format!("{per_second:.0} lines/s"), "over 100000");
}

/// One project on disk: cold and repeated runs against a copy of what they write.
struct Measured {
    build: Run,
    copy: Run,
    lines: usize,
}

fn project(folder: &Path, runs: usize) -> Measured {
    let (deploy, copy, cache) = (folder.join("deploy"), folder.join("copy"), folder.join("cache"));
    let kssc = |word: &str| {
        let mut command = Command::new(program::kssc());
        command.current_dir(folder).env(program::CACHE.0, &cache).args([word, "clusters"]);
        command
    };
    let gone = |paths: &[&Path]| paths.iter().for_each(|path| drop(fs::remove_dir_all(path)));
    let check = process(runs, || gone(&[&cache]), || kssc("check"));
    let cold = process(runs, || gone(&[&cache, &deploy]), || kssc("build"));
    let copied = process(
        runs,
        || gone(&[&copy]),
        || {
            let mut command = Command::new("cp");
            command.arg("-r").args([&deploy, &copy]);
            command
        },
    );
    gone(&[&copy]);
    let again = process(runs, || (), || kssc("build"));
    let check_again = process(runs, || (), || kssc("check"));
    let (files, lines) = count(&deploy);
    let times = |run: &Run, other: &Run| run.time.as_secs_f64() / other.time.as_secs_f64();
    println!("  {files} files, {lines} lines; cp -r {:.0} ms", ms(copied.time));
    let shown = |run: &Run| format!("{:.0} ms, {:.2} × cp -r, {:.0} MiB", ms(run.time), times(run, &copied), run.mib());
    row("build, cold", &shown(&cold), "");
    row("check, cold", &shown(&check), "");
    let part = |run: &Run, of: &Run| format!("{:.0} ms, {:.1} % of the cold one", ms(run.time), 100.0 * times(run, of));
    row("build of a current tree", &part(&again, &cold), "under 10 %");
    row("check of the same files", &part(&check_again, &check), "under 10 %");
    Measured { build: cold, copy: copied, lines }
}

fn reference() {
    println!("\nreference site, as a process");
    let folder = tempfile::tempdir().expect("a folder");
    let from = build::repository().join("clusters");
    fs::create_dir(folder.path().join("clusters")).expect("a folder");
    for entry in fs::read_dir(from).expect("the reference site").flatten().filter(|e| e.path().is_file()) {
        fs::copy(entry.path(), folder.path().join("clusters").join(entry.file_name())).expect("a file");
    }
    let measured = project(folder.path(), 9);
    let ratio = measured.build.time.as_secs_f64() / measured.copy.time.as_secs_f64();
    row("build / cp -r", &format!("{ratio:.2}"), "under 2, and the build under 100 ms");
}

fn clusters(counts: &[usize]) {
    let mut before: Option<(usize, f64)> = None;
    for count in counts {
        println!("\n{count} clusters, as a process");
        let folder = tempfile::tempdir().expect("a folder");
        generate::site(&folder.path().join("clusters"), *count);
        let measured = project(folder.path(), if *count > 300 { 1 } else { 3 });
        let ratio = measured.build.time.as_secs_f64() / measured.copy.time.as_secs_f64();
        row("build / cp -r", &format!("{ratio:.2}"), "under 1.5");
        let each = measured.build.peak as f64 * 1024.0 / measured.lines as f64;
        row("peak memory for each line written", &format!("{each:.0} B"), "under 1024");
        let time = measured.build.time.as_secs_f64() / *count as f64;
        if let Some((fewer, was)) = before {
            row("time for a cluster", &format!("{:.2} × that at {fewer} clusters", time / was), "1 if time is linear");
        }
        before = Some((*count, time));
    }
}

/// Files below a folder, and their lines.
fn count(folder: &Path) -> (usize, usize) {
    let mut total = (0, 0);
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            let (files, lines) = count(&path);
            total = (total.0 + files, total.1 + lines);
        } else {
            let lines = fs::read(&path).expect("a file").iter().filter(|b| **b == b'\n').count();
            total = (total.0 + 1, total.1 + lines);
        }
    }
    total
}
