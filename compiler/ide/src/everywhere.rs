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
