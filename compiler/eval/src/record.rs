//! Records of declared types: given fields, then defaults, each evaluated when somebody asks, then conditions and checks.

use crate::Layer;
use crate::cells::deeper;
use crate::context::{Cx, This};
use crate::finish::{Place, poisoned};
use crate::merge::{Act, Mark, Op, merge};
use crate::names::n;
use crate::ops::{Base, Only, Ops};
use crate::problems::{Active, What};
use crate::state::Eval;
use crate::tree::{Branch, Tree};
use crate::values::{doubt, private_shape};
use kss_diag::{code, did_you_mean};
use kss_ir::{Block, ExprKind, Key as IrKey, RecordDef, StmtKind};
use kss_span::{Origin, Symbol};
use kss_value::{RecordBuilder, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// The name of an entry of a keyed collection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pub(crate) name: Symbol,
    pub(crate) origin: Origin,
}

/// A record that is being made.
pub(crate) struct Partial<'a> {
    def: &'a RecordDef,
    key: Option<Key>,
    origin: Origin,
    /// A field that nobody wrote may be one that could not be evaluated.
    doubt: bool,
    /// Scope and entry around.
    cx: Cx<'a>,
    /// Fields, then `let`s.
    slots: RefCell<Vec<Slot>>,
}

enum Slot {
    Given(Option<Rc<Tree>>),
    Busy,
    Done(Value),
}

impl<'a> Eval<'a> {
    /// Fills a record up.
    pub(crate) fn complete(&mut self, def: &'a RecordDef, branch: &Branch, cx: &Cx<'a>, key: Option<Key>) -> Value {
        let mut slots: Vec<Slot> =
            def.fields.iter().map(|f| Slot::Given(branch.children.get(&f.name).cloned())).collect();
        slots.extend(def.lets.iter().map(|_| Slot::Given(None)));
        let partial = Rc::new(Partial {
            def,
            key,
            origin: branch.origin,
            doubt: branch.poisoned,
            cx: cx.clone().with_this(This::None),
            slots: RefCell::new(slots),
        });
        let mut builder = RecordBuilder::default();
        for field in &def.fields {
            let value = self.partial_field(&partial, field.name, branch.origin);
            builder.push(field.name, value.unwrap_or_else(|| Value::poison(branch.origin)));
        }
        for (name, child) in branch.children.iter().filter(|(name, _)| def.field(**name).is_none()) {
            if def.open {
                builder.push(*name, self.finish_free(child, cx));
            } else if *name != n().hidden_name {
                self.unknown_field(def, *name, child.top().map_or(branch.origin, |mark| mark.origin));
            }
        }
        if let Some(key) = key {
            builder.push(n().hidden_name, Value::text(key.name.as_str(), key.origin));
        }
        let value = poisoned(Value::record(builder.finish(), branch.origin), branch.poisoned);
        let value = private_shape(value, branch.private);
        self.record_checks(def, value, cx)
    }

    fn unknown_field(&mut self, def: &RecordDef, name: Symbol, at: Origin) {
        let hint = did_you_mean(&name, def.fields.iter().map(|f| f.name.as_str()));
        let message = format!("{} has no field `{name}`{hint}", def.name);
        self.report(code::UNKNOWN_FIELD.at(at, message).label("unknown").also(def.id.origin(), "declared here"));
    }

    /// `check`s of a record type, over a finished record.
    fn record_checks(&mut self, def: &'a RecordDef, value: Value, cx: &Cx<'a>) -> Value {
        let mut fine = true;
        for (item, check) in &def.checks {
            let mut own = cx.in_item(*item);
            own.this = This::Value(value.clone(), def);
            fine &= self.check(check, &own, &mut crate::context::Frame::default(), Some(value.origin()));
        }
        if fine { value } else { doubt(&value) }
    }

    /// A field or `let` of a record that is being made; `None` if it has none of that name.
    pub(crate) fn partial_field(&mut self, partial: &Rc<Partial<'a>>, name: Symbol, at: Origin) -> Option<Value> {
        let def = partial.def;
        let field = def.fields.iter().position(|f| f.name == name);
        let index = match field {
            Some(index) => index,
            None => match def.lets.iter().position(|l| l.name == name) {
                Some(index) => def.fields.len() + index,
                None if name == n().name => {
                    return partial.key.map(|key| Value::text(key.name.as_str(), key.origin));
                }
                None => return None,
            },
        };
        let tree = {
            let mut slots = partial.slots.borrow_mut();
            match &mut slots[index] {
                Slot::Done(value) => return Some(value.clone()),
                Slot::Busy => None,
                slot @ Slot::Given(_) => match std::mem::replace(slot, Slot::Busy) {
                    Slot::Given(tree) => Some(tree),
                    _ => None,
                },
            }
        };
        let what = What::Partial(Rc::as_ptr(partial) as usize, def.name, name);
        let Some(tree) = tree else {
            self.cycle(&what, at);
            return Some(Value::poison(at));
        };
        self.active.push(Active { what, at });
        let value = deeper(|| self.partial_value(partial, index, tree));
        self.active.pop();
        partial.slots.borrow_mut()[index] = Slot::Done(value.clone());
        Some(value)
    }

    fn partial_value(&mut self, partial: &Rc<Partial<'a>>, index: usize, tree: Option<Rc<Tree>>) -> Value {
        let def = partial.def;
        let inside = |item| partial.cx.in_item(item).with_this(This::Partial(partial.clone()));
        let Some(field) = def.fields.get(index) else {
            let sig = &def.lets[index - def.fields.len()];
            return self.entry_let(sig, &inside(sig.origin.item));
        };
        let cx = inside(field.origin.item);
        if tree.is_none() && !field.has_default {
            return self.missing_field(partial, field);
        }
        self.settle(&Place::of_field(field, cx), tree, &[], None).0
    }

