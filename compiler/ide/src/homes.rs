//! Which of several entries of one name a word means: `node.worker-1` of one cluster is not that of another.

use crate::Analysis;
use kss_sema::{DeclKind, Declaration, EntryName};
use kss_span::{ItemId, Symbol, TextRange};
use kss_syntax::TokenKind;
use kss_value::ScopeKind;

/// Where an entry lives, as far as the text says it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Home {
    scope: Scope,
    /// The machine or node.
    inner: Option<Symbol>,
}

/// A site or cluster.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Scope {
    /// There may be several sites; clusters of different ones have different names.
    Site,
    /// The cluster of that name.
    Cluster(Symbol),
}

/// May both be the same? What lives nowhere known (what modules write) may be anywhere.
pub(crate) fn may_be_one(a: Option<Home>, b: Option<Home>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return true };
    a.scope == b.scope && (a.inner.is_none() || b.inner.is_none() || a.inner == b.inner)
}

impl Analysis {
    /// The home of the entry that the word at `node` of an item names.
    pub(crate) fn home(&self, item: ItemId, node: u32, entry: &EntryName) -> Option<Home> {
        let site = Home { scope: Scope::Site, inner: None };
        let key = item.key();
        let (kind, name) = key.name.split_once(' ')?;
        let in_scope = |scope| Home { scope, inner: self.inner(item, node, entry) };
        match kind {
            _ if entry.scope == Some(ScopeKind::Site) => Some(site),
            "cluster" if self.declares(item, entry) => Some(in_scope(Scope::Cluster(Symbol::new(name)))),
            // A cluster sees the entries of its site.
            "cluster" => self.site_declares(entry).then_some(site),
            "site" | "overlay" if self.declares(item, entry) => Some(in_scope(Scope::Site)),
            _ => None,
        }
    }

    /// Does a head in an item declare it?
    fn declares(&self, item: ItemId, entry: &EntryName) -> bool {
        self.declarations(item).iter().any(|d| self.is_head(item, d, entry))
    }

    fn is_head(&self, item: ItemId, declared: &Declaration, entry: &EntryName) -> bool {
        declared.kind == DeclKind::Entry
            && declared.of == Some(entry.kind)
            && self.names_entry(item, declared, entry.name)
    }

    fn site_declares(&self, entry: &EntryName) -> bool {
        self.signatures().sites.values().any(|site| self.declares(*site, entry))
    }

    /// The machine or node in whose body a node stands, if its head is one plain name and what is meant may live there: what
    /// is declared outside of it alone, as a network of the site is, is the same for all machines.
    fn inner(&self, item: ItemId, node: u32, entry: &EntryName) -> Option<Symbol> {
        if matches!(entry.kind.as_str(), "machine" | "node") {
            return None;
        }
        let (_, spans) = self.spans_of(item)?;
        let range = |node: u32| spans.get(node as usize).copied().unwrap_or_default();
        let at = range(node);
        let all = self.declarations(item);
        let around = |at: TextRange| {
            all.iter().rev().find(|d| {
                let is_inner = d.of.is_some_and(|kind| matches!(kind.as_str(), "machine" | "node"));
                let whole = range(d.whole);
                is_inner && d.kind == DeclKind::Entry && whole.lo <= at.lo && at.hi <= whole.hi
            })
        };
        let machine = around(at)?;
        let mut heads = all.iter().filter(|d| self.is_head(item, d, entry)).map(|d| range(d.node)).peekable();
        if heads.peek().is_some() && heads.all(|head| around(head).is_none()) {
            return None;
        }
        let is_one = matches!(kss_syntax::lex(&machine.name).as_slice(), [token] if token.kind == TokenKind::Word);
        is_one.then_some(machine.name)
    }
}
