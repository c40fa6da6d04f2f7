//! Expressions.

mod access;
mod builtin;
mod call;
mod document;
mod list;
mod operator;
mod pattern;

pub(crate) use pattern::scalar_is;

use crate::cells::deeper;
use crate::chain::truth;
use crate::context::{Cx, Frame, This};
use crate::explain::in_library;
use crate::state::Eval;
use crate::values::taint;
use kss_diag::code;
use kss_ir::{Expr, ExprKind, Part};
use kss_span::Origin;
use kss_value::builtins::interpolate;
use kss_value::{Flags, Kind, Value};

/// What is told instead of a message that is private as a whole.
const HIDDEN: &str = "a private value is refused";

impl<'a> Eval<'a> {
    /// The value of an expression.
    pub(crate) fn eval(&mut self, expr: &'a Expr, cx: &Cx<'a>, fr: &mut Frame) -> Value {
        match &*expr.kind {
            ExprKind::Const(value) => value.clone(),
            ExprKind::Local(slot) => fr.get(*slot),
            _ if !self.step(cx.item, expr.node) => Value::poison(cx.at(expr.node)),
            _ => deeper(|| self.eval_kind(expr, cx, fr)),
        }
    }

    fn eval_kind(&mut self, expr: &'a Expr, cx: &Cx<'a>, fr: &mut Frame) -> Value {
        let at = cx.at(expr.node);
        match &*expr.kind {
            ExprKind::Const(value) => value.clone(),
            ExprKind::Local(slot) => fr.get(*slot),
            ExprKind::SelfField(name) => self.self_field(*name, cx, at),
            ExprKind::SelfRef => self.self_ref(cx, at),
            ExprKind::Scope(kind) => self.scope_value(*kind, cx.scope, at),
            ExprKind::Owner => self.owner_value(cx, at),
            ExprKind::Module(name) => self.unit_name(cx, *name, at),
            ExprKind::FileLet(item) => self.file_let(*item, cx, at),
            ExprKind::Capability { name, site, optional } => {
                let from = if *site { self.site } else { cx.scope };
                self.capability_value(from, *name, *optional, at)
            }
            ExprKind::CapabilityAll { scope, name } => self.capability_all(scope, *name, cx, fr, at),
            ExprKind::Entry(name) => self.entry_ref(name, cx, fr, at),
            ExprKind::Members { scope, kind, all } => {
                let scope = self.eval(scope, cx, fr);
                match self.scope_of(&scope) {
                    Some(scope) if *all => self.all_members(scope, *kind, at),
                    Some(scope) => self.members_map(scope, *kind, at),
                    None => Value::poison(at),
                }
            }
            ExprKind::ModulesOf(scope) => {
                let scope = self.eval(scope, cx, fr);
                self.scope_of(&scope).map_or_else(|| Value::poison(at), |scope| self.modules_of(scope, at))
            }
            ExprKind::Field { .. }
            | ExprKind::Index { .. }
            | ExprKind::RecordLet { .. }
            | ExprKind::CallOn { .. }
            | ExprKind::Method { .. }
            | ExprKind::Call { .. } => self.eval_access(expr, cx, fr, at),
            ExprKind::Builtin { name, args } => {
                let value = self.builtin(*name, args, cx, fr, at);
                self.sized(value, at)
            }
            ExprKind::Text(parts) => {
                let value = self.text(parts, cx, fr, at);
                self.sized(value, at)
            }
            ExprKind::Record(block) => self.record(block, cx, fr, at),
            ExprKind::Typed { record, block } => match self.record_def(*record) {
                Some(def) => self.typed(def, block, cx, fr, at),
                None => Value::poison(at),
            },
            ExprKind::Case { name, payload } => {
                let payload = payload.as_ref().map(|(record, block)| match self.record_def(*record) {
                    Some(def) => self.typed(def, block, cx, fr, at),
                    None => Value::poison(at),
                });
                Value::case(*name, payload, at)
            }
            ExprKind::List(_) | ExprKind::Set(_) | ExprKind::Range(..) => {
                let value = self.eval_list(expr, cx, fr, at);
                self.sized(value, at)
            }
            ExprKind::Fail { message, at: place, with } => {
                self.fail(message, place.as_ref(), with.as_ref(), cx, fr, at)
            }
            ExprKind::Coerce { value, to } => {
                let value = self.eval(value, cx, fr);
                self.coerce(value, to, cx, at)
            }
            ExprKind::Error => Value::poison(at),
            _ => self.eval_operator(expr, cx, fr, at),
        }
    }

    fn self_field(&mut self, name: kss_span::Symbol, cx: &Cx<'a>, at: Origin) -> Value {
        match &cx.this {
            This::Entry(key) => {
                let key = key.clone();
                self.read(&key, name, at, false)
            }
            This::Partial(partial) => {
                let partial = partial.clone();
                match self.partial_field(&partial, name, at) {
                    Some(value) => value,
                    // What a nested record has not is looked up in the entry around.
                    None => self.outer_field(name, cx, at),
                }
            }
            This::Value(value, def) => {
                let has = value.get(name).is_some() || def.let_(name).is_some();
                if has || name == crate::names::n().name && crate::values::hidden_name(value).is_some() {
                    return self.value_field(&value.clone(), def, name, cx, at);
                }
                self.outer_field(name, cx, at)
            }
            This::None => self.outer_field(name, cx, at),
        }
    }

