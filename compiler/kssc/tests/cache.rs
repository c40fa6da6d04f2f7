//! What is remembered from one run to the next: it is used while nothing changes, and nothing that changes escapes it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;
use tempfile::TempDir;

/// A site with a warning that reads a file in a folder without sources.
const SITE: &str = r#"import ./extra.{spare}

let facts = data("sub/facts.json")

site home {
  domains  { root = "example.com", base = "lab.example.com" }
  contact  = "admin@example.com"
  git      { project = "home" }
  operator { ssh-keys = ["ssh-ed25519 AAAAPLACEHOLDER admin@example.com"] }

  network lan {
    cidrs   = [192.168.1.0/24]
    gateway = 192.168.1.1
    dns     = [192.168.1.1]
  }
  primary = network.lan
  router  { ip = 192.168.1.1 }

  machine nas {
    foreign = true
    ip      = network.lan.host(10)
    mac     = 52:54:00:00:01:10
    memory  = 8GiB
    use other-os
  }

  check facts.ok else "the facts are wrong"
}
"#;
const OVERLAY: &str = "overlay home {\n  contact = \"me@example.com\"\n}\n";
const SCHEMA: &str = "# kss-schema 1 chart\n# name own\n# version 1.0.0\n# repo https://example.com\n";

/// A project with a cache of its own.
struct Project {
    dir: TempDir,
}

