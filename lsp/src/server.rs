//! One function a method: convert, ask, convert back.

use crate::answers;
use crate::capabilities;
use crate::completing;
use crate::config::{Client as Abilities, Config};
use crate::evaluated;
use crate::outgoing;
use crate::snapshot::{Snap, path_of};
use crate::world::{Event, Outgoing, World};
use kss_ide::cancellable;
use rustc_hash::FxHashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, OnceLock};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::ls_types::request::*;
use tower_lsp::ls_types::*;
use tower_lsp::{Client, LanguageServer};

/// How many requests are answered at once. With fewer, slow ones would hold up what is typed.
pub(crate) const AT_ONCE: usize = 64;

/// How often a request that a change cancelled is tried again.
const TRIES: u32 = 5;

/// Tokens that a client has, by document: for differences.
type LastTokens = FxHashMap<Uri, (u64, Vec<SemanticToken>)>;

/// See the module.
pub(crate) struct Server {
    client: Client,
    world: OnceLock<Sender<Event>>,
    abilities: OnceLock<Abilities>,
    tokens: Mutex<LastTokens>,
    /// What is to be told once the client listens.
    outgoing: Mutex<Option<UnboundedReceiver<Outgoing>>>,
    /// Set when the client says that it is over.
    polite: Arc<AtomicBool>,
}

/// How a question ended.
enum Outcome<T> {
    Done(T),
    /// A change came; the version that the question was about.
    Cancelled(Option<i32>),
    /// The document is another one than when it was first asked.
    Stale,
    /// Nobody knows the document.
    Unknown,
    Panicked(String),
}

impl Server {
    /// For a client. `polite` is set at its `shutdown`.
    pub(crate) fn new(client: Client, polite: Arc<AtomicBool>) -> Server {
        Server {
            client,
            world: OnceLock::new(),
            abilities: OnceLock::new(),
            tokens: Mutex::default(),
            outgoing: Mutex::default(),
            polite,
        }
    }

    fn send(&self, event: Event) {
        if let Some(world) = self.world.get() {
            // The thread ends with the server.
            let _ = world.send(event);
        }
    }

    /// Asks the project of a document. What was cancelled by a change elsewhere is asked again; after a change of the document
    /// itself the answer would be about another text.
    pub(crate) fn ask<T, F>(
        &self,
        uri: &Uri,
        question: F,
    ) -> impl Future<Output = Result<Option<T>>> + Send + use<'_, T, F>
    where
        T: Send + 'static,
        F: Fn(&Snap) -> T + Send + Sync + 'static,
    {
        let (uri, question) = (uri.clone(), Arc::new(question));
        // The first try goes out before anything is waited for, so the snapshot is of this moment.
        let mut pending = self.attempt(&uri, None, &question);
        async move {
            let mut version = None;
            for _ in 0..TRIES {
                match pending.await {
                    Ok(Outcome::Done(value)) => return Ok(Some(value)),
                    Ok(Outcome::Unknown) => return Ok(None),
                    Ok(Outcome::Stale) => return Err(Error::content_modified()),
                    Ok(Outcome::Panicked(text)) => return Err(failed(text)),
                    Ok(Outcome::Cancelled(of)) => {
                        version = version.or(of);
                        pending = self.attempt(&uri, Some(version), &question);
                    }
                    Err(_) => return Err(failed("the server is going down".to_owned())),
                }
            }
            Err(Error::content_modified())
        }
    }

    fn attempt<T, F>(&self, uri: &Uri, version: Option<Option<i32>>, question: &Arc<F>) -> oneshot::Receiver<Outcome<T>>
    where
        T: Send + 'static,
        F: Fn(&Snap) -> T + Send + Sync + 'static,
    {
        let (tx, rx) = oneshot::channel();
        let question = question.clone();
        let job = Box::new(move |snaps: Vec<Snap>| {
            // The client may have taken its question back.
            if tx.is_closed() {
                return;
            }
            let _ = tx.send(match snaps.first() {
                None => Outcome::Unknown,
                Some(snap) if version.is_some_and(|v| v != snap.version) => Outcome::Stale,
                Some(snap) => guarded(|| question(snap), snap.version),
            });
        });
        self.send(Event::Ask { uri: Some(uri.clone()), job });
        rx
    }

