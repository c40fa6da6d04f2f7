//! Which form the statement at the next token has.

use crate::ctx::{Ahead, Inp, Inside};
use crate::token::K;

/// Forms of statements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// The block, or the text, ends here.
    End,
    /// No statement begins so.
    Junk,
    Spread,
    /// `| a | b`, the rest of a union of which the beginning isn't there.
    Union,
    /// `a.b = c`, `a : T`, `a { … }`, with its prefixes
    Field,
    /// `kind name { … }`
    Entry,
    /// An expression.
    Element,
    /// Begins with this word.
    Word(K),
}

/// Form of the statement at the next token.
pub(super) fn form(inp: &mut Inp<'_, '_>) -> Form {
    let first = inp.ahead(0);
    match first {
        K::End => Form::End,
        K::DotDot => Form::Spread,
        K::TooDeep => Form::Element,
        kind if kind.is_closer() => Form::End,
        kind if kind.is_key() => word(inp, first),
        kind if super::expr::begins(kind) => Form::Element,
        K::Pipe if inp.line_starts(0) => Form::Union,
        K::Eq if inp.line_starts(0) && inp.state().is_top() => Form::Union,
        _ => Form::Junk,
    }
}

/// Does a statement surely begin here, rather than something that an unfinished expression could go on with?
pub(super) fn begins(inp: &mut Inp<'_, '_>) -> bool {
    matches!(form(inp), Form::Field | Form::Entry | Form::Word(_) | Form::Spread)
}

/// A word before one of these is the name of a field, or a bare element.
fn is_plain(next: K) -> bool {
    let operator = next as u8 >= K::EqEq as u8 && next as u8 <= K::Coalesce as u8;
    matches!(next, K::Eq | K::Colon | K::Dot | K::LBrace | K::Comma | K::RBrace | K::QuestionDot) || operator
}

/// Is the token `n` behind the next the key of something? Words that go on with an expression are, if a field shows it.
pub(super) fn names(inp: &mut Inp<'_, '_>, n: usize) -> bool {
    let key = inp.ahead(n);
    key.is_key() && (!key.is_infix_word() || matches!(inp.ahead(n + 1), K::Colon | K::Eq | K::Dot | K::LBrace))
}

fn word(inp: &mut Inp<'_, '_>, first: K) -> Form {
    let next = inp.ahead(1);
    if first == K::Import && next == K::Dot && inp.ahead(2) == K::Slash {
        return Form::Word(first);
    }
    if first == K::Ident || !first.is_word() || is_plain(next) {
        return path(inp);
    }
    let named = next.is_word() || matches!(next, K::TextOpen | K::RawText);
    let third = inp.ahead(2);
    let statement = match first {
        K::Import => true,
        K::Site | K::Cluster | K::Module | K::Type | K::Fn | K::Capability | K::Intent | K::Output | K::Let => {
            !next.is_infix_word() || names(inp, 1)
        }
        K::Test | K::Use | K::Needs | K::Provide | K::Tune | K::Each | K::Remove | K::Option | K::Given => {
            !next.is_infix_word() || names(inp, 1)
        }
        K::Check | K::Covered | K::Ignore | K::Unchecked | K::Expect => true,
        K::Shared | K::Optional => matches!(next, K::Intent | K::Output | K::Shared | K::Optional),
        K::Private if next == K::Option => return if is_plain(third) { Form::Field } else { Form::Word(K::Option) },
        K::Private | K::Default | K::Override | K::Force | K::Append if names(inp, 1) => {
            return Form::Field;
        }
        K::If => true,
        K::For => next.is_word(),
        K::Match => super::expr::begins(next) && next != K::LBrace,
        K::Not => return Form::Element,
        K::Every | K::Some | K::No | K::Fail if named => return Form::Element,
        _ => false,
    };
    if statement { Form::Word(first) } else { path(inp) }
}

