//! Charts: schema where it is closed, joined with the defaults, joined with subcharts, corrected by a patch.

use crate::import::json_schema::Reader;
use crate::import::node::{Map, Node, Rest, Scalar};
use crate::import::write::Forest;
use crate::import::{ImportError, Imported, Input, Provenance};
use crate::import::{patch, values};
use std::collections::BTreeSet;

/// What [`chart`] makes a file of.
pub struct ChartInput<'a> {
    /// Where it comes from.
    pub from: Provenance,
    /// `values.yaml`
    pub values: Input<'a>,
    /// `values.schema.json`
    pub schema: Option<Input<'a>>,
    /// Defaults of subcharts, by the name or alias under which their values stand.
    pub subcharts: Vec<(String, Input<'a>)>,
    /// The key below which all defaults are (Istio's charts have one); users write their values beside it.
    pub unwrap: Option<String>,
    /// Reviewed corrections.
    pub patch: Option<Input<'a>>,
}

/// The file of a chart.
///
/// # Errors
///
/// A document can't be read, or a line of the patch has no meaning.
pub fn chart(input: &ChartInput<'_>) -> Result<Imported, ImportError> {
    let mut root = values::read(&input.values, input.unwrap.as_deref())?;
    for (alias, document) in &input.subcharts {
        mount(&mut root, alias, values::read(document, None)?);
    }
    if let Some(document) = &input.schema {
        let schema = document.json()?;
        root = join(Reader::new(&schema, true).read(&schema), root);
    }
    root.settle(false);
    // Defaults are merged below what users write: no key has to be there.
    root.each(&mut |node| {
        if let Some(map) = &mut node.map {
            map.required.clear();
        }
        node.scalars.remove(&Scalar::Null);
        if node.is_unsaid() {
            node.any = true;
        }
    });
    let warnings = match &input.patch {
        Some(document) => patch::apply(&mut root, document)?,
        None => Vec::new(),
    };
    let mut inputs = vec![&input.values];
    inputs.extend(&input.schema);
    inputs.extend(input.subcharts.iter().map(|(_, document)| document));
    inputs.extend(&input.patch);
    let forest = Forest { roots: [(String::new(), root)].into(), ..Forest::default() };
    let text = input.from.header("chart", &inputs, &[]) + &forest.write();
    Ok(Imported { path: input.from.path("charts"), text, warnings })
}

/// Puts the values of a subchart where its parent has them. What the parent sets is known to the subchart or not: both
/// have a say which keys there are, the subchart whether there may be others.
fn mount(root: &mut Node, alias: &str, mut subchart: Node) {
    if let Some(map) = &mut subchart.map {
        map.keys.entry("enabled".to_owned()).or_insert_with(|| Node::scalar(Scalar::Bool));
        map.keys.entry("global".to_owned()).or_insert_with(Node::open);
    }
    let rest = subchart.map.as_ref().map(|map| map.rest.clone());
    let Some(map) = &mut root.map else { return };
    let parent = map.keys.remove(alias).filter(|node| !node.any).unwrap_or_default();
    let mut both = parent.or(subchart);
    if let (Some(map), Some(rest)) = (&mut both.map, rest) {
        map.rest = rest;
    }
    map.keys.insert(alias.to_owned(), both);
}

/// What a schema and the defaults say together.
fn join(schema: Node, values: Node) -> Node {
    if schema.any || schema.is_unsaid() {
        return values;
    }
    if values.any || values.is_unsaid() {
        return Node { default: None, ..schema };
    }
    let uncovered = |default: &&Scalar| !schema.scalars.iter().any(|said| takes(said, default));
    let extra: Vec<Scalar> = values.scalars.iter().filter(uncovered).cloned().collect();
    let mut scalars: BTreeSet<Scalar> = schema.scalars;
    scalars.extend(extra);
    let map = match (schema.map, values.map) {
        (Some(schema), Some(values)) => Some(Box::new(join_maps(*schema, *values))),
        (schema, values) => schema.or(values),
    };
    let list = match (schema.list, values.list) {
        (Some(schema), Some(_)) | (Some(schema), None) => Some(schema),
        (None, values) => values,
    };
    Node { any: false, scalars, map, list, defs: schema.defs, default: values.default, doc: schema.doc }
}

/// Does a schema's type take a default of this type?
fn takes(said: &Scalar, default: &Scalar) -> bool {
    match (said, default) {
        (said, default) if said == default => true,
        (Scalar::Num, Scalar::Int) => true,
        (Scalar::Lit(json), Scalar::Str) => json.starts_with('"'),
        (Scalar::Lit(json), Scalar::Bool) => json == "true" || json == "false",
        (Scalar::Lit(json), Scalar::Int | Scalar::Num) => json.parse::<f64>().is_ok(),
        _ => false,
    }
}

fn join_maps(schema: Map, mut values: Map) -> Map {
    let mut keys = std::collections::BTreeMap::new();
    let listed = !schema.keys.is_empty();
    for (key, said) in schema.keys {
        let node = match values.keys.remove(&key) {
            Some(default) => join(said, default),
            None => said,
        };
        keys.insert(key, node);
    }
    keys.append(&mut values.keys);
    let rest = match (schema.rest, values.rest) {
        (Rest::Closed, _) => Rest::Closed,
        (Rest::Open, _) => Rest::Open,
        (Rest::Of(node), _) => Rest::Of(node),
        // A schema that lists keys of an empty default and doesn't close it.
        (Rest::Unsaid, Rest::Open) if listed => Rest::Open,
        (Rest::Unsaid, rest) => rest,
    };
    Map { keys, rest, required: BTreeSet::new() }
}
