//! From merged contributions to a value: defaults, conditions, records.

use crate::Layer;
use crate::context::{Cx, Frame, This};
use crate::explain::in_library;
use crate::merge::{Mark, merge};
use crate::names::n;
use crate::ops::{Base, Only, Ops, block_of};
use crate::record::Key;
use crate::state::{EntryIx, Eval};
use crate::tree::{Branch, Tree};
use crate::values::{doubt, private_shape};
use kss_diag::{code, did_you_mean};
use kss_ir::{Alternative, Expr, FieldSig, ModuleIr, OptionIr, Refine, Ty};
use kss_span::{Origin, Symbol};
use kss_value::{Kind, RecordBuilder, Value};
use std::rc::Rc;
use std::sync::Arc;

/// A place that takes a value.
pub(crate) struct Place<'a> {
    name: Symbol,
    pub(crate) ty: Option<&'a Ty>,
    default: Option<&'a Expr>,
    refine: Option<&'a Refine>,
    private: bool,
    required: bool,
    declared: Origin,
    doc: Option<&'a Arc<str>>,
    /// Of the default.
    cx: Cx<'a>,
    /// The module, of an option.
    option_of: Option<Symbol>,
}

impl<'a> Place<'a> {
    pub(crate) fn of_field(sig: &'a FieldSig, cx: Cx<'a>) -> Place<'a> {
        Place {
            name: sig.name,
            ty: Some(&sig.ty),
            default: sig.default.as_deref(),
            refine: sig.refine.as_deref(),
            private: sig.private,
            required: !sig.has_default,
            declared: sig.origin,
            doc: sig.doc.as_ref(),
            cx,
            option_of: None,
        }
    }

    pub(crate) fn of_option(name: Symbol, module: &'a ModuleIr, option: &'a OptionIr, cx: Cx<'a>) -> Place<'a> {
        Place {
            name,
            ty: Some(&option.ty),
            default: option.default.as_ref(),
            refine: option.refine.as_deref(),
            private: option.private,
            required: option.default.is_none() && !matches!(option.ty, Ty::Optional(_)),
            declared: Origin::new(module.item, option.node),
            doc: option.doc.as_ref(),
            cx,
            option_of: Some(module.name),
        }
    }

    /// Data, or all of a nameless entry.
    pub(crate) fn free(ty: Option<&'a Ty>, cx: Cx<'a>) -> Place<'a> {
        Place {
            name: n().empty,
            ty,
            default: None,
            refine: None,
            private: false,
            required: false,
            declared: Origin::NOWHERE,
            doc: None,
            cx,
            option_of: None,
        }
    }
}

impl<'a> Eval<'a> {
    /// The value of a place, and what it was merged from.
    pub(crate) fn settle(
        &mut self,
        place: &Place<'a>,
        tree: Option<Rc<Tree>>,
        removes: &[(Vec<Symbol>, Mark)],
        entry: Option<EntryIx>,
    ) -> (Value, Option<Rc<Tree>>) {
        let mut tree = match tree {
            Some(tree) if self.wants_default(&tree, place.ty) => match self.default_tree(place) {
                Some(default) => Rc::new(Rc::unwrap_or_clone(tree).over(default)),
                None => tree,
            },
            Some(tree) => tree,
            None => Rc::new(self.default_tree(place).unwrap_or_default()),
        };
        for (path, mark) in removes {
            let names = tree.names_at(path.split_last().map_or(&[][..], |(_, above)| above));
            if !Rc::make_mut(&mut tree).remove(path) {
                self.removes_nothing(place.name, path, &names, mark);
            }
        }
        if matches!(*tree, Tree::Empty) {
            return (self.absent(place, entry), None);
        }
        let value = match place.ty {
            Some(ty) => self.finish_tree(&tree, ty, &place.cx, None),
            None => self.finish_free(&tree, &place.cx),
        };
        // Hidden first, so that a condition that it breaks does not show it.
        let value = self.hide(value, place.private);
        let value = match place.refine {
            Some(refine) => self.refine(refine, value, &Around::of(&place.cx), Some(place.name)),
            None => value,
        };
        (value, Some(tree))
    }

