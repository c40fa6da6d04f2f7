//! Statements of a block as contributions to places.

use crate::Layer;
use crate::cells::DEEPEST;
use crate::chain::{Flow, LoopState, truth};
use crate::context::{Cx, Frame};
use crate::layout::Layout;
use crate::merge::{Act, Mark, Op};
use crate::state::Eval;
use crate::values::{map_entries, symbol_of};
use kss_ir::{Block, Coercion, Expr, ExprKind, Key, LayerWord, Stmt, StmtKind, Ty};
use kss_span::{Origin, Symbol};
use kss_value::{Flags, Kind, Value};
use std::rc::Rc;
use std::sync::Arc;

/// Contributions so far.
pub(crate) struct Ops<'a> {
    pub(crate) list: Vec<Op>,
    /// Paths whose checks against a foreign schema are waived.
    pub(crate) unchecked: Vec<(Vec<Symbol>, Origin)>,
    /// Type of the place that empty paths mean, if it is known.
    ty: Option<&'a Ty>,
    /// Only the names of keys are wanted, not their values.
    pub(crate) keys_only: bool,
    /// The empty path means one record, not the fields of an entry.
    pub(crate) whole: bool,
}

impl<'a> Ops<'a> {
    pub(crate) fn new(ty: Option<&'a Ty>) -> Ops<'a> {
        Ops { list: Vec::new(), unchecked: Vec::new(), ty, keys_only: false, whole: false }
    }
}

/// What holds for all statements of a body.
#[derive(Clone)]
pub(crate) struct Base {
    pub(crate) layer: Layer,
    pub(crate) because: Option<Arc<str>>,
    pub(crate) who: u32,
}

/// Which first names count.
#[derive(Clone)]
pub(crate) enum Only<'a> {
    /// All.
    All,
    /// One.
    One(Symbol),
    /// Those that are no declared field.
    Undeclared(Rc<Layout<'a>>),
}

impl Only<'_> {
    pub(crate) fn takes(&self, name: Symbol) -> bool {
        match self {
            Only::All => true,
            Only::One(one) => *one == name,
            Only::Undeclared(layout) => !layout.settable(name),
        }
    }
}

/// The layer that a word names.
pub(crate) fn layer_of(word: Option<LayerWord>, base: Layer) -> Layer {
    match word {
        // An overlay stands above every word.
        _ if base == Layer::Overlay => base,
        None => base,
        Some(LayerWord::Default) => Layer::Default,
        Some(LayerWord::Override) => Layer::Override,
        Some(LayerWord::Force) => Layer::Force,
    }
}

impl<'a> Eval<'a> {
    /// A literal or computed name.
    pub(crate) fn key_value(&mut self, key: &'a Key, cx: &Cx<'a>, fr: &mut Frame) -> Value {
        match key {
            Key::Name(name, node) => Value::text(name.as_str(), cx.at(*node)),
            Key::Expr(expr) => self.eval(expr, cx, fr),
        }
    }

