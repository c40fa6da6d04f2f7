//! Expressions: inferred where nothing is expected, checked against a type where one is.

use super::facts::path_key;
use super::{Lower, base, error_expr, expr, strip};
use crate::index::{Target, Usage};
use crate::signatures::optional;
use kss_diag::code;
use kss_ir::{Alternative, Coercion, Expr, ExprKind, Part, RecordId, Ty};
use kss_span::Symbol;
use kss_syntax::ast::{self, NodeId, TextPart};
use kss_value::Value;
use kss_value::scalar::{Literal, LiteralClass, ScalarType, parse_literal, parse_text_as};
use std::sync::Arc;

impl Lower<'_> {
    /// The expression and its type.
    pub(crate) fn infer(&mut self, e: &ast::Expr) -> (Expr, Ty) {
        let (value, ty) = self.deeper(|l| l.infer_raw(e));
        self.note_type(e.id, &ty);
        (value, ty)
    }

    fn infer_raw(&mut self, e: &ast::Expr) -> (Expr, Ty) {
        match &e.kind {
            ast::ExprKind::Missing => (error_expr(e.id), Ty::Error),
            ast::ExprKind::Literal { class, text } => self.literal(e.id, *class, *text, None),
            ast::ExprKind::Text(text) => self.text(text),
            ast::ExprKind::Name(name) => match self.name(e.id, *name) {
                Some((value, ty)) => {
                    let proven = path_key(e).and_then(|p| self.fact(&p));
                    (value, proven.unwrap_or(ty))
                }
                None => (self.unknown_name(e.id, *name, None), Ty::Error),
            },
            ast::ExprKind::Member { base, key, optional } => self.member(e, base, key, *optional),
            ast::ExprKind::Call { callee, args } => self.call(e, callee, args, None),
            ast::ExprKind::Record(block) => self.infer_record(e, block),
            ast::ExprKind::Construct { name, body } => self.construct(e, *name, body),
            ast::ExprKind::List(items) => self.infer_list(e, items),
            ast::ExprKind::Unary { op, operand } => self.unary(e, *op, operand),
            ast::ExprKind::Binary { op, left, right } => self.binary(e, *op, left, right),
            ast::ExprKind::If { cond, then, otherwise } => self.infer_if(e, cond, then, otherwise),
            ast::ExprKind::Match { subject, arms } => self.infer_match(e, subject, arms),
            ast::ExprKind::Quantifier { quantifier, generators, cond } => {
                self.quantifier(e, *quantifier, generators, cond)
            }
            ast::ExprKind::Is { subject, negated, test } => self.is(e, subject, *negated, test),
            ast::ExprKind::Fail { message, at, with } => {
                (self.fail(e, message, at.as_deref(), with.as_deref()), Ty::Never)
            }
        }
    }

    /// The expression as a value of type `want`.
    pub(crate) fn check(&mut self, e: &ast::Expr, want: &Ty) -> Expr {
        let value = self.deeper(|l| l.check_raw(e, want));
        self.note_type(e.id, want);
        value
    }

    fn check_raw(&mut self, e: &ast::Expr, want: &Ty) -> Expr {
        if let Ty::Refined(inner, id) = want {
            let value = self.check(e, inner);
            return expr(e.id, ExprKind::Coerce { value, to: Coercion::Refine(*id) });
        }
        if matches!(want, Ty::Error) {
            return self.infer(e).0;
        }
        match &e.kind {
            ast::ExprKind::Literal { class: ast::LiteralClass::Null, .. } if !self.takes_null(want) => {
                self.misplaced_null(e.id, want)
            }
            ast::ExprKind::Literal { class: ast::LiteralClass::Int, text } if self.meant_mode(e.id, text, want) => {
                error_expr(e.id)
            }
            ast::ExprKind::Literal { class, text } => {
                let (value, ty) = self.literal(e.id, *class, *text, Some(want));
                match self.meant_literal(e.id, *class, text, &ty, want) {
                    Some(refused) => refused,
                    None => self.coerce(value, &ty, want),
                }
            }
            ast::ExprKind::Text(text) => match self.meant_entry(text, want) {
                Some(refused) => refused,
                None => self.check_text(e.id, text, want),
            },
            ast::ExprKind::Name(name) => self.check_name(e, *name, want),
            ast::ExprKind::Record(block) => self.check_record(e, block, want),
            ast::ExprKind::Construct { name, body } => self.check_construct(e, *name, body, want),
            ast::ExprKind::List(items) => self.check_list(e, items, want),
            ast::ExprKind::If { cond, then, otherwise } => {
                let cond_ir = self.condition(cond);
                let then = self.scoped(|l| {
                    l.learn(cond, true);
                    l.check(then, want)
                });
                let otherwise = self.scoped(|l| {
                    l.learn(cond, false);
                    l.check(otherwise, want)
                });
                expr(e.id, ExprKind::If { cond: cond_ir, then, otherwise })
            }
            ast::ExprKind::Match { subject, arms } => self.check_match(e, subject, arms, want),
            ast::ExprKind::Binary { op: ast::BinaryOp::Coalesce, left, right } => {
                self.check_coalesce(e, left, right, want)
            }
            ast::ExprKind::Binary { op: ast::BinaryOp::Add, left, right }
                if matches!(strip(want), Ty::List(_) | Ty::Set(_)) =>
            {
                let want = strip(want).clone();
                let left = self.check(left, &want);
                let right = self.check(right, &want);
                expr(e.id, ExprKind::Infix { op: kss_ir::InfixOp::Add, left, right, union: None })
            }
            ast::ExprKind::Fail { message, at, with } => self.fail(e, message, at.as_deref(), with.as_deref()),
            ast::ExprKind::Call { callee, args } => {
                let (value, ty) = self.call(e, callee, args, Some(want));
                self.coerce(value, &ty, want)
            }
            ast::ExprKind::Member { .. } if wants_credential(want) => self.check_credential(e, want),
            ast::ExprKind::Member { .. } | ast::ExprKind::Binary { .. } if self.meant_text(e, want) => error_expr(e.id),
            _ => {
                let (value, ty) = self.infer(e);
                self.coerce(value, &ty, want)
            }
        }
    }

    /// `credential.x` where the entry is wanted and not its value.
    fn check_credential(&mut self, e: &ast::Expr, want: &Ty) -> Expr {
        let (value, ty) = self.infer(e);
        if let (Ty::Secret, ExprKind::Builtin { name, args }) = (&ty, &*value.kind)
            && name == "credential"
            && self.fit(&Ty::Secret, want) == super::coerce::Fit::No
            && let Some(entry) = args.first()
        {
            return entry.clone();
        }
        self.coerce(value, &ty, want)
    }

    fn check_name(&mut self, e: &ast::Expr, name: Symbol, want: &Ty) -> Expr {
        if let Ty::Union(id) = strip(want)
            && let Some(payload) = self.sigs.unions.get(id).and_then(|u| u.case(name))
        {
            self.refer(e.id, Usage::Read, |_| Some(Target::Case(*id, name)));
            return self.bare_case(e.id, name, payload);
        }
        match self.name(e.id, name) {
            Some((value, ty)) => {
                let ty = path_key(e).and_then(|p| self.fact(&p)).unwrap_or(ty);
                self.note_type(e.id, &ty);
                self.coerce(value, &ty, want)
            }
            None => self.unknown_name(e.id, name, Some(want)),
        }
    }

    /// A case without `{ }`: fine if its record has nothing that must be given.
    fn bare_case(&mut self, node: NodeId, name: Symbol, payload: Option<RecordId>) -> Expr {
        let payload = payload.map(|id| (id, kss_ir::Block { node: node.0, stmts: Vec::new() }));
        expr(node, ExprKind::Case { name, payload })
    }

    /// A literal. A text or number takes the type that its place expects.
    fn literal(&mut self, node: NodeId, class: ast::LiteralClass, text: Symbol, want: Option<&Ty>) -> (Expr, Ty) {
        let at = self.at(node);
        if class == ast::LiteralClass::Int
            && let Some(Ty::Scalar(scalar @ (ScalarType::Asn | ScalarType::Float))) = want.map(strip)
        {
            return match parse_text_as(*scalar, &text.replace('_', ""), at) {
                Ok(value) => (expr(node, ExprKind::Const(value)), Ty::Scalar(*scalar)),
                Err(error) => (self.bad_literal(node, error), Ty::Error),
            };
        }
        let class = match class {
            ast::LiteralClass::None => return (expr(node, ExprKind::Const(Value::none(at))), Ty::None),
            ast::LiteralClass::Null => return (expr(node, ExprKind::Const(Value::null(at))), Ty::Data),
            ast::LiteralClass::Malformed => return (error_expr(node), Ty::Error),
            other => literal_class(other),
        };
        match parse_literal(class, &text, at) {
            Ok(Literal::Value(value)) => {
                let ty = ScalarType::of(&value).map_or(Ty::Error, Ty::Scalar);
                (expr(node, ExprKind::Const(value)), ty)
            }
            Ok(Literal::Range(first, last)) => {
                let of = ScalarType::of(&first).unwrap_or(ScalarType::Int);
                let end = |v| expr(node, ExprKind::Const(v));
                (expr(node, ExprKind::Range(end(first), end(last))), Ty::Range(of))
            }
            Err(error) => (self.bad_literal(node, error), Ty::Error),
        }
    }

    pub(crate) fn bad_literal(&mut self, node: NodeId, error: kss_value::scalar::LiteralError) -> Expr {
        let at = self.at(node);
        let code = if error.message.contains("host bits") { &code::HOST_BITS } else { &code::BAD_LITERAL };
        let mut diag = code.at(at, error.message);
        if let Some(near) = error.suggestion {
            // Which end or which part was meant is not for us to say.
            let title = format!("write `{near}`");
            let asks = code.id == code::HOST_BITS.id || diag.message.ends_with("ends before it begins");
            diag = match asks {
                true => diag.suggest(title, at, kss_diag::How::Replace, near),
                false => diag.fix(title, at, kss_diag::How::Replace, near),
            };
        }
        self.report(diag);
        error_expr(node)
    }

    /// A text; around a Secret it is a Secret.
    pub(crate) fn text(&mut self, text: &ast::Text) -> (Expr, Ty) {
        let at = self.at(text.id);
        if let Some(plain) = text.literal() {
            return (expr(text.id, ExprKind::Const(Value::text(plain.as_str(), at))), Ty::Scalar(ScalarType::Text));
        }
        let mut secret = false;
        let mut parts = Vec::new();
        for part in &text.parts {
            match part {
                TextPart::Plain(plain) => parts.push(Part::Plain(plain.clone())),
                TextPart::Hole(hole) => {
                    let (value, ty) = self.infer(hole);
                    secret |= matches!(strip(&ty), Ty::Secret);
                    let fine = self.check_hole(hole, &ty);
                    // What was refused here is not refused again with its value.
                    parts.push(Part::Hole(if fine { value } else { error_expr(hole.id) }));
                }
            }
        }
        (expr(text.id, ExprKind::Text(parts)), if secret { Ty::Secret } else { Ty::Scalar(ScalarType::Text) })
    }

    /// May it stand in a text?
    fn check_hole(&mut self, hole: &ast::Expr, ty: &Ty) -> bool {
        let at = self.at(hole.id);
        let diag = match ty {
            Ty::Optional(_) | Ty::None => code::NOT_NARROWED
                .at(at, "this may be `none`, and a text has no place for that")
                .help("name it with `let x = … ?? …` first"),
            Ty::Later(_) => code::LATER_TOO_EARLY
                .at(at, "this value exists only after OpenTofu ran, and the text around it is made before")
                .label("not known yet")
                .help("hand it on alone; `.file` names the file that it is delivered to"),
            Ty::Ref(kind) => code::TYPE_MISMATCH
                .at(at, format!("a reference to a `{kind}` has no text"))
                .help("write `.name` for its name"),
            Ty::List(_) | Ty::Set(_) | Ty::Map(..) | Ty::Record(_) | Ty::Struct(_) => {
                let shown = self.show(ty);
                code::TYPE_MISMATCH
                    .at(at, format!("a `{shown}` has no text"))
                    .help("join a list with `join(…, \", \")`; a document is written by `json(…)` or `yaml(…)`")
            }
            Ty::Union(id) => {
                let payload = self.sigs.unions.get(id).is_some_and(|u| {
                    u.alternatives.iter().any(|a| matches!(a, Alternative::Case { payload: Some(_), .. }))
                });
                if !payload {
                    return true;
                }
                code::TYPE_MISMATCH
                    .at(at, "a case with a record has no text")
                    .help("look at its cases with `match` first")
            }
            _ => return true,
        };
        self.report(diag);
        false
    }

    /// "A text literal takes the scalar type that its place expects and is checked there."
    fn check_text(&mut self, node: NodeId, text: &ast::Text, want: &Ty) -> Expr {
        let scalar = match strip(want) {
            Ty::Scalar(scalar) => Some(*scalar),
            Ty::Union(_) => self.text_alternative(want),
            _ => None,
        };
        match (scalar, text.literal()) {
            (Some(ScalarType::Text), _) | (None, _) => {
                let (value, ty) = self.text(text);
                self.coerce(value, &ty, want)
            }
            (Some(scalar), Some(plain)) => {
                let at = self.at(node);
                match parse_text_as(scalar, &plain, at) {
                    Ok(value) => expr(node, ExprKind::Const(value)),
                    Err(mut error) => {
                        error.suggestion = error.suggestion.map(|s| format!("\"{s}\""));
                        self.bad_literal(node, error)
                    }
                }
            }
            (Some(scalar), None) => {
                let (value, ty) = self.text(text);
                if ty == Ty::Secret {
                    return self.coerce(value, &ty, want);
                }
                expr(node, ExprKind::Coerce { value, to: Coercion::Parse(scalar) })
            }
        }
    }

    /// The alternative of a union that a text is for: `Text` itself, else the only other scalar.
    fn text_alternative(&self, want: &Ty) -> Option<ScalarType> {
        let scalars: Vec<ScalarType> = self
            .alternative_types(want)
            .iter()
            .filter_map(|t| match base(t) {
                Ty::Scalar(s) => Some(*s),
                _ => None,
            })
            .collect();
        if scalars.contains(&ScalarType::Text) { Some(ScalarType::Text) } else { scalars.first().copied() }
    }

    fn construct(&mut self, e: &ast::Expr, name: ast::Name, body: &ast::Block) -> (Expr, Ty) {
        if self.is_marker(name.text) {
            self.value_at_cursor(None);
        }
        self.refer(name.id, Usage::Read, |l| l.sigs.type_named(l.item, name.text));
        let found = self.quietly(|l| {
            let written = ast::Type { id: name.id, kind: ast::TypeKind::Name(name.text) };
            l.resolve_type(&written, name.text)
        });
        match found {
            Ty::Record(id) => (self.typed_block(e.id, body, id), Ty::Record(id)),
            Ty::Refined(inner, refine) if matches!(*inner, Ty::Record(_)) => {
                let Ty::Record(id) = *inner else { return (error_expr(e.id), Ty::Error) };
                let value = self.typed_block(e.id, body, id);
                let ty = Ty::Refined(inner, refine);
                (expr(e.id, ExprKind::Coerce { value, to: Coercion::Refine(refine) }), ty)
            }
            _ => {
                let at = self.at(name.id);
                let message = format!("there is no record type `{}`, and no union is expected here", name.text);
                self.report(
                    code::UNKNOWN_TYPE
                        .at(at, message)
                        .help("a case of a union stands where its type is known: give the `let` a type"),
                );
                (error_expr(e.id), Ty::Error)
            }
        }
    }

    fn check_construct(&mut self, e: &ast::Expr, name: ast::Name, body: &ast::Block, want: &Ty) -> Expr {
        let Ty::Union(id) = strip(want) else {
            let (value, ty) = self.construct(e, name, body);
            return self.coerce(value, &ty, want);
        };
        let Some(union) = self.sigs.unions.get(id).cloned() else { return error_expr(e.id) };
        if self.is_marker(name.text) {
            self.value_at_cursor(Some(want));
        }
        if union.case(name.text).is_some() {
            self.refer(name.id, Usage::Read, |_| Some(Target::Case(*id, name.text)));
        }
        match union.case(name.text) {
            Some(Some(payload)) => {
                let block = self.block_of_record(body, payload);
                expr(e.id, ExprKind::Case { name: name.text, payload: Some((payload, block)) })
            }
            Some(None) => {
                if !body.stmts.is_empty() {
                    return self.error(&code::UNKNOWN_FIELD, body.id, format!("case `{}` has no fields", name.text));
                }
                expr(e.id, ExprKind::Case { name: name.text, payload: None })
            }
            None if name.text.starts_with(|c: char| c.is_uppercase()) => {
                let (value, ty) = self.construct(e, name, body);
                self.coerce(value, &ty, want)
            }
            None => {
                let message = format!("`{}` is no case of `{}`", name.text, self.show(want));
                let cases = super::names::case_names(&union);
                let known = cases.iter().map(|c| c.as_str());
                match self.unknown(&code::UNKNOWN_CASE, name.id, message, &name.text, known) {
                    // What is in it is looked at as if the right name stood there.
                    Some(meant) => self.check_construct(e, ast::Name { text: meant, ..name }, body, want),
                    None => error_expr(e.id),
                }
            }
        }
    }

    fn infer_if(&mut self, e: &ast::Expr, cond: &ast::Expr, then: &ast::Expr, otherwise: &ast::Expr) -> (Expr, Ty) {
        let cond_ir = self.condition(cond);
        let (then_ir, then_ty) = self.scoped(|l| {
            l.learn(cond, true);
            l.infer(then)
        });
        let (else_ir, else_ty) = self.scoped(|l| {
            l.learn(cond, false);
            l.infer(otherwise)
        });
        let (values, ty) = self.unify(e.id, vec![(then_ir, then_ty), (else_ir, else_ty)]);
        let mut values = values.into_iter();
        match (values.next(), values.next()) {
            (Some(then), Some(otherwise)) => (expr(e.id, ExprKind::If { cond: cond_ir, then, otherwise }), ty),
            _ => (error_expr(e.id), Ty::Error),
        }
    }

    /// Gives all values one type.
    pub(crate) fn unify(&mut self, node: NodeId, values: Vec<(Expr, Ty)>) -> (Vec<Expr>, Ty) {
        let mut ty = Ty::Never;
        for (_, other) in &values {
            ty = match self.join(&ty, other) {
                Some(joined) => joined,
                None => {
                    let at = self.at(node);
                    let (a, b) = (self.show(&ty), self.show(other));
                    self.report(code::TYPE_MISMATCH.at(at, format!("these are of different types: `{a}` and `{b}`")));
                    return (values.into_iter().map(|(v, _)| v).collect(), Ty::Error);
                }
            };
        }
        let values = values.into_iter().map(|(value, from)| self.coerce(value, &from, &ty)).collect();
        (values, ty)
    }

    pub(crate) fn check_coalesce(&mut self, e: &ast::Expr, left: &ast::Expr, right: &ast::Expr, want: &Ty) -> Expr {
        let (left_ir, left_ty) = self.infer(left);
        self.warn_coalesce(left, &left_ty);
        let wanted = optional(strip_one(want));
        let left_ir = self.coerce(left_ir, &left_ty, &wanted);
        let right = self.check(right, want);
        expr(e.id, ExprKind::Coalesce(left_ir, right))
    }

    pub(crate) fn warn_coalesce(&mut self, left: &ast::Expr, ty: &Ty) {
        if !matches!(ty, Ty::Optional(_) | Ty::None | Ty::Error | Ty::Data | Ty::Never) {
            let at = self.at(left.id);
            let shown = self.show(ty);
            self.report(
                code::TYPE_MISMATCH
                    .at(at, format!("this is always there (`{shown}`), so `??` does nothing"))
                    .help("remove `?? …`"),
            );
        }
    }

    pub(crate) fn condition(&mut self, e: &ast::Expr) -> Expr {
        let (value, ty) = self.infer(e);
        if !matches!(strip(&ty), Ty::Scalar(ScalarType::Bool) | Ty::Error | Ty::Never | Ty::Data)
            || matches!(ty, Ty::Optional(_))
        {
            let at = self.at(e.id);
            let shown = self.show(&ty);
            let mut diag = code::TYPE_MISMATCH.at(at, format!("a condition is true or false, and this is `{shown}`"));
            if matches!(ty, Ty::Optional(_) | Ty::Capability(_)) {
                diag = diag.fix("ask whether it is there", at, kss_diag::How::After, " is present");
            }
            self.report(diag);
            return error_expr(e.id);
        }
        value
    }

    fn fail(&mut self, e: &ast::Expr, message: &ast::Expr, at: Option<&ast::Expr>, with: Option<&ast::Expr>) -> Expr {
        let text = Ty::Scalar(ScalarType::Text);
        let message = self.check(message, &text);
        // `fail "…" at x`: x is a place.
        let at = at.map(|at| self.infer(at).0);
        let with = with.map(|with| self.check(with, &text));
        expr(e.id, ExprKind::Fail { message, at, with })
    }
}

