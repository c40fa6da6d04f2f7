//! Addresses that nobody has: for the `ip` of a machine or node.
//!
//! Found in the text, not by evaluating it: the answer must be there at once, and while somebody types the text is broken.

use super::request::Request;
use super::spot;
use super::{CompletionKind, Offers, entries, rank};
use kss_ir::{Alternative, Ty};
use kss_span::Symbol;
use kss_syntax::ast::{Expr, ExprKind, FieldValue, Key, ListElem, LiteralClass, Stmt, StmtKind};
use kss_syntax::visit::{Node, Visitor, walk};
use kss_value::scalar::ScalarType;
use rustc_hash::FxHashMap;
use std::net::Ipv4Addr;

/// How many are offered.
const OFFERED: usize = 4;

/// Offers free addresses if an `Ip` is wanted in the body of a site or cluster.
pub(super) fn offer(request: &Request<'_>, path: &[Node<'_>], expected: &Ty, out: &mut Offers) {
    let item = request.item().key().name;
    let in_scope = item.starts_with("site ") || item.starts_with("cluster ");
    if !in_scope || !takes_ip(request, expected, 0) || !is_address_of_machine(path) {
        return;
    }
    let ledger = ledger(request);
    let named = network_of(path).or(ledger.primary);
    let Some((name, network)) = named.and_then(|n| Some((n, ledger.networks.get(&n)?))) else { return };
    let free = (network.first + 1..network.last).filter(|ip| !ledger.holds(*ip)).take(OFFERED);
    for (at, ip) in free.enumerate() {
        let address = Ipv4Addr::from(ip).to_string();
        let offer = out.add(address, CompletionKind::Address, rank(0, 1));
        // In order of their numbers, not of their letters.
        offer.sort = format!("01{at}");
        offer.detail(format!("free in network {name}"));
        offer.recommended = at == 0;
    }
}

fn takes_ip(request: &Request<'_>, ty: &Ty, depth: u32) -> bool {
    match ty {
        Ty::Scalar(scalar) => *scalar == ScalarType::Ip,
        Ty::Optional(inner) | Ty::Refined(inner, _) => takes_ip(request, inner, depth),
        Ty::Union(id) if depth < 4 => request.sigs().unions.get(id).is_some_and(|union| {
            union.alternatives.iter().any(|a| matches!(a, Alternative::Type(ty) if takes_ip(request, ty, depth + 1)))
        }),
        _ => false,
    }
}

/// `ip = …` in an entry of `machine` or `node`.
fn is_address_of_machine(path: &[Node<'_>]) -> bool {
    let field = path.iter().rev().find_map(|n| match n {
        Node::Stmt(Stmt { kind: StmtKind::Field(field), .. }) => Some(field),
        _ => None,
    });
    let is_ip = field.is_some_and(|f| matches!(f.path.as_slice(), [Key::Bare(name)] if name.text == "ip"));
    let entry = path.iter().rev().find_map(|n| match n {
        Node::Stmt(Stmt { kind: StmtKind::Entry { head, .. } | StmtKind::Tune { target: head, .. }, .. }) => {
            head.words.first()?.literal()
        }
        _ => None,
    });
    is_ip && entry.is_some_and(|kind| kind == "machine" || kind == "node")
}

/// `network = network.lan` beside it.
fn network_of(path: &[Node<'_>]) -> Option<Symbol> {
    let block = spot::block(path)?;
    block.stmts.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Field(field) => match (field.path.as_slice(), &field.value) {
            ([Key::Bare(name)], Some(FieldValue::Expr(value))) if name.text == "network" => last_key(value),
            _ => None,
        },
        _ => None,
    })
}

fn last_key(expr: &Expr) -> Option<Symbol> {
    match &expr.kind {
        ExprKind::Member { key, .. } => key.literal(),
        _ => None,
    }
}

/// First and last address of a network.
#[derive(Clone, Copy)]
struct Network {
    first: u32,
    last: u32,
}

/// What is known of the addresses of the sites.
#[derive(Default)]
struct Ledger {
    networks: FxHashMap<Symbol, Network>,
    primary: Option<Symbol>,
    /// Names of `let`s that stand for a network.
    aliases: FxHashMap<Symbol, Symbol>,
    held: Vec<(u32, u32)>,
}

impl Ledger {
    fn holds(&self, ip: u32) -> bool {
        self.held.iter().any(|(lo, hi)| (*lo..=*hi).contains(&ip))
    }
}

