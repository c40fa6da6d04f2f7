//! The binary as users and scripts meet it: exit codes, streams, colours.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn kssc(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kssc"));
    command.args(args).env_remove("NO_COLOR").env("TERM", "xterm").stdin(Stdio::null());
    // The cache of whoever runs the tests stays as it is.
    command.env("KSSC_CACHE_DIR", "/dev/null");
    command
}

fn run(args: &[&str]) -> Output {
    kssc(args).output().expect("kssc starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn explain_prints_a_page_on_standard_output() {
    let by_id = run(&["explain", "K0412"]);
    assert_eq!(by_id.status.code(), Some(0));
    assert!(text(&by_id.stdout).starts_with("# K0412 pools-overlap\n"));
    assert!(by_id.stderr.is_empty());
    assert_eq!(run(&["explain", "pools-overlap"]).stdout, by_id.stdout);
    assert!(text(&run(&["explain"]).stdout).contains("  K0412  pools-overlap\n"));
}

#[test]
fn an_unknown_code_is_a_failure_with_help() {
    let failed = run(&["explain", "pool-overlap"]);
    assert_eq!(failed.status.code(), Some(2));
    assert!(failed.stdout.is_empty());
    let said = text(&failed.stderr);
    assert!(
        said.contains("there is no code `pool-overlap`") && said.contains("did you mean `pools-overlap`?"),
        "{said}"
    );
    assert!(!said.contains('\u{1b}'), "{said}");
}

#[test]
fn wrong_usage_is_2_and_help_is_0() {
    for wrong in
        [&["chek"][..], &["check", "--format", "xml"], &["why", "a.yaml"], &["--color", "blue", "explain"], &[]]
    {
        let output = run(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{wrong:?}");
    }
    for right in [&["--help"][..], &["check", "--help"], &["--version"], &["help", "fmt"]] {
        let output = run(right);
        assert_eq!(output.status.code(), Some(0), "{right:?}");
        assert!(!output.stdout.is_empty() && output.stderr.is_empty(), "{right:?}");
    }
}

#[test]
fn help_teaches_by_example() {
    let help = text(&run(&["--help"]).stdout);
    for word in ["check", "build", "fmt", "explain", "why", "test", "init", "model", "Exit codes:"] {
        assert!(help.contains(word), "{word}");
    }
    assert!(text(&run(&["fmt", "--help"]).stdout).contains("kssc fmt - < a.kss"));
}

#[test]
fn colours_follow_the_flag() {
    let coloured = |args: &[&str]| text(&run(args).stdout).contains('\u{1b}');
    assert!(!coloured(&["explain", "K0412"]), "a pipe is no terminal");
    assert!(coloured(&["explain", "K0412", "--color", "always"]));
    assert!(!coloured(&["--color=never", "explain", "K0412"]));
    assert!(coloured(&["--color=always", "--help"]));
    let asked = kssc(&["--color", "always", "explain", "K0412"]).env("NO_COLOR", "1").output().expect("kssc starts");
    assert!(text(&asked.stdout).contains('\u{1b}'), "who asks for colours gets them");
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    for args in [&["explain"][..], &["explain", "K0412"], &["--help"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let child = kssc(args).stdout(writer).stderr(Stdio::piped()).spawn().expect("kssc starts");
        let output = child.wait_with_output().expect("kssc ends");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    }
}

#[test]
fn init_writes_a_project_and_never_overwrites() {
    let dir = tempfile::tempdir().expect("a directory for the test");
    let at = |path: &str| dir.path().join(path).display().to_string();
    let first = run(&["init", &at("site")]);
    assert_eq!(first.status.code(), Some(0));
    assert!(text(&first.stdout).contains("clusters/home.kss\n"));
    assert!(text(&first.stderr).contains("next: kssc check"));
    assert!(fs::read_to_string(Path::new(&at("site/.gitignore"))).expect("written").contains("*.private.kss"));
    let again = run(&["init", &at("site")]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("exists already"));
    assert!(run(&["-q", "init", &at("quiet")]).stderr.is_empty());
}

/// What `kssc init` writes is a good example: laid out, right, and something comes of it.
#[test]
fn the_first_site_is_laid_out_and_right() {
    let dir = tempfile::tempdir().expect("a directory for the test");
    let at = |args: &[&str]| kssc(args).current_dir(dir.path()).output().expect("kssc starts");
    assert_eq!(at(&["init"]).status.code(), Some(0));
    for args in [&["fmt", "--check", "clusters", "clusters/home.private.example.kss"][..], &["check"], &["build"]] {
        let output = at(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}{}", text(&output.stdout), text(&output.stderr));
    }
    assert!(dir.path().join("deploy/flake.nix").is_file());
    let said = text(&at(&["build", "--check"]).stderr);
    let count = said.split(' ').find_map(|word| word.parse::<usize>().ok()).unwrap_or_default();
    assert!(said.contains(" unchanged (") && count > 10, "{said}");

    // With its private overlay.
    let clusters = dir.path().join("clusters");
    fs::copy(clusters.join("home.private.example.kss"), clusters.join("home.private.kss")).expect("a copy");
    assert_eq!(at(&["check"]).status.code(), Some(0));

    // With the machine and the cluster that stand there as comments.
    let site = fs::read_to_string(clusters.join("home.kss")).expect("readable");
    let mut inside = false;
    let whole = site.lines().map(|line| {
        let text = line.trim_start();
        inside =
            text.starts_with("# machine support") || text.starts_with("# cluster") || inside && text.starts_with('#');
        let bare = line.replacen("# ", "", 1);
        format!(
            "{}\n",
            if !inside {
                line
            } else if text == "#" {
                ""
            } else {
                &bare
            }
        )
    });
    fs::write(clusters.join("home.kss"), whole.collect::<String>()).expect("a file");
    for args in [&["fmt", "--check"][..], &["check"], &["build"]] {
        let output = at(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}{}", text(&output.stdout), text(&output.stderr));
    }
    assert!(dir.path().join("deploy/site/tofu/base/main.tf.json").is_file());
}
