//! How much work an evaluation may do.

use crate::state::Eval;
use kss_diag::code;
use kss_span::{ItemId, Origin};
use kss_value::{Kind, Value};
use rustc_hash::FxHashMap;

/// Expressions that one evaluation may look at. The reference cluster needs some hundred thousand.
const STEPS: u64 = 50_000_000;
/// Expressions that one check may look at, what it forces included.
const CHECK_STEPS: u64 = 20_000_000;
/// Instances of one nest of loops.
pub(crate) const LOOP: u64 = 1_000_000;
/// Bytes of one text.
const TEXT: u64 = 64 << 20;
/// How often it is noted where the work happens. A prime: else a loop of four steps would always be met at the same one.
const SAMPLE: u64 = 4093;
/// How often it is asked whether anybody still waits. With all that belongs to it a step takes about half a microsecond, and
/// whoever types waits until the evaluation has seen it.
const LOOK: u64 = 128;

/// The counter.
pub(crate) struct Limits {
    steps: u64,
    until: u64,
    stopped: bool,
    interrupted: bool,
    samples: FxHashMap<Origin, u32>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { steps: 0, until: STEPS, stopped: false, interrupted: false, samples: FxHashMap::default() }
    }
}

impl Limits {
    /// Is there no time for anything more?
    pub(crate) fn is_over(&self) -> bool {
        self.stopped || self.interrupted
    }
}

impl Eval<'_> {
    /// Counts one expression; `false` if there is no time for it.
    pub(crate) fn step(&mut self, item: ItemId, node: u32) -> bool {
        let limits = &mut self.limits;
        limits.steps += 1;
        if limits.steps.is_multiple_of(SAMPLE) {
            *limits.samples.entry(Origin::new(item, node)).or_default() += 1;
        }
        if limits.steps.is_multiple_of(LOOK) {
            limits.interrupted |= self.env.interrupted();
        }
        if limits.stopped || limits.interrupted {
            return false;
        }
        if limits.steps > limits.until {
            limits.stopped = true;
            self.too_much_work(Origin::new(item, node));
        }
        !self.limits.stopped
    }

    /// Ends an evaluation that nobody waits for any more, where no steps are counted. Costs next to nothing.
    pub(crate) fn look_around(&mut self) {
        self.limits.interrupted |= self.env.interrupted();
    }

    fn too_much_work(&mut self, at: Origin) {
        // Where most samples were taken; of about equally hot places always the same, whatever ran before.
        let most = self.limits.samples.values().copied().max().unwrap_or(0);
        let hot = self.limits.samples.iter().filter(|(_, n)| **n >= most - most / 4).map(|(o, _)| *o);
        let hot = hot.min_by_key(|o| (o.item.key(), o.node)).unwrap_or(at);
        let budget = if self.limits.until < STEPS { CHECK_STEPS } else { STEPS };
        let message = format!("this takes too much work: more than {budget} steps");
        let report = code::TOO_MUCH_WORK.at(hot, message).label("most of the time is spent here");
        self.report(report.help(
            "loop over fewer elements, or use `unique`, `disjoint` and `overlaps`, which don't compare all pairs",
        ));
    }

    /// Runs `f` with the budget of one check.
    pub(crate) fn bounded<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.limits.until;
        self.limits.until = outer.min(self.limits.steps + CHECK_STEPS);
        let result = f(self);
        self.limits.until = outer;
        if self.limits.steps <= outer {
            self.limits.stopped = false;
        }
        result
    }

    /// How many numbers a range has, if a loop may run over them.
    pub(crate) fn range_size(&mut self, first: i64, last: i64, at: Origin) -> Option<u64> {
        let count = u64::try_from(last.saturating_sub(first)).map_or(0, |n| n.saturating_add(1));
        if count > LOOP {
            let message = format!("{first}..{last} has {count} numbers, and at most {LOOP} may be gone through");
            let report = code::LONG_RANGE.at(at, message).label("too long");
            self.report(report.help("whether a number lies in a range is asked by `n in 1..9`, without a loop"));
            return None;
        }
        Some(count)
    }

    /// What was put together of other values, if it is not too large: of a list that is doubled time and again there would be
    /// no room for the result after forty lines.
    pub(crate) fn sized(&mut self, value: Value, at: Origin) -> Value {
        let (size, most, what) = match value.kind() {
            Kind::List(items) | Kind::Set(items) => (items.len() as u64, LOOP, "elements"),
            Kind::Text(text) => (text.len() as u64, TEXT, "bytes"),
            _ => return value,
        };
        if size <= most {
            return value;
        }
        let message = format!("this has {size} {what}, and a value may have {most}");
        let report = code::TOO_LARGE.at(at, message).label("too large");
        self.report(report.help("keep large data in a file of its own, and read what is needed of it"));
        Value::poison(at)
    }

    /// Counts one instance of a nest of loops; `false` if there are too many.
    pub(crate) fn turn(&mut self, nest: &mut u64, count: u64, at: Origin) -> bool {
        let already = *nest > LOOP;
        *nest = nest.saturating_add(count);
        if already {
            return false;
        }
        if *nest > LOOP {
            let message = format!("this loop has more than {LOOP} instances");
            let report = code::TOO_MUCH_WORK.at(at, message).label("too many elements");
            self.report(report.help("loop over fewer elements, or over one of them inside a condition"));
            return false;
        }
        true
    }
}
