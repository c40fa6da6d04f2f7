//! Fields, each computed once, when somebody asks.

use crate::context::{Cx, Frame, This};
use crate::finish::{Around, Place};
use crate::layout::Slot;
use crate::merge::merge;
use crate::names::n;
use crate::ops::Only;
use crate::problems::{Active, What};
use crate::state::{Cell, EntryIx, Eval, UnitIx};
use crate::values::{private_deep, taint};
use crate::why;
use kss_diag::code;
use kss_ir::{LetIr, LetSig, LocalLet, RecordDef};
use kss_span::{ItemId, Origin, Symbol};
use kss_value::{Kind, Value};
use std::rc::Rc;

/// Stack that an evaluation needs at least before it goes one level deeper, and how much is added.
const RED_ZONE: usize = 256 * 1024;
const MORE_STACK: usize = 4 * 1024 * 1024;

/// Runs `f` with enough stack for another level.
pub(crate) fn deeper<T>(f: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(RED_ZONE, MORE_STACK, f)
}

/// Levels of records and lists in one value. Whatever walks through values may go this deep without care for its stack.
pub(crate) const DEEPEST: usize = 200;

/// Values in one value. What is written once may stand in it many times: forty lines of `let b = [a, a]` are more than anybody can
/// walk through.
const LARGEST: u64 = 10_000_000;

/// Why nothing may walk through a value.
enum Excess {
    Deep,
    Large,
}

/// Walks through a value of at most so many levels and values.
fn measure(value: &Value, levels: usize, left: &mut u64) -> Result<(), Excess> {
    let mut below = |value: &Value| {
        *left = left.checked_sub(1).ok_or(Excess::Large)?;
        measure(value, levels.checked_sub(1).ok_or(Excess::Deep)?, left)
    };
    match value.kind() {
        Kind::Record(record) => record.iter().try_for_each(|(_, value)| below(value)),
        Kind::List(items) | Kind::Set(items) => items.iter().try_for_each(below),
        Kind::Case(_, Some(payload)) => below(payload),
        _ => Ok(()),
    }
}

impl<'a> Eval<'a> {
    /// The value, if it is not too deep or large to be walked through.
    pub(crate) fn fathom(&mut self, value: Value, at: Origin) -> Value {
        match measure(&value, DEEPEST, &mut { LARGEST }) {
            Ok(()) => return value,
            Err(Excess::Deep) => self.too_deep(at),
            Err(Excess::Large) => {
                let message = format!("this value has more than {LARGEST} values in it");
                let report = code::TOO_LARGE.at(at, message).label("too large");
                self.report(report.help("name what stands in it many times once, and refer to it"));
            }
        }
        Value::poison(at)
    }

    /// Reports a value with too many levels.
    pub(crate) fn too_deep(&mut self, at: Origin) {
        let message = format!("this value has more than {DEEPEST} levels of records and lists");
        let report = code::TOO_DEEP.at(at, message).label("too deep");
        self.report(report.help("write what is inside as an entry or a file of its own"));
    }

    /// The value of a cell; `at` asks.
    pub(crate) fn force(&mut self, ix: EntryIx, slot: u32, at: Origin) -> Value {
        match &self.entry(ix).cells[slot as usize] {
            Cell::Done(value) => {
                let value = value.clone();
                if let Some(late) = self.late_cells.get(&(ix, slot)) {
                    self.late = Some(late.clone());
                }
                value
            }
            Cell::Failed(reports) => {
                for report in Rc::clone(reports).iter() {
                    self.report(report.clone());
                }
                Value::poison(at)
            }
            Cell::Busy => {
                self.cycle(&What::Cell(ix, slot), at);
                Value::poison(at)
            }
            Cell::Empty => {
                self.entries[ix as usize].cells[slot as usize] = Cell::Busy;
                self.active.push(Active { what: What::Cell(ix, slot), at });
                let outer_late = self.late.take();
                let quiet = self.quiet && matches!(self.entry(ix).layout.slots[slot as usize].1, Slot::Let(_));
                let outer_reports = quiet.then(|| std::mem::take(&mut self.reports));
                let value = deeper(|| self.compute(ix, slot));
                let origin = self.entry(ix).origin;
                let value = self.fathom(value, origin);
                let late = std::mem::replace(&mut self.late, outer_late);
                self.active.pop();
                if let Some(outer) = outer_reports {
                    let found = std::mem::replace(&mut self.reports, outer).finish();
                    if !found.is_empty() {
                        found.iter().for_each(|report| self.report(report.clone()));
                        self.entries[ix as usize].cells[slot as usize] = Cell::Failed(found.into());
                        return Value::poison(at);
                    }
                }
                if let Some(late) = late {
                    let late = self.lengthen(late, &What::Cell(ix, slot), at);
                    self.late_cells.insert((ix, slot), late.clone());
                    self.late = Some(late);
                }
                self.entries[ix as usize].cells[slot as usize] = Cell::Done(value.clone());
                value
            }
        }
    }

