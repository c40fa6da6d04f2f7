//! Lists the files that the library embeds: `.kss` sources with their assets, and what backends copy into a deploy tree. The
//! files of the lock are listed by what writes them (lock/files.rs).

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The flake of a deploy tree. It lies among the other files of Nix here, and at the top there.
const FLAKE: &str = "deploy-flake.nix";

fn main() -> io::Result<()> {
    let own = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let nix = own.join("../nix");
    let folders = [
        // What is Rust or for readers of the repository is no part of the library.
        (
            "FILES",
            own.clone(),
            "std/",
            Content::Bytes,
            &["Cargo.toml", "README.md", "build.rs", "src", "lock", "tests", "tofu/modules"][..],
        ),
        ("NIX", nix, "nix/", Content::Text, &["tests", FLAKE][..]),
        ("TOFU_MODULES", own.join("tofu/modules"), "tofu/modules/", Content::Text, &[][..]),
    ];
    let mut text = String::new();
    for (name, folder, prefix, content, except) in folders {
        let mut files = Vec::new();
        if folder.is_dir() {
            collect(&folder, &mut files)?;
        }
        let mut list: Vec<(String, PathBuf)> =
            files.into_iter().filter_map(|file| Some((relative(&folder, &file)?, file))).collect();
        list.retain(|(path, _)| !except.iter().any(|out| path == out || path.starts_with(&format!("{out}/"))));
        list.sort();
        let mut list: Vec<(String, PathBuf)> =
            list.into_iter().map(|(path, file)| (format!("{prefix}{path}"), file)).collect();
        if name == "NIX" {
            list.push(("flake.nix".to_owned(), folder.join(FLAKE)));
            list.sort();
        }
        constant(&mut text, name, content, &list);
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    fs::write(out.join("files.rs"), text)
}

/// All files below `folder`.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

/// The path below `folder`, with `/` on every system. A file whose name is no text has none.
fn relative(folder: &Path, file: &Path) -> Option<String> {
    let parts = file.strip_prefix(folder).ok()?.iter().map(|part| part.to_str());
    Some(parts.collect::<Option<Vec<_>>>()?.join("/"))
}

/// What a list holds.
#[derive(Clone, Copy)]
enum Content {
    Bytes,
    Text,
}

fn constant(text: &mut String, name: &str, content: Content, list: &[(String, PathBuf)]) {
    let (of, read) = match content {
        Content::Bytes => ("[u8]", "include_bytes"),
        Content::Text => ("str", "include_str"),
    };
    let _ = writeln!(text, "pub(crate) static {name}: &[(&str, &{of})] = &[");
    for (path, file) in list {
        let _ = writeln!(text, "    ({:?}, {read}!({:?})),", path, file);
    }
    let _ = writeln!(text, "];");
}
