//! From data with origins to text, and from a line of that text back to who wrote it.
//!
//! Every emitter takes a [`Node`] and gives an [`Emitted`]: the text and its [`LineMap`]. What a format can't hold is an
//! [`EmitError`] at the node that holds it, never a text that reads back as something else.

mod check;
mod convert;
pub mod env;
pub mod hcl;
pub mod json;
mod lines;
pub mod make;
pub mod nix;
mod node;
mod printer;
mod serial;
pub mod text;
pub mod toml;
pub mod xml;
pub mod yaml;

pub use check::{EmitError, Problem};
pub use convert::{MAX_DEPTH, Refusal, Refused, Special, from_value, from_value_with};
pub use lines::{LineMap, LineOrigin, Step};
pub use node::{Data, Node};

/// A text with the origins of its lines.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Emitted {
    /// The text; ends with a line feed.
    pub text: String,
    /// Which line came from where.
    pub lines: LineMap,
}

/// What an emitter gives: a text, or everything that stands against it.
pub type Result = std::result::Result<Emitted, Vec<EmitError>>;