impl Project {
    fn new() -> Project {
        let project = Project { dir: tempfile::tempdir().expect("a directory for the test") };
        let digest = blake3::hash(SCHEMA.as_bytes()).to_hex();
        let lock = format!(
            "[[chart]]\nname = \"own\"\nversion = \"1.0.0\"\nrepo = \"https://example.com\"\npath = \"lock/own.txt\"\nblake3 = \"{digest}\"\n"
        );
        project.write("clusters/home.kss", SITE);
        project.write("clusters/extra.kss", "let spare = 1\n");
        project.write("clusters/sub/facts.json", "{\"ok\": true}\n");
        project.write("clusters/home.private.kss", OVERLAY);
        project.write("charts/own/Chart.yaml", "name: own\n");
        project.write("lock/own.txt", SCHEMA);
        project.write("kss.lock", &lock);
        project
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).expect("the file is there");
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kssc"));
        command.args(args).current_dir(self.dir.path()).env("NO_COLOR", "1").stdin(Stdio::null());
        command.env("KSSC_CACHE_DIR", self.path("cache"));
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("kssc starts")
    }

    /// The records, each with when it was written: whoever evaluates writes one.
    fn records(&self) -> BTreeMap<PathBuf, SystemTime> {
        let entries = fs::read_dir(self.path("cache/checks")).into_iter().flatten().flatten();
        let time = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified()).expect("a time");
        entries.map(|entry| (entry.path(), time(&entry.path()))).collect()
    }

    /// Runs it, and says whether it evaluated.
    fn ran(&self, args: &[&str]) -> (Output, bool) {
        let before = self.records();
        let output = self.run(args);
        (output, before != self.records())
    }

    /// Changes a text in all records, in a way that a reader can't notice.
    fn forge(&self, from: &str, to: &str) {
        for path in self.records().into_keys() {
            let text = fs::read_to_string(&path).expect("a record");
            let (head, body) = text.split_once('\n').expect("two lines");
            let body = body.replace(from, to);
            let form = head.rsplit_once(' ').expect("a digest").0;
            fs::write(&path, format!("{form} {}\n{body}", blake3::hash(body.as_bytes()).to_hex())).expect("a record");
        }
    }

    /// Checks the project thrice: without a cache, after a change, and again. All say the same; what the first prints.
    fn changed(&self, what: &str, args: &[&str]) -> String {
        let cold = self.run(&[args, &["--no-cache"]].concat());
        let (first, evaluated) = self.ran(args);
        assert!(evaluated, "{what} is noticed");
        let (second, evaluated) = self.ran(args);
        assert!(!evaluated, "{what}: nothing has changed since");
        assert_eq!(said(&cold), said(&first), "{what}");
        assert_eq!(said(&cold), said(&second), "{what}, again");
        text(&cold.stdout) + &text(&cold.stderr)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// What a run says, but how long it took.
fn said(output: &Output) -> (Option<i32>, String, String) {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let err = err.lines().map(|line| line.rsplit_once(" (").map_or(line, |(before, _)| before).to_owned() + "\n");
    (output.status.code(), out, err.collect())
}

#[test]
fn every_change_is_noticed_and_nothing_else_is() {
    let project = Project::new();
    let check = |what: &str| project.changed(what, &["check"]);
    assert!(check("the first check").contains("warning[K0213]"));
    project.write("clusters/home.kss", &SITE.replace("8GiB", "9GiB"));
    check("an edited source");
    project.write("clusters/sub/facts.json", "{\"ok\": false}\n");
    assert!(check("an edited file that a source reads").contains("the facts are wrong"));
    project.remove("clusters/sub/facts.json");
    assert!(check("its removal").contains("error[K0104]"));
    project.write("clusters/sub/facts.json", "{\"ok\": true}\n");
    assert!(check("its return").contains("1 warning in"));
    project.write("clusters/more/new.kss", "let x = y\n");
    assert!(check("a new source").contains("error[K0201]"));
    project.remove("clusters/more/new.kss");
    check("a source that is gone");
    project.write("charts/own/Chart.yaml", "name: other\n");
    check("a chart");
    project.write("charts/own/values.yaml", "a: 1\n");
    check("a file of a chart");
    project.write("lock/own.txt", "worn\n");
    assert!(check("a schema that the lock names").contains("error[K0803]"));
    project.remove("lock/own.txt");
    check("its removal");
    project.write("kss.lock", "");
    check("the lock");
    project.remove("clusters/home.private.kss");
    check("a private overlay");
    fs::write(project.path("clusters/extra.kss"), b"let spare = \"\xff\"\n").expect("a file");
    assert!(check("a file that is no text").contains("error[K0108]"));
    fs::write(project.path("clusters/extra.kss"), b"let spare = \"").expect("a file");
    check("the part of it that is text");
}

#[test]
fn every_form_is_the_same_the_second_time() {
    let project = Project::new();
    project.write("clusters/extra.kss", "let spare = y\nlet other = \"å\" + 1\n");
    for form in ["human", "json", "sarif", "github"] {
        let cold = project.run(&["check", "--no-cache", "--format", form]);
        project.run(&["check"]);
        let (warm, evaluated) = project.ran(&["check", "--format", form]);
        assert!(!evaluated, "{form}");
        assert_eq!(cold.status.code(), Some(1));
        assert_eq!(said(&warm), said(&cold), "{form}");
        assert!(!cold.stdout.is_empty());
    }
    let coloured = |args: &[&str]| project.command(args).args(["--color", "always"]).output().expect("kssc starts");
    assert_eq!(said(&coloured(&["check"])), said(&coloured(&["check", "--no-cache"])));
}

/// What a repeated run says is what the record says: nobody evaluated.
#[test]
fn a_repeated_run_believes_the_record() {
    let project = Project::new();
    assert_eq!(project.run(&["build"]).status.code(), Some(0));
    project.forge("is imported and not used", "is believed");
    assert!(text(&project.run(&["check"]).stdout).contains("is believed"));
    let again = project.run(&["build"]);
    assert!(text(&again.stderr).contains("is believed"), "{}", text(&again.stderr));
    assert!(text(&project.run(&["check", "--no-cache"]).stdout).contains("is imported and not used"));
    assert!(text(&project.run(&["build", "--no-cache"]).stderr).contains("is imported and not used"));
    assert!(text(&project.run(&["build", "--check"]).stderr).contains("is imported and not used"));
    // A form of another version is none.
    let project = Project::new();
    project.run(&["check"]);
    project.forge("K0213", "K9999");
    assert!(project.ran(&["check"]).1);
}

#[test]
fn overlays_folders_and_words_have_records_of_their_own() {
    let project = Project::new();
    let public = project.changed("without overlays", &["check", "--public"]);
    assert!(public.contains("in 4 files"), "{public}");
    project.changed("with overlays", &["check"]);
    assert!(!project.ran(&["check", "--public"]).1);
    // The same files, named in another way.
    let named = project.changed("a path", &["check", "./clusters/../clusters"]);
    assert!(named.contains("clusters/../clusters/home.kss"), "{named}");
    let from = |folder: &str, args: &[&str]| project.command(args).current_dir(project.path(folder)).output();
    let before = project.records().len();
    let inside = from("clusters", &["check", "."]).expect("kssc starts");
    assert_eq!(project.records().len(), before + 1);
    assert!(text(&inside.stdout).contains("[ home.kss:"), "{}", text(&inside.stdout));
    let again = from("clusters", &["check", "."]).expect("kssc starts");
    assert_eq!(said(&inside), said(&again));
    assert_eq!(project.records().len(), before + 1);
    // What is read on the way is read from there as well.
    project.write("clusters/sub/facts.json", "{\"ok\": false}\n");
    assert!(text(&from("clusters", &["check", "."]).expect("kssc starts").stdout).contains("the facts are wrong"));
}

#[test]
fn a_current_tree_is_left_alone_with_its_warnings() {
    let project = Project::new();
    let build = |what: &str| {
        let (output, evaluated) = project.ran(&["build"]);
        assert_eq!(output.status.code(), Some(0), "{what}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains("warning[K0213]"), "{what}");
        (text(&output.stderr), evaluated)
    };
    let current = |what: &str| {
        let (told, evaluated) = build(what);
        assert!(!evaluated, "{what}");
        assert!(told.contains("deploy: ") && !told.contains("changed,") && !told.contains("0 unchanged"), "{told}");
    };
    assert!(build("the first").1);
    current("nothing changed");
    let file = "deploy/charts/own/Chart.yaml";
    assert!(project.path(file).is_file());

    // Content of the tree is no input of a check, so the record stays; but the tree is written again.
    project.remove(file);
    assert!(build("a file that is gone").0.contains("1 changed"));
    assert!(project.path(file).is_file());
    current("after it came back");
    let before = fs::metadata(project.path(file)).and_then(|meta| meta.modified()).expect("a time");
    project.write(file, "name: nwo\n");
    fs::File::options()
        .write(true)
        .open(project.path(file))
        .and_then(|f| f.set_modified(before))
        .expect("a time is set");
    let edited = project.run(&["build"]);
    assert_eq!(edited.status.code(), Some(2), "an edit is not written over: {}", text(&edited.stderr));
    assert!(text(&edited.stderr).contains(file.trim_start_matches("deploy/")));
    project.write(file, "name: own\n");
    current("after the edit was taken back");

    project.write("charts/own/Chart.yaml", "name: new\n");
    assert!(build("a chart").1);
    assert_eq!(fs::read_to_string(project.path(file)).expect("a file"), "name: new\n");
    current("after the chart");
    project.write("clusters/sub/facts.json", "{\"ok\": true, \"more\": 1}\n");
    assert!(build("a file that a source reads").1);
    current("after that file");

    // A check that came first does not make a tree current.
    project.write("charts/own/Chart.yaml", "name: newer\n");
    project.run(&["check"]);
    assert!(build("an edit after which somebody checked").0.contains(" changed"));
    current("after that edit");
    fs::remove_dir_all(project.path("deploy")).expect("the tree goes");
    build("a tree that is gone");
    assert!(project.path(file).is_file());
    let elsewhere = project.run(&["build", "--output", "other"]);
    assert!(text(&elsewhere.stderr).contains("other: ") && project.path("other/charts/own/Chart.yaml").is_file());
}

#[test]
fn errors_fail_the_second_time_as_well() {
    let project = Project::new();
    project.write("clusters/sub/facts.json", "{\"ok\": false}\n");
    for args in [&["build"][..], &["build", "--check"], &["build", "--cluster", "none"]] {
        let cold = project.run(&[args, &["--no-cache"]].concat());
        let (first, _) = project.ran(args);
        let (second, evaluated) = project.ran(args);
        assert!(!evaluated);
        assert_eq!(cold.status.code(), Some(1));
        assert_eq!((said(&first), said(&second)), (said(&cold), said(&cold)));
    }
    assert!(!project.path("deploy").exists());
}

#[test]
fn what_differs_is_told_whatever_is_known() {
    let project = Project::new();
    project.run(&["build"]);
    assert_eq!(project.run(&["build", "--check"]).status.code(), Some(0));
    project.write("deploy/charts/own/Chart.yaml", "name: nwo\n");
    for args in [&["build", "--check"][..], &["build", "--check", "--no-cache"]] {
        let output = project.run(args);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(text(&output.stdout), "~ charts/own/Chart.yaml\n");
    }
    let none = project.run(&["build", "--cluster", "none"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(text(&none.stderr).contains("there is no cluster `none`"));
}

#[test]
fn fixes_are_applied_whatever_is_known() {
    let project = Project::new();
    project.write("clusters/extra.kss", "let spare = 1\nlet other = spaer\n");
    let known = project.run(&["check", "--format", "json"]);
    assert_eq!(known.status.code(), Some(1));
    let before = project.records();
    let mended = project.run(&["check", "--fix"]);
    assert_eq!(project.records(), before, "nothing is kept of what is about to change");
    let left = fs::read_to_string(project.path("clusters/extra.kss")).expect("a file");
    assert_eq!(mended.status.code() == Some(0), left.contains("let other = spare\n"), "{left}");
    let after = project.run(&["check"]);
    assert_eq!(after.status.code(), mended.status.code());
}

#[test]
fn a_cache_that_is_no_use_is_none() {
    let project = Project::new();
    let cold = said(&project.run(&["check", "--no-cache"]));
    assert_eq!(project.records().len(), 0, "`--no-cache` keeps nothing");
    project.run(&["check"]);
    for garbage in [&b""[..], b"\xff\xfe", b"kssc record 1 ", b"{}", b"kssc record 1 00\n{}"] {
        for path in project.records().into_keys() {
            fs::write(path, garbage).expect("a record");
        }
        let (output, evaluated) = project.ran(&["check"]);
        assert!(evaluated && said(&output) == cold, "{garbage:?}");
    }
    // The folder of the cache is a file, or can't be made.
    fs::remove_dir_all(project.path("cache")).expect("the cache goes");
    project.write("cache", "a file");
    assert_eq!(said(&project.run(&["check"])), cold);
    let nowhere = |folder: &str| project.command(&["check"]).env("KSSC_CACHE_DIR", folder).output();
    assert_eq!(said(&nowhere("/proc/none/of/this").expect("kssc starts")), cold);
    let homeless =
        project.command(&["check"]).env_remove("KSSC_CACHE_DIR").env("XDG_CACHE_HOME", project.path("xdg")).output();
    assert_eq!(said(&homeless.expect("kssc starts")), cold);
    #[cfg(all(unix, not(target_os = "macos")))]
    assert!(project.path("xdg/kssc/checks").is_dir());
}

#[cfg(unix)]
#[test]
fn a_cache_that_is_read_only_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::new();
    let cold = said(&project.run(&["check"]));
    let folder = project.path("cache/checks");
    let mode = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).expect("a mode");
    mode(0o555);
    let (output, evaluated) = project.ran(&["check"]);
    assert!(!evaluated && said(&output) == cold);
    project.write("clusters/sub/facts.json", "{\"ok\": false}\n");
    let output = project.run(&["check"]);
    mode(0o755);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("the facts are wrong"));
}
