//! One function a method: convert, ask, convert back.

use super::{Server, failed, refused};
use crate::answers;
use crate::capabilities;
use crate::completing;
use crate::config::{Client as Abilities, Config};
use crate::evaluated;
use crate::outgoing;
use crate::snapshot::path_of;
use crate::world::{Event, World};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use tokio::sync::oneshot;
use tower_lsp::LanguageServer;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::request::*;
use tower_lsp::ls_types::*;

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let abilities = Abilities::read(&params);
        let folders = params.workspace_folders.clone().unwrap_or_default();
        let mut workspace: Vec<PathBuf> = folders.iter().map(|f| path_of(&f.uri)).collect();
        #[allow(deprecated)] // Older clients say nothing else.
        if workspace.is_empty() {
            workspace.extend(params.root_uri.as_ref().map(path_of));
        }
        let config = params.initialization_options.as_ref().map(Config::read).unwrap_or_default();
        tracing::info!(?workspace, client = ?params.client_info, "initialize");
        let (out, from_world) = tokio::sync::mpsc::unbounded_channel();
        *self.outgoing.lock().unwrap_or_else(|e| e.into_inner()) = Some(from_world);
        let offers = capabilities::capabilities(&abilities);
        let _ = self.world.set(World::start(abilities.clone(), config, workspace, out));
        let _ = self.abilities.set(abilities);
        Ok(InitializeResult {
            capabilities: offers,
            server_info: Some(ServerInfo {
                name: "kss-lsp".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
            ..InitializeResult::default()
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        let abilities = self.abilities();
        // Before this the client hears nothing.
        let from_world = self.outgoing.lock().unwrap_or_else(|e| e.into_inner()).take();
        if let Some(from_world) = from_world {
            tokio::spawn(outgoing::forward(self.client.clone(), abilities.clone(), from_world));
        }
        if abilities.watches
            && let Err(error) = self.client.register_capability(vec![capabilities::watched()]).await
        {
            tracing::warn!("the client watches no files: {error}");
        }
        if abilities.configuration {
            self.fetch_config().await;
        }
    }

    async fn shutdown(&self) -> Result<()> {
        self.polite.store(true, Ordering::Relaxed);
        self.send(Event::Stop);
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let TextDocumentItem { uri, version, text, .. } = params.text_document;
        self.send(Event::Open { uri, version, text });
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let VersionedTextDocumentIdentifier { uri, version } = params.text_document;
        self.send(Event::Change { uri, version, changes: params.content_changes });
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        let uri = params.text_document.uri;
        self.tokens.lock().unwrap_or_else(|e| e.into_inner()).remove(&uri);
        self.send(Event::Close { uri });
    }

    async fn did_save(&self, _: DidSaveTextDocumentParams) {}

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.send(Event::Files(params.changes.iter().map(|c| path_of(&c.uri)).collect()));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        let paths = |folders: &[WorkspaceFolder]| folders.iter().map(|f| path_of(&f.uri)).collect();
        self.send(Event::Folders { added: paths(&params.event.added), removed: paths(&params.event.removed) });
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        if self.abilities().configuration {
            self.fetch_config().await;
        } else {
            self.send(Event::Config(Box::new(Config::read(&params.settings))));
        }
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        self.goto(&params.text_document_position_params, |a, at| a.goto_definition(at)).await
    }

    async fn goto_declaration(&self, params: GotoDeclarationParams) -> Result<Option<GotoDeclarationResponse>> {
        self.goto(&params.text_document_position_params, |a, at| a.goto_declaration(at)).await
    }

    async fn goto_type_definition(
        &self,
        params: GotoTypeDefinitionParams,
    ) -> Result<Option<GotoTypeDefinitionResponse>> {
        self.goto(&params.text_document_position_params, |a, at| a.goto_type_definition(at)).await
    }

    async fn goto_implementation(
        &self,
        params: GotoImplementationParams,
    ) -> Result<Option<GotoImplementationResponse>> {
        self.goto(&params.text_document_position_params, |a, at| a.goto_implementation(at)).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        let declarations = params.context.include_declaration;
        self.ask(&text_document.uri, move |snap| {
            let found = snap.analysis.references(snap.at(position)).into_iter();
            let found = found.filter(|r| declarations || r.usage != kss_ide::UsageOrd::Declare);
            found.filter_map(|r| snap.location(r.file, r.range)).collect()
        })
        .await
    }

    async fn document_highlight(&self, params: DocumentHighlightParams) -> Result<Option<Vec<DocumentHighlight>>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        self.ask(&text_document.uri, move |snap| {
            let lines = snap.lines();
            let kind = |usage| match usage {
                kss_ide::UsageOrd::Read => DocumentHighlightKind::READ,
                _ => DocumentHighlightKind::WRITE,
            };
            let found = snap.analysis.highlights(snap.at(position)).into_iter();
            found.map(|r| DocumentHighlight { range: lines.range(r.range), kind: Some(kind(r.usage)) }).collect()
        })
        .await
    }

    async fn prepare_rename(&self, params: TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>> {
        let position = params.position;
        let found = self.ask(&params.text_document.uri, move |snap| {
            let range = snap.analysis.prepare_rename(snap.at(position)).map_err(|e| e.0)?;
            let placeholder =
                snap.analysis.text(snap.file).get(range.range()).unwrap_or("").trim_matches('"').to_owned();
            Ok(PrepareRenameResponse::RangeWithPlaceholder { range: snap.lines().range(range), placeholder })
        });
        found.await?.transpose().map_err(refused)
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        let new = params.new_name;
        let found = self.ask(&text_document.uri, move |snap| {
            let edits = snap.analysis.rename(snap.at(position), &new).map_err(|e| e.0)?;
            Ok(snap.workspace_edit(&edits))
        });
        found.await?.transpose().map_err(refused)
    }

    async fn will_rename_files(&self, params: RenameFilesParams) -> Result<Option<WorkspaceEdit>> {
        let files = params.files;
        let found = self.ask_all(move |snap| {
            let mut edits = Vec::new();
            for file in &files {
                let path = |uri: &str| uri.parse::<Uri>().ok().map(|uri| path_of(&uri));
                let (Some(old), Some(new)) = (path(&file.old_uri), path(&file.new_uri)) else { continue };
                if let Some(id) = snap.file_at(&old) {
                    edits.extend(snap.analysis.rename_file(id, &crate::project::name_of(&new)));
                }
            }
            vec![snap.workspace_edit(&edits)]
        });
        let mut all = WorkspaceEdit::default();
        for edit in found.await? {
            all.changes.get_or_insert_default().extend(edit.changes.unwrap_or_default());
        }
        Ok(Some(all))
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        let found = self.ask(&params.text_document.uri, |snap| {
            let symbols = snap.analysis.document_symbols(snap.file);
            DocumentSymbolResponse::Nested(symbols.iter().map(|s| answers::document_symbol(snap, s)).collect())
        });
        found.await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<WorkspaceSymbolResponse>> {
        let query = params.query;
        let found = self.ask_all(move |snap| {
            let navs = snap.analysis.workspace_symbols(&query);
            navs.iter().filter_map(|nav| answers::workspace_symbol(snap, nav)).collect()
        });
        Ok(Some(WorkspaceSymbolResponse::Nested(found.await?)))
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        self.ask(&params.text_document.uri, |snap| {
            snap.analysis.folds(snap.file).iter().map(|fold| answers::fold(snap, fold)).collect()
        })
        .await
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        let positions = params.positions;
        self.ask(&params.text_document.uri, move |snap| {
            let ranges = positions.iter().map(|p| snap.analysis.selection_ranges(snap.at(*p)));
            ranges.map(|r| answers::selection(snap, &r)).collect()
        })
        .await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        self.ask(&params.text_document.uri, |snap| {
            snap.analysis.links(snap.file).iter().filter_map(|link| answers::link(snap, link)).collect()
        })
        .await
    }

    async fn semantic_tokens_full(&self, params: SemanticTokensParams) -> Result<Option<SemanticTokensResult>> {
        let uri = params.text_document.uri;
        let found = self.ask(&uri, |snap| answers::tokens(snap, &snap.analysis.semantic_tokens(snap.file, None)));
        let Some(data) = found.await? else { return Ok(None) };
        let (id, _) = self.keep_tokens(&uri, &data);
        Ok(Some(SemanticTokensResult::Tokens(SemanticTokens { result_id: Some(id), data })))
    }

    async fn semantic_tokens_full_delta(
        &self,
        params: SemanticTokensDeltaParams,
    ) -> Result<Option<SemanticTokensFullDeltaResult>> {
        let uri = params.text_document.uri;
        let found = self.ask(&uri, |snap| answers::tokens(snap, &snap.analysis.semantic_tokens(snap.file, None)));
        let Some(data) = found.await? else { return Ok(None) };
        let (id, old) = self.keep_tokens(&uri, &data);
        Ok(Some(match old.filter(|(old, _)| old.to_string() == params.previous_result_id) {
            Some((_, old)) => SemanticTokensFullDeltaResult::TokensDelta(SemanticTokensDelta {
                result_id: Some(id),
                edits: answers::token_edit(&old, &data),
            }),
            None => SemanticTokensFullDeltaResult::Tokens(SemanticTokens { result_id: Some(id), data }),
        }))
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        let range = params.range;
        let found = self.ask(&params.text_document.uri, move |snap| {
            let within = snap.lines().text_range(range);
            let data = answers::tokens(snap, &snap.analysis.semantic_tokens(snap.file, Some(within)));
            SemanticTokensRangeResult::Tokens(SemanticTokens { result_id: None, data })
        });
        found.await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let (range, only) = (params.range, params.context.only);
        self.ask(&params.text_document.uri, move |snap| {
            let within = snap.lines().text_range(range);
            let actions = snap.analysis.actions(snap.file, within, &snap.found.all);
            let wanted = |kind: &CodeActionKind| {
                only.as_ref().is_none_or(|only| only.iter().any(|o| kind.as_str().starts_with(o.as_str())))
            };
            let actions = actions.iter().filter(|a| wanted(&answers::action_kind(a.kind)));
            actions.map(|a| CodeActionOrCommand::CodeAction(answers::action(snap, a))).collect()
        })
        .await
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.ask(&params.text_document.uri, |snap| snap.edits(&snap.analysis.format(snap.file))).await
    }

    async fn range_formatting(&self, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let range = params.range;
        self.ask(&params.text_document.uri, move |snap| {
            snap.edits(&snap.analysis.format_range(snap.file, snap.lines().text_range(range)))
        })
        .await
    }

    async fn on_type_formatting(&self, params: DocumentOnTypeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        self.ask(&text_document.uri, move |snap| snap.edits(&snap.analysis.format_on_type(snap.at(position)))).await
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let found = self.ask(&text_document.uri, move |snap| {
            snap.analysis.hover(snap.at(position)).map(|hover| evaluated::hover(snap, hover))
        });
        Ok(found.await?.flatten())
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position;
        self.ask(&text_document.uri, move |snap| completing::completions(snap, position)).await
    }

    async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        let found = self.ask(&text_document.uri, move |snap| {
            snap.analysis.signature_help(snap.at(position)).map(completing::signature_help)
        });
        Ok(found.await?.flatten())
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        let range = params.range;
        self.ask(&params.text_document.uri, move |snap| evaluated::hints(snap, range)).await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        let uri = params.text_document.uri;
        let named = uri.clone();
        self.ask(&uri, move |snap| evaluated::lenses(snap, &named)).await
    }

    async fn code_lens_resolve(&self, params: CodeLens) -> Result<CodeLens> {
        let Some(uri) = evaluated::lens_document(&params) else { return Ok(params) };
        let open = params.clone();
        Ok(self.ask(&uri, move |snap| evaluated::resolve_lens(snap, open.clone())).await?.unwrap_or(params))
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        self.ask(&text_document.uri, move |snap| {
            let nav = snap.analysis.call_hierarchy(snap.at(position));
            nav.and_then(|nav| evaluated::call_item(snap, &nav)).into_iter().collect()
        })
        .await
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        let position = params.item.selection_range.start;
        self.ask(&params.item.uri, move |snap| {
            evaluated::incoming(snap, &snap.analysis.incoming_calls(snap.at(position)))
        })
        .await
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        let position = params.item.selection_range.start;
        self.ask(&params.item.uri, move |snap| {
            evaluated::outgoing(snap, &snap.analysis.outgoing_calls(snap.at(position)))
        })
        .await
    }

    async fn prepare_type_hierarchy(
        &self,
        params: TypeHierarchyPrepareParams,
    ) -> Result<Option<Vec<TypeHierarchyItem>>> {
        let TextDocumentPositionParams { text_document, position } = params.text_document_position_params;
        self.ask(&text_document.uri, move |snap| {
            let nav = snap.analysis.type_hierarchy(snap.at(position));
            nav.and_then(|nav| evaluated::type_item(snap, &nav)).into_iter().collect()
        })
        .await
    }

    async fn supertypes(&self, params: TypeHierarchySupertypesParams) -> Result<Option<Vec<TypeHierarchyItem>>> {
        self.relatives(&params.item, |analysis, at| analysis.supertypes(at)).await
    }

    async fn subtypes(&self, params: TypeHierarchySubtypesParams) -> Result<Option<Vec<TypeHierarchyItem>>> {
        self.relatives(&params.item, |analysis, at| analysis.subtypes(at)).await
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        let (reply, found) = oneshot::channel();
        self.send(Event::Pull { uri: params.text_document.uri, reply });
        let items = found.await.map_err(|_| failed("the server is going down".to_owned()))?;
        let report = FullDocumentDiagnosticReport { result_id: None, items };
        Ok(DocumentDiagnosticReportResult::Report(DocumentDiagnosticReport::Full(
            RelatedFullDocumentDiagnosticReport { related_documents: None, full_document_diagnostic_report: report },
        )))
    }
}
