//! Declarations.

use super::assign::{assign, type_ann};
use super::entry::{names, one_where, where_clause};
use super::{Rules, block_of, commas, habits, missing_expr, since};
use crate::ast::{
    Block, Cardinality, Expr, Import, KindDecl, Name, Param, StmtKind, Text, TextPart, Type, TypeKind, Where,
};
use crate::ctx::{Ahead, Inp, Inside, Parse, Rule, close, header, inside, keyword, name, skip_junk, want};
use crate::token::K;
use chumsky::error::EmptyErr;
use chumsky::prelude::*;
use kss_diag::How;

pub(super) struct Declarations<'s> {
    import: Rule<'s, StmtKind>,
    site: Rule<'s, StmtKind>,
    cluster: Rule<'s, StmtKind>,
    module: Rule<'s, StmtKind>,
    type_: Rule<'s, StmtKind>,
    function: Rule<'s, StmtKind>,
    capability: Rule<'s, StmtKind>,
    kind: Rule<'s, StmtKind>,
    test: Rule<'s, StmtKind>,
    let_: Rule<'s, StmtKind>,
    option: Rule<'s, StmtKind>,
    needs: Rule<'s, StmtKind>,
    provide: Rule<'s, StmtKind>,
}

impl<'s> Declarations<'s> {
    pub(super) fn new(rules: &Rules<'s>) -> Declarations<'s> {
        let parts = Parts::new(rules);
        Declarations {
            import: import().boxed(),
            site: parts.site().boxed(),
            cluster: parts.cluster().boxed(),
            module: parts.module().boxed(),
            type_: parts.type_().boxed(),
            function: parts.function().boxed(),
            capability: parts.capability().boxed(),
            kind: parts.kind().boxed(),
            test: parts.test().boxed(),
            let_: parts.let_().boxed(),
            option: parts.option().boxed(),
            needs: needs().boxed(),
            provide: parts.provide().boxed(),
        }
    }

    /// The rule of the declaration that begins with `word`, if it begins one.
    pub(super) fn rule(&self, word: K) -> Option<&Rule<'s, StmtKind>> {
        Some(match word {
            K::Import => &self.import,
            K::Site => &self.site,
            K::Cluster => &self.cluster,
            K::Module => &self.module,
            K::Type => &self.type_,
            K::Fn => &self.function,
            K::Capability => &self.capability,
            K::Shared | K::Optional | K::Intent | K::Output => &self.kind,
            K::Test => &self.test,
            K::Let => &self.let_,
            K::Option => &self.option,
            K::Needs => &self.needs,
            K::Provide => &self.provide,
            _ => return None,
        })
    }
}

struct Parts<'s> {
    expr: Rule<'s, Expr>,
    ty: Rule<'s, Type>,
    text: Rule<'s, Text>,
    /// The fields of a type.
    block: Rule<'s, Block>,
    body: Rule<'s, Block>,
    where_: Rule<'s, Box<Where>>,
    ann: Rule<'s, Type>,
}

