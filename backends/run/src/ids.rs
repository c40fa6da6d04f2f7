//! Names of steps: paths that begin with where something is, and end with what is done to it.

use kss_backend::layout::segment;
use kss_value::{EntryKey, ScopeKey, ScopeKind};

/// `site`, `site/machine/support`, `clusters/kss`, `clusters/kss/node/master`.
pub(crate) fn scope(key: &ScopeKey) -> String {
    match key.kind {
        ScopeKind::Site => "site".to_owned(),
        ScopeKind::Machine => format!("site/machine/{}", segment(&key.name)),
        ScopeKind::Cluster => format!("clusters/{}", segment(&key.name)),
        ScopeKind::Node => format!("clusters/{}/node/{}", segment(&key.outer), segment(&key.name)),
    }
}

/// `site/machine/support`, `clusters/kss/step/kubeconfig`, `clusters/kss`: what an entry is called in names of steps.
pub(crate) fn entry(key: &EntryKey) -> String {
    match key.kind.as_str() {
        "cluster" => format!("clusters/{}", segment(&key.name)),
        // They are entries of the site and of their cluster, whoever writes them.
        "machine" => format!("site/machine/{}", segment(&key.name)),
        kind => format!("{}/{kind}/{}", scope(&key.scope), segment(&key.name)),
    }
}
