//! Words whose meaning follows from where they stand: declarations, types, modules, capabilities, kinds, names of entries.

use super::{EntryName, Target, Usage, Word};
use crate::Signatures;
use crate::items::Decl;
use kss_ir::RecordId;
use kss_span::{ItemId, Origin, Symbol};
use kss_syntax::ast::{Alternative, Expect, Head, Key, Name, NodeId, Stmt, StmtKind, Type, TypeKind};
use kss_syntax::visit::{Node, Visitor, walk};
use std::sync::Arc;

/// What a declaration declares.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum DeclKind {
    Site,
    Cluster,
    Overlay,
    Module,
    Type,
    Function,
    Capability,
    Intent,
    Output,
    Test,
    Let,
    Option,
    Field,
    Case,
    Entry,
}

/// Something that an item declares.
#[derive(Clone, PartialEq, Debug)]
pub struct Declaration {
    /// Node of its name.
    pub node: u32,
    /// Node of all of it.
    pub whole: u32,
    /// Its name.
    pub name: Symbol,
    /// Of an entry: its kind.
    pub of: Option<Symbol>,
    /// What it is.
    pub kind: DeclKind,
    /// The declaration around it, by its place in the list.
    pub parent: Option<usize>,
    /// Documentation.
    pub doc: Option<Arc<str>>,
}

/// Everything that an item declares, in the order of the text: what stands around before what is inside.
pub fn declarations(decl: &Decl) -> Vec<Declaration> {
    let mut found = Declarations { out: Vec::new(), around: Vec::new(), in_type: 0 };
    walk(&decl.stmt, &mut found);
    found.out
}

struct Declarations {
    out: Vec<Declaration>,
    /// Statements around, with their declaration.
    around: Vec<(NodeId, Option<usize>)>,
    /// Types around: only there a field with a type declares one.
    in_type: u32,
}

impl Declarations {
    fn parent(&self) -> Option<usize> {
        self.around.iter().rev().find_map(|(_, at)| *at)
    }

    fn push(&mut self, stmt: &Stmt, name: Name, kind: DeclKind, of: Option<Symbol>) -> usize {
        let parent = self.parent();
        self.out.push(Declaration {
            node: name.id.0,
            whole: stmt.id.0,
            name: name.text,
            of,
            kind,
            parent,
            doc: stmt.doc.clone(),
        });
        self.out.len() - 1
    }

    fn of_stmt(&mut self, stmt: &Stmt) -> Option<usize> {
        let (name, kind, of) = match &stmt.kind {
            StmtKind::Site { name, .. } => (*name, DeclKind::Site, None),
            StmtKind::Cluster { name, .. } => (*name, DeclKind::Cluster, None),
            StmtKind::Module { name, .. } => (*name, DeclKind::Module, None),
            StmtKind::Type { name, .. } => (*name, DeclKind::Type, None),
            StmtKind::Fn { name, .. } => (*name, DeclKind::Function, None),
            StmtKind::Capability { name, .. } => (*name, DeclKind::Capability, None),
            StmtKind::Kind(k) => (k.name, if k.output { DeclKind::Output } else { DeclKind::Intent }, None),
            StmtKind::Let { name, .. } => (*name, DeclKind::Let, None),
            StmtKind::Option { name, .. } => (*name, DeclKind::Option, None),
            StmtKind::Test { title, .. } => {
                let text = title.literal().unwrap_or_else(|| Symbol::new(""));
                (Name { id: title.id, text }, DeclKind::Test, None)
            }
            StmtKind::Entry { head, .. } if crate::items::overlay_of(head).is_some() && self.around.is_empty() => {
                (crate::items::overlay_of(head)?, DeclKind::Overlay, None)
            }
            StmtKind::Entry { head, .. } => {
                let kind = head.words.first()?.literal()?;
                let last = head.words.last()?;
                let text = last.literal().unwrap_or_else(|| Symbol::new("…"));
                (Name { id: last.id(), text }, DeclKind::Entry, Some(kind))
            }
            StmtKind::Field(field) if self.in_type > 0 && field.ty.is_some() => {
                let key = field.path.first()?;
                (Name { id: key.id(), text: key.literal()? }, DeclKind::Field, None)
            }
            _ => return None,
        };
        Some(self.push(stmt, name, kind, of))
    }
}

