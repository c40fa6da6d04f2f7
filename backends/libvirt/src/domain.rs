//! Virtual machines and their disks.

use crate::{Host, text, uuid};
use kss_backend::read::{Read, record_of};
use kss_backend::{Sink, layout};
use kss_diag::code;
use kss_emit::xml::{self, Element};
use kss_model::Entry;
use kss_span::{Origin, Symbol};
use kss_value::scalar::spelling;
use kss_value::{Kind, Record, Value};

/// A disk of a machine, in the order in which the guest sees them.
struct Disk<'a> {
    name: Symbol,
    fields: &'a Record,
    origin: Origin,
}

/// Writes the definition of a machine and those of its disks.
pub(crate) fn write(host: &Host<'_>, entry: &Entry, sink: &mut Sink<'_>) {
    let disks = disks(entry);
    for disk in &disks {
        if let Some(volume) = volume(entry, disk, sink) {
            let path = layout::volume_path(host.scope.key.name, entry.name(), disk.name);
            sink.emitted(path, xml::emit(&volume), disk.origin);
        }
    }
    if let Some(domain) = domain(host, entry, &disks, sink) {
        host.define("domains", entry, &domain, sink);
    }
}

/// Those with an image first, since the guest boots from the first one.
fn disks(entry: &Entry) -> Vec<Disk<'_>> {
    let disks = entry.record("disk").into_iter().flat_map(Record::iter);
    let mut disks: Vec<_> = disks
        .filter_map(|(name, disk)| Some(Disk { name: *name, fields: record_of(disk)?, origin: disk.origin() }))
        .collect();
    disks.sort_by_key(|disk| disk.fields.value("image").is_none());
    disks
}

fn domain(host: &Host<'_>, entry: &Entry, disks: &[Disk<'_>], sink: &mut Sink<'_>) -> Option<Element> {
    let origin = entry.origin;
    let at = |field: &str| entry.origin_of(field, origin);
    let memory = sink.required(entry, "memory", entry.value("memory"))?;
    let vcpus = sink.required(entry, "vcpus", entry.int("vcpus"))?;
    let chipset = sink.required(entry, "chipset", entry.text("chipset"))?;
    let efi = entry.case("firmware").is_some_and(|case| case == "efi");
    let arch = if entry.case("arch").is_some_and(|case| case == "arm64") { "aarch64" } else { "x86_64" };
    let machine = text("type", "hvm", at("chipset")).with("arch", arch).with("machine", &*chipset);
    let os = Element::new("os", at("firmware"));
    let os = if efi { os.with("firmware", "efi") } else { os };
    let features = Element::new("features", origin).child(Element::new("acpi", origin));
    // A machine type of x86 without an APIC has one core only.
    let features = if arch == "x86_64" { features.child(Element::new("apic", origin)) } else { features };
    let cpu = entry.case("cpu").map_or("host-passthrough", |case| case.as_str());
    let root = Element::new("domain", origin)
        .with("type", "kvm")
        .child(text("name", entry.name().as_str(), origin))
        .child(text("uuid", uuid::of(&[&host.site, "domain", &entry.name()]), origin))
        .child(host.mark(origin))
        .child(size("memory", memory, sink)?)
        .child(text("vcpu", vcpus.to_string(), at("vcpus")).with("placement", "static"))
        .child(os.child(machine))
        .child(features)
        .child(Element::new("cpu", at("cpu")).with("mode", cpu))
        .child(Element::new("clock", origin).with("offset", "utc"))
        .child(text("on_poweroff", "destroy", origin))
        .child(text("on_reboot", "restart", origin))
        .child(text("on_crash", "restart", origin));
    let mut devices = Element::new("devices", origin);
    let mut letters = Letters::default();
    for (number, disk) in disks.iter().enumerate() {
        devices = devices.child(device(entry, disk, number, &mut letters, sink)?);
    }
    if disks.iter().any(|disk| is_scsi(disk)) {
        let controller = Element::new("controller", origin).with("type", "scsi").with("index", "0");
        devices = devices.child(controller.with("model", "virtio-scsi"));
    }
    for (name, nic) in entry.record("nic").into_iter().flat_map(Record::iter) {
        devices = devices.child(interface(entry, *name, nic, sink)?);
    }
    Some(root.child(devices.children(fixtures(entry))))
}

