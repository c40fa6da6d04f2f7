//! What stands around a head, an effect or a check: `let`, `if`, `for`, `match`. And the loops of expressions.

use crate::context::{Cx, Frame};
use crate::names::n;
use crate::state::Eval;
use crate::values::{map_entries, private_of, shape_is_private, taint};
use kss_diag::code;
use kss_ir::{Ctl, Expr, ExprKind, For};
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, Flags, Kind, Value};
use std::sync::Arc;

/// What is known on the way down a chain.
#[derive(Default)]
pub(crate) struct Chain {
    /// Owner of the innermost loop's element, if what is below belongs to it.
    pub(crate) owner: Option<Arc<EntryKey>>,
    /// Entries that are loop variables.
    pub(crate) vars: Vec<Arc<EntryKey>>,
    /// Something could not be evaluated, so there may be more.
    pub(crate) doubt: bool,
    /// It decides what exists, so nothing private may.
    pub(crate) existence: bool,
    /// Instances of loops so far.
    pub(crate) nest: u64,
}

/// What the body of a loop says about going on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// On.
    On,
    /// Enough.
    Stop,
}

/// The elements of a loop's source: the second variable (if there are two, the first) and the value.
pub(crate) type Elements = Vec<(Option<Value>, Value)>;

impl<'a> Eval<'a> {
    /// Runs `f` for each way through the chain.
    pub(crate) fn run_chain(
        &mut self,
        chain: &'a [Ctl],
        cx: &Cx<'a>,
        fr: &mut Frame,
        state: &mut Chain,
        f: &mut dyn FnMut(&mut Self, &mut Frame, &mut Chain),
    ) {
        let Some((first, rest)) = chain.split_first() else { return f(self, fr, state) };
        match first {
            Ctl::Let(local) => {
                self.local_let(local, cx, fr);
                self.run_chain(rest, cx, fr, state, f);
            }
            Ctl::If { cond, negated } => {
                let value = self.eval(cond, cx, fr);
                self.decides(state, &value, cond, cx, fr, "whether it exists");
                match truth(&value) {
                    Some(truth) if truth != *negated => self.run_chain(rest, cx, fr, state, f),
                    Some(_) => {}
                    None => state.doubt = true,
                }
            }
            Ctl::For(each) => self.run_chain_for(each, rest, cx, fr, state, f),
            Ctl::Match { subject, patterns, arm } => {
                let value = self.eval(subject, cx, fr);
                self.decides(state, &value, subject, cx, fr, "whether it exists");
                if value.is_poison() {
                    state.doubt = true;
                    return;
                }
                let found = patterns.iter().position(|p| self.matches(p, &value, fr));
                if found == Some(*arm) {
                    self.run_chain(rest, cx, fr, state, f);
                }
            }
        }
    }

    fn run_chain_for(
        &mut self,
        each: &'a For,
        rest: &'a [Ctl],
        cx: &Cx<'a>,
        fr: &mut Frame,
        state: &mut Chain,
        f: &mut dyn FnMut(&mut Self, &mut Frame, &mut Chain),
    ) {
        let mut nest = state.nest;
        let found = self.elements(each, cx, fr, &mut nest);
        state.nest = nest;
        let Some((elements, doubt, private)) = found else {
            state.doubt = true;
            return;
        };
        state.doubt |= doubt;
        if private {
            self.refuse_private(state, &each.source, cx, fr, "how many exist");
        }
        for (key, value) in elements {
            let var = self.bind(each, key, value.clone(), fr);
            if let Some(filter) = &each.filter {
                let holds = self.eval(filter, cx, fr);
                self.decides(state, &holds, filter, cx, fr, "whether it exists");
                match truth(&holds) {
                    Some(true) => {}
                    Some(false) => continue,
                    None => {
                        state.doubt = true;
                        continue;
                    }
                }
            }
            let outer = state.owner.clone();
            if let Some(var) = &var {
                if each.owned {
                    state.owner = Some(self.owner_of(var));
                }
                state.vars.push(var.clone());
            }
            self.run_chain(rest, cx, fr, state, f);
            if var.is_some() {
                state.vars.pop();
            }
            state.owner = outer;
        }
    }

    fn decides(&mut self, state: &Chain, value: &Value, by: &'a Expr, cx: &Cx<'a>, fr: &mut Frame, what: &str) {
        if value.flags().has(Flags::PRIVATE) {
            self.refuse_private(state, by, cx, fr, what);
        }
    }

    fn refuse_private(&mut self, state: &Chain, by: &'a Expr, cx: &Cx<'a>, fr: &mut Frame, what: &str) {
        if !state.existence {
            return;
        }
        let at = cx.at(by.node);
        let message = format!("a private value decides {what}; the public build would have another shape");
        let mut report = code::PRIVATE_DECIDES.at(at, message).label("decides");
        let written = self.explain(by, cx, fr).private_places();
        if let Some(place) = written.into_iter().find(|place| *place != at) {
            report = report.also(place, "this is private");
        }
        self.report(report.help("let a value that is not private decide, and put the private one into a field"));
    }

