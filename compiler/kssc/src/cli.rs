//! The command line as a whole; each command's arguments stand with the command.

use crate::commands::{build, check, explain, fmt, init, lock, lsp, model, test, why};
use crate::ui::ColorChoice;
use clap::{CommandFactory, Parser, Subcommand};
use std::ffi::OsString;

/// The compiler for .kss: one description of a site, checked as a whole, becomes everything it is deployed from.
#[derive(Parser, Debug)]
#[command(name = "kssc", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// When to colour; `auto` is on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    /// Print results and errors alone: no summary, no progress
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Begin:
  kssc init                        write a first site into ./clusters
  kssc check                       is it right? every error at once
  kssc build                       write ./deploy from it

Understand:
  kssc explain K0412               what an error means, with examples
  kssc why deploy/clusters/kss/helm/cilium.yaml:12
                                   which lines of source made this line

A path may be a file or a directory; without one it is ./clusters if that exists, else the current directory.
Exit codes: 0 fine, 1 the sources are wrong or --check found differences, 2 wrong usage or a failure of the machine.";

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Check(check::Args),
    Build(build::Args),
    Fmt(fmt::Args),
    Explain(explain::Args),
    Why(why::Args),
    Test(test::Args),
    Init(init::Args),
    Model(model::Args),
    Lock(lock::Args),
    Lsp(lsp::Args),
}

/// The parser of the command line. Help and usage errors are printed before `--color` is parsed, so it is looked for here.
pub(crate) fn command(args: &[OsString]) -> clap::Command {
    Cli::command().color(early_color(args))
}

fn early_color(args: &[OsString]) -> clap::ColorChoice {
    let mut args = args.iter().filter_map(|arg| arg.to_str()).take_while(|arg| *arg != "--");
    let mut choice = clap::ColorChoice::Auto;
    while let Some(arg) = args.next() {
        let value = if arg == "--color" { args.next() } else { arg.strip_prefix("--color=") };
        match value {
            Some("always") => choice = clap::ColorChoice::Always,
            Some("never") => choice = clap::ColorChoice::Never,
            _ => {}
        }
    }
    choice
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_teaches_by_example() {
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(&format!("  kssc {}", command.get_name())), "{}", command.get_name());
            assert!(command.get_about().is_some(), "{}", command.get_name());
        }
    }

    #[test]
    fn the_colour_of_help_is_found_early() {
        let of = |line: &str| early_color(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert_eq!(of("kssc --color never --help"), clap::ColorChoice::Never);
        assert_eq!(of("kssc check --color=always --help"), clap::ColorChoice::Always);
        assert_eq!(of("kssc check -- --color=always"), clap::ColorChoice::Auto);
    }
}
