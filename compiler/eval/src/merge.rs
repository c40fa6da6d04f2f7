//! Who wins, per leaf. Pure.
//!
//! Contributions come sorted: lowest layer first, in a layer by name of the module and position. Records and data merge by
//! key to any depth; everything else is a leaf.

use crate::Layer;
use crate::tree::{Branch, Grow, Tree};
use crate::values::private_deep;
use kss_span::{Origin, Symbol};
use kss_value::{Kind, Value};
use std::rc::Rc;
use std::sync::Arc;

/// Who writes.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) layer: Layer,
    pub(crate) because: Option<Arc<str>>,
    /// The statement.
    pub(crate) origin: Origin,
    /// Number of the contributor.
    pub(crate) who: u32,
}

impl Mark {
    /// A default.
    pub(crate) fn of_type(origin: Origin) -> Mark {
        Mark { layer: Layer::Type, because: None, origin, who: u32::MAX }
    }
}

/// A leaf with its history.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub(crate) value: Value,
    pub(crate) mark: Mark,
    /// Others of the layer that wrote the same.
    pub(crate) agrees: Vec<Mark>,
    /// Who was beaten, lowest first.
    pub(crate) lost: Vec<(Mark, Value)>,
}

impl Leaf {
    pub(crate) fn new(value: Value, mark: Mark) -> Leaf {
        Leaf { value, mark, agrees: Vec::new(), lost: Vec::new() }
    }
}

/// A contribution to one place.
#[derive(Clone, Debug)]
pub(crate) struct Op {
    pub(crate) path: Vec<Symbol>,
    pub(crate) act: Act,
    pub(crate) mark: Mark,
}

/// What it does there.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// `path = value`
    Set(Value),
    /// A block stands there, perhaps an empty one.
    Touch,
    /// `path by name { … }`
    Keyed(Symbol),
    /// `append path = items`
    Append(Vec<Value>),
    /// An element of a set in braces.
    Element(Value),
    /// `remove path`
    Remove,
    /// Whether and what it writes is not known, because an error was reported.
    Poison,
    /// Something private decided what stands there.
    Hide,
}

impl Act {
    /// Makes private what it writes.
    pub(crate) fn hide(&mut self) {
        match self {
            Act::Set(value) | Act::Element(value) => *value = private_deep(value),
            Act::Append(items) => items.iter_mut().for_each(|item| *item = private_deep(item)),
            _ => {}
        }
    }
}

/// Two contributions that can't both hold.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) path: Vec<Symbol>,
    pub(crate) old: (Mark, Option<Value>),
    pub(crate) new: (Mark, Option<Value>),
    /// The old one has a reason, which the new one may not beat; else both are of one layer.
    pub(crate) bound: bool,
}

/// The result.
#[derive(Default)]
pub(crate) struct Merged {
    pub(crate) tree: Option<Tree>,
    pub(crate) problems: Vec<Problem>,
    /// Removals that found nothing; the default of the place may still have it.
    pub(crate) removes: Vec<(Vec<Symbol>, Mark)>,
}

/// Puts contributions together.
pub(crate) fn merge(mut ops: Vec<Op>) -> Merged {
    // A removal concerns everything of its layer, wherever it stands.
    ops.sort_by_key(|op| (op.mark.layer, matches!(op.act, Act::Remove)));
    let mut merger = Merger::default();
    let mut tree = Tree::Empty;
    for op in ops {
        merger.path.clear();
        merger.path.extend_from_slice(&op.path);
        if let Act::Remove = op.act {
            merger.remove(&mut tree, op.path, op.mark);
        } else {
            merger.descend(&mut tree, &op.path, op.act, op.mark);
        }
    }
    let tree = (!matches!(tree, Tree::Empty)).then_some(tree);
    Merged { tree, problems: merger.problems, removes: merger.removes }
}

#[derive(Default)]
struct Merger {
    /// Of the current operation.
    path: Vec<Symbol>,
    problems: Vec<Problem>,
    removes: Vec<(Vec<Symbol>, Mark)>,
}

impl Merger {
    fn remove(&mut self, tree: &mut Tree, path: Vec<Symbol>, mark: Mark) {
        let leaf = find(tree, &path).and_then(Tree::bound);
        if let Some(leaf) = leaf.filter(|_| mark.layer < Layer::Override) {
            let old = (leaf.mark.clone(), Some(leaf.value.clone()));
            self.problems.push(Problem { path, old, new: (mark, None), bound: true });
        } else if !tree.remove(&path) {
            self.removes.push((path, mark));
        }
    }

