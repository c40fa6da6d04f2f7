//! Above and below: of a type what it is made of and what is made of it, of a capability who provides it, of an intent who
//! lowers and who declares it.

use crate::{Analysis, FilePosition, Nav};
use kss_sema::{DeclKind, Target};
use kss_span::{Origin, Symbol};
use kss_syntax::ast::{StmtKind, Type, TypeKind};

impl Analysis {
    /// The type, capability, intent or module at a position.
    pub fn type_hierarchy(&self, at: FilePosition) -> Option<Nav> {
        let place = self.place(at)?;
        let (word, _) = self.word(&place)?;
        let found = self.navigate(&word.target).into_iter().next()?;
        let has = matches!(
            found.kind,
            Some(DeclKind::Type | DeclKind::Capability | DeclKind::Intent | DeclKind::Output | DeclKind::Module)
        );
        has.then_some(found)
    }

    /// What stands above the type, capability, intent or module at a position: the types that a type extends, the type of a
    /// capability, the capability that lowers an intent, the capabilities that a module provides.
    pub fn supertypes(&self, at: FilePosition) -> Vec<Nav> {
        let Some(nav) = self.type_hierarchy(at) else { return Vec::new() };
        let sigs = self.signatures();
        let origins: Vec<Origin> = match nav.kind {
            Some(DeclKind::Type) => {
                let Some(place) = self.place(FilePosition { file: nav.file, offset: nav.focus.lo }) else {
                    return Vec::new();
                };
                let mut bases = Vec::new();
                if let StmtKind::Type { ty, .. } = &place.stmt.kind {
                    self.bases(place.item, ty, &mut bases);
                }
                bases
            }
            Some(DeclKind::Capability) => {
                sigs.capabilities.get(&nav.name).map(|c| self.type_declarations(&c.ty)).unwrap_or_default()
            }
            Some(DeclKind::Intent | DeclKind::Output) => {
                let kind = sigs.kinds.get(&nav.name);
                let capability = kind.and_then(|k| k.lowered_by).and_then(|(name, _)| sigs.capabilities.get(&name));
                capability.map(|c| c.origin).into_iter().collect()
            }
            Some(DeclKind::Module) => {
                let module = sigs.modules.get(&nav.name);
                let provides = module.iter().flat_map(|m| &m.provides);
                provides.filter_map(|(name, _)| sigs.capabilities.get(name)).map(|c| c.origin).collect()
            }
            _ => Vec::new(),
        };
        self.navs(origins)
    }

    /// What stands below: types that extend a type, providers of a capability, the modules that lower an intent, then those
    /// that declare entries of it.
    pub fn subtypes(&self, at: FilePosition) -> Vec<Nav> {
        let Some(nav) = self.type_hierarchy(at) else { return Vec::new() };
        let sigs = self.signatures();
        let modules = |wanted: &dyn Fn(&kss_sema::ModuleSig) -> bool| -> Vec<Origin> {
            sigs.modules.values().filter(|m| wanted(m)).map(|m| m.origin()).collect()
        };
        let provides = |name: Symbol| modules(&|m| m.provides.iter().any(|(provided, _)| *provided == name));
        let origins = match nav.kind {
            Some(DeclKind::Type) => self.extensions(&nav),
            Some(DeclKind::Capability) => provides(nav.name),
            Some(DeclKind::Intent | DeclKind::Output) => {
                let capability = sigs.kinds.get(&nav.name).and_then(|k| k.lowered_by).map(|(name, _)| name);
                let mut found = capability.map(provides).unwrap_or_default();
                found.extend(modules(&|m| m.kinds.contains(&nav.name)));
                found
            }
            _ => Vec::new(),
        };
        self.navs(origins)
    }

    /// Types whose declaration is made of the type.
    fn extensions(&self, nav: &Nav) -> Vec<Origin> {
        let mut out = Vec::new();
        for (item, _) in self.items_naming(&nav.name) {
            if !item.key().name.starts_with("type ") {
                continue;
            }
            let Some(file) = self.file_of(item) else { continue };
            let Some(items) = self.items(file) else { continue };
            let Some(decl) = items.decls.iter().find(|d| d.id == item) else { continue };
            let StmtKind::Type { ty, .. } = &decl.stmt.kind else { continue };
            let mut bases = Vec::new();
            self.bases(item, ty, &mut bases);
            let is_it = |n: &Nav| (n.file, n.focus) == (nav.file, nav.focus);
            if self.navs(bases).iter().any(is_it) {
                out.push(Origin::new(item, 0));
            }
        }
        out
    }

    /// The named types that a type as written is made of: `A + { … }`, `A?`, `A where …`.
    fn bases(&self, item: kss_span::ItemId, ty: &Type, out: &mut Vec<Origin>) {
        match &ty.kind {
            TypeKind::Name(name) => {
                if let Some(Target::At(origin)) = self.signatures().type_named(item, *name) {
                    out.push(origin);
                }
            }
            TypeKind::Plus(left, right) => {
                self.bases(item, left, out);
                self.bases(item, right, out);
            }
            TypeKind::Optional(of) => self.bases(item, of, out),
            TypeKind::Union(alternatives) => {
                for alternative in alternatives {
                    if let kss_syntax::ast::Alternative::Type(ty) = alternative {
                        self.bases(item, ty, out);
                    }
                }
            }
            _ => {}
        }
    }

    fn type_declarations(&self, ty: &kss_ir::Ty) -> Vec<Origin> {
        match ty {
            kss_ir::Ty::Record(id) | kss_ir::Ty::Union(id) | kss_ir::Ty::Refined(_, id) => vec![id.origin()],
            kss_ir::Ty::Optional(of) => self.type_declarations(of),
            _ => Vec::new(),
        }
    }

    fn navs(&self, origins: Vec<Origin>) -> Vec<Nav> {
        let mut out: Vec<Nav> = Vec::new();
        for origin in origins {
            let node = self.declaration(origin).map_or(origin, |d| Origin::new(origin.item, d.node));
            out.extend(self.nav_of(node).filter(|nav| !out.contains(nav)));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixture;

    fn check(text: &str, above: &[&str], below: &[&str]) {
        let fixture = Fixture::new(text);
        let analysis = fixture.analysis();
        let names = |navs: Vec<Nav>| navs.iter().map(|nav| nav.name.to_string()).collect::<Vec<_>>();
        assert_eq!(names(analysis.supertypes(fixture.at())), above);
        assert_eq!(names(analysis.subtypes(fixture.at())), below);
    }

    #[test]
    fn of_a_type() {
        let text = "type A { a : Int }\ntype B$ = A + { b : Int }\ntype C = B + { c : Int }\ntype D = B | none\nlet x : B? = none\n";
        check(&text.replace("B$", "B$0"), &["A"], &["C", "D"]);
    }

    #[test]
    fn of_a_capability_and_an_intent() {
        let text = "
type Net { name : Name }
capability net : Net one per cluster
intent wish : Wish for net
type Wish { a : Int }
module plain { provide net { name = \"a\" } }
module other { provide net { name = \"b\" } }
module user { wish w { a = 1 } }
";
        let at = |word: &str| text.replacen(word, &format!("{word}$0"), 1);
        check(&at("capability net"), &["Net"], &["other", "plain"]);
        check(&at("intent wish"), &["net"], &["other", "plain", "user"]);
        check(&at("module plain"), &["net"], &[]);
        check("let x$0 = 1\n", &[], &[]);
    }
}
