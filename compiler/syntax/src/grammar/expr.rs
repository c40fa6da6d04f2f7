//! Expressions.

use super::list::{args, generators, list};
use super::pattern::{arms, literal, pattern};
use super::{Rules, habits, missing_expr, no_expr, since};
use crate::ast::{BinaryOp, Block, Expr, ExprKind, Generator, Key, ListElem, Pattern, Quantifier, Text, UnaryOp};
use crate::ctx::{Ahead, Inp, Inside, Parse, Rule, close, header, inside, keyword, nested, skip_one, want};
use crate::token::K;
use chumsky::error::EmptyErr;
use chumsky::prelude::*;
use kss_diag::{How, code};

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

/// How tightly operators bind, loosest first. `is` stands on the level of comparisons.
mod power {
    pub(super) const LOOSEST: u8 = 0;
    pub(super) const OR: u8 = 1;
    pub(super) const AND: u8 = 2;
    pub(super) const NOT: u8 = 3;
    pub(super) const COMPARE: u8 = 4;
    pub(super) const COALESCE: u8 = 5;
    pub(super) const ADD: u8 = 6;
    pub(super) const MULTIPLY: u8 = 7;
    pub(super) const NEGATE: u8 = 8;
}

/// What stands behind an operand.
enum Infix {
    Binary(BinaryOp, u8),
    Is,
}

fn infix(inp: &mut Inp<'_, '_>) -> Option<Infix> {
    use BinaryOp::*;
    let (op, power) = match inp.ahead(0) {
        K::Or => (Or, power::OR),
        K::And => (And, power::AND),
        K::EqEq => (Eq, power::COMPARE),
        K::NotEq => (Ne, power::COMPARE),
        K::Lt => (Lt, power::COMPARE),
        K::Le => (Le, power::COMPARE),
        K::Gt => (Gt, power::COMPARE),
        K::Ge => (Ge, power::COMPARE),
        K::In => (In, power::COMPARE),
        K::Not if inp.ahead(1) == K::In => (NotIn, power::COMPARE),
        K::Coalesce => (Coalesce, power::COALESCE),
        K::Plus => (Add, power::ADD),
        K::Minus => (Sub, power::ADD),
        K::Star => (Mul, power::MULTIPLY),
        K::Slash => (Div, power::MULTIPLY),
        K::Percent => (Rem, power::MULTIPLY),
        K::Is => return Some(Infix::Is),
        _ => return None,
    };
    Some(Infix::Binary(op, power))
}

pub(super) fn expr<'s>(rules: &Rules<'s>) -> impl Parse<'s, Expr> + use<'s> {
    let operators =
        Operators { operand: operand(rules).boxed(), test: pattern(rules.ty.clone(), rules.text.clone(), false) };
    let whole = custom(move |inp: &mut Inp<'s, '_>| Ok(operators.climb(inp, power::LOOSEST)?.expr));
    nested(std::rc::Rc::new(whole), no_expr)
}

/// Operands with operators between them, by precedence. (Chumsky's `pratt` tries each operator behind each operand; most
/// values have none, and this looks once.)
struct Operators<'s> {
    operand: Rule<'s, Term>,
    test: Rule<'s, Pattern>,
}

impl<'s> Operators<'s> {
    /// An expression whose operators bind at least as tightly as `least`. The layout has cut long runs of prefixes short, so
    /// recursion is bounded.
    fn climb(&self, inp: &mut Inp<'s, '_>, least: u8) -> Result<Term, EmptyErr> {
        let start = inp.pos();
        let mut left = match inp.ahead(0) {
            K::Not if inp.ahead(1) != K::Dot => self.prefix(inp, UnaryOp::Not, power::NOT)?,
            K::Minus => self.prefix(inp, UnaryOp::Neg, power::NEGATE)?,
            _ => inp.parse(&self.operand)?,
        };
        while let Some(infix) = infix(inp) {
            let compares = left.compares;
            let power = match infix {
                Infix::Binary(_, power) => power,
                Infix::Is => power::COMPARE,
            };
            if power < least {
                break;
            }
            if power == power::COMPARE && compares {
                chained(inp, start);
            }
            left = match infix {
                Infix::Is => self.is(inp, left, start)?,
                Infix::Binary(op, power) => {
                    inp.skip();
                    if op == BinaryOp::NotIn {
                        inp.skip();
                    }
                    let right = Box::new(self.climb(inp, power + 1)?.expr);
                    let kind = ExprKind::Binary { op, left: Box::new(left.expr), right };
                    made(inp, start, kind, power == power::COMPARE)
                }
            };
        }
        Ok(left)
    }

    fn prefix(&self, inp: &mut Inp<'s, '_>, op: UnaryOp, power: u8) -> Result<Term, EmptyErr> {
        let start = inp.pos();
        inp.skip();
        let operand = Box::new(self.climb(inp, power)?.expr);
        Ok(made(inp, start, ExprKind::Unary { op, operand }, false))
    }

    /// `is not pattern`
    fn is(&self, inp: &mut Inp<'s, '_>, subject: Term, start: usize) -> Result<Term, EmptyErr> {
        inp.skip();
        let negated = inp.ahead(0) == K::Not;
        if negated {
            inp.skip();
        }
        let (subject, test) = (Box::new(subject.expr), Box::new(inp.parse(&self.test)?));
        Ok(made(inp, start, ExprKind::Is { subject, negated, test }, true))
    }
}

