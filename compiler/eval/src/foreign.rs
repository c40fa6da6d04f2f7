//! What other people's software accepts: values of charts, Kubernetes objects, NixOS options.

use crate::explain::in_library;
use crate::finish::describe_entry;
use crate::names::n;
use crate::state::{EntryIx, Eval};
use kss_diag::{Code, code};
use kss_schema::{Family, Finding, FindingKind, KindInfo, Schema, Seg};
use kss_span::{Origin, Symbol};
use kss_value::{EntryKey, Flags, Kind, RecordBuilder, Value};
use std::sync::Arc;

impl<'a> Eval<'a> {
    /// Checks every output for which there is a schema.
    pub(crate) fn foreign_checks(&mut self) {
        if self.env.schemas().is_none() {
            return;
        }
        for ix in 0..self.entries.len() as EntryIx {
            let key = self.entry(ix).key.clone();
            if !self.by_key.contains_key(&key) {
                continue;
            }
            match key.kind.as_str() {
                "helm" => self.check_chart(ix, &key),
                "manifest" => self.check_object(ix, &key),
                "nixos" | "nixos-cluster" => self.check_options(ix, &key),
                _ => {}
            }
        }
    }

    /// Secrets and outputs of OpenTofu can't be written into what is committed.
    pub(crate) fn check_hidden(&mut self) {
        for ix in 0..self.entries.len() as EntryIx {
            let key = self.entry(ix).key.clone();
            let what = match key.kind.as_str() {
                "helm" => "values of a chart",
                "manifest" => "a manifest",
                "nixos" | "nixos-cluster" => "a NixOS configuration",
                _ => continue,
            };
            if !self.by_key.contains_key(&key) {
                continue;
            }
            let cells: Vec<Value> = self.entry(ix).cells.iter().filter_map(|cell| cell.value().cloned()).collect();
            for value in cells {
                self.refuse_hidden(&value, what, &key);
            }
        }
    }

    fn refuse_hidden(&mut self, value: &Value, what: &str, key: &EntryKey) {
        if !value.flags().has(Flags::SECRET) && !value.flags().has(Flags::LATER) {
            return;
        }
        let at = crate::values::place(value, Origin::NOWHERE);
        match value.kind() {
            Kind::Secret(_) => {
                let message = format!("a secret can't stand in {what} ({}): it would be readable", describe_entry(key));
                let report = code::SECRET_AS_TEXT.at(at, message).label("secret");
                self.report(report.help("write it into `secret NAME { keys { … } }` or a file, and refer to that"));
            }
            Kind::Later(_) => {
                let message = format!(
                    "an output of OpenTofu can't stand in {what} ({}): it is known only later",
                    describe_entry(key)
                );
                let report = code::LATER_TOO_EARLY.at(at, message).label("known only after OpenTofu ran");
                self.report(report.help("`.file` names the file that it is delivered to"));
            }
            Kind::Record(record) => record.iter().for_each(|(_, v)| self.refuse_hidden(v, what, key)),
            Kind::List(items) | Kind::Set(items) => items.iter().for_each(|v| self.refuse_hidden(v, what, key)),
            Kind::Case(_, Some(payload)) => self.refuse_hidden(payload, what, key),
            _ => {}
        }
    }

    fn check_chart(&mut self, ix: EntryIx, key: &Arc<EntryKey>) {
        let at = self.entry(ix).origin;
        let mut field = |name: &str| self.read(key, Symbol::new(name), at, true);
        let (chart, values) = (field("chart"), field("values"));
        let part = |name: &str| chart.get(Symbol::new(name)).and_then(Value::as_text).map(|t| t.into_owned());
        let (Some(name), Some(version)) = (part("name"), part("version")) else { return };
        // A chart of the project itself has no repository.
        let repo = part("repo").unwrap_or_default();
        let Some(schemas) = self.env.schemas() else { return };
        let values_name = Symbol::new("values");
        let Some(schema) = schemas.chart(&repo, &name, &version) else {
            if self.is_unchecked(ix, &[values_name]) {
                return;
            }
            let known = schemas.chart_versions(&repo, &name);
            let place = chart.get(Symbol::new("version")).map_or(at, |v| crate::values::place(v, at));
            let of = if repo.is_empty() { "of the project".to_owned() } else { format!("of {repo}") };
            let message = format!("chart {name} {version} {of} is not in the lock, so its values can't be checked");
            let mut report = code::NOT_LOCKED.at(place, message).label("not locked");
            if !known.is_empty() {
                report = report.note(format!("locked are: {}", known.join(", ")));
            }
            self.report(
                report.help("`kssc lock chart FILE.tgz` adds its schema; or say `unchecked values because \"…\"`"),
            );
            return;
        };
        let what = format!("chart {name} {version}");
        self.check_against(ix, &schema, &values, Some(values_name), &what);
    }

