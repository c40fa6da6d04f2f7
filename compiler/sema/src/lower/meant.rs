//! Values that stand in the wrong form for their place, where it is clear which one was meant.

use super::coerce::Fit;
use super::{Lower, error_expr, strip};
use kss_diag::{How, code};
use kss_ir::{Alternative, Expr, Ty};
use kss_span::Symbol;
use kss_syntax::ast::{self, LiteralClass, NodeId};
use kss_value::scalar::ScalarType;

impl Lower<'_> {
    /// May `null` stand there? It is a value of free-form data alone.
    pub(super) fn takes_null(&self, want: &Ty) -> bool {
        match strip(want) {
            Ty::Data | Ty::Error | Ty::Never | Ty::Var(_) => true,
            Ty::Union(id) => self.sigs.unions.get(id).is_some_and(|union| {
                union.alternatives.iter().any(|a| matches!(a, Alternative::Type(ty) if self.takes_null(ty)))
            }),
            _ => false,
        }
    }

    pub(super) fn misplaced_null(&mut self, node: NodeId, want: &Ty) -> Expr {
        let (at, shown) = (self.at(node), self.show(want));
        let diag = code::TYPE_MISMATCH.at(at, format!("`null` stands in free-form data only, and this is a `{shown}`"));
        let takes_none = self.fit(&Ty::None, want) != Fit::No;
        self.report(match takes_none {
            true => diag.suggest("write `none`", at, How::Replace, "none"),
            false => diag.help("leave it out, or give it a value"),
        });
        error_expr(node)
    }

    /// `0750` for a mode, which is a text.
    pub(super) fn meant_mode(&mut self, node: NodeId, text: &str, want: &Ty) -> bool {
        if !self.takes(want, ScalarType::Mode) || !text.bytes().all(|b| b.is_ascii_digit()) {
            return false;
        }
        let at = self.at(node);
        let diag = code::NEEDS_QUOTES.at(at, format!("a mode is a text, and needs quotes: `{text}` is a number"));
        self.report(diag.fix(format!("write \"{text}\""), at, How::Replace, format!("\"{text}\"")));
        true
    }

    /// `5m` for minutes, `500m` for a size, `0.5` for half a core.
    pub(super) fn meant_literal(
        &mut self,
        node: NodeId,
        class: LiteralClass,
        text: &str,
        found: &Ty,
        want: &Ty,
    ) -> Option<Expr> {
        if self.fit(found, want) != Fit::No || matches!(want, Ty::Error) {
            return None;
        }
        let takes = |scalar| self.takes(want, scalar);
        let meant = match class {
            LiteralClass::Cpu if takes(ScalarType::Duration) => text.strip_suffix('m').map(|n| format!("{n}min")),
            LiteralClass::Cpu if takes(ScalarType::Size) => text.strip_suffix('m').map(|n| format!("{n}MiB")),
            LiteralClass::Int | LiteralClass::Float if takes(ScalarType::Cpu) => thousandths(text),
            _ => None,
        }?;
        let (at, wants, has) = (self.at(node), self.show(want), self.show(found));
        let diag = code::TYPE_MISMATCH.at(at, format!("expected `{wants}`, found `{has}`"));
        self.report(diag.suggest(format!("write `{meant}`"), at, How::Replace, meant));
        Some(error_expr(node))
    }

    /// `namespace = "monitoring"` for `namespace.monitoring`.
    pub(super) fn meant_entry(&mut self, text: &ast::Text, want: &Ty) -> Option<Expr> {
        let Ty::Ref(kind) = strip(want) else { return None };
        let (at, kind, wants) = (self.at(text.id), *kind, self.show(want));
        let diag =
            code::TYPE_MISMATCH.at(at, format!("expected `{wants}`, found `Text`: entries are not named by text"));
        let meant = match text.literal() {
            Some(name) if is_word(&name) => format!("{kind}.{name}"),
            Some(name) => format!("{kind}.\"{name}\""),
            None => {
                self.report(diag.help(format!("an entry of a computed name is `{kind}.\"…\"`")));
                return Some(error_expr(text.id));
            }
        };
        self.report(diag.suggest(format!("write `{meant}`"), at, How::Replace, meant));
        Some(error_expr(text.id))
    }

    /// Texts that need quotes although they look like something else: `example.com`, `2024-01-31`; a MAC with dashes.
    pub(super) fn meant_text(&mut self, e: &ast::Expr, want: &Ty) -> bool {
        let Some(written) = self.word_with_dots(e).or_else(|| numbers_with_dashes(e)) else { return false };
        let at = self.at(e.id);
        if self.takes(want, ScalarType::Mac) && written.contains('-') {
            let meant = written.replace('-', ":");
            let diag = code::TYPE_MISMATCH.at(at, format!("`{written}` is no `Mac`, which has colons"));
            self.report(diag.suggest(format!("write `{meant}`"), at, How::Replace, meant));
            return true;
        }
        let text = |scalar| scalar == ScalarType::Text || super::coerce::is_refined_text(scalar);
        let takes = match strip(want) {
            Ty::Data => true,
            Ty::Scalar(scalar) => text(*scalar),
            _ => false,
        };
        if takes {
            let diag = code::NEEDS_QUOTES.at(at, format!("text needs quotes: `{written}` is no value here"));
            self.report(diag.fix(format!("write \"{written}\""), at, How::Replace, format!("\"{written}\"")));
        }
        takes
    }

    /// `example.com`, where `example` is no name.
    fn word_with_dots(&mut self, e: &ast::Expr) -> Option<String> {
        match &e.kind {
            ast::ExprKind::Name(name) => {
                let known = name.is_empty()
                    || self.is_marker(*name)
                    || self.sigs.kinds.contains_key(name)
                    || self.sigs.capabilities.contains_key(name)
                    || self.sigs.files.get(&self.file).is_some_and(|file| file.missing.contains(name))
                    || self.quietly(|l| l.name(e.id, *name)).is_some();
                // A slip of a name is no text.
                let near = || {
                    let names = self.names();
                    self.sigs.elsewhere(self.file, *name).is_some()
                        || kss_diag::closest(name, names.iter().map(|s| s.as_str())).is_some()
                };
                (!known && !near()).then(|| name.to_string())
            }
            ast::ExprKind::Member { base, key: ast::Key::Bare(key), optional: false } => {
                if key.is_missing() || self.is_marker(key.text) {
                    return None;
                }
                Some(format!("{}.{}", self.word_with_dots(base)?, key.text))
            }
            _ => None,
        }
    }
}

