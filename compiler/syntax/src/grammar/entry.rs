//! Fields, entries, and the statements of modules, clusters and tests that are no declarations.

use super::assign::{assign, is_literal, type_ann};
use super::{Rules, block_of, missing_expr, since};
use crate::ast::{
    Block, Expect, Expr, Field, FieldValue, Head, Key, LayerWord, Name, RemoveTarget, StmtKind, Text, Type, Where,
};
use crate::ctx::{Ahead, Ctx, Ex, In, Inp, Inside, Parse, Rule, header, inside, keyword, name, want, word};
use crate::token::K;
use chumsky::error::EmptyErr;
use chumsky::prelude::*;
use kss_diag::code;
use kss_span::Symbol;

pub(super) struct Entries<'s> {
    pub(super) field: Rule<'s, StmtKind>,
    pub(super) entry: Rule<'s, StmtKind>,
    use_: Rule<'s, StmtKind>,
    tune: Rule<'s, StmtKind>,
    each: Rule<'s, StmtKind>,
    remove: Rule<'s, StmtKind>,
    check: Rule<'s, StmtKind>,
    covered: Rule<'s, StmtKind>,
    ignore: Rule<'s, StmtKind>,
    unchecked: Rule<'s, StmtKind>,
    given: Rule<'s, StmtKind>,
    expect: Rule<'s, StmtKind>,
}

impl<'s> Entries<'s> {
    pub(super) fn new(rules: &Rules<'s>) -> Entries<'s> {
        let parts = Parts::new(rules);
        Entries {
            field: parts.field().boxed(),
            entry: parts.entry().boxed(),
            use_: parts.use_().boxed(),
            tune: parts.tune().boxed(),
            each: parts.each().boxed(),
            remove: parts.remove().boxed(),
            check: parts.check().boxed(),
            covered: parts.covered().boxed(),
            ignore: parts.ignore().boxed(),
            unchecked: parts.unchecked().boxed(),
            given: parts.given().boxed(),
            expect: parts.expect(),
        }
    }

    /// The rule of the statement that begins with `word`.
    pub(super) fn rule(&self, word: K) -> &Rule<'s, StmtKind> {
        match word {
            K::Use => &self.use_,
            K::Tune => &self.tune,
            K::Each => &self.each,
            K::Remove => &self.remove,
            K::Check => &self.check,
            K::Covered => &self.covered,
            K::Ignore => &self.ignore,
            K::Unchecked => &self.unchecked,
            K::Given => &self.given,
            K::Expect => &self.expect,
            _ => &self.field,
        }
    }
}

/// Rules that several statements have parts of.
struct Parts<'s> {
    expr: Rule<'s, Expr>,
    text: Rule<'s, Text>,
    block: Rule<'s, Block>,
    ty: Rule<'s, Type>,
    key: Rule<'s, Key>,
    path: Rule<'s, Vec<Key>>,
    head: Rule<'s, Head>,
    body: Rule<'s, Block>,
    where_: Rule<'s, Box<Where>>,
    because: Rule<'s, Text>,
}