    fn removes_nothing(&mut self, field: Symbol, path: &[Symbol], names: &[Symbol], mark: &Mark) {
        let missing = path.last().copied().unwrap_or(field);
        let hint = did_you_mean(&missing, names.iter().map(|s| s.as_str()));
        let message = format!("there is no `{missing}` to remove{hint}");
        self.report(code::REMOVES_NOTHING.at(mark.origin, message).label("removes nothing"));
    }

    /// Does the default show through what is written?
    fn wants_default(&self, tree: &Tree, ty: Option<&Ty>) -> bool {
        match tree {
            Tree::Empty | Tree::Map(_) => true,
            Tree::Grow(grow) => grow.base.is_none(),
            // A record value is complete; a map adds its keys to those of the default.
            Tree::Leaf(leaf) => matches!(leaf.value.kind(), Kind::Record(_)) && ty.is_some_and(is_map),
        }
    }

    fn default_tree(&mut self, place: &Place<'a>) -> Option<Tree> {
        let default = place.default?;
        Some(self.expr_tree(default, place.ty, &place.cx, &mut Frame::default()))
    }

    /// An expression as contributions: of a block its statements, so that what it leaves out stays open.
    pub(crate) fn expr_tree(&mut self, expr: &'a Expr, ty: Option<&'a Ty>, cx: &Cx<'a>, fr: &mut Frame) -> Tree {
        let Some(block) = block_of(expr) else { return Tree::of_value(self.eval(expr, cx, fr)) };
        let mut ops = Ops::new(ty);
        let base = Base { layer: Layer::Type, because: None, who: u32::MAX };
        ops.whole = true;
        self.block_ops(block, cx, fr, &mut ops, &base, &mut Vec::new(), &Only::All);
        let merged = merge(ops.list);
        self.report_literal_problems(&merged.problems);
        merged.tree.unwrap_or_else(|| Tree::Map(Branch::new(cx.at(expr.node))))
    }

    /// Nobody wrote a value, and there is no default.
    fn absent(&mut self, place: &Place<'a>, entry: Option<EntryIx>) -> Value {
        let at = entry.map_or(place.declared, |ix| self.entry(ix).origin);
        if !place.required {
            let optional = place.ty.is_some_and(|ty| matches!(ty, Ty::Optional(_)));
            let value = match place.ty {
                Some(_) if optional => Value::none(place.declared),
                Some(ty) if is_map(ty) => Value::record(RecordBuilder::default().finish(), at),
                None => Value::record(RecordBuilder::default().finish(), at),
                Some(_) => Value::none(place.declared),
            };
            return self.hide(value, place.private);
        }
        if entry.is_some_and(|ix| self.is_told_already(ix, place.name)) {
            return Value::poison(at);
        }
        let what = match (place.option_of, entry) {
            (Some(module), _) => format!("option `{}` of `{module}`", place.name),
            (None, Some(ix)) => {
                let key = &self.entry(ix).key;
                format!("`{}` of {}", place.name, describe_entry(key))
            }
            (None, None) => format!("`{}`", place.name),
        };
        let at = match (place.option_of, entry) {
            (Some(_), Some(ix)) => self.use_origin(ix).unwrap_or(at),
            _ => at,
        };
        let message = format!("{what} is missing");
        let report = self.missing_code(place.private).at(at, message).label(format!("`{}` is not written", place.name));
        let report = report.also(place.declared, "declared here, without a default");
        let report = match place.doc {
            Some(doc) => report.note(doc.to_string()),
            None => report,
        };
        self.report(report.help(format!("write `{} = …` there", place.name)));
        Value::poison(at)
    }

    /// What a `provide` lacks in any case is known without evaluating, all of it at once.
    fn is_told_already(&self, ix: EntryIx, field: Symbol) -> bool {
        let entry = self.entry(ix);
        if entry.key.kind != n().capability {
            return false;
        }
        let module = self.program.modules.get(&entry.owner.name);
        let mut provides = module.into_iter().flat_map(|m| &m.provides).filter(|p| p.capability == entry.key.name);
        provides.any(|p| p.fields.rest.is_none() && !p.fields.fields.contains_key(&field))
    }

