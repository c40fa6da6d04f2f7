//! What charts, Kubernetes kinds and NixOS know: keys, values, names of kinds. From the lock.

use super::request::{MARKER, Request};
use super::{CompletionKind, Offers, rank};
use kss_project::db;
use kss_schema::{KeyInfo, Schema, Seg, describe};
use kss_span::Symbol;
use kss_syntax::ast::{Block, Expr, ExprKind, FieldValue, Head, Key, Stmt, StmtKind};
use kss_syntax::visit::{Node, walk};

/// Of more keys than these only names and types are told.
const TOLD: usize = 80;

/// Keys of the foreign record around, below `above`.
pub(super) fn keys(request: &Request<'_>, path: &[Node<'_>], above: &[Key], written: &[Symbol], out: &mut Offers) {
    let Some((schema, segs)) = place(request, path, above) else { return };
    let Some(info) = describe(&schema, &segs) else { return };
    let many = info.children.len() > TOLD;
    for child in &info.children {
        let is_written = above.is_empty() && written.iter().any(|w| w.as_str() == child.name);
        let fit = match (is_written, child.required) {
            (true, _) => 3,
            (_, true) => 0,
            _ => 1,
        };
        let name = quoted(&child.name);
        let offer = out.add(name.clone(), CompletionKind::ForeignKey, rank(fit, 1));
        offer.detail(child.ty.clone());
        offer.required = child.required && !is_written;
        if !request.continued() {
            offer.snippet(match child.ty.as_str() {
                "a record" => format!("{name} {{ $0 }}"),
                ty if ty.starts_with("a record (") => format!("{name} {{ $0 }}"),
                ty if ty.starts_with("a list") => format!("{name} = [$0]"),
                "`Text`" => format!("{name} = \"$0\""),
                _ => format!("{name} = $0"),
            });
        }
        if !many {
            let mut below = segs.clone();
            below.push(Seg::Key(Symbol::new(&child.name)));
            offer.doc = describe(&schema, &below).and_then(|info| documentation(&info));
        }
    }
}

fn documentation(info: &KeyInfo) -> Option<String> {
    let default = info.default.as_ref().map(|d| format!("Default: `{d}`"));
    match (&info.doc, default) {
        (Some(doc), Some(default)) => Some(format!("{doc}\n\n{default}")),
        (Some(doc), None) => Some(doc.clone()),
        (None, default) => default,
    }
}

/// A key as it is written: with quotes if it is no word.
fn quoted(name: &str) -> String {
    let word = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        && !name.ends_with('-')
        && !name.contains("--");
    if word { name.to_owned() } else { format!("\"{name}\"") }
}

/// Scalars that may stand at a foreign key.
pub(super) fn values(request: &Request<'_>, path: &[Node<'_>], out: &mut Offers) {
    for literal in literals(request, path) {
        out.add(literal, CompletionKind::ForeignValue, rank(0, 0));
    }
}

/// The same between quotes.
pub(super) fn texts(request: &Request<'_>, path: &[Node<'_>], out: &mut Offers) {
    for literal in literals(request, path) {
        if let Some(text) = literal.strip_prefix('"').and_then(|l| l.strip_suffix('"')) {
            out.add(text, CompletionKind::ForeignValue, rank(0, 0));
        }
    }
}

fn literals(request: &Request<'_>, path: &[Node<'_>]) -> Vec<String> {
    let Some((schema, segs)) = place(request, path, &[]) else { return Vec::new() };
    let Some(info) = describe(&schema, &segs) else { return Vec::new() };
    let mut found: Vec<String> = Vec::new();
    let mut rest = info.ty.as_str();
    while let Some((_, behind)) = rest.split_once('"') {
        let Some((literal, after)) = behind.split_once('"') else { break };
        found.push(format!("\"{literal}\""));
        rest = after;
    }
    if info.ty.contains("`Bool`") {
        found.extend(["true", "false"].map(str::to_owned));
    }
    found
}

/// Kinds of Kubernetes, those that modules write most first.
pub(super) fn kubernetes_kinds(request: &Request<'_>, out: &mut Offers) {
    let schemas = request.analysis.session().project().schemas(request.analysis.db());
    for name in schemas.kind_names() {
        let info = schemas.kinds_named(name);
        let Some(first) = info.first() else { continue };
        let common = matches!(name, "ConfigMap" | "Deployment" | "Service" | "Job" | "CronJob" | "ServiceAccount");
        let offer = out.add(name, CompletionKind::Type, rank(0, u8::from(!common)));
        offer.detail(format!("{} from {}", first.api_version, first.source));
    }
}

