//! One environment.

use crate::expression::Expressions;
use crate::names::{Secrets, is_argument, is_identifier};
use crate::state::{State, data_name, find};
use crate::{Tofu, module_of};
use kss_backend::read::{Read, record_of};
use kss_backend::template::Part;
use kss_backend::{Sink, layout};
use kss_diag::{code, did_you_mean};
use kss_emit::{Node, hcl, json};
use kss_model::{Entry, Model};
use kss_span::{Origin, Symbol};
use kss_value::{Flags, Kind, Record, Value};

/// An environment, ready to be written.
pub(crate) struct Environment<'a> {
    entry: &'a Entry,
    directory: String,
    /// `main.tf.json`
    main: Node,
    /// `terraform.tfvars`
    values: Vec<(&'static str, Node)>,
    /// `secrets.json`
    secrets: Option<Node>,
}

/// What is collected on the way.
struct Wiring<'a, 'e> {
    entry: &'a Entry,
    expressions: Expressions<'e>,
    /// Plain arguments, by call.
    values: Vec<(&'static str, Node)>,
}

impl<'a> Environment<'a> {
    pub(crate) fn new(
        entry: &'a Entry,
        model: &Model,
        tofu: &Tofu<'_>,
        sink: &mut Sink<'_>,
    ) -> Option<Environment<'a>> {
        let state = State::of(entry, model, sink)?;
        let secrets = Secrets::of(&entry.fields);
        let mut wiring = Wiring { entry, expressions: Expressions::new(&entry.key, &secrets), values: Vec::new() };
        let directory = format!("{}/tofu/{}", layout::scope_dir(&entry.key.scope), layout::segment(&entry.name()));

        let providers = wiring.providers(sink)?;
        let modules = format!("{}/tofu/modules", layout::to_root(&directory));
        let calls = wiring.calls(&modules, tofu, sink)?;
        let sections = [
            ("terraform", Some(wiring.settings(&state, sink)?)),
            ("variable", wiring.variables(&secrets)),
            ("data", wiring.states(model, sink)?),
            ("provider", providers),
            ("module", calls),
            ("output", wiring.outputs()),
        ];
        let sections = sections.into_iter().filter_map(|(name, section)| Some((name, section?)));
        let main = Node::map(sections, entry.origin);
        let secrets = secret_values(&state, &secrets, entry.origin);
        Some(Environment { entry, directory, main, values: wiring.values, secrets })
    }

    pub(crate) fn emit(self, sink: &mut Sink<'_>) {
        let (directory, origin) = (self.directory, self.entry.origin);
        sink.emitted(format!("{directory}/main.tf.json"), hcl::emit_tf_json(&self.main), origin);
        if !self.values.is_empty() {
            let values = Node::map(self.values, origin);
            sink.emitted(format!("{directory}/terraform.tfvars"), hcl::emit_tfvars(&values), origin);
        }
        if let Some(secrets) = self.secrets {
            sink.emitted(format!("{directory}/secrets.json"), json::emit(&secrets), origin);
        }
    }
}

impl Wiring<'_, '_> {
    /// The block `terraform`.
    fn settings(&self, state: &State<'_>, sink: &mut Sink<'_>) -> Option<Node> {
        let origin = self.entry.origin;
        let mut fields = Vec::new();
        if let Some(version) = self.entry.value("version") {
            fields.push(("required_version", sink.data(version, &(), "`version`")?));
        }
        let mut providers = Vec::new();
        for (name, provider, origin) in records(self.entry, "provider") {
            let mut pin = Vec::new();
            for field in ["source", "version"] {
                let field_name = format!("provider.{name}.{field}");
                let value = sink.required(self.entry, &field_name, provider.value(field))?;
                pin.push((field, sink.data(value, &(), &field_name)?));
            }
            providers.push((name.as_str(), Node::map(pin, origin)));
        }
        if !providers.is_empty() {
            fields.push(("required_providers", Node::map(providers, origin)));
        }
        fields.push(("backend", Node::map([("s3", state.settings())], origin)));
        Some(Node::map(fields, origin))
    }

    fn providers(&mut self, sink: &mut Sink<'_>) -> Option<Option<Node>> {
        let mut providers = Vec::new();
        for (name, provider, origin) in records(self.entry, "provider") {
            let config = match provider.value("config") {
                Some(config) => self.data(config, &format!("config of provider `{name}`"), sink)?,
                None => Node::map::<&str>([], origin),
            };
            providers.push((name.as_str(), config));
        }
        Some((!providers.is_empty()).then(|| Node::map(providers, self.entry.origin)))
    }

    /// The calls of modules.
    fn calls(&mut self, modules: &str, tofu: &Tofu<'_>, sink: &mut Sink<'_>) -> Option<Option<Node>> {
        let mut blocks = Vec::new();
        let mut complete = true;
        for (name, call, origin) in records(self.entry, "call") {
            let module = module_of(name, &Value::record(call.clone(), origin));
            complete &= self.is_callable(name, &module, origin, tofu, sink);
            let mut fields = vec![("source", Node::text(format!("{modules}/{module}"), origin))];
            let mut plain = Vec::new();
            for (argument, value) in arguments(call) {
                let Some(node) = self.argument(name, *argument, value, sink) else {
                    complete = false;
                    continue;
                };
                if value.flags().has(Flags::SECRET) || value.flags().has(Flags::LATER) {
                    fields.push((argument.as_str(), node));
                } else {
                    fields.push((argument.as_str(), Node::code(format!("var.{name}.{argument}"), value.origin())));
                    plain.push((argument.as_str(), node));
                }
            }
            if !plain.is_empty() {
                self.values.push((name.as_str(), Node::map(plain, origin)));
            }
            blocks.push((name.as_str(), Node::map(fields, origin)));
        }
        complete.then(|| (!blocks.is_empty()).then(|| Node::map(blocks, self.entry.origin)))
    }

