//! What could be written at a position of an unfinished text.
//!
//! ```text
//! text ─ marker word at the cursor ─ parse ─┬─ where in the tree ──────┬─ what may stand there, ranked
//!                                           └─ lowering of that item ──┘
//! ```

mod addresses;
mod clauses;
mod entries;
mod fields;
mod foreign;
mod habits;
#[cfg(test)]
mod measure;
mod names;
mod request;
mod spot;
mod statements;
#[cfg(test)]
mod tests;
mod values;

use crate::{Analysis, FilePosition};
use kss_sema::Cursor;
use kss_span::TextRange;
pub(crate) use request::{MARKER, Request};
use rustc_hash::FxHashSet;
use spot::Spot;
pub(crate) use spot::find as find_spot;

/// Something that could be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    /// What is shown, and what the word that is typed is compared with.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// Its type, or what it is in a few words.
    pub detail: Option<String>,
    /// Documentation, in Markdown.
    pub doc: Option<String>,
    /// What is written.
    pub insert: Insert,
    /// What is replaced by it: the word at the cursor.
    pub range: TextRange,
    /// In order of this text the likeliest stands first.
    pub sort: String,
    /// Must it be written, because it has no default?
    pub required: bool,
    /// Is it surely what is wanted?
    pub recommended: bool,
}

/// What a completion writes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Insert {
    /// A text as it is.
    Plain(String),
    /// A text with places to fill in: `$1`, `${2:name}`, at last `$0`.
    Snippet(String),
}

impl Insert {
    /// The text, with its places if it has any.
    pub fn text(&self) -> &str {
        match self {
            Insert::Plain(text) | Insert::Snippet(text) => text,
        }
    }
}

/// What is offered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum CompletionKind {
    Keyword,
    Snippet,
    Field,
    Option,
    Case,
    Variable,
    Constant,
    Function,
    Method,
    Module,
    Capability,
    Kind,
    Entry,
    Type,
    Scope,
    File,
    Code,
    Address,
    ForeignKey,
    ForeignValue,
}

/// How near something is to what is wanted; the smaller, the earlier it stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Rank {
    /// How well it fits: 0 is wanted here, 5 hardly makes sense.
    fit: u8,
    /// How far away it is declared.
    distance: u8,
}

const fn rank(fit: u8, distance: u8) -> Rank {
    Rank { fit, distance }
}

/// Collects what is offered.
struct Offers {
    range: TextRange,
    out: Vec<Completion>,
}

impl Offers {
    fn add(&mut self, label: impl Into<String>, kind: CompletionKind, rank: Rank) -> &mut Completion {
        let label = label.into();
        let sort = format!("{}{}{label}", rank.fit.min(9), rank.distance.min(9));
        let insert = Insert::Plain(label.clone());
        let (detail, doc, range) = (None, None, self.range);
        self.out.push(Completion {
            label,
            kind,
            detail,
            doc,
            insert,
            range,
            sort,
            required: false,
            recommended: false,
        });
        let last = self.out.len() - 1;
        &mut self.out[last]
    }

    /// In order, each text once: of two that are written alike the nearer stays.
    fn finish(mut self) -> Vec<Completion> {
        self.out.sort_by(|a, b| a.sort.cmp(&b.sort));
        let mut seen: FxHashSet<String> = FxHashSet::default();
        self.out.retain(|c| seen.insert(c.label.clone()));
        self.out
    }
}

impl Completion {
    fn detail(&mut self, text: impl Into<String>) -> &mut Completion {
        self.detail = Some(text.into());
        self
    }

    fn doc(&mut self, text: Option<&str>) -> &mut Completion {
        self.doc = text.map(str::to_owned);
        self
    }

    fn plain(&mut self, text: impl Into<String>) -> &mut Completion {
        self.insert = Insert::Plain(text.into());
        self
    }

    fn snippet(&mut self, text: impl Into<String>) -> &mut Completion {
        self.insert = Insert::Snippet(text.into());
        self
    }
}

impl Analysis {
    /// What could be written at a position, the likeliest first. Nothing is left out because of the letters that are already
    /// there: the editor filters.
    pub fn completions(&self, at: FilePosition) -> Vec<Completion> {
        let text = self.text(at.file);
        self.completions_in(at.file, text, at.offset)
    }

    /// The same for a text that the project doesn't have yet: of declarations in it only the project's are known.
    pub(crate) fn completions_in(&self, file: kss_span::FileId, text: &str, offset: u32) -> Vec<Completion> {
        let Some(request) = Request::new(self, file, text, offset, "") else { return Vec::new() };
        let spot = spot::find(&request);
        // `a.b` alone is an expression to the parser; outside of sets it is about to be a field.
        if spot.is_lone_path()
            && !matches!(request.cursor(), Some(Cursor::Member(_) | Cursor::Entry(_) | Cursor::Kind))
            && let Some(assigned) = Request::new(self, file, text, offset, " = none")
        {
            let found = self.offers(&assigned, &spot::find(&assigned));
            if !found.is_empty() {
                return found;
            }
        }
        self.offers(&request, &spot)
    }

    fn offers(&self, request: &Request<'_>, spot: &Spot<'_>) -> Vec<Completion> {
        let mut offers = Offers { range: request.range, out: Vec::new() };
        self.offer(request, spot, &mut offers);
        offers.finish()
    }

    fn offer(&self, request: &Request<'_>, spot: &Spot<'_>, out: &mut Offers) {
        match spot {
            Spot::Nothing => {}
            Spot::Clause => clauses::offer(request, out),
            Spot::Statement { path, prefixed } => statements::offer(request, path, *prefixed, out),
            Spot::Key { path, above } => fields::below(request, path, above, out),
            Spot::Value { path } => values::offer(request, path, out),
            Spot::Text { path } => foreign::texts(request, path, out),
            Spot::Member { base, .. } => values::members(request, base, out),
            Spot::Pattern { path } => values::patterns(request, path, out),
            Spot::Type => names::types(request, out),
            Spot::Module { path, remove } => names::modules(request, path, *remove, out),
            Spot::Capability { provide } => names::capabilities(request, *provide, out),
            Spot::Needs { before } => names::needs(request, before, out),
            Spot::Kind => names::kinds(request, out),
            Spot::Ignored { kind } => names::fields_of_kind(request, *kind, out),
            Spot::Scope => names::scopes(request, out),
            Spot::Target { path, remove } => names::targets(request, path, *remove, out),
            Spot::HeadName { path, head, new } => names::head(request, path, head, *new, out),
            Spot::Namespace => names::entries(request, "namespace", out),
            Spot::Site => names::sites(request, out),
            Spot::ItemKey => drop(out.add("name", CompletionKind::Field, rank(0, 0))),
            Spot::Base => names::bases(request, out),
            Spot::Code => names::codes(out),
            Spot::Import { import, at, selected } => names::imports(request, import, *at, *selected, out),
        }
    }
}
