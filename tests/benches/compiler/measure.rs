//! Times, peaks of memory, and how they are printed.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A process that ran.
pub(crate) struct Run {
    /// The least of several runs.
    pub(crate) time: Duration,
    /// The most memory that was resident, in KiB.
    pub(crate) peak: u64,
}

impl Run {
    /// The peak in MiB.
    pub(crate) fn mib(&self) -> f64 {
        self.peak as f64 / 1024.0
    }
}

/// Runs a command `runs` times, each after `before`.
pub(crate) fn process(runs: usize, before: impl Fn(), command: impl Fn() -> Command) -> Run {
    let mut best = Run { time: Duration::MAX, peak: 0 };
    for _ in 0..runs {
        before();
        let begun = Instant::now();
        let mut child = command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let status = loop {
            best.peak = best.peak.max(status_of(child.id(), "VmHWM:"));
            match child.try_wait().expect("it can be waited for") {
                Some(status) => break status,
                None => std::thread::sleep(Duration::from_micros(500)),
            }
        };
        best.time = best.time.min(begun.elapsed());
        assert!(status.success(), "{:?} failed", command());
    }
    best
}

/// A line of `/proc/PID/status` in KiB; 0 where there is none.
pub(crate) fn status_of(process: u32, line: &str) -> u64 {
    let status = std::fs::read_to_string(PathBuf::from(format!("/proc/{process}/status"))).unwrap_or_default();
    let found = status.lines().find_map(|l| l.strip_prefix(line)).unwrap_or_default();
    found.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// The least time of several.
pub(crate) fn least(runs: usize, mut f: impl FnMut()) -> Duration {
    let one = |_| {
        let begun = Instant::now();
        f();
        begun.elapsed()
    };
    (0..runs).map(one).min().unwrap_or_default()
}

/// A line: what, how much, and the budget.
pub(crate) fn row(what: &str, value: &str, budget: &str) {
    let budget = if budget.is_empty() { String::new() } else { format!("  (budget: {budget})") };
    println!("  {what:<48}{value}{budget}");
}

/// Milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Percentiles of some times.
pub(crate) fn percentiles(times: &mut [Duration]) -> String {
    times.sort();
    let at = |percent: usize| ms(times[(times.len() * percent / 100).min(times.len() - 1)]);
    format!("{:7.2} / {:7.2} / {:7.2} ms", at(50), at(95), at(99))
}
