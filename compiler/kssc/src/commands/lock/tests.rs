use super::*;
use crate::files::testing::tree;
use crate::ui::ColorChoice;
use kss_schema::SchemaSet;
use std::fs;
use std::sync::Arc;

const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const CRD: &str = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n  group: demo.org\n  \
                   scope: Namespaced\n  names: { kind: Toy }\n  versions:\n  - name: v1\n    served: true\n    schema:\n      \
                   openAPIV3Schema:\n        type: object\n        properties:\n          spec:\n            type: object\n            \
                   properties: { size: { type: integer } }\n";

fn lock(root: &Path, what: What) -> Result<Outcome, Failure> {
    run(Args { path: Some(root.to_owned()), what }, &Ui::new(ColorChoice::Never, true))
}

fn said(result: Result<Outcome, Failure>) -> String {
    result.expect_err("refused").to_string()
}

fn image(text: &str) -> What {
    What::Image { images: vec![text.to_owned()] }
}

/// What the compiler finds in the lock.
fn schemas(path: &Path) -> SchemaSet {
    let lock = Lock::parse(&fs::read_to_string(path).expect("a lock")).expect("readable");
    let folder = path.parent().expect("a folder").to_owned();
    let read = |name: &str| fs::read_to_string(folder.join(name)).ok().map(Arc::from);
    let (set, problems) = SchemaSet::new(&[]).with_project(lock, read);
    assert_eq!(problems, []);
    set
}

/// A package of a chart with a subchart under an alias, as Helm packs it.
fn packed(folder: &Path) -> PathBuf {
    let files = [
        ("toy/Chart.yaml", "name: toy\nversion: 1.2.3\ndependencies: [{ name: db, version: 1.0.0, alias: store }]\n"),
        ("toy/values.yaml", "replicas: 1\n"),
        ("toy/templates/a.yaml", "{{ broken"),
        ("toy/charts/db/Chart.yaml", "name: db\nversion: 1.0.0\n"),
        ("toy/charts/db/values.yaml", "size: 5\n"),
    ];
    let path = folder.join("toy-1.2.3.tgz");
    let file = flate2::write::GzEncoder::new(fs::File::create(&path).expect("a file"), flate2::Compression::fast());
    let mut archive = tar::Builder::new(file);
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, text.as_bytes()).expect("added");
    }
    archive.into_inner().and_then(flate2::write::GzEncoder::finish).expect("packed");
    path
}

#[test]
fn a_package_becomes_a_schema_that_the_compiler_finds() {
    let dir = tree(&[("clusters/a.kss", "")]);
    let file = packed(dir.path());
    let repo = "https://charts.example.org".to_owned();
    let root = dir.path().join("clusters");
    assert_eq!(lock(&root, What::Chart { file, repo }).expect("locked"), Outcome::Fine);
    let set = schemas(&root.join("kss.lock"));
    assert!(set.chart("https://charts.example.org", "toy", "1.2.3").is_some());
    let text = fs::read_to_string(root.join(".kss/lock/charts/toy-1.2.3.txt")).expect("a schema");
    assert!(text.contains("\nreplicas\tint\t1\n") && text.contains("\nstore.size\tint\t5\n"), "{text}");
    assert!(text.contains("# source toy-1.2.3.tgz\n"), "no folder of this machine: {text}");
}

#[test]
fn a_chart_of_the_project_is_locked_from_its_folder() {
    let chart = "name: hello\nversion: 0.1.0\n";
    let dir =
        tree(&[("a.kss", ""), ("charts/hello/Chart.yaml", chart), ("charts/hello/values.yaml", "greeting: hi\n")]);
    lock(dir.path(), What::Chart { file: dir.path().join("charts/hello"), repo: String::new() }).expect("locked");
    assert!(schemas(&dir.path().join("kss.lock")).chart("", "hello", "0.1.0").is_some());
    let empty = said(lock(dir.path(), What::Chart { file: dir.path().join("charts"), repo: String::new() }));
    assert!(empty.ends_with("is no chart: Chart.yaml: a chart, which has one, expected"), "{empty}");
    let text = said(lock(dir.path(), What::Chart { file: dir.path().join("a.kss"), repo: String::new() }));
    assert!(text.contains("can't be unpacked: it is no folder, and no package"), "{text}");
}

