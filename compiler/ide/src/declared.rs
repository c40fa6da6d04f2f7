//! From what a word refers to, to where that is declared.

use crate::Analysis;
use crate::homes::{Home, may_be_one};
use kss_sema::{DeclKind, Declaration, EntryName, Target, Word};
use kss_span::{FileId, ItemId, Origin, Symbol, TextRange};
use std::sync::Arc;

/// A declaration that one can go to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Nav {
    /// Its file.
    pub file: FileId,
    /// All of it.
    pub whole: TextRange,
    /// Its name.
    pub focus: TextRange,
    /// Its name as text.
    pub name: Symbol,
    /// What it is; none for variables and files.
    pub kind: Option<DeclKind>,
    /// Of an entry: its kind.
    pub of: Option<Symbol>,
    /// What it stands in.
    pub container: Option<Symbol>,
    /// Documentation.
    pub doc: Option<Arc<str>>,
}

impl Analysis {
    /// The same target for all ways to say it: by the node of the name where it is declared.
    pub(crate) fn canonical(&self, target: &Target) -> Target {
        match target {
            Target::At(origin) => Target::At(self.declared_at(*origin)),
            // Each module has an overlay of its name: who names that names the module.
            Target::Entry(entry) if self.is_implied(entry) => match self.item_of(entry) {
                Some(item) => Target::At(self.declared_at(Origin::new(item, 0))),
                None => target.clone(),
            },
            other => other.clone(),
        }
    }

    /// Is it an entry that no head declares, because a module, cluster or site of its name is it?
    fn is_implied(&self, entry: &EntryName) -> bool {
        matches!(entry.kind.as_str(), "overlay" | "cluster" | "site") && self.heads_in_items(entry, None).is_empty()
    }

    fn item_of(&self, entry: &EntryName) -> Option<ItemId> {
        let sigs = self.signatures();
        match entry.kind.as_str() {
            "overlay" => sigs.modules.get(&entry.name).map(|m| m.item),
            "cluster" => sigs.clusters.get(&entry.name).copied(),
            "site" => sigs.sites.get(&entry.name).copied(),
            _ => None,
        }
    }

    fn declared_at(&self, origin: Origin) -> Origin {
        match self.declaration(origin) {
            Some(found) => Origin::new(origin.item, found.node),
            None => origin,
        }
    }

    /// The declaration that a node of an item belongs to.
    pub(crate) fn declaration(&self, origin: Origin) -> Option<Declaration> {
        let all = self.declarations(origin.item);
        let exact = all.iter().find(|d| d.node == origin.node || d.whole == origin.node);
        if let Some(found) = exact.or_else(|| all.first().filter(|_| origin.node == 0)) {
            return Some(found.clone());
        }
        // The node of a type's body: the declaration around it.
        let is_type = |d: &&Declaration| d.kind == DeclKind::Type;
        let types: Vec<&Declaration> = all.iter().filter(is_type).collect();
        let (_, spans) = self.spans_of(origin.item)?;
        let inner = spans.get(origin.node as usize)?;
        let around = types.into_iter().filter(|d| {
            let outer = spans.get(d.whole as usize).copied().unwrap_or_default();
            let name = spans.get(d.node as usize).copied().unwrap_or_default();
            outer.lo <= inner.lo && inner.hi <= outer.hi && name.hi < inner.lo
        });
        around.min_by_key(|d| spans.get(d.whole as usize).map_or(u32::MAX, |r| r.len())).cloned().filter(|d| {
            // Only the body itself means the type; what is inside of it is something else.
            let body = spans.get(d.whole as usize).copied().unwrap_or_default();
            inner.hi == body.hi || origin.item.key().name.starts_with("module ")
        })
    }

    /// Where a target is declared. Entries may have several heads.
    pub(crate) fn navigate(&self, target: &Target) -> Vec<Nav> {
        match self.canonical(target) {
            Target::At(origin) => self.nav_of(origin).into_iter().collect(),
            Target::Case(union, name) => {
                let all = self.declarations(union.item);
                let cases = all.iter().filter(|d| d.kind == DeclKind::Case && d.name == name);
                let in_union = |d: &&Declaration| {
                    self.index(union.item).words.iter().any(|w| w.node == d.node && w.target == *target)
                };
                cases.filter(in_union).filter_map(|d| self.nav_of(Origin::new(union.item, d.node))).collect()
            }
            Target::Entry(entry) => self.heads_of(&entry, None),
            Target::Scope(kind) => {
                let record = self.signatures().scope_types.get(&kind).map(|id| id.origin());
                record.and_then(|origin| self.nav_of(self.declared_at(origin))).into_iter().collect()
            }
            Target::File(path) => self
                .file(&path)
                .map(|file| Nav {
                    file,
                    whole: TextRange::empty(0),
                    focus: TextRange::empty(0),
                    name: path,
                    kind: None,
                    of: None,
                    container: None,
                    doc: None,
                })
                .into_iter()
                .collect(),
            Target::Method(..) | Target::Builtin(_) | Target::Implicit(_) => Vec::new(),
        }
    }

