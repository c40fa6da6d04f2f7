//! Where in the tree the marker stands.

use super::request::{MARKER, Request};
use kss_span::Symbol;
use kss_syntax::TokenKind;
use kss_syntax::ast::{
    Alternative, Block, Expect, Expr, ExprKind, FieldValue, Head, Import, Key, Name, Pattern, PatternKind, Stmt,
    StmtKind, TypeKind,
};
use kss_syntax::visit::{Node, Visitor, walk};
use kss_value::ScopeKind;

/// The parts of the tree around the marker, the outermost first.
pub(crate) type Path<'t> = Vec<Node<'t>>;

/// What is to be written at the cursor, as far as the syntax knows.
pub(crate) enum Spot<'t> {
    /// A new name, a reason, nothing.
    Nothing,
    /// A word between the parts of a statement or expression.
    Clause,
    /// The first word of a statement; `prefixed`: behind `private`, `default`, `append` ….
    Statement { path: Path<'t>, prefixed: bool },
    /// A further key of a path: those before it.
    Key { path: Path<'t>, above: &'t [Key] },
    /// A value.
    Value { path: Path<'t> },
    /// The content of a text.
    Text { path: Path<'t> },
    /// Behind a dot.
    Member { path: Path<'t>, base: &'t Expr },
    /// A case.
    Pattern { path: Path<'t> },
    /// A type.
    Type,
    /// Behind `use`, `remove use`.
    Module { path: Path<'t>, remove: bool },
    /// Behind `provide`; or behind `for` of an intent.
    Capability { provide: bool },
    /// Behind `needs`: the names before.
    Needs { before: &'t [Name] },
    /// A kind: `each`, `ref`, `ignore`.
    Kind,
    /// Behind `ignore KIND.`
    Ignored { kind: Symbol },
    /// `per`, `module NAME for`
    Scope,
    /// Behind `tune` or `remove`.
    Target { path: Path<'t>, remove: bool },
    /// A further word of a head; `new`: the head declares it.
    HeadName { path: Path<'t>, head: &'t Head, new: bool },
    /// Behind `in` of a head.
    Namespace,
    /// Behind `in` of a cluster, or `overlay`.
    Site,
    /// Behind `by`: the field by which items of a list are told apart.
    ItemKey,
    /// Behind `given`.
    Base,
    /// A code of an error.
    Code,
    /// A part of a path of an import.
    Import { import: &'t Import, at: usize, selected: bool },
}

impl<'t> Spot<'t> {
    /// The parts of the tree around it, where the marker is a value, a key or a field.
    pub(crate) fn path(&self) -> &[Node<'t>] {
        match self {
            Spot::Statement { path, .. }
            | Spot::Key { path, .. }
            | Spot::Value { path }
            | Spot::Text { path }
            | Spot::Member { path, .. } => path,
            _ => &[],
        }
    }

    /// Is it the last name of a path that is a whole statement?
    pub(super) fn is_lone_path(&self) -> bool {
        let Spot::Member { path, .. } = self else { return false };
        let statement = path.iter().rposition(|n| matches!(n, Node::Stmt(_)));
        let alone = |at: usize| {
            path[at + 1..].iter().all(|n| matches!(n, Node::Expr(Expr { kind: ExprKind::Member { .. }, .. })))
        };
        statement.is_some_and(|at| matches!(path[at], Node::Stmt(Stmt { kind: StmtKind::Element(_), .. })) && alone(at))
    }
}

/// The kinds of bodies that statements stand in.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Body {
    /// Top of a file.
    Top,
    /// A module of a scope of this kind.
    Module(ScopeKind),
    /// The body of a site, cluster, machine or node.
    Scope { kind: ScopeKind, overlay: bool },
    /// Options of this module.
    Options(Symbol),
    /// A test.
    Test,
    /// Fields that a type declares.
    Type,
    /// Anything else in braces.
    Record,
}

pub(super) fn is_marked(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(name) => *name == MARKER,
        ExprKind::Construct { name, .. } => name.text == MARKER,
        _ => false,
    }
}

pub(super) fn marked_pattern(pattern: &Pattern) -> bool {
    match &pattern.kind {
        PatternKind::Case { name, fields } => {
            let fields = fields.iter().flatten();
            name.text == MARKER || fields.into_iter().any(|f| f.field.text == MARKER)
        }
        PatternKind::Typed { name, .. } => name.text == MARKER,
        _ => false,
    }
}

/// Finds the marker.
pub(crate) fn find<'t>(request: &'t Request<'_>) -> Spot<'t> {
    if let Some(spot) = by_tokens(request) {
        return spot;
    }
    let mut finder = Finder { path: Vec::new(), found: None, in_text: request.in_text };
    if let Some(stmt) = request.stmt() {
        walk(stmt, &mut finder);
    }
    match finder.found {
        Some(Spot::Value { .. } | Spot::Type | Spot::Scope | Spot::Pattern { .. }) if request.is_behind_value() => {
            Spot::Clause
        }
        Some(spot) => spot,
        // Behind a value the marker can't stand, so the parser left it out.
        None if request.previous().is_some() => Spot::Clause,
        None if request.in_text => Spot::Nothing,
        None => Spot::Statement { path: Vec::new(), prefixed: false },
    }
}

/// What the words before the cursor say, whatever the parser made of them.
fn by_tokens<'t>(request: &Request<'_>) -> Option<Spot<'t>> {
    let (kind, text) = request.previous()?;
    if *kind != TokenKind::Word || request.in_text {
        return None;
    }
    let second = request.before.get(1).map(|(_, t)| t.as_str());
    match (text.as_str(), second) {
        ("because", Some(_)) => Some(Spot::Nothing),
        ("code", Some(_)) if request.first_word() == "check" => Some(Spot::Code),
        ("error", Some("expect" | "or")) if request.first_word() == "expect" => Some(Spot::Code),
        ("per", Some(_)) => Some(Spot::Scope),
        _ => None,
    }
}

struct Finder<'t> {
    path: Path<'t>,
    found: Option<Spot<'t>>,
    in_text: bool,
}

impl<'t> Visitor<'t> for Finder<'t> {
    fn enter(&mut self, node: Node<'t>) -> bool {
        if self.found.is_some() {
            return false;
        }
        self.path.push(node);
        self.found = match node {
            Node::Stmt(stmt) => self.stmt(stmt),
            Node::Expr(expr) => self.expr(expr),
            Node::Type(ty) => match &ty.kind {
                TypeKind::Name(name) if *name == MARKER => Some(Spot::Type),
                TypeKind::Ref(kind) if marked(kind) => Some(Spot::Kind),
                _ => None,
            },
            Node::Alternative(Alternative::Case { name, .. }) if marked(name) => Some(Spot::Type),
            Node::Pattern(pattern) if marked_pattern(pattern) => Some(Spot::Pattern { path: self.path.clone() }),
            Node::Generator(generator) if generator.vars.iter().any(marked) => Some(Spot::Nothing),
            Node::Key(key) => self.key(key),
            _ => None,
        };
        self.found.is_none()
    }

    fn leave(&mut self, _node: Node<'t>) {
        if self.found.is_none() {
            self.path.pop();
        }
    }
}

fn marked(name: &Name) -> bool {
    name.text == MARKER
}

fn marked_key(key: &Key) -> bool {
    key.literal().is_some_and(|name| name == MARKER)
}

impl<'t> Finder<'t> {
    fn expr(&self, expr: &'t Expr) -> Option<Spot<'t>> {
        let path = || self.path.clone();
        if let ExprKind::Text(text) = &expr.kind {
            return (self.in_text && text.literal().is_some_and(|t| t == MARKER)).then(|| Spot::Text { path: path() });
        }
        if !is_marked(expr) {
            return None;
        }
        // A bare word is where a statement begins.
        let around = self.path.len().checked_sub(2).map(|at| self.path[at]);
        match around {
            Some(Node::Stmt(stmt)) if matches!(stmt.kind, StmtKind::Element(_)) => {
                let mut path = path();
                path.pop();
                Some(Spot::Statement { path, prefixed: false })
            }
            _ => Some(Spot::Value { path: path() }),
        }
    }

    fn key(&self, key: &'t Key) -> Option<Spot<'t>> {
        if !marked_key(key) {
            return None;
        }
        let mut path = self.path.clone();
        path.pop();
        match path.last().copied()? {
            Node::Expr(Expr { kind: ExprKind::Member { base, .. }, .. }) => Some(Spot::Member { path, base }),
            Node::Head(head) => {
                path.pop();
                self.head(path, head)
            }
            Node::Stmt(stmt) => match &stmt.kind {
                StmtKind::Field(field) => {
                    let at = field.path.iter().position(marked_key)?;
                    let prefixed = field.layer.is_some() || field.private || field.append;
                    match at {
                        0 => Some(Spot::Statement { path, prefixed }),
                        at => Some(Spot::Key { path, above: field.path.get(..at)? }),
                    }
                }
                StmtKind::Use { .. } => Some(Spot::Module { path, remove: false }),
                StmtKind::Remove { target } => {
                    let at = target.path.iter().position(marked_key)?;
                    match (at, target.head.words.is_empty()) {
                        (0, true) => Some(Spot::Target { path, remove: true }),
                        (at, _) => Some(Spot::Key { path, above: target.path.get(..at)? }),
                    }
                }
                StmtKind::Unchecked { path: keys, .. } => {
                    let at = keys.iter().position(marked_key)?;
                    Some(Spot::Key { path, above: keys.get(..at)? })
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn head(&self, path: Path<'t>, head: &'t Head) -> Option<Spot<'t>> {
        if head.within.as_ref().is_some_and(marked_key) {
            return Some(Spot::Namespace);
        }
        let at = head.words.iter().position(marked_key)?;
        let Some(Node::Stmt(stmt)) = path.last().copied() else { return None };
        let remove = matches!(stmt.kind, StmtKind::Remove { .. });
        match &stmt.kind {
            StmtKind::Remove { target } if target.is_use => return Some(Spot::Module { path, remove: true }),
            StmtKind::Tune { .. } | StmtKind::Remove { .. } if at == 0 => return Some(Spot::Target { path, remove }),
            StmtKind::Entry { .. } if at == 0 => return Some(Spot::Statement { path, prefixed: false }),
            _ => {}
        }
        let first = head.words.first()?.literal()?;
        let new = matches!(stmt.kind, StmtKind::Entry { .. });
        if new && first == "overlay" && path.len() == 1 {
            return Some(Spot::Site);
        }
        if new
            && at == 1
            && matches!(first.as_str(), "shared" | "optional" | "private" | "default" | "override" | "force" | "append")
        {
            return Some(Spot::Statement { path, prefixed: true });
        }
        let longest = if first == "manifest" { 3 } else { 2 };
        match at < longest {
            true => Some(Spot::HeadName { path, head, new }),
            false => Some(Spot::Clause),
        }
    }

    fn stmt(&self, stmt: &'t Stmt) -> Option<Spot<'t>> {
        match &stmt.kind {
            StmtKind::Import(import) => {
                let selected = import.names.as_ref().and_then(|names| names.iter().position(marked));
                let at = import.path.iter().position(marked).or(selected)?;
                Some(Spot::Import { import, at, selected: selected.is_some() })
            }
            StmtKind::Cluster { site, .. } if marked(site) => Some(Spot::Site),
            StmtKind::Module { scope: Some(scope), .. } if marked(scope) => Some(Spot::Scope),
            StmtKind::Capability { per, .. } if marked(per) => Some(Spot::Scope),
            StmtKind::Capability { fallback: Some(name), .. } if marked(name) => {
                Some(Spot::Module { path: self.path.clone(), remove: false })
            }
            StmtKind::Kind(kind) if kind.per.as_ref().is_some_and(marked) => Some(Spot::Scope),
            StmtKind::Kind(kind) => {
                kind.lowered_by.iter().flatten().any(marked).then_some(Spot::Capability { provide: false })
            }
            StmtKind::Needs { path, .. } => {
                let at = path.iter().position(marked)?;
                Some(Spot::Needs { before: path.get(..at)? })
            }
            StmtKind::Provide { name, .. } if marked(name) => Some(Spot::Capability { provide: true }),
            StmtKind::Each { kind, .. } if marked(kind) => Some(Spot::Kind),
            StmtKind::Check { code: Some(code), .. } if marked(code) => Some(Spot::Code),
            StmtKind::Ignore { path, .. } => match path.iter().position(marked)? {
                0 => Some(Spot::Kind),
                _ => Some(Spot::Ignored { kind: path.first()?.text }),
            },
            StmtKind::Given { base, .. } if marked(base) => Some(Spot::Base),
            StmtKind::Expect(Expect::NoError { or }) if or.iter().any(marked) => Some(Spot::Code),
            StmtKind::Expect(Expect::Error { code: Some(code), .. }) if marked(code) => Some(Spot::Code),
            StmtKind::Field(field) => match &field.value {
                Some(FieldValue::Keyed { by, .. } | FieldValue::KeyedExpr { by, .. }) if marked(by) => {
                    Some(Spot::ItemKey)
                }
                _ => None,
            },
            other => new_name(other).filter(|name| marked(name)).map(|_| Spot::Nothing),
        }
    }
}

/// The name that a statement declares.
fn new_name(stmt: &StmtKind) -> Option<&Name> {
    match stmt {
        StmtKind::Site { name, .. }
        | StmtKind::Cluster { name, .. }
        | StmtKind::Module { name, .. }
        | StmtKind::Type { name, .. }
        | StmtKind::Capability { name, .. }
        | StmtKind::Let { name, .. }
        | StmtKind::Option { name, .. } => Some(name),
        StmtKind::Kind(kind) => Some(&kind.name),
        StmtKind::Fn { name, params, .. } => {
            let params = params.iter().map(|p| &p.name);
            params.into_iter().find(|p| marked(p)).or(Some(name))
        }
        StmtKind::Given { name, .. } => name.as_ref(),
        _ => None,
    }
}

/// The body that a statement stands in: `path` ends with the statement.
pub(super) fn body(path: &[Node<'_>]) -> Body {
    let mut at = path.len();
    loop {
        let Some(block) = path[..at].iter().rposition(|n| matches!(n, Node::Block(_))) else { return Body::Top };
        let Some(owner) = block.checked_sub(1) else { return Body::Top };
        match path[owner] {
            // What stands below `if` stands in the body around.
            Node::Stmt(Stmt { kind: StmtKind::If { .. } | StmtKind::For { .. } | StmtKind::Match { .. }, .. }) => {
                at = owner
            }
            Node::Stmt(stmt) => return body_of(stmt, owner == 0),
            Node::Type(_) | Node::Alternative(_) => return Body::Type,
            _ => return Body::Record,
        }
    }
}

fn body_of(stmt: &Stmt, top: bool) -> Body {
    let scope = |kind| Body::Scope { kind, overlay: false };
    match &stmt.kind {
        StmtKind::Module { scope, .. } => {
            Body::Module(scope.and_then(|s| kss_sema::Signatures::scope_kind(s.text)).unwrap_or(ScopeKind::Cluster))
        }
        StmtKind::Site { .. } => scope(ScopeKind::Site),
        StmtKind::Cluster { .. } => scope(ScopeKind::Cluster),
        StmtKind::Test { .. } => Body::Test,
        StmtKind::Given { .. } => scope(ScopeKind::Cluster),
        StmtKind::Use { name, .. } => name.literal().map_or(Body::Record, Body::Options),
        StmtKind::Type { .. } => Body::Type,
        StmtKind::Entry { head, .. } | StmtKind::Tune { target: head, .. } => {
            let word = head.words.first().and_then(Key::literal);
            match (word, head.words.len()) {
                (Some(word), 2) if top && word == "overlay" => Body::Scope { kind: ScopeKind::Site, overlay: true },
                (Some(module), 1) => Body::Options(module),
                (Some(kind), _) => kss_sema::Signatures::scope_kind(kind).map_or(Body::Record, scope),
                _ => Body::Record,
            }
        }
        StmtKind::Each { kind, .. } => kss_sema::Signatures::scope_kind(kind.text).map_or(Body::Record, scope),
        _ => Body::Record,
    }
}

/// The innermost braces around the end of `path`.
pub(super) fn block<'t>(path: &[Node<'t>]) -> Option<&'t Block> {
    path.iter().rev().find_map(|node| match node {
        Node::Block(block) => Some(*block),
        _ => None,
    })
}

/// First names of what the statements of a block write already.
pub(super) fn written(block: &Block) -> Vec<Symbol> {
    let names = block.stmts.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Field(field) => field.path.first()?.literal(),
        _ => None,
    });
    names.filter(|name| *name != MARKER).collect()
}

/// Modules that a body names behind `use`.
pub(super) fn used(block: &Block) -> Vec<Symbol> {
    let names = block.stmts.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Use { name, .. } => name.literal(),
        _ => None,
    });
    names.filter(|name| *name != MARKER).collect()
}
