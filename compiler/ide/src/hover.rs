//! What stands at a position: its type and documentation, its value in each cluster and who decided it.

mod foreign;
mod literal;
mod signature;
mod uses;

pub(crate) use literal::literal_value;

use crate::values::{Group, value_of};
use crate::{Analysis, Evaluated, FilePosition, Place};
use kss_eval::{Layer, WhyStep};
use kss_ir::Ty;
use kss_project::Places;
use kss_sema::{Target, Usage, Word};
use kss_span::{LineIndex, Origin, TextRange};
use kss_syntax::ast::StmtKind;
use kss_syntax::visit::Node;
use kss_syntax::{TokenKind, word_doc};
use kss_value::Kind;
use std::fmt::Write;

/// What an editor shows of a position.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hover {
    /// What it is about.
    pub range: TextRange,
    /// Markdown.
    pub markdown: String,
}

/// Parts of a hover, one below the other.
#[derive(Default)]
struct Card(Vec<String>);

impl Card {
    fn code(&mut self, text: &str) {
        if !text.is_empty() {
            self.0.push(format!("```kss\n{text}\n```"));
        }
    }

    fn text(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.0.push(text);
        }
    }

    fn finish(self, range: TextRange) -> Option<Hover> {
        (!self.0.is_empty()).then(|| Hover { range, markdown: self.0.join("\n\n") })
    }
}

impl Analysis {
    /// What stands at a position.
    pub fn hover(&self, at: FilePosition) -> Option<Hover> {
        let place = self.place(at)?;
        let (kind, token) = self.token(at)?;
        match kind {
            TokenKind::Literal(class) => {
                return self.hover_literal(&place, class, token).or_else(|| self.hover_key(&place, token));
            }
            TokenKind::Comment | TokenKind::Doc | TokenKind::Space | TokenKind::Newline => return None,
            _ => {}
        }
        if let Some((word, range)) = self.word(&place) {
            return self.hover_word(&place, &word, range);
        }
        if let Some(found) = self.hover_foreign(&place).or_else(|| self.hover_foreign_kind(&place)) {
            return Some(found);
        }
        let evaluated = self.evaluated();
        let mut card = Card::default();
        let around = place.around();
        let is_name = around.last().is_some_and(|node| place.range(crate::place::node_id(node).0) == token);
        if kind == TokenKind::Word && !is_name && place.spans.iter().all(|range| *range != token) {
            let word = self.text(at.file).get(token.range()).unwrap_or_default();
            card.text(word_doc(word).map(|doc| format!("`{word}`: {doc}")).unwrap_or_default());
            return card.finish(token);
        }
        if let Some(card) = self.entry_card(&place, &evaluated) {
            return card.finish(token);
        }
        card.text(self.values_card(&place, &evaluated));
        card.finish(token)
    }

    /// The token at a position; between two the one that says more.
    fn token(&self, at: FilePosition) -> Option<(TokenKind, TextRange)> {
        let parsed = self.parsed(at.file)?;
        let mut lo = 0;
        let mut best: Option<(TokenKind, TextRange)> = None;
        for token in parsed.tokens.iter() {
            let range = TextRange::new(lo, lo + token.len);
            lo = range.hi;
            if range.lo > at.offset {
                break;
            }
            let says = |kind: TokenKind| matches!(kind, TokenKind::Word | TokenKind::RangeName | TokenKind::Literal(_));
            if range.touches(at.offset) && best.is_none_or(|(kind, _)| !says(kind) || says(token.kind)) {
                best = Some((token.kind, range));
            }
        }
        best
    }

    /// A value that says all of itself: what it is the value of.
    fn hover_key(&self, place: &Place, token: TextRange) -> Option<Hover> {
        let around = place.around();
        let stmt = around.iter().rev().find_map(|node| match node {
            Node::Stmt(stmt) => Some(*stmt),
            _ => None,
        })?;
        let StmtKind::Field(field) = &stmt.kind else { return None };
        let whole = value_of(stmt).filter(|value| place.range(value.id.0) == token)?;
        let key = place.range(field.path.last()?.id().0);
        let at = FilePosition { file: place.at.file, offset: key.lo };
        self.hover(at).map(|hover| Hover { range: place.range(whole.id.0), ..hover })
    }

