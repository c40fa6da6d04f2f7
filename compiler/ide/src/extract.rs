//! A part of an expression gets a name: as a `let` of the scope or module around, or as an option of the module.

use crate::actions::{Action, ActionKind};
use crate::{Analysis, Place};
use kss_ir::Ty;
use kss_sema::{DeclKind, Target};
use kss_span::{Edit, Symbol, TextRange};
use kss_syntax::ast::{BinaryOp, Expr, ExprKind, ListElem, Stmt, StmtKind};
use kss_syntax::visit::Node;
use kss_value::ScopeKind;

impl Analysis {
    /// The selected expression as an option of the module, or as a `let` around; only where it means there what it means here.
    pub(crate) fn extract(&self, place: &Place, range: TextRange) -> Vec<Action> {
        if range.is_empty() {
            return Vec::new();
        }
        let around = place.around();
        let is_selected = |node: &Node<'_>| matches!(node, Node::Expr(e) if place.range(e.id.0) == range);
        let Some(at) = around.iter().rposition(is_selected) else { return Vec::new() };
        let Node::Expr(selected) = around[at] else { return Vec::new() };
        let Some(body) = outer_body(&place.stmt) else { return Vec::new() };
        let Some(home) = body.iter().find(|s| place.range(s.id.0).touches(range.lo)) else { return Vec::new() };
        let (within, home) = (&around[..at], place.range(home.id.0));
        let narrowed = !is_literal(selected) && within.iter().any(narrows);
        if !worth_a_name(selected)
            || narrowed
            || is_elsewhere(within, selected)
            || self.reads_locals(place, range, home)
        {
            return Vec::new();
        }
        let ty = self.index(place.item).ty(selected.id.0).cloned();
        let shown = ty.as_ref().and_then(|ty| self.type_text(place, ty));
        // Without the type of its place a text or a case would be another thing.
        if shown.is_none() && !has_type_of_its_own(selected) {
            return Vec::new();
        }
        let (text, name) = (self.text(place.at.file), self.free_name(place, &name_for(&around)));
        let value = text.get(range.range()).unwrap_or("");
        let indent = indent_of(text, home.lo);
        let action = |title: &str, line: String| Action {
            title: title.to_owned(),
            kind: ActionKind::Extract,
            edits: vec![
                Edit::insert_before(TextRange::empty(home.lo).at(place.at.file), format!("{line}\n{indent}")),
                Edit::replace(range.at(place.at.file), name.clone()),
            ],
            preferred: false,
            mends: None,
        };
        let typed = shown.as_ref().map_or(String::new(), |ty| format!(" : {ty}"));
        let mut out = vec![action(&format!("extract to `let {name}`"), format!("let {name}{typed} = {value}"))];
        if matches!(place.stmt.kind, StmtKind::Module { .. }) && shown.is_some() {
            out.push(action(&format!("extract to option `{name}`"), format!("option {name}{typed} = {value}")));
        }
        out
    }

    /// How a type is written in the item of a place; none if it has no name there.
    fn type_text(&self, place: &Place, ty: &Ty) -> Option<String> {
        match ty {
            Ty::Scalar(_) | Ty::Data | Ty::Ref(_) => Some(self.signatures().show(ty)),
            Ty::Record(_) | Ty::Union(_) | Ty::Refined(..) => self.type_name(place, ty),
            Ty::Optional(of) => Some(format!("{}?", self.type_text(place, of)?)),
            Ty::List(of) => Some(format!("[{}]", self.type_text(place, of)?)),
            Ty::Set(of) => Some(format!("set {}", self.type_text(place, of)?)),
            _ => None,
        }
    }

    /// The name of a declared type, if it means that type in the item of a place.
    fn type_name(&self, place: &Place, ty: &Ty) -> Option<String> {
        let sigs = self.signatures();
        let of_files = sigs.types.iter().filter(|(_, known)| *known == ty);
        let of_files = of_files.filter_map(|(item, _)| Some(Symbol::new(item.key().name.strip_prefix("type ")?)));
        let of_modules = sigs.module_types.iter().filter(|(_, known)| *known == ty).map(|((_, name), _)| *name);
        let means = |name: &Symbol| match sigs.type_named(place.item, *name) {
            Some(Target::At(origin)) => match sigs.types.get(&origin.item).filter(|_| origin.node == 0) {
                Some(found) => found == ty,
                // Of the module itself.
                None => origin.item == place.item,
            },
            _ => false,
        };
        of_files.chain(of_modules).filter(means).min().map(|name| name.to_string())
    }

