//! Bodies of declared types: defaults, `let`s, `where`s, functions, checks. And functions of files.

use super::{Around, Lower};
use crate::signatures::FnSig;
use kss_ir::{Check, FnId, FnIr, RecordDef, RecordId, Refine, Ty};
use kss_span::Symbol;
use kss_syntax::ast::{self, FieldValue, StmtKind, TypeKind};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What the body of a type gave.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Bodies {
    pub records: Vec<Arc<RecordDef>>,
    pub refinements: Vec<(RecordId, Arc<Refine>)>,
    pub fns: Vec<(FnId, Arc<FnIr>)>,
    /// What a `let` of a record reads of its siblings.
    pub let_reads: Vec<(RecordId, Symbol, BTreeSet<Symbol>)>,
}

impl Lower<'_> {
    /// `where cond else message`: `it` is local 0.
    pub(crate) fn lower_where(&mut self, refine: &ast::Where, ty: &Ty) -> Refine {
        let ((cond, message), locals) = self.framed(|l| {
            let it = ast::Name { id: refine.id, text: Symbol::new("it") };
            // `x : T? where …` holds for what is there.
            l.bind(it, super::facts::strip_optional(ty));
            let cond = l.condition(&refine.cond);
            let text = Ty::Scalar(kss_value::scalar::ScalarType::Text);
            (cond, refine.message.as_ref().map(|m| l.check(m, &text)))
        });
        Refine { origin: self.at(refine.id), cond, message, locals, besides: None }
    }

    /// Bodies in a declared type.
    pub(crate) fn type_bodies(&mut self, ty: &ast::Type, out: &mut Bodies) {
        match &ty.kind {
            TypeKind::Record(block) => self.record_bodies(ty.id, block, out),
            TypeKind::Plus(left, right) => {
                self.type_bodies(left, out);
                if let TypeKind::Record(block) = &right.kind {
                    self.record_bodies(ty.id, block, out);
                }
            }
            TypeKind::Union(alternatives) => {
                for alternative in alternatives {
                    match alternative {
                        ast::Alternative::Case { payload: Some(block), .. } => self.record_bodies(block.id, block, out),
                        ast::Alternative::Type(ty) => self.type_bodies(ty, out),
                        ast::Alternative::Case { .. } => {}
                    }
                }
            }
            TypeKind::List(t) | TypeKind::Set(t) | TypeKind::Optional(t) | TypeKind::Later(t) => {
                self.type_bodies(t, out)
            }
            TypeKind::Map(k, v) => {
                self.type_bodies(k, out);
                self.type_bodies(v, out);
            }
            TypeKind::Missing | TypeKind::Name(_) | TypeKind::Ref(_) => {}
        }
    }

    fn record_bodies(&mut self, node: ast::NodeId, block: &ast::Block, out: &mut Bodies) {
        let id = RecordId { item: self.item, node: node.0 };
        let Some(def) = self.sigs.records.get(&id).cloned() else { return };
        let mut def = (*def).clone();
        let outer = self.self_record.replace(id);
        for stmt in &block.stmts {
            self.record_member(stmt, &mut def, out);
        }
        self.self_record = outer;
        out.records.push(Arc::new(def));
    }

    fn record_member(&mut self, stmt: &ast::Stmt, def: &mut RecordDef, out: &mut Bodies) {
        let origin = self.at(stmt.id);
        match &stmt.kind {
            StmtKind::Field(field) => {
                let Some(at) = def.fields.iter().position(|f| f.origin == origin) else { return };
                let ty = def.fields[at].ty.clone();
                let default = match &field.value {
                    Some(FieldValue::Expr(value)) => Some(Arc::new(self.framed(|l| l.check(value, &ty)).0)),
                    Some(FieldValue::Block(block)) => {
                        let as_expr = ast::Expr { id: block.id, kind: ast::ExprKind::Record(block.clone()) };
                        Some(Arc::new(self.framed(|l| l.check(&as_expr, &ty)).0))
                    }
                    _ => None,
                };
                let refine = field.refine.as_ref().map(|r| Arc::new(self.lower_where(r, &ty)));
                let sig = &mut def.fields[at];
                (sig.default, sig.refine) = (default, refine);
                if let Some(written) = &field.ty {
                    self.type_bodies(written, out);
                }
            }
            StmtKind::Let { value, refine, name, .. } => {
                let Some(at) = def.lets.iter().position(|l| l.origin == origin) else { return };
                let ty = def.lets[at].ty.clone();
                let before = std::mem::take(&mut self.self_reads);
                let value = Arc::new(self.framed(|l| l.check(value, &ty)).0);
                let reads = std::mem::replace(&mut self.self_reads, before);
                out.let_reads.push((def.id, name.text, reads));
                let refine = refine.as_ref().map(|r| Arc::new(self.lower_where(r, &ty)));
                let sig = &mut def.lets[at];
                (sig.value, sig.refine) = (Some(value), refine);
            }
            StmtKind::Fn { name, params, body: Some(body), .. } => {
                let Some(function) = def.fns.iter().find(|f| f.name == name.text).cloned() else { return };
                let ir = self.function(name.text, params, &function.params, &function.result, body);
                out.fns.push((function.id, Arc::new(ir)));
            }
            StmtKind::Check { cond, code, message } => {
                let check = self.lower_check(stmt, cond, code.as_ref(), message.as_ref());
                def.checks.push((self.item, check));
            }
            _ => {}
        }
    }

    /// A function with its parameters as the first locals.
    pub(crate) fn function(
        &mut self,
        name: Symbol,
        params: &[ast::Param],
        types: &[(Symbol, Ty)],
        result: &Ty,
        body: &ast::Expr,
    ) -> FnIr {
        let reads = std::mem::take(&mut self.reads);
        let calls = std::mem::take(&mut self.calls);
        let (body, locals) = self.framed(|l| {
            for (param, (_, ty)) in params.iter().zip(types) {
                l.bind(param.name, ty.clone());
            }
            l.check(body, result)
        });
        let own_reads = std::mem::replace(&mut self.reads, reads);
        let own_calls = std::mem::replace(&mut self.calls, calls);
        self.reads.extend(own_reads.iter().copied());
        self.calls.extend(own_calls.iter().copied());
        FnIr { item: self.item, name, params: types.len() as u32, locals, body, reads: own_reads }
    }

    /// `check cond code K else message`; the message sees the variables of a leading quantifier.
    pub(crate) fn lower_check(
        &mut self,
        stmt: &ast::Stmt,
        cond: &ast::Expr,
        code: Option<&ast::Name>,
        message: Option<&ast::Expr>,
    ) -> Check {
        let text = Ty::Scalar(kss_value::scalar::ScalarType::Text);
        code.into_iter().for_each(|code| self.known_code(*code));
        let outer = self.locals.len();
        let (cond_ir, message) = match &cond.kind {
            ast::ExprKind::Quantifier { quantifier, generators, cond: inner } => self.scoped(|l| {
                let loops = l.generators(generators);
                let inner = l.condition(inner);
                let kind = match quantifier {
                    ast::Quantifier::Every => kss_ir::QuantifierKind::Every,
                    ast::Quantifier::Some => kss_ir::QuantifierKind::Some,
                    ast::Quantifier::No => kss_ir::QuantifierKind::No,
                };
                let cond_ir = super::expr(cond.id, kss_ir::ExprKind::Quantifier { kind, loops, cond: inner });
                (cond_ir, message.map(|m| l.check(m, &text)))
            }),
            _ => (self.condition(cond), message.map(|m| self.check(m, &text))),
        };
        debug_assert_eq!(outer, self.locals.len());
        Check {
            node: stmt.id.0,
            chain: Vec::new(),
            cond: cond_ir,
            code: code.map(|c| c.text),
            message,
            locals: self.max_slot,
        }
    }

    /// Reports a code that is no error's.
    pub(super) fn known_code(&mut self, name: ast::Name) {
        if !name.is_missing() && kss_diag::find(&name.text).is_none() {
            let known = kss_diag::ALL.iter().map(|code| code.id);
            let message = format!("there is no error `{}`; `kssc explain` lists them", name.text);
            self.unknown(&kss_diag::code::UNKNOWN_NAME, name.id, message, &name.text, known);
        }
    }

    /// A function of a file.
    pub(crate) fn file_function(&mut self, stmt: &ast::Stmt, sig: &FnSig) -> Option<(FnId, Arc<FnIr>)> {
        let StmtKind::Fn { name, params, body: Some(body), .. } = &stmt.kind else { return None };
        self.around = Around::Type;
        let ir = self.function(name.text, params, &sig.params, &sig.result, body);
        Some((sig.id, Arc::new(ir)))
    }
}