/// An expression over the tokens from `start` to here.
fn made(inp: &mut Inp<'_, '_>, start: usize, kind: ExprKind, compares: bool) -> Term {
    let id = since(inp, start);
    // Dropping a deep chain of operators is recursive, so it ends here.
    let kind = if inp.state().level(start) { kind } else { ExprKind::Missing };
    Term { expr: Expr { id, kind }, compares }
}

fn chained(inp: &mut Inp<'_, '_>, start: usize) {
    let at = inp.pos();
    let state = inp.state();
    if !state.speak(at) {
        return;
    }
    let place = state.cover((start..at + 1).into()).at(state.file);
    let error = code::UNEXPECTED_TOKEN.at(place, "comparisons don't follow each other");
    state.errors.push(error.help("join two comparisons with `and`, or put one into parentheses"));
}

/// What stands between operators, with `.x` and `(…)` behind it.
fn operand<'s>(rules: &Rules<'s>) -> impl Parse<'s, Term> + use<'s> {
    let (atom, postfix) = (atom(rules), postfixes(rules));
    custom(move |inp: &mut Inp<'s, '_>| {
        let start = inp.pos();
        let mut term = inp.parse(&atom)?;
        while matches!(inp.ahead(0), K::Dot | K::QuestionDot | K::LParen | K::LBracket) {
            let Ok(next) = inp.parse(&postfix) else { break };
            let inner = Box::new(term.expr);
            term = match next {
                Postfix::Member { key, optional } => {
                    made(inp, start, ExprKind::Member { base: inner, key, optional }, false)
                }
                Postfix::Call(args) => made(inp, start, ExprKind::Call { callee: inner, args }, false),
                Postfix::Index => Term::from(*inner),
            };
        }
        Ok(term)
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
    skip_one(inp);
    let end = inp.pos();
    let state = inp.state();
    let range = state.cover((start..end).into());
    let place = range.at(state.file);
    let text = state.text;
    let inner = text[range.range()].trim_start_matches('[').trim_end_matches(']').trim();
    let number = inner.trim_start_matches('-');
    let error = if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) {
        code::UNEXPECTED_TOKEN
            .at(place, "elements of a list have no numbers")
            .help("`first(list)` is the first one; `[for x in list if … => x]` selects others")
    } else {
        let error = code::UNEXPECTED_TOKEN.at(place, "a key of a map is not looked up in brackets");
        let error = match looked_up(inner) {
            Some(key) => error.suggest(format!("write `.{key}`"), place, kss_diag::How::Replace, format!(".{key}")),
            None => error.help("`map.\"${key}\"` looks a key up"),
        };
        error.help("`?.` instead of `.` gives `none` where the key is missing; elements of a list have no numbers")
    };
    state.errors.push(error);
}

/// `name` as the computed key `"${name}"`; a text is a key as it is.
fn looked_up(inner: &str) -> Option<String> {
    let name = |text: &str| text.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
    let quoted = inner.len() > 1 && inner.starts_with('"') && inner.ends_with('"');
    match () {
        _ if inner.is_empty() => None,
        _ if name(inner) => Some(format!("\"${{{inner}}}\"")),
        _ if quoted && !inner[1..inner.len() - 1].contains('"') => Some(inner.to_owned()),
        _ => None,
    }
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
        block: inside(Inside::Values, rules.block.clone()).boxed(),
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
            K::LBrace => {
                let Some(end) = habits::record_in_header(inp) else { return Ok(missing_expr(inp, "a value").into()) };
                habits::say_record_in_header(inp, end);
                ExprKind::Record(inp.parse(header(false, self.block.clone()))?)
            }
            K::TooDeep => {
                inp.skip();
                ExprKind::Missing
            }
            K::If if !next.is_closer() && !matches!(next, K::Comma | K::Dot) => {
                inp.skip();
                let cond = inp.parse(&self.expr)?;
                return Ok(if_tail(inp, start, cond, &self.expr)?.into());
            }
            K::Match if begins(next) && next != K::LBrace => self.match_(inp)?,
            K::Every | K::Some | K::No if next.is_word() && !next.is_infix_word() => self.quantifier(inp, first)?,
            K::Fail if begins(next) && next != K::LBrace => self.fail(inp)?,
            K::Let if habits::let_in(inp) => return self.again(inp),
            K::Import if habits::import_as_value(inp) => ExprKind::Missing,
            K::Ident if next.is_word() && habits::switch(inp) => ExprKind::Missing,
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

    /// The value behind what was skipped.
    fn again(&self, inp: &mut Inp<'s, '_>) -> Result<Term, EmptyErr> {
        Ok(inp.parse(&self.expr)?.into())
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
        if matches!(inp.ahead(0), K::Arrow | K::Pipe) {
            habits::instead(inp, K::Colon, ":", "the condition stands behind `:`");
        }
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
    if inp.ahead(0) != K::Then {
        braces(inp, &cond);
    }
    inp.parse(want(K::Then, "`then` and a value"))?;
    let then = Box::new(inp.parse(value)?);
    let otherwise = if habits::else_if(inp) {
        // The word stands for both, so it is read as the `if`.
        let at = inp.pos();
        inp.state().alias = Some((at, K::If));
        inp.parse(value)?
    } else if inp.ahead(0) == K::Else {
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

/// At `if a { 1 } else { 2 }` where a value stands: says how that is written.
fn braces(inp: &mut Inp<'_, '_>, cond: &Expr) {
    let at = inp.pos();
    let state = inp.state();
    if matches!(cond.kind, ExprKind::Construct { .. }) && state.speak(at) {
        let place = state.place(cond.id).at(state.file);
        let error = code::UNEXPECTED_TOKEN.at(place, "a choice between values has no braces");
        state.errors.push(error.help("write `if c then a else b`"));
    }
}
