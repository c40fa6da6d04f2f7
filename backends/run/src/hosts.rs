//! Steps of machines that host others: links, networks, pools, disks, virtual machines.

use crate::graph::{Graph, Step};
use crate::ids;
use kss_backend::read::{Read, record_of};
use kss_backend::{Sink, layout};
use kss_emit::Node;
use kss_model::{Entry, Scope};
use kss_span::{Origin, Symbol};
use kss_value::Record;

/// Adds the steps of a host.
pub(crate) fn add(host: &Scope, graph: &mut Graph) {
    let of = Host { scope: host, id: ids::scope(&host.key), directory: layout::host_dir(host.key.name) };
    let whole = |kind: &'static str| host.entries(kind).iter().filter(|entry| Sink::is_whole(entry));
    if let Some(first) = whole("host-link").next() {
        let step = of.step("links", vec![], "idempotent", first.origin).file(of.path("links"));
        graph.add(of.links(), step.file(of.path("kssc-links.service")));
    }
    for entry in whole("virtual-network") {
        let step = of.step("network", vec![of.name(entry), of.autostart(entry, true)], "idempotent", entry.origin);
        let step = step.file(of.path(&format!("networks/{}.xml", layout::segment(&entry.name()))));
        graph.add(of.network(&entry.name()), step.needs([of.links()]));
    }
    for entry in whole("volume-pool") {
        let autostart = of.autostart(entry, entry.flag("autostart"));
        let step = of.step("pool", vec![of.name(entry), autostart], "idempotent", entry.origin);
        graph.add(of.pool(&entry.name()), step.file(of.path(&format!("pools/{}.xml", layout::segment(&entry.name())))));
    }
    for entry in whole("domain") {
        of.domain(entry, graph);
    }
}

struct Host<'a> {
    scope: &'a Scope,
    id: String,
    directory: String,
}

impl Host<'_> {
    fn step(&self, verb: &str, fields: Vec<(&'static str, Node)>, class: &str, origin: Origin) -> Step {
        let host = ("host", Node::text(self.id.as_str(), origin));
        Step::new(verb, std::iter::once(host).chain(fields).collect(), class, origin)
    }

    fn path(&self, file: &str) -> String {
        format!("{}/{file}", self.directory)
    }

    fn links(&self) -> String {
        format!("{}/links", self.id)
    }

    fn network(&self, name: &str) -> String {
        format!("{}/network/{}", self.id, layout::segment(name))
    }

    fn pool(&self, name: &str) -> String {
        format!("{}/pool/{}", self.id, layout::segment(name))
    }

    fn name(&self, entry: &Entry) -> (&'static str, Node) {
        ("name", Node::text(entry.name().as_str(), entry.origin))
    }

    fn autostart(&self, entry: &Entry, on: bool) -> (&'static str, Node) {
        ("autostart", Node::new(on, entry.origin_of("autostart", entry.origin)))
    }

    fn domain(&self, entry: &Entry, graph: &mut Graph) {
        let id = format!("{}/domain/{}", self.id, layout::segment(&entry.name()));
        let mut ground = Vec::new();
        for (name, disk) in entry.record("disk").into_iter().flat_map(Record::iter) {
            let disk_id = format!("{id}/disk/{}", layout::segment(name));
            if let Some(step) = record_of(disk).and_then(|disk| self.disk(entry, *name, disk)) {
                graph.add(disk_id.clone(), step);
                ground.push(disk_id);
            }
        }
        for (_, nic) in entry.record("nic").into_iter().flat_map(Record::iter) {
            let network = record_of(nic).and_then(|nic| nic.text("network"));
            ground.extend(network.map(|network| self.network(&network)));
        }
        let file = self.path(&format!("domains/{}.xml", layout::segment(&entry.name())));
        let autostart = self.autostart(entry, entry.flag("autostart"));
        let define = self.step("define", vec![self.name(entry), autostart], "idempotent", entry.origin);
        graph.add(format!("{id}/define"), define.file(file).needs(ground));
        let start = self.step("start", vec![self.name(entry)], "idempotent", entry.origin);
        graph.add(format!("{id}/start"), start.needs([format!("{id}/define")]));
    }

    fn disk(&self, entry: &Entry, name: Symbol, disk: &Record) -> Option<Step> {
        let path = disk.text("pool")?;
        let pools = self.scope.entries("volume-pool").iter();
        let pool = pools.filter(|pool| pool.text("path").is_some_and(|own| own == path)).map(Entry::name).next();
        let text = |text: &str| Node::text(text, entry.origin);
        let mut fields = vec![("name", text(&layout::volume_name(entry.name(), name)))];
        fields.push(pool.map_or(("directory", text(&path)), |pool| ("pool", text(&pool))));
        fields.extend(disk.text("image").map(|image| ("image", text(&image))));
        let step = self.step("volume", fields, "guarded", entry.origin).timeout("30m");
        let step = step.file(layout::volume_path(self.scope.key.name, entry.name(), name));
        Some(step.needs(pool.map(|pool| self.pool(&pool))))
    }
}
