//! Functions of files, modules and types.

use super::access::around_cx;
use crate::cells::deeper;
use crate::context::{Cx, Frame, This};
use crate::explain::in_library;
use crate::state::Eval;
use crate::world::home;
use kss_diag::{Code, Diagnostic};
use kss_ir::FnId;
use kss_span::Origin;
use kss_value::{EntryKey, Kind, ScopeKey, Value};
use std::sync::Arc;

impl<'a> Eval<'a> {
    pub(super) fn call(
        &mut self,
        function: FnId,
        args: Vec<Value>,
        cx: &Cx<'a>,
        this: This<'a>,
        scope: ScopeKey,
        at: Origin,
    ) -> Value {
        let Some(ir) = self.program.fns.get(&function).map(|ir| &**ir) else { return Value::poison(at) };
        let own = Cx { item: ir.item, scope, unit: cx.unit, entry: cx.entry.clone(), this };
        self.calls.push((ir.item, at));
        let value = deeper(|| self.eval(&ir.body, &own, &mut Frame::with(args)));
        let value = self.fathom(value, at);
        self.calls.pop();
        // What the function computed comes, for its reader, from the call.
        match value.origin().item == ir.item && cx.item != ir.item {
            true => value.with_origin(at),
            false => value,
        }
    }

    /// What can't be computed. In a function of the library the call is what can be edited, so it is the place.
    pub(super) fn uncomputable(&self, code: &'static Code, at: Origin, message: String) -> Diagnostic<Origin> {
        let mut place = at;
        for (item, call) in self.calls.iter().rev() {
            if !in_library(place) || place.item != *item {
                break;
            }
            place = *call;
        }
        if place == at || in_library(place) {
            return code.at(at, message).label("can't be computed");
        }
        code.at(place, message).label("can't be computed").also(at, "by this")
    }

    pub(super) fn call_on(
        &mut self,
        base: Value,
        around: Option<Arc<EntryKey>>,
        function: FnId,
        args: Vec<Value>,
        cx: &Cx<'a>,
        at: Origin,
    ) -> Value {
        let own = around_cx(cx, around);
        match base.kind() {
            // `x?.host(3)`
            Kind::None => Value::none(at),
            Kind::Ref(key) => {
                let key = key.clone();
                let scope = home(&key);
                let own = Cx { entry: Some(key.clone()), ..own };
                self.call(function, args, &own, This::Entry(key), scope, at)
            }
            Kind::Record(_) => {
                let def = self.program.records.values().find(|def| def.fns.iter().any(|f| f.id == function));
                let Some(def) = def.map(|def| &**def) else { return Value::poison(at) };
                let scope = own.scope;
                self.call(function, args, &own, This::Value(base, def), scope, at)
            }
            Kind::Case(_, Some(payload)) => {
                let payload = payload.clone();
                self.call_on(payload, own.entry.clone(), function, args, cx, at)
            }
            _ => Value::poison(at),
        }
    }
}
