//! The files that a project becomes.

use crate::{Analysis, FilePosition};
use kss_backend::{Content, File, OutputTree};
use kss_diag::Diagnostic;
use kss_model::Model;
use kss_project::{Assets, Session};
use kss_sema::DeclKind;
use kss_span::{Origin, Symbol};
use rayon::{ThreadPool, ThreadPoolBuilder};
use rustc_hash::FxHashMap;
use std::sync::{Arc, LazyLock};

/// What the deploy tree carries beside what is made of the model: charts of the project, the lock of its flake, files that
/// values name.
#[derive(Clone, Debug)]
pub struct Carried {
    flake_lock: Option<String>,
    files: Vec<(String, Arc<[u8]>)>,
    assets: Assets,
}

impl Carried {
    /// Of the project of a session.
    pub fn of(session: &Session) -> Carried {
        Carried {
            flake_lock: session.flake_lock().map(str::to_owned),
            files: session.carried().to_vec(),
            assets: session.assets().clone(),
        }
    }
}

/// All files that a model becomes, and what can't be written. `pause` is called between parts of the work; it may unwind.
pub fn outputs(carried: &Carried, model: &Model, pause: &(dyn Fn() + Sync)) -> (OutputTree, Vec<Diagnostic<Origin>>) {
    let files = kss_outputs::Texts::of(model, &|path| carried.assets.bytes(path));
    let context = kss_outputs::Context {
        nix: kss_stdlib::NIX,
        flake_lock: carried.flake_lock.as_deref(),
        carried: &carried.files,
        tofu_modules: kss_stdlib::TOFU_MODULES,
        is_package: &kss_project::is_package,
        files: &files,
        pause,
    };
    kss_outputs::outputs(model, &context)
}

/// Threads that make outputs; none where the system gives none.
static POOL: LazyLock<Option<ThreadPool>> = LazyLock::new(|| {
    let lower = |_| kss_project::lower_priority();
    ThreadPoolBuilder::new().thread_name(|n| format!("outputs {n}")).start_handler(lower).build().ok()
});

/// The files of a site, with what is asked of them.
pub(crate) struct Made {
    /// The files.
    pub tree: OutputTree,
    /// What can't be written.
    pub problems: Vec<Diagnostic<Origin>>,
    /// Paths of the files, in the order of the tree.
    paths: Vec<String>,
    /// Lines by what made them: the number of the file, and the line in it.
    lines: FxHashMap<Origin, Vec<(u32, u32)>>,
    /// Numbers of files by the entry that they were made for.
    files: FxHashMap<Origin, Vec<u32>>,
}

impl Made {
    /// Makes all files of a model, on threads of its own: those that evaluate are waited for by whoever points at a word.
    pub(crate) fn new(carried: &Carried, model: &Model, pause: &(dyn Fn() + Sync)) -> Made {
        let make = || outputs(carried, model, pause);
        let (tree, problems) = match &*POOL {
            Some(pool) => pool.install(make),
            None => make(),
        };
        let (lines, files) = (FxHashMap::default(), FxHashMap::default());
        let mut made = Made { tree, problems, paths: Vec::new(), lines, files };
        for (number, file) in (0..).zip(made.tree.iter()) {
            made.paths.push(file.path.clone());
            made.files.entry(file.origin).or_default().push(number);
            if let Content::Text { lines, .. } = &file.content {
                for (line, origin) in lines.origins() {
                    made.lines.entry(origin).or_default().push((number, line));
                }
            }
        }
        made
    }

    /// Lines that something made: path of the file, and the line.
    pub(crate) fn lines_of(&self, origin: Origin) -> impl Iterator<Item = (&str, u32)> {
        let these = self.lines.get(&origin).into_iter().flatten();
        these.filter_map(|(file, line)| Some((self.paths.get(*file as usize)?.as_str(), *line)))
    }

    /// Files that were made for an entry.
    pub(crate) fn files_of(&self, origin: Origin) -> impl Iterator<Item = &File> {
        let numbers = self.files.get(&origin).into_iter().flatten();
        numbers.filter_map(|number| self.tree.get(self.paths.get(*number as usize)?))
    }
}

/// A file as a build would write it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preview {
    /// Its path in the deploy tree.
    pub path: String,
    /// Its text; none of what is no text.
    pub text: Option<String>,
}

