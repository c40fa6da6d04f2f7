//! What could be written, and the parameters of calls.

use crate::snapshot::Snap;
use kss_ide::{Completion, CompletionKind, Insert};
use tower_lsp::ls_types::*;

/// What could be written at a position.
pub(crate) fn completions(snap: &Snap, position: Position) -> CompletionResponse {
    let found = snap.analysis.completions(snap.at(position));
    let lines = snap.lines();
    let items = found.into_iter().map(|c| item(&lines, c, snap.client.snippets)).collect();
    // Complete as it is: the editor filters while the word grows.
    CompletionResponse::List(CompletionList { is_incomplete: false, items })
}

fn item(lines: &crate::convert::Lines<'_>, c: Completion, snippets: bool) -> CompletionItem {
    let (new_text, format) = match c.insert {
        Insert::Plain(text) => (text, InsertTextFormat::PLAIN_TEXT),
        Insert::Snippet(text) if snippets => (text, InsertTextFormat::SNIPPET),
        // An editor without snippets gets the word alone.
        Insert::Snippet(_) => (c.label.clone(), InsertTextFormat::PLAIN_TEXT),
    };
    let documentation =
        c.doc.map(|value| Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value }));
    CompletionItem {
        label: c.label,
        kind: Some(kind(c.kind)),
        detail: c.detail,
        documentation,
        preselect: c.recommended.then_some(true),
        sort_text: Some(c.sort),
        insert_text_format: Some(format),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range: lines.range(c.range), new_text })),
        ..CompletionItem::default()
    }
}

fn kind(kind: CompletionKind) -> CompletionItemKind {
    match kind {
        CompletionKind::Keyword => CompletionItemKind::KEYWORD,
        CompletionKind::Snippet => CompletionItemKind::SNIPPET,
        CompletionKind::Field | CompletionKind::ForeignKey => CompletionItemKind::FIELD,
        CompletionKind::Option => CompletionItemKind::PROPERTY,
        CompletionKind::Case => CompletionItemKind::ENUM_MEMBER,
        CompletionKind::Variable => CompletionItemKind::VARIABLE,
        CompletionKind::Constant => CompletionItemKind::CONSTANT,
        CompletionKind::Function => CompletionItemKind::FUNCTION,
        CompletionKind::Method => CompletionItemKind::METHOD,
        CompletionKind::Module => CompletionItemKind::MODULE,
        CompletionKind::Capability => CompletionItemKind::INTERFACE,
        CompletionKind::Kind => CompletionItemKind::CLASS,
        CompletionKind::Entry => CompletionItemKind::REFERENCE,
        CompletionKind::Type => CompletionItemKind::STRUCT,
        CompletionKind::Scope => CompletionItemKind::UNIT,
        CompletionKind::File => CompletionItemKind::FILE,
        CompletionKind::Code => CompletionItemKind::EVENT,
        CompletionKind::Address | CompletionKind::ForeignValue => CompletionItemKind::VALUE,
    }
}

/// The parameters of the call at a position.
pub(crate) fn signature_help(help: kss_ide::SignatureHelp) -> SignatureHelp {
    // Labels count in UTF-16, whatever positions do.
    let utf16 = |at: u32| help.label.get(..at as usize).unwrap_or("").encode_utf16().count() as u32;
    let parameter = |range: &kss_span::TextRange| ParameterInformation {
        label: ParameterLabel::LabelOffsets([utf16(range.lo), utf16(range.hi)]),
        documentation: None,
    };
    let documentation = help
        .doc
        .as_ref()
        .map(|doc| Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value: doc.to_string() }));
    SignatureHelp {
        active_signature: Some(0),
        active_parameter: Some(help.active as u32),
        signatures: vec![SignatureInformation {
            parameters: Some(help.parameters.iter().map(parameter).collect()),
            documentation,
            active_parameter: Some(help.active as u32),
            label: help.label,
        }],
    }
}
