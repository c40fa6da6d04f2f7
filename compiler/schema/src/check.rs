//! Values against a schema.

use crate::elsewhere::elsewhere;
use crate::path::Place;
use crate::schema::{Family, Schema};
use crate::ty::{Alt, alts, human, names};
use kss_span::{Origin, Symbol};
use kss_value::{Kind, Record, Value};

/// A step into a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Seg {
    /// A field.
    Key(Symbol),
    /// An element, from 0.
    Index(usize),
}

/// Something in a value that its schema refuses.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// Where in the value.
    pub path: Vec<Seg>,
    /// Who wrote what stands there; of a missing key the record.
    pub origin: Origin,
    /// What is wrong.
    pub kind: FindingKind,
}

/// What is wrong.
#[derive(Clone, PartialEq, Debug)]
pub enum FindingKind {
    /// Nobody reads a key of this name here.
    UnknownKey {
        /// A known key that it was probably meant to be.
        near: Option<String>,
        /// Where a key of this name is known, as paths of the schema, the nearest first; at most three.
        elsewhere: Vec<String>,
    },
    /// A value of another type.
    WrongType {
        /// In words: "`Int` or `Text`".
        expected: String,
        /// In words: "`Size`", "a list".
        found: String,
    },
    /// A key that has to be there is not.
    MissingKey {
        /// Its name.
        key: String,
    },
    /// A scalar that is none of those that may stand here.
    NotInEnum {
        /// They, texts without quotes.
        allowed: Vec<String>,
        /// The one that it was probably meant to be.
        near: Option<String>,
    },
}

/// Everything in `value` that `schema` refuses, in order of the value. Below each path of `unchecked` (keys only: an
/// element of a list is named by the path of its list) anything may stand. Secrets, values known later and values for
/// which an error was reported match anything; `none` is no key.
pub fn check(schema: &Schema, value: &Value, unchecked: &[Vec<Symbol>]) -> Vec<Finding> {
    run(schema, value, unchecked).found
}

/// The texts of `value` that stand where NixOS options take a package and no text: whoever writes them writes
/// `pkgs.<text>`.
pub fn packages(schema: &Schema, value: &Value) -> Vec<Vec<Seg>> {
    run(schema, value, &[]).packages
}

fn run<'s>(schema: &'s Schema, value: &Value, unchecked: &'s [Vec<Symbol>]) -> Checker<'s> {
    let mut checker =
        Checker { schema, unchecked, path: Vec::new(), keys: Vec::new(), found: Vec::new(), packages: Vec::new() };
    let (mut place, ty) = schema.start();
    checker.value(&mut place, ty, value);
    checker
}

struct Checker<'s> {
    schema: &'s Schema,
    unchecked: &'s [Vec<Symbol>],
    path: Vec<Seg>,
    /// The keys of `path`.
    keys: Vec<Symbol>,
    found: Vec<Finding>,
    packages: Vec<Vec<Seg>>,
}

impl<'s> Checker<'s> {
    fn value(&mut self, place: &mut Place, ty: &'s str, value: &Value) {
        match value.kind() {
            Kind::None | Kind::Poison | Kind::Secret(_) | Kind::Later(_) | Kind::Case(_, Some(_)) => {}
            Kind::Record(record) => self.record(place, ty, value, record),
            Kind::List(items) | Kind::Set(items) => self.list(place, ty, value, items),
            kind => self.scalar(place, ty, value, kind),
        }
    }

    fn report(&mut self, origin: Origin, kind: FindingKind) {
        self.found.push(Finding { path: self.path.clone(), origin, kind });
    }

    fn wrong_type(&mut self, ty: &str, value: &Value) {
        let kind = FindingKind::WrongType { expected: human(ty), found: noun(value.kind()).to_owned() };
        self.report(value.origin(), kind);
    }

    /// Tries alternatives that fit the shape of a value, and keeps what the best of them reports.
    fn best(&mut self, candidates: Vec<(Place, Alt<'s>)>, mut run: impl FnMut(&mut Self, Place, Alt<'s>)) {
        let (found_before, packages_before) = (self.found.len(), self.packages.len());
        let mut best: Option<(Vec<Finding>, Vec<Vec<Seg>>)> = None;
        for (place, alt) in candidates {
            run(self, place, alt);
            let found = self.found.split_off(found_before);
            let packages = self.packages.split_off(packages_before);
            if best.as_ref().is_none_or(|(least, _)| found.len() < least.len()) {
                best = Some((found, packages));
            }
        }
        if let Some((found, packages)) = best {
            self.found.extend(found);
            self.packages.extend(packages);
        }
    }

