//! Where a value was written, without positions: an item of a file, and a node in it. It stays the same when text moves.

use crate::Symbol;
use rustc_hash::FxHashMap;
use std::fmt;
use std::sync::{LazyLock, RwLock};

/// A top-level item: its file and what it declares (`module cilium`, `cluster kss`). Interned.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ItemId(u32);

/// What an [`ItemId`] stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ItemKey {
    /// Path of the file in the project; of the standard library `std/cni/cilium.kss`.
    pub file: Symbol,
    /// `module cilium`; with `#2` at the end if an earlier item of the file has the same key.
    pub name: Symbol,
}

#[derive(Default)]
struct Table {
    ids: FxHashMap<ItemKey, ItemId>,
    keys: Vec<ItemKey>,
}

static TABLE: LazyLock<RwLock<Table>> = LazyLock::new(|| {
    let nowhere = ItemKey { file: Symbol::new(""), name: Symbol::new("") };
    RwLock::new(Table { ids: FxHashMap::from_iter([(nowhere, ItemId(0))]), keys: vec![nowhere] })
});

impl ItemId {
    /// The item of everything that nobody wrote.
    pub const NOWHERE: ItemId = ItemId(0);

    /// The id of `name` in `file`.
    pub fn new(file: Symbol, name: Symbol) -> ItemId {
        let key = ItemKey { file, name };
        if let Some(id) = TABLE.read().unwrap_or_else(|e| e.into_inner()).ids.get(&key) {
            return *id;
        }
        let mut table = TABLE.write().unwrap_or_else(|e| e.into_inner());
        let next = ItemId(table.keys.len() as u32);
        let id = *table.ids.entry(key).or_insert(next);
        if id == next {
            table.keys.push(key);
        }
        id
    }

    /// What it stands for.
    pub fn key(self) -> ItemKey {
        TABLE.read().unwrap_or_else(|e| e.into_inner()).keys[self.0 as usize]
    }

    /// Its number in this process; never in an output, never an order.
    pub const fn index(self) -> u32 {
        self.0
    }

    /// The item that [`ItemId::index`] gave the number of.
    pub const fn from_index(index: u32) -> ItemId {
        ItemId(index)
    }
}

impl fmt::Debug for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key();
        write!(f, "{}:{}", key.file, key.name)
    }
}

/// The place that wrote a value: a node of an item.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The item.
    pub item: ItemId,
    /// Number of the node in it.
    pub node: u32,
}

impl Origin {
    /// Nobody wrote it.
    pub const NOWHERE: Origin = Origin { item: ItemId::NOWHERE, node: 0 };

    /// Node `node` of `item`.
    pub const fn new(item: ItemId, node: u32) -> Origin {
        Origin { item, node }
    }

    /// Did nobody write it?
    pub fn is_nowhere(self) -> bool {
        self.item == ItemId::NOWHERE
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}#{}", self.item, self.node)
    }
}
