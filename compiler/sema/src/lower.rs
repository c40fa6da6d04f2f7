//! From syntax to [`kss_ir`]: one [`Lower`] for one item. Names are resolved, types are inferred downwards from where a value
//! goes and upwards from what it is, and every conversion becomes explicit.

mod arms;
mod assign;
mod block;
mod call;
mod change;
mod coerce;
mod decl;
mod expr;
mod expr_ops;
mod facts;
mod field_types;
mod fields;
mod keys;
mod lets;
mod loops;
mod meant;
mod member;
mod module;
mod names;
mod pattern;
mod record;
mod scope;
mod statements;
mod test;
mod unknown;
mod uses;

pub(crate) use coerce::Fit;
pub(crate) use decl::Bodies;
pub(crate) use facts::PathKey;
pub(crate) use field_types::method_result;

use crate::index::{Target, Usage};
use crate::signatures::{ModuleSig, TypeCx};
use crate::{Diag, Signatures};
use kss_diag::{Code, closest, code};
use kss_ir::{Expr, ExprKind, LetIr, RecordId, Ty};
use kss_span::{ItemId, Origin, Symbol};
use kss_syntax::ast::{self, NodeId};
use kss_value::ScopeKind;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the names of a body mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Around {
    /// A file-level function, `let` or the body of a type: no scope is certain, all are allowed.
    Type,
    /// A module or body of this scope.
    Scope(ScopeKind),
}

/// A variable.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub name: Symbol,
    pub slot: u32,
    pub ty: Ty,
    pub node: u32,
    pub used: bool,
    /// A key of a map: it is a text that stands for a value of the type.
    pub key: bool,
}

/// A `let` of a module, a scope's body or a file, lowered when first needed.
#[derive(Clone)]
pub(crate) enum LetState {
    /// With the variables around.
    Waiting(Box<ast::Stmt>, Vec<Local>),
    Busy,
    Done(Arc<LetIr>),
}

/// Lowers one item.
pub(crate) struct Lower<'a> {
    pub sigs: &'a Signatures,
    pub item: ItemId,
    pub file: Symbol,
    pub diags: Vec<Diag>,
    /// The module being lowered.
    pub module: Option<&'a ModuleSig>,
    pub around: Around,
    /// Record whose fields are siblings here.
    pub self_record: Option<RecordId>,
    /// The node or machine whose own fields are lowered: what it is, nobody knows yet.
    pub being_written: Option<ScopeKind>,
    /// Kind of the entry that is `self`, in an `each` filter or an output's expectation.
    pub self_kind: Option<Symbol>,
    pub locals: Vec<Local>,
    pub next_slot: u32,
    pub max_slot: u32,
    /// What conditions around have proven, innermost last.
    pub facts: Vec<(PathKey, Ty)>,
    pub lets: BTreeMap<Symbol, LetState>,
    /// Those of them that are being lowered, outermost first.
    pub busy_lets: Vec<Symbol>,
    /// Kind and field of entries that are read.
    pub reads: BTreeSet<(Symbol, Symbol)>,
    /// Fields of `self` that are read.
    pub self_reads: BTreeSet<Symbol>,
    pub options_read: BTreeSet<Symbol>,
    pub calls: FxHashSet<kss_ir::FnId>,
    pub used_names: BTreeSet<Symbol>,
    /// Writes down what an editor asks for.
    pub recorder: Option<Box<crate::index::Recorder>>,
    /// While positive, diagnostics and reads are dropped: the type of something is asked for.
    quiet: u32,
    /// Types of cases that a file-level `let` is being inferred for.
    pub file_lets: FxHashMap<ItemId, Ty>,
    depth: u32,
    /// Entries that the body of this site or cluster names itself.
    pub body_entries: Vec<kss_ir::EntryRef>,
    /// In a test names of clusters and sites are values.
    pub in_test: bool,
    /// The site or cluster of the last `given` without a name.
    pub nameless_given: Option<Symbol>,
    /// Did a `given` of the test come before?
    pub given: bool,
    /// Was something with a secret in it lowered since somebody cleared this?
    pub saw_secret: bool,
}

