//! `:` and `=`: what stands behind which.

use crate::ast::Type;
use crate::ctx::{Ahead, Inp, Parse, Rule, when};
use crate::token::K;
use chumsky::error::EmptyErr;
use chumsky::prelude::*;

/// `: T`, unless a value stands there.
pub(super) fn type_ann<'s>(ty: Rule<'s, Type>) -> impl Parse<'s, Type> {
    when(|inp| inp.ahead(0) == K::Colon && !is_value(inp, 1)).ignore_then(just(K::Colon)).ignore_then(ty)
}

/// A literal that stands for itself.
pub(super) fn is_literal(kind: K) -> bool {
    matches!(kind, K::Literal | K::TextOpen | K::RawText | K::True | K::False)
}

/// Does surely no type stand `n` behind the next token?
pub(super) fn is_value(inp: &mut Inp<'_, '_>, n: usize) -> bool {
    let next = inp.ahead(n + 1);
    match inp.ahead(n) {
        K::LBracket => {
            next == K::RBracket
                || is_literal(next)
                || matches!(next, K::Minus | K::For)
                || next == K::LBrace && is_value(inp, n + 1)
        }
        K::LBrace => {
            let key = match next {
                K::TextOpen if inp.ahead(n + 2) == K::TextPart && inp.ahead(n + 3) == K::TextClose => n + 4,
                kind if kind.is_word() || kind == K::RawText => n + 2,
                _ => return false,
            };
            inp.ahead(key) == K::Eq || inp.ahead(key) == K::Colon && is_value(inp, key + 1)
        }
        K::None | K::Null => !matches!(next, K::Pipe),
        K::Minus => next == K::Literal,
        kind => is_literal(kind),
    }
}

/// `=`, or a `:` that should have been one.
pub(super) fn assign<'s>() -> impl Parse<'s, ()> {
    custom(|inp: &mut Inp<'s, '_>| {
        if inp.ahead(0) == K::Colon && is_value(inp, 1) {
            let at = inp.pos();
            inp.state().value_behind_colon(at);
        } else if inp.ahead(0) != K::Eq {
            return Err(EmptyErr::default());
        }
        inp.skip();
        Ok(())
    })
}
