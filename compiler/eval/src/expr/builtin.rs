//! Built-in functions. Most are pure functions of values; those here need a file, the lock, a document or the entry around.

use crate::Layer;
use crate::context::{Cx, Frame, This};
use crate::names::n;
use crate::ops::{Base, Only, Ops};
use crate::state::{Eval, Says};
use crate::values::{private_of, shape_is_private, taint};
use kss_diag::code;
use kss_ir::{Expr, ExprKind};
use kss_span::{Origin, Symbol};
use kss_value::builtins::{self, interpolate};
use kss_value::scalar::{duplicate_pair, meeting_pair, overlapping_pair};
use kss_value::{EntryKey, Flags, Kind, Later, Record, Value};
use std::sync::Arc;

/// API groups that every Kubernetes serves.
const GROUPS: [&str; 22] = [
    "",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "extensions",
    "flowcontrol.apiserver.k8s.io",
    "internal.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
];

impl<'a> Eval<'a> {
    pub(super) fn builtin(&mut self, name: Symbol, args: &'a [Expr], cx: &Cx<'a>, fr: &mut Frame, at: Origin) -> Value {
        if name == "outputs-of"
            && let Some(arg) = args.first()
        {
            return self.outputs_of(arg, cx, fr, at);
        }
        let values: Vec<Value> = args.iter().map(|arg| self.eval(arg, cx, fr)).collect();
        // What a secret refers to tells nothing of the private text around it.
        let private = match name.as_str() {
            "refs" => false,
            // What the elements hold does not count; in the result they keep what they are.
            "count" | "sort" | "list" | "values" | "flatten" | "first" | "last" => values.iter().any(shape_is_private),
            _ => private_of(&values),
        };
        let value = match (name.as_str(), values.as_slice()) {
            ("refs", _) => {
                let refs = self.pure(name, &values, args, cx, at);
                self.private_refs(refs)
            }
            ("credential", [entry]) => self.credential(entry, at),
            ("own-secret", [path, key, source]) => self.own_secret(path, key, source, cx, at),
            ("secret-file" | "later-file", [secret]) => {
                self.delivered(secret, n().file, at).unwrap_or_else(|| Value::poison(at))
            }
            ("secret-public", [secret]) => self.delivered(secret, n().public, at).unwrap_or_else(|| Value::poison(at)),
            ("json" | "yaml" | "toml", [data]) => self.document(name, data, at),
            ("file", [path]) => self.file_value(path, cx, at),
            ("data", [path]) => self.data_value(path, cx, at),
            ("fill", [file, holes]) => self.fill(file, holes, cx, at),
            ("locked", [url]) => self.locked(url, at),
            ("locked-image", [image]) => self.locked_image(image, at),
            ("builtin-group", [group]) => match group.as_text() {
                Some(group) => Value::bool(GROUPS.contains(&&*group), at),
                None => Value::poison(at),
            },
            ("text", [value]) => match interpolate(std::slice::from_ref(value), at) {
                Ok(value) => value,
                Err(error) => self.call_failed(error.message, at),
            },
            _ => self.pure(name, &values, args, cx, at),
        };
        taint(value, private)
    }

    /// A function of `kss_value`. Keys that are `none` are no keys.
    fn pure(&mut self, name: Symbol, values: &[Value], args: &[Expr], cx: &Cx<'a>, at: Origin) -> Value {
        // How many there are, and which is first, can't be said of a list that an error has cut short.
        let lacks = values.iter().any(may_lack);
        let whole = ["count", "first", "last", "contains", "within", "sum", "min", "max"];
        if lacks && whole.contains(&name.as_str()) {
            return Value::poison(at);
        }
        let cleaned: Vec<Value> = values.iter().map(without_none).collect();
        match builtins::call(&name, &cleaned, at) {
            Ok(value) => match value.kind() {
                Kind::List(_) | Kind::Set(_) | Kind::Record(_) => crate::finish::poisoned(value, lacks),
                _ => value,
            },
            Err(error) => {
                let place = error.argument.and_then(|i| args.get(i)).map_or(at, |arg| cx.at(arg.node));
                let secret = error.argument.and_then(|i| values.get(i)).is_some_and(|v| v.flags().has(Flags::SECRET));
                let code = if secret { &code::SECRET_AS_TEXT } else { &code::ARITHMETIC };
                let mut report = self.uncomputable(code, place, error.message);
                if let Some(value) = error.argument.and_then(|i| values.get(i)) {
                    let written = crate::values::place(value, place);
                    if written != place {
                        report = report.also(written, "this value");
                    }
                }
                self.report(report);
                Value::poison(at)
            }
        }
    }

