//! `kssc model`: what the sources mean, as data.

use crate::Outcome;
use crate::driver::Driver;
use crate::failure::Failure;
use crate::paths;
use crate::report;
use crate::ui::Ui;
use std::path::PathBuf;
use std::time::Instant;

/// Print the evaluated site as JSON: modules in use, entries, values
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  kssc model                   the whole site
  kssc model --cluster kss     one cluster
  kssc model --cluster kss | jq '.nodes | keys'

Secrets are shown as references, never as values.")]
pub(crate) struct Args {
    /// The project
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// This cluster alone
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
}

pub(crate) fn run(args: Args, ui: &Ui, driver: &dyn Driver) -> Result<Outcome, Failure> {
    let started = Instant::now();
    let root = paths::root(args.path)?;
    let answer = {
        let _working = ui.working("evaluating");
        driver.model(&root, args.cluster.as_deref())?
    };
    match answer {
        Ok(model) => ui.print(&format!("{model:#}\n")).map(|()| Outcome::Fine),
        Err(checked) => {
            report::complain(&checked, started.elapsed(), ui);
            Ok(Outcome::Wrong)
        }
    }
}
