//! Steps that the description declares, environments of OpenTofu, and services that have to live.

use crate::data;
use crate::graph::{Graph, Step};
use crate::ids;
use crate::index::{Index, is_of_machine};
use crate::machines::deliver_id;
use kss_backend::layout::{scope_dir, segment};
use kss_backend::read::{Read, case_name};
use kss_backend::{Sink, is_filled};
use kss_emit::Node;
use kss_model::{Entry, Scope};
use kss_span::Symbol;
use kss_value::{Kind, Record, Value};
use std::collections::BTreeSet;

/// Adds what one scope declares.
pub(crate) fn add(scope: &Scope, index: &Index<'_>, graph: &mut Graph) {
    let whole = |kind: &'static str| scope.entries(kind).iter().filter(|entry| Sink::is_whole(entry));
    for entry in whole("tofu") {
        environment(entry, index, graph);
    }
    for entry in whole("service") {
        service(scope, entry, graph);
    }
    for entry in whole("step") {
        graph.add(ids::entry(&entry.key), step(scope, entry, index));
    }
}

fn environment(entry: &Entry, index: &Index<'_>, graph: &mut Graph) {
    let id = ids::entry(&entry.key);
    let mut needs = BTreeSet::new();
    for (name, value) in entry.fields.iter() {
        match name.as_str() {
            "after" => index.of_value(value, true, &mut needs),
            "provider" | "call" => index.of_value(value, false, &mut needs),
            _ => {}
        }
    }
    let calls = entry.record("call").into_iter().flat_map(Record::iter);
    let modules: BTreeSet<String> = calls
        .map(|(name, call)| match call.get(Symbol::new("module")).and_then(Value::as_text) {
            Some(module) => module.into_owned(),
            None => name.to_string(),
        })
        .collect();
    let directory = format!("{}/tofu/{}", scope_dir(&entry.key.scope), segment(&entry.name()));
    let of = |verb: &str, class: &str| {
        let fields = vec![("env", Node::text(id.as_str(), entry.origin))];
        Step::new(verb, fields, class, entry.origin).file(directory.clone()).timeout("30m")
    };
    let mut plan = of("plan", "pure").needs(needs);
    plan.files.extend(modules.iter().map(|module| format!("tofu/modules/{module}")));
    graph.add(format!("{id}/plan"), plan);
    graph.add(format!("{id}/apply"), of("apply", "guarded").needs([format!("{id}/plan")]));
}

/// A service lives once its machine does, and has what its module waits for.
fn service(scope: &Scope, entry: &Entry, graph: &mut Graph) {
    let id = ids::entry(&entry.key);
    let mut needs = BTreeSet::new();
    if is_of_machine(&entry.key) {
        let machine = ids::scope(&scope.key);
        needs.insert(format!("{machine}/{}", if kss_nixos::is_configured(scope) { "prove" } else { "reach" }));
        let own = scope.entries("credential").iter().filter(|made| made.owner.module == entry.owner.module);
        for credential in own.filter(|made| made.case("source").is_some_and(|case| case == "made")) {
            let place = credential.text("path").zip(credential.text("key"));
            let delivered = place.map(|(path, key)| deliver_id(&machine, &format!("{path}/{key}")));
            needs.extend(delivered.filter(|id| graph.has(id)));
        }
    }
    let mut fields = vec![("service", Node::text(id.as_str(), entry.origin))];
    if is_filled(entry.value("units")) {
        fields.extend(entry.value("units").map(|units| ("units", data::node(units))));
    }
    let mut step = Step::new("healthy", fields, "pure", entry.origin).needs(needs).timeout("30m");
    step.done = entry.value("health").map(|health| Node::list([data::node(health)], health.origin()));
    graph.add(format!("{id}/healthy"), step);
}

fn step(scope: &Scope, entry: &Entry, index: &Index<'_>) -> Step {
    let origin = entry.origin;
    let mut step = Step::new("nothing", Vec::new(), "idempotent", origin);
    for (name, value) in entry.fields.iter().filter(|(_, value)| !value.is_none()) {
        match name.as_str() {
            "does" => {
                step.does = data::node(value);
                index.of_value(value, true, &mut step.needs);
                if asks_the_api(value) {
                    step.needs.extend(index.api());
                }
            }
            "done" => {
                step.done = is_filled(Some(value)).then(|| data::node(value));
                index.of_value(value, false, &mut step.needs);
            }
            "after" => index.of_value(value, true, &mut step.needs),
            "on" => step.on = data::node(value),
            "class" => step.class = data::node(value),
            "timeout" => step.timeout = data::node(value),
            "confirm" => step.confirm = data::node(value),
            _ => {}
        }
    }
    step.makes = made(scope, entry);
    step
}

/// Does the action talk to the API of the cluster?
fn asks_the_api(does: &Value) -> bool {
    let Some(action) = case_name(does) else { return false };
    let kubectl = || does.get(Symbol::new("name")).and_then(case_name).is_some_and(|tool| tool == "kubectl");
    matches!(action.as_str(), "kube" | "kube-read" | "helm") || action == "tool" && kubectl()
}

/// The credentials that a step makes, with where each is in its result.
fn made(scope: &Scope, step: &Entry) -> Vec<Node> {
    let credentials = scope.entries("credential").iter().filter_map(|credential| {
        let Kind::Case(case, Some(payload)) = credential.value("source")?.kind() else { return None };
        let by = payload.get(Symbol::new("by")).and_then(kss_backend::read::entry_of)?;
        if case != "made" || **by != *step.key {
            return None;
        }
        let text = |text: &str| Node::text(text, credential.origin);
        let mut fields = vec![("scope", text(&scope_dir(&credential.key.scope)))];
        fields.extend(["path", "key"].into_iter().filter_map(|name| Some((name, text(&credential.text(name)?)))));
        let at = payload.get(Symbol::new("at")).and_then(Value::as_text).filter(|at| !at.is_empty());
        fields.extend(at.map(|at| ("at", text(&at))));
        Some(Node::map(fields, credential.origin))
    });
    credentials.collect()
}
