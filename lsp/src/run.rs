//! The server on standard input and output.

use crate::announced::Announced;
use crate::custom;
use crate::record::Recorded;
use crate::server::{self, Server};
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tower_lsp::LspService;
use tracing_subscriber::EnvFilter;

/// How the server runs.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Options {
    /// Write what happens to this file
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// How much of it: error, warn, info, debug, trace, or a filter of `tracing`
    #[arg(long, value_name = "LEVEL", requires = "log")]
    pub log_level: Option<String>,
    /// Keep all that the editor sends in this file
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Play a kept session again instead of reading standard input
    #[arg(long, value_name = "FILE", conflicts_with = "record")]
    pub replay: Option<PathBuf>,
    /// Ignored: standard input and output are always used. Many clients pass it.
    #[arg(long, hide = true)]
    pub stdio: bool,
}

/// Runs until the client says that it is over; gives the exit code that the protocol wants: 1 if it went without saying so.
///
/// # Errors
/// If a file of `options` can't be opened, or there is no thread to run on.
pub fn run(options: &Options) -> std::io::Result<u8> {
    if let Some(path) = &options.log {
        log_to(File::options().create(true).append(true).open(path)?, options.log_level.as_deref());
    }
    let record = options.record.as_ref().map(File::create).transpose()?;
    let pool = rayon::ThreadPoolBuilder::new().stack_size(8 << 20).start_handler(|_| kss_project::lower_priority());
    // A second server in one process shares the threads of the first.
    let _ = pool.build_global();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(8 << 20).build()?;
    let polite = Arc::new(AtomicBool::new(false));
    let code = runtime.block_on(serve(options, record, polite));
    // Answers that nobody waits for are not waited for either.
    runtime.shutdown_background();
    code
}

async fn serve(options: &Options, record: Option<File>, polite: Arc<AtomicBool>) -> std::io::Result<u8> {
    let said = polite.clone();
    let (service, socket) = custom::register(LspService::build(move |client| Server::new(client, said))).finish();
    let service = Announced(service);
    match &options.replay {
        Some(path) => {
            let ends = crate::replay::play(path)?;
            let server = tower_lsp::Server::new(ends.stdin, ends.stdout, socket).concurrency_level(server::AT_ONCE);
            server.serve(service).await;
            return Ok(0);
        }
        None => {
            let (stdin, stdout) = (Recorded::new(tokio::io::stdin(), record), tokio::io::stdout());
            let server = tower_lsp::Server::new(stdin, stdout, socket).concurrency_level(server::AT_ONCE);
            server.serve(service).await;
        }
    }
    Ok(u8::from(!polite.load(Ordering::Relaxed)))
}

fn log_to(file: File, level: Option<&str>) {
    // Queries tell what they do; a level alone is about the server.
    let filter = |level: &str| EnvFilter::try_new(format!("salsa=warn,{level}"));
    let filter = level.and_then(|level| filter(level).ok()).unwrap_or_else(|| EnvFilter::new("salsa=warn,info"));
    let subscriber = tracing_subscriber::fmt().with_writer(file).with_ansi(false).with_env_filter(filter).finish();
    // Only a second server in one process could find one set.
    let _ = tracing::subscriber::set_global_default(subscriber);
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let trace = std::backtrace::Backtrace::force_capture();
        tracing::error!("{info}\n{trace}");
        usual(info);
    }));
}
