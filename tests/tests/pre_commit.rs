//! The hooks of this repository, run by pre-commit in a repository of a user.

use kss_tests::{build, tools};
use std::path::{Path, PathBuf};
use std::process::Command;

const TEST: &str = "hooks of pre-commit";

/// A user's repository with the reference site in it, and the hooks installed.
struct User {
    folder: tempfile::TempDir,
    pre_commit: PathBuf,
}

impl User {
    /// `None` if a program is missing here.
    fn new() -> Option<User> {
        tools::command("git", TEST)?;
        tools::command("pre-commit", TEST)?;
        let user = User { folder: tempfile::tempdir().expect("a folder"), pre_commit: tools::find("pre-commit")? };
        let hooks = user.folder.path().join("hooks");
        std::fs::create_dir(&hooks).expect("a folder");
        std::fs::copy(manifest(), hooks.join(".pre-commit-hooks.yaml")).expect("a file");
        user.git(&hooks, &["init", "--quiet"]);
        user.git(&hooks, &["add", "."]);
        user.git(&hooks, &["commit", "--quiet", "--message", "Hooks"]);
        let revision = user.git(&hooks, &["rev-parse", "HEAD"]);

        let clusters = user.home().join("clusters");
        std::fs::create_dir_all(&clusters).expect("a folder");
        for file in ["homelab.kss", "kss.kss", "kcs.kss", "apps.kss"] {
            std::fs::copy(build::repository().join("clusters").join(file), clusters.join(file)).expect("a file");
        }
        let config = format!(
            "repos:\n- repo: {}\n  rev: {}\n  hooks:\n  - id: kssc-check\n  - id: kssc-fmt\n",
            hooks.display(),
            revision.trim()
        );
        std::fs::write(user.home().join(".pre-commit-config.yaml"), config).expect("a file");
        user.git(&user.home(), &["init", "--quiet"]);
        tools::output(user.command(&user.pre_commit).current_dir(user.home()).arg("install"));
        Some(user)
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A command that sees nothing of whoever runs the tests.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let own = [tools::kssc().parent(), self.pre_commit.parent()].into_iter().flatten().map(Path::to_owned);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(own.chain(std::env::split_paths(&path))).expect("a path");
        let mut command = Command::new(program);
        command.env_clear().env("PATH", path).env("HOME", self.folder.path());
        command.env("PRE_COMMIT_HOME", self.folder.path().join("cache")).env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Test").env(format!("GIT_{role}_EMAIL"), "test@example.com");
        }
        command
    }

    fn git(&self, folder: &Path, arguments: &[&str]) -> String {
        tools::output(self.command("git").current_dir(folder).args(arguments))
    }

    /// Commits everything: whether that worked, and what was said.
    fn commit(&self) -> (bool, String) {
        self.git(&self.home(), &["add", "."]);
        let mut commit = self.command("git");
        let (good, out, said) = tools::run(commit.current_dir(self.home()).args(["commit", "--message", "A change"]));
        (good, out + &said)
    }

    fn edit(&self, file: &str, old: &str, new: &str) {
        let path = self.home().join(file);
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(text.contains(old), "`{file}` has no `{old}`");
        std::fs::write(path, text.replacen(old, new, 1)).expect("a file");
    }
}

fn manifest() -> PathBuf {
    build::repository().join(".pre-commit-hooks.yaml")
}

#[test]
fn the_hooks_are_declared_as_pre_commit_wants_them() {
    let Some(mut command) = tools::command("pre-commit", TEST) else { return };
    tools::output(command.arg("validate-manifest").arg(manifest()));
}

#[test]
fn commits_with_mistakes_are_refused() {
    let Some(user) = User::new() else { return };
    let (good, said) = user.commit();
    assert!(good, "the reference site is right: {said}");
    assert!(said.contains("kssc check") && said.contains("Passed"), "{said}");

    user.edit("clusters/kss.kss", "10.69.50.192/28", "10.69.50.208/28");
    let (good, said) = user.commit();
    assert!(!good && said.contains("error[K0412]") && said.contains("clusters/kss.kss"), "{said}");
    user.edit("clusters/kss.kss", "10.69.50.208/28", "10.69.50.192/28");

    user.edit("clusters/kss.kss", "  use nginx\n", "  use   nginx\n");
    let (good, said) = user.commit();
    assert!(!good && said.contains("kssc-fmt") && said.lines().any(|line| line == "clusters/kss.kss"), "{said}");
    assert!(!said.contains("error["), "it is right all the same: {said}");

    tools::output(user.command(tools::kssc()).current_dir(user.home()).args(["fmt", "clusters"]));
    user.edit("clusters/kss.kss", "  use nginx\n", "  use nginx # as everywhere\n");
    tools::output(user.command(tools::kssc()).current_dir(user.home()).args(["fmt", "clusters"]));
    let (good, said) = user.commit();
    assert!(good, "{said}");
}

#[test]
fn other_files_are_no_business_of_the_hooks() {
    let Some(user) = User::new() else { return };
    assert!(user.commit().0);
    std::fs::write(user.home().join("notes.md"), "# Notes\n").expect("a file");
    let (good, said) = user.commit();
    assert!(good && said.matches("Skipped").count() == 2, "{said}");
}
