//! Who refers to something; renaming all of them.

use crate::homes::{Home, may_be_one};
use crate::{Analysis, FilePosition, Nav, Place};
use kss_sema::{DeclKind, Declaration, Target, Usage, Word};
use kss_span::{Edit, FileId, ItemId, TextRange};
use kss_syntax::ast::{Pattern, PatternField, PatternKind};
use kss_syntax::visit::{Node, walk};

/// A word that refers to what was asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Reference {
    /// Its file.
    pub file: FileId,
    /// The word.
    pub range: TextRange,
    /// How it uses it.
    pub usage: UsageOrd,
}

/// [`Usage`] with an order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum UsageOrd {
    /// See [`Usage::Declare`].
    Declare,
    /// See [`Usage::Write`].
    Write,
    /// See [`Usage::Read`].
    Read,
}

impl From<Usage> for UsageOrd {
    fn from(usage: Usage) -> UsageOrd {
        match usage {
            Usage::Declare => UsageOrd::Declare,
            Usage::Write => UsageOrd::Write,
            Usage::Read => UsageOrd::Read,
        }
    }
}

/// Why something can't be renamed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RenameError(pub String);

impl Analysis {
    /// All words that refer to what stands at a position, in the order of files and texts; also the declarations.
    pub fn references(&self, at: FilePosition) -> Vec<Reference> {
        let Some(place) = self.place(at) else { return Vec::new() };
        let Some((word, range)) = self.word(&place) else { return Vec::new() };
        let name = self.text(at.file).get(range.range()).unwrap_or_default().trim_matches('"').to_owned();
        self.uses(place.item, &word, &name).into_iter().map(|(reference, _)| reference).collect()
    }

    /// All words in the file of a position that refer to what stands there.
    pub fn highlights(&self, at: FilePosition) -> Vec<Reference> {
        self.references(at).into_iter().filter(|r| r.file == at.file).collect()
    }

    /// All words that refer to what `asked`, a word of `from`, refers to, each with whether it can mean nothing else. It is called
    /// `name` everywhere.
    fn uses(&self, from: ItemId, asked: &Word, name: &str) -> Vec<(Reference, bool)> {
        let target = self.canonical(&asked.target);
        let home = self.home_of(from, asked);
        let mut out = Vec::new();
        let items = match &target {
            // A variable is known in its item alone.
            Target::At(origin) if self.nav_of(*origin).is_some_and(|nav| nav.kind.is_none()) => {
                self.file_of(origin.item).map(|file| (origin.item, file)).into_iter().collect()
            }
            _ => self.items_naming(name),
        };
        for (item, file) in items {
            let Some((_, spans)) = self.spans_of(item) else { continue };
            for word in &self.index(item).words {
                if !same(&self.canonical(&word.target), &target) {
                    continue;
                }
                let here = self.home_of(item, word);
                if !may_be_one(home, here) {
                    continue;
                }
                let surely = home == here;
                let range = spans.get(word.node as usize).copied().unwrap_or_default();
                if !range.is_empty() {
                    out.push((Reference { file, range, usage: word.usage.into() }, surely));
                }
            }
        }
        out.sort();
        out.dedup_by(|(b, _), (a, _)| a.file == b.file && a.range == b.range);
        out
    }

    /// Is there another entry of the same kind and name?
    fn lives_elsewhere(&self, item: ItemId, word: &Word) -> bool {
        let Target::Entry(entry) = &word.target else { return false };
        self.heads_of(entry, None).len() > self.heads_of(entry, self.home(item, word.node, entry)).len()
    }

    fn home_of(&self, item: ItemId, word: &Word) -> Option<Home> {
        match &word.target {
            Target::Entry(entry) => self.home(item, word.node, entry),
            _ => None,
        }
    }

    /// The word that a rename would change, if what it refers to can be renamed.
    ///
    /// # Errors
    /// Says why not.
    pub fn prepare_rename(&self, at: FilePosition) -> Result<TextRange, RenameError> {
        self.renamable(at).map(|(_, _, range)| range)
    }

