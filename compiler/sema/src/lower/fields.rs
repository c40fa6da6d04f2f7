//! The body of an entry, field by field, so that one can be evaluated without the others.

use super::block::Target;
use super::lets::without_unread;
use super::{Lower, strip};
use kss_ir::{Block, Expr, ExprKind, FieldBlocks, Key, Stmt, StmtKind, Ty};
use kss_span::{Symbol, SymbolMap};
use kss_syntax::ast;

impl Lower<'_> {
    /// Takes the statements of an entry's body apart. The frame is the one around: variables of loops stay visible.
    pub(crate) fn field_blocks(&mut self, node: ast::NodeId, stmts: &[ast::Stmt], target: &Target) -> FieldBlocks {
        let lowered = self.scoped(|l| l.block_stmts(stmts, target));
        let lowered = self.spreads_by_field(lowered, target);
        let block = Block { node: node.0, stmts: lowered };
        let mut names: Vec<Symbol> = Vec::new();
        first_names(&block, &mut names);
        let fields: SymbolMap<Block> = names.into_iter().map(|n| (n, project(&block, Some(n)))).collect();
        let rest = project(&block, None);
        let rest = has_writes(&rest).then_some(rest);
        FieldBlocks { fields, rest, locals: self.max_slot }
    }

    /// `..store` of a record with known fields writes each of them.
    fn spreads_by_field(&mut self, stmts: Vec<Stmt>, target: &Target) -> Vec<Stmt> {
        let known: Vec<Symbol> = match target {
            Target::Record(id) => {
                self.sigs.records.get(id).map_or(Vec::new(), |d| d.fields.iter().map(|f| f.name).collect())
            }
            _ => return stmts,
        };
        let mut out = Vec::new();
        for stmt in stmts {
            match stmt.kind {
                StmtKind::Spread(value) => {
                    for name in &known {
                        let field = ExprKind::Field { base: value.clone(), name: *name, optional: true };
                        let value = Expr { node: value.node, kind: Box::new(field) };
                        let kind = StmtKind::Set {
                            path: vec![Key::Name(*name, stmt.node)],
                            value,
                            layer: None,
                            because: None,
                        };
                        out.push(Stmt { node: stmt.node, kind });
                    }
                }
                kind => out.push(Stmt { node: stmt.node, kind }),
            }
        }
        out
    }

    /// What the body of an entry of type `ty` is lowered against.
    pub(crate) fn target_of(&self, ty: &Ty) -> Target {
        match strip(ty) {
            Ty::Record(id) => {
                let open = self.sigs.records.get(id).is_some_and(|d| d.open);
                if open { Target::Open(*id) } else { Target::Record(*id) }
            }
            Ty::Map(key, value) => Target::Map((**key).clone(), (**value).clone()),
            _ => Target::Data,
        }
    }
}

/// The first names of all paths that a block writes.
fn first_names(block: &Block, out: &mut Vec<Symbol>) {
    for stmt in &block.stmts {
        match &stmt.kind {
            StmtKind::Set { path, .. }
            | StmtKind::Append { path, .. }
            | StmtKind::Keyed { path, .. }
            | StmtKind::Remove { path }
            | StmtKind::Unchecked { path, .. } => {
                if let Some(Key::Name(name, _)) = path.first()
                    && !out.contains(name)
                {
                    out.push(*name);
                }
            }
            StmtKind::If { then, otherwise, .. } => {
                first_names(then, out);
                otherwise.iter().for_each(|b| first_names(b, out));
            }
            StmtKind::For { body, .. } => first_names(body, out),
            StmtKind::Match { arms, .. } => arms.iter().for_each(|(_, b)| first_names(b, out)),
            StmtKind::Spread(_) | StmtKind::Let(_) | StmtKind::Element(_) | StmtKind::Do(_) => {}
        }
    }
}

/// The statements that concern `name` (without one: those that may concern any field), in their control flow.
fn project(block: &Block, name: Option<Symbol>) -> Block {
    let stmts = block.stmts.iter().filter_map(|stmt| {
        let kind = project_stmt(&stmt.kind, name)?;
        Some(Stmt { node: stmt.node, kind })
    });
    Block { node: block.node, stmts: without_unread(stmts.collect()) }
}

fn project_stmt(kind: &StmtKind, name: Option<Symbol>) -> Option<StmtKind> {
    match kind {
        StmtKind::Set { path, .. }
        | StmtKind::Append { path, .. }
        | StmtKind::Keyed { path, .. }
        | StmtKind::Remove { path }
        | StmtKind::Unchecked { path, .. } => {
            let concerns = match path.first() {
                Some(Key::Name(first, _)) => name == Some(*first),
                _ => name.is_none(),
            };
            concerns.then(|| kind.clone())
        }
        StmtKind::Spread(_) | StmtKind::Do(_) => name.is_none().then(|| kind.clone()),
        StmtKind::Let(_) => Some(kind.clone()),
        StmtKind::Element(_) => None,
        StmtKind::If { cond, then, otherwise } => {
            let then = project(then, name);
            let otherwise = otherwise.as_ref().map(|b| project(b, name)).filter(has_writes);
            let needed = has_writes(&then) || otherwise.is_some();
            needed.then(|| StmtKind::If { cond: cond.clone(), then, otherwise })
        }
        StmtKind::For { loops, body } => {
            let body = project(body, name);
            has_writes(&body).then(|| StmtKind::For { loops: loops.clone(), body })
        }
        StmtKind::Match { subject, arms } => {
            let arms: Vec<_> = arms.iter().map(|(p, b)| (p.clone(), project(b, name))).collect();
            arms.iter().any(|(_, b)| has_writes(b)).then(|| StmtKind::Match { subject: subject.clone(), arms })
        }
    }
}

fn has_writes(block: &Block) -> bool {
    block.stmts.iter().any(|s| !matches!(s.kind, StmtKind::Let(_)))
}