    /// The places of secrets, those private whose path is.
    fn private_refs(&self, refs: Value) -> Value {
        let hidden = |reference: &Value| {
            let secret = reference.get(Symbol::new("value")).map(Value::kind);
            matches!(secret, Some(Kind::Secret(secret)) if secret.refs().iter().any(|r| self.private_places.contains(&***r)))
        };
        crate::values::map_children(&refs, &mut |reference| taint(reference.clone(), hidden(reference)))
    }

    pub(crate) fn call_failed(&mut self, message: String, at: Origin) -> Value {
        self.report(code::BAD_VALUE.at(at, message));
        Value::poison(at)
    }

    /// The elements, that which is to be changed last, that make `unique`, `disjoint` and `apart` false, or `overlaps` true.
    pub(crate) fn offenders(&self, name: Symbol, values: &[Value]) -> Option<(Value, Value)> {
        let list = |value: &Value| match value.kind() {
            Kind::List(items) | Kind::Set(items) => Some(items.to_vec()),
            _ => None,
        };
        match (name.as_str(), values) {
            ("unique", [items]) => {
                let items = list(items)?;
                let (a, b) = duplicate_pair(&items)?;
                Some((items[a].clone(), items[b].clone()))
            }
            ("disjoint", [items]) => {
                let items = list(items)?;
                let (a, b) = overlapping_pair(&items)?;
                Some((items[a].clone(), items[b].clone()))
            }
            ("apart", [a, b]) => {
                let (a, b) = (list(a)?, list(b)?);
                let (one, other) = meeting_pair(&a, &b)?;
                Some((b[other].clone(), a[one].clone()))
            }
            ("overlaps", [a, b]) => Some((b.clone(), a.clone())),
            _ => None,
        }
    }

    /// Which two elements of a list are the same.
    pub(crate) fn same_elements(&self, list: &Value) -> Option<(usize, usize)> {
        match list.kind() {
            Kind::List(items) => duplicate_pair(items),
            _ => None,
        }
    }

    /// `credential.x` as a value.
    fn credential(&mut self, entry: &Value, at: Origin) -> Value {
        let Kind::Ref(key) = entry.kind() else {
            return if entry.is_none() { Value::none(at) } else { Value::poison(at) };
        };
        let key = key.clone();
        self.marks.add(std::slice::from_ref(&key));
        let path = self.read(&key, n().path, at, false);
        let name = self.read(&key, n().key, at, false);
        self.secret_value(&key, &path, &name, at)
    }

    fn own_secret(&mut self, path: &Value, key: &Value, source: &Value, cx: &Cx<'a>, at: Origin) -> Value {
        let Some(owner) = cx.entry.clone() else { return Value::poison(at) };
        let secret = self.secret_value(&owner, path, key, at);
        if let Kind::Secret(made) = secret.kind() {
            for reference in made.refs() {
                let source = crate::secrets::Source { value: source.clone(), origin: at };
                self.secret_sources.entry((**reference).clone()).or_insert(source);
            }
        }
        secret
    }

