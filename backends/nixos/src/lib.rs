//! NixOS configurations: `clusters/CLUSTER/nixos/{cluster,NODE}.nix`, `site/nixos/MACHINE.nix`, and the library that they import.
//!
//! An emitted file is data: it imports the library and, for a node, what all nodes of its cluster share, and gives options
//! their values. Of files below /etc those without secrets are part of it. Those with secrets are completed on the machine,
//! from `nixos/secrets/MACHINE.yaml`, which is encrypted and delivered beside the system; `nixos/secrets/MACHINE.json` lists
//! what has to be in it.

mod etc;
mod merge;
mod packages;
mod places;
mod secrets;

use kss_backend::template::Part;
use kss_backend::{Backend, OutputTree, Sink, layout};
use kss_emit::{Data, Node, json, nix};
use kss_model::{Cluster, Entry, Model, Scope};
use kss_span::{Origin, Symbol};
use kss_value::Value;
use places::Places;
use secrets::Needs;

/// The backend of `output nixos`, `output nixos-cluster` and `output etc`.
pub struct Nixos<'a> {
    /// Files of the library, with their paths in the tree: `nix/modules/default.nix`, `flake.nix`, `flake.lock`.
    pub library: &'a [(&'a str, &'a str)],
    /// Does a text at this path of options name a package, by itself or as an element of a list? Between the elements of a list
    /// of records stands `*`.
    pub is_package: &'a (dyn Fn(&[Symbol]) -> bool + Sync),
}

impl Backend for Nixos<'_> {
    fn name(&self) -> &'static str {
        "nixos"
    }

    fn site(&self, model: &Model, sink: &mut Sink<'_>) {
        for (path, text) in self.library {
            sink.write(*path, (*text).to_owned(), Origin::NOWHERE);
        }
        let configured: Vec<_> = model.machines.iter().filter(|machine| is_configured(machine)).collect();
        if configured.is_empty() {
            return;
        }
        let places = Places::of(model.scopes());
        for machine in configured {
            self.machine(machine, None, &places, sink);
        }
    }

    fn cluster(&self, model: &Model, cluster: &Cluster, sink: &mut Sink<'_>) {
        let nodes: Vec<_> = cluster.nodes.iter().filter(|node| is_configured(node)).collect();
        if nodes.is_empty() {
            return;
        }
        let shared = data_of(&cluster.scope, "nixos-cluster");
        let origin = shared.map_or(Origin::NOWHERE, |entry| entry.origin);
        let config = match shared {
            Some(entry) => self.options(entry, "nixos-cluster", sink),
            None => Some(Node::map::<&str>([], Origin::NOWHERE)),
        };
        if let Some(config) = config {
            let path = format!("{}/nixos/cluster.nix", layout::scope_dir(&cluster.scope.key));
            sink.emitted(path, nix::emit_module(&arguments(&config), &config), origin);
        }
        let scopes = std::iter::once(&model.site).chain(&model.machines);
        let places = Places::of(scopes.chain(std::iter::once(&cluster.scope)).chain(&cluster.nodes));
        for node in nodes {
            self.machine(node, Some(&cluster.scope), &places, sink);
        }
    }
}

