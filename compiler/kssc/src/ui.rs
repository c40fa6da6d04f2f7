//! What reaches the user's screen: results on standard output, everything else on standard error.

use crate::failure::Failure;
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use miette::{GraphicalReportHandler, GraphicalTheme};
use std::cell::Cell;
use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Work that ends sooner shows no progress.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(120);

/// When to colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum ColorChoice {
    // Without documentation of their own: the help of every command would tell it again.
    Auto,
    Always,
    Never,
}

/// Where a command prints.
pub(crate) struct Ui {
    /// Colours on standard output?
    colour_out: bool,
    /// Colours on standard error?
    colour_err: bool,
    quiet: bool,
    /// The reader of standard output is gone (`kssc … | head`): the rest is dropped, the exit code stays.
    closed: Cell<bool>,
}

impl Ui {
    pub(crate) fn new(choice: ColorChoice, quiet: bool) -> Ui {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let allowed = variable("NO_COLOR").is_none() && variable("TERM").is_none_or(|term| term != "dumb");
        let colour = |terminal: bool| match choice {
            ColorChoice::Auto => terminal && allowed,
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        };
        Ui {
            colour_out: colour(io::stdout().is_terminal()),
            colour_err: colour(io::stderr().is_terminal()),
            quiet,
            closed: Cell::new(false),
        }
    }

    /// May standard output be coloured?
    pub(crate) fn colour_out(&self) -> bool {
        self.colour_out
    }

    /// May standard error be coloured?
    pub(crate) fn colour_err(&self) -> bool {
        self.colour_err
    }

    /// Prints a part of the result.
    pub(crate) fn print(&self, text: &str) -> Result<(), Failure> {
        if self.closed.get() {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed.set(true);
                Ok(())
            }
            done => done.map_err(Failure::Print),
        }
    }

    /// Prints something that is no result and no error: a summary, a hint. Not when quiet.
    pub(crate) fn say(&self, line: &str) {
        if !self.quiet {
            self.complain(&format!("{line}\n"));
        }
    }

    /// Prints text of errors.
    pub(crate) fn complain(&self, text: &str) {
        // Whoever closed standard error does not want to know.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Reports a failure of the program.
    pub(crate) fn fail(&self, failure: &Failure) {
        let theme = if self.colour_err { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let mut text = String::new();
        let drawn = GraphicalReportHandler::new_themed(theme).with_links(false).render_report(&mut text, failure);
        self.complain(if drawn.is_ok() { &text } else { "kssc failed\n" });
    }

    /// Shows that something is being done, if it takes long and somebody looks. Ends when the result is dropped.
    pub(crate) fn working(&self, what: &'static str) -> Working {
        let shown = !self.quiet && io::stderr().is_terminal();
        Working { ticker: shown.then(|| start_ticking(what)) }
    }
}

/// A sign of work; see [`Ui::working`].
pub(crate) struct Working {
    ticker: Option<(Sender<()>, JoinHandle<()>)>,
}

fn start_ticking(what: &'static str) -> (Sender<()>, JoinHandle<()>) {
    let (done, wait) = channel::<()>();
    let thread = std::thread::spawn(move || {
        if wait.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(TICK);
        // Comes back when the work is done: the sender is dropped.
        let _ = wait.recv();
        bar.finish_and_clear();
    });
    (done, thread)
}

impl Drop for Working {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.ticker.take() {
            drop(done);
            // The line must be gone before anything else is printed.
            let _ = thread.join();
        }
    }
}
