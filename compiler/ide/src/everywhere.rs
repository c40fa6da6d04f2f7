//! Every feature answers at every position, also of texts that are being written.

use crate::testing::{clusters, position};
use crate::{Analysis, FilePosition, InlayConfig, LensConfig};
use kss_span::{FileId, TextRange};

/// Asks everything of a file, at every `step`th byte. Gives how many hovers there are.
fn ask(analysis: &Analysis, file: FileId, step: usize) -> usize {
    let text = analysis.text(file);
    let mut hovers = 0;
    for offset in (0..text.len()).step_by(step).chain([text.len()]) {
        let at = FilePosition { file, offset: offset as u32 };
        if let Some(hover) = analysis.hover(at) {
            assert!(hover.range.touches(at.offset), "{}:{offset}", analysis.path(file));
            assert!(!hover.markdown.trim().is_empty(), "{}:{offset}", analysis.path(file));
            hovers += 1;
        }
        analysis.why(at);
        analysis.generated_of(at);
        analysis.incoming_calls(at);
        analysis.outgoing_calls(at);
        analysis.supertypes(at);
        analysis.subtypes(at);
    }
    let all = InlayConfig { texts: true, units: true, defaults: true, ..InlayConfig::default() };
    let whole = TextRange::new(0, text.len() as u32);
    let hints = analysis.inlay_hints(file, whole, all);
    assert!(hints.iter().all(|hint| text.is_char_boundary(hint.offset as usize)));
    for lens in analysis.code_lenses(file, LensConfig::default()) {
        assert!(analysis.resolve_lens(&lens, None).title.is_some());
    }
    hovers
}

#[test]
fn every_position_has_an_answer() {
    let host = clusters();
    let analysis = host.snapshot();
    let hovers: usize = analysis.session().files().into_iter().map(|file| ask(&analysis, file, 211)).sum();
    assert!(hovers > 500, "{hovers}");
}

#[test]
fn half_written_texts_have_answers() {
    let mut host = clusters();
    let file = position(&host.snapshot(), "kcs.kss", "cluster k$0cs").file;
    let text = host.snapshot().text(file).to_owned();
    for end in (0..text.len()).step_by(173).filter(|end| text.is_char_boundary(*end)) {
        host.set_text(file, text[..end].into());
        ask(&host.snapshot(), file, 97);
        host.set_text(file, format!("{} {{ = 10.0. \"${{\n{}", &text[..end], &text[end..]).into());
        ask(&host.snapshot(), file, 97);
    }
}

#[test]
fn what_an_overlay_says_is_shown_nowhere() {
    let mut host = clusters();
    let example = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../clusters");
    let overlay = std::fs::read_to_string(example.join("homelab.private.example.kss")).expect("the example is there");
    host.add_file(kss_span::Symbol::new("clusters/homelab.private.kss"), None, overlay.into());
    let analysis = host.snapshot();
    let private = ["example.net", "example-org", "AAAAIEXAMPLE", "age1qq", "Alex", "Sam"];
    let check = |said: &str, what: &dyn std::fmt::Debug| {
        for text in private {
            assert!(!said.contains(text), "{text} in {what:?}:\n{said}");
        }
    };
    for file in analysis.session().files() {
        let path = analysis.path(file);
        let text = analysis.text(file);
        let step = if path.contains("homelab") { 7 } else { 401 };
        for offset in (0..text.len()).step_by(step) {
            let at = FilePosition { file, offset: offset as u32 };
            check(&format!("{:?} {:?}", analysis.hover(at), analysis.why(at)), &(path, offset));
        }
        let all = InlayConfig { texts: true, units: true, defaults: true, ..InlayConfig::default() };
        let hints = analysis.inlay_hints(file, TextRange::new(0, text.len() as u32), all);
        check(&format!("{hints:?}"), &path);
    }
    let evaluated = analysis.evaluated();
    let mut lines = 0;
    for file in evaluated.trees().flat_map(|tree| tree.iter()) {
        let Ok(text) = std::str::from_utf8(file.content.bytes()) else { continue };
        for (at, _) in text.lines().enumerate().filter(|(_, line)| line.contains("me@example.net")).take(2) {
            let place = crate::OutputPlace::Line(at as u32 + 1);
            check(&format!("{:?}", analysis.source_of(&file.path, &place)), &file.path);
            lines += 1;
        }
    }
    assert!(lines > 0, "the overlay counts");
}

/// What is said of a text that has an error; empty where all is well.
fn errors(analysis: &Analysis) -> Vec<String> {
    let session = analysis.session();
    let found = session.static_diagnostics(&session.places());
    let wrong = found.into_iter().filter(|d| d.severity == kss_diag::Severity::Error);
    wrong.map(|d| format!("{}: {}", analysis.path(d.place.file), d.message)).collect()
}

