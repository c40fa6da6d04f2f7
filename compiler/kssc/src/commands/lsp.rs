//! `kssc lsp`: the language server.

use crate::Outcome;
use crate::failure::Failure;

/// Serve an editor over standard input and output (LSP)
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  kssc lsp                               what an editor runs; see editors/ for each
  kssc lsp --log /tmp/kss.log            for a bug report
  kssc lsp --record /tmp/session         keep what the editor sends, to play it again with --replay

Exit codes: 0 if the editor said goodbye, 1 if it went without, 2 if the server could not start.")]
pub(crate) struct Args {
    #[command(flatten)]
    options: kss_lsp::Options,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, Failure> {
    match kss_lsp::run(&args.options) {
        Ok(0) => Ok(Outcome::Fine),
        Ok(_) => Ok(Outcome::Wrong),
        Err(error) => Err(Failure::Project(format!("the language server can't start: {error}"))),
    }
}
