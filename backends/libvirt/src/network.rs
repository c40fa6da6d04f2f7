//! Networks of guests, and directories for their disks.

use crate::{Host, text};
use kss_backend::Sink;
use kss_backend::read::{Read, record_of};
use kss_emit::xml::Element;
use kss_model::Entry;
use kss_span::Origin;
use kss_value::scalar::Ip;
use kss_value::{Kind, Record, Value};

/// The definition of a network.
pub(crate) fn network(host: &Host<'_>, entry: &Entry, sink: &mut Sink<'_>) -> Option<Element> {
    let forward = sink.required(entry, "forward", entry.value("forward"))?;
    let Kind::Case(mode, Some(payload)) = forward.kind() else { return None };
    let (fields, origin) = (record_of(payload)?, forward.origin());
    let name = sink.required(entry, "forward.name", fields.text("name"))?;
    let bridge = Element::new("bridge", fields.origin_of("name", origin)).with("name", &*name);
    let root = Element::new("network", entry.origin)
        .child(text("name", entry.name().as_str(), entry.origin))
        .child(text("uuid", host.uuid("network", entry.name()), entry.origin))
        .child(host.mark(entry.origin))
        .child(Element::new("forward", origin).with("mode", mode.as_str()));
    if mode == "nat" {
        let bridge = bridge.with("stp", "on").with("delay", "0");
        return Some(root.child(bridge).child(address(entry, fields, origin, sink)?));
    }
    Some(root.child(bridge))
}

/// The host's address in a network of its own, and what it leases there.
fn address(entry: &Entry, fields: &Record, origin: Origin, sink: &mut Sink<'_>) -> Option<Element> {
    let mut field = |name: &str| sink.required(entry, &format!("forward.{name}"), fields.value(name));
    let (gateway, cidr, leases) = (field("gateway")?, field("cidr")?, field("leases")?);
    let (Kind::Ip(ip), Kind::Cidr(net), Kind::IpRange(range)) = (gateway.kind(), cidr.kind(), leases.kind()) else {
        return None;
    };
    let family = if matches!(ip, Ip::V4(_)) { "ipv4" } else { "ipv6" };
    let range = Element::new("range", leases.origin())
        .with("start", range.first.to_string())
        .with("end", range.last.to_string());
    Some(
        Element::new("ip", at(gateway, origin))
            .with("family", family)
            .with("address", ip.to_string())
            .with("prefix", net.prefix_len().to_string())
            .child(Element::new("dhcp", leases.origin()).child(range)),
    )
}

fn at(value: &Value, or: Origin) -> Origin {
    if value.origin().is_nowhere() { or } else { value.origin() }
}

/// The definition of a pool. How much it may hold is a promise of the description; a directory has no limit of its own.
pub(crate) fn pool(host: &Host<'_>, entry: &Entry, sink: &mut Sink<'_>) -> Option<Element> {
    let path = sink.required(entry, "path", entry.text("path"))?;
    let target = Element::new("target", entry.origin);
    Some(
        Element::new("pool", entry.origin)
            .with("type", "dir")
            .child(text("name", entry.name().as_str(), entry.origin))
            .child(text("uuid", host.uuid("pool", entry.name()), entry.origin))
            .child(target.child(text("path", &*path, entry.origin_of("path", entry.origin)))),
    )
}