    fn renamable(&self, at: FilePosition) -> Result<(Place, Word, TextRange), RenameError> {
        let no = |text: &str| RenameError(text.to_owned());
        let place = self.place(at).ok_or_else(|| no("there is nothing to rename here"))?;
        let (word, range) = self.word(&place).ok_or_else(|| no("there is nothing to rename here"))?;
        match &word.target {
            Target::Method(..) | Target::Builtin(_) | Target::Implicit(_) => {
                return Err(no("this is a part of the language, its name is fixed"));
            }
            Target::Scope(_) => return Err(no("the scopes have fixed names")),
            Target::File(_) => return Err(no("rename the file itself: imports follow it")),
            Target::At(_) | Target::Entry(_) | Target::Case(..) => {}
        }
        let declared = self.navigate_word(place.item, &word);
        if declared.is_empty() {
            return Err(no("it isn't clear where this is declared, so not every use of it would be found"));
        }
        if let Some(of_library) = declared.iter().find(|nav| self.session().on_disk(nav.file).is_none()) {
            let path = self.path(of_library.file);
            return Err(RenameError(format!("`{}` is declared in the standard library ({path})", of_library.name)));
        }
        if declared.iter().any(|nav| nav.kind == Some(DeclKind::Test)) {
            return Err(no("a test's title is a text"));
        }
        let written = self.text(at.file).get(range.range()).unwrap_or_default();
        // `where …` declares its `it`.
        if written.contains(char::is_whitespace) {
            return Err(no("there is nothing to rename here"));
        }
        if written == "it" && declared.iter().any(|nav| nav.name != "it") {
            return Err(RenameError(format!("`{written}` is a word of the language, its name is fixed")));
        }
        if written.contains('{') {
            return Err(no("this word stands for several names"));
        }
        Ok((place, word, range))
    }

    /// The edits that rename what stands at a position.
    ///
    /// # Errors
    /// Says why it can't be renamed, or not so.
    pub fn rename(&self, at: FilePosition, new: &str) -> Result<Vec<Edit>, RenameError> {
        let (place, word, range) = self.renamable(at)?;
        if !is_name(new) {
            return Err(RenameError(format!(
                "`{new}` is no name: names are letters, digits, `_` and `-` between them, and begin with a letter"
            )));
        }
        let declared = self.navigate_word(place.item, &word);
        if let Some(problem) = declared.iter().find_map(|nav| self.clash(nav, new)) {
            return Err(RenameError(problem));
        }
        let name = self.text(at.file).get(range.range()).unwrap_or_default().trim_matches('"').to_owned();
        let uses = self.uses(place.item, &word, &name);
        if let Some((use_, _)) = uses.iter().find(|(_, surely)| !surely)
            && self.lives_elsewhere(place.item, &word)
        {
            let line = kss_span::LineIndex::new(self.text(use_.file)).line(use_.range.lo) + 1;
            return Err(RenameError(format!(
                "`{name}` is declared in several scopes, and {}:{line} means that of each: it would lose this one",
                self.short_path(use_.file)
            )));
        }
        let is_variable = declared.iter().any(|nav| nav.kind.is_none());
        let mut edits = Vec::new();
        for (reference, _) in uses {
            let old = self.text(reference.file).get(reference.range.range()).unwrap_or_default();
            if old.contains('{') {
                return Err(RenameError(format!("`{old}` stands for several names; write them out first")));
            }
            // What is called `it` there keeps that name.
            if old.trim_matches('"') != name {
                continue;
            }
            let text = match self.is_short_pattern(reference) {
                // `{ size }` is a field and a variable; now they have two names.
                true if is_variable => format!("{old} = {new}"),
                true => format!("{new} = {old}"),
                false if old.starts_with('"') => format!("\"{new}\""),
                false => new.to_owned(),
            };
            edits.push(Edit::replace(reference.range.at(reference.file), text));
        }
        Ok(edits)
    }
}

impl Analysis {
    /// Why what is declared at `nav` can't be called `new`: something else is, or it is no name for such a thing.
    fn clash(&self, nav: &Nav, new: &str) -> Option<String> {
        if nav.kind == Some(DeclKind::Type) && !new.starts_with(|c: char| c.is_ascii_uppercase()) {
            return Some(format!("types are capitalised, and `{new}` is not"));
        }
        let (items, parsed) = (self.items(nav.file)?, self.parsed(nav.file)?);
        let all = || items.decls.iter().zip(&parsed.spans);
        let range = |spans: &[TextRange], node: u32| spans.get(node as usize).copied().unwrap_or_default();
        let (own, own_spans, old) = all().find_map(|(decl, spans)| {
            let own = self.declarations(decl.id);
            let old = own.iter().find(|d| range(spans, d.node) == nav.focus)?;
            Some((own.clone(), spans, old.clone()))
        })?;
        let alike = |d: &&Declaration| {
            d.name == new && (d.kind == DeclKind::Entry) == (old.kind == DeclKind::Entry) && d.of == old.of
        };
        let found = match old.parent {
            Some(_) => own.iter().filter(|d| d.parent == old.parent).find(alike).map(|d| range(own_spans, d.node)),
            None => all().find_map(|(decl, spans)| {
                let own = self.declarations(decl.id);
                own.iter().filter(|d| d.parent.is_none()).find(alike).map(|d| range(spans, d.node))
            }),
        }?;
        let line = kss_span::LineIndex::new(self.text(nav.file)).line(found.lo) + 1;
        Some(format!("there is a `{new}` already, in {}:{line}", self.short_path(nav.file)))
    }

