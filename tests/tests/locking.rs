//! What `kss.lock` says reaches the outputs, and what it lacks is said once.

use kss_diag::{NoteKind, Severity};
use kss_tests::build::{Built, build, repository};
use std::path::Path;

/// The reference site with a lock.
fn locked(folder: &Path, lock: &str) -> Built {
    let to = folder.join("clusters");
    std::fs::create_dir_all(&to).expect("a folder");
    for entry in std::fs::read_dir(repository().join("clusters")).expect("a folder") {
        let entry = entry.expect("an entry");
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a file");
    }
    std::fs::write(folder.join("kss.lock"), lock).expect("a file");
    build(&to)
}

/// Images of the warnings, and the first line of each.
fn warned(built: &Built) -> (Vec<String>, Vec<String>) {
    let warnings: Vec<_> = built.diagnostics.iter().filter(|d| d.severity == Severity::Warning).collect();
    let fixes = warnings.iter().flat_map(|d| &d.notes).filter(|note| note.kind == NoteKind::Fix);
    let images = fixes.flat_map(|note| note.text.lines().skip(1).map(str::to_owned)).collect();
    (images, warnings.iter().map(|d| d.message.clone()).collect())
}

fn lock(images: &[String]) -> String {
    let digest = format!("sha256:{}", "0123456789abcdef".repeat(4));
    let lines: String = images.iter().map(|image| format!("\"{image}\" = \"{digest}\"\n")).collect();
    format!("[image]\n{lines}")
}

#[test]
fn images_without_a_digest_are_one_warning_until_they_are_locked() {
    let folder = tempfile::tempdir().expect("a folder");
    let (images, messages) = warned(&locked(folder.path(), ""));
    assert_eq!(messages, [format!("{} images are not in the lock, so their tags are used as they are", images.len())]);
    assert!(images.len() > 10 && images.windows(2).all(|pair| pair[0] < pair[1]), "{images:?}");

    let built = locked(folder.path(), &lock(&images[1..]));
    let (none, messages) = warned(&built);
    assert!(none.is_empty());
    assert_eq!(messages, [format!("image `{}` is not in the lock, so its tag is used as it is", images[0])]);

    let built = locked(folder.path(), &lock(&images));
    assert_eq!(warned(&built).1, Vec::<String>::new());
    assert_eq!(built.errors(), Vec::<String>::new());
    let machine = built.tree.get("site/nixos/support.nix").expect("a machine");
    let text = String::from_utf8_lossy(machine.content.bytes()).into_owned();
    let core = images.iter().find(|image| image.contains("harbor-core")).expect("an image of Harbor");
    assert!(text.contains(&format!("\"{core}@sha256:0123456789abcdef")), "the name stays beside the digest");
}

#[test]
fn a_pinned_key_of_a_host_is_known_to_ssh() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    let built = locked(folder.path(), &format!("[host-key]\n\"machine/kss-master#ssh-host\" = \"{key}\"\n"));
    assert_eq!(built.errors(), Vec::<String>::new());
    let known = built.tree.get("site/ssh/known_hosts").expect("a file");
    let text = String::from_utf8_lossy(known.content.bytes()).into_owned();
    assert_eq!(text.lines().count(), 1);
    assert!(text.starts_with("kss-master,kss-master.kss.lab.example.com,10.69.50.20 ") && text.contains(key), "{text}");
}