    /// What somebody lacks who has the tracked files alone stands in an overlay, or should.
    fn missing_code(&self, private: bool) -> &'static kss_diag::Code {
        if private && self.options.public { &code::PRIVATE_IN_PUBLIC } else { &code::MISSING_FIELD }
    }

    /// Where a module is put into use.
    fn use_origin(&self, ix: EntryIx) -> Option<Origin> {
        let key = &self.entry(ix).key;
        let (unit, used) = self.uses.get(&(key.scope, key.name))?.first()?;
        Some(Origin::new(self.unit(*unit).item, used.node))
    }

    /// The value of a tree at a place of type `ty`. `key` is the name of an entry of a keyed collection.
    pub(crate) fn finish_tree(&mut self, tree: &Tree, ty: &'a Ty, cx: &Cx<'a>, key: Option<Key>) -> Value {
        match (tree, ty) {
            (_, Ty::Optional(ty)) => self.finish_tree(tree, ty, cx, key),
            (_, Ty::Refined(base, id)) if !matches!(tree, Tree::Leaf(_)) => {
                let value = self.finish_tree(tree, base, cx, key);
                self.refine_declared(*id, value, cx)
            }
            (Tree::Empty, _) => Value::none(Origin::NOWHERE),
            (Tree::Leaf(leaf), Ty::Map(_, item)) if is_record(item) => name_items(&leaf.value),
            (Tree::Leaf(leaf), _) => match key.filter(|_| is_record(ty)) {
                Some(key) => with_name(&leaf.value, &key),
                None => leaf.value.clone(),
            },
            (Tree::Grow(grow), _) => {
                let base = grow.base.as_ref().map(|leaf| &leaf.value);
                let value = grown(base, grow.items.iter().map(|(_, item)| item));
                match (value.kind(), ty) {
                    (Kind::List(items), Ty::Set(_)) => Value::set(items.to_vec(), value.origin()),
                    _ => value,
                }
            }
            (Tree::Map(branch), _) if branch.poisoned && branch.children.is_empty() => Value::poison(branch.origin),
            (Tree::Map(branch), _) => self.finish_branch(branch, ty, cx, key),
        }
    }

    fn finish_branch(&mut self, branch: &Branch, ty: &'a Ty, cx: &Cx<'a>, key: Option<Key>) -> Value {
        if let Some(by) = branch.keyed {
            let item_ty = match ty {
                Ty::List(item) => Some(&**item),
                _ => None,
            };
            return self.finish_keyed(branch, by, item_ty, cx);
        }
        match ty {
            Ty::Record(id) => match self.record_def(*id) {
                Some(def) => self.complete(def, branch, cx, key),
                None => Value::poison(branch.origin),
            },
            Ty::Map(_, value) => {
                let fields = branch.children.iter().map(|(name, child)| {
                    let key = Key { name: *name, origin: branch.origin };
                    (*name, self.finish_tree(child, value, cx, Some(key)))
                });
                let record = fields.collect();
                private_shape(poisoned(Value::record(record, branch.origin), branch.poisoned), branch.private)
            }
            Ty::Union(id) => {
                let union = self.program.unions.get(id).map(|union| &**union);
                let record = union.and_then(|union| {
                    union.alternatives.iter().find_map(|a| match a {
                        Alternative::Type(ty @ (Ty::Record(_) | Ty::Map(..))) => Some(ty),
                        _ => None,
                    })
                });
                match record {
                    Some(ty) => self.finish_branch(branch, ty, cx, key),
                    None => self.finish_map(branch, cx),
                }
            }
            Ty::Optional(ty) | Ty::Refined(ty, _) => self.finish_branch(branch, ty, cx, key),
            _ => self.finish_map(branch, cx),
        }
    }

    /// A tree as free-form data.
    pub(crate) fn finish_free(&mut self, tree: &Tree, cx: &Cx<'a>) -> Value {
        match tree {
            Tree::Empty => Value::none(Origin::NOWHERE),
            Tree::Leaf(leaf) => leaf.value.clone(),
            Tree::Grow(grow) => {
                let base = grow.base.as_ref().map(|leaf| &leaf.value);
                grown(base, grow.items.iter().map(|(_, item)| item))
            }
            Tree::Map(branch) if branch.poisoned && branch.children.is_empty() => Value::poison(branch.origin),
            Tree::Map(branch) => match branch.keyed {
                Some(by) => self.finish_keyed(branch, by, None, cx),
                None => self.finish_map(branch, cx),
            },
        }
    }

    fn finish_map(&mut self, branch: &Branch, cx: &Cx<'a>) -> Value {
        let fields = branch.children.iter().map(|(name, child)| (*name, self.finish_free(child, cx)));
        let record = fields.collect();
        private_shape(poisoned(Value::record(record, branch.origin), branch.poisoned), branch.private)
    }

    /// `env by name { … }` as a list.
    fn finish_keyed(&mut self, branch: &Branch, by: Symbol, item_ty: Option<&'a Ty>, cx: &Cx<'a>) -> Value {
        let mut items = Vec::new();
        for (name, child) in &branch.children {
            let mut child = Tree::clone(child);
            if let Tree::Leaf(leaf) = &child
                && let Kind::Record(record) = leaf.value.kind()
            {
                child = Tree::Map(Branch::of_record(record, &leaf.mark, leaf.value.origin()));
            }
            if let Tree::Map(item) = &mut child {
                let key = Value::text(name.as_str(), item.origin);
                item.children.entry(by).or_insert_with(|| Rc::new(Tree::of_value(key)));
            }
            items.push(match item_ty {
                Some(ty) => self.finish_tree(&child, ty, cx, None),
                None => self.finish_free(&child, cx),
            });
        }
        private_shape(poisoned(Value::list(items, branch.origin), branch.poisoned), branch.private)
    }

    /// `where` of a place: the value if it holds.
    pub(crate) fn refine(
        &mut self,
        refine: &'a Refine,
        value: Value,
        around: &Around<'_, 'a>,
        field: Option<Symbol>,
    ) -> Value {
        if value.is_poison() || value.is_none() {
            return value;
        }
        let mut cx = Cx::new(refine.origin.item, around.scope).with_this(around.this.clone());
        cx.entry = around.entry.cloned();
        let mut frame = Frame::default();
        frame.set(0, value.clone());
        let holds = self.eval(&refine.cond, &cx, &mut frame);
        match crate::chain::truth(&holds) {
            Some(true) => match refine.besides.as_deref() {
                Some(besides) => self.refine(besides, value, around, field),
                None => value,
            },
            None => doubt(&value),
            Some(false) => self.refused(refine, &value, field, &cx, &mut frame),
        }
    }

    fn refused(
        &mut self,
        refine: &'a Refine,
        value: &Value,
        field: Option<Symbol>,
        cx: &Cx<'a>,
        frame: &mut Frame,
    ) -> Value {
        let shown = crate::why::value_text(value);
        let message = match &refine.message {
            Some(message) => self.told(message, cx, frame),
            None => None,
        };
        let message = message.unwrap_or_else(|| match field.filter(|name| !name.is_empty()) {
            Some(field) => format!("`{field}` can't be {shown}"),
            None => format!("{shown} can't stand here: it breaks the rule of its type"),
        });
        let parts = self.explain(&refine.cond, cx, frame);
        let at = crate::values::place(value, refine.origin);
        // What the library computes for an entry breaks the rule where the entry is declared.
        let entry = in_library(at).then(|| self.project_place(cx)).flatten();
        let mut diagnostic = match entry {
            Some((entry, name)) => code::BAD_VALUE.at(entry, message).label(name).also(at, shown.clone()),
            None => code::BAD_VALUE.at(at, message).label(shown.clone()),
        };
        if at != refine.origin {
            diagnostic = diagnostic.also(refine.origin, "what must hold; `it` is the value");
        }
        // The value itself is told; a diagram shows what it was compared with.
        let mut values = parts.texts(cx.at(refine.cond.node));
        if values.iter().all(|(_, text)| text.is_empty() || *text == shown) {
            values.clear();
        }
        self.report(crate::Report { diagnostic, values });
        Value::poison(at)
    }

    /// `where` of a declared type.
    pub(crate) fn refine_declared(&mut self, id: kss_ir::RecordId, value: Value, cx: &Cx<'a>) -> Value {
        let Some(refine) = self.program.refinements.get(&id).map(|r| &**r) else { return value };
        let this = match (value.kind(), &cx.this) {
            (Kind::Record(_), this) => this.clone(),
            _ => This::None,
        };
        self.refine(refine, value, &Around { this: &this, scope: cx.scope, entry: cx.entry.as_ref() }, None)
    }
}