    /// Adds the contributions of a block to the place at `prefix`.
    #[expect(clippy::too_many_arguments, reason = "the state of one walk over nested blocks")]
    pub(crate) fn block_ops(
        &mut self,
        block: &'a Block,
        cx: &Cx<'a>,
        fr: &mut Frame,
        ops: &mut Ops<'a>,
        base: &Base,
        prefix: &mut Vec<Symbol>,
        only: &Only<'a>,
    ) {
        for stmt in &block.stmts {
            self.stmt_ops(stmt, cx, fr, ops, base, prefix, only);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one walk over nested blocks")]
    fn stmt_ops(
        &mut self,
        stmt: &'a Stmt,
        cx: &Cx<'a>,
        fr: &mut Frame,
        ops: &mut Ops<'a>,
        base: &Base,
        prefix: &mut Vec<Symbol>,
        only: &Only<'a>,
    ) {
        let depth = prefix.len();
        let at = cx.at(stmt.node);
        let mark = |layer: Option<LayerWord>, because: &Option<Arc<str>>| Mark {
            layer: layer_of(layer, base.layer),
            because: because.clone().or_else(|| base.because.clone()),
            origin: at,
            who: base.who,
        };
        match &stmt.kind {
            StmtKind::Set { path, value, layer, because } => {
                if self.walk(path, cx, fr, ops, &mark(*layer, because), prefix, only) {
                    self.value_ops(value, cx, fr, ops, &mark(*layer, because), prefix);
                }
            }
            StmtKind::Append { path, value, layer } => {
                if self.walk(path, cx, fr, ops, &mark(*layer, &None), prefix, only) {
                    let value = self.eval(value, cx, fr);
                    let items = match value.kind() {
                        Kind::List(items) | Kind::Set(items) => items.to_vec(),
                        Kind::None => Vec::new(),
                        _ => vec![value.clone()],
                    };
                    let mark = mark(*layer, &None);
                    ops.list.push(Op { path: prefix.clone(), act: Act::Append(items), mark });
                }
            }
            StmtKind::Keyed { path, by, value, layer, because } => {
                let mark = mark(*layer, because);
                if self.walk(path, cx, fr, ops, &mark, prefix, only) {
                    ops.list.push(Op { path: prefix.clone(), act: Act::Keyed(*by), mark: mark.clone() });
                    self.value_ops(value, cx, fr, ops, &mark, prefix);
                }
            }
            StmtKind::Remove { path } => {
                let mark = mark(None, &None);
                if self.walk(path, cx, fr, ops, &mark, prefix, only) {
                    ops.list.push(Op { path: prefix.clone(), act: Act::Remove, mark });
                }
            }
            StmtKind::Unchecked { path, .. } => {
                let mark = mark(None, &None);
                if self.walk(path, cx, fr, ops, &mark, prefix, only) {
                    ops.unchecked.push((prefix.clone(), mark.origin));
                }
            }
            StmtKind::Spread(value) => {
                let value = self.eval(value, cx, fr);
                self.spread_ops(&value, ops, &mark(None, &None), prefix, only);
            }
            StmtKind::Let(local) => self.local_let(local, cx, fr),
            StmtKind::If { cond, then, otherwise } => {
                let cond = self.eval(cond, cx, fr);
                let from = ops.list.len();
                match (truth(&cond), otherwise) {
                    (Some(true), _) => self.block_ops(then, cx, fr, ops, base, prefix, only),
                    (Some(false), Some(other)) => self.block_ops(other, cx, fr, ops, base, prefix, only),
                    (Some(false), None) => {}
                    (None, _) => ops.list.push(Op { path: prefix.clone(), act: Act::Poison, mark: mark(None, &None) }),
                }
                taint_ops(ops, from, cond.flags().has(Flags::PRIVATE), prefix, mark(None, &None));
            }
            StmtKind::For { loops, body } => {
                let from = ops.list.len();
                let mut state = LoopState::default();
                self.run_loops(loops, cx, fr, &mut state, &mut |me, fr, state| {
                    me.mark_vars(cx, &state.vars);
                    me.block_ops(body, cx, fr, ops, base, prefix, only);
                    Flow::On
                });
                if state.doubt {
                    ops.list.push(Op { path: prefix.clone(), act: Act::Poison, mark: mark(None, &None) });
                }
                taint_ops(ops, from, state.private, prefix, mark(None, &None));
            }
            StmtKind::Match { subject, arms } => {
                let subject = self.eval(subject, cx, fr);
                let from = ops.list.len();
                if subject.is_poison() {
                    ops.list.push(Op { path: prefix.clone(), act: Act::Poison, mark: mark(None, &None) });
                } else if let Some((_, body)) = arms.iter().find(|(p, _)| self.matches(p, &subject, fr)) {
                    self.block_ops(body, cx, fr, ops, base, prefix, only);
                }
                taint_ops(ops, from, subject.flags().has(Flags::PRIVATE), prefix, mark(None, &None));
            }
            StmtKind::Element(elem) => {
                let mut items = Vec::new();
                let found = self.elem_values(elem, cx, fr, &mut items);
                let mark = mark(None, &None);
                let elements = items.into_iter().map(Act::Element);
                for act in elements.chain(found.doubt.then_some(Act::Poison)).chain(found.private.then_some(Act::Hide))
                {
                    ops.list.push(Op { path: prefix.clone(), act, mark: mark.clone() });
                }
            }
            StmtKind::Do(value) => {
                if self.eval(value, cx, fr).is_poison() {
                    ops.list.push(Op { path: prefix.clone(), act: Act::Poison, mark: mark(None, &None) });
                }
            }
        }
        prefix.truncate(depth);
    }

    /// Adds the keys of a path to `prefix`; `false` if the statement concerns nobody here.
    #[expect(clippy::too_many_arguments, reason = "the state of one walk over nested blocks")]
    fn walk(
        &mut self,
        path: &'a [Key],
        cx: &Cx<'a>,
        fr: &mut Frame,
        ops: &mut Ops<'a>,
        mark: &Mark,
        prefix: &mut Vec<Symbol>,
        only: &Only<'a>,
    ) -> bool {
        let depth = prefix.len();
        for key in path {
            let name = match key {
                Key::Name(name, _) => Some(*name),
                Key::Expr(expr) => symbol_of(&self.eval(expr, cx, fr)),
            };
            let Some(name) = name else {
                ops.list.push(Op { path: prefix.clone(), act: Act::Poison, mark: mark.clone() });
                return false;
            };
            prefix.push(name);
        }
        if prefix.len() > DEEPEST {
            self.too_deep(mark.origin);
            prefix.truncate(depth);
            ops.list.push(Op { path: prefix.clone(), act: Act::Poison, mark: mark.clone() });
            return false;
        }
        depth != 0 || prefix.first().is_none_or(|first| only.takes(*first))
    }

    /// Adds a value: a block statement by statement, so that others can write beside it; anything else as it is.
    fn value_ops(
        &mut self,
        value: &'a Expr,
        cx: &Cx<'a>,
        fr: &mut Frame,
        ops: &mut Ops<'a>,
        mark: &Mark,
        prefix: &mut Vec<Symbol>,
    ) {
        if ops.keys_only && prefix.len() > 1 {
            let act = Act::Set(Value::none(mark.origin));
            ops.list.push(Op { path: prefix.clone(), act, mark: mark.clone() });
            return;
        }
        if let Some(block) = block_of(value) {
            let path = prefix.clone();
            ops.list.push(Op { path, act: Act::Touch, mark: mark.clone() });
            let base = Base { layer: mark.layer, because: mark.because.clone(), who: mark.who };
            self.block_ops(block, cx, fr, ops, &base, prefix, &Only::All);
            return;
        }
        let value = self.eval(value, cx, fr);
        if value.is_none() && !self.takes_none(ops.ty, prefix) {
            return;
        }
        ops.list.push(Op { path: prefix.clone(), act: Act::Set(value), mark: mark.clone() });
    }

    fn spread_ops(&mut self, value: &Value, ops: &mut Ops<'a>, mark: &Mark, prefix: &mut Vec<Symbol>, only: &Only<'a>) {
        match value.kind() {
            Kind::Record(record) => {
                let whole = value.flags();
                let at_root = prefix.is_empty();
                for (name, value) in map_entries(record).filter(|(name, _)| !at_root || only.takes(*name)) {
                    prefix.push(*name);
                    ops.list.push(Op { path: prefix.clone(), act: Act::Set(value.clone()), mark: mark.clone() });
                    prefix.pop();
                }
                if whole.has(Flags::POISON) {
                    ops.list.push(Op { path: prefix.clone(), act: Act::Poison, mark: mark.clone() });
                }
            }
            Kind::Case(_, Some(payload)) => self.spread_ops(payload, ops, mark, prefix, only),
            Kind::Poison => ops.list.push(Op { path: prefix.clone(), act: Act::Poison, mark: mark.clone() }),
            _ => {}
        }
    }

    /// Is `none` a value at the place, or does it mean that nothing is written?
    fn takes_none(&self, ty: Option<&'a Ty>, path: &[Symbol]) -> bool {
        let Some(mut ty) = ty else { return true };
        for name in path {
            ty = match self.below(ty, *name) {
                Some(below) => below,
                None => return false,
            };
        }
        matches!(ty, Ty::Optional(_) | Ty::None | Ty::Union(_) | Ty::Error | Ty::Never)
    }

    /// The type of a key of a type; `None` in free-form data.
    pub(crate) fn below(&self, ty: &'a Ty, name: Symbol) -> Option<&'a Ty> {
        match ty {
            Ty::Optional(ty) | Ty::Refined(ty, _) => self.below(ty, name),
            Ty::Map(_, value) => Some(value),
            // Of a keyed list the name of an item stands in its place.
            Ty::List(item) => Some(item),
            Ty::Record(id) => self.record_def(*id)?.field(name).map(|field| &field.ty),
            Ty::Struct(fields) => fields.iter().find(|(field, _)| *field == name).map(|(_, ty)| ty),
            _ => None,
        }
    }
}

/// The statements of a literal that others may add to.
pub(crate) fn block_of(value: &Expr) -> Option<&Block> {
    let block = match &*value.kind {
        ExprKind::Record(block) | ExprKind::Typed { block, .. } => block,
        ExprKind::Coerce { value, to: Coercion::ToData | Coercion::Refine(_) } => block_of(value)?,
        _ => return None,
    };
    (!is_set(block)).then_some(block)
}

/// Is it a set in braces?
fn is_set(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Element(_) => true,
        StmtKind::If { then, otherwise, .. } => is_set(then) || otherwise.as_ref().is_some_and(is_set),
        StmtKind::For { body, .. } => is_set(body),
        StmtKind::Match { arms, .. } => arms.iter().any(|(_, body)| is_set(body)),
        _ => false,
    })
}

/// What a private condition decides is private: values, and which keys there are.
fn taint_ops(ops: &mut Ops<'_>, from: usize, private: bool, prefix: &[Symbol], mark: Mark) {
    if !private {
        return;
    }
    if !prefix.is_empty() || ops.whole {
        ops.list.push(Op { path: prefix.to_vec(), act: Act::Hide, mark });
    }
    ops.list[from..].iter_mut().for_each(|op| op.act.hide());
}