/// The schema that holds at the end of `path` below `above`, and where in it.
fn place(request: &Request<'_>, path: &[Node<'_>], above: &[Key]) -> Option<(Schema, Vec<Seg>)> {
    let (at, root) = path.iter().enumerate().rev().find_map(|(at, node)| Some((at, root(node)?)))?;
    let mut segs = segments(&path[at + 1..])?;
    segs.extend(above.iter().map(segment));
    let schemas = request.analysis.session().project().schemas(request.analysis.db());
    let schema = match root {
        Root::Chart(head, body) => {
            // Of a release only what is below `values` is the chart's.
            let first = segs.first().copied();
            if first != Some(Seg::Key(Symbol::new("values"))) {
                return None;
            }
            segs.remove(0);
            let chart = chart(request, head, body)?;
            let locked = chart.version.filter(|version| schemas.chart(&chart.repo, &chart.name, version).is_some());
            let version = locked.or_else(|| schemas.chart_versions(&chart.repo, &chart.name).pop())?;
            schemas.chart(&chart.repo, &chart.name, &version)?
        }
        Root::Manifest(kind) => {
            let info = schemas.kinds_named(&kind).into_iter().next()?;
            schemas.kind(&info.api_version, &info.kind)?
        }
        Root::Nixos => schemas.nixos(),
    };
    Some((schema, segs))
}

enum Root<'t> {
    Chart(&'t Head, &'t Block),
    Manifest(Symbol),
    Nixos,
}

fn root<'t>(node: &Node<'t>) -> Option<Root<'t>> {
    let Node::Stmt(stmt) = node else { return None };
    match &stmt.kind {
        StmtKind::Entry { head, body, .. } | StmtKind::Tune { target: head, body, .. } => {
            match head.words.first()?.literal()?.as_str() {
                "helm" if head.words.len() > 1 => Some(Root::Chart(head, body)),
                "manifest" => Some(Root::Manifest(head.words.get(1)?.literal()?)),
                "nixos" | "nixos-cluster" if head.words.len() == 1 => Some(Root::Nixos),
                _ => None,
            }
        }
        StmtKind::Field(field) => match (field.path.as_slice(), &field.value) {
            ([Key::Bare(name)], Some(FieldValue::Block(_)))
                if matches!(name.text.as_str(), "nixos" | "nixos-cluster") =>
            {
                Some(Root::Nixos)
            }
            _ => None,
        },
        _ => None,
    }
}

fn segment(key: &Key) -> Seg {
    // A computed key is one of a map, where every key is alike.
    Seg::Key(key.literal().unwrap_or_else(|| Symbol::new("*")))
}

