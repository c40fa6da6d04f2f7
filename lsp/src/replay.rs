//! Plays a kept session again: each request waits for the answer to the one before, as the order of answers and questions is
//! all that is left of time. What the server says goes to standard output, a message a line.

use serde_json::Value;
use std::collections::HashSet;
use std::io::Write;
use std::path::Path;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Room for what one side has said and the other not yet read.
const ROOM: usize = 1 << 20;

/// The ends that the server talks to.
pub(crate) struct Ends {
    pub(crate) stdin: DuplexStream,
    pub(crate) stdout: DuplexStream,
}

/// Begins to play the session in `path`.
///
/// # Errors
/// If it can't be read.
pub(crate) fn play(path: &Path) -> std::io::Result<Ends> {
    let bytes = std::fs::read(path)?;
    let (to_server, stdin) = tokio::io::duplex(ROOM);
    let (stdout, from_server) = tokio::io::duplex(ROOM);
    let (answered, answers) = unbounded_channel();
    tokio::spawn(listen(from_server, answered));
    tokio::spawn(say(bytes, to_server, answers));
    Ok(Ends { stdin, stdout })
}

async fn say(bytes: Vec<u8>, mut server: DuplexStream, mut answers: UnboundedReceiver<Value>) {
    let mut known: HashSet<String> = HashSet::new();
    let mut from = BufReader::new(bytes.as_slice());
    while let Some((body, message)) = read(&mut from).await {
        let header = format!("Content-Length: {}\r\n\r\n", body.len());
        let sent = server.write_all(header.as_bytes()).await.is_ok() && server.write_all(&body).await.is_ok();
        if !sent {
            return;
        }
        let is_request = message.get("method").is_some() && message.get("id").is_some();
        let id = message.get("id").map(Value::to_string).unwrap_or_default();
        while is_request && !known.remove(&id) {
            match answers.recv().await {
                Some(answer) => known.insert(answer.to_string()),
                None => return,
            };
        }
    }
}

/// Prints what the server says, and tells which requests are answered.
async fn listen(server: DuplexStream, answered: UnboundedSender<Value>) {
    let mut from = BufReader::new(server);
    while let Some((body, message)) = read(&mut from).await {
        let mut line = body;
        line.push(b'\n');
        // Nobody reads any more: go on, so that the server is not held up.
        let _ = std::io::stdout().write_all(&line);
        if let (Some(id), None) = (message.get("id"), message.get("method")) {
            let _ = answered.send(id.clone());
        }
    }
}

/// One message and its bytes; none at the end.
async fn read(from: &mut (impl tokio::io::AsyncBufRead + Unpin)) -> Option<(Vec<u8>, Value)> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim() {
            "" => break,
            header => {
                if let Some(value) = header.strip_prefix("Content-Length:") {
                    length = value.trim().parse().ok()?;
                }
            }
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).await.ok()?;
    let message = serde_json::from_slice(&body).ok()?;
    Some((body, message))
}
