//! Texts that nobody else writes, below the directory of their scope.
//!
//! A text with a secret in it stays a template, `PATH.kssc-template`, until it is delivered.

use kss_backend::read::Read;
use kss_backend::template::{ENDING, Template};
use kss_backend::{Backend, Sink, layout};
use kss_diag::code;
use kss_emit::{Node, json, text};
use kss_model::{Cluster, Entry, Model, Scope};

/// The backend of `output file`.
pub struct Files;

impl Backend for Files {
    fn name(&self) -> &'static str {
        "files"
    }

    fn site(&self, model: &Model, sink: &mut Sink<'_>) {
        std::iter::once(&model.site).chain(&model.machines).for_each(|scope| scope_files(scope, sink));
    }

    fn cluster(&self, _model: &Model, cluster: &Cluster, sink: &mut Sink<'_>) {
        std::iter::once(&cluster.scope).chain(&cluster.nodes).for_each(|scope| scope_files(scope, sink));
    }
}

fn scope_files(scope: &Scope, sink: &mut Sink<'_>) {
    for entry in scope.entries("file").iter().filter(|entry| Sink::is_whole(entry)) {
        write(entry, sink);
    }
}

/// `None` if something was reported.
fn write(entry: &Entry, sink: &mut Sink<'_>) -> Option<()> {
    let path = match layout::below(&layout::scope_dir(&entry.key.scope), &entry.name()) {
        Ok(path) => path,
        Err(why) => {
            let message = format!("file `{}` leaves the directory of {}: {why}", entry.name(), entry.key.scope);
            sink.report(code::BAD_PATH.at(entry.origin, message).label("declared here"));
            return None;
        }
    };
    let body = sink.required(entry, "body", entry.value("body"))?;
    let template = sink.required(entry, "body", Template::of_text(body))?;
    let executable = entry.flag("executable");
    if !template.is_plain() {
        let document = template.document(delivery(entry, executable), entry.origin);
        sink.emitted(format!("{path}{ENDING}"), json::emit(&document), entry.origin);
        return Some(());
    }
    let (lines, ended) = template.lines();
    let emitted = text::emit(&lines, ended);
    if executable {
        sink.write_executable(path, emitted, entry.origin);
    } else {
        sink.write(path, emitted, entry.origin);
    }
    Some(())
}

/// Where a template goes once it is complete.
fn delivery(entry: &Entry, executable: bool) -> Vec<(&'static str, Node)> {
    let mut fields = Vec::new();
    if let Some(deliver) = entry.record("deliver") {
        let origin = entry.origin_of("deliver", entry.origin);
        fields.extend(deliver.entry("machine").map(|key| ("machine", Node::text(key.name.as_str(), origin))));
        fields.extend(deliver.text("path").map(|path| ("path", Node::text(&*path, origin))));
    }
    if executable {
        fields.push(("executable", Node::new(true, entry.origin_of("executable", entry.origin))));
    }
    fields
}
