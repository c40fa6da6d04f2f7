//! Where else a key is known: `extraEnv` is at `tempo.extraEnv`.

use crate::path::{Place, segment};
use crate::schema::Schema;
use std::collections::BTreeSet;

/// More places than this tell a reader nothing (`enable`, `name`).
const TOO_MANY: usize = 12;
const SHOWN: usize = 3;
const HOPS: usize = 4;

/// Paths of `schema` that end with `key`, those nearest to `place` first; nothing if there are very many.
pub(crate) fn elsewhere(schema: &Schema, place: &Place, key: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    let wanted = segment(key);
    for line in schema.tables().iter().flat_map(|table| table.containing(&wanted)) {
        for end in ends(line.path, &wanted) {
            spread(schema, &line.path[..end], HOPS, &mut found);
        }
        if found.len() > TOO_MANY {
            return Vec::new();
        }
    }
    let here = place.relative();
    let mut ranked: Vec<String> = found.into_iter().collect();
    ranked.sort_by_key(|path| (std::cmp::Reverse(shared(here, path)), path.matches('.').count(), path.clone()));
    ranked.truncate(SHOWN);
    ranked
}

/// Where in `path` a step called `key` ends.
fn ends<'a>(path: &'a str, key: &'a str) -> impl Iterator<Item = usize> + 'a {
    path.match_indices(key).filter_map(move |(at, _)| {
        let end = at + key.len();
        let begins = at == 0 || matches!(path.as_bytes()[at - 1], b'.' | b' ');
        let stops = end == path.len() || matches!(path.as_bytes()[end], b'.' | b'[');
        (begins && stops).then_some(end)
    })
}

/// Adds the paths of `schema` that a path of a file stands for: one below `$name` for each place that is a `@name`.
fn spread(schema: &Schema, path: &str, hops: usize, found: &mut BTreeSet<String>) {
    let root = schema.root_name();
    if !path.starts_with('$') {
        let relative =
            if root.is_empty() { Some(path) } else { path.strip_prefix(root).and_then(|p| p.strip_prefix(' ')) };
        found.extend(relative.map(str::to_owned));
        return;
    }
    let Some((def, rest)) = path[1..].split_once(' ').filter(|_| hops > 0) else { return };
    let wanted = format!("@{def}");
    for line in schema.tables().iter().flat_map(|table| table.containing(&wanted)) {
        if let Some(suffix) = suffix_to(line.ty, &wanted) {
            spread(schema, &format!("{}{suffix}.{rest}", line.path), hops - 1, found);
        }
        if found.len() > TOO_MANY {
            return;
        }
    }
}

/// From a place whose type mentions `@name` to the place that is it: `[@name]` is one item deeper.
fn suffix_to(ty: &str, wanted: &str) -> Option<String> {
    let at = ty.match_indices(wanted).find_map(|(at, _)| {
        let next = ty.as_bytes().get(at + wanted.len());
        next.is_none_or(|c| b"|]}".contains(c)).then_some(at)
    })?;
    let mut suffix = String::new();
    let mut open = Vec::new();
    for c in ty[..at].chars() {
        match c {
            '[' => open.push("[]"),
            '{' => open.push(".*"),
            ']' | '}' => drop(open.pop()),
            _ => {}
        }
    }
    open.iter().for_each(|step| suffix.push_str(step));
    Some(suffix)
}

/// How many leading steps two paths share.
fn shared(a: &str, b: &str) -> usize {
    a.split('.').zip(b.split('.')).take_while(|(a, b)| a == b).count()
}
