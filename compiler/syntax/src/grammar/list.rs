//! Lists and what iterates: `[ … ]`, generators.

use super::{Rules, commas, missing_expr, since};
use crate::ast::{BinaryOp, Name};
use crate::ast::{Expr, ExprKind, Generator, ListElem};
use crate::ctx::{Ahead, Inp, Rule, close, header, name, nested, want};
use crate::grammar::{expr, habits, no_expr};
use crate::token::K;
use chumsky::prelude::*;
use kss_diag::{How, code};

/// The elements of `[ … ]`, brackets included.
pub(super) fn list<'s>(rules: &Rules<'s>, generators: Rule<'s, Vec<Generator>>) -> Rule<'s, Vec<ListElem>> {
    let value = rules.expr.clone();
    let elem = recursive(move |elem| {
        let elem = elem.boxed();
        let one = custom(move |inp: &mut Inp<'s, '_>| {
            let (first, next) = (inp.ahead(0), inp.ahead(1));
            match first {
                K::DotDot => {
                    inp.skip();
                    Ok(ListElem::Spread(inp.parse(&value)?))
                }
                K::For if next.is_word() => {
                    inp.skip();
                    let generators = inp.parse(&generators)?;
                    habits::arrow(inp);
                    inp.parse(want(K::Arrow, "`=>` and the element"))?;
                    Ok(ListElem::For { generators, each: Box::new(inp.parse(&elem)?) })
                }
                K::If if expr::begins(next) => {
                    let start = inp.pos();
                    inp.skip();
                    let cond = inp.parse(&value)?;
                    if inp.ahead(0) == K::Then {
                        return Ok(ListElem::Value(expr::if_tail(inp, start, cond, &value)?));
                    }
                    inp.parse(want(K::Arrow, "`=>` and the element"))?;
                    Ok(ListElem::If { cond, then: Box::new(inp.parse(&elem)?) })
                }
                _ => {
                    let start = inp.pos();
                    let each = inp.parse(&value)?;
                    if inp.ahead(0) != K::For || !inp.ahead(1).is_word() || inp.pos() == start {
                        return Ok(ListElem::Value(each));
                    }
                    let at = inp.pos();
                    inp.skip();
                    let generators = inp.parse(&generators)?;
                    behind_element(inp, start, at);
                    Ok(ListElem::For { generators, each: Box::new(ListElem::Value(each)) })
                }
            }
        });
        nested(one, |ctx, at| ListElem::Value(no_expr(ctx, at)))
    });
    let elems = header(false, commas(elem, K::RBracket, "`,` or `]`"));
    custom(move |inp: &mut Inp<'s, '_>| {
        inp.parse(just(K::LBracket))?;
        let elems = inp.parse(&elems)?;
        close(inp, K::RBracket, "`]`");
        Ok(elems)
    })
    .boxed()
}

/// Says that what is repeated, from `start` to `at`, stands behind its `for`, which ends here.
fn behind_element(inp: &mut Inp<'_, '_>, start: usize, at: usize) {
    let end = inp.pos();
    let state = inp.state();
    if !state.speak(at) {
        return;
    }
    let slice = |from: usize, to: usize| &state.text[state.cover((from..to).into()).range()];
    let right = format!("{} => {}", slice(at, end), slice(start, at));
    let place = state.cover((start..end).into()).at(state.file);
    let word = state.range(at).at(state.file);
    let error = code::UNEXPECTED_TOKEN.at(word, "what is repeated stands behind its `for`: `[for x in xs => x]`");
    state.errors.push(match right.contains('\n') {
        true => error,
        false => error.fix(format!("write `{right}`"), place, How::Replace, right),
    });
}

/// The arguments of a call, parentheses included.
pub(super) fn args<'s>(rules: &Rules<'s>) -> Rule<'s, Vec<Expr>> {
    let value = rules.expr.clone();
    let arg = custom(move |inp: &mut Inp<'s, '_>| {
        habits::named_argument(inp);
        inp.parse(&value)
    });
    let args = header(false, commas(arg, K::RParen, "`,` or `)`"));
    custom(move |inp: &mut Inp<'s, '_>| {
        inp.parse(just(K::LParen))?;
        let args = inp.parse(&args)?;
        close(inp, K::RParen, "`)`");
        Ok(args)
    })
    .boxed()
}

/// `x in xs if p, k, v in map`
pub(super) fn generators<'s>(rules: &Rules<'s>) -> Rule<'s, Vec<Generator>> {
    let value = rules.expr.clone();
    custom(move |inp: &mut Inp<'s, '_>| {
        let mut all = vec![generator(inp, &value)?];
        while inp.ahead(0) == K::Comma && another(inp) {
            inp.skip();
            all.push(generator(inp, &value)?);
        }
        Ok(all)
    })
    .boxed()
}

/// Behind a comma: is it a generator, or does the comma belong to what is around?
fn another(inp: &mut Inp<'_, '_>) -> bool {
    let pair = inp.ahead(2) == K::Comma && inp.ahead(3).is_word() && inp.ahead(4) == K::In;
    inp.ahead(1).is_word() && (inp.ahead(2) == K::In || pair)
}

fn generator<'s>(inp: &mut Inp<'s, '_>, value: &Rule<'s, Expr>) -> Result<Generator, chumsky::error::EmptyErr> {
    let start = inp.pos();
    let mut vars: Vec<Name> = vec![inp.parse(name("the name of a variable"))?];
    if inp.ahead(0) == K::Comma && inp.ahead(1).is_word() && !vars[0].is_missing() {
        inp.skip();
        vars.push(inp.parse(name("the name of a variable"))?);
    }
    let there = inp.parse(want(K::In, "`in` and what is iterated"))?;
    let source =
        if there || expr::begins(inp.ahead(0)) { inp.parse(value)? } else { missing_expr(inp, "what is iterated") };
    let mut filter: Option<Expr> = None;
    while inp.ahead(0) == K::If {
        let first = inp.pos();
        inp.skip();
        let cond = inp.parse(value)?;
        filter = Some(match filter {
            None => cond,
            Some(before) if inp.state().level(first) => {
                let (left, right) = (Box::new(before), Box::new(cond));
                Expr { kind: ExprKind::Binary { op: BinaryOp::And, left, right }, id: since(inp, first) }
            }
            Some(before) => before,
        });
    }
    Ok(Generator { vars, source, filter, id: since(inp, start) })
}
