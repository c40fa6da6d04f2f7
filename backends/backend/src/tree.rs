//! The files of a build, in memory.

use crate::path::{check_path, folded};
use kss_diag::{Diagnostic, code};
use kss_emit::{Emitted, LineMap};
use kss_span::Origin;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A file that a backend writes.
#[derive(Clone, PartialEq, Debug)]
pub struct File {
    /// From the root of the tree, parts joined by `/`.
    pub path: String,
    /// What is in it.
    pub content: Content,
    /// May it be run?
    pub executable: bool,
    /// The backend that writes it.
    pub owner: &'static str,
    /// Why it exists: the entry that it was written for.
    pub origin: Origin,
}

/// What is in a [`File`].
#[derive(Clone, PartialEq, Debug)]
pub enum Content {
    /// A text with the origins of its lines; an empty map where nobody wrote the lines (a copied library).
    Text {
        /// The text.
        text: String,
        /// Which line came from where.
        lines: LineMap,
    },
    /// Anything else.
    Bytes(Cow<'static, [u8]>),
}

impl Content {
    /// What stands on the disk.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Content::Text { text, .. } => text.as_bytes(),
            Content::Bytes(bytes) => bytes,
        }
    }
}

impl From<Emitted> for Content {
    fn from(emitted: Emitted) -> Content {
        Content::Text { text: emitted.text, lines: emitted.lines }
    }
}

impl From<String> for Content {
    fn from(text: String) -> Content {
        Content::Text { text, lines: LineMap::default() }
    }
}

/// Files by path. Holds only what can stand side by side on every file system.
#[derive(Clone, Default, Debug)]
pub struct OutputTree {
    files: BTreeMap<String, File>,
    /// Every file and every directory, by its name without case.
    names: FxHashMap<String, Taken>,
}

/// A name in use.
#[derive(Clone, Debug)]
struct Taken {
    /// As it is spelled.
    path: String,
    /// The (first) file that took it: itself, or one below it.
    by: String,
}

impl Taken {
    fn is_directory(&self) -> bool {
        self.path.len() != self.by.len()
    }
}

impl OutputTree {
    /// Adds a file, or says why it can't stand in the tree.
    pub fn insert(&mut self, file: File, diags: &mut Vec<Diagnostic<Origin>>) {
        if let Err(why) = check_path(&file.path) {
            let message = format!("`{}` is no path for a file of the output: {why}", file.path.escape_debug());
            let label = format!("`{}` writes it for this", file.owner);
            let rule = "a path stays in the tree and is a name on every file system";
            diags.push(code::BAD_PATH.at(file.origin, message).label(label).rule(rule));
            return;
        }
        if let Some(taken) = self.taken(&file.path) {
            diags.push(self.collision(&file, taken));
            return;
        }
        let ends = file.path.match_indices('/').map(|(at, _)| at).chain([file.path.len()]);
        for end in ends {
            let path = &file.path[..end];
            let taken = || Taken { path: path.to_owned(), by: file.path.clone() };
            self.names.entry(folded(path)).or_insert_with(taken);
        }
        self.files.insert(file.path.clone(), file);
    }

    /// Adds all files of `other`.
    pub fn extend(&mut self, other: OutputTree, diags: &mut Vec<Diagnostic<Origin>>) {
        if self.files.is_empty() {
            *self = other;
            return;
        }
        // Trees of two clusters share directories only.
        let meets = |(name, new): (&String, &Taken)| {
            self.names.get(name).is_some_and(|old| !(old.is_directory() && new.is_directory() && old.path == new.path))
        };
        if other.names.iter().any(meets) {
            other.files.into_values().for_each(|file| self.insert(file, diags));
            return;
        }
        for (name, taken) in other.names {
            self.names.entry(name).or_insert(taken);
        }
        self.files.extend(other.files);
    }