    /// Asks all projects.
    pub(crate) async fn ask_all<T, F>(&self, question: F) -> Result<Vec<T>>
    where
        T: Send + 'static,
        F: Fn(&Snap) -> Vec<T> + Send + Sync + 'static,
    {
        let question = Arc::new(question);
        for _ in 0..TRIES {
            let (tx, rx) = oneshot::channel();
            let question = question.clone();
            let job = Box::new(move |snaps: Vec<Snap>| {
                let _ = tx.send(guarded(|| snaps.iter().flat_map(|snap| question(snap)).collect(), None));
            });
            self.send(Event::Ask { uri: None, job });
            match rx.await {
                Ok(Outcome::Done(found)) => return Ok(found),
                Ok(Outcome::Panicked(text)) => return Err(failed(text)),
                Ok(_) => {}
                Err(_) => return Err(failed("the server is going down".to_owned())),
            }
        }
        Err(Error::content_modified())
    }

    fn abilities(&self) -> Abilities {
        self.abilities.get().cloned().unwrap_or_default()
    }

    async fn fetch_config(&self) {
        let item = ConfigurationItem { scope_uri: None, section: Some("kss".to_owned()) };
        if let Ok(values) = self.client.configuration(vec![item]).await
            && let Some(value) = values.first().filter(|v| !v.is_null())
        {
            self.send(Event::Config(Box::new(Config::read(value))));
        }
    }

    fn goto(
        &self,
        params: &TextDocumentPositionParams,
        find: fn(&kss_ide::Analysis, kss_ide::FilePosition) -> Vec<kss_ide::Nav>,
    ) -> impl Future<Output = Result<Option<GotoDefinitionResponse>>> + Send + use<'_> {
        let position = params.position;
        let found = self.ask(&params.text_document.uri, move |snap| {
            let at = snap.at(position);
            let navs = find(&snap.analysis, at);
            let from = snap.analysis.place(at).and_then(|place| snap.analysis.word(&place)).map(|(_, range)| range);
            snap.links(from, &navs)
        });
        async move { Ok(found.await?.filter(|links| !links.is_empty()).map(GotoDefinitionResponse::Link)) }
    }

    async fn relatives(
        &self,
        item: &TypeHierarchyItem,
        find: fn(&kss_ide::Analysis, kss_ide::FilePosition) -> Vec<kss_ide::Nav>,
    ) -> Result<Option<Vec<TypeHierarchyItem>>> {
        let position = item.selection_range.start;
        self.ask(&item.uri, move |snap| {
            let navs = find(&snap.analysis, snap.at(position));
            navs.iter().filter_map(|nav| evaluated::type_item(snap, nav)).collect()
        })
        .await
    }

    /// Keeps the tokens that a client gets, and gives them a name.
    fn keep_tokens(&self, uri: &Uri, data: &[SemanticToken]) -> (String, Option<(u64, Vec<SemanticToken>)>) {
        let mut kept = self.tokens.lock().unwrap_or_else(|e| e.into_inner());
        let next = kept.get(uri).map_or(1, |(id, _)| id + 1);
        let old = kept.insert(uri.clone(), (next, data.to_vec()));
        (next.to_string(), old)
    }
}

/// Runs a question; a change ends it, and a mistake in it ends nothing else.
fn guarded<T>(question: impl FnOnce() -> T, version: Option<i32>) -> Outcome<T> {
    let run = AssertUnwindSafe(|| cancellable(AssertUnwindSafe(question)));
    match std::panic::catch_unwind(run) {
        Ok(Ok(value)) => Outcome::Done(value),
        Ok(Err(_)) => Outcome::Cancelled(version),
        Err(payload) => {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("unknown");
            Outcome::Panicked(format!("a mistake in kssc: {text}; please report it, with a log (--log FILE)"))
        }
    }
}