/// What every guest has: a console, the channel of the guest agent, entropy, memory that the host may ask back.
fn fixtures(entry: &Entry) -> Vec<Element> {
    let new = |name: &str| Element::new(name, entry.origin);
    let agent = new("target").with("type", "virtio").with("name", "org.qemu.guest_agent.0");
    let random = text("backend", "/dev/urandom", entry.origin).with("model", "random");
    let mut fixtures = vec![
        new("serial").with("type", "pty"),
        new("console").with("type", "pty").child(new("target").with("type", "serial").with("port", "0")),
        new("channel").with("type", "unix").child(agent),
        new("rng").with("model", "virtio").child(random),
        new("memballoon").with("model", "virtio"),
    ];
    if entry.flag("vsock") {
        let origin = entry.origin_of("vsock", entry.origin);
        let cid = Element::new("cid", origin).with("auto", "yes");
        fixtures.push(Element::new("vsock", origin).with("model", "virtio").child(cid));
    }
    fixtures
}

fn is_scsi(disk: &Disk<'_>) -> bool {
    disk.fields.case("bus").is_some_and(|bus| bus == "scsi")
}

/// Names of disks in the guest, as each bus counts them.
#[derive(Default)]
struct Letters {
    virtio: u8,
    scsi: u8,
}

impl Letters {
    /// `vda`, `sdb`; none behind `z`.
    fn next(&mut self, scsi: bool) -> Option<String> {
        let (prefix, count) = if scsi { ("sd", &mut self.scsi) } else { ("vd", &mut self.virtio) };
        let letter = (*count < 26).then(|| char::from(b'a' + *count))?;
        *count += 1;
        Some(format!("{prefix}{letter}"))
    }
}

fn device(
    entry: &Entry,
    disk: &Disk<'_>,
    number: usize,
    letters: &mut Letters,
    sink: &mut Sink<'_>,
) -> Option<Element> {
    let origin = disk.origin;
    let at = |field: &str| disk.fields.origin_of(field, origin);
    let field = format!("disk.{}.pool", disk.name);
    let pool = sink.required(entry, &field, disk.fields.text("pool"))?;
    let Some(target) = letters.next(is_scsi(disk)) else {
        let message = format!("domain `{}` has more than 26 disks on one bus", entry.name());
        sink.report(code::TOO_LARGE.at(origin, message).label("no name is left for it"));
        return None;
    };
    let cache = match disk.fields.case("cache") {
        Some(case) if case != "uncached" => case.as_str(),
        _ => "none",
    };
    let driver = Element::new("driver", at("cache")).with("name", "qemu").with("type", "qcow2").with("cache", cache);
    let file = format!("{}/{}", pool.trim_end_matches('/'), layout::volume_name(entry.name(), disk.name));
    let bus = if is_scsi(disk) { "scsi" } else { "virtio" };
    let device = Element::new("disk", origin)
        .with("type", "file")
        .with("device", "disk")
        .child(driver.with("discard", "unmap"))
        .child(Element::new("source", at("pool")).with("file", file))
        .child(Element::new("target", at("bus")).with("dev", target).with("bus", bus));
    Some(if number == 0 { device.child(Element::new("boot", origin).with("order", "1")) } else { device })
}

fn interface(entry: &Entry, name: Symbol, nic: &Value, sink: &mut Sink<'_>) -> Option<Element> {
    let fields = record_of(nic)?;
    let at = |field: &str| fields.origin_of(field, nic.origin());
    let network = sink.required(entry, &format!("nic.{name}.network"), fields.text("network"))?;
    let mac = sink.required(entry, &format!("nic.{name}.mac"), fields.value("mac").and_then(spelling))?;
    Some(
        Element::new("interface", nic.origin())
            .with("type", "network")
            .child(Element::new("mac", at("mac")).with("address", mac))
            .child(Element::new("source", at("network")).with("network", &*network))
            .child(Element::new("model", nic.origin()).with("type", "virtio")),
    )
}

/// The definition of a disk's file.
fn volume(entry: &Entry, disk: &Disk<'_>, sink: &mut Sink<'_>) -> Option<Element> {
    let capacity = sink.required(entry, &format!("disk.{}.size", disk.name), disk.fields.value("size"))?;
    let format = Element::new("format", disk.origin).with("type", "qcow2");
    Some(
        Element::new("volume", disk.origin)
            .child(text("name", layout::volume_name(entry.name(), disk.name), disk.origin))
            .child(size("capacity", capacity, sink)?)
            .child(Element::new("target", disk.origin).child(format)),
    )
}

/// A size in KiB, the unit that libvirt itself writes; in bytes if it is no whole number of those.
fn size(name: &str, value: &Value, sink: &mut Sink<'_>) -> Option<Element> {
    let Kind::Size(bytes) = value.kind() else {
        let message = format!("`{name}` of a virtual machine is a size");
        sink.report(code::WRONG_KEY_TYPE.at(value.origin(), message).label("no size"));
        return None;
    };
    let (number, unit) = if bytes % 1024 == 0 { (bytes / 1024, "KiB") } else { (bytes, "bytes") };
    Some(text(name, number.to_string(), value.origin()).with("unit", unit))
}