/// `52-54-00-69-50-20`, `2024-01-31`: differences of whole numbers, as they were written.
fn numbers_with_dashes(e: &ast::Expr) -> Option<String> {
    fn parts(e: &ast::Expr, out: &mut Vec<Symbol>) -> bool {
        match &e.kind {
            ast::ExprKind::Literal { text, .. } => {
                out.push(*text);
                text.chars().all(|c| c.is_ascii_alphanumeric())
            }
            ast::ExprKind::Name(name) => {
                out.extend(name.split('-').map(Symbol::new));
                true
            }
            ast::ExprKind::Binary { op: ast::BinaryOp::Sub, left, right } => parts(left, out) && parts(right, out),
            _ => false,
        }
    }
    let mut found = Vec::new();
    if !parts(e, &mut found) {
        return None;
    }
    let short = |text: &Symbol| text.len() == 2;
    let hex = |text: &Symbol| short(text) && text.bytes().all(|b| b.is_ascii_hexdigit());
    let mac = found.len() == 6 && found.iter().all(hex);
    let date = matches!(found.as_slice(), [year, month, day] if year.len() == 4 && short(month) && short(day));
    (mac || date).then(|| found.iter().map(|part| part.as_str()).collect::<Vec<_>>().join("-"))
}

/// `0.5` is `500m`, `2` is `2000m`.
fn thousandths(text: &str) -> Option<String> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 3 || whole.len() > 6 {
        return None;
    }
    let number: u64 = format!("{whole}{part:0<3}").parse().ok()?;
    (number > 0).then(|| format!("{number}m"))
}

fn is_word(text: &str) -> bool {
    let mut parts = text.split('-');
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && parts.all(part)
}
