//! Interned texts: two equal names are one pointer, so comparing them costs nothing.

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{LazyLock, RwLock};

/// An interned name. Lives as long as the process: names are few, and a description repeats them.
///
/// Orders by text in *natural* order (`worker-2` before `worker-10`), which is the order in which keyed collections
/// iterate.
#[derive(Clone, Copy)]
pub struct Symbol(&'static str);

/// By name, in the order in which they were put in.
pub type SymbolMap<T> = IndexMap<Symbol, T, FxBuildHasher>;

const SHARDS: usize = 16;

static TABLE: LazyLock<[RwLock<FxHashSet<&'static str>>; SHARDS]> = LazyLock::new(Default::default);

impl Symbol {
    /// The symbol of `text`.
    pub fn new(text: &str) -> Symbol {
        let shard = &TABLE[shard_of(text)];
        if let Some(known) = shard.read().unwrap_or_else(|e| e.into_inner()).get(text) {
            return Symbol(known);
        }
        let mut set = shard.write().unwrap_or_else(|e| e.into_inner());
        if let Some(known) = set.get(text) {
            return Symbol(known);
        }
        let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
        set.insert(kept);
        Symbol(kept)
    }

    /// Its text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

fn shard_of(text: &str) -> usize {
    let bytes = text.as_bytes();
    let last = bytes.last().copied().unwrap_or(0) as usize;
    (bytes.len() * 31 + last) % SHARDS
}

impl Deref for Symbol {
    type Target = str;
    fn deref(&self) -> &str {
        self.0
    }
}

impl PartialEq for Symbol {
    fn eq(&self, other: &Symbol) -> bool {
        std::ptr::eq(self.0.as_ptr(), other.0.as_ptr()) && self.0.len() == other.0.len()
    }
}

impl PartialEq<str> for Symbol {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Symbol {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl Eq for Symbol {}

impl Hash for Symbol {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0.as_ptr() as usize).hash(state);
    }
}

impl PartialOrd for Symbol {
    fn partial_cmp(&self, other: &Symbol) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Symbol {
    fn cmp(&self, other: &Symbol) -> Ordering {
        if self == other { Ordering::Equal } else { natural_cmp(self.0, other.0) }
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl From<&str> for Symbol {
    fn from(text: &str) -> Symbol {
        Symbol::new(text)
    }
}

/// Compares texts with runs of digits as numbers: `worker-2` < `worker-10`. Total: texts that differ never compare equal.
pub fn natural_cmp(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a.as_bytes(), b.as_bytes());
    loop {
        match (x.first(), y.first()) {
            (None, None) => return a.cmp(b),
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some(p), Some(q)) if p.is_ascii_digit() && q.is_ascii_digit() => {
                let (n, rest_x) = take_number(x);
                let (m, rest_y) = take_number(y);
                match n.len().cmp(&m.len()).then_with(|| n.cmp(m)) {
                    Ordering::Equal => (x, y) = (rest_x, rest_y),
                    other => return other,
                }
            }
            (Some(p), Some(q)) if p == q => (x, y) = (&x[1..], &y[1..]),
            (Some(p), Some(q)) => return p.cmp(q),
        }
    }
}

/// A run of digits without its leading zeros, and the rest.
fn take_number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|c| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let start = digits.iter().position(|c| *c != b'0').unwrap_or(digits.len());
    (&digits[start..], rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one_symbol() {
        assert_eq!(Symbol::new("kss"), Symbol::new("kss"));
        assert_ne!(Symbol::new("kss"), Symbol::new("kcs"));
        assert_ne!(Symbol::new(""), Symbol::new("a"));
    }

    #[test]
    fn numbers_in_names_order_as_numbers() {
        let mut names = ["worker-10", "worker-2", "worker-1", "w", "worker-02"].map(Symbol::new);
        names.sort();
        assert_eq!(names.map(Symbol::as_str), ["w", "worker-1", "worker-02", "worker-2", "worker-10"]);
    }
}
