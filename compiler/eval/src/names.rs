//! Names that the evaluator knows.

use kss_span::Symbol;
use std::sync::LazyLock;

macro_rules! names {
    ($($field:ident = $text:literal),+ $(,)?) => {
        /// Interned once: looking a text up takes a lock.
        pub(crate) struct Names { $(pub(crate) $field: Symbol),+ }
        static NAMES: LazyLock<Names> = LazyLock::new(|| Names { $($field: Symbol::new($text)),+ });
    };
}

names! {
    empty = "",
    // A keyed record knows its key under a name that no source can write; it never leaves the evaluator.
    hidden_name = "\0name",
    name = "name",
    owner = "owner",
    site = "site",
    machine = "machine",
    cluster = "cluster",
    node = "node",
    namespace = "namespace",
    overlay = "overlay",
    phase = "phase",
    module = "module",
    capability = "capability",
    kind = "kind",
    group = "group",
    api_version = "apiVersion",
    path = "path",
    key = "key",
    default = "default",
    discharged = "discharged",
    public = "public",
    file = "file",
    raw = "raw",
    json = "json",
    phase_type = "Phase",
}

/// All of them.
pub(crate) fn n() -> &'static Names {
    &NAMES
}
