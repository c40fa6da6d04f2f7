//! Scalars: their literals, their spelling, their arithmetic, their methods.

mod address;
mod arith;
mod arith_type;
mod intervals;
mod literal;
mod methods;
mod number;
mod order;
mod spelling;
mod text;
mod types;
mod units;

pub use address::{as_range, cidr_host, cidr_subnet, range_cidrs, range_of_cidr};
pub use arith::{BinaryOp, OpError, binary, contains, in_range};
pub use arith_type::binary_type;
pub(crate) use intervals::Intervals;
pub use intervals::{first_free_block, meeting_pair, overlapping_pair};
pub use literal::{Literal, LiteralClass, LiteralError, check_asn, parse_literal, parse_text_as};
pub use methods::{MethodResult, MethodSig, call_method, method_names, method_type};
pub(crate) use order::{HashKey, compare_floats, compare_int_float};
pub use order::{compare, duplicate_pair};
pub use spelling::{describe, literal, spelling};
pub use text::{TextKind, check_text};
pub use types::{ScalarType, zero};
pub(crate) use units::check_port;

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

impl Protocols {
    /// As it stands behind the `/` of a literal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Protocols::Tcp => "tcp",
            Protocols::Udp => "udp",
            Protocols::Both => "tcp+udp",
        }
    }

    /// Each of them by its name.
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Protocols::Tcp => &["tcp"],
            Protocols::Udp => &["udp"],
            Protocols::Both => &["tcp", "udp"],
        }
    }

    /// Does it hold all of `other`?
    pub fn covers(self, other: Protocols) -> bool {
        self == other || self == Protocols::Both
    }
}

#[cfg(test)]
mod tests;
