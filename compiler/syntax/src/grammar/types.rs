//! Types.

use super::{empty, since};
use crate::ast::{Alternative, Block, Type, TypeKind};
use crate::ctx::{Ahead, Ctx, Inp, Inside, Parse, Rule, close, inside, nested, want};
use crate::token::K;
use chumsky::error::EmptyErr;
use chumsky::prelude::*;

struct Types<'s> {
    ty: Rule<'s, Type>,
    block: Rule<'s, Block>,
}

/// A type. `inner` is this rule itself.
pub(super) fn ty<'s>(inner: Rule<'s, Type>, block: Rule<'s, Block>) -> impl Parse<'s, Type> {
    let types = std::rc::Rc::new(Types { ty: inner, block: inside(Inside::Types, block).boxed() });
    let whole = custom(move |inp: &mut Inp<'s, '_>| types.union(inp));
    nested(whole.boxed(), |ctx, at| Type { id: ctx.node((at..at).into()), kind: TypeKind::Missing })
}

impl<'s> Types<'s> {
    /// `a | B | c { … }`
    fn union(&self, inp: &mut Inp<'s, '_>) -> Result<Type, EmptyErr> {
        let start = inp.pos();
        if inp.ahead(0) == K::Pipe {
            inp.skip();
        }
        let mut all = vec![self.alternative(inp)?];
        while inp.ahead(0) == K::Pipe {
            inp.skip();
            all.push(self.alternative(inp)?);
        }
        match all.pop() {
            Some(Alternative::Type(only)) if all.is_empty() => Ok(only),
            last => {
                all.extend(last);
                Ok(Type { kind: TypeKind::Union(all), id: since(inp, start) })
            }
        }
    }

    fn alternative(&self, inp: &mut Inp<'s, '_>) -> Result<Alternative, EmptyErr> {
        let start = inp.pos();
        let first = self.primary(inp)?;
        if !matches!(inp.ahead(0), K::Question | K::Plus) {
            return Ok(first);
        }
        let mut ty = self.as_type(inp, first);
        loop {
            let kind = match inp.ahead(0) {
                K::Question => {
                    inp.skip();
                    TypeKind::Optional(Box::new(ty))
                }
                K::Plus => {
                    inp.skip();
                    let more = self.primary(inp)?;
                    let more = self.as_type(inp, more);
                    TypeKind::Plus(Box::new(ty), Box::new(more))
                }
                _ => return Ok(Alternative::Type(ty)),
            };
            let fits = inp.state().level(start);
            ty = Type { kind: if fits { kind } else { TypeKind::Missing }, id: since(inp, start) };
        }
    }

    fn as_type(&self, inp: &mut Inp<'s, '_>, alternative: Alternative) -> Type {
        match alternative {
            Alternative::Type(ty) => ty,
            case => Type { kind: TypeKind::Union(vec![case]), id: empty(inp) },
        }
    }

    /// A type without `?` and `+`. A run of `set` and `Later` is read in a loop, because it may be long.
    fn primary(&self, inp: &mut Inp<'s, '_>) -> Result<Alternative, EmptyErr> {
        let start = inp.pos();
        while matches!(inp.ahead(0), K::Set | K::Later) && makes_type(inp.ahead(1)) {
            inp.skip();
        }
        let mut at = inp.pos();
        let mut made = self.simple(inp)?;
        while at > start {
            at -= 1;
            let inner = Box::new(self.as_type(inp, made));
            let kind = match inp.state().kind(at) {
                K::Set => TypeKind::Set(inner),
                _ => TypeKind::Later(inner),
            };
            let fits = inp.state().level(at);
            let kind = if fits { kind } else { TypeKind::Missing };
            made = Alternative::Type(Type { kind, id: since(inp, at) });
        }
        Ok(made)
    }

