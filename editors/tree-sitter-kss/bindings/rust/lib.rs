//! The tree-sitter grammar of `.kss`, as a language for the `tree-sitter` crate, with its queries.

use tree_sitter_language::LanguageFn;

#[allow(unsafe_code)] // The parser is in C.
unsafe extern "C" {
    fn tree_sitter_kss() -> *const ();
}

/// The language, for `tree_sitter::Parser::set_language`.
#[allow(unsafe_code)] // The function above is what tree-sitter generates, and gives a pointer to static tables.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_kss) };

/// Colours.
pub const HIGHLIGHTS: &str = include_str!("../../queries/highlights.scm");
/// Languages inside of others.
pub const INJECTIONS: &str = include_str!("../../queries/injections.scm");
/// What can be folded.
pub const FOLDS: &str = include_str!("../../queries/folds.scm");
/// Scopes, definitions and references.
pub const LOCALS: &str = include_str!("../../queries/locals.scm");
/// Indentation, as Neovim reads it.
pub const INDENTS: &str = include_str!("../../queries/indents.scm");
/// Objects to select and jump between, as Neovim and Helix read them.
pub const TEXTOBJECTS: &str = include_str!("../../queries/textobjects.scm");
/// Names for an outline, as `tree-sitter tags` reads them.
pub const TAGS: &str = include_str!("../../queries/tags.scm");
