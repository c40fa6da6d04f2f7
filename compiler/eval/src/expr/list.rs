//! Lists, sets, comprehensions.

use crate::chain::{Flow, LoopState};
use crate::context::{Cx, Frame};
use crate::finish::poisoned;
use crate::state::Eval;
use crate::values::{private_deep, private_of, private_shape, shape_is_private, taint};
use kss_ir::{Elem, Expr, ExprKind};
use kss_span::Origin;
use kss_value::{Flags, Kind, Value};

impl<'a> Eval<'a> {
    pub(super) fn eval_list(&mut self, expr: &'a Expr, cx: &Cx<'a>, fr: &mut Frame, at: Origin) -> Value {
        match &*expr.kind {
            ExprKind::List(elems) => {
                let (items, found) = self.all_elems(elems, cx, fr);
                found.of(Value::list(items, at))
            }
            ExprKind::Set(elems) => {
                let (items, found) = self.all_elems(elems, cx, fr);
                found.of(Value::set(items, at))
            }
            ExprKind::Range(first, last) => self.range(first, last, cx, fr, at),
            _ => Value::poison(at),
        }
    }

    fn range(&mut self, first: &'a Expr, last: &'a Expr, cx: &Cx<'a>, fr: &mut Frame, at: Origin) -> Value {
        let (first, last) = (self.eval(first, cx, fr), self.eval(last, cx, fr));
        let (Kind::Int(from), Kind::Int(to)) = (first.kind(), last.kind()) else { return Value::poison(at) };
        if self.range_size(from, to, at).is_none() {
            return Value::poison(at);
        }
        let list = Value::list((from..=to).map(|n| Value::int(n, at)).collect(), at);
        taint(list, private_of([&first, &last]))
    }

    fn all_elems(&mut self, elems: &'a [Elem], cx: &Cx<'a>, fr: &mut Frame) -> (Vec<Value>, Found) {
        let mut items = Vec::with_capacity(elems.len());
        let mut found = Found::default();
        for elem in elems {
            found.add(self.elem_values(elem, cx, fr, &mut items));
        }
        (items, found)
    }

    /// Adds the values of an element.
    pub(crate) fn elem_values(&mut self, elem: &'a Elem, cx: &Cx<'a>, fr: &mut Frame, out: &mut Vec<Value>) -> Found {
        self.nested_values(elem, cx, fr, out, &mut 0)
    }

    /// `nest` counts the instances of all loops around each other.
    fn nested_values(
        &mut self,
        elem: &'a Elem,
        cx: &Cx<'a>,
        fr: &mut Frame,
        out: &mut Vec<Value>,
        nest: &mut u64,
    ) -> Found {
        match elem {
            Elem::Value(value) => {
                let value = self.eval(value, cx, fr);
                // An absent element is none.
                if !value.is_none() {
                    out.push(value);
                }
                Found::default()
            }
            Elem::Spread(value) => {
                let value = self.eval(value, cx, fr);
                match value.kind() {
                    Kind::List(items) | Kind::Set(items) => out.extend(items.iter().cloned()),
                    Kind::None => {}
                    _ => return Found { doubt: true, private: false },
                }
                Found { doubt: value.flags().has(Flags::POISON), private: shape_is_private(&value) }
            }
            Elem::If(cond, elem) => match self.cond(cond, cx, fr) {
                (Some(true), private) => {
                    let from = out.len();
                    let mut found = self.nested_values(elem, cx, fr, out, nest);
                    hide_from(out, from, private);
                    found.private |= private;
                    found
                }
                (Some(false), private) => Found { doubt: false, private },
                (None, private) => Found { doubt: true, private },
            },
            Elem::For(each, elem) => {
                let bare = matches!(&**elem, Elem::Value(e) if matches!(&*e.kind, ExprKind::Local(slot) if *slot == each.value));
                let from = out.len();
                let mut state = LoopState { nest: *nest, ..LoopState::default() };
                let mut found = Found::default();
                self.run_loops(std::slice::from_ref(each), cx, fr, &mut state, &mut |me, fr, state| {
                    if !bare && !matches!(&**elem, Elem::For(..) | Elem::If(..)) || is_inner(elem, each.value) {
                        me.mark_vars(cx, &state.vars);
                    }
                    found.add(me.nested_values(elem, cx, fr, out, &mut state.nest));
                    if me.limits.is_over() { Flow::Stop } else { Flow::On }
                });
                *nest = state.nest;
                hide_from(out, from, state.private);
                found.add(Found { doubt: state.doubt, private: state.private });
                found
            }
        }
    }
}

/// What else is known of the elements of a list.
#[derive(Clone, Copy, Default)]
pub(crate) struct Found {
    /// Some could not be told.
    pub(crate) doubt: bool,
    /// Something private decided which there are.
    pub(crate) private: bool,
}

impl Found {
    fn add(&mut self, other: Found) {
        self.doubt |= other.doubt;
        self.private |= other.private;
    }

    fn of(self, value: Value) -> Value {
        private_shape(poisoned(value, self.doubt), self.private)
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
