//! Generators, lists and sets.

use super::{Lower, error_expr, expr, strip};
use kss_diag::code;
use kss_ir::{Elem, Expr, ExprKind, For, Ty};
use kss_syntax::ast::{self, ListElem};
use kss_value::scalar::ScalarType;
use std::sync::Arc;

impl Lower<'_> {
    /// Generators from left to right; each sees the variables of those before.
    pub(crate) fn generators(&mut self, generators: &[ast::Generator]) -> Vec<For> {
        let mut out = Vec::new();
        for generator in generators {
            let (source, ty) = self.infer(&generator.source);
            let owned = self.is_owned(&source);
            let (key_ty, value_ty) = self.element(generator, &ty);
            let (key, value) = match generator.vars.as_slice() {
                [value] => (None, self.bind(*value, value_ty)),
                [key, value, ..] => {
                    let typed = matches!(strip(&ty), Ty::Map(..)) && super::keys::is_spelt(&key_ty);
                    let key = self.bind(*key, key_ty);
                    if let Some(local) = self.locals.last_mut() {
                        local.key = typed;
                    }
                    (Some(key), self.bind(*value, value_ty))
                }
                [] => (None, self.slot()),
            };
            let filter = generator.filter.as_ref().map(|cond| {
                let ir = self.condition(cond);
                self.learn(cond, true);
                ir
            });
            out.push(For { node: generator.id.0, key, value, source, filter, owned });
        }
        out
    }

    /// `scope.all.kind` of a kind that is not shared.
    fn is_owned(&self, source: &Expr) -> bool {
        match &*source.kind {
            ExprKind::Members { kind, all: true, .. } => self.sigs.kinds.get(kind).is_some_and(|k| !k.shared),
            _ => false,
        }
    }

    /// Types of the two variables.
    fn element(&mut self, generator: &ast::Generator, ty: &Ty) -> (Ty, Ty) {
        let int = Ty::Scalar(ScalarType::Int);
        match ty {
            Ty::Refined(inner, _) => self.element(generator, inner),
            Ty::List(item) | Ty::Set(item) => (int, (**item).clone()),
            Ty::Map(key, value) => ((**key).clone(), (**value).clone()),
            Ty::Struct(fields) => {
                let values: Vec<(Expr, Ty)> =
                    fields.iter().map(|(_, t)| (error_expr(generator.id), t.clone())).collect();
                let (_, value) = self.quietly(|l| l.unify(generator.id, values));
                (Ty::Scalar(ScalarType::Text), value)
            }
            Ty::Range(of) => (int, Ty::Scalar(*of)),
            Ty::Data => (Ty::Scalar(ScalarType::Text), Ty::Data),
            Ty::Error | Ty::Never => (Ty::Error, Ty::Error),
            Ty::Optional(_) => {
                let at = self.at(generator.source.id);
                self.report(
                    code::NOT_NARROWED
                        .at(at, "this may be `none`")
                        .help("give another value with `?? []`, or put the loop below `if … is present`"),
                );
                (Ty::Error, Ty::Error)
            }
            other => {
                let at = self.at(generator.source.id);
                let shown = self.show(other);
                self.report(code::TYPE_MISMATCH.at(at, format!("there is nothing to go through in a `{shown}`")));
                (Ty::Error, Ty::Error)
            }
        }
    }

    pub(crate) fn infer_list(&mut self, e: &ast::Expr, items: &[ListElem]) -> (Expr, Ty) {
        let mut found = Vec::new();
        let mut ty = Ty::Never;
        for item in items {
            let (elem, item_ty) = self.scoped(|l| l.infer_elem(item));
            ty = match self.join(&ty, &item_ty) {
                Some(joined) => joined,
                None => {
                    let at = self.at(e.id);
                    let (a, b) = (self.show(&ty), self.show(&item_ty));
                    self.report(
                        code::TYPE_MISMATCH
                            .at(at, format!("the elements of this list are of different types: `{a}` and `{b}`")),
                    );
                    Ty::Error
                }
            };
            found.push((elem, item_ty));
        }
        let mixed = found.iter().any(|(_, t)| self.fit(t, &ty) != super::coerce::Fit::Same);
        if mixed && ty != Ty::Error {
            // Elements of several types: lower again, now with the type they have in common.
            let want = ty.clone();
            let elems = items.iter().map(|i| self.scoped(|l| l.check_elem(i, &want))).collect();
            return (expr(e.id, ExprKind::List(elems)), Ty::List(Arc::new(ty)));
        }
        (expr(e.id, ExprKind::List(found.into_iter().map(|(e, _)| e).collect())), Ty::List(Arc::new(ty)))
    }

    fn infer_elem(&mut self, item: &ListElem) -> (Elem, Ty) {
        match item {
            ListElem::Value(value) => {
                let (value, ty) = self.infer(value);
                (Elem::Value(value), ty)
            }
            ListElem::Spread(value) => {
                let (ir, ty) = self.infer(value);
                let item = match strip(&ty) {
                    Ty::List(item) | Ty::Set(item) => (**item).clone(),
                    Ty::Data => Ty::Data,
                    _ => self.no_spread(value, &ty),
                };
                (Elem::Spread(ir), item)
            }
            ListElem::If { cond, then } => {
                let ir = self.condition(cond);
                self.learn(cond, true);
                let (then, ty) = self.infer_elem(then);
                (Elem::If(ir, Box::new(then)), ty)
            }
            ListElem::For { generators, each } => {
                let loops = self.generators(generators);
                let (elem, ty) = self.infer_elem(each);
                (nest(loops, elem), ty)
            }
        }
    }

    fn no_spread(&mut self, value: &ast::Expr, ty: &Ty) -> Ty {
        if !matches!(ty, Ty::Error | Ty::Never) {
            let at = self.at(value.id);
            let shown = self.show(ty);
            self.report(code::TYPE_MISMATCH.at(at, format!("`..` spreads a list here, and this is `{shown}`")));
        }
        Ty::Error
    }

    pub(crate) fn check_list(&mut self, e: &ast::Expr, items: &[ListElem], want: &Ty) -> Expr {
        let item = match super::base(want) {
            Ty::Optional(inner) => return self.check_list(e, items, &inner.clone()),
            Ty::List(item) => (**item).clone(),
            // A literal is what its place wants: in brackets, too, a set is a set.
            Ty::Set(item) => {
                let item = (**item).clone();
                let elems = items.iter().map(|i| self.scoped(|l| l.check_elem(i, &item))).collect();
                return expr(e.id, ExprKind::Set(elems));
            }
            Ty::Data => Ty::Data,
            Ty::Union(_) => {
                let lists = self.alternative_types(want).into_iter().filter(|t| matches!(t, Ty::List(_)));
                match lists.into_iter().next() {
                    Some(list) => return self.check_list(e, items, &list),
                    None => {
                        let (value, ty) = self.infer_list(e, items);
                        return self.coerce(value, &ty, want);
                    }
                }
            }
            _ => {
                let (value, ty) = self.infer_list(e, items);
                return self.coerce(value, &ty, want);
            }
        };
        let elems = items.iter().map(|i| self.scoped(|l| l.check_elem(i, &item))).collect();
        expr(e.id, ExprKind::List(elems))
    }

    fn check_elem(&mut self, item: &ListElem, want: &Ty) -> Elem {
        match item {
            ListElem::Value(value) => Elem::Value(self.check(value, want)),
            ListElem::Spread(value) => {
                let list = Ty::List(Arc::new(want.clone()));
                let (ir, ty) = self.infer(value);
                let from = match strip(&ty) {
                    Ty::Set(item) => Ty::List(item.clone()),
                    _ => ty.clone(),
                };
                Elem::Spread(self.coerce(ir, &from, &list))
            }
            ListElem::If { cond, then } => {
                let ir = self.condition(cond);
                self.learn(cond, true);
                Elem::If(ir, Box::new(self.check_elem(then, want)))
            }
            ListElem::For { generators, each } => {
                let loops = self.generators(generators);
                let elem = self.check_elem(each, want);
                nest(loops, elem)
            }
        }
    }

    /// `lines([...])`: elements are texts or lists of them, to any depth.
    pub(crate) fn lines_list(&mut self, e: &ast::Expr) -> Expr {
        let ast::ExprKind::List(items) = &e.kind else {
            let want = Ty::List(Arc::new(Ty::Scalar(ScalarType::Text)));
            return self.check(e, &want);
        };
        let elems = items.iter().map(|i| self.scoped(|l| l.lines_elem(i))).collect();
        expr(e.id, ExprKind::List(elems))
    }

    fn lines_elem(&mut self, item: &ListElem) -> Elem {
        let text = Ty::Scalar(ScalarType::Text);
        match item {
            ListElem::Value(value) if matches!(value.kind, ast::ExprKind::List(_)) => {
                Elem::Spread(self.lines_list(value))
            }
            ListElem::Value(value) => {
                let (ir, ty) = self.infer(value);
                match strip(&ty) {
                    Ty::List(_) => Elem::Spread(ir),
                    Ty::Secret => Elem::Value(ir),
                    _ => Elem::Value(self.coerce(ir, &ty, &text)),
                }
            }
            ListElem::Spread(value) => {
                let want = Ty::List(Arc::new(text));
                Elem::Spread(self.check(value, &want))
            }
            ListElem::If { cond, then } => {
                let ir = self.condition(cond);
                self.learn(cond, true);
                Elem::If(ir, Box::new(self.lines_elem(then)))
            }
            ListElem::For { generators, each } => {
                let loops = self.generators(generators);
                let elem = self.lines_elem(each);
                nest(loops, elem)
            }
        }
    }
}

/// Loops from the outermost to the innermost around an element.
pub(crate) fn nest(loops: Vec<For>, elem: Elem) -> Elem {
    loops.into_iter().rev().fold(elem, |inner, each| Elem::For(each, Box::new(inner)))
}