    /// The file at `path`.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// The files in the order of their paths.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &File> {
        self.files.values()
    }

    /// How many files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What stands in the way of a file at `path`.
    fn taken(&self, path: &str) -> Option<&Taken> {
        let above = path.match_indices('/').map(|(at, _)| &path[..at]);
        let above = above.filter_map(|directory| {
            let taken = self.names.get(&folded(directory))?;
            let same_directory = taken.is_directory() && taken.path == directory;
            (!same_directory).then_some(taken)
        });
        above.chain(self.names.get(&folded(path))).next()
    }

    fn collision(&self, file: &File, taken: &Taken) -> Diagnostic<Origin> {
        let (path, owner) = (&file.path, file.owner);
        let Some(other) = self.files.get(&taken.by) else {
            return code::OUTPUT_TWICE.at(file.origin, format!("`{path}` is written twice"));
        };
        let message = if other.path == *path && other.owner == owner {
            format!("`{path}` is written twice by `{owner}`")
        } else if other.path == *path {
            format!("`{path}` is written twice: by `{}` and by `{owner}`", other.owner)
        } else if path.strip_prefix(&*taken.path).is_some_and(|rest| rest.starts_with('/')) {
            format!(
                "`{}` is a file of `{}`, and `{path}` of `{owner}` needs a directory there",
                taken.path, other.owner
            )
        } else if taken.path == *path {
            format!("`{path}` of `{owner}` is a directory: `{}` of `{}` is in it", other.path, other.owner)
        } else {
            let here = path.split('/').take(taken.path.split('/').count()).collect::<Vec<_>>().join("/");
            format!("`{here}` and `{}` are one name where case doesn't count (macOS, Windows)", taken.path)
        };
        let diag = code::OUTPUT_TWICE.at(file.origin, message).label(format!("`{owner}` writes `{path}` for this"));
        diag.also(other.origin, format!("`{}` writes `{}` for this", other.owner, other.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kss_span::{ItemId, Symbol};

    fn file(path: &str, owner: &'static str, node: u32) -> File {
        let origin = Origin::new(ItemId::new(Symbol::new("a.kss"), Symbol::new("module a")), node);
        File { path: path.to_owned(), content: String::new().into(), executable: false, owner, origin }
    }

    fn problem(first: &str, second: &str) -> Option<Diagnostic<Origin>> {
        let mut diags = Vec::new();
        let mut tree = OutputTree::default();
        tree.insert(file(first, "helm", 1), &mut diags);
        assert!(diags.is_empty(), "{diags:?}");
        tree.insert(file(second, "tofu", 2), &mut diags);
        assert_eq!(tree.len(), if diags.is_empty() { 2 } else { 1 });
        diags.pop()
    }

    fn message(first: &str, second: &str) -> String {
        let diag = problem(first, second).unwrap();
        assert_eq!(diag.code, &code::OUTPUT_TWICE);
        assert_eq!((diag.place.node, diag.labels[0].place.node), (2, 1), "both places are shown");
        diag.message
    }

    #[test]
    fn two_files_never_meet() {
        assert_eq!(message("a/b", "a/b"), "`a/b` is written twice: by `helm` and by `tofu`");
        let case = "`x/a` and `x/A` are one name where case doesn't count (macOS, Windows)";
        assert_eq!(message("x/A", "x/a"), case);
        assert_eq!(message("x/A/1", "x/a/2"), case);
        assert_eq!(message("x/A", "x/a/2"), case);
        assert_eq!(message("STRASSE", "straße").split(" are ").next(), Some("`straße` and `STRASSE`"));
        assert_eq!(message("a", "a/b/c"), "`a` is a file of `helm`, and `a/b/c` of `tofu` needs a directory there");
        assert_eq!(message("a/b/c", "a/b"), "`a/b` of `tofu` is a directory: `a/b/c` of `helm` is in it");
        assert_eq!(problem("a/b", "a/c"), None);
        assert_eq!(problem("a-b", "a/b"), None);
        let outside = problem("a", "../b").unwrap();
        assert_eq!(outside.code, &code::BAD_PATH);
        assert_eq!(outside.message, "`../b` is no path for a file of the output: `..` leaves the tree");
    }

    #[test]
    fn trees_join_and_stay_in_order() {
        let mut diags = Vec::new();
        let tree = |paths: &[&str], diags: &mut Vec<_>| {
            let mut tree = OutputTree::default();
            paths.iter().for_each(|path| tree.insert(file(path, "helm", 1), diags));
            tree
        };
        let mut all = tree(&["b", "a/1"], &mut diags);
        all.extend(tree(&["a/0", "b"], &mut diags), &mut diags);
        assert_eq!(all.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["a/0", "a/1", "b"]);
        assert_eq!(
            diags.iter().map(|diag| diag.message.as_str()).collect::<Vec<_>>(),
            ["`b` is written twice by `helm`"]
        );
    }
}