    /// Is it the `size` of `fixed { size } => …`: a field, and the variable that gets its value?
    fn is_short_pattern(&self, reference: Reference) -> bool {
        let (Some(items), Some(parsed)) = (self.items(reference.file), self.parsed(reference.file)) else {
            return false;
        };
        let range = |spans: &[TextRange], node: u32| spans.get(node as usize).copied().unwrap_or_default();
        let around = |(decl, spans): &(&kss_sema::Decl, &std::sync::Arc<[TextRange]>)| {
            range(spans, decl.stmt.id.0).touches(reference.range.lo)
        };
        items.decls.iter().zip(&parsed.spans).filter(around).any(|(decl, spans)| {
            let mut found = false;
            walk(&decl.stmt, &mut |node: Node<'_>| {
                if let Node::Pattern(Pattern { kind: PatternKind::Case { fields: Some(fields), .. }, .. }) = node {
                    let short = |f: &PatternField| f.rename.is_none() && range(spans, f.field.id.0) == reference.range;
                    found |= fields.iter().any(short);
                }
            });
            found
        })
    }
}

/// Do both mean the same? An entry that is named without its module is that of any module.
fn same(a: &Target, b: &Target) -> bool {
    match (a, b) {
        (Target::Entry(a), Target::Entry(b)) => {
            a.kind == b.kind && a.name == b.name && (a.module == b.module || a.module.is_none() || b.module.is_none())
        }
        _ => a == b,
    }
}

fn is_name(text: &str) -> bool {
    let parsed = kss_syntax::lex(text);
    matches!(parsed.as_slice(), [kss_syntax::Token { kind: kss_syntax::TokenKind::Word, .. }])
}

#[cfg(test)]
mod tests {
    use crate::testing::Fixture;

    fn check(text: &str) {
        let fixture = Fixture::new(text);
        let found: Vec<_> =
            fixture.analysis().references(fixture.at()).into_iter().map(|r| (r.file, r.range)).collect();
        assert_eq!(found, fixture.marks);
    }

    #[test]
    fn across_files() {
        check(
            r"
//- a.kss
import ./b.lan
#          ^^^
let x = lan
#       ^^^
//- b.kss
let la$0n = 10.0.0.0/24
#   ^^^
",
        );
    }

    #[test]
    fn of_a_field_read_and_written() {
        check(
            r"
type Disk {
  si$0ze : Size
# ^^^^
}
let d : Disk = { size = 8GiB }
#                ^^^^
let e = d.size
#         ^^^^
let size = 4
",
        );
    }

    #[test]
    fn of_an_entry() {
        check(
            r"
module m {
  namespace we$0b {}
#           ^^^
  manifest ConfigMap web in web { }
#                           ^^^
  let n = namespace.web
#                   ^^^
}
site s {}
cluster c in s {
  use m
  tune namespace web { }
#                ^^^
}
",
        );
    }

    const TWO: &str = "//- lib.kss
module m {
  let first = node.worker.ip
}
//- main.kss
site s {}
cluster a in s {
  node worker { ip = 10.0.0.1 }
  let first = node.worker.ip
}
//- second.kss
import ./main.s
cluster b in s {
  node wor$0ker { ip = 10.0.0.2 }
  let second = node.worker.ip
}
";

    #[test]
    fn an_entry_of_another_cluster_is_another() {
        let fixture = Fixture::new(TWO);
        let (analysis, at) = (fixture.analysis(), fixture.at());
        assert_eq!(analysis.goto_definition(at).len(), 1, "that of this cluster");
        let files: Vec<u32> = analysis.references(at).into_iter().map(|r| r.file.0).collect();
        assert_eq!(files, [0, 2, 2], "a module may mean it, the other cluster does not");
        let refused = analysis.rename(at, "agent").expect_err("the module means both").0;
        assert!(refused.contains("`worker` is declared in several scopes, and lib.kss:2"), "{refused}");
        let without = TWO.replace("let first = node.worker.ip", "let first = 1");
        let fixture = Fixture::new(&without);
        let edits = fixture.analysis().rename(fixture.at(), "agent").expect("nobody else means it");
        assert_eq!(edits.iter().map(|e| e.span.file.0).collect::<Vec<_>>(), [2, 2]);
    }