/// Every `step`th word of the files that `choose` takes is renamed, and nothing is wrong afterwards. Gives how many could be.
fn rename_words(host: &mut crate::Host, step: usize, choose: &dyn Fn(&str) -> bool) -> usize {
    assert_eq!(errors(&host.snapshot()), [""; 0]);
    let words: Vec<FilePosition> = {
        let analysis = host.snapshot();
        let files = analysis.session().files().into_iter().filter(|file| choose(analysis.path(*file)));
        let words = files.flat_map(|file| {
            let mut at = 0;
            let tokens = kss_syntax::lex(analysis.text(file));
            let starts = tokens.into_iter().filter_map(move |token| {
                let start = at;
                at += token.len;
                (token.kind == kss_syntax::TokenKind::Word).then_some(start)
            });
            starts.map(move |offset| FilePosition { file, offset }).collect::<Vec<_>>()
        });
        words.step_by(step).collect()
    };
    let mut renamed = std::collections::BTreeSet::new();
    let mut wrong = Vec::new();
    for at in words {
        let analysis = host.snapshot();
        let capital = analysis.text(at.file)[at.offset as usize..].starts_with(|c: char| c.is_ascii_uppercase());
        let new = if capital { "ZzzOther" } else { "zzz-other" };
        let Ok(mut edits) = analysis.rename(at, new) else { continue };
        // What the core declares is known to the compiler by its name.
        if edits.iter().any(|e| analysis.path(e.span.file).starts_with("std/core/")) {
            continue;
        }
        edits.sort_by_key(|e| (e.span.file, std::cmp::Reverse(e.span.range.lo)));
        if !renamed.insert(edits.iter().map(|e| (e.span.file, e.span.range.lo)).collect::<Vec<_>>()) {
            continue;
        }
        let mut texts: std::collections::BTreeMap<FileId, String> = std::collections::BTreeMap::new();
        for edit in edits {
            let text = texts.entry(edit.span.file).or_insert_with(|| analysis.text(edit.span.file).to_owned());
            text.replace_range(edit.span.range.range(), &edit.text);
        }
        let before: Vec<(FileId, std::sync::Arc<str>)> =
            texts.keys().map(|file| (*file, analysis.text(*file).into())).collect();
        let line = kss_span::LineIndex::new(analysis.text(at.file)).line(at.offset) + 1;
        let place = format!(
            "{}:{line}: {}",
            analysis.path(at.file),
            analysis.text(at.file)[at.offset as usize..].lines().next().unwrap_or_default()
        );
        drop(analysis);
        texts.into_iter().for_each(|(file, text)| host.set_text(file, text.into()));
        let found = errors(&host.snapshot());
        if let Some(first) = found.first() {
            wrong.push(format!("{place}\n    {} errors, {first}", found.len()));
        }
        before.into_iter().for_each(|(file, text)| host.set_text(file, text));
    }
    assert!(wrong.is_empty(), "{} of {} names:\n{}", wrong.len(), renamed.len(), wrong.join("\n"));
    renamed.len()
}

#[test]
fn renaming_anything_of_the_reference_site_breaks_nothing() {
    let mut host = clusters();
    let renamed = rename_words(&mut host, 1, &|path| path.contains("/clusters/") && !path.contains("example"));
    assert!(renamed > 15, "{renamed} names");
}

/// The library as if it were the user's own, which it is not allowed to be otherwise.
#[test]
fn renaming_what_modules_declare_breaks_nothing() {
    let folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../clusters");
    let mut loaded = kss_project::load(&[folder]).expect("the clusters are there");
    for file in &mut loaded.files {
        file.disk.get_or_insert_with(|| file.path.as_str().into());
    }
    let mut host = crate::Host::new(loaded);
    // What the core declares is known to the compiler by its name.
    let step = std::env::var("KSS_RENAME_STEP").ok().and_then(|n| n.parse().ok()).unwrap_or(41);
    let renamed = rename_words(&mut host, step, &|path| {
        path.starts_with("std/") && !path.starts_with("std/core/") && !path.starts_with("std/tests/")
    });
    assert!(renamed > 1000 / step, "{renamed} names");
}

/// What can be taken out at every `step`th byte is, and nothing is wrong afterwards. Gives how many ways there were.
fn extract_all(host: &mut crate::Host, step: usize) -> usize {
    assert_eq!(errors(&host.snapshot()), [""; 0]);
    let places: Vec<FilePosition> = {
        let analysis = host.snapshot();
        let files = analysis.session().files().into_iter().filter(|f| !analysis.path(*f).starts_with("std/tests/"));
        let all = files.flat_map(|file| {
            let length = analysis.text(file).len() as u32;
            (0..length).map(move |offset| FilePosition { file, offset })
        });
        all.step_by(step).collect()
    };
    let (mut done, mut wrong, mut all) = (std::collections::BTreeSet::new(), Vec::new(), 0);
    for at in places {
        let analysis = host.snapshot();
        let text = analysis.text(at.file).to_owned();
        let ranges = analysis.selection_ranges(at);
        let actions: Vec<(TextRange, crate::Action)> = ranges
            .into_iter()
            .filter(|range| !range.is_empty() && done.insert((at.file, range.lo, range.hi)))
            .flat_map(|range| analysis.actions(at.file, range, &[]).into_iter().map(move |action| (range, action)))
            .filter(|(_, action)| action.kind == crate::ActionKind::Extract)
            .collect();
        drop(analysis);
        for (range, action) in actions {
            let mut edits = action.edits;
            edits.sort_by_key(|e| std::cmp::Reverse(e.span.range.lo));
            let mut new = text.clone();
            edits.iter().for_each(|e| new.replace_range(e.span.range.range(), &e.text));
            host.set_text(at.file, new.into());
            let found = errors(&host.snapshot());
            if let Some(first) = found.first() {
                wrong.push(format!("{}: {}: {first}", &text[range.range()], action.title));
            }
            host.set_text(at.file, text.as_str().into());
            all += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
    all
}

#[test]
fn what_is_taken_out_fits() {
    let step = std::env::var("KSS_EXTRACT_STEP").ok().and_then(|n| n.parse().ok()).unwrap_or(797);
    let all = extract_all(&mut clusters(), step);
    assert!(all > 10, "{all}");
}
