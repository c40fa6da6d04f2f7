//! What a change does to those who read.

use std::panic::{UnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A change came while something was being answered: ask again, or forget it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cancelled;

/// Runs `f` on a snapshot; a change that comes meanwhile ends it.
///
/// # Errors
/// [`Cancelled`], if one came.
pub fn cancellable<T>(f: impl FnOnce() -> T + UnwindSafe) -> Result<T, Cancelled> {
    match catch_unwind(f) {
        Ok(value) => Ok(value),
        Err(payload) if payload.is::<salsa::Cancelled>() || payload.is::<Interrupted>() => Err(Cancelled),
        Err(payload) => resume_unwind(payload),
    }
}

/// What an evaluation that nobody waits for any more ends with.
struct Interrupted;

/// Counts changes. The database ends whoever asks it something after a change; an evaluation asks nothing for a long time, so
/// it looks here.
#[derive(Clone, Debug, Default)]
pub struct Changes(Arc<AtomicU64>);

impl Changes {
    /// A change is about to be made.
    pub(crate) fn announce(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many there were.
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Ends the evaluation that began when there were `seen`, if there are more now.
    pub(crate) fn check(&self, seen: u64) {
        if self.count() != seen {
            resume_unwind(Box::new(Interrupted));
        }
    }
}

/// Changes, and how many there were at some time.
#[derive(Clone, Debug)]
pub struct Watch {
    changes: Changes,
    seen: u64,
}

impl Watch {
    /// Begins now.
    pub(crate) fn new(changes: Changes) -> Watch {
        let seen = changes.count();
        Watch { changes, seen }
    }

    /// Ends what [`cancellable`] runs, if there was a change since.
    pub fn check(&self) {
        self.changes.check(self.seen);
    }
}

impl PartialEq for Changes {
    fn eq(&self, other: &Changes) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Changes {}
