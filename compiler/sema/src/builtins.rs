//! Built-in functions that are not pure functions of values: they read files, documents, or the entry around them.

/// Functions that the evaluator knows beside those of `kss_value`.
pub(crate) const EVALUATED: [&str; 14] = [
    "json",
    "yaml",
    "toml",
    "fill",
    "file",
    "data",
    "locked",
    "locked-image",
    "builtin-group",
    "own-secret",
    "outputs-of",
    "text",
    "credential",
    "group-by",
];

/// Is there a function of this name behind a declaration without a body?
pub(crate) fn exists(name: &str) -> bool {
    EVALUATED.contains(&name) || kss_value::builtins::Builtin::find(name).is_some()
}
