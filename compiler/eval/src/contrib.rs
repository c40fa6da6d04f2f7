//! Who writes the fields of an entry.

use crate::Layer;
use crate::chain::truth;
use crate::merge::{Act, Mark, Op};
use crate::names::n;
use crate::ops::{Base, Only, Ops};
use crate::problems::{Active, What};
use crate::state::{Cell, Contributor, EntryIx, Eval, Guard, Says, UnitIx, Writer};
use crate::values::symbol_of;
use kss_ir::{EntryRef, RemoveTarget, Tune, TuneTarget};
use kss_span::{Origin, Symbol};
use kss_value::Value;
use std::rc::Rc;

impl<'a> Eval<'a> {
    /// Everybody who may write fields of an entry, lowest layer first.
    pub(crate) fn contributors(&mut self, ix: EntryIx) -> Rc<[Contributor<'a>]> {
        if let Some(known) = &self.entry(ix).contributors {
            return known.clone();
        }
        let mut out = Vec::new();
        if self.entry(ix).key.kind == n().module {
            self.option_contributors(ix, &mut out);
        } else {
            self.instance_contributors(ix, &mut out);
            self.tune_contributors(ix, &mut out);
            self.each_contributors(ix, &mut out);
            self.remove_contributors(ix, &mut out);
        }
        out.sort_by_key(|c| (c.layer, rank_of(c.writer), c.node));
        let out: Rc<[Contributor<'a>]> = out.into();
        self.entries[ix as usize].contributors = Some(out.clone());
        out
    }

    /// `use cilium { … }` and `tune cilium { … }`
    fn option_contributors(&mut self, ix: EntryIx, out: &mut Vec<Contributor<'a>>) {
        let key = self.entry(ix).key.clone();
        for (unit, used) in self.uses.get(&(key.scope, key.name)).cloned().unwrap_or_default() {
            out.push(self.fields_of(unit, ix, used.node, None, &used.options));
        }
        for (unit, tune) in self.module_tunes.get(&key.name).cloned().unwrap_or_default() {
            let target = self.module_in_use(self.unit(unit).scope, key.name);
            if target.is_some_and(|m| self.module(m).entry == ix) {
                out.push(self.fields_of(unit, ix, tune.node, tune.because.clone(), &tune.fields));
            }
        }
    }

    fn tune_contributors(&mut self, ix: EntryIx, out: &mut Vec<Contributor<'a>>) {
        let key = self.entry(ix).key.clone();
        if self.reach.tuned_from_machines.contains(&key.kind) {
            self.inner(key.scope);
        }
        for (unit, tune) in self.tunes.get(&(key.kind, key.name)).cloned().unwrap_or_default() {
            let TuneTarget::Entry(target) = &tune.target else { continue };
            if self.names_entry(ix, target) && self.reaches(unit, ix, target) {
                out.push(self.fields_of(unit, ix, tune.node, tune.because.clone(), &tune.fields));
            }
        }
        for (unit, tune) in self.computed_tunes.get(&key.kind).cloned().unwrap_or_default() {
            let Some(target) = self.computed_target(unit, tune) else { continue };
            if self.names_entry(ix, &target) && self.reaches(unit, ix, &target) {
                out.push(self.fields_of(unit, ix, tune.node, tune.because.clone(), &tune.fields));
            }
        }
    }

    /// The entry that a `tune` with a computed name means.
    pub(crate) fn computed_target(&mut self, unit: UnitIx, tune: &'a Tune) -> Option<EntryRef> {
        let TuneTarget::Computed { kind, kubernetes, name, within } = &tune.target else { return None };
        let cx = self.unit_cx(unit);
        let mut frame = self.unit_frame(unit);
        let name = symbol_of(&self.key_value(name, &cx, &mut frame))?;
        let mut optional = |me: &mut Self, key: &'a Option<kss_ir::Key>| {
            let key = key.as_ref()?;
            symbol_of(&me.key_value(key, &cx, &mut frame))
        };
        let kubernetes = optional(self, kubernetes);
        let within = optional(self, within);
        Some(EntryRef { kind: *kind, name, kubernetes, within })
    }

    /// Is the entry the nearest of that name, seen from a unit?
    fn reaches(&mut self, unit: UnitIx, ix: EntryIx, target: &EntryRef) -> bool {
        let home = self.entry(ix).key.scope;
        for scope in self.outwards(self.unit(unit).scope) {
            if scope == home {
                return true;
            }
            if self.heads.contains_key(&(scope, target.kind)) {
                let nearer = self.members_of(scope, target.kind);
                if nearer.iter().any(|near| self.names_entry(*near, target)) {
                    return false;
                }
            }
        }
        false
    }

