//! Why a condition does not hold: the values of its parts, and where they were written.

mod elements;

use crate::chain::{Flow, LoopState, truth};
use crate::context::{Cx, Frame};
use crate::state::Eval;
use crate::why::value_text;
use kss_ir::{Expr, ExprKind, QuantifierKind};
use kss_span::Origin;
use kss_value::scalar::as_range;
use kss_value::{Kind, Value};

/// Parts of a condition with their values.
#[derive(Default)]
pub(crate) struct Parts {
    list: Vec<(Origin, Value)>,
    /// Two values that are in each other's way.
    pub(crate) pair: Option<(Value, Value)>,
    /// The entries that the two are about, where both values were made in one place.
    entries: Vec<Origin>,
    /// The entry of a failing instance, where nothing else says a place.
    pub(crate) entry: Option<(Origin, String)>,
}

impl Parts {
    /// The values as texts, each part once. The whole condition comes first, without a text.
    pub(crate) fn texts(&self, whole: Origin) -> Vec<(Origin, String)> {
        if self.list.is_empty() {
            return Vec::new();
        }
        let mut out: Vec<(Origin, String)> = vec![(whole, String::new())];
        for (origin, value) in &self.list {
            if !out.iter().any(|(known, _)| known == origin) {
                out.push((*origin, value_text(value)));
            }
        }
        out
    }

    /// Where the private ones of them were written.
    pub(crate) fn private_places(&self) -> Vec<Origin> {
        let private = self.list.iter().filter(|(_, value)| value.flags().has(kss_value::Flags::PRIVATE));
        private.map(|(_, value)| value.origin()).filter(|place| !place.is_nowhere()).collect()
    }

    /// The two values that are in each other's way, as the end of a message.
    pub(crate) fn culprits(&self) -> Option<String> {
        let (a, b) = self.pair.as_ref()?;
        let (text_a, text_b) = (value_text(a), value_text(b));
        let inside = |a: &Value, b: &Value| match (as_range(a), as_range(b)) {
            (Some(a), Some(b)) => b.first <= a.first && a.last <= b.last,
            _ => false,
        };
        Some(match (text_a == text_b, inside(a, b), inside(b, a)) {
            (true, _, _) => text_a,
            (_, true, _) => format!("{text_a} lies in {text_b}"),
            (_, _, true) => format!("{text_b} lies in {text_a}"),
            _ => format!("{text_a} and {text_b}"),
        })
    }

    /// Where the values were written, outside of the condition itself; those of the project before those of the library.
    pub(crate) fn places(&self, item: kss_span::ItemId) -> Vec<(Origin, String)> {
        let mut out: Vec<(Origin, String)> = Vec::new();
        if let Some((_, value)) = self.pair.as_ref().filter(|_| !self.entries.is_empty()) {
            out.extend(self.entries.iter().map(|place| (*place, said_by(*place, value))));
            return out;
        }
        let pair = self.pair.iter().flat_map(|(a, b)| [b, a]);
        for value in pair.chain(self.list.iter().map(|(_, value)| value)) {
            let place = value.origin();
            let plain = !matches!(value.kind(), Kind::Ref(_) | Kind::Bool(_) | Kind::None | Kind::Poison);
            if plain && !place.is_nowhere() && place.item != item && !out.iter().any(|(known, _)| *known == place) {
                out.push((place, said_by(place, value)));
            }
        }
        out.sort_by_key(|(place, _)| in_library(*place));
        out
    }

    fn push(&mut self, at: Origin, value: Value) {
        if !value.is_poison() {
            self.list.push((at, value));
        }
    }
}

/// The value, with the cluster in whose body it stands.
fn said_by(place: Origin, value: &Value) -> String {
    match place.item.key().name.strip_prefix("cluster ") {
        Some(cluster) => format!("{cluster}: {}", value_text(value)),
        None => value_text(value),
    }
}

/// Does the standard library say it?
pub(crate) fn in_library(place: Origin) -> bool {
    place.item.key().file.starts_with("std/")
}

impl<'a> Eval<'a> {
    /// The parts of a condition that is false. Leaves loop variables of the first failing instance in the frame.
    pub(crate) fn explain(&mut self, cond: &'a Expr, cx: &Cx<'a>, fr: &mut Frame) -> Parts {
        let mut parts = Parts::default();
        self.explain_into(cond, cx, fr, true, &mut parts);
        parts
    }

