//! `kssc init`: a first project.

use crate::Outcome;
use crate::failure::Failure;
use crate::files::create;
use crate::ui::Ui;
use std::fmt::Write;
use std::path::PathBuf;

/// Write a first site, with comments that tell how to go on
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  kssc init                    into the current directory
  kssc init my-site            into a new one

No file is ever changed: if one of them exists, nothing is written.")]
pub(crate) struct Args {
    /// The directory of the project; the current one if not given
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// What a project begins with.
const FILES: [(&str, &str); 3] = [
    ("clusters/home.kss", include_str!("../../templates/home.kss")),
    ("clusters/home.private.example.kss", include_str!("../../templates/home.private.example.kss")),
    (".gitignore", include_str!("../../templates/gitignore")),
];

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<Outcome, Failure> {
    let directory = args.directory.clone().unwrap_or_default();
    let mut wanted: Vec<(PathBuf, &str)> = FILES.iter().map(|(name, text)| (directory.join(name), *text)).collect();
    // A repository usually has one; then it is up to its owner to add the two lines.
    wanted.retain(|(path, _)| !(path.ends_with(".gitignore") && path.exists()));
    if let Some((path, _)) = wanted.iter().find(|(path, _)| path.exists()) {
        return Err(Failure::Exists { path: path.clone() });
    }
    let mut written = String::new();
    for (path, text) in &wanted {
        create(path, text)?;
        let _ = writeln!(written, "{}", path.display());
    }
    ui.print(&written)?;
    if wanted.len() < FILES.len() {
        ui.say("add `*.private.kss` to .gitignore: private overlays are not tracked");
    }
    ui.say("next: kssc check");
    Ok(Outcome::Fine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::tree;
    use crate::ui::ColorChoice;
    use std::fs;
    use std::path::Path;

    fn init(directory: &Path) -> Result<Outcome, Failure> {
        run(&Args { directory: Some(directory.to_owned()) }, &Ui::new(ColorChoice::Never, true))
    }

    #[test]
    fn a_project_is_begun_once() {
        let dir = tree(&[(".gitignore", "mine\n")]);
        let project = dir.path().join("new");
        assert_eq!(init(&project).expect("no failure"), Outcome::Fine);
        assert!(project.join("clusters/home.kss").is_file() && project.join(".gitignore").is_file());
        fs::write(project.join("clusters/home.kss"), "mine").expect("writable");
        assert!(matches!(init(&project), Err(Failure::Exists { .. })));
        assert_eq!(fs::read_to_string(project.join("clusters/home.kss")).expect("readable"), "mine");
        init(dir.path()).expect("no failure");
        assert_eq!(fs::read_to_string(dir.path().join(".gitignore")).expect("readable"), "mine\n");
    }
}