impl<'s> Parts<'s> {
    fn new(rules: &Rules<'s>) -> Parts<'s> {
        let key = key(rules.text.clone()).boxed();
        Parts {
            expr: rules.expr.clone(),
            text: rules.text.clone(),
            block: rules.block.clone(),
            ty: rules.ty.clone(),
            path: path(key.clone()).boxed(),
            head: head(key.clone()).boxed(),
            key,
            body: inside(Inside::Statements, block_of(&rules.block, "`{`")).boxed(),
            where_: where_clause(rules).boxed(),
            because: keyword(K::Because).ignore_then(reason(rules.text.clone())).boxed(),
        }
    }

    /// The commonest statement by far, so it looks at the next token instead of trying its parts.
    fn field(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let (prefixes, path, ty) = (prefixes(), self.path.clone(), type_ann(self.ty.clone()));
        let any_type = self.ty.clone();
        let value = field_value(self);
        let (where_, because) = (self.where_.clone(), self.because.clone());
        custom(move |inp: &mut Inp<'s, '_>| {
            let Prefix { layer, private, append } = inp.parse(&prefixes)?;
            let path = inp.parse(&path)?;
            let by = match inp.ahead(0) == K::By && inp.ahead(1).is_word() {
                true => {
                    inp.skip();
                    Some(inp.parse(word())?)
                }
                false => None,
            };
            let ty = match inp.ahead(0) {
                K::Colon => inp.parse(ty.clone().or_not())?,
                K::Ident | K::Ref | K::Set | K::Later | K::LBracket if inp.state().inside == Inside::Types => {
                    let at = inp.pos();
                    inp.state().expected_text(at, "`:` and a type", " :");
                    Some(inp.parse(&any_type)?)
                }
                _ => None,
            };
            let before = if inp.ahead(0) == K::Where { Some(inp.parse(&where_)?) } else { None };
            let value = inp.parse(&value)?;
            let after = if inp.ahead(0) == K::Where { Some(inp.parse(&where_)?) } else { None };
            let because = if inp.ahead(0) == K::Because { Some(inp.parse(&because)?) } else { None };
            let value = match (value, by) {
                (Some(FieldValue::Block(block)), Some(by)) => Some(FieldValue::Keyed { by, block }),
                (Some(FieldValue::Expr(value)), Some(by)) => Some(FieldValue::KeyedExpr { by, value }),
                (value, _) => value,
            };
            if value.is_none() && ty.is_none() {
                let at = inp.pos();
                inp.state().expected(at, "`=`, `:` or `{`");
            }
            let refine = one_where(inp.state(), before, after);
            Ok(StmtKind::Field(Box::new(Field { layer, private, append, path, ty, value, refine, because })))
        })
    }

    fn entry(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let parts = group((self.head.clone(), self.body.clone(), self.because.clone().or_not()));
        parts.map(|(head, body, because)| StmtKind::Entry { head, body, because })
    }

    fn use_(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let name = self.named_key("the name of a module");
        let block = inside(Inside::Statements, self.block.clone());
        let body = custom(move |inp: &mut Inp<'s, '_>| {
            super::habits::before_block(inp);
            if matches!(inp.ahead(0), K::LBrace | K::TooDeep) { Ok(Some(inp.parse(&block)?)) } else { Ok(None) }
        });
        let parts = group((keyword(K::Use), name, body));
        parts.map(|(_, name, body)| StmtKind::Use { name, body })
    }

    fn named_key(&self, what: &'static str) -> impl Parse<'s, Key> + use<'s> {
        let key = self.key.clone();
        custom(move |inp: &mut Inp<'s, '_>| match inp.ahead(0).is_key() {
            true => inp.parse(&key),
            false => Ok(Key::Bare(inp.parse(name(what))?)),
        })
    }

    fn tune(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let parts = group((keyword(K::Tune), self.head.clone(), self.body.clone(), self.because.clone().or_not()));
        parts.map(|(_, target, body, because)| StmtKind::Tune { target, body, because })
    }

    fn each(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let filter = keyword(K::Where).ignore_then(header(true, self.expr.clone()));
        let parts = group((keyword(K::Each), name("a kind of entries"), filter.or_not(), self.body.clone()));
        parts.map(|(_, kind, filter, body)| StmtKind::Each { kind, filter, body })
    }

    fn remove(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let (key, path) = (self.named_key("what is removed"), self.path.clone());
        custom(move |inp: &mut Inp<'s, '_>| {
            inp.skip();
            let start = inp.pos();
            let is_use = inp.ahead(0) == K::Use && inp.ahead(1).is_key();
            if is_use {
                inp.skip();
            }
            let mut words = Vec::new();
            let mut first = inp.pos();
            let two = inp.ahead(0).is_word() && inp.ahead(1).is_key() && !inp.ahead(1).is_infix_word();
            if is_use {
                words.push(inp.parse(&key)?);
            } else if two {
                let count = if inp.state().slice(start) == "manifest" { 3 } else { 2 };
                while words.len() < count && inp.ahead(0).is_key() && !inp.ahead(0).is_infix_word() {
                    words.push(inp.parse(&key)?);
                }
            } else {
                first = start;
            }
            let within = match inp.parse(keyword(K::In)) {
                Ok(()) => Some(inp.parse(&key)?),
                Err(_) => None,
            };
            let head = Head { words, within, id: since(inp, first) };
            let path = match inp.ahead(0).is_key() && !is_use {
                true => inp.parse(&path)?,
                false if head.words.is_empty() => vec![inp.parse(&key)?],
                false => Vec::new(),
            };
            let target = RemoveTarget { is_use, head, path, id: since(inp, start) };
            Ok(StmtKind::Remove { target })
        })
    }

    fn check(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let expr = self.expr.clone();
        let code = keyword(K::Code).ignore_then(name("a code like `K0410`"));
        let message = keyword(K::Else).ignore_then(expr.clone());
        let parts = group((keyword(K::Check), expr, code.or_not(), message.or_not()));
        parts.map(|(_, cond, code, message)| StmtKind::Check { cond, code, message })
    }

    fn covered(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let because = want(K::Because, "`because` and a reason").ignore_then(self.expr.clone());
        let parts = group((keyword(K::Covered), self.expr.clone(), because));
        parts.map(|(_, entry, because)| StmtKind::Covered { entry, because })
    }

    fn reason_required(&self) -> impl Parse<'s, Text> + use<'s> {
        want(K::Because, "`because` and a reason").ignore_then(reason(self.text.clone()))
    }

    fn ignore(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let parts = group((keyword(K::Ignore), names("a field"), self.reason_required()));
        parts.map(|(_, path, because)| StmtKind::Ignore { path, because })
    }

    fn unchecked(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let first = self.named_key("a key");
        let path = first.then(just(K::Dot).ignore_then(self.named_key("a key")).repeated().collect::<Vec<_>>());
        let value = just(K::Eq).ignore_then(self.expr.clone()).or_not();
        let parts = group((keyword(K::Unchecked), path, value, self.reason_required()));
        parts.map(|(_, (first, rest), value, because)| {
            let path = std::iter::once(first).chain(rest).collect();
            StmtKind::Unchecked { path, value, because }
        })
    }

    fn given(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let what = "the name of a cluster or site";
        let base = just(K::Eq).ignore_then(name(what));
        let with = keyword(K::With).ignore_then(self.body.clone());
        let parts = group((keyword(K::Given), name(what), base.or_not(), with.or_not()));
        parts.map(|(_, first, base, with)| match base {
            Some(base) => StmtKind::Given { name: Some(first), base, with },
            None => StmtKind::Given { name: None, base: first, with },
        })
    }

    fn expect(&self) -> Rule<'s, StmtKind> {
        let (expr, head) = (self.expr.clone(), self.head.clone());
        custom(move |inp: &mut Inp<'s, '_>| {
            inp.skip();
            Ok(StmtKind::Expect(expect(inp, &expr, &head)?))
        })
        .boxed()
    }
}

