//! Requests of our own, for what the protocol has no word for. Extensions of editors use them; the names and forms are stable.

use crate::evaluated::deploy_tree;
use crate::server::{Server, refused};
use crate::snapshot::Snap;
use kss_ide::{OutputPlace, Preview, WhyAnswer, WhyError};
use serde::{Deserialize, Serialize};
use std::path::Path;
use tower_lsp::LspServiceBuilder;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{Location, TextDocumentPositionParams, Uri};

/// A place in a file of the deploy tree: of the tree on disk, or a path in it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OutputParams {
    /// A document of the project, or the file on disk.
    text_document: DocumentId,
    /// The path in the tree; not needed if the document is the file itself.
    path: Option<String>,
    /// Line, from 0.
    line: Option<u32>,
    /// JSON pointer instead of a line.
    pointer: Option<String>,
}

#[derive(Deserialize)]
struct DocumentId {
    uri: Uri,
}

/// What `kss/outputs` is about: what stands at a position, or a cluster or site by its name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OutputsParams {
    text_document: DocumentId,
    position: Option<tower_lsp::ls_types::Position>,
    scope: Option<String>,
}

/// Why a value is what it is, in one scope.
#[derive(Serialize)]
pub(crate) struct Why {
    scope: String,
    value: String,
    steps: Vec<Step>,
}

/// A statement that had a say.
#[derive(Serialize)]
struct Step {
    role: String,
    won: bool,
    location: Location,
}

/// A line that a statement leads to.
#[derive(Serialize)]
pub(crate) struct Generated {
    path: String,
    /// From 0.
    line: u32,
    /// The file on disk, if it was built.
    uri: Option<Uri>,
}

/// A file as a build would write it.
#[derive(Serialize)]
pub(crate) struct Output {
    path: String,
    text: Option<String>,
    uri: Option<Uri>,
}

/// Registers the requests.
pub(crate) fn register(builder: LspServiceBuilder<Server>) -> LspServiceBuilder<Server> {
    builder
        .custom_method("kss/why", Server::kss_why)
        .custom_method("kss/sourceOf", Server::kss_source_of)
        .custom_method("kss/generatedOf", Server::kss_generated_of)
        .custom_method("kss/outputs", Server::kss_outputs)
}

impl Server {
    async fn kss_why(&self, params: TextDocumentPositionParams) -> Result<Option<Vec<Why>>> {
        let position = params.position;
        self.ask(&params.text_document.uri, move |snap| {
            snap.analysis.why(snap.at(position)).into_iter().map(|answer| why(snap, answer)).collect()
        })
        .await
    }

    async fn kss_generated_of(&self, params: TextDocumentPositionParams) -> Result<Option<Vec<Generated>>> {
        let position = params.position;
        self.ask(&params.text_document.uri, move |snap| {
            let tree = deploy_tree(snap);
            let lines = snap.analysis.generated_of(snap.at(position)).into_iter();
            let one = |g: kss_ide::GeneratedLine| {
                let uri = on_disk(tree.as_deref(), &g.path);
                Generated { path: g.path, line: g.line.saturating_sub(1), uri }
            };
            lines.map(one).collect()
        })
        .await
    }

    async fn kss_outputs(&self, params: OutputsParams) -> Result<Option<Vec<Output>>> {
        let OutputsParams { text_document, position, scope } = params;
        self.ask(&text_document.uri, move |snap| {
            let tree = deploy_tree(snap);
            let found = match (&scope, position) {
                (Some(scope), _) => snap.analysis.outputs_of(scope),
                (None, Some(position)) => snap.analysis.outputs(snap.at(position)),
                (None, None) => Vec::new(),
            };
            let one = |p: Preview| Output { uri: on_disk(tree.as_deref(), &p.path), path: p.path, text: p.text };
            found.into_iter().map(one).collect()
        })
        .await
    }

    /// The document is one of the project, with the path of the file; or the file itself, then all projects are asked.
    async fn kss_source_of(&self, params: OutputParams) -> Result<Option<Why>> {
        let OutputParams { text_document, path, line, pointer } = params;
        let file = crate::snapshot::path_of(&text_document.uri);
        let at = move || match &pointer {
            Some(pointer) => OutputPlace::Pointer(keys(pointer)),
            None => OutputPlace::Line(line.unwrap_or(0) + 1),
        };
        let found = self.ask_all(move |snap| {
            let path = path.clone().or_else(|| {
                let tree = deploy_tree(snap)?;
                Some(file.strip_prefix(tree).ok()?.to_string_lossy().replace('\\', "/"))
            });
            let Some(path) = path else { return Vec::new() };
            match snap.analysis.source_of(&path, &at()) {
                Ok(answer) => vec![Ok(why(snap, answer))],
                Err(WhyError::NoFile) => Vec::new(),
                Err(WhyError::NothingThere) => {
                    vec![Err(format!("this place of `{path}` comes from no source: the form of the file asks for it"))]
                }
            }
        });
        found.await?.into_iter().next().transpose().map_err(refused)
    }
}

fn why(snap: &Snap, answer: WhyAnswer) -> Why {
    let step = |s: kss_ide::WhyPlace| {
        Some(Step { role: s.role, won: s.won, location: snap.location(s.span.file, s.span.range)? })
    };
    Why { scope: answer.scope, value: answer.value, steps: answer.steps.into_iter().filter_map(step).collect() }
}

fn on_disk(tree: Option<&Path>, path: &str) -> Option<Uri> {
    let file = tree?.join(path);
    file.is_file().then(|| Uri::from_file_path(&file)).flatten()
}

fn keys(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect()
}