fn ledger(request: &Request<'_>) -> Ledger {
    let mut ledger = Ledger::default();
    let scopes = entries::scopes(request);
    let own = request.decl.iter().map(|d| (d.id, d.stmt.clone()));
    let others = scopes.iter().map(|d| (d.id, d.stmt.clone()));
    let mut items: Vec<_> = own.chain(others).collect();
    items.sort_by_key(|(id, _)| id.key().name);
    items.dedup_by_key(|(id, _)| *id);
    for (_, stmt) in &items {
        walk(stmt, &mut |node: Node<'_>| networks(node, &mut ledger));
    }
    for (_, stmt) in &items {
        walk(stmt, &mut Held { ledger: &mut ledger, ranges: Vec::new(), in_cidrs: 0 });
    }
    ledger
}

/// Notes networks and what they are called.
fn networks(node: Node<'_>, ledger: &mut Ledger) {
    let Node::Stmt(stmt) = node else { return };
    match &stmt.kind {
        StmtKind::Entry { head, body, .. } => {
            let [Key::Bare(kind), name] = head.words.as_slice() else { return };
            let (true, Some(name)) = (kind.text == "network", name.literal()) else { return };
            for (key, value) in body.stmts.iter().filter_map(assigned) {
                let ExprKind::List(items) = &value.kind else { continue };
                let cidrs = items.iter().filter_map(|i| match i {
                    ListElem::Value(value) => cidr(value),
                    _ => None,
                });
                if key == "cidrs" {
                    ledger.networks.extend(cidrs.map(|(first, last)| (name, Network { first, last })));
                }
            }
        }
        StmtKind::Let { name, value, .. } => {
            if let Some(of) = last_key(value) {
                ledger.aliases.insert(name.text, of);
            }
        }
        _ => {
            if let Some((key, value)) = assigned(stmt)
                && key == "primary"
            {
                ledger.primary = last_key(value);
            }
        }
    }
}

fn assigned(stmt: &Stmt) -> Option<(Symbol, &Expr)> {
    let StmtKind::Field(field) = &stmt.kind else { return None };
    match (field.path.as_slice(), &field.value) {
        ([key], Some(FieldValue::Expr(value))) => Some((key.literal()?, value)),
        _ => None,
    }
}

/// Notes every address that stands somewhere.
struct Held<'l> {
    ledger: &'l mut Ledger,
    /// Ranges of names around: numbers that `it` is.
    ranges: Vec<Option<(u32, u32)>>,
    in_cidrs: u32,
}

impl<'t> Visitor<'t> for Held<'_> {
    fn enter(&mut self, node: Node<'t>) -> bool {
        match node {
            Node::Stmt(stmt) => {
                self.in_cidrs += u32::from(is_cidrs(stmt));
                self.ranges.push(match &stmt.kind {
                    StmtKind::Entry { head, .. } => match head.words.last() {
                        Some(Key::Range { first, last, .. }) => Some((*first, *last)),
                        _ => None,
                    },
                    _ => None,
                });
            }
            Node::Expr(expr) if self.in_cidrs == 0 => self.ledger.held.extend(self.addresses(expr)),
            _ => {}
        }
        true
    }

    fn leave(&mut self, node: Node<'t>) {
        if let Node::Stmt(stmt) = node {
            self.in_cidrs -= u32::from(is_cidrs(stmt));
            self.ranges.pop();
        }
    }
}

fn is_cidrs(stmt: &Stmt) -> bool {
    assigned(stmt).is_some_and(|(key, _)| key == "cidrs")
}

impl Held<'_> {
    fn addresses(&self, expr: &Expr) -> Option<(u32, u32)> {
        match &expr.kind {
            ExprKind::Literal { class: LiteralClass::Ip, text } => ip(text).map(|ip| (ip, ip)),
            ExprKind::Literal { class: LiteralClass::Cidr, .. } => cidr(expr),
            ExprKind::Literal { class: LiteralClass::IpRange, text } => {
                let (first, last) = text.split_once("..")?;
                Some((ip(first)?, ip(last)?))
            }
            ExprKind::Call { callee, args } => {
                let ExprKind::Member { base, key, .. } = &callee.kind else { return None };
                let (true, [number]) = (key.literal()? == "host", args.as_slice()) else { return None };
                let network = self.network(base)?;
                let (lo, hi) = self.number(number)?;
                let at = |n: i64| match n {
                    n if n < 0 => u32::try_from(i64::from(network.last) + 1 + n).ok(),
                    n => u32::try_from(i64::from(network.first) + n).ok(),
                };
                Some((at(lo)?, at(hi)?))
            }
            _ => None,
        }
    }

    fn network(&self, expr: &Expr) -> Option<Network> {
        let name = match &expr.kind {
            ExprKind::Name(name) => *self.ledger.aliases.get(name)?,
            _ => last_key(expr)?,
        };
        self.ledger.networks.get(&name).copied()
    }

    /// `20`, `-1`, `60 + it`: the smallest and the largest that it may be.
    fn number(&self, expr: &Expr) -> Option<(i64, i64)> {
        match &expr.kind {
            ExprKind::Literal { class: LiteralClass::Int, text } => text.parse().ok().map(|n: i64| (n, n)),
            ExprKind::Unary { op: kss_syntax::ast::UnaryOp::Neg, operand } => {
                self.number(operand).map(|(lo, hi)| (-hi, -lo))
            }
            ExprKind::Name(name) if *name == "it" => {
                let (first, last) = self.ranges.iter().rev().find_map(|r| *r)?;
                Some((i64::from(first), i64::from(last)))
            }
            ExprKind::Binary { op: kss_syntax::ast::BinaryOp::Add, left, right } => {
                let ((a, b), (c, d)) = (self.number(left)?, self.number(right)?);
                Some((a.checked_add(c)?, b.checked_add(d)?))
            }
            _ => None,
        }
    }
}

fn ip(text: &str) -> Option<u32> {
    text.parse::<Ipv4Addr>().ok().map(u32::from)
}

fn cidr(expr: &Expr) -> Option<(u32, u32)> {
    let ExprKind::Literal { class: LiteralClass::Cidr, text } = &expr.kind else { return None };
    let (address, prefix) = text.split_once('/')?;
    let prefix: u32 = prefix.parse().ok().filter(|p| *p <= 32)?;
    let size = u32::MAX.checked_shr(prefix).unwrap_or(0);
    let first = ip(address)? & !size;
    Some((first, first | size))
}
