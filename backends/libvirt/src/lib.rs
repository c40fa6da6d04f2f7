//! What a host of virtual machines needs, in the forms that libvirt and `ip` read: below `site/libvirt/HOST/`
//!
//! - `domains/NAME.xml`, `networks/NAME.xml`, `pools/NAME.xml`, `volumes/DOMAIN-DISK.xml`: definitions of libvirt,
//! - `links`: links of the host that guests stand in, a batch of `ip`, and `kssc-links.service`, which makes them at each boot.
//!
//! A domain, a network and a pool have a UUID that follows from their names, so that defining one twice changes it and never
//! makes a second one; and a mark of the site that they belong to, by which others leave them alone.

mod domain;
mod links;
mod network;
mod uuid;

use kss_backend::{Backend, Sink, layout};
use kss_emit::xml::{self, Element};
use kss_model::{Entry, Model, Scope};
use kss_span::{Origin, Symbol};

/// The backend of `output domain`, `output virtual-network`, `output volume-pool` and `output host-link`.
pub struct Libvirt;

/// The namespace of the mark that domains and networks carry.
const MARK: &str = "https://kssc-lang.org/xmlns/owner/1";

/// A machine that hosts others.
pub(crate) struct Host<'a> {
    /// Its scope.
    pub(crate) scope: &'a Scope,
    /// Name of the site.
    pub(crate) site: Symbol,
}

impl Backend for Libvirt {
    fn name(&self) -> &'static str {
        "libvirt"
    }

    fn site(&self, model: &Model, sink: &mut Sink<'_>) {
        for scope in &model.machines {
            let host = Host { scope, site: model.site.key.name };
            for entry in host.whole("domain") {
                domain::write(&host, entry, sink);
            }
            for entry in host.whole("virtual-network") {
                if let Some(network) = network::network(&host, entry, sink) {
                    host.define("networks", entry, &network, sink);
                }
            }
            for entry in host.whole("volume-pool") {
                if let Some(pool) = network::pool(&host, entry, sink) {
                    host.define("pools", entry, &pool, sink);
                }
            }
            links::write(&host, sink);
        }
    }
}

impl<'a> Host<'a> {
    /// Entries of a kind about which everything is known.
    pub(crate) fn whole(&self, kind: &str) -> impl Iterator<Item = &'a Entry> {
        self.scope.entries(kind).iter().filter(|entry| Sink::is_whole(entry))
    }

    /// Writes a definition.
    pub(crate) fn define(&self, folder: &str, entry: &Entry, definition: &Element, sink: &mut Sink<'_>) {
        let path = format!("{}/{folder}/{}.xml", layout::host_dir(self.scope.key.name), layout::segment(&entry.name()));
        sink.emitted(path, xml::emit(definition), entry.origin);
    }

    /// Who a definition belongs to.
    pub(crate) fn mark(&self, origin: Origin) -> Element {
        let owner = Element::new("kssc:owner", origin).with("xmlns:kssc", MARK).with("site", self.site.as_str());
        Element::new("metadata", origin).child(owner)
    }

    /// The UUID of something of this host.
    pub(crate) fn uuid(&self, kind: &str, name: Symbol) -> String {
        uuid::of(&[&self.site, &self.scope.key.name, kind, &name])
    }
}

/// An element with a text.
pub(crate) fn text(name: &str, text: impl Into<String>, origin: Origin) -> Element {
    Element::new(name, origin).text(text)
}

#[cfg(test)]
mod tests;
