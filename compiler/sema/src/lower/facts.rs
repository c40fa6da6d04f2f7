//! Narrowing: what a condition proves about the paths in it.

use super::{Lower, strip};
use kss_ir::{Alternative, Path, Ty};
use kss_span::Symbol;
use kss_syntax::ast::{self, BinaryOp, ExprKind, PatternKind, UnaryOp};

/// A path as it is written: `site.router.bgp`.
pub(crate) type PathKey = Vec<Symbol>;

/// The path of an expression that is one.
pub(crate) fn path_key(expr: &ast::Expr) -> Option<PathKey> {
    match &expr.kind {
        ExprKind::Name(name) => Some(vec![*name]),
        ExprKind::Member { base, key: ast::Key::Bare(name), .. } => {
            let mut path = path_key(base)?;
            path.push(name.text);
            Some(path)
        }
        _ => None,
    }
}

impl Lower<'_> {
    /// What is known of `path` from the conditions around.
    pub(crate) fn fact(&self, path: &PathKey) -> Option<Ty> {
        self.facts.iter().rev().find(|(p, _)| p == path).map(|(_, ty)| ty.clone())
    }

    /// What `needs` proves for a whole module: `needs site.router.bgp`.
    pub(crate) fn base_facts(&mut self) -> Vec<(PathKey, Ty)> {
        let Some(module) = self.module else { return Vec::new() };
        let mut out = Vec::new();
        for (path, optional, _) in &module.needs {
            let Path::Field(names) = path else { continue };
            if *optional {
                continue;
            }
            let mut ty = Ty::Ref(Symbol::new("site"));
            for name in names {
                ty = self.quietly(|l| l.entry_field_of(strip(&ty), *name)).unwrap_or(Ty::Error);
            }
            let key = std::iter::once(Symbol::new("site")).chain(names.iter().copied()).collect();
            out.push((key, strip_optional(&ty)));
        }
        out
    }

    /// Facts of `cond` if it holds (or, not `positive`, if it does not).
    pub(crate) fn learn(&mut self, cond: &ast::Expr, positive: bool) {
        match &cond.kind {
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.learn(operand, !positive),
            ExprKind::Binary { op: BinaryOp::And, left, right } if positive => {
                self.learn(left, true);
                self.learn(right, true);
            }
            ExprKind::Binary { op: BinaryOp::Or, left, right } if !positive => {
                self.learn(left, false);
                self.learn(right, false);
            }
            ExprKind::Binary { op: op @ (BinaryOp::Eq | BinaryOp::Ne), left, right } if is_none(right) => {
                let absent = (*op == BinaryOp::Eq) == positive;
                self.learn_present(left, !absent);
            }
            ExprKind::Is { subject, negated, test } => self.learn_is(subject, test, positive != *negated),
            _ => {}
        }
    }

    fn learn_present(&mut self, subject: &ast::Expr, present: bool) {
        let Some(path) = path_key(subject) else { return };
        if !present {
            return;
        }
        self.learn_prefixes(subject);
        let ty = self.quietly(|l| l.infer(subject).1);
        self.facts.push((path, strip_optional(&ty)));
    }

    /// In `a?.b is present` `a` is present as well.
    fn learn_prefixes(&mut self, subject: &ast::Expr) {
        if let ExprKind::Member { base, optional, .. } = &subject.kind {
            self.learn_prefixes(base);
            if *optional && let Some(path) = path_key(base) {
                let ty = self.quietly(|l| l.infer(base).1);
                self.facts.push((path, strip_optional(&ty)));
            }
        }
    }

    fn learn_is(&mut self, subject: &ast::Expr, test: &ast::Pattern, holds: bool) {
        let Some(path) = path_key(subject) else { return };
        let ty = self.quietly(|l| l.infer(subject).1);
        match &test.kind {
            PatternKind::Case { name, .. } if name.text == "present" => self.learn_present(subject, holds),
            PatternKind::Case { name, .. } if name.text == "none" => self.learn_present(subject, !holds),
            PatternKind::Case { name, .. } => {
                if holds {
                    self.learn_prefixes(subject);
                    let narrowed = self.narrowed_to(&ty, name.text);
                    self.facts.push((path, narrowed));
                } else if let Some(rest) = self.without(&ty, name.text) {
                    self.facts.push((path, rest));
                }
            }
            _ => {}
        }
    }

    fn narrowed_to(&mut self, ty: &Ty, name: Symbol) -> Ty {
        if let Ty::Union(id) = strip(ty)
            && let Some(union) = self.sigs.unions.get(id)
        {
            if let Some(payload) = union.case(name) {
                return payload.map_or_else(|| strip_optional(ty), Ty::Record);
            }
            let alternative = union.alternatives.iter().find_map(|a| match a {
                Alternative::Type(t) if self.show(t) == name.as_str() => Some(t.clone()),
                _ => None,
            });
            return alternative.unwrap_or_else(|| strip_optional(ty));
        }
        strip_optional(ty)
    }

    /// The only other alternative of a union of two.
    fn without(&self, ty: &Ty, name: Symbol) -> Option<Ty> {
        let Ty::Union(id) = strip(ty) else { return None };
        let union = self.sigs.unions.get(id)?;
        let rest: Vec<&Alternative> = union
            .alternatives
            .iter()
            .filter(|a| match a {
                Alternative::Case { name: n, .. } => *n != name,
                Alternative::Type(t) => self.show(t) != name.as_str(),
            })
            .collect();
        match (rest.as_slice(), ty) {
            ([Alternative::Type(only)], Ty::Union(_)) => Some(only.clone()),
            ([Alternative::Case { payload: Some(id), .. }], Ty::Union(_)) => Some(Ty::Record(*id)),
            _ => None,
        }
    }
}

pub(crate) fn strip_optional(ty: &Ty) -> Ty {
    match ty {
        Ty::Optional(inner) => (**inner).clone(),
        other => other.clone(),
    }
}

fn is_none(expr: &ast::Expr) -> bool {
    matches!(&expr.kind, ExprKind::Literal { class: ast::LiteralClass::None, .. })
}
