//! Patterns, and the arms of `match`.

use super::{commas, empty, habits, separators, since};
use crate::ast::{Expr, ExprKind, Pattern, PatternField, PatternKind, Text, Type};
use crate::ctx::{Ahead, Inp, Rule, close, name, skip_one, want};
use crate::grammar::line_end;
use crate::token::K;
use chumsky::error::EmptyErr;
use chumsky::prelude::*;

/// A pattern. `arm`: may it be `x : Type`, and may braces follow wherever it stands?
pub(super) fn pattern<'s>(ty: Rule<'s, Type>, text: Rule<'s, Text>, arm: bool) -> Rule<'s, Pattern> {
    let field = name("the name of a field")
        .then(just(K::Eq).ignore_then(name("the name of a variable")).or_not())
        .map(|(field, rename)| PatternField { field, rename });
    let fields = commas(field, K::RBrace, "`,` or `}`").boxed();
    let one = custom(move |inp: &mut Inp<'s, '_>| {
        let start = inp.pos();
        let kind = match inp.ahead(0) {
            K::Literal | K::True | K::False => {
                inp.skip();
                PatternKind::Literal(Box::new(literal(inp, start)))
            }
            K::TextOpen | K::RawText => {
                let text = inp.parse(&text)?;
                PatternKind::Literal(Box::new(Expr { kind: ExprKind::Text(text), id: since(inp, start) }))
            }
            K::Ident if inp.state().slice(start) == "_" => {
                inp.skip();
                PatternKind::Any
            }
            kind if kind.is_word() => {
                let case = inp.parse(name("a case"))?;
                let braces = inp.ahead(0) == K::LBrace && !inp.line_starts(0) && (arm || !inp.state().header);
                if arm && inp.ahead(0) == K::Colon && !super::assign::is_value(inp, 1) {
                    inp.skip();
                    PatternKind::Typed { name: case, ty: inp.parse(&ty)? }
                } else if braces {
                    inp.skip();
                    let fields = inp.parse(&fields)?;
                    close(inp, K::RBrace, "`,` or `}`");
                    PatternKind::Case { name: case, fields: Some(fields) }
                } else {
                    PatternKind::Case { name: case, fields: None }
                }
            }
            K::Star if arm => {
                habits::instead(inp, K::Ident, "_", "whatever is left is written `_`");
                inp.skip();
                PatternKind::Any
            }
            _ => {
                inp.state().expected(start, if arm { "a pattern" } else { "a type, a case or `present`" });
                return Ok(Pattern { id: empty(inp), kind: PatternKind::Missing });
            }
        };
        Ok(Pattern { id: since(inp, start), kind })
    })
    .boxed();
    custom(move |inp: &mut Inp<'s, '_>| {
        let start = inp.pos();
        let first = inp.parse(&one)?;
        if inp.ahead(0) != K::Pipe {
            return Ok(first);
        }
        let mut all = vec![first];
        while inp.ahead(0) == K::Pipe {
            inp.skip();
            all.push(inp.parse(&one)?);
        }
        Ok(Pattern { kind: PatternKind::Or(all), id: since(inp, start) })
    })
    .boxed()
}

/// The literal that was just read, at `at`.
pub(super) fn literal(inp: &mut Inp<'_, '_>, at: usize) -> Expr {
    use crate::ast::LiteralClass;
    let state = inp.state();
    let class = match state.kind(at) {
        K::True | K::False => LiteralClass::Bool,
        K::None => LiteralClass::None,
        K::Null => LiteralClass::Null,
        _ => state.class(at),
    };
    let text = state.symbol(at);
    Expr { id: state.node((at..at + 1).into()), kind: ExprKind::Literal { class, text } }
}

/// `{ pattern => body … }`; fails where there is no brace.
pub(super) fn arms<'s, O: 's>(pattern: Rule<'s, Pattern>, body: Rule<'s, O>) -> Rule<'s, Vec<(Pattern, O)>> {
    let arm = custom(move |inp: &mut Inp<'s, '_>| {
        if matches!(inp.ahead(0), K::RBrace | K::End) {
            return Err(EmptyErr::default());
        }
        let start = inp.pos();
        habits::case(inp);
        let pattern = inp.parse(&pattern)?;
        habits::arrow(inp);
        inp.parse(want(K::Arrow, "`=>`"))?;
        let body = inp.parse(&body)?;
        if inp.pos() == start {
            skip_one(inp); // so that the arms end
        }
        Ok((pattern, body))
    });
    let arms = separators().ignore_then(arm.then_ignore(line_end()).repeated().collect::<Vec<_>>()).boxed();
    let too_deep = just(K::TooDeep).map(|_| Vec::new());
    just(K::LBrace).ignore_then(arms).then_ignore(just(K::RBrace)).or(too_deep).boxed()
}
