//! Which fields an entry has.

use crate::names::n;
use crate::state::Eval;
use kss_ir::{FieldSig, LetSig, ModuleIr, OptionIr, RecordDef, RecordId, Ty};
use kss_span::Symbol;
use kss_value::ScopeKind;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// The cells of an entry.
pub(crate) struct Layout<'a> {
    pub(crate) slots: Vec<(Symbol, Slot<'a>)>,
    index: FxHashMap<Symbol, u32>,
    /// The declared record, if it is one.
    pub(crate) record: Option<&'a RecordDef>,
    /// The cell that holds everything else: all of free-form data, or what an open record has beyond its fields.
    pub(crate) rest: Option<u32>,
}

/// What a cell holds.
#[derive(Clone, Copy)]
pub(crate) enum Slot<'a> {
    /// A field of a record.
    Field(&'a FieldSig),
    /// A `let` of a record.
    Let(&'a LetSig),
    /// An option of a module.
    Option(&'a ModuleIr, &'a OptionIr),
    /// All of an entry that has no declared fields.
    Whole(&'a Ty),
    /// Undeclared fields of an open record.
    Open,
}

impl<'a> Layout<'a> {
    fn new(slots: Vec<(Symbol, Slot<'a>)>, record: Option<&'a RecordDef>) -> Layout<'a> {
        let index = slots.iter().enumerate().map(|(at, (name, _))| (*name, at as u32)).collect();
        let rest = slots.iter().position(|(_, slot)| matches!(slot, Slot::Whole(_) | Slot::Open)).map(|at| at as u32);
        Layout { slots, index, record, rest }
    }

    /// The cell of a declared field or `let`.
    pub(crate) fn slot(&self, name: Symbol) -> Option<u32> {
        self.index.get(&name).copied().filter(|_| name != n().empty)
    }

    /// Is it a declared field that can be set?
    pub(crate) fn settable(&self, name: Symbol) -> bool {
        self.slot(name).is_some_and(|at| matches!(self.slots[at as usize].1, Slot::Field(_) | Slot::Option(..)))
    }

    /// Names of all cells.
    pub(crate) fn names(&self) -> impl Iterator<Item = Symbol> + '_ {
        self.slots.iter().map(|(name, _)| *name).filter(|name| *name != n().empty)
    }
}

impl<'a> Eval<'a> {
    /// The definition of a record.
    pub(crate) fn record_def(&self, id: RecordId) -> Option<&'a RecordDef> {
        self.program.records.get(&id).map(|def| &**def)
    }

    fn record_layout(&mut self, id: RecordId, scope: bool) -> Rc<Layout<'a>> {
        if let Some(layout) = self.layouts.get(&id) {
            return layout.clone();
        }
        let def = self.record_def(id);
        let mut slots = Vec::new();
        if let Some(def) = def {
            // Collections of a scope whose entries are entries: `network`, `machine`.
            let collection =
                |name: &Symbol, ty: &Ty| scope && self.program.kinds.contains_key(name) && matches!(ty, Ty::Map(..));
            slots.extend(def.fields.iter().filter(|f| !collection(&f.name, &f.ty)).map(|f| (f.name, Slot::Field(f))));
            slots.extend(def.lets.iter().map(|l| (l.name, Slot::Let(l))));
            if def.open {
                slots.push((n().empty, Slot::Open));
            }
        }
        let layout = Rc::new(Layout::new(slots, def));
        self.layouts.insert(id, layout.clone());
        layout
    }

    /// The cells of a scope's own entry.
    pub(crate) fn scope_layout(&mut self, kind: ScopeKind) -> Rc<Layout<'a>> {
        match self.program.scope_types.get(&kind).copied() {
            Some(id) => self.record_layout(id, true),
            None => Rc::new(Layout::new(Vec::new(), None)),
        }
    }

    /// The cells of an entry of `kind`.
    pub(crate) fn kind_layout(&mut self, kind: Symbol) -> Rc<Layout<'a>> {
        if let Some(layout) = self.kind_layouts.get(&kind) {
            return layout.clone();
        }
        let scope = match kind.as_str() {
            "site" => Some(ScopeKind::Site),
            "machine" => Some(ScopeKind::Machine),
            "cluster" => Some(ScopeKind::Cluster),
            "node" => Some(ScopeKind::Node),
            _ => None,
        };
        let layout = match (scope, self.program.kinds.get(&kind)) {
            (Some(scope), _) => self.scope_layout(scope),
            (None, Some(sig)) => self.type_layout(&sig.ty),
            (None, None) => Rc::new(Layout::new(Vec::new(), None)),
        };
        self.kind_layouts.insert(kind, layout.clone());
        layout
    }

    /// The cells of an entry of a type.
    pub(crate) fn type_layout(&mut self, ty: &'a Ty) -> Rc<Layout<'a>> {
        match ty {
            Ty::Record(id) => self.record_layout(*id, false),
            Ty::Refined(base, _) | Ty::Optional(base) => self.type_layout(base),
            _ => Rc::new(Layout::new(vec![(n().empty, Slot::Whole(ty))], None)),
        }
    }

    /// The options of a module.
    pub(crate) fn module_layout(&mut self, module: &'a ModuleIr) -> Rc<Layout<'a>> {
        let options = module.options.iter().map(|(name, option)| (*name, Slot::Option(module, option)));
        Rc::new(Layout::new(options.collect(), None))
    }
}
