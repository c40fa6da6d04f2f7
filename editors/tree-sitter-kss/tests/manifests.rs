//! What editors that can't be run here read is well formed, and names what there is.

use std::path::{Path, PathBuf};

fn editors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies with the editors").to_owned()
}

fn toml(path: &str) -> toml::Table {
    let text = std::fs::read_to_string(editors().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.parse().unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The version of the extensions: that of the crate.
const VERSION: &str = env!("CARGO_PKG_VERSION");

#[test]
fn helix() {
    let languages = toml("helix/languages.toml");
    let language = &languages["language"][0];
    assert_eq!(language["file-types"][0].as_str(), Some("kss"));
    let server = language["language-servers"][0].as_str().expect("it names a server");
    assert_eq!(languages["language-server"][server]["command"].as_str(), Some("kssc"));
    let subpath = languages["grammar"][0]["source"]["subpath"].as_str().expect("it names a folder");
    assert!(editors().join("..").join(subpath).join("src/parser.c").exists());
}

#[test]
fn zed() {
    let extension = toml("zed/extension.toml");
    assert_eq!(extension["version"].as_str(), Some(VERSION));
    let grammar =
        toml("zed/languages/kss/config.toml")["grammar"].as_str().map(str::to_owned).expect("it names a grammar");
    let path = extension["grammars"][&grammar]["path"].as_str().expect("it names a folder");
    assert!(editors().join("..").join(path).join("grammar.js").exists());
    assert_eq!(toml("zed/Cargo.toml")["package"]["version"].as_str(), Some(VERSION));
}

#[test]
fn versions() {
    let json = |path: &str| -> serde_json::Value {
        let text = std::fs::read_to_string(editors().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"))
    };
    assert_eq!(json("vscode/package.json")["version"], VERSION);
    assert_eq!(json("vscode/package-lock.json")["version"], VERSION);
    assert_eq!(json("tree-sitter-kss/tree-sitter.json")["metadata"]["version"], VERSION);
}
