//! `kssc why`: the way of a value from the sources into an output.

use crate::Outcome;
use crate::driver::{Driver, Why};
use crate::failure::Failure;
use crate::ui::Ui;
use clap::ValueEnum;
use std::fmt::Write;
use std::path::PathBuf;
use std::str::FromStr;

/// Tell which lines of source made a line of output, and what they overrode
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  kssc why deploy/clusters/kss/helm/cilium.yaml:12
  kssc why deploy/clusters/kss/helm/cilium.yaml#/cni/exclusive
  kssc why --format json deploy/clusters/kss/helm/cilium.yaml:12")]
pub(crate) struct Args {
    /// FILE:LINE, or FILE#/json/pointer
    #[arg(value_name = "WHERE")]
    target: Target,
    /// How to write the answer
    #[arg(long, value_name = "FORM", default_value = "human")]
    format: Form,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Form {
    /// For people.
    Human,
    /// One object.
    Json,
}

/// A place in an output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Target {
    pub(crate) file: PathBuf,
    pub(crate) at: At,
}

/// Which part of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum At {
    /// From 1.
    Line(u32),
    /// A JSON pointer (RFC 6901), split and unescaped.
    Pointer(Vec<String>),
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Target, String> {
        let wanted = "write FILE:LINE or FILE#/json/pointer";
        if let Some((file, pointer)) = text.split_once('#') {
            let keys = pointer.strip_prefix('/').ok_or(format!("the pointer begins with `/`: {wanted}"))?;
            let keys = keys.split('/').map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
            return named(file, At::Pointer(keys)).ok_or_else(|| wanted.to_owned());
        }
        let (file, line) = text.rsplit_once(':').ok_or(wanted)?;
        match line.parse() {
            Ok(line) if line > 0 => named(file, At::Line(line)).ok_or_else(|| wanted.to_owned()),
            _ => Err(format!("`{line}` is no number of a line: {wanted}")),
        }
    }
}

fn named(file: &str, at: At) -> Option<Target> {
    (!file.is_empty()).then(|| Target { file: PathBuf::from(file), at })
}

pub(crate) fn run(args: Args, ui: &Ui, driver: &dyn Driver) -> Result<Outcome, Failure> {
    if !args.target.file.exists() {
        return Err(Failure::NoSuchOutput { path: args.target.file });
    }
    let why = driver.why(&args.target)?;
    let text = match args.format {
        Form::Human => human(&why),
        Form::Json => format!("{:#}\n", serde_json::json!(why)),
    };
    ui.print(&text).map(|()| Outcome::Fine)
}

fn human(why: &Why) -> String {
    let mut text = format!("{}\n", why.value);
    for step in &why.steps {
        let _ = writeln!(text, "  {}  {}:{}:{}", step.role, step.file, step.line, step.column);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::Step;

    #[test]
    fn targets_are_lines_or_pointers() {
        let target = |text: &str| Target::from_str(text).map(|t| (t.file.display().to_string(), t.at));
        assert_eq!(target("a/b.yaml:12"), Ok(("a/b.yaml".into(), At::Line(12))));
        assert_eq!(target("c:/b.yaml:12"), Ok(("c:/b.yaml".into(), At::Line(12))));
        let keys = vec!["grafana.ini".to_owned(), "a/b".to_owned(), "~".to_owned()];
        assert_eq!(target("b.yaml#/grafana.ini/a~1b/~0"), Ok(("b.yaml".into(), At::Pointer(keys))));
        for wrong in ["a.yaml", "a.yaml:", "a.yaml:0", "a.yaml:x", ":3", "a.yaml#cni", "#/a"] {
            assert!(target(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_way_is_told_step_by_step() {
        let step = |role: &str, line| Step { role: role.into(), file: "std/a.kss".into(), line, column: 3 };
        let why =
            Why { value: "false".into(), steps: vec![step("tuned by `mesh`", 31), step("default of `cilium`", 9)] };
        assert_eq!(human(&why), "false\n  tuned by `mesh`  std/a.kss:31:3\n  default of `cilium`  std/a.kss:9:3\n");
    }
}
