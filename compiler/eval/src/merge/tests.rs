use super::*;
use kss_span::ItemId;

fn at(node: u32) -> Origin {
    Origin::new(ItemId::new("t.kss".into(), "module t".into()), node)
}

fn int(n: i64) -> Value {
    Value::int(n, at(0))
}

fn list(items: &[i64]) -> Value {
    Value::list(items.iter().map(|n| int(*n)).collect(), at(0))
}

fn record(fields: &[(&str, i64)]) -> Value {
    Value::record(fields.iter().map(|(k, n)| (Symbol::new(k), int(*n))).collect(), at(0))
}

/// A contribution of contributor `who`, whose number is its place as well.
fn op(layer: Layer, who: u32, path: &str, act: Act) -> Op {
    let path = path.split('.').filter(|step| !step.is_empty()).map(Symbol::new).collect();
    Op { path, act, mark: Mark { layer, because: None, origin: at(who), who } }
}

fn set(layer: Layer, who: u32, path: &str, value: Value) -> Op {
    op(layer, who, path, Act::Set(value))
}

fn because(mut op: Op) -> Op {
    op.mark.because = Some("a reason".into());
    op
}

/// What is left, as `path=value` by path; lists whole.
fn flat(tree: Option<&Tree>) -> Vec<String> {
    fn walk(tree: &Tree, path: &str, out: &mut Vec<String>) {
        match tree {
            Tree::Empty => {}
            Tree::Leaf(leaf) => out.push(format!("{path}={:?}", leaf.value)),
            Tree::Grow(grow) => {
                let items: Vec<&Value> = grow.items.iter().map(|(_, v)| v).collect();
                out.push(format!("{path}={:?}+{items:?}", grow.base.as_ref().map(|l| &l.value)));
            }
            Tree::Map(branch) => {
                for (name, child) in &branch.children {
                    walk(child, &format!("{path}.{name}"), out);
                }
            }
        }
    }
    let mut out = Vec::new();
    if let Some(tree) = tree {
        walk(tree, "", &mut out);
    }
    out
}

#[test]
fn the_higher_layer_wins_whatever_the_order() {
    let ops =
        vec![set(Layer::Scope, 1, "a", int(2)), set(Layer::Module, 0, "a", int(1)), set(Layer::Force, 2, "a", int(3))];
    let merged = merge(ops);
    assert_eq!(flat(merged.tree.as_ref()), [".a=Int(3)"]);
    assert!(merged.problems.is_empty());
    let Some(Tree::Map(branch)) = &merged.tree else { panic!("keys") };
    let Some(Tree::Leaf(leaf)) = branch.children.get(&Symbol::new("a")).map(|child| &**child) else { panic!("a leaf") };
    let lost: Vec<u32> = leaf.lost.iter().map(|(mark, _)| mark.who).collect();
    assert_eq!(lost, [0, 1]);
}

#[test]
fn equal_values_of_a_layer_agree_and_different_ones_are_a_conflict() {
    let merged = merge(vec![set(Layer::Module, 0, "a", int(1)), set(Layer::Module, 1, "a", int(1))]);
    assert!(merged.problems.is_empty());
    let merged = merge(vec![set(Layer::Module, 0, "a", int(1)), set(Layer::Module, 1, "a", int(2))]);
    let [problem] = merged.problems.as_slice() else { panic!("one problem") };
    assert!(!problem.bound);
    assert_eq!((problem.old.0.who, problem.new.0.who), (0, 1));
    assert_eq!(flat(merged.tree.as_ref()), [".a=Int(1)"], "the first stays, so that nothing follows from the error");
}

#[test]
fn a_reason_is_beaten_by_override_alone() {
    let reason = because(set(Layer::Module, 0, "a", int(1)));
    let merged = merge(vec![reason.clone(), set(Layer::Scope, 1, "a", int(2))]);
    assert!(merged.problems[0].bound);
    let merged = merge(vec![reason.clone(), set(Layer::Scope, 1, "a", int(1))]);
    assert!(merged.problems.is_empty(), "whoever says the same agrees");
    let merged = merge(vec![reason, set(Layer::Override, 1, "a", int(2))]);
    assert!(merged.problems.is_empty());
    assert_eq!(flat(merged.tree.as_ref()), [".a=Int(2)"]);
}

#[test]
fn records_merge_by_key_to_any_depth() {
    let ops = vec![
        set(Layer::Module, 0, "a", record(&[("x", 1), ("y", 2)])),
        set(Layer::Module, 1, "a.z", int(3)),
        set(Layer::Scope, 2, "a", record(&[("y", 9)])),
    ];
    let merged = merge(ops);
    assert!(merged.problems.is_empty());
    assert_eq!(flat(merged.tree.as_ref()), [".a.x=Int(1)", ".a.y=Int(9)", ".a.z=Int(3)"]);
}

