//! Operators, `is`, quantifiers, `match`.

use super::{Lower, error_expr, expr, strip};
use crate::signatures::optional;
use kss_diag::code;
use kss_ir::{Expr, ExprKind, InfixOp, Pattern, QuantifierKind, Ty};
use kss_syntax::ast::{self, BinaryOp, Quantifier, UnaryOp};
use kss_value::scalar::{ScalarType, binary_type};
use std::sync::Arc;

const BOOL: Ty = Ty::Scalar(ScalarType::Bool);

impl Lower<'_> {
    pub(crate) fn unary(&mut self, e: &ast::Expr, op: UnaryOp, operand: &ast::Expr) -> (Expr, Ty) {
        match op {
            UnaryOp::Not => (expr(e.id, ExprKind::Not(self.condition(operand))), BOOL),
            UnaryOp::Neg => {
                let (value, ty) = self.infer(operand);
                match strip(&ty) {
                    Ty::Scalar(ScalarType::Int | ScalarType::Float | ScalarType::Duration) | Ty::Error => {
                        (expr(e.id, ExprKind::Neg(value)), ty)
                    }
                    other => {
                        let shown = self.show(other);
                        (self.error(&code::TYPE_MISMATCH, e.id, format!("`{shown}` has no negative")), Ty::Error)
                    }
                }
            }
        }
    }

    pub(crate) fn binary(&mut self, e: &ast::Expr, op: BinaryOp, left: &ast::Expr, right: &ast::Expr) -> (Expr, Ty) {
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let left_ir = self.condition(left);
                let right_ir = self.scoped(|l| {
                    l.learn(left, op == BinaryOp::And);
                    l.condition(right)
                });
                let kind = if op == BinaryOp::And {
                    ExprKind::And(left_ir, right_ir)
                } else {
                    ExprKind::Or(left_ir, right_ir)
                };
                (expr(e.id, kind), BOOL)
            }
            BinaryOp::Coalesce => {
                let (left_ir, left_ty) = self.infer(left);
                self.warn_coalesce(left, &left_ty);
                let inner = super::facts::strip_optional(&left_ty);
                if matches!(right.kind, ast::ExprKind::Name(_) | ast::ExprKind::Fail { .. } | ast::ExprKind::Text(_)) {
                    let right = self.check(right, &inner);
                    return (expr(e.id, ExprKind::Coalesce(left_ir, right)), inner);
                }
                let (right_ir, right_ty) = self.infer(right);
                let right_inner = super::facts::strip_optional(&right_ty);
                match self.join(&inner, &right_inner) {
                    Some(joined) => {
                        let wanted =
                            if matches!(right_ty, Ty::Optional(_) | Ty::None) { optional(joined) } else { joined };
                        let left_ir = self.coerce(left_ir, &optional(inner), &optional(wanted.clone()));
                        let right_ir = self.coerce(right_ir, &right_ty, &wanted);
                        (expr(e.id, ExprKind::Coalesce(left_ir, right_ir)), wanted)
                    }
                    None => {
                        let right_ir = self.coerce(right_ir, &right_ty, &inner);
                        (expr(e.id, ExprKind::Coalesce(left_ir, right_ir)), inner)
                    }
                }
            }
            BinaryOp::Eq | BinaryOp::Ne => self.equality(e, infix(op), left, right),
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => self.comparison(e, infix(op), left, right),
            BinaryOp::In | BinaryOp::NotIn => self.containment(e, infix(op), left, right),
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => {
                self.arithmetic(e, infix(op), left, right)
            }
        }
    }

    /// Both sides of a comparison: a bare case on one side takes the other side's type.
    fn sides(&mut self, left: &ast::Expr, right: &ast::Expr) -> (Expr, Expr, Ty, Ty) {
        if self.is_open_word(left) && !self.is_open_word(right) {
            let (right, ty) = self.infer(right);
            let wanted = self.comparable(&ty);
            let left = self.check(left, &wanted);
            return (left, right, ty.clone(), ty);
        }
        let (left_ir, ty) = self.infer(left);
        if self.takes_type(right, &ty) {
            let wanted = self.comparable(&ty);
            let right = self.check(right, &wanted);
            return (left_ir, right, ty.clone(), ty);
        }
        let (right_ir, right_ty) = self.infer(right);
        (left_ir, right_ir, ty, right_ty)
    }

    /// A word that is no name here, so it must be a case.
    fn is_open_word(&mut self, e: &ast::Expr) -> bool {
        match &e.kind {
            ast::ExprKind::Name(name) => self.quietly(|l| l.name(e.id, *name)).is_none(),
            ast::ExprKind::Record(_) | ast::ExprKind::Construct { .. } => true,
            ast::ExprKind::List(items) => items.is_empty(),
            _ => false,
        }
    }

    fn takes_type(&mut self, right: &ast::Expr, ty: &Ty) -> bool {
        let is_case = match (&right.kind, strip(ty)) {
            (ast::ExprKind::Name(name), Ty::Union(id)) => {
                self.sigs.unions.get(id).is_some_and(|u| u.case(*name).is_some())
            }
            _ => false,
        };
        is_case
            || matches!(right.kind, ast::ExprKind::Text(_)) && !matches!(strip(ty), Ty::Error)
            || self.is_open_word(right)
    }

    /// What a value is compared with: the optional form, so that `x == none` is fine.
    fn comparable(&self, ty: &Ty) -> Ty {
        match ty {
            Ty::Optional(inner) | Ty::Later(inner) => (**inner).clone(),
            Ty::Scalar(s) if is_text(*s) => Ty::Scalar(ScalarType::Text),
            other => other.clone(),
        }
    }

    fn equality(&mut self, e: &ast::Expr, op: InfixOp, left: &ast::Expr, right: &ast::Expr) -> (Expr, Ty) {
        let null = [left, right].into_iter().find(|side| is_null(side)).map(|side| side.id);
        let (left, right, a, b) = self.sides(left, right);
        if let Some(null) = null
            && let Some(typed) = [&a, &b].into_iter().find(|ty| !self.takes_null(ty))
        {
            let typed = typed.clone();
            return (self.misplaced_null(null, &typed), BOOL);
        }
        if let Some(later) = [&a, &b].into_iter().find(|ty| matches!(strip(ty), Ty::Later(_))) {
            let message = format!("a `{}` is known only after OpenTofu ran, and compared before", self.show(later));
            let help = "hand it to what runs later: a later environment, a step, a field of type `Later`";
            self.report(code::LATER_TOO_EARLY.at(self.at(e.id), message).label("not known yet").help(help));
            return (error_expr(e.id), BOOL);
        }
        let secret = matches!(strip(&a), Ty::Secret) || matches!(strip(&b), Ty::Secret);
        if secret {
            let at = self.at(e.id);
            let none = matches!((&a, &b), (Ty::None, _) | (_, Ty::None));
            let mut diag = code::SECRET_AS_TEXT.at(at, "a secret can't be compared");
            if none {
                diag = diag.help("ask `is present` instead");
            }
            self.report(diag);
            return (error_expr(e.id), BOOL);
        }
        if self
            .join(&optional(a.clone()), &optional(b.clone()))
            .is_none_or(|j| matches!(strip(&j), Ty::Data) && !self.has_data(&a, &b))
        {
            let at = self.at(e.id);
            let (a, b) = (self.show(&a), self.show(&b));
            self.report(code::TYPE_MISMATCH.at(at, format!("`{a}` and `{b}` are never equal")));
            return (error_expr(e.id), BOOL);
        }
        (expr(e.id, ExprKind::Infix { op, left, right, union: None }), BOOL)
    }

    fn has_data(&self, a: &Ty, b: &Ty) -> bool {
        [a, b].iter().any(|t| matches!(strip(t), Ty::Data | Ty::Struct(_) | Ty::Map(..) | Ty::List(_) | Ty::Record(_)))
    }

    fn comparison(&mut self, e: &ast::Expr, op: InfixOp, left: &ast::Expr, right: &ast::Expr) -> (Expr, Ty) {
        let (left, right, a, b) = self.sides(left, right);
        let union = match (strip(&a), strip(&b)) {
            (Ty::Union(id), Ty::Union(other)) if id == other => Some(*id),
            (Ty::Scalar(x), Ty::Scalar(y)) if comparable_scalars(*x, *y) => None,
            (Ty::Error | Ty::Data | Ty::Never, _) | (_, Ty::Error | Ty::Data | Ty::Never) => None,
            (a, b) => {
                let (a, b) = (self.show(a), self.show(b));
                return (self.error(&code::TYPE_MISMATCH, e.id, format!("`{a}` and `{b}` have no order")), BOOL);
            }
        };
        if matches!(a, Ty::Optional(_)) || matches!(b, Ty::Optional(_)) {
            let at = self.at(e.id);
            self.report(
                code::NOT_NARROWED
                    .at(at, "one side may be `none`, which has no order")
                    .help("give another value with `?? …`"),
            );
        }
        (expr(e.id, ExprKind::Infix { op, left, right, union }), BOOL)
    }

    fn containment(&mut self, e: &ast::Expr, op: InfixOp, left: &ast::Expr, right: &ast::Expr) -> (Expr, Ty) {
        // A list of cases (`x in [a, b]`) takes the type of what is looked for.
        if let ast::ExprKind::List(items) = &right.kind
            && items.iter().any(|i| matches!(i, ast::ListElem::Value(v) if self.is_open_word(v)))
        {
            let (left, ty) = self.infer(left);
            let list = super::expr::list_of(self.comparable(&ty));
            let right = self.check(right, &list);
            return (expr(e.id, ExprKind::Infix { op, left, right, union: None }), BOOL);
        }
        let (right_ir, container) = self.infer(right);
        let wanted = match strip(&container) {
            Ty::List(item) | Ty::Set(item) => self.comparable(item),
            Ty::Map(key, _) => self.comparable(key),
            Ty::Range(of) => Ty::Scalar(*of),
            Ty::Scalar(ScalarType::Cidr | ScalarType::IpRange) => Ty::Scalar(ScalarType::IpRange),
            Ty::Scalar(ScalarType::PortSpec) => Ty::Scalar(ScalarType::PortSpec),
            Ty::Data | Ty::Error | Ty::Struct(_) => {
                let (left, _) = self.infer(left);
                return (expr(e.id, ExprKind::Infix { op, left, right: right_ir, union: None }), BOOL);
            }
            other => {
                let shown = self.show(other);
                return (self.error(&code::TYPE_MISMATCH, right.id, format!("nothing is `in` a `{shown}`")), BOOL);
            }
        };
        if matches!(container, Ty::Optional(_)) {
            let at = self.at(right.id);
            self.report(code::NOT_NARROWED.at(at, "this may be `none`").help("give another value with `?? …`"));
        }
        let left_ir = if self.is_open_word(left) || matches!(left.kind, ast::ExprKind::Text(_)) {
            self.check(left, &wanted)
        } else {
            let (value, ty) = self.infer(left);
            if self.join(&optional(ty.clone()), &optional(wanted.clone())).is_none_or(|j| matches!(strip(&j), Ty::Data))
                && !self.has_data(&ty, &wanted)
            {
                let at = self.at(e.id);
                let (a, b) = (self.show(&ty), self.show(&container));
                self.report(code::TYPE_MISMATCH.at(at, format!("a `{a}` is never in `{b}`")));
            }
            value
        };
        (expr(e.id, ExprKind::Infix { op, left: left_ir, right: right_ir, union: None }), BOOL)
    }

    fn arithmetic(&mut self, e: &ast::Expr, op: InfixOp, left: &ast::Expr, right: &ast::Expr) -> (Expr, Ty) {
        let (left_ir, a) = self.infer(left);
        let (right_ir, b) = match strip(&a) {
            Ty::List(_) | Ty::Set(_) if self.is_open_word(right) => (self.check(right, &a), a.clone()),
            _ => self.infer(right),
        };
        let result = match (strip(&a), strip(&b)) {
            (Ty::Error | Ty::Never, _) | (_, Ty::Error | Ty::Never) => Some(Ty::Error),
            (Ty::Scalar(x), Ty::Scalar(y)) => binary_type(value_op(op), *x, *y).map(Ty::Scalar),
            (Ty::List(_), Ty::List(_)) | (Ty::Set(_), Ty::Set(_)) | (Ty::Map(..), Ty::Map(..))
                if op == InfixOp::Add =>
            {
                let (values, ty) = self.unify(e.id, vec![(left_ir, a), (right_ir, b)]);
                let mut values = values.into_iter();
                return match (values.next(), values.next()) {
                    (Some(left), Some(right)) => (expr(e.id, ExprKind::Infix { op, left, right, union: None }), ty),
                    _ => (error_expr(e.id), Ty::Error),
                };
            }
            (Ty::Data, _) | (_, Ty::Data) => Some(Ty::Data),
            _ => None,
        };
        if matches!(a, Ty::Optional(_)) || matches!(b, Ty::Optional(_)) {
            let at = self.at(e.id);
            self.report(code::NOT_NARROWED.at(at, "one side may be `none`").help("give another value with `?? …`"));
            return (error_expr(e.id), result.unwrap_or(Ty::Error));
        }
        match result {
            Some(ty) => (expr(e.id, ExprKind::Infix { op, left: left_ir, right: right_ir, union: None }), ty),
            None => {
                let at = self.at(e.id);
                let text = matches!((strip(&a), strip(&b)), (Ty::Scalar(x), Ty::Scalar(_)) if is_text(*x));
                let (a, b) = (self.show(&a), self.show(&b));
                let mut diag =
                    code::TYPE_MISMATCH.at(at, format!("`{a}` {} `{b}` means nothing", value_op(op).as_str()));
                if text && op == InfixOp::Add {
                    diag = diag.help("texts are put together inside one text: \"${a}${b}\"");
                }
                self.report(diag);
                (error_expr(e.id), Ty::Error)
            }
        }
    }

    pub(crate) fn is(&mut self, e: &ast::Expr, subject: &ast::Expr, negated: bool, test: &ast::Pattern) -> (Expr, Ty) {
        let (subject_ir, ty) = self.infer(subject);
        let pattern = self.scoped(|l| l.pattern(test, &ty, false));
        if matches!(pattern, Pattern::Present | Pattern::None)
            && !matches!(ty, Ty::Optional(_) | Ty::None | Ty::Data | Ty::Error | Ty::Never)
            && !matches!(&*subject_ir.kind, ExprKind::Scope(_))
        {
            // A condition around has proven it: harmless, and `??`-like helpers stay readable.
            let at = self.at(subject.id);
            let proven = super::facts::path_key(subject).is_some_and(|p| self.fact(&p).is_some());
            if !proven {
                let shown = self.show(&ty);
                self.report(code::TYPE_MISMATCH.at(at, format!("this is always there: its type is `{shown}`")));
            }
        }
        (expr(e.id, ExprKind::Is { subject: subject_ir, pattern, negated }), BOOL)
    }

    pub(crate) fn quantifier(
        &mut self,
        e: &ast::Expr,
        quantifier: Quantifier,
        generators: &[ast::Generator],
        cond: &ast::Expr,
    ) -> (Expr, Ty) {
        let kind = match quantifier {
            Quantifier::Every => QuantifierKind::Every,
            Quantifier::Some => QuantifierKind::Some,
            Quantifier::No => QuantifierKind::No,
        };
        let (loops, cond) = self.scoped(|l| {
            let loops = l.generators(generators);
            (loops, l.condition(cond))
        });
        (expr(e.id, ExprKind::Quantifier { kind, loops, cond }), BOOL)
    }

    pub(crate) fn infer_match(
        &mut self,
        e: &ast::Expr,
        subject: &ast::Expr,
        arms: &[(ast::Pattern, ast::Expr)],
    ) -> (Expr, Ty) {
        let (subject_ir, ty) = self.infer(subject);
        let mut patterns = Vec::new();
        let mut values = Vec::new();
        for (pattern, body) in arms {
            let (pattern_ir, value) = self.scoped(|l| {
                let p = l.pattern(pattern, &ty, true);
                l.learn_pattern(subject, &ty, pattern);
                (p, l.infer(body))
            });
            patterns.push(pattern_ir);
            values.push(value);
        }
        self.exhaustive(e.id, &ty, arms.iter().map(|(p, _)| p), &patterns);
        let (values, result) = self.unify(e.id, values);
        (expr(e.id, ExprKind::Match { subject: subject_ir, arms: patterns.into_iter().zip(values).collect() }), result)
    }

    pub(crate) fn check_match(
        &mut self,
        e: &ast::Expr,
        subject: &ast::Expr,
        arms: &[(ast::Pattern, ast::Expr)],
        want: &Ty,
    ) -> Expr {
        let (subject_ir, ty) = self.infer(subject);
        let mut out = Vec::new();
        for (pattern, body) in arms {
            out.push(self.scoped(|l| {
                let p = l.pattern(pattern, &ty, true);
                l.learn_pattern(subject, &ty, pattern);
                (p, l.check(body, want))
            }));
        }
        let patterns: Vec<Pattern> = out.iter().map(|(p, _)| p.clone()).collect();
        self.exhaustive(e.id, &ty, arms.iter().map(|(p, _)| p), &patterns);
        expr(e.id, ExprKind::Match { subject: subject_ir, arms: out })
    }

    /// In an arm the subject itself is narrowed as well.
    pub(crate) fn learn_pattern(&mut self, subject: &ast::Expr, ty: &Ty, pattern: &ast::Pattern) {
        let Some(path) = super::facts::path_key(subject) else { return };
        match &pattern.kind {
            ast::PatternKind::Case { name, .. } if name.text == "none" => {}
            ast::PatternKind::Case { name, .. } => {
                let payload = match strip(ty) {
                    Ty::Union(id) => self.sigs.unions.get(id).and_then(|u| u.case(name.text)).flatten(),
                    _ => None,
                };
                let narrowed = payload.map_or_else(|| super::facts::strip_optional(ty), Ty::Record);
                self.facts.push((path, narrowed));
            }
            ast::PatternKind::Typed { ty: written, name } => {
                let narrowed = self.quietly(|l| l.resolve_type(written, name.text));
                self.facts.push((path, narrowed));
            }
            _ => {}
        }
    }
}