#[test]
fn kinds_of_a_file_are_locked() {
    let dir = tree(&[("a.kss", ""), ("toys.yaml", CRD), ("other.yaml", "kind: ConfigMap\n")]);
    let crd = |name: &str| What::Crd { files: vec![dir.path().join(name)], version: "2.0".to_owned() };
    lock(dir.path(), crd("toys.yaml")).expect("locked");
    let set = schemas(&dir.path().join("kss.lock"));
    assert!(set.kind("demo.org/v1", "Toy").is_some() && set.kinds_named("Toy")[0].namespaced);
    let wrong = said(lock(dir.path(), crd("other.yaml")));
    assert_eq!(wrong, "other.yaml: a `CustomResourceDefinition` of `apiextensions.k8s.io/v1` expected");
}

#[test]
fn images_and_keys_are_locked_the_same_in_any_order() {
    let (one, other) = (tree(&[("a.kss", "")]), tree(&[("a.kss", "")]));
    let key = || What::HostKey { name: "machine/a#ssh-host".to_owned(), key: format!("{KEY} root@a") };
    let images = || [image(&format!("b/c:1@{DIGEST}")), image(&format!("a/b:2@{DIGEST}"))];
    let [b, a] = images();
    for what in [b, key(), a] {
        lock(one.path(), what).expect("locked");
    }
    let [b, a] = images();
    for what in [a, b, key(), key()] {
        lock(other.path(), what).expect("locked");
    }
    let text = |dir: &tempfile::TempDir| fs::read_to_string(dir.path().join("kss.lock")).expect("a lock");
    assert_eq!(text(&one), text(&other));
    let set = schemas(&one.path().join("kss.lock"));
    assert_eq!(set.image_digest("a/b:2"), Some(DIGEST));
    lock(one.path(), image(&format!("plain/name@{DIGEST}"))).expect("some images have no tag");
    assert_eq!(set.host_key("machine/a#ssh-host"), Some(KEY), "without the comment");
}

#[test]
fn the_lock_above_is_the_one_that_is_changed() {
    let dir = tree(&[("kss.lock", ""), ("clusters/a.kss", "")]);
    lock(&dir.path().join("clusters"), image(&format!("a/b:1@{DIGEST}"))).expect("locked");
    assert!(!dir.path().join("clusters/kss.lock").exists());
    assert_eq!(schemas(&dir.path().join("kss.lock")).image_digest("a/b:1"), Some(DIGEST));
}

#[test]
fn the_lock_of_a_flake_is_kept() {
    let dir = tree(&[("a.kss", ""), ("f.lock", "{ \"nodes\": {}, \"version\": 7 }\n"), ("g.lock", "{}")]);
    lock(dir.path(), What::Flake { file: dir.path().join("f.lock") }).expect("locked");
    let set = schemas(&dir.path().join("kss.lock"));
    assert_eq!(set.flake_lock(), Some("{ \"nodes\": {}, \"version\": 7 }\n"));
    assert!(said(lock(dir.path(), What::Flake { file: dir.path().join("g.lock") })).contains("is no flake.lock"));
}

#[test]
fn what_is_wrong_is_said_with_what_mends_it() {
    let dir = tree(&[("a.kss", "")]);
    for (wrong, why) in [
        ("a/b:1", "there is no `@`"),
        ("a/b:1@md5:00", "doesn't begin with `sha256:`"),
        ("a/b:1@sha256:00", "64 digits"),
        (&*format!("@{DIGEST}"), "the name is no name"),
        (&*format!("a b:1@{DIGEST}"), "the name is no name"),
    ] {
        let said = said(lock(dir.path(), image(wrong)));
        assert!(said.contains(why) && said.contains("write it as `NAME:TAG@sha256:…`, the name as"), "{wrong}: {said}");
    }
    let key =
        |name: &str, key: &str| said(lock(dir.path(), What::HostKey { name: name.to_owned(), key: key.to_owned() }));
    assert!(key("kss-master", KEY).contains("write PATH#KEY"));
    assert!(key("a#b", "ssh-ed25519 AAAA").contains("no key of that type"));
    assert!(
        key("a#b", "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl")
            .contains("no key of")
    );
    assert!(key("a#b", "-----BEGIN OPENSSH PRIVATE KEY-----").contains("it is a private one"));
    assert!(!dir.path().join("kss.lock").exists(), "nothing was written");
    fs::write(dir.path().join("kss.lock"), "[image\n").expect("a file");
    assert!(said(lock(dir.path(), image(&format!("a/b:1@{DIGEST}")))).starts_with("`kss.lock` can't be read: line 1"));
}
