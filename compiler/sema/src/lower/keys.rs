//! Keys of maps: they have the type that the map says.

use super::{Lower, expr};
use kss_diag::code;
use kss_ir::{Coercion, Expr, ExprKind, Key, Part, Ty};
use kss_syntax::ast::NodeId;
use kss_value::Value;
use kss_value::scalar::{ScalarType, parse_text_as};

impl Lower<'_> {
    /// A key of a map with keys of type `ty`: checked at once if it is literal, else when it is computed.
    pub(crate) fn key_of(&mut self, key: Key, ty: &Ty) -> Key {
        match (ty, key) {
            (Ty::Scalar(ScalarType::Text), key) => key,
            (Ty::Scalar(scalar), Key::Name(name, node)) => {
                let at = self.at(NodeId(node));
                if let Err(mut error) = parse_text_as(*scalar, &name, at) {
                    error.suggestion = error.suggestion.map(|better| format!("\"{better}\""));
                    self.bad_literal(NodeId(node), error);
                }
                Key::Name(name, node)
            }
            (Ty::Scalar(scalar), Key::Expr(value)) => {
                let node = NodeId(value.node);
                let parsed = expr(node, ExprKind::Coerce { value, to: Coercion::Parse(*scalar) });
                Key::Expr(expr(node, ExprKind::Text(vec![Part::Hole(parsed)])))
            }
            (Ty::Refined(inner, id), key) => {
                let value = match self.key_of(key, inner) {
                    Key::Expr(value) => value,
                    Key::Name(name, node) => {
                        let text = Value::text(name.as_str(), self.at(NodeId(node)));
                        expr(NodeId(node), ExprKind::Const(text))
                    }
                };
                converted(value, Coercion::Refine(*id))
            }
            (Ty::Union(id), Key::Name(name, node)) => {
                let union = self.sigs.unions.get(id).cloned();
                if let Some(union) = union.filter(|union| union.case(name).is_none()) {
                    let cases = super::names::case_names(&union);
                    let message = format!("`{name}` is no case of `{}`", self.show(ty));
                    let known = cases.iter().map(|case| case.as_str());
                    self.unknown(&code::UNKNOWN_CASE, NodeId(node), message, &name, known);
                }
                Key::Name(name, node)
            }
            (Ty::Union(_), Key::Expr(value)) => converted(value, Coercion::To(ty.clone())),
            (_, key) => key,
        }
    }
}

/// Is the key of a map another value than the text that it is written as?
pub(crate) fn is_spelt(key: &Ty) -> bool {
    match super::base(key) {
        Ty::Scalar(scalar) => *scalar != ScalarType::Text && !super::coerce::is_refined_text(*scalar),
        Ty::Union(_) => true,
        _ => false,
    }
}

fn converted(value: Expr, to: Coercion) -> Key {
    let node = NodeId(value.node);
    Key::Expr(expr(node, ExprKind::Coerce { value, to }))
}