    #[test]
    fn entries_of_the_site_are_found_from_its_clusters() {
        check(
            r"
site s {
  network la$0n { cidr = 10.0.0.0/24 }
#         ^^^
}
cluster c in s {
  let net = site.network.lan
#                        ^^^
}
cluster d in s {
  let net = network.lan
#                   ^^^
}
",
        );
    }

    #[test]
    fn entries_of_the_site_are_one_in_the_bodies_of_its_machines() {
        check(
            r"
site s {
  network lan { cidr = 10.0.0.0/24 }
#         ^^^
  machine a { ip = network.la$0n.host(1) }
#                          ^^^
  machine b { ip = network.lan.host(2) }
#                          ^^^
}
",
        );
    }

    /// The text after a rename.
    fn renamed(text: &str, new: &str) -> Result<String, String> {
        let fixture = Fixture::new(text);
        let mut edits = fixture.analysis().rename(fixture.at(), new).map_err(|e| e.0)?;
        edits.sort_by_key(|e| std::cmp::Reverse(e.span.range.lo));
        let mut out = fixture.analysis().text(fixture.at().file).to_owned();
        edits.iter().for_each(|e| out.replace_range(e.span.range.range(), &e.text));
        Ok(out)
    }

    #[test]
    fn a_pattern_keeps_its_field_when_its_variable_is_renamed() {
        let text = "type Pace = fast | slow { by : Int }\nfn f(p: Pace) -> Int = match p {\n  fast => 1\n  slow { by } => by + 1\n}\n";
        let of_variable = text.replace("{ by } => by", "{ by = wait } => wait");
        assert_eq!(renamed(&text.replace("=> by", "=> b$0y"), "wait"), Ok(of_variable));
        let of_field = text.replace("by : Int", "wait : Int").replace("{ by }", "{ wait = by }");
        assert_eq!(renamed(&text.replace("by : Int", "b$0y : Int"), "wait"), Ok(of_field));
    }

    #[test]
    fn a_module_takes_its_overlay_along() {
        let text =
            "module web {\n  namespace n {}\n  let own = overlay.web\n}\nmodule b {\n  let other = overlay.web\n}\n";
        let wanted = text.replace("module web", "module site-web").replace("overlay.web", "overlay.site-web");
        assert_eq!(renamed(&text.replace("module web", "module we$0b"), "site-web"), Ok(wanted));
        let it = "type Size2 = Int where i$0t > 1\nmodule m { option a : Int = 1 where it > 2 }\n";
        assert_eq!(renamed(it, "b"), Err("`it` is a word of the language, its name is fixed".to_owned()));
        let option = "module m {\n  option a$0 : Int = 2 where it > 1\n}\n";
        assert_eq!(renamed(option, "b"), Ok(option.replace("a$0", "b")));
        let it = option.replace("$0", "").replace("it >", "i$0t >");
        assert_eq!(renamed(&it, "b"), Err("`it` is a word of the language, its name is fixed".to_owned()));
    }

    #[test]
    fn a_name_that_is_taken_is_refused() {
        let taken = |line: u32| Err(format!("there is a `b` already, in main.kss:{line}"));
        assert_eq!(renamed("let a$0 = 1\n\nlet b = a\n", "b"), taken(3));
        assert_eq!(renamed("module m {\n  option a$0 : Int = 1\n  let b = 2\n}\n", "b"), taken(3));
        assert_eq!(renamed("type T {\n  b : Int\n  a$0 : Int\n}\n", "b"), taken(2));
        assert_eq!(renamed("module m {\n  namespace a$0 {}\n  namespace b {}\n}\n", "b"), taken(3));
        assert!(renamed("module m {\n  namespace a$0 {}\n  overlay b {}\n}\n", "b").is_ok(), "of another kind");
        assert!(renamed("type A$0 = Int\n", "b").is_err_and(|e| e.contains("capitalised")));
    }

    #[test]
    fn rename_changes_all_and_only_names() {
        let fixture = Fixture::new("let la$0n = 1\nlet x = lan + 1\n");
        let edits = fixture.analysis().rename(fixture.at(), "net").expect("it can be renamed");
        assert_eq!(edits.len(), 2);
        assert!(fixture.analysis().rename(fixture.at(), "1x").is_err());
        let library = Fixture::new("let n : Na$0me = \"a\"\n");
        assert!(library.analysis().prepare_rename(library.at()).is_err());
    }
}
