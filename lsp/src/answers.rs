//! Answers of [`kss_ide`] as the protocol says them.

use crate::snapshot::Snap;
use kss_ide::{Action, ActionKind, DeclKind, Fold, FoldKind, Link, LinkTarget, Nav, SemanticToken};
use kss_span::TextRange;
use tower_lsp::ls_types::*;

/// The kind of a symbol.
pub(crate) fn symbol_kind(kind: Option<DeclKind>) -> SymbolKind {
    match kind {
        Some(DeclKind::Site | DeclKind::Cluster | DeclKind::Overlay) => SymbolKind::PACKAGE,
        Some(DeclKind::Module) => SymbolKind::MODULE,
        Some(DeclKind::Type) => SymbolKind::STRUCT,
        Some(DeclKind::Function) => SymbolKind::FUNCTION,
        Some(DeclKind::Capability) => SymbolKind::INTERFACE,
        Some(DeclKind::Intent | DeclKind::Output) => SymbolKind::CLASS,
        Some(DeclKind::Test) => SymbolKind::EVENT,
        Some(DeclKind::Let) => SymbolKind::CONSTANT,
        Some(DeclKind::Option) => SymbolKind::PROPERTY,
        Some(DeclKind::Field) => SymbolKind::FIELD,
        Some(DeclKind::Case) => SymbolKind::ENUM_MEMBER,
        Some(DeclKind::Entry) => SymbolKind::OBJECT,
        None => SymbolKind::VARIABLE,
    }
}

/// A part of an outline.
pub(crate) fn document_symbol(snap: &Snap, symbol: &kss_ide::DocumentSymbol) -> DocumentSymbol {
    let lines = snap.lines();
    convert_symbol(&lines, symbol)
}

fn convert_symbol(lines: &crate::convert::Lines<'_>, symbol: &kss_ide::DocumentSymbol) -> DocumentSymbol {
    let children: Vec<DocumentSymbol> = symbol.children.iter().map(|c| convert_symbol(lines, c)).collect();
    #[allow(deprecated)] // The type has no other way to be made than with its deprecated field.
    DocumentSymbol {
        name: symbol.name.clone(),
        detail: symbol.detail.map(|d| d.to_string()),
        kind: symbol_kind(Some(symbol.kind)),
        tags: None,
        deprecated: None,
        range: lines.range(symbol.range),
        selection_range: lines.range(symbol.focus),
        children: (!children.is_empty()).then_some(children),
    }
}

/// A result of a search.
pub(crate) fn workspace_symbol(snap: &Snap, nav: &Nav) -> Option<WorkspaceSymbol> {
    Some(WorkspaceSymbol {
        name: nav.name.to_string(),
        kind: symbol_kind(nav.kind),
        tags: None,
        container_name: nav.container.map(|c| c.to_string()),
        location: OneOf::Left(snap.location(nav.file, nav.focus)?),
        data: None,
    })
}

/// A part that folds.
pub(crate) fn fold(snap: &Snap, fold: &Fold) -> FoldingRange {
    let range = snap.lines().range(fold.range);
    // The line with the closing bracket stays.
    let shorter = u32::from(fold.kind == FoldKind::Block && range.end.line > range.start.line + 1);
    FoldingRange {
        start_line: range.start.line,
        end_line: range.end.line - shorter,
        kind: match fold.kind {
            FoldKind::Block => None,
            FoldKind::Comment => Some(FoldingRangeKind::Comment),
            FoldKind::Imports => Some(FoldingRangeKind::Imports),
        },
        ..FoldingRange::default()
    }
}

/// What a selection grows to.
pub(crate) fn selection(snap: &Snap, ranges: &[TextRange]) -> SelectionRange {
    let lines = snap.lines();
    let mut out: Option<SelectionRange> = None;
    for range in ranges.iter().rev() {
        out = Some(SelectionRange { range: lines.range(*range), parent: out.map(Box::new) });
    }
    out.unwrap_or(SelectionRange { range: Range::default(), parent: None })
}

