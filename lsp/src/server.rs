//! Questions of a client: asked of a snapshot, again after a change, and with a mistake in one no other is lost.

mod methods;

use crate::config::{Client as Abilities, Config};
use crate::evaluated;
use crate::snapshot::Snap;
use crate::world::{Event, Outgoing};
use kss_ide::cancellable;
use rustc_hash::FxHashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, OnceLock};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tower_lsp::Client;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::ls_types::*;

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