    fn each_contributors(&mut self, ix: EntryIx, out: &mut Vec<Contributor<'a>>) {
        for (unit, each) in self.eaches_of(ix) {
            let mut contributor = self.fields_of(unit, ix, each.node, None, &each.body.fields);
            contributor.guard = each.filter.is_some().then_some(Guard { each, unit, entry: ix });
            if let Says::Fields { cx, .. } = &mut contributor.says {
                *cx = self.each_cx(unit, ix);
            }
            out.push(contributor);
        }
    }

    fn remove_contributors(&mut self, ix: EntryIx, out: &mut Vec<Contributor<'a>>) {
        let key = self.entry(ix).key.clone();
        for (unit, remove) in self.removes.get(&(key.kind, key.name)).cloned().unwrap_or_default() {
            let RemoveTarget::Entry { entry, path } = &remove.target else { continue };
            let unit = self.unit(unit);
            if !path.is_empty() && self.names_entry(ix, entry) && unit.scope == key.scope {
                let origin = Origin::new(unit.item, remove.node);
                out.push(Contributor {
                    writer: unit.writer,
                    layer: unit.layer,
                    node: remove.node,
                    because: None,
                    guard: None,
                    says: Says::Remove { path, origin },
                });
            }
        }
    }

    fn fields_of(
        &self,
        unit_ix: UnitIx,
        ix: EntryIx,
        node: u32,
        because: Option<std::sync::Arc<str>>,
        fields: &'a kss_ir::FieldBlocks,
    ) -> Contributor<'a> {
        let unit = self.unit(unit_ix);
        let cx = self.unit_cx(unit_ix).with_entry(self.entry(ix).key.clone());
        Contributor {
            writer: unit.writer,
            layer: unit.layer,
            node,
            because,
            guard: None,
            says: Says::Fields { fields, cx, frame: unit.frame.clone() },
        }
    }

    /// The `where` of an `each` for one entry.
    pub(crate) fn guard(&mut self, guard: Guard<'a>) -> Value {
        let Some(filter) = &guard.each.filter else { return Value::bool(true, Origin::NOWHERE) };
        let id = (std::ptr::from_ref(guard.each) as usize, guard.unit, guard.entry);
        match self.guards.get(&id) {
            Some(Cell::Done(value)) => return value.clone(),
            Some(Cell::Busy) => {
                self.cycle(&What::Guard(id), Origin::NOWHERE);
                return Value::poison(Origin::NOWHERE);
            }
            _ => {}
        }
        let key = self.entry(guard.entry).key.clone();
        let cx = self.each_cx(guard.unit, guard.entry).with_this(crate::context::This::Entry(key));
        let mut frame = self.unit_frame(guard.unit);
        self.guards.insert(id, Cell::Busy);
        self.active.push(Active { what: What::Guard(id), at: cx.at(guard.each.node) });
        let value = self.eval(filter, &cx, &mut frame);
        self.active.pop();
        self.guards.insert(id, Cell::Done(value.clone()));
        value
    }

    /// The contributions to one field, its name taken off the paths; or, without a name, to every field for which `only`
    /// holds, names left on.
    pub(crate) fn gather(
        &mut self,
        ix: EntryIx,
        field: Option<Symbol>,
        only: &Only<'a>,
        ty: Option<&'a kss_ir::Ty>,
    ) -> Ops<'a> {
        let contributors = self.contributors(ix);
        let mut ops = Ops::new(ty);
        ops.whole = field.is_none();
        for (who, contributor) in contributors.iter().enumerate() {
            let base = Base { layer: contributor.layer, because: contributor.because.clone(), who: who as u32 };
            match &contributor.says {
                Says::Remove { path, origin } => {
                    let Some(first) = path.first() else { continue };
                    if field.is_none_or(|field| field == *first) && only.takes(*first) {
                        let mark = Mark { layer: base.layer, because: None, origin: *origin, who: base.who };
                        ops.list.push(Op { path: path.to_vec(), act: Act::Remove, mark });
                    }
                }
                Says::Fields { fields, cx, frame } => {
                    let own = |name: &Symbol| field.is_none_or(|field| field == *name) && only.takes(*name);
                    let blocks: Vec<_> = match field {
                        Some(field) => fields.fields.get(&field).into_iter().collect(),
                        None => fields.fields.iter().filter(|(name, _)| own(name)).map(|(_, block)| block).collect(),
                    };
                    if blocks.is_empty() && fields.rest.is_none() {
                        continue;
                    }
                    if !self.admits(contributor, field, &mut ops) {
                        continue;
                    }
                    let mut prefix = Vec::new();
                    for block in blocks {
                        let mut frame = frame.into();
                        self.block_ops(block, cx, &mut frame, &mut ops, &base, &mut prefix, &Only::All);
                    }
                    if let Some(rest) = &fields.rest {
                        let mut frame = frame.into();
                        let wanted = field.map_or_else(|| only.clone(), Only::One);
                        self.block_ops(rest, cx, &mut frame, &mut ops, &base, &mut prefix, &wanted);
                    }
                }
            }
        }
        if field.is_some() {
            for op in &mut ops.list {
                if !op.path.is_empty() {
                    op.path.remove(0);
                }
            }
        }
        self.keep_overlays_private(ix, field, &mut ops);
        ops
    }

    /// Does the contributor's condition hold?
    fn admits(&mut self, contributor: &Contributor<'a>, field: Option<Symbol>, ops: &mut Ops<'a>) -> bool {
        let Some(guard) = contributor.guard else { return true };
        let value = self.guard(guard);
        match truth(&value) {
            Some(holds) => holds,
            None => {
                let origin = self.unit_cx(guard.unit).at(guard.each.node);
                let mark = Mark { layer: contributor.layer, because: None, origin, who: 0 };
                ops.list.push(Op { path: field.into_iter().collect(), act: Act::Poison, mark });
                false
            }
        }
    }

    /// Is something on the way along a path private?
    fn is_private_path(&self, layout: &crate::layout::Layout<'a>, path: &[Symbol]) -> bool {
        use crate::layout::Slot;
        let Some((first, rest)) = path.split_first() else { return false };
        let Some(slot) = layout.slot(*first) else { return false };
        let (private, mut ty) = match layout.slots[slot as usize].1 {
            Slot::Field(sig) => (sig.private, Some(&sig.ty)),
            Slot::Option(_, option) => (option.private, Some(&option.ty)),
            _ => (false, None),
        };
        if private {
            return true;
        }
        for name in rest {
            let Some(here) = ty else { return false };
            if self.private_field(here, *name) {
                return true;
            }
            ty = self.below(here, *name);
        }
        false
    }

    fn private_field(&self, ty: &kss_ir::Ty, name: Symbol) -> bool {
        match ty {
            kss_ir::Ty::Optional(ty) | kss_ir::Ty::Refined(ty, _) => self.private_field(ty, name),
            kss_ir::Ty::Record(id) => {
                let field = self.record_def(*id).and_then(|def| def.field(name));
                field.is_some_and(|field| field.private)
            }
            _ => false,
        }
    }

    /// An overlay of the site may set private things only.
    fn keep_overlays_private(&mut self, ix: EntryIx, field: Option<Symbol>, ops: &mut Ops<'a>) {
        if !ops.list.iter().any(|op| op.mark.layer == Layer::Overlay) {
            return;
        }
        let entry = self.entry(ix);
        let collection = self.private_collection(entry.key.scope.kind, entry.key.kind);
        let layout = entry.layout.clone();
        let key = entry.key.clone();
        let mut refused = Vec::new();
        ops.list.retain_mut(|op| {
            if op.mark.layer != Layer::Overlay {
                return true;
            }
            let path: Vec<Symbol> = field.into_iter().chain(op.path.iter().copied()).collect();
            let fine = collection
                || matches!(op.act, Act::Touch | Act::Poison | Act::Hide)
                || self.is_private_path(&layout, &path);
            if fine {
                // Before they are merged, so that no message about that shows them.
                op.act.hide();
            } else {
                refused.push((op.mark.origin, path));
            }
            fine
        });
        for (origin, path) in refused {
            let path: Vec<&str> = path.iter().map(|s| s.as_str()).collect();
            let message = format!(
                "`{}` of {} `{}` is not private: an overlay may set private things only",
                path.join("."),
                key.kind,
                key.name
            );
            let report = kss_diag::code::NOT_PRIVATE.at(origin, message).label("not private");
            self.report(report.help("write it in the tracked file, or mark the field `private` where it is declared"));
        }
    }
}

/// Modules before the files of sites and clusters, in natural order of their names.
fn rank_of(writer: Writer) -> (bool, Symbol) {
    (!writer.module, writer.name)
}
