//! A declaration in a few lines.

use crate::{Analysis, Nav, Place};
use kss_ir::Ty;
use kss_sema::{DeclKind, Target, Word};
use kss_span::Origin;
use kss_value::scalar::{MethodResult, ScalarType, method_type};

/// How many fields of a record are shown.
const FIELDS: usize = 16;

impl Analysis {
    /// The declaration of what a word refers to, as the language writes it.
    pub(super) fn signature(&self, nav: &Nav, word: &Word, place: &Place) -> String {
        let text = self.text(nav.file).get(nav.whole.range()).unwrap_or_default();
        let ty = || self.index(place.item).ty(word.node).cloned().or_else(|| self.type_of_target(&word.target));
        let typed = |ty: Option<Ty>| ty.map(|ty| format!(" : {}", self.signatures().show(&ty))).unwrap_or_default();
        match nav.kind {
            Some(DeclKind::Let) => format!("let {}{}", nav.name, typed(ty())),
            Some(DeclKind::Entry) => self.head_of(nav),
            Some(DeclKind::Type) => self.type_signature(nav, &word.target, text),
            Some(DeclKind::Function) => match head(text).split_once(" = ") {
                Some((signature, _)) => signature.to_owned(),
                None => head(text),
            },
            Some(DeclKind::Case) if text.starts_with('{') => head(&format!("{} {text}", nav.name)),
            Some(_) => head(text),
            None if matches!(word.target, Target::File(_)) => String::new(),
            // `it` is declared by the condition that it stands in.
            None => {
                let name = self.text(place.at.file).get(place.range(word.node).range()).unwrap_or_default();
                format!("{name}{}", typed(ty()))
            }
        }
    }

    /// The head of an entry: what it says may be private.
    pub(super) fn head_of(&self, nav: &Nav) -> String {
        let text = self.text(nav.file).get(nav.whole.range()).unwrap_or_default();
        head(text.split_once(" {").map_or(text, |(head, _)| head))
    }

    /// `type Port = …`, and of a record its fields.
    fn type_signature(&self, nav: &Nav, target: &Target, text: &str) -> String {
        let Target::At(origin) = target else { return head(text) };
        let sigs = self.signatures();
        let record = self
            .declaration(*origin)
            .and_then(|_| sigs.types.get(&origin.item))
            .and_then(|ty| match ty {
                Ty::Record(id) => sigs.records.get(id),
                _ => None,
            })
            .filter(|_| nav.container.is_none());
        let Some(record) = record else { return head(text) };
        let mut lines = vec![format!("type {} {{", nav.name)];
        let field = |f: &kss_ir::FieldSig| {
            let optional = if f.has_default { "" } else { "   # required" };
            let private = if f.private { "private " } else { "" };
            format!("  {private}{} : {}{optional}", f.name, sigs.show(&f.ty))
        };
        lines.extend(record.fields.iter().take(FIELDS).map(field));
        if record.fields.len() > FIELDS {
            lines.push(format!("  # … {} more", record.fields.len() - FIELDS));
        }
        lines.push("}".to_owned());
        lines.join("\n")
    }

    /// Of what is declared nowhere.
    pub(super) fn signature_of_target(&self, target: &Target) -> String {
        let sigs = self.signatures();
        match target {
            Target::Method(of, name) => match method_type(*of, name) {
                Some(sig) => {
                    let params: Vec<String> = sig.params.iter().map(|p| format!("{p:?}")).collect();
                    let params = if params.is_empty() { String::new() } else { format!("({})", params.join(", ")) };
                    let result = match sig.result {
                        MethodResult::Scalar(t) => format!("{t:?}"),
                        MethodResult::Optional(t) => format!("{t:?}?"),
                        MethodResult::List(t) => format!("[{t:?}]"),
                    };
                    let arrow = if params.is_empty() { " :" } else { " ->" };
                    format!("{of:?}.{name}{params}{arrow} {result}")
                }
                None => String::new(),
            },
            Target::Builtin(name) => format!("type {name}"),
            Target::Entry(entry) => format!("{} {}", entry.kind, entry.name),
            Target::Case(union, name) => {
                let union = sigs.unions.get(union).map(|u| u.name.to_string()).unwrap_or_default();
                format!("{union}.{name}")
            }
            Target::At(_) | Target::Scope(_) | Target::Implicit(_) | Target::File(_) => String::new(),
        }
    }