    fn check_options(&mut self, ix: EntryIx, key: &Arc<EntryKey>) {
        let Some(schema) = self.env.schemas().map(|schemas| schemas.nixos()) else { return };
        let Some(rest) = self.entry(ix).layout.rest else { return };
        let value = self.force(ix, rest, Origin::NOWHERE);
        let what = format!("NixOS (of {})", key.scope);
        self.check_against(ix, &schema, &value, None, &what);
    }

    fn check_object(&mut self, ix: EntryIx, key: &Arc<EntryKey>) {
        let Some(rest) = self.entry(ix).layout.rest else { return };
        let entry = self.entry(ix);
        let (Some(kind), at, namespace) = (entry.kubernetes, entry.origin, entry.namespace) else { return };
        let value = self.force(ix, rest, at);
        let Kind::Record(record) = value.kind() else { return };
        self.check_object_namespace(ix, key, &value);
        self.check_object_head(&value, key);
        let Some(version) = self.api_version(ix, &value, true) else { return };
        let Some(schema) = self.env.schemas().and_then(|s| s.kind(&version, &kind)) else {
            if !self.is_unchecked(ix, &[]) && record.iter().any(|(name, _)| !self.is_unchecked(ix, &[*name])) {
                let message = format!("kind {kind} of {version} is not in the lock, so it can't be checked");
                let place = value.get(n().api_version).map_or(at, |version| crate::values::place(version, at));
                let known = self.env.schemas().map(|s| s.kinds_named(&kind)).unwrap_or_default();
                let known: Vec<String> = known.iter().map(|info| format!("`{}`", info.api_version)).collect();
                let report = code::NOT_LOCKED.at(place, message).label("not locked");
                self.report(match known.is_empty() {
                    true => report.help("`kssc lock crd FILE` adds its schema; or say `unchecked spec because \"…\"`"),
                    false => report.help(format!(
                        "{kind} is of {}; another one is added by `kssc lock crd FILE`",
                        known.join(" or ")
                    )),
                });
            }
            return;
        };
        let text = |text: &str| Value::text(text, at);
        let mut builder = RecordBuilder::default();
        builder.push(n().api_version, text(&version));
        builder.push(n().kind, text(&kind));
        let metadata = Symbol::new("metadata");
        let mut own = RecordBuilder::default();
        own.push(n().name, text(&key.name));
        if let Some((namespace, _)) = namespace {
            own.push(n().namespace, text(&namespace));
        }
        if let Some(Kind::Record(written)) = record.get(metadata).map(Value::kind) {
            written.iter().for_each(|(name, v)| own.push(*name, v.clone()));
        }
        builder.push(metadata, Value::record(own.finish(), at));
        record.iter().for_each(|(name, v)| builder.push(*name, v.clone()));
        let object = Value::record(builder.finish(), at);
        self.check_against(ix, &schema, &object, None, &format!("kind {kind} ({version})"));
    }

    /// Kind and name of an object stand in its head; what its body said of them would be lost.
    fn check_object_head(&mut self, body: &Value, key: &EntryKey) {
        let kind = body.get(n().kind).map(|value| (value, "kind"));
        let metadata = body.get(Symbol::new("metadata"));
        let name = metadata.and_then(|m| m.get(n().name)).map(|value| (value, "metadata.name"));
        for (value, path) in kind.into_iter().chain(name) {
            let at = crate::values::place(value, Origin::NOWHERE);
            let message = format!("`{path}` of {} stands in its head, not in its body", describe_entry(key));
            let report = code::UNKNOWN_KEY.at(at, message).label("nobody reads this");
            self.report(report.help("leave it out: `manifest KIND NAME in NAMESPACE { … }` says it"));
        }
    }

