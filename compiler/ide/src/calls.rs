//! Who calls a function and what it calls; who uses a module and what it uses.

use crate::references::UsageOrd;
use crate::{Analysis, FilePosition, Nav};
use kss_sema::{DeclKind, Declaration, Target};
use kss_span::{FileId, ItemId, Origin, TextRange};
use kss_syntax::ast::{Stmt, StmtKind};
use kss_syntax::visit::{Node, Visitor, walk};

/// A caller or callee, with the places of the calls.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// Who.
    pub nav: Nav,
    /// The calls, in the file of the caller.
    pub ranges: Vec<TextRange>,
}

impl Analysis {
    /// The function or module at a position.
    pub fn call_hierarchy(&self, at: FilePosition) -> Option<Nav> {
        let place = self.place(at)?;
        let (word, _) = self.word(&place)?;
        let found = self.navigate(&word.target).into_iter().next()?;
        matches!(found.kind, Some(DeclKind::Function | DeclKind::Module)).then_some(found)
    }

    /// Who calls the function, or uses the module, at a position.
    pub fn incoming_calls(&self, at: FilePosition) -> Vec<Call> {
        let Some(nav) = self.call_hierarchy(at) else { return Vec::new() };
        let is_module = nav.kind == Some(DeclKind::Module);
        let at = FilePosition { file: nav.file, offset: nav.focus.lo };
        let mut calls = Calls::default();
        for reference in self.references(at).into_iter().filter(|r| r.usage == UsageOrd::Read) {
            let at = FilePosition { file: reference.file, offset: reference.range.lo };
            let Some(place) = self.place(at) else { continue };
            let counts = match is_module {
                true => place.around().iter().any(|node| is_use(node, &place, reference.range)),
                false => self.is_call(place.item, reference.range),
            };
            // An import is no call.
            if let Some(caller) = self.caller(place.item, reference.range).filter(|_| counts) {
                calls.add(caller, reference.range);
            }
        }
        calls.0
    }

    /// What the function calls, or the module uses and calls, at a position.
    pub fn outgoing_calls(&self, at: FilePosition) -> Vec<Call> {
        let Some(nav) = self.call_hierarchy(at) else { return Vec::new() };
        let Some(place) = self.place(FilePosition { file: nav.file, offset: nav.focus.lo }) else { return Vec::new() };
        let inside = |range: TextRange| nav.whole.lo <= range.lo && range.hi <= nav.whole.hi;
        let mut calls = Calls::default();
        let mut uses = Uses(Vec::new());
        walk(&place.stmt, &mut uses);
        let index = self.index(place.item);
        let called = index.calls.iter().filter_map(|call| {
            let callee = index.words.iter().filter(|word| Some(&word.target) == call.target.as_ref());
            let within = place.range(call.node);
            let word = callee.map(|w| place.range(w.node)).find(|r| within.lo <= r.lo && r.hi <= within.hi)?;
            Some((word, call.target.clone()?))
        });
        let used = uses.0.iter().filter_map(|node| {
            let word = index.word(*node)?;
            Some((place.range(*node), word.target.clone()))
        });
        let mut found: Vec<(TextRange, Target)> = called.chain(used).filter(|(range, _)| inside(*range)).collect();
        found.sort_by_key(|(range, _)| range.lo);
        for (range, target) in found {
            if let Some(callee) = self.navigate(&target).into_iter().next() {
                calls.add(callee, range);
            }
        }
        calls.0
    }

    fn is_call(&self, item: ItemId, range: TextRange) -> bool {
        let Some((_, spans)) = self.spans_of(item) else { return false };
        let span = |node: u32| spans.get(node as usize).copied().unwrap_or_default();
        // The name stands before its arguments.
        self.index(item).calls.iter().any(|call| {
            let whole = span(call.node);
            let first = call.args.first().map_or(whole.hi, |arg| span(*arg).lo);
            whole.lo <= range.lo && range.hi <= first
        })
    }

    /// The declaration around a place that calls: the innermost function, else the item.
    fn caller(&self, item: ItemId, range: TextRange) -> Option<Nav> {
        let (_, spans) = self.spans_of(item)?;
        let span = |node: u32| spans.get(node as usize).copied().unwrap_or_default();
        let around = |d: &&Declaration| span(d.whole).lo <= range.lo && range.hi <= span(d.whole).hi;
        let all = self.declarations(item);
        let calls = |d: &&Declaration| d.parent.is_none() || d.kind == DeclKind::Function;
        let found = all.iter().filter(around).rfind(calls)?;
        self.nav_of(Origin::new(item, found.node))
    }
}

fn is_use(node: &Node<'_>, place: &crate::Place, range: TextRange) -> bool {
    matches!(node, Node::Stmt(Stmt { kind: StmtKind::Use { name, .. }, .. }) if place.range(name.id().0) == range)
}

/// Nodes of the names behind `use`.
struct Uses(Vec<u32>);

impl<'a> Visitor<'a> for Uses {
    fn enter(&mut self, node: Node<'a>) -> bool {
        if let Node::Stmt(Stmt { kind: StmtKind::Use { name, .. }, .. }) = node {
            self.0.push(name.id().0);
        }
        true
    }
}

#[derive(Default)]
struct Calls(Vec<Call>);

impl Calls {
    fn add(&mut self, nav: Nav, range: TextRange) {
        let same = |known: &&mut Call| -> bool {
            let key = |nav: &Nav| -> (FileId, TextRange) { (nav.file, nav.focus) };
            key(&known.nav) == key(&nav)
        };
        match self.0.iter_mut().find(same) {
            Some(known) => known.ranges.push(range),
            None => self.0.push(Call { nav, ranges: vec![range] }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixture;

    fn names(calls: Vec<Call>) -> Vec<String> {
        calls.into_iter().map(|c| format!("{} {}", c.nav.name, c.ranges.len())).collect()
    }

    #[test]
    fn of_a_function() {
        let fixture = Fixture::new(
            "
//- a.kss
import ./b.twice
let x = twice(1)
module m {
  fn both(n: Int) -> Int = twice(n) + twice(n)
  let y = both(2)
}
//- b.kss
fn tw$0ice(n: Int) -> Int = plus(n, n)
fn plus(a: Int, b: Int) -> Int = a + b
",
        );
        let analysis = fixture.analysis();
        assert_eq!(analysis.call_hierarchy(fixture.at()).map(|nav| nav.name.to_string()), Some("twice".to_owned()));
        assert_eq!(names(analysis.incoming_calls(fixture.at())), ["x 1", "both 2"]);
        assert_eq!(names(analysis.outgoing_calls(fixture.at())), ["plus 1"]);
    }

    #[test]
    fn of_a_module() {
        let fixture = Fixture::new(
            "
module ba$0se {
  use more
  fn f(n: Int) -> Int = n
  let x = f(1)
}
module more { }
module all { use base }
site s { }
cluster c in s {
  use base
  remove use more
}
",
        );
        let analysis = fixture.analysis();
        assert_eq!(names(analysis.incoming_calls(fixture.at())), ["all 1", "c 1"]);
        assert_eq!(names(analysis.outgoing_calls(fixture.at())), ["more 1", "f 1"]);
        let nothing = Fixture::new("let x$0 = 1\n");
        assert_eq!(nothing.analysis().call_hierarchy(nothing.at()), None);
    }
}
