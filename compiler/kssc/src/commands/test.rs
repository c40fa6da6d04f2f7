//! `kssc test`: the tests that stand in the sources.

use crate::Outcome;
use crate::driver::Driver;
use crate::failure::Failure;
use crate::paths;
use crate::report;
use crate::ui::Ui;
use std::path::PathBuf;
use std::time::Instant;

/// Run the tests that stand in .kss files
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  kssc test                           all tests of the project
  kssc test clusters stdlib/tests     of several folders, read as one project
  kssc test --filter address          those whose name contains \"address\"

A test varies the site and says what must come of it:
  test \"two nodes may not share an address\" {
    given kss with { tune node worker-2 { override ip = 10.69.50.31 } }
    expect error K0410
  }")]
pub(crate) struct Args {
    /// Files and directories
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only tests whose name contains this
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    filter: String,
}

pub(crate) fn run(args: Args, ui: &Ui, driver: &dyn Driver) -> Result<Outcome, Failure> {
    let started = Instant::now();
    let roots = paths::roots(args.paths)?;
    let tested = {
        let _working = ui.working("testing");
        driver.test(&roots, &args.filter)?
    };
    ui.print(&list(&tested.tests))?;
    report::complain(&tested.checked, started.elapsed(), ui);
    let failed = tested.tests.iter().filter(|(_, passed)| !passed).count();
    let passed = tested.tests.len() - failed;
    ui.say(&format!("{passed} passed, {failed} failed ({} ms)", started.elapsed().as_millis()));
    Ok(Outcome::wrong_if(failed > 0 || tested.checked.has_errors()))
}

fn list(tests: &[(String, bool)]) -> String {
    tests.iter().map(|(name, passed)| format!("{}  {name}\n", if *passed { "ok  " } else { "FAIL" })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::testing::Words;
    use crate::files::testing::tree;
    use crate::ui::ColorChoice;

    #[test]
    fn a_failed_test_is_told_by_the_exit_code() {
        let dir = tree(&[("a.kss", "fine\n"), ("b.kss", "bad\n")]);
        let test = |filter: &str| {
            let args = Args { filter: filter.into(), paths: vec![dir.path().to_owned()] };
            run(args, &Ui::new(ColorChoice::Never, true), &Words).expect("no failure")
        };
        assert_eq!(test(""), Outcome::Wrong);
        assert_eq!(test("a.kss"), Outcome::Fine);
    }

    #[test]
    fn results_line_up() {
        assert_eq!(list(&[("one".into(), true), ("two".into(), false)]), "ok    one\nFAIL  two\n");
    }
}
