//! Results that are compared by identity.

use std::ops::Deref;
use std::sync::Arc;

/// A shared result. Two are equal if they are the same: comparing what is in them would cost as much as making it.
///
/// The last one is taken apart on another thread. The database lets go of an old result when the next change is made, where an
/// editor waits, and a site with a hundred clusters takes longer to take apart than a change to be made.
#[derive(Debug)]
pub struct Shared<T: Send + Sync + 'static>(pub Arc<T>);

impl<T: Send + Sync> Clone for Shared<T> {
    fn clone(&self) -> Shared<T> {
        Shared(self.0.clone())
    }
}

impl<T: Send + Sync> PartialEq for Shared<T> {
    fn eq(&self, other: &Shared<T>) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: Send + Sync> Eq for Shared<T> {}

impl<T: Send + Sync> Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Send + Sync> Drop for Shared<T> {
    fn drop(&mut self) {
        if Arc::strong_count(&self.0) == 1 {
            crate::let_go(self.0.clone());
        }
    }
}