    fn record(&mut self, place: &mut Place, ty: &'s str, value: &Value, record: &Record) {
        match only(ty) {
            Some(Alt::Any) => return,
            Some(alt @ (Alt::Map(_) | Alt::Open(_) | Alt::MapOf(_))) => return self.fields(place, alt, value, record),
            _ => {}
        }
        let mut fit = self.schema.alternatives(place, ty);
        if fit.iter().any(|(_, alt)| *alt == Alt::Any) {
            return;
        }
        fit.retain(|(_, alt)| matches!(alt, Alt::Map(_) | Alt::Open(_) | Alt::MapOf(_)));
        if fit.is_empty() {
            return self.wrong_type(ty, value);
        }
        self.best(fit, |this, mut place, alt| this.fields(&mut place, alt, value, record));
    }

    fn fields(&mut self, place: &mut Place, alt: Alt<'s>, value: &Value, record: &Record) {
        for (key, field) in record.iter().filter(|(_, field)| !field.is_none()) {
            self.path.push(Seg::Key(*key));
            self.keys.push(*key);
            if !self.is_unchecked() {
                let above = place.mark();
                match self.schema.step_key(place, alt, key) {
                    Some(node) => self.value(place, node.ty, field),
                    None if matches!(alt, Alt::Open(_)) => {}
                    None => self.unknown(place, field),
                }
                place.back(above);
            }
            self.keys.pop();
            self.path.pop();
        }
        let (Alt::Map(required) | Alt::Open(required)) = alt else { return };
        for name in names(required) {
            if record.iter().all(|(key, field)| **key != *name || field.is_none()) {
                self.report(value.origin(), FindingKind::MissingKey { key: name.into_owned() });
            }
        }
    }

    fn is_unchecked(&self) -> bool {
        self.unchecked.contains(&self.keys)
    }

    /// A key that nobody reads. Of those below it some may be unchecked, and then the others are told one by one.
    fn unknown(&mut self, place: &Place, field: &Value) {
        let keys = self.keys.len();
        let waived = |path: &&Vec<Symbol>| path.len() > keys && path.starts_with(&self.keys);
        if let (Kind::Record(record), Some(_)) = (field.kind(), self.unchecked.iter().find(waived)) {
            for (key, field) in record.iter().filter(|(_, field)| !field.is_none()) {
                self.path.push(Seg::Key(*key));
                self.keys.push(*key);
                if !self.is_unchecked() {
                    self.unknown(place, field);
                }
                self.keys.pop();
                self.path.pop();
            }
            return;
        }
        let Some(key) = self.keys.last() else { return };
        let known = self.schema.keys(place);
        let near = kss_diag::closest(key, known.iter().map(String::as_str)).map(str::to_owned);
        let elsewhere = elsewhere(self.schema, place, key);
        self.report(field.origin(), FindingKind::UnknownKey { near, elsewhere });
    }

    fn list(&mut self, place: &mut Place, ty: &'s str, value: &Value, items: &[Value]) {
        match only(ty) {
            Some(Alt::Any | Alt::List) => return,
            Some(Alt::ListOf(inner)) => return self.items(place, inner, items),
            _ => {}
        }
        let mut fit = self.schema.alternatives(place, ty);
        if fit.iter().any(|(_, alt)| matches!(alt, Alt::Any | Alt::List)) {
            return;
        }
        fit.retain(|(_, alt)| matches!(alt, Alt::ListOf(_)));
        if fit.is_empty() {
            return self.wrong_type(ty, value);
        }
        self.best(fit, |this, mut place, alt| {
            if let Alt::ListOf(inner) = alt {
                this.items(&mut place, inner, items);
            }
        });
    }

    fn items(&mut self, place: &mut Place, inner: &'s str, items: &[Value]) {
        let above = place.item();
        for (at, item) in items.iter().enumerate() {
            self.path.push(Seg::Index(at));
            self.value(place, inner, item);
            self.path.pop();
        }
        place.back(above);
    }

    fn scalar(&mut self, place: &Place, ty: &'s str, value: &Value, kind: Kind<'_>) {
        if matches!(kind, Kind::Null) && self.schema.family() != Family::Options {
            return;
        }
        if alts(ty).any(|alt| alt != Alt::Pkg && fits(alt, kind)) {
            return;
        }
        let fit = self.schema.alternatives(place, ty);
        if let Some((_, alt)) = fit.iter().find(|(_, alt)| fits(*alt, kind)) {
            if *alt == Alt::Pkg {
                self.packages.push(self.path.clone());
            }
            return;
        }
        let allowed: Vec<String> = fit.iter().filter_map(|(_, alt)| literal_like(*alt, kind)).collect();
        if allowed.is_empty() {
            return self.wrong_type(ty, value);
        }
        let near = text_of(kind).and_then(|text| kss_diag::closest(&text, allowed.iter().map(String::as_str)));
        let near = near.map(str::to_owned);
        self.report(value.origin(), FindingKind::NotInEnum { allowed, near });
    }
}

