//! Lists of NixOS options.

use crate::import::node::{Map, Node, Rest, Scalar};
use crate::import::write::Forest;
use crate::import::{ImportError, Imported, Input, Provenance};
use crate::import::{nix_type, patch};
use crate::path::{Step, steps};
use serde_json::Value as Json;

/// What [`options`] makes a file of.
pub struct OptionsInput<'a> {
    /// Where they come from.
    pub from: Provenance,
    /// JSON, `{ "services.nginx.enable": { "type": "boolean", "default": …, "description": … } }`, as `nixos-options` and
    /// `nixosOptionsDoc` write it.
    pub document: Input<'a>,
    /// In names of options everything that is no letter, digit or `-` became `_`, as in some lists that are published.
    pub underscored: bool,
    /// Keep the descriptions: of own options, not of 20,000 foreign ones.
    pub docs: bool,
    /// Reviewed corrections: options of other modules, or newer than the list.
    pub patch: Option<Input<'a>>,
}

/// The table of a list of options.
///
/// # Errors
///
/// The document can't be read or is no list of options, or a line of the patch has no meaning.
pub fn options(input: &OptionsInput<'_>) -> Result<Imported, ImportError> {
    let document = input.document.json()?;
    let list = document.as_object().ok_or_else(|| input.document.unexpected("an object of options by name"))?;
    let mut root = Node::record(Map { rest: Rest::Closed, ..Map::default() });
    let mut lost = 0;
    let mut found: Vec<(Vec<Step>, Node)> = Vec::new();
    for (name, option) in list {
        let (spelled, whole) = if input.underscored { from_underscored(name) } else { (from_documented(name), true) };
        let steps = steps(&spelled).filter(|steps| !steps.is_empty());
        lost += usize::from(!whole || steps.is_none());
        let option = if whole { leaf(option, input.docs) } else { Node::any() };
        found.extend(steps.map(|steps| (steps, option)));
    }
    // What is above comes first: whether `*` is an item or a key is its to say.
    found.sort_by_key(|(steps, _)| steps.len());
    for (steps, option) in found {
        insert(&mut root, &steps, option);
    }
    root.each(&mut reconcile);
    let mut warnings = Vec::new();
    if lost > 0 {
        warnings.push(format!("of {lost} options the name can't be read; what is above them takes any key"));
    }
    if let Some(document) = &input.patch {
        warnings.extend(patch::apply(&mut root, document)?);
    }
    let mut inputs = vec![&input.document];
    inputs.extend(&input.patch);
    let forest =
        Forest { roots: [(String::new(), root)].into(), def_prefix: prefix(&input.from.name), ..Forest::default() };
    let text = input.from.header("options", &inputs, &[]) + &forest.write();
    Ok(Imported { path: input.from.path("options"), text, warnings })
}

/// Tables are searched together: their definitions may not have the same names.
fn prefix(name: &str) -> &'static str {
    if name == "nixos" { "nixos-" } else { "own-" }
}

/// `<name>` stands for any key, `*` for any key or item.
fn from_documented(name: &str) -> String {
    let mut spelled = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('<') {
        let Some((_, behind)) = after.split_once('>') else { break };
        spelled.push_str(before);
        spelled.push('*');
        rest = behind;
    }
    spelled + rest
}

/// `_name_` is `<name>`, `_` is `*`. Of quoted keys nobody knows any more what they were: the name ends there, as any key,
/// and is not whole.
fn from_underscored(name: &str) -> (String, bool) {
    let keys: Vec<&str> = name.split('.').collect();
    let placeholder = |key: &str| key == "_" || key == "_name_";
    let ends_quote = |key: &&str| key.ends_with('_') && !placeholder(key);
    let mut spelled = Vec::new();
    for (at, key) in keys.iter().enumerate() {
        let quoted = key.starts_with('_') && !placeholder(key) && keys[at..].iter().any(ends_quote);
        spelled.push(if quoted || placeholder(key) { "*" } else { key });
        if quoted {
            return (spelled.join("."), false);
        }
    }
    (spelled.join("."), true)
}

fn leaf(option: &Json, docs: bool) -> Node {
    let text = |key: &str| {
        let value = option.get(key)?;
        value.as_str().or_else(|| value.get("text")?.as_str()).map(str::to_owned)
    };
    let mut node = nix_type::read(&text("type").unwrap_or_default());
    let shown = |default: &String| {
        !default.is_empty() && default.len() <= 24 && !["none", "null", "{ }", "[ ]"].contains(&default.as_str())
    };
    node.default = text("default").map(|text| nix_type::unescape(&text)).filter(shown);
    node.doc = text("description").filter(|_| docs);
    node
}

/// Puts an option where its name leads. `*` is an item where the option above is a list, else any key.
fn insert(node: &mut Node, steps: &[Step], option: Node) {
    let Some((first, rest)) = steps.split_first() else {
        // Options below it may have been met first.
        *node = std::mem::take(node).or(option);
        return;
    };
    match first {
        Step::Key(key) => {
            let map = node.map.get_or_insert_default();
            insert(map.keys.entry(key.clone()).or_default(), rest, option);
        }
        Step::AnyKey | Step::Item => {
            if let Some(item) = node.list.as_mut().filter(|item| !item.any) {
                return insert(item, rest, option);
            }
            let map = node.map.get_or_insert_default();
            if !matches!(map.rest, Rest::Of(_)) {
                map.rest = Rest::Of(Box::default());
            }
            if let Rest::Of(inner) = &mut map.rest {
                insert(inner, rest, option);
            }
        }
    }
}

/// Settles what a type says against the options that are known below it.
fn reconcile(node: &mut Node) {
    let Some(map) = &mut node.map else {
        if node.is_unsaid() {
            node.any = true;
        }
        return;
    };
    let below = !map.keys.is_empty() || matches!(map.rest, Rest::Of(_));
    if node.any && below {
        // A type that takes anything, with options below it: those are known, others may stand there.
        node.any = false;
        node.scalars.extend([Scalar::Bool, Scalar::Num, Scalar::Str, Scalar::Null]);
        node.list = Some(Box::new(Node::any()));
        if matches!(map.rest, Rest::Unsaid | Rest::Closed) {
            map.rest = Rest::Open;
        }
    }
    if !below && matches!(map.rest, Rest::Closed | Rest::Unsaid) {
        // A submodule of which no option is known.
        map.rest = Rest::Open;
    }
    if matches!(map.rest, Rest::Unsaid) {
        map.rest = Rest::Closed;
    }
}