/// The way from a foreign record down to the end of `path`; nothing if it leads through something else.
fn segments(path: &[Node<'_>]) -> Option<Vec<Seg>> {
    let mut segs = Vec::new();
    // Of a list that is appended to, the brackets are the same list.
    let mut appended = false;
    // The keys of a list that is written as a map are no part of the way.
    let mut keyed = false;
    for node in path {
        match node {
            Node::Stmt(Stmt { kind: StmtKind::Field(field), .. }) => {
                let marked = field.path.iter().any(|k| k.literal().is_some_and(|n| n == MARKER));
                let skip = usize::from(std::mem::take(&mut keyed));
                if !marked {
                    segs.extend(field.path.iter().skip(skip).map(segment));
                }
                keyed = matches!(field.value, Some(FieldValue::Keyed { .. } | FieldValue::KeyedExpr { .. }));
                appended = field.append && !marked;
                if keyed || appended {
                    segs.push(Seg::Index(0));
                }
            }
            Node::Stmt(Stmt { kind: StmtKind::Entry { head, .. }, .. }) => {
                segs.extend(head.words.iter().map(segment));
            }
            Node::Expr(Expr { kind: ExprKind::List(_), .. }) if appended => appended = false,
            Node::Expr(Expr { kind: ExprKind::List(_), .. }) => segs.push(Seg::Index(0)),
            _ if leads_away(node) => return None,
            _ => {}
        }
    }
    Some(segs)
}

/// Is what is inside of `node` no part of the record around it?
fn leads_away(node: &Node<'_>) -> bool {
    match node {
        Node::Stmt(stmt) => {
            matches!(stmt.kind, StmtKind::Let { .. } | StmtKind::Check { .. } | StmtKind::Spread(_))
        }
        Node::Expr(expr) => {
            matches!(expr.kind, ExprKind::Call { .. } | ExprKind::Binary { .. } | ExprKind::Member { .. })
        }
        Node::Generator(_) | Node::Pattern(_) | Node::Type(_) | Node::Where(_) => true,
        _ => false,
    }
}

struct Chart {
    repo: String,
    name: String,
    version: Option<String>,
}

/// The chart of a release: as its entry says, of a `tune` that which is tuned.
fn chart(request: &Request<'_>, head: &Head, body: &Block) -> Option<Chart> {
    if let Some(found) = chart_of(body, request.decl.as_ref().map(|d| &*d.stmt)) {
        return Some(found);
    }
    let name = head.words.last()?.literal()?;
    let modules = request.sigs().modules.values();
    let mut declaring = modules.filter(|m| m.entries.iter().any(|(e, _)| e.kind == "helm" && e.name == name));
    let module = declaring.next()?;
    let (db, project) = (request.analysis.db(), request.analysis.session().project());
    let decl = db::decl(db, project, db::ItemKey::new(db, module.item)).clone()?;
    let mut found = None;
    walk(&decl.stmt, &mut |node: Node<'_>| {
        if let Node::Stmt(Stmt { kind: StmtKind::Entry { head, body, .. }, .. }) = node
            && let [Key::Bare(kind), last] = head.words.as_slice()
            && kind.text == "helm"
            && last.literal() == Some(name)
        {
            found = found.take().or_else(|| chart_of(body, Some(&decl.stmt)));
        }
    });
    found
}

/// `chart { repo = …, name = …, version = … }`; `version` may be an option with a default.
fn chart_of(body: &Block, item: Option<&Stmt>) -> Option<Chart> {
    let mut parts: [Option<String>; 3] = [None, None, None];
    let mut note = |name: &str, value: &Expr| {
        let at = match name {
            "repo" => 0,
            "name" => 1,
            "version" => 2,
            _ => return,
        };
        parts[at] = text_of(value, item);
    };
    for stmt in &body.stmts {
        let StmtKind::Field(field) = &stmt.kind else { continue };
        let keys: Vec<Symbol> = field.path.iter().filter_map(Key::literal).collect();
        match (keys.as_slice(), &field.value) {
            ([chart], Some(FieldValue::Block(block))) if *chart == "chart" => fields(block, &mut note),
            ([chart], Some(FieldValue::Expr(Expr { kind: ExprKind::Record(block), .. }))) if *chart == "chart" => {
                fields(block, &mut note);
            }
            ([chart, name], Some(FieldValue::Expr(value))) if *chart == "chart" => note(name, value),
            _ => {}
        }
    }
    let [repo, name, version] = parts;
    Some(Chart { repo: repo?, name: name?, version })
}

fn fields(block: &Block, note: &mut impl FnMut(&str, &Expr)) {
    for stmt in &block.stmts {
        if let StmtKind::Field(field) = &stmt.kind
            && let ([Key::Bare(name)], Some(FieldValue::Expr(value))) = (field.path.as_slice(), &field.value)
        {
            note(name.text.as_str(), value);
        }
    }
}

/// A text that is known without evaluating: a literal, or a `let` or the default of an option that is one.
fn text_of(value: &Expr, item: Option<&Stmt>) -> Option<String> {
    match &value.kind {
        ExprKind::Text(text) => text.literal().map(|t| t.to_string()),
        ExprKind::Name(name) => {
            let StmtKind::Module { body, .. } = &item?.kind else { return None };
            body.stmts.iter().find_map(|stmt| match &stmt.kind {
                StmtKind::Option { name: n, default: Some(value), .. } | StmtKind::Let { name: n, value, .. }
                    if n.text == *name =>
                {
                    match &value.kind {
                        ExprKind::Text(text) => text.literal().map(|t| t.to_string()),
                        _ => None,
                    }
                }
                _ => None,
            })
        }
        _ => None,
    }
}
