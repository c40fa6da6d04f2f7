//! Statements of modules and of scopes' bodies: `use`, entries, `tune`, `each`, `check` …

use super::block::Target;
use super::lets::needed;
use super::{Around, LetState, Lower, expr};
use crate::Signatures;
use crate::checks::reads::{visit, visit_block, visit_key};
use crate::index::{Cursor, Target as Meant, Usage};
use kss_diag::{closest, code};
use kss_ir::{
    Body as IrBody, Check, Ctl, Effect, EffectKind, ExprKind, FieldBlocks, Head, Key, LocalLet, Statements, Ty, Use,
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

    pub(crate) fn static_only(&mut self, stmt: &ast::Stmt, what: &str, chain: &[Ctl]) {
        if !chain.is_empty() {
            let at = self.at(stmt.id);
            self.report(
                code::MISPLACED
                    .at(at, format!("`{what}` can't stand below `if`, `for` or `match`: which modules are in use is known without a value"))
                    .help("an optional part is a module of its own"),
            );
        }
    }

    fn use_(
        &mut self,
        stmt: &ast::Stmt,
        name: &ast::Key,
        body: Option<&ast::Block>,
        chain: &[Ctl],
        out: &mut Statements,
    ) {
        self.static_only(stmt, "use", chain);
        let Some(module) = name.literal() else {
            let at = self.at(name.id());
            self.report(code::MISPLACED.at(at, "a module is used by its name, which is not computed"));
            out.incomplete = true;
            return;
        };
        if !self.sigs.modules.contains_key(&module) {
            let known: Vec<Symbol> = self.sigs.modules.keys().copied().collect();
            let message = format!("there is no module `{module}`");
            let known = known.iter().map(|s| s.as_str());
            match self.unknown(&code::UNKNOWN_MODULE, name.id(), message, &module, known) {
                Some(meant) => self.use_module(stmt, name, meant, body, out),
                None => out.incomplete = true,
            }
            return;
        }
        self.use_module(stmt, name, module, body, out);
    }

    fn use_module(
        &mut self,
        stmt: &ast::Stmt,
        name: &ast::Key,
        module: Symbol,
        body: Option<&ast::Block>,
        out: &mut Statements,
    ) {
        let Some(sig) = self.sigs.modules.get(&module).cloned() else { return };
        self.check_use_scope(name, &sig);
        let stmts = body.map_or(&[][..], |b| b.stmts.as_slice());
        let node = body.map_or(stmt.id, |b| b.id);
        let (options, locals) = self.nested(|l| l.option_blocks(node, stmts, &sig));
        if let Some(first) = out.uses.iter().find(|u| u.module == module) {
            let first = self.at(ast::NodeId(first.node));
            let at = self.at(stmt.id);
            self.report(
                code::USED_TWICE
                    .at(at, format!("module `{module}` is used twice here"))
                    .label("again")
                    .also(first, "the first")
                    .help("put the options into one `use`; what may be several is a collection among them"),
            );
            return;
        }
        out.uses.push(Use { node: stmt.id.0, module, options: FieldBlocks { locals, ..options } });
    }

    fn check_use_scope(&mut self, name: &ast::Key, sig: &crate::ModuleSig) {
        let Around::Scope(here) = self.around else { return };
        let fits = sig.scope == here || (sig.scope == ScopeKind::Machine && here == ScopeKind::Node);
        if !fits {
            let at = self.at(name.id());
            let place = kss_span::Origin::new(sig.item, sig.node);
            let (wants, is) = (scope_name(sig.scope), scope_name(here));
            self.report(
                code::WRONG_SCOPE
                    .at(at, format!("module `{}` is for a {wants}, and this is a {is}", sig.name))
                    .also(place, format!("`for {wants}`"))
                    .help(format!("use it in the body of a {wants}")),
            );
        }
    }

    /// Entries of a kind that lives in another sort of scope would never be seen.
    fn check_entry_scope(&mut self, node: ast::NodeId, sig: &kss_ir::KindSig) {
        let (Around::Scope(here), Some(wanted)) = (self.around, sig.scope) else { return };
        if wanted == here || wanted == ScopeKind::Machine && here == ScopeKind::Node {
            return;
        }
        let (wants, is, kind) = (scope_name(wanted), scope_name(here), sig.name);
        let message = format!("a `{kind}` is declared in a {wants}, and this is a {is}");
        let help = match self.module {
            Some(_) => format!("write it in a module for a {wants}"),
            None => format!("write it in the body of a {wants}"),
        };
        let report = code::WRONG_SCOPE.at(self.at(node), message).also(sig.origin, format!("in each {wants}"));
        self.report(report.help(help));
    }

    /// Values for a module's options.
    pub(crate) fn option_blocks(
        &mut self,
        node: ast::NodeId,
        stmts: &[ast::Stmt],
        sig: &crate::ModuleSig,
    ) -> FieldBlocks {
        let fields: Vec<(Symbol, Ty)> = sig.options.iter().map(|(n, o)| (*n, o.ty.clone())).collect();
        for stmt in stmts {
            self.refer_options(stmt, sig);
        }
        self.blocks_of_fields(node, stmts, &fields, sig.name)
    }

    /// Options that a statement of a `use` sets.
    fn refer_options(&mut self, stmt: &ast::Stmt, sig: &crate::ModuleSig) {
        let key = match &stmt.kind {
            StmtKind::Field(field) => field.path.first(),
            StmtKind::Entry { head, .. } => head.words.first(),
            StmtKind::Remove { target } => target.head.words.first().or(target.path.first()),
            StmtKind::If { then: Body::Block(b), .. } | StmtKind::For { body: Body::Block(b), .. } => {
                b.stmts.iter().for_each(|s| self.refer_options(s, sig));
                None
            }
            _ => None,
        };
        let Some(key) = key else { return };
        let option = key.literal().and_then(|name| sig.options.get(&name));
        let target = option.map(|o| Meant::At(kss_span::Origin::new(sig.item, o.node)));
        self.refer(key.id(), Usage::Write, |_| target);
    }

    /// Statements that set fields which no declared record lists (options of a module).
    fn blocks_of_fields(
        &mut self,
        node: ast::NodeId,
        stmts: &[ast::Stmt],
        fields: &[(Symbol, Ty)],
        module: Symbol,
    ) -> FieldBlocks {
        let mut by_field: indexmap::IndexMap<Symbol, Vec<ast::Stmt>> = indexmap::IndexMap::new();
        self.group_by_field(stmts, &mut by_field);
        let is_let = |stmt: &&ast::Stmt| matches!(stmt.kind, StmtKind::Let { .. });
        let lets: Vec<ast::Stmt> = stmts.iter().filter(is_let).cloned().collect();
        let mut out = FieldBlocks::default();
        for (mut name, mut stmts) in by_field {
            if self.is_marker(name) {
                let of = Ty::Struct(fields.into());
                self.at_cursor(Cursor::Key { of, module: Some(module) });
                continue;
            }
            if !fields.iter().any(|(n, _)| *n == name) {
                let node = first_key(&stmts).unwrap_or(node);
                let known = fields.iter().map(|(n, _)| n.as_str());
                let message = format!("module `{module}` has no option `{name}`");
                let Some(meant) = self.unknown(&code::UNKNOWN_FIELD, node, message, &name, known) else { continue };
                stmts.iter_mut().for_each(|stmt| rename_first(stmt, meant));
                name = meant;
            }
            let Some((_, ty)) = fields.iter().find(|(n, _)| *n == name) else { continue };
            let target = Target::Struct(vec![(name, ty.clone())].into());
            stmts.extend(lets.iter().cloned());
            let lowered = self.field_blocks(node, &stmts, &target);
            out.fields.extend(lowered.fields);
            out.locals = out.locals.max(lowered.locals);
        }
        out
    }

    fn group_by_field(&mut self, stmts: &[ast::Stmt], out: &mut indexmap::IndexMap<Symbol, Vec<ast::Stmt>>) {
        for stmt in stmts {
            let names = written_names(stmt);
            if names.is_empty() && !matches!(stmt.kind, StmtKind::Error | StmtKind::Let { .. }) {
                self.misplaced(stmt, "here stand values of options: `name = value`");
            }
            for name in names {
                out.entry(name).or_default().push(stmt.clone());
            }
        }
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

pub(crate) fn scope_name(scope: ScopeKind) -> &'static str {
    match scope {
        ScopeKind::Site => "site",
        ScopeKind::Machine => "machine",
        ScopeKind::Cluster => "cluster",
        ScopeKind::Node => "node",
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

/// First names that a statement writes.
fn written_names(stmt: &ast::Stmt) -> Vec<Symbol> {
    fn of_body(body: &Body) -> Vec<Symbol> {
        match body {
            Body::Block(block) => block.stmts.iter().flat_map(written_names).collect(),
            Body::One(stmt) => written_names(stmt),
        }
    }
    let mut names: Vec<Symbol> = match &stmt.kind {
        StmtKind::Field(field) => field.path.first().and_then(ast::Key::literal).into_iter().collect(),
        StmtKind::Entry { head, .. } => head.words.first().and_then(ast::Key::literal).into_iter().collect(),
        StmtKind::Remove { target } => {
            target.head.words.iter().chain(&target.path).next().and_then(ast::Key::literal).into_iter().collect()
        }
        StmtKind::If { then, otherwise, .. } => {
            of_body(then).into_iter().chain(otherwise.iter().flat_map(of_body)).collect()
        }
        StmtKind::For { body, .. } => of_body(body),
        StmtKind::Match { arms, .. } => arms.iter().flat_map(|(_, b)| of_body(b)).collect(),
        _ => Vec::new(),
    };
    names.dedup();
    names
}

/// Lets a statement write the field that was meant.
fn rename_first(stmt: &mut ast::Stmt, meant: Symbol) {
    let key = match &mut stmt.kind {
        StmtKind::Field(field) => field.path.first_mut(),
        StmtKind::Entry { head, .. } => head.words.first_mut(),
        _ => None,
    };
    if let Some(ast::Key::Bare(name)) = key {
        name.text = meant;
    }
}

fn first_key(stmts: &[ast::Stmt]) -> Option<ast::NodeId> {
    match &stmts.first()?.kind {
        StmtKind::Field(field) => field.path.first().map(ast::Key::id),
        StmtKind::Entry { head, .. } => head.words.first().map(ast::Key::id),
        _ => stmts.first().map(|s| s.id),
    }
}
