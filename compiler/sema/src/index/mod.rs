//! What an editor asks of an item: what its words refer to, the types of its values, what could stand at the cursor. Found by
//! the same lowering that a check runs, which writes it down only when it is asked to.

mod complete;
mod syntactic;

pub use complete::{Member, MemberKind};
pub use syntactic::{DeclKind, Declaration, declarations};

use crate::items::Decl;
use crate::{ModuleSig, Signatures};
use kss_ir::{RecordId, Ty};
use kss_span::{ItemId, Origin, Symbol};
use kss_syntax::ast::NodeId;
use kss_value::ScopeKind;
use kss_value::scalar::ScalarType;

/// What a word refers to.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    /// What is declared there: a field, `let`, option, variable, function, type, kind, capability, module, site, cluster.
    At(Origin),
    /// An entry of a kind by its literal name.
    Entry(EntryName),
    /// A case of a union.
    Case(RecordId, Symbol),
    /// `site`, `cluster`, `machine`, `node`: the scope around.
    Scope(ScopeKind),
    /// A method of a scalar.
    Method(ScalarType, Symbol),
    /// A built-in type.
    Builtin(Symbol),
    /// A field that every entry, module or secret has: `name`, `owner`.
    Implicit(Symbol),
    /// A file that is imported.
    File(Symbol),
}

/// An entry as it is named.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct EntryName {
    /// Its kind.
    pub kind: Symbol,
    /// Its name.
    pub name: Symbol,
    /// The module whose entry it is; none: of whoever writes it.
    pub module: Option<Symbol>,
    /// The scope that the text says it is in (`site.network.lan`).
    pub scope: Option<ScopeKind>,
}

/// How a word uses what it refers to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Usage {
    /// It declares it.
    Declare,
    /// It gives it a value.
    Write,
    /// It reads it.
    Read,
}

/// A word that refers to something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// Its node in the item.
    pub node: u32,
    /// What it refers to.
    pub target: Target,
    /// How.
    pub usage: Usage,
}

/// What could stand where the cursor is.
#[derive(Clone, PartialEq, Debug)]
pub enum Cursor {
    /// A value.
    Value {
        /// What is expected, if anything is.
        expected: Option<Ty>,
        /// Names that mean something there.
        names: Vec<Visible>,
    },
    /// The name behind a dot.
    Member(Ty),
    /// A kind behind `scope.all.`
    Kind,
    /// The name of an entry of this kind.
    Entry(Symbol),
    /// A key of a record that is written.
    Key {
        /// Type of the record.
        of: Ty,
        /// Names of what it may hold besides: options of a module.
        module: Option<Symbol>,
    },
    /// A case of a pattern over this type.
    Pattern(Ty),
}

/// A name that means something at a place.
#[derive(Clone, PartialEq, Debug)]
pub struct Visible {
    /// The name.
    pub name: Symbol,
    /// The type of its value.
    pub ty: Ty,
    /// Where it is declared.
    pub target: Option<Target>,
}

/// A call, for its parameters.
#[derive(Clone, PartialEq, Debug)]
pub struct CallSite {
    /// The whole call.
    pub node: u32,
    /// The called name.
    pub name: Symbol,
    /// Nodes of the arguments.
    pub args: Vec<u32>,
    /// Parameters.
    pub params: Vec<(Symbol, Ty)>,
    /// Result.
    pub result: Ty,
    /// What is called.
    pub target: Option<Target>,
}

/// What is known of one item.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Index {
    /// Words that refer to something, by node.
    pub words: Vec<Word>,
    /// Types of the values at nodes.
    pub types: Vec<(u32, Ty)>,
    /// Calls.
    pub calls: Vec<CallSite>,
    /// What could stand at the cursor, if one was given.
    pub cursor: Option<Cursor>,
}

impl Index {
    /// The word at `node`.
    pub fn word(&self, node: u32) -> Option<&Word> {
        self.words.iter().find(|w| w.node == node)
    }

    /// The type of the value at `node`; the last one said, which is the most certain.
    pub fn ty(&self, node: u32) -> Option<&Ty> {
        self.types.iter().rev().find(|(n, _)| *n == node).map(|(_, ty)| ty)
    }
}

/// Collects while an item is lowered.
#[derive(Default)]
pub(crate) struct Recorder {
    pub index: Index,
    /// The word that stands at the cursor.
    pub marker: Option<Symbol>,
}

/// Indexes one item. `marker` is a word that stands in it where the cursor is.
pub fn index_item(sigs: &Signatures, decl: &Decl, marker: Option<Symbol>) -> Index {
    let recorder = Recorder { index: Index::default(), marker };
    let mut index = crate::program::record_item(sigs, decl, recorder);
    syntactic::words(sigs, decl, &mut index.words);
    index.words.sort_by_key(|w| (w.node, w.usage != Usage::Declare));
    index.words.dedup_by(|b, a| a.node == b.node && a.target == b.target);
    index
}