    fn simple(&self, inp: &mut Inp<'s, '_>) -> Result<Alternative, EmptyErr> {
        let start = inp.pos();
        let kind = match inp.ahead(0) {
            K::Ref if inp.ahead(1).is_word() => {
                inp.skip();
                inp.skip();
                TypeKind::Ref(inp.state().name(start + 1))
            }
            K::LBracket => {
                inp.skip();
                let of = inp.parse(&self.ty)?;
                close(inp, K::RBracket, "`]`");
                TypeKind::List(Box::new(of))
            }
            K::LParen => {
                inp.skip();
                let inner = inp.parse(&self.ty)?;
                close(inp, K::RParen, "`)`");
                return Ok(Alternative::Type(inner));
            }
            K::LBrace if is_map(inp) => {
                inp.skip();
                let key = inp.parse(&self.ty)?;
                inp.parse(want(K::Colon, "`:` and the type of the values"))?;
                let value = inp.parse(&self.ty)?;
                close(inp, K::RBrace, "`}`");
                TypeKind::Map(Box::new(key), Box::new(value))
            }
            K::LBrace => TypeKind::Record(inp.parse(&self.block)?),
            K::TooDeep => {
                inp.skip();
                TypeKind::Missing
            }
            kind if kind.is_word() => return self.named(inp),
            _ => {
                inp.state().expected(start, "a type");
                TypeKind::Missing
            }
        };
        Ok(Alternative::Type(Type { kind, id: since(inp, start) }))
    }

    /// A type is capitalised, a case is not.
    fn named(&self, inp: &mut Inp<'s, '_>) -> Result<Alternative, EmptyErr> {
        let start = inp.pos();
        inp.skip();
        let state = inp.state();
        if state.slice(start).starts_with(|c: char| c.is_ascii_uppercase()) {
            let kind = TypeKind::Name(state.symbol(start));
            return Ok(Alternative::Type(Type { kind, id: since(inp, start) }));
        }
        let name = state.name(start);
        let payload = match inp.ahead(0) {
            K::LBrace if !inp.line_starts(0) => Some(inp.parse(&self.block)?),
            _ => None,
        };
        let state = inp.state();
        // The documentation stands before the `|`, if that begins the line.
        let bar = start.checked_sub(1).filter(|b| matches!(state.kind(*b), K::Pipe | K::Eq));
        let doc = state.doc(start).or_else(|| bar.and_then(|b| state.doc(b)));
        Ok(Alternative::Case { doc, name, payload })
    }
}

/// May `set` or `Later` stand before it?
fn makes_type(kind: K) -> bool {
    let clause = kind.is_infix_word() || matches!(kind, K::One | K::Per | K::Some | K::For | K::By);
    kind.is_word() && !clause || matches!(kind, K::LParen | K::LBracket | K::LBrace)
}

/// At a brace: `{K: V}` rather than a record? Types are capitalised, and a map has one pair.
fn is_map(inp: &mut Inp<'_, '_>) -> bool {
    let at = inp.pos();
    let key = inp.ahead(1);
    let reference = key == K::Ref && inp.ahead(2).is_word() && inp.ahead(3) == K::Colon;
    let state = inp.state();
    let capital = key.is_word() && state.slice(at + 1).starts_with(|c: char| c.is_ascii_uppercase());
    if !(reference || capital && state.kind(at + 2) == K::Colon || key == K::LBracket) {
        return false;
    }
    only_pair(state, at)
}

/// Is there neither a comma nor a line nor a value directly between the braces at `at`?
fn only_pair(ctx: &Ctx<'_>, at: usize) -> bool {
    let mut depth = 0usize;
    for kind in &ctx.item[at..] {
        if kind.closer().is_some() {
            depth += 1;
        } else if kind.is_closer() {
            depth -= 1;
            if depth == 0 {
                return true;
            }
        } else if depth == 1 && matches!(kind, K::Comma | K::Newline | K::Eq) {
            return false;
        }
    }
    false
}
