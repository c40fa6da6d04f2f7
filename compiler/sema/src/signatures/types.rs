//! Types as written to [`Ty`].

use super::Signatures;
use crate::Diag;
use kss_diag::{closest, code};
use kss_ir::{Alternative, FieldSig, FnId, LetSig, RecordDef, RecordId, Ty, TypeFn, UnionDef};
use kss_span::{ItemId, Origin, Symbol};
use kss_syntax::ast::{self, Stmt, StmtKind, TypeKind};
use kss_value::scalar::ScalarType;
use std::sync::Arc;

/// Where a type is written: decides which names it sees.
#[derive(Clone, Copy)]
pub(crate) struct TypeCx {
    /// The item.
    pub item: ItemId,
    /// The module around, whose own types are seen first.
    pub module: Option<Symbol>,
}

impl TypeCx {
    fn at(self, node: ast::NodeId) -> Origin {
        Origin::new(self.item, node.0)
    }

    fn id(self, node: ast::NodeId) -> RecordId {
        RecordId { item: self.item, node: node.0 }
    }
}

/// Names of the types that need no declaration.
pub(crate) const BUILT_IN: [&str; 25] = [
    "Bool", "Int", "Float", "Text", "Ip", "Cidr", "IpRange", "Mac", "Asn", "Size", "Duration", "Cpu", "Percent",
    "Version", "Name", "Domain", "Url", "Email", "Path", "Mode", "PortSpec", "Image", "Data", "Secret", "File",
];

/// The types that need no declaration.
pub(crate) fn built_in(name: Symbol) -> Option<Ty> {
    let ty = match name.as_str() {
        "Data" => Ty::Data,
        "Secret" => Ty::Secret,
        "File" => Ty::File,
        other => Ty::Scalar(ScalarType::from_name(other)?),
    };
    Some(ty)
}

/// Head of a declared type: known before its fields are.
pub(crate) fn head(cx: TypeCx, ty: &ast::Type) -> Option<Ty> {
    match &ty.kind {
        TypeKind::Record(_) | TypeKind::Plus(..) => Some(Ty::Record(cx.id(ty.id))),
        TypeKind::Union(alternatives) => {
            let union = Ty::Union(cx.id(ty.id));
            Some(if has_none(alternatives) { Ty::Optional(Arc::new(union)) } else { union })
        }
        _ => None,
    }
}

fn has_none(alternatives: &[ast::Alternative]) -> bool {
    alternatives.iter().any(|a| matches!(a, ast::Alternative::Case { name, .. } if name.text == "none"))
}

/// Resolves types and registers the records and unions in them.
pub(crate) struct Resolver<'a> {
    pub sigs: &'a Signatures,
    /// Are `T`, `K`, `V` types? In signatures of built-in functions.
    pub vars: bool,
    /// What was found.
    pub out: Found,
}

/// Records and unions inside types, and what is wrong with them.
#[derive(Default)]
pub(crate) struct Found {
    pub records: Vec<RecordDef>,
    pub unions: Vec<UnionDef>,
    pub diags: Vec<Diag>,
    /// Sums `A + B`: they need the fields of `A`, which may be found later.
    pub sums: Pending,
}

/// Sums that wait for their left side: the sum, where it stands, its left side, the fields of its right side.
pub(crate) type Pending = Vec<(RecordId, TypeCx, Ty, Arc<RecordDef>)>;

impl Signatures {
    /// Runs `f` with a resolver and keeps what it found.
    pub(crate) fn resolving<T>(
        &mut self,
        vars: bool,
        pending: &mut Pending,
        f: impl FnOnce(&mut Resolver<'_>) -> T,
    ) -> T {
        let mut resolver = Resolver { sigs: self, vars, out: Found::default() };
        let result = f(&mut resolver);
        let found = resolver.out;
        self.records.extend(found.records.into_iter().map(|r| (r.id, Arc::new(r))));
        self.unions.extend(found.unions.into_iter().map(|u| (u.id, Arc::new(u))));
        self.diags.extend(found.diags);
        pending.extend(found.sums);
        result
    }
}

impl Resolver<'_> {
    /// The type that `ty` says. `hint` names what is anonymous in it.
    pub(crate) fn resolve(&mut self, cx: TypeCx, ty: &ast::Type, hint: Symbol) -> Ty {
        match &ty.kind {
            TypeKind::Missing => Ty::Error,
            TypeKind::Name(name) => self.name(cx, *name, ty.id),
            TypeKind::Ref(kind) => Ty::Ref(kind.text),
            TypeKind::List(of) => Ty::List(Arc::new(self.resolve(cx, of, hint))),
            TypeKind::Set(of) => Ty::Set(Arc::new(self.resolve(cx, of, hint))),
            TypeKind::Later(of) => Ty::Later(Arc::new(self.resolve(cx, of, hint))),
            TypeKind::Optional(of) => optional(self.resolve(cx, of, hint)),
            TypeKind::Map(key, value) => {
                let key = self.resolve(cx, key, hint);
                Ty::Map(Arc::new(key), Arc::new(self.resolve(cx, value, hint)))
            }
            TypeKind::Record(block) => {
                self.record(cx, ty.id, block, hint);
                Ty::Record(cx.id(ty.id))
            }
            TypeKind::Union(alternatives) => self.union(cx, ty.id, alternatives, hint),
            TypeKind::Plus(left, right) => {
                let base = self.resolve(cx, left, hint);
                let TypeKind::Record(block) = &right.kind else {
                    self.diag(code::TYPE_MISMATCH.at(cx.at(right.id), "`+` adds a record `{ … }` to a type"));
                    return base;
                };
                let own = self.fields(cx, ty.id, block, hint);
                self.out.sums.push((cx.id(ty.id), cx, base, Arc::new(own)));
                Ty::Record(cx.id(ty.id))
            }
        }
    }

