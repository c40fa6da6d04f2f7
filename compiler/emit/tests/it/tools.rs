//! Readers that are programs of this machine.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Is `program` there? Says what is left out if not.
#[allow(clippy::print_stderr, reason = "a test that checked nothing says so")]
pub(crate) fn present(program: &str, arguments: &[&str], what: &str) -> bool {
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let present = status.is_ok_and(|status| status.success());
    if !present {
        eprintln!("left out: {what}; `{program} {}` fails here", arguments.join(" "));
    }
    present
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