    fn missing_field(&mut self, partial: &Partial<'a>, field: &kss_ir::FieldSig) -> Value {
        let at = partial.origin;
        if partial.doubt {
            return Value::poison(at);
        }
        let of = match partial.key {
            Some(key) => format!("`{}`", key.name),
            None => partial.def.name.to_string(),
        };
        let message = format!("`{}` of {of} is missing", field.name);
        let report = code::MISSING_FIELD.at(at, message).label(format!("`{}` is not written", field.name));
        let report = report.also(field.origin, format!("{} has it, without a default", partial.def.name));
        self.report(match &field.doc {
            Some(doc) => report.note(doc.to_string()),
            None => report,
        });
        Value::poison(at)
    }

    /// A literal of a declared type.
    pub(crate) fn typed(
        &mut self,
        def: &'a RecordDef,
        block: &'a Block,
        cx: &Cx<'a>,
        fr: &mut crate::context::Frame,
        at: Origin,
    ) -> Value {
        let branch = self.literal_branch(block, cx, fr, at, false);
        match branch {
            Ok(branch) => self.complete(def, &branch, cx, None),
            Err(value) => value,
        }
    }

    /// A literal without a declared type: data, a map.
    pub(crate) fn record(
        &mut self,
        block: &'a Block,
        cx: &Cx<'a>,
        fr: &mut crate::context::Frame,
        at: Origin,
    ) -> Value {
        match self.literal_branch(block, cx, fr, at, true) {
            Ok(branch) => self.finish_free(&Tree::Map(branch), cx),
            Err(value) => value,
        }
    }

    /// The fields of a literal, each by itself; `Err` has the value if it is a set.
    fn literal_branch(
        &mut self,
        block: &'a Block,
        cx: &Cx<'a>,
        fr: &mut crate::context::Frame,
        at: Origin,
        free: bool,
    ) -> Result<Branch, Value> {
        if let Some(branch) = self.simple_branch(block, cx, fr, at) {
            return Ok(branch);
        }
        let mut ops = Ops::new(None);
        ops.whole = true;
        let base = Base { layer: Layer::Module, because: None, who: 0 };
        self.block_ops(block, cx, fr, &mut ops, &base, &mut Vec::new(), &Only::All);
        let elements = free && ops.list.iter().any(|op| matches!(op.act, Act::Element(_)) && op.path.is_empty());
        if elements {
            return Err(set_of(ops.list, at));
        }
        if let Some((_, at)) = ops.unchecked.first() {
            let message = "`unchecked` names a path of an entry, and this record is a value of its own";
            let report = code::MISPLACED.at(*at, message).label("waives nothing here");
            self.report(
                report.help("write it in the body of the entry; an element of a list has the path of its list"),
            );
        }
        let merged = merge(ops.list);
        self.report_literal_problems(&merged.problems);
        for (path, mark) in &merged.removes {
            let missing = path.last().copied().unwrap_or(n().empty);
            let message = format!("there is no `{missing}` to remove");
            self.report(code::REMOVES_NOTHING.at(mark.origin, message).label("removes nothing"));
        }
        match merged.tree {
            None => Ok(Branch::new(at)),
            Some(Tree::Map(branch)) => Ok(Branch { origin: at, ..branch }),
            Some(Tree::Leaf(leaf)) => Err(leaf.value),
            Some(Tree::Empty | Tree::Grow(_)) => Err(Value::poison(at)),
        }
    }

    /// The common case: names with values and nothing else.
    fn simple_branch(
        &mut self,
        block: &'a Block,
        cx: &Cx<'a>,
        fr: &mut crate::context::Frame,
        at: Origin,
    ) -> Option<Branch> {
        let simple = block.stmts.iter().all(|stmt| match &stmt.kind {
            StmtKind::Set { path, layer: None, value, .. } => {
                matches!(path.as_slice(), [IrKey::Name(..)]) && !matches!(&*value.kind, ExprKind::Error)
            }
            StmtKind::Let(_) => true,
            _ => false,
        });
        let mut names: Vec<Symbol> = Vec::new();
        for stmt in &block.stmts {
            if let StmtKind::Set { path, .. } = &stmt.kind
                && let [IrKey::Name(name, _)] = path.as_slice()
            {
                names.push(*name);
            }
        }
        let count = names.len();
        names.sort_unstable_by_key(|name| name.as_str().as_ptr());
        names.dedup();
        if !simple || names.len() != count {
            return None;
        }
        let mut branch = Branch::new(at);
        for stmt in &block.stmts {
            match &stmt.kind {
                StmtKind::Let(local) => self.local_let(local, cx, fr),
                StmtKind::Set { path, value, .. } => {
                    if let [IrKey::Name(name, _)] = path.as_slice() {
                        let value = self.eval(value, cx, fr);
                        let mark = Mark { layer: Layer::Module, because: None, origin: cx.at(stmt.node), who: 0 };
                        branch.children.insert(*name, Rc::new(Tree::Leaf(crate::merge::Leaf::new(value, mark))));
                    }
                }
                _ => {}
            }
        }
        Some(branch)
    }
}

/// The elements of a set in braces.
fn set_of(ops: Vec<Op>, at: Origin) -> Value {
    let mut doubt = false;
    let mut private = false;
    let mut items = Vec::new();
    for op in ops {
        match op.act {
            Act::Element(value) => items.push(value),
            Act::Poison => doubt = true,
            Act::Hide => private = true,
            _ => {}
        }
    }
    private_shape(poisoned(Value::set(items, at), doubt), private)
}