    /// What is declared at a node.
    pub(crate) fn nav_of(&self, origin: Origin) -> Option<Nav> {
        let (file, spans) = self.spans_of(origin.item)?;
        let range = |node: u32| spans.get(node as usize).copied();
        let all = self.declarations(origin.item);
        match all.iter().find(|d| d.node == origin.node) {
            Some(found) => Some(Nav {
                file,
                whole: range(found.whole)?,
                focus: range(found.node)?,
                name: found.name,
                kind: Some(found.kind),
                of: found.of,
                container: found.parent.and_then(|at| all.get(at)).map(|d| d.name),
                doc: found.doc.clone(),
            }),
            // A variable: its name is all there is.
            None => {
                let focus = range(origin.node)?;
                let name = Symbol::new(self.text(file).get(focus.range())?);
                Some(Nav { file, whole: focus, focus, name, kind: None, of: None, container: None, doc: None })
            }
        }
    }

    /// As [`Analysis::navigate`], of a word of an item: of entries of one name in several scopes those that it can mean.
    pub(crate) fn navigate_word(&self, item: ItemId, word: &Word) -> Vec<Nav> {
        match &word.target {
            Target::Entry(entry) => self.heads_of(entry, self.home(item, word.node, entry)),
            target => self.navigate(target),
        }
    }

    /// Heads that declare an entry, which lives in `home` if that is known.
    pub(crate) fn heads_of(&self, entry: &EntryName, home: Option<Home>) -> Vec<Nav> {
        let mut out = self.heads_in_items(entry, home);
        if out.is_empty() {
            let item = self.item_of(entry);
            out.extend(item.and_then(|item| self.nav_of(self.declared_at(Origin::new(item, 0)))));
        }
        out
    }

    fn heads_in_items(&self, entry: &EntryName, home: Option<Home>) -> Vec<Nav> {
        let mut out = Vec::new();
        for (item, _) in self.items_naming(&entry.name) {
            let module = item.key().name.strip_prefix("module ").map(Symbol::new);
            if entry.module.is_some() && entry.module != module {
                continue;
            }
            let heads = self.declarations(item).iter().filter(|d| {
                d.kind == DeclKind::Entry && d.of == Some(entry.kind) && self.names_entry(item, d, entry.name)
            });
            let heads = heads.map(|d| d.node).filter(|node| may_be_one(home, self.home(item, *node, entry)));
            let heads: Vec<u32> = heads.collect();
            out.extend(heads.into_iter().filter_map(|node| self.nav_of(Origin::new(item, node))));
        }
        out
    }

    /// Does a head say this name? `worker-{1..3}` says three.
    pub(crate) fn names_entry(&self, item: ItemId, head: &Declaration, name: Symbol) -> bool {
        if head.name == name {
            return true;
        }
        let Some((file, spans)) = self.spans_of(item) else { return false };
        let Some(range) = spans.get(head.node as usize) else { return false };
        let Some(text) = self.text(file).get(range.range()) else { return false };
        let Some((prefix, rest)) = text.split_once("{") else { return false };
        let Some((first, last)) = rest.trim_end_matches('}').split_once("..") else { return false };
        let number = name.strip_prefix(prefix).and_then(|n| n.parse::<u32>().ok());
        matches!((number, first.parse::<u32>(), last.parse::<u32>()), (Some(n), Ok(a), Ok(b)) if (a..=b).contains(&n))
    }

    /// Items of files whose text has the word; the others can't refer to what is called so.
    pub(crate) fn items_naming(&self, name: &str) -> Vec<(ItemId, FileId)> {
        // `worker-{1..3}` names `worker-2`.
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let stem = if stem.is_empty() { name } else { stem };
        let finder = memchr::memmem::Finder::new(stem);
        let mut out = Vec::new();
        for file in self.session().files() {
            if finder.find(self.text(file).as_bytes()).is_none() {
                continue;
            }
            let (Some(items), Some(parsed)) = (self.items(file), self.parsed(file)) else { continue };
            for (decl, spans) in items.decls.iter().zip(&parsed.spans) {
                let range = spans.get(decl.stmt.id.0 as usize).copied().unwrap_or_default();
                let text = self.text(file).get(range.range()).unwrap_or("");
                if finder.find(text.as_bytes()).is_some() {
                    out.push((decl.id, file));
                }
            }
        }
        out
    }
}