impl Preview {
    fn of(file: &File) -> Preview {
        let text = match &file.content {
            Content::Text { text, .. } => Some(text.clone()),
            Content::Bytes(bytes) => std::str::from_utf8(bytes).ok().map(str::to_owned),
        };
        Preview { path: file.path.clone(), text }
    }
}

/// Whose files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Whose {
    /// Of an entry: what is made for its head.
    Head(Origin),
    /// Of a module: what is made for its entries.
    Module(kss_span::ItemId),
    /// Of a cluster.
    Cluster(Symbol),
    /// Of the whole site.
    Site,
}

impl Whose {
    /// Is a file one of them?
    pub(crate) fn has(self, file: &File) -> bool {
        match self {
            Whose::Head(origin) => file.origin == origin,
            Whose::Module(item) => file.origin.item == item,
            Whose::Cluster(name) => {
                let dir = kss_backend::layout::cluster_dir(name);
                file.path.strip_prefix(&dir).is_some_and(|rest| rest.starts_with('/'))
            }
            Whose::Site => true,
        }
    }
}

impl Analysis {
    /// The files that a build would write for what stands at a position: for the innermost entry around it that has any, else
    /// for the module, cluster or site.
    pub fn outputs(&self, at: FilePosition) -> Vec<Preview> {
        let evaluated = self.evaluated();
        for whose in self.whose(at) {
            let found: Vec<Preview> =
                evaluated.trees().flat_map(OutputTree::iter).filter(|file| whose.has(file)).map(Preview::of).collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// The files that a build would write for a cluster, a site or a module, by its name.
    pub fn outputs_of(&self, scope: &str) -> Vec<Preview> {
        let sigs = self.signatures();
        let name = Symbol::new(scope);
        let whose = match (sigs.clusters.get(&name), sigs.modules.get(&name)) {
            (Some(_), _) => Whose::Cluster(name),
            (None, Some(module)) => Whose::Module(module.item),
            (None, None) if sigs.sites.contains_key(&name) => Whose::Site,
            (None, None) => return Vec::new(),
        };
        let evaluated = self.evaluated();
        evaluated.trees().flat_map(OutputTree::iter).filter(|file| whose.has(file)).map(Preview::of).collect()
    }

    /// A file of the deploy tree as a build would write it.
    pub fn output(&self, path: &str) -> Option<Preview> {
        self.evaluated().file(path).map(|(_, file)| Preview::of(file))
    }

    /// What a position stands in, the innermost first.
    pub(crate) fn whose(&self, at: FilePosition) -> Vec<Whose> {
        let Some(place) = self.place(at) else { return Vec::new() };
        let declared = self.declarations(place.item);
        let around = declared.iter().filter(|d| place.range(d.whole).touches(at.offset));
        let mut found: Vec<Whose> = around
            .filter_map(|d| match d.kind {
                DeclKind::Entry => Some(Whose::Head(Origin::new(place.item, d.whole))),
                DeclKind::Module => Some(Whose::Module(place.item)),
                DeclKind::Cluster => Some(Whose::Cluster(d.name)),
                DeclKind::Site | DeclKind::Overlay => Some(Whose::Site),
                _ => None,
            })
            .collect();
        found.reverse();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{clusters, position};

    fn paths(analysis: &Analysis, path: &str, text: &str) -> Vec<String> {
        analysis.outputs(position(analysis, path, text)).into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn the_innermost_thing_with_files_is_shown() {
        let host = clusters();
        let analysis = host.snapshot();
        let of_release = paths(&analysis, "std/monitoring/loki.kss", "helm lo$0ki");
        assert!(of_release.contains(&"clusters/kcs/helm/loki.yaml".to_owned()), "{of_release:#?}");
        assert!(of_release.iter().all(|path| path.contains("loki")), "{of_release:#?}");
        let of_cluster = paths(&analysis, "kcs.kss", "cluster k$0cs in");
        assert!(of_cluster.len() > 50 && of_cluster.iter().all(|path| path.starts_with("clusters/kcs/")));
        let of_site = paths(&analysis, "homelab.kss", "site hom$0elab");
        assert!(of_site.len() > of_cluster.len());
        assert_eq!(analysis.outputs_of("kcs").len(), of_cluster.len());
        assert_eq!(analysis.outputs_of("nobody"), []);
        assert_eq!(analysis.output("clusters/kcs/helm/loki.yaml").map(|p| p.text.is_some()), Some(true));
    }
}
