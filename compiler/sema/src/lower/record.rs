//! `{ … }` as a value: a struct, a map, a set, data, or a record of a declared type.

use super::block::Target;
use super::loops::nest;
use super::{Lower, error_expr, expr, strip};
use kss_diag::code;
use kss_ir::{Block, Elem, Expr, ExprKind, Stmt, StmtKind, Ty};
use kss_span::Symbol;
use kss_syntax::ast::{self, Body, FieldValue};
use kss_value::scalar::ScalarType;

impl Lower<'_> {
    /// `{ … }` where nothing is expected: a struct if all of its names are known, a map or set if it is a comprehension of one,
    /// else data.
    pub(crate) fn infer_record(&mut self, e: &ast::Expr, block: &ast::Block) -> (Expr, Ty) {
        if let Some(found) = self.infer_set(e, block) {
            return found;
        }
        if let [ast::Stmt { kind: ast::StmtKind::For { generators, body: Body::One(stmt) }, .. }] =
            block.stmts.as_slice()
            && let ast::StmtKind::Field(field) = &stmt.kind
            && let (1, Some(FieldValue::Expr(value))) = (field.path.len(), &field.value)
        {
            let ty = self.quietly(|l| {
                l.scoped(|l| {
                    l.generators(generators);
                    l.infer(value).1
                })
            });
            let target = Target::Map(Ty::Scalar(ScalarType::Text), ty);
            let block = self.block(block, &target);
            return (expr(e.id, ExprKind::Record(block)), target.ty());
        }
        match self.struct_type(block) {
            Some(fields) => {
                let stmts = self.scoped(|l| l.struct_stmts(&block.stmts));
                (expr(e.id, ExprKind::Record(Block { node: block.id.0, stmts })), Ty::Struct(fields.into()))
            }
            None => {
                let block = self.block(block, &Target::Data);
                (expr(e.id, ExprKind::Record(block)), Ty::Data)
            }
        }
    }

    /// Names and types of a literal whose statements are all `name = value` (or `name { … }`).
    fn struct_type(&mut self, block: &ast::Block) -> Option<Vec<(Symbol, Ty)>> {
        let mut fields: Vec<(Symbol, Ty)> = Vec::new();
        for stmt in &block.stmts {
            let ast::StmtKind::Field(field) = &stmt.kind else { return None };
            let [key] = field.path.as_slice() else { return None };
            let name = key.literal()?;
            if field.append || field.layer.is_some() || fields.iter().any(|(n, _)| *n == name) {
                return None;
            }
            let ty = match field.value.as_ref()? {
                FieldValue::Expr(value) => self.quietly(|l| l.infer(value).1),
                FieldValue::Block(inner) => {
                    let as_expr = ast::Expr { id: inner.id, kind: ast::ExprKind::Record(inner.clone()) };
                    self.quietly(|l| l.infer(&as_expr).1)
                }
                FieldValue::Keyed { .. } | FieldValue::KeyedExpr { .. } => return None,
            };
            fields.push((name, ty));
        }
        fields.sort_by_key(|(name, _)| *name);
        Some(fields)
    }

    fn struct_stmts(&mut self, stmts: &[ast::Stmt]) -> Vec<Stmt> {
        let mut out = Vec::new();
        for stmt in stmts {
            let ast::StmtKind::Field(field) = &stmt.kind else { continue };
            let path = field.path.iter().map(|k| self.key(k)).collect();
            let value = match &field.value {
                Some(FieldValue::Expr(value)) => self.infer(value).0,
                Some(FieldValue::Block(inner)) => {
                    let as_expr = ast::Expr { id: inner.id, kind: ast::ExprKind::Record(inner.clone()) };
                    self.infer(&as_expr).0
                }
                _ => continue,
            };
            out.push(Stmt { node: stmt.id.0, kind: StmtKind::Set { path, value, layer: None, because: None } });
        }
        out
    }

    /// A set: `{a, b}`, `{for x in xs => x}`.
    fn infer_set(&mut self, e: &ast::Expr, block: &ast::Block) -> Option<(Expr, Ty)> {
        if block.stmts.is_empty() || !block.stmts.iter().all(is_element) {
            return None;
        }
        let mut ty = Ty::Never;
        let types: Vec<Ty> = block.stmts.iter().map(|s| self.quietly(|l| l.scoped(|l| l.element_type(s)))).collect();
        for other in types {
            ty = self.join(&ty, &other).unwrap_or(Ty::Error);
        }
        let elems = block.stmts.iter().map(|s| self.scoped(|l| l.set_elem(s, &ty))).collect();
        Some((expr(e.id, ExprKind::Set(elems)), super::expr_ops::set_of(ty)))
    }

    fn element_type(&mut self, stmt: &ast::Stmt) -> Ty {
        match &stmt.kind {
            ast::StmtKind::Element(value) => self.infer(value).1,
            ast::StmtKind::For { generators, body: Body::One(inner) } => {
                self.generators(generators);
                self.element_type(inner)
            }
            ast::StmtKind::If { cond, then: Body::One(inner), .. } => {
                self.learn(cond, true);
                self.element_type(inner)
            }
            _ => Ty::Error,
        }
    }

    fn set_elem(&mut self, stmt: &ast::Stmt, want: &Ty) -> Elem {
        match &stmt.kind {
            ast::StmtKind::Element(value) => Elem::Value(self.check(value, want)),
            ast::StmtKind::Spread(value) => {
                let set = super::expr_ops::set_of(want.clone());
                let (ir, ty) = self.infer(value);
                let from = match strip(&ty) {
                    Ty::List(item) => Ty::Set(item.clone()),
                    _ => ty.clone(),
                };
                Elem::Spread(self.coerce(ir, &from, &set))
            }
            ast::StmtKind::For { generators, body: Body::One(inner) } => {
                let loops = self.generators(generators);
                let elem = self.set_elem(inner, want);
                nest(loops, elem)
            }
            ast::StmtKind::If { cond, then: Body::One(inner), otherwise: None } => {
                let ir = self.condition(cond);
                self.learn(cond, true);
                Elem::If(ir, Box::new(self.set_elem(inner, want)))
            }
            _ => {
                let at = self.at(stmt.id);
                self.report(code::MISPLACED.at(at, "a set holds values: `{a, b}`"));
                Elem::Value(error_expr(stmt.id))
            }
        }
    }

    /// `{ … }` where `want` is expected.
    pub(crate) fn check_record(&mut self, e: &ast::Expr, block: &ast::Block, want: &Ty) -> Expr {
        match super::base(want) {
            Ty::Optional(inner) => self.check_record(e, block, &inner.clone()),
            Ty::Data if !self.begins_key(block) && !block.stmts.is_empty() && block.stmts.iter().all(is_element) => {
                let at = self.at(e.id);
                self.report(code::TYPE_MISMATCH.at(at, "free-form data has no sets").help("write a list: `[a, b]`"));
                error_expr(e.id)
            }
            Ty::Data => expr(e.id, ExprKind::Record(self.block(block, &Target::Data))),
            Ty::Map(key, value) => {
                let target = Target::Map((**key).clone(), (**value).clone());
                expr(e.id, ExprKind::Record(self.block(block, &target)))
            }
            Ty::Record(id) => {
                let id = *id;
                self.typed_block(e.id, block, id)
            }
            Ty::Set(item) => {
                let item = (**item).clone();
                let elems = block.stmts.iter().map(|s| self.scoped(|l| l.set_elem(s, &item))).collect();
                expr(e.id, ExprKind::Set(elems))
            }
            Ty::Struct(fields) => self.check_struct(e, block, &fields.clone(), want),
            Ty::Union(_) => {
                let types = self.alternative_types(want);
                let records: Vec<Ty> = types
                    .into_iter()
                    .filter(|t| matches!(t, Ty::Record(_) | Ty::Map(..) | Ty::Data | Ty::Set(_)))
                    .collect();
                match records.as_slice() {
                    [only] => self.check_record(e, block, only),
                    _ => {
                        let shown = self.show(want);
                        self.error(&code::TYPE_MISMATCH, e.id, format!("expected one of `{shown}`, found a record"))
                    }
                }
            }
            _ => {
                let (value, ty) = self.infer_record(e, block);
                self.coerce(value, &ty, want)
            }
        }
    }

    fn check_struct(&mut self, e: &ast::Expr, block: &ast::Block, fields: &[(Symbol, Ty)], want: &Ty) -> Expr {
        let names: Option<Vec<Symbol>> = block
            .stmts
            .iter()
            .map(|s| match &s.kind {
                ast::StmtKind::Field(f) if f.path.len() == 1 => f.path[0].literal(),
                _ => None,
            })
            .collect();
        let same = names.is_some_and(|mut n| {
            n.sort();
            n == fields.iter().map(|(name, _)| *name).collect::<Vec<_>>()
        });
        if !same {
            let (value, ty) = self.infer_record(e, block);
            return self.coerce(value, &ty, want);
        }
        let mut stmts = Vec::new();
        for stmt in &block.stmts {
            let ast::StmtKind::Field(field) = &stmt.kind else { continue };
            let ty = field.path[0]
                .literal()
                .and_then(|n| fields.iter().find(|(f, _)| *f == n))
                .map_or(Ty::Error, |(_, t)| t.clone());
            let path = field.path.iter().map(|k| self.key(k)).collect();
            let value = match &field.value {
                Some(FieldValue::Expr(value)) => self.check(value, &ty),
                Some(FieldValue::Block(inner)) => self.block_value(stmt.id, inner, &ty),
                _ => continue,
            };
            stmts.push(Stmt { node: stmt.id.0, kind: StmtKind::Set { path, value, layer: None, because: None } });
        }
        expr(e.id, ExprKind::Record(Block { node: block.id.0, stmts }))
    }
}

fn is_element(stmt: &ast::Stmt) -> bool {
    match &stmt.kind {
        ast::StmtKind::Element(value) => !matches!(value.kind, ast::ExprKind::Fail { .. }),
        ast::StmtKind::For { body: Body::One(inner), .. } => is_element(inner),
        ast::StmtKind::If { then: Body::One(inner), otherwise: None, .. } => is_element(inner),
        _ => false,
    }
}