    fn hover_word(&self, place: &Place, word: &Word, range: TextRange) -> Option<Hover> {
        let mut card = Card::default();
        let evaluated = self.evaluated();
        let navs = self.navigate_word(place.item, word);
        // Of several of one name the one that stands here is meant.
        let here = navs.iter().find(|nav| nav.file == place.at.file && nav.focus == range);
        match here.or(navs.first()).cloned() {
            Some(nav) => {
                card.code(&self.signature(&nav, word, place));
                card.text(self.declared_in(&nav));
                card.text(nav.doc.as_deref().unwrap_or_default());
                card.text(self.about(&nav, &evaluated));
            }
            None => {
                card.code(&self.signature_of_target(&word.target));
                card.text(signature::explained(&word.target));
            }
        }
        // Of what is named the name is no news.
        let is_map = || matches!(self.type_of_target(&word.target), Some(Ty::Map(..)));
        let is_name = matches!(word.target, Target::Scope(_) | Target::Entry(_) | Target::Case(..))
            || word.usage == Usage::Read && is_map();
        if !is_name || word.usage == Usage::Write {
            card.text(self.values_card(place, &evaluated));
        }
        card.finish(range)
    }

    /// `site.network.lan`: the entry that the expression gives.
    fn entry_card(&self, place: &Place, evaluated: &Evaluated) -> Option<Card> {
        let found = self.values_at(place, evaluated);
        let Kind::Ref(key) = found.first()?.value.as_ref()?.kind() else {
            return None;
        };
        let origin = evaluated.find(key).map(|(_, entry)| entry.origin())?;
        let nav = self.nav_of(self.declaration(origin).map(|d| Origin::new(origin.item, d.node))?)?;
        let mut card = Card::default();
        card.code(&self.head_of(&nav));
        card.text(self.declared_in(&nav));
        card.text(nav.doc.as_deref().unwrap_or_default());
        card.text(self.about(&nav, evaluated));
        Some(card)
    }

    /// The values of what stands at a position, in each cluster, with who decided.
    fn values_card(&self, place: &Place, evaluated: &Evaluated) -> String {
        let found = self.values_at(place, evaluated);
        if found.is_empty() {
            return String::new();
        }
        let places = self.session().places();
        let groups = self.groups(evaluated, &found);
        let lines: Vec<String> = groups.iter().map(|group| self.group_line(group, &places)).collect();
        lines.join("\n")
    }

    fn group_line(&self, group: &Group, places: &Places) -> String {
        let mut line = match group.label.as_str() {
            "" => format!("- {}", code(&group.text)),
            label => format!("- {label}: {}", code(&group.text)),
        };
        let Some(winner) = group.steps.iter().find(|s| s.won) else { return line };
        let _ = write!(line, " — {}", self.decided(winner, places));
        let also: Vec<&WhyStep> = group.steps.iter().filter(|s| s.won && s.origin != winner.origin).collect();
        if !also.is_empty() {
            let also: Vec<String> = also.iter().take(3).map(|s| self.decided(s, places)).collect();
            let _ = write!(line, "; also {}", also.join(", "));
        }
        for lost in group.steps.iter().filter(|s| !s.won) {
            let _ = write!(line, "\n  - over {}, {}", code(&lost.value_text()), self.decided(lost, places));
        }
        line
    }

    /// `override in kcs, clusters/kcs.kss:12, because "…"`
    fn decided(&self, step: &WhyStep, places: &Places) -> String {
        let who = if step.layer == Layer::Type { "the default".to_owned() } else { crate::why::who(step) };
        let because = step.because.as_ref().map(|b| format!(", because \"{b}\"")).unwrap_or_default();
        format!("{who}{}{because}", self.where_(step.origin, places))
    }

    /// ` (clusters/kcs.kss:12)`
    fn where_(&self, origin: Origin, places: &Places) -> String {
        let Some(span) = places.span(origin) else { return String::new() };
        let line = LineIndex::new(self.text(span.file)).line(span.range.lo) + 1;
        format!(" ({}:{line})", self.short_path(span.file))
    }
}

/// As code in a line, whatever is in it.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let short: String = text.chars().take(120).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    if short.contains('`') { format!("`` {short}{more} ``") } else { format!("`{short}{more}`") }
}

#[cfg(test)]
mod tests;