    /// Puts an element into its slots; gives the entry, if it is one.
    pub(crate) fn bind(
        &mut self,
        each: &For,
        key: Option<Value>,
        value: Value,
        fr: &mut Frame,
    ) -> Option<Arc<EntryKey>> {
        if let (Some(slot), Some(key)) = (each.key, key) {
            fr.set(slot, key);
        }
        let var = match value.kind() {
            Kind::Ref(entry) => Some(entry.clone()),
            _ => None,
        };
        fr.set(each.value, value);
        var
    }

    /// The elements of a loop's source, whether some may be missing because of an error, and whether the source is private;
    /// `None` if it can't be told.
    pub(crate) fn elements(
        &mut self,
        each: &'a For,
        cx: &Cx<'a>,
        fr: &mut Frame,
        nest: &mut u64,
    ) -> Option<(Elements, bool, bool)> {
        let at = cx.at(each.source.node);
        if let ExprKind::Range(first, last) = &*each.source.kind {
            let (first, last) = (self.eval(first, cx, fr), self.eval(last, cx, fr));
            let private = private_of([&first, &last]);
            let (Kind::Int(first), Kind::Int(last)) = (first.kind(), last.kind()) else { return None };
            let count = self.range_size(first, last, at)?;
            if !self.turn(nest, count, at) {
                return None;
            }
            let numbers = (first..=last).enumerate();
            let elements = numbers.map(|(i, v)| (index(i, at), taint(Value::int(v, at), private)));
            return Some((elements.collect(), false, private));
        }
        let source = self.eval(&each.source, cx, fr);
        let doubt = source.flags().has(Flags::POISON);
        let private = shape_is_private(&source);
        let elements: Elements = match source.kind() {
            Kind::List(items) | Kind::Set(items) => {
                items.iter().enumerate().map(|(i, v)| (index(i, at), v.clone())).collect()
            }
            Kind::Record(record) => map_entries(record)
                .map(|(name, v)| (Some(taint(Value::text(name.as_str(), v.origin()), private)), v.clone()))
                .collect(),
            Kind::None => Vec::new(),
            _ => return None,
        };
        if !self.turn(nest, elements.len() as u64, at) {
            return None;
        }
        Some((elements, doubt, private))
    }

    /// Runs `f` for each instance of nested loops; `false` if some could not be told.
    pub(crate) fn run_loops(
        &mut self,
        loops: &'a [For],
        cx: &Cx<'a>,
        fr: &mut Frame,
        state: &mut LoopState,
        f: &mut dyn FnMut(&mut Self, &mut Frame, &mut LoopState) -> Flow,
    ) -> Flow {
        let Some((each, rest)) = loops.split_first() else { return f(self, fr, state) };
        let mut nest = state.nest;
        let found = self.elements(each, cx, fr, &mut nest);
        state.nest = nest;
        let Some((elements, doubt, private)) = found else {
            state.doubt = true;
            return Flow::On;
        };
        state.doubt |= doubt;
        state.private |= private;
        for (key, value) in elements {
            // An instance is work, however little is done with it.
            if !self.step(cx.item, each.source.node) {
                state.doubt = true;
                return Flow::On;
            }
            let var = self.bind(each, key, value, fr);
            if let Some(filter) = &each.filter {
                let holds = self.eval(filter, cx, fr);
                state.private |= holds.flags().has(Flags::PRIVATE);
                match truth(&holds) {
                    Some(true) => {}
                    Some(false) => continue,
                    None => {
                        state.doubt = true;
                        continue;
                    }
                }
            }
            let pushed = var.is_some();
            state.vars.extend(var);
            let flow = self.run_loops(rest, cx, fr, state, f);
            if pushed {
                state.vars.pop();
            }
            if flow == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::On
    }
}

/// What is known while nested loops run.
#[derive(Default)]
pub(crate) struct LoopState {
    /// Some elements or conditions could not be evaluated.
    pub(crate) doubt: bool,
    /// A source or filter is private.
    pub(crate) private: bool,
    /// Entries that are loop variables.
    pub(crate) vars: Vec<Arc<EntryKey>>,
    /// Instances so far.
    pub(crate) nest: u64,
}

fn index(at: usize, origin: Origin) -> Option<Value> {
    Some(Value::int(i64::try_from(at).unwrap_or(i64::MAX).saturating_add(1), origin))
}

/// A condition; `None` if it could not be evaluated.
pub(crate) fn truth(value: &Value) -> Option<bool> {
    match value.kind() {
        Kind::Bool(truth) => Some(truth),
        _ => None,
    }
}

/// The empty name of nameless entries.
pub(crate) fn nameless() -> Symbol {
    n().empty
}
