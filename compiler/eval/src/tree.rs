//! A field while its contributions are put together: as deep as they go by key, values below.

use crate::merge::{Leaf, Mark};
use crate::names::n;
use kss_span::{Origin, Symbol, SymbolMap};
use kss_value::{Kind, Record, Value};
use std::rc::Rc;

/// See the module.
#[derive(Clone, Default, Debug)]
pub(crate) enum Tree {
    /// Nothing so far. Stands below no finished branch.
    #[default]
    Empty,
    /// A value as it was written.
    Leaf(Leaf),
    /// A list or set that something was appended to.
    Grow(Box<Grow>),
    /// Keys.
    Map(Branch),
}

/// What is below the keys of a branch. Shared, since a record is filled up from what others keep.
pub(crate) type Children = SymbolMap<Rc<Tree>>;

/// A list that grows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grow {
    /// What plain contributions give; the default of the place if there is none.
    pub(crate) base: Option<Leaf>,
    /// In order.
    pub(crate) items: Vec<(Mark, Value)>,
}

/// Keys with what is below them.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    /// In the order of writing, which keyed lists keep.
    pub(crate) children: Children,
    /// Becomes a list; the field of its items that takes the key.
    pub(crate) keyed: Option<Symbol>,
    /// Who began it.
    pub(crate) origin: Origin,
    /// Something that might have written here could not be evaluated.
    pub(crate) poisoned: bool,
    /// Something private decided which keys there are.
    pub(crate) private: bool,
}

impl Branch {
    pub(crate) fn new(origin: Origin) -> Branch {
        Branch { children: Children::default(), keyed: None, origin, poisoned: false, private: false }
    }

    /// The fields of a record, all written by `mark`.
    pub(crate) fn of_record(record: &Record, mark: &Mark, origin: Origin) -> Branch {
        let fields = record.iter().filter(|(name, _)| *name != n().hidden_name);
        let leaf = |value: &Value| Rc::new(Tree::Leaf(Leaf::new(value.clone(), mark.clone())));
        let children = fields.map(|(name, value)| (*name, leaf(value))).collect();
        Branch { children, ..Branch::new(origin) }
    }

    /// The items of a list as children, if each is a record with a text in field `by`.
    pub(crate) fn of_list(items: &[Value], by: Symbol, mark: &Mark, origin: Origin) -> Option<Branch> {
        let mut branch = Branch { keyed: Some(by), ..Branch::new(origin) };
        for item in items {
            let Kind::Record(record) = item.kind() else { return None };
            let key = Symbol::new(&record.get(by)?.as_text()?);
            let mut child = Branch::of_record(record, mark, item.origin());
            child.children.shift_remove(&by);
            branch.children.insert(key, Rc::new(Tree::Map(child)));
        }
        Some(branch)
    }
}

impl Tree {
    /// A value by itself.
    pub(crate) fn of_value(value: Value) -> Tree {
        let mark = Mark::of_type(value.origin());
        Tree::Leaf(Leaf::new(value, mark))
    }

    /// The highest contribution in it.
    pub(crate) fn top(&self) -> Option<&Mark> {
        match self {
            Tree::Empty => None,
            Tree::Leaf(leaf) => Some(&leaf.mark),
            Tree::Grow(grow) => {
                grow.base.iter().map(|l| &l.mark).chain(grow.items.iter().map(|i| &i.0)).max_by_key(layer)
            }
            Tree::Map(branch) => branch.children.values().filter_map(|child| child.top()).max_by_key(layer),
        }
    }

    /// A contribution in it that has a reason.
    pub(crate) fn bound(&self) -> Option<&Leaf> {
        match self {
            Tree::Empty => None,
            Tree::Leaf(leaf) => leaf.mark.because.is_some().then_some(leaf),
            Tree::Grow(grow) => grow.base.as_ref().filter(|leaf| leaf.mark.because.is_some()),
            Tree::Map(branch) => branch.children.values().find_map(|child| child.bound()),
        }
    }

    /// Fills what is not written from `default`: by key to any depth, and the list that items are appended to.
    pub(crate) fn over(self, default: Tree) -> Tree {
        match (self, default) {
            (Tree::Empty, under) => under,
            (Tree::Map(mut over), Tree::Map(under)) => {
                for (name, below) in under.children {
                    match over.children.get_mut(&name) {
                        Some(above) => {
                            let above = Rc::make_mut(above);
                            *above = std::mem::take(above).over(Rc::unwrap_or_clone(below));
                        }
                        None => {
                            over.children.insert(name, below);
                        }
                    }
                }
                over.keyed = over.keyed.or(under.keyed);
                over.poisoned |= under.poisoned;
                over.private |= under.private;
                Tree::Map(over)
            }
            (Tree::Map(over), Tree::Leaf(leaf)) => match leaf.value.kind() {
                Kind::Record(record) => {
                    let under = Branch::of_record(record, &leaf.mark, leaf.value.origin());
                    Tree::Map(over).over(Tree::Map(under))
                }
                Kind::List(items) if over.keyed.is_some() => {
                    let by = over.keyed.unwrap_or(n().name);
                    match Branch::of_list(items, by, &leaf.mark, leaf.value.origin()) {
                        Some(under) => Tree::Map(over).over(Tree::Map(under)),
                        None => Tree::Map(over),
                    }
                }
                _ => Tree::Map(over),
            },
            (Tree::Leaf(leaf), under @ Tree::Map(_)) => match leaf.value.kind() {
                Kind::Record(record) => {
                    Tree::Map(Branch::of_record(record, &leaf.mark, leaf.value.origin())).over(under)
                }
                _ => Tree::Leaf(leaf),
            },
            (Tree::Grow(mut grow), Tree::Leaf(leaf)) if grow.base.is_none() => {
                grow.base = Some(leaf);
                Tree::Grow(grow)
            }
            (over, _) => over,
        }
    }

    /// Takes `path` away; was it there?
    pub(crate) fn remove(&mut self, path: &[Symbol]) -> bool {
        let Some((first, rest)) = path.split_first() else {
            return !matches!(std::mem::take(self), Tree::Empty);
        };
        if let Tree::Leaf(leaf) = &*self
            && let Kind::Record(record) = leaf.value.kind()
        {
            *self = Tree::Map(Branch::of_record(record, &leaf.mark, leaf.value.origin()));
        }
        let Tree::Map(branch) = self else { return false };
        let Some(child) = branch.children.get_mut(first) else { return false };
        let child = Rc::make_mut(child);
        let found = child.remove(rest);
        if matches!(child, Tree::Empty) {
            branch.children.shift_remove(first);
        }
        found
    }

    /// The names at `path`, for "did you mean".
    pub(crate) fn names_at(&self, path: &[Symbol]) -> Vec<Symbol> {
        match (self, path.split_first()) {
            (Tree::Map(branch), None) => branch.children.keys().copied().collect(),
            (Tree::Map(branch), Some((first, rest))) => {
                branch.children.get(first).map_or_else(Vec::new, |child| child.names_at(rest))
            }
            (Tree::Leaf(leaf), None) => match leaf.value.kind() {
                Kind::Record(record) => record.iter().map(|(name, _)| *name).collect(),
                _ => Vec::new(),
            },
            (Tree::Leaf(leaf), Some((first, rest))) => match leaf.value.get(*first) {
                Some(below) => Tree::of_value(below.clone()).names_at(rest),
                None => Vec::new(),
            },
            (Tree::Empty | Tree::Grow(_), _) => Vec::new(),
        }
    }
}

fn layer(mark: &&Mark) -> crate::Layer {
    mark.layer
}
