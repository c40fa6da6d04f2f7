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