impl Signatures {
    /// What `name` means in a type of an item: a type of its module, its file, an import, the prelude.
    pub fn type_named(&self, item: ItemId, name: Symbol) -> Option<Target> {
        let module = item.key().name.strip_prefix("module ").map(Symbol::new);
        if let Some(ty) = module.and_then(|m| self.module_types.get(&(m, name))) {
            return Some(match type_origin(ty) {
                Some(origin) => Target::At(origin),
                None => Target::Builtin(name),
            });
        }
        if crate::signatures::built_in(name).is_some() {
            return Some(Target::Builtin(name));
        }
        let found = self.lookup(Signatures::file_of(item), name)?;
        self.types.contains_key(&found).then(|| Target::At(Origin::new(found, 0)))
    }

    /// What `name` means in `file`: its own, imported, or of the prelude.
    pub fn item_named(&self, file: Symbol, name: Symbol) -> Option<ItemId> {
        self.lookup(file, name)
    }
}

impl ModuleSig {
    /// Where it is declared.
    pub fn origin(&self) -> Origin {
        Origin::new(self.item, self.node)
    }
}

/// Where a declared type stands.
pub(crate) fn type_origin(ty: &Ty) -> Option<Origin> {
    match ty {
        Ty::Record(id) | Ty::Union(id) | Ty::Refined(_, id) => Some(id.origin()),
        _ => None,
    }
}

impl crate::lower::Lower<'_> {
    /// Is this the word at the cursor?
    pub(crate) fn is_marker(&self, name: Symbol) -> bool {
        self.recorder.as_ref().is_some_and(|r| r.marker == Some(name))
    }

    /// `a.b.` with the cursor behind it, where a statement begins: the field that is about to be written.
    pub(crate) fn marked_path(&self, value: &kss_syntax::ast::Expr) -> Option<kss_syntax::ast::Field> {
        use kss_syntax::ast::{ExprKind, Field, Key, Name};
        self.recorder.as_ref()?;
        let mut path = Vec::new();
        let mut at = value;
        while let ExprKind::Member { base, key, optional: false } = &at.kind {
            path.push(key.clone());
            at = base;
        }
        let ExprKind::Name(first) = at.kind else { return None };
        let ends = path.first().and_then(Key::literal).is_some_and(|name| self.is_marker(name));
        path.push(Key::Bare(Name { id: at.id, text: first }));
        path.reverse();
        let (layer, value, ty, refine, because) = (None, None, None, None, None);
        ends.then_some(Field { layer, private: false, append: false, path, ty, value, refine, because })
    }

    /// Says what could stand at the cursor.
    pub(crate) fn at_cursor(&mut self, cursor: Cursor) {
        let Some(recorder) = &mut self.recorder else { return };
        // A word may be lowered twice: first to find its type, then with what is expected of it.
        let knows_less = matches!(cursor, Cursor::Value { expected: None, .. })
            && matches!(recorder.index.cursor, Some(Cursor::Value { expected: Some(_), .. }));
        if !knows_less {
            recorder.index.cursor = Some(cursor);
        }
    }

    /// A value is wanted at the cursor.
    pub(crate) fn value_at_cursor(&mut self, expected: Option<&Ty>) {
        if self.recorder.is_none() {
            return;
        }
        let mut names = self.names();
        names.extend(self.further_names());
        names.sort();
        names.dedup();
        let visible = names.into_iter().filter_map(|name| {
            let (value, ty) = self.quietly(|l| l.name(NodeId(0), name))?;
            let target = self.target_of_value(&value);
            Some(Visible { name, ty, target })
        });
        let names = visible.collect();
        self.at_cursor(Cursor::Value { expected: expected.cloned(), names });
    }

    pub(crate) fn refer(&mut self, node: NodeId, usage: Usage, target: impl FnOnce(&Self) -> Option<Target>) {
        if self.is_quiet() || self.recorder.is_none() {
            return;
        }
        let Some(target) = target(self) else { return };
        if let Some(recorder) = &mut self.recorder {
            recorder.index.words.push(Word { node: node.0, target, usage });
        }
    }

    /// The entry `name` of a kind in a scope is read at `node`: `members` are all of them.
    pub(crate) fn refer_member(&mut self, node: NodeId, members: &kss_ir::Expr, name: Symbol) {
        let kss_ir::ExprKind::Members { scope, kind, all: false } = &*members.kind else { return };
        let scope = match &*scope.kind {
            kss_ir::ExprKind::Scope(scope) => Some(*scope),
            _ => None,
        };
        let kind = *kind;
        self.refer(node, Usage::Read, |_| Some(Target::Entry(EntryName { kind, name, module: None, scope })));
    }

    /// The field `name` of a value of type `ty` is read or written at `node`.
    pub(crate) fn refer_field(&mut self, node: NodeId, usage: Usage, ty: &Ty, name: Symbol) {
        self.refer(node, usage, |l| l.field_target(ty, name));
    }

    /// What the name that gave `value` refers to.
    pub(crate) fn target_of_value(&self, value: &kss_ir::Expr) -> Option<Target> {
        use kss_ir::ExprKind as E;
        let here = |node| Target::At(Origin::new(self.item, node));
        match &*value.kind {
            E::Local(slot) => self.locals.iter().rev().find(|l| l.slot == *slot).map(|l| here(l.node)),
            E::SelfField(name) => self.field_target(&Ty::Record(self.self_record?), *name),
            E::Module(name) => match self.module.and_then(|m| m.options.get(name)) {
                Some(option) => Some(here(option.node)),
                None => self.let_node(*name).map(here),
            },
            E::FileLet(item) => self.sigs.lets.get(item).map(|stmt| Target::At(Origin::new(*item, stmt.id.0))),
            E::Capability { name, .. } | E::CapabilityAll { name, .. } => self.capability_target(*name),
            E::Scope(kind) => Some(Target::Scope(*kind)),
            E::SelfRef => Some(Target::Implicit(Symbol::new("self"))),
            E::Owner => Some(Target::Implicit(Symbol::new("owner"))),
            E::Entry(entry) => match &entry.name {
                kss_ir::Key::Name(name, _) => {
                    Some(Target::Entry(EntryName { kind: entry.kind, name: *name, module: entry.module, scope: None }))
                }
                kss_ir::Key::Expr(_) => None,
            },
            E::Builtin { name, args } if *name == "credential" => self.target_of_value(args.first()?),
            E::Members { kind, .. } => self.sigs.kinds.get(kind).map(|k| Target::At(k.origin)),
            E::Field { base, name, .. } if matches!(*base.kind, E::SelfRef) => {
                self.field_target(&Ty::Ref(self.self_kind?), *name)
            }
            _ => None,
        }
    }

    fn let_node(&self, name: Symbol) -> Option<u32> {
        use crate::lower::LetState;
        match self.lets.get(&name)? {
            LetState::Waiting(stmt, ..) => Some(stmt.id.0),
            LetState::Done(ir) => Some(ir.origin.node),
            LetState::Busy => None,
        }
    }

    fn capability_target(&self, name: Symbol) -> Option<Target> {
        self.sigs.capabilities.get(&name).map(|c| Target::At(c.origin))
    }

    fn field_target(&self, ty: &Ty, name: Symbol) -> Option<Target> {
        self.sigs.field_target(ty, name)
    }
}

