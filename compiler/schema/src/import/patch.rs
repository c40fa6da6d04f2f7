//! Reviewed corrections of a schema: of a chart what its templates read and its defaults don't show, of kinds what their
//! documents say in words only.
//!
//! ```text
//! open configs.params because "every key of the ConfigMap argocd-cmd-params-cm"
//! key  profile str    because "read by the templates only"
//! type replicas int|str because "\"auto\" is meant"
//! drop note           because "a comment, no key"
//! ```
//!
//! In a file of kinds a path begins as in the file itself: `type $PodSpec restartPolicy "Always"|"Never"`, `type Secret v1 type str`.

use crate::import::node::{Map, Node, Rest};
use crate::import::write::Forest;
use crate::import::{ImportError, Input};
use crate::path::{Step, steps};

struct Line<'a> {
    number: usize,
    verb: &'a str,
    /// Of a file of kinds: `$PodSpec`, `Secret v1`.
    root: String,
    path: &'a str,
    ty: &'a str,
    steps: Vec<Step>,
}

/// Applies a patch; the lines that change nothing come back as warnings.
pub(crate) fn apply(root: &mut Node, patch: &Input<'_>) -> Result<Vec<String>, ImportError> {
    each_line(patch, false, |line| run(root, line))
}

/// The same for a file of kinds.
pub(crate) fn apply_to_kinds(forest: &mut Forest, patch: &Input<'_>) -> Result<Vec<String>, ImportError> {
    each_line(patch, true, |line| {
        let root = match line.root.strip_prefix('$') {
            Some(name) => forest.defs.get_mut(name),
            None => forest.roots.get_mut(&line.root),
        };
        root.is_some_and(|root| run(root, line))
    })
}

fn each_line(
    patch: &Input<'_>,
    rooted: bool,
    mut run: impl FnMut(&Line<'_>) -> bool,
) -> Result<Vec<String>, ImportError> {
    let mut warnings = Vec::new();
    for (at, text) in patch.text.lines().enumerate() {
        if text.trim().is_empty() || text.starts_with('#') {
            continue;
        }
        let line = read(text, at + 1, rooted).map_err(|message| ImportError::BadPatch {
            input: patch.name.to_owned(),
            line: at + 1,
            message,
        })?;
        if !run(&line) {
            let Line { number, verb, path, .. } = line;
            let root = if rooted { format!("{} ", line.root) } else { String::new() };
            warnings.push(format!("{}, line {number}: `{verb} {root}{path}` changes nothing", patch.name));
        }
    }
    Ok(warnings)
}

fn read(text: &str, number: usize, rooted: bool) -> Result<Line<'_>, String> {
    let (what, reason) =
        text.split_once(" because ").ok_or("`because \"…\"` is missing: a patch is reviewed by its reasons")?;
    let quoted = reason.trim();
    if quoted.len() < 3 || !quoted.starts_with('"') || !quoted.ends_with('"') {
        return Err("the reason stands in quotes and is not empty".to_owned());
    }
    let mut words = what.split_whitespace();
    let verb = words.next().unwrap_or_default();
    let root = match words.clone().next() {
        Some(shared) if rooted && shared.starts_with('$') => words.by_ref().take(1).collect::<Vec<_>>().join(" "),
        _ if rooted => words.by_ref().take(2).collect::<Vec<_>>().join(" "),
        _ => String::new(),
    };
    let (path, ty) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let wants_type = matches!(verb, "key" | "type");
    if !matches!(verb, "open" | "key" | "type" | "drop") {
        return Err(format!("`{verb}` is no correction; there are `open`, `key`, `type`, `drop`"));
    }
    if wants_type == ty.is_empty() || words.next().is_some() {
        let of = if rooted { "KIND VERSION " } else { "" };
        let form = if wants_type { "PATH TYPE" } else { "PATH" };
        return Err(format!("`{verb}` is written `{verb} {of}{form} because \"…\"`"));
    }
    let steps = steps(path).filter(|steps| !steps.is_empty()).ok_or_else(|| format!("`{path}` is no path"))?;
    Ok(Line { number, verb, root, path, ty, steps })
}

fn run(root: &mut Node, line: &Line<'_>) -> bool {
    match line.verb {
        "open" => change(root, &line.steps, |node| {
            if let Some(map) = &mut node.map {
                map.rest = Rest::Open;
            } else if node.list.is_some() {
                node.list = Some(Box::new(Node::any()));
            } else {
                *node = Node { default: None, ..std::mem::take(node) }.or(Node::open());
            }
        }),
        "type" => change(root, &line.steps, |node| {
            let said = Node::read(line.ty);
            let map = match (said.map.clone(), node.map.take()) {
                (Some(said), Some(known)) => Some(Box::new(Map { rest: said.rest, ..*known })),
                (said, _) => said,
            };
            *node = Node { map, default: node.default.take(), doc: node.doc.take(), ..said };
        }),
        "key" => add(root, &line.steps, line.ty),
        _ => remove(root, &line.steps),
    }
}

fn change(root: &mut Node, steps: &[Step], with: impl Fn(&mut Node)) -> bool {
    let mut changed = false;
    for node in root.at_mut(steps) {
        let before = node.clone();
        with(node);
        changed |= *node != before;
    }
    changed
}

/// Makes the keys on the way, too.
fn add(node: &mut Node, steps: &[Step], ty: &str) -> bool {
    let Some((first, rest)) = steps.split_first() else {
        if !node.is_unsaid() {
            return false;
        }
        *node = Node::read(ty);
        return true;
    };
    match first {
        Step::Key(key) => {
            let closed = || Box::new(Map { rest: Rest::Closed, ..Map::default() });
            let map = node.map.get_or_insert_with(closed);
            add(map.keys.entry(key.clone()).or_default(), rest, ty)
        }
        Step::Item => add(node.list.get_or_insert_default(), rest, ty),
        Step::AnyKey => {
            let keys = node.map.iter_mut().flat_map(|map| map.keys.values_mut());
            keys.map(|node| add(node, rest, ty)).fold(false, |any, one| any | one)
        }
    }
}

fn remove(root: &mut Node, steps: &[Step]) -> bool {
    let Some((Step::Key(last), above)) = steps.split_last() else { return false };
    let parents = root.at_mut(above).into_iter().filter_map(|node| node.map.as_mut());
    parents.map(|map| map.keys.remove(last).is_some()).fold(false, |any, one| any | one)
}