    fn descend(&mut self, slot: &mut Tree, path: &[Symbol], act: Act, mark: Mark) {
        let Some((first, rest)) = path.split_first() else { return self.apply(slot, act, mark) };
        let Some(branch) = self.branch(slot, &mark, false) else { return };
        let child = branch.children.entry(*first).or_default();
        self.descend(Rc::make_mut(child), rest, act, mark);
    }

    /// Makes the place a branch, if what is there allows it.
    fn branch<'t>(&mut self, slot: &'t mut Tree, mark: &Mark, list: bool) -> Option<&'t mut Branch> {
        let begun = match &*slot {
            Tree::Map(_) => None,
            Tree::Empty => Some(Branch::new(mark.origin)),
            Tree::Leaf(leaf) => match leaf.value.kind() {
                Kind::Record(record) if !list => Some(Branch::of_record(record, &leaf.mark, leaf.value.origin())),
                Kind::Poison => return None,
                _ if self.beats(&leaf.mark, Some(&leaf.value), mark, None) => Some(Branch::new(mark.origin)),
                _ => return None,
            },
            grow @ Tree::Grow(_) => {
                let top = grow.top().unwrap_or(mark);
                if !self.beats(top, None, mark, None) {
                    return None;
                }
                Some(Branch::new(mark.origin))
            }
        };
        if let Some(branch) = begun {
            *slot = Tree::Map(branch);
        }
        match slot {
            Tree::Map(branch) => Some(branch),
            _ => None,
        }
    }

    /// Does `new` win over `old`? Reports it if it must not.
    fn beats(&mut self, old: &Mark, old_value: Option<&Value>, new: &Mark, new_value: Option<&Value>) -> bool {
        let bound = old.because.is_some() && new.layer < Layer::Override && new.layer > old.layer;
        if new.layer > old.layer && !bound {
            return true;
        }
        let old = (old.clone(), old_value.cloned());
        let new = (new.clone(), new_value.cloned());
        self.problems.push(Problem { path: self.path.clone(), old, new, bound });
        false
    }

    fn apply(&mut self, slot: &mut Tree, act: Act, mark: Mark) {
        match act {
            Act::Set(value) => self.set(slot, value, mark),
            Act::Touch => self.touch(slot, &mark),
            Act::Keyed(by) => self.keyed(slot, by, &mark),
            Act::Append(items) => self.append(slot, items, &mark),
            Act::Element(value) => {
                let origin = value.origin();
                self.set(slot, Value::set(vec![value], origin), mark);
            }
            Act::Remove => {}
            Act::Hide => match slot {
                Tree::Map(branch) => branch.private = true,
                Tree::Leaf(leaf) => leaf.value = crate::values::private_shape(leaf.value.clone(), true),
                Tree::Grow(_) => {}
                Tree::Empty => *slot = Tree::Map(Branch { private: true, ..Branch::new(mark.origin) }),
            },
            Act::Poison => match slot {
                Tree::Map(branch) => branch.poisoned = true,
                Tree::Leaf(leaf) => leaf.value = crate::values::doubt(&leaf.value),
                Tree::Grow(grow) => grow.items.push((mark.clone(), Value::poison(mark.origin))),
                Tree::Empty => *slot = Tree::Map(Branch { poisoned: true, ..Branch::new(mark.origin) }),
            },
        }
    }

    fn touch(&mut self, slot: &mut Tree, mark: &Mark) {
        self.branch(slot, mark, false);
    }

    fn keyed(&mut self, slot: &mut Tree, by: Symbol, mark: &Mark) {
        if let Tree::Leaf(leaf) = slot {
            let items = match leaf.value.kind() {
                Kind::List(items) => Branch::of_list(items, by, &leaf.mark, leaf.value.origin()),
                _ => None,
            };
            if let Some(branch) = items {
                *slot = Tree::Map(branch);
            }
        }
        if let Some(branch) = self.branch(slot, mark, true) {
            branch.keyed = Some(by);
        }
    }

    fn append(&mut self, slot: &mut Tree, items: Vec<Value>, mark: &Mark) {
        let mut grow = match std::mem::take(slot) {
            Tree::Empty => Box::default(),
            Tree::Grow(grow) => grow,
            Tree::Leaf(leaf) if is_list(&leaf.value) => Box::new(Grow { base: Some(leaf), items: Vec::new() }),
            other => {
                let value = items.first();
                if !self.beats(other.top().unwrap_or(mark), None, mark, value) {
                    *slot = other;
                    return;
                }
                Box::default()
            }
        };
        grow.items.extend(items.into_iter().map(|item| (mark.clone(), item)));
        *slot = Tree::Grow(grow);
    }

    fn set(&mut self, slot: &mut Tree, value: Value, mark: Mark) {
        *slot = match std::mem::take(slot) {
            Tree::Empty => Tree::Leaf(Leaf::new(value, mark)),
            Tree::Leaf(leaf) => self.set_over_leaf(leaf, value, mark),
            Tree::Map(branch) => self.set_over_branch(branch, value, mark),
            Tree::Grow(mut grow) => {
                if mark.layer >= Layer::Override {
                    // Whoever overrides a list says all of it.
                    grow.items.retain(|(item, _)| item.layer >= mark.layer);
                }
                grow.base = match grow.base.take() {
                    None => Some(Leaf::new(value, mark)),
                    Some(leaf) => match self.set_over_leaf(leaf, value, mark) {
                        Tree::Leaf(leaf) => Some(leaf),
                        _ => None,
                    },
                };
                Tree::Grow(grow)
            }
        };
    }

    fn set_over_leaf(&mut self, mut old: Leaf, value: Value, mark: Mark) -> Tree {
        let same_layer = old.mark.layer == mark.layer;
        if same_layer && (old.value.is_poison() || value.is_poison()) {
            old.value = Value::poison(old.value.origin());
            return Tree::Leaf(old);
        }
        if old.value == value && (same_layer || old.mark.because.is_some() && mark.layer < Layer::Override) {
            old.mark.because = old.mark.because.or_else(|| mark.because.clone());
            old.agrees.push(mark);
            return Tree::Leaf(old);
        }
        match (old.value.kind(), value.kind()) {
            (Kind::Record(record), Kind::Record(_)) => {
                let branch = Branch::of_record(record, &old.mark, old.value.origin());
                return self.set_over_branch(branch, value, mark);
            }
            (Kind::Set(a), Kind::Set(b)) if same_layer => {
                let all = a.iter().chain(b.iter()).cloned().collect();
                old.value = Value::set(all, old.value.origin());
                old.agrees.push(mark);
                return Tree::Leaf(old);
            }
            _ => {}
        }
        if !self.beats(&old.mark, Some(&old.value), &mark, Some(&value)) {
            return Tree::Leaf(old);
        }
        let mut lost = old.lost;
        lost.push((old.mark, old.value));
        Tree::Leaf(Leaf { value, mark, agrees: Vec::new(), lost })
    }

    fn set_over_branch(&mut self, branch: Branch, value: Value, mark: Mark) -> Tree {
        let depth = self.path.len();
        let mut tree = Tree::Map(branch);
        match (value.kind(), &mut tree) {
            (Kind::Record(record), Tree::Map(branch)) => {
                for (name, value) in record.iter().filter(|(name, _)| *name != crate::names::n().hidden_name) {
                    self.path.push(*name);
                    let child = branch.children.entry(*name).or_default();
                    self.set(Rc::make_mut(child), value.clone(), mark.clone());
                    self.path.truncate(depth);
                }
                tree
            }
            (Kind::Poison, Tree::Map(branch)) => {
                branch.poisoned = true;
                tree
            }
            _ => {
                let bound = tree.bound().map(|leaf| (leaf.mark.clone(), leaf.value.clone()));
                let top = bound.map(|(mark, value)| (mark, Some(value)));
                let top = top.or_else(|| Some((tree.top()?.clone(), None)));
                let wins = top.is_none_or(|(old, held)| self.beats(&old, held.as_ref(), &mark, Some(&value)));
                if wins { Tree::Leaf(Leaf::new(value, mark)) } else { tree }
            }
        }
    }
}

fn is_list(value: &Value) -> bool {
    matches!(value.kind(), Kind::List(_) | Kind::Set(_))
}

fn find<'t>(tree: &'t Tree, path: &[Symbol]) -> Option<&'t Tree> {
    match path.split_first() {
        None => Some(tree),
        Some((first, rest)) => match tree {
            Tree::Map(branch) => find(branch.children.get(first)?, rest),
            // A reason given for a whole record binds each part of it.
            leaf @ Tree::Leaf(_) => Some(leaf),
            Tree::Empty | Tree::Grow(_) => None,
        },
    }
}

#[cfg(test)]
mod tests;