    /// `outputs-of(call)`: outputs of each call, by name. Only which calls there are is looked at, not their arguments:
    /// those may depend on what reads the outputs.
    fn outputs_of(&mut self, arg: &'a Expr, cx: &Cx<'a>, fr: &mut Frame, at: Origin) -> Value {
        let env = cx.entry.clone();
        let arg = match &*arg.kind {
            ExprKind::Coerce { value, to: kss_ir::Coercion::ToData } => value,
            _ => arg,
        };
        let names = match (&*arg.kind, &cx.this, &env) {
            (ExprKind::SelfField(field), This::Entry(key), _) => {
                let key = key.clone();
                self.field_keys(&key, *field, at)
            }
            _ => None,
        };
        let names = match names {
            Some(names) => names,
            None => match self.eval(arg, cx, fr).kind() {
                Kind::Record(record) => record.iter().map(|(name, _)| *name).collect(),
                _ => return Value::poison(at),
            },
        };
        let Some(env) = env else { return Value::poison(at) };
        let outputs: Record = names
            .into_iter()
            .map(|name| (name, Value::later(Later { env: EntryKey::clone(&env), path: vec![name] }, at)))
            .collect();
        Value::record(outputs, at)
    }

    /// The keys of a map field of an entry of this evaluation, without their values.
    fn field_keys(&mut self, key: &Arc<EntryKey>, field: Symbol, _at: Origin) -> Option<Vec<Symbol>> {
        let ix = *self.by_key.get(key)?;
        let contributors = self.contributors(ix);
        let mut ops = Ops::new(None);
        ops.keys_only = true;
        for contributor in contributors.iter() {
            let Says::Fields { fields, cx, frame } = &contributor.says else { continue };
            let Some(block) = fields.fields.get(&field) else { continue };
            let base = Base { layer: Layer::Module, because: None, who: 0 };
            let mut frame = frame.into();
            self.block_ops(block, cx, &mut frame, &mut ops, &base, &mut Vec::new(), &Only::All);
        }
        let mut names: Vec<Symbol> = ops.list.iter().filter_map(|op| op.path.get(1).copied()).collect();
        names.sort();
        names.dedup();
        Some(names)
    }

    fn locked(&mut self, url: &Value, at: Origin) -> Value {
        let Some(text) = url.as_text() else { return Value::poison(at) };
        match self.env.locked(&text) {
            Some(path) => Value::file(path, at),
            None => {
                let report = code::NOT_LOCKED.at(at, format!("`{text}` is not in the lock")).label("not locked");
                self.report(report.help("copy it beside the sources and read it with `file(…)` or `data(…)`"));
                Value::poison(at)
            }
        }
    }

    fn locked_image(&mut self, image: &Value, at: Origin) -> Value {
        let Some(text) = image.as_text() else { return Value::poison(at) };
        match self.env.locked_image(&text) {
            Some(image) => Value::text(image, at),
            None => {
                let message = format!("image `{text}` is not in the lock, so its tag is used as it is");
                // The label is the image: what several say is said together.
                let mut report = code::NOT_LOCKED.at(at, message).label(text.to_string());
                report.severity = kss_diag::Severity::Warning;
                self.report(report.help(format!("`kssc lock image {text}@sha256:…` with its digest")));
                image.clone()
            }
        }
    }
}

/// Could an error have hidden elements? If those that are there are sound, the mark of the list means others.
fn may_lack(value: &Value) -> bool {
    let broken = |value: &Value| value.flags().has(Flags::POISON);
    match value.kind() {
        Kind::List(items) | Kind::Set(items) => broken(value) && !items.iter().any(broken),
        Kind::Record(record) => broken(value) && !record.iter().any(|(_, value)| broken(value)),
        _ => false,
    }
}

/// A map without the keys that are `none`, and without what only the evaluator sees.
fn without_none(value: &Value) -> Value {
    match value.kind() {
        Kind::Record(record) if record.iter().any(|(name, v)| v.is_none() || *name == n().hidden_name) => {
            let fields = crate::values::map_entries(record).cloned();
            Value::record(fields.collect(), value.origin()).with_flags(value.flags())
        }
        _ => value.clone(),
    }
}
