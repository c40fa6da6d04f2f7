//! Sources and diagnostics for the tests of this crate.

use crate::{Diagnostic, How, Sources, code};
use kss_span::{FileId, Span, TextRange};

pub(crate) struct Files<'a>(pub(crate) &'a [(&'a str, &'a str)]);

impl Sources for Files<'_> {
    fn path(&self, file: FileId) -> &str {
        self.0[file.0 as usize].0
    }

    fn text(&self, file: FileId) -> &str {
        self.0[file.0 as usize].1
    }
}

impl Files<'_> {
    /// The place of the first `part` in `file`.
    pub(crate) fn find(&self, file: u32, part: &str) -> Span {
        let lo = self.text(FileId(file)).find(part).expect("the text holds the part") as u32;
        span(file, lo, lo + part.len() as u32)
    }
}

pub(crate) fn span(file: u32, lo: u32, hi: u32) -> Span {
    TextRange::new(lo, hi).at(FileId(file))
}

pub(crate) const CLUSTERS: Files<'static> = Files(&[
    ("clusters/kcs.kss", "cluster kcs in homelab {\n  use cilium-bgp { pool = [10.69.50.192/27], asn = 64513 }\n}\n"),
    (
        "clusters/kss.kss",
        "# The simple cluster.\n\n\n\n\n\n\n\n\ncluster kss in homelab {\n  use canal\n  use metallb  { pool = [10.69.50.192/28] }\n}\n",
    ),
]);

/// Two pools that overlap, with everything a diagnostic can have.
pub(crate) fn overlap() -> Diagnostic {
    let here = CLUSTERS.find(0, "10.69.50.192/27");
    code::POOLS_OVERLAP
        .at(here, "load-balancer pools of two clusters overlap")
        .label("kcs announces 10.69.50.192 – .223")
        .also(CLUSTERS.find(1, "10.69.50.192/28"), "kss hands out 10.69.50.192 – .207")
        .rule("pools of a site are disjoint             std/core/checks.kss:31")
        .fix("write `10.69.50.208/28`, which is free in network lan", here, How::Replace, "10.69.50.208/28")
}
