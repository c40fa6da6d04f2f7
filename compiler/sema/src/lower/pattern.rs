//! Patterns of `match` and `is`.

use super::{Lower, strip};
use crate::index::{Cursor, Target, Usage};
use kss_diag::code;
use kss_ir::{Pattern, Ty};
use kss_span::Symbol;
use kss_syntax::ast::{self, PatternKind};
use kss_value::scalar::ScalarType;

impl Lower<'_> {
    /// A pattern over a value of type `ty`. With `bind` its variables come into scope.
    pub(crate) fn pattern(&mut self, pattern: &ast::Pattern, ty: &Ty, bind: bool) -> Pattern {
        match &pattern.kind {
            PatternKind::Missing => Pattern::Any,
            PatternKind::Any => Pattern::Any,
            PatternKind::Case { name, .. } if name.text == "none" => Pattern::None,
            PatternKind::Case { name, fields }
                if name.text == "present" && fields.is_none() && !self.has_case(ty, name.text) =>
            {
                Pattern::Present
            }
            PatternKind::Case { name, fields } => self.case_pattern(*name, fields.as_deref().unwrap_or(&[]), ty, bind),
            PatternKind::Typed { name, ty: written } => {
                let tested = self.resolve_type(written, name.text);
                self.check_tested(written.id, &tested, ty);
                let slot = bind.then(|| self.bind(*name, tested.clone()));
                Pattern::Type { ty: tested, slot }
            }
            PatternKind::Or(list) => Pattern::Or(list.iter().map(|p| self.pattern(p, ty, bind)).collect()),
            PatternKind::Literal(value) => {
                let value = self.check(value, super::strip(ty));
                match *value.kind {
                    kss_ir::ExprKind::Const(value) => Pattern::Value(value),
                    _ => Pattern::Any,
                }
            }
        }
    }

    fn has_case(&self, ty: &Ty, name: Symbol) -> bool {
        match strip(ty) {
            Ty::Union(id) => self.sigs.unions.get(id).is_some_and(|u| u.case(name).is_some()),
            _ => false,
        }
    }

    fn case_pattern(&mut self, name: ast::Name, fields: &[ast::PatternField], ty: &Ty, bind: bool) -> Pattern {
        if name.text.starts_with(|c: char| c.is_uppercase()) {
            let written = ast::Type { id: name.id, kind: ast::TypeKind::Name(name.text) };
            let tested = self.resolve_type(&written, name.text);
            self.check_tested(name.id, &tested, ty);
            return Pattern::Type { ty: tested, slot: None };
        }
        if matches!(name.text.as_str(), "true" | "false") && matches!(strip(ty), Ty::Scalar(ScalarType::Bool)) {
            return Pattern::Value(kss_value::Value::bool(name.text == "true", self.at(name.id)));
        }
        if self.is_marker(name.text) {
            self.at_cursor(Cursor::Pattern(ty.clone()));
            return Pattern::Any;
        }
        let Ty::Union(id) = strip(ty) else {
            if !matches!(strip(ty), Ty::Error | Ty::Never) {
                let at = self.at(name.id);
                let shown = self.show(ty);
                self.report(code::UNKNOWN_CASE.at(at, format!("`{}` is no case: the value is a `{shown}`", name.text)));
            }
            return Pattern::Any;
        };
        let Some(union) = self.sigs.unions.get(id).cloned() else { return Pattern::Any };
        let Some(payload) = union.case(name.text) else {
            let known = super::names::case_names(&union);
            let message = format!("`{}` is no case of `{}`", name.text, self.show(&Ty::Union(*id)));
            self.unknown(&code::UNKNOWN_CASE, name.id, message, &name.text, known.iter().map(|s| s.as_str()));
            self.bind_unknown(fields, bind);
            return Pattern::Any;
        };
        self.refer(name.id, Usage::Read, |_| Some(Target::Case(*id, name.text)));
        let mut slots = Vec::new();
        for field in fields {
            if let Some(payload) = payload {
                if self.is_marker(field.field.text) {
                    self.at_cursor(Cursor::Key { of: Ty::Record(payload), module: None });
                }
                self.refer_field(field.field.id, Usage::Read, &Ty::Record(payload), field.field.text);
            }
            let def = payload.and_then(|p| self.sigs.records.get(&p).cloned());
            let known = def.as_ref().and_then(|d| {
                d.field(field.field.text)
                    .map(|f| f.ty.clone())
                    .or_else(|| d.let_(field.field.text).map(|l| l.ty.clone()))
            });
            let Some(field_ty) = known else {
                let names: Vec<Symbol> = def.iter().flat_map(|d| d.fields.iter().map(|f| f.name)).collect();
                let message = format!("case `{}` has no field `{}`", name.text, field.field.text);
                self.unknown(
                    &code::UNKNOWN_FIELD,
                    field.field.id,
                    message,
                    &field.field.text,
                    names.iter().map(|s| s.as_str()),
                );
                self.bind_unknown(std::slice::from_ref(field), bind);
                continue;
            };
            if bind {
                let variable = field.rename.unwrap_or(field.field);
                if variable.text == "_" {
                    continue;
                }
                let slot = self.bind(variable, field_ty);
                slots.push((field.field.text, slot));
            }
        }
        Pattern::Case { name: name.text, fields: slots }
    }

    /// Variables of fields that don't exist: what reads them is no further mistake.
    fn bind_unknown(&mut self, fields: &[ast::PatternField], bind: bool) {
        for field in fields.iter().filter(|_| bind) {
            let variable = field.rename.unwrap_or(field.field);
            if variable.text != "_" {
                self.bind(variable, Ty::Error);
            }
        }
    }

    /// `x is Ip` must be possible.
    fn check_tested(&mut self, node: ast::NodeId, tested: &Ty, ty: &Ty) {
        let alternatives = self.alternative_types(ty);
        let possible = alternatives.contains(tested)
            || strip(ty) == tested
            || matches!(strip(ty), Ty::Data | Ty::Error | Ty::Never)
            || matches!(tested, Ty::Error);
        if !possible {
            let at = self.at(node);
            let (tested, ty) = (self.show(tested), self.show(ty));
            self.report(code::TYPE_MISMATCH.at(at, format!("a `{ty}` is never a `{tested}`")));
        }
    }
}
