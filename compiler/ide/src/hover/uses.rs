//! What a declaration is for: who provides, lowers, uses it; which files it makes.

use crate::outputs::Whose;
use crate::{Analysis, Evaluated, Nav};
use kss_eval::ScopeModel;
use kss_ir::{Cardinality, KindUse, Path};
use kss_sema::{DeclKind, ModuleSig};
use kss_span::Symbol;
use kss_value::ScopeKey;
use std::sync::Arc;

/// How many files, options or modules are listed.
const LISTED: usize = 8;

impl Analysis {
    /// What else there is to say of a declaration.
    pub(super) fn about(&self, nav: &Nav, evaluated: &Evaluated) -> String {
        let sigs = self.signatures();
        match nav.kind {
            Some(DeclKind::Module) => sigs.modules.get(&nav.name).map(|m| self.about_module(m, evaluated)),
            Some(DeclKind::Capability) => Some(self.about_capability(nav.name, evaluated)),
            Some(DeclKind::Intent | DeclKind::Output) => Some(self.about_kind(nav.name, evaluated)),
            Some(DeclKind::Entry) => self.declared(nav).map(|head| match made(Whose::Head(head), evaluated) {
                none if none.is_empty() => self.leads_to(nav),
                files => files,
            }),
            Some(DeclKind::Cluster) => Some(made(Whose::Cluster(nav.name), evaluated)),
            Some(DeclKind::Site) => Some(made(Whose::Site, evaluated)),
            _ => None,
        }
        .unwrap_or_default()
    }

    /// Of an entry that others turn into outputs: the files in which it shows, if they are made.
    fn leads_to(&self, nav: &Nav) -> String {
        let at = crate::FilePosition { file: nav.file, offset: nav.focus.lo };
        let mut files: Vec<(String, usize)> = Vec::new();
        for line in self.generated(at, true) {
            match files.last_mut().filter(|(path, _)| *path == line.path) {
                Some((_, count)) => *count += 1,
                None => files.push((line.path, 1)),
            }
        }
        let shown = |(path, count): &(String, usize)| {
            format!("- `{path}` ({count} {})", if *count == 1 { "line" } else { "lines" })
        };
        let mut lines: Vec<String> = files.iter().take(LISTED).map(shown).collect();
        if lines.is_empty() {
            return String::new();
        }
        if files.len() > LISTED {
            lines.push(format!("- and {} more", files.len() - LISTED));
        }
        format!("leads to\n{}", lines.join("\n"))
    }

    fn about_module(&self, module: &ModuleSig, evaluated: &Evaluated) -> String {
        let sigs = self.signatures();
        let mut lines = vec![format!("for {}", module.scope.word())];
        let provides: Vec<String> = module.provides.iter().map(|(name, _)| format!("`{name}`")).collect();
        let needs = module.needs.iter().map(|(path, optional, _)| {
            let path = match path {
                Path::Own(name) => name.to_string(),
                Path::Site(name) => format!("site.{name}"),
                Path::Field(names) => {
                    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
                    format!("site.{}", names.join("."))
                }
            };
            format!("`{path}{}`", if *optional { "?" } else { "" })
        });
        lines.extend(listed("provides", provides));
        lines.extend(listed("needs", needs.collect()));
        lines.extend(listed("uses", module.uses.iter().map(|(name, _)| format!("`{name}`")).collect()));
        let used: Vec<String> = evaluated
            .parts()
            .flat_map(|part| part.modules_in_use())
            .filter(|(_, modules)| modules.contains(&module.name))
            .map(|(scope, _)| scope.to_string())
            .collect();
        lines.push(if used.is_empty() { "in use nowhere".to_owned() } else { format!("in use in {}", few(&used)) });
        let mut text = lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n");
        let options: Vec<String> = module
            .options
            .iter()
            .map(|(name, option)| {
                let required = if option.required { " (required)" } else { "" };
                let doc = option.doc.as_deref().and_then(|doc| doc.lines().next()).unwrap_or_default();
                format!("- `{name} : {}`{required} {doc}", sigs.show(&option.ty)).trim_end().to_owned()
            })
            .collect();
        if !options.is_empty() {
            let more = options.len().saturating_sub(2 * LISTED);
            let mut shown: Vec<String> = options.into_iter().take(2 * LISTED).collect();
            if more > 0 {
                shown.push(format!("- … {more} more"));
            }
            text = format!("{text}\n\nOptions:\n{}", shown.join("\n"));
        }
        text
    }

