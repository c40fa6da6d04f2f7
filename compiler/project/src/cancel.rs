//! What a change does to those who read.

use std::panic::{UnwindSafe, catch_unwind};

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
        Err(payload) if payload.is::<salsa::Cancelled>() => Err(Cancelled),
        Err(payload) => std::panic::resume_unwind(payload),
    }
}
