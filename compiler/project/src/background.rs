//! Work that nobody watches: it must not be in the way of what an editor waits for.

use std::sync::LazyLock;
use std::sync::mpsc::{Sender, channel};

/// How much less than others a thread counts that works in the background (`nice`).
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Lets other threads go before this one, where the system has priorities of threads. There is no way back.
pub fn lower_priority() {
    // Where it is refused, the work is done all the same.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, NICE);
}

/// Takes `value` apart on a thread of its own, which counts less than others: a site with a hundred clusters takes longer to take
/// apart than a change to be made.
pub fn let_go(value: impl Send + 'static) {
    // A value that can't be sent is dropped here.
    let _ = OLD.as_ref().map(|old| old.send(Box::new(value)));
}

/// Something to take apart.
trait Old: Send {}
impl<T: Send> Old for T {}

static OLD: LazyLock<Option<Sender<Box<dyn Old>>>> = LazyLock::new(|| {
    let (old, from) = channel::<Box<dyn Old>>();
    let work = move || {
        lower_priority();
        from.into_iter().for_each(drop);
    };
    // The stack is that of a main thread: values may be deep.
    std::thread::Builder::new().name("old".to_owned()).stack_size(16 << 20).spawn(work).ok().map(|_| old)
});
