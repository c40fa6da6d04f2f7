//! Fields, keys, methods.

use crate::context::{Cx, Frame, This};
use crate::state::Eval;
use crate::values::{private_of, symbol_of, taint};
use crate::world::home;
use kss_diag::code;
use kss_ir::{Expr, ExprKind};
use kss_span::{Origin, Symbol};
use kss_value::scalar::{call_method, describe};
use kss_value::{EntryKey, Kind, Later, Value};
use std::sync::Arc;

impl<'a> Eval<'a> {
    pub(super) fn eval_access(&mut self, expr: &'a Expr, cx: &Cx<'a>, fr: &mut Frame, at: Origin) -> Value {
        match &*expr.kind {
            ExprKind::Field { base, name, optional } => {
                let base = self.eval(base, cx, fr);
                self.field(&base, *name, at, *optional)
            }
            ExprKind::Index { base, key, optional } => {
                let base = self.eval(base, cx, fr);
                let key = self.eval(key, cx, fr);
                self.index(&base, &key, at, *optional)
            }
            ExprKind::RecordLet { base, record, name } => {
                let (value, around) = self.with_entry_around(base, cx, fr);
                if value.is_none() || value.is_poison() {
                    return Value::poison(at);
                }
                if let Kind::Ref(key) = value.kind() {
                    let key = key.clone();
                    return self.read(&key, *name, at, false);
                }
                let Some(def) = self.record_def(*record) else { return Value::poison(at) };
                let value = match value.kind() {
                    Kind::Case(_, Some(payload)) => payload.clone(),
                    _ => value,
                };
                let cx = around_cx(cx, around);
                self.value_field(&value, def, *name, &cx, at)
            }
            ExprKind::CallOn { base, function, args } => {
                let (base, around) = self.with_entry_around(base, cx, fr);
                let args: Vec<Value> = args.iter().map(|arg| self.eval(arg, cx, fr)).collect();
                self.call_on(base, around, *function, args, cx, at)
            }
            ExprKind::Method { base, name, args } => {
                let base = self.eval(base, cx, fr);
                // `x?.host(3)`
                if base.is_none() {
                    return Value::none(at);
                }
                let args: Vec<Value> = args.iter().map(|arg| self.eval(arg, cx, fr)).collect();
                self.method(&base, *name, &args, at)
            }
            ExprKind::Call { function, args } => {
                let args: Vec<Value> = args.iter().map(|arg| self.eval(arg, cx, fr)).collect();
                self.call(*function, args, cx, This::None, cx.scope, at)
            }
            _ => Value::poison(at),
        }
    }

    /// A value together with the entry in which it lies, if the expression tells.
    fn with_entry_around(&mut self, expr: &'a Expr, cx: &Cx<'a>, fr: &mut Frame) -> (Value, Option<Arc<EntryKey>>) {
        match &*expr.kind {
            ExprKind::Field { base, name, optional } => {
                let (base, around) = self.with_entry_around(base, cx, fr);
                let around = match base.kind() {
                    Kind::Ref(key) => Some(key.clone()),
                    _ => around,
                };
                let at = cx.at(expr.node);
                (self.field(&base, *name, at, *optional), around)
            }
            ExprKind::SelfField(_) => (self.eval(expr, cx, fr), cx.entry.clone()),
            _ => {
                let value = self.eval(expr, cx, fr);
                let around = match value.kind() {
                    Kind::Ref(key) => Some(key.clone()),
                    _ => None,
                };
                (value, around)
            }
        }
    }

    /// `base.name`
    pub(crate) fn field(&mut self, base: &Value, name: Symbol, at: Origin, optional: bool) -> Value {
        match base.kind() {
            Kind::Poison => Value::poison(at),
            Kind::None | Kind::Null if optional => Value::none(at),
            Kind::None | Kind::Null => self.nothing_there(base, name, at),
            Kind::Ref(key) => {
                let key = key.clone();
                self.read(&key, name, at, optional)
            }
            Kind::Record(_) => self.data_field(base, name, at, optional),
            Kind::Case(_, Some(payload)) => self.data_field(payload, name, at, optional),
            Kind::Later(later) if name != crate::names::n().file => {
                let mut later = Later::clone(later);
                later.path.push(name);
                Value::later(later, at)
            }
            _ => self.method(base, name, &[], at),
        }
    }

    fn nothing_there(&mut self, base: &Value, name: Symbol, at: Origin) -> Value {
        // What a module needs and does not get is reported once; everything that it reads of it is silent.
        let silent = self.active_unit_is_unmet();
        if !silent {
            let report = code::NOT_SET.at(at, format!("`{name}` is read of something that is `none`")).label("none");
            let report = report.also(crate::values::place(base, at), "it is absent here");
            self.report(report);
        }
        Value::poison(at)
    }

    /// Is the innermost module that is being evaluated one whose needs are not met?
    fn active_unit_is_unmet(&self) -> bool {
        self.modules.iter().any(|module| module.unmet)
    }

    fn index(&mut self, base: &Value, key: &Value, at: Origin, optional: bool) -> Value {
        if base.is_poison() || key.is_poison() {
            return Value::poison(at);
        }
        if let (Kind::List(items), Kind::Int(index)) = (base.kind(), key.kind()) {
            let item = usize::try_from(index).ok().and_then(|index| items.get(index));
            return match item {
                Some(item) => taint(item.clone(), private_of([key])),
                None if optional => Value::none(at),
                None => {
                    let message = format!("there is no element {index}: the list has {}", items.len());
                    self.report(code::NOT_SET.at(at, message).label("out of range"));
                    Value::poison(at)
                }
            };
        }
        let Some(name) = symbol_of(key) else {
            self.report(code::BAD_VALUE.at(at, format!("{} is no key", describe(key))).label("not a key"));
            return Value::poison(at);
        };
        let found = self.field(base, name, at, optional);
        taint(found, private_of([key]))
    }

    pub(crate) fn method(&mut self, base: &Value, name: Symbol, args: &[Value], at: Origin) -> Value {
        if base.is_poison() {
            return Value::poison(at);
        }
        if let Some(value) = self.delivered(base, name, at) {
            return value;
        }
        let private = private_of([base]) || private_of(args);
        match call_method(base, &name, args, at) {
            Ok(value) => taint(value, private),
            Err(error) => {
                self.report(self.uncomputable(&code::ARITHMETIC, at, error.message));
                Value::poison(at)
            }
        }
    }
}

/// The context of a record that lies in an entry.
pub(super) fn around_cx<'a>(cx: &Cx<'a>, around: Option<Arc<EntryKey>>) -> Cx<'a> {
    let mut own = cx.clone();
    if let Some(key) = around {
        own.scope = home(&key);
        own.entry = Some(key);
    }
    own
}
