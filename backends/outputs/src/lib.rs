//! All backends together: what a checked model becomes.

mod carried;
mod texts;

pub use texts::Texts;

use kss_backend::{Backend, Files, OutputTree, Sink};
use kss_diag::Diagnostic;
use kss_model::Model;
use kss_span::{Origin, Symbol};
use rayon::prelude::*;
use std::sync::Arc;

/// What backends know beside the model.
pub struct Context<'a> {
    /// The NixOS library with its paths in the tree.
    pub nix: &'a [(&'a str, &'a str)],
    /// The lock of the tree's flake, if the project has one.
    pub flake_lock: Option<&'a str>,
    /// Files of the project that the tree gets as they are, with their paths in it.
    pub carried: &'a [(String, Arc<[u8]>)],
    /// Bodies of OpenTofu modules with their paths in the tree.
    pub tofu_modules: &'static [(&'static str, &'static str)],
    /// Does a text at this path of NixOS options name a package?
    pub is_package: &'a (dyn Fn(&[Symbol]) -> bool + Sync),
    /// Content of files that values name by their path.
    pub files: &'a dyn Files,
    /// Called between parts of the work; may unwind to end it.
    pub pause: &'a (dyn Fn() + Sync),
}

/// All files of the deploy tree, and what can't be written. Clusters are written side by side; the order of files and
/// diagnostics does not depend on that.
pub fn outputs(model: &Model, context: &Context<'_>) -> (OutputTree, Vec<Diagnostic<Origin>>) {
    let lock = context.flake_lock.map(|text| ("flake.lock", text));
    let library: Vec<(&str, &str)> = context.nix.iter().copied().chain(lock).collect();
    let nixos = kss_nixos::Nixos { library: &library, is_package: context.is_package };
    let helm = kss_helm::Helm { files: context.files };
    let kustomize = kss_kustomize::Kustomize { files: context.files };
    let below =
        |(path, text): &(&'static str, &'static str)| path.strip_prefix("tofu/modules/").map(|rest| (rest, *text));
    let modules: Vec<(&str, &str)> = context.tofu_modules.iter().filter_map(below).collect();
    let tofu = kss_tofu::Tofu { modules: &modules };
    let carried = carried::Carried { files: context.carried };
    let backends: [&dyn Backend; 11] = [
        &carried,
        &nixos,
        &helm,
        &kustomize,
        &kss_argocd::Argocd,
        &tofu,
        &kss_vars::Vars,
        &kss_vars::Files,
        &kss_vars::PushGuard,
        &kss_libvirt::Libvirt,
        &kss_run::Run,
    ];
    let of_all = |write: &dyn Fn(&dyn Backend, &mut Sink<'_>)| {
        let mut tree = OutputTree::default();
        let mut diags = Vec::new();
        for backend in backends {
            (context.pause)();
            let mut sink = Sink::new(backend.name(), &mut tree);
            write(backend, &mut sink);
            diags.extend(sink.finish());
        }
        (tree, diags)
    };
    // What the site writes of all clusters takes about as long as a few of them: side by side, too.
    let ((mut tree, mut diags), parts) = rayon::join(
        || of_all(&|backend, sink| backend.site(model, sink)),
        || -> Vec<(OutputTree, Vec<Diagnostic<Origin>>)> {
            let clusters = model.clusters.par_iter();
            clusters.map(|cluster| of_all(&|backend, sink| backend.cluster(model, cluster, sink))).collect()
        },
    );
    for (part, found) in parts {
        diags.extend(found);
        tree.extend(part, &mut diags);
    }
    (tree, diags)
}