    fn outer_field(&mut self, name: kss_span::Symbol, cx: &Cx<'a>, at: Origin) -> Value {
        match &cx.entry {
            Some(key) => {
                let key = key.clone();
                self.read(&key, name, at, false)
            }
            None => Value::poison(at),
        }
    }

    fn self_ref(&mut self, cx: &Cx<'a>, at: Origin) -> Value {
        match (&cx.this, &cx.entry) {
            (This::Value(value, _), _) => value.clone(),
            (This::Entry(key), _) => Value::entry(key.clone(), at),
            (_, Some(key)) => Value::entry(key.clone(), at),
            _ => Value::poison(at),
        }
    }

    fn owner_value(&mut self, cx: &Cx<'a>, at: Origin) -> Value {
        let owner = match (&cx.entry, cx.unit) {
            (Some(key), _) => {
                let key = key.clone();
                self.owner_of(&key)
            }
            (None, Some(unit)) => self.unit(unit).owner.clone(),
            (None, None) => return Value::poison(at),
        };
        Value::entry(owner, at)
    }

    fn capability_all(
        &mut self,
        scope: &'a Expr,
        name: kss_span::Symbol,
        cx: &Cx<'a>,
        fr: &mut Frame,
        at: Origin,
    ) -> Value {
        let scope = self.eval(scope, cx, fr);
        let sig = self.program.capabilities.get(&name).map(|sig| sig.scope);
        let scope = self.scope_of(&scope).zip(sig).and_then(|(from, kind)| self.around(from, kind));
        let Some(scope) = scope else { return Value::poison(at) };
        let keys = self.provider_keys(scope, name, at);
        Value::list(keys.into_iter().map(|key| Value::entry(key, at)).collect(), at)
    }

    /// `"…${x}…"`
    fn text(&mut self, parts: &'a [Part], cx: &Cx<'a>, fr: &mut Frame, at: Origin) -> Value {
        let mut values = Vec::with_capacity(parts.len());
        for part in parts {
            values.push(match part {
                Part::Plain(text) => Value::text(text.clone(), at),
                Part::Hole(expr) => match self.eval(expr, cx, fr) {
                    value if self.masked && value.flags().has(Flags::PRIVATE) => Value::text("(private)", at),
                    value => value,
                },
            });
        }
        let private = crate::values::private_of(&values);
        match interpolate(&values, at) {
            Ok(value) => taint(value, private),
            Err(error) => {
                let place = error.argument.and_then(|i| match parts.get(i) {
                    Some(Part::Hole(expr)) => Some(cx.at(expr.node)),
                    _ => None,
                });
                let later = values.iter().any(|v| matches!(v.kind(), Kind::Later(_)));
                let code = if later { &code::LATER_TOO_EARLY } else { &code::BAD_VALUE };
                self.report(code.at(place.unwrap_or(at), error.message).label("has no text"));
                Value::poison(at)
            }
        }
    }

    fn fail(
        &mut self,
        message: &'a Expr,
        place: Option<&'a Expr>,
        with: Option<&'a Expr>,
        cx: &Cx<'a>,
        fr: &mut Frame,
        at: Origin,
    ) -> Value {
        let Some(message) = self.told(message, cx, fr) else { return Value::poison(at) };
        // The place is where the value was written, if it can be told; else the expression that names it.
        let place = place.map_or(at, |expr| self.place_of(expr, cx, fr));
        let with = with.and_then(|with| self.told(with, cx, fr)).filter(|with| with != HIDDEN);
        // What the library computes for an entry is refused where the entry is declared.
        let (place, label) = match in_library(place).then(|| self.project_place(cx)).flatten() {
            Some((entry, name)) => (entry, Some(name)),
            None => (place, None),
        };
        let mut report = code::CHECK_FAILED.at(place, message);
        if let Some(label) = label {
            report = report.label(label);
        }
        if place != at {
            report = report.also(at, "refused here");
        }
        self.report(match with {
            Some(with) => report.help(with),
            None => report,
        });
        Value::poison(at)
    }

    /// What a check, a condition or a `fail` says. It may be shown to anybody, so what is private in it is not told.
    pub(crate) fn told(&mut self, message: &'a Expr, cx: &Cx<'a>, fr: &mut Frame) -> Option<String> {
        let mut value = self.eval(message, cx, fr);
        if value.flags().has(Flags::PRIVATE) {
            // Everything that it reads is computed by now, so no value is made of masked texts.
            self.masked = true;
            value = self.eval(message, cx, fr);
            self.masked = false;
        }
        match value.flags().has(Flags::PRIVATE) {
            true => Some(HIDDEN.to_owned()),
            false => value.as_text().map(|text| text.into_owned()),
        }
    }

    /// Where the value of an expression was written.
    fn place_of(&mut self, expr: &'a Expr, cx: &Cx<'a>, fr: &mut Frame) -> Origin {
        let at = cx.at(expr.node);
        let value = self.eval(expr, cx, fr);
        match value.kind() {
            Kind::Poison => at,
            Kind::Ref(key) => self.entry_origin(key).unwrap_or(at),
            _ => crate::values::place(&value, at),
        }
    }

    /// The condition of an `if`; `None` if it can't be told.
    pub(crate) fn cond(&mut self, expr: &'a Expr, cx: &Cx<'a>, fr: &mut Frame) -> (Option<bool>, bool) {
        let value = self.eval(expr, cx, fr);
        (truth(&value), value.flags().has(Flags::PRIVATE))
    }
}