#[test]
fn a_scalar_and_a_record_of_one_layer_are_a_conflict() {
    let merged = merge(vec![set(Layer::Module, 0, "a", int(1)), set(Layer::Module, 1, "a.b", int(1))]);
    assert_eq!(merged.problems.len(), 1);
    let merged = merge(vec![set(Layer::Module, 0, "a", record(&[("b", 1)])), set(Layer::Scope, 1, "a", int(1))]);
    assert!(merged.problems.is_empty());
    assert_eq!(flat(merged.tree.as_ref()), [".a=Int(1)"]);
}

#[test]
fn sets_of_a_layer_unite_and_lists_do_not() {
    let of = |n: i64| Value::set(vec![int(n)], at(0));
    let merged = merge(vec![set(Layer::Module, 0, "", of(1)), set(Layer::Module, 1, "", of(2))]);
    assert_eq!(flat(merged.tree.as_ref()), ["={Int(1), Int(2)}"]);
    let merged = merge(vec![set(Layer::Module, 0, "", list(&[1])), set(Layer::Module, 1, "", list(&[2]))]);
    assert_eq!(merged.problems.len(), 1);
}

#[test]
fn items_are_appended_by_layer_and_position() {
    let append = |layer, who, n: i64| op(layer, who, "l", Act::Append(vec![int(n)]));
    let ops = vec![
        append(Layer::Scope, 2, 3),
        append(Layer::Module, 0, 1),
        set(Layer::Module, 1, "l", list(&[0])),
        append(Layer::Module, 1, 2),
    ];
    let merged = merge(ops);
    assert_eq!(flat(merged.tree.as_ref()), [".l=Some([Int(0)])+[Int(1), Int(2), Int(3)]"]);
    let merged = merge(vec![append(Layer::Module, 0, 1), set(Layer::Override, 1, "l", list(&[7]))]);
    assert_eq!(flat(merged.tree.as_ref()), [".l=Some([Int(7)])+[]"], "an override says all of the list");
}

#[test]
fn removal_concerns_its_layer_and_those_below() {
    let remove = |layer| op(layer, 9, "a.x", Act::Remove);
    let low = set(Layer::Module, 0, "a", record(&[("x", 1), ("y", 2)]));
    let merged = merge(vec![remove(Layer::Scope), low.clone()]);
    assert_eq!(flat(merged.tree.as_ref()), [".a.y=Int(2)"]);
    let merged = merge(vec![remove(Layer::Scope), low.clone(), set(Layer::Override, 1, "a.x", int(5))]);
    assert_eq!(flat(merged.tree.as_ref()), [".a.y=Int(2)", ".a.x=Int(5)"]);
    let merged = merge(vec![low, op(Layer::Scope, 9, "a.q", Act::Remove)]);
    assert_eq!(merged.removes.len(), 1, "nothing was there: the default may still have it");
}

#[test]
fn a_keyed_list_merges_by_name_and_takes_a_plain_list_over() {
    let named = |name: &str, value: i64| {
        let fields = [(Symbol::new("name"), Value::text(name, at(0))), (Symbol::new("value"), int(value))];
        Value::record(fields.into_iter().collect(), at(0))
    };
    let by = Act::Keyed(Symbol::new("name"));
    let ops = vec![
        set(Layer::Module, 0, "env", Value::list(vec![named("B", 1), named("A", 2)], at(0))),
        op(Layer::Scope, 1, "env", by),
        set(Layer::Scope, 1, "env.A.value", int(3)),
    ];
    let merged = merge(ops);
    assert!(merged.problems.is_empty());
    assert_eq!(flat(merged.tree.as_ref()), [".env.B.value=Int(1)", ".env.A.value=Int(3)"]);
}

#[test]
fn poison_is_never_a_conflict() {
    let merged = merge(vec![set(Layer::Module, 0, "a", Value::poison(at(0))), set(Layer::Module, 1, "a", int(1))]);
    assert!(merged.problems.is_empty());
    assert_eq!(flat(merged.tree.as_ref()), [".a=Poison"]);
}

#[test]
fn a_default_shows_through_where_nothing_is_written() {
    let over = merge(vec![set(Layer::Scope, 0, "a.x", int(1))]).tree.expect("a tree");
    let under = Tree::of_value(Value::record(
        [(Symbol::new("a"), record(&[("x", 7), ("y", 8)])), (Symbol::new("b"), int(9))].into_iter().collect(),
        at(0),
    ));
    let mut found = flat(Some(&over.over(under)));
    found.sort();
    assert_eq!(found, [".a.x=Int(1)", ".a.y=Int(8)", ".b=Int(9)"]);
}
