//! Files below /etc.

use crate::secrets::{Needs, nest};
use kss_backend::read::{Read, case_name};
use kss_backend::template::{Format, Template};
use kss_backend::{Sink, layout};
use kss_diag::code;
use kss_emit::{Data, Node};
use kss_model::Entry;
use kss_value::Value;

/// The options that make a file.
pub(crate) fn options(file: &Entry, needs: &mut Needs<'_>, sink: &mut Sink<'_>) -> Option<Node> {
    if let Err(why) = layout::below("etc", &file.name()) {
        let message = format!("`{}` is no path below /etc: {why}", file.name());
        sink.report(code::BAD_PATH.at(file.origin, message).label("declared here"));
        return None;
    }
    let body = sink.required(file, "body", file.value("body"))?;
    let template = text_of(file, body, sink)?;
    for (part, origin) in template.parts() {
        if let kss_backend::template::Part::Text(text) = part {
            needs.scan_text(text, *origin);
        }
    }
    Some(if template.is_plain() { plain(file, &template) } else { secret(file, &template, needs) })
}

fn text_of(file: &Entry, body: &Value, sink: &mut Sink<'_>) -> Option<Template> {
    let of = format!("etc `{}`", file.name());
    let case = sink.required(file, "body", case_name(body))?;
    let field = if case == "text" { "text" } else { "data" };
    let value = sink.required(file, "body", body.get(kss_span::Symbol::new(field)))?;
    match case.as_str() {
        "yaml" => Template::of_document(value, Format::Yaml, &of, sink),
        "json" => Template::of_document(value, Format::Json, &of, sink),
        "toml" => Template::of_document(value, Format::Toml, &of, sink),
        "env" => Template::of_document(value, Format::Env, &of, sink),
        _ => sink.required(file, "body", Template::of_text(value)),
    }
}

fn plain(file: &Entry, template: &Template) -> Node {
    let origin = file.origin;
    let name = file.name();
    let body = file.origin_of("body", origin);
    let mut fields = vec![("text", Node { data: template.data(), origin: body })];
    fields.extend(text_field(file, "mode").map(|mode| ("mode", mode)));
    // The owner of files in the store; said again it would only be noise.
    if file.text("owner-user").is_some_and(|user| user != "root") {
        fields.extend(text_field(file, "owner-user").map(|user| ("user", user)));
    }
    let mut options = nest(&["environment", "etc", &name], Node::map(fields, origin));
    let units = units(file);
    if let (Data::Map(all), false) = (&mut options.data, units.is_empty()) {
        let source = Node::code(format!("config.environment.etc.{}.source", quoted(&name)), origin);
        let services = units.iter().map(|unit| {
            let service = unit.strip_suffix(".service").unwrap_or(unit);
            (service, nest(&["restartTriggers"], Node::list([source.clone()], origin)))
        });
        all.extend(match nest(&["systemd", "services"], Node::map(services, origin)).data {
            Data::Map(services) => services,
            _ => Vec::new(),
        });
    }
    options
}

fn secret(file: &Entry, template: &Template, needs: &mut Needs<'_>) -> Node {
    let origin = file.origin;
    let units = units(file);
    let mut fields = vec![("parts", needs.pieces(&file.name(), template, &units))];
    for (field, option) in [("mode", "mode"), ("owner-user", "owner"), ("path", "path")] {
        fields.extend(text_field(file, field).map(|value| (option, value)));
    }
    if !units.is_empty() {
        let origin = file.origin_of("reload", origin);
        fields.push(("units", Node::list(units.into_iter().map(|unit| Node::text(unit, origin)), origin)));
    }
    nest(&["kss", "secrets", "templates", &file.name()], Node::map(fields, origin))
}

fn text_field(file: &Entry, name: &str) -> Option<Node> {
    let value = file.value(name)?;
    Some(Node::text(&*value.as_text()?, value.origin()))
}

/// The services that read the file.
fn units(file: &Entry) -> Vec<String> {
    let units = file.items("reload").iter().filter_map(Value::as_text);
    units.map(|unit| if unit.contains('.') { unit.into_owned() } else { format!("{unit}.service") }).collect()
}

/// A name as a Nix text.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "\\${"))
}
