//! Keys of other people's software: values of charts, fields of Kubernetes objects, options of NixOS.

use super::{Card, Hover, code};
use crate::{Analysis, Evaluated, Place};
use kss_schema::{KeyInfo, Schema, Seg, describe};
use kss_span::{Origin, Symbol};
use kss_syntax::ast::{ExprKind, FieldValue, Head, Key, StmtKind};
use kss_syntax::visit::Node;
use kss_value::{EntryKey, Value};
use std::sync::Arc;

/// A key in an entry of other people's software.
#[derive(Debug)]
pub(crate) struct ForeignKey {
    /// The entry's kind: `helm`, `manifest`, `nixos`.
    pub kind: Symbol,
    /// Words of its head behind the kind.
    pub words: Vec<Symbol>,
    /// The statement of the head.
    pub head: u32,
    /// The path to the key, from the root of what the schema describes.
    pub path: Vec<Seg>,
    /// The node of the key.
    pub key: u32,
}

impl Analysis {
    pub(super) fn hover_foreign(&self, place: &Place) -> Option<Hover> {
        let found = foreign_key(place)?;
        let evaluated = self.evaluated();
        let (schema, what) = self.foreign_schema(&found, place, &evaluated)?;
        let mut card = Card::default();
        match describe(&schema, &found.path) {
            Some(info) => {
                card.code(&format!("{} : {}", path_text(&found.path), info.ty));
                card.text(format!("*{what}*"));
                card.text(told(&info));
            }
            None => {
                let above = (0..found.path.len()).rev().find_map(|len| {
                    let path = &found.path[..len];
                    Some((path, describe(&schema, path)?))
                });
                let path = path_text(&found.path);
                card.text(match above {
                    Some((above, info)) if info.open && above.is_empty() => format!("*{what}* takes any keys"),
                    Some((above, info)) if info.open => format!("*{what}* takes any keys below `{}`", path_text(above)),
                    _ => format!("*{what}* knows no `{path}`"),
                });
            }
        }
        card.text(self.values_card(place, &evaluated));
        card.finish(place.range(found.key))
    }

    /// The Kubernetes kind in the head of a manifest.
    pub(super) fn hover_foreign_kind(&self, place: &Place) -> Option<Hover> {
        let around = place.around();
        let Node::Key(key) = around.last()? else { return None };
        let head = around.iter().rev().find_map(|node| match node {
            Node::Head(head) => Some(*head),
            _ => None,
        })?;
        let is_kind = head.words.first().and_then(Key::literal).is_some_and(|kind| kind == "manifest")
            && head.words.get(1).is_some_and(|word| word.id() == key.id());
        let kind = key.literal().filter(|_| is_kind)?;
        let schemas = self.session().schemas();
        let mut card = Card::default();
        for info in schemas.kinds_named(&kind) {
            let lives = if info.namespaced { "lives in a namespace" } else { "lives outside of namespaces" };
            card.text(format!("**{kind}** {} — {lives}, from {}", info.api_version, info.source));
            let doc = schemas.kind(&info.api_version, &kind).and_then(|schema| describe(&schema, &[])?.doc);
            card.text(doc.unwrap_or_default());
        }
        card.finish(place.range(key.id().0))
    }

    /// The schema of the entry that a key is in, and what it is called.
    pub(crate) fn foreign_schema(
        &self,
        found: &ForeignKey,
        place: &Place,
        evaluated: &Evaluated,
    ) -> Option<(Schema, String)> {
        let schemas = self.session().schemas();
        let entry = self.entry_of(found, place, evaluated);
        match found.kind.as_str() {
            "helm" => {
                let (part, key) = entry?;
                let chart = evaluated.entry(part, &key)?.field(Symbol::new("chart"))?;
                let text = |name: &str| chart.get(Symbol::new(name)).and_then(Value::as_text).map(|t| t.into_owned());
                let (repo, name, version) = (text("repo")?, text("name")?, text("version")?);
                Some((schemas.chart(&repo, &name, &version)?, format!("chart {name} {version}")))
            }
            "manifest" => {
                let kind = *found.words.first()?;
                let written = entry.and_then(|(part, key)| {
                    let version = evaluated.entry(part, &key)?.field(Symbol::new("apiVersion"))?.as_text()?;
                    Some(version.into_owned())
                });
                let version = written.or_else(|| Some(schemas.kinds_named(&kind).first()?.api_version.clone()))?;
                Some((schemas.kind(&version, &kind)?, format!("kind {kind} ({version})")))
            }
            "nixos" | "nixos-cluster" => Some((schemas.nixos(), "NixOS".to_owned())),
            _ => None,
        }
    }