    /// `apiVersion` of an object: its own, else what the lock knows of its kind.
    pub(crate) fn api_version(&mut self, ix: EntryIx, value: &Value, report: bool) -> Option<String> {
        let entry = self.entry(ix);
        let (kind, at) = (entry.kubernetes?, entry.origin);
        if let Some(written) = value.get(n().api_version) {
            return written.as_text().map(|text| text.into_owned());
        }
        let known: Vec<KindInfo> = self.env.schemas()?.kinds_named(&kind);
        let mut groups: Vec<&str> = known.iter().map(|info| info.group.as_str()).collect();
        groups.dedup();
        match groups.as_slice() {
            [_] => known.first().map(|info| info.api_version.clone()),
            [] if report && !value.flags().has(Flags::POISON) => {
                let names = self.env.schemas().map(|s| s.kind_names()).unwrap_or_default();
                let hint = kss_diag::did_you_mean(&kind, names);
                let message = format!("no kind `{kind}` is in the lock{hint}");
                let report = code::NOT_LOCKED.at(at, message).label("unknown kind");
                self.report(
                    report.help("write its `apiVersion`, or lock the file that defines it: `kssc lock crd FILE`"),
                );
                None
            }
            [_, _, ..] if report => {
                let versions: Vec<&str> = known.iter().map(|info| info.api_version.as_str()).collect();
                let message = format!("kind `{kind}` exists in several groups; write its `apiVersion`");
                let ways: Vec<String> =
                    versions.iter().map(|version| format!("`apiVersion = \"{version}\"`")).collect();
                self.report(code::NOT_SET.at(at, message).help(format!("write one of: {}", ways.join(", "))));
                None
            }
            _ => None,
        }
    }

    /// Do objects of the kind lie in a namespace, as far as is known?
    pub(crate) fn is_namespaced(&self, kind: Symbol) -> bool {
        let known = self.env.schemas().map(|schemas| schemas.kinds_named(&kind)).unwrap_or_default();
        !known.is_empty() && known.iter().all(|info| info.namespaced)
    }

    /// An object of a kind that lies in a namespace has one: its own, its module's only one, or that of its overlay.
    fn check_object_namespace(&mut self, ix: EntryIx, key: &Arc<EntryKey>, value: &Value) {
        let entry = self.entry(ix);
        let (Some(kind), None, at) = (entry.kubernetes, entry.namespace, entry.origin) else { return };
        let metadata = value.get(Symbol::new("metadata"));
        let written = metadata.is_some_and(|metadata| metadata.get(n().namespace).is_some_and(|v| !v.is_none()));
        if written || metadata.is_some_and(Value::is_poison) || !self.is_namespaced(kind) {
            return;
        }
        let overlay = self.read(key, n().overlay, at, true);
        if let Kind::Ref(overlay) = overlay.kind() {
            let overlay = overlay.clone();
            let namespace = self.read(&overlay, n().namespace, at, true);
            if !namespace.is_none() {
                return;
            }
        }
        let name = key.name;
        let message = format!("{kind} `{name}` needs a namespace, and its module does not declare exactly one");
        let report = code::NOT_SET.at(at, message).label(format!("objects of kind {kind} lie in a namespace"));
        self.report(report.help(format!("write `manifest {kind} {name} in NAMESPACE {{ … }}`")));
    }

    /// The only `apiVersion` that is known of a kind.
    pub(crate) fn known_version(&self, kind: Symbol) -> Option<String> {
        let known = self.env.schemas()?.kinds_named(&kind);
        let first = known.first()?;
        known.iter().all(|info| info.group == first.group).then(|| first.api_version.clone())
    }

    /// Is the field below which all paths lie declared `unchecked`?
    fn is_unchecked(&self, ix: EntryIx, path: &[Symbol]) -> bool {
        self.entry(ix).unchecked.iter().any(|(unchecked, _)| path.starts_with(unchecked))
    }

    fn check_against(&mut self, ix: EntryIx, schema: &Schema, value: &Value, below: Option<Symbol>, what: &str) {
        let waivers: Vec<Waiver> = self
            .entry(ix)
            .unchecked
            .iter()
            .filter_map(|(path, at)| match below {
                None => Some((path.clone(), *at)),
                Some(field) => path.strip_prefix([field].as_slice()).map(|path| (path.to_vec(), *at)),
            })
            .collect();
        let found = findings(schema, value, waivers.iter().map(|(path, _)| path));
        if !value.flags().has(Flags::POISON) {
            self.idle_waivers(schema, value, &waivers, &found, what);
        }
        let of = describe_entry(&self.entry(ix).key);
        let at = self.entry(ix).origin;
        for finding in &found {
            // An unknown key is wrong itself, and not what it gives.
            let key = matches!(finding.kind, FindingKind::UnknownKey { .. }).then(|| {
                let path: Vec<Seg> = below.map(Seg::Key).into_iter().chain(finding.path.iter().copied()).collect();
                self.key_place(ix, &path, finding.origin)
            });
            self.report_finding(finding, key.flatten(), schema.family(), what, &of, at);
        }
    }

