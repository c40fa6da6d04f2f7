//! Expressions.

use super::list::{args, generators, list};
use super::pattern::{arms, literal, pattern};
use super::{Rules, missing_expr, no_expr, since};
use crate::ast::{BinaryOp, Block, Expr, ExprKind, Generator, Key, ListElem, Pattern, Quantifier, Text, UnaryOp};
use crate::ctx::{Ahead, Ex, In, Inp, Parse, Rule, close, header, keyword, nested, want};
use crate::token::K;
use chumsky::error::EmptyErr;
use chumsky::input::MapExtra;
use chumsky::pratt::{infix, left, postfix, prefix};
use chumsky::prelude::*;
use kss_diag::{How, code};

type Extra<'s, 'p> = MapExtra<'s, 'p, In<'s>, Ex<'s>>;

/// May an expression begin with it?
pub(super) fn begins(kind: K) -> bool {
    let more = matches!(
        kind,
        K::Literal | K::TextOpen | K::RawText | K::LParen | K::LBracket | K::LBrace | K::Minus | K::TooDeep
    );
    more || kind == K::Not || kind.is_word() && (!kind.is_infix_word() || matches!(kind, K::If | K::At | K::With))
}

/// Makes even `is` or `at` before it a name.
fn ends_name(next: K) -> bool {
    next.is_closer() || matches!(next, K::Dot | K::LParen | K::Comma | K::Newline | K::End)
}

/// An expression with its operators, before it is known what it stands in.
struct Term {
    expr: Expr,
    /// A comparison without parentheses around it.
    compares: bool,
}

impl From<Expr> for Term {
    fn from(expr: Expr) -> Term {
        Term { expr, compares: false }
    }
}

pub(super) fn expr<'s>(rules: &Rules<'s>) -> impl Parse<'s, Expr> + use<'s> {
    let operand = operand(rules);
    let test = pattern(rules.ty.clone(), rules.text.clone(), false);
    let is = just(K::Is).ignore_then(just(K::Not).or_not()).then(test).boxed();
    let not = custom(|inp: &mut Inp<'s, '_>| match inp.ahead(0) {
        K::Not => Ok(inp.skip()),
        _ => Err(EmptyErr::default()),
    });
    let whole = operand
        .pratt((
            infix(left(40), comparison(), |l, op, r, e: &mut Extra<'s, '_>| compare(l, op, r, e)),
            postfix(39, is, |subject: Term, (negated, test): (Option<K>, Pattern), e: &mut Extra<'s, '_>| {
                if subject.compares {
                    chained(e);
                }
                let subject = Box::new(subject.expr);
                made(e, ExprKind::Is { subject, negated: negated.is_some(), test }, true)
            }),
            infix(left(20), operator(&[(K::And, BinaryOp::And)]), |l, op, r, e: &mut Extra<'s, '_>| {
                binary(l, op, r, e)
            }),
            infix(left(10), operator(&[(K::Or, BinaryOp::Or)]), |l, op, r, e: &mut Extra<'s, '_>| binary(l, op, r, e)),
            infix(
                left(60),
                operator(&[(K::Plus, BinaryOp::Add), (K::Minus, BinaryOp::Sub)]),
                |l, op, r, e: &mut Extra<'s, '_>| binary(l, op, r, e),
            ),
            infix(
                left(70),
                operator(&[(K::Star, BinaryOp::Mul), (K::Slash, BinaryOp::Div), (K::Percent, BinaryOp::Rem)]),
                |l, op, r, e: &mut Extra<'s, '_>| binary(l, op, r, e),
            ),
            infix(left(50), operator(&[(K::Coalesce, BinaryOp::Coalesce)]), |l, op, r, e: &mut Extra<'s, '_>| {
                binary(l, op, r, e)
            }),
            prefix(30, not, |(), operand, e: &mut Extra<'s, '_>| unary(UnaryOp::Not, operand, e)),
            prefix(80, just(K::Minus), |_, operand, e: &mut Extra<'s, '_>| unary(UnaryOp::Neg, operand, e)),
        ))
        .map(|term: Term| term.expr);
    nested(whole.boxed(), no_expr)
}

