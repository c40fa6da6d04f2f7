//! Lists, sets, comprehensions.

use crate::chain::{Flow, LoopState};
use crate::context::{Cx, Frame};
use crate::finish::poisoned;
use crate::state::Eval;
use crate::values::{private_deep, private_of, taint};
use kss_ir::{Elem, Expr, ExprKind};
use kss_span::Origin;
use kss_value::{Flags, Kind, Value};

impl<'a> Eval<'a> {
    pub(super) fn eval_list(&mut self, expr: &'a Expr, cx: &Cx<'a>, fr: &mut Frame, at: Origin) -> Value {
        match &*expr.kind {
            ExprKind::List(elems) => {
                let (items, doubt) = self.all_elems(elems, cx, fr);
                poisoned(Value::list(items, at), doubt)
            }
            ExprKind::Set(elems) => {
                let (items, doubt) = self.all_elems(elems, cx, fr);
                poisoned(Value::set(items, at), doubt)
            }
            ExprKind::Range(first, last) => self.range(first, last, cx, fr, at),
            _ => Value::poison(at),
        }
    }

    fn range(&mut self, first: &'a Expr, last: &'a Expr, cx: &Cx<'a>, fr: &mut Frame, at: Origin) -> Value {
        let (first, last) = (self.eval(first, cx, fr), self.eval(last, cx, fr));
        let (Kind::Int(from), Kind::Int(to)) = (first.kind(), last.kind()) else { return Value::poison(at) };
        let count = u64::try_from(to.saturating_sub(from)).map_or(0, |n| n.saturating_add(1));
        if !self.turn(&mut 0, count, at) {
            return Value::poison(at);
        }
        let list = Value::list((from..=to).map(|n| Value::int(n, at)).collect(), at);
        taint(list, private_of([&first, &last]))
    }

    fn all_elems(&mut self, elems: &'a [Elem], cx: &Cx<'a>, fr: &mut Frame) -> (Vec<Value>, bool) {
        let mut items = Vec::with_capacity(elems.len());
        let mut doubt = false;
        for elem in elems {
            doubt |= self.elem_values(elem, cx, fr, &mut items);
        }
        (items, doubt)
    }

    /// Adds the values of an element; `true` if some could not be told.
    pub(crate) fn elem_values(&mut self, elem: &'a Elem, cx: &Cx<'a>, fr: &mut Frame, out: &mut Vec<Value>) -> bool {
        match elem {
            Elem::Value(value) => {
                let value = self.eval(value, cx, fr);
                // An absent element is none.
                if !value.is_none() {
                    out.push(value);
                }
                false
            }
            Elem::Spread(value) => {
                let value = self.eval(value, cx, fr);
                match value.kind() {
                    Kind::List(items) | Kind::Set(items) => out.extend(items.iter().cloned()),
                    Kind::None => {}
                    _ => return true,
                }
                value.flags().has(Flags::POISON)
            }
            Elem::If(cond, elem) => match self.cond(cond, cx, fr) {
                (Some(true), private) => {
                    let from = out.len();
                    let doubt = self.elem_values(elem, cx, fr, out);
                    hide_from(out, from, private);
                    doubt
                }
                (Some(false), _) => false,
                (None, _) => true,
            },
            Elem::For(each, elem) => {
                let bare = matches!(&**elem, Elem::Value(e) if matches!(&*e.kind, ExprKind::Local(slot) if *slot == each.value));
                let from = out.len();
                let mut state = LoopState::default();
                let mut doubt = false;
                self.run_loops(std::slice::from_ref(each), cx, fr, &mut state, &mut |me, fr, state| {
                    if !bare && !matches!(&**elem, Elem::For(..) | Elem::If(..)) || is_inner(elem, each.value) {
                        me.mark_vars(cx, &state.vars);
                    }
                    doubt |= me.elem_values(elem, cx, fr, out);
                    Flow::On
                });
                hide_from(out, from, state.private);
                doubt || state.doubt
            }
        }
    }
}

/// Does an element below a condition or another loop say more than the loop's variable itself?
fn is_inner(elem: &Elem, slot: u32) -> bool {
    match elem {
        Elem::Value(e) => !matches!(&*e.kind, ExprKind::Local(s) if *s == slot),
        Elem::Spread(_) => true,
        Elem::If(_, elem) => is_inner(elem, slot),
        Elem::For(_, elem) => is_inner(elem, slot),
    }
}

fn hide_from(out: &mut [Value], from: usize, private: bool) {
    if private {
        out[from..].iter_mut().for_each(|value| *value = private_deep(value));
    }
}