impl<'s> Parts<'s> {
    fn new(rules: &Rules<'s>) -> Parts<'s> {
        Parts {
            expr: rules.expr.clone(),
            ty: rules.ty.clone(),
            text: rules.text.clone(),
            block: inside(Inside::Types, rules.block.clone()).boxed(),
            body: inside(Inside::Statements, block_of(&rules.block, "`{`")).boxed(),
            where_: where_clause(rules).boxed(),
            ann: type_ann(rules.ty.clone()).boxed(),
        }
    }

    fn site(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let parts = group((keyword(K::Site), name("the name of the site"), self.body.clone()));
        parts.map(|(_, name, body)| StmtKind::Site { name, body })
    }

    fn cluster(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let site = custom(|inp: &mut Inp<'s, '_>| {
            if matches!(inp.ahead(0), K::Ident | K::At | K::For) && inp.ahead(1).is_word() {
                habits::instead(inp, K::In, "in", "a cluster stands `in` its site");
            }
            inp.parse(want(K::In, "`in` and the name of its site"))
        });
        let site = site.then(name_if());
        let parts = group((keyword(K::Cluster), name("the name of the cluster"), site, self.body.clone()));
        parts.map(|(_, name, (_, site), body)| StmtKind::Cluster { name, site, body })
    }

    fn module(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let scope = keyword(K::For).ignore_then(name("`site`, `cluster`, `machine` or `node`"));
        let parts = group((keyword(K::Module), name("the name of the module"), scope.or_not(), self.body.clone()));
        parts.map(|(_, name, scope, body)| StmtKind::Module { name, scope, body })
    }

    fn type_(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let (block, ty) = (self.block.clone(), self.ty.clone());
        let is = custom(move |inp: &mut Inp<'s, '_>| {
            let start = inp.pos();
            habits::before_colon(inp);
            match inp.ahead(0) {
                K::LBrace | K::TooDeep => {
                    let kind = TypeKind::Record(inp.parse(&block)?);
                    Ok(Type { kind, id: since(inp, start) })
                }
                K::Eq => {
                    inp.skip();
                    inp.parse(&ty)
                }
                K::Pipe => {
                    inp.state().expected_text(start, "`=` and a type", " =");
                    inp.parse(&ty)
                }
                _ => {
                    inp.state().expected(start, "`{` with fields, or `=` and a type");
                    Ok(Type { kind: TypeKind::Missing, id: since(inp, start) })
                }
            }
        });
        let parts = group((keyword(K::Type), name("the name of the type"), is, self.where_.clone().or_not()));
        parts.map(|(_, name, ty, refine)| StmtKind::Type { name, ty, refine })
    }

    fn function(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let colon = want(K::Colon, "`:` and a type").then(self.ty.clone());
        let param = name("the name of a parameter").then(colon).map(|(name, (_, ty))| Param { name, ty });
        let params = header(false, commas(param, K::RParen, "`,` or `)`"));
        let params = custom(move |inp: &mut Inp<'s, '_>| {
            if inp.ahead(0) != K::LParen {
                inp.parse(want(K::LParen, "`(` with parameters"))?;
                return Ok(Vec::new());
            }
            inp.skip();
            let params = inp.parse(&params)?;
            close(inp, K::RParen, "`,` or `)`");
            match inp.ahead(0) {
                K::Arrow => habits::instead(inp, K::Eq, "=", "the body of a function stands behind `=`"),
                K::Colon => {
                    habits::instead(inp, K::ThinArrow, "->", "the type of a function's value stands behind `->`")
                }
                _ => {}
            }
            let next = inp.ahead(0);
            if !matches!(next, K::ThinArrow | K::Eq | K::Newline | K::Comma | K::End) && !next.is_closer() {
                let at = inp.pos();
                inp.state().expected(at, "`->` and a type, or `=` and the body");
                skip_junk(inp, &[K::ThinArrow, K::Eq, K::LBrace]);
            }
            Ok(params)
        });
        let result = keyword(K::ThinArrow).ignore_then(self.ty.clone());
        let body = keyword(K::Eq).ignore_then(self.expr.clone());
        let name = name("the name of the function");
        let parts = group((keyword(K::Fn), name, params, result.or_not(), body.or_not()));
        parts.map(|(_, name, params, result, body)| StmtKind::Fn { name, params, result, body })
    }

    /// `: T`, or the message that it is missing.
    fn typed(&self) -> impl Parse<'s, Type> + use<'s> {
        let ty = self.ty.clone();
        custom(move |inp: &mut Inp<'s, '_>| {
            if inp.parse(want(K::Colon, "`:` and a type"))? {
                return inp.parse(&ty);
            }
            let at = inp.pos();
            Ok(Type { kind: TypeKind::Missing, id: since(inp, at) })
        })
    }

    fn capability(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let per = want(K::Per, "`per` and a scope").then(name_if()).map(|(_, per)| per);
        let fallback = just(K::Eq).ignore_then(name("the name of a module")).or_not();
        let name = name("the name of the capability");
        let parts = group((keyword(K::Capability), name, self.typed(), cardinality(), per, fallback));
        parts.map(|(_, name, ty, count, per, fallback)| StmtKind::Capability { name, ty, count, per, fallback })
    }

    fn kind(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let words = custom(|inp: &mut Inp<'s, '_>| {
            let (mut shared, mut optional) = (false, false);
            loop {
                match inp.ahead(0) {
                    K::Shared => shared = true,
                    K::Optional => optional = true,
                    kind => {
                        inp.skip();
                        return Ok((kind == K::Output, shared, optional));
                    }
                }
                inp.skip();
            }
        });
        let lowered_by = keyword(K::For).ignore_then(names("a capability"));
        let one = keyword(K::One).or_not();
        let per = keyword(K::Per).ignore_then(name("a scope"));
        let name = name("the name of the kind");
        let parts = group((words, name, self.typed(), lowered_by.or_not(), one, per.or_not()));
        parts.map(|((output, shared, optional), name, ty, lowered_by, one, per)| {
            let one = one.is_some();
            StmtKind::Kind(KindDecl { output, shared, optional, name, ty, lowered_by, one, per })
        })
    }

    fn test(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let text = self.text.clone();
        let title = custom(move |inp: &mut Inp<'s, '_>| {
            let start = inp.pos();
            match inp.ahead(0) {
                K::TextOpen | K::RawText => return inp.parse(&text),
                _ => inp.state().expected(start, "the title of the test in quotes"),
            }
            let mut parts = Vec::new();
            if inp.ahead(0).is_word() {
                inp.skip();
                parts.push(TextPart::Plain(inp.state().slice(start).into()));
            }
            Ok(Text { parts, id: since(inp, start) })
        });
        let parts = group((keyword(K::Test), title, self.body.clone()));
        parts.map(|(_, title, body)| StmtKind::Test { title, body })
    }

    fn let_(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let expr = self.expr.clone();
        let value = custom(move |inp: &mut Inp<'s, '_>| {
            if inp.parse(assign()).is_err() {
                let at = inp.pos();
                let named = at > 0 && inp.state().kind(at - 1).is_word();
                let value = matches!(inp.ahead(0), K::LBrace | K::Literal | K::TextOpen | K::RawText | K::LBracket);
                if !named || !value {
                    return Ok(missing_expr(inp, "`=` and a value"));
                }
                inp.state().expected_text(at, "`=` and a value", " =");
            }
            inp.parse(&expr)
        });
        let where_ = || self.where_.clone().or_not();
        let named = custom(|inp: &mut Inp<'s, '_>| {
            habits::mutable(inp);
            inp.parse(name("a name"))
        });
        let parts = group((keyword(K::Let), named, self.ann.clone().or_not(), where_(), value, where_()));
        parts.map_with(|(_, name, ty, before, value, after), e| {
            let refine = one_where(e.state(), before, after);
            StmtKind::Let { name, ty, value, refine }
        })
    }

    fn option(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let private = keyword(K::Private).or_not();
        let where_ = || self.where_.clone().or_not();
        let default = assign().ignore_then(self.expr.clone()).or_not();
        let name = name("the name of the option");
        let parts = group((private, keyword(K::Option), name, self.typed(), where_(), default, where_()));
        parts.map_with(|(private, _, name, ty, before, default, after), e| {
            let (private, refine) = (private.is_some(), one_where(e.state(), before, after));
            StmtKind::Option { private, name, ty, default, refine }
        })
    }

    fn provide(&self) -> impl Parse<'s, StmtKind> + use<'s> {
        let parts = group((keyword(K::Provide), name("the name of a capability"), self.body.clone()));
        parts.map(|(_, name, body)| StmtKind::Provide { name, body })
    }
}

/// A name where one belongs; says nothing if the word before it was missing already.
fn name_if<'s>() -> impl Parse<'s, Name> {
    name("a name")
}

fn needs<'s>() -> impl Parse<'s, StmtKind> {
    let parts = group((keyword(K::Needs), names("the name of a capability"), just(K::Question).or_not()));
    parts.map(|(_, path, optional)| StmtKind::Needs { path, optional: optional.is_some() })
}

/// `one`, `at most one`, `some`
fn cardinality<'s>() -> impl Parse<'s, Cardinality> {
    custom(|inp: &mut Inp<'s, '_>| {
        let (count, len) = match (inp.ahead(0), inp.ahead(1), inp.ahead(2)) {
            (K::One, ..) => (Cardinality::One, 1),
            (K::Some, ..) => (Cardinality::Some, 1),
            (K::At, K::Most, K::One) => (Cardinality::AtMostOne, 3),
            _ => {
                let at = inp.pos();
                inp.state().expected(at, "`one per`, `at most one per` or `some per`");
                (Cardinality::One, 0)
            }
        };
        for _ in 0..len {
            inp.skip();
        }
        Ok(count)
    })
}

fn import<'s>() -> impl Parse<'s, StmtKind> {
    custom(|inp: &mut Inp<'s, '_>| {
        inp.skip();
        let (relative, mut path) = match habits::quoted_import(inp) {
            Some(import) => import,
            None => (relative(inp), vec![inp.parse(name("the name of a file or module"))?]),
        };
        let mut names = None;
        while matches!(inp.ahead(0), K::Dot | K::Slash) {
            let at = inp.pos();
            if inp.ahead(0) == K::Slash {
                let state = inp.state();
                if let Some(error) = state.expected_at(at, "`.` between the parts of a path") {
                    let place = state.range(at).at(state.file);
                    state.errors.push(error.fix("write `.`", place, How::Replace, "."));
                }
            }
            inp.skip();
            if inp.ahead(0) == K::LBrace {
                names = Some(selected(inp)?);
                break;
            }
            if habits::all_names(inp) {
                break;
            }
            path.push(inp.parse(name("the name of a declaration"))?);
        }
        habits::other_name(inp);
        Ok(StmtKind::Import(Import { relative, path, names }))
    })
}

/// `./`, `../../`
fn relative(inp: &mut Inp<'_, '_>) -> Option<u32> {
    if inp.ahead(0) == K::Dot && inp.ahead(1) == K::Slash {
        inp.skip();
        inp.skip();
        return Some(0);
    }
    let mut up = 0;
    while inp.ahead(0) == K::DotDot && inp.ahead(1) == K::Slash {
        inp.skip();
        inp.skip();
        up += 1;
    }
    (up > 0).then_some(up)
}

/// `{a, b}`
fn selected(inp: &mut Inp<'_, '_>) -> Result<Vec<Name>, EmptyErr> {
    inp.skip();
    let one = custom(|inp: &mut Inp<'_, '_>| {
        let name = inp.parse(name("a name"))?;
        habits::other_name(inp);
        Ok(name)
    });
    let names = inp.parse(commas(one, K::RBrace, "`,` or `}`"))?;
    close(inp, K::RBrace, "`,` or `}`");
    Ok(names)
}
