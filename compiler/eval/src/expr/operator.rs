//! Operators, conditions, quantifiers.

use crate::chain::{Flow, LoopState, truth};
use crate::context::{Cx, Frame};
use crate::state::Eval;
use crate::values::{private_of, shape_is_private, taint};
use kss_diag::code;
use kss_ir::{Expr, ExprKind, For, InfixOp, QuantifierKind, RecordId};
use kss_span::Origin;
use kss_value::scalar::{BinaryOp, binary, in_range};
use kss_value::{Flags, Kind, Value};

impl<'a> Eval<'a> {
    pub(super) fn eval_operator(&mut self, expr: &'a Expr, cx: &Cx<'a>, fr: &mut Frame, at: Origin) -> Value {
        match &*expr.kind {
            ExprKind::Not(value) => {
                let value = self.eval(value, cx, fr);
                match truth(&value) {
                    Some(truth) => taint(Value::bool(!truth, at), private_of([&value])),
                    None => Value::poison(at),
                }
            }
            ExprKind::Neg(value) => self.negate(value, cx, fr, at),
            ExprKind::And(left, right) => self.logic(left, right, false, cx, fr, at),
            ExprKind::Or(left, right) => self.logic(left, right, true, cx, fr, at),
            ExprKind::Coalesce(left, right) => {
                let left = self.eval(left, cx, fr);
                if !left.is_none() {
                    return left;
                }
                let right = self.eval(right, cx, fr);
                taint(right, private_of([&left]))
            }
            ExprKind::Infix { op, left, right, union } => self.infix(*op, left, right, *union, cx, fr, at),
            ExprKind::If { cond, then, otherwise } => match self.cond(cond, cx, fr) {
                (None, _) => Value::poison(at),
                (Some(truth), private) => {
                    let value = self.eval(if truth { then } else { otherwise }, cx, fr);
                    taint(value, private)
                }
            },
            ExprKind::Match { subject, arms } => {
                let subject = self.eval(subject, cx, fr);
                if subject.is_poison() {
                    return Value::poison(at);
                }
                match arms.iter().find(|(pattern, _)| self.matches(pattern, &subject, fr)) {
                    Some((_, value)) => {
                        let value = self.eval(value, cx, fr);
                        // Which case it is decides, not what lies in it.
                        taint(value, private_of([&subject]))
                    }
                    None => Value::poison(at),
                }
            }
            ExprKind::Quantifier { kind, loops, cond } => self.quantifier(*kind, loops, cond, cx, fr, at),
            ExprKind::Is { subject, pattern, negated } => {
                let subject = self.eval(subject, cx, fr);
                if subject.is_poison() {
                    return Value::poison(at);
                }
                let found = self.matches(pattern, &subject, fr);
                taint(Value::bool(found != *negated, at), private_of([&subject]))
            }
            _ => Value::poison(at),
        }
    }

    fn negate(&mut self, value: &'a Expr, cx: &Cx<'a>, fr: &mut Frame, at: Origin) -> Value {
        let value = self.eval(value, cx, fr);
        let zero = match value.kind() {
            Kind::Float(number) => return taint(Value::float(-number, at), private_of([&value])),
            Kind::Duration(_) => Value::duration(0, at),
            Kind::Percent(_) => Value::percent(0, at),
            _ => Value::int(0, at),
        };
        self.binary(BinaryOp::Sub, &zero, &value, at)
    }

