//! The formatter of `.kss` files. It has no options.
//!
//! - Lines are kept as they are written, but for those that are too long: there the outermost block or list gets a line for each
//!   of its parts. Blocks that somebody wrote on one line stay so while they fit.
//! - Two spaces a level; a line that continues a statement keeps what it is indented beyond it (at least two).
//! - In a run of one-line statements of one sort the first `=`, `:` or `{` stands in one column. Other columns are kept where
//!   somebody made them, and given up where not.
//! - Comments at the ends of neighbouring lines stand in one column, at least two spaces behind the longest line.
//! - At most one blank line, none at the start or end of a block.
//! - Commas at line ends go from blocks and come to lists; one behind a comment stands before it.
//!
//! What the file means is never touched: the tree before and after is the same.

mod align;
mod facts;
mod indent;
mod pieces;
mod wrap;

use kss_diag::Diagnostic;
use kss_span::FileId;

/// Longest line, in characters.
const WIDTH: usize = 120;

/// Formats a file.
///
/// # Errors
/// What the parser says, if the text has mistakes: then it isn't touched.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let parsed = kss_syntax::parse(FileId(0), text);
    if !parsed.is_right() {
        return Err(parsed.errors);
    }
    let facts = facts::Facts::of(&parsed);
    let mut pieces = pieces::pieces(text, &parsed.tokens, &facts);
    wrap::wrap(&mut pieces);
    let lines = indent::lines(&pieces);
    let text = align::print(&pieces, &lines);
    // Those inside of texts; they mean the same.
    Ok(if text.contains('\r') { text.replace("\r\n", "\n") } else { text })
}
