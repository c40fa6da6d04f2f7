//! Which ends of lines end a statement.

use super::Sig;
use crate::token::K;

/// Does the statement end between token `at`, the first of its line, and the one before it? Asked only where no `(` or `[` is
/// open.
pub(super) fn ends_statement(text: &str, sigs: &[Sig], at: usize) -> bool {
    let before = sigs[at - 1].kind;
    if before == K::LBrace || sigs[at].kind == K::RBrace {
        return false;
    }
    if continues(text, sigs, at) {
        return false;
    }
    !dangles(sigs, at - 1) || statement_begins(sigs, at, before != K::In)
}

/// Does the line that begins with token `at` go on with the one before?
pub(super) fn continues(text: &str, sigs: &[Sig], at: usize) -> bool {
    let next = sigs.get(at + 1).map_or(K::End, |s| s.kind);
    let field = matches!(next, K::Eq | K::Colon | K::Dot);
    match sigs[at].kind {
        K::Dot | K::QuestionDot | K::Pipe | K::Coalesce | K::Eq | K::Arrow | K::ThinArrow => true,
        K::Else => !field,
        K::Where | K::Because | K::And | K::Or | K::Then => !field && next != K::LBrace,
        K::Code => next == K::Ident && is_code(&text[sigs[at + 1].range.range()]),
        _ => false,
    }
}

/// May the line before token `at` be the head of a block that begins at `at`? A head begins with a word, and in it stand no
/// value, no block and no comma.
pub(super) fn awaits_block(sigs: &[Sig], at: usize) -> bool {
    for sig in sigs[..at].iter().rev() {
        if matches!(sig.kind, K::Eq | K::Colon | K::Comma | K::LBrace | K::RBrace) {
            return false;
        }
        if sig.indent.is_some() {
            return sig.kind.is_word();
        }
    }
    false
}

/// `K0410`
fn is_code(word: &str) -> bool {
    word.strip_prefix('K').is_some_and(|n| n.len() == 4 && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Does the line that ends with token `at` want more?
fn dangles(sigs: &[Sig], at: usize) -> bool {
    let word = |kind: K| {
        let before = at.checked_sub(1).map_or(K::End, |i| sigs[i].kind);
        kind.is_infix_word() && !matches!(before, K::Dot | K::QuestionDot | K::Eq | K::Comma | K::LBrace | K::Arrow)
    };
    match sigs[at].kind {
        K::Comma | K::Colon | K::Eq | K::Arrow | K::ThinArrow | K::Pipe | K::Coalesce => true,
        K::EqEq | K::NotEq | K::Lt | K::Le | K::Gt | K::Ge => true,
        // `import ./a.*`
        K::Star if at > 0 && sigs[at - 1].kind == K::Dot => false,
        K::Plus | K::Minus | K::Star | K::Slash | K::Percent => true,
        kind => word(kind),
    }
}

/// Does token `at`, the first of its line, surely begin a statement, so that whatever is open before it was left unfinished?
/// `typed`: may it be a field with its type?
pub(super) fn statement_begins(sigs: &[Sig], at: usize, typed: bool) -> bool {
    let first = sigs[at].kind;
    let kind = |i: usize| match sigs.get(i) {
        Some(sig) if i == at || sig.indent.is_none() => sig.kind,
        _ => K::End,
    };
    if !first.is_word() {
        return first == K::TextOpen && {
            let end = text_end(sigs, at);
            kind(end + 1) == K::Eq
        };
    }
    let prefix = first.is_prefix_word() || matches!(first, K::For | K::Ref | K::Set | K::Later);
    let second = kind(at + 1);
    if !prefix && (second.is_word() && !second.is_infix_word() || second == K::TextOpen) {
        return true;
    }
    let mut i = at;
    loop {
        match kind(i + 1) {
            K::Dot if kind(i + 2).is_word() => i += 2,
            K::Dot if kind(i + 2) == K::TextOpen => i = text_end(sigs, i + 2),
            K::Eq => return true,
            K::Colon => return typed,
            _ => return false,
        }
    }
}

/// The last token of the text that opens at `at`.
pub(super) fn text_end(sigs: &[Sig], at: usize) -> usize {
    let mut depth = 0;
    for (i, sig) in sigs.iter().enumerate().skip(at) {
        match sig.kind {
            K::TextOpen => depth += 1,
            K::TextClose => depth -= 1,
            _ => {}
        }
        if depth == 0 || i > at && sig.indent.is_some() {
            return i;
        }
    }
    sigs.len() - 1
}