/// The type, if it has one alternative and that stands here and not in a definition.
fn only(ty: &str) -> Option<Alt<'_>> {
    let mut all = alts(ty);
    let first = all.next()?;
    (all.next().is_none() && !matches!(first, Alt::Def(_))).then_some(first)
}

/// Scalars of the language that are written as text.
fn is_text(kind: Kind<'_>) -> bool {
    !matches!(
        kind,
        Kind::None
            | Kind::Null
            | Kind::Bool(_)
            | Kind::Int(_)
            | Kind::Float(_)
            | Kind::Record(_)
            | Kind::List(_)
            | Kind::Set(_)
    )
}

fn text_of(kind: Kind<'_>) -> Option<String> {
    match kind {
        Kind::Text(text) => Some(text.to_owned()),
        Kind::Lines(lines) => Some(lines.iter().map(|line| format!("{}\n", line.text)).collect()),
        Kind::Case(name, None) => Some(name.as_str().to_owned()),
        _ => None,
    }
}

fn fits(alt: Alt<'_>, kind: Kind<'_>) -> bool {
    match (alt, kind) {
        (Alt::Any, _)
        | (Alt::Bool, Kind::Bool(_))
        | (Alt::Int, Kind::Int(_))
        | (Alt::Num, Kind::Int(_) | Kind::Float(_))
        | (Alt::Null, Kind::Null)
        | (Alt::Path, Kind::File(_)) => true,
        (Alt::Range(lo, hi), Kind::Int(n)) => lo.is_none_or(|lo| lo <= n) && hi.is_none_or(|hi| n <= hi),
        (Alt::Str | Alt::Pkg, kind) => is_text(kind),
        (Alt::Path, kind) => is_text(kind) && text_of(kind).is_none_or(|text| text.starts_with('/')),
        (Alt::Lit(json), kind) => is_literal(json, kind),
        _ => false,
    }
}

fn is_literal(json: &str, kind: Kind<'_>) -> bool {
    match kind {
        Kind::Bool(b) => json == if b { "true" } else { "false" },
        Kind::Int(n) => json == n.to_string(),
        Kind::Float(n) => json.parse() == Ok(n),
        Kind::Null => json == "null",
        kind => match text_of(kind) {
            Some(text) => serde_json::from_str::<String>(json).is_ok_and(|allowed| allowed == text),
            // A duration among texts: its spelling is decided where it is written.
            None => is_text(kind) && json.starts_with('"'),
        },
    }
}

/// The scalar that `alt` wants, if it is of the same sort as the one found.
fn literal_like(alt: Alt<'_>, kind: Kind<'_>) -> Option<String> {
    let Alt::Lit(json) = alt else { return None };
    let text = json.starts_with('"');
    let same = match kind {
        Kind::Int(_) | Kind::Float(_) => !text && json.parse::<f64>().is_ok(),
        kind => text && is_text(kind),
    };
    same.then(|| serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned()))
}

/// What a value is, in words.
fn noun(kind: Kind<'_>) -> &'static str {
    match kind {
        Kind::None => "`none`",
        Kind::Null => "`null`",
        Kind::Poison => "a value with an error",
        Kind::Bool(_) => "`Bool`",
        Kind::Int(_) => "`Int`",
        Kind::Float(_) => "`Float`",
        Kind::Percent(_) => "`Percent`",
        Kind::Size(_) => "`Size`",
        Kind::Duration(_) => "`Duration`",
        Kind::Cpu(_) => "`Cpu`",
        Kind::Mac(_) => "`Mac`",
        Kind::Text(_) | Kind::Lines(_) => "`Text`",
        Kind::Ip(_) => "`Ip`",
        Kind::Cidr(_) => "`Cidr`",
        Kind::IpRange(_) => "`IpRange`",
        Kind::Ports(_) => "`PortSpec`",
        Kind::Case(..) => "a case of a union",
        Kind::Ref(_) => "an entry",
        Kind::Record(_) => "a record",
        Kind::List(_) => "a list",
        Kind::Set(_) => "a set",
        Kind::Secret(_) => "a secret",
        Kind::Later(_) => "a value known later",
        Kind::File(_) => "a file",
    }
}
