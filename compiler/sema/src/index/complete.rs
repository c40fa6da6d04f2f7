//! What an editor may offer: fields of types, functions, what fits where.

use super::Target;
use crate::Signatures;
use crate::lower::{Lower, error_expr, strip};
use crate::signatures::FnSig;
use kss_ir::{RecordDef, Ty};
use kss_span::{ItemId, Symbol};
use kss_syntax::ast::{self, NodeId};
use kss_value::scalar::method_type;
use std::sync::Arc;

/// What stands behind a dot.
#[derive(Clone, PartialEq, Debug)]
pub struct Member {
    /// Its name.
    pub name: Symbol,
    /// Type of its value; of a function that of its result.
    pub ty: Ty,
    /// What it is.
    pub kind: MemberKind,
    /// Of a function: its parameters.
    pub params: Vec<(Symbol, Ty)>,
    /// Documentation.
    pub doc: Option<Arc<str>>,
}

/// Kinds of members.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemberKind {
    /// A field that somebody sets.
    Field,
    /// A `let` of a type.
    Derived,
    /// A function or method with parameters.
    Function,
    /// What every entry, module or scalar of the type has.
    Implicit,
    /// Entries of a kind, by name.
    Entries,
    /// A capability of the scope.
    Capability,
}

/// Fields that entries may have without a declaration.
const IMPLICIT: [&str; 12] = [
    "name",
    "owner",
    "site",
    "cluster",
    "machine",
    "node",
    "namespace",
    "discharged",
    "kind",
    "group",
    "apiVersion",
    "modules",
];

impl Signatures {
    /// What may stand behind the dot after a value of type `ty` in `item`.
    pub fn members(&self, item: ItemId, ty: &Ty) -> Vec<Member> {
        let ty = strip(ty);
        let mut lower = Lower::new(self, item);
        lower.in_test = item.key().name.starts_with("test ");
        let mut names = lower.fields_of(ty);
        let kind = match ty {
            Ty::Ref(kind) => Some(*kind),
            _ => None,
        };
        if let Some(kind) = kind {
            names.extend(IMPLICIT.map(Symbol::new));
            if Signatures::scope_kind(kind).is_some() {
                names.extend(self.kinds.keys().copied());
                names.extend(self.capabilities.keys().copied());
            }
        }
        if matches!(ty, Ty::Capability(_)) {
            names.push(Symbol::new("owner"));
        }
        if matches!(ty, Ty::Record(_) | Ty::Capability(_)) {
            names.push(Symbol::new("name"));
        }
        names.sort();
        names.dedup();
        let def = self.record_of(ty).cloned();
        names.into_iter().filter_map(|name| self.member(&mut lower, ty, def.as_deref(), name)).collect()
    }

    fn member(&self, lower: &mut Lower<'_>, ty: &Ty, def: Option<&RecordDef>, name: Symbol) -> Option<Member> {
        let with = |ty, kind, params, doc| Some(Member { name, ty, kind, params, doc });
        if let Some(function) = def.and_then(|d| d.fns.iter().find(|f| f.name == name)) {
            return with(function.result.clone(), MemberKind::Function, function.params.clone(), None);
        }
        if let Ty::Scalar(scalar) = ty {
            let method = method_type(*scalar, &name)?;
            let params: Vec<(Symbol, Ty)> = method.params.iter().map(|p| (Symbol::new("n"), Ty::Scalar(*p))).collect();
            let kind = if params.is_empty() { MemberKind::Implicit } else { MemberKind::Function };
            return with(crate::lower::method_result(method.result), kind, params, None);
        }
        if name == "all" {
            return with(
                Ty::Error,
                MemberKind::Implicit,
                Vec::new(),
                Some("Entries of a kind in it and inside it.".into()),
            );
        }
        let (_, found) = lower.quietly(|l| l.field_of(error_expr(NodeId(0)), ty, name, NodeId(0), false))?;
        let field = def.and_then(|d| d.field(name));
        let derived = def.and_then(|d| d.let_(name));
        let (kind, doc) = if matches!((ty, &found), (Ty::Ref(_), Ty::Map(_, of)) if **of == Ty::Ref(name)) {
            (MemberKind::Entries, self.kinds.get(&name).and_then(|k| k.doc.clone()))
        } else if let Some(field) = field {
            (MemberKind::Field, field.doc.clone())
        } else if let Some(derived) = derived {
            (MemberKind::Derived, derived.doc.clone())
        } else if let Ty::Capability(_) = strip(&found) {
            (MemberKind::Capability, self.capabilities.get(&name).and_then(|c| c.doc.clone()))
        } else {
            (MemberKind::Implicit, None)
        };
        with(found, kind, Vec::new(), doc)
    }