fn operator<'s>(table: &'static [(K, BinaryOp)]) -> impl Parse<'s, BinaryOp> {
    custom(move |inp: &mut Inp<'s, '_>| {
        let next = inp.ahead(0);
        let found = table.iter().find(|(kind, _)| *kind == next).ok_or_else(EmptyErr::default)?;
        inp.skip();
        Ok(found.1)
    })
}

fn comparison<'s>() -> impl Parse<'s, BinaryOp> {
    custom(|inp: &mut Inp<'s, '_>| {
        let op = match inp.ahead(0) {
            K::EqEq => BinaryOp::Eq,
            K::NotEq => BinaryOp::Ne,
            K::Lt => BinaryOp::Lt,
            K::Le => BinaryOp::Le,
            K::Gt => BinaryOp::Gt,
            K::Ge => BinaryOp::Ge,
            K::In => BinaryOp::In,
            K::Not if inp.ahead(1) == K::In => {
                inp.skip();
                BinaryOp::NotIn
            }
            _ => return Err(EmptyErr::default()),
        };
        inp.skip();
        Ok(op)
    })
}

fn made(e: &mut Extra<'_, '_>, kind: ExprKind, compares: bool) -> Term {
    let span = e.span();
    let state = e.state();
    let id = state.node(span);
    // Dropping a deep chain of operators is recursive, so it ends here.
    let kind = if state.level(span.start) { kind } else { ExprKind::Missing };
    Term { expr: Expr { id, kind }, compares }
}

fn unary(op: UnaryOp, operand: Term, e: &mut Extra<'_, '_>) -> Term {
    made(e, ExprKind::Unary { op, operand: Box::new(operand.expr) }, false)
}

fn binary(l: Term, op: BinaryOp, r: Term, e: &mut Extra<'_, '_>) -> Term {
    made(e, ExprKind::Binary { op, left: Box::new(l.expr), right: Box::new(r.expr) }, false)
}

fn compare(l: Term, op: BinaryOp, r: Term, e: &mut Extra<'_, '_>) -> Term {
    if l.compares {
        chained(e);
    }
    let kind = ExprKind::Binary { op, left: Box::new(l.expr), right: Box::new(r.expr) };
    made(e, kind, true)
}

fn chained(e: &mut Extra<'_, '_>) {
    let span = e.span();
    let state = e.state();
    let place = state.cover(span).at(state.file);
    let error = code::UNEXPECTED_TOKEN.at(place, "comparisons don't follow each other");
    state.errors.push(error.help("join two comparisons with `and`, or put one into parentheses"));
}

/// What stands between operators, with `.x` and `(…)` behind it.
fn operand<'s>(rules: &Rules<'s>) -> impl Parse<'s, Term> + use<'s> {
    let postfix = postfixes(rules);
    atom(rules).foldl_with(postfix.repeated(), |base: Term, next, e: &mut Extra<'s, '_>| {
        let inner = Box::new(base.expr);
        match next {
            Postfix::Member { key, optional } => made(e, ExprKind::Member { base: inner, key, optional }, false),
            Postfix::Call(args) => made(e, ExprKind::Call { callee: inner, args }, false),
            Postfix::Index => Term::from(*inner),
        }
    })
}

enum Postfix {
    Member {
        key: Key,
        optional: bool,
    },
    Call(Vec<Expr>),
    /// `[0]`, which doesn't exist.
    Index,
}

