//! `kssc build`: everything that the site is deployed from.

use crate::Outcome;
use crate::driver::{Build, Built, Change, Driver};
use crate::failure::Failure;
use crate::paths;
use crate::report;
use crate::ui::Ui;
use std::path::PathBuf;
use std::time::Instant;

/// Write the deploy tree: NixOS, Helm values, kustomize, ArgoCD, OpenTofu
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  kssc build                   write ./deploy
  kssc build -o /tmp/tree      write it elsewhere
  kssc build --check           is ./deploy current? exit with 1 and list what differs
  kssc build --cluster kss     one cluster alone

The same sources give the same bytes. Nothing is written while there is an error, and only files that an
earlier build wrote are ever replaced or removed.")]
pub(crate) struct Args {
    /// The project
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// Where to write
    #[arg(short, long, value_name = "DIR", default_value = "deploy")]
    output: PathBuf,
    /// Write nothing; exit with 1 and list the files if some would change
    #[arg(long)]
    check: bool,
    /// This cluster alone
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// Make everything again, even if nothing has changed since an earlier build; keep nothing for the next one
    #[arg(long)]
    no_cache: bool,
}

pub(crate) fn run(args: Args, ui: &Ui, driver: &dyn Driver) -> Result<Outcome, Failure> {
    let started = Instant::now();
    let Args { path, output, check, cluster, no_cache } = args;
    let build = Build { root: paths::root(path)?, output, cluster, check, cache: !no_cache };
    let built = {
        let _working = ui.working("building");
        driver.build(&build)?
    };
    report::complain(&built.checked, started.elapsed(), ui);
    if built.checked.has_errors() {
        return Ok(Outcome::Wrong);
    }
    if build.check {
        ui.print(&list(&built.changes))?;
    }
    ui.say(&format!("{} ({} ms)", totals(&built, &build), started.elapsed().as_millis()));
    Ok(Outcome::wrong_if(build.check && !built.changes.is_empty()))
}

/// `+ path`, `~ path`, `- path`
fn list(changes: &[(Change, PathBuf)]) -> String {
    let sign = |change: &Change| match change {
        Change::Added => '+',
        Change::Changed => '~',
        Change::Removed => '-',
    };
    changes.iter().map(|(change, path)| format!("{} {}\n", sign(change), path.display())).collect()
}

fn totals(built: &Built, build: &Build) -> String {
    let count = |wanted| built.changes.iter().filter(|(change, _)| *change == wanted).count();
    let parts = [(Change::Added, "added"), (Change::Changed, "changed"), (Change::Removed, "removed")];
    let mut parts: Vec<String> = parts
        .iter()
        .map(|(c, word)| (count(*c), word))
        .filter(|(n, _)| *n > 0)
        .map(|(n, w)| format!("{n} {w}"))
        .collect();
    parts.push(format!("{} unchanged", built.unchanged));
    format!("{}: {}", build.output.display(), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::testing::Words;
    use crate::files::testing::tree;
    use crate::ui::ColorChoice;

    fn build(root: PathBuf, check: bool) -> Outcome {
        let args = Args { path: Some(root), output: "deploy".into(), check, cluster: None, no_cache: true };
        run(args, &Ui::new(ColorChoice::Never, true), &Words).expect("no failure")
    }

    #[test]
    fn differences_count_only_when_checking() {
        let dir = tree(&[("a.kss", "fine\n")]);
        assert_eq!(build(dir.path().to_owned(), false), Outcome::Fine);
        assert_eq!(build(dir.path().to_owned(), true), Outcome::Wrong);
        let wrong = tree(&[("a.kss", "bad\n")]);
        assert_eq!(build(wrong.path().to_owned(), false), Outcome::Wrong);
    }

    #[test]
    fn changes_are_listed_and_counted() {
        let changes = vec![(Change::Added, "a".into()), (Change::Removed, "b".into()), (Change::Added, "c".into())];
        assert_eq!(list(&changes), "+ a\n- b\n+ c\n");
        let wanted = Build { root: ".".into(), output: "deploy".into(), cluster: None, check: false, cache: false };
        let built = Built { checked: Words::nothing(), changes, unchanged: 7 };
        assert_eq!(totals(&built, &wanted), "deploy: 2 added, 1 removed, 7 unchanged");
    }
}
