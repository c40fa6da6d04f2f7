//! Record literals: what a block writes, statement by statement.

use super::loops::nest;
use super::{Lower, error_expr, expr, strip};
use kss_diag::code;
use kss_ir::{Block, Elem, Expr, ExprKind, Key, LayerWord, RecordId, Stmt, StmtKind, Ty};
use kss_span::Symbol;
use kss_syntax::ast::{self, Body, FieldValue};
use kss_value::scalar::ScalarType;
use std::sync::Arc;

/// What a block is for.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Target {
    /// Free-form data.
    Data,
    /// A declared record.
    Record(RecordId),
    /// A map with values of this type.
    Map(Ty),
    /// Fields that no record declares: options of a module.
    Struct(Arc<[(Symbol, Ty)]>),
    /// An entry of an open kind (`manifest`): declared fields have their types, others are data.
    Open(RecordId),
}

impl Lower<'_> {
    /// `{ … }` for the record `id`, with its defaults.
    pub(crate) fn typed_block(&mut self, node: ast::NodeId, block: &ast::Block, id: RecordId) -> Expr {
        let block = self.block_of_record(block, id);
        expr(node, ExprKind::Typed { record: id, block })
    }

    pub(crate) fn block_of_record(&mut self, block: &ast::Block, id: RecordId) -> Block {
        let open = self.sigs.records.get(&id).is_some_and(|d| d.open);
        self.block(block, &if open { Target::Open(id) } else { Target::Record(id) })
    }

    pub(crate) fn block(&mut self, block: &ast::Block, target: &Target) -> Block {
        let stmts = self.scoped(|l| l.block_stmts(&block.stmts, target));
        Block { node: block.id.0, stmts }
    }

    pub(crate) fn block_stmts(&mut self, stmts: &[ast::Stmt], target: &Target) -> Vec<Stmt> {
        let mut out = Vec::new();
        for stmt in stmts {
            self.deeper(|l| l.block_stmt(stmt, target, &mut out));
        }
        out
    }

    fn block_stmt(&mut self, stmt: &ast::Stmt, target: &Target, out: &mut Vec<Stmt>) {
        let node = stmt.id.0;
        let kind = match &stmt.kind {
            ast::StmtKind::Error => return,
            ast::StmtKind::Field(field) => match self.field_stmt(stmt, field, target) {
                Some(kind) => kind,
                None => return,
            },
            ast::StmtKind::Entry { head, body, because } => {
                match self.keyed_entry(stmt, head, body, because.as_ref(), target) {
                    Some(stmts) => {
                        out.extend(stmts);
                        return;
                    }
                    None => return,
                }
            }
            ast::StmtKind::Let { name, ty, value, .. } => {
                let (value, ty) = match ty {
                    Some(ty) => {
                        let ty = self.resolve_type(ty, name.text);
                        (self.check(value, &ty), ty)
                    }
                    None => self.infer(value),
                };
                StmtKind::Let { slot: self.bind(*name, ty), value }
            }
            ast::StmtKind::If { cond, then, otherwise } => self.if_stmt(cond, then, otherwise.as_ref(), target),
            ast::StmtKind::For { generators, body } => self.scoped(|l| {
                let loops = l.generators(generators);
                StmtKind::For { loops, body: l.body(body, target) }
            }),
            ast::StmtKind::Match { subject, arms } => self.match_stmt(stmt, subject, arms, target),
            ast::StmtKind::Spread(value) => self.spread_stmt(value, target),
            ast::StmtKind::Remove { target: removed } => match self.remove_path(stmt, removed) {
                Some(kind) => kind,
                None => return,
            },
            ast::StmtKind::Unchecked { path, value, because } => {
                let keys: Vec<Key> = path.iter().map(|k| self.key(k)).collect();
                let reason: Arc<str> = because.literal().map_or("", Symbol::as_str).into();
                if let Some(value) = value {
                    let value = self.check(value, &Ty::Data);
                    let kind = StmtKind::Set { path: keys.clone(), value, layer: None, because: None };
                    out.push(Stmt { node, kind });
                }
                StmtKind::Unchecked { path: keys, because: reason }
            }
            ast::StmtKind::Element(value) if matches!(value.kind, ast::ExprKind::Fail { .. }) => {
                StmtKind::Do(self.infer(value).0)
            }
            ast::StmtKind::Element(value) => {
                let message = "this is a value without a name, and a record is expected";
                self.report(
                    code::MISPLACED
                        .at(self.at(value.id), message)
                        .help("write `name = value`; a list is written in brackets"),
                );
                return;
            }
            _ => {
                let at = self.at(stmt.id);
                self.report(code::MISPLACED.at(at, "this statement can't stand in a record"));
                return;
            }
        };
        out.push(Stmt { node, kind });
    }

    fn body(&mut self, body: &Body, target: &Target) -> Block {
        match body {
            Body::Block(block) => self.block(block, target),
            Body::One(stmt) => {
                let stmts = self.scoped(|l| l.block_stmts(std::slice::from_ref(stmt), target));
                Block { node: stmt.id.0, stmts }
            }
        }
    }

    fn if_stmt(&mut self, cond: &ast::Expr, then: &Body, otherwise: Option<&Body>, target: &Target) -> StmtKind {
        let cond_ir = self.condition(cond);
        let then = self.scoped(|l| {
            l.learn(cond, true);
            l.body(then, target)
        });
        let otherwise = otherwise.map(|body| {
            self.scoped(|l| {
                l.learn(cond, false);
                l.body(body, target)
            })
        });
        StmtKind::If { cond: cond_ir, then, otherwise }
    }

    fn match_stmt(
        &mut self,
        stmt: &ast::Stmt,
        subject: &ast::Expr,
        arms: &[(ast::Pattern, Body)],
        target: &Target,
    ) -> StmtKind {
        let (subject_ir, ty) = self.infer(subject);
        let mut out = Vec::new();
        for (pattern, body) in arms {
            out.push(self.scoped(|l| {
                let p = l.pattern(pattern, &ty, true);
                l.learn_pattern(subject, &ty, pattern);
                (p, l.body(body, target))
            }));
        }
        let patterns: Vec<_> = out.iter().map(|(p, _)| p.clone()).collect();
        self.exhaustive(stmt.id, &ty, &patterns);
        StmtKind::Match { subject: subject_ir, arms: out }
    }

    fn spread_stmt(&mut self, value: &ast::Expr, target: &Target) -> StmtKind {
        let (ir, ty) = self.infer(value);
        let fits = match (target, strip(&ty)) {
            (_, Ty::Error | Ty::Never) => true,
            (Target::Data | Target::Open(_), found) => {
                matches!(found, Ty::Data | Ty::Map(..) | Ty::Struct(_) | Ty::Record(_)) && self.is_data(found, 0)
            }
            (Target::Map(want), Ty::Map(_, found)) => self.fit(found, want) != super::coerce::Fit::No,
            (Target::Map(want), Ty::Struct(fields)) => {
                fields.iter().all(|(_, t)| self.fit(t, want) != super::coerce::Fit::No)
            }
            (Target::Map(_) | Target::Record(_), Ty::Data) => true,
            (Target::Record(id), Ty::Record(found)) => id == found,
            (Target::Record(id), Ty::Struct(fields)) => {
                let def = self.sigs.records.get(id).cloned();
                def.is_some_and(|d| {
                    fields
                        .iter()
                        .all(|(n, t)| d.field(*n).is_some_and(|f| self.fit(t, &f.ty) != super::coerce::Fit::No))
                })
            }
            _ => false,
        };
        if !fits {
            let at = self.at(value.id);
            let shown = self.show(&ty);
            self.report(code::TYPE_MISMATCH.at(at, format!("a `{shown}` can't be spread here")));
            return StmtKind::Spread(error_expr(value.id));
        }
        StmtKind::Spread(ir)
    }

    /// `remove a.b` inside a record.
    fn remove_path(&mut self, stmt: &ast::Stmt, target: &ast::RemoveTarget) -> Option<StmtKind> {
        if target.is_use || target.head.words.len() > 1 {
            let at = self.at(stmt.id);
            self.report(code::MISPLACED.at(at, "entries and modules are removed in a site's or cluster's body"));
            return None;
        }
        let keys = target.head.words.iter().chain(&target.path).map(|k| self.key(k)).collect();
        Some(StmtKind::Remove { path: keys })
    }

    /// A key: bare words are literal, `"…"` may be computed.
    pub(crate) fn key(&mut self, key: &ast::Key) -> Key {
        match key {
            ast::Key::Bare(name) => Key::Name(name.text, name.id.0),
            ast::Key::Quoted(text) => match text.literal() {
                Some(name) => Key::Name(name, text.id.0),
                None => {
                    let (value, ty) = self.text(text);
                    if ty == Ty::Secret {
                        let at = self.at(text.id);
                        self.report(code::SECRET_AS_TEXT.at(at, "a name can't hold a secret"));
                    }
                    Key::Expr(value)
                }
            },
            ast::Key::Range { id, .. } => {
                let at = self.at(*id);
                self.report(code::MISPLACED.at(at, "a range of names stands in the head of an entry only"));
                Key::Name(Symbol::new(""), id.0)
            }
        }
    }

    pub(crate) fn layer(field: &ast::Field) -> Option<LayerWord> {
        field.layer.map(|word| match word {
            ast::LayerWord::Default => LayerWord::Default,
            ast::LayerWord::Override => LayerWord::Override,
            ast::LayerWord::Force => LayerWord::Force,
        })
    }

    fn field_stmt(&mut self, stmt: &ast::Stmt, field: &ast::Field, target: &Target) -> Option<StmtKind> {
        let keys: Vec<Key> = field.path.iter().map(|k| self.key(k)).collect();
        let ty = self.path_type(field, target)?;
        let layer = Self::layer(field);
        let because = field.because.as_ref().map(|b| Arc::from(b.literal().map_or("", Symbol::as_str)));
        if let Some(written) = &field.ty {
            let at = self.at(written.id);
            self.report(
                code::MISPLACED
                    .at(at, "a type is written where a field is declared, not where it is set")
                    .help("write `name = value`"),
            );
        }
        if field.append {
            let item = match strip(&ty) {
                Ty::List(item) => (**item).clone(),
                Ty::Data => Ty::Data,
                Ty::Error => Ty::Error,
                other => {
                    let shown = self.show(other);
                    self.error(
                        &code::TYPE_MISMATCH,
                        stmt.id,
                        format!("`append` adds to a list, and this is `{shown}`"),
                    );
                    return None;
                }
            };
            let value = match &field.value {
                Some(FieldValue::Expr(e)) if matches!(e.kind, ast::ExprKind::List(_)) => {
                    self.check(e, &super::expr::list_of(item))
                }
                Some(FieldValue::Expr(e)) => self.append_value(e, &item),
                Some(FieldValue::Block(b)) => self.block_value(stmt.id, b, &item),
                _ => error_expr(stmt.id),
            };
            return Some(StmtKind::Append { path: keys, value, layer });
        }
        match &field.value {
            Some(FieldValue::Expr(value)) => {
                let value = self.check(value, &none_is_fine(&ty, target));
                Some(StmtKind::Set { path: keys, value, layer, because })
            }
            Some(FieldValue::Block(block)) => {
                let value = self.block_value(stmt.id, block, &ty);
                Some(StmtKind::Set { path: keys, value, layer, because })
            }
            Some(FieldValue::Keyed { by, block }) => {
                if !matches!(strip(&ty), Ty::Data | Ty::List(_) | Ty::Error) {
                    let shown = self.show(&ty);
                    self.error(&code::TYPE_MISMATCH, stmt.id, format!("`by` writes a list, and this is `{shown}`"));
                    return None;
                }
                let item = match strip(&ty) {
                    Ty::List(item) => (**item).clone(),
                    _ => Ty::Data,
                };
                let target = match strip(&item) {
                    Ty::Data => Target::Data,
                    other => Target::Map(other.clone()),
                };
                let block = self.block(block, &target);
                let value = expr(stmt.id, ExprKind::Record(block));
                Some(StmtKind::Keyed { path: keys, by: by.text, value, layer, because })
            }
            Some(FieldValue::KeyedExpr { by, value }) => {
                let item = match strip(&ty) {
                    Ty::List(item) => (**item).clone(),
                    _ => Ty::Data,
                };
                let map = Ty::Map(Arc::new(Ty::Scalar(ScalarType::Text)), Arc::new(item));
                let value = self.check(value, &map);
                Some(StmtKind::Keyed { path: keys, by: by.text, value, layer, because })
            }
            None => {
                let at = self.at(stmt.id);
                self.report(code::NOT_SET.at(at, "this field gets no value").help("write `name = value`"));
                None
            }
        }
    }

    /// One item, or a list of items.
    fn append_value(&mut self, e: &ast::Expr, item: &Ty) -> Expr {
        let ty = self.quietly(|l| l.infer(e).1);
        if matches!(strip(&ty), Ty::List(_)) {
            self.check(e, &super::expr::list_of(item.clone()))
        } else {
            self.check(e, item)
        }
    }

    /// `a { … }`: a record of the field's type.
    fn block_value(&mut self, node: ast::NodeId, block: &ast::Block, ty: &Ty) -> Expr {
        let as_expr = ast::Expr { id: block.id, kind: ast::ExprKind::Record(block.clone()) };
        let _ = node;
        self.check(&as_expr, ty)
    }

    /// Type of the field at the end of a path.
    pub(crate) fn path_type(&mut self, field: &ast::Field, target: &Target) -> Option<Ty> {
        let mut current = match target {
            Target::Data => Ty::Data,
            Target::Record(id) | Target::Open(id) => Ty::Record(*id),
            Target::Map(value) => Ty::Map(Arc::new(Ty::Scalar(ScalarType::Text)), Arc::new(value.clone())),
            Target::Struct(fields) => Ty::Struct(fields.clone()),
        };
        for key in &field.path {
            current = self.step(&current, key)?;
        }
        Some(current)
    }

    /// Type of what is below `key`.
    pub(crate) fn step(&mut self, ty: &Ty, key: &ast::Key) -> Option<Ty> {
        match strip(ty) {
            Ty::Data => Some(Ty::Data),
            Ty::Error | Ty::Never => Some(Ty::Error),
            Ty::Map(_, value) => Some((**value).clone()),
            Ty::Record(id) => {
                let def = self.sigs.records.get(id).cloned()?;
                let Some(name) = key.literal() else {
                    let at = self.at(key.id());
                    let message = format!("`{}` has fixed fields, so a computed name can't stand here", def.name);
                    self.report(code::UNKNOWN_FIELD.at(at, message));
                    return None;
                };
                match def.field(name) {
                    Some(found) => Some(found.ty.clone()),
                    None if def.let_(name).is_some() => {
                        let at = self.at(key.id());
                        let diag = code::UNKNOWN_FIELD
                            .at(at, format!("`{name}` of `{}` is derived, it can't be set", def.name));
                        let place = def.let_(name).map_or(at, |l| l.origin);
                        self.report(diag.also(place, "derived here"));
                        None
                    }
                    None if def.open => Some(Ty::Data),
                    None => {
                        self.unknown_field(&def, name, key.id());
                        None
                    }
                }
            }
            Ty::Struct(fields) => {
                let name = key.literal()?;
                fields.iter().find(|(n, _)| *n == name).map(|(_, t)| t.clone())
            }
            other => {
                let shown = self.show(other);
                self.error(&code::TYPE_MISMATCH, key.id(), format!("`{shown}` has no fields"));
                None
            }
        }
    }

    /// "The closest name, or the place where a field of that name does exist."
    fn unknown_field(&mut self, def: &kss_ir::RecordDef, name: Symbol, node: ast::NodeId) {
        let known: Vec<Symbol> = def.fields.iter().map(|f| f.name).collect();
        let message = format!("`{}` has no field `{name}`", def.name);
        if kss_diag::closest(&name, known.iter().map(|s| s.as_str())).is_none()
            && let Some(path) = self.elsewhere(def, name, 0)
        {
            let at = self.at(node);
            self.report(code::UNKNOWN_FIELD.at(at, message).label(format!("there is `{path}`")).suggest(
                format!("write `{path}`"),
                at,
                kss_diag::How::Replace,
                path,
            ));
            return;
        }
        self.unknown(&code::UNKNOWN_FIELD, node, message, &name, known.iter().map(|s| s.as_str()));
    }

    fn elsewhere(&self, def: &kss_ir::RecordDef, name: Symbol, depth: u32) -> Option<String> {
        if depth > 2 {
            return None;
        }
        def.fields.iter().find_map(|field| {
            let Ty::Record(id) = strip(&field.ty) else { return None };
            let inner = self.sigs.records.get(id)?;
            if inner.field(name).is_some() {
                return Some(format!("{}.{name}", field.name));
            }
            self.elsewhere(inner, name, depth + 1).map(|rest| format!("{}.{rest}", field.name))
        })
    }

    /// `nic nat { … }` in a record with a map `nic`: the same as `nic.nat = { … }`.
    fn keyed_entry(
        &mut self,
        stmt: &ast::Stmt,
        head: &ast::Head,
        body: &ast::Block,
        because: Option<&ast::Text>,
        target: &Target,
    ) -> Option<Vec<Stmt>> {
        let [collection, name] = head.words.as_slice() else {
            let at = self.at(head.id);
            self.report(code::MISPLACED.at(at, "an entry of this form can't stand here"));
            return None;
        };
        let field = ast::Field {
            layer: None,
            private: false,
            append: false,
            path: vec![collection.clone()],
            ty: None,
            value: None,
            refine: None,
            because: None,
        };
        if matches!(target, Target::Data) {
            let at = self.at(head.id);
            let text = collection.literal().map_or("a", Symbol::as_str);
            self.report(
                code::MISPLACED.at(at, "free-form data has no entries").help(format!("write `{text}.NAME {{ … }}`")),
            );
            return None;
        }
        let ty = self.path_type(&field, target)?;
        let Ty::Map(_, value_ty) = strip(&ty).clone() else {
            let shown = self.show(&ty);
            self.error(&code::TYPE_MISMATCH, head.id, format!("this is a `{shown}`, which has no entries with names"));
            return None;
        };
        let because: Option<Arc<str>> = because.map(|b| b.literal().map_or("", Symbol::as_str).into());
        let collection = self.key(collection);
        let one = |l: &mut Self, name: Key| {
            let value = l.block_value(stmt.id, body, &value_ty);
            let kind =
                StmtKind::Set { path: vec![collection.clone(), name], value, layer: None, because: because.clone() };
            Stmt { node: stmt.id.0, kind }
        };
        match name {
            ast::Key::Range { id, prefix, first, last } => {
                let numbers = self.range_numbers(*id, *first, *last);
                let it = ast::Name { id: *id, text: Symbol::new("it") };
                Some(
                    numbers
                        .into_iter()
                        .map(|n| {
                            self.numbered(it, n, |l| one(l, Key::Name(Symbol::new(&format!("{prefix}{n}")), id.0)))
                        })
                        .collect(),
                )
            }
            other => {
                let name = self.key(other);
                Some(vec![one(self, name)])
            }
        }
    }

    /// `worker-{1..3}`: at most a thousand.
    pub(crate) fn range_numbers(&mut self, node: ast::NodeId, first: u32, last: u32) -> Vec<u32> {
        if last < first || last - first >= 1000 {
            let at = self.at(node);
            self.report(
                code::TOO_LARGE
                    .at(at, format!("`{first}..{last}` is no range of names"))
                    .help("write the smaller number first, at most a thousand names"),
            );
            return Vec::new();
        }
        (first..=last).collect()
    }

    /// Lowers with `it` bound to a number: one block with a `let` around the statement.
    fn numbered(&mut self, it: ast::Name, n: u32, f: impl FnOnce(&mut Self) -> Stmt) -> Stmt {
        self.scoped(|l| {
            let slot = l.bind(it, Ty::Scalar(ScalarType::Int));
            let origin = l.at(it.id);
            let value = expr(it.id, ExprKind::Const(kss_value::Value::int(i64::from(n), origin)));
            let inner = f(l);
            let node = inner.node;
            let always = expr(it.id, ExprKind::Const(kss_value::Value::bool(true, origin)));
            let bind = Stmt { node, kind: StmtKind::Let { slot, value } };
            Stmt {
                node,
                kind: StmtKind::If { cond: always, then: Block { node, stmts: vec![bind, inner] }, otherwise: None },
            }
        })
    }

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
            let block = self.block(block, &Target::Map(ty.clone()));
            let map = Ty::Map(Arc::new(Ty::Scalar(ScalarType::Text)), Arc::new(ty));
            return (expr(e.id, ExprKind::Record(block)), map);
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
            Ty::Data if block.stmts.iter().any(is_element) && block.stmts.iter().all(is_element) => {
                let at = self.at(e.id);
                self.report(code::TYPE_MISMATCH.at(at, "free-form data has no sets").help("write a list: `[a, b]`"));
                error_expr(e.id)
            }
            Ty::Data => expr(e.id, ExprKind::Record(self.block(block, &Target::Data))),
            Ty::Map(_, value) => {
                let value = (**value).clone();
                expr(e.id, ExprKind::Record(self.block(block, &Target::Map(value))))
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

/// In data an absent value writes no key, so `none` is always fine there.
fn none_is_fine(ty: &Ty, target: &Target) -> Ty {
    let _ = target;
    ty.clone()
}

fn is_element(stmt: &ast::Stmt) -> bool {
    match &stmt.kind {
        ast::StmtKind::Element(value) => !matches!(value.kind, ast::ExprKind::Fail { .. }),
        ast::StmtKind::For { body: Body::One(inner), .. } => is_element(inner),
        ast::StmtKind::If { then: Body::One(inner), otherwise: None, .. } => is_element(inner),
        _ => false,
    }
}
