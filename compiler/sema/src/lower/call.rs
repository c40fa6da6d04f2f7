//! Calls: built-in functions, functions of files, modules and types, methods.

use super::field_types::method_result;
use super::{Around, Lower, error_expr, expr, strip};
use crate::index::{CallSite, Cursor, Target, Usage};
use crate::signatures::FnSig;
use crate::signatures::optional;
use kss_diag::code;
use kss_ir::{Expr, ExprKind, Ty};
use kss_span::{Origin, Symbol};
use kss_syntax::ast;
use kss_value::scalar::{ScalarType, method_type};
use rustc_hash::FxHashMap;
use std::sync::Arc;

impl Lower<'_> {
    pub(crate) fn call(
        &mut self,
        e: &ast::Expr,
        callee: &ast::Expr,
        args: &[ast::Expr],
        want: Option<&Ty>,
    ) -> (Expr, Ty) {
        match &callee.kind {
            ast::ExprKind::Name(name) => self.call_name(e, callee, *name, args, want),
            ast::ExprKind::Member { base, key: ast::Key::Bare(name), optional } => {
                self.call_on(e, base, *name, args, *optional)
            }
            _ => (self.error(&code::WRONG_ARGUMENTS, callee.id, "only functions are called: `name(…)`"), Ty::Error),
        }
    }

    fn call_name(
        &mut self,
        e: &ast::Expr,
        callee: &ast::Expr,
        name: Symbol,
        args: &[ast::Expr],
        want: Option<&Ty>,
    ) -> (Expr, Ty) {
        if !self.is_quiet() {
            self.used_names.insert(name);
        }
        let own = self.module.and_then(|m| m.fns.get(&name)).cloned();
        if let Some(sig) = own.or_else(|| self.file_fn(name)) {
            let target = Target::At(Origin::new(sig.id.item, sig.id.node));
            self.note_call(e, callee.id, name, args, &sig.params, &sig.result, Some(target));
            return if sig.builtin {
                self.call_builtin(e, &sig, args, want)
            } else {
                self.call_declared(e, &sig, args)
            };
        }
        if let Some(record) = self.self_record.and_then(|id| self.sigs.records.get(&id))
            && let Some(function) = record.fns.iter().find(|f| f.name == name).cloned()
        {
            let target = Target::At(Origin::new(function.id.item, function.id.node));
            self.note_call(e, callee.id, name, args, &function.params, &function.result, Some(target));
            let args = self.arguments(e, name, &function.params, args);
            let base = expr(callee.id, ExprKind::SelfRef);
            if !self.is_quiet() {
                self.calls.insert(function.id);
            }
            return (expr(e.id, ExprKind::CallOn { base, function: function.id, args }), function.result);
        }
        args.iter().for_each(|a| drop(self.infer(a)));
        if self.is_marker(name) {
            self.value_at_cursor(want);
            return (error_expr(e.id), Ty::Error);
        }
        let known = self.function_names();
        if let Some(diag) = self.not_imported(self.at(callee.id), name, &known) {
            self.report(diag);
            return (error_expr(e.id), Ty::Error);
        }
        let message = format!("there is no function `{name}`");
        self.unknown(&code::UNKNOWN_NAME, callee.id, message, &name, known.iter().map(|s| s.as_str()));
        (error_expr(e.id), Ty::Error)
    }

    /// Writes down a call, for an editor: what is called, and its parameters.
    #[allow(clippy::too_many_arguments)]
    fn note_call(
        &mut self,
        e: &ast::Expr,
        callee: ast::NodeId,
        name: Symbol,
        args: &[ast::Expr],
        params: &[(Symbol, Ty)],
        result: &Ty,
        target: Option<Target>,
    ) {
        self.refer(callee, Usage::Read, |_| target.clone());
        if !self.is_quiet()
            && let Some(recorder) = &mut self.recorder
        {
            let args = args.iter().map(|a| a.id.0).collect();
            let (params, result) = (params.to_vec(), result.clone());
            recorder.index.calls.push(CallSite { node: e.id.0, name, args, params, result, target });
        }
    }

    pub(super) fn file_fn(&self, name: Symbol) -> Option<Arc<FnSig>> {
        let item = self.sigs.lookup(self.file, name)?;
        self.sigs.fns.get(&item).cloned()
    }

    fn function_names(&self) -> Vec<Symbol> {
        let mut out: Vec<Symbol> = self.sigs.fns.values().filter(|f| f.builtin).map(|f| f.name).collect();
        out.extend(self.module.iter().flat_map(|m| m.fns.keys().copied()));
        let file = self.sigs.files.get(&self.file);
        let names = file.into_iter().flat_map(|f| f.own.keys().chain(f.imports.keys()));
        out.extend(names.filter(|n| self.file_fn(**n).is_some()).copied());
        out.sort();
        out
    }

    fn call_declared(&mut self, e: &ast::Expr, sig: &FnSig, args: &[ast::Expr]) -> (Expr, Ty) {
        let args = self.arguments(e, sig.name, &sig.params, args);
        if !self.is_quiet() {
            self.calls.insert(sig.id);
        }
        (expr(e.id, ExprKind::Call { function: sig.id, args }), sig.result.clone())
    }

    fn arguments(&mut self, e: &ast::Expr, name: Symbol, params: &[(Symbol, Ty)], args: &[ast::Expr]) -> Vec<Expr> {
        self.count_arguments(e, name, params, args);
        params.iter().zip(args).map(|((_, ty), arg)| self.check(arg, ty)).collect()
    }

    fn count_arguments(&mut self, e: &ast::Expr, name: Symbol, params: &[(Symbol, Ty)], args: &[ast::Expr]) {
        if params.len() != args.len() {
            let at = self.at(e.id);
            let list: Vec<String> = params.iter().map(|(n, t)| format!("{n}: {}", self.show(t))).collect();
            let message = format!(
                "`{name}` takes {} argument{}, and here are {}",
                params.len(),
                plural(params.len()),
                args.len()
            );
            self.report(code::WRONG_ARGUMENTS.at(at, message).note(format!("{name}({})", list.join(", "))));
        }
    }

    fn call_on(
        &mut self,
        e: &ast::Expr,
        base: &ast::Expr,
        name: ast::Name,
        args: &[ast::Expr],
        opt: bool,
    ) -> (Expr, Ty) {
        let (base_ir, ty) = self.infer(base);
        if self.is_marker(name.text) {
            self.at_cursor(Cursor::Member(ty));
            return (error_expr(e.id), Ty::Error);
        }
        if matches!(ty, Ty::Optional(_)) && !opt {
            let at = self.at(base.id);
            self.report(
                code::NOT_NARROWED.at(at, "this may be `none`").help("write `?.`, or put it below `if … is present`"),
            );
            return (error_expr(e.id), Ty::Error);
        }
        let asked = |result: Ty| if matches!(ty, Ty::Optional(_)) { optional(result) } else { result };
        if let Ty::Scalar(scalar) = strip(&ty)
            && let Some(sig) = method_type(*scalar, &name.text)
        {
            let params: Vec<(Symbol, Ty)> = sig.params.iter().map(|p| (Symbol::new("n"), Ty::Scalar(*p))).collect();
            let (result, target) = (method_result(sig.result), Target::Method(*scalar, name.text));
            self.note_call(e, name.id, name.text, args, &params, &result, Some(target));
            let args = self.arguments(e, name.text, &params, args);
            let result = asked(method_result(sig.result));
            return (expr(e.id, ExprKind::Method { base: base_ir, name: name.text, args }), result);
        }
        let function =
            self.sigs.record_of(strip(&ty)).and_then(|def| def.fns.iter().find(|f| f.name == name.text)).cloned();
        if let Some(function) = function {
            let target = Target::At(Origin::new(function.id.item, function.id.node));
            self.note_call(e, name.id, name.text, args, &function.params, &function.result, Some(target));
            let args = self.arguments(e, name.text, &function.params, args);
            if !self.is_quiet() {
                self.calls.insert(function.id);
            }
            let result = asked(function.result);
            return (expr(e.id, ExprKind::CallOn { base: base_ir, function: function.id, args }), result);
        }
        args.iter().for_each(|a| drop(self.infer(a)));
        if !matches!(strip(&ty), Ty::Error | Ty::Never) {
            let shown = self.show(&ty);
            let known = self.fields_of(&ty);
            let message = format!("`{shown}` has no function `{}`", name.text);
            self.unknown(&code::UNKNOWN_FIELD, name.id, message, &name.text, known.iter().map(|s| s.as_str()));
        }
        (error_expr(e.id), Ty::Error)
    }

    fn call_builtin(&mut self, e: &ast::Expr, sig: &FnSig, args: &[ast::Expr], want: Option<&Ty>) -> (Expr, Ty) {
        self.count_arguments(e, sig.name, &sig.params, args);
        match sig.name.as_str() {
            "lines" => return self.call_lines(e, args),
            "own-secret" if self.around != Around::Type => {
                let message = "`own-secret` stands in a type: elsewhere declare a `credential`";
                return (self.error(&code::MISPLACED, e.id, message), Ty::Error);
            }
            _ => {}
        }
        let mut vars: FxHashMap<Symbol, Ty> = FxHashMap::default();
        let mut out = Vec::new();
        let mut secret = false;
        for ((_, param), arg) in sig.params.iter().zip(args) {
            let (value, is_secret) = self.builtin_argument(sig.name, param, arg, &mut vars);
            secret |= is_secret;
            out.push(value);
        }
        let result = substitute(&sig.result, &vars);
        // "Text around a Secret is a Secret."
        let result = if secret && text_result(sig.name) { Ty::Secret } else { result };
        let result = match (&result, want) {
            (Ty::Never, Some(want)) => want.clone(),
            _ => result,
        };
        let value = expr(e.id, ExprKind::Builtin { name: sig.name, args: out });
        let value = match strip(&result) {
            Ty::List(key) if sig.name == "keys" && super::keys::is_spelt(key) => {
                expr(e.id, ExprKind::Coerce { value, to: kss_ir::Coercion::To(result.clone()) })
            }
            _ => value,
        };
        (value, result)
    }

    fn call_lines(&mut self, e: &ast::Expr, args: &[ast::Expr]) -> (Expr, Ty) {
        let Some(list) = args.first() else { return (error_expr(e.id), Ty::Error) };
        let value = self.lines_list(list);
        (expr(e.id, ExprKind::Builtin { name: Symbol::new("lines"), args: vec![value] }), Ty::Scalar(ScalarType::Text))
    }

    fn builtin_argument(
        &mut self,
        name: Symbol,
        param: &Ty,
        arg: &ast::Expr,
        vars: &mut FxHashMap<Symbol, Ty>,
    ) -> (Expr, bool) {
        if !has_vars(param) {
            return self.plain_argument(name, param, arg);
        }
        let (value, ty) = self.infer(arg);
        if let Ty::Optional(_) = ty {
            let at = self.at(arg.id);
            self.report(code::NOT_NARROWED.at(at, "this may be `none`").help("give another value with `?? …`"));
            return (error_expr(arg.id), false);
        }
        let ty = match (param, super::base(&ty)) {
            // Sets and maps are counted, summed and walked like lists.
            (Ty::List(_), Ty::Set(item)) => Ty::List(item.clone()),
            (Ty::List(_), Ty::Map(_, value)) => Ty::List(value.clone()),
            (_, base) => base.clone(),
        };
        if !self.bind_vars(param, &ty, vars) {
            let at = self.at(arg.id);
            let (wanted, found) = (self.show(param), self.show(&ty));
            self.report(code::TYPE_MISMATCH.at(at, format!("`{name}` takes a `{wanted}`, and this is `{found}`")));
            return (error_expr(arg.id), false);
        }
        let wanted = substitute(param, vars);
        let secret = contains_secret(&ty);
        (self.coerce(value, &ty, &wanted), secret)
    }

    fn plain_argument(&mut self, name: Symbol, param: &Ty, arg: &ast::Expr) -> (Expr, bool) {
        // A text function takes a Secret and gives one.
        let takes_text = matches!(param, Ty::Scalar(ScalarType::Text))
            || matches!(param, Ty::List(i) if matches!(**i, Ty::Scalar(ScalarType::Text)));
        if takes_text && text_result(name) {
            let ty = self.quietly(|l| l.infer(arg).1);
            if contains_secret(&ty) {
                return (self.infer(arg).0, true);
            }
        }
        if *param == Ty::Data {
            let before = std::mem::replace(&mut self.saw_secret, false);
            let value = self.check(arg, param);
            let secret = std::mem::replace(&mut self.saw_secret, before);
            self.saw_secret |= secret;
            return (value, secret);
        }
        (self.check(arg, param), false)
    }

    /// Finds what the variables of a signature stand for.
    fn bind_vars(&self, param: &Ty, ty: &Ty, vars: &mut FxHashMap<Symbol, Ty>) -> bool {
        match (param, ty) {
            (_, Ty::Error) => true,
            (Ty::Var(name), _) => {
                let joined = match vars.get(name) {
                    Some(known) => self.join(known, ty),
                    None => Some(ty.clone()),
                };
                joined.is_some_and(|j| {
                    vars.insert(*name, j);
                    true
                })
            }
            (Ty::List(p), Ty::List(t)) | (Ty::Set(p), Ty::Set(t)) | (Ty::Optional(p), Ty::Optional(t)) => {
                self.bind_vars(p, t, vars)
            }
            (Ty::Map(pk, pv), Ty::Map(k, v)) => self.bind_vars(pk, k, vars) && self.bind_vars(pv, v, vars),
            (Ty::Map(_, pv), Ty::Struct(fields)) => fields.iter().all(|(_, t)| self.bind_vars(pv, t, vars)),
            (Ty::List(_) | Ty::Set(_) | Ty::Map(..), Ty::Data | Ty::Never) => {
                bind_all(param, vars);
                true
            }
            _ => self.fit(ty, param) != super::coerce::Fit::No,
        }
    }
}

