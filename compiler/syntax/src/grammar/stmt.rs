//! Statements: the choice between their forms, and those that decide or repeat.

use super::form::{self, Form, form};
use super::list::generators;
use super::pattern::{arms, pattern};
use super::{Rules, block_of, declare, entry, expr, habits, missing_expr, no_stmt, since};
use crate::ast::{Block, Body, Expr, Generator, Pattern, Stmt, StmtKind, Type};
use crate::ctx::{Ahead, Inp, Parse, Rule, header, nested, skip_junk, skip_one, when};
use crate::token::K;
use chumsky::error::EmptyErr;
use chumsky::prelude::*;
use kss_diag::{How, code};

/// A statement; fails only where the block ends.
pub(super) fn stmt<'s>(rules: &Rules<'s>) -> impl Parse<'s, Stmt> + use<'s> {
    let forms = std::rc::Rc::new(Forms::new(rules));
    let whole = custom(move |inp: &mut Inp<'s, '_>| {
        let start = inp.pos();
        let doc = inp.state().doc(start);
        let top = inp.state().is_top();
        let mut kind = forms.read(inp)?;
        let here =
            matches!(kind, StmtKind::Field(_) | StmtKind::If { .. } | StmtKind::For { .. } | StmtKind::Match { .. });
        if top && here || matches!(kind, StmtKind::Element(_) | StmtKind::Spread(_) | StmtKind::Entry { .. }) {
            kind = forms.unless_follower(inp, start, kind, top);
        }
        if doc.is_some() && matches!(kind, StmtKind::Import(_) | StmtKind::Spread(_) | StmtKind::Open) {
            inp.state().undocumented(start);
        }
        Ok(Stmt { doc, kind, id: since(inp, start) })
    });
    // Asked first, because a level too deep is a statement as well.
    let any = when(|inp| inp.ahead(0) != K::End && !inp.ahead(0).is_closer());
    any.ignore_then(nested(whole, no_stmt))
}

struct Forms<'s> {
    stmt: Rule<'s, Stmt>,
    body: Rule<'s, Block>,
    expr: Rule<'s, Expr>,
    ty: Rule<'s, Type>,
    head: Rule<'s, Expr>,
    generators: Rule<'s, Vec<Generator>>,
    arms: Rule<'s, Vec<(Pattern, Body)>>,
    entry: entry::Entries<'s>,
    declare: declare::Declarations<'s>,
}

