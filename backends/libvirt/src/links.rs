//! Links of a host: bridges, and VLANs that are ports of them.
//!
//! The host may be of any distribution, so they are neither files of one network manager nor of another one, but a batch of
//! `ip` that a unit of systemd runs at each boot. What is there already stays; the unit fails if a link is not there in the end.

use crate::Host;
use kss_backend::read::{Read, record_of};
use kss_backend::{Sink, layout};
use kss_diag::code;
use kss_emit::text;
use kss_model::Entry;
use kss_span::Origin;
use kss_value::{Kind, Line};

/// Where the batch lies on the host.
const BATCH: &str = "/etc/kssc/links";

/// Writes the batch and its unit.
pub(crate) fn write(host: &Host<'_>, sink: &mut Sink<'_>) {
    let mut links: Vec<&Entry> = host.whole("host-link").collect();
    let Some(origin) = links.first().map(|entry| entry.origin) else { return };
    // A link comes behind the bridge that it is a port of.
    links.sort_by_key(|entry| entry.value("master").is_some());
    let mut batch = Vec::new();
    for entry in &links {
        let Some(lines) = commands(entry, sink) else { return };
        batch.extend(lines.into_iter().map(|line| (line, entry.origin)));
    }
    let directory = layout::host_dir(host.scope.key.name);
    sink.write(format!("{directory}/links"), lines(batch), origin);
    sink.write(format!("{directory}/kssc-links.service"), lines(unit(&links, origin)), origin);
}

fn lines(lines: Vec<(String, Origin)>) -> kss_emit::Emitted {
    let lines: Vec<_> = lines.into_iter().map(|(text, origin)| Line { text: text.into(), origin }).collect();
    text::emit(&lines, true)
}

/// What the kernel takes as a name, and no shell or batch for anything else.
fn is_name(name: &str) -> bool {
    (1..=15).contains(&name.len())
        && !matches!(name, "." | "..")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        && !name.starts_with('-')
}

/// `name`, or a report that it is no name of a link.
fn link<T: std::ops::Deref<Target = str>>(name: T, at: Origin, sink: &mut Sink<'_>) -> Option<T> {
    if is_name(&name) {
        return Some(name);
    }
    let message = format!("`{}` is no name of a network link", name.escape_debug());
    let rule = "a name has at most 15 letters, digits, `.`, `_` and `-`";
    sink.report(code::BAD_VALUE.at(at, message).label("named here").rule(rule));
    None
}

fn commands(entry: &Entry, sink: &mut Sink<'_>) -> Option<Vec<String>> {
    let name = link(entry.name(), entry.origin, sink)?;
    let kind = sink.required(entry, "kind", entry.value("kind"))?;
    let Kind::Case(case, Some(payload)) = kind.kind() else { return None };
    let fields = record_of(payload)?;
    let mut lines = Vec::new();
    if case == "vlan" {
        let parent = sink.required(entry, "kind.parent", fields.text("parent"))?;
        let parent = link(parent, fields.origin_of("parent", entry.origin), sink)?;
        let id = sink.required(entry, "kind.id", fields.int("id"))?;
        lines.push(format!("link add link {parent} name {name} type vlan id {id}"));
    } else {
        lines.push(format!("link add name {name} type bridge stp_state {}", i32::from(fields.flag("stp"))));
    }
    if let Some(master) = entry.text("master") {
        let master = link(master, entry.origin_of("master", entry.origin), sink)?;
        lines.push(format!("link set {name} master {master}"));
    }
    lines.push(format!("link set {name} up"));
    Some(lines)
}

/// The unit that makes the links, and lets packets of guests pass where a firewall of the host's containers would not.
fn unit(links: &[&Entry], origin: Origin) -> Vec<(String, Origin)> {
    let mut unit: Vec<(String, Origin)> = [
        "[Unit]",
        "Description=Links that virtual machines stand in",
        "After=network.target",
        "Before=libvirtd.service virtqemud.service",
        "",
        "[Service]",
        "Type=oneshot",
        "RemainAfterExit=yes",
    ]
    .map(|line| (line.to_owned(), origin))
    .into();
    unit.push((format!("ExecStart=-ip -force -batch {BATCH}"), origin));
    for entry in links {
        unit.push((format!("ExecStart=ip link show dev {}", entry.name()), entry.origin));
    }
    for entry in links.iter().filter(|entry| entry.flag("forward")) {
        let at = entry.origin_of("forward", entry.origin);
        for way in ["-i", "-o"] {
            let rule = format!("FORWARD {way} {} -j ACCEPT", entry.name());
            unit.push((format!("ExecStart=sh -c 'iptables -C {rule} 2>/dev/null || iptables -I {rule}'"), at));
        }
    }
    unit.extend(["", "[Install]", "WantedBy=multi-user.target"].map(|line| (line.to_owned(), origin)));
    unit
}