    fn about_capability(&self, name: Symbol, evaluated: &Evaluated) -> String {
        let Some(sig) = self.signatures().capabilities.get(&name).cloned() else { return String::new() };
        let count = match sig.count {
            Cardinality::One => "one",
            Cardinality::AtMostOne => "at most one",
            Cardinality::Some => "one or more",
        };
        let mut lines = vec![format!("- {count} per {}", sig.scope.word())];
        let provided = |part: &Arc<ScopeModel>| {
            let scope = part.scope.key;
            let owners = providers(part, scope, name);
            let own = same_kind(sig.scope, scope);
            match owners.is_empty() {
                true if own => Some(format!("- {scope}: nobody")),
                true => None,
                false => Some(format!("- {scope}: {}", few(&owners))),
            }
        };
        lines.extend(evaluated.parts().filter_map(provided));
        if let Some(fallback) = sig.fallback {
            lines.push(format!("- if nobody else does: `{fallback}`"));
        }
        lines.join("\n")
    }

    fn about_kind(&self, name: Symbol, evaluated: &Evaluated) -> String {
        let Some(sig) = self.signatures().kinds.get(&name).cloned() else { return String::new() };
        let mut lines = Vec::new();
        match (sig.usage, sig.lowered_by) {
            (KindUse::Output, _) => lines.push("- becomes files".to_owned()),
            (_, Some((capability, of_site))) => {
                let path = if of_site { format!("site.{capability}") } else { capability.to_string() };
                lines.push(format!("- lowered by whoever provides `{path}`"));
                lines.extend(evaluated.parts().filter_map(|part| {
                    let owners = providers(part, part.scope.key, capability);
                    (!owners.is_empty()).then(|| format!("  - {}: {}", part.scope.key, few(&owners)))
                }));
            }
            _ => {}
        }
        for part in evaluated.parts() {
            let count = part.entries().filter(|e| e.key.kind == name).count();
            if count > 0 {
                let plural = if count == 1 { "entry" } else { "entries" };
                lines.push(format!("- {}: {count} {plural}", part.scope.key));
            }
        }
        lines.join("\n")
    }
}

/// Modules that provide a capability in a scope.
pub(crate) fn providers(part: &ScopeModel, scope: ScopeKey, capability: Symbol) -> Vec<String> {
    let keys = part.providers(scope, capability).iter();
    let mut owners: Vec<String> =
        keys.filter_map(|key| part.entry(key)).map(|entry| format!("`{}`", entry.owner().name)).collect();
    owners.dedup();
    owners
}

fn same_kind(kind: kss_value::ScopeKind, scope: ScopeKey) -> bool {
    kind == scope.kind
}

fn listed(what: &str, names: Vec<String>) -> Option<String> {
    (!names.is_empty()).then(|| format!("{what} {}", few(&names)))
}

fn few(names: &[String]) -> String {
    let shown = names.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > LISTED { format!("{shown} and {} more", names.len() - LISTED) } else { shown }
}

/// The files that something makes, if they are made: nobody who points at a word waits for that.
fn made(whose: Whose, evaluated: &Evaluated) -> String {
    let files = evaluated.made(true).flat_map(|made| made.tree.iter()).filter(|file| whose.has(file));
    let paths: Vec<String> = files.map(|file| format!("`{}`", file.path)).collect();
    match paths.as_slice() {
        [] => String::new(),
        [one] => format!("writes {one}"),
        many if many.len() <= LISTED => {
            let lines: Vec<String> = many.iter().map(|path| format!("- {path}")).collect();
            format!("writes {} files:\n{}", many.len(), lines.join("\n"))
        }
        many => format!("writes {} files", many.len()),
    }
}
