//! Where a key stands in the sources: values know where they were written, but a key is part of a statement.

use crate::ops::block_of;
use crate::state::{EntryIx, Eval, Says};
use kss_ir::{Block, Elem, Expr, ExprKind, Key, StmtKind};
use kss_schema::Seg;
use kss_span::{ItemId, Origin};

impl<'a> Eval<'a> {
    /// The last key of `path` of an entry, where it gives the value that was written at `value`; nothing if that can't be told,
    /// because the key is computed or comes from elsewhere.
    pub(crate) fn key_place(&mut self, ix: EntryIx, path: &[Seg], value: Origin) -> Option<Origin> {
        let Some(Seg::Key(first)) = path.first() else { return None };
        let mut found = Vec::new();
        for contributor in self.contributors(ix).iter() {
            let Says::Fields { fields, cx, .. } = &contributor.says else { continue };
            let blocks = fields.fields.get(first).into_iter().chain(&fields.rest);
            blocks.for_each(|block| Search { item: cx.item, found: &mut found }.block(block, path));
        }
        let same = found.iter().find(|place| place.value == value);
        let only = || found.first().filter(|_| found.len() == 1);
        same.or_else(only).map(|place| place.key)
    }
}

/// A key and what it gives.
struct Written {
    key: Origin,
    value: Origin,
}

struct Search<'f> {
    item: ItemId,
    found: &'f mut Vec<Written>,
}

impl Search<'_> {
    fn block(&mut self, block: &Block, path: &[Seg]) {
        for stmt in &block.stmts {
            match &stmt.kind {
                StmtKind::Set { path: keys, value, .. }
                | StmtKind::Append { path: keys, value, .. }
                | StmtKind::Keyed { path: keys, value, .. } => self.keys(keys, value, path),
                StmtKind::If { then, otherwise, .. } => {
                    self.block(then, path);
                    otherwise.iter().for_each(|block| self.block(block, path));
                }
                StmtKind::For { body, .. } => self.block(body, path),
                StmtKind::Match { arms, .. } => arms.iter().for_each(|(_, block)| self.block(block, path)),
                _ => {}
            }
        }
    }

    fn keys(&mut self, keys: &[Key], value: &Expr, path: &[Seg]) {
        let mut rest = path;
        for key in keys {
            let (Key::Name(name, node), Some((Seg::Key(wanted), below))) = (key, rest.split_first()) else { return };
            if name != wanted {
                return;
            }
            if below.is_empty() {
                let key = Origin::new(self.item, *node);
                return self.found.push(Written { key, value: Origin::new(self.item, value.node) });
            }
            rest = below;
        }
        self.value(value, rest);
    }

    fn value(&mut self, value: &Expr, path: &[Seg]) {
        match (path.first(), &*value.kind) {
            (Some(Seg::Index(at)), ExprKind::List(elems)) => {
                // What stands before it is counted only if it is written one by one.
                if let Some(Elem::Value(elem)) = elems.get(*at)
                    && elems[..*at].iter().all(|elem| matches!(elem, Elem::Value(_)))
                {
                    self.value(elem, &path[1..]);
                }
            }
            (_, ExprKind::Coerce { value, .. }) => self.value(value, path),
            _ => block_of(value).into_iter().for_each(|block| self.block(block, path)),
        }
    }
}
