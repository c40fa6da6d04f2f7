//! How scalars are spelled in data.

use kss_value::{Kind, Value, scalar};

/// The one spelling of a scalar; `None` for anything else.
pub(crate) fn spelling(value: &Value) -> Option<String> {
    match value.kind() {
        Kind::Percent(percent) => Some(format!("{percent}%")),
        Kind::Size(bytes) => Some(size(bytes)),
        Kind::Duration(milliseconds) => Some(duration(milliseconds)),
        Kind::Cpu(milli) => Some(if milli % 1000 == 0 { (milli / 1000).to_string() } else { format!("{milli}m") }),
        Kind::Mac(mac) => Some(mac.0.map(|byte| format!("{byte:02x}")).join(":")),
        Kind::Ip(ip) => Some(ip.to_string()),
        Kind::Cidr(cidr) => Some(cidr.to_string()),
        Kind::IpRange(range) => Some(format!("{}-{}", range.first, range.last)),
        Kind::Ports(ports) => Some(port_spec(ports)),
        _ => None,
    }
}

fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 8] = [
        ("Ti", 1 << 40),
        ("T", 1_000_000_000_000),
        ("Gi", 1 << 30),
        ("G", 1_000_000_000),
        ("Mi", 1 << 20),
        ("M", 1_000_000),
        ("Ki", 1 << 10),
        ("k", 1_000),
    ];
    let unit = UNITS.iter().find(|(_, unit)| bytes != 0 && bytes.is_multiple_of(*unit));
    unit.map_or_else(|| bytes.to_string(), |(name, unit)| format!("{}{name}", bytes / unit))
}

fn duration(milliseconds: i64) -> String {
    let mut rest = milliseconds.unsigned_abs();
    if rest == 0 {
        return "0s".to_owned();
    }
    let mut out = String::from(if milliseconds < 0 { "-" } else { "" });
    for (name, unit) in [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)] {
        if rest >= unit {
            out.push_str(&format!("{}{name}", rest / unit));
            rest %= unit;
        }
    }
    out
}

fn port_spec(ports: scalar::PortSpec) -> String {
    let protocol = match ports.protocols {
        scalar::Protocols::Tcp => "tcp",
        scalar::Protocols::Udp => "udp",
        scalar::Protocols::Both => "tcp+udp",
    };
    if ports.first == ports.last {
        format!("{}/{protocol}", ports.first)
    } else {
        format!("{}-{}/{protocol}", ports.first, ports.last)
    }
}
