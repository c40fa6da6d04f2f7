//! Where something is declared, what type it has, who implements it.

use crate::{Analysis, FilePosition, Nav};
use kss_ir::Ty;
use kss_sema::{DeclKind, Target};
use kss_span::Origin;

impl Analysis {
    /// Where what stands at a position is declared.
    pub fn goto_definition(&self, at: FilePosition) -> Vec<Nav> {
        let Some(place) = self.place(at) else { return Vec::new() };
        let Some((word, _)) = self.word(&place) else { return Vec::new() };
        self.navigate_word(place.item, &word)
    }

    /// As the definition; of an imported name the import.
    pub fn goto_declaration(&self, at: FilePosition) -> Vec<Nav> {
        let found = self.goto_definition(at);
        let Some(item) = found.first().filter(|nav| nav.file != at.file).map(|nav| nav.name) else { return found };
        let sigs = self.signatures();
        let imports = sigs.files.get(&kss_span::Symbol::new(self.path(at.file)));
        match imports.and_then(|f| f.imports.get(&item)) {
            Some(import) => self.nav_of(import.origin).into_iter().collect(),
            None => found,
        }
    }

    /// Where the type of what stands at a position is declared.
    pub fn goto_type_definition(&self, at: FilePosition) -> Vec<Nav> {
        let Some(place) = self.place(at) else { return Vec::new() };
        let Some(ty) = self.type_at(&place) else { return Vec::new() };
        self.type_origins(&ty).into_iter().filter_map(|o| self.nav_of(self.declaration_node(o))).collect()
    }

    /// Of a capability the modules that provide it, of an intent those that lower it, of anything else its definition.
    pub fn goto_implementation(&self, at: FilePosition) -> Vec<Nav> {
        let Some(place) = self.place(at) else { return Vec::new() };
        let Some((word, _)) = self.word(&place) else { return Vec::new() };
        let navs = self.navigate_word(place.item, &word);
        let Some(nav) = navs.first() else { return navs };
        let sigs = self.signatures();
        let capability = match nav.kind {
            Some(DeclKind::Capability) => nav.name,
            Some(DeclKind::Intent) => match sigs.kinds.get(&nav.name).and_then(|k| k.lowered_by) {
                Some((capability, _)) => capability,
                // Whoever likes turns it into something.
                None => return self.readers_of_all(nav.name),
            },
            _ => return navs,
        };
        let providers = sigs.modules.values().filter(|m| m.provides.iter().any(|(name, _)| *name == capability));
        providers.filter_map(|m| self.nav_of(m.origin())).collect()
    }

    /// The modules that read `all.KIND`.
    fn readers_of_all(&self, kind: kss_span::Symbol) -> Vec<Nav> {
        let mut found = Vec::new();
        for (item, file) in self.items_naming(kind.as_str()) {
            let Some(module) = self.signatures().modules.values().find(|m| m.origin().item == item) else { continue };
            let Some((_, spans)) = self.spans_of(item) else { continue };
            let text = self.text(file);
            let reads = self.index(item).words.iter().any(|word| {
                let range = spans.get(word.node as usize).copied().unwrap_or_default();
                text.get(range.range()) == Some(kind.as_str()) && text[..range.lo as usize].ends_with("all.")
            });
            found.extend(self.nav_of(module.origin()).filter(|_| reads));
        }
        found
    }

    fn declaration_node(&self, origin: Origin) -> Origin {
        self.declaration(origin).map_or(origin, |d| Origin::new(origin.item, d.node))
    }

    /// The type of the value at a position.
    pub(crate) fn type_at(&self, place: &crate::Place) -> Option<Ty> {
        let index = self.index(place.item);
        if let Some((word, _)) = self.word(place) {
            if let Some(ty) = index.ty(word.node) {
                return Some(ty.clone());
            }
            if let Some(ty) = self.type_of_target(&word.target) {
                return Some(ty);
            }
        }
        let found = index.types.iter().rev().filter(|(node, _)| {
            let range = place.range(*node);
            !range.is_empty() && range.touches(place.at.offset)
        });
        found.min_by_key(|(node, _)| place.range(*node).len()).map(|(_, ty)| ty.clone())
    }

    /// The type of what a target declares: of a field, option, kind, capability.
    pub(crate) fn type_of_target(&self, target: &Target) -> Option<Ty> {
        let Target::At(origin) = self.canonical(target) else { return None };
        let sigs = self.signatures();
        let declared = self.declaration(origin)?;
        let whole = Origin::new(origin.item, declared.whole);
        match declared.kind {
            DeclKind::Field | DeclKind::Let => {
                let fields = sigs.records.values().flat_map(|r| {
                    let fields = r.fields.iter().map(|f| (f.origin, &f.ty));
                    fields.chain(r.lets.iter().map(|l| (l.origin, &l.ty)))
                });
                let of_record = fields.into_iter().find(|(o, _)| *o == whole).map(|(_, ty)| ty.clone());
                of_record.or_else(|| self.index(origin.item).ty(declared.node).cloned())
            }
            DeclKind::Option => {
                let module = origin.item.key().name;
                let module = sigs.modules.get(&kss_span::Symbol::new(module.strip_prefix("module ")?))?;
                module.options.get(&declared.name).map(|o| o.ty.clone())
            }
            DeclKind::Intent | DeclKind::Output => sigs.kinds.get(&declared.name).map(|k| k.ty.clone()),
            DeclKind::Capability => sigs.capabilities.get(&declared.name).map(|c| c.ty.clone()),
            _ => None,
        }
    }