    fn compute(&mut self, ix: EntryIx, slot: u32) -> Value {
        let layout = self.entry(ix).layout.clone();
        let (name, slot) = layout.slots[slot as usize];
        let key = self.entry(ix).key.clone();
        let place = match slot {
            Slot::Let(sig) => return self.entry_let(sig, &self.type_cx(ix, sig.origin.item)),
            Slot::Field(sig) => Place::of_field(sig, self.type_cx(ix, sig.origin.item)),
            Slot::Option(module, option) => {
                let cx = self.module_cx(ix).unwrap_or_else(|| Cx::new(module.item, key.scope));
                Place::of_option(name, module, option, cx)
            }
            Slot::Whole(ty) => Place::free(Some(ty), self.type_cx(ix, ItemId::NOWHERE)),
            Slot::Open => Place::free(None, self.type_cx(ix, ItemId::NOWHERE)),
        };
        let only = if matches!(slot, Slot::Open) { Only::Undeclared(layout.clone()) } else { Only::All };
        let field = (name != n().empty).then_some(name);
        let ops = self.gather(ix, field, &only, place.ty);
        let several = ops.list.len() > 1;
        self.entries[ix as usize].unchecked.extend(ops.unchecked);
        let merged = merge(ops.list);
        self.report_problems(ix, field, &merged.problems);
        let (value, tree) = self.settle(&place, merged.tree.map(Rc::new), &merged.removes, Some(ix));
        if let Some(tree) = tree.filter(|_| several || field.is_some()) {
            self.keep_why(ix, field, &tree);
        }
        self.hide(value, self.private_collection(key.scope.kind, key.kind))
    }

    fn keep_why(&mut self, ix: EntryIx, field: Option<Symbol>, tree: &crate::tree::Tree) {
        let contributors = self.contributors(ix);
        let scope = self.entry(ix).key.scope.name;
        let writers = |who: u32| contributors.get(who as usize).map_or(scope, |c| c.writer.name);
        let mut leaves = Vec::new();
        why::collect(tree, &writers, &mut field.into_iter().collect(), &mut leaves);
        self.entries[ix as usize].why.append(&mut leaves);
    }