impl<'a> Visitor<'a> for Declarations {
    fn enter(&mut self, node: Node<'a>) -> bool {
        match node {
            Node::Stmt(stmt) => {
                let at = self.of_stmt(stmt);
                self.around.push((stmt.id, at));
            }
            Node::Type(_) => self.in_type += 1,
            Node::Alternative(Alternative::Case { name, payload, doc }) => {
                let whole = payload.as_ref().map_or(name.id.0, |block| block.id.0);
                let parent = self.parent();
                let (node, name, doc) = (name.id.0, name.text, doc.clone());
                self.out.push(Declaration { node, whole, name, of: None, kind: DeclKind::Case, parent, doc });
                self.around.push((NodeId(node), Some(self.out.len() - 1)));
            }
            _ => {}
        }
        true
    }

    fn leave(&mut self, node: Node<'a>) {
        match node {
            Node::Stmt(_) | Node::Alternative(Alternative::Case { .. }) => drop(self.around.pop()),
            Node::Type(_) => self.in_type -= 1,
            _ => {}
        }
    }
}

/// Adds the words of an item whose meaning follows from where they stand.
pub(super) fn words(sigs: &Signatures, decl: &Decl, out: &mut Vec<Word>) {
    let module = decl.id.key().name.strip_prefix("module ").map(Symbol::new);
    let mut words = Words { sigs, item: decl.id, module, out };
    for found in declarations(decl).iter().filter(|d| d.kind != DeclKind::Case && d.kind != DeclKind::Entry) {
        words.push(found.node, Usage::Declare, Target::At(Origin::new(decl.id, found.node)));
    }
    walk(&decl.stmt, &mut words);
}

struct Words<'a, 's> {
    sigs: &'s Signatures,
    item: ItemId,
    module: Option<Symbol>,
    out: &'a mut Vec<Word>,
}

impl Words<'_, '_> {
    fn push(&mut self, node: u32, usage: Usage, target: Target) {
        self.out.push(Word { node, target, usage });
    }

    fn at(&mut self, node: NodeId, usage: Usage, origin: Option<Origin>) {
        if let Some(origin) = origin {
            self.push(node.0, usage, Target::At(origin));
        }
    }

    fn kind(&mut self, name: Name) {
        self.at(name.id, Usage::Read, self.sigs.kinds.get(&name.text).map(|k| k.origin));
    }

    fn module(&mut self, key: &Key) {
        let origin = key.literal().and_then(|name| self.sigs.modules.get(&name)).map(|m| m.origin());
        self.at(key.id(), Usage::Read, origin);
    }

    fn scope(&mut self, name: Name) {
        let item = self.sigs.clusters.get(&name.text).or_else(|| self.sigs.sites.get(&name.text));
        self.at(name.id, Usage::Read, item.map(|item| Origin::new(*item, 0)));
    }

    fn head(&mut self, head: &Head, usage: Usage) {
        let Some(Key::Bare(kind)) = head.words.first() else { return };
        if head.words.len() == 1 {
            match self.sigs.kinds.get(&kind.text) {
                Some(_) => self.kind(*kind),
                None => self.module(&head.words[0]),
            }
            return;
        }
        self.kind(*kind);
        let last = &head.words[head.words.len() - 1];
        if let Some(name) = last.literal() {
            let module = self.module.filter(|_| usage == Usage::Declare);
            self.push(last.id().0, usage, Target::Entry(EntryName { kind: kind.text, name, module, scope: None }));
        }
        if let Some(within) = &head.within
            && let Some(name) = within.literal()
        {
            let entry = EntryName { kind: Symbol::new("namespace"), name, module: None, scope: None };
            self.push(within.id().0, Usage::Read, Target::Entry(entry));
        }
    }

    /// `needs site.router.bgp`: a capability, or fields of the site.
    fn needs(&mut self, path: &[Name]) {
        let mut ty = kss_ir::Ty::Ref(Symbol::new("site"));
        for (at, name) in path.iter().enumerate() {
            if at == 0 && path.len() > 1 {
                continue;
            }
            if let Some(capability) = self.sigs.capabilities.get(&name.text).filter(|_| at + 1 == path.len() && at < 2)
            {
                self.at(name.id, Usage::Read, Some(capability.origin));
                return;
            }
            if let Some(target) = self.sigs.field_target(&ty, name.text) {
                self.push(name.id.0, Usage::Read, target);
            }
            ty = self
                .sigs
                .record_of(crate::lower::strip(&ty))
                .and_then(|def| def.field(name.text))
                .map_or(kss_ir::Ty::Error, |f| f.ty.clone());
        }
    }

