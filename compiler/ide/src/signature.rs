//! The parameters of the call at a position, or the fields of the case or record that is written there.

use crate::completion::{MARKER, Request, find_spot};
use crate::{Analysis, FilePosition};
use kss_ir::{RecordDef, Ty};
use kss_sema::{CallSite, Target};
use kss_span::TextRange;
use kss_syntax::ast::{Block, Expr, ExprKind, Key, Name, StmtKind};
use kss_syntax::visit::Node;
use std::sync::Arc;

/// A function that is being called, or the record of a case or named type that is being written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureHelp {
    /// `name(a: Int, b: Text) -> Text`, `case { a : Int, b : Text = … }`
    pub label: String,
    /// Where the parameters or fields stand in the label.
    pub parameters: Vec<TextRange>,
    /// The one that the cursor is at.
    pub active: usize,
    /// Documentation.
    pub doc: Option<Arc<str>>,
}

impl Analysis {
    /// Help with the call, or the record of a case or named type, that the position is in: the innermost of them.
    pub fn signature_help(&self, at: FilePosition) -> Option<SignatureHelp> {
        let request = Request::new(self, at.file, self.text(at.file), at.offset, "")?;
        let spot = find_spot(&request);
        let path = spot.path();
        for (at, node) in path.iter().enumerate().rev() {
            let below = path.get(at + 1);
            match node {
                Node::Expr(Expr { id, kind: ExprKind::Call { args, .. } }) => {
                    // In what is called one is not yet among its parameters.
                    let inside =
                        below.and_then(|n| args.iter().position(|a| matches!(n, Node::Expr(e) if e.id == a.id)));
                    if let (Some(active), Some(call)) = (inside, call_at(&request, id.0)) {
                        return Some(self.of_call(&request, call, active));
                    }
                }
                Node::Expr(Expr { id, kind: ExprKind::Construct { name, body } }) if below.is_some() => {
                    let field = path.get(at + 2).and_then(field_name);
                    return self.of_record(&request, id.0, *name, body, field);
                }
                // The body of an entry is no argument.
                Node::Stmt(stmt) if !matches!(stmt.kind, StmtKind::Field(_) | StmtKind::Element(_)) => return None,
                _ => {}
            }
        }
        None
    }

    fn of_call(&self, request: &Request<'_>, call: &CallSite, active: usize) -> SignatureHelp {
        let sigs = request.sigs();
        let mut help = SignatureHelp { label: format!("{}(", call.name), doc: None, parameters: Vec::new(), active: 0 };
        for (at, (name, ty)) in call.params.iter().enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            help.push(separator, &format!("{name}: {}", sigs.show(ty)));
        }
        help.label.push_str(&format!(") -> {}", sigs.show(&call.result)));
        help.active = active.min(help.parameters.len().saturating_sub(1));
        help.doc = call.target.as_ref().and_then(|target| self.navigate(target).into_iter().next()?.doc);
        help
    }

    fn of_record(
        &self,
        request: &Request<'_>,
        node: u32,
        name: Name,
        body: &Block,
        field: Option<&str>,
    ) -> Option<SignatureHelp> {
        let sigs = request.sigs();
        let (def, doc) = record_at(request, node, name)?;
        let mut help = SignatureHelp { label: format!("{} {{ ", name.text), doc, parameters: Vec::new(), active: 0 };
        for (at, f) in def.fields.iter().enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            let optional = if f.has_default { " = …" } else { "" };
            let text = format!("{} : {}{optional}", f.name, sigs.show(&f.ty));
            help.push(separator, &text);
        }
        help.label.push_str(" }");
        let named = field.and_then(|field| def.fields.iter().position(|f| f.name == field));
        // Where no name stands yet: the first field that is not there.
        let written = |f: &kss_ir::FieldSig| {
            body.stmts
                .iter()
                .any(|s| matches!(&s.kind, StmtKind::Field(w) if w.path.first().and_then(Key::literal) == Some(f.name)))
        };
        help.active = named.or_else(|| def.fields.iter().position(|f| !written(f))).unwrap_or_default();
        Some(help)
    }
}

impl SignatureHelp {
    fn push(&mut self, separator: &str, text: &str) {
        self.label.push_str(separator);
        let lo = self.label.len() as u32;
        self.label.push_str(text);
        self.parameters.push(TextRange::new(lo, self.label.len() as u32));
    }
}

fn call_at<'r>(request: &'r Request<'_>, node: u32) -> Option<&'r CallSite> {
    request.index().calls.iter().rev().find(|call| call.node == node)
}

