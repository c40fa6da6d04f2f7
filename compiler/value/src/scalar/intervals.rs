//! Sets of addresses as sorted intervals.

use crate::Value;
use crate::scalar::address::{from_number, to_number, width};
use crate::scalar::{Cidr, IpRange, as_range};

/// Addresses of one family by number, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Interval {
    v6: bool,
    first: u128,
    last: u128,
}

impl Interval {
    fn of(range: &IpRange) -> Interval {
        let (v6, first) = to_number(range.first);
        let (_, last) = to_number(range.last);
        Interval { v6, first, last }
    }

    fn range(self) -> Option<IpRange> {
        Some(IpRange { first: from_number(self.v6, self.first)?, last: from_number(self.v6, self.last)? })
    }
}

/// A set of addresses: intervals in order, none touching the next.
pub(crate) struct Intervals(Vec<Interval>);

impl Intervals {
    pub(crate) fn new<'a>(ranges: impl IntoIterator<Item = &'a IpRange>) -> Intervals {
        let mut sorted: Vec<Interval> = ranges.into_iter().map(Interval::of).collect();
        sorted.sort_unstable();
        let mut merged: Vec<Interval> = Vec::with_capacity(sorted.len());
        for next in sorted {
            match merged.last_mut() {
                Some(last) if last.v6 == next.v6 && next.first <= last.last.saturating_add(1) => {
                    last.last = last.last.max(next.last);
                }
                _ => merged.push(next),
            }
        }
        Intervals(merged)
    }

    /// Does it hold every address of `range`?
    pub(crate) fn covers(&self, range: &IpRange) -> bool {
        let wanted = Interval::of(range);
        let behind = self.0.partition_point(|i| (i.v6, i.first) <= (wanted.v6, wanted.first));
        behind.checked_sub(1).is_some_and(|at| self.0[at].v6 == wanted.v6 && self.0[at].last >= wanted.last)
    }

    /// The intervals of `self` without the addresses of `taken`, in order.
    pub(crate) fn without(&self, taken: &Intervals) -> Vec<IpRange> {
        let mut free = Vec::new();
        for &Interval { v6, first, last } in &self.0 {
            let mut next = Some(first);
            for used in taken.meeting(v6, first, last) {
                if let Some(start) = next.filter(|start| *start < used.first) {
                    free.extend(Interval { v6, first: start, last: used.first - 1 }.range());
                }
                next = used.last.checked_add(1);
            }
            if let Some(start) = next.filter(|start| *start <= last) {
                free.extend(Interval { v6, first: start, last }.range());
            }
        }
        free
    }

    /// Those that share an address with `first..=last`, in order.
    fn meeting(&self, v6: bool, first: u128, last: u128) -> impl Iterator<Item = &Interval> {
        let start = self.0.partition_point(|i| (i.v6, i.last) < (v6, first));
        self.0[start..].iter().take_while(move |i| i.v6 == v6 && i.first <= last)
    }
}

/// Two elements that share an address: of all such pairs the one with the lowest shared address, the earlier element first.
/// Addresses and networks count as ranges, anything else as nothing.
pub fn overlapping_pair(items: &[Value]) -> Option<(usize, usize)> {
    let mut sorted: Vec<(Interval, usize)> =
        items.iter().enumerate().filter_map(|(at, item)| Some((Interval::of(&as_range(item)?), at))).collect();
    sorted.sort_unstable();
    let mut farthest: Option<(Interval, usize)> = None;
    for (next, at) in sorted {
        match farthest {
            Some((reach, earlier)) if reach.v6 == next.v6 && next.first <= reach.last => {
                return Some((earlier.min(at), earlier.max(at)));
            }
            _ => farthest = Some((next, at)),
        }
    }
    None
}

/// An element of `a` and one of `b` that share an address: the first of `a` that meets any, with the first of `b` that it
/// meets. Addresses and networks count as ranges, anything else as nothing.
pub fn meeting_pair(a: &[Value], b: &[Value]) -> Option<(usize, usize)> {
    let ranges: Vec<IpRange> = b.iter().filter_map(as_range).collect();
    let all = Intervals::new(&ranges);
    let meets = |of: &Interval| all.meeting(of.v6, of.first, of.last).next().is_some();
    let (at, found) = a
        .iter()
        .enumerate()
        .filter_map(|(at, item)| Some((at, Interval::of(&as_range(item)?))))
        .find(|(_, i)| meets(i))?;
    let shares = |item: &Value| {
        let other = as_range(item).map(|range| Interval::of(&range));
        other.is_some_and(|o| o.v6 == found.v6 && o.first <= found.last && found.first <= o.last)
    };
    b.iter().position(shares).map(|other| (at, other))
}

/// The lowest network of `prefix_len` bits that lies in one of `within` and shares no address with `taken`.
pub fn first_free_block(taken: &[IpRange], within: &[IpRange], prefix_len: u8) -> Option<Cidr> {
    let taken = Intervals::new(taken);
    let mut places: Vec<&IpRange> = within.iter().collect();
    places.sort_unstable();
    // One by one: a block across two networks that happen to be neighbours is in neither.
    let free = places.into_iter().flat_map(|place| Intervals::new([place]).without(&taken));
    free.map(|free| Interval::of(&free)).find_map(|free| first_block(free, prefix_len))
}

/// The lowest network of `prefix_len` bits inside `free`.
fn first_block(free: Interval, prefix_len: u8) -> Option<Cidr> {
    let host_bits = width(free.v6).checked_sub(prefix_len)?;
    let rest = 1u128.checked_shl(u32::from(host_bits)).map_or(u128::MAX, |size| size - 1);
    let start = if free.first & rest == 0 { free.first } else { (free.first | rest).checked_add(1)? };
    let end = start.checked_add(rest)?;
    if end > free.last {
        return None;
    }
    Cidr::new(from_number(free.v6, start)?, prefix_len).ok()
}