fn postfixes<'s>(rules: &Rules<'s>) -> Rule<'s, Postfix> {
    let (args, text) = (args(rules), rules.text.clone());
    custom(move |inp: &mut Inp<'s, '_>| match inp.ahead(0) {
        kind @ (K::Dot | K::QuestionDot) => {
            inp.skip();
            let optional = kind == K::QuestionDot;
            let at = inp.pos();
            let key = match inp.ahead(0) {
                K::TextOpen | K::RawText => Key::Quoted(inp.parse(&text)?),
                kind if kind.is_word() => {
                    inp.skip();
                    Key::Bare(inp.state().name(at))
                }
                _ => {
                    inp.state().expected(at, "the name of a field");
                    Key::Bare(inp.state().no_name(at))
                }
            };
            Ok(Postfix::Member { key, optional })
        }
        K::LParen if !inp.line_starts(0) => Ok(Postfix::Call(inp.parse(&args)?)),
        K::LBracket if adjacent(inp) => {
            index(inp);
            Ok(Postfix::Index)
        }
        _ => Err(EmptyErr::default()),
    })
    .boxed()
}

/// Does the next token follow the one before without space?
fn adjacent(inp: &mut Inp<'_, '_>) -> bool {
    let at = inp.pos();
    let state = inp.state();
    at > 0 && state.range(at - 1).hi == state.range(at).lo
}

fn index(inp: &mut Inp<'_, '_>) {
    let start = inp.pos();
    let mut depth = 0usize;
    loop {
        let kind = inp.ahead(0);
        depth += usize::from(kind.closer().is_some());
        depth -= usize::from(kind.is_closer());
        inp.skip();
        if depth == 0 || inp.ahead(0) == K::End {
            break;
        }
    }
    let end = inp.pos();
    let state = inp.state();
    let place = state.cover((start..end).into()).at(state.file);
    let error = code::UNEXPECTED_TOKEN.at(place, "elements of a list have no numbers");
    state.errors.push(error.help("`first(list)` is the first one; `[for x in list if … => x]` selects others"));
}

/// The rules that an atom may go on with.
struct Atoms<'s> {
    text: Rule<'s, Text>,
    block: Rule<'s, Block>,
    list: Rule<'s, Vec<ListElem>>,
    inner: Rule<'s, Expr>,
    expr: Rule<'s, Expr>,
    generators: Rule<'s, Vec<Generator>>,
    arms: Rule<'s, Vec<(Pattern, Expr)>>,
    subject: Rule<'s, Expr>,
}

fn atom<'s>(rules: &Rules<'s>) -> Rule<'s, Term> {
    let arm = pattern(rules.ty.clone(), rules.text.clone(), true);
    let free = header(false, rules.expr.clone()).boxed();
    let generators = generators(rules);
    let atoms = std::rc::Rc::new(Atoms {
        text: rules.text.clone(),
        block: rules.block.clone(),
        list: list(rules, generators.clone()),
        inner: free.clone(),
        expr: rules.expr.clone(),
        generators,
        arms: arms(arm, free),
        subject: header(true, rules.expr.clone()).boxed(),
    });
    custom(move |inp: &mut Inp<'s, '_>| atoms.read(inp)).boxed()
}

impl<'s> Atoms<'s> {
    fn read(&self, inp: &mut Inp<'s, '_>) -> Result<Term, EmptyErr> {
        let start = inp.pos();
        let (first, next) = (inp.ahead(0), inp.ahead(1));
        let kind = match first {
            K::Literal | K::True | K::False | K::None | K::Null => {
                inp.skip();
                return Ok(literal(inp, start).into());
            }
            K::TextOpen | K::RawText => ExprKind::Text(inp.parse(&self.text)?),
            K::LParen => return self.parens(inp),
            K::LBracket => ExprKind::List(inp.parse(&self.list)?),
            K::LBrace if !inp.state().header || next == K::RBrace => ExprKind::Record(inp.parse(&self.block)?),
            K::TooDeep => {
                inp.skip();
                ExprKind::Missing
            }
            K::If if begins(next) || matches!(next, K::Newline | K::End) => {
                inp.skip();
                let cond = inp.parse(&self.expr)?;
                return Ok(if_tail(inp, start, cond, &self.expr)?.into());
            }
            K::Match if begins(next) && next != K::LBrace => self.match_(inp)?,
            K::Every | K::Some | K::No if next.is_word() && !next.is_infix_word() => self.quantifier(inp, first)?,
            K::Fail if begins(next) && next != K::LBrace => self.fail(inp)?,
            kind if kind.is_word() && (!kind.is_infix_word() || matches!(kind, K::At | K::With) || ends_name(next)) => {
                inp.skip();
                if next == K::LBrace && !inp.state().header && !inp.line_starts(0) {
                    let name = inp.state().name(start);
                    ExprKind::Construct { name, body: inp.parse(&self.block)? }
                } else {
                    ExprKind::Name(inp.state().symbol(start))
                }
            }
            _ => return Ok(missing_expr(inp, "a value").into()),
        };
        Ok(Expr { kind, id: since(inp, start) }.into())
    }

