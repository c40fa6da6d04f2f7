//! Answers that come from the evaluated project: hover, hints, lenses, calls, hierarchies.

use crate::answers::symbol_kind;
use crate::config::Config;
use crate::snapshot::Snap;
use kss_ide::{Call, FilePosition, InlayConfig, InlayKind, LensAction, LensConfig, Nav};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::PathBuf;
use tower_lsp::ls_types::*;

/// What is known of a place.
pub(crate) fn hover(snap: &Snap, hover: kss_ide::Hover) -> Hover {
    Hover {
        contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: hover.markdown }),
        range: Some(snap.lines().range(hover.range)),
    }
}

/// Hints in a range.
pub(crate) fn hints(snap: &Snap, range: Range) -> Vec<InlayHint> {
    let lines = snap.lines();
    let wanted = &snap.config.inlay_hints;
    let config = InlayConfig {
        values: wanted.values,
        texts: wanted.texts,
        types: wanted.types,
        parameters: wanted.parameters,
        units: wanted.units,
        defaults: wanted.defaults,
    };
    let found = snap.analysis.inlay_hints(snap.file, lines.text_range(range), config);
    let hint = |hint: kss_ide::InlayHint| InlayHint {
        position: lines.position(hint.offset),
        label: InlayHintLabel::String(hint.label),
        kind: match hint.kind {
            InlayKind::Type => Some(InlayHintKind::TYPE),
            InlayKind::Parameter => Some(InlayHintKind::PARAMETER),
            InlayKind::Value | InlayKind::Unit | InlayKind::Defaults => None,
        },
        text_edits: None,
        tooltip: None,
        padding_left: Some(hint.kind != InlayKind::Parameter),
        padding_right: Some(hint.kind == InlayKind::Parameter),
        data: None,
    };
    found.into_iter().map(hint).collect()
}

/// What a lens needs to be finished later.
#[derive(Serialize, Deserialize)]
struct LensData {
    uri: Uri,
    version: Option<i32>,
    action: String,
    at: u32,
    test: Option<String>,
}

/// Lenses of a file; those that take time are left open.
pub(crate) fn lenses(snap: &Snap, uri: &Uri) -> Vec<CodeLens> {
    let wanted = &snap.config.code_lens;
    let config = LensConfig {
        references: wanted.references,
        definitions: wanted.definitions,
        outputs: wanted.outputs,
        tests: wanted.tests,
    };
    let lines = snap.lines();
    let lens = |lens: kss_ide::CodeLens| {
        let (action, at, test) = match &lens.action {
            LensAction::References(at) => ("references", at.offset, None),
            LensAction::Outputs(at) => ("outputs", at.offset, None),
            LensAction::Why(at) => ("why", at.offset, None),
            LensAction::RunTest(title) => ("test", lens.range.lo, Some(title.clone())),
        };
        let data = LensData { uri: uri.clone(), version: snap.version, action: action.to_owned(), at, test };
        let command = lens.title.as_ref().map(|title| command(snap, title, &data));
        CodeLens { range: lines.range(lens.range), command, data: serde_json::to_value(&data).ok() }
    };
    snap.analysis.code_lenses(snap.file, config).into_iter().map(lens).collect()
}

/// The document of an open lens.
pub(crate) fn lens_document(lens: &CodeLens) -> Option<Uri> {
    let data: LensData = serde_json::from_value(lens.data.clone()?).ok()?;
    Some(data.uri)
}

/// Finishes a lens; of an older text it stays as it is.
pub(crate) fn resolve_lens(snap: &Snap, mut lens: CodeLens) -> CodeLens {
    let data = lens.data.clone().and_then(|data| serde_json::from_value::<LensData>(data).ok());
    let Some(data) = data.filter(|data| data.version == snap.version) else { return lens };
    let at = FilePosition { file: snap.file, offset: data.at };
    let action = match (data.action.as_str(), &data.test) {
        ("references", _) => LensAction::References(at),
        ("outputs", _) => LensAction::Outputs(at),
        ("test", Some(title)) => LensAction::RunTest(title.clone()),
        _ => LensAction::Why(at),
    };
    let range = snap.lines().text_range(lens.range);
    let open = kss_ide::CodeLens { range, title: None, action };
    let root = deploy_tree(snap);
    let read = |path: &str| std::fs::read(root.as_ref()?.join(path)).ok();
    let deployed: Option<kss_ide::Deployed<'_>> = match &root {
        Some(_) => Some(&read),
        None => None,
    };
    let title = snap.analysis.resolve_lens(&open, deployed).title.unwrap_or_default();
    lens.command = Some(command(snap, &title, &data));
    lens
}

/// A click on a lens. What editors can't do themselves is told by the commands that the extension of each brings.
fn command(snap: &Snap, title: &str, data: &LensData) -> Command {
    let position = snap.lines().position(data.at);
    let arguments = match &data.test {
        Some(title) => vec![json!(snap.folder.display().to_string()), json!(title)],
        None => vec![json!(data.uri), json!(position)],
    };
    let command = match data.action.as_str() {
        "references" => "kss.showReferences",
        "outputs" => "kss.showOutputs",
        "test" => "kss.runTest",
        _ => "kss.showWhy",
    };
    Command { title: title.to_owned(), command: command.to_owned(), arguments: Some(arguments) }
}

/// The deploy tree on disk: beside the project or above it.
pub(crate) fn deploy_tree(snap: &Snap) -> Option<PathBuf> {
    let Config { deploy, .. } = &*snap.config;
    let candidates = snap.folder.ancestors().take(3).map(|folder| folder.join(deploy));
    candidates.into_iter().find(|tree| tree.join(".kssc/manifest.json").is_file())
}

/// What a caller or a type is, to ask on.
pub(crate) fn call_item(snap: &Snap, nav: &Nav) -> Option<CallHierarchyItem> {
    let lines = snap.lines_of(nav.file);
    Some(CallHierarchyItem {
        name: nav.name.to_string(),
        kind: symbol_kind(nav.kind),
        tags: None,
        detail: nav.container.map(|c| c.to_string()),
        uri: snap.uri(nav.file)?,
        range: lines.range(nav.whole.cover(nav.focus)),
        selection_range: lines.range(nav.focus),
        data: None,
    })
}

/// As [`call_item`].
pub(crate) fn type_item(snap: &Snap, nav: &Nav) -> Option<TypeHierarchyItem> {
    let CallHierarchyItem { name, kind, detail, uri, range, selection_range, .. } = call_item(snap, nav)?;
    Some(TypeHierarchyItem { name, kind, tags: None, detail, uri, range, selection_range, data: None })
}

/// Who calls.
pub(crate) fn incoming(snap: &Snap, calls: &[Call]) -> Vec<CallHierarchyIncomingCall> {
    let call = |call: &Call| {
        let lines = snap.lines_of(call.nav.file);
        let from_ranges = call.ranges.iter().map(|r| lines.range(*r)).collect();
        Some(CallHierarchyIncomingCall { from: call_item(snap, &call.nav)?, from_ranges })
    };
    calls.iter().filter_map(call).collect()
}

/// Who is called from `file`.
pub(crate) fn outgoing(snap: &Snap, calls: &[Call]) -> Vec<CallHierarchyOutgoingCall> {
    let lines = snap.lines();
    let call = |call: &Call| {
        let from_ranges = call.ranges.iter().map(|r| lines.range(*r)).collect();
        Some(CallHierarchyOutgoingCall { to: call_item(snap, &call.nav)?, from_ranges })
    };
    calls.iter().filter_map(call).collect()
}