    fn name(&mut self, cx: TypeCx, name: Symbol, node: ast::NodeId) -> Ty {
        if self.vars && matches!(name.as_str(), "T" | "K" | "V") {
            return Ty::Var(name);
        }
        let own = cx.module.and_then(|m| self.sigs.module_types.get(&(m, name)).cloned());
        if let Some(ty) = own.or_else(|| built_in(name)) {
            return ty;
        }
        let item = self.sigs.lookup(Signatures::file_of(cx.item), name);
        if let Some(ty) = item.and_then(|item| self.sigs.types.get(&item).cloned()) {
            return ty;
        }
        if self.sigs.files.get(&Signatures::file_of(cx.item)).is_some_and(|f| f.missing.contains(&name)) {
            return Ty::Error;
        }
        let known: Vec<Symbol> = self.known_types(cx);
        let near = closest(&name, known.iter().map(|s| s.as_str()));
        let mut diag = code::UNKNOWN_TYPE.at(cx.at(node), format!("there is no type `{name}`"));
        if let Some(near) = near {
            diag = diag.near(cx.at(node), &name, near);
        } else if let Some((path, import)) = self.sigs.elsewhere(Signatures::file_of(cx.item), name) {
            diag = diag.help(format!("`{path}` declares one: write `import {import}`"));
        } else if name.starts_with(|c: char| c.is_lowercase()) {
            diag = diag.help(format!("types are capitalised; for a reference to an entry write `ref {name}`"));
        }
        self.diag(diag);
        Ty::Error
    }

    fn known_types(&self, cx: TypeCx) -> Vec<Symbol> {
        let mut all: Vec<Symbol> = BUILT_IN.into_iter().map(Symbol::new).collect();
        let file = self.sigs.files.get(&Signatures::file_of(cx.item));
        let own = file.into_iter().flat_map(|f| f.own.iter().map(|(n, i)| (*n, *i)));
        let prelude = self.sigs.prelude.iter().map(|(n, i)| (*n, *i));
        all.extend(own.chain(prelude).filter(|(_, item)| self.sigs.types.contains_key(item)).map(|(n, _)| n));
        all.sort();
        all
    }

    fn union(&mut self, cx: TypeCx, node: ast::NodeId, alternatives: &[ast::Alternative], hint: Symbol) -> Ty {
        let mut out: Vec<Alternative> = Vec::new();
        for alternative in alternatives {
            match alternative {
                ast::Alternative::Case { name, .. } if name.text == "none" => {}
                ast::Alternative::Case { name, .. } if out.iter().any(|a| is_case(a, name.text)) => {
                    let message = format!("`{}` is twice a case of this union", name.text);
                    self.diag(code::DECLARED_TWICE.at(cx.at(name.id), message).help("leave one out"));
                }
                ast::Alternative::Case { name, payload, doc } => {
                    let inner = Symbol::new(&format!("{hint}.{}", name.text));
                    let payload = payload.as_ref().map(|block| {
                        self.record(cx, block.id, block, inner);
                        cx.id(block.id)
                    });
                    out.push(Alternative::Case { name: name.text, payload, doc: doc.clone() });
                }
                ast::Alternative::Type(ty) => out.push(Alternative::Type(self.resolve(cx, ty, hint))),
            }
        }
        let optional_union = has_none(alternatives);
        if let ([Alternative::Type(only)], true) = (out.as_slice(), optional_union) {
            return optional(only.clone());
        }
        let id = cx.id(node);
        self.out.unions.push(UnionDef { id, name: hint, alternatives: out });
        let ty = Ty::Union(id);
        if optional_union { optional(ty) } else { ty }
    }

    fn record(&mut self, cx: TypeCx, node: ast::NodeId, block: &ast::Block, hint: Symbol) {
        let def = self.fields(cx, node, block, hint);
        self.out.records.push(def);
    }

