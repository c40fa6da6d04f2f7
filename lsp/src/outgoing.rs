//! What the server says without being asked.

use crate::config::Client as Abilities;
use crate::world::Outgoing;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tower_lsp::Client;
use tower_lsp::ls_types::*;

/// What a client gets to read in peace before work begins that takes all processors.
const READING: Duration = Duration::from_millis(1);

/// Passes everything on, in order, until nothing more can come.
pub(crate) async fn forward(client: Client, abilities: Abilities, mut from: UnboundedReceiver<Outgoing>) {
    let mut token = 0;
    while let Some(next) = from.recv().await {
        match next {
            Outgoing::Publish { uri, version, diagnostics } => {
                client.publish_diagnostics(uri, diagnostics, version).await
            }
            Outgoing::Then(work) => {
                tokio::spawn(async move {
                    tokio::time::sleep(READING).await;
                    work();
                });
            }
            Outgoing::Refresh => refresh(&client, &abilities),
            Outgoing::Progress(Some(title)) if abilities.progress => {
                token += 1;
                let name = NumberOrString::String(format!("kss-{token}"));
                if client.create_work_done_progress(name.clone()).await.is_ok() {
                    let begin = WorkDoneProgressBegin { title, ..WorkDoneProgressBegin::default() };
                    progress(&client, name, WorkDoneProgress::Begin(begin)).await;
                }
            }
            Outgoing::Progress(None) if abilities.progress => {
                let name = NumberOrString::String(format!("kss-{token}"));
                progress(&client, name, WorkDoneProgress::End(WorkDoneProgressEnd::default())).await;
            }
            Outgoing::Progress(_) => {}
        }
    }
}

async fn progress(client: &Client, token: NumberOrString, value: WorkDoneProgress) {
    let params = ProgressParams { token, value: ProgressParamsValue::WorkDone(value) };
    client.send_notification::<notification::Progress>(params).await;
}

/// Asks the client to ask again. The answers carry nothing, and a client that is slow to answer holds nobody up.
fn refresh(client: &Client, abilities: &Abilities) {
    let (client, can) = (client.clone(), abilities.clone());
    tokio::spawn(async move {
        // A client that refuses has its reasons.
        if can.refresh_diagnostics {
            let _ = client.workspace_diagnostic_refresh().await;
        }
        if can.refresh_lenses {
            let _ = client.code_lens_refresh().await;
        }
        if can.refresh_hints {
            let _ = client.inlay_hint_refresh().await;
        }
        if can.refresh_tokens {
            let _ = client.semantic_tokens_refresh().await;
        }
    });
}
