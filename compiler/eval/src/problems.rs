//! Cycles, conflicts, and what is known too late.

use crate::Layer;
use crate::finish::describe_entry;
use crate::merge::{Mark, Problem};
use crate::state::{EntryIx, Eval, Late, Role, UnitIx};
use crate::why::value_text;
use kss_diag::{How, code};
use kss_span::{ItemId, ItemKey, Origin, Symbol};
use kss_value::{ScopeKey, Value};
use std::rc::Rc;

/// Something that is being computed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum What {
    /// A cell of an entry.
    Cell(EntryIx, u32),
    /// A `let` of statements.
    Let(UnitIx, Symbol),
    /// A `let` of a file.
    FileLet(ItemId),
    /// The entries of a kind.
    Members(ScopeKey, Symbol),
    /// A condition of an `each`.
    Guard((usize, UnitIx, EntryIx)),
    /// A field of a record that is being made.
    Partial(usize, Symbol, Symbol),
}

/// One step of what is being computed.
pub(crate) struct Active {
    pub(crate) what: What,
    /// The expression that asked for it.
    pub(crate) at: Origin,
}

impl<'a> Eval<'a> {
    fn describe(&self, what: &What) -> String {
        match what {
            What::Cell(ix, slot) => {
                let entry = self.entry(*ix);
                let name = entry.layout.slots[*slot as usize].0;
                let of = describe_entry(&entry.key);
                if name.is_empty() { of } else { format!("`{name}` of {of}") }
            }
            What::Let(unit, name) => format!("`{name}` of {}", self.unit(*unit).writer.name),
            What::FileLet(item) => format!("`{}`", item.key().name),
            What::Members(scope, kind) => format!("which entries of {kind} exist in {scope}"),
            What::Guard((_, _, ix)) => format!("the `where` of an `each` for {}", describe_entry(&self.entry(*ix).key)),
            What::Partial(_, of, name) => format!("`{name}` of {of}"),
        }
    }

    /// Reports that `what`, which is being computed, needs itself; `at` asked for it again.
    pub(crate) fn cycle(&mut self, what: &What, at: Origin) {
        let Some(from) = self.active.iter().rposition(|active| active.what == *what) else { return };
        let names: Vec<String> = self.active[from..].iter().map(|active| self.describe(&active.what)).collect();
        let places: Vec<Origin> = self.active[from..].iter().map(|active| active.at).collect();
        // A cycle has no beginning: it is told from its smallest member on, so that it is told once.
        let start = (0..names.len()).min_by(|a, b| names[*a].cmp(&names[*b])).unwrap_or(0);
        let turn = |list_len: usize| (0..list_len).map(move |i| (start + i) % list_len);
        let mut chain: Vec<&str> = turn(names.len()).map(|i| names[i].as_str()).collect();
        let first = chain.first().copied().unwrap_or_default().to_owned();
        chain.push(&first);
        let text = chain.join("\n→ ");
        // Of member i + 1 the place that asked lies in member i.
        let asked = |i: usize| places.get(i + 1).copied().unwrap_or(at);
        let key = |o: &Origin| -> (bool, ItemKey, u32) { (o.is_nowhere(), o.item.key(), o.node) };
        let place = turn(names.len()).map(asked).min_by_key(key).unwrap_or(Origin::NOWHERE);
        let mut report = code::FIELD_CYCLE.at(place, format!("{first} depends on itself"));
        for i in turn(names.len()) {
            let at = asked(i);
            let needs = format!("needs {}", names[(i + 1) % names.len()]);
            if at == place && report.label.is_empty() {
                report = report.label(needs);
            } else if at != place && !at.is_nowhere() {
                report = report.also(at, needs);
            }
        }
        self.report(report.note(text).help("give one of them a value of its own"));
    }

    /// Something is known only with the clusters.
    pub(crate) fn is_late(&mut self, what: String, at: Origin) {
        if self.role != Role::Early {
            let message = format!("{what} can't be read here: a cluster sees its site and itself, no other cluster");
            self.report(code::REACHES_DOWN.at(at, message).label("read here"));
        } else if self.late.is_none() {
            self.late = Some(Rc::new(Late { chain: vec![(what, at)] }));
        }
    }