    fn fields(&mut self, cx: TypeCx, node: ast::NodeId, block: &ast::Block, name: Symbol) -> RecordDef {
        let id = cx.id(node);
        let mut def = RecordDef {
            id,
            name,
            fields: Vec::new(),
            lets: Vec::new(),
            fns: Vec::new(),
            bases: Vec::new(),
            checks: Vec::new(),
            open: false,
        };
        for stmt in &block.stmts {
            self.member(cx, stmt, &mut def);
        }
        def
    }

    fn member(&mut self, cx: TypeCx, stmt: &Stmt, def: &mut RecordDef) {
        match &stmt.kind {
            StmtKind::Field(field) => self.field(cx, stmt, field, def),
            StmtKind::Let { name, ty, .. } => {
                let Some(ty) = ty else {
                    self.diag(
                        code::NEEDS_TYPE
                            .at(cx.at(name.id), format!("`let {}` in a type needs a type", name.text))
                            .help(format!("write `let {} : TYPE = …`", name.text)),
                    );
                    return;
                };
                let ty = self.resolve(cx, ty, hint_of(def.name, name.text));
                let origin = cx.at(stmt.id);
                def.lets.push(LetSig { name: name.text, ty, origin, doc: stmt.doc.clone(), value: None, refine: None });
            }
            StmtKind::Fn { name, params, result, .. } => {
                let params = self.params(cx, params);
                let result = result.as_ref().map_or(Ty::Error, |t| self.resolve(cx, t, hint_of(def.name, name.text)));
                let id = FnId { item: cx.item, node: stmt.id.0 };
                def.fns.push(TypeFn { name: name.text, id, params, result });
            }
            StmtKind::Open => def.open = true,
            StmtKind::Check { .. } | StmtKind::Error => {}
            _ => {
                self.diag(code::MISPLACED.at(cx.at(stmt.id), "this statement can't stand in a type").help(
                    "here stand fields `name : Type = default`, `let name : Type = value`, `fn`, `check` and `..`",
                ))
            }
        }
    }

    /// Types of parameters. A record that is the type of one kind means an entry of that kind.
    pub(crate) fn params(&mut self, cx: TypeCx, params: &[ast::Param]) -> Vec<(Symbol, Ty)> {
        let mut out = Vec::new();
        for param in params {
            let ty = self.resolve(cx, &param.ty, param.name.text);
            out.push((param.name.text, ty));
        }
        out
    }

    fn field(&mut self, cx: TypeCx, stmt: &Stmt, field: &ast::Field, def: &mut RecordDef) {
        let name = match (field.path.as_slice(), &field.ty) {
            ([key], Some(_)) if key.literal().is_some() => key.literal().unwrap_or_else(|| Symbol::new("")),
            _ => {
                self.diag(code::NEEDS_TYPE.at(cx.at(stmt.id), "a field of a type is written `name : Type`"));
                return;
            }
        };
        if def.fields.iter().any(|f| f.name == name) || def.lets.iter().any(|l| l.name == name) {
            let first = def.field(name).map_or(cx.at(stmt.id), |f| f.origin);
            self.diag(
                code::DECLARED_TWICE
                    .at(cx.at(stmt.id), format!("`{}` has two fields `{name}`", def.name))
                    .also(first, "the first"),
            );
            return;
        }
        let Some(written) = &field.ty else { return };
        let ty = self.resolve(cx, written, hint_of(def.name, name));
        let has_default = field.value.is_some() || matches!(ty, Ty::Optional(_));
        def.fields.push(FieldSig {
            name,
            ty,
            origin: cx.at(stmt.id),
            doc: stmt.doc.clone(),
            private: field.private,
            has_default,
            default: None,
            refine: None,
            listed: Vec::new(),
        });
    }

    pub(crate) fn diag(&mut self, diag: Diag) {
        self.out.diags.push(diag);
    }
}

fn hint_of(owner: Symbol, name: Symbol) -> Symbol {
    Symbol::new(&format!("{owner}.{name}"))
}

fn is_case(alternative: &Alternative, wanted: Symbol) -> bool {
    matches!(alternative, Alternative::Case { name, .. } if *name == wanted)
}

/// `T?`, once.
pub(crate) fn optional(ty: Ty) -> Ty {
    match ty {
        Ty::Optional(_) | Ty::None | Ty::Error => ty,
        other => Ty::Optional(Arc::new(other)),
    }
}

/// A declared type whose name nobody could write: in lower case it would be a case.
pub(crate) fn capitalised(item: ItemId, name: ast::Name) -> Option<Diag> {
    let mut rest = name.text.chars();
    let first = rest.next().filter(|c| c.is_ascii_lowercase() && !name.is_missing())?;
    let better = format!("{}{}", first.to_ascii_uppercase(), rest.as_str());
    let at = Origin::new(item, name.id.0);
    let message = format!("types are capitalised: where a type is wanted, `{}` is a case", name.text);
    let fix = format!("write `{better}`");
    Some(code::UNKNOWN_TYPE.at(at, message).fix(fix, at, kss_diag::How::Replace, better))
}