    /// Does the text in `range` read what is known inside of `home` alone: a variable of a loop, a parameter, `it`, a machine?
    fn reads_locals(&self, place: &Place, range: TextRange, home: TextRange) -> bool {
        let text = self.text(place.at.file);
        let inside = |outer: TextRange, inner: TextRange| outer.lo <= inner.lo && inner.hi <= outer.hi;
        // In a module for machines that is the machine; `each` has another one.
        let is_each = |node: &Node<'_>| matches!(node, Node::Stmt(Stmt { kind: StmtKind::Each { .. }, .. }));
        let of_module = matches!(place.stmt.kind, StmtKind::Module { .. }) && !place.around().iter().any(is_each);
        self.index(place.item).words.iter().any(|word| {
            let at = place.range(word.node);
            if !inside(range, at) || is_member(text.get(..at.lo as usize).unwrap_or_default()) {
                return false;
            }
            match &word.target {
                Target::At(origin) => origin.item == place.item && inside(home, place.range(origin.node)),
                Target::Implicit(_) => true,
                Target::Scope(ScopeKind::Site | ScopeKind::Cluster) => false,
                Target::Scope(_) => !of_module,
                _ => false,
            }
        })
    }

    /// `wanted`, or that with something behind it: a name that nothing has that can be named in the item of a place.
    fn free_name(&self, place: &Place, wanted: &str) -> String {
        let sigs = self.signatures();
        let functions = sigs.functions(place.item);
        let file = sigs.files.get(&Symbol::new(self.path(place.at.file)));
        let item = self.text(place.at.file).get(place.range(place.stmt.id.0).range()).unwrap_or_default();
        let taken = |name: &str| {
            let symbol = Symbol::new(name);
            sigs.kinds.contains_key(&symbol)
                || sigs.capabilities.contains_key(&symbol)
                || sigs.prelude.contains_key(&symbol)
                || functions.iter().any(|f| f.name == symbol)
                || file.is_some_and(|f| f.own.contains_key(&symbol) || f.imports.contains_key(&symbol))
                || self.declarations(place.item).iter().any(|d| d.name == symbol && d.kind != DeclKind::Entry)
                || is_read(item, name)
        };
        let others = std::iter::once(format!("{wanted}-value")).chain((2..).map(|n| format!("{wanted}-{n}")));
        std::iter::once(wanted.to_owned()).chain(others).find(|name| !taken(name)).unwrap_or_default()
    }
}

/// Does a name stand in a text, other than as the key of a field and behind a dot?
fn is_read(text: &str, name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let (before, behind) = (&text[..at], &text[at + name.len()..]);
        let key =
            behind.trim_start_matches(' ').starts_with(['=', '{']) && !behind.trim_start_matches(' ').starts_with("==");
        !before.ends_with(word) && !is_member(before) && !behind.starts_with(word) && !behind.starts_with('.') && !key
    })
}

/// Does what stands behind `before` belong to something? `..x` is all of `x`.
fn is_member(before: &str) -> bool {
    before.ends_with('.') && !before.ends_with("..")
}

/// May what is inside know more of a value than what is outside?
fn narrows(node: &Node<'_>) -> bool {
    match node {
        Node::Stmt(stmt) => matches!(stmt.kind, StmtKind::If { .. } | StmtKind::Match { .. } | StmtKind::For { .. }),
        Node::Expr(e) => match &e.kind {
            ExprKind::If { .. } | ExprKind::Match { .. } | ExprKind::Quantifier { .. } | ExprKind::List(_) => true,
            ExprKind::Binary { op, .. } => matches!(op, BinaryOp::And | BinaryOp::Or),
            _ => false,
        },
        Node::Generator(_) => true,
        _ => false,
    }
}