/// The field that a statement writes.
fn field_name<'t>(node: &Node<'t>) -> Option<&'t str> {
    let Node::Stmt(stmt) = node else { return None };
    let StmtKind::Field(field) = &stmt.kind else { return None };
    let name = field.path.first()?.literal()?;
    (name != MARKER).then_some(name.as_str())
}

/// The record that is written behind `name` at a node, and the documentation of the case.
fn record_at<'r>(request: &'r Request<'_>, node: u32, name: Name) -> Option<(&'r RecordDef, Option<Arc<str>>)> {
    let sigs = request.sigs();
    let case = request.index().words.iter().find_map(|word| match &word.target {
        Target::Case(union, case) if word.node == name.id.0 => Some((*union, *case)),
        _ => None,
    });
    if let Some((union, case)) = case {
        let union = sigs.unions.get(&union)?;
        let doc = union.alternatives.iter().find_map(|a| match a {
            kss_ir::Alternative::Case { name, doc, .. } if *name == case => doc.clone(),
            _ => None,
        });
        let def = sigs.records.get(&union.case(case)??)?;
        return Some((def, doc));
    }
    match request.index().ty(node)? {
        ty @ (Ty::Record(_) | Ty::Refined(..)) => Some((sigs.record_of(ty)?, None)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Fixture;

    fn check(text: &str, label: &str, active: &str) {
        let fixture = Fixture::new(text);
        let help = fixture.analysis().signature_help(fixture.at()).expect("there is help");
        assert_eq!(help.label, label);
        assert_eq!(help.parameters.get(help.active).map(|at| &help.label[at.range()]), Some(active));
    }

    #[test]
    fn of_a_function() {
        let call = "let x = add(1, $0)\nfn add(a: Int, b: Int) -> Int = a + b\n";
        check(call, "add(a: Int, b: Int) -> Int", "b: Int");
        check("fn add(a: Int, b: Int) -> Int = a + b\nlet x = add($0", "add(a: Int, b: Int) -> Int", "a: Int");
    }

    #[test]
    fn of_a_method() {
        check("let net = 10.0.0.0/24\nlet x = net.subnet(28, 3$0)\n", "subnet(n: Int, n: Int) -> Cidr", "n: Int");
    }

    #[test]
    fn the_inner_call_is_meant() {
        let text = "fn one(a: Int) -> Int = a\nfn two(b: Int) -> Int = b\nlet x = one(two($0))\n";
        check(text, "two(b: Int) -> Int", "b: Int");
    }

    #[test]
    fn of_a_case_with_a_record() {
        let text = r#"
type Source = generated { length : Int = 32, kind : Text } | supplied
let s : Source = generated { length = 4, $0 }
"#;
        check(text, "generated { length : Int = …, kind : Text }", "kind : Text");
    }

    #[test]
    fn nowhere_else() {
        let fixture = Fixture::new("let x = $04\n");
        assert_eq!(fixture.analysis().signature_help(fixture.at()), None);
    }

    fn help(text: &str) -> Option<(String, String)> {
        let fixture = Fixture::new(text);
        let found = fixture.analysis().signature_help(fixture.at())?;
        let active = found.parameters.get(found.active).map(|r| found.label[r.range()].to_owned());
        Some((found.label, active.unwrap_or_default()))
    }

    #[test]
    fn the_parameter_at_the_cursor() {
        let text = "## Adds.\nfn add(a: Int, b: Int) -> Int = a + b\n";
        let label = "add(a: Int, b: Int) -> Int".to_owned();
        let found = |call: &str| help(&format!("{text}let x = {call}\n"));
        assert_eq!(found("add($0)"), Some((label.clone(), "a: Int".to_owned())));
        assert_eq!(found("add(1, $0)"), Some((label.clone(), "b: Int".to_owned())));
        assert_eq!(found("add(1, 2$0)"), Some((label, "b: Int".to_owned())));
        assert_eq!(found("add$0(1, 2)"), None);
    }

    #[test]
    fn an_unfinished_call_has_parameters() {
        let found = help("let net = 10.0.0.0/24\nlet x = net.host($0");
        assert_eq!(found.map(|(label, _)| label), Some("host(n: Int) -> Ip".to_owned()));
    }

    #[test]
    fn the_innermost_call_counts() {
        let found = help("let x = join([\"a\"], lower($0))\n");
        assert!(found.as_ref().is_some_and(|(label, _)| label.starts_with("lower(")), "{found:?}");
    }
}