fn expect<'s>(inp: &mut Inp<'s, '_>, expr: &Rule<'s, Expr>, head: &Rule<'s, Head>) -> Result<Expect, EmptyErr> {
    let (first, next, third) = (inp.ahead(0), inp.ahead(1), inp.ahead(2));
    let ends = |kind: K| matches!(kind, K::Newline | K::End | K::Comma | K::RBrace);
    match (first, next) {
        (K::No, K::Error) if ends(third) || third == K::Or => {
            inp.skip();
            inp.skip();
            let mut or = Vec::new();
            while inp.ahead(0) == K::Or {
                inp.skip();
                inp.parse(want(K::Error, "`error` and its code"))?;
                or.push(inp.parse(name("a code like `K0410`"))?);
            }
            Ok(Expect::NoError { or })
        }
        (K::No, K::Output) if third != K::In => {
            inp.skip();
            inp.skip();
            inp.parse(want(K::Containing, "`containing` and a text"))?;
            if inp.ahead(0) == K::Owner && (inp.ahead(1).is_key() || ends(inp.ahead(1))) {
                inp.skip();
                return Ok(Expect::NoOutputOf { owner: inp.parse(expr)? });
            }
            Ok(Expect::NoOutputWith { text: inp.parse(expr)? })
        }
        (K::Error, _) if ends(next) || next.is_word() && !(next.is_infix_word() && next != K::At) => {
            inp.skip();
            let code = match inp.ahead(0) {
                kind if kind.is_word() && kind != K::At => Some(inp.parse(name("a code"))?),
                _ => None,
            };
            let at = match inp.parse(keyword(K::At)) {
                Ok(()) => Some(inp.parse(expr)?),
                Err(_) => None,
            };
            Ok(Expect::Error { code, at })
        }
        _ if first.is_word() && !first.is_prefix_word() && next.is_key() && !next.is_infix_word() => {
            let head = inp.parse(head)?;
            inp.parse(want(K::Colon, "`:` and a condition"))?;
            Ok(Expect::Output { head, cond: inp.parse(expr)? })
        }
        (kind, _) if ends(kind) => Ok(Expect::Cond(missing_expr(inp, "what is expected"))),
        _ => Ok(Expect::Cond(inp.parse(expr)?)),
    }
}