/// Behind `a."b".c`: a field, an entry or an expression?
fn path(inp: &mut Inp<'_, '_>) -> Form {
    let mut at = key_end(inp, 0);
    let mut keys = 1;
    while inp.ahead(at) == K::Dot && inp.ahead(at + 1).is_key() {
        at = key_end(inp, at + 1);
        keys += 1;
    }
    let behind = inp.ahead(at);
    let by = behind == K::By && inp.ahead(at + 1).is_word();
    if by && matches!(inp.ahead(at + 2), K::LBrace | K::Eq) || matches!(behind, K::Eq | K::Colon | K::LBrace) {
        return Form::Field;
    }
    if inp.line_starts(at) {
        return Form::Element;
    }
    // `"a" => 1`
    if behind == K::Arrow {
        return Form::Field;
    }
    // A field without its `=`: an entry would have a name here, and an expression an operator.
    let list = behind == K::LBracket && spaced(inp, at);
    let value = list || behind == K::Literal || behind.is_prefix_word() && super::expr::begins(inp.ahead(at + 1));
    if value && !(behind == K::Not && inp.ahead(at + 1) == K::In) {
        return Form::Field;
    }
    let bare = inp.ahead(0).is_word();
    let name = behind.is_key() && !behind.is_infix_word();
    if keys > 1 || !bare || !name {
        return Form::Element;
    }
    let end = key_end(inp, at);
    let then = inp.ahead(end);
    let ends = matches!(then, K::Newline | K::Comma | K::RBrace | K::End);
    let field = match inp.state().inside {
        Inside::Statements => ends && matches!(behind, K::TextOpen | K::RawText),
        Inside::Values => ends,
        Inside::Types => {
            ends || matches!(then, K::Question | K::Pipe | K::Eq | K::Where)
                || matches!(behind, K::Ref | K::Set | K::Later) && then.is_word()
        }
    };
    if field { Form::Field } else { Form::Entry }
}

/// Is there a space before the token `n` behind the next?
pub(super) fn spaced(inp: &mut Inp<'_, '_>, n: usize) -> bool {
    let at = inp.pos() + n;
    let state = inp.state();
    at > 0 && state.range(at - 1).hi < state.range(at).lo
}

/// The contextual word that the first of an entry without braces was probably meant to be.
pub(super) fn misspelt(inp: &mut Inp<'_, '_>) -> Option<K> {
    let mut end = 0;
    while inp.ahead(end).is_key() {
        end = key_end(inp, end);
    }
    let at = inp.pos();
    if inp.ahead(0) != K::Ident || matches!(inp.ahead(end), K::LBrace | K::TooDeep) {
        return None;
    }
    let word = inp.state().slice(at);
    let near = |kind: &K| {
        let keyword = kind.keyword().unwrap_or_default();
        keyword.len() > 2 && strsim::damerau_levenshtein(word, keyword) == 1
    };
    // People get the first letter right.
    let first = |kind: &K| kind.keyword().is_some_and(|k| k.as_bytes().first() == word.as_bytes().first());
    let mut all = BEGINNINGS.iter().copied().filter(near);
    all.clone().find(first).or_else(|| all.next())
}

/// Words that begin statements.
const BEGINNINGS: &[K] = &[
    K::Import,
    K::Site,
    K::Cluster,
    K::Module,
    K::Type,
    K::Fn,
    K::Capability,
    K::Intent,
    K::Output,
    K::Test,
    K::Let,
    K::Option,
    K::Use,
    K::Needs,
    K::Provide,
    K::Tune,
    K::Each,
    K::Remove,
    K::Check,
    K::Covered,
    K::Ignore,
    K::Unchecked,
    K::Given,
    K::Expect,
    K::For,
    K::Match,
    K::Private,
    K::Default,
    K::Override,
    K::Force,
    K::Append,
];

/// The sign behind the quoted key or name at `at`.
pub(super) fn pair_sign(inp: &mut Inp<'_, '_>, at: usize) -> Option<usize> {
    inp.ahead(at).is_key().then(|| key_end(inp, at))
}

/// The token behind the key at `at`.
fn key_end(inp: &mut Inp<'_, '_>, at: usize) -> usize {
    if inp.ahead(at) != K::TextOpen {
        return at + 1;
    }
    let (mut end, mut depth) = (at, 0usize);
    loop {
        match inp.ahead(end) {
            K::TextOpen => depth += 1,
            K::TextClose => depth -= 1,
            K::End => return end,
            _ => {}
        }
        end += 1;
        if depth == 0 {
            return end;
        }
    }
}