    /// `and` (`stop` is false) and `or` (`stop` is true).
    fn logic(&mut self, left: &'a Expr, right: &'a Expr, stop: bool, cx: &Cx<'a>, fr: &mut Frame, at: Origin) -> Value {
        let left = self.eval(left, cx, fr);
        match truth(&left) {
            None => return Value::poison(at),
            Some(truth) if truth == stop => return taint(Value::bool(stop, at), private_of([&left])),
            Some(_) => {}
        }
        let right = self.eval(right, cx, fr);
        match truth(&right) {
            None => Value::poison(at),
            Some(truth) => taint(Value::bool(truth, at), private_of([&left, &right])),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one expression")]
    fn infix(
        &mut self,
        op: InfixOp,
        left: &'a Expr,
        right: &'a Expr,
        union: Option<RecordId>,
        cx: &Cx<'a>,
        fr: &mut Frame,
        at: Origin,
    ) -> Value {
        let left = self.eval(left, cx, fr);
        if let (InfixOp::In | InfixOp::NotIn, ExprKind::Range(first, last)) = (op, &*right.kind) {
            let (first, last) = (self.eval(first, cx, fr), self.eval(last, cx, fr));
            if left.is_poison() || first.is_poison() || last.is_poison() {
                return Value::poison(at);
            }
            let found = in_range(&left, &first, &last);
            let private = private_of([&left, &first, &last]);
            return taint(Value::bool(found == (op == InfixOp::In), at), private);
        }
        let right = self.eval(right, cx, fr);
        if let Some(union) = union
            && let Some(value) = self.by_rank(op, union, &left, &right, at)
        {
            return taint(value, private_of([&left, &right]));
        }
        self.binary(binary_op(op), &left, &right, at)
    }

    /// Cases order as their union lists them.
    fn by_rank(&self, op: InfixOp, union: RecordId, left: &Value, right: &Value, at: Origin) -> Option<Value> {
        let union = self.program.unions.get(&union)?;
        let (Kind::Case(a, _), Kind::Case(b, _)) = (left.kind(), right.kind()) else { return None };
        let (a, b) = (union.rank(a)?, union.rank(b)?);
        let truth = match op {
            InfixOp::Lt => a < b,
            InfixOp::Le => a <= b,
            InfixOp::Gt => a > b,
            InfixOp::Ge => a >= b,
            _ => return None,
        };
        Some(Value::bool(truth, at))
    }

    pub(crate) fn binary(&mut self, op: BinaryOp, left: &Value, right: &Value, at: Origin) -> Value {
        // Whether a list is empty tells how many elements it has, not what they hold; and of lists that are joined each
        // element keeps what it is.
        let joined = op == BinaryOp::Add && is_container(left);
        let private = match joined || is_empty(left) || is_empty(right) {
            true => shape_is_private(left) || shape_is_private(right),
            false => private_of([left, right]),
        };
        match binary(op, left, right, at) {
            Ok(value) if joined => self.sized(taint(value, private), at),
            Ok(value) => taint(value, private),
            Err(error) => {
                let hidden = Flags::SECRET;
                let secret = left.flags().has(hidden) || right.flags().has(hidden);
                let code = if secret { &code::SECRET_AS_TEXT } else { &code::ARITHMETIC };
                self.report(self.uncomputable(code, at, error.message));
                Value::poison(at)
            }
        }
    }

    fn quantifier(
        &mut self,
        kind: QuantifierKind,
        loops: &'a [For],
        cond: &'a Expr,
        cx: &Cx<'a>,
        fr: &mut Frame,
        at: Origin,
    ) -> Value {
        // `every` ends at the first that fails, `some` and `no` at the first that holds.
        let decisive = kind != QuantifierKind::Every;
        let mut state = LoopState::default();
        let mut unknown = false;
        let mut private = false;
        let flow = self.run_loops(loops, cx, fr, &mut state, &mut |me, fr, _| {
            let value = me.eval(cond, cx, fr);
            private |= value.flags().has(Flags::PRIVATE);
            match truth(&value) {
                Some(truth) if truth == decisive => Flow::Stop,
                Some(_) => Flow::On,
                None => {
                    unknown = true;
                    Flow::On
                }
            }
        });
        let decided = flow == Flow::Stop;
        if !decided && (unknown || state.doubt) {
            return Value::poison(at);
        }
        let result = match kind {
            QuantifierKind::Every | QuantifierKind::No => !decided,
            QuantifierKind::Some => decided,
        };
        taint(Value::bool(result, at), private || state.private)
    }
}

fn is_container(value: &Value) -> bool {
    matches!(value.kind(), Kind::List(_) | Kind::Set(_) | Kind::Record(_))
}

fn is_empty(value: &Value) -> bool {
    match value.kind() {
        Kind::List(items) | Kind::Set(items) => items.is_empty(),
        Kind::Record(record) => record.is_empty(),
        _ => false,
    }
}

/// The operator of values for an operator of the language.
pub(crate) fn binary_op(op: InfixOp) -> BinaryOp {
    match op {
        InfixOp::Eq => BinaryOp::Eq,
        InfixOp::Ne => BinaryOp::Ne,
        InfixOp::Lt => BinaryOp::Lt,
        InfixOp::Le => BinaryOp::Le,
        InfixOp::Gt => BinaryOp::Gt,
        InfixOp::Ge => BinaryOp::Ge,
        InfixOp::In => BinaryOp::In,
        InfixOp::NotIn => BinaryOp::NotIn,
        InfixOp::Add => BinaryOp::Add,
        InfixOp::Sub => BinaryOp::Sub,
        InfixOp::Mul => BinaryOp::Mul,
        InfixOp::Div => BinaryOp::Div,
        InfixOp::Rem => BinaryOp::Rem,
    }
}
