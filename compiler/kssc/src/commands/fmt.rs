//! `kssc fmt`: the one layout of .kss files.

use crate::Outcome;
use crate::driver::Formatter;
use crate::failure::Failure;
use crate::files::{Only, Unreadable, read_source, replace};
use crate::paths;
use crate::ui::Ui;
use kss_diag::{Diagnostic, Places};
use rayon::prelude::*;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Lay files out in the one way
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  kssc fmt                     all files of the project
  kssc fmt clusters/kss.kss    one file
  kssc fmt --check             name the files that would change, change none
  kssc fmt - < a.kss           from standard input to standard output

A file with a syntax error stays as it is; the others are formatted.")]
pub(crate) struct Args {
    /// Files and directories; `-` reads standard input
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing; exit with 1 and name the files if some would change
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: Args, ui: &Ui, format: Formatter<'_>) -> Result<Outcome, Failure> {
    if args.paths.iter().any(|path| path == Path::new("-")) {
        return if args.paths.len() == 1 { stdin(args.check, ui, format) } else { Err(Failure::StdinAndFiles) };
    }
    let files = paths::sources(&paths::roots(args.paths)?)?;
    let results: Vec<_> = {
        let _working = ui.working("formatting");
        files.par_iter().map(|path| (path, format_file(path, args.check, format))).collect()
    };
    let mut outcome = Outcome::Fine;
    let mut changed = 0;
    for (path, result) in results {
        match result? {
            Formatted::Same => {}
            Formatted::Changed => {
                changed += 1;
                if args.check {
                    ui.print(&format!("{}\n", path.display()))?;
                    outcome = Outcome::Wrong;
                }
            }
            Formatted::Refused { text, found } => {
                complain(&path.display().to_string(), &text, &found, ui);
                outcome = Outcome::Wrong;
            }
        }
    }
    let files = if changed == 1 { "1 file".to_owned() } else { format!("{changed} files") };
    ui.say(&if args.check { format!("{files} would change") } else { format!("{files} changed") });
    Ok(outcome)
}

/// What became of a file.
enum Formatted {
    Same,
    Changed,
    /// It can't be formatted; it stays as it is.
    Refused {
        text: String,
        found: Vec<Diagnostic>,
    },
}

fn format_file(path: &Path, check: bool, format: Formatter<'_>) -> Result<Formatted, Failure> {
    let text = match read_source(path) {
        Ok(text) => text,
        Err(Unreadable { found, text }) => return Ok(Formatted::Refused { text, found }),
    };
    match format(&text) {
        Ok(new) if new == text => Ok(Formatted::Same),
        Ok(new) => {
            if !check {
                replace(path, &new)?;
            }
            Ok(Formatted::Changed)
        }
        Err(found) => Ok(Formatted::Refused { text, found }),
    }
}

fn stdin(check: bool, ui: &Ui, format: Formatter<'_>) -> Result<Outcome, Failure> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|source| Failure::Read { path: PathBuf::from("standard input"), source })?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::StdinNotText)?;
    match format(&text) {
        Ok(new) if check => Ok(Outcome::wrong_if(new != text)),
        Ok(new) => ui.print(&new).map(|()| Outcome::Fine),
        Err(found) => {
            complain("<stdin>", &text, &found, ui);
            Ok(Outcome::Wrong)
        }
    }
}

fn complain(path: &str, text: &str, found: &[Diagnostic], ui: &Ui) {
    let only = Only { path, text };
    ui.complain(&kss_diag::terminal_all(found, &Places::new(&only), ui.colour_err()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::tree;
    use crate::ui::ColorChoice;
    use kss_span::{FileId, TextRange};
    use std::fs;

    /// Takes blanks at the ends of lines away; refuses a `!`.
    fn trim(text: &str) -> Result<String, Vec<Diagnostic>> {
        if let Some(at) = text.find('!') {
            let place = TextRange::new(at as u32, at as u32 + 1).at(FileId(0));
            return Err(vec![kss_diag::code::UNEXPECTED_TOKEN.at(place, "`!` has no meaning")]);
        }
        Ok(text.lines().map(|line| format!("{}\n", line.trim_end())).collect())
    }

    fn fmt(root: &Path, check: bool) -> Outcome {
        let args = Args { paths: vec![root.to_owned()], check };
        run(args, &Ui::new(ColorChoice::Never, true), &trim).expect("no failure")
    }

    #[test]
    fn files_are_changed_only_where_needed_and_allowed() {
        let dir = tree(&[("a.kss", "a  \n"), ("b/c.kss", "c\n"), ("d.kss", "d!  \n"), ("e.txt", "e  \n")]);
        let read = |name: &str| fs::read_to_string(dir.path().join(name)).expect("readable");
        assert_eq!(fmt(dir.path(), true), Outcome::Wrong);
        assert_eq!(read("a.kss"), "a  \n");
        assert_eq!(fmt(dir.path(), false), Outcome::Wrong, "d.kss can't be parsed");
        assert_eq!([read("a.kss"), read("b/c.kss"), read("d.kss"), read("e.txt")], ["a\n", "c\n", "d!  \n", "e  \n"]);
        fs::remove_file(dir.path().join("d.kss")).expect("removable");
        assert_eq!(fmt(dir.path(), true), Outcome::Fine);
    }

    #[test]
    fn a_file_that_is_formatted_keeps_its_time() {
        let dir = tree(&[("a.kss", "a\n")]);
        let time = || fs::metadata(dir.path().join("a.kss")).and_then(|m| m.modified()).expect("a time");
        let before = time();
        assert_eq!(fmt(dir.path(), false), Outcome::Fine);
        assert_eq!(time(), before);
    }
}