/// What a condition of a place may look at.
pub(crate) struct Around<'c, 'a> {
    pub(crate) this: &'c This<'a>,
    pub(crate) scope: kss_value::ScopeKey,
    pub(crate) entry: Option<&'c Arc<kss_value::EntryKey>>,
}

impl<'c, 'a> Around<'c, 'a> {
    pub(crate) fn of(cx: &'c Cx<'a>) -> Around<'c, 'a> {
        Around { this: &cx.this, scope: cx.scope, entry: cx.entry.as_ref() }
    }
}

/// A value that may lack something.
pub(crate) fn poisoned(value: Value, poisoned: bool) -> Value {
    if poisoned { doubt(&value) } else { value }
}

/// A record that knows its key.
pub(crate) fn with_name(value: &Value, key: &Key) -> Value {
    let Kind::Record(record) = value.kind() else { return value.clone() };
    let name = (n().hidden_name, Value::text(key.name.as_str(), key.origin));
    let fields = record.iter().filter(|(name, _)| *name != n().hidden_name).cloned();
    Value::record(fields.chain([name]).collect(), value.origin()).with_flags(value.flags())
}

/// The records of a keyed collection, each knowing its key.
fn name_items(value: &Value) -> Value {
    let Kind::Record(record) = value.kind() else { return value.clone() };
    if record.iter().all(|(_, item)| item.get(n().hidden_name).is_some()) {
        return value.clone();
    }
    let items = record.iter().map(|(name, item)| {
        let key = Key { name: *name, origin: item.origin() };
        (*name, with_name(item, &key))
    });
    Value::record(items.collect(), value.origin()).with_flags(value.flags())
}

