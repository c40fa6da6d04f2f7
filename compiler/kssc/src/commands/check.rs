//! `kssc check`: everything that is wrong, at once.

use crate::Outcome;
use crate::driver::{Check, Checked, Driver};
use crate::failure::Failure;
use crate::files;
use crate::paths;
use crate::report::{self, Format};
use crate::ui::Ui;
use kss_diag::{apply_fixes, safe_edits};
use kss_span::Edit;
use std::path::PathBuf;
use std::time::Instant;

/// A fix may make room for the next; this many rounds are plenty.
const ROUNDS: usize = 8;

/// Prove that the description hangs together
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  kssc check                   the project in ./clusters or here
  kssc check --fix             mend what is surely a slip, then check
  kssc check --public          do the tracked files build alone, without private overlays?
  kssc check --format github   in a workflow: errors beside the lines of a pull request
  kssc check --format json | jq '.diagnostics[].code'

What is found is kept in the user's cache (KSSC_CACHE_DIR) and shown again while no file that was read changes.")]
pub(crate) struct Args {
    /// Files and directories
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to write what is found
    #[arg(long, value_name = "FORM", default_value = "human")]
    format: Format,
    /// Apply the fixes that need no decision
    #[arg(long)]
    fix: bool,
    /// Without private overlays, as somebody sees the project who has only its tracked files
    #[arg(long)]
    public: bool,
    /// Look at everything again, even if an earlier check found all there is to find in the same files; keep nothing
    #[arg(long)]
    no_cache: bool,
}

pub(crate) fn run(args: Args, ui: &Ui, driver: &dyn Driver) -> Result<Outcome, Failure> {
    let started = Instant::now();
    let roots = paths::roots(args.paths)?;
    let check = || {
        let _working = ui.working("checking");
        // What is about to be changed is not worth keeping.
        driver.check(&Check { roots: &roots, public: args.public, cache: !args.no_cache && !args.fix })
    };
    let mut checked = check()?;
    let mut mended = 0;
    for _ in 0..ROUNDS {
        let edits = if args.fix { fix(&checked)? } else { 0 };
        if edits == 0 {
            break;
        }
        mended += edits;
        checked = check()?;
    }
    if mended > 0 {
        ui.say(&format!("mended {mended} {}", if mended == 1 { "place" } else { "places" }));
    }
    report::print(&checked, args.format, started.elapsed(), ui)?;
    Ok(Outcome::wrong_if(checked.has_errors()))
}

/// Applies the safe fixes to the files of the project; says how many places changed. Either every text can be made or no
/// file is touched.
fn fix(checked: &Checked) -> Result<usize, Failure> {
    let mut new = Vec::new();
    let mut places = 0;
    for (file, edits) in safe_edits(&checked.diagnostics) {
        let Some(path) = checked.sources.on_disk(file) else { continue };
        new.push((path, fixed(checked, &edits)?));
        places += edits.len();
    }
    for (path, text) in new {
        files::replace(&path, &text)?;
    }
    Ok(places)
}

fn fixed(checked: &Checked, edits: &[Edit]) -> Result<String, Failure> {
    let file = edits.first().map(|edit| edit.span.file);
    let (path, text) = file.map_or(("", ""), |file| (checked.sources.path(file), checked.sources.text(file)));
    apply_fixes(text, edits).map_err(|reason| Failure::BadFixes { file: path.to_owned(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::testing::Words;
    use crate::files::testing::tree;
    use crate::ui::ColorChoice;
    use std::fs;

    fn args(root: PathBuf, fix: bool) -> Args {
        Args { paths: vec![root], format: Format::Human, fix, public: false, no_cache: true }
    }

    #[test]
    fn fixes_are_applied_until_none_is_left() {
        let dir = tree(&[("a.kss", "badd fine\n"), ("b.kss", "bad\n"), ("c.kss", "fine\n")]);
        let ui = Ui::new(ColorChoice::Never, true);
        let check = |fix| run(args(dir.path().to_owned(), fix), &ui, &Words).expect("no failure");
        let read = |name: &str| fs::read_to_string(dir.path().join(name)).expect("readable");
        assert_eq!(check(false), Outcome::Wrong);
        assert_eq!(read("a.kss"), "badd fine\n");
        assert_eq!(check(true), Outcome::Fine);
        assert_eq!([read("a.kss"), read("b.kss"), read("c.kss")], ["good fine\n", "good\n", "fine\n"]);
        assert_eq!(check(false), Outcome::Fine);
    }

    #[test]
    fn a_path_that_is_not_there_is_a_failure() {
        let ui = Ui::new(ColorChoice::Never, true);
        let gone = tree(&[]).path().join("gone");
        assert!(matches!(run(args(gone, false), &ui, &Words), Err(Failure::NoSuchPath { .. })));
    }
}
