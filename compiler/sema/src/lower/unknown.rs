//! Words that are no names: what was meant, as far as it can be told.

use super::coerce::is_refined_text;
use super::names::case_names;
use super::{Around, Lower, error_expr};
use crate::{Diag, Signatures};
use kss_diag::{closest, code};
use kss_ir::{Expr, Ty};
use kss_span::{Origin, Symbol};
use kss_syntax::ast::{self, NodeId};
use kss_value::scalar::ScalarType;

/// How two fields of one body get the same value.
pub(super) const NAME_IT: &str = "name the value with `let`, and write both fields with it";

impl Lower<'_> {
    /// Reports a word that is no name.
    pub(crate) fn unknown_name(&mut self, node: NodeId, name: Symbol, expected: Option<&Ty>) -> Expr {
        if self.is_marker(name) {
            self.value_at_cursor(expected);
            return error_expr(node);
        }
        // What an import didn't find is reported there.
        let missing = self.sigs.files.get(&self.file).is_some_and(|f| f.missing.contains(&name));
        if name.is_empty() || missing {
            return error_expr(node);
        }
        let at = self.at(node);
        let said = self
            .minus_without_spaces(at, name)
            .or_else(|| self.function_uncalled(at, name))
            .or_else(|| word_of_others(at, name, expected));
        if let Some(diag) = said {
            self.report(diag);
            return error_expr(node);
        }
        if let Some(Ty::Data) = expected {
            self.needs_quotes(node, name);
            return error_expr(node);
        }
        if let Some(Ty::Scalar(scalar)) = expected.map(super::strip)
            && (*scalar == ScalarType::Text || is_refined_text(*scalar))
            && self.sigs.elsewhere(self.file, name).is_none()
            && closest(&name, self.names().iter().map(|s| s.as_str())).is_none()
        {
            self.needs_quotes(node, name);
            return error_expr(node);
        }
        if let Some(Ty::Union(id)) = expected.map(super::strip)
            && let Some(union) = self.sigs.unions.get(id).cloned()
        {
            let cases: Vec<Symbol> = case_names(&union);
            let message = format!("`{name}` is no case of `{}`", self.show(&Ty::Union(*id)));
            let meant = self.unknown(&code::UNKNOWN_CASE, node, message, &name, cases.iter().map(|c| c.as_str()));
            return match (meant, expected) {
                (Some(meant), Some(want)) => {
                    self.check(&ast::Expr { id: node, kind: ast::ExprKind::Name(meant) }, want)
                }
                _ => error_expr(node),
            };
        }
        if self.sigs.capabilities.contains_key(&name) && self.module.is_some() {
            let message = format!("`{name}` is a capability that this module does not need");
            self.report(
                code::UNKNOWN_NAME
                    .at(at, message)
                    .help(format!("write `needs {name}` or `needs {name}?` in the module")),
            );
            return error_expr(node);
        }
        if self.sigs.kinds.contains_key(&name) {
            self.report(
                code::UNKNOWN_NAME
                    .at(at, format!("`{name}` is a kind of entries"))
                    .help(format!("name one: `{name}.NAME`")),
            );
            return error_expr(node);
        }
        let known = self.names();
        if let Some(diag) = self.field_of_scope(at, name).or_else(|| self.not_imported(at, name, &known)) {
            self.report(diag);
            return error_expr(node);
        }
        self.unknown(
            &code::UNKNOWN_NAME,
            node,
            format!("there is no `{name}` here"),
            &name,
            known.iter().map(|s| s.as_str()),
        );
        error_expr(node)
    }

    /// `n-1` is a name; somebody who meant a difference gets told.
    fn minus_without_spaces(&mut self, at: Origin, name: Symbol) -> Option<Diag> {
        let (left, right) = name.rsplit_once('-')?;
        let left_known = self.names().contains(&Symbol::new(left));
        let right_known = right.chars().all(|c| c.is_ascii_digit()) || self.names().contains(&Symbol::new(right));
        (left_known && right_known).then(|| {
            code::UNKNOWN_NAME.at(at, format!("there is no `{name}` here; a minus needs spaces around it")).fix(
                format!("write `{left} - {right}`"),
                at,
                kss_diag::How::Replace,
                format!("{left} - {right}"),
            )
        })
    }

    /// `let z = f`: functions are no values.
    fn function_uncalled(&self, at: Origin, name: Symbol) -> Option<Diag> {
        let own = self.module.and_then(|m| m.fns.get(&name)).cloned();
        let sig = own.or_else(|| self.file_fn(name))?;
        let params: Vec<&str> = sig.params.iter().map(|(name, _)| name.as_str()).collect();
        let diag = code::UNKNOWN_NAME.at(at, format!("`{name}` is a function, and functions are no values"));
        Some(match params.is_empty() {
            true => diag.suggest(format!("write `{name}()`"), at, kss_diag::How::After, "()"),
            false => diag.help(format!("call it: `{name}({})`", params.join(", "))),
        })
    }

    /// `role` in the body of `each node`, where it is `node.role`.
    fn field_of_scope(&self, at: Origin, name: Symbol) -> Option<Diag> {
        if self.around == Around::Type {
            return None;
        }
        let words = ["node", "machine", "cluster", "site"].into_iter();
        let word = words.map(Symbol::new).find(|word| {
            Signatures::scope_kind(*word).is_some_and(|scope| self.scope_is_around(scope))
                && self.entry_field_type(*word, name).is_some()
        })?;
        if self.is_being_written(Signatures::scope_kind(word)?) {
            let message = format!("there is no `{name}` here: fields of the {word} that is being written aren't seen");
            return Some(code::UNKNOWN_NAME.at(at, message).help(NAME_IT));
        }
        let diag = code::UNKNOWN_NAME.at(at, format!("there is no `{name}` here; `{word}` has a field of that name"));
        Some(diag.suggest(format!("write `{word}.{name}`"), at, kss_diag::How::Replace, format!("{word}.{name}")))
    }

    /// What another file declares under that name; of the library only if no near name is known here.
    pub(super) fn not_imported(&self, at: Origin, name: Symbol, known: &[Symbol]) -> Option<Diag> {
        let (path, import) = self.sigs.elsewhere(self.file, name)?;
        if path.starts_with("std/") && closest(&name, known.iter().map(|s| s.as_str())).is_some() {
            return None;
        }
        let diag = code::UNKNOWN_NAME.at(at, format!("there is no `{name}` here; `{path}` declares one"));
        Some(diag.help(format!("import it: `import {import}`")))
    }
}

/// Words of other languages for values of this one.
fn word_of_others(at: Origin, name: Symbol, expected: Option<&Ty>) -> Option<Diag> {
    let meant = match name.as_str() {
        "True" | "TRUE" | "yes" | "Yes" | "on" => "true",
        "False" | "FALSE" | "no" | "No" | "off" => "false",
        "None" | "nil" | "Nil" | "undefined" | "NULL" | "Null" => "none",
        _ => return None,
    };
    let takes = match expected.map(super::strip) {
        None | Some(Ty::Data) => true,
        Some(Ty::Scalar(scalar)) => *scalar == ScalarType::Bool || meant == "none",
        Some(_) => meant == "none",
    };
    takes.then(|| {
        let diag = code::UNKNOWN_NAME.at(at, format!("there is no `{name}` here; the word is `{meant}`"));
        diag.suggest(format!("write `{meant}`"), at, kss_diag::How::Replace, meant)
    })
}