fn is_record(ty: &Ty) -> bool {
    match ty {
        Ty::Record(_) => true,
        Ty::Optional(ty) | Ty::Refined(ty, _) => is_record(ty),
        _ => false,
    }
}

/// A list or set with what was appended.
fn grown<'v>(base: Option<&Value>, items: impl Iterator<Item = &'v Value>) -> Value {
    let mut all: Vec<Value> = match base.map(Value::kind) {
        Some(Kind::List(list) | Kind::Set(list)) => list.to_vec(),
        Some(Kind::Poison) => return base.cloned().unwrap_or_else(|| Value::poison(Origin::NOWHERE)),
        _ => Vec::new(),
    };
    all.extend(items.cloned());
    let origin = base.map(Value::origin).filter(|o| !o.is_nowhere());
    let origin = origin.or_else(|| all.first().map(Value::origin)).unwrap_or(Origin::NOWHERE);
    match base.map(Value::kind) {
        Some(Kind::Set(_)) => Value::set(all, origin),
        _ => Value::list(all, origin),
    }
}

fn is_map(ty: &Ty) -> bool {
    match ty {
        Ty::Map(..) | Ty::Data => true,
        Ty::Optional(ty) | Ty::Refined(ty, _) => is_map(ty),
        _ => false,
    }
}

/// An entry for a message.
pub(crate) fn describe_entry(key: &kss_value::EntryKey) -> String {
    match key.name == n().empty {
        true => format!("{} of {}", key.kind, key.scope),
        false => format!("{} `{}`", key.kind, key.name),
    }
}
