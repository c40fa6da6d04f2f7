//! `kssc`: arguments, printing and exit codes over the compiler's libraries.

mod cli;
mod commands;
mod driver;
mod failure;
mod files;
mod linked;
mod paths;
mod report;
mod ui;

use clap::FromArgMatches;
use cli::{Cli, Command};
use driver::Driver;
use failure::Failure;
use std::ffi::OsString;
use std::process::ExitCode;
use ui::Ui;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    ExitCode::from(run(&args, &linked::Compiler) as u8)
}

/// How a run ended; the numbers are the exit codes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Outcome {
    /// Nothing is wrong.
    Fine = 0,
    /// The sources have errors, or `--check` found differences.
    Wrong = 1,
    /// The command line is wrong, or the machine failed.
    Failed = 2,
}

impl Outcome {
    fn wrong_if(wrong: bool) -> Outcome {
        if wrong { Outcome::Wrong } else { Outcome::Fine }
    }
}

fn run(args: &[OsString], driver: &dyn Driver) -> Outcome {
    let parsed = cli::command(args).try_get_matches_from(args).and_then(|found| Cli::from_arg_matches(&found));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are printed this way as well. Nobody is left to tell if it can't be printed.
            let _ = error.print();
            return if error.use_stderr() { Outcome::Failed } else { Outcome::Fine };
        }
    };
    let ui = Ui::new(cli.color, cli.quiet);
    dispatch(cli.command, &ui, driver).unwrap_or_else(|failure| {
        ui.fail(&failure);
        Outcome::Failed
    })
}

fn dispatch(command: Command, ui: &Ui, driver: &dyn Driver) -> Result<Outcome, Failure> {
    match command {
        Command::Check(args) => commands::check::run(args, ui, driver),
        Command::Build(args) => commands::build::run(args, ui, driver),
        Command::Fmt(args) => commands::fmt::run(args, ui, driver.formatter()?),
        Command::Explain(args) => commands::explain::run(&args, ui),
        Command::Why(args) => commands::why::run(args, ui, driver),
        Command::Test(args) => commands::test::run(args, ui, driver),
        Command::Init(args) => commands::init::run(&args, ui),
        Command::Lock(args) => commands::lock::run(args, ui),
        Command::Model(args) => commands::model::run(args, ui, driver),
        Command::Lsp(args) => commands::lsp::run(&args),
    }
}