    /// The context of bodies of an entry's type.
    pub(crate) fn type_cx(&self, ix: EntryIx, item: ItemId) -> Cx<'a> {
        let key = self.entry(ix).key.clone();
        let mut cx = Cx::new(item, crate::world::home(&key)).with_entry(key.clone());
        cx.this = This::Entry(key);
        cx
    }

    /// The context of a module in use, by its entry.
    fn module_cx(&self, ix: EntryIx) -> Option<Cx<'a>> {
        let module = self.modules.iter().find(|m| m.entry == ix)?;
        Some(self.unit_cx(module.unit))
    }

    /// A `let` of a type.
    pub(crate) fn entry_let(&mut self, sig: &'a LetSig, cx: &Cx<'a>) -> Value {
        let Some(value) = &sig.value else { return Value::poison(sig.origin) };
        let value = self.eval(value, cx, &mut Frame::default());
        match &sig.refine {
            Some(refine) => self.refine(refine, value, &Around::of(cx), Some(sig.name)),
            None => value,
        }
    }

    /// An option or `let` of the statements around.
    pub(crate) fn unit_name(&mut self, cx: &Cx<'a>, name: Symbol, at: Origin) -> Value {
        let mut next = cx.unit;
        let mut module = None;
        while let Some(ix) = next {
            if let Some(found) = self.unit(ix).stmts.lets.get(&name) {
                return self.unit_let(ix, name, found, at);
            }
            module = module.or(self.unit(ix).module);
            next = self.unit(ix).parent;
        }
        if let Some(module) = module {
            let entry = self.module(module).entry;
            if let Some(slot) = self.entry(entry).layout.slot(name) {
                return self.force(entry, slot, at);
            }
        }
        Value::poison(at)
    }

    fn unit_let(&mut self, unit: UnitIx, name: Symbol, ir: &'a LetIr, at: Origin) -> Value {
        let id = (unit, name);
        match self.lets.get(&id) {
            Some(Cell::Done(value)) => {
                let value = value.clone();
                if let Some(late) = self.late_lets.get(&id) {
                    self.late = Some(late.clone());
                }
                self.marks.read_let(id);
                return value;
            }
            Some(Cell::Busy) => {
                self.cycle(&What::Let(unit, name), at);
                return Value::poison(at);
            }
            _ => {}
        }
        self.lets.insert(id, Cell::Busy);
        self.active.push(Active { what: What::Let(unit, name), at });
        let outer_late = self.late.take();
        self.marks.begin();
        let cx = self.unit_cx(unit);
        let mut frame = self.unit_frame(unit);
        let value = deeper(|| self.let_value(ir, &cx, &mut frame));
        let value = self.fathom(value, ir.origin);
        self.marks.end_let(id);
        let late = std::mem::replace(&mut self.late, outer_late);
        self.active.pop();
        if let Some(late) = late {
            self.late_lets.insert(id, late.clone());
            self.late = Some(late);
        }
        self.lets.insert(id, Cell::Done(value.clone()));
        value
    }

    fn let_value(&mut self, ir: &'a LetIr, cx: &Cx<'a>, frame: &mut Frame) -> Value {
        let value = self.eval(&ir.value, cx, frame);
        match &ir.refine {
            Some(refine) => {
                self.refine(refine, value, &Around { this: &This::None, scope: cx.scope, entry: None }, None)
            }
            None => value,
        }
    }

    /// A `let` of a body.
    pub(crate) fn local_let(&mut self, local: &'a LocalLet, cx: &Cx<'a>, fr: &mut Frame) {
        let value = self.eval(&local.value, cx, fr);
        let value = match &local.refine {
            Some(refine) => {
                self.refine(refine, value, &Around { this: &This::None, scope: cx.scope, entry: None }, None)
            }
            None => value,
        };
        fr.set(local.slot, value);
    }

    /// A `let` of a file.
    pub(crate) fn file_let(&mut self, item: ItemId, cx: &Cx<'a>, at: Origin) -> Value {
        let Some(ir) = self.program.file_lets.get(&item).map(|ir| &**ir) else { return Value::poison(at) };
        match self.file_lets.get(&item) {
            Some(Cell::Done(value)) => return value.clone(),
            Some(Cell::Busy) => {
                self.cycle(&What::FileLet(item), at);
                return Value::poison(at);
            }
            _ => {}
        }
        self.file_lets.insert(item, Cell::Busy);
        self.active.push(Active { what: What::FileLet(item), at });
        let own = Cx::new(ir.origin.item, cx.scope);
        let value = deeper(|| self.let_value(ir, &own, &mut Frame::default()));
        let value = self.fathom(value, ir.origin);
        self.active.pop();
        self.file_lets.insert(item, Cell::Done(value.clone()));
        value
    }

    /// A `let` or field of a finished record.
    pub(crate) fn value_field(
        &mut self,
        value: &Value,
        def: &'a RecordDef,
        name: Symbol,
        cx: &Cx<'a>,
        at: Origin,
    ) -> Value {
        if let Some(found) = value.get(name) {
            return found.clone();
        }
        if let Some(sig) = def.let_(name) {
            let mut own = cx.in_item(sig.origin.item);
            own.this = This::Value(value.clone(), def);
            if self.needs_itself(sig.origin, name) {
                return Value::poison(at);
            }
            self.derived.push((sig.origin, name));
            let found = deeper(|| self.entry_let(sig, &own));
            self.derived.pop();
            return taint(found, value.flags().has(kss_value::Flags::PRIVATE) && value.get(n().hidden_name).is_none());
        }
        match crate::values::hidden_name(value) {
            Some(hidden) if name == n().name => hidden.clone(),
            _ => Value::poison(at),
        }
    }

    /// Does the `let` of a record need itself? One `let` may be read on each of the values in a value, but these are not nested
    /// deeper than values may be.
    fn needs_itself(&mut self, origin: Origin, name: Symbol) -> bool {
        if self.endless.contains(&origin) {
            return true;
        }
        if self.derived.len() <= DEEPEST || self.derived.iter().filter(|(o, _)| *o == origin).count() <= DEEPEST {
            return false;
        }
        let from = self.derived.iter().rposition(|(o, _)| *o == origin).unwrap_or(0);
        let circle: Vec<(Origin, Symbol)> = self.derived[from..].to_vec();
        let names: Vec<String> = circle.iter().map(|(_, name)| format!("`{name}`")).collect();
        let mut report = kss_diag::code::FIELD_CYCLE.at(origin, format!("`{name}` depends on itself"));
        for (other, name) in circle.iter().skip(1) {
            report = report.also(*other, format!("`{name}` is needed for it"));
        }
        self.report(
            report.note(format!("{} → `{name}`", names.join(" → "))).help("give one of them a value of its own"),
        );
        self.endless.extend(circle.iter().map(|(o, _)| *o));
        true
    }

    /// Marks what a private place holds.
    pub(crate) fn hide(&self, value: Value, private: bool) -> Value {
        if private { private_deep(&value) } else { value }
    }
}
