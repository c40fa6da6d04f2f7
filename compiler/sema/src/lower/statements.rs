//! Statements of modules and of scopes' bodies: `use`, entries, `tune`, `each`, `check` …

use super::lets::needed;
use super::{Around, LetState, Lower, expr};
use crate::Signatures;
use crate::checks::reads::{visit, visit_block, visit_key};
use kss_diag::{closest, code};
use kss_ir::{
    Body as IrBody, Check, Ctl, Effect, EffectKind, ExprKind, FieldBlocks, Head, Key, LocalLet, Statements, Ty,
};
use kss_span::Symbol;
use kss_syntax::ast::{self, Body, StmtKind};
use kss_value::ScopeKind;
use kss_value::scalar::ScalarType;
use std::sync::Arc;

impl Lower<'_> {
    /// Registers the `let`s, so that they may be read before they stand.
    pub(crate) fn announce_lets<'s>(&mut self, stmts: impl IntoIterator<Item = &'s ast::Stmt>) {
        for stmt in stmts {
            let StmtKind::Let { name, .. } = &stmt.kind else { continue };
            self.check_hiding(*name);
            self.lets.insert(name.text, LetState::Waiting(Box::new(stmt.clone()), self.locals.clone()));
        }
    }

    /// Lowers the `let`s among `names` that nobody has read.
    pub(crate) fn finish_lets(&mut self, names: &[Symbol], out: &mut Statements) {
        for name in names {
            self.let_type(ast::NodeId(0), *name);
            if let Some(LetState::Done(ir)) = self.lets.get(name) {
                out.lets.insert(*name, ir.clone());
            }
        }
    }

    /// One statement. `chain` is what stands around it; its variables are in scope.
    pub(crate) fn statement(&mut self, stmt: &ast::Stmt, chain: &mut Vec<Ctl>, out: &mut Statements) {
        match &stmt.kind {
            StmtKind::Error => {}
            StmtKind::Use { name, body } => self.use_(stmt, name, body.as_ref(), chain, out),
            StmtKind::Remove { target } => self.remove(stmt, target, out),
            // They come first: see `below` and `announce_lets`.
            StmtKind::Let { .. } => {}
            StmtKind::Entry { head, body, because } => self.entry(stmt, head, body, because.as_ref(), chain, out),
            StmtKind::Field(field) => self.nameless(stmt, field, chain, out),
            StmtKind::Tune { target, body, because } => self.tune(stmt, target, body, because.as_ref(), chain, out),
            StmtKind::Each { kind, filter, body } => self.each(stmt, *kind, filter.as_ref(), body, chain, out),
            StmtKind::Check { cond, code, message } => {
                let mut check = self.lower_check(stmt, cond, code.as_ref(), message.as_ref());
                check.chain = needed(chain, &|f| {
                    visit(&check.cond, f);
                    check.message.iter().for_each(|message| visit(message, f));
                });
                out.checks.push(Check { locals: self.max_slot, ..check });
            }
            StmtKind::Covered { entry, because } => {
                let entry = self.infer(entry).0;
                let because = self.check(because, &Ty::Scalar(ScalarType::Text));
                let chain = needed(chain, &|f| [&entry, &because].into_iter().for_each(|e| visit(e, f)));
                let kind = EffectKind::Covered { entry, because };
                out.effects.push(Effect { node: stmt.id.0, chain, kind, locals: self.max_slot });
            }
            StmtKind::Element(value) if matches!(value.kind, ast::ExprKind::Fail { .. }) => {
                let value = self.infer(value).0;
                let chain = needed(chain, &|f| visit(&value, f));
                let kind = EffectKind::Fail(value);
                out.effects.push(Effect { node: stmt.id.0, chain, kind, locals: self.max_slot });
            }
            StmtKind::If { cond, then, otherwise } => self.if_chain(cond, then, otherwise.as_ref(), chain, out),
            StmtKind::For { generators, body } => self.for_chain(generators, body, chain, out),
            StmtKind::Match { subject, arms } => self.match_chain(stmt, subject, arms, chain, out),
            StmtKind::Spread(_) => self.misplaced(stmt, "`..` spreads into a record; here stand statements"),
            StmtKind::Option { .. } => self.of_module(stmt, "option", chain),
            StmtKind::Needs { .. } => self.of_module(stmt, "needs", chain),
            StmtKind::Provide { .. } => self.of_module(stmt, "provide", chain),
            _ => self.misplaced(stmt, "this statement can't stand here"),
        }
    }

    pub(crate) fn misplaced(&mut self, stmt: &ast::Stmt, message: &str) {
        let at = self.at(stmt.id);
        self.report(code::MISPLACED.at(at, message));
    }

    fn below(&mut self, body: &Body, chain: &mut Vec<Ctl>, out: &mut Statements) {
        let stmts = match body {
            Body::Block(block) => block.stmts.as_slice(),
            Body::One(stmt) => std::slice::from_ref(&**stmt),
        };
        let depth = chain.len();
        let lets = self.deeper(|l| l.local_lets(stmts));
        chain.extend(lets.into_iter().map(|(_, local)| Ctl::Let(local)));
        for stmt in stmts {
            self.deeper(|l| l.statement(stmt, chain, out));
        }
        chain.truncate(depth);
    }

    fn if_chain(
        &mut self,
        cond: &ast::Expr,
        then: &Body,
        otherwise: Option<&Body>,
        chain: &mut Vec<Ctl>,
        out: &mut Statements,
    ) {
        let ir = self.condition(cond);
        self.scoped(|l| {
            l.learn(cond, true);
            chain.push(Ctl::If { cond: ir.clone(), negated: false });
            l.below(then, chain, out);
            chain.pop();
        });
        if let Some(body) = otherwise {
            self.scoped(|l| {
                l.learn(cond, false);
                chain.push(Ctl::If { cond: ir, negated: true });
                l.below(body, chain, out);
                chain.pop();
            });
        }
    }

    fn for_chain(&mut self, generators: &[ast::Generator], body: &Body, chain: &mut Vec<Ctl>, out: &mut Statements) {
        let depth = chain.len();
        self.scoped(|l| {
            let loops = l.generators(generators);
            chain.extend(loops.into_iter().map(Ctl::For));
            l.below(body, chain, out);
        });
        chain.truncate(depth);
    }

    fn match_chain(
        &mut self,
        stmt: &ast::Stmt,
        subject: &ast::Expr,
        arms: &[(ast::Pattern, Body)],
        chain: &mut Vec<Ctl>,
        out: &mut Statements,
    ) {
        let (subject_ir, ty) = self.infer(subject);
        let mut patterns = Vec::new();
        let first_local = self.locals.len();
        // All patterns first, since an arm is taken only if no earlier one matches.
        let mut bound = Vec::new();
        for (pattern, _) in arms {
            let facts = self.facts.len();
            patterns.push(self.pattern(pattern, &ty, true));
            self.learn_pattern(subject, &ty, pattern);
            bound.push((self.locals.split_off(first_local), self.facts.split_off(facts)));
        }
        self.exhaustive(stmt.id, &ty, arms.iter().map(|(p, _)| p), &patterns);
        let patterns: Arc<[_]> = patterns.into();
        for (arm, ((_, body), (locals, facts))) in arms.iter().zip(bound).enumerate() {
            self.scoped(|l| {
                l.locals.extend(locals);
                l.facts.extend(facts);
                chain.push(Ctl::Match { subject: subject_ir.clone(), patterns: patterns.clone(), arm });
                l.below(body, chain, out);
                chain.pop();
            });
        }
    }

    /// What a module says of itself, in another place.
    fn of_module(&mut self, stmt: &ast::Stmt, what: &str, chain: &[Ctl]) {
        match chain {
            [] => self.misplaced(stmt, &format!("`{what}` stands in the body of a module")),
            _ => self.static_only(stmt, what, chain),
        }
    }

    pub(crate) fn static_only(&mut self, stmt: &ast::Stmt, what: &str, chain: &[Ctl]) {
        if !chain.is_empty() {
            let at = self.at(stmt.id);
            let known = match what {
                "option" => "which options a module has is known without a value",
                "needs" | "provide" => "which capabilities a module needs and provides is known without a value",
                _ => "which modules are in use is known without a value",
            };
            self.report(
                code::MISPLACED
                    .at(at, format!("`{what}` can't stand below `if`, `for` or `match`: {known}"))
                    .help("an optional part is a module of its own"),
            );
        }
    }

    /// Entries of a kind that lives in another sort of scope would never be seen.
    fn check_entry_scope(&mut self, node: ast::NodeId, sig: &kss_ir::KindSig) {
        let (Around::Scope(here), Some(wanted)) = (self.around, sig.scope) else { return };
        if wanted == here || wanted == ScopeKind::Machine && here == ScopeKind::Node {
            return;
        }
        let (wants, is, kind) = (wanted.word(), here.word(), sig.name);
        let message = format!("a `{kind}` is declared in a {wants}, and this is a {is}");
        let help = match self.module {
            Some(_) => format!("write it in a module for a {wants}"),
            None => format!("write it in the body of a {wants}"),
        };
        let report = code::WRONG_SCOPE.at(self.at(node), message).also(sig.origin, format!("in each {wants}"));
        self.report(report.help(help));
    }

    fn nameless(&mut self, stmt: &ast::Stmt, field: &ast::Field, chain: &[Ctl], out: &mut Statements) {
        let name = match field.path.as_slice() {
            [ast::Key::Bare(name)] => name.text,
            _ => Symbol::new(""),
        };
        let sig = self.sigs.kinds.get(&name).filter(|k| k.nameless).cloned();
        let (Some(sig), Some(ast::FieldValue::Block(body))) = (sig, &field.value) else {
            let word = field.path.first().and_then(ast::Key::literal).unwrap_or(name);
            let known: Vec<Symbol> = self.sigs.kinds.keys().copied().collect();
            let mut diag = code::MISPLACED.at(self.at(stmt.id), format!("`{word}` is no statement of a module"));
            if let Some(near) = closest(&word, known.iter().map(|s| s.as_str())) {
                diag = diag.help(format!("did you mean `{near}`?"));
            } else {
                diag = diag.help("a value of the module's own is written `let NAME = …`, one that its user sets `option NAME : Type`");
            }
            self.report(diag);
            return;
        };
        self.check_entry_scope(field.path[0].id(), &sig);
        let target = self.target_of(&sig.ty);
        let slots = self.next_slot;
        let fields = self.field_blocks(stmt.id, &body.stmts, &target);
        self.next_slot = slots.max(self.next_slot);
        let body = IrBody { fields, statements: None };
        let (kubernetes, within, because) = (None, None, None);
        let node = stmt.id.0;
        let head = Head { node, kind: name, kubernetes, name: None, within, chain: Vec::new(), body, because };
        out.heads.push(Arc::new(with_chain(head, chain)));
    }

    /// `kind name in ns { … }`
    fn entry(
        &mut self,
        stmt: &ast::Stmt,
        head: &ast::Head,
        body: &ast::Block,
        because: Option<&ast::Text>,
        chain: &mut Vec<Ctl>,
        out: &mut Statements,
    ) {
        let Some(kind) = head.words.first().and_then(ast::Key::literal) else { return };
        let Some(sig) = self.sigs.kinds.get(&kind).cloned() else {
            let known: Vec<Symbol> = self.sigs.kinds.keys().copied().collect();
            self.unknown(
                &code::UNKNOWN_KIND,
                head.words[0].id(),
                format!("there is no kind `{kind}`"),
                &kind,
                known.iter().map(|s| s.as_str()),
            );
            return;
        };
        self.check_entry_scope(head.words[0].id(), &sig);
        let (kubernetes, name) = match (head.words.as_slice(), sig.kubernetes) {
            ([_, kubernetes, name], true) => (Some(self.key(kubernetes)), name),
            ([_, name], false) => (None, name),
            (_, true) => {
                self.misplaced(
                    stmt,
                    "a manifest is written `manifest KIND NAME { … }`, with `in NAMESPACE` if it has one",
                );
                return;
            }
            _ => {
                self.misplaced(stmt, &format!("an entry is written `{kind} NAME {{ … }}`"));
                return;
            }
        };
        let within = head.within.as_ref().map(|k| self.key(k));
        let because: Option<Arc<str>> = because.map(|b| b.literal().map_or("", Symbol::as_str).into());
        let names: Vec<(Option<u32>, Key)> = match name {
            ast::Key::Range { id, prefix, first, last } => {
                let numbers = self.range_numbers(*id, *first, *last);
                if numbers.is_empty() {
                    // How many there are is unknown from here on.
                    let cond = super::error_expr(*id);
                    let body = self.entry_body(&sig, &ast::Block { stmts: Vec::new(), ..body.clone() });
                    let name = Some(Key::Name(Symbol::new(prefix), id.0));
                    let chain = vec![Ctl::If { cond, negated: false }];
                    let node = stmt.id.0;
                    out.heads.push(Arc::new(Head { node, kind, kubernetes, name, within, chain, body, because }));
                    return;
                }
                numbers.into_iter().map(|n| (Some(n), Key::Name(Symbol::new(&format!("{prefix}{n}")), id.0))).collect()
            }
            other => vec![(None, self.key(other))],
        };
        for (number, key) in names {
            self.scoped(|l| {
                let depth = chain.len();
                if let Some(n) = number {
                    let it = ast::Name { id: name.id(), text: Symbol::new("it") };
                    let slot = l.bind(it, Ty::Scalar(ScalarType::Int));
                    let value = kss_value::Value::int(i64::from(n), l.at(name.id()));
                    let value = expr(name.id(), ExprKind::Const(value));
                    chain.push(Ctl::Let(LocalLet { slot, value, refine: None }));
                }
                let body = l.entry_body(&sig, body);
                let head = Head {
                    node: stmt.id.0,
                    kind,
                    kubernetes: kubernetes.clone(),
                    name: Some(key),
                    within: within.clone(),
                    chain: Vec::new(),
                    body,
                    because: because.clone(),
                };
                out.heads.push(Arc::new(with_chain(head, chain)));
                chain.truncate(depth);
            });
        }
    }

    fn entry_body(&mut self, sig: &kss_ir::KindSig, body: &ast::Block) -> IrBody {
        match Signatures::scope_kind(sig.name) {
            Some(scope) => self.scope_body(scope, body),
            None => {
                let target = self.target_of(&sig.ty);
                IrBody { fields: self.field_blocks(body.id, &body.stmts, &target), statements: None }
            }
        }
    }
}

/// A head with what it reads of what stands around it.
fn with_chain(head: Head, chain: &[Ctl]) -> Head {
    // The statements of a scope's body may read anything.
    let chain = match head.body.statements {
        Some(_) => chain.to_vec(),
        None => needed(chain, &|f| {
            let keys = [&head.kubernetes, &head.name, &head.within].into_iter().flatten();
            keys.for_each(|key| visit_key(key, f));
            let FieldBlocks { fields, rest, .. } = &head.body.fields;
            fields.values().chain(rest).for_each(|block| visit_block(block, f));
        }),
    };
    Head { chain, ..head }
}