/// `a.b`, of bare names.
pub(super) fn names<'s>(what: &'static str) -> impl Parse<'s, Vec<Name>> {
    let rest = just::<_, In<'s>, Ex<'s>>(K::Dot).ignore_then(name(what)).repeated().collect::<Vec<_>>();
    name(what).then(rest).map(|(first, rest)| std::iter::once(first).chain(rest).collect())
}

/// `where cond else "…"`
pub(super) fn where_clause<'s>(rules: &Rules<'s>) -> impl Parse<'s, Box<Where>> + use<'s> {
    let message = keyword(K::Else).ignore_then(rules.expr.clone());
    let parts = keyword(K::Where).ignore_then(rules.expr.clone()).then(message.or_not());
    parts.map_with(|(cond, message), e| {
        let span = e.span();
        Box::new(Where { id: e.state().node(span), cond, message })
    })
}

/// A condition stands before or behind the value, not on both sides.
pub(super) fn one_where(
    ctx: &mut Ctx<'_>,
    before: Option<Box<Where>>,
    after: Option<Box<Where>>,
) -> Option<Box<Where>> {
    if let (Some(_), Some(second)) = (&before, &after) {
        let place = ctx.place(second.id).at(ctx.file);
        let error = code::UNEXPECTED_TOKEN.at(place, "`where` stands here twice");
        ctx.errors.push(error.help("join the two conditions with `and`"));
    }
    before.or(after)
}

fn field_value<'s>(parts: &Parts<'s>) -> impl Parse<'s, Option<FieldValue>> + use<'s> {
    let (expr, block) = (parts.expr.clone(), inside(Inside::Values, parts.block.clone()));
    custom(move |inp: &mut Inp<'s, '_>| {
        if inp.ahead(0) == K::Arrow {
            super::habits::instead(inp, K::Eq, "=", "`=>` is written `=` between a key and its value");
        }
        let next = inp.ahead(0);
        match next {
            K::LBrace | K::TooDeep => return Ok(Some(FieldValue::Block(inp.parse(&block)?))),
            K::Eq => inp.skip(),
            _ if inp.parse(assign()).is_ok() => {}
            _ if is_literal(next)
                || next.is_prefix_word()
                || next == K::LBracket && super::form::spaced(inp, 0)
                || next.is_word() && inp.state().inside == Inside::Values =>
            {
                let at = inp.pos();
                inp.state().expected_text(at, "`=`", " =");
            }
            _ => return Ok(None),
        }
        Ok(Some(FieldValue::Expr(inp.parse(&expr)?)))
    })
}

/// A text behind `because`; if there is none, says so.
pub(super) fn reason<'s>(text: Rule<'s, Text>) -> impl Parse<'s, Text> {
    custom(move |inp: &mut Inp<'s, '_>| match inp.ahead(0) {
        K::TextOpen | K::RawText => inp.parse(&text),
        _ => {
            let at = inp.pos();
            inp.state().expected(at, "a reason in quotes");
            // What stands there instead is no new statement.
            let words = inp.ahead(0).is_word() && inp.ahead(1).is_word();
            if words || super::expr::begins(inp.ahead(0)) && !super::form::begins(inp) {
                crate::ctx::skip_junk(inp, &[]);
            }
            Ok(Text { parts: Vec::new(), id: since(inp, at) })
        }
    })
}

