//! The real `kssc`, built in the profile of the tests.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The variable that names the folder of the cache, and where there can be none: what a test runs is made anew, and the cache of
/// whoever runs the tests stays as it is.
pub const CACHE: (&str, &str) = ("KSSC_CACHE_DIR", "/dev/null");

/// Where the binary is. Builds it first, so that tests never run an old one.
///
/// # Panics
///
/// If it can't be built.
pub fn kssc() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--package", "kssc", "--message-format", "json-render-diagnostics"]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let output = cargo.current_dir(crate::build::repository()).stderr(Stdio::inherit()).output();
        let output = output.expect("cargo starts");
        assert!(output.status.success(), "kssc can't be built");
        let text = String::from_utf8_lossy(&output.stdout);
        let messages = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let found = messages.filter_map(|m| Some(PathBuf::from(m.get("executable")?.as_str()?))).next_back();
        found.expect("cargo says where the binary is")
    })
}

/// Runs it in `folder`, without colours, with 4 GiB of address space and 60 seconds of processor time: a mistake that needs more
/// ends the run instead of the machine.
///
/// # Panics
///
/// If it can't be started.
pub fn run(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 4194304; ulimit -t 60; exec \"$0\" \"$@\""]).arg(kssc()).args(args);
    command.current_dir(folder).env("NO_COLOR", "1").env_remove("KSS_FORCE").stdin(Stdio::null());
    command.env(CACHE.0, CACHE.1);
    command.output().expect("kssc starts")
}