fn is_null(e: &ast::Expr) -> bool {
    matches!(e.kind, ast::ExprKind::Literal { class: ast::LiteralClass::Null, .. })
}

fn is_text(of: ScalarType) -> bool {
    use ScalarType as S;
    matches!(of, S::Text | S::Version | S::Name | S::Domain | S::Url | S::Email | S::Path | S::Mode | S::Image)
}

fn comparable_scalars(a: ScalarType, b: ScalarType) -> bool {
    use ScalarType as S;
    let number = |s| matches!(s, S::Int | S::Float | S::Asn);
    a == b && a != S::Bool || is_text(a) && is_text(b) || number(a) && number(b)
}

fn infix(op: BinaryOp) -> InfixOp {
    match op {
        BinaryOp::Eq => InfixOp::Eq,
        BinaryOp::Ne => InfixOp::Ne,
        BinaryOp::Lt => InfixOp::Lt,
        BinaryOp::Le => InfixOp::Le,
        BinaryOp::Gt => InfixOp::Gt,
        BinaryOp::Ge => InfixOp::Ge,
        BinaryOp::In => InfixOp::In,
        BinaryOp::NotIn => InfixOp::NotIn,
        BinaryOp::Add => InfixOp::Add,
        BinaryOp::Sub => InfixOp::Sub,
        BinaryOp::Mul => InfixOp::Mul,
        BinaryOp::Div => InfixOp::Div,
        BinaryOp::Rem => InfixOp::Rem,
        BinaryOp::Or | BinaryOp::And | BinaryOp::Coalesce => InfixOp::Eq,
    }
}

fn value_op(op: InfixOp) -> kss_value::scalar::BinaryOp {
    use kss_value::scalar::BinaryOp as V;
    match op {
        InfixOp::Eq => V::Eq,
        InfixOp::Ne => V::Ne,
        InfixOp::Lt => V::Lt,
        InfixOp::Le => V::Le,
        InfixOp::Gt => V::Gt,
        InfixOp::Ge => V::Ge,
        InfixOp::In => V::In,
        InfixOp::NotIn => V::NotIn,
        InfixOp::Add => V::Add,
        InfixOp::Sub => V::Sub,
        InfixOp::Mul => V::Mul,
        InfixOp::Div => V::Div,
        InfixOp::Rem => V::Rem,
    }
}

/// Keeps `Arc` in scope for the types above.
pub(crate) fn set_of(item: Ty) -> Ty {
    Ty::Set(Arc::new(item))
}