impl Nixos<'_> {
    /// One machine; a node with what its cluster shares.
    fn machine(&self, scope: &Scope, cluster: Option<&Scope>, places: &Places<'_>, sink: &mut Sink<'_>) {
        let mut needs = Needs::new(scope, places);
        let entry = data_of(scope, "nixos");
        let origin = entry.or(scope.entries("etc").first()).map_or(Origin::NOWHERE, |entry| entry.origin);
        let mut config = match entry {
            Some(entry) => match self.options(entry, &format!("nixos of {}", scope.key), sink) {
                Some(config) => config,
                None => return,
            },
            None => Node::map::<&str>([], origin),
        };
        for entry in entry.into_iter().chain(cluster.and_then(|cluster| data_of(cluster, "nixos-cluster"))) {
            entry.fields.iter().for_each(|(_, value)| needs.scan(value));
        }
        for file in scope.entries("etc").iter().filter(|file| Sink::is_whole(file)) {
            if let Some(options) = etc::options(file, &mut needs, sink) {
                merge::merge(&mut config, options, &format!("nixos of {}", scope.key), sink);
            }
        }
        if let Some(options) = needs.options(origin) {
            merge::merge(&mut config, options, &format!("nixos of {}", scope.key), sink);
        }

        let directory = format!("{}/nixos", layout::scope_dir(&scope.key));
        let name = layout::segment(&scope.key.name);
        let library = format!("{}/nix/modules", layout::to_root(&directory));
        let imports = [Some(library), cluster.map(|_| "./cluster.nix".to_owned())];
        let imports = Node::list(imports.into_iter().flatten().map(|path| Node::code(path, origin)), origin);
        let arguments = arguments(&config);
        if let Data::Map(fields) = &mut config.data {
            fields.insert(0, (Symbol::new("imports"), imports));
        }
        sink.emitted(format!("{directory}/{name}.nix"), nix::emit_module(&arguments, &config), origin);
        if let Some(list) = needs.list(origin) {
            sink.emitted(format!("{directory}/secrets/{name}.json"), json::emit(&list), origin);
        }
    }

    /// Values of options. Texts that name packages become packages.
    fn options(&self, entry: &Entry, of: &str, sink: &mut Sink<'_>) -> Option<Node> {
        let value = Value::record(entry.fields.clone(), entry.origin);
        let mut node = sink.data(&value, &(), of)?;
        packages::name(&mut node, self.is_package, sink);
        Some(node)
    }
}

/// A value that a machine finds in a file.
pub struct Wanted {
    /// Name of the file: `rke2/server-token`.
    pub name: String,
    /// The value.
    pub part: Part,
    /// Does it exist only after something ran? Then the machine starts without it.
    pub later: bool,
}

/// Where values are kept, for asking what each machine needs.
pub struct Values<'a> {
    places: Places<'a>,
    cluster: Option<&'a Cluster>,
}

impl<'a> Values<'a> {
    /// Of the machines of the site, or of the nodes of a cluster.
    pub fn new(model: &'a Model, cluster: Option<&'a Cluster>) -> Values<'a> {
        let site = std::iter::once(&model.site).chain(&model.machines);
        let own = cluster.into_iter().flat_map(|cluster| std::iter::once(&cluster.scope).chain(&cluster.nodes));
        Values { places: Places::of(site.chain(own)), cluster }
    }

    /// The values that a machine needs, in the order of their names.
    pub fn wanted(&self, machine: &Scope) -> Vec<Wanted> {
        let mut needs = Needs::new(machine, &self.places);
        let shared = self.cluster.and_then(|cluster| data_of(&cluster.scope, "nixos-cluster"));
        for entry in data_of(machine, "nixos").into_iter().chain(shared) {
            entry.fields.iter().for_each(|(_, value)| needs.scan(value));
        }
        // What is wrong with a file is said where it is written.
        let mut scratch = OutputTree::default();
        let mut sink = Sink::new("nixos", &mut scratch);
        for file in machine.entries("etc").iter().filter(|file| Sink::is_whole(file)) {
            etc::options(file, &mut needs, &mut sink);
        }
        needs.wanted()
    }
}

/// Is there a system to build for the machine? Of a foreign one nothing is emitted.
pub fn is_configured(machine: &Scope) -> bool {
    ["nixos", "etc"].iter().any(|kind| !machine.entries(kind).is_empty())
}

/// The data of a nameless kind.
fn data_of<'a>(scope: &'a Scope, kind: &str) -> Option<&'a Entry> {
    scope.entries(kind).iter().find(|entry| Sink::is_whole(entry))
}

/// The arguments that the expressions of a configuration need.
fn arguments(config: &Node) -> Vec<&'static str> {
    ["config", "pkgs"].into_iter().filter(|name| uses(config, name)).collect()
}

fn uses(node: &Node, argument: &str) -> bool {
    match &node.data {
        Data::Code(code) => code.strip_prefix(argument).is_some_and(|rest| rest.starts_with('.')),
        Data::List(items) => items.iter().any(|item| uses(item, argument)),
        Data::Map(fields) => fields.iter().any(|(_, node)| uses(node, argument)),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