    /// May a value of type `from` stand where `to` is wanted?
    pub fn fits(&self, item: ItemId, from: &Ty, to: &Ty) -> bool {
        Lower::new(self, item).fit(from, to) != crate::lower::Fit::No
    }

    /// Functions that code in `item` may call by their name: of its module, its file, its imports, the library's prelude.
    pub fn functions(&self, item: ItemId) -> Vec<Arc<FnSig>> {
        let module = item.key().name.strip_prefix("module ").map(Symbol::new);
        let own = module.and_then(|m| self.modules.get(&m)).into_iter().flat_map(|m| m.fns.values().cloned());
        let file = self.files.get(&Signatures::file_of(item));
        let items = file.into_iter().flat_map(|f| f.own.values().copied().chain(f.imports.values().map(|i| i.item)));
        let named = items.chain(self.prelude.values().copied()).filter_map(|item| self.fns.get(&item).cloned());
        let mut all: Vec<Arc<FnSig>> = own.chain(named).collect();
        all.sort_by_key(|f| f.name);
        all.dedup_by_key(|f| f.name);
        all
    }

    /// Types that code in `item` may name, with their meaning.
    pub fn types_in(&self, item: ItemId) -> Vec<(Symbol, Ty)> {
        let module = item.key().name.strip_prefix("module ").map(Symbol::new);
        let mut all: Vec<(Symbol, Ty)> = Vec::new();
        let own = self.module_types.iter().filter(|((of, _), _)| Some(*of) == module);
        all.extend(own.map(|((_, name), ty)| (*name, ty.clone())));
        let file = self.files.get(&Signatures::file_of(item));
        let names = file.into_iter().flat_map(|f| {
            let imports = f.imports.iter().map(|(name, i)| (*name, i.item));
            f.own.iter().map(|(name, item)| (*name, *item)).chain(imports)
        });
        let prelude = self.prelude.iter().map(|(name, item)| (*name, *item));
        all.extend(names.chain(prelude).filter_map(|(name, item)| Some((name, self.types.get(&item)?.clone()))));
        all.extend(crate::signatures::BUILT_IN.iter().filter_map(|name| {
            let name = Symbol::new(name);
            Some((name, crate::signatures::built_in(name)?))
        }));
        all.sort_by_key(|(name, _)| *name);
        all.dedup_by_key(|(name, _)| *name);
        all
    }

    /// The entries that a head surely names: several for `worker-{1..3}`.
    pub fn entries_of(head: &ast::Head) -> Vec<kss_ir::EntryRef> {
        crate::signatures::entry_refs(head)
    }

    /// Where the type of a case's name is declared, for its documentation.
    pub fn case_doc(&self, target: &Target) -> Option<Arc<str>> {
        let Target::Case(id, case) = target else { return None };
        self.unions.get(id)?.alternatives.iter().find_map(|a| match a {
            kss_ir::Alternative::Case { name, doc, .. } if name == case => doc.clone(),
            _ => None,
        })
    }
}

impl Lower<'_> {
    /// Names besides those that a "did you mean" looks through: fields of the entry that a filter sees, values of the prelude,
    /// scopes in a test.
    pub(super) fn further_names(&self) -> Vec<Symbol> {
        let mut out: Vec<Symbol> = vec![Symbol::new("owner")];
        if let Some(kind) = self.self_kind {
            out.extend(self.fields_of(&Ty::Ref(kind)));
        }
        if let Some(kind) = self.self_record.map(|_| ["name", "namespace"]) {
            out.extend(kind.map(Symbol::new));
        }
        out.extend(
            self.sigs.prelude.iter().filter(|(_, item)| self.sigs.lets.contains_key(item)).map(|(name, _)| *name),
        );
        if self.in_test {
            out.extend(self.sigs.clusters.keys().chain(self.sigs.sites.keys()).copied());
        }
        out
    }

    /// Is the cursor where a key of the block begins?
    pub(crate) fn begins_key(&self, block: &ast::Block) -> bool {
        block.stmts.iter().any(|stmt| match &stmt.kind {
            ast::StmtKind::Element(ast::Expr { kind: ast::ExprKind::Name(name), .. }) => self.is_marker(*name),
            _ => false,
        })
    }
}
