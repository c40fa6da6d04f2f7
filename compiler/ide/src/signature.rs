//! The parameters of the call at a position, or the fields of the case or record that is written there.

use crate::completion::{MARKER, Request, find_spot};
use crate::{Analysis, FilePosition};
use kss_ir::{RecordDef, Ty};
use kss_sema::{CallSite, Target};
use kss_syntax::ast::{Block, Expr, ExprKind, Key, Name, StmtKind};
use kss_syntax::visit::Node;
use std::ops::Range;

/// What is called or written, and where in it the cursor is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureHelp {
    /// `free-block(l: [IpRange], in: [Cidr], prefix: Int) -> Cidr?`
    pub label: String,
    /// Documentation of the function or case.
    pub doc: Option<String>,
    /// Parameters or fields.
    pub params: Vec<Parameter>,
    /// The one that is being written.
    pub active: Option<usize>,
}

/// A parameter of a function, or a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parameter {
    /// Bytes of [`SignatureHelp::label`] that show it.
    pub label: Range<usize>,
    /// Documentation of a field.
    pub doc: Option<String>,
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
        let mut help = SignatureHelp { label: format!("{}(", call.name), doc: None, params: Vec::new(), active: None };
        for (at, (name, ty)) in call.params.iter().enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            help.push(separator, &format!("{name}: {}", sigs.show(ty)), None);
        }
        help.label.push_str(&format!(") -> {}", sigs.show(&call.result)));
        help.active = (active < help.params.len()).then_some(active);
        if let Some(Target::At(origin)) = &call.target {
            let doc = self.declaration(*origin).and_then(|d| d.doc);
            help.doc = doc.map(|d| d.to_string());
        }
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
        let mut help = SignatureHelp { label: format!("{} {{ ", name.text), doc, params: Vec::new(), active: None };
        for (at, f) in def.fields.iter().enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            let optional = if f.has_default { " = …" } else { "" };
            let text = format!("{} : {}{optional}", f.name, sigs.show(&f.ty));
            help.push(separator, &text, f.doc.as_deref());
        }
        help.label.push_str(" }");
        let named = field.and_then(|field| def.fields.iter().position(|f| f.name == field));
        // Where no name stands yet: the first field that is not there.
        let written = |f: &kss_ir::FieldSig| {
            body.stmts
                .iter()
                .any(|s| matches!(&s.kind, StmtKind::Field(w) if w.path.first().and_then(Key::literal) == Some(f.name)))
        };
        help.active = named.or_else(|| def.fields.iter().position(|f| !written(f)));
        Some(help)
    }
}

impl SignatureHelp {
    fn push(&mut self, separator: &str, text: &str, doc: Option<&str>) {
        self.label.push_str(separator);
        let start = self.label.len();
        self.label.push_str(text);
        self.params.push(Parameter { label: start..self.label.len(), doc: doc.map(str::to_owned) });
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
fn record_at<'r>(request: &'r Request<'_>, node: u32, name: Name) -> Option<(&'r RecordDef, Option<String>)> {
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
        return Some((def, doc.map(|d| d.to_string())));
    }
    match request.index().ty(node)? {
        ty @ (Ty::Record(_) | Ty::Refined(..)) => Some((sigs.record_of(ty)?, None)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Fixture;

    fn check(text: &str, label: &str, active: Option<&str>) {
        let fixture = Fixture::new(text);
        let help = fixture.analysis().signature_help(fixture.at()).expect("there is help");
        assert_eq!(help.label, label);
        assert_eq!(help.active.map(|at| &help.label[help.params[at].label.clone()]), active);
    }

    #[test]
    fn of_a_function() {
        let call = "let x = add(1, $0)\nfn add(a: Int, b: Int) -> Int = a + b\n";
        check(call, "add(a: Int, b: Int) -> Int", Some("b: Int"));
        check("fn add(a: Int, b: Int) -> Int = a + b\nlet x = add($0", "add(a: Int, b: Int) -> Int", Some("a: Int"));
    }

    #[test]
    fn of_a_method() {
        check("let net = 10.0.0.0/24\nlet x = net.subnet(28, 3$0)\n", "subnet(n: Int, n: Int) -> Cidr", Some("n: Int"));
    }

    #[test]
    fn the_inner_call_is_meant() {
        let text = "fn one(a: Int) -> Int = a\nfn two(b: Int) -> Int = b\nlet x = one(two($0))\n";
        check(text, "two(b: Int) -> Int", Some("b: Int"));
    }

    #[test]
    fn of_a_case_with_a_record() {
        let text = r#"
type Source = generated { length : Int = 32, kind : Text } | supplied
let s : Source = generated { length = 4, $0 }
"#;
        check(text, "generated { length : Int = …, kind : Text }", Some("kind : Text"));
    }

    #[test]
    fn nowhere_else() {
        let fixture = Fixture::new("let x = $04\n");
        assert_eq!(fixture.analysis().signature_help(fixture.at()), None);
    }
}
