//! Which entries the elements of a comprehension are about: `[for m in machines => m.hostname]`.

use crate::chain::{Flow, LoopState, truth};
use crate::context::{Cx, Frame};
use crate::state::Eval;
use kss_ir::{Elem, Expr, ExprKind};
use kss_span::Origin;
use kss_value::Kind;

/// For each element where the entry stands that the innermost loop around it goes through.
type Places = Vec<Option<Origin>>;

impl<'a> Eval<'a> {
    /// The places of the entries that the elements of a list are about; nothing where it is no comprehension.
    pub(super) fn element_places(&mut self, list: &'a Expr, cx: &Cx<'a>, fr: &mut Frame) -> Places {
        let mut out = Vec::new();
        match &*list.kind {
            ExprKind::Coerce { value, .. } => return self.element_places(value, cx, fr),
            ExprKind::List(elems) | ExprKind::Set(elems) => {
                elems.iter().for_each(|elem| self.places_of_element(elem, cx, fr, None, &mut out));
            }
            _ => {}
        }
        out
    }

    fn places_of_element(
        &mut self,
        elem: &'a Elem,
        cx: &Cx<'a>,
        fr: &mut Frame,
        around: Option<Origin>,
        out: &mut Places,
    ) {
        match elem {
            Elem::Value(value) => {
                if !self.eval(value, cx, fr).is_none() {
                    out.push(around);
                }
            }
            Elem::Spread(value) => {
                if let Kind::List(items) | Kind::Set(items) = self.eval(value, cx, fr).kind() {
                    out.extend(items.iter().map(|_| around));
                }
            }
            Elem::If(cond, inner) => {
                let cond = self.eval(cond, cx, fr);
                if truth(&cond) == Some(true) {
                    self.places_of_element(inner, cx, fr, around, out);
                }
            }
            Elem::For(each, inner) => {
                let mut state = LoopState::default();
                self.run_loops(std::slice::from_ref(each), cx, fr, &mut state, &mut |me, fr, _| {
                    let entry = match fr.get(each.value).kind() {
                        Kind::Ref(key) => me.entry_origin(key),
                        _ => None,
                    };
                    me.places_of_element(inner, cx, fr, entry.or(around), out);
                    Flow::On
                });
            }
        }
    }
}
