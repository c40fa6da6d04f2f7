//! Readers that are programs of this machine.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Is `program` there? Says what is left out if not.
pub(crate) fn present(program: &str, arguments: &[&str], what: &str) -> bool {
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let present = status.is_ok_and(|status| status.success());
    if !present {
        left_out(what, &format!("`{program} {}` fails here", arguments.join(" ")));
    }
    present
}

/// A program that `tests/run` builds: in `$KSS_TOOLS/bin` (default: `~/.cache/kssc-tools`), or on the path.
pub(crate) fn ours(program: &str, what: &str) -> Option<PathBuf> {
    let usual = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/kssc-tools"));
    let own = std::env::var_os("KSS_TOOLS").map(PathBuf::from).or_else(usual).map(|folder| folder.join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = own.into_iter().chain(std::env::split_paths(&path));
    let found = folders.find_map(|folder| Some(folder.join(program)).filter(|file| file.is_file()));
    if found.is_none() {
        left_out(what, &format!("`{program}` is not installed (tests/run installs it)"));
    }
    found
}

/// What `eprintln!` writes is not shown of a test that passes.
fn left_out(what: &str, why: &str) {
    let _ = std::io::stderr().write_all(format!("left out: {what}; {why}\n").as_bytes());
}

/// The output of a program in `dir` that is given `input`.
pub(crate) fn run(dir: &Path, program: &str, arguments: &[&str], input: &str) -> Vec<u8> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(dir).env("TF_CLI_CONFIG_FILE", "/dev/null").env("CHECKPOINT_DISABLE", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} failed: {}", errors.chars().take(4000).collect::<String>());
    output.stdout
}
