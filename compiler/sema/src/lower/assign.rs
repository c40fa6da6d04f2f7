//! `a.b = value` and its relatives: which field a path leads to, and what it gets.

use super::block::Target;
use super::{Lower, error_expr, expr, strip};
use crate::index::{Cursor, Usage};
use kss_diag::{How, code};
use kss_ir::{Block, Expr, ExprKind, Key, LayerWord, LocalLet, Stmt, StmtKind, Ty};
use kss_span::Symbol;
use kss_syntax::ast::{self, FieldValue};
use kss_value::scalar::ScalarType;
use std::sync::Arc;

/// Names in one path. Deeper ones make values that nothing can walk through safely.
const LONGEST_PATH: usize = 32;

impl Lower<'_> {
    pub(crate) fn layer(field: &ast::Field) -> Option<LayerWord> {
        field.layer.map(|word| match word {
            ast::LayerWord::Default => LayerWord::Default,
            ast::LayerWord::Override => LayerWord::Override,
            ast::LayerWord::Force => LayerWord::Force,
        })
    }

    /// `node { ip = … }`: fields of an entry where entries stand.
    fn entry_without_name(&self, field: &ast::Field, target: &Target) -> Option<Symbol> {
        let ([ast::Key::Bare(name)], Some(FieldValue::Block(block)), Target::Record(around)) =
            (field.path.as_slice(), &field.value, target)
        else {
            return None;
        };
        // Beside the maps of a scope that hold entries (`node`) a record may have a field that is called as a kind is.
        let declared = self.sigs.records.get(around).is_some_and(|around| around.field(name.text).is_some());
        let is_structure = |usage| matches!(usage, kss_ir::KindUse::Structure);
        let kind = self.sigs.kinds.get(&name.text).filter(|kind| is_structure(kind.usage) || !declared)?;
        let def = self.sigs.record_of(&kind.ty)?;
        let is_own = |stmt: &ast::Stmt| {
            let ast::StmtKind::Field(field) = &stmt.kind else { return false };
            let Some(FieldValue::Expr(value)) = &field.value else { return false };
            let known = field.path.first().and_then(ast::Key::literal).and_then(|name| def.field(name));
            known.is_some() && !matches!(value.kind, ast::ExprKind::Record(_) | ast::ExprKind::Construct { .. })
        };
        block.stmts.iter().any(is_own).then_some(kind.name)
    }

    pub(crate) fn field_stmt(&mut self, stmt: &ast::Stmt, field: &ast::Field, target: &Target) -> Option<StmtKind> {
        if let Some(key) = field.path.get(LONGEST_PATH) {
            let at = self.at(key.id());
            let message = format!("this path has {} names, and at most {LONGEST_PATH} are read", field.path.len());
            self.report(code::TOO_DEEP.at(at, message).help("name the inner part with `let`"));
            return None;
        }
        if let Some(kind) = self.entry_without_name(field, target) {
            self.misplaced(stmt, &format!("an entry has a name: `{kind} NAME {{ … }}`"));
            return None;
        }
        let mut keys: Vec<Key> = field.path.iter().map(|k| self.key(k)).collect();
        let before = self.diags.len();
        let ty = self.path_type(field, target, &mut keys)?;
        let misspelt = self.diags.len() > before;
        let layer = Self::layer(field);
        let because = field.because.as_ref().map(|b| Arc::from(b.literal().map_or("", Symbol::as_str)));
        if let Some(written) = &field.ty {
            let message = "a type is written where a field is declared, not where it is set";
            let diag = code::MISPLACED.at(self.at(written.id), message);
            self.report(match with_equals(field, written) {
                Some(better) => diag.fix(format!("write `{better}`"), self.at(stmt.id), How::Replace, better),
                None => diag.help("write `name = value`"),
            });
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
                let (before, at) = (self.diags.len(), self.at(value.id));
                let value = self.check(value, &ty);
                if misspelt {
                    // That the value is none for the field that was probably meant is no mistake of its own.
                    let follows =
                        |diag: &kss_diag::Diagnostic<_>| *diag.code == code::TYPE_MISMATCH && diag.place == at;
                    let own = self.diags.split_off(before);
                    self.diags.extend(own.into_iter().filter(|diag| !follows(diag)));
                }
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
                    other => Target::Map(Ty::Scalar(ScalarType::Text), other.clone()),
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
    pub(crate) fn block_value(&mut self, node: ast::NodeId, block: &ast::Block, ty: &Ty) -> Expr {
        let as_expr = ast::Expr { id: block.id, kind: ast::ExprKind::Record(block.clone()) };
        let _ = node;
        self.check(&as_expr, ty)
    }

    /// Type of the field at the end of a path. A misspelt name, once reported, becomes the near one in `keys` as well.
    pub(crate) fn path_type(&mut self, field: &ast::Field, target: &Target, keys: &mut [Key]) -> Option<Ty> {
        let mut current = target.ty();
        for (at, key) in field.path.iter().enumerate() {
            let (below, meant) = self.step(&current, key)?;
            if let (Some(meant), Some(key)) = (meant, keys.get_mut(at)) {
                *key = Key::Name(meant, field.path[at].id().0);
            }
            if let (Ty::Map(of, _), Some(key)) = (strip(&current), keys.get_mut(at)) {
                *key = self.key_of(key.clone(), &of.clone());
            }
            current = below;
        }
        Some(current)
    }

    /// Type of what is below `key`, and which name was meant if that is another.
    fn step(&mut self, ty: &Ty, key: &ast::Key) -> Option<(Ty, Option<Symbol>)> {
        if let Some(name) = key.literal() {
            if self.is_marker(name) {
                self.at_cursor(Cursor::Key { of: ty.clone(), module: None });
                return None;
            }
            self.refer_field(key.id(), Usage::Write, ty, name);
        }
        let found = match strip(ty) {
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
                        let meant = self.unknown_field(&def, name, key.id())?;
                        return Some((def.field(meant)?.ty.clone(), Some(meant)));
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
        };
        found.map(|ty| (ty, None))
    }

    /// "The closest name, or the place where a field of that name does exist."
    fn unknown_field(&mut self, def: &kss_ir::RecordDef, name: Symbol, node: ast::NodeId) -> Option<Symbol> {
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
            return None;
        }
        self.unknown(&code::UNKNOWN_FIELD, node, message, &name, known.iter().map(|s| s.as_str()))
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
    pub(crate) fn keyed_entry(
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
        let mut keys = [self.key(collection)];
        let ty = self.path_type(&field, target, &mut keys)?;
        let Ty::Map(key_ty, value_ty) = strip(&ty).clone() else {
            let shown = self.show(&ty);
            self.error(&code::TYPE_MISMATCH, head.id, format!("this is a `{shown}`, which has no entries with names"));
            return None;
        };
        let because: Option<Arc<str>> = because.map(|b| b.literal().map_or("", Symbol::as_str).into());
        let [collection] = keys;
        let one = |l: &mut Self, name: Key| {
            let name = l.key_of(name, &key_ty);
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
                code::LONG_RANGE
                    .at(at, format!("`{first}..{last}` is no range of names: it has {}", range_size(first, last)))
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
            let bind = Stmt { node, kind: StmtKind::Let(LocalLet { slot, value, refine: None }) };
            Stmt {
                node,
                kind: StmtKind::If { cond: always, then: Block { node, stmts: vec![bind, inner] }, otherwise: None },
            }
        })
    }
}

/// `a.b = c` for `a.b: c`, if that is all that is written.
fn with_equals(field: &ast::Field, written: &ast::Type) -> Option<String> {
    // A word in lower case is a case where a type stands.
    let ast::TypeKind::Union(alternatives) = &written.kind else { return None };
    let [ast::Alternative::Case { name: value, payload: None, .. }] = alternatives.as_slice() else { return None };
    let path: Option<Vec<&str>> = field.path.iter().map(|key| Some(bare(key)?.as_str())).collect();
    let alone = field.value.is_none() && field.layer.is_none() && field.because.is_none() && field.refine.is_none();
    (alone && !field.append).then_some(format!("{} = {}", path?.join("."), value.text))
}

fn bare(key: &ast::Key) -> Option<&Symbol> {
    match key {
        ast::Key::Bare(name) => Some(&name.text),
        _ => None,
    }
}

/// How many names a range that is refused has.
fn range_size(first: u32, last: u32) -> String {
    if last < first { "none".to_owned() } else { (u64::from(last - first) + 1).to_string() }
}
