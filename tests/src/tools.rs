//! Real tools: found in the folder that `KSS_TOOLS` names (default: `~/.cache/kssc-tools`), or on the path. A test that lacks
//! one says so and ends.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// Where `tool` is.
pub fn find(tool: &str) -> Option<PathBuf> {
    let usual = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/kssc-tools"));
    let own = std::env::var_os("KSS_TOOLS").map(PathBuf::from).or_else(usual);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = own.into_iter().flat_map(|d| [d.join("bin"), d]).chain(std::env::split_paths(&path));
    folders.map(|folder| folder.join(tool)).find(|file| file.is_file())
}

/// A command of `tool`; without it prints what was left out.
pub fn command(tool: &str, test: &str) -> Option<Command> {
    match find(tool) {
        Some(path) => Some(Command::new(path)),
        None => {
            left_out(test, &format!("`{tool}` is not installed (tests/run installs it)"));
            None
        }
    }
}

/// Says that a test could not do what it is for, once in a process. What `eprintln!` writes is not shown of a test that passes.
pub fn left_out(test: &str, why: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let line = format!("left out: {test}: {why}\n");
    if SAID.lock().unwrap_or_else(PoisonError::into_inner).insert(line.clone()) {
        // Nobody is left to tell if this can't be written.
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
}

/// A command of OpenTofu that reads nothing but its folder.
pub fn tofu(folder: &std::path::Path, arguments: &[&str], test: &str) -> Option<Command> {
    let mut command = command("tofu", test)?;
    command.args(arguments).current_dir(folder).env("TF_CLI_CONFIG_FILE", "/dev/null").env("CHECKPOINT_DISABLE", "1");
    Some(command)
}

/// Runs a command; whether it went well, and what it printed on standard output and on standard error.
pub fn run(command: &mut Command) -> (bool, String, String) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} can't be started: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

/// What a command prints; panics with what it said if it fails.
pub fn output(command: &mut Command) -> String {
    let (good, out, said) = run(command);
    assert!(good, "{command:?} failed:\n{out}{said}");
    out
}

/// The compiler as users run it, built from what is there now.
pub fn kssc() -> &'static std::path::Path {
    static KSSC: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    KSSC.get_or_init(|| {
        // This test lies in TARGET/PROFILE/deps.
        let own = std::env::current_exe().expect("a test has a path");
        let profile = own.ancestors().nth(2).expect("a folder of the profile");
        let target = profile.parent().expect("a folder of all profiles");
        let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        build.args(["build", "--quiet", "--package", "kssc", "--manifest-path"]);
        build.arg(crate::build::repository().join("Cargo.toml")).arg("--target-dir").arg(target);
        if profile.ends_with("release") {
            build.arg("--release");
        }
        output(&mut build);
        profile.join(format!("kssc{}", std::env::consts::EXE_SUFFIX))
    })
}