    /// Where a declaration stands.
    pub(super) fn declared_in(&self, nav: &Nav) -> String {
        if nav.whole.is_empty() {
            return format!("the file `{}`", self.short_path(nav.file));
        }
        let path = self.short_path(nav.file);
        let what = match nav.kind {
            None => return String::new(),
            Some(DeclKind::Field) => "field of",
            Some(DeclKind::Case) => "case of",
            Some(DeclKind::Option) => "option of",
            Some(_) => "in",
        };
        match nav.container {
            Some(container) => format!("*{what} `{container}`, {path}*"),
            None => format!("*{path}*"),
        }
    }

    /// The path of a file; of one that is named from the root of the disk the end.
    pub(crate) fn short_path(&self, file: kss_span::FileId) -> &str {
        let path = self.path(file);
        if !path.starts_with('/') {
            return path;
        }
        path.rmatch_indices('/').nth(1).map_or(path, |(at, _)| &path[at + 1..])
    }

    /// The place of a declaration.
    pub(super) fn declared(&self, nav: &Nav) -> Option<Origin> {
        let at = crate::FilePosition { file: nav.file, offset: nav.focus.lo };
        let place = self.place(at)?;
        let all = self.declarations(place.item);
        let found = all.iter().find(|d| place.range(d.node) == nav.focus)?;
        Some(Origin::new(place.item, found.whole))
    }
}

/// What something is that is declared nowhere.
pub(super) fn explained(target: &Target) -> String {
    match target {
        Target::Builtin(name) => match (ScalarType::from_name(name), name.as_str()) {
            (Some(scalar), _) => format!("{}; a type of the language", scalar.noun()),
            (None, "Data") => "free-form data: what JSON can hold".to_owned(),
            (None, "Secret") => "a text that nobody sees: it can be routed and never read".to_owned(),
            (None, "File") => "a file of the project, the library or the lock, by its path".to_owned(),
            _ => "a type of the language".to_owned(),
        },
        Target::Method(of, _) => format!("a method of {}", of.noun()),
        Target::Implicit(name) => match name.as_str() {
            "self" => "the record or entry around".to_owned(),
            "owner" => "the module that writes this".to_owned(),
            "name" => "the name of the entry".to_owned(),
            "phase" => {
                "when ArgoCD applies what the module writes: a case of `Phase`, in the order of deployment".to_owned()
            }
            _ => format!("`{name}`, which every entry, module or secret has"),
        },
        Target::Scope(kind) => format!("the {} around", kind.word()),
        Target::At(_) | Target::Entry(_) | Target::Case(..) | Target::File(_) => String::new(),
    }
}

/// The first lines of a statement: all of it, if it is short and has no block of several lines.
pub(crate) fn head(text: &str) -> String {
    let text = text.trim_start();
    let lines: Vec<&str> = text.lines().skip_while(|line| line.trim_start().starts_with("##")).collect();
    let Some(first) = lines.first().map(|line| line.trim()) else { return String::new() };
    let several = lines.len() > 1;
    let opens = first.strip_suffix('{').map(str::trim_end).filter(|_| several);
    let first = opens.unwrap_or(first);
    let first = without_columns(first);
    let short: String = first.chars().take(160).collect();
    if short.len() < first.len() { format!("{short} …") } else { short }
}

/// Without the spaces that put parts of neighbouring lines below each other.
fn without_columns(line: &str) -> String {
    if line.contains(['"', '\'']) {
        return line.to_owned();
    }
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
