//! What a client can set, and what it can do.

use crate::convert::Encoding;
use serde::Deserialize;
use tower_lsp::ls_types::{ClientCapabilities, InitializeParams};

/// Settings, under `kss` in an editor's configuration.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Config {
    /// Inlay hints by what they show.
    pub inlay_hints: InlayHints,
    /// Code lenses by what they show.
    pub code_lens: CodeLens,
    /// Evaluate sites while typing? Without, only syntax and types are checked.
    pub evaluate: bool,
    /// The deploy tree that lenses compare with, from the project's folder or the one above.
    pub deploy: String,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            inlay_hints: InlayHints::default(),
            code_lens: CodeLens::default(),
            evaluate: true,
            deploy: "deploy".to_owned(),
        }
    }
}

/// See [`Config::inlay_hints`].
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct InlayHints {
    /// Values that are derived: addresses, names.
    pub values: bool,
    /// Types of `let`s that name none.
    pub types: bool,
    /// What texts with holes become. They are long, so only if it is wanted.
    pub texts: bool,
    /// How outputs spell sizes and durations.
    pub units: bool,
    /// Names of parameters in calls.
    pub parameters: bool,
    /// How many options of a used module keep their default.
    pub defaults: bool,
}

impl Default for InlayHints {
    fn default() -> InlayHints {
        InlayHints { values: true, texts: false, types: true, units: true, parameters: true, defaults: false }
    }
}

/// See [`Config::code_lens`].
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CodeLens {
    /// How often a declaration is used.
    pub references: bool,
    /// Who wins where several say something.
    pub definitions: bool,
    /// Files that a scope or module writes.
    pub outputs: bool,
    /// Runs a test.
    pub tests: bool,
}

impl Default for CodeLens {
    fn default() -> CodeLens {
        CodeLens { references: true, definitions: true, outputs: true, tests: true }
    }
}

impl Config {
    /// Reads settings; what is not understood keeps its default.
    pub(crate) fn read(value: &serde_json::Value) -> Config {
        // Clients send the section itself, or all of it with the section's name.
        let section = value.get("kss").unwrap_or(value);
        serde_json::from_value(section.clone()).unwrap_or_default()
    }
}

/// What the client can do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Client {
    /// What columns count.
    pub encoding: Encoding,
    /// It asks for diagnostics itself.
    pub pulls: bool,
    /// It takes the request to ask for diagnostics again.
    pub refresh_diagnostics: bool,
    /// It shows progress.
    pub progress: bool,
    /// It inserts snippets.
    pub snippets: bool,
    /// It watches files if it is asked to.
    pub watches: bool,
    /// It takes the request to ask for settings.
    pub configuration: bool,
    /// It takes lenses anew.
    pub refresh_lenses: bool,
    /// It takes inlay hints anew.
    pub refresh_hints: bool,
    /// It takes colours anew.
    pub refresh_tokens: bool,
}

impl Client {
    /// Reads what a client says of itself.
    pub(crate) fn read(params: &InitializeParams) -> Client {
        let ClientCapabilities { workspace, text_document, window, general, .. } = params.capabilities.clone();
        let workspace = workspace.unwrap_or_default();
        let text_document = text_document.unwrap_or_default();
        let offered = general.and_then(|g| g.position_encodings).unwrap_or_default();
        let item = text_document.completion.and_then(|c| c.completion_item);
        Client {
            encoding: Encoding::negotiate(&offered),
            pulls: text_document.diagnostic.is_some(),
            refresh_diagnostics: workspace.diagnostics.and_then(|d| d.refresh_support).unwrap_or(false),
            progress: window.and_then(|w| w.work_done_progress).unwrap_or(false),
            snippets: item.and_then(|i| i.snippet_support).unwrap_or(false),
            watches: workspace.did_change_watched_files.and_then(|w| w.dynamic_registration).unwrap_or(false),
            configuration: workspace.configuration.unwrap_or(false),
            refresh_lenses: workspace.code_lens.and_then(|c| c.refresh_support).unwrap_or(false),
            refresh_hints: workspace.inlay_hint.and_then(|c| c.refresh_support).unwrap_or(false),
            refresh_tokens: workspace.semantic_tokens.and_then(|c| c.refresh_support).unwrap_or(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_keep_defaults_for_what_is_not_said() {
        let config = Config::read(&serde_json::json!({ "kss": { "inlayHints": { "types": false } } }));
        assert!(!config.inlay_hints.types);
        assert!(config.inlay_hints.values);
        assert_eq!(Config::read(&serde_json::json!(null)), Config::default());
    }

    /// Settings of the extension for Visual Studio Code, without those of the client itself: path and default.
    fn of_the_extension() -> Vec<(String, serde_json::Value)> {
        let manifest: serde_json::Value =
            serde_json::from_str(include_str!("../../editors/vscode/package.json")).expect("it is JSON");
        let settings = manifest["contributes"]["configuration"]["properties"].as_object().expect("it has settings");
        let own = |name: &str| !name.starts_with("kss.server.") && !name.starts_with("kss.trace.");
        let settings = settings.iter().filter(|(name, _)| own(name));
        settings.map(|(name, setting)| (name["kss.".len()..].to_owned(), setting["default"].clone())).collect()
    }

    fn with(path: &str, value: serde_json::Value) -> Config {
        let nested = path.rsplit('.').fold(value, |inner, key| serde_json::json!({ key: inner }));
        Config::read(&nested)
    }

    #[test]
    fn the_extension_has_the_settings_of_the_server_with_their_defaults() {
        let settings = of_the_extension();
        for (path, default) in &settings {
            assert_eq!(with(path, default.clone()), Config::default(), "{path} has another default");
            let other = match default {
                serde_json::Value::Bool(on) => serde_json::json!(!on),
                _ => serde_json::json!("elsewhere"),
            };
            assert_ne!(with(path, other), Config::default(), "the server doesn't know {path}");
        }
        // One line of the debug form for each field that is no record.
        let known = format!("{:#?}", Config::default())
            .lines()
            .filter(|line| line.ends_with(',') && line.contains(": "))
            .count();
        assert_eq!(settings.len(), known, "{settings:?}");
    }
}