    fn is_callable(&self, call: Symbol, module: &str, origin: Origin, tofu: &Tofu<'_>, sink: &mut Sink<'_>) -> bool {
        // Its values are a variable of its name.
        if !is_argument(&call) {
            sink.report(
                code::WRONG_KEY_TYPE.at(origin, format!("`{call}` can't be the name of a call: OpenTofu refuses it")),
            );
            return false;
        }
        if !tofu.has_module(module) {
            let near = did_you_mean(module, tofu.module_names());
            let message = format!("the call `{call}` of tofu `{}` names the module `{module}`", self.entry.name());
            sink.report(code::BAD_VALUE.at(origin, format!("{message}, which tofu/modules doesn't have{near}")));
            return false;
        }
        true
    }

    fn argument(&mut self, call: Symbol, argument: Symbol, value: &Value, sink: &mut Sink<'_>) -> Option<Node> {
        if !is_argument(&argument) {
            let message =
                format!("`{argument}` can't be an argument of the call `{call}`: it means something else there");
            sink.report(code::WRONG_KEY_TYPE.at(value.origin(), message).label("written here"));
            return None;
        }
        self.data(value, &format!("argument `{argument}` of the call `{call}`"), sink)
    }

    fn variables(&self, secrets: &Secrets) -> Option<Node> {
        let origin = self.entry.origin;
        let plain = self.values.iter().map(|(name, node)| (*name, Node::map::<&str>([], node.origin)));
        let hidden = secrets.iter().map(|(name, place)| {
            let fields = [
                ("type", Node::text("string", origin)),
                ("sensitive", Node::new(true, origin)),
                ("description", Node::text(format!("{}#{}", place.path, place.key), origin)),
            ];
            (name.as_str(), Node::map(fields, origin))
        });
        let variables: Vec<_> = plain.chain(hidden).collect();
        (!variables.is_empty()).then(|| Node::map(variables, origin))
    }

    /// The states of other environments that this one reads.
    fn states(&self, model: &Model, sink: &mut Sink<'_>) -> Option<Option<Node>> {
        let origin = self.entry.origin;
        let mut states = Vec::new();
        for key in &self.expressions.reads {
            let env = sink.required(self.entry, &format!("{}.{}", key.kind, key.name), find(model, key))?;
            let state = State::of(env, model, sink)?;
            let fields = [("backend", Node::text("s3", origin)), ("config", state.settings())];
            states.push((data_name(key), Node::map(fields, origin)));
        }
        let states = (!states.is_empty()).then(|| Node::map(states, origin));
        Some(states.map(|states| Node::map([("terraform_remote_state", states)], origin)))
    }

    /// What other environments and the executor may read: the outputs of each call.
    fn outputs(&self) -> Option<Node> {
        let calls = self
            .entry
            .record("out")?
            .iter()
            .filter_map(|(call, names)| Some((call, record_of(names)?, names.origin())));
        let outputs = calls.filter(|(_, names, _)| !names.is_empty()).map(|(call, names, origin)| {
            let values = names
                .iter()
                .filter(|(name, _)| is_identifier(name))
                .map(|(name, value)| (name.as_str(), Node::code(format!("module.{call}.{name}"), value.origin())));
            // A module may hand out a secret, and then only a sensitive output may pass it on.
            let fields = [("value", Node::map(values, origin)), ("sensitive", Node::new(true, origin))];
            (call.as_str(), Node::map(fields, origin))
        });
        let outputs: Vec<_> = outputs.collect();
        (!outputs.is_empty()).then(|| Node::map(outputs, self.entry.origin))
    }

    fn data(&mut self, value: &Value, of: &str, sink: &mut Sink<'_>) -> Option<Node> {
        let of = format!("{of} in tofu `{}`", self.entry.name());
        let expressions = &mut self.expressions;
        sink.data_with(value, &of, |special, origin| expressions.special(special, origin))
    }
}

/// The records of a map, by name.
fn records<'a>(entry: &'a Entry, field: &str) -> Vec<(Symbol, &'a Record, Origin)> {
    let map = entry.record(field).into_iter().flat_map(|map| map.iter());
    map.filter_map(|(name, value)| Some((*name, record_of(value)?, value.origin()))).collect()
}

/// The arguments of a call that have a value.
fn arguments(call: &Record) -> Vec<(&Symbol, &Value)> {
    let arguments = call.record("args").into_iter().flat_map(|args| args.iter());
    arguments.filter(|(_, value)| !value.is_none()).map(|(name, value)| (name, value)).collect()
}

/// What the environment has to be given: values of its variables, and the account of its state.
fn secret_values(state: &State<'_>, secrets: &Secrets, origin: Origin) -> Option<Node> {
    let mut fields = Vec::new();
    if let Some((user, password)) = state.account {
        let part = |value: &Value| match value.kind() {
            Kind::Secret(secret) => match secret.refs().first() {
                Some(place) => Part::Secret((*place).clone(), None).node(value.origin()),
                None => Node::text("", value.origin()),
            },
            _ => Node::text(&*value.as_text().unwrap_or_default(), value.origin()),
        };
        let account = [("AWS_ACCESS_KEY_ID", part(user)), ("AWS_SECRET_ACCESS_KEY", part(password))];
        fields.push(("environment", Node::map(account, origin)));
    }
    let variables = secrets.iter().map(|(name, place)| (name.as_str(), Part::Secret(place.clone(), None).node(origin)));
    let variables: Vec<_> = variables.collect();
    if !variables.is_empty() {
        fields.push(("variables", Node::map(variables, origin)));
    }
    (!fields.is_empty()).then(|| Node::map(fields, origin))
}