    /// `wanted` is the truth that the expression should have had.
    fn explain_into(&mut self, e: &'a Expr, cx: &Cx<'a>, fr: &mut Frame, wanted: bool, parts: &mut Parts) {
        match &*e.kind {
            ExprKind::And(left, right) | ExprKind::Or(left, right) => {
                let is_and = matches!(&*e.kind, ExprKind::And(..));
                let left_truth = self.truth_of(left, cx, fr);
                // Of `and` the part that fails; of `or` both, for neither holds.
                if is_and == wanted && left_truth == Some(wanted) {
                    self.explain_into(right, cx, fr, wanted, parts);
                } else if is_and == wanted {
                    self.explain_into(left, cx, fr, wanted, parts);
                } else {
                    self.explain_into(left, cx, fr, wanted, parts);
                    self.explain_into(right, cx, fr, wanted, parts);
                }
            }
            ExprKind::Not(value) => self.explain_into(value, cx, fr, !wanted, parts),
            ExprKind::Infix { left, right, .. } => {
                self.operand(left, cx, fr, parts);
                self.operand(right, cx, fr, parts);
            }
            ExprKind::Is { subject, .. } => self.operand(subject, cx, fr, parts),
            ExprKind::Quantifier { kind, loops, cond } => {
                let failing = match kind {
                    QuantifierKind::Every => false,
                    QuantifierKind::No | QuantifierKind::Some => true,
                };
                let mut state = LoopState::default();
                let flow =
                    self.run_loops(loops, cx, fr, &mut state, &mut |me, fr, _| match me.truth_of(cond, cx, fr) {
                        Some(truth) if truth == failing => Flow::Stop,
                        _ => Flow::On,
                    });
                if flow == Flow::Stop {
                    self.instance(loops, fr, parts);
                    // What the condition compares before what it goes through.
                    self.explain_into(cond, cx, fr, !failing, parts);
                    for each in loops {
                        parts.push(cx.at(each.node), fr.get(each.value));
                    }
                }
            }
            ExprKind::If { cond, then, otherwise } => {
                self.operand(cond, cx, fr, parts);
                let branch = if self.truth_of(cond, cx, fr) == Some(true) { then } else { otherwise };
                self.explain_into(branch, cx, fr, wanted, parts);
            }
            ExprKind::Match { subject, arms } => {
                let value = self.eval(subject, cx, fr);
                parts.push(cx.at(subject.node), value.clone());
                if let Some((_, arm)) = arms.iter().find(|(pattern, _)| self.matches(pattern, &value, fr)) {
                    self.explain_into(arm, cx, fr, wanted, parts);
                }
            }
            ExprKind::Builtin { name, args } => {
                let values: Vec<Value> = args.iter().map(|arg| self.eval(arg, cx, fr)).collect();
                if let Some(pair) = self.offenders(*name, &values) {
                    parts.entries = self.entries_of_pair(*name, args, &values, cx, fr);
                    parts.pair = Some(pair);
                }
                let constant = |arg: &Expr| matches!(&*arg.kind, ExprKind::Const(_));
                for (arg, value) in args.iter().zip(values).filter(|(arg, _)| !constant(arg)) {
                    parts.push(cx.at(arg.node), value);
                }
            }
            ExprKind::Coerce { value, .. } => self.explain_into(value, cx, fr, wanted, parts),
            ExprKind::Const(_) => {}
            _ => {
                let value = self.eval(e, cx, fr);
                parts.push(cx.at(e.node), value);
            }
        }
    }

    /// Where the entries stand whose values are the same, if the values themselves come from one place (what a type makes of
    /// a name).
    fn entries_of_pair(
        &mut self,
        name: kss_span::Symbol,
        args: &'a [Expr],
        values: &[Value],
        cx: &Cx<'a>,
        fr: &mut Frame,
    ) -> Vec<Origin> {
        let ("unique", [list], [items]) = (name.as_str(), args, values) else { return Vec::new() };
        let (Some((a, b)), Kind::List(items)) = (self.same_elements(items), items.kind()) else { return Vec::new() };
        let (one, other) = (items[a].origin(), items[b].origin());
        if one != other && !in_library(one) && !in_library(other) {
            return Vec::new();
        }
        let places = self.element_places(list, cx, fr);
        match (places.get(b).copied().flatten(), places.get(a).copied().flatten()) {
            (Some(one), Some(other)) if one != other => vec![one, other],
            _ => Vec::new(),
        }
    }

    /// The entry that a failing instance is about: of several loops the outermost.
    fn instance(&self, loops: &'a [kss_ir::For], fr: &Frame, parts: &mut Parts) {
        let first = loops.iter().find_map(|each| match fr.get(each.value).kind() {
            Kind::Ref(key) => Some((self.entry_origin(key)?, value_text(&fr.get(each.value)))),
            _ => None,
        });
        if parts.entry.is_none() {
            parts.entry = first;
        }
    }

    /// An operand, and what it was computed from.
    fn operand(&mut self, e: &'a Expr, cx: &Cx<'a>, fr: &mut Frame, parts: &mut Parts) {
        match &*e.kind {
            ExprKind::Const(_) | ExprKind::Range(..) => {}
            ExprKind::Infix { left, right, .. } => {
                let value = self.eval(e, cx, fr);
                parts.push(cx.at(e.node), value);
                self.operand(left, cx, fr, parts);
                self.operand(right, cx, fr, parts);
            }
            ExprKind::Coerce { value, .. } => self.operand(value, cx, fr, parts),
            _ => {
                let value = self.eval(e, cx, fr);
                parts.push(cx.at(e.node), value);
            }
        }
    }

    fn truth_of(&mut self, e: &'a Expr, cx: &Cx<'a>, fr: &mut Frame) -> Option<bool> {
        let value = self.eval(e, cx, fr);
        truth(&value)
    }
}
