//! How often the word that somebody wrote is offered where it was about to be written.

use crate::Analysis;
use crate::testing::clusters;
use kss_span::FileId;
use kss_syntax::TokenKind;
use kss_syntax::ast::{Stmt, StmtKind};
use kss_syntax::visit::{Node, walk};
use rustc_hash::FxHashSet;
use std::time::{Duration, Instant};

/// Words of a file that mean something that exists: new names nobody can guess.
fn words(analysis: &Analysis, file: FileId) -> Vec<(u32, String)> {
    let (Some(parsed), Some(items)) = (analysis.parsed(file), analysis.items(file)) else { return Vec::new() };
    let mut declared: FxHashSet<u32> = FxHashSet::default();
    for (decl, spans) in items.decls.iter().zip(&parsed.spans) {
        let index = analysis.index(decl.id);
        let new = index.words.iter().filter(|w| w.usage == kss_sema::Usage::Declare).map(|w| w.node);
        let heads = analysis.declarations(decl.id).iter().map(|d| d.node).collect::<Vec<_>>();
        let nodes = new.chain(heads).chain(parameters(&decl.stmt)).collect::<Vec<_>>();
        declared.extend(nodes.iter().filter_map(|n| spans.get(*n as usize)).map(|r| r.lo));
    }
    let text = analysis.text(file);
    let mut at = 0;
    let mut out = Vec::new();
    for token in parsed.tokens.iter() {
        let word = text.get(at as usize..(at + token.len) as usize).unwrap_or_default();
        if token.kind == TokenKind::Word && !declared.contains(&at) {
            out.push((at, word.to_owned()));
        }
        at += token.len;
    }
    out
}

/// Names of parameters.
fn parameters(stmt: &Stmt) -> Vec<u32> {
    let mut out = Vec::new();
    walk(stmt, &mut |node: Node<'_>| {
        if let Node::Stmt(Stmt { kind: StmtKind::Fn { params, .. }, .. }) = node {
            out.extend(params.iter().map(|p| p.name.id.0));
        }
    });
    out
}

/// What came of one way to ask.
#[derive(Default)]
struct Rates {
    asked: usize,
    offered: usize,
    /// Among the first ten with so many letters typed.
    first_ten: [usize; 3],
    longest: Duration,
    /// Where that was.
    slowest: String,
    total: Duration,
    missed: Vec<String>,
}

impl Rates {
    fn ask(&mut self, analysis: &Analysis, file: FileId, text: &str, at: u32, word: &str) {
        let started = Instant::now();
        let offers = analysis.completions_in(file, text, at);
        let took = started.elapsed();
        self.total += took;
        let line = text[..at as usize].rsplit('\n').next().unwrap_or_default().trim_start();
        let place = format!("{}: {line} ▸{word}", analysis.path(file));
        if took > self.longest {
            (self.longest, self.slowest) = (took, place.clone());
        }
        self.asked += 1;
        let found = |o: &crate::Completion| o.label == word || o.label.trim_matches('"') == word;
        if offers.iter().any(found) {
            self.offered += 1;
        } else {
            self.missed.push(place);
        }
        for letters in 0..3 {
            let typed = word.get(..letters.min(word.len())).unwrap_or_default();
            let mut fitting = offers.iter().filter(|o| o.label.trim_matches('"').starts_with(typed));
            self.first_ten[letters] += usize::from(fitting.by_ref().take(10).any(found));
        }
    }

    fn percent(&self, count: usize) -> f64 {
        100.0 * count as f64 / self.asked.max(1) as f64
    }

    #[allow(clippy::print_stdout, reason = "who runs it wants the rates")]
    fn print(&self, what: &str) {
        let [none, one, two] = self.first_ten.map(|count| self.percent(count));
        println!(
            "{what}: {} positions, {:.1} % offered; in the first ten {none:.1} % with no letter typed, {one:.1} % with one, \
             {two:.1} % with two; {:.1} ms each, at most {:.1} ms at {}",
            self.asked,
            self.percent(self.offered),
            self.total.as_secs_f64() * 1000.0 / self.asked.max(1) as f64,
            self.longest.as_secs_f64() * 1000.0,
            self.slowest,
        );
    }
}

/// Every `step`-th of all words, so that there are about `count`.
fn sample(analysis: &Analysis, count: usize) -> Vec<(FileId, u32, String)> {
    let mut all = Vec::new();
    for file in analysis.session().files() {
        all.extend(words(analysis, file).into_iter().map(|(at, word)| (file, at, word)));
    }
    let step = (all.len() / count).max(1);
    all.into_iter().skip(step / 2).step_by(step).take(count).collect()
}

/// The text ends at the cursor; or the word alone is missing. What the project knows of declarations is from before the edit,
/// but of the file itself nothing behind the cursor is read. Letters that are typed already change nothing, for the whole word
/// is replaced by a marker.
#[test]
#[allow(clippy::print_stdout, reason = "who runs it wants the rates")]
fn words_of_real_files_are_offered() {
    let host = clusters();
    let analysis = host.snapshot();
    let (mut cut, mut taken_out) = (Rates::default(), Rates::default());
    for (file, at, word) in sample(&analysis, 500) {
        let text = analysis.text(file);
        let (before, behind) = (&text[..at as usize], &text[at as usize + word.len()..]);
        cut.ask(&analysis, file, before, at, &word);
        taken_out.ask(&analysis, file, &[before, behind].concat(), at, &word);
    }
    cut.print("text cut off at the cursor");
    taken_out.print("the word taken out");
    if std::env::var_os("KSS_MISSED").is_some() {
        cut.missed.iter().for_each(|line| println!("{line}"));
    }
    assert!(cut.asked >= 490, "{} positions", cut.asked);
    assert!(cut.percent(cut.offered) > 92.0, "too few are offered");
    assert!(cut.percent(cut.first_ten[1]) > 90.0, "too few are among the first ten");
    assert!(taken_out.percent(taken_out.offered) > 92.0, "too few are offered");
}

/// Every edit cuts the file off for the whole project, so what is declared behind the cursor is unknown as well.
#[test]
#[allow(clippy::print_stdout, reason = "who runs it wants the rates")]
fn words_are_offered_where_nothing_behind_is_declared() {
    let mut host = clusters();
    let words = sample(&host.snapshot(), 500);
    let mut rates = Rates::default();
    for (file, at, word) in words.into_iter().step_by(5) {
        let whole: std::sync::Arc<str> = host.snapshot().text(file).into();
        host.set_text(file, whole[..at as usize].into());
        let analysis = host.snapshot();
        rates.ask(&analysis, file, &whole[..at as usize], at, &word);
        drop(analysis);
        host.set_text(file, whole);
    }
    rates.print("file cut off for the project too");
    assert!(rates.percent(rates.offered) > 75.0, "too few are offered");
}