/// A word that leads somewhere.
pub(crate) fn link(snap: &Snap, link: &Link) -> Option<DocumentLink> {
    let target = match &link.target {
        LinkTarget::File(file) => snap.uri(*file)?,
        LinkTarget::Path(path) => {
            let beside = snap.analysis.session().on_disk(snap.file)?.parent()?;
            let file = beside.join(path);
            Uri::from_file_path(file.is_file().then_some(file)?)?
        }
        LinkTarget::Url(url) => url.parse().ok()?,
    };
    Some(DocumentLink { range: snap.lines().range(link.range), target: Some(target), tooltip: None, data: None })
}

/// Something that can be done.
pub(crate) fn action(snap: &Snap, action: &Action) -> CodeAction {
    let mended = action.mends.and_then(|at| snap.found.all.get(at));
    CodeAction {
        title: action.title.clone(),
        kind: Some(action_kind(action.kind)),
        diagnostics: mended.map(|d| vec![crate::diagnostics::diagnostic(snap, d)]),
        edit: Some(snap.workspace_edit(&action.edits)),
        is_preferred: action.preferred.then_some(true),
        ..CodeAction::default()
    }
}

/// The protocol's name of what an action is for.
pub(crate) fn action_kind(kind: ActionKind) -> CodeActionKind {
    match kind {
        ActionKind::QuickFix => CodeActionKind::QUICKFIX,
        ActionKind::FixAll => CodeActionKind::SOURCE_FIX_ALL,
        ActionKind::OrganizeImports => CodeActionKind::SOURCE_ORGANIZE_IMPORTS,
        ActionKind::Extract => CodeActionKind::REFACTOR_EXTRACT,
        ActionKind::Rewrite => CodeActionKind::REFACTOR_REWRITE,
    }
}

/// Tokens as differences; one that covers several lines becomes one a line.
pub(crate) fn tokens(snap: &Snap, tokens: &[SemanticToken]) -> Vec<tower_lsp::ls_types::SemanticToken> {
    let text = snap.analysis.text(snap.file);
    let lines = snap.lines();
    let mut out = Vec::with_capacity(tokens.len());
    let mut last = Position::default();
    for token in tokens {
        let mut at = token.range.lo;
        for piece in text.get(token.range.range()).unwrap_or("").split_inclusive('\n') {
            let seen = piece.trim_end_matches(['\n', '\r']);
            let range = lines.range(TextRange::new(at, at + seen.len() as u32));
            at += piece.len() as u32;
            let length = range.end.character - range.start.character;
            if length == 0 {
                continue;
            }
            let start = range.start;
            let delta_line = start.line - last.line;
            let delta_start = if delta_line == 0 { start.character - last.character } else { start.character };
            last = start;
            out.push(tower_lsp::ls_types::SemanticToken {
                delta_line,
                delta_start,
                length,
                token_type: token.ty as u32,
                token_modifiers_bitset: token.modifiers,
            });
        }
    }
    out
}

/// The edit that turns `old` into `new`: what both begin and end with stays.
pub(crate) fn token_edit(
    old: &[tower_lsp::ls_types::SemanticToken],
    new: &[tower_lsp::ls_types::SemanticToken],
) -> Vec<SemanticTokensEdit> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = (&old[start..], &new[start..]);
    let end = rest.0.iter().rev().zip(rest.1.iter().rev()).take_while(|(a, b)| a == b).count();
    let (gone, come) = (&rest.0[..rest.0.len() - end], &rest.1[..rest.1.len() - end]);
    if gone.is_empty() && come.is_empty() {
        return Vec::new();
    }
    // Each token is five numbers.
    vec![SemanticTokensEdit { start: start as u32 * 5, delete_count: gone.len() as u32 * 5, data: Some(come.to_vec()) }]
}