/// Is it a part that a name can't stand for, or in a place that sees no names of the body around: the start of a path, a callee,
/// a type's body, the condition of `each`?
fn is_elsewhere(within: &[Node<'_>], selected: &Expr) -> bool {
    let part = match within.last() {
        Some(Node::Expr(Expr { kind: ExprKind::Member { base, .. }, .. })) => base.id == selected.id,
        Some(Node::Expr(Expr { kind: ExprKind::Call { callee, .. }, .. })) => callee.id == selected.id,
        _ => false,
    };
    let last = |wanted: &dyn Fn(&Node<'_>) -> bool| within.iter().rposition(wanted);
    let each = last(&|n| matches!(n, Node::Stmt(Stmt { kind: StmtKind::Each { .. }, .. })));
    let block = last(&|n| matches!(n, Node::Block(_)));
    let of_type = within.iter().any(|n| {
        matches!(n, Node::Type(_) | Node::Where(_)) || matches!(n, Node::Stmt(Stmt { kind: StmtKind::Type { .. }, .. }))
    });
    part && !is_literal(selected) || of_type || each.is_some() && each > block
}

fn is_literal(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Literal { .. } => true,
        ExprKind::Text(text) => text.literal().is_some(),
        ExprKind::List(items) => items.iter().all(|item| matches!(item, ListElem::Value(value) if is_literal(value))),
        _ => false,
    }
}

/// Does it mean the same wherever it stands?
fn has_type_of_its_own(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Member { .. } | ExprKind::Call { .. })
}

/// The statements of a module's or scope's body.
fn outer_body(stmt: &Stmt) -> Option<&[Stmt]> {
    match &stmt.kind {
        StmtKind::Module { body, .. } | StmtKind::Site { body, .. } | StmtKind::Cluster { body, .. } => {
            Some(&body.stmts)
        }
        _ => None,
    }
}

fn worth_a_name(e: &Expr) -> bool {
    !matches!(e.kind, ExprKind::Missing | ExprKind::Name(_) | ExprKind::Fail { .. })
}

/// A name for a part: that of the field that it is given to.
fn name_for(around: &[Node<'_>]) -> String {
    let field = around.iter().rev().find_map(|node| match node {
        Node::Stmt(Stmt { kind: StmtKind::Field(field), .. }) => field.path.last()?.literal(),
        _ => None,
    });
    let word = field.map_or("value", Symbol::as_str);
    let fits = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if fits { word.to_owned() } else { "value".to_owned() }
}

fn indent_of(text: &str, at: u32) -> String {
    let before = text.get(..at as usize).unwrap_or("");
    let line = &before[before.rfind('\n').map_or(0, |n| n + 1)..];
    line.chars().take_while(|c| c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use crate::actions::{ActionKind, tests::find};
    use crate::testing::Fixture;
    use kss_span::{FileId, TextRange};

    #[test]
    fn a_value_becomes_an_option() {
        let text = "module m {\n  manifest ConfigMap a in b { data.amount = 3 + 4 }\n}\n";
        assert_eq!(
            find(text, "3 + 4", "extract to option"),
            "module m {\n  option amount : Data = 3 + 4\n  manifest ConfigMap a in b { data.amount = amount }\n}\n"
        );
    }

    #[test]
    fn what_a_loop_knows_stays_in_it() {
        let text = "module m {\n  let all = [for n in [1, 2] => n + 1]\n}\nsite s {}\ncluster c in s {\n  node w-{1..2} { ip = 10.0.0.0/24.host(it) }\n}\n";
        let fixture = Fixture::new(text);
        let offered = |selected: &str| {
            let lo = text.find(selected).expect("it is there") as u32;
            let range = TextRange::new(lo, lo + selected.len() as u32);
            let actions = fixture.analysis().actions(FileId(0), range, &[]);
            actions.iter().any(|a| a.kind == ActionKind::Extract)
        };
        assert!(!offered("n + 1") && !offered("10.0.0.0/24.host(it)"));
        assert!(offered("[1, 2]"));
        assert!(offered("10.0.0.0/24"));
    }

    #[test]
    fn a_part_keeps_the_type_of_its_place() {
        let text = "type Pace = fast | slow { by : Int }\ntype T { url : Url, pace : Pace }\nmodule m {\n  let t : T = { url = \"https://a.example\", pace = slow { by = 1 } }\n}\n";
        let url = find(text, "\"https://a.example\"", "extract to `let");
        assert!(url.contains("  let url : Url = \"https://a.example\"\n") && url.contains("{ url = url,"), "{url}");
        let pace = find(text, "slow { by = 1 }", "extract to option");
        assert!(pace.contains("  option pace : Pace = slow { by = 1 }\n") && pace.contains("pace = pace }"), "{pace}");
        // What is a kind of entries, or read already, is no name for it.
        let route = "module m {\n  let route-x = 1\n  manifest ConfigMap a in b { data.route = route-x + 4 }\n}\n";
        assert!(find(route, "route-x + 4", "extract to `let").contains("let route-value : Data = route-x + 4"));
    }
}
