//! What items see of each other: types, kinds, capabilities, functions, what modules offer. No bodies, so an edit inside a body
//! leaves it equal.

mod collect;
mod imports;
mod kinds;
mod modules;
mod sums;
mod types;

pub use modules::{ModuleSig, OptionSig};
pub(crate) use modules::{entry_refs, need_path};
pub(crate) use types::{BUILT_IN, Found, Resolver, TypeCx, built_in, optional};

use crate::Diag;
use crate::items::{FileItems, ImportedName};
use kss_ir::{CapabilitySig, FnId, KindSig, RecordDef, RecordId, Ty, UnionDef};
use kss_span::{ItemId, Symbol, SymbolMap};
use kss_syntax::ast::Stmt;
use kss_value::ScopeKind;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Signatures of all items of a project and the library.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Signatures {
    /// By path of the file.
    pub files: FxHashMap<Symbol, FileSig>,
    /// Declared types by item.
    pub types: FxHashMap<ItemId, Ty>,
    /// Types that a module declares.
    pub module_types: FxHashMap<(Symbol, Symbol), Ty>,
    /// Records; bodies of their expressions are absent.
    pub records: FxHashMap<RecordId, Arc<RecordDef>>,
    /// Unions.
    pub unions: FxHashMap<RecordId, Arc<UnionDef>>,
    /// Names that every file sees: types, functions and values of `std/core`.
    pub prelude: FxHashMap<Symbol, ItemId>,
    /// Functions of files.
    pub fns: FxHashMap<ItemId, Arc<FnSig>>,
    /// `let`s of files: their statements.
    pub lets: FxHashMap<ItemId, Arc<Stmt>>,
    /// Kinds by name.
    pub kinds: SymbolMap<Arc<KindSig>>,
    /// Kinds by the record type of their entries, where it is only one.
    pub kind_of_record: FxHashMap<RecordId, Symbol>,
    /// Capabilities by name.
    pub capabilities: SymbolMap<Arc<CapabilitySig>>,
    /// Modules by name; of two of one name the project's own.
    pub modules: SymbolMap<Arc<ModuleSig>>,
    /// Types of the scopes.
    pub scope_types: FxHashMap<ScopeKind, RecordId>,
    /// Sites by name.
    pub sites: FxHashMap<Symbol, ItemId>,
    /// Clusters by name.
    pub clusters: FxHashMap<Symbol, ItemId>,
    /// Diagnostics of this step.
    pub diags: Vec<Diag>,
}

/// What a file declares and imports.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FileSig {
    /// Its own declarations by name: types, functions, values, sites.
    pub own: FxHashMap<Symbol, ItemId>,
    /// What it imports.
    pub imports: FxHashMap<Symbol, ImportedName>,
    /// Names that it imports from where they are not, which is reported once.
    pub missing: FxHashSet<Symbol>,
}

/// A function.
#[derive(Clone, PartialEq, Debug)]
pub struct FnSig {
    /// Its body.
    pub id: FnId,
    /// Its name.
    pub name: Symbol,
    /// Parameters.
    pub params: Vec<(Symbol, Ty)>,
    /// Result.
    pub result: Ty,
    /// Has it no body here?
    pub builtin: bool,
    /// Documentation.
    pub doc: Option<Arc<str>>,
}

/// Unions with more alternatives are shown by their name.
const LONGEST_UNION: usize = 6;

impl Signatures {
    /// Reads all files. Later files of one module name lose against earlier ones, so the project's own files come first.
    pub fn new(files: &[Arc<FileItems>]) -> Signatures {
        collect::collect(files)
    }

    /// What `name` means in `file`: its own, imported, or of the prelude.
    pub(crate) fn lookup(&self, file: Symbol, name: Symbol) -> Option<ItemId> {
        let sig = self.files.get(&file)?;
        let imported = || sig.imports.get(&name).map(|i| i.item);
        sig.own.get(&name).copied().or_else(imported).or_else(|| self.prelude.get(&name).copied())
    }

    /// The record of `ty`, if it is a declared one (also behind `ref`, a capability).
    pub fn record_of(&self, ty: &Ty) -> Option<&Arc<RecordDef>> {
        match ty {
            Ty::Record(id) => self.records.get(id),
            Ty::Ref(kind) => self.record_of(&self.kinds.get(kind)?.ty),
            Ty::Capability(name) => self.record_of(&self.capabilities.get(name)?.ty),
            Ty::Refined(base, _) => self.record_of(base),
            _ => None,
        }
    }

    /// The scope whose entries are of `kind` (`cluster`, `node` …).
    pub fn scope_kind(kind: Symbol) -> Option<ScopeKind> {
        match kind.as_str() {
            "site" => Some(ScopeKind::Site),
            "machine" => Some(ScopeKind::Machine),
            "cluster" => Some(ScopeKind::Cluster),
            "node" => Some(ScopeKind::Node),
            _ => None,
        }
    }

    /// The name of a type, as a user would write it.
    pub fn show(&self, ty: &Ty) -> String {
        match ty {
            Ty::Error => "?".to_owned(),
            Ty::Never => "nothing".to_owned(),
            Ty::Scalar(scalar) => format!("{scalar:?}"),
            Ty::Data => "Data".to_owned(),
            Ty::Secret => "Secret".to_owned(),
            Ty::File => "File".to_owned(),
            Ty::None => "none".to_owned(),
            Ty::Range(of) => format!("range of {of:?}"),
            Ty::Later(of) => format!("Later {}", self.show(of)),
            Ty::List(of) => format!("[{}]", self.show(of)),
            Ty::Set(of) => format!("set {}", self.show(of)),
            Ty::Map(key, value) => format!("{{{}: {}}}", self.show(key), self.show(value)),
            Ty::Optional(of) => format!("{}?", self.show(of)),
            Ty::Record(id) => self.records.get(id).map_or("record", |r| r.name.as_str()).to_owned(),
            Ty::Union(id) => self.show_union(*id),
            Ty::Refined(base, id) => self.named(*id).map_or_else(|| self.show(base), str::to_owned),
            Ty::Struct(fields) => {
                let fields: Vec<String> = fields.iter().map(|(n, t)| format!("{n} : {}", self.show(t))).collect();
                format!("{{ {} }}", fields.join(", "))
            }
            Ty::Ref(kind) => format!("ref {kind}"),
            Ty::Capability(name) => format!("capability {name}"),
            Ty::Module => "module".to_owned(),
            Ty::Var(name) => name.to_string(),
        }
    }

    fn named(&self, id: RecordId) -> Option<&'static str> {
        id.item.key().name.as_str().strip_prefix("type ")
    }

    fn show_union(&self, id: RecordId) -> String {
        let Some(union) = self.unions.get(&id) else { return "union".to_owned() };
        if union.alternatives.len() > LONGEST_UNION && !union.name.contains('.') {
            return union.name.to_string();
        }
        let alternatives = union.alternatives.iter().map(|a| match a {
            kss_ir::Alternative::Case { name, payload: None, .. } => name.to_string(),
            kss_ir::Alternative::Case { name, .. } => format!("{name} {{…}}"),
            kss_ir::Alternative::Type(ty) => self.show(ty),
        });
        alternatives.collect::<Vec<_>>().join(" | ")
    }

    /// Where something of a file stands.
    pub(crate) fn file_of(item: ItemId) -> Symbol {
        item.key().file
    }
}
