//! `kss-lsp`: the language server alone. `kssc lsp` is the same.

use clap::Parser;
use std::process::ExitCode;

/// Language server for .kss, over standard input and output
#[derive(Parser)]
#[command(version, about)]
struct Args {
    #[command(flatten)]
    options: kss_lsp::Options,
}

fn main() -> ExitCode {
    match kss_lsp::run(&Args::parse().options) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            // Nobody is left to tell if this can't be written.
            let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("kss-lsp: {error}\n"));
            ExitCode::from(2)
        }
    }
}