fn failed(text: String) -> Error {
    Error { code: ErrorCode::InternalError, message: text.into(), data: None }
}

pub(crate) fn refused(text: String) -> Error {
    // What a client shows as it is: `RequestFailed`.
    Error { code: ErrorCode::ServerError(-32803), message: text.into(), data: None }
}

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

/// Adds what the protocol's types lack to the answer to `initialize`: the hierarchy of types.
pub(crate) struct Announced<S>(pub S);

impl<S> tower::Service<tower_lsp::jsonrpc::Request> for Announced<S>
where
    S: tower::Service<tower_lsp::jsonrpc::Request, Response = Option<tower_lsp::jsonrpc::Response>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = std::result::Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut std::task::Context<'_>) -> std::task::Poll<std::result::Result<(), Self::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: tower_lsp::jsonrpc::Request) -> Self::Future {
        let is_initialize = request.method() == "initialize";
        let answer = self.0.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            if !is_initialize {
                return Ok(answer);
            }
            Ok(answer.map(|response| {
                let (id, body) = response.into_parts();
                let body = body.map(|mut value| {
                    if let Some(offers) = value.get_mut("capabilities").and_then(|c| c.as_object_mut()) {
                        offers.insert("typeHierarchyProvider".to_owned(), true.into());
                    }
                    value
                });
                tower_lsp::jsonrpc::Response::from_parts(id, body)
            }))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_in_one_answer_is_an_answer() {
        let outcome = guarded(|| -> u32 { panic!("on purpose") }, Some(1));
        assert!(matches!(outcome, Outcome::Panicked(text) if text.contains("on purpose")));
        assert!(matches!(guarded(|| 1, None), Outcome::Done(1)));
    }

    impl Server {
        async fn mistaken(&self, params: TextDocumentIdentifier) -> Result<Option<()>> {
            self.ask(&params.uri, |_| panic!("on purpose")).await
        }
    }

    type Service = tower_lsp::LspService<Server>;

    async fn said(
        service: &mut Service,
        id: Option<i64>,
        method: &str,
        params: serde_json::Value,
    ) -> serde_json::Value {
        use tower::Service as _;
        let mut request = serde_json::json!({ "jsonrpc": "2.0", "method": method, "params": params });
        if let Some(id) = id {
            request["id"] = id.into();
        }
        let request = serde_json::from_value(request).expect("a request");
        std::future::poll_fn(|cx| service.poll_ready(cx)).await.expect("the server listens");
        let answer = service.call(request).await.expect("the server runs");
        answer.map_or(serde_json::Value::Null, |answer| serde_json::to_value(answer).expect("JSON"))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_mistake_in_one_answer_ends_no_other() {
        use serde_json::json;
        let builder = tower_lsp::LspService::build(|client| Server::new(client, Arc::default()));
        let (mut service, _socket) = builder.custom_method("test/mistaken", Server::mistaken).finish();
        let document = json!({ "uri": "untitled:a" });
        said(&mut service, Some(1), "initialize", json!({ "capabilities": {} })).await;
        let open = json!({ "textDocument": { "uri": "untitled:a", "languageId": "kss", "version": 1, "text": "let a = 1\n" } });
        said(&mut service, None, "textDocument/didOpen", open).await;
        for id in 2..5 {
            let answer = said(&mut service, Some(id), "test/mistaken", document.clone()).await;
            let text = answer["error"]["message"].as_str().expect("an error");
            assert!(text.contains("a mistake in kssc: on purpose") && text.contains("--log"), "{answer}");
        }
        let symbols =
            said(&mut service, Some(9), "textDocument/documentSymbol", json!({ "textDocument": document })).await;
        assert_eq!(symbols["result"][0]["name"], "a", "{symbols}");
    }
}