    fn entry_of(&self, found: &ForeignKey, place: &Place, evaluated: &Evaluated) -> Option<(usize, Arc<EntryKey>)> {
        let head = Origin::new(place.item, found.head);
        let name = found.words.last().copied();
        let is_it =
            |e: &kss_eval::EntryView<'_>| e.key.kind == found.kind && (e.origin() == head || Some(e.key.name) == name);
        let all = evaluated.parts().enumerate();
        let mut entries: Vec<(usize, Arc<EntryKey>)> =
            all.flat_map(|(at, part)| part.entries().filter(is_it).map(move |e| (at, e.key.clone()))).collect();
        entries.sort();
        entries.into_iter().next()
    }
}

/// The key at a position, if it is one of other people's software.
pub(crate) fn foreign_key(place: &Place) -> Option<ForeignKey> {
    let around = place.around();
    let (Node::Key(key), above) = around.split_last()? else { return None };
    let mut found: Option<ForeignKey> = None;
    for node in above {
        match node {
            Node::Stmt(stmt) => match &stmt.kind {
                StmtKind::Entry { head, .. } | StmtKind::Tune { target: head, .. } if found.is_none() => {
                    found = begin(head, stmt.id.0, key.id().0);
                }
                StmtKind::Field(field) => match &mut found {
                    None => {
                        // `nixos { … }` has no name.
                        if let ([Key::Bare(kind)], Some(FieldValue::Block(_))) = (field.path.as_slice(), &field.value)
                            && matches!(kind.text.as_str(), "nixos" | "nixos-cluster")
                            && kind.id != key.id()
                        {
                            let (head, key) = (stmt.id.0, key.id().0);
                            found =
                                Some(ForeignKey { kind: kind.text, words: Vec::new(), head, path: Vec::new(), key });
                        }
                    }
                    Some(found) => {
                        for step in &field.path {
                            found.path.push(Seg::Key(step.literal()?));
                            if step.id() == key.id() {
                                return finish(found);
                            }
                        }
                        if matches!(field.value, Some(FieldValue::Keyed { .. } | FieldValue::KeyedExpr { .. })) {
                            found.path.push(Seg::Index(0));
                        }
                    }
                },
                _ => {}
            },
            Node::Expr(expr) => {
                if let (ExprKind::List(_), Some(found)) = (&expr.kind, &mut found) {
                    found.path.push(Seg::Index(0));
                }
            }
            _ => {}
        }
    }
    None
}

fn begin(head: &Head, stmt: u32, key: u32) -> Option<ForeignKey> {
    let kind = head.words.first()?.literal()?;
    if !matches!(kind.as_str(), "helm" | "manifest") || head.words.iter().any(|word| word.id().0 == key) {
        return None;
    }
    let words = head.words[1..].iter().filter_map(Key::literal).collect();
    Some(ForeignKey { kind, words, head: stmt, path: Vec::new(), key })
}

/// Values of a release stand below `values`; its other fields are the language's own.
fn finish(found: &mut ForeignKey) -> Option<ForeignKey> {
    if found.kind == "helm" {
        let first = found.path.first().copied();
        if first != Some(Seg::Key(Symbol::new("values"))) || found.path.len() < 2 {
            return None;
        }
        found.path.remove(0);
    }
    let ForeignKey { kind, words, head, path, key } = found;
    Some(ForeignKey { kind: *kind, words: std::mem::take(words), head: *head, path: std::mem::take(path), key: *key })
}

fn told(info: &KeyInfo) -> String {
    let mut parts: Vec<String> = info.doc.iter().cloned().collect();
    parts.extend(info.default.as_ref().map(|default| format!("default {}", code(default))));
    if !info.children.is_empty() {
        let names: Vec<String> = info.children.iter().take(12).map(|child| format!("`{}`", child.name)).collect();
        let more =
            if info.children.len() > 12 { format!(" and {} more", info.children.len() - 12) } else { String::new() };
        parts.push(format!("keys: {}{more}", names.join(", ")));
    }
    parts.join("\n\n")
}

pub(crate) fn path_text(path: &[Seg]) -> String {
    let mut text = String::new();
    for seg in path {
        match seg {
            Seg::Key(key) if text.is_empty() => text.push_str(key),
            Seg::Key(key) => {
                text.push('.');
                text.push_str(key);
            }
            Seg::Index(_) => text.push_str("[]"),
        }
    }
    text
}