    /// An `unchecked` that waives nothing would hide the next mistake at its path.
    fn idle_waivers(&mut self, schema: &Schema, value: &Value, waivers: &[Waiver], found: &[Finding], what: &str) {
        // Nobody edits the library, and a module of it may write the path under other options.
        for (path, at) in waivers.iter().filter(|(_, at)| !in_library(*at)) {
            let others = waivers.iter().map(|(other, _)| other).filter(|other| *other != path);
            if findings(schema, value, others) != found {
                continue;
            }
            let shown = path.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(".");
            let message = match holds(value, path) {
                _ if path.is_empty() => format!("{what} takes all values that are written"),
                true => format!("{what} takes what is written at `{shown}`"),
                false => format!("nothing is written at `{shown}`"),
            };
            let report = code::WAIVES_NOTHING.at(*at, format!("{message}, so `unchecked` waives nothing"));
            self.report(report.help("leave it out, or name the path of the entry that is meant"));
        }
    }

    fn report_finding(
        &mut self,
        finding: &Finding,
        key: Option<Origin>,
        family: Family,
        what: &str,
        of: &str,
        at: Origin,
    ) {
        let path = path_text(&finding.path);
        let place = key.unwrap_or(if finding.origin.is_nowhere() { at } else { finding.origin });
        let unknown: &'static Code = if family == Family::Options { &code::UNKNOWN_OPTION } else { &code::UNKNOWN_KEY };
        let report = match &finding.kind {
            FindingKind::UnknownKey { near, elsewhere } => {
                let hint = near.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                let report = unknown.at(place, format!("{what} reads no `{path}`{hint}")).label("nobody reads this");
                let report = match (key, near, finding.path.last()) {
                    (Some(key), Some(near), Some(Seg::Key(word))) => report.near(key, word, &spelled(near)),
                    _ => report,
                };
                match elsewhere.is_empty() {
                    true => report,
                    false => report.note(format!("a key of this name exists at {}", elsewhere.join(", "))),
                }
            }
            FindingKind::WrongType { expected, found } => {
                let message = format!("`{path}` of {what} takes {expected}, and this is {found}");
                code::WRONG_KEY_TYPE.at(place, message).label(found.clone())
            }
            FindingKind::MissingKey { key } => {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                code::MISSING_KEY.at(place, format!("{what} needs `{path}`")).label(format!("`{key}` is missing"))
            }
            FindingKind::NotInEnum { allowed, near } => {
                let hint = near.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                let message = format!("`{path}` of {what} takes one of: {}{hint}", allowed.join(", "));
                code::WRONG_KEY_TYPE.at(place, message).label("none of them")
            }
        };
        self.report(report.note(format!("in {of}")));
    }
}

/// A path that is not checked, and where that is said.
type Waiver = (Vec<Symbol>, Origin);

/// What `schema` refuses beside what is waived.
fn findings<'p>(schema: &Schema, value: &Value, waived: impl Iterator<Item = &'p Vec<Symbol>>) -> Vec<Finding> {
    let waived: Vec<Vec<Symbol>> = waived.cloned().collect();
    if waived.iter().any(Vec::is_empty) { Vec::new() } else { kss_schema::check(schema, value, &waived) }
}

/// Is something written at `path`? An element of a list has the path of its list.
fn holds(value: &Value, path: &[Symbol]) -> bool {
    let Some((first, rest)) = path.split_first() else { return !value.is_none() };
    match value.kind() {
        Kind::Record(record) => record.get(*first).is_some_and(|value| holds(value, rest)),
        Kind::List(items) | Kind::Set(items) => items.iter().any(|item| holds(item, path)),
        _ => false,
    }
}

/// A key as it is written in a path.
fn spelled(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let begins = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if begins && key.chars().all(plain) { key.to_owned() } else { format!("{key:?}") }
}

fn path_text(path: &[Seg]) -> String {
    let mut text = String::new();
    for seg in path {
        match seg {
            Seg::Key(key) if text.is_empty() => text.push_str(key),
            Seg::Key(key) => {
                text.push('.');
                text.push_str(key);
            }
            Seg::Index(at) => text.push_str(&format!("[{at}]")),
        }
    }
    text
}