/// Variables inside free-form data are data.
fn bind_all(param: &Ty, vars: &mut FxHashMap<Symbol, Ty>) {
    match param {
        Ty::Var(name) => drop(vars.entry(*name).or_insert(Ty::Data)),
        Ty::List(t) | Ty::Set(t) | Ty::Optional(t) => bind_all(t, vars),
        Ty::Map(k, v) => {
            bind_all(k, vars);
            bind_all(v, vars);
        }
        _ => {}
    }
}

fn has_vars(ty: &Ty) -> bool {
    match ty {
        Ty::Var(_) => true,
        Ty::List(t) | Ty::Set(t) | Ty::Optional(t) => has_vars(t),
        Ty::Map(k, v) => has_vars(k) || has_vars(v),
        _ => false,
    }
}

fn substitute(ty: &Ty, vars: &FxHashMap<Symbol, Ty>) -> Ty {
    match ty {
        Ty::Var(name) => vars.get(name).cloned().unwrap_or(Ty::Never),
        Ty::List(t) => Ty::List(Arc::new(substitute(t, vars))),
        Ty::Set(t) => Ty::Set(Arc::new(substitute(t, vars))),
        Ty::Optional(t) => Ty::Optional(Arc::new(substitute(t, vars))),
        Ty::Map(k, v) => Ty::Map(Arc::new(substitute(k, vars)), Arc::new(substitute(v, vars))),
        other => other.clone(),
    }
}

pub(crate) fn contains_secret(ty: &Ty) -> bool {
    match ty {
        Ty::Secret => true,
        Ty::List(t) | Ty::Set(t) | Ty::Optional(t) | Ty::Map(_, t) => contains_secret(t),
        Ty::Struct(fields) => fields.iter().any(|(_, t)| contains_secret(t)),
        _ => false,
    }
}

fn text_result(name: Symbol) -> bool {
    matches!(name.as_str(), "json" | "yaml" | "toml" | "lines" | "join" | "base64" | "fill" | "text" | "env-file")
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}
