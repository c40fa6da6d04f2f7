//! Functions over addresses and ports.

use crate::builtins::CallError;
use crate::builtins::args::Args;
use crate::scalar::{
    Cidr, Intervals, Ip, Mac, PortSpec, Protocols, check_port, first_free_block, meeting_pair, overlapping_pair,
};
use crate::{Flags, Value};

pub(super) fn disjoint(args: &Args) -> Result<Value, CallError> {
    args.ranges(0)?;
    args.give_bool(overlapping_pair(args.items(0)?).is_none())
}

pub(super) fn apart(args: &Args) -> Result<Value, CallError> {
    args.ranges(0)?;
    args.ranges(1)?;
    args.give_bool(meeting_pair(args.items(0)?, args.items(1)?).is_none())
}

pub(super) fn within(args: &Args) -> Result<Value, CallError> {
    let inside = Intervals::new(&args.ranges(1)?).covers(&args.range(0)?);
    // It might lie in the one that has an error.
    if !inside && args.values[1].flags().has(Flags::POISON) {
        return Ok(Value::poison(args.origin));
    }
    args.give_bool(inside)
}

pub(super) fn overlaps(args: &Args) -> Result<Value, CallError> {
    let (a, b) = (args.range(0)?, args.range(1)?);
    args.give_bool(a.first.is_ipv4() == b.first.is_ipv4() && a.first <= b.last && b.first <= a.last)
}

pub(super) fn net(args: &Args) -> Result<Value, CallError> {
    Ok(Value::cidr(Cidr::from(args.ip(0)?), args.origin))
}

pub(super) fn free(args: &Args) -> Result<Value, CallError> {
    let taken = Intervals::new(&args.ranges(0)?);
    let free = Intervals::new(&args.ranges(1)?).without(&taken);
    args.give_list(free.into_iter().map(|range| Value::ip_range(range, args.origin)).collect())
}

pub(super) fn free_block(args: &Args) -> Result<Value, CallError> {
    let (taken, within) = (args.ranges(0)?, args.ranges(1)?);
    let bits = args.int(2)?;
    let length = u8::try_from(bits).map_err(|_| CallError::at(2, format!("{bits} is no length of a prefix")))?;
    let found = first_free_block(&taken, &within, length);
    Ok(found.map_or(Value::none(args.origin), |block| Value::cidr(block, args.origin)))
}

/// Of an IPv4 address the last three octets: `69` is written `69`, so that people recognise it, behind the three octets of
/// QEMU. Where one has three digits all are written as the numbers they are, behind a beginning of their own, so that no two
/// addresses meet. An IPv6 address is a seed.
pub(super) fn mac_of(args: &Args) -> Result<Value, CallError> {
    let ip = args.ip(0)?;
    let Ip::V4(v4) = ip else { return Ok(seeded(&ip.to_string(), args)) };
    let [_, a, b, c] = v4.octets();
    let readable = [a, b, c].iter().all(|octet| *octet <= 99);
    let spelled = |octet: u8| if readable { octet / 10 * 16 + octet % 10 } else { octet };
    let mac = [0x52, 0x54, u8::from(!readable), spelled(a), spelled(b), spelled(c)];
    Ok(Value::mac(Mac(mac), args.origin))
}

pub(super) fn mac_from(args: &Args) -> Result<Value, CallError> {
    Ok(seeded(&args.text(0)?, args))
}

fn seeded(seed: &str, args: &Args) -> Value {
    let digest = blake3::hash(seed.as_bytes());
    let mut mac = [0; 6];
    mac.copy_from_slice(&digest.as_bytes()[..6]);
    // Locally administered, and no group.
    mac[0] = mac[0] & 0xfc | 0x02;
    // libvirt gives such addresses to its own ends and refuses them for guests.
    if mac[0] == 0xfe {
        mac[0] = 0xfa;
    }
    Value::mac(Mac(mac), args.origin)
}

pub(super) fn tcp(args: &Args) -> Result<Value, CallError> {
    port(args, Protocols::Tcp)
}

pub(super) fn udp(args: &Args) -> Result<Value, CallError> {
    port(args, Protocols::Udp)
}

fn port(args: &Args, protocols: Protocols) -> Result<Value, CallError> {
    let port = check_port(args.int(0)?).map_err(|e| CallError::at(0, e.message))?;
    Ok(Value::ports(PortSpec { first: port, last: port, protocols }, args.origin))
}