    fn import(&mut self, stmt: &Stmt) {
        let StmtKind::Import(import) = &stmt.kind else { return };
        let file = Signatures::file_of(self.item);
        let Some(sig) = self.sigs.files.get(&file) else { return };
        let names = import.names.iter().flatten().chain(import.path.last());
        for name in names {
            let Some(found) = sig.imports.get(&name.text) else { continue };
            let from = found.item.key().file;
            self.push(name.id.0, Usage::Read, Target::At(Origin::new(found.item, 0)));
            // The words before it name the file.
            for word in import.path.iter().filter(|w| w.id != name.id) {
                self.push(word.id.0, Usage::Read, Target::File(from));
            }
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Import(_) => self.import(stmt),
            StmtKind::Cluster { site, .. } => self.scope(*site),
            StmtKind::Use { name, .. } => self.module(name),
            StmtKind::Needs { path, .. } => self.needs(path),
            StmtKind::Provide { name, .. } => {
                self.at(name.id, Usage::Write, self.sigs.capabilities.get(&name.text).map(|c| c.origin));
            }
            StmtKind::Capability { fallback: Some(name), .. } => {
                self.at(name.id, Usage::Read, self.sigs.modules.get(&name.text).map(|m| m.origin()));
            }
            StmtKind::Kind(kind) => {
                if let Some(last) = kind.lowered_by.as_ref().and_then(|path| path.last()) {
                    self.at(last.id, Usage::Read, self.sigs.capabilities.get(&last.text).map(|c| c.origin));
                }
            }
            StmtKind::Entry { head, .. } => match crate::items::overlay_of(head) {
                Some(name) if self.module.is_none() && self.sigs.sites.contains_key(&name.text) => self.scope(name),
                _ => self.head(head, Usage::Declare),
            },
            StmtKind::Tune { target, .. } => self.head(target, Usage::Write),
            StmtKind::Each { kind, .. } => self.kind(*kind),
            StmtKind::Remove { target } if target.is_use => {
                if let Some(name) = target.head.words.first() {
                    self.module(name);
                }
            }
            StmtKind::Remove { target } if target.head.words.len() > 1 => self.head(&target.head, Usage::Write),
            StmtKind::Ignore { path, .. } => {
                if let [kind, field] = path.as_slice() {
                    self.kind(*kind);
                    if let Some(target) = self.sigs.field_target(&kss_ir::Ty::Ref(kind.text), field.text) {
                        self.push(field.id.0, Usage::Read, target);
                    }
                }
            }
            StmtKind::Given { base, .. } => self.scope(*base),
            StmtKind::Expect(Expect::Output { head, .. }) => self.head(head, Usage::Read),
            StmtKind::Field(field) => {
                if let [Key::Bare(name)] = field.path.as_slice()
                    && self.sigs.kinds.get(&name.text).is_some_and(|k| k.nameless)
                    && field.ty.is_none()
                {
                    self.kind(*name);
                }
            }
            _ => {}
        }
    }

    fn ty(&mut self, ty: &Type) {
        match &ty.kind {
            TypeKind::Name(name) => {
                if let Some(target) = self.sigs.type_named(self.item, *name) {
                    self.push(ty.id.0, Usage::Read, target);
                }
            }
            TypeKind::Ref(kind) => self.kind(*kind),
            TypeKind::Union(alternatives) => {
                for alternative in alternatives {
                    if let Alternative::Case { name, .. } = alternative {
                        let union = RecordId { item: self.item, node: ty.id.0 };
                        self.push(name.id.0, Usage::Declare, Target::Case(union, name.text));
                    }
                }
            }
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Words<'_, '_> {
    fn enter(&mut self, node: Node<'a>) -> bool {
        match node {
            Node::Stmt(stmt) => self.stmt(stmt),
            Node::Type(ty) => self.ty(ty),
            _ => {}
        }
        true
    }
}