    pub(crate) fn lengthen(&self, late: Rc<Late>, what: &What, at: Origin) -> Rc<Late> {
        let mut chain = vec![(self.describe(what), at)];
        chain.extend(late.chain.iter().cloned());
        Rc::new(Late { chain })
    }

    /// A cluster reads what depends on what clusters write.
    pub(crate) fn reads_late(&mut self, late: &Late, at: Origin) {
        let names: Vec<&str> = late.chain.iter().map(|(what, _)| what.as_str()).collect();
        let what = names.first().copied().unwrap_or("this");
        let message = format!("{what} can't be read by a cluster: it depends on what clusters write");
        let mut report = code::REACHES_DOWN.at(at, message).label("read here");
        if let Some((last, place)) = late.chain.last().filter(|(_, place)| !place.is_nowhere()) {
            report = report.also(*place, format!("reads {last}"));
        }
        self.report(report.note(names.join("\n← ")));
    }

    /// Conflicts in a field of an entry.
    pub(crate) fn report_problems(&mut self, ix: EntryIx, field: Option<Symbol>, problems: &[Problem]) {
        if problems.is_empty() {
            return;
        }
        let contributors = self.contributors(ix);
        let entry = describe_entry(&self.entry(ix).key);
        for problem in problems {
            let name = |mark: &Mark| contributors.get(mark.who as usize).map(|c| c.writer.name);
            let (old, new) = (name(&problem.old.0), name(&problem.new.0));
            let path: Vec<&str> = field.iter().chain(&problem.path).map(|s| s.as_str()).collect();
            let what = format!("`{}` of {entry}", path.join("."));
            self.conflict(&what, problem, old, new);
        }
    }

    /// Conflicts in a literal.
    pub(crate) fn report_literal_problems(&mut self, problems: &[Problem]) {
        for problem in problems {
            let path: Vec<&str> = problem.path.iter().map(|s| s.as_str()).collect();
            self.conflict(&format!("`{}`", path.join(".")), problem, None, None);
        }
    }

    fn conflict(&mut self, what: &str, problem: &Problem, old_name: Option<Symbol>, new_name: Option<Symbol>) {
        let (old, old_value) = &problem.old;
        let (new, new_value) = &problem.new;
        let says = |name: Option<Symbol>, value: &Option<Value>| {
            let value = value.as_ref().map_or("something else".to_owned(), value_text);
            name.map_or_else(|| value.clone(), |name| format!("{name}: {value}"))
        };
        if problem.bound {
            let reason = old.because.as_deref().unwrap_or_default();
            let message = format!("{what} is set for a reason: {reason}");
            let report = code::BEATS_REASON.at(new.origin, message).label(says(new_name, new_value));
            let report = report.also(old.origin, format!("{}, for that reason", says(old_name, old_value)));
            let title = "write `override` before it if you know better";
            self.report(report.suggest(title, new.origin, How::Before, "override "));
            return;
        }
        let same_writer = old.who == new.who;
        if same_writer {
            let message = format!("{what} is written twice with different values");
            let report = code::DUPLICATE_KEY.at(new.origin, message).label(says(None, new_value));
            self.report(report.also(old.origin, says(None, old_value)).help("keep one of them"));
            return;
        }
        let message = match (old_name, new_name) {
            (Some(a), Some(b)) if a != b => format!("{a} and {b} disagree about {what}"),
            _ => format!("{what} is written twice with different values"),
        };
        let report = code::CONFLICT.at(new.origin, message).label(says(new_name, new_value));
        let report = report.also(old.origin, says(old_name, old_value));
        let win = |word: &str| format!("write `{word}` before the one that is to win");
        let report = match new.layer {
            _ if old_name == new_name => report.help("keep one of them"),
            Layer::Force | Layer::Overlay => report.help("keep one of them"),
            Layer::Override => report.suggest(win("force"), new.origin, How::Before, "force "),
            _ => report.suggest(win("override"), new.origin, How::Before, "override "),
        };
        self.report(report);
    }
}