    fn type_origins(&self, ty: &Ty) -> Vec<Origin> {
        let sigs = self.signatures();
        match ty {
            Ty::Record(id) | Ty::Union(id) | Ty::Refined(_, id) => vec![id.origin()],
            Ty::Optional(t) | Ty::List(t) | Ty::Set(t) | Ty::Later(t) => self.type_origins(t),
            Ty::Map(_, value) => self.type_origins(value),
            Ty::Ref(kind) => match sigs.kinds.get(kind) {
                Some(sig) => match self.type_origins(&sig.ty) {
                    none if none.is_empty() => vec![sig.origin],
                    found => found,
                },
                None => Vec::new(),
            },
            Ty::Capability(name) => sigs.capabilities.get(name).map_or(Vec::new(), |c| self.type_origins(&c.ty)),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Fixture;

    fn check(text: &str) {
        let fixture = Fixture::new(text);
        let found: Vec<_> =
            fixture.analysis().goto_definition(fixture.at()).into_iter().map(|n| (n.file, n.focus)).collect();
        assert_eq!(found, fixture.marks);
    }

    #[test]
    fn a_value_of_another_file() {
        check(
            r"
//- a.kss
import ./b.lan
let x = la$0n
//- b.kss
let lan = 10.0.0.0/24
#   ^^^
",
        );
    }

    #[test]
    fn a_field_of_a_type() {
        check(
            r"
type Disk {
  size : Size
# ^^^^
}
let d : Disk = { si$0ze = 8GiB }
",
        );
    }

    #[test]
    fn an_option_from_a_use() {
        check(
            r"
module web {
  option replicas : Int = 1
#        ^^^^^^^^
}
site s {}
cluster c in s { use web { repli$0cas = 2 } }
",
        );
    }

    #[test]
    fn a_case_of_a_union() {
        check(
            r"
type Pace = fast | slow
#                  ^^^^
let m : Pace = sl$0ow
",
        );
    }

    #[test]
    fn a_variable() {
        check(
            r"
let sum = [for n in [1, 2] => $0n + 1]
#              ^
",
        );
    }

    #[test]
    fn an_entry_of_the_module() {
        check(
            r#"
module m {
  namespace web {}
#           ^^^
  let n = namespace.w$0eb
}
"#,
        );
    }

    #[test]
    fn a_module_and_a_type() {
        check(
            r"
module web {}
#      ^^^
site s {}
cluster c in s { use w$0eb }
",
        );
        check(
            r"
type Port = Int where it in 1..65535
#    ^^^^
let p : Po$0rt = 4
",
        );
    }

    #[test]
    fn implementations_of_a_capability() {
        let fixture = Fixture::new(
            r"
type Gate { host : Name }
capability gate : Gate at most one per cluster
module one { provide gate { host = one } }
#      ^^^
module two { needs ga$0te }
",
        );
        let found = fixture.analysis().goto_implementation(fixture.at());
        assert_eq!(found.into_iter().map(|n| (n.file, n.focus)).collect::<Vec<_>>(), fixture.marks);
    }

    #[test]
    fn implementations_of_intents() {
        let with = |head: &str| {
            format!(
                "
type Net {{ name : Name }}
capability net : Net one per cluster
type Wish {{ a : Int }}
intent wish : Wish {head}per cluster
module one {{ provide net {{ name = \"a\" }} }}
module two {{ for w in cluster.all.wish {{ covered w because \"it is read\" }} }}
module three {{ wi$0sh w {{ a = 1 }} }}
"
            )
        };
        let names = |text: &str| {
            let fixture = Fixture::new(text);
            let found = fixture.analysis().goto_implementation(fixture.at());
            found.iter().map(|nav| nav.name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(names(&with("for net ")), ["one"]);
        assert_eq!(names(&with("")), ["two"]);
    }

    #[test]
    fn the_type_of_a_value() {
        let fixture = Fixture::new(
            r"
type Disk { size : Size }
#    ^^^^
let d : Disk = { size = 8GiB }
let e = $0d
",
        );
        let found = fixture.analysis().goto_type_definition(fixture.at());
        assert_eq!(found.into_iter().map(|n| (n.file, n.focus)).collect::<Vec<_>>(), fixture.marks);
    }
}
