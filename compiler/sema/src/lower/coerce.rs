//! Which type goes where, and by which conversion.

use super::{Lower, base, expr, strip};
use crate::signatures::optional;
use kss_diag::{Fix, FixEdit, How, code};
use kss_ir::{Alternative, Coercion, Expr, ExprKind, RecordId, Ty};
use kss_span::Symbol;
use kss_syntax::ast::NodeId;
use kss_value::scalar::ScalarType;
use std::sync::Arc;

/// How a value of one type becomes one of another.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Fit {
    /// It is one.
    Same,
    /// By this.
    By(Coercion),
    /// It can't.
    No,
}

impl Lower<'_> {
    /// Converts `value` from `from` to `to`, or reports that it does not fit.
    pub(crate) fn coerce(&mut self, value: Expr, from: &Ty, to: &Ty) -> Expr {
        let node = NodeId(value.node);
        match self.fit(from, to) {
            Fit::Same => value,
            Fit::By(to) => expr(node, ExprKind::Coerce { value, to }),
            Fit::No => {
                self.mismatch(node, from, to);
                super::error_expr(node)
            }
        }
    }

    fn mismatch(&mut self, node: NodeId, from: &Ty, to: &Ty) {
        let at = self.at(node);
        if let Ty::Later(inner) = strip(from)
            && self.fit(inner, to) != Fit::No
        {
            let message = "this value exists only after OpenTofu ran, and is wanted before";
            let help = "hand it to what runs later: a later environment, a step, a field of type `Later`";
            self.report(code::LATER_TOO_EARLY.at(at, message).label("not known yet").help(help));
            return;
        }
        let (has, wants) = (self.show(from), self.show(to));
        if let Ty::Optional(inner) = from
            && self.fit(inner, to) != Fit::No
        {
            let diag = code::NOT_NARROWED.at(at, format!("this may be `none`, and `{wants}` is wanted"));
            self.report(diag.help("give another value with `?? …`, or put it below `if … is present`"));
            return;
        }
        if matches!((strip(from), strip(to)), (Ty::Secret, Ty::Scalar(_))) {
            let message = format!("a secret would become plain text: `{wants}` is wanted here");
            let help = "give the place the type `Secret`, or put it into `secret NAME { keys { … } }`, a file of a machine or a sensitive variable";
            self.report(code::SECRET_AS_TEXT.at(at, message).label("holds a secret").help(help));
            return;
        }
        let (code, message) = match strip(from) {
            Ty::Later(_) => (
                &code::LATER_TOO_EARLY,
                format!("this is known only after OpenTofu ran, and a `{wants}` is written before"),
            ),
            _ => (&code::TYPE_MISMATCH, format!("expected `{wants}`, found `{has}`")),
        };
        let mut diag = code.at(at, message);
        match (strip(from), strip(to)) {
            (Ty::Scalar(_) | Ty::Union(_), Ty::Scalar(ScalarType::Text) | Ty::Data)
                if !matches!(from, Ty::Optional(_)) =>
            {
                diag = diag.help("numbers, addresses and cases become text only when asked: write \"${…}\" around it");
            }
            (Ty::Scalar(ScalarType::Text), Ty::Scalar(to)) => {
                diag = diag.help(format!("a text literal or \"${{…}}\" is checked as `{to:?}` where it stands"));
            }
            (Ty::Scalar(ScalarType::Cidr), _) if self.takes(to, ScalarType::Ip) => {
                diag =
                    diag.help("this is a network; an address has no `/`, and `net.host(20)` is one inside a network");
            }
            (Ty::Scalar(ScalarType::Ip), _) if self.takes(to, ScalarType::Cidr) => {
                diag = diag.help("this is an address; a network has a `/` and the length of its prefix");
            }
            (Ty::Scalar(ScalarType::Int), _) if self.takes(to, ScalarType::Size) => {
                diag = diag.help("a size has a unit: `8GiB`, `500MB`");
            }
            (Ty::Scalar(ScalarType::Int), _) if self.takes(to, ScalarType::Duration) => {
                diag = diag.help("a duration has a unit: `30s`, `5min`, `7d`");
            }
            (Ty::Scalar(ScalarType::Int), Ty::List(item)) if self.takes(item, ScalarType::PortSpec) => {
                diag = diag.help("ports stand in a list, each with its protocol: `[443/tcp]`");
            }
            (Ty::Scalar(ScalarType::Int), _) if self.takes(to, ScalarType::PortSpec) => {
                diag = diag.help("a port has a protocol: `443/tcp`");
            }
            (Ty::Ref(kind), Ty::Data | Ty::Scalar(_)) => {
                diag = diag.help(format!("a reference to a `{kind}` is no data; write `.name` for its name"));
            }
            (_, Ty::Union(id)) if let Some(forms) = self.forms(*id) => {
                diag = diag.help(format!("a `{wants}` is {forms}"));
            }
            (_, Ty::List(item)) if self.fit(from, item) != Fit::No => {
                let edit = |how, text: &str| FixEdit { place: at, how, text: text.to_owned() };
                let edits = vec![edit(How::Before, "["), edit(How::After, "]")];
                diag.fixes.push(Fix { title: "write it in brackets: `[…]`".to_owned(), edits, safe: false });
            }
            _ => {}
        }
        self.report(diag);
    }

    /// What a union takes, for a message, if that fits into one: `` `internet`, `pods { … }` or `Ip` ``.
    fn forms(&self, id: RecordId) -> Option<String> {
        let union = self.sigs.unions.get(&id)?;
        let form = |alternative: &Alternative| match alternative {
            Alternative::Case { name, payload: Some(_), .. } => format!("`{name} {{ … }}`"),
            Alternative::Case { name, .. } => format!("`{name}`"),
            Alternative::Type(ty) => format!("`{}`", self.show(ty)),
        };
        let forms: Vec<String> = union.alternatives.iter().map(form).collect();
        let (last, others) = forms.split_last().filter(|(_, others)| !others.is_empty() && others.len() < 12)?;
        Some(format!("{} or {last}", others.join(", ")))
    }

    /// Is a scalar of this type wanted, perhaps among others?
    pub(super) fn takes(&self, to: &Ty, scalar: ScalarType) -> bool {
        match strip(to) {
            Ty::Scalar(wanted) => *wanted == scalar,
            Ty::Union(id) => self.sigs.unions.get(id).is_some_and(|union| {
                union.alternatives.iter().any(|a| matches!(a, Alternative::Type(ty) if self.takes(ty, scalar)))
            }),
            _ => false,
        }
    }

    /// May a value of `from` stand where `to` is wanted?
    pub(crate) fn fit(&self, from: &Ty, to: &Ty) -> Fit {
        if from == to || matches!((from, to), (Ty::Error | Ty::Never, _) | (_, Ty::Error)) {
            return Fit::Same;
        }
        match (from, to) {
            (_, Ty::Refined(inner, id)) => match self.fit(from, inner) {
                Fit::Same => Fit::By(Coercion::Refine(*id)),
                Fit::By(_) => Fit::By(Coercion::To(to.clone())),
                Fit::No => Fit::No,
            },
            (Ty::Refined(inner, _), _) => self.fit(inner, to),
            (Ty::None, Ty::Optional(_) | Ty::Data) => Fit::Same,
            (Ty::Optional(inner), Ty::Optional(wanted)) => self.deep(self.fit(inner, wanted), to),
            (_, Ty::Optional(wanted)) => self.fit(from, wanted),
            // A file where data is wanted is its text.
            (Ty::File, Ty::Data) => Fit::By(Coercion::To(Ty::Scalar(ScalarType::Text))),
            (_, Ty::Data) => self.to_data(from),
            (Ty::Optional(_), _) => Fit::No,
            (Ty::Data, Ty::Secret | Ty::Ref(_) | Ty::Capability(_) | Ty::File) => Fit::No,
            (Ty::Data, _) => Fit::By(Coercion::To(to.clone())),
            (_, Ty::Union(id)) => self.to_union(from, *id),
            (Ty::Scalar(a), Ty::Scalar(b)) => scalar_fit(*a, *b),
            // A text is a secret text without references; never the other way.
            (Ty::Scalar(ScalarType::Text), Ty::Secret) => Fit::Same,
            (Ty::Scalar(s), Ty::Secret) if is_refined_text(*s) => Fit::Same,
            (Ty::File, Ty::Scalar(ScalarType::Text)) => Fit::By(Coercion::To(to.clone())),
            (Ty::Ref(a), Ty::Ref(b)) if a == "node" && b == "machine" => Fit::Same,
            (Ty::Ref(kind), Ty::Record(id)) if self.sigs.kinds.get(kind).is_some_and(|k| k.ty == Ty::Record(*id)) => {
                Fit::Same
            }
            (Ty::List(a), Ty::List(b)) | (Ty::Set(a), Ty::Set(b)) | (Ty::Later(a), Ty::Later(b)) => {
                self.deep(self.fit(a, b), to)
            }
            (Ty::Map(k, v), Ty::Map(wk, wv)) => match (self.key_fit(k, wk), self.fit(v, wv)) {
                (Fit::No, _) | (_, Fit::No) => Fit::No,
                (Fit::Same, Fit::Same) => Fit::Same,
                _ => Fit::By(Coercion::To(to.clone())),
            },
            (Ty::Struct(fields), Ty::Map(_, value)) => {
                let fits = fields.iter().all(|(_, t)| self.fit(t, value) != Fit::No);
                if fits { Fit::By(Coercion::To(to.clone())) } else { Fit::No }
            }
            (Ty::Struct(fields), Ty::Record(id)) => self.struct_fit(fields, *id, to),
            (Ty::Struct(fields), Ty::Struct(wanted)) => {
                let same = fields.len() == wanted.len()
                    && fields.iter().zip(wanted.iter()).all(|((n, t), (wn, wt))| n == wn && self.fit(t, wt) != Fit::No);
                if same { Fit::By(Coercion::To(to.clone())) } else { Fit::No }
            }
            _ => Fit::No,
        }
    }

    /// What holds for a part holds for the whole.
    fn deep(&self, part: Fit, to: &Ty) -> Fit {
        match part {
            Fit::By(_) => Fit::By(Coercion::To(to.clone())),
            other => other,
        }
    }

    /// Keys are texts in any case.
    fn key_fit(&self, from: &Ty, to: &Ty) -> Fit {
        match (strip(from), to) {
            _ if from == to => Fit::Same,
            (_, Ty::Refined(inner, _)) if self.key_fit(from, inner) != Fit::No => Fit::By(Coercion::To(to.clone())),
            (Ty::Scalar(_), Ty::Scalar(ScalarType::Text)) => Fit::Same,
            (Ty::Scalar(ScalarType::Text), Ty::Scalar(_) | Ty::Union(_)) => Fit::By(Coercion::To(to.clone())),
            _ => self.fit(from, to),
        }
    }

    fn struct_fit(&self, fields: &[(Symbol, Ty)], id: kss_ir::RecordId, to: &Ty) -> Fit {
        let Some(def) = self.sigs.records.get(&id) else { return Fit::Same };
        let known = fields.iter().all(|(name, ty)| match def.field(*name) {
            Some(field) => self.fit(ty, &field.ty) != Fit::No,
            None => def.open,
        });
        let complete = def.fields.iter().all(|f| f.has_default || fields.iter().any(|(n, _)| *n == f.name));
        if known && complete { Fit::By(Coercion::To(to.clone())) } else { Fit::No }
    }

    fn to_union(&self, from: &Ty, id: kss_ir::RecordId) -> Fit {
        let Some(union) = self.sigs.unions.get(&id) else { return Fit::Same };
        if let Ty::Union(other) = from {
            // The cases of the one are cases of the other: `protocol : http | grpc` where `http | grpc | tcp` is wanted.
            let all = self.sigs.unions.get(other).is_some_and(|o| {
                o.alternatives.iter().all(|a| match a {
                    Alternative::Case { name, payload, .. } => {
                        union.case(*name) == Some(*payload) || (payload.is_none() && union.case(*name) == Some(None))
                    }
                    Alternative::Type(ty) => union.alternatives.contains(&Alternative::Type(ty.clone())),
                })
            });
            return if all { Fit::Same } else { Fit::No };
        }
        let types = union.alternatives.iter().filter_map(|a| match a {
            Alternative::Type(ty) => Some(ty),
            Alternative::Case { .. } => None,
        });
        let fits: Vec<Fit> = types.map(|ty| self.fit(from, ty)).collect();
        fits.iter()
            .find(|f| **f == Fit::Same)
            .or_else(|| fits.iter().find(|f| **f != Fit::No))
            .cloned()
            .unwrap_or(Fit::No)
    }

    /// Free-form data takes scalars, secrets, and whatever is made of them; cases and references only by their text.
    fn to_data(&self, from: &Ty) -> Fit {
        if self.is_data(from, 0) {
            if self.is_plain(from) { Fit::Same } else { Fit::By(Coercion::ToData) }
        } else {
            Fit::No
        }
    }

    fn is_plain(&self, ty: &Ty) -> bool {
        match base(ty) {
            Ty::Scalar(_) | Ty::Data | Ty::Secret | Ty::Later(_) | Ty::None | Ty::Error | Ty::Never => true,
            Ty::Optional(t) | Ty::List(t) | Ty::Set(t) => self.is_plain(t),
            Ty::Map(_, v) => self.is_plain(v),
            Ty::Struct(fields) => fields.iter().all(|(_, t)| self.is_plain(t)),
            _ => false,
        }
    }

    pub(crate) fn is_data(&self, ty: &Ty, depth: u32) -> bool {
        match base(ty) {
            Ty::Scalar(_) | Ty::Data | Ty::Secret | Ty::Later(_) | Ty::None | Ty::Error | Ty::Never => true,
            Ty::Optional(t) | Ty::List(t) | Ty::Set(t) => self.is_data(t, depth),
            Ty::Map(_, v) => self.is_data(v, depth),
            Ty::Struct(fields) => fields.iter().all(|(_, t)| self.is_data(t, depth)),
            Ty::Record(id) if depth < 16 => {
                self.sigs.records.get(id).is_none_or(|def| def.fields.iter().all(|f| self.is_data(&f.ty, depth + 1)))
            }
            Ty::Union(id) => self.sigs.unions.get(id).is_some_and(|union| {
                union.alternatives.iter().all(|a| match a {
                    Alternative::Type(ty) => self.is_data(ty, depth + 1),
                    Alternative::Case { .. } => false,
                })
            }),
            _ => false,
        }
    }

    /// The type that both go into.
    pub(crate) fn join(&self, a: &Ty, b: &Ty) -> Option<Ty> {
        if a == b {
            return Some(a.clone());
        }
        match (a, b) {
            (Ty::Error | Ty::Never, other) | (other, Ty::Error | Ty::Never) => Some(other.clone()),
            (Ty::None, other) | (other, Ty::None) => Some(optional(other.clone())),
            (Ty::Optional(x), Ty::Optional(y)) => self.join(x, y).map(optional),
            (Ty::Optional(x), y) | (y, Ty::Optional(x)) => self.join(x, y).map(optional),
            (Ty::Refined(x, _), y) | (y, Ty::Refined(x, _)) => self.join(x, y),
            (Ty::List(x), Ty::List(y)) => Some(Ty::List(Arc::new(self.join(x, y)?))),
            (Ty::Set(x), Ty::Set(y)) => Some(Ty::Set(Arc::new(self.join(x, y)?))),
            (Ty::Map(k, x), Ty::Map(k2, y)) => Some(Ty::Map(Arc::new(self.join(k, k2)?), Arc::new(self.join(x, y)?))),
            (Ty::Scalar(x), Ty::Scalar(y)) => join_scalars(*x, *y).or(Some(Ty::Data)),
            (Ty::Ref(x), Ty::Ref(y)) if [x, y].iter().all(|k| matches!(k.as_str(), "machine" | "node")) => {
                Some(Ty::Ref(Symbol::new("machine")))
            }
            (Ty::Secret, Ty::Scalar(_)) | (Ty::Scalar(_), Ty::Secret) => Some(Ty::Secret),
            (Ty::Struct(_), Ty::Record(_)) if self.fit(a, b) != Fit::No => Some(b.clone()),
            (Ty::Record(_), Ty::Struct(_)) if self.fit(b, a) != Fit::No => Some(a.clone()),
            _ if self.fit(a, b) != Fit::No && *b != Ty::Data => Some(b.clone()),
            _ if self.fit(b, a) != Fit::No && *a != Ty::Data => Some(a.clone()),
            _ if self.is_data(a, 0) && self.is_data(b, 0) => Some(Ty::Data),
            _ => None,
        }
    }
}

