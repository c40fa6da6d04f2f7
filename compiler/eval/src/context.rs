//! Where an expression stands: what its names mean.

use crate::record::Partial;
use crate::state::UnitIx;
use kss_ir::RecordDef;
use kss_span::{ItemId, Origin};
use kss_value::{EntryKey, ScopeKey, Value};
use std::rc::Rc;
use std::sync::Arc;

/// See the module.
#[derive(Clone)]
pub(crate) struct Cx<'a> {
    /// Nodes are numbered in it.
    pub(crate) item: ItemId,
    /// What `site`, `cluster`, `machine`, `node` are looked up from.
    pub(crate) scope: ScopeKey,
    /// The statements around, with their `let`s and options.
    pub(crate) unit: Option<UnitIx>,
    /// The entry around: its owner, its own secrets.
    pub(crate) entry: Option<Arc<EntryKey>>,
    /// What fields without a base belong to.
    pub(crate) this: This<'a>,
}

/// `self` of bodies of types.
#[derive(Clone)]
pub(crate) enum This<'a> {
    /// There is none.
    None,
    /// An entry.
    Entry(Arc<EntryKey>),
    /// A record that is being made.
    Partial(Rc<Partial<'a>>),
    /// A record that is finished.
    Value(Value, &'a RecordDef),
}

impl<'a> Cx<'a> {
    pub(crate) fn new(item: ItemId, scope: ScopeKey) -> Cx<'a> {
        Cx { item, scope, unit: None, entry: None, this: This::None }
    }

    pub(crate) fn in_unit(mut self, unit: UnitIx) -> Cx<'a> {
        self.unit = Some(unit);
        self
    }

    pub(crate) fn with_entry(mut self, entry: Arc<EntryKey>) -> Cx<'a> {
        self.entry = Some(entry);
        self
    }

    pub(crate) fn with_this(mut self, this: This<'a>) -> Cx<'a> {
        self.this = this;
        self
    }

    /// The same place in another item: the body of a type.
    pub(crate) fn in_item(&self, item: ItemId) -> Cx<'a> {
        Cx { item, ..self.clone() }
    }

    pub(crate) fn at(&self, node: u32) -> Origin {
        Origin::new(self.item, node)
    }
}

/// Values of locals.
#[derive(Clone, Default)]
pub(crate) struct Frame(Vec<Value>);

impl Frame {
    pub(crate) fn get(&self, slot: u32) -> Value {
        self.0.get(slot as usize).cloned().unwrap_or_else(|| Value::poison(Origin::NOWHERE))
    }

    pub(crate) fn set(&mut self, slot: u32, value: Value) {
        let slot = slot as usize;
        if self.0.len() <= slot {
            self.0.resize(slot + 1, Value::poison(Origin::NOWHERE));
        }
        self.0[slot] = value;
    }

    pub(crate) fn share(&self) -> Rc<[Value]> {
        self.0.as_slice().into()
    }

    pub(crate) fn with(values: Vec<Value>) -> Frame {
        Frame(values)
    }
}

impl From<&Rc<[Value]>> for Frame {
    fn from(values: &Rc<[Value]>) -> Frame {
        Frame(values.to_vec())
    }
}