    fn parens(&self, inp: &mut Inp<'s, '_>) -> Result<Term, EmptyErr> {
        inp.skip();
        let inner = inp.parse(&self.inner)?;
        close(inp, K::RParen, "`)`");
        Ok(inner.into())
    }

    fn match_(&self, inp: &mut Inp<'s, '_>) -> Result<ExprKind, EmptyErr> {
        inp.skip();
        let subject = Box::new(inp.parse(&self.subject)?);
        let arms = match inp.ahead(0) {
            K::LBrace | K::TooDeep => inp.parse(&self.arms)?,
            _ => {
                let at = inp.pos();
                inp.state().expected(at, "`{` with the cases of `match`");
                Vec::new()
            }
        };
        Ok(ExprKind::Match { subject, arms })
    }

    fn quantifier(&self, inp: &mut Inp<'s, '_>, first: K) -> Result<ExprKind, EmptyErr> {
        inp.skip();
        let quantifier = match first {
            K::Every => Quantifier::Every,
            K::Some => Quantifier::Some,
            _ => Quantifier::No,
        };
        let generators = inp.parse(&self.generators)?;
        inp.parse(want(K::Colon, "`:` and the condition"))?;
        let cond = Box::new(inp.parse(&self.expr)?);
        Ok(ExprKind::Quantifier { quantifier, generators, cond })
    }

    fn fail(&self, inp: &mut Inp<'s, '_>) -> Result<ExprKind, EmptyErr> {
        inp.skip();
        let message = Box::new(inp.parse(&self.expr)?);
        let part = |inp: &mut Inp<'s, '_>, kind| match inp.parse(keyword(kind)) {
            Ok(()) => Ok(Some(Box::new(inp.parse(&self.expr)?))),
            Err(_) => Ok::<_, EmptyErr>(None),
        };
        let at = part(inp, K::At)?;
        let with = part(inp, K::With)?;
        Ok(ExprKind::Fail { message, at, with })
    }
}

/// `then a else b` behind `if cond`, which began at `start`.
pub(super) fn if_tail<'s>(
    inp: &mut Inp<'s, '_>,
    start: usize,
    cond: Expr,
    value: &Rule<'s, Expr>,
) -> Result<Expr, EmptyErr> {
    inp.parse(want(K::Then, "`then` and a value"))?;
    let then = Box::new(inp.parse(value)?);
    let otherwise = if inp.ahead(0) == K::Else {
        inp.skip();
        inp.parse(value)?
    } else {
        let at = inp.pos();
        let missing = inp.state().expected_at(at, "`else` and a value");
        if let Some(error) = missing {
            let state = inp.state();
            let before = state.cover((at.saturating_sub(1)..at).into()).at(state.file);
            let error = error.help("an `if` that has a value has one in both cases");
            state.errors.push(error.suggest("insert `else none`", before, How::After, " else none"));
        }
        no_expr(inp.state(), at)
    };
    let kind = ExprKind::If { cond: Box::new(cond), then, otherwise: Box::new(otherwise) };
    Ok(Expr { kind, id: since(inp, start) })
}