impl<'s> Forms<'s> {
    fn new(rules: &Rules<'s>) -> Forms<'s> {
        let arm = pattern(rules.ty.clone(), rules.text.clone(), true);
        let (stmt, block) = (rules.stmt.clone(), rules.block.clone());
        let arm_body = custom(move |inp: &mut Inp<'s, '_>| match inp.ahead(0) {
            K::LBrace | K::TooDeep => Ok(Body::Block(inp.parse(&block)?)),
            _ => one(inp, &stmt),
        });
        Forms {
            stmt: rules.stmt.clone(),
            body: block_of(&rules.block, "`{`").boxed(),
            expr: rules.expr.clone(),
            ty: rules.ty.clone(),
            head: header(true, rules.expr.clone()).boxed(),
            generators: header(true, generators(rules)).boxed(),
            arms: arms(arm, arm_body.boxed()),
            entry: entry::Entries::new(rules),
            declare: declare::Declarations::new(rules),
        }
    }

    /// A value or an entry without a block on a line of which something was said already stands there because of that: it is
    /// no statement.
    fn unless_follower(&self, inp: &mut Inp<'s, '_>, start: usize, kind: StmtKind, top: bool) -> StmtKind {
        let end = inp.pos();
        let state = inp.state();
        let lines = (start + 1..end).any(|at| state.line_starts(at));
        let empty = match &kind {
            // Completion wants an entry that is just being typed; at the top none stands.
            StmtKind::Entry { body, .. } => top && body.stmts.is_empty(),
            _ => true,
        };
        // A field at the top is wrong there whatever is in it, unless something before it made it one.
        let value = matches!(kind, StmtKind::Element(_) | StmtKind::Spread(_) | StmtKind::Entry { .. });
        let end = if value { end } else { start };
        if top && matches!(kind, StmtKind::Field(_)) && habits::is_foreign_field(state, start) {
            return StmtKind::Error;
        }
        if !lines && empty && habits::follows_error(state, start, end) { StmtKind::Error } else { kind }
    }

    fn read(&self, inp: &mut Inp<'s, '_>) -> Result<StmtKind, EmptyErr> {
        match form(inp) {
            Form::Entry | Form::Element | Form::Field if habits::foreign_word(inp) => match form(inp) {
                // The word stands for one of ours now.
                Form::Word(_) => self.read(inp),
                _ => Ok(StmtKind::Error),
            },
            Form::Entry if habits::switch(inp) => Ok(StmtKind::Error),
            Form::Field | Form::Element if habits::foreign_import(inp) => Ok(StmtKind::Error),
            Form::Element if habits::nix_module(inp) => Ok(StmtKind::Error),
            Form::Element if habits::minus_goes_on(inp) => self.junk(inp),
            Form::End => Err(EmptyErr::default()),
            Form::Junk => self.junk(inp),
            Form::Union => self.union(inp),
            Form::Spread => self.spread(inp),
            Form::Field => inp.parse(&self.entry.field),
            Form::Entry => match form::misspelt(inp) {
                Some(word) => self.misspelt(inp, word),
                None => inp.parse(&self.entry.entry),
            },
            Form::Element => {
                let start = inp.pos();
                let value = inp.parse(&self.expr)?;
                if inp.pos() == start { self.junk(inp) } else { Ok(StmtKind::Element(value)) }
            }
            Form::Word(K::If) => self.if_(inp),
            Form::Word(K::For) => self.for_(inp),
            Form::Word(K::Match) => self.match_(inp),
            Form::Word(word) => match self.declare.rule(word) {
                Some(rule) => inp.parse(rule),
                None => inp.parse(self.entry.rule(word)),
            },
        }
    }

    /// What begins with a word that is nearly `word`.
    fn misspelt(&self, inp: &mut Inp<'s, '_>, word: K) -> Result<StmtKind, EmptyErr> {
        let at = inp.pos();
        let state = inp.state();
        let right = word.keyword().unwrap_or_default();
        if state.speak(at) {
            let place = state.range(at).at(state.file);
            let message = format!("`{}` begins no statement; did you mean `{right}`?", state.slice(at));
            let error = code::UNEXPECTED_TOKEN.at(place, message);
            state.errors.push(error.suggest(format!("write `{right}`"), place, How::Replace, right));
        }
        state.alias = Some((at, word));
        self.read(inp)
    }

    /// Skips what begins no statement, at least one token; what follows on the line may be one.
    fn junk(&self, inp: &mut Inp<'s, '_>) -> Result<StmtKind, EmptyErr> {
        let at = inp.pos();
        if habits::choice_first(inp) {
            return Ok(StmtKind::Error);
        }
        if !habits::operator_first(inp) {
            inp.state().expected(at, "a statement");
        }
        skip_one(inp);
        while form(inp) == Form::Junk && !matches!(inp.ahead(0), K::Newline | K::Comma) {
            skip_one(inp);
        }
        match form(inp) {
            Form::Field | Form::Entry => self.read(inp),
            Form::Element if inp.ahead(0) == K::LBrace => self.read(inp),
            _ => {
                skip_junk(inp, &[K::LBrace]);
                Ok(StmtKind::Error)
            }
        }
    }

    /// A union without a name: what is in it is kept.
    fn union(&self, inp: &mut Inp<'s, '_>) -> Result<StmtKind, EmptyErr> {
        let start = inp.pos();
        let state = inp.state();
        let top = state.is_top();
        if let Some(mut error) = state.expected_at(start, "a statement") {
            let sign = state.slice(start);
            error.message = format!("no name of a type stands before this `{sign}`");
            state.errors.push(error);
        }
        let name = state.no_name(start);
        if inp.ahead(0) == K::Eq {
            inp.skip();
        }
        let ty = inp.parse(&self.ty)?;
        Ok(if top { StmtKind::Type { name, ty, refine: None } } else { StmtKind::Error })
    }

    fn spread(&self, inp: &mut Inp<'s, '_>) -> Result<StmtKind, EmptyErr> {
        inp.skip();
        let next = inp.ahead(0);
        if matches!(next, K::Newline | K::Comma | K::End) || next.is_closer() {
            return Ok(StmtKind::Open);
        }
        Ok(StmtKind::Spread(inp.parse(&self.expr)?))
    }

    fn body(&self, inp: &mut Inp<'s, '_>) -> Result<Body, EmptyErr> {
        if inp.ahead(0) == K::Arrow {
            inp.skip();
            return one(inp, &self.stmt);
        }
        Ok(Body::Block(inp.parse(&self.body)?))
    }

    fn if_(&self, inp: &mut Inp<'s, '_>) -> Result<StmtKind, EmptyErr> {
        let start = inp.pos();
        inp.skip();
        let cond = inp.parse(&self.head)?;
        if inp.ahead(0) == K::Then && !habits::then_block(inp) {
            return Ok(StmtKind::Element(expr::if_tail(inp, start, cond, &self.expr)?));
        }
        let then = self.body(inp)?;
        let mut otherwise = None;
        let else_if = habits::else_if(inp);
        if else_if {
            // The word stands for both, so it is read as the `if`.
            let at = inp.pos();
            inp.state().alias = Some((at, K::If));
            otherwise = Some(one(inp, &self.stmt)?);
        } else if inp.ahead(0) == K::Else {
            inp.skip();
            otherwise = Some(match inp.ahead(0) {
                K::If => one(inp, &self.stmt)?,
                _ => self.body(inp)?,
            });
        }
        Ok(StmtKind::If { cond, then, otherwise })
    }

    fn for_(&self, inp: &mut Inp<'s, '_>) -> Result<StmtKind, EmptyErr> {
        inp.skip();
        let generators = inp.parse(&self.generators)?;
        habits::arrow(inp);
        if inp.ahead(0) == K::Arrow {
            self.pair(inp);
        }
        Ok(StmtKind::For { generators, body: self.body(inp)? })
    }

    /// Behind the arrow of a `for`: a key with a sign of other languages before its value.
    fn pair(&self, inp: &mut Inp<'s, '_>) {
        let sign = form::pair_sign(inp, 1);
        let sign = sign.filter(|n| inp.ahead(*n) == K::Colon);
        let Some(sign) = sign else { return };
        let at = inp.pos() + sign;
        let state = inp.state();
        if state.speak(at) {
            let place = state.range(at).at(state.file);
            let error = code::UNEXPECTED_TOKEN.at(place, "behind `:` stands a type; a value stands behind `=`");
            state.errors.push(error.fix("write `=`", place, How::Replace, " ="));
        }
        state.alias = Some((at, K::Eq));
    }

    fn match_(&self, inp: &mut Inp<'s, '_>) -> Result<StmtKind, EmptyErr> {
        inp.skip();
        let subject = inp.parse(&self.head)?;
        let arms = match inp.ahead(0) {
            K::LBrace | K::TooDeep => inp.parse(&self.arms)?,
            _ => {
                let at = inp.pos();
                inp.state().expected(at, "`{` with the cases of `match`");
                Vec::new()
            }
        };
        Ok(StmtKind::Match { subject, arms })
    }
}

/// The statement behind `=>` or `else`.
fn one<'s>(inp: &mut Inp<'s, '_>, stmt: &Rule<'s, Stmt>) -> Result<Body, EmptyErr> {
    let next = inp.ahead(0);
    if matches!(next, K::Newline | K::Comma | K::End) || next.is_closer() {
        let at = inp.pos();
        let value = missing_expr(inp, "a value or `{`");
        let id = inp.state().node((at..at).into());
        return Ok(Body::One(Box::new(Stmt { id, doc: None, kind: StmtKind::Element(value) })));
    }
    Ok(Body::One(Box::new(inp.parse(stmt)?)))
}
