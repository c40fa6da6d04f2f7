//! Steps of one machine: from the first connection to a system that has proved itself.

use crate::graph::{Graph, Step};
use crate::ids;
use crate::index::Index;
use kss_backend::layout::{scope_dir, segment};
use kss_backend::read::Read;
use kss_emit::Node;
use kss_model::{Cluster, Scope};
use kss_span::Origin;
use kss_value::ScopeKind;
use kss_value::scalar::spelling;
use std::collections::BTreeSet;

/// Adds the steps of a machine; `cluster` is that of a node.
pub(crate) fn add(machine: &Scope, cluster: Option<&Cluster>, index: &Index<'_>, graph: &mut Graph) {
    let id = ids::scope(&machine.key);
    let hostname = machine.fields.text("hostname").unwrap_or(machine.key.name.as_str().into()).into_owned();
    let origin = ["nixos", "etc"].iter().find_map(|kind| machine.entries(kind).first()).map(|entry| entry.origin);
    let origin = origin.unwrap_or_else(|| machine.fields.origin_of("ip", Origin::NOWHERE));
    let text = |text: &str| Node::text(text, origin);
    let of = |verb: &str, class: &str| {
        let fields = vec![("machine", text(&id)), ("configuration", text(&hostname))];
        Step::new(verb, fields, class, origin)
    };

    let mut reach = vec![("machine", text(&id)), ("host", text(&hostname))];
    let ip = machine.fields.value("ip").filter(|ip| matches!(ip.kind(), kss_value::Kind::Ip(_)));
    reach.extend(ip.and_then(|ip| Some(("ip", Node::text(spelling(ip)?, ip.origin())))));
    let hosts =
        machine.fields.entry("on").map(|host| format!("{}/domain/{}/start", ids::entry(host), segment(&hostname)));
    graph.add(format!("{id}/reach"), Step::new("reach", reach, "pure", origin).needs(hosts));
    if !kss_nixos::is_configured(machine) {
        return;
    }

    let directory = format!("{}/nixos", scope_dir(&machine.key));
    let name = segment(&machine.key.name);
    let build = of("build", "pure").timeout("1h").file("flake.nix".to_owned());
    graph.add(format!("{id}/build"), build.file(format!("{directory}/{name}.nix")));
    let copy = of("copy", "idempotent").timeout("30m");
    graph.add(format!("{id}/copy"), copy.needs([format!("{id}/build"), format!("{id}/reach")]));
    let mut before = BTreeSet::from([format!("{id}/copy")]);
    let wanted = index.values.wanted(machine);
    if wanted.iter().any(|value| !value.later) {
        let deliver = Step::new("deliver", vec![("machine", text(&id))], "idempotent", origin);
        let deliver = deliver.file(format!("{directory}/secrets/{name}.json"));
        graph.add(format!("{id}/deliver"), deliver.needs([format!("{id}/reach")]));
        before.insert(format!("{id}/deliver"));
    }
    before.extend(cluster.into_iter().flat_map(|cluster| earlier(machine, cluster)));
    graph.add(format!("{id}/activate"), of("activate", "guarded").needs(before));
    graph.add(format!("{id}/prove"), of("prove", "pure").needs([format!("{id}/activate")]));
    for value in wanted.iter().filter(|value| value.later) {
        let mut before = BTreeSet::from([format!("{id}/prove")]);
        index.of_part(&value.part, &mut before);
        let fields = vec![("machine", text(&id)), ("name", text(&value.name)), ("value", value.part.node(origin))];
        let step = Step::new("deliver", fields, "idempotent", origin);
        graph.add(deliver_id(&id, &value.name), step.needs(before));
    }
}

/// The step that brings a value to a machine that runs already.
pub(crate) fn deliver_id(machine: &str, name: &str) -> String {
    format!("{machine}/deliver/{name}")
}

/// Nodes of the cluster that are up before this one changes: of servers one after the other, so that etcd keeps its majority;
/// agents come behind all servers.
fn earlier(node: &Scope, cluster: &Cluster) -> Vec<String> {
    let is_server = |node: &Scope| node.fields.case("role").is_some_and(|role| role == "server");
    let proved = |node: &Scope| format!("{}/prove", ids::scope(&node.key));
    let mut servers: Vec<&Scope> = cluster.nodes.iter().filter(|node| is_server(node)).collect();
    let first = cluster.scope.fields.entry("first-server").map(|key| key.name);
    servers.sort_by_key(|server| Some(server.key.name) != first);
    debug_assert_eq!(node.key.kind, ScopeKind::Node);
    match servers.iter().position(|server| server.key == node.key) {
        Some(0) => Vec::new(),
        Some(at) => vec![proved(servers[at - 1])],
        None => servers.into_iter().map(proved).collect(),
    }
}
