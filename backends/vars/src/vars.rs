//! Facts of a cluster: `clusters/CLUSTER/vars.{mk,env,json}`.

use kss_backend::{Backend, Sink, layout};
use kss_emit::{env, json, make};
use kss_model::{Cluster, Model};
use kss_value::Value;

/// The backend of `output vars`.
pub struct Vars;

impl Backend for Vars {
    fn name(&self) -> &'static str {
        "vars"
    }

    fn cluster(&self, _model: &Model, cluster: &Cluster, sink: &mut Sink<'_>) {
        let scope = &cluster.scope;
        let Some(entry) = scope.entries("vars").iter().find(|entry| Sink::is_whole(entry)) else { return };
        let of = format!("vars of {}", scope.key);
        let Some(facts) = sink.data(&Value::record(entry.fields.clone(), entry.origin), &(), &of) else { return };
        let directory = layout::scope_dir(&scope.key);
        sink.emitted(format!("{directory}/vars.mk"), make::emit(&facts), entry.origin);
        sink.emitted(format!("{directory}/vars.env"), env::emit(&facts), entry.origin);
        sink.emitted(format!("{directory}/vars.json"), json::emit(&facts), entry.origin);
    }
}
