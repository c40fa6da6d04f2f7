//! OpenTofu: `clusters/CLUSTER/tofu/ENV/` and `site/tofu/ENV/`.
//!
//! - `main.tf.json` is the wiring: versions, the state, providers, calls of modules, variables.
//! - `terraform.tfvars` holds the arguments of calls that are plain values, a variable for each call. An argument with a secret
//!   or an output of another environment in it stands in the call, with references in their places.
//! - A secret is a sensitive variable. `secrets.json` says which value each has, and what the state asks for.
//! - An output of another environment is read from that environment's state, so that `tofu` alone can apply a directory. For
//!   that each environment hands out all outputs of its calls, one output for each call.
//! - Modules are copied to `tofu/modules/`, those that something calls.

mod environment;
mod expression;
mod names;
mod state;

use environment::Environment;
use kss_backend::read::Read;
use kss_backend::{Backend, Sink};
use kss_model::{Cluster, Entry, Model, Scope};
use kss_span::Origin;
use std::collections::BTreeSet;

/// The backend of `output tofu`.
#[derive(Default)]
pub struct Tofu<'a> {
    /// Files of modules, with their paths below `tofu/modules/`: `vault-cluster/main.tf`. Without any, whoever applies the tree
    /// brings them, and no call is checked against them.
    pub modules: &'a [(&'a str, &'a str)],
}

impl Backend for Tofu<'_> {
    fn name(&self) -> &'static str {
        "tofu"
    }

    fn site(&self, model: &Model, sink: &mut Sink<'_>) {
        let called: BTreeSet<String> = model.scopes().flat_map(environments).flat_map(modules_of).collect();
        for (path, text) in self.modules {
            if path.split('/').next().is_some_and(|module| called.contains(module)) {
                sink.write(format!("tofu/modules/{path}"), (*text).to_owned(), Origin::NOWHERE);
            }
        }
        self.scope(model, &model.site, sink);
    }

    fn cluster(&self, model: &Model, cluster: &Cluster, sink: &mut Sink<'_>) {
        self.scope(model, &cluster.scope, sink);
    }
}

impl Tofu<'_> {
    fn scope(&self, model: &Model, scope: &Scope, sink: &mut Sink<'_>) {
        for entry in environments(scope) {
            if let Some(environment) = Environment::new(entry, model, self, sink) {
                environment.emit(sink);
            }
        }
    }

    /// Is there a module of this name, as far as modules are known?
    fn has_module(&self, name: &str) -> bool {
        self.modules.is_empty() || self.modules.iter().any(|(path, _)| path.split('/').next() == Some(name))
    }

    /// The names of all modules.
    fn module_names(&self) -> BTreeSet<&str> {
        self.modules.iter().filter_map(|(path, _)| path.split('/').next()).collect()
    }
}

fn environments(scope: &Scope) -> impl Iterator<Item = &Entry> {
    scope.entries("tofu").iter().filter(|entry| Sink::is_whole(entry))
}

/// The modules that an environment calls.
fn modules_of(entry: &Entry) -> Vec<String> {
    let calls = entry.record("call").into_iter().flat_map(|calls| calls.iter());
    calls.map(|(name, call)| module_of(*name, call)).collect()
}

/// The module of a call: what it says, else its own name.
fn module_of(name: kss_span::Symbol, call: &kss_value::Value) -> String {
    let module = kss_backend::read::record_of(call).and_then(|call| call.text("module"));
    module.map_or_else(|| name.to_string(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests;
