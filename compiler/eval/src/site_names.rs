//! Names that are unique in a site, wherever in it their entries are declared.

use crate::state::{Eval, Role};
use kss_diag::code;
use kss_ir::Per;
use kss_span::{Origin, Symbol};
use kss_value::EntryKey;
use std::collections::BTreeMap;
use std::sync::Arc;

impl<'a> Eval<'a> {
    /// Two entries of a kind `per site` that have one name: of two clusters, of two machines.
    pub(crate) fn check_site_names(&mut self) {
        if self.role != Role::Site {
            return;
        }
        let program = self.program;
        for sig in program.kinds.values().filter(|sig| sig.per == Per::Site && !sig.shared && !sig.nameless) {
            for mut keys in self.by_name(sig.name).into_values().filter(|keys| keys.len() > 1) {
                keys.sort();
                for (one, other) in keys.iter().zip(&keys[1..]) {
                    self.same_name(one, other);
                }
            }
        }
    }

    fn by_name(&self, kind: Symbol) -> BTreeMap<Symbol, Vec<Arc<EntryKey>>> {
        let own = self.by_key.keys();
        let others = self.foreign.iter().flat_map(|frozen| frozen.entries.keys());
        let mut out: BTreeMap<Symbol, Vec<Arc<EntryKey>>> = BTreeMap::new();
        for key in own.chain(others).filter(|key| key.kind == kind) {
            out.entry(key.name).or_default().push(key.clone());
        }
        out
    }

    fn same_name(&mut self, one: &EntryKey, other: &EntryKey) {
        let place = |me: &Self, key: &EntryKey| me.entry_origin(key).unwrap_or(Origin::NOWHERE);
        let (first, second) = (place(self, one), place(self, other));
        let kind = one.kind;
        let message = format!(
            "{kind} `{}` is declared in {} and in {}, and its name is unique in {}",
            one.name, one.scope, other.scope, self.site
        );
        let mut report = code::DECLARED_TWICE.at(second, message).label("again");
        report = match first == second {
            true => report.help("a module that several scopes use names it after the scope: `\"${cluster.name}-…\"`"),
            false => report.also(first, "first declared here").help("rename one of them"),
        };
        self.report(report);
    }
}