impl Signatures {
    /// What the field `name` of a value of type `ty` is.
    pub fn field_target(&self, ty: &Ty, name: Symbol) -> Option<Target> {
        let ty = crate::lower::strip(ty);
        if let Ty::Scalar(scalar) = ty {
            return kss_value::scalar::method_type(*scalar, &name).map(|_| Target::Method(*scalar, name));
        }
        let def = self.record_of(ty);
        if let Some(def) = def {
            if let Some(field) = def.field(name) {
                return Some(match self.structure_target(ty, name) {
                    Some(kind) => kind,
                    None => Target::At(field.origin),
                });
            }
            if let Some(found) = def.let_(name) {
                return Some(Target::At(found.origin));
            }
            if let Some(function) = def.fns.iter().find(|f| f.name == name) {
                return Some(Target::At(Origin::new(function.id.item, function.id.node)));
            }
        }
        if let Ty::Ref(kind) = ty {
            let scope = Signatures::scope_kind(*kind);
            if let Some(found) = self.structure_target(ty, name) {
                return Some(found);
            }
            if let Some(capability) = self.capabilities.get(&name).filter(|c| scope == Some(c.scope)) {
                return Some(Target::At(capability.origin));
            }
            return Some(Target::Implicit(name));
        }
        matches!(ty, Ty::Module | Ty::Secret | Ty::Capability(_)).then_some(Target::Implicit(name))
    }

    /// `site.network`: the kind rather than the map that the scope's type lists.
    fn structure_target(&self, ty: &Ty, name: Symbol) -> Option<Target> {
        let scope = match ty {
            Ty::Ref(kind) => Signatures::scope_kind(*kind)?,
            Ty::Record(id) => *self.scope_types.iter().find(|(_, record)| *record == id)?.0,
            _ => return None,
        };
        let def = self.records.get(self.scope_types.get(&scope)?)?;
        let is_map = def.field(name).is_some_and(|f| matches!(f.ty, Ty::Map(..)));
        let kind = self.kinds.get(&name).filter(|_| is_map)?;
        Some(Target::At(kind.origin))
    }
}
