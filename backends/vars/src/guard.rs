//! `site/push-guard`: by what a text is recognised that may not reach a public place.
//!
//! The file holds digests, never a value: of every private text of the description and of every text that was computed from
//! one and does not contain it, as `LENGTH DIGEST`, the length in bytes. Whoever searches a text takes the digest of each
//! piece of it that has one of the lengths. Letters are compared without case. `public` lines name the hosts that the guard
//! watches.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use kss_backend::read::Read;
use kss_backend::{Backend, Sink};
use kss_emit::text;
use kss_model::{Entry, Model};
use kss_span::Origin;
use kss_value::{Flags, Kind, Line, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The backend of `output guard`.
pub struct PushGuard;

/// Shorter texts are found everywhere.
const SHORTEST: usize = 5;

impl Backend for PushGuard {
    fn name(&self) -> &'static str {
        "guard"
    }

    fn site(&self, model: &Model, sink: &mut Sink<'_>) {
        let Some(guard) = model.site.entries("guard").iter().find(|entry| Sink::is_whole(entry)) else { return };
        let mut lines = Vec::new();
        for host in guard.items("public") {
            if let Some(host) = host.as_text() {
                lines.push((format!("public {host}"), guard.origin_of("public", guard.origin)));
            }
        }
        for (length, digests) in digests(&private_texts(model, guard)) {
            lines.extend(digests.into_iter().map(|(digest, origin)| (format!("{length} {digest}"), origin)));
        }
        let lines: Vec<_> = lines.into_iter().map(|(text, origin)| Line { text: text.into(), origin }).collect();
        sink.write("site/push-guard", text::emit(&lines, true), guard.origin);
    }
}

/// The texts to look for, each with who wrote it.
fn private_texts(model: &Model, guard: &Entry) -> BTreeMap<String, Origin> {
    let shortest = guard.int("shortest").and_then(|length| usize::try_from(length).ok()).unwrap_or(SHORTEST).max(1);
    let ignored = guard.items("ignore").iter().filter_map(|value| Some(value.as_text()?.to_lowercase()));
    let ignored: BTreeSet<String> = ignored.collect();
    let mut found = BTreeMap::new();
    for scope in model.scopes() {
        let own = scope.fields.iter().chain(scope.capabilities.values().flat_map(|record| record.iter()));
        let entries = scope.entries.values().flatten().flat_map(|entry| entry.fields.iter());
        own.chain(entries).for_each(|(_, value)| collect(value, &mut found));
    }
    found.retain(|text, _| text.len() >= shortest && !ignored.contains(text));
    without_longer(found)
}

/// Private texts in a value. Of one that is text around a private text too: it may have changed it.
fn collect(value: &Value, found: &mut BTreeMap<String, Origin>) {
    if !value.flags().has(Flags::PRIVATE) {
        return;
    }
    match value.kind() {
        Kind::Text(text) => add(text, value.origin(), found),
        Kind::Lines(lines) => lines.iter().for_each(|line| add(&line.text, line.origin, found)),
        Kind::List(items) | Kind::Set(items) => items.iter().for_each(|item| collect(item, found)),
        Kind::Record(record) => record.iter().for_each(|(_, value)| collect(value, found)),
        Kind::Case(_, Some(record)) => collect(record, found),
        _ => {}
    }
}

fn add(text: &str, origin: Origin, found: &mut BTreeMap<String, Origin>) {
    let text = text.trim().to_lowercase();
    if !text.is_empty() {
        found.entry(text).or_insert(origin);
    }
}

/// Without those that contain another: they are found by it. All are searched for at once, so it takes time for their bytes and
/// for what is found, however many there are.
fn without_longer(mut found: BTreeMap<String, Origin>) -> BTreeMap<String, Origin> {
    let texts: Vec<String> = found.keys().cloned().collect();
    // Each text is searched once: making a table of all steps would take longer than what it saves.
    let all = AhoCorasick::builder().kind(Some(AhoCorasickKind::NoncontiguousNFA)).build(&texts);
    let Ok(all) = all else { return found };
    let holds_another = |text: &String| all.find_overlapping_iter(text).any(|inner| inner.len() < text.len());
    found.retain(|text, _| !holds_another(text));
    found
}

/// Digests by the length of what they are of.
fn digests(texts: &BTreeMap<String, Origin>) -> BTreeMap<usize, BTreeMap<String, Origin>> {
    let mut digests: BTreeMap<usize, BTreeMap<String, Origin>> = BTreeMap::new();
    for (text, origin) in texts {
        let digest = blake3::hash(text.as_bytes()).to_hex().to_string();
        digests.entry(text.len()).or_default().insert(digest, *origin);
    }
    digests
}