impl<'a> Lower<'a> {
    pub(crate) fn new(sigs: &'a Signatures, item: ItemId) -> Lower<'a> {
        Lower {
            sigs,
            item,
            file: Signatures::file_of(item),
            diags: Vec::new(),
            module: None,
            around: Around::Type,
            self_record: None,
            being_written: None,
            self_kind: None,
            locals: Vec::new(),
            next_slot: 0,
            max_slot: 0,
            facts: Vec::new(),
            lets: BTreeMap::new(),
            busy_lets: Vec::new(),
            reads: BTreeSet::new(),
            self_reads: BTreeSet::new(),
            options_read: BTreeSet::new(),
            calls: FxHashSet::default(),
            used_names: BTreeSet::new(),
            recorder: None,
            quiet: 0,
            file_lets: FxHashMap::default(),
            depth: 0,
            body_entries: Vec::new(),
            in_test: false,
            nameless_given: None,
            given: false,
            saw_secret: false,
        }
    }

    pub(crate) fn at(&self, node: NodeId) -> Origin {
        Origin::new(self.item, node.0)
    }

    pub(crate) fn type_cx(&self) -> TypeCx {
        TypeCx { item: self.item, module: self.module.map(|m| m.name) }
    }

    pub(crate) fn report(&mut self, diag: Diag) {
        if self.quiet == 0 {
            self.diags.push(diag);
        }
    }

    pub(crate) fn error(&mut self, code: &'static Code, node: NodeId, message: impl Into<String>) -> Expr {
        let at = self.at(node);
        self.report(code.at(at, message));
        error_expr(node)
    }

    /// Reports an unknown word, with the near one, which is given back: whoever goes on as if it stood there makes no
    /// further mistakes of the one.
    pub(crate) fn unknown<'s>(
        &mut self,
        code: &'static Code,
        node: NodeId,
        message: String,
        word: &str,
        known: impl IntoIterator<Item = &'s str>,
    ) -> Option<Symbol> {
        let at = self.at(node);
        let known: Vec<&str> = known.into_iter().collect();
        let mut diag = code.at(at, message);
        let near = closest(word, known.iter().copied());
        match near {
            Some(near) => diag = diag.near(at, word, near).label(format!("did you mean `{near}`?")),
            None if !known.is_empty() && fits_a_line(&known) => {
                let list: Vec<String> = known.iter().map(|k| format!("`{k}`")).collect();
                diag = diag.help(format!("there are {}", list.join(", ")));
            }
            // The nearest few in order of the alphabet are no help.
            None if !known.is_empty() && code.id == code::UNKNOWN_FIELD.id => {
                diag = diag.help(format!("leave it out, or use one of its {} fields", known.len()));
            }
            None if code.id == code::UNKNOWN_MODULE.id => {
                diag =
                    diag.help("write it in a file of this project (`module NAME { … }`), or use one of the library's");
            }
            None => {}
        }
        let near = near.map(Symbol::new);
        self.report(diag);
        near
    }

    /// Runs `f` without reporting or recording anything.
    pub(crate) fn quietly<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let (locals, slots) = (self.locals.len(), (self.next_slot, self.max_slot));
        self.quiet += 1;
        let result = f(self);
        self.quiet -= 1;
        self.locals.truncate(locals);
        (self.next_slot, self.max_slot) = slots;
        result
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet > 0
    }

    /// A new variable; complains if the name hides another.
    pub(crate) fn bind(&mut self, name: ast::Name, ty: Ty) -> u32 {
        if !name.is_missing() && name.text != "_" {
            self.check_hiding(name);
        }
        self.refer(name.id, Usage::Declare, |l| Some(Target::At(l.at(name.id))));
        self.note_type(name.id, &ty);
        let slot = self.slot();
        self.locals.push(Local { name: name.text, slot, ty, node: name.id.0, used: false, key: false });
        slot
    }

    pub(crate) fn slot(&mut self) -> u32 {
        let slot = self.next_slot;
        self.next_slot += 1;
        self.max_slot = self.max_slot.max(self.next_slot);
        slot
    }

    /// Runs `f` in a scope of its own for variables and facts. Slots are not used again, so that a closure may keep them.
    pub(crate) fn scoped<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let (locals, facts) = (self.locals.len(), self.facts.len());
        let result = f(self);
        self.locals.truncate(locals);
        self.facts.truncate(facts);
        result
    }

    /// Runs `f` with an empty frame (for a body that is evaluated on its own), and gives the frame's size.
    pub(crate) fn framed<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> (T, u32) {
        let locals = std::mem::take(&mut self.locals);
        let facts = self.facts.clone();
        let slots = (std::mem::take(&mut self.next_slot), std::mem::take(&mut self.max_slot));
        let result = f(self);
        let size = self.max_slot;
        self.locals = locals;
        self.facts = facts;
        (self.next_slot, self.max_slot) = slots;
        (result, size)
    }

    /// Runs `f` with the frame around (variables of a loop or of a test stay visible), and gives the frame's size.
    pub(crate) fn nested<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> (T, u32) {
        let result = self.scoped(f);
        (result, self.max_slot)
    }

    pub(crate) fn show(&self, ty: &Ty) -> String {
        self.sigs.show(ty)
    }

    /// Guards recursion over expressions of any depth.
    pub(crate) fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        self.depth += 1;
        let result = stacker::maybe_grow(64 * 1024, 1024 * 1024, || f(self));
        self.depth -= 1;
        result
    }

    pub(crate) fn note_type(&mut self, node: NodeId, ty: &Ty) {
        self.saw_secret |= call::contains_secret(ty);
        if self.quiet == 0
            && let Some(recorder) = &mut self.recorder
        {
            recorder.index.types.push((node.0, ty.clone()));
        }
    }

    pub(crate) fn needs_quotes(&mut self, node: NodeId, word: Symbol) {
        let at = self.at(node);
        self.report(code::NEEDS_QUOTES.at(at, format!("text needs quotes: `{word}` is no name here")).fix(
            format!("write \"{word}\""),
            at,
            kss_diag::How::Replace,
            format!("\"{word}\""),
        ));
    }
}

pub(crate) fn expr(node: NodeId, kind: ExprKind) -> Expr {
    Expr { node: node.0, kind: Box::new(kind) }
}

pub(crate) fn error_expr(node: NodeId) -> Expr {
    expr(node, ExprKind::Error)
}

/// The type itself, without `?` and `where`.
pub(crate) fn strip(ty: &Ty) -> &Ty {
    match ty {
        Ty::Optional(inner) | Ty::Refined(inner, _) => strip(inner),
        other => other,
    }
}

/// The type without `where`.
pub(crate) fn base(ty: &Ty) -> &Ty {
    match ty {
        Ty::Refined(inner, _) => base(inner),
        other => other,
    }
}

/// Can so many names be shown in a line?
fn fits_a_line(names: &[&str]) -> bool {
    names.iter().map(|name| name.len() + 4).sum::<usize>() <= 160
}
