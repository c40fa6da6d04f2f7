//! What the `.kss` library calls, read from its syntax alone.

use kss_span::FileId;
use kss_syntax::ast::{Block, Body, ExprKind, Field, FieldValue, Stmt, StmtKind};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// `call NAME { args { … } }`
pub(crate) struct Call {
    /// The file that it stands in.
    pub(crate) file: PathBuf,
    pub(crate) module: String,
    pub(crate) args: BTreeSet<String>,
}

/// What all `.kss` files below a folder say about OpenTofu.
#[derive(Default)]
pub(crate) struct Library {
    pub(crate) calls: Vec<Call>,
    /// Source of each provider, with the versions it is pinned to.
    pub(crate) pins: BTreeMap<String, BTreeSet<String>>,
}

impl Library {
    pub(crate) fn read(folder: &Path) -> Library {
        let mut library = Library::default();
        for file in kss_files(folder) {
            let text = std::fs::read_to_string(&file).expect("a readable file");
            let parsed = kss_syntax::parse(FileId(0), &text);
            for item in &parsed.file.items {
                library.statement(&file, item);
            }
        }
        library
    }

    fn statement(&mut self, file: &Path, stmt: &Stmt) {
        if let Some((kind, name, body)) = entry(stmt) {
            match kind.as_str() {
                "call" => self.calls.push(call(file, &name, body)),
                "provider" => self.provider(body),
                _ => {}
            }
        }
        for block in blocks(stmt) {
            block.stmts.iter().for_each(|stmt| self.statement(file, stmt));
        }
    }

    fn provider(&mut self, body: &Block) {
        if let (Some(source), Some(version)) = (text_field(body, "source"), text_field(body, "version")) {
            self.pins.entry(source).or_default().insert(version);
        }
    }
}

fn kss_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            found.extend(kss_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "kss") {
            found.push(path);
        }
    }
    found
}

/// `KIND NAME { … }`
fn entry(stmt: &Stmt) -> Option<(String, String, &Block)> {
    let StmtKind::Entry { head, body, .. } = &stmt.kind else { return None };
    match &head.words[..] {
        [kind, name] => Some((kind.literal()?.to_string(), name.literal()?.to_string(), body)),
        _ => None,
    }
}

fn call(file: &Path, name: &str, body: &Block) -> Call {
    let args = body.stmts.iter().filter_map(|stmt| match field(stmt)? {
        (name, FieldValue::Block(block)) if name == "args" => Some(block),
        (name, FieldValue::Expr(expr)) if name == "args" => match &expr.kind {
            ExprKind::Record(block) => Some(block),
            _ => None,
        },
        _ => None,
    });
    Call {
        file: file.to_owned(),
        module: text_field(body, "module").unwrap_or_else(|| name.to_owned()),
        args: args.flat_map(keys).collect(),
    }
}

/// First keys of all fields of a record, also of those below a condition.
fn keys(block: &Block) -> Vec<String> {
    let own = block.stmts.iter().filter_map(|stmt| Some(field(stmt)?.0));
    let conditional = block.stmts.iter().filter(|stmt| field(stmt).is_none()).flat_map(blocks).flat_map(keys);
    own.chain(conditional).collect()
}

fn field(stmt: &Stmt) -> Option<(String, &FieldValue)> {
    let StmtKind::Field(field) = &stmt.kind else { return None };
    let Field { path, value: Some(value), .. } = &**field else { return None };
    Some((path.first()?.literal()?.to_string(), value))
}

fn text_field(body: &Block, wanted: &str) -> Option<String> {
    body.stmts.iter().find_map(|stmt| match field(stmt)? {
        (name, FieldValue::Expr(expr)) if name == wanted => match &expr.kind {
            ExprKind::Text(text) => Some(text.literal()?.to_string()),
            ExprKind::Name(name) => Some(name.to_string()),
            _ => None,
        },
        _ => None,
    })
}

/// The blocks directly below a statement.
fn blocks(stmt: &Stmt) -> Vec<&Block> {
    match &stmt.kind {
        StmtKind::Site { body, .. }
        | StmtKind::Cluster { body, .. }
        | StmtKind::Module { body, .. }
        | StmtKind::Provide { body, .. }
        | StmtKind::Tune { body, .. }
        | StmtKind::Each { body, .. }
        | StmtKind::Entry { body, .. } => vec![body],
        StmtKind::If { then, otherwise, .. } => std::iter::once(then).chain(otherwise).flat_map(inner).collect(),
        StmtKind::For { body, .. } => inner(body),
        StmtKind::Match { arms, .. } => arms.iter().flat_map(|(_, body)| inner(body)).collect(),
        _ => Vec::new(),
    }
}

fn inner(body: &Body) -> Vec<&Block> {
    match body {
        Body::Block(block) => vec![block],
        Body::One(stmt) => blocks(stmt),
    }
}
