//! From origins, which have no positions, to places in files.

use kss_diag::Diagnostic;
use kss_sema::FileItems;
use kss_span::{FileId, ItemId, Origin, Span, TextRange};
use kss_syntax::Parsed;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Where the nodes of all items stand.
#[derive(Clone, Debug, Default)]
pub struct Places {
    items: FxHashMap<ItemId, (FileId, Arc<[TextRange]>)>,
}

impl Places {
    /// Adds the items of a file.
    pub fn add(&mut self, file: FileId, items: &FileItems, parsed: &Parsed) {
        for (decl, spans) in items.decls.iter().zip(&parsed.spans) {
            self.items.insert(decl.id, (file, spans.clone()));
        }
    }

    /// The place of `origin`.
    pub fn span(&self, origin: Origin) -> Option<Span> {
        let (file, spans) = self.items.get(&origin.item)?;
        let range = spans.get(origin.node as usize).or_else(|| spans.first())?;
        Some(range.at(*file))
    }

    /// The diagnostic with places.
    pub fn locate(&self, diag: Diagnostic<Origin>) -> Diagnostic {
        let nowhere = TextRange::empty(0).at(FileId(0));
        diag.map_places(|o| self.span(*o).unwrap_or(nowhere), |o| self.span(*o))
    }
}