fn strip_one(ty: &Ty) -> Ty {
    super::facts::strip_optional(ty)
}

fn wants_credential(want: &Ty) -> bool {
    matches!(strip(want), Ty::Ref(kind) if kind == "credential") || matches!(strip(want), Ty::Union(_))
}

fn literal_class(class: ast::LiteralClass) -> LiteralClass {
    match class {
        ast::LiteralClass::Int => LiteralClass::Int,
        ast::LiteralClass::Float => LiteralClass::Float,
        ast::LiteralClass::Bool => LiteralClass::Bool,
        ast::LiteralClass::None => LiteralClass::None,
        ast::LiteralClass::Null => LiteralClass::Null,
        ast::LiteralClass::Ip => LiteralClass::Ip,
        ast::LiteralClass::Cidr => LiteralClass::Cidr,
        ast::LiteralClass::IpRange => LiteralClass::IpRange,
        ast::LiteralClass::Mac => LiteralClass::Mac,
        ast::LiteralClass::Size => LiteralClass::Size,
        ast::LiteralClass::Duration => LiteralClass::Duration,
        ast::LiteralClass::Cpu => LiteralClass::Cpu,
        ast::LiteralClass::Percent => LiteralClass::Percent,
        ast::LiteralClass::PortSpec => LiteralClass::PortSpec,
        ast::LiteralClass::Range => LiteralClass::Range,
        ast::LiteralClass::Malformed => LiteralClass::Malformed,
    }
}

/// A list of `item`.
pub(crate) fn list_of(item: Ty) -> Ty {
    Ty::List(Arc::new(item))
}