pub(crate) fn is_refined_text(of: ScalarType) -> bool {
    use ScalarType as S;
    matches!(of, S::Version | S::Name | S::Domain | S::Url | S::Email | S::Path | S::Mode | S::Image)
}

fn scalar_fit(from: ScalarType, to: ScalarType) -> Fit {
    use ScalarType as S;
    match (from, to) {
        (from, S::Text) if is_refined_text(from) => Fit::Same,
        // A name is a relative path and a domain of one label.
        (S::Name, S::Domain | S::Path) => Fit::Same,
        (S::Ip | S::Cidr, S::IpRange) => Fit::By(Coercion::ToRange),
        (S::Int, S::Float) => Fit::Same,
        (S::Asn, S::Int) => Fit::Same,
        _ => Fit::No,
    }
}

fn join_scalars(a: ScalarType, b: ScalarType) -> Option<Ty> {
    use ScalarType as S;
    let text = |s| s == S::Text || is_refined_text(s);
    let range = |s| matches!(s, S::Ip | S::Cidr | S::IpRange);
    let number = |s| matches!(s, S::Int | S::Float | S::Asn);
    match (a, b) {
        _ if text(a) && text(b) => Some(Ty::Scalar(S::Text)),
        _ if range(a) && range(b) => Some(Ty::Scalar(S::IpRange)),
        _ if number(a) && number(b) => Some(Ty::Scalar(if a == S::Float || b == S::Float { S::Float } else { S::Int })),
        _ => None,
    }
}