/// `a`, `"a.b"`, `a-{1..3}`; fails at anything else.
fn key<'s>(text: Rule<'s, Text>) -> impl Parse<'s, Key> {
    custom(move |inp: &mut Inp<'s, '_>| {
        let at = inp.pos();
        match inp.ahead(0) {
            K::TextOpen | K::RawText => Ok(Key::Quoted(inp.parse(&text)?)),
            K::RangeName => {
                inp.skip();
                Ok(range(inp, at))
            }
            kind if kind.is_word() => {
                inp.skip();
                Ok(Key::Bare(inp.state().name(at)))
            }
            _ => Err(EmptyErr::default()),
        }
    })
}

fn range(inp: &mut Inp<'_, '_>, at: usize) -> Key {
    let state = inp.state();
    let source = state.slice(at);
    let (prefix, numbers) = source.split_once(['{', '$']).unwrap_or((source, ""));
    let id = state.node((at..at + 1).into());
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u32>());
    let bounds = numbers.trim_end_matches('}').split_once("..").and_then(|(a, b)| number(a).zip(number(b)));
    let (first, last) = match bounds {
        Some((Ok(first), Ok(last))) => (first, last),
        Some(_) => {
            let place = state.range(at).at(state.file);
            state.errors.push(code::BAD_LITERAL.at(place, "the numbers of this range are too large"));
            (0, 0)
        }
        // The layout has said what is wrong.
        None => (1, 1),
    };
    Key::Range { id, prefix: Symbol::new(prefix), first, last }
}

/// `a.b."c"`
fn path<'s>(key: Rule<'s, Key>) -> impl Parse<'s, Vec<Key>> {
    let or_missing = {
        let key = key.clone();
        custom(move |inp: &mut Inp<'s, '_>| match inp.ahead(0).is_key() {
            true => inp.parse(&key),
            false => Ok(Key::Bare(inp.parse(name("the name of a field"))?)),
        })
    };
    custom(move |inp: &mut Inp<'s, '_>| {
        // Most paths have one key, and so one allocation of the right size.
        let mut path = vec![inp.parse(&key)?];
        while inp.ahead(0) == K::Dot {
            inp.skip();
            path.push(inp.parse(&or_missing)?);
        }
        Ok(path)
    })
}

/// `kind name in scope`
fn head<'s>(key: Rule<'s, Key>) -> impl Parse<'s, Head> {
    custom(move |inp: &mut Inp<'s, '_>| {
        let start = inp.pos();
        let mut words = Vec::new();
        while inp.ahead(0).is_key() && (words.is_empty() || inp.ahead(0) != K::In) {
            words.push(inp.parse(&key)?);
        }
        if words.is_empty() {
            words.push(Key::Bare(inp.parse(name("what is changed"))?));
        }
        let within = match inp.parse(keyword(K::In)) {
            Ok(()) if inp.ahead(0).is_key() => Some(inp.parse(&key)?),
            Ok(()) => Some(Key::Bare(inp.parse(name("the name of a scope"))?)),
            Err(_) => None,
        };
        Ok(Head { words, within, id: since(inp, start) })
    })
}

#[derive(Default)]
struct Prefix {
    layer: Option<LayerWord>,
    private: bool,
    append: bool,
}

/// `default`, `private`, `append`, … before a key.
fn prefixes<'s>() -> impl Parse<'s, Prefix> {
    custom(|inp: &mut Inp<'s, '_>| {
        let mut prefix = Prefix::default();
        while super::form::names(inp, 1) {
            match inp.ahead(0) {
                K::Default => prefix.layer = Some(LayerWord::Default),
                K::Override => prefix.layer = Some(LayerWord::Override),
                K::Force => prefix.layer = Some(LayerWord::Force),
                K::Private => prefix.private = true,
                K::Append => prefix.append = true,
                _ => break,
            }
            inp.skip();
        }
        Ok(prefix)
    })
}
